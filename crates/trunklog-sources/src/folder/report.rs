//! What is said of a file that was taken: as JSON for programs, as text for people.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use trunklog_errors::shown;
use trunklog_odata::Instant;

use super::place::report_names;
use super::settings::FolderSettings;
use crate::pipeline::{RowTimes, Summary};

/// The longest report that is read again, in bytes.
pub(super) const LONGEST_REPORT: u64 = 16 * 1024 * 1024;

/// The most missing pages and warnings that are listed.
const MOST_LISTED: usize = 100;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// All of it is stored.
    Stored,
    /// Some of it is stored, and the rest was rejected or is missing.
    StoredInPart,
    /// A file with the same content was read before.
    ReadBefore,
    /// Nothing of it could be used.
    Failed,
}

/// What became of a file. Holds no value of any row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileReport {
    /// Its name, as it came.
    pub file: String,
    /// Its name now, which is another where one of that name was there already.
    pub kept_as: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why nothing of it could be used, and what to do.
    pub reason: Option<String>,
    /// The watched folder's name.
    pub source: String,
    /// Whose rows they are.
    pub tenant: String,
    /// When it was read.
    pub read_at: String,
    /// The first half of the SHA-256 of its content.
    pub content: String,
    /// Its size.
    pub bytes: u64,
    /// How many records its marker says it has.
    pub expected: Option<u64>,
    /// Rows in it.
    pub rows: u64,
    /// Of these, rows that were not there before.
    pub new: u64,
    /// Of these, rows of a time that had been complete before.
    pub late: u64,
    /// Rows that were there with other values.
    pub updated: u64,
    /// Rows that were there already.
    pub unchanged: u64,
    /// Rows that gave way to another source's.
    pub superseded: u64,
    /// Rows that are not stored, since a person in them was erased.
    #[serde(default)]
    pub withheld: u64,
    /// Rows of exports that stay beside one of Graph which may tell of the same call.
    #[serde(default)]
    pub ambiguous: u64,
    /// Records that are no rows.
    pub rejected: u64,
    /// The same by reason.
    pub rejected_by_reason: BTreeMap<String, u64>,
    /// The name of the file that has them, in the data folder.
    pub rejects_file: Option<String>,
    /// How many of them were not kept.
    pub rejects_left_out: u64,
    /// What came of it in each log.
    pub logs: BTreeMap<String, LogReport>,
    /// What is where pages should be, the first of it.
    pub missing_pages: Vec<String>,
    /// How many pages are missing.
    pub missing_pages_total: u64,
    /// Where reading went on, of a file that was not read at once: what was counted
    /// before is not counted here.
    pub resumed: Option<String>,
    /// What looks wrong, though nothing failed.
    pub warnings: Vec<String>,
}

/// What came of a file in one log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogReport {
    /// Rows that were not there before.
    pub new: u64,
    /// Of these, rows of a time that had been complete before.
    pub late: u64,
    /// Rows that were there with other values.
    pub updated: u64,
    /// Rows that were there already, gave way to another source's, or are withheld.
    pub duplicate: u64,
    /// The time of the oldest row.
    pub oldest: Option<String>,
    /// The time of the newest row.
    pub newest: Option<String>,
}

/// Where rejected records went.
#[derive(Debug, Clone, Default)]
pub(super) struct Rejects {
    pub(super) file: Option<String>,
    pub(super) left_out: u64,
}

impl FileReport {
    /// That of a file of which nothing is known yet.
    pub(super) fn of(
        settings: &FolderSettings,
        file: &str,
        bytes: u64,
        content: String,
        now: Instant,
    ) -> FileReport {
        FileReport {
            file: file.to_owned(),
            kept_as: file.to_owned(),
            outcome: Outcome::Stored,
            reason: None,
            source: settings.source.to_string(),
            tenant: settings.tenant.to_string(),
            read_at: now.to_string(),
            content,
            bytes,
            expected: None,
            rows: 0,
            new: 0,
            late: 0,
            updated: 0,
            unchanged: 0,
            superseded: 0,
            withheld: 0,
            ambiguous: 0,
            rejected: 0,
            rejected_by_reason: BTreeMap::new(),
            rejects_file: None,
            rejects_left_out: 0,
            logs: BTreeMap::new(),
            missing_pages: Vec::new(),
            missing_pages_total: 0,
            resumed: None,
            warnings: Vec::new(),
        }
    }

    /// The same with what an import did.
    pub(super) fn with(mut self, summary: &Summary, rejects: Rejects) -> FileReport {
        let late = |times: Option<&RowTimes>| times.map_or(0, |times| times.late);
        for (name, rows) in &summary.appended_by_log {
            let times = summary.times_by_log.get(name);
            let log = LogReport {
                new: rows.new,
                late: late(times),
                updated: rows.updated,
                duplicate: rows.unchanged + rows.superseded + rows.withheld,
                oldest: times.map(|times| times.oldest.to_string()),
                newest: times.map(|times| times.newest.to_string()),
            };
            self.logs.insert((*name).to_owned(), log);
        }
        self.rows = summary.rows;
        self.new = summary.appended.new;
        self.late = summary.times_by_log.values().map(|times| times.late).sum();
        self.updated = summary.appended.updated;
        self.unchanged = summary.appended.unchanged;
        self.superseded = summary.appended.superseded;
        self.withheld = summary.appended.withheld;
        self.ambiguous = summary.appended.ambiguous;
        self.rejected = summary.rejected_total();
        self.rejected_by_reason = summary.rejected.clone().into_map();
        self.rejects_file = rejects.file;
        self.rejects_left_out = rejects.left_out;
        let missing = summary.missing_pages.iter().take(MOST_LISTED);
        self.missing_pages = missing.map(|page| format!("line {}: {}", page.line, page.page)).collect();
        self.missing_pages_total = summary.missing_pages_total;
        self.resumed = (summary.resumed_inputs.total() > 0).then(|| summary.resumed_inputs.to_string());
        // That the next page is in another file is usual here.
        self.warnings.extend(summary.warnings.iter().take(MOST_LISTED).cloned());
        self.outcome = if self.rejected > 0 || self.missing_pages_total > 0 || self.missing() > 0 {
            Outcome::StoredInPart
        } else {
            Outcome::Stored
        };
        self
    }

    /// The same of a file of which nothing could be used.
    pub(super) fn failed(self, reason: impl Into<String>) -> FileReport {
        FileReport { outcome: Outcome::Failed, reason: Some(reason.into()), ..self }
    }

    /// Records that its marker promised and that were not there.
    pub fn missing(&self) -> u64 {
        // What was counted before a crash is not known here.
        let expected = self.expected.filter(|_| self.resumed.is_none()).unwrap_or(0);
        expected.saturating_sub(self.rows.saturating_add(self.rejected))
    }

    /// For people. The names and words of others are on one line each, and do nothing to a
    /// terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let told = match self.outcome {
            Outcome::Stored => "stored",
            Outcome::StoredInPart => "stored in part",
            Outcome::ReadBefore => "not read: a file with the same content was read before",
            Outcome::Failed => "failed",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}: {told}", shown(&self.file));
        if let Some(reason) = &self.reason {
            let _ = writeln!(out, "{}", shown(reason));
        }
        let _ = writeln!(out, "read by {} for tenant {} at {}", self.source, self.tenant, self.read_at);
        if self.outcome != Outcome::ReadBefore {
            let counts = [
                ("rows", self.rows),
                ("new", self.new),
                ("late", self.late),
                ("updated", self.updated),
                ("unchanged", self.unchanged),
                ("superseded", self.superseded),
                ("withheld", self.withheld),
                ("ambiguous", self.ambiguous),
                ("rejected", self.rejected),
            ];
            for (name, count) in counts {
                let _ = writeln!(out, "  {name:<10} {count:>12}");
            }
            for (reason, count) in &self.rejected_by_reason {
                let _ = writeln!(out, "    {count:>12}  {}", shown(reason));
            }
        }
        for (name, log) in &self.logs {
            let _ = writeln!(
                out,
                "  {name}: {} new, {} updated, {} duplicate, from {} to {}",
                log.new,
                log.updated,
                log.duplicate,
                log.oldest.as_deref().unwrap_or("-"),
                log.newest.as_deref().unwrap_or("-")
            );
        }
        if self.missing() > 0 {
            let expected = self.expected.unwrap_or(0);
            let _ =
                writeln!(out, "{} records are missing: its marker says it has {expected}", self.missing());
        }
        if let Some(file) = &self.rejects_file {
            let _ = writeln!(out, "rejected records: trunklog rejects show {}", shown(file));
        }
        if self.missing_pages_total > 0 {
            let _ = writeln!(out, "missing pages: {}", self.missing_pages_total);
            for page in &self.missing_pages {
                let _ = writeln!(out, "  {}", shown(page));
            }
        }
        if let Some(resumed) = &self.resumed {
            let _ = writeln!(
                out,
                "went on after a stop, what was counted before is not here: {}",
                shown(resumed)
            );
        }
        for warning in &self.warnings {
            let _ = writeln!(out, "warning: {}", shown(warning));
        }
        out
    }

    /// Puts it beside the file of that name, in both forms, durable.
    pub(super) fn write(&self, folder: &Path, name: &str) -> io::Result<()> {
        let [json, text] = report_names(folder, name);
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        write(&text, self.text().as_bytes())?;
        write(&json, &bytes)
    }
}

/// What is there goes: a crash left it, or others put a link there, and nothing is written
/// through that.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
