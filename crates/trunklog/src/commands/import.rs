//! `trunklog import`

mod report;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use anyhow::{Context, Result, bail};
use trunklog_audit::{Action, Detail, Outcome};
use trunklog_errors::with_causes;
use trunklog_ledger::{Ledger, Origin, SourceName, StoreLedger};
use trunklog_odata::Instant;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};
use trunklog_sources::input::{InputList, discover};
use trunklog_sources::pipeline::{self, Period, RejectFile, RejectOrigin, Summary};
use trunklog_sources::positions::Positions;

use crate::config::Settings;
use crate::flags::{LogName, TenantFlag, log_name};
use crate::progress::{self, ImportBar, ProgressDisplay};
use crate::{audit, output, signals, store, tenant, time};
use report::{Rejects, Report, Rest};

/// The exit code when records were rejected or pages are missing.
const INCOMPLETE: u8 = 3;

const MIB: u64 = 1024 * 1024;

/// Stores calls from files that Graph scripts saved
///
/// Takes pages, arrays and lines of JSON, answers to $batch, and what
/// PowerShell makes of them, plain or gzip, whole folders, and standard input.
/// Each row goes to its log. Importing the same again changes nothing, so an
/// import that was stopped is simply run again. Start long imports with --resume;
/// if one stops, the same command goes on there.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog import calls.json more.ndjson.gz
  trunklog import --log pstnCalls ~/graph-exports
  trunklog import --period-start 2026-10-01 --period-end 2026-11-01 dial-out-october.json
  zcat calls.gz | trunklog import --json -
  trunklog import --resume years-of-calls.ndjson

Ends with 0 when all was stored, 3 when records were rejected or pages are
missing: errors were saved in their place, or a next link leads to none (all
others are stored). With 1 when something failed, 130 when it was stopped by
Ctrl-C.")]
pub(crate) struct Import {
    /// Files, folders, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) tenant: TenantFlag,
    /// Store rows of this log only and reject all others [default: each row goes to its log]
    #[arg(long, value_name = "NAME", value_parser = log_name)]
    log: Option<LogName>,
    /// When the period started that rows of the dial-out report sum up, which have no time themselves
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    period_start: Option<Instant>,
    /// The first moment after that period; if not given, it has no end
    ///
    /// In the report, rows appear beside dial-out calls of other times. Where a
    /// range has such a call within their period, the call counts and they do not.
    #[arg(long, value_name = "TIME", value_parser = time::parse, requires = "period_start")]
    period_end: Option<Instant>,
    /// Where rejected records are written [default: rejected, in the data folder]
    #[arg(long, value_name = "DIR")]
    rejects: Option<PathBuf>,
    /// How large the file of rejected records may become, in MiB; from half of that on, only the
    /// first of each reason are kept, and the rest is counted
    #[arg(
        long,
        value_name = "MIB",
        default_value_t = RejectFile::MAX_BYTES / MIB,
        value_parser = clap::value_parser!(u64).range(1..=1_048_576)
    )]
    max_rejects_mib: u64,
    /// Keep how far each file is stored, and go on there if the import stops
    ///
    /// Start long imports with it; if one stops, the same command goes on there.
    /// An import that was started without it kept nothing to go on from. Until the
    /// import is done, the store keeps how far each file is stored, and which files
    /// are stored as a whole: the last 100,000 of those. What was read before is
    /// neither read nor counted again, and what was rejected there is not rejected
    /// again; only a file in which a page is missing is read again from the last
    /// place before that. A file that has changed is read from its start, and so is
    /// standard input.
    #[arg(long)]
    resume: bool,
    /// How many rows are stored in one commit at most; fewer take less memory, and longer
    #[arg(
        long,
        value_name = "ROWS",
        default_value_t = 32_768,
        value_parser = clap::value_parser!(u32).range(1..=262_144)
    )]
    batch_rows: u32,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

/// Takes note of what came. The rows are stored all the same where that fails.
fn note(ledger: &dyn Ledger, tenant: TenantId, summary: &Summary, asked_for: Option<&'static Log>) {
    if summary.files == 0 {
        return;
    }
    for (log, delivery) in summary.deliveries(asked_for, None) {
        let origin = Origin { tenant, source: SourceName::import(), log };
        if let Err(error) = ledger.delivered(&origin, &delivery, time::now()) {
            tracing::warn!(error = %with_causes(&error), "what came was not noted for trunklog status");
            return;
        }
    }
}

impl Import {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let period = self.period()?;
        let stop = signals::stop_flag()?;
        let InputList { paths: inputs, passed_over } = discover(&self.paths)?;
        let store = store::open(settings, "import")?;
        let tenant = tenant::choose(settings, store.engine())?;
        let folder = self.rejects.clone().unwrap_or_else(|| settings.rejects_folder());
        let log = self.log.map(|LogName(log)| log);
        let origin = RejectOrigin { tenant, source: SourceName::import().to_string(), log, period };
        let mut rejects = RejectFile::new(folder, time::now())
            .with_max_bytes(self.max_rejects_mib.saturating_mul(MIB))
            .with_origin(origin);
        let show = if self.quiet { ProgressDisplay::Never } else { ProgressDisplay::OnTerminal };
        let import = pipeline::Import {
            log,
            period,
            batch_rows: usize::try_from(self.batch_rows)?,
            now: Some(time::now()),
            ..pipeline::Import::default()
        };
        let target = store.engine().tenant(tenant);
        let (store_of_tenant, bar) = (target.as_ref(), ImportBar::new(show));
        let outcome = if self.resume {
            let positions = Positions::new(store.shared_engine(), tenant);
            import.resume(&inputs, &positions, store_of_tenant, &mut rejects, &bar, &stop)
        } else {
            import.run(&inputs, store_of_tenant, &mut rejects, &bar, &stop)
        };
        let (summary, mut failure) = match outcome {
            Ok(summary) => (summary, None),
            Err(error) => (*error.summary.clone(), Some(anyhow::Error::from(error))),
        };
        note(&StoreLedger::new(store.shared_engine()), tenant, &summary, log);
        let (left_out, deleted_files) = (rejects.left_out(), rejects.deleted());
        let file = match rejects.finish().context("rejected records could not be written down") {
            Ok(path) => path,
            Err(error) => {
                failure.get_or_insert(error);
                None
            }
        };
        let rejects = Rejects { file, left_out, deleted_files };
        let outcome = if failure.is_some() { Outcome::Failed } else { Outcome::Done };
        let told = audit::act_on(Action::CallsImport, tenant)
            .rows(summary.rows)
            .detail("new", Detail::Count(summary.appended.new))
            .detail("updated", Detail::Count(summary.appended.updated))
            .outcome(outcome);
        audit::open(settings)?.note(told);
        if !stop.load(Ordering::Relaxed)
            && let Err(error) = progress::settling("settling the store", show, || store.engine().tidy())
        {
            // The rows are stored all the same.
            tracing::warn!(error = %with_causes(&error), "the store could not be tidied");
        }
        let rest = if self.resume { Rest::FromWhereItWas } else { Rest::FromStart };
        let report = Report::new(tenant, summary, rejects, failure.as_ref())
            .with_rest(rest)
            .with_passed_over(&passed_over);
        let printed = if self.json { output::print_json(&report) } else { output::print(&report.text()) };
        printed?;
        match failure {
            Some(error) => Err(error),
            None if report.interrupted => Ok(ExitCode::from(signals::INTERRUPTED)),
            None if report.is_incomplete() => Ok(ExitCode::from(INCOMPLETE)),
            None => Ok(ExitCode::SUCCESS),
        }
    }

    /// The period of rows that sum up one, if it is given.
    fn period(&self) -> Result<Option<Period>> {
        let Some(start) = self.period_start else { return Ok(None) };
        if let Some(LogName(log)) = self.log
            && log.shows_time()
        {
            let reports = LOGS.into_iter().filter(|log| !log.shows_time()).map(|log| log.name);
            bail!(
                "--period-start and --period-end are for rows of {}: those of {} have their own time",
                reports.collect::<Vec<_>>().join(" and "),
                log.name
            );
        }
        let period = Period::new(start, self.period_end);
        period.context("--period-end must be later than --period-start").map(Some)
    }
}
