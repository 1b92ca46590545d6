//! What cubes cost while rows come in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::super::format::{grouped, mebibytes, per_sec};
use super::super::scale::span::{self, SECS};
use super::super::spread::Spread;
use super::super::{Bench, BenchServer, peak};
use crate::process;
use crate::trunklog::{Application, Trunklog};

/// Rows in a small commit: those of a page of Graph.
pub(super) const COMMIT_ROWS: u32 = 1_000;

/// The most rows that are imported with and without cubes.
const MOST_ROWS: u32 = 2_000_000;

/// What imports came to.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) rows: u32,
    /// Rows a second, a value a round.
    pub(super) with: Spread,
    pub(super) without: Spread,
    /// What the stores take up in the end.
    pub(super) with_bytes: u64,
    pub(super) without_bytes: u64,
}

impl Outcome {
    /// The rate with cubes against that without, round by round.
    pub(super) fn share(&self) -> Spread {
        self.with.against(&self.without)
    }

    /// Of a store.
    pub(super) fn bytes_a_row(&self, bytes: u64) -> f64 {
        mebibytes(bytes) * 1_048_576.0 / f64::from(self.rows.max(1))
    }
}

/// Imports the same rows with and without cubes, in turns.
pub(super) fn measure(bench: &Bench) -> Result<Outcome> {
    let rows = bench.plan.report_rows.min(MOST_ROWS);
    let file = samples(bench, rows)?;
    let store =
        |name: &str| Trunklog { data: bench.folder.join("reports").join(name), ..bench.trunklog.clone() };
    let sides = [(store("with"), "true"), (store("without"), "false")];
    let mut rates: [Spread; 2] = Default::default();
    for round in 0..bench.plan.rounds {
        let order = if round.is_multiple_of(2) { [0, 1] } else { [1, 0] };
        for side in order {
            let (trunklog, cubes) = &sides[side];
            clear(&trunklog.data)?;
            let cost = peak::run(&mut with_cubes(trunklog.import(&file), cubes))?;
            let rate = per_sec(rows, cost.time);
            println!("import, store.cubes = {cubes}: {} rows/s", grouped(rate));
            rates[side].push(rate);
        }
    }
    let [with_bytes, without_bytes] = [sides[0].0.size()?, sides[1].0.size()?];
    for (trunklog, _) in &sides {
        clear(&trunklog.data)?;
    }
    let [with, without] = rates;
    Ok(Outcome { rows, with, without, with_bytes, without_bytes })
}

fn with_cubes(mut command: Command, cubes: &str) -> Command {
    command.env("TRUNKLOG_STORE_CUBES", cubes);
    command
}

/// A log that was stored in small commits.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) trunklog: Trunklog,
    application: Application,
    pub(super) rows_per_sec: f64,
}

impl Stored {
    /// Starts a server on it.
    pub(super) fn serve(&self) -> Result<BenchServer> {
        BenchServer::start(&self.trunklog, &self.application, &[])
    }
}

/// Stores rows in small commits, anew in each run.
pub(super) fn in_commits(bench: &Bench) -> Result<Stored> {
    let rows = bench.plan.commit_rows;
    let file = samples(bench, rows)?;
    let trunklog = Trunklog { data: bench.folder.join("reports").join("commits"), ..bench.trunklog.clone() };
    clear(&trunklog.data)?;
    println!("storing {} rows in commits of {COMMIT_ROWS}", grouped(f64::from(rows)));
    let mut command = trunklog.import(&file);
    let cost = peak::run(command.arg("--batch-rows").arg(COMMIT_ROWS.to_string()))?;
    let application = trunklog.add_application("bench")?;
    Ok(Stored { trunklog, application, rows_per_sec: per_sec(rows, cost.time) })
}

fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder.parent().unwrap_or(folder))?;
    Ok(())
}

/// The file of sample rows of the same days, written once.
pub(in crate::bench) fn samples(bench: &Bench, rows: u32) -> Result<PathBuf> {
    let file = bench.folder.join(format!("reports-{rows}-{}.ndjson", bench.plan.seed));
    if !file.is_file() {
        println!("writing {} sample rows", grouped(f64::from(rows)));
        let part = bench.folder.join("reports.part");
        let [from, to] = [0, SECS].map(span::instant);
        process::run(&mut bench.trunklog.write_calls(rows, bench.plan.seed, [&from, &to], &part))?;
        fs::rename(&part, &file).with_context(|| format!("no samples in {}", part.display()))?;
    }
    Ok(file)
}
