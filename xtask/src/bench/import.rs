//! How fast rows come in, new ones and known ones, and what they take up.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::format::{grouped, mebibytes, per_sec, size};
use super::report::{Report, Table};
use super::{Bench, peak};
use crate::process;

/// How many rows are imported a second time.
const AGAIN: u32 = 1_000_000;

/// The part `import`. It leaves the store that the other parts read.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let rows = bench.plan.rows;
    let file = samples(bench)?;
    if bench.trunklog.data.exists() {
        fs::remove_dir_all(&bench.trunklog.data)?;
    }
    println!("importing {}", file.display());
    let first = peak::run(&mut bench.trunklog.import(&file))?;
    let stored = bench.trunklog.size()?;

    let again = AGAIN.min(rows);
    let head = head(&file, again)?;
    println!("importing the first {again} again");
    let second = peak::run(&mut bench.trunklog.import(&head))?;
    fs::remove_file(head)?;

    let mut table = Table::new(["import", "rows", "seconds", "rows/s", "peak memory"]);
    for (what, rows, cost) in [("new rows", rows, first), ("rows that are there, unchanged", again, second)] {
        table.row([
            what.to_owned(),
            grouped(f64::from(rows)),
            format!("{:.1}", cost.time.as_secs_f64()),
            grouped(per_sec(rows, cost.time)),
            size(cost.memory),
        ]);
    }
    let text = format!(
        "`trunklog import` of one NDJSON file of {}, which become {} on disk ({:.0} bytes a row).",
        size(fs::metadata(&file)?.len()),
        size(stored),
        mebibytes(stored) * 1_048_576.0 / f64::from(rows)
    );
    report.section("Import", &text, table);

    let rate = per_sec(rows, first.time);
    let found = format!("{} rows/s", grouped(rate));
    report.target("import of new rows", ">= 100,000 rows/s", found, (rate >= 100_000.0).into());
    let met = mebibytes(first.memory) <= 1_024.0;
    report.target("memory while importing", "<= 1 GiB", size(first.memory), met.into());
    Ok(())
}

/// The file of sample rows, written once.
pub(crate) fn samples(bench: &Bench) -> Result<PathBuf> {
    let plan = bench.plan;
    let file = bench.folder.join(format!("calls-{}-{}.ndjson", plan.rows, plan.seed));
    if !file.is_file() {
        println!("writing {} sample rows", grouped(f64::from(plan.rows)));
        let part = bench.folder.join("calls.part");
        process::run(&mut bench.trunklog.write_samples(plan.rows, plan.seed, &part))?;
        fs::rename(&part, &file).with_context(|| format!("no samples in {}", part.display()))?;
    }
    Ok(file)
}

/// A file with the first lines of another.
pub(super) fn head(file: &Path, lines: u32) -> Result<PathBuf> {
    let path = file.with_file_name("head.ndjson");
    let mut from = BufReader::with_capacity(1 << 20, File::open(file)?);
    let mut to = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let mut line = Vec::new();
    for _ in 0..lines {
        if from.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        to.write_all(&line)?;
        line.clear();
    }
    to.flush()?;
    Ok(path)
}
