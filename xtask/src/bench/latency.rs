//! How long one page takes, near the beginning and deep inside.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::format::{grouped, millis, percentile};
use super::load::{self, IDENTITY};
use super::report::{Report, Table};
use super::walks::NEXT_LINK;
use super::{Bench, PAGE_ROWS};
use crate::http::Connection;

/// The depths, in pages, of which those that the store has are measured.
const DEPTHS: [u32; 4] = [2, 100, 1_000, 9_000];

/// How many neighbouring pages stand for one depth.
const NEIGHBOURS: u32 = 20;

/// The part `latency`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let running = bench.serve()?;
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    let mut connection = Connection::open(running.address)?;
    let depths: Vec<u32> = DEPTHS.into_iter().filter(|depth| depth + NEIGHBOURS < bench.pages()).collect();
    let deepest = depths.last().copied().unwrap_or(1) + NEIGHBOURS;
    println!("walking to page {deepest}");
    let links = load::collect(&mut connection, &headers, Bench::all_calls(), NEXT_LINK, deepest)?;

    let mut table = Table::new(["page", "p50", "p90", "p99"]);
    let mut medians = Vec::new();
    for depth in depths {
        let from = usize::try_from(depth - 1)?;
        let pages: Vec<&str> =
            links.iter().skip(from).take(usize::try_from(NEIGHBOURS)?).map(String::as_str).collect();
        let times = time(running.address, &headers, &pages, bench.plan.requests)?;
        medians.push(percentile(&times, 50));
        row(&mut table, format!("{} by next link", grouped(f64::from(depth))), &times);
    }
    let skips: Vec<String> = (0..NEIGHBOURS)
        .map(|at| format!("{}?$skip={}", Bench::all_calls(), bench.plan.rows / 2 + at * PAGE_ROWS))
        .collect();
    let skips: Vec<&str> = skips.iter().map(String::as_str).collect();
    let times = time(running.address, &headers, &skips, bench.plan.requests)?;
    let bare = percentile(&times, 50);
    row(&mut table, format!("by a bare `$skip` of {}", grouped(f64::from(bench.plan.rows / 2))), &times);
    running.server.stop()?;

    let text = format!(
        "{} requests each, one after the other on one connection, plain HTTP without compression, over the \
         whole range of time; {NEIGHBOURS} neighbouring pages in turn.",
        bench.plan.requests
    );
    report.section("Time of a page", &text, table);
    targets(report, &medians, bare);
    Ok(())
}

fn row(table: &mut Table, what: String, sorted: &[Duration]) {
    let [p50, p90, p99] = [50, 90, 99].map(|percent| millis(percentile(sorted, percent)));
    table.row([what, p50, p90, p99]);
}

/// The sorted times of so many requests.
fn time(
    address: SocketAddr,
    headers: &[(&str, &str)],
    targets: &[&str],
    requests: usize,
) -> Result<Vec<Duration>> {
    let mut connection = Connection::open(address)?;
    let mut body = Vec::new();
    let mut times = Vec::with_capacity(requests);
    for target in targets.iter().cycle().take(requests) {
        let start = Instant::now();
        load::get(&mut connection, headers, target, &mut body)?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times)
}

fn targets(report: &mut Report, medians: &[Duration], bare: Duration) {
    let (Some(fastest), Some(slowest)) = (medians.iter().min(), medians.iter().max()) else { return };
    let met = *slowest <= Duration::from_millis(5);
    report.target("page, p50 at every depth", "<= 5 ms", millis(*slowest), met.into());
    let spread = slowest.as_secs_f64() / fastest.as_secs_f64();
    let found = format!("{:.0} % apart", (spread - 1.0) * 100.0);
    report.target("page, same at every depth", "within 20 %", found, (spread <= 1.2).into());
    let factor = bare.as_secs_f64() / fastest.as_secs_f64();
    report.target(
        "bare `$skip`, against a page by link",
        "<= 3 x",
        format!("{factor:.1} x"),
        (factor <= 3.0).into(),
    );
}
