//! What an import tells in the end.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;
use trunklog_errors::shown;
use trunklog_records::TenantId;
use trunklog_sources::NameList;
use trunklog_sources::pipeline::{MissingAt, Summary};
use trunklog_store::AppendCounts;

use crate::output::counted_were;
use crate::{output, progress};

/// How many missing pages are listed for people.
const LISTED_PAGES: usize = 20;

/// What is printed in the end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    tenant: String,
    files: u64,
    bytes: u64,
    rows: u64,
    new: u64,
    updated: u64,
    unchanged: u64,
    superseded: u64,
    withheld: u64,
    ambiguous: u64,
    logs: BTreeMap<&'static str, LogReport>,
    rejected: u64,
    rejected_by_reason: BTreeMap<String, u64>,
    rejects_file: Option<PathBuf>,
    rejects_left_out: u64,
    rejects_files_deleted: u64,
    odd: BTreeMap<String, u64>,
    dropped_values: u64,
    repaired_texts: u64,
    missing_pages: Vec<MissingReport>,
    missing_pages_total: u64,
    pages_not_given: u64,
    empty_inputs: u64,
    finished_inputs: u64,
    passed_over: u64,
    warnings: Vec<String>,
    milliseconds: u64,
    rows_per_second: u64,
    pub(super) interrupted: bool,
    error: Option<String>,
    #[serde(skip)]
    rest: Rest,
}

/// How the rest of an import that was stopped is imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Rest {
    /// All is read again.
    #[default]
    FromStart,
    /// The store keeps how far it came.
    FromWhereItWas,
}

/// What became of the rows of one log.
#[derive(Debug, Serialize)]
struct LogReport {
    new: u64,
    updated: u64,
    unchanged: u64,
    superseded: u64,
    withheld: u64,
    ambiguous: u64,
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
pub(super) struct Rejects {
    pub(super) file: Option<PathBuf>,
    pub(super) left_out: u64,
    /// Older files of them, for which there was no room any more.
    pub(super) deleted_files: u64,
}

impl Report {
    pub(super) fn new(
        tenant: TenantId,
        summary: Summary,
        rejects: Rejects,
        failure: Option<&anyhow::Error>,
    ) -> Report {
        let logs = summary.appended_by_log.iter().map(|(name, rows)| (*name, LogReport::new(*rows)));
        Report {
            tenant: tenant.to_string(),
            files: summary.files,
            bytes: summary.bytes,
            rows: summary.rows,
            new: summary.appended.new,
            updated: summary.appended.updated,
            unchanged: summary.appended.unchanged,
            superseded: summary.appended.superseded,
            withheld: summary.appended.withheld,
            ambiguous: summary.appended.ambiguous,
            logs: logs.collect(),
            rejected: summary.rejected_total(),
            rejected_by_reason: summary.rejected.into_map(),
            rejects_file: rejects.file,
            rejects_left_out: rejects.left_out,
            rejects_files_deleted: rejects.deleted_files,
            odd: summary.odd.iter().map(|(oddity, rows)| (oddity.to_string(), *rows)).collect(),
            dropped_values: summary.dropped_values,
            repaired_texts: summary.repaired_texts,
            missing_pages: summary.missing_pages.into_iter().map(MissingReport::new).collect(),
            missing_pages_total: summary.missing_pages_total,
            pages_not_given: summary.pages_not_given,
            empty_inputs: summary.empty_inputs.total(),
            finished_inputs: summary.finished_inputs.total(),
            passed_over: 0,
            warnings: summary.warnings,
            milliseconds: u64::try_from(summary.elapsed.as_millis()).unwrap_or(u64::MAX),
            rows_per_second: progress::per_sec(summary.rows, summary.elapsed),
            interrupted: summary.interrupted,
            error: failure.map(output::told),
            rest: Rest::default(),
        }
    }

    /// The same of an import whose rest can be imported so.
    pub(super) fn with_rest(self, rest: Rest) -> Report {
        Report { rest, ..self }
    }

    /// The same with files that were not taken for their names.
    pub(super) fn with_passed_over(mut self, files: &NameList) -> Report {
        self.passed_over = files.total();
        if files.total() > 0 {
            let (were, names_do, them) = if files.total() == 1 {
                ("was", "its name does", "it")
            } else {
                ("were", "their names do", "them")
            };
            self.warnings.push(format!(
                "{} {were} skipped, because {names_do} not end in .json, .jsonl, .ndjson, .csv, .tsv or .zip: \
                 {files} (name {them} to import {them})",
                output::counted(files.total(), "file")
            ));
        }
        self
    }

    pub(super) fn is_incomplete(&self) -> bool {
        self.rejected > 0 || self.missing_pages_total > 0 || self.pages_not_given > 0
    }

    /// For people; without a line end.
    pub(super) fn text(&self) -> String {
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
            let _ = writeln!(out, "    {:>12}  {}", HumanCount(*count).to_string(), shown(reason));
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
            let _ = writeln!(out, "rejected records are in {}", output::shown_path(path));
        }
        for remark in self.remarks() {
            let _ = writeln!(out, "{remark}");
        }
        for warning in &self.warnings {
            let _ = writeln!(out, "warning: {}", shown(warning));
        }
        if self.interrupted {
            let again = match self.rest {
                Rest::FromStart => "run the import again for the rest",
                Rest::FromWhereItWas => "run it again with --resume for the rest",
            };
            let _ = writeln!(out, "stopped before the end: what is counted here is stored; {again}");
        }
        out.truncate(out.trim_end().len());
        out
    }

    /// What people should know beside the counts, a line each.
    fn remarks(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.superseded > 0 {
            let rows = output::counted(self.superseded, "row");
            lines.push(format!("{rows} of exports not stored: Graph's own rows tell of the same calls"));
        }
        if self.ambiguous > 0 {
            let rows = output::counted(self.ambiguous, "row");
            let stay = if self.ambiguous == 1 { "stays" } else { "stay" };
            lines.push(format!(
                "{rows} of exports {stay} beside Graph's: they may tell of the same calls, but differ in user, \
                 call type or number"
            ));
        }
        if self.withheld > 0 {
            lines.push(format!(
                "{} not stored, because a person in them was erased",
                counted_were(self.withheld, "row")
            ));
        }
        if self.rejects_left_out > 0 {
            lines.push(format!(
                "  {} more were left out: in the second half of its limit, the file has only the first of each \
                 reason; raise --max-rejects-mib to have more",
                HumanCount(self.rejects_left_out)
            ));
        }
        if self.rejects_files_deleted > 0 {
            lines.push(format!(
                "  to make room for it, {} deleted from its folder",
                counted_were(self.rejects_files_deleted, "older file")
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
            let what = match self.missing_pages_total {
                1 => "page is missing: ask for it again and import it; found in its place:",
                _ => "pages are missing: ask for them again and import them; found in their place:",
            };
            lines.push(format!("warning: {} {what}", HumanCount(self.missing_pages_total)));
            for page in self.missing_pages.iter().take(LISTED_PAGES) {
                lines.push(format!("  {}:{}: {}", shown(&page.file), page.line, shown(&page.reason)));
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
    fn new(rows: AppendCounts) -> LogReport {
        let AppendCounts { new, updated, unchanged, superseded, withheld, ambiguous } = rows;
        LogReport { new, updated, unchanged, superseded, withheld, ambiguous }
    }
}

impl MissingReport {
    fn new(missing: MissingAt) -> MissingReport {
        let MissingAt { input, line, page } = missing;
        MissingReport { file: input, line, status: page.status, code: page.code, reason: page.what }
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::Oddity;
    use trunklog_sources::graph_json::{Instead, MissingPage, Place};

    use super::*;

    #[test]
    fn a_report_says_what_was_rejected_and_where() {
        let mut summary = Summary { rows: 1_234, interrupted: true, ..Summary::default() };
        summary.rejected.add("not valid JSON");
        summary.rejected.add("not valid JSON");
        let tenant = "6f1d0000-0000-4000-8000-00000000de30".parse().unwrap();
        let rejects =
            Rejects { file: Some(PathBuf::from("/r/rejected.ndjson")), left_out: 0, deleted_files: 0 };
        let report = Report::new(tenant, summary, rejects, None);
        assert_eq!(report.rejected, 2);
        assert!(report.is_incomplete());
        let text = report.text();
        for part in ["1,234 rows", "2  not valid JSON", "/r/rejected.ndjson", "run the import again"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let json = serde_json::to_string(&report).unwrap();
        assert!(json.contains(r#""rejectedByReason":{"not valid JSON":2}"#), "{json}");
        let text = report.with_rest(Rest::FromWhereItWas).text();
        assert!(text.ends_with("is stored; run it again with --resume for the rest"), "{text}");
    }

    #[test]
    fn a_report_tells_what_is_odd_and_what_is_missing() {
        let mut summary = Summary { dropped_values: 7, repaired_texts: 1, ..Summary::default() };
        summary.appended.ambiguous = 2;
        summary.odd.insert(Oddity::NegativeDuration, 3);
        let rows = AppendCounts { new: 1_200, updated: 3, ..AppendCounts::default() };
        summary.appended_by_log.insert("directRoutingCalls", rows);
        summary.appended_by_log.insert("sms", AppendCounts { unchanged: 31, ..AppendCounts::default() });
        let page = MissingPage {
            place: Place::Response(Some("2".to_owned())),
            instead: Instead::Error,
            status: Some(429),
            code: Some("TooManyRequests".to_owned()),
        };
        summary.missing_pages.push(MissingAt { input: "a.json".to_owned(), line: 7, page: page.into() });
        summary.missing_pages_total = 31;
        let tenant = "6f1d0000-0000-4000-8000-00000000de30".parse().unwrap();
        let rejects =
            Rejects { file: Some(PathBuf::from("/r/rejected.ndjson")), left_out: 4_000, deleted_files: 7 };
        let report = Report::new(tenant, summary, rejects, None);
        assert!(report.is_incomplete());
        let text = report.text();
        for line in [
            "  directRoutingCalls  1,200 new, 3 updated, 0 unchanged",
            "  sms                 0 new, 0 updated, 31 unchanged",
            "2 rows of exports stay beside Graph's: they may tell of the same calls, but differ in user, call \
             type or number",
            "odd: 3 rows with a negative duration, stored all the same",
            "  a.json:7: response 2 of a batch: an error (status 429, TooManyRequests)",
            "  and 30 more",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        for part in [
            "4,000 more were left out",
            "to make room for it, 7 older files were deleted from its folder",
            "--max-rejects-mib",
            "7 values were left out",
            "ConvertTo-Json -Depth 10",
            "1 text was repaired",
            "31 pages are missing",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!((&json["ambiguous"], &json["logs"]["sms"]["ambiguous"]), (&2.into(), &0.into()));
        assert_eq!(json["logs"]["sms"]["unchanged"], 31);
        assert_eq!(json["odd"]["a negative duration"], 3);
        assert_eq!(json["missingPages"][0]["status"], 429);
        assert_eq!(json["missingPages"][0]["code"], "TooManyRequests");
        assert_eq!(json["missingPagesTotal"], 31);
        assert_eq!(json["rejectsLeftOut"], 4_000);
    }

    #[test]
    fn what_was_not_given_is_told_for_what_it_is() {
        let tenant: TenantId = "6f1d0000-0000-4000-8000-00000000de30".parse().unwrap();
        let report = |summary: Summary, passed_over: &[&str]| {
            let mut files = NameList::default();
            for name in passed_over {
                files.add(*name);
            }
            Report::new(tenant, summary, Rejects::default(), None).with_passed_over(&files)
        };
        assert!(!report(Summary::default(), &["b.txt"]).is_incomplete());
        let by_link = report(Summary { pages_not_given: 1, ..Summary::default() }, &[]);
        assert!(by_link.is_incomplete());
        assert_eq!(serde_json::to_value(&by_link).unwrap()["pagesNotGiven"], 1);

        let mut summary = Summary { missing_pages_total: 1, ..Summary::default() };
        summary.empty_inputs.add("a.json");
        summary.finished_inputs.add("c.json");
        let report_of_one = report(summary.clone(), &["b.txt"]);
        let text = report_of_one.text();
        for line in [
            "warning: 1 page is missing: ask for it again and import it; found in its place:",
            "warning: 1 file was skipped, because its name does not end in .json, .jsonl, .ndjson, .csv, .tsv or \
             .zip: b.txt (name it to import it)",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        let json = serde_json::to_value(&report_of_one).unwrap();
        assert_eq!(json["emptyInputs"], 1);
        assert_eq!(json["finishedInputs"], 1);
        assert_eq!(json["passedOver"], 1);
        let text = report(summary, &["b.txt", "c.xlsx"]).text();
        let line = "warning: 2 files were skipped, because their names do not end in .json, .jsonl, .ndjson, .csv, \
                    .tsv or .zip: b.txt, c.xlsx (name them to import them)";
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
}
