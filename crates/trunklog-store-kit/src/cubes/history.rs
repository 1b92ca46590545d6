//! A random history of a log: rows come, change, give way and go.

use trunklog_odata::Instant;
use trunklog_odata::expr::Comparison;
use trunklog_records::TimeRange;
use trunklog_records::schema::RECORDED_BY;
use trunklog_store::busy::minutes::MINUTE;
use trunklog_store::evaluate::{Cell, Row};
use trunklog_store::{Erase, Erasure, Selection, Store};

use super::{CALLS, DURATION, Dice, END, HOUR, INVITE, KIND, SUCCESS, TRUNK, index};
use crate::expressions::{compare, property, text};
use crate::rows::{SEC, at, row_of, together};

pub(super) const TRUNKS: [Option<&str>; 5] =
    [None, Some(""), Some("sbc1.example"), Some("sbc2.example"), Some("SBC2.example")];

pub(super) const KINDS: [Option<&str>; 5] =
    [None, Some("ByotIn"), Some("ByotOut"), Some("ByotOutUserForwarding"), Some("OCO2_BI")];

/// Hours of 2024 around which all happens: its first, that of a leap day's start,
/// and those in which clocks are changed in Europe.
const ANCHORS: [i64; 4] = [0, 59 * 24, 90 * 24 + 1, 300 * 24 + 1];

/// A time within two days of an anchor, mostly on a quarter of an hour.
pub(super) fn random_time(dice: &mut Dice) -> i64 {
    let anchor = dice.one_of(&ANCHORS) * HOUR;
    let quarters = i64::try_from(dice.below(4 * 96)).expect("it is small") - 2 * 96;
    at(anchor + quarters * 15 * MINUTE + dice.one_of(&[0, 0, 0, 1, -1, 7 * SEC])).ticks()
}

/// What happens to a log.
pub(super) struct History {
    dice: Dice,
    /// All rows that were ever given, as they were given last.
    given: Vec<Row>,
    /// Graph's rows of calls of which another source has told.
    waiting: Vec<Row>,
}

impl History {
    pub(super) fn new(seed: u64) -> History {
        History { dice: Dice(seed), given: Vec::new(), waiting: Vec::new() }
    }

    /// Does something, and tells what.
    pub(super) fn step(&mut self, store: &dyn Store) -> &'static str {
        match self.dice.below(12) {
            0..=3 => {
                let rows = (0..=self.dice.below(20)).map(|_| self.row()).collect();
                self.give(store, rows);
                "new rows"
            }
            4 | 5 => {
                let mut rows = self.some();
                for row in &mut rows {
                    self.change(row);
                }
                // New ones in the same commit.
                rows.push(self.row());
                self.give(store, rows);
                "changed rows"
            }
            6 => {
                let rows = self.some();
                self.give(store, rows);
                "the same rows"
            }
            7 => {
                let rows = (0..=self.dice.below(5)).map(|_| self.row_of_other()).collect();
                self.give(store, rows);
                "rows of another source"
            }
            8 => {
                let mut rows = std::mem::take(&mut self.waiting);
                if self.dice.chance(30) {
                    // The row that gives way comes with the one that it gives way to.
                    rows.push(self.row_of_other());
                    rows.append(&mut self.waiting);
                }
                self.give(store, rows);
                "Graph's rows of the same calls"
            }
            9 => {
                let what = if self.dice.chance(50) {
                    Erase::Rows
                } else {
                    let mut names = vec![TRUNK, KIND, SUCCESS, DURATION, INVITE, END];
                    names.retain(|_| self.dice.chance(40));
                    names.push("userDisplayName");
                    let mut properties: Vec<usize> = names.into_iter().map(index).collect();
                    properties.sort_unstable();
                    Erase::Properties(properties)
                };
                self.erase(store, what);
                "an erasure"
            }
            10 => {
                let before = Instant::from_ticks(random_time(&mut self.dice)).expect("it is of 2024");
                // Mostly what is around the first anchors alone.
                let before = if self.dice.chance(80) { before.min(at(60 * 24 * HOUR)) } else { before };
                store.forget(CALLS, before).expect("rows can be forgotten");
                "retention"
            }
            _ => {
                // All of it again, late rows and rows that went included.
                let rows = self.given.clone();
                self.give(store, rows);
                "all rows again"
            }
        }
    }

    /// Stores rows.
    fn give(&mut self, store: &dyn Store, rows: Vec<Row>) {
        store.append(&together(CALLS, &rows)).expect("the rows can be stored");
        for row in rows {
            match self.given.iter_mut().find(|given| given.key == row.key) {
                Some(given) => *given = row,
                None => self.given.push(row),
            }
        }
    }

    fn erase(&mut self, store: &dyn Store, what: Erase) {
        let user = self.dice.one_of(&["u1", "u2", "u3"]);
        let filter = Some(compare(Comparison::Equal, property(CALLS, "userId"), text(user)));
        let range = if self.dice.chance(50) {
            TimeRange::ALL
        } else {
            let (one, other) = (random_time(&mut self.dice), random_time(&mut self.dice));
            let [from, to] = [one.min(other), one.max(other)]
                .map(|ticks| Instant::from_ticks(ticks).expect("it is of the year 2024"));
            TimeRange::of(CALLS, from, to).expect("the first is not the later one")
        };
        let selection = Selection { filter, ..Selection::all(CALLS, range) };
        store.erase(&Erasure { selection, what }).expect("what is stored can be erased");
    }

    /// Some rows that were given before.
    fn some(&mut self) -> Vec<Row> {
        let count = self.given.len().min(8);
        (0..count).map(|_| self.given[self.dice.below(self.given.len())].clone()).collect()
    }

    /// A new row of Graph.
    fn row(&mut self) -> Row {
        let time = random_time(&mut self.dice);
        let number = self.given.len() * 100 + self.dice.below(100);
        let id = format!("{:03}-{number}", self.dice.below(1_000));
        let correlation = format!("c{number}-{}", self.dice.below(1_000_000));
        let texts = [("correlationId", correlation.as_str()), ("userDisplayName", "a name")];
        let mut row = row_of(CALLS, time - at(0).ticks(), &id, &texts);
        set(&mut row, "userId", told(self.dice.one_of(&[None, Some("u1"), Some("u2"), Some("u3")])));
        for name in [TRUNK, KIND, SUCCESS, DURATION, INVITE, END] {
            let value = self.value(name, time);
            set(&mut row, name, value);
        }
        row
    }

    /// A row of another source, whose counterpart of Graph comes later.
    fn row_of_other(&mut self) -> Row {
        let mut row = self.row();
        set(&mut row, RECORDED_BY, Cell::Text("export".to_owned()));
        let later = self.dice.one_of(&[-SEC, -1, 0, 1, SEC]);
        let time = row.key.time.saturating_add_ticks(later);
        let mut of_graph = row.clone();
        of_graph.key.time = time;
        of_graph.key.id = format!("graph {}", row.key.id);
        of_graph.cells[CALLS.time_index()] = Cell::Ticks(time.ticks());
        of_graph.cells[CALLS.id_index()] = Cell::Text(of_graph.key.id.clone());
        set(&mut of_graph, RECORDED_BY, Cell::Null);
        for name in [TRUNK, SUCCESS, DURATION, END] {
            let value = self.value(name, time.ticks());
            set(&mut of_graph, name, value);
        }
        self.waiting.push(of_graph);
        row
    }

    /// Gives a row other values. Time and id stay.
    fn change(&mut self, row: &mut Row) {
        for name in [TRUNK, KIND, SUCCESS, DURATION, INVITE, END] {
            if self.dice.chance(40) {
                let value = self.value(name, row.key.time.ticks());
                set(row, name, value);
            }
        }
    }

    /// A value of a property for a row of that time.
    fn value(&mut self, name: &str, time: i64) -> Cell {
        let dice = &mut self.dice;
        match name {
            TRUNK => told(dice.one_of(&TRUNKS)),
            KIND => told(dice.one_of(&KINDS)),
            SUCCESS => {
                dice.one_of(&[None, Some(false), Some(true), Some(true)]).map_or(Cell::Null, Cell::Bool)
            }
            DURATION => dice
                .one_of(&[None, Some(0), Some(1), Some(5), Some(3_600), Some(-7), Some(i32::MAX)])
                .map_or(Cell::Null, Cell::Int),
            INVITE => match dice.below(4) {
                0 => Cell::Null,
                1 => Cell::Ticks(Instant::ABSENT.ticks()),
                _ => Cell::Ticks(time - dice.one_of(&[0, 1, 5 * SEC, 15 * MINUTE, 24 * HOUR, 24 * HOUR + 1])),
            },
            _ => match dice.below(8) {
                0 => Cell::Null,
                1 => Cell::Ticks(Instant::ABSENT.ticks()),
                2 => Cell::Ticks(time + dice.one_of(&[-HOUR, 0, 0, 24 * HOUR, 24 * HOUR + 1, 99 * HOUR])),
                3 => Cell::Ticks(time + dice.one_of(&[1, SEC, MINUTE, MINUTE - 1])),
                _ => {
                    let quarters = i64::try_from(dice.below(40)).expect("it is small");
                    Cell::Ticks(time + quarters * 15 * MINUTE)
                }
            },
        }
    }
}

fn told(text: Option<&str>) -> Cell {
    text.map_or(Cell::Null, |text| Cell::Text(text.to_owned()))
}

fn set(row: &mut Row, name: &str, cell: Cell) {
    row.cells[index(name)] = cell;
}
