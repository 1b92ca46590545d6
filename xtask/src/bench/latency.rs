//! How long one page takes, near the start and deep inside.

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

    let neighbours = usize::try_from(NEIGHBOURS)?;
    let mut loads = Vec::new();
    for depth in &depths {
        let pages = links.iter().skip(usize::try_from(depth - 1)?).take(neighbours).cloned().collect();
        loads.push(Load::new(format!("{} by next link", grouped(f64::from(*depth))), pages));
    }
    let half = bench.plan.rows / 2;
    let skips =
        (0..NEIGHBOURS).map(|at| format!("{}?$skip={}", Bench::all_calls(), half + at * PAGE_ROWS)).collect();
    loads.push(Load::new(format!("by a bare `$skip` of {}", grouped(f64::from(half))), skips));
    // The first time a page is read, it comes from the disk.
    for load in &mut loads {
        load.round(running.address, &headers)?;
        load.times.clear();
    }
    // In turns, so that a machine that is slow for a while is slow for all.
    while loads.iter().any(|load| load.times.len() < bench.plan.requests) {
        for load in &mut loads {
            load.round(running.address, &headers)?;
        }
    }
    let mut table = Table::new(["page", "p50", "p90", "p99"]);
    for load in &mut loads {
        load.times.sort();
        let [p50, p90, p99] = [50, 90, 99].map(|percent| millis(percentile(&load.times, percent)));
        table.row([load.what.clone(), p50, p90, p99]);
    }
    let mut medians: Vec<_> = loads.iter().map(|load| percentile(&load.times, 50)).collect();
    let bare = medians.pop().unwrap_or_default();
    running.server.stop()?;

    let text = format!(
        "{} requests each, one after the other, plain HTTP without compression, over the whole range of time; \
         rounds of {NEIGHBOURS} neighbouring pages at one depth after the other, the first round not counted.",
        bench.plan.requests
    );
    report.section("Time of a page", &text, table);
    targets(report, &medians, bare);
    Ok(())
}

/// Neighbouring pages that stand for one depth, and how long they took.
struct Load {
    what: String,
    pages: Vec<String>,
    times: Vec<Duration>,
}

impl Load {
    fn new(what: String, pages: Vec<String>) -> Load {
        Load { what, pages, times: Vec::new() }
    }

    /// Reads each of the pages once, on one connection.
    fn round(&mut self, address: SocketAddr, headers: &[(&str, &str)]) -> Result<()> {
        let mut connection = Connection::open(address)?;
        let mut body = Vec::new();
        for page in &self.pages {
            let start = Instant::now();
            load::get(&mut connection, headers, page, &mut body)?;
            self.times.push(start.elapsed());
        }
        Ok(())
    }
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
