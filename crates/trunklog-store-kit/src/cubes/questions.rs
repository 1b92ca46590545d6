//! Random questions about sums and busy channels.

use std::sync::Arc;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_odata::expr::{Expr, Function, Kind, Node};
use trunklog_records::TimeRange;
use trunklog_store::ReportValue;
use trunklog_store::busy::BusyQuery;
use trunklog_store::busy::minutes::MINUTE;
use trunklog_store::cube::{Days, KeyChoice, SumQuery};

use super::history::{KINDS, TRUNKS, random_time};
use super::{CALLS, DAYS, Dice, HOUR, HOURS, KIND, KIT_CUBES, SUCCESS, TRUNK, zone};
use crate::expressions::{COMPARISONS, Generator, call, compare, property, text};

/// Makes questions of a tenant whose days are those of a zone.
pub(super) struct Questions {
    zone: TimeZone,
    dice: Dice,
    filters: Generator,
    /// How many questions about sums there were.
    pub(super) all: usize,
    /// How many of them a cube could answer.
    pub(super) fitting: usize,
}

impl Questions {
    pub(super) fn new(zone: TimeZone, seed: u64) -> Questions {
        Questions { zone, dice: Dice(seed), filters: Generator::new(CALLS, seed), all: 0, fitting: 0 }
    }

    /// A question about sums.
    pub(super) fn sums(&mut self) -> SumQuery {
        let cube = self.dice.one_of(&[HOURS, DAYS]);
        let range = match self.dice.below(5) {
            0 => self.range(),
            1 => TimeRange::ALL.since(self.range().from()),
            _ => TimeRange::ALL,
        };
        let mut by: Vec<usize> = (0..KIT_CUBES.cubes[cube].keys.len()).collect();
        by.retain(|_| self.dice.chance(50));
        if self.dice.chance(50) {
            by.reverse();
        }
        let query = SumQuery {
            filter: self.filter(),
            only: (0..self.dice.below(3)).map(|_| self.choice(cube)).collect(),
            edges: if self.dice.chance(60) { Some(self.edges()) } else { None },
            by,
            measures: self
                .dice
                .chance(30)
                .then(|| self.dice.one_of(&[&[][..], &[0], &[1], &[1, 0]]).to_vec()),
            // Days of another zone are none of the tenant's.
            zone: if self.dice.chance(15) { zone("America/Santiago") } else { self.zone.clone() },
            ..SumQuery::all(&KIT_CUBES, cube, range)
        };
        self.all += 1;
        self.fitting += usize::from(query.fits_cube());
        query
    }

    /// A question about busy channels.
    pub(super) fn busy(&mut self) -> BusyQuery {
        let series = |dice: &mut Dice| dice.one_of(&TRUNKS).map(str::to_owned);
        BusyQuery {
            filter: self.filter(),
            series: if self.dice.chance(30) {
                Some((0..self.dice.below(4)).map(|_| series(&mut self.dice)).collect())
            } else {
                None
            },
            direction: if self.dice.chance(30) { Some(self.dice.one_of(&[1, 2])) } else { None },
            by_series: self.dice.chance(50),
            ..BusyQuery::all(&KIT_CUBES, self.edges())
        }
    }

    fn range(&mut self) -> TimeRange {
        let edges = self.edges();
        TimeRange::of(CALLS, edges[0], edges[edges.len() - 1]).expect("the edges ascend")
    }

    /// Edges that are those of minutes, hours or days of the zone, or none of
    /// these.
    fn edges(&mut self) -> Arc<[Instant]> {
        let start = random_time(&mut self.dice);
        let count = 1 + self.dice.below(20);
        let steps = |start: i64, width: i64| -> Vec<i64> {
            let first = start - start.rem_euclid(width);
            (0_i64..).take(count + 1).map(|number| first + number * width).collect()
        };
        let edges = match self.dice.below(6) {
            0 => steps(start, MINUTE * self.dice.one_of(&[1, 5, 15])),
            1 | 2 => steps(start, HOUR * self.dice.one_of(&[1, 2, 24])),
            3 | 4 => {
                let mut days = Days::new(self.zone.clone());
                let mut day = days.start(start);
                let mut edges = vec![day];
                for _ in 0..count {
                    // The day after has started then, however long this one is.
                    day = days.start(day + 26 * HOUR);
                    edges.push(day);
                }
                edges
            }
            _ => {
                let mut edges: Vec<i64> = (0..count).map(|_| random_time(&mut self.dice)).collect();
                edges.extend([start, start + 7 * HOUR + 1]);
                edges.sort_unstable();
                edges.dedup();
                edges
            }
        };
        edges.into_iter().map(|at| Instant::from_ticks(at).expect("it is of the year 2024")).collect()
    }

    /// Values of a key, also ones that no row has, or none at all.
    fn choice(&mut self, cube: usize) -> KeyChoice {
        let key = self.dice.below(KIT_CUBES.cubes[cube].keys.len());
        let text =
            |text: Option<&str>| text.map_or(ReportValue::Null, |text| ReportValue::Text(text.to_owned()));
        let values = (0..self.dice.below(4))
            .map(|_| match (cube, key) {
                (HOURS, 0) => text(self.dice.one_of(&TRUNKS)),
                (HOURS, 1) => text(self.dice.one_of(&KINDS)),
                (DAYS, 0) => text(self.dice.one_of(&[None, Some("in"), Some("out"), Some("up")])),
                _ => self.dice.one_of(&[None, Some(0), Some(1)]).map_or(ReportValue::Null, ReportValue::Int),
            })
            .collect();
        let bits = self.dice.chance(20).then(|| self.dice.one_of(&[0, 1, -1, 2]));
        KeyChoice { bits, ..KeyChoice::of(key, values) }
    }

    /// None, one that looks at keys, or one that looks at anything.
    fn filter(&mut self) -> Option<Expr> {
        match self.dice.below(5) {
            0 | 1 => None,
            2 | 3 => Some(self.about_keys(2)),
            _ => Some(self.filters.filter()),
        }
    }

    fn about_keys(&mut self, depth: u32) -> Expr {
        let success = || property(CALLS, SUCCESS);
        let node = match self.dice.below(if depth == 0 { 6 } else { 9 }) {
            0 => return self.compared(TRUNK, &TRUNKS),
            1 => return self.compared(KIND, &KINDS),
            2 | 3 => return success(),
            4 => Node::IsNull(Box::new(property(CALLS, self.dice.one_of(&[TRUNK, KIND, SUCCESS])))),
            5 => return call(Function::StartsWith, vec![property(CALLS, KIND), text("ByotIn")]),
            6 => Node::Not(Box::new(self.about_keys(depth - 1))),
            7 => Node::And(vec![self.about_keys(depth - 1), self.about_keys(depth - 1)]),
            _ => Node::Or(vec![self.about_keys(depth - 1), success()]),
        };
        Expr::new(Kind::Bool, node)
    }

    fn compared(&mut self, name: &str, values: &[Option<&str>]) -> Expr {
        let value = self.dice.one_of(values).unwrap_or("another");
        compare(self.dice.one_of(&COMPARISONS), property(CALLS, name), text(value))
    }
}
