//! What filters cost: one on a user, one on the start of a number, one on a SIP
//! code, each over all rows.

use std::fmt::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::format::{grouped, millis, per_sec, percentile};
use super::load::{self, IDENTITY, next_link};
use super::report::{Report, Table};
use super::walks::NEXT_LINK;
use super::{Bench, BenchServer};
use crate::http::Connection;
use crate::json;

/// How often a first page is asked for.
const FIRST_PAGES: usize = 15;

/// A walk ends after this, however many rows are left.
const WALK_LIMIT: Duration = Duration::from_secs(20);

/// The part `filters`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let running = bench.serve()?;
    let mut table =
        Table::new(["filter on", "rows", "first page, p50", "with `$count=true`, p50", "walk, rows/s"]);
    for (what, first) in filters(&running)? {
        let counted = format!("{first}$count=true");
        let mut body = Vec::new();
        let first_page = median(&running, &first, &mut body)?;
        let with_count = median(&running, &counted, &mut body)?;
        let found = json::number(&body, "@trunklog.totalCount").context("a page has the total")?;
        let (rows, time) = walk(&running, &first, &mut body)?;
        table.row([
            what.to_owned(),
            grouped(found),
            millis(first_page),
            millis(with_count),
            grouped(per_sec(rows, time)),
        ]);
    }
    running.server.stop()?;
    let text = format!(
        "Over all rows, which are in order of time. {FIRST_PAGES} first pages each; a walk follows next links \
         to its end, for at most {} s.",
        WALK_LIMIT.as_secs()
    );
    report.section("Filters", &text, table);
    Ok(())
}

/// The filters, and the address of all calls under each, to which more options
/// can be added.
pub(super) fn filters(running: &BenchServer) -> Result<[(&'static str, String); 4]> {
    let user = some_user(running)?;
    let filters = [
        ("a user", format!("userPrincipalName eq '{user}'")),
        ("the start of a number", "startswith(calleeNumber,'+4930')".to_owned()),
        ("a SIP code", "finalSipCode eq 486".to_owned()),
        ("none", String::new()),
    ];
    Ok(filters.map(|(what, filter)| {
        let query = if filter.is_empty() { String::new() } else { format!("$filter={}&", encoded(&filter)) };
        (what, format!("{}?{query}", Bench::all_calls()))
    }))
}

/// A user who has calls.
fn some_user(running: &BenchServer) -> Result<String> {
    let target = format!("{}?$filter={}&$top=1", Bench::all_calls(), encoded("userPrincipalName ne null"));
    let mut body = Vec::new();
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    load::get(&mut Connection::open(running.address)?, &headers, &target, &mut body)?;
    json::string(&body, "userPrincipalName").context("a call has a user")
}

/// How long a page takes, in the middle of some requests.
pub(super) fn median(running: &BenchServer, target: &str, body: &mut Vec<u8>) -> Result<Duration> {
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    let mut connection = Connection::open(running.address)?;
    let mut times = Vec::with_capacity(FIRST_PAGES);
    for _ in 0..FIRST_PAGES {
        let start = Instant::now();
        load::get(&mut connection, &headers, target, body)?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(percentile(&times, 50))
}

/// Follows next links and gives the rows and the time that it took.
pub(super) fn walk(running: &BenchServer, first: &str, body: &mut Vec<u8>) -> Result<(u32, Duration)> {
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    let mut connection = Connection::open(running.address)?;
    let mut target = Some(first.to_owned());
    let mut rows = 0.0;
    let start = Instant::now();
    while let Some(page) = target.filter(|_| start.elapsed() < WALK_LIMIT) {
        load::get(&mut connection, &headers, &page, body)?;
        rows += json::number(body, "@odata.count").unwrap_or_default();
        target = next_link(body, NEXT_LINK);
    }
    // Pages hold whole rows, and a walk of this length fewer than 2^32.
    let rows = format!("{rows:.0}").parse()?;
    Ok((rows, start.elapsed()))
}

/// Percent-encodes all but letters and digits.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
