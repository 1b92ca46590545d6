//! Import of new rows with cubes on, beside PostgreSQL's COPY and ClickHouse's
//! insert of the same files.
//!
//! All of them keep the rows by time and id, take a row that is there for the same,
//! and have them on the disk when the clock stops. They take turns; who is not at
//! work rests, with an empty store.

mod chdb;
mod clickhouse;
mod columns;
mod postgres;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use super::format::{grouped, per_sec, size};
use super::report::{Report, Table};
use super::reports::loading;
use super::spread::Spread;
use super::{Bench, peak};
use crate::process;
use crate::tools::Venv;
use crate::trunklog::Trunklog;
use crate::unready::Unready;

/// The most rows that are loaded, of which each has several copies on the disk.
const MOST_ROWS: u32 = 2_000_000;

/// The share of PostgreSQL's rate that is wanted.
const SHARE: f64 = 0.75;

/// Nothing is loaded for longer.
const LIMIT: Duration = Duration::from_mins(30);

/// How the rows are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Ndjson,
    Csv,
}

const FORMS: [Form; 2] = [Form::Ndjson, Form::Csv];

impl Form {
    fn name(self) -> &'static str {
        match self {
            Form::Ndjson => "NDJSON",
            Form::Csv => "CSV",
        }
    }
}

/// A file of rows.
struct Input {
    form: Form,
    file: PathBuf,
    rows: u32,
}

/// Into which rows are loaded.
trait Loader {
    /// What it is called in the report, once for each time that a load has.
    fn ways(&self) -> Vec<String>;

    /// Loads all rows into an empty store, tells how long each way takes, and leaves
    /// nothing to do.
    ///
    /// # Errors
    /// Also when not all rows are there afterwards.
    fn load(&mut self, input: &Input) -> Result<Vec<Duration>>;

    /// Ends it.
    fn stop(self: Box<Self>) -> Result<()>;
}

/// Somebody else's.
struct Rival {
    name: &'static str,
    start: fn(&Bench, &Path) -> Result<Box<dyn Loader>, Unready>,
}

/// PostgreSQL is the one that the target is about.
const POSTGRES: &str = "PostgreSQL";

const RIVALS: [Rival; 3] = [
    Rival { name: POSTGRES, start: postgres::start },
    Rival { name: "ClickHouse", start: clickhouse::start },
    Rival { name: "chDB", start: chdb::start },
];

/// What one of them came to.
struct Side {
    name: &'static str,
    loader: Box<dyn Loader>,
    /// Rows a second, a value a round, for each form and each of its ways.
    rates: [Vec<Spread>; FORMS.len()],
}

impl Side {
    fn new(name: &'static str, loader: Box<dyn Loader>) -> Side {
        let rates = [(); FORMS.len()].map(|()| vec![Spread::default(); loader.ways().len()]);
        Side { name, loader, rates }
    }
}

/// The part `rivals`.
pub(crate) fn measure(bench: &Bench, report: &mut Report) -> Result<()> {
    let folder = bench.folder.join("rivals");
    clear(&folder)?;
    let inputs = inputs(bench)?;
    let own = Own { trunklog: Trunklog { data: folder.join("trunklog"), ..bench.trunklog.clone() } };
    let mut sides = vec![Side::new("Trunklog", Box::new(own))];
    let mut left_out = String::new();
    for rival in RIVALS {
        match (rival.start)(bench, &folder) {
            Ok(loader) => sides.push(Side::new(rival.name, loader)),
            Err(unready) => {
                let said = format!(" {} was left out: {:#}.", rival.name, anyhow::Error::from(unready));
                println!("{}", said.trim());
                left_out.push_str(&said);
            }
        }
    }
    for round in 0..bench.plan.rounds {
        println!("round {} of {}", round + 1, bench.plan.rounds);
        for (at, input) in inputs.iter().enumerate() {
            // Another is first each time.
            let (first, count) = (usize::try_from(round)?, sides.len());
            for turn in 0..count {
                load(&mut sides[(first + turn) % count], at, input)?;
            }
        }
    }
    tell(&inputs, &sides, &left_out, report)?;
    for side in sides {
        side.loader.stop()?;
    }
    clear(&folder)
}

/// The same rows in all forms, written once.
fn inputs(bench: &Bench) -> Result<[Input; FORMS.len()]> {
    let rows = bench.plan.report_rows.min(MOST_ROWS);
    let ndjson = loading::samples(bench, rows)?;
    let csv = ndjson.with_extension("csv");
    if !csv.is_file() {
        println!("writing them as CSV");
        let part = bench.folder.join("rivals.part");
        let script = bench.layout.root().join("xtask/bench/rows_csv.py");
        let venv = Venv::ensure(bench.layout)?;
        let mut command = process::program(&venv.program("python"), &bench.folder);
        process::run(command.arg(script).arg(&ndjson).arg(&part).args(columns::names()))?;
        fs::rename(&part, &csv).with_context(|| format!("no rows in {}", part.display()))?;
    }
    Ok([Input { form: Form::Ndjson, file: ndjson, rows }, Input { form: Form::Csv, file: csv, rows }])
}

/// Loads a file once more.
fn load(side: &mut Side, at: usize, input: &Input) -> Result<()> {
    // What others wrote goes to the disk before the clock starts.
    process::output(&mut process::command("sync", Path::new("/")))?;
    let times = side.loader.load(input).with_context(|| format!("{}, {}", side.name, input.form.name()))?;
    for ((way, time), spread) in side.loader.ways().iter().zip(times).zip(&mut side.rates[at]) {
        let rate = per_sec(input.rows, time);
        println!("{}, {way}: {} rows/s", input.form.name(), grouped(rate));
        spread.push(rate);
    }
    Ok(())
}

fn tell(inputs: &[Input], sides: &[Side], left_out: &str, report: &mut Report) -> Result<()> {
    let mut table = Table::new(["file", "loaded by", "rows/s", "Trunklog against it"]);
    let mut sizes = Vec::new();
    for (at, input) in inputs.iter().enumerate() {
        let bytes = fs::metadata(&input.file)?.len();
        sizes.push(format!("{} of {}", size(bytes), input.form.name()));
        let Some(own) = sides.first().and_then(|own| own.rates[at].first()) else { continue };
        for side in sides {
            for (way, rate) in side.loader.ways().into_iter().zip(&side.rates[at]) {
                let share = own.against(rate);
                let is_own = std::ptr::eq(own, rate);
                let told = if is_own { String::new() } else { format!("{} x", share.two_digits()) };
                table.row([input.form.name().to_owned(), way, rate.text(grouped), told]);
                if side.name == POSTGRES {
                    let found = share.median();
                    report.target(
                        &format!("import with cubes, {}, against PostgreSQL", input.form.name()),
                        &format!(">= {SHARE} x"),
                        format!("{found:.2} x"),
                        (found >= SHARE).into(),
                    );
                }
            }
        }
    }
    let rows = inputs.first().map_or(0, |input| input.rows);
    let text = format!(
        "{} new rows, {}, loaded in turns into an empty store, until they are on the disk. Trunklog imports with \
         cubes and its usual settings. {} {}{left_out}",
        grouped(f64::from(rows)),
        sizes.join(" and "),
        postgres::told(),
        clickhouse::told(),
    );
    report.section("Import beside PostgreSQL and ClickHouse", &text, table);
    Ok(())
}

/// Trunklog itself.
struct Own {
    trunklog: Trunklog,
}

impl Loader for Own {
    fn ways(&self) -> Vec<String> {
        vec!["Trunklog".to_owned()]
    }

    fn load(&mut self, input: &Input) -> Result<Vec<Duration>> {
        clear(&self.trunklog.data)?;
        let mut command = self.trunklog.import(&input.file);
        command.env("TRUNKLOG_STORE_CUBES", "true").stdout(Stdio::null());
        // It fails unless all rows are stored.
        let time = timed(&mut command)?;
        clear(&self.trunklog.data)?;
        Ok(vec![time])
    }

    fn stop(self: Box<Self>) -> Result<()> {
        clear(&self.trunklog.data)
    }
}

/// Runs a program to its end, which comes in time.
fn timed(command: &mut Command) -> Result<Duration> {
    let cost = peak::run_within(command, LIMIT)?;
    Ok(cost.with_context(|| format!("not done after {} min", LIMIT.as_secs() / 60))?.time)
}

/// Waits until what is written to the files there is on the disk, for whoever does
/// not wait for it.
fn put_to_disk(folder: &Path) -> Result<()> {
    process::output(process::command("sync --file-system", folder).arg(folder))?;
    Ok(())
}

/// Removes a folder with all in it, and makes those above it.
fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(folder.parent().unwrap_or(folder))?;
    Ok(())
}
