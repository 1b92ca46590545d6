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
use trunklog_sources::pipeline::{self, MissingAt, Period, RejectFile, Summary};
use trunklog_store::Appended;

use crate::args::{LogName, TenantFlag, log_name};
use crate::config::Settings;
use crate::progress::{self, ImportBar, Show};
use crate::{output, signals, store, tenant, time};

/// The exit code when records were rejected or pages are missing.
const INCOMPLETE: u8 = 3;

/// How many missing pages are listed for people.
const LISTED_PAGES: usize = 20;

const MIB: u64 = 1024 * 1024;

/// Stores calls from files that Graph scripts saved
///
/// Takes pages, arrays and lines of JSON, answers to $batch, and what
/// PowerShell makes of them, plain or gzip, whole folders, and standard input.
/// Each row goes to its log. Importing the same again changes nothing, so an
/// import that was stopped is simply run again.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog import calls.json more.ndjson.gz
  trunklog import --log pstnCalls ~/graph-exports
  trunklog import --period-start 2026-10-01 --period-end 2026-11-01 dial-out-october.json
  zcat calls.gz | trunklog import --json -

Ends with 0 when all was stored, 3 when records were rejected or errors were
saved in place of pages (all others are stored), 1 when something failed, 130
when it was stopped by Ctrl-C.")]
pub(crate) struct Import {
    /// Files, folders, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) tenant: TenantFlag,
    /// Store rows of this log alone and reject all others [default: each row goes to its log]
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
    /// How large the file of rejected records may become, in MiB; the first of each reason are
    /// kept, the rest is counted
    #[arg(
        long,
        value_name = "MIB",
        default_value_t = RejectFile::MAX_BYTES / MIB,
        value_parser = clap::value_parser!(u64).range(1..=1_048_576)
    )]
    max_rejects_mib: u64,
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
    logs: BTreeMap<&'static str, LogReport>,
    rejected: u64,
    rejected_by_reason: BTreeMap<String, u64>,
    rejects_file: Option<PathBuf>,
    rejects_left_out: u64,
    odd: BTreeMap<String, u64>,
    dropped_values: u64,
    repaired_texts: u64,
    missing_pages: Vec<MissingReport>,
    missing_pages_total: u64,
    warnings: Vec<String>,
    milliseconds: u64,
    rows_per_second: u64,
    interrupted: bool,
    error: Option<String>,
}

/// What became of the rows of one log.
#[derive(Debug, Serialize)]
struct LogReport {
    new: u64,
    updated: u64,
    unchanged: u64,
}

/// An answer without rows in the place of a page.
#[derive(Debug, Serialize)]
struct MissingReport {
    file: String,
    line: u64,
    status: Option<u16>,
    code: Option<String>,
    reason: String,
}

/// Where rejected records went.
#[derive(Debug, Default)]
struct Rejects {
    file: Option<PathBuf>,
    left_out: u64,
}

impl Import {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let period = self.period()?;
        let stop = signals::stop_flag()?;
        let inputs = discover(&self.paths)?;
        let store = store::open(settings, "import")?;
        let tenant = tenant::choose(settings, store.engine())?;
        let folder = self.rejects.clone().unwrap_or_else(|| settings.data_dir.join("rejected"));
        let mut rejects =
            RejectFile::new(folder, time::now()).with_max_bytes(self.max_rejects_mib.saturating_mul(MIB));
        let show = if self.quiet { Show::Never } else { Show::OnTerminal };
        let import =
            pipeline::Import { log: self.log.map(|LogName(log)| log), period, ..pipeline::Import::default() };
        let target = store.engine().tenant(tenant);
        let outcome = import.run(&inputs, target.as_ref(), &mut rejects, &ImportBar::new(show), &stop);
        let (summary, mut failure) = match outcome {
            Ok(summary) => (summary, None),
            Err(error) => (*error.summary.clone(), Some(anyhow::Error::from(error))),
        };
        let left_out = rejects.left_out();
        let file = match rejects.finish().context("rejected records could not be written down") {
            Ok(path) => path,
            Err(error) => {
                failure.get_or_insert(error);
                None
            }
        };
        let rejects = Rejects { file, left_out };
        if !stop.load(Ordering::Relaxed)
            && let Err(error) = progress::settling("settling the store", show, || store.engine().tidy())
        {
            // The rows are stored all the same.
            tracing::warn!(%error, "the store could not be tidied");
        }
        let report = Report::new(tenant, summary, rejects, failure.as_ref());
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
    fn new(tenant: TenantId, summary: Summary, rejects: Rejects, failure: Option<&anyhow::Error>) -> Report {
        let logs = summary.appended_by_log.iter().map(|(name, rows)| (*name, LogReport::new(*rows)));
        Report {
            tenant: tenant.to_string(),
            files: summary.files,
            bytes: summary.bytes,
            rows: summary.rows,
            new: summary.appended.new,
            updated: summary.appended.updated,
            unchanged: summary.appended.unchanged,
            logs: logs.collect(),
            rejected: summary.rejected_total(),
            rejected_by_reason: summary.rejected,
            rejects_file: rejects.file,
            rejects_left_out: rejects.left_out,
            odd: summary.odd.iter().map(|(oddity, rows)| (oddity.to_string(), *rows)).collect(),
            dropped_values: summary.dropped_values,
            repaired_texts: summary.repaired_texts,
            missing_pages: summary.missing_pages.into_iter().map(MissingReport::new).collect(),
            missing_pages_total: summary.missing_pages_total,
            warnings: summary.warnings,
            milliseconds: u64::try_from(summary.elapsed.as_millis()).unwrap_or(u64::MAX),
            rows_per_second: progress::per_sec(summary.rows, summary.elapsed),
            interrupted: summary.interrupted,
            error: failure.map(|error| format!("{error:#}")),
        }
    }

    fn is_incomplete(&self) -> bool {
        self.rejected > 0 || self.missing_pages_total > 0
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
        let width = self.logs.keys().map(|name| name.len()).max().unwrap_or(0);
        for (name, rows) in &self.logs {
            let _ = writeln!(
                out,
                "  {name:<width$}  {} new, {} updated, {} unchanged",
                HumanCount(rows.new),
                HumanCount(rows.updated),
                HumanCount(rows.unchanged)
            );
        }
        if let Some(path) = &self.rejects_file {
            let _ = writeln!(out, "rejected records are in {}", path.display());
        }
        for remark in self.remarks() {
            let _ = writeln!(out, "{remark}");
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

    /// What people should know beside the counts, a line each.
    fn remarks(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.rejects_left_out > 0 {
            lines.push(format!(
                "  {} more were left out, because the file had reached its limit: raise --max-rejects-mib to \
                 have them all",
                HumanCount(self.rejects_left_out)
            ));
        }
        for (oddity, rows) in &self.odd {
            lines.push(format!("odd: {} with {oddity}, stored all the same", output::counted(*rows, "row")));
        }
        if self.dropped_values > 0 {
            lines.push(format!(
                "warning: {} left out, because PowerShell had cut them at a depth: save the pages again with \
                 ConvertTo-Json -Depth 10",
                counted_were(self.dropped_values, "value")
            ));
        }
        if self.repaired_texts > 0 {
            lines.push(format!(
                "{} repaired: half a character (a lone surrogate) became U+FFFD",
                counted_were(self.repaired_texts, "text")
            ));
        }
        if self.missing_pages_total > 0 {
            let (pages, are) = if self.missing_pages_total == 1 { ("page", "is") } else { ("pages", "are") };
            lines.push(format!(
                "warning: {} {pages} {are} missing: ask for them again and import them; in their place stand",
                HumanCount(self.missing_pages_total)
            ));
            for page in self.missing_pages.iter().take(LISTED_PAGES) {
                lines.push(format!("  {}:{}: {}", page.file, page.line, page.reason));
            }
            let listed = u64::try_from(self.missing_pages.len().min(LISTED_PAGES)).unwrap_or(u64::MAX);
            if self.missing_pages_total > listed {
                lines.push(format!("  and {} more", HumanCount(self.missing_pages_total - listed)));
            }
        }
        lines
    }
}

impl LogReport {
    fn new(rows: Appended) -> LogReport {
        LogReport { new: rows.new, updated: rows.updated, unchanged: rows.unchanged }
    }
}

impl MissingReport {
    fn new(missing: MissingAt) -> MissingReport {
        let reason = missing.page.to_string();
        let MissingAt { input, line, page } = missing;
        MissingReport { file: input, line, status: page.status, code: page.code, reason }
    }
}

/// `1 value was`, `1,234 values were`.
fn counted_were(count: u64, noun: &str) -> String {
    let were = if count == 1 { "was" } else { "were" };
    format!("{} {were}", output::counted(count, noun))
}

#[cfg(test)]
mod tests {
    use trunklog_records::Oddity;
    use trunklog_sources::graph_json::{Instead, MissingPage, Place};

    use super::*;

    #[test]
    fn a_report_says_what_was_rejected_and_where() {
        let mut summary = Summary { rows: 1_234, interrupted: true, ..Summary::default() };
        summary.rejected.insert("not valid JSON".to_owned(), 2);
        let tenant = "6f1d0000-0000-4000-8000-00000000de30".parse().unwrap();
        let rejects = Rejects { file: Some(PathBuf::from("/r/rejected.ndjson")), left_out: 0 };
        let report = Report::new(tenant, summary, rejects, None);
        assert_eq!(report.rejected, 2);
        assert!(report.is_incomplete());
        let text = report.text();
        for part in ["1,234 rows", "2  not valid JSON", "/r/rejected.ndjson", "run the import again"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let json = serde_json::to_string(&report).unwrap();
        assert!(json.contains(r#""rejectedByReason":{"not valid JSON":2}"#), "{json}");
    }

    #[test]
    fn a_report_tells_what_is_odd_and_what_is_missing() {
        let mut summary = Summary { dropped_values: 7, repaired_texts: 1, ..Summary::default() };
        summary.odd.insert(Oddity::NegativeDuration, 3);
        let rows = Appended { new: 1_200, updated: 3, unchanged: 0 };
        summary.appended_by_log.insert("directRoutingCalls", rows);
        summary.appended_by_log.insert("sms", Appended { unchanged: 31, ..Appended::default() });
        let page = MissingPage {
            place: Place::Response(Some("2".to_owned())),
            instead: Instead::Error,
            status: Some(429),
            code: Some("TooManyRequests".to_owned()),
        };
        summary.missing_pages.push(MissingAt { input: "a.json".to_owned(), line: 7, page });
        summary.missing_pages_total = 31;
        let tenant = "6f1d0000-0000-4000-8000-00000000de30".parse().unwrap();
        let rejects = Rejects { file: Some(PathBuf::from("/r/rejected.ndjson")), left_out: 4_000 };
        let report = Report::new(tenant, summary, rejects, None);
        assert!(report.is_incomplete());
        let text = report.text();
        for line in [
            "  directRoutingCalls  1,200 new, 3 updated, 0 unchanged",
            "  sms                 0 new, 0 updated, 31 unchanged",
            "odd: 3 rows with a negative duration, stored all the same",
            "  a.json:7: response 2 of a batch: an error (status 429, TooManyRequests)",
            "  and 30 more",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        for part in [
            "4,000 more were left out",
            "--max-rejects-mib",
            "7 values were left out",
            "ConvertTo-Json -Depth 10",
            "1 text was repaired",
            "31 pages are missing",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["logs"]["sms"]["unchanged"], 31);
        assert_eq!(json["odd"]["a negative duration"], 3);
        assert_eq!(json["missingPages"][0]["status"], 429);
        assert_eq!(json["missingPages"][0]["code"], "TooManyRequests");
        assert_eq!(json["missingPagesTotal"], 31);
        assert_eq!(json["rejectsLeftOut"], 4_000);
    }
}
