//! `cargo xtask bench`: what `docs/benchmarks.md` says, measured again.
//!
//! Everything runs on this machine, the load beside the servers, for a bounded
//! time and on loopback only. The load reads every byte of every page but does
//! not decode rows. A signal stops it and the servers that run.
//!
//! `bench scale` and `bench against` measure other things in the same way and
//! have their own reports.

pub(crate) mod against;
mod datasette;
mod dice;
mod exports;
mod filters;
mod format;
mod forms;
mod import;
mod large;
mod latency;
mod load;
mod machine;
mod nginx;
mod pages;
mod peak;
mod report;
mod reports;
mod rivals;
pub(crate) mod scale;
mod spread;
mod start;
mod walks;

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::args::Args;
use crate::build::Profile;
use crate::http::Connection;
use crate::layout::Layout;
use crate::server::{Server, free_address};
use crate::stop;
use crate::trunklog::{self, Application, Trunklog};
use format::grouped;
use report::Report;

/// What is measured, in this order; `--only` names parts.
const PARTS: [Part; 11] = [
    Part::usual("import", import::measure),
    Part::usual("start", start::measure),
    Part::usual("latency", latency::measure),
    Part::usual("filters", filters::measure),
    Part::usual("forms", forms::measure),
    Part::usual("exports", exports::measure),
    Part::usual("walks", walks::measure),
    // These make logs and files of their own, and take long.
    Part::unusual("reports", reports::measure),
    Part::unusual("pages", pages::measure),
    Part::unusual("rivals", rivals::measure),
    Part::unusual("large", large::measure),
];

/// One part of the benchmark; it adds to the report.
struct Part {
    name: &'static str,
    /// Whether it is measured unless parts are named.
    is_usual: bool,
    measure: fn(&Bench, &mut Report) -> Result<()>,
}

impl Part {
    const fn usual(name: &'static str, measure: fn(&Bench, &mut Report) -> Result<()>) -> Part {
        Part { name, is_usual: true, measure }
    }

    const fn unusual(name: &'static str, measure: fn(&Bench, &mut Report) -> Result<()>) -> Part {
        Part { name, is_usual: false, measure }
    }
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) rows: u32,
    pub(crate) seed: u64,
    /// How long each load lasts.
    pub(crate) load: Duration,
    /// How many requests a latency is taken from.
    pub(crate) requests: usize,
    /// The rows of the log whose reports and pages are measured.
    pub(crate) report_rows: u32,
    /// The rows that are stored in commits of 1,000 to measure reports after.
    pub(crate) commit_rows: u32,
    /// How often what spreads is measured.
    pub(crate) rounds: u32,
    /// How many people browse at once while memory is looked at.
    pub(crate) people: u32,
    /// The size of the large file that is imported, in millions of bytes.
    pub(crate) file_mb: u32,
}

impl Plan {
    /// What is measured unless something else is asked for.
    const USUAL: Plan = Plan {
        rows: 10_000_000,
        seed: 1,
        load: Duration::from_secs(10),
        requests: 400,
        report_rows: 30_000_000,
        commit_rows: 3_000_000,
        rounds: 5,
        people: 50,
        file_mb: 5_000,
    };

    /// So little that it only checks the benchmark.
    const QUICK: Plan = Plan {
        rows: 200_000,
        load: Duration::from_secs(2),
        requests: 50,
        report_rows: 200_000,
        commit_rows: 20_000,
        rounds: 2,
        people: 8,
        file_mb: 50,
        ..Plan::USUAL
    };
}

/// Rows in a page, as Graph has it.
pub(crate) const PAGE_ROWS: u32 = 1_000;

/// All that a part needs.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) plan: Plan,
    pub(crate) trunklog: Trunklog,
    /// Where files of the benchmark go.
    pub(crate) folder: PathBuf,
}

/// `cargo xtask bench`.
pub(crate) fn run(layout: &Layout, mut args: Args) -> Result<ExitCode> {
    let quick = args.switch("--quick");
    let mut plan = if quick { Plan::QUICK } else { Plan::USUAL };
    if let Some(rows) = args.value("--rows")? {
        (plan.rows, plan.report_rows) = (rows, rows);
    }
    plan.commit_rows = args.value("--commit-rows")?.unwrap_or(plan.commit_rows);
    plan.rounds = args.value("--rounds")?.unwrap_or(plan.rounds).max(1);
    plan.people = args.value("--people")?.unwrap_or(plan.people).max(1);
    plan.file_mb = args.value("--file-mb")?.unwrap_or(plan.file_mb).max(1);
    let names = PARTS.map(|part| part.name);
    let usual: Vec<&'static str> = PARTS.iter().filter(|part| part.is_usual).map(|part| part.name).collect();
    let only = args.names_or("--only", &names, &usual)?;
    let folder = layout.target().join("bench");
    let trunklog = Trunklog {
        binary: trunklog::binary(layout, &mut args, Profile::Release)?,
        data: folder.join("data"),
    };
    args.finish()?;
    fs::create_dir_all(&folder)?;
    stop::listen()?;

    let bench = Bench { layout, plan, trunklog, folder };
    // Parts with logs of their own say themselves what they were measured on.
    let (command, rows) = if only.iter().any(|name| usual.contains(name)) {
        (format!("bench --rows {}", plan.rows), plan.rows)
    } else {
        (format!("bench --only {} --rows {}", only.join(","), plan.report_rows), plan.report_rows)
    };
    let made = format!(
        "{} direct-routing calls, made by `trunklog demo` with seed {}.",
        grouped(f64::from(rows)),
        plan.seed
    );
    let mut report = Report::new(machine::describe(layout, &command, &made));
    for part in PARTS.iter().filter(|part| only.contains(&part.name)) {
        println!("\n==== {}", part.name);
        (part.measure)(&bench, &mut report)?;
        // A part may take a rival's failure for its absence.
        stop::check()?;
    }

    let text = report.markdown();
    println!("\n{text}");
    // A part, or a quick run, says nothing that deserves to be published.
    let whole = !quick && usual.iter().all(|name| only.contains(name));
    let file =
        if whole { layout.root().join("docs/benchmarks.md") } else { bench.folder.join("benchmarks.md") };
    fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
    fs::write(&file, text)?;
    println!("written to {}", file.display());
    Ok(ExitCode::SUCCESS)
}

/// A server under measurement.
#[derive(Debug)]
pub(crate) struct BenchServer {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
    pub(crate) authorization: String,
    pub(crate) ready_after: Duration,
}

impl BenchServer {
    /// Starts a server on a store and gets a token for the application, with
    /// further variables of the environment. What it says, a line for each
    /// request among it, goes to a file beside its data.
    fn start(
        trunklog: &Trunklog,
        application: &Application,
        environment: &[(&str, &str)],
    ) -> Result<BenchServer> {
        let (address, ops) = (free_address(0)?, free_address(0)?);
        let mut command = trunklog.serve(&[("--http", address), ("--ops", ops)]);
        command.envs(environment.iter().copied());
        let log = trunklog.data.with_extension("log");
        let said = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut server = Server::start(command.stdout(Stdio::null()).stderr(said))?;
        let ready = server.wait_until_ready(ops, "/readyz", Duration::from_mins(2));
        let ready_after = ready.with_context(|| format!("{} says more", log.display()))?;
        let authorization = application.authorization(&mut Connection::open(address)?)?;
        Ok(BenchServer { server, address, authorization, ready_after })
    }
}

impl Bench<'_> {
    /// How many pages the store has.
    pub(crate) fn pages(&self) -> u32 {
        self.plan.rows.div_ceil(PAGE_ROWS)
    }

    /// Starts a server on the store and gets a token.
    pub(crate) fn serve(&self) -> Result<BenchServer> {
        self.serve_with(&[])
    }

    /// The same with further variables of the environment.
    pub(crate) fn serve_with(&self, environment: &[(&str, &str)]) -> Result<BenchServer> {
        BenchServer::start(&self.trunklog, &self.trunklog.add_application("bench")?, environment)
    }

    /// The path of all calls in the store.
    pub(crate) fn all_calls() -> String {
        trunklog::calls("2000-01-01", "2100-01-01")
    }
}
