//! What an erasure did, for people and for the file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;
use trunklog_errors::with_causes;
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};
use trunklog_rights::{FOLDER, Finding, FoundElsewhere, How, Person, Refusal};

use crate::output::counted;

/// What was done, or would be. Holds nothing that tells who it was about, except what is
/// left of a name or number when most of it is hidden.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Receipt {
    /// None where nothing was done.
    receipt: Option<String>,
    tenant: String,
    person: String,
    /// How many names, ids and numbers the person is known by.
    known_by: usize,
    rows: Option<How>,
    started: Option<String>,
    ended: Option<String>,
    logs: Vec<OfLog>,
    elsewhere: Vec<Elsewhere>,
    holds: Vec<String>,
    not_reached: Vec<String>,
}

/// What of a log was erased.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfLog {
    log: &'static str,
    /// How many rows there were; None where that cannot be said.
    found: Option<u64>,
    /// How many went or were changed; None where nothing was done.
    erased: Option<u64>,
    unknown_only: u64,
    masked: u64,
    /// Rows with numbers that may be this one, by their form.
    unclear: BTreeMap<String, u64>,
    is_in_part: bool,
    oldest: Option<String>,
    newest: Option<String>,
}

/// What was erased in another place.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Elsewhere {
    place: &'static str,
    items: u64,
    left: Vec<String>,
    error: Option<String>,
}

impl OfLog {
    fn of(finding: &Finding, erased: Option<u64>) -> OfLog {
        OfLog {
            log: finding.log.name,
            found: finding.rows,
            erased,
            unknown_only: finding.unknown_only,
            masked: finding.masked,
            unclear: finding.unclear.clone(),
            is_in_part: finding.is_in_part,
            oldest: finding.oldest.map(|oldest| oldest.to_string()),
            newest: finding.newest.map(|newest| newest.to_string()),
        }
    }

    pub(super) fn erased(finding: &Finding, rows: u64) -> OfLog {
        OfLog::of(finding, Some(rows))
    }

    pub(super) fn is_about(&self, log: &Log) -> bool {
        self.log == log.name
    }

    /// How many rows went or were changed.
    pub(super) fn rows(&self) -> u64 {
        self.erased.unwrap_or_default()
    }

    pub(super) fn add(&mut self, rows: u64) {
        self.erased = Some(self.erased.unwrap_or_default() + rows);
    }

    fn text(&self) -> String {
        let mut text = match (self.erased, self.found) {
            (Some(erased), _) => format!("{} erased", counted(erased, "row")),
            (None, Some(found)) => counted(found, "row"),
            (None, None) => "its own rows are looked at when it is done".to_owned(),
        };
        if let (Some(oldest), Some(newest)) = (&self.oldest, &self.newest) {
            let _ = write!(text, ", {oldest} to {newest}");
        }
        if self.unknown_only > 0 {
            let _ = write!(text, "; {} by unknown properties alone", counted(self.unknown_only, "row"));
        }
        text
    }
}

impl Elsewhere {
    pub(super) fn of(place: &'static str, found: trunklog_rights::Result<FoundElsewhere>) -> Elsewhere {
        match found {
            Ok(FoundElsewhere { items, left }) => Elsewhere { place, items, left, error: None },
            Err(error) => {
                let error = Some(with_causes(&error).to_string());
                Elsewhere { place, items: 0, left: Vec::new(), error }
            }
        }
    }

    pub(super) fn has_failed(&self) -> bool {
        self.error.is_some() || !self.left.is_empty()
    }
}

impl Receipt {
    /// What would be done.
    pub(super) fn plan(
        tenant: TenantId,
        person: &Person,
        how: Option<How>,
        found: &[Finding],
        elsewhere: Vec<Elsewhere>,
    ) -> Receipt {
        let logs = found.iter().map(|finding| OfLog::of(finding, None)).collect();
        Receipt::of(None, tenant, person, how, logs, elsewhere)
    }

    /// What was done.
    pub(super) fn done(
        number: &str,
        tenant: TenantId,
        person: &Person,
        how: How,
        erased: Vec<OfLog>,
        elsewhere: Vec<Elsewhere>,
    ) -> Receipt {
        Receipt::of(Some(number.to_owned()), tenant, person, Some(how), erased, elsewhere)
    }

    fn of(
        receipt: Option<String>,
        tenant: TenantId,
        person: &Person,
        rows: Option<How>,
        logs: Vec<OfLog>,
        elsewhere: Vec<Elsewhere>,
    ) -> Receipt {
        let mut not_reached = Vec::new();
        for log in logs.iter().filter(|log| log.masked > 0) {
            let rows = counted(log.masked, "row");
            not_reached.push(format!(
                "{rows} of {} with a number of which digits are hidden, and which may be this one",
                log.log
            ));
        }
        for log in &logs {
            not_reached.extend(log.unclear.iter().map(|(form, rows)| {
                format!(
                    "{} of {} with {form}, which may be this number without its country code, after a prefix or \
                     in a longer one: erase that form, too, if it is",
                    counted(*rows, "row"),
                    log.log
                )
            }));
        }
        for log in logs.iter().filter(|log| log.is_in_part) {
            not_reached.push(format!(
                "texts of {} in which a number stands among others: they are computed, and too many to look at",
                log.log
            ));
        }
        if person.digits().is_some_and(|digits| digits.starts_with('0')) {
            not_reached.push(
                "the same number with its country code: this one was compared as it was given, without"
                    .to_owned(),
            );
        }
        for of in &elsewhere {
            not_reached.extend(of.left.iter().map(|left| format!("{}: {left}", of.place)));
            not_reached.extend(of.error.iter().map(|error| format!("{}: {error}", of.place)));
        }
        not_reached.push(
            "backups of the store: when one of before is put back, the person is erased again at the start, as \
             long as the folder rights of the data folder is the one of today"
                .to_owned(),
        );
        not_reached.push(
            "what is left of it in blocks of the store's file: trunklog erase scrub overwrites them"
                .to_owned(),
        );
        not_reached.push("what was read, exported or copied before, also by other programs".to_owned());
        Receipt {
            receipt,
            tenant: tenant.to_string(),
            person: person.to_string(),
            known_by: person.known_by(),
            rows,
            started: None,
            ended: None,
            logs,
            elsewhere,
            holds: Vec::new(),
            not_reached,
        }
    }

    /// The same with what keeps rows.
    pub(super) fn with_holds(mut self, kept: &[Refusal]) -> Receipt {
        self.holds = kept.iter().map(ToString::to_string).collect();
        self
    }

    /// The same with when it started and ended.
    pub(super) fn with_times(self, started: Instant, ended: Instant) -> Receipt {
        Receipt { started: Some(started.to_string()), ended: Some(ended.to_string()), ..self }
    }

    /// The same with copies of the store that are there.
    pub(super) fn with_copies(mut self, copies: &[PathBuf]) -> Receipt {
        self.not_reached.extend(copies.iter().map(|copy| format!("the copy {}", copy.display())));
        self
    }

    /// Writes it down in the data folder, and says where.
    pub(super) fn keep(&self, data_dir: &Path) -> Result<PathBuf> {
        let folder = data_dir.join(FOLDER).join("receipts");
        let path = folder.join(format!("{}.json", self.receipt.as_deref().unwrap_or("plan")));
        let written = DirBuilder::new().recursive(true).mode(0o700).create(&folder).and_then(|()| {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            serde_json::to_writer_pretty(&mut file, self)?;
            file.write_all(b"\n")?;
            file.sync_all()
        });
        written.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }

    /// For people; without a line end.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let what = match (self.receipt.is_some(), self.rows) {
            (false, _) => "would erase",
            (true, Some(How::Blank)) => "took from rows",
            (true, _) => "erased with all rows",
        };
        // Writing to a string cannot fail.
        let _ = write!(out, "{what}: {} of tenant {}", self.person, self.tenant);
        if self.known_by > 1 {
            let _ = write!(out, " (known by {} names and ids)", self.known_by);
        }
        let width = self.logs.iter().map(|log| log.log.len()).max().unwrap_or_default();
        for log in &self.logs {
            let _ = write!(out, "\n  {:<width$}  {}", log.log, log.text());
        }
        for of in &self.elsewhere {
            let _ = write!(out, "\n  {}: {}", of.place, of.items);
        }
        for hold in &self.holds {
            let _ = write!(out, "\nrefused: {hold}");
        }
        out.push_str("\nnot reached:");
        for left in &self.not_reached {
            let _ = write!(out, "\n  {left}");
        }
        match &self.receipt {
            Some(receipt) => {
                let _ = write!(out, "\nreceipt {receipt}");
            }
            None => out.push_str("\nnothing was done: --rows --yes deletes the rows, --blank --yes keeps them without the person"),
        }
        out
    }
}
