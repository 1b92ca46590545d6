//! `trunklog rejects`

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;
use trunklog_audit::{Action as Done, Detail, Trail};
use trunklog_errors::shown;
use trunklog_records::TenantId;
use trunklog_sources::rejected::{RejectFolder, RejectedFile, Replayed, replay};
use trunklog_store::{AppendCounts, Store};

use crate::config::Settings;
use crate::{audit, output, signals, store};

/// The exit code when records were rejected once more.
const INCOMPLETE: u8 = 3;

/// What the audit trail calls them.
const REJECTED: &str = "rejected records";

/// The most reasons that are listed of a file.
const MOST_REASONS: usize = 5;

/// Shows rejected records, and replays them
///
/// A record is rejected when it is no row: it is broken, of another kind, or of a form
/// that this version does not know. It is kept in a file of its import, in the data
/// folder, for its owner alone. When a new version or another setting may make a row
/// of it, replay reads it once more.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog rejects list
  trunklog rejects show rejected-20261124-081500.ndjson
  trunklog rejects replay --all
  trunklog rejects drop rejected-20261124-081500.ndjson

show prints records as they came, with numbers and names. replay ends with 3 when
records were rejected once more; they stay, with the reason that there is now.")]
pub(crate) struct Rejects {
    #[command(subcommand)]
    action: Action,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Which files there are, and what they hold
    List,
    /// Records as they came, with numbers and names
    Show {
        /// The file, by its name in the list
        file: String,
        /// How many records are shown
        #[arg(long, value_name = "RECORDS", default_value_t = 20)]
        limit: usize,
    },
    /// Read records once more; those that are rows now are stored and leave their file
    Replay(Files),
    /// Delete files for good
    Drop(Files),
}

// Which files are meant. No doc comment: clap would take it for the help of the
// command.
#[derive(Debug, clap::Args)]
struct Files {
    /// Files, by their names in the list
    #[arg(value_name = "FILE", required_unless_present = "all", conflicts_with = "all")]
    files: Vec<String>,
    /// All of them
    #[arg(long)]
    all: bool,
}

/// A file, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FileView {
    file: String,
    since: Option<String>,
    bytes: u64,
    records: u64,
    replayable: u64,
    left_out: u64,
    sources: Vec<String>,
    reasons: Vec<(String, u64)>,
}

/// A record, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordView {
    input: String,
    line: u64,
    reason: String,
    is_whole: bool,
    record: String,
}

/// What became of a file's records, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplayView {
    file: String,
    rows: u64,
    new: u64,
    updated: u64,
    unchanged: u64,
    withheld: u64,
    rejected: u64,
    rejected_by_reason: Vec<(String, u64)>,
    kept: u64,
    interrupted: bool,
}

impl Rejects {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let folder = RejectFolder::new(settings.rejects_folder());
        match &self.action {
            Action::List => self.list(&folder),
            Action::Show { file, limit } => self.show(settings, &folder, file, *limit),
            Action::Replay(files) => self.replay(settings, &files.of(&folder)?),
            Action::Drop(files) => self.delete(&files.of(&folder)?),
        }
    }

    fn list(&self, folder: &RejectFolder) -> Result<ExitCode> {
        let files =
            folder.files().with_context(|| format!("cannot look into {}", folder.path().display()))?;
        let views = files.iter().map(FileView::of).collect::<Result<Vec<_>>>()?;
        if self.json {
            output::print_json(&views)?;
        } else if views.is_empty() {
            output::print("no record is kept that was rejected")?;
        } else {
            output::print(&table(&views))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn show(&self, settings: &Settings, folder: &RejectFolder, file: &str, limit: usize) -> Result<ExitCode> {
        let records = folder.find(file)?.first(limit)?;
        let rows = u64::try_from(records.len()).unwrap_or(u64::MAX);
        audit::open(settings)?.note(audit::act(Done::CallsRead).of(REJECTED).rows(rows));
        for record in records {
            let view = RecordView {
                input: record.input,
                line: record.line,
                reason: record.reason,
                is_whole: record.is_whole,
                record: record.record,
            };
            if self.json {
                output::print_json(&view)?;
            } else {
                let cut = if view.is_whole { "" } else { " (not whole)" };
                let (input, reason) = (shown(&view.input), shown(&view.reason));
                output::print(&format!("{input}:{}: {reason}{cut}", view.line))?;
                output::print(view.record.trim_end())?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn replay(&self, settings: &Settings, files: &[RejectedFile]) -> Result<ExitCode> {
        let stop = signals::stop_flag()?;
        let store = store::open_existing(settings, "rejects")?;
        let engine = store.shared_engine();
        let store_of = |tenant: TenantId| -> Arc<dyn Store> { engine.tenant(tenant) };
        let trail = audit::open(settings)?;
        let (mut views, mut is_stopped) = (Vec::new(), false);
        for file in files {
            let replayed = replay(file, &store_of, &stop)
                .with_context(|| format!("the records of {} are not replayed", file.name))?;
            note(&trail, &replayed);
            let view = ReplayView::of(file, replayed);
            if !self.json {
                output::print(&view.text())?;
            }
            is_stopped |= view.interrupted;
            views.push(view);
            if is_stopped {
                break;
            }
        }
        if self.json {
            output::print_json(&views)?;
        }
        Ok(if is_stopped {
            ExitCode::from(signals::INTERRUPTED)
        } else if views.iter().any(|view| view.rejected > 0) {
            ExitCode::from(INCOMPLETE)
        } else {
            ExitCode::SUCCESS
        })
    }

    fn delete(&self, files: &[RejectedFile]) -> Result<ExitCode> {
        let mut dropped = Vec::new();
        for file in files {
            file.remove()?;
            if !self.json {
                output::print(&format!("deleted {}", file.name))?;
            }
            dropped.push(&file.name);
        }
        if self.json {
            output::print_json(&dropped)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Tells the audit trail what was taken in, tenant by tenant.
fn note(trail: &Trail, replayed: &Replayed) {
    let mut of_tenants: BTreeMap<TenantId, AppendCounts> = BTreeMap::new();
    for ((tenant, _), counts) in &replayed.stored {
        *of_tenants.entry(*tenant).or_default() += *counts;
    }
    for (tenant, counts) in of_tenants {
        let told = audit::act_on(Done::CallsImport, tenant).of(REJECTED);
        let told = told.detail("new", Detail::Count(counts.new));
        trail.note(told.detail("updated", Detail::Count(counts.updated)));
    }
}

impl Files {
    /// The files that are meant, all of which are there.
    fn of(&self, folder: &RejectFolder) -> Result<Vec<RejectedFile>> {
        if self.all {
            let files = folder.files();
            return files.with_context(|| format!("cannot look into {}", folder.path().display()));
        }
        let mut files = Vec::new();
        for name in &self.files {
            if files.iter().any(|file: &RejectedFile| file.name == *name) {
                bail!("'{name}' is named twice");
            }
            files.push(folder.find(name)?);
        }
        Ok(files)
    }
}

impl FileView {
    fn of(file: &RejectedFile) -> Result<FileView> {
        let contents = file.contents()?;
        let mut reasons: Vec<(String, u64)> = contents.reasons.into_iter().collect();
        reasons.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
        Ok(FileView {
            file: file.name.clone(),
            since: file.since.map(|since| since.to_string()),
            bytes: file.bytes,
            records: contents.records,
            replayable: contents.replayable,
            left_out: contents.left_out,
            sources: contents.sources.into_keys().collect(),
            reasons,
        })
    }
}

impl ReplayView {
    fn of(file: &RejectedFile, replayed: Replayed) -> ReplayView {
        let sum = |of: fn(&AppendCounts) -> u64| -> u64 { replayed.stored.values().map(of).sum() };
        ReplayView {
            file: file.name.clone(),
            rows: replayed.rows,
            new: sum(|counts| counts.new),
            updated: sum(|counts| counts.updated),
            unchanged: sum(|counts| counts.unchanged),
            withheld: sum(|counts| counts.withheld),
            rejected: replayed.rejected.values().sum(),
            rejected_by_reason: replayed.rejected.into_iter().collect(),
            kept: replayed.kept,
            interrupted: replayed.interrupted,
        }
    }

    /// For people; without a line end.
    fn text(&self) -> String {
        let mut lines = vec![format!(
            "{}: {} stored ({} new), {} rejected once more",
            self.file,
            output::counted(self.rows - self.withheld.min(self.rows), "row"),
            HumanCount(self.new),
            HumanCount(self.rejected)
        )];
        for (reason, count) in &self.rejected_by_reason {
            lines.push(format!("  {:>12}  {}", HumanCount(*count).to_string(), shown(reason)));
        }
        if self.withheld > 0 {
            lines.push(format!(
                "  {} not stored, because a person in them was erased",
                output::counted_were(self.withheld, "row")
            ));
        }
        if self.kept > 0 {
            lines.push(format!(
                "  {} cannot be replayed: not whole, or of an older version that did not note whose it is; import \
                 {} from where they came",
                output::counted(self.kept, "record"),
                if self.kept == 1 { "it" } else { "them" }
            ));
        }
        if self.interrupted {
            lines.push("stopped before the end: run it again for the rest".to_owned());
        }
        lines.join("\n")
    }
}

/// For people; without a line end.
fn table(views: &[FileView]) -> String {
    let mut table = output::table(["file", "size", "records", "replayable", "from"]);
    for view in views {
        table.add_row(vec![
            view.file.clone(),
            HumanBytes(view.bytes).to_string(),
            HumanCount(view.records + view.left_out).to_string(),
            HumanCount(view.replayable).to_string(),
            view.sources.join(", "),
        ]);
    }
    let mut out = table.to_string();
    for view in views {
        for (reason, count) in view.reasons.iter().take(MOST_REASONS) {
            let records = output::counted(*count, "record");
            out.push_str(&format!("\n{}: {records} with: {}", view.file, shown(reason)));
        }
        let others = view.reasons.len().saturating_sub(MOST_REASONS);
        if others > 0 {
            out.push_str(&format!("\n{}: and {}", view.file, output::counted(others, "other reason")));
        }
        if view.left_out > 0 {
            let records = output::counted(view.left_out, "record");
            out.push_str(&format!("\n{}: {records} were not kept, for the sake of its limit", view.file));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_replayed_is_told() {
        let view = ReplayView {
            file: "rejected-1.ndjson".to_owned(),
            rows: 1_234,
            new: 1_200,
            updated: 0,
            unchanged: 30,
            withheld: 4,
            rejected: 2,
            rejected_by_reason: vec![("not valid JSON".to_owned(), 2)],
            kept: 1,
            interrupted: false,
        };
        let text = view.text();
        for part in [
            "1,230 rows stored (1,200 new), 2 rejected once more",
            "4 rows were not stored",
            "2  not valid JSON",
            "1 record cannot be",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
