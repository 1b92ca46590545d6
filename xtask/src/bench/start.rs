//! How long a server takes to be ready on a full store.

use std::time::Duration;

use anyhow::Result;

use super::Bench;
use super::format::{millis, percentile, size};
use super::report::{Report, Table};

const STARTS: usize = 5;

/// The part `start`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let running = bench.serve()?;
        times.push(running.ready_after);
        running.server.stop()?;
    }
    times.sort();
    let (median, worst) = (percentile(&times, 50), percentile(&times, 100));
    let mut table = Table::new(["store on disk", "starts", "median", "slowest"]);
    table.row([size(bench.trunklog.size()?), STARTS.to_string(), millis(median), millis(worst)]);
    let text = "From the start of `trunklog serve` until `/readyz` answers 200.";
    report.section("Start", text, table);
    let met = worst <= Duration::from_secs(1);
    report.target("start until ready", "<= 1 s", format!("{} at most", millis(worst)), met.into());
    Ok(())
}
