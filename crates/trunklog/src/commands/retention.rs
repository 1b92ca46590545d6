//! `trunklog retention`

use std::process::ExitCode;
use std::sync::atomic::Ordering;

use anyhow::{Result, bail};
use clap::Subcommand;
use indicatif::HumanCount;
use serde::Serialize;
use trunklog_audit::{Action as Done, Outcome as Ended};
use trunklog_odata::Instant;
use trunklog_records::TenantId;

use crate::config::Settings;
use crate::deletion::{self, DueRows, Outlook, Place, WaitingDeletion};
use crate::flags::{LogName, log_name};
use crate::{audit, output, signals, store, time};

/// Shows which rows are past their retention, and what waits for your word
///
/// A server deletes old rows by itself while this is usual: what has aged since it
/// last did. Otherwise it waits: the first time after a retention was set or
/// shortened, when it is more than a tenth of a log and more than 1,000 rows in one
/// deletion, and when the clock is not where the store last saw it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog retention
  trunklog retention approve
  trunklog retention approve --log sms --tenant 11111111-2222-3333-4444-555555555555

approve deletes what was shown last, at once and for good, and refuses if more is
due by now. The retention shown is that of this command's settings, and of what a
server wrote down.")]
pub(crate) struct Retention {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    Approve(Approve),
}

/// Deletes what was shown to wait, for good
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Ends with 1 when something was not deleted because it is not what was shown last,
130 when it was stopped by Ctrl-C.")]
struct Approve {
    /// Of this tenant only [default: of all]
    #[arg(long, value_name = "GUID")]
    tenant: Option<TenantId>,
    /// Of this log only; may be given several times [default: of all]
    #[arg(long = "log", value_name = "NAME", value_parser = log_name)]
    logs: Vec<LogName>,
}

/// How it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
}

/// What is due of a log, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DueView {
    tenant: String,
    log: &'static str,
    days: u32,
    rows: u64,
    of: u64,
    oldest: Option<String>,
    before: String,
    /// Whether it waits for the operator's word.
    waits: bool,
    since: Option<String>,
    why: &'static str,
}

/// What was deleted of a log, or why nothing was, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    tenant: String,
    log: &'static str,
    before: String,
    deleted: Option<u64>,
    error: Option<String>,
}

impl Retention {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        match &self.action {
            Some(Action::Approve(approve)) => approve.run(settings, self.form()),
            None => self.show(settings),
        }
    }

    fn form(&self) -> Form {
        if self.json { Form::Json } else { Form::Text }
    }

    fn show(&self, settings: &Settings) -> Result<ExitCode> {
        let store = store::open_existing(settings, "retention")?;
        let due = deletion::list(store.engine(), &settings.serve.deletion, time::now())?;
        let shown: Vec<DueView> = due.iter().map(DueView::of).collect();
        if self.form() == Form::Json {
            output::print_json(&shown)?;
        } else if shown.is_empty() {
            let nothing = if settings.serve.deletion.is_limited() {
                "no row is past its retention"
            } else {
                "no retention is set, so nothing is ever deleted: see [retention] in trunklog.example.toml"
            };
            output::print(nothing)?;
        } else {
            output::print(&text(&shown))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Approve {
    fn run(&self, settings: &Settings, form: Form) -> Result<ExitCode> {
        let stop = signals::stop_flag()?;
        let store = store::open_existing(settings, "retention")?;
        let mut waiting = deletion::waiting(store.engine())?;
        waiting.retain(|(place, _)| self.means(*place));
        if waiting.is_empty() && form == Form::Text {
            bail!("nothing waits for your word: trunklog retention shows what is due");
        }
        let trail = audit::open(settings)?;
        let mut outcomes = Vec::new();
        for (place, waiting) in waiting {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let deleted = deletion::approve(store.engine(), place, &waiting, time::now());
            let told = audit::act_on(Done::CallsDelete, place.tenant).of(place.log.name);
            let told = told.range(Instant::ABSENT, waiting.before);
            trail.note(match &deleted {
                Ok(rows) => told.rows(*rows),
                Err(_) => told.outcome(Ended::Failed),
            });
            let outcome = Outcome::of(place, &waiting, deleted);
            if form == Form::Text {
                output::print(&outcome.text())?;
            }
            outcomes.push(outcome);
        }
        if form == Form::Json {
            output::print_json(&outcomes)?;
        }
        Ok(if stop.load(Ordering::Relaxed) {
            ExitCode::from(signals::INTERRUPTED)
        } else if outcomes.iter().any(|outcome| outcome.error.is_some()) {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }

    fn means(&self, place: Place) -> bool {
        self.tenant.is_none_or(|tenant| tenant == place.tenant)
            && (self.logs.is_empty() || self.logs.iter().any(|LogName(log)| *log == place.log))
    }
}

impl DueView {
    fn of(due: &DueRows) -> DueView {
        let DueRows { place, days, before, rows, outlook } = due;
        let (waits, since, why) = match *outlook {
            Outlook::Deleted => (false, None, "deleted by the server within the hour"),
            Outlook::Approved => (false, None, "approved: deleted by the server within the hour"),
            Outlook::CatchingUp => (false, None, "the clock was set back: deleted once it has caught up"),
            Outlook::Waits { why, since } => (true, Some(since.to_string()), why.text()),
        };
        DueView {
            tenant: place.tenant.to_string(),
            log: place.log.name,
            days: *days,
            rows: rows.rows,
            of: rows.of,
            oldest: rows.oldest.map(|oldest| oldest.to_string()),
            before: before.to_string(),
            waits,
            since,
            why,
        }
    }
}

impl Outcome {
    fn of(place: Place, waiting: &WaitingDeletion, deleted: Result<u64>) -> Outcome {
        let (deleted, error) = match deleted {
            Ok(rows) => (Some(rows), None),
            Err(error) => (None, Some(format!("{error:#}"))),
        };
        let (tenant, log) = (place.tenant.to_string(), place.log.name);
        Outcome { tenant, log, before: waiting.before.to_string(), deleted, error }
    }

    fn text(&self) -> String {
        let Outcome { tenant, log, before, .. } = self;
        match (self.deleted, &self.error) {
            (Some(rows), _) => {
                let rows = output::counted(rows, "row");
                format!("deleted {rows} of {log} before {before}, tenant {tenant}")
            }
            (None, error) => {
                let error = error.as_deref().unwrap_or("it failed");
                format!("not deleted: {log} before {before}, tenant {tenant}: {error}")
            }
        }
    }
}

/// For people; without a line end.
fn text(shown: &[DueView]) -> String {
    let mut table =
        output::table(["tenant", "log", "keeps", "due", "of", "oldest", "before", "since", "why"]);
    for row in shown {
        table.add_row(vec![
            row.tenant.clone(),
            row.log.to_owned(),
            output::counted(row.days, "day"),
            HumanCount(row.rows).to_string(),
            HumanCount(row.of).to_string(),
            row.oldest.clone().unwrap_or_default(),
            row.before.clone(),
            row.since.clone().unwrap_or_default(),
            row.why.to_owned(),
        ]);
    }
    let mut out = table.to_string();
    let waiting: u64 = shown.iter().filter(|row| row.waits).map(|row| row.rows).sum();
    if waiting > 0 {
        let rows = output::counted(waiting, "row");
        let (wait, them) = if waiting == 1 { ("waits", "it") } else { ("wait", "them") };
        out.push_str(&format!(
            "\n{rows} {wait} for your word: trunklog retention approve deletes {them} for good"
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::SMS;
    use trunklog_store::OldRows;

    use super::*;
    use crate::deletion::Why;

    fn due(outlook: Outlook) -> DueRows {
        let before = Instant::parse("2024-11-24T08:15:00Z").unwrap();
        let place = Place { tenant: "7e570000-0000-4000-8000-000000000001".parse().unwrap(), log: &SMS };
        let rows = OldRows { rows: 1_234, of: 5_678, oldest: Some(Instant::ABSENT) };
        DueRows { place, days: 730, before, rows, outlook }
    }

    #[test]
    fn only_what_waits_asks_for_a_word() {
        let since = Instant::parse("2026-11-24T08:15:00Z").unwrap();
        let waits = DueView::of(&due(Outlook::Waits { why: Why::ClockAhead, since }));
        let out = text(&[waits, DueView::of(&due(Outlook::Deleted))]);
        for part in ["sms", "730 days", "1,234", "5,678", "2024-11-24T08:15:00Z", "ahead", "within the hour"]
        {
            assert!(out.contains(part), "{part} in {out}");
        }
        assert!(
            out.ends_with("1,234 rows wait for your word: trunklog retention approve deletes them for good")
        );
        for outlook in [Outlook::Deleted, Outlook::Approved, Outlook::CatchingUp] {
            let out = text(&[DueView::of(&due(outlook))]);
            assert!(!out.contains("your word"), "{out}");
        }
    }

    #[test]
    fn what_was_not_deleted_says_why() {
        let place = due(Outlook::Deleted).place;
        let before = Instant::ABSENT;
        let waiting = WaitingDeletion {
            before,
            days: 1,
            rows: 1,
            of: 1,
            oldest: None,
            why: Why::First,
            since: before,
            noted: before,
            stage: deletion::Stage::Shown,
        };
        let failed = Outcome::of(place, &waiting, Err(anyhow::anyhow!("look again")));
        assert!(failed.text().starts_with("not deleted: sms before 0001-01-01"), "{}", failed.text());
        assert!(failed.text().ends_with("look again"), "{}", failed.text());
        let done = Outcome::of(place, &waiting, Ok(2));
        assert!(done.text().starts_with("deleted 2 rows of sms before"), "{}", done.text());
    }
}
