//! `cargo xtask bench against PATH`: this build and another, in turns.
//!
//! Each imports the same file into a store of its own, for a store that a newer
//! program wrote may be refused by an older one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::format::{grouped, per_sec};
use super::report::{Report, Table};
use super::spread::Spread;
use super::{Bench, BenchServer, Plan, exports, filters, import, machine, peak};
use crate::args::Args;
use crate::build::{self, Profile};
use crate::layout::Layout;
use crate::trunklog::Trunklog;
use crate::{json, stop};

/// How much longer something may take than with the other.
const MOST_TIMES: f64 = 1.05;

/// The share of the rows that is imported a second time.
const KNOWN_SHARE: u32 = 4;

const FORMATS: [&str; 3] = ["ndjson", "parquet", "csv"];

/// `cargo xtask bench against`.
pub(crate) fn run(layout: &Layout, mut args: Args) -> Result<ExitCode> {
    let quick = args.switch("--quick");
    let (rows, rounds) = if quick { (200_000, 2) } else { (2_000_000, 5) };
    let rows: u32 = args.value("--rows")?.unwrap_or(rows);
    let rounds: u32 = args.value("--rounds")?.unwrap_or(rounds).max(1);
    let seed = args.value("--seed")?.unwrap_or(1);
    let own = args.value::<PathBuf>("--binary")?;
    let other = args.word().context("give the path of the other trunklog: cargo xtask bench against PATH")?;
    args.finish()?;
    let other = found(Path::new(&other))?;
    let own = match own {
        Some(path) => found(&path)?,
        None => build::server(layout, Profile::Release)?,
    };
    let folder = layout.target().join("bench");
    fs::create_dir_all(&folder)?;
    stop::listen()?;

    let plan = Plan { rows, seed, load: Duration::ZERO, requests: 0, rounds, ..Plan::USUAL };
    let sides = [("this", own), ("other", other)]
        .map(|(name, binary)| Trunklog { binary, data: folder.join("against").join(name) });
    let bench = Bench { layout, plan, trunklog: sides[0].clone(), folder };
    let mut report = Report::new(preface(&bench, &sides, rounds)?);
    let input = Input::new(&bench)?;
    let mut figures = Figures::default();
    for round in 0..rounds {
        println!("\n==== round {} of {rounds}", round + 1);
        let order = if round.is_multiple_of(2) { [0, 1] } else { [1, 0] };
        imports(&bench, &input, &sides, order, &mut figures)?;
        reads(&bench, &sides, order, &mut figures)?;
    }
    figures.tell(&mut report);
    let text = report.markdown();
    println!("\n{text}");
    let file = bench.folder.join("against.md");
    fs::write(&file, text)?;
    println!("written to {}", file.display());
    Ok(ExitCode::SUCCESS)
}

fn found(path: &Path) -> Result<PathBuf> {
    path.canonicalize().with_context(|| format!("there is no {}", path.display()))
}

fn preface(bench: &Bench, sides: &[Trunklog; 2], rounds: u32) -> Result<String> {
    let [own, other] = sides;
    let rows = format!(
        "{} direct-routing calls, made by `trunklog demo` with seed {}, imported anew by each of the two programs in \
         each of {rounds} rounds. This is {} ({}), the other is {} ({}). A value is the median of the rounds, and in \
         brackets the smallest and the largest.",
        grouped(f64::from(bench.plan.rows)),
        bench.plan.seed,
        own.version()?,
        own.binary.display(),
        other.version()?,
        other.binary.display()
    );
    let command = format!("bench against --rows {} {}", bench.plan.rows, other.binary.display());
    Ok(machine::describe(bench.layout, &command, &rows))
}

/// What is imported.
struct Input {
    all: PathBuf,
    /// Rows that are there already.
    known: PathBuf,
    known_rows: u32,
}

impl Input {
    fn new(bench: &Bench) -> Result<Input> {
        let all = import::samples(bench)?;
        let known_rows = (bench.plan.rows / KNOWN_SHARE).max(1);
        let known = import::head(&all, known_rows)?;
        Ok(Input { all, known, known_rows })
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        // It is written anew when it is needed.
        let _ = fs::remove_file(&self.known);
    }
}

/// What a figure counts.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Milliseconds,
    RowsPerSec,
}

/// One thing that was measured, of both programs.
#[derive(Debug)]
struct Figure {
    what: String,
    unit: Unit,
    /// Milliseconds or rows a second, a value a round.
    values: [Spread; 2],
}

/// All of them, in the order of the first round.
#[derive(Debug, Default)]
struct Figures(Vec<Figure>);

impl Figures {
    fn add(&mut self, what: &str, unit: Unit, side: usize, value: f64) {
        let name = ["this", "other"][side];
        println!("{what}, {name}: {value:.1} {}", unit.name());
        let known = self.0.iter().position(|figure| figure.what == what);
        let at = known.unwrap_or_else(|| {
            self.0.push(Figure { what: what.to_owned(), unit, values: Default::default() });
            self.0.len() - 1
        });
        self.0[at].values[side].push(value);
    }

    /// The table, and whether each figure is as good as the other's.
    fn tell(&self, report: &mut Report) {
        let mut table = Table::new(["what", "this", "other", "time against the other's"]);
        for figure in &self.0 {
            let times = figure.times();
            let [own, other] = &figure.values;
            let cell = |spread: &Spread| {
                format!("{} {}", spread.text(|value| figure.unit.text(value)), figure.unit.name())
            };
            table.row([figure.what.clone(), cell(own), cell(other), format!("{} x", times.two_digits())]);
            let found = times.median();
            let wanted = format!("<= {MOST_TIMES} x");
            report.target(&figure.what, &wanted, format!("{found:.2} x"), (found <= MOST_TIMES).into());
        }
        let text = "The last column is the time of this program against that of the other in the same round, also \
                    where rows a second are given: less than 1 is faster.";
        report.section("This against the other", text, table);
    }
}

impl Figure {
    /// The time that it takes, against the other's, round by round.
    fn times(&self) -> Spread {
        let [own, other] = &self.values;
        match self.unit {
            Unit::Milliseconds => own.against(other),
            Unit::RowsPerSec => other.against(own),
        }
    }
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Unit::Milliseconds => "ms",
            Unit::RowsPerSec => "rows/s",
        }
    }

    fn text(self, value: f64) -> String {
        match self {
            Unit::Milliseconds => format!("{value:.1}"),
            Unit::RowsPerSec => grouped(value),
        }
    }
}

/// Imports new rows, then known ones.
fn imports(
    bench: &Bench,
    input: &Input,
    sides: &[Trunklog; 2],
    order: [usize; 2],
    figures: &mut Figures,
) -> Result<()> {
    for side in order {
        let trunklog = &sides[side];
        if trunklog.data.exists() {
            fs::remove_dir_all(&trunklog.data)?;
        }
        let cost = peak::run(&mut trunklog.import(&input.all))?;
        figures.add("import of new rows", Unit::RowsPerSec, side, per_sec(bench.plan.rows, cost.time));
    }
    for side in order {
        let cost = peak::run(&mut sides[side].import(&input.known))?;
        figures.add("import of known rows", Unit::RowsPerSec, side, per_sec(input.known_rows, cost.time));
    }
    Ok(())
}

/// Reads with filters and as exports. Both servers run, one works.
fn reads(bench: &Bench, sides: &[Trunklog; 2], order: [usize; 2], figures: &mut Figures) -> Result<()> {
    let serve = |side: &Trunklog| BenchServer::start(side, &side.add_application("bench")?, &[]);
    let servers = [serve(&sides[0])?, serve(&sides[1])?];
    let mut body = Vec::new();
    for (what, first) in filters::filters(&servers[0])? {
        let counted = format!("{first}$count=true");
        for side in order {
            let time = filters::median(&servers[side], &first, &mut body)?;
            let what = format!("filter on {what}: first page");
            figures.add(&what, Unit::Milliseconds, side, time.as_secs_f64() * 1_000.0);
        }
        let mut found = [0.0_f64; 2];
        for side in order {
            let time = filters::median(&servers[side], &counted, &mut body)?;
            let what = format!("filter on {what}: with `$count=true`");
            figures.add(&what, Unit::Milliseconds, side, time.as_secs_f64() * 1_000.0);
            found[side] = json::number(&body, "@trunklog.totalCount").context("a page has the total")?;
        }
        ensure!(found[0].total_cmp(&found[1]).is_eq(), "filter on {what}: {found:?} rows are found");
        for side in order {
            let (rows, time) = filters::walk(&servers[side], &first, &mut body)?;
            figures.add(&format!("filter on {what}: walk"), Unit::RowsPerSec, side, per_sec(rows, time));
        }
    }
    for format in FORMATS {
        for side in order {
            let export = exports::download(&servers[side], format, &bench.folder)?;
            let what = format!("export as {format}");
            figures.add(&what, Unit::RowsPerSec, side, per_sec(bench.plan.rows, export.time));
        }
    }
    for server in servers {
        server.server.stop()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_rows_a_second_are_less_time() {
        let mut figures = Figures::default();
        for (side, rate) in [(0, 50.0), (1, 100.0)] {
            figures.add("import", Unit::RowsPerSec, side, rate);
            figures.add("page", Unit::Milliseconds, side, rate);
        }
        let times: Vec<String> = figures.0.iter().map(|figure| figure.times().two_digits()).collect();
        assert_eq!(times, ["2.00 (2.00 to 2.00)", "0.50 (0.50 to 0.50)"]);
    }
}
