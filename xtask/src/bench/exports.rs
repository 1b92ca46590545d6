//! Whole ranges as files, beside DuckDB's own `COPY ... TO` of the same rows.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::format::{grouped, per_sec, size};
use super::load::IDENTITY;
use super::report::{Report, Table};
use super::{Bench, BenchServer, peak};
use crate::http::{Connection, Request};
use crate::process;
use crate::tools::Venv;

/// The release that can read the store's file.
pub(super) const PACKAGE: &str = "duckdb==1.5.5";

/// A format, what DuckDB calls it, and the share of its rate that is wanted.
const FORMATS: [(&str, &str, Option<f64>); 3] = [
    ("ndjson", "FORMAT json", Some(0.5)),
    ("parquet", "FORMAT parquet, COMPRESSION snappy", Some(0.8)),
    ("csv", "FORMAT csv", None),
];

/// The part `exports`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let venv = Venv::ensure(bench.layout)?;
    venv.install(&[PACKAGE], "duckdb", PACKAGE)?;
    let mut table = Table::new([
        "format",
        "Trunklog, rows/s",
        "Trunklog, file",
        "Trunklog, peak memory",
        "DuckDB COPY, rows/s",
        "DuckDB, file",
        "DuckDB, peak memory",
        "Trunklog against it",
    ]);
    for (format, copy, wanted) in FORMATS {
        let ours = trunklog(bench, format)?;
        let theirs = duckdb(bench, &venv, format, copy)?;
        let rate = |export: &Export| per_sec(bench.plan.rows, export.time);
        let share = rate(&ours) / rate(&theirs).max(f64::EPSILON);
        table.row([
            format.to_owned(),
            grouped(rate(&ours)),
            size(ours.bytes),
            size(ours.memory),
            grouped(rate(&theirs)),
            size(theirs.bytes),
            size(theirs.memory),
            format!("{share:.2} x"),
        ]);
        if let Some(wanted) = wanted {
            let what = format!("whole range as {format}, against DuckDB's COPY");
            report.target(
                &what,
                &format!(">= {wanted} x"),
                format!("{share:.2} x"),
                (share >= wanted).into(),
            );
        }
    }
    let text = format!(
        "All {} rows in order of time. Trunklog answers one request over loopback, without compression of \
         CSV and NDJSON, and the client writes the file. DuckDB copies from the same file with two threads and \
         384 MiB, the properties of v1.0 in the same form: times as timestamps, no sorting, as the rows are in \
         order.",
        grouped(f64::from(bench.plan.rows))
    );
    report.section("Exports", &text, table);
    Ok(())
}

/// What an export came to.
pub(super) struct Export {
    pub(super) time: Duration,
    bytes: u64,
    memory: u64,
}

fn trunklog(bench: &Bench, format: &str) -> Result<Export> {
    println!("Trunklog, {format}");
    let running = bench.serve()?;
    let export = download(&running, format, &bench.folder)?;
    running.server.stop()?;
    Ok(export)
}

/// Asks for all calls in that format and writes them to a file in `folder`,
/// which is removed again.
pub(super) fn download(running: &BenchServer, format: &str, folder: &Path) -> Result<Export> {
    let file = folder.join("export.part");
    let target = format!("{}?$format={format}", Bench::all_calls());
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    let mut out = File::create(&file)?;
    let start = Instant::now();
    let request = Request { headers: &headers, ..Request::get(&target) };
    let answer = Connection::open(running.address)?.send_into(request, &mut out)?;
    let time = start.elapsed();
    if answer.status != 200 {
        bail!("GET {target}: status {}", answer.status);
    }
    let memory = peak::of(running.server.id()).unwrap_or_default();
    Ok(Export { time, bytes: taken(&file)?, memory })
}

fn duckdb(bench: &Bench, venv: &Venv, format: &str, copy: &str) -> Result<Export> {
    println!("DuckDB, {format}");
    let file = bench.folder.join("export.part");
    let script = bench.layout.root().join("xtask/bench/duckdb_copy.py");
    let mut command: Command = process::program(&venv.program("python"), &bench.folder);
    command.arg(script).arg(store(bench)?).arg(&file).arg(copy);
    let cost = peak::run(&mut command)?;
    // The program says how long the statement itself took.
    let seconds: f64 = fs::read_to_string(file.with_extension("seconds"))?.trim().parse()?;
    Ok(Export { time: Duration::from_secs_f64(seconds), bytes: taken(&file)?, memory: cost.memory })
}

/// The store's file.
fn store(bench: &Bench) -> Result<PathBuf> {
    for entry in fs::read_dir(&bench.trunklog.data)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "duckdb") {
            return Ok(path);
        }
    }
    bail!("there is no store in {}", bench.trunklog.data.display())
}

/// The size of a file, which is no longer needed.
fn taken(file: &Path) -> Result<u64> {
    let bytes = fs::metadata(file)?.len();
    fs::remove_file(file)?;
    Ok(bytes)
}
