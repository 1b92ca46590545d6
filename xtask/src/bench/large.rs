//! What an import of one large file holds in memory.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use super::format::{grouped, mebibytes, per_sec, size};
use super::report::{Report, Table};
use super::scale::span::{self, SECS};
use super::spread::Spread;
use super::{Bench, peak};
use crate::process;
use crate::trunklog::Trunklog;

/// The most memory that an import may hold, in MiB.
const MOST_MIB: f64 = 700.0;

/// So many rows tell how many make up a file.
const PROBE_ROWS: u32 = 20_000;

/// The part `large`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let (file, rows) = file(bench)?;
    let bytes = fs::metadata(&file)?.len();
    let store = Trunklog { data: bench.folder.join("large"), ..bench.trunklog.clone() };
    let (mut memory, mut rates) = (Spread::default(), Spread::default());
    for round in 0..bench.plan.rounds {
        println!("round {} of {}: importing {}", round + 1, bench.plan.rounds, size(bytes));
        clear(&store)?;
        let mut command = store.import(&file);
        let cost = peak::run(command.env("TRUNKLOG_STORE_CUBES", "true").stdout(Stdio::null()))?;
        ensure!(cost.memory > 0, "this system does not tell how much memory a process held");
        memory.push(mebibytes(cost.memory));
        rates.push(per_sec(rows, cost.time));
    }
    clear(&store)?;
    // No other part has a use for so much.
    fs::remove_file(&file)?;

    let mut table = Table::new(["file", "rows", "peak memory, MiB", "rows/s"]);
    table.row([size(bytes), grouped(f64::from(rows)), memory.whole(), rates.text(grouped)]);
    let text = "`trunklog import` of one NDJSON file of new rows into an empty store, with cubes; the peak is what the \
                kernel tells of the process (VmHWM).";
    report.section("Memory of a large import", text, table);
    let most = memory.max();
    let what = format!("memory while importing {}", size(bytes));
    report.target(
        &what,
        &format!("< {MOST_MIB:.0} MiB"),
        format!("{most:.0} MiB at most"),
        (most < MOST_MIB).into(),
    );
    Ok(())
}

/// A new file of at least the size that is asked for, and its rows.
fn file(bench: &Bench) -> Result<(PathBuf, u32)> {
    let wanted = u64::from(bench.plan.file_mb) * 1_000_000;
    let file = bench.folder.join("large.ndjson");
    let write = |rows: u32| -> Result<u64> {
        let [from, to] = [0, SECS].map(span::instant);
        process::run(&mut bench.trunklog.write_calls(rows, bench.plan.seed, [&from, &to], &file))?;
        Ok(fs::metadata(&file).with_context(|| format!("no rows in {}", file.display()))?.len())
    };
    let rows = rows_for(wanted, write(PROBE_ROWS)?)?;
    println!("writing {} rows", grouped(f64::from(rows)));
    let written = write(rows)?;
    ensure!(written >= wanted, "{} rows take {written} of {wanted} bytes", grouped(f64::from(rows)));
    Ok((file, rows))
}

/// How many rows make up a file where the probe took so many bytes; with a hundredth
/// more, for rows differ.
fn rows_for(wanted: u64, probe: u64) -> Result<u32> {
    let rows = u128::from(wanted) * 101 / 100 * u128::from(PROBE_ROWS) / u128::from(probe.max(1)) + 1;
    u32::try_from(rows).context("--file-mb: no log of samples is as large")
}

fn clear(store: &Trunklog) -> Result<()> {
    if store.data.exists() {
        fs::remove_dir_all(&store.data).with_context(|| format!("cannot remove {}", store.data.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_fill_the_file() -> Result<()> {
        // 850 bytes a row.
        let probe = u64::from(PROBE_ROWS) * 850;
        assert_eq!(rows_for(5_000_000_000, probe)?, 5_941_177);
        assert!(rows_for(u64::from(u32::MAX) * 1_000_000, PROBE_ROWS.into()).is_err());
        Ok(())
    }
}
