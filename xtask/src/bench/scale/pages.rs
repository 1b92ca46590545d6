//! Pages at many places of two logs, in turns.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::super::dice::Dice;
use super::super::format::percentile;
use super::super::load::{self, IDENTITY, next_link};
use super::super::report::Table;
use super::super::spread::Spread;
use super::super::walks::NEXT_LINK;
use super::super::{Bench, BenchServer, PAGE_ROWS, filters};
use super::log::Log;
use super::span::{self, DAY_SECS, SECS};
use crate::http::Connection;
use crate::{json, trunklog};

/// How a page was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The first page of one to thirty days.
    Range,
    /// The first page of a day from a random moment on.
    Day,
    /// Pages of a random range, the newest row first.
    NewestFirst,
    /// A page by a bare `$skip`, at all depths.
    Skip,
    /// By next link, so many percent into the log.
    Depth(u32),
}

/// All kinds, in the order of the report.
pub(super) const KINDS: [Kind; 9] = [
    Kind::Range,
    Kind::Day,
    Kind::NewestFirst,
    Kind::Skip,
    Kind::Depth(1),
    Kind::Depth(10),
    Kind::Depth(50),
    Kind::Depth(90),
    Kind::Depth(99),
];

/// How often each kind comes in a round, and how many next links are followed
/// then: 500 pages in all.
const RANGES: u32 = 75;
const DAYS: u32 = 75;
const NEWEST_FIRST: (u32, u32) = (25, 1);
const WALKS_AT_A_DEPTH: (u32, u32) = (10, 5);

/// How many pages a round reads of each log.
pub(super) const PAGES: u32 = 500;

impl Kind {
    fn what(self) -> String {
        match self {
            Kind::Range => "first of a random range".to_owned(),
            Kind::Day => "a day from a random moment".to_owned(),
            Kind::NewestFirst => "newest first, of a random range".to_owned(),
            Kind::Skip => "by a bare `$skip`, at all depths".to_owned(),
            Kind::Depth(percent) => format!("by next link, at {percent} %"),
        }
    }
}

/// A first page and how many after it.
struct Walk {
    first: (Kind, String),
    then: (Kind, u32),
}

/// The walks of a round over a log of so many rows: with the same dice, at the
/// same places of every log.
fn walks(rows: u32, dice: &mut Dice) -> Vec<Walk> {
    let alone = |kind, target| Walk { first: (kind, target), then: (kind, 0) };
    let calls = |from: u32, to: u32| trunklog::calls(&span::instant(from), &span::instant(to));
    let mut walks = Vec::new();
    for _ in 0..RANGES {
        let length = DAY_SECS + dice.below(29 * DAY_SECS);
        let from = dice.below(SECS - length);
        walks.push(alone(Kind::Range, calls(from, from + length)));
    }
    for _ in 0..DAYS {
        let from = dice.below(SECS - DAY_SECS);
        walks.push(alone(Kind::Day, calls(from, from + DAY_SECS)));
    }
    let (times, then) = NEWEST_FIRST;
    for _ in 0..times {
        let to = DAY_SECS + dice.below(SECS - DAY_SECS);
        let first = format!("{}?$orderby={}", calls(0, to), filters::encoded("startDateTime desc"));
        walks.push(Walk { first: (Kind::NewestFirst, first), then: (Kind::NewestFirst, then) });
    }
    let (times, then) = WALKS_AT_A_DEPTH;
    for kind in KINDS {
        let Kind::Depth(percent) = kind else { continue };
        for _ in 0..times {
            // Somewhere within the percent before it.
            let thousandths = u64::from((percent - 1) * 1_000 + dice.below(1_000));
            let skip = u64::from(rows) * thousandths / 100_000;
            let first = format!("{}?$skip={skip}", Bench::all_calls());
            walks.push(Walk { first: (Kind::Skip, first), then: (kind, then) });
        }
    }
    walks
}

/// What a log's pages took, for each kind.
#[derive(Debug, Default)]
pub(super) struct Times([KindTimes; KINDS.len()]);

/// Milliseconds in each round.
#[derive(Debug, Default)]
struct KindTimes {
    p50: Spread,
    p90: Spread,
}

impl Times {
    fn of(&self, kind: Kind) -> Option<&KindTimes> {
        KINDS.iter().zip(&self.0).find(|(known, _)| **known == kind).map(|(_, times)| times)
    }

    /// The medians of a kind's rounds.
    pub(super) fn p50(&self, kind: Kind) -> Spread {
        self.of(kind).map(|times| times.p50.clone()).unwrap_or_default()
    }
}

/// Reads a round's pages of two logs in turns. Pages that are not full, as of
/// a quiet night, do not count.
pub(super) fn round(
    at: u32,
    seed: u64,
    logs: [&Log; 2],
    servers: [&BenchServer; 2],
    times: &mut [Times; 2],
) -> Result<()> {
    // Another round has other places, so that none is known from before.
    let seed = seed + u64::from(at) * 1_000;
    let plans = logs.map(|log| walks(log.rows, &mut Dice::new(seed)));
    let [first, second] = servers.map(|server| Connection::open(server.address));
    let mut connections = [first?, second?];
    let mut taken: [[Vec<Duration>; KINDS.len()]; 2] = Default::default();
    for (number, (small, large)) in plans[0].iter().zip(&plans[1]).enumerate() {
        let mut order = [(0, small), (1, large)];
        if !number.is_multiple_of(2) {
            order.reverse();
        }
        for (side, walk) in order {
            follow(&mut connections[side], servers[side], walk, &mut taken[side])?;
        }
    }
    for (times, taken) in times.iter_mut().zip(&mut taken) {
        for ((kind, times), taken) in KINDS.iter().zip(&mut times.0).zip(taken) {
            if taken.is_empty() {
                let what = kind.what();
                bail!("no page is full ({what}): take more rows with --rows");
            }
            taken.sort();
            times.p50.push(millis(percentile(taken, 50)));
            times.p90.push(millis(percentile(taken, 90)));
        }
    }
    Ok(())
}

fn follow(
    connection: &mut Connection,
    server: &BenchServer,
    walk: &Walk,
    taken: &mut [Vec<Duration>; KINDS.len()],
) -> Result<()> {
    let headers = [("Authorization", server.authorization.as_str()), IDENTITY];
    let mut body = Vec::new();
    let (first, target) = &walk.first;
    let (then, pages) = walk.then;
    let (mut kind, mut target) = (*first, target.clone());
    for left in (0..=pages).rev() {
        let start = Instant::now();
        load::get(connection, &headers, &target, &mut body)?;
        let time = start.elapsed();
        if is_full(&body)? {
            let at = KINDS.iter().position(|known| *known == kind).context("each kind is in the table")?;
            taken[at].push(time);
        }
        let Some(link) = next_link(&body, NEXT_LINK).filter(|_| left > 0) else { break };
        (kind, target) = (then, link);
    }
    Ok(())
}

fn is_full(body: &[u8]) -> Result<bool> {
    let rows = json::number(body, "@odata.count").context("a page has a count")?;
    Ok(rows >= f64::from(PAGE_ROWS))
}

/// Milliseconds, to calculate with.
pub(super) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// The table of all kinds.
pub(super) fn table([small, large]: &[Times; 2]) -> Table {
    let mut table = Table::new([
        "page, times in ms",
        "small log, p50",
        "small log, p90",
        "large log, p50",
        "large log, p90",
        "large against small, p50",
    ]);
    for ((kind, small), large) in KINDS.iter().zip(&small.0).zip(&large.0) {
        table.row([
            kind.what(),
            small.p50.two_digits(),
            small.p90.two_digits(),
            large.p50.two_digits(),
            large.p90.two_digits(),
            format!("{} x", large.p50.against(&small.p50).two_digits()),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_has_its_pages_at_the_same_places_of_both_logs() {
        let [small, large] = [1_000_000, 100_000_000].map(|rows| walks(rows, &mut Dice::new(5)));
        for walks in [&small, &large] {
            assert_eq!(walks.iter().map(|walk| 1 + walk.then.1).sum::<u32>(), PAGES);
        }
        let targets = |walks: &[Walk], kind: Kind| -> Vec<String> {
            walks.iter().filter(|walk| walk.first.0 == kind).map(|walk| walk.first.1.clone()).collect()
        };
        for kind in [Kind::Range, Kind::Day, Kind::NewestFirst] {
            assert_eq!(targets(&small, kind), targets(&large, kind));
        }
        let skip = |target: &String| target.rsplit_once('=').unwrap().1.parse::<u64>().unwrap();
        let skips = |walks: &[Walk]| targets(walks, Kind::Skip).iter().map(skip).collect::<Vec<u64>>();
        for (small, large) in skips(&small).into_iter().zip(skips(&large)) {
            assert_eq!(large / 100, small);
            // The walk after it stays within the log.
            assert!(small + 6_000 < 1_000_000);
        }
    }
}
