//! What reports cost: asked over HTTP as their readers ask, beside the same
//! questions as SQL over the rows and as facets of the same rows in SQLite.
//!
//! The large log is loaded in bulk and kept between runs; a smaller one is stored
//! in commits of 1,000 rows, as pages of Graph come. A question's range is another
//! each time, so that no answer is known from before.

mod facets;
pub(super) mod loading;
pub(super) mod questions;
mod search;
mod sql;
pub(super) mod timing;

use anyhow::Result;

use super::format::{grouped, mebibytes, size};
use super::report::{Report, Table};
use super::scale::log::{Log, Size};
use super::scale::span;
use super::spread::Spread;
use super::{Bench, PAGE_ROWS};
use questions::QUESTIONS;
use timing::Times;

/// What is wanted of the first screen, at p95.
const SCREEN_MS: f64 = 200.0;
/// Of a question about some days at most.
const SHORT_MS: f64 = 100.0;
/// Of a search for part of a number.
const SEARCH_MS: f64 = 2_000.0;
/// The share of the rate without cubes that an import keeps.
const IMPORT_SHARE: f64 = 0.75;

/// The part `reports`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let log = Log::ensure(
        &bench.trunklog.binary,
        &bench.folder,
        Size { rows: bench.plan.report_rows, seed: bench.plan.seed },
    )?;
    let running = log.serve()?;
    timing::wait_for_cubes(&running)?;
    let mut times = Times::default();
    for round in 0..bench.plan.rounds {
        println!(
            "round {} of {} in the log of {}",
            round + 1,
            bench.plan.rounds,
            grouped(f64::from(log.rows))
        );
        timing::round(bench, &running, round, &mut times)?;
    }
    let searches = search::measure(bench, &running)?;
    running.server.stop()?;

    let rows = sql::measure(bench, &log.trunklog)?;
    let facets = facets::measure(bench);
    tell_questions(bench, &times, &rows, facets, report);
    tell_rest(&times, &searches, report);
    tell_loading(&loading::measure(bench)?, &rows, report);
    commits(bench, report)
}

/// Each question, and the others' times beside ours.
fn tell_questions(
    bench: &Bench,
    times: &Times,
    rows: &sql::Answers,
    facets: Result<facets::Answers>,
    report: &mut Report,
) {
    let mut table = Table::new([
        "question, times in ms",
        "Trunklog, p50",
        "Trunklog, p95",
        "SQL over the rows",
        "Datasette's facets",
    ]);
    let other = |spread: Option<&Spread>| spread.map_or("-".to_owned(), Spread::whole);
    let (facets, left_out) = match facets {
        Ok(facets) => (Some(facets), String::new()),
        Err(error) => (None, format!(" Datasette was left out: {error:#}.")),
    };
    for (question, time) in QUESTIONS.iter().zip(&times.questions) {
        table.row([
            question.what.to_owned(),
            time.p50.two_digits(),
            time.p95.two_digits(),
            other(rows.of(question.key)),
            other(facets.as_ref().and_then(|facets| facets.of(question.key))),
        ]);
    }
    let text = format!(
        "{} direct-routing calls of {} days, loaded in bulk; ranges of 28 to {} days, another each time, asked one \
         after the other over HTTP. SQL is DuckDB's own over the same file, of all days, with two threads and \
         384 MiB, the words of a question being those that its rows need. Facets are Datasette's over {} of such \
         calls in SQLite, which cannot hold all of them in reasonable time, without a time limit. A dash is a \
         question that the other does not know.{left_out}",
        grouped(f64::from(bench.plan.report_rows)),
        span::DAYS,
        span::DAYS,
        grouped(f64::from(facets::rows(bench))),
    );
    report.section("Reports", &text, table);
    for (question, time) in QUESTIONS.iter().zip(&times.questions) {
        target(report, &format!("report, {}, p95", question.what), question.most_ms, &time.p95);
    }
}

/// The first screen, short ranges, searches.
fn tell_rest(times: &Times, searches: &search::Outcome, report: &mut Report) {
    let mut table = Table::new(["what, times in ms", "p50", "p95"]);
    let rows = [
        ("the seven panels of a first screen, together", &times.screen),
        ("questions about two days at most", &times.short),
        ("a search for part of a number", &searches.times),
    ];
    for (what, time) in rows {
        table.row([what.to_owned(), time.p50.two_digits(), time.p95.two_digits()]);
    }
    table.row([
        "until the server rests after the client of a search has left".to_owned(),
        searches.rest.whole(),
        String::new(),
    ]);
    let text = format!(
        "The panels are asked for at the same time on seven connections, until the last has come. Short ranges start \
         at any minute. A search asks for the first page, of at most {} rows, of all days.",
        grouped(f64::from(PAGE_ROWS))
    );
    report.section("First screen, short ranges and searches", &text, table);
    target(report, "first screen of seven panels, p95", SCREEN_MS, &times.screen.p95);
    target(report, "reports of up to two days, p95", SHORT_MS, &times.short.p95);
    target(report, "search for part of a number, p95", SEARCH_MS, &searches.times.p95);
    target(report, "rest after a search was given up", SEARCH_MS, &searches.rest);
}

/// What cubes cost an import, and their size.
fn tell_loading(loading: &loading::Outcome, rows: &sql::Answers, report: &mut Report) {
    let mut table = Table::new(["import", "with cubes, rows/s", "without, rows/s", "with against without"]);
    table.row([
        format!("{} new rows", grouped(f64::from(loading.rows))),
        loading.with.text(grouped),
        loading.without.text(grouped),
        format!("{} x", loading.share().two_digits()),
    ]);
    let cubes = match rows.cube_bytes {
        Some(bytes) => format!(
            "The cubes of the large log take {} of the file; its rows take {}.",
            size(bytes),
            size(rows.row_bytes.unwrap_or_default())
        ),
        None => "The size of the cubes could not be read.".to_owned(),
    };
    let text = format!(
        "`trunklog import` of the same NDJSON file, with and without `store.cubes` in turns, each into a new store. \
         {cubes} The store of the import is {:.0} bytes a row with cubes and {:.0} without.",
        loading.bytes_a_row(loading.with_bytes),
        loading.bytes_a_row(loading.without_bytes)
    );
    report.section("Import with cubes", &text, table);
    let found = loading.share().median();
    let wanted = format!(">= {IMPORT_SHARE} x");
    report.target(
        "import with cubes, against without",
        &wanted,
        format!("{found:.2} x"),
        (found >= IMPORT_SHARE).into(),
    );
}

/// The same questions to a log that was stored in small commits.
fn commits(bench: &Bench, report: &mut Report) -> Result<()> {
    let stored = loading::in_commits(bench)?;
    let running = stored.serve()?;
    timing::wait_for_cubes(&running)?;
    let mut times = Times::default();
    for round in 0..bench.plan.rounds {
        println!("round {} of {} after small commits", round + 1, bench.plan.rounds);
        timing::round(bench, &running, round, &mut times)?;
    }
    running.server.stop()?;
    let mut table = Table::new(["question, times in ms", "p50", "p95"]);
    let named = QUESTIONS.iter().map(|question| question.what).zip(&times.questions);
    let others = [("first screen", &times.screen), ("two days at most", &times.short)];
    for (what, time) in named.chain(others) {
        table.row([what.to_owned(), time.p50.two_digits(), time.p95.two_digits()]);
    }
    let text = format!(
        "{} calls of the same days, stored in commits of {} rows at {} rows/s; the store takes {:.0} MiB. There are \
         fewer than in the large log, since each commit waits for the disk: `--commit-rows` takes more.",
        grouped(f64::from(bench.plan.commit_rows)),
        grouped(f64::from(loading::COMMIT_ROWS)),
        grouped(stored.rows_per_sec),
        mebibytes(stored.trunklog.size()?),
    );
    report.section("Reports after small commits", &text, table);
    target(report, "first screen after small commits, p95", SCREEN_MS, &times.screen.p95);
    Ok(())
}

/// A target in milliseconds; the median of the rounds has to meet it.
fn target(report: &mut Report, what: &str, most_ms: f64, found: &Spread) {
    let median = found.median();
    report.target(
        what,
        &format!("<= {most_ms:.0} ms"),
        format!("{median:.1} ms"),
        (median <= most_ms).into(),
    );
}
