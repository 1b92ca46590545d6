//! `trunklog import`

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use anyhow::{Context, Result, bail};
use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_records::schema::PSTN_ONLINE_MEETING_DIALOUT;
use trunklog_sources::input::discover;
use trunklog_sources::pipeline::{self, Period, RejectFile, Summary};

use crate::args::{LogName, TenantFlag, log_name};
use crate::config::Settings;
use crate::progress::{self, ImportBar, Show};
use crate::{output, signals, store, tenant, time};

/// The exit code when records were rejected.
const SOME_REJECTED: u8 = 3;

/// Stores calls from files that Graph scripts saved
///
/// Takes pages, arrays and lines of JSON, plain or gzip, whole folders, and
/// standard input. Importing the same again changes nothing, so an import that
/// was stopped is simply run again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog import calls.json more.ndjson.gz
  trunklog import --log pstnCalls ~/graph-exports
  trunklog import --period-start 2026-10-01 --period-end 2026-11-01 dial-out-october.json
  zcat calls.gz | trunklog import --json -

Ends with 0 when all was stored, 3 when records were rejected (all others are
stored), 1 when something failed, 130 when it was stopped by Ctrl-C.")]
pub(crate) struct Import {
    /// Files, folders, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) tenant: TenantFlag,
    /// The log that the rows belong to; found out from each input if not given
    #[arg(long, value_name = "NAME", value_parser = log_name)]
    log: Option<LogName>,
    /// When the period began that rows of the dial-out report sum up, which have no time of their own
    #[arg(long, value_name = "TIME", value_parser = time::parse)]
    period_start: Option<Instant>,
    /// The first moment behind that period; if not given, it has no end
    ///
    /// In the report, rows stand beside dial-out calls of other times. Where a
    /// range has such a call within their period, the call counts and not they.
    #[arg(long, value_name = "TIME", value_parser = time::parse, requires = "period_start")]
    period_end: Option<Instant>,
    /// Where rejected records are written [default: rejected, in the data folder]
    #[arg(long, value_name = "DIR")]
    rejects: Option<PathBuf>,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

/// What is printed in the end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    tenant: String,
    files: u64,
    bytes: u64,
    rows: u64,
    new: u64,
    updated: u64,
    unchanged: u64,
    rejected: u64,
    rejected_by_reason: BTreeMap<String, u64>,
    rejects_file: Option<PathBuf>,
    warnings: Vec<String>,
    milliseconds: u64,
    rows_per_second: u64,
    interrupted: bool,
    error: Option<String>,
}

impl Import {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let period = self.period()?;
        let stop = signals::stop_flag()?;
        let inputs = discover(&self.paths)?;
        let store = store::open(settings, "import")?;
        let tenant = tenant::choose(settings, store.engine())?;
        let folder = self.rejects.clone().unwrap_or_else(|| settings.data_dir.join("rejected"));
        let mut rejects = RejectFile::new(folder, time::now());
        let show = if self.quiet { Show::Never } else { Show::OnTerminal };
        let import =
            pipeline::Import { log: self.log.map(|LogName(log)| log), period, ..pipeline::Import::default() };
        let target = store.engine().tenant(tenant);
        let outcome = import.run(&inputs, target.as_ref(), &mut rejects, &ImportBar::new(show), &stop);
        let (summary, mut failure) = match outcome {
            Ok(summary) => (summary, None),
            Err(error) => (*error.summary.clone(), Some(anyhow::Error::from(error))),
        };
        let rejects_file = match rejects.finish().context("rejected records could not be written down") {
            Ok(path) => path,
            Err(error) => {
                failure.get_or_insert(error);
                None
            }
        };
        if !stop.load(Ordering::Relaxed)
            && let Err(error) = progress::settling("settling the store", show, || store.engine().tidy())
        {
            // The rows are stored all the same.
            tracing::warn!(%error, "the store could not be tidied");
        }
        let report = Report::new(tenant, summary, rejects_file, failure.as_ref());
        let printed = if self.json { output::print_json(&report) } else { output::print(&report.text()) };
        printed?;
        match failure {
            Some(error) => Err(error),
            None if report.interrupted => Ok(ExitCode::from(signals::INTERRUPTED)),
            None if report.rejected > 0 => Ok(ExitCode::from(SOME_REJECTED)),
            None => Ok(ExitCode::SUCCESS),
        }
    }

    /// The period of rows that sum up one, if it is given.
    fn period(&self) -> Result<Option<Period>> {
        let Some(start) = self.period_start else { return Ok(None) };
        if let Some(LogName(log)) = self.log
            && log.shows_time()
        {
            let report = PSTN_ONLINE_MEETING_DIALOUT.name;
            bail!(
                "--period-start and --period-end are for rows of {report}: those of {} have a time of their own",
                log.name
            );
        }
        let period = Period::new(start, self.period_end);
        period.context("--period-end must be later than --period-start").map(Some)
    }
}

impl Report {
    fn new(
        tenant: TenantId,
        summary: Summary,
        rejects_file: Option<PathBuf>,
        failure: Option<&anyhow::Error>,
    ) -> Report {
        Report {
            tenant: tenant.to_string(),
            files: summary.files,
            bytes: summary.bytes,
            rows: summary.rows,
            new: summary.appended.new,
            updated: summary.appended.updated,
            unchanged: summary.appended.unchanged,
            rejected: summary.rejected_total(),
            rejected_by_reason: summary.rejected,
            rejects_file,
            warnings: summary.warnings,
            milliseconds: u64::try_from(summary.elapsed.as_millis()).unwrap_or(u64::MAX),
            rows_per_second: progress::per_sec(summary.rows, summary.elapsed),
            interrupted: summary.interrupted,
            error: failure.map(|error| format!("{error:#}")),
        }
    }

    /// For people; without a line end.
    fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{} of tenant {} from {} ({}), {} rows/s",
            output::counted(self.rows, "row"),
            self.tenant,
            output::counted(self.files, "input"),
            HumanBytes(self.bytes),
            HumanCount(self.rows_per_second)
        );
        let counts = [
            ("new", self.new),
            ("updated", self.updated),
            ("unchanged", self.unchanged),
            ("rejected", self.rejected),
        ];
        for (name, count) in counts {
            let _ = writeln!(out, "  {name:<10} {:>12}", HumanCount(count).to_string());
        }
        for (reason, count) in &self.rejected_by_reason {
            let _ = writeln!(out, "    {:>12}  {reason}", HumanCount(*count).to_string());
        }
        if let Some(path) = &self.rejects_file {
            let _ = writeln!(out, "rejected records are in {}", path.display());
        }
        for warning in &self.warnings {
            let _ = writeln!(out, "warning: {warning}");
        }
        if self.interrupted {
            let _ = writeln!(
                out,
                "stopped before the end: what is counted here is stored; run the import again for the rest"
            );
        }
        out.truncate(out.trim_end().len());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_what_was_rejected_and_where() {
        let mut summary = Summary { rows: 1_234, interrupted: true, ..Summary::default() };
        summary.rejected.insert("not valid JSON".to_owned(), 2);
        let tenant = "6f1d0000-0000-4000-8000-00000000de30".parse().unwrap();
        let report = Report::new(tenant, summary, Some(PathBuf::from("/r/rejected.ndjson")), None);
        assert_eq!(report.rejected, 2);
        let text = report.text();
        for part in ["1,234 rows", "2  not valid JSON", "/r/rejected.ndjson", "run the import again"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let json = serde_json::to_string(&report).unwrap();
        assert!(json.contains(r#""rejectedByReason":{"not valid JSON":2}"#), "{json}");
    }
}
