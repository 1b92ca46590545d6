//! Starts of a server on each of the logs, its first pages, the pages of a
//! round, and its memory on the way.

use std::time::Instant;

use anyhow::Result;

use super::super::format::{grouped, mebibytes};
use super::super::load::{self, IDENTITY};
use super::super::report::{Report, Table};
use super::super::spread::Spread;
use super::super::{BenchServer, peak};
use super::log::Log;
use super::pages::{self, KINDS, Kind, Times, millis};
use super::span::{self, DAY_SECS, SECS};
use super::{MOST_TIMES, Plan};
use crate::http::Connection;
use crate::{stop, trunklog};

/// Where the first page after a start lies: the day, and its first second.
const FIRST_PAGES: [(&str, u32); 3] =
    [("newest day", SECS - DAY_SECS), ("oldest day", 0), ("a day in the middle", SECS / 2)];

/// What the starts of one log came to.
#[derive(Debug, Default)]
struct Starts {
    /// Milliseconds until ready.
    ready: Spread,
    /// Milliseconds of the first page, for each place.
    first_pages: [Spread; FIRST_PAGES.len()],
    /// MiB.
    memory: Memory,
}

/// What a server holds, in MiB.
#[derive(Debug, Default)]
struct Memory {
    ready: Spread,
    first_page: Spread,
    pages: Spread,
    idle: Spread,
}

/// Measures starts, memory and pages of both logs.
pub(super) fn measure(plan: Plan, logs: &[Log; 2], report: &mut Report) -> Result<()> {
    let mut starts: [Starts; 2] = Default::default();
    let mut times: [Times; 2] = Default::default();
    for round in 0..plan.rounds {
        println!("round {} of {}: starts", round + 1, plan.rounds);
        for place in 0..FIRST_PAGES.len() {
            for side in turn(round) {
                start(&logs[side], place, &mut starts[side])?.server.stop()?;
            }
        }
        println!("round {} of {}: pages", round + 1, plan.rounds);
        // The place of the first page goes round, too.
        let place = usize::try_from(round)? % FIRST_PAGES.len();
        let servers = [start(&logs[0], place, &mut starts[0])?, start(&logs[1], place, &mut starts[1])?];
        let [small, large] = &servers;
        pages::round(round, plan.seed, [&logs[0], &logs[1]], [small, large], &mut times)?;
        for (server, starts) in servers.iter().zip(&mut starts) {
            starts.memory.pages.push(memory(server));
        }
        stop::sleep(plan.idle)?;
        for (server, starts) in servers.into_iter().zip(&mut starts) {
            starts.memory.idle.push(memory(&server));
            server.server.stop()?;
        }
    }
    tell_pages(report, &times);
    tell_starts(plan, report, &starts);
    Ok(())
}

/// Which log comes first alternates.
fn turn(round: u32) -> [usize; 2] {
    if round.is_multiple_of(2) { [0, 1] } else { [1, 0] }
}

/// Starts a server and reads its first page.
fn start(log: &Log, place: usize, starts: &mut Starts) -> Result<BenchServer> {
    let running = log.serve()?;
    starts.ready.push(millis(running.ready_after));
    starts.memory.ready.push(memory(&running));
    let (_, from) = FIRST_PAGES[place];
    let target = trunklog::calls(&span::instant(from), &span::instant(from + DAY_SECS));
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    let mut connection = Connection::open(running.address)?;
    let start = Instant::now();
    load::get(&mut connection, &headers, &target, &mut Vec::new())?;
    starts.first_pages[place].push(millis(start.elapsed()));
    starts.memory.first_page.push(memory(&running));
    Ok(running)
}

fn memory(running: &BenchServer) -> f64 {
    mebibytes(peak::now(running.server.id()).unwrap_or_default())
}

fn tell_pages(report: &mut Report, times: &[Times; 2]) {
    let text = format!(
        "One client on one connection that is kept, plain HTTP without compression, {} pages of each log in a round, \
         at places that change with each round and are the same in both logs: one to thirty days from a random \
         moment, a day from one, ranges of random length with the newest row first, and walks of a few pages from a \
         bare `$skip` somewhere in the percent before each depth. Only pages of 1,000 rows count.",
        grouped(f64::from(pages::PAGES))
    );
    report.section("Pages", &text, pages::table(times));
    let [small, large] = times;
    let ratio = |kind: Kind| large.p50(kind).against(&small.p50(kind)).median();
    let worst = |is_of: fn(Kind) -> bool| {
        KINDS.into_iter().filter(|kind| is_of(*kind)).map(ratio).fold(0.0, f64::max)
    };
    let by_link = |kind: Kind| matches!(kind, Kind::Depth(_));
    let others = |kind: Kind| !matches!(kind, Kind::Depth(_));
    for (what, found) in [
        ("page by next link, p50 against the small log, worst depth", worst(by_link)),
        ("other pages, p50 against the small log, worst kind", worst(others)),
        (
            "newest first, p50 against a day in the order of time, large log",
            large.p50(Kind::NewestFirst).against(&large.p50(Kind::Day)).median(),
        ),
    ] {
        let wanted = format!("<= {MOST_TIMES:.2} x");
        report.target(what, &wanted, format!("{found:.2} x"), (found <= MOST_TIMES).into());
    }
}

fn tell_starts(plan: Plan, report: &mut Report, [small, large]: &[Starts; 2]) {
    let mut table = Table::new(["start and memory", "small log", "large log"]);
    let mut row = |what: &str, unit: &str, small: &Spread, large: &Spread| {
        let cell = |spread: &Spread| format!("{} {unit}", spread.whole());
        table.row([what.to_owned(), cell(small), cell(large)]);
    };
    row("until ready", "ms", &small.ready, &large.ready);
    for (((what, _), small), large) in FIRST_PAGES.iter().zip(&small.first_pages).zip(&large.first_pages) {
        row(&format!("first page after it, {what}"), "ms", small, large);
    }
    let (s, l) = (&small.memory, &large.memory);
    row("memory when ready", "MiB", &s.ready, &l.ready);
    row("memory after the first page", "MiB", &s.first_page, &l.first_page);
    row("memory after the pages of a round", "MiB", &s.pages, &l.pages);
    let idle = format!("memory {} s later", plan.idle.as_secs());
    row(&idle, "MiB", &s.idle, &l.idle);
    let text = "From the start of `trunklog serve` until `/readyz` answers 200; then the first page of a day, with a \
                token that was there. Each place is a start of its own. Memory is what the process holds.";
    report.section("Starts", text, table);
    let first = large.first_pages.iter().map(Spread::max).fold(0.0, f64::max);
    for (what, most, unit, found) in [
        ("large log, start until ready, slowest", 300.0, "ms", large.ready.max()),
        ("large log, first page after a start, slowest", 100.0, "ms", first),
        ("large log, idle memory, most", 150.0, "MiB", l.idle.max()),
    ] {
        let found_text = format!("{found:.0} {unit}");
        report.target(what, &format!("<= {most} {unit}"), found_text, (found <= most).into());
    }
}
