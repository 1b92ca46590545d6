//! What the strict profile and full metadata cost, against the default.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::format::{millis, percentile};
use super::load::{self, IDENTITY};
use super::report::{Report, Table};
use super::{Bench, PAGE_ROWS};
use crate::http::Connection;
use crate::{json, trunklog};

/// How many neighbouring pages are read in a round.
const NEIGHBOURS: u32 = 20;

/// Microsoft's throttling would end the measurement early.
const STRICT: [(&str, &str); 2] = [("TRUNKLOG_STRICT", "true"), ("TRUNKLOG_THROTTLE_ENABLED", "false")];

/// How many rows the range of the measurement holds at most.
const RANGE_ROWS: u32 = 1_000_000;

/// One way to ask.
struct Form {
    what: &'static str,
    environment: &'static [(&'static str, &'static str)],
    accept: &'static str,
    times: Vec<Duration>,
}

/// The part `forms`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let form = |what, environment, accept| Form { what, environment, accept, times: Vec::new() };
    let mut forms = [
        form("default", &[] as &[_], "application/json"),
        form("`odata.metadata=none`", &[], "application/json;odata.metadata=none"),
        form("`odata.metadata=full`", &[], "application/json;odata.metadata=full"),
        form("strict", &STRICT, "application/json"),
    ];
    let calls = short_range(bench)?;
    let pages: Vec<String> = (0..NEIGHBOURS).map(|at| format!("{calls}?$skip={}", at * PAGE_ROWS)).collect();
    let rounds = (bench.plan.requests / pages.len()).max(1);
    for environment in [&[] as &[_], &STRICT] {
        let running = bench.serve_with(environment)?;
        let mut connection = Connection::open(running.address)?;
        let mut body = Vec::new();
        // The first round warms up and is not counted.
        for round in 0..=rounds {
            for form in forms.iter_mut().filter(|form| form.environment == environment) {
                let headers =
                    [("Authorization", running.authorization.as_str()), ("Accept", form.accept), IDENTITY];
                for page in &pages {
                    let start = Instant::now();
                    load::get(&mut connection, &headers, page, &mut body)?;
                    if round > 0 {
                        form.times.push(start.elapsed());
                    }
                }
            }
        }
        running.server.stop()?;
    }
    let mut table = Table::new(["form", "p50", "p90", "against the default, p50"]);
    let mut default = None;
    for form in &mut forms {
        form.times.sort();
        let [p50, p90] = [50, 90].map(|percent| percentile(&form.times, percent));
        let base = default.get_or_insert(p50).as_secs_f64();
        let ratio = format!("{:.2} x", p50.as_secs_f64() / base.max(f64::EPSILON));
        table.row([form.what.to_owned(), millis(p50), millis(p90), ratio]);
    }
    let text = format!(
        "{} pages each of one range of a few days by a bare `$skip`, in rounds of {NEIGHBOURS}, plain HTTP without \
         compression.",
        rounds * pages.len()
    );
    report.section("Strict and metadata", &text, table);
    Ok(())
}

/// The path of the first calls, in a range that strict permits too.
fn short_range(bench: &Bench) -> Result<String> {
    let running = bench.serve()?;
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    let mut connection = Connection::open(running.address)?;
    let mut body = Vec::new();
    let mut start = |row: u32| -> Result<String> {
        let target = format!("{}?$skip={row}&$top=1", Bench::all_calls());
        load::get(&mut connection, &headers, &target, &mut body)?;
        json::string(&body, "startDateTime").context("a call has a start")
    };
    let range = (start(0)?, start((bench.plan.rows / 2).min(RANGE_ROWS))?);
    running.server.stop()?;
    Ok(trunklog::calls(&range.0, &range.1))
}
