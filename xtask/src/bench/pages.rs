//! What people wait for and what their pages weigh: the first screen in a browser
//! while others read, the bytes of each page, and the server's memory while many
//! browse.
//!
//! All of it runs on two cores: the server, the browser, and who else reads. The
//! programs that drive the browser are in `xtask/bench/pages`.

mod accounts;
mod cores;
mod programs;

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::format::{grouped, mebibytes, percentile};
use super::report::{Report, Table};
use super::reports::questions::Ranges;
use super::reports::timing;
use super::scale::log::{Log, Size};
use super::scale::span;
use super::spread::Spread;
use super::{Bench, peak};
use crate::stop;
use accounts::Accounts;
use cores::Cores;
use programs::{Programs, Weight};

/// What is wanted of the first screen, at p95.
const SCREEN_MS: f64 = 500.0;
/// Of the bytes of a page, for a browser that knows nothing of it.
const PAGE_BYTES: f64 = 60_000.0;

/// How many others read while somebody waits for the first screen.
const OTHERS: usize = 4;
/// How long each of them looks at a page, on average.
const OTHERS_PAUSE: Duration = Duration::from_secs(1);
/// How long each of many looks at a page, on average.
const PAUSE: Duration = Duration::from_secs(3);

/// Others have read for so long before the first screen is asked for.
const SETTLED: Duration = Duration::from_secs(3);

/// So many screens are not counted, for the browser has none of the files yet.
const WARM_UP: usize = 3;

/// Milliseconds of the first screen in each round.
#[derive(Debug, Default)]
struct Screens {
    p50: Spread,
    p95: Spread,
}

/// The server's memory while people browse, in MiB.
#[derive(Debug)]
struct Memory {
    before: f64,
    peak: f64,
    after: f64,
    pages: f64,
    time: Duration,
}

/// The part `pages`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let programs = Programs::ensure(bench)?;
    let cores = Cores::two()?;
    let size = Size { rows: bench.plan.report_rows, seed: bench.plan.seed };
    let log = Log::ensure(&bench.trunklog.binary, &bench.folder, size)?;
    let people = usize::try_from(bench.plan.people)?;
    // Who waits for the first screen is the first of them.
    let accounts = Accounts::add(&log.trunklog, people.max(OTHERS + 1))?;
    // Hashing their passwords takes memory that no page does, so another server
    // than those that are measured has it.
    let running = log.serve()?;
    timing::wait_for_cubes(&running)?;
    let cookies = programs.sign_in(&running, &accounts)?;
    running.server.stop()?;
    let (reader, others) = cookies.split_first().context("somebody has signed in")?;
    ensure!(others.len() >= OTHERS, "only {} people have signed in", cookies.len());
    let first = path(&[0, span::SECS].map(span::instant));

    let running = log.serve()?;
    let (mut alone, mut beside) = (Screens::default(), Screens::default());
    for round in 0..bench.plan.rounds {
        println!("round {} of {}: first screens", round + 1, bench.plan.rounds);
        // Other ranges each time, so that no answer is known from before.
        let mut ranges = Ranges::new(bench.plan.seed, round);
        alone.push(programs.screens(&running, reader, &paths(bench, &mut ranges))?);
        let readers = programs.read(&running, &others[..OTHERS], &first, OTHERS_PAUSE)?;
        stop::sleep(SETTLED)?;
        beside.push(programs.screens(&running, reader, &paths(bench, &mut ranges))?);
        readers.stop()?;
    }
    println!("bytes of pages");
    let weights = programs.weights(&running, reader, &first)?;
    running.server.stop()?;
    let memory = browse(bench, &log, &programs, &cookies[..people.min(cookies.len())], &first)?;
    drop((accounts, cores));

    tell_screens(bench, &alone, &beside, report);
    tell_weights(&weights, report);
    tell_memory(people, &memory, report);
    Ok(())
}

/// The first screen of a range.
fn path([from, to]: &[String; 2]) -> String {
    format!("/?from={from}&to={to}")
}

/// First screens of a round, with those that warm up.
fn paths(bench: &Bench, ranges: &mut Ranges) -> Vec<String> {
    let count = WARM_UP + (bench.plan.requests / 10).max(10);
    (0..count).map(|_| path(&ranges.long())).collect()
}

impl Screens {
    /// Adds a round.
    fn push(&mut self, mut times: Vec<Duration>) {
        times.drain(..WARM_UP.min(times.len()));
        times.sort();
        let millis = |percent| percentile(&times, percent).as_secs_f64() * 1_000.0;
        self.p50.push(millis(50));
        self.p95.push(millis(95));
    }
}

/// Has people browse on a server that did nothing else before.
fn browse(bench: &Bench, log: &Log, programs: &Programs, cookies: &[String], first: &str) -> Result<Memory> {
    println!("{} people browse", cookies.len());
    let running = log.serve()?;
    let process = running.server.id();
    let held = |bytes: Option<u64>| bytes.map(mebibytes).context("the system tells what a process holds");
    let before = held(peak::now(process))?;
    let time = bench.plan.load * 6;
    let readers = programs.read(&running, cookies, first, PAUSE)?;
    stop::sleep(time)?;
    let pages = readers.stop()?;
    let most = held(peak::of(process))?;
    stop::sleep(bench.plan.load * 3)?;
    let after = held(peak::now(process))?;
    running.server.stop()?;
    Ok(Memory { before, peak: most, after, pages, time })
}

fn tell_screens(bench: &Bench, alone: &Screens, beside: &Screens, report: &mut Report) {
    let mut table = Table::new(["first screen, times in ms", "p50", "p95"]);
    let others = format!("while {OTHERS} others read");
    for (what, screens) in [("alone", alone), (others.as_str(), beside)] {
        table.row([what.to_owned(), screens.p50.whole(), screens.p95.whole()]);
    }
    let text = format!(
        "`/` over 28 to {} days of {} direct-routing calls, another range each time, in Chromium, from the start of \
         the navigation until all was loaded, with the parts that the page loads later, and painted. The first \
         {WARM_UP} of a round do not count, so the browser has the style sheet and the scripts. Others read one page of \
         the navigation after the other with all their parts, each looking at one for {} s on average. Server, \
         browser and others share two cores.",
        span::DAYS,
        grouped(f64::from(bench.plan.report_rows)),
        OTHERS_PAUSE.as_secs(),
    );
    report.section("First screen in the browser", &text, table);
    let found = beside.p95.median();
    report.target(
        &format!("first screen in the browser {others}, p95"),
        &format!("<= {SCREEN_MS:.0} ms"),
        format!("{found:.0} ms"),
        (found <= SCREEN_MS).into(),
    );
}

fn tell_weights(weights: &[Weight], report: &mut Report) {
    let mut table = Table::new(["page", "answers", "bytes, empty cache", "bytes, again"]);
    let mut heaviest: Option<&Weight> = None;
    for weight in weights {
        let Weight { page, answers, first, again } = weight;
        table.row([format!("`{page}`"), grouped(*answers), grouped(*first), grouped(*again)]);
        if heaviest.is_none_or(|most| most.first < *first) {
            heaviest = Some(weight);
        }
    }
    let text = format!(
        "What comes over the wire, compressed and with the heads of all answers, for each page of the navigation over \
         all {} days: first for a browser with an empty cache, with style sheet, scripts and all parts, then for one \
         that has been there.",
        span::DAYS
    );
    report.section("Bytes of a page", &text, table);
    if let Some(Weight { page, first, .. }) = heaviest {
        let wanted = format!("<= {} bytes", grouped(PAGE_BYTES));
        let found = format!("{} bytes at most (`{page}`)", grouped(*first));
        report.target("a page on the wire", &wanted, found, (*first <= PAGE_BYTES).into());
    }
}

fn tell_memory(people: usize, memory: &Memory, report: &mut Report) {
    let mut table = Table::new(["people", "pages", "before, MiB", "peak, MiB", "after a rest, MiB"]);
    let Memory { before, peak, after, pages, time } = memory;
    table.row([
        people.to_string(),
        grouped(*pages),
        format!("{before:.0}"),
        format!("{peak:.0}"),
        format!("{after:.0}"),
    ]);
    let text = format!(
        "The server's memory while people with sessions of their own browse for {} s, each looking at a page for {} s \
         on average.",
        time.as_secs(),
        PAUSE.as_secs()
    );
    report.section("Memory under people browsing", &text, table);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_warms_up_does_not_count() {
        let mut screens = Screens::default();
        let times = [900, 900, 900].into_iter().chain(1..=100).map(Duration::from_millis);
        screens.push(times.collect());
        assert_eq!(
            (screens.p50.whole(), screens.p95.whole()),
            ("51 (51 to 51)".into(), "96 (96 to 96)".into())
        );
    }
}
