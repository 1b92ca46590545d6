//! `trunklog pull`

mod bar;
mod notes;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde::Serialize;
use trunklog_audit::{Action, Detail, Outcome};
use trunklog_errors::with_causes;
use trunklog_odata::Instant;
use trunklog_pull::check::{self, Finding, Verdict};
use trunklog_pull::fault::Fault;
use trunklog_pull::http::Network;
use trunklog_pull::puller::{Puller, Round, Watch};
use trunklog_pull::settings::Settings as PullSettings;
use trunklog_pull::status::{self, LogStatus};
use trunklog_pull::time::SystemTime;
use trunklog_pull::walk::{Answer, Walk};
use trunklog_records::Log;
use trunklog_sources::pipeline::RejectFile;
use trunklog_store::Engine;

use crate::config::Settings;
use crate::output::counted;
use crate::progress::{self, ProgressDisplay};
use crate::{audit, output, signals, store, time};
use bar::PullBar;

pub(crate) use notes::{PullNotes, reject_origin};

/// The exit code when something could not be pulled, or rows were rejected.
const INCOMPLETE: u8 = 3;

/// Stores the call records that Microsoft Graph has
///
/// Reads what the sections `[[pull]]` of trunklog.toml name, today first and then
/// back to what Graph keeps, and then ends. A server with the same sections does so
/// by itself, at least hourly. Whatever stops it, the same command goes on at the
/// last page; reading the same again changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog pull --check      are credential, consent, clock, proxy and network right?
  trunklog pull
  trunklog pull --status     what is there, and what is missing

A proxy is taken from HTTPS_PROXY. Ends with 0 when all is there, 3 when something
could not be pulled or rows could not be used, 1 when a check fails or the store
does, 130 when it was stopped by Ctrl-C.")]
pub(crate) struct Pull {
    /// Only the section of that name [default: all]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    instead: Instead,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

// What is done instead of pulling. No doc comment: clap would take it for the help
// of the command.
#[derive(Debug, clap::Args)]
struct Instead {
    /// Say whether all is right, and store nothing
    #[arg(long, conflicts_with = "status")]
    check: bool,
    /// Say how far it is, and ask nobody
    #[arg(long)]
    status: bool,
}

/// What is printed of a source.
#[derive(Debug, Serialize)]
struct SourceReport {
    source: String,
    tenant: String,
    logs: Vec<LogStatus>,
}

/// The same of a check.
#[derive(Debug, Serialize)]
struct CheckReport {
    source: String,
    findings: Vec<Finding>,
}

impl Pull {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let sources = self.sources(settings)?;
        if self.instead.check {
            self.check(&sources)
        } else if self.instead.status {
            let store = store::open_existing(settings, "pull")?;
            self.report(&sources, &store.shared_engine())?;
            Ok(ExitCode::SUCCESS)
        } else {
            self.pull(settings, &sources)
        }
    }

    fn sources<'s>(&self, settings: &'s Settings) -> Result<Vec<&'s PullSettings>> {
        if settings.pulls.is_empty() {
            bail!("there is nothing to pull: add a [[pull]] section to trunklog.toml, as docs/pull.md shows");
        }
        let is_meant = |source: &&PullSettings| self.name.as_ref().is_none_or(|name| *name == source.name);
        let sources: Vec<&PullSettings> = settings.pulls.iter().filter(is_meant).collect();
        if sources.is_empty() {
            let names: Vec<&str> = settings.pulls.iter().map(|source| source.name.as_str()).collect();
            bail!("there is no [[pull]] section of that name: use one of {}", names.join(", "));
        }
        Ok(sources)
    }

    fn pull(&self, settings: &Settings, sources: &[&PullSettings]) -> Result<ExitCode> {
        let stop = signals::stop_flag()?;
        let store = store::open(settings, "pull")?;
        let engine = store.shared_engine();
        let show = if self.quiet { ProgressDisplay::Never } else { ProgressDisplay::OnTerminal };
        let mut bar = PullBar::new(show);
        let mut is_stopped = false;
        let mut failure = None;
        let trail = audit::open(settings)?;
        for source in sources {
            let mut rejects =
                RejectFile::new(settings.rejects_folder(), time::now()).with_origin(reject_origin(source));
            let mut told = Told { bar: &mut bar, notes: PullNotes::of(source, &engine) };
            let outcome = pull_source(source, &engine, &mut rejects, &mut told, &stop);
            let brought = told.notes.settle(time::now());
            let ended = if outcome.is_ok() { Outcome::Done } else { Outcome::Failed };
            let event = audit::act_on(Action::CallsImport, source.tenant)
                .rows(brought.rows)
                .detail("source", Detail::Word("pull"))
                .detail("new", Detail::Count(brought.new))
                .detail("updated", Detail::Count(brought.updated));
            trail.note(event.outcome(ended));
            match rejects.finish().context("rejected rows could not be written down") {
                Ok(None) => {}
                Ok(Some(file)) => output::complain(&format!("rows that cannot be used: {}", file.display())),
                Err(error) => output::complain(&format!("{error:#}")),
            }
            match outcome {
                Ok(Round::Done(_)) => {}
                Ok(Round::Stopped) => {
                    is_stopped = true;
                    break;
                }
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        bar.finish();
        if !is_stopped && let Err(error) = progress::settling("settling the store", show, || engine.tidy()) {
            tracing::warn!(error = %with_causes(&error), "the store could not be tidied");
        }
        if let Some(error) = failure {
            return Err(error);
        }
        let is_whole = self.report(sources, &engine)? && bar.rejected() == 0;
        Ok(match (is_stopped, is_whole) {
            (true, _) => ExitCode::from(signals::INTERRUPTED),
            (false, true) => ExitCode::SUCCESS,
            (false, false) => ExitCode::from(INCOMPLETE),
        })
    }

    fn check(&self, sources: &[&PullSettings]) -> Result<ExitCode> {
        let stop = signals::stop_flag()?;
        let mut reports = Vec::new();
        for source in sources {
            let findings = check::check(source, &network(source)?, &SystemTime, &stop);
            reports.push(CheckReport { source: source.name.clone(), findings });
        }
        if self.json {
            output::print_json(&reports)?;
        } else {
            for report in &reports {
                for Finding { what, verdict, text } in &report.findings {
                    let mark = match verdict {
                        Verdict::Good => "ok     ",
                        Verdict::Warning => "warning",
                        Verdict::Bad => "failed ",
                    };
                    output::print(&format!("{mark} {}: {what}: {text}", report.source))?;
                }
            }
        }
        let is_bad =
            |report: &CheckReport| report.findings.iter().any(|finding| finding.verdict == Verdict::Bad);
        Ok(if reports.iter().any(is_bad) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// Prints how all stands; tells whether nothing fails.
    fn report(&self, sources: &[&PullSettings], engine: &Arc<dyn Engine>) -> Result<bool> {
        let mut reports = Vec::new();
        for source in sources {
            let logs = status::of_settings(source, Arc::clone(engine), time::now())?;
            reports.push(SourceReport {
                source: source.name.clone(),
                tenant: source.tenant.to_string(),
                logs,
            });
        }
        let all = reports.iter().flat_map(|report| &report.logs).all(|log| log.failure.is_none());
        if self.json {
            output::print_json(&reports)?;
        } else {
            print(&reports)?;
        }
        Ok(all)
    }
}

/// Tells people and the store how pulling gets on.
struct Told<'b> {
    bar: &'b mut PullBar,
    notes: PullNotes,
}

impl Watch for Told<'_> {
    fn stored(&mut self, log: &'static Log, answer: &Answer, walk: &Walk, now: Instant) {
        self.notes.stored(log, answer, walk, now);
        self.bar.stored(log, answer, walk, now);
    }

    fn waits(&mut self, log: &'static Log, fault: &Fault, pause: Duration) {
        self.bar.waits(log, fault, pause);
    }

    fn gave_up(&mut self, log: &'static Log, fault: &Fault, why: &str) {
        self.notes.gave_up(log, fault, time::now());
        self.bar.gave_up(log, fault, why);
    }
}

fn pull_source(
    source: &PullSettings,
    engine: &Arc<dyn Engine>,
    rejects: &mut RejectFile,
    told: &mut Told<'_>,
    stop: &AtomicBool,
) -> Result<Round> {
    let network = network(source)?;
    let mut puller = Puller::open(source, engine, &network, &SystemTime)?;
    told.bar.start(&source.name, puller.walks(), time::now());
    let round = puller.round(rejects, told, stop)?;
    told.notes.recovered();
    Ok(round)
}

fn network(source: &PullSettings) -> Result<Network> {
    Network::new(source.ca_file.as_deref(), source.place.is_on_this_machine())
        .map_err(|fault: Fault| anyhow!("{}: {fault}", source.name))
}

fn print(reports: &[SourceReport]) -> Result<()> {
    let mut table =
        output::table(["source", "log", "from", "complete until", "rows", "late", "gone", "rejected"]);
    for report in reports {
        for log in &report.logs {
            let day = |text: &str| text.get(..10).unwrap_or(text).to_owned();
            let from = if log.follows_changes {
                "all".to_owned()
            } else {
                log.complete_from.as_deref().map_or_else(|| "-".to_owned(), day)
            };
            table.add_row([
                report.source.clone(),
                log.log.to_owned(),
                from,
                log.complete_until.clone().unwrap_or_else(|| "-".to_owned()),
                log.tally.new.to_string(),
                log.tally.late.to_string(),
                (log.gone + log.tally.removed).to_string(),
                log.tally.rejected.to_string(),
            ]);
        }
    }
    output::print(&table.to_string())?;
    for report in reports {
        for log in &report.logs {
            if let (Some(since), Some(why)) = (&log.failing_since, &log.failure) {
                output::print(&format!("{} {} fails since {since}: {why}", report.source, log.log))?;
            }
            if let Some(days) = log.days_left.filter(|days| *days > 0) {
                output::print(&format!(
                    "{} {}: {} left to read",
                    report.source,
                    log.log,
                    counted(days, "day")
                ))?;
            }
        }
    }
    Ok(())
}
