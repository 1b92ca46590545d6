//! `trunklog tenant merge`

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use trunklog_audit::{Detail, Outcome};
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_rights::closed::{self, Closed, Stage};
use trunklog_rights::{add_hold, holds, move_entries, remove_hold};
use trunklog_store::{AppendCounts, Engine, ErrorKind, PageQuery, Selection};

use super::work::{self, OfLog};
use crate::config::Settings;
use crate::{audit, identity, output, signals, store, time};

/// So many rows are copied in one commit.
const ROWS_AT_A_TIME: u32 = 32_768;

/// Merges the logs of a tenant into those of another
///
/// Without --yes it only says what it would do. First the tenant is closed, so that no
/// row comes meanwhile. Then its rows, its holds and its list of erased persons are
/// copied, and when all are there, its own are deleted. Where both have a row of the
/// same time and id, it is one, with the values of the tenant that is merged. If it
/// breaks off, run it again: nothing is lost or doubled.
#[derive(Debug, clap::Args)]
pub(super) struct Merge {
    /// The tenant that ends
    tenant: TenantId,
    /// The tenant that gets its rows
    #[arg(long, value_name = "GUID")]
    into: TenantId,
    /// Do it
    #[arg(long)]
    yes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was merged, or would be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    tenant: String,
    into: String,
    is_done: bool,
    /// The rows that were there.
    logs: Vec<OfLog>,
    /// Rows that the retention of the other tenant deletes.
    past_retention: Vec<PastRetention>,
    /// What became of them.
    copied: Vec<Copied>,
    /// How many rows the other tenant had.
    rows_of_other: u64,
    holds: usize,
    applications: usize,
}

/// Rows of a log that are older than the tenant keeps them that gets them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PastRetention {
    log: &'static str,
    rows: u64,
    days: u32,
}

/// What became of the rows of a log.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Copied {
    log: &'static str,
    rows: u64,
    new: u64,
    updated: u64,
    unchanged: u64,
    /// How many gave way to another source's row of the same call.
    superseded: u64,
    withheld: u64,
}

impl Merge {
    pub(super) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let (from, into) = (self.tenant, self.into);
        if from == into {
            bail!("a tenant cannot be merged into itself: give another one with --into");
        }
        let stop = signals::stop_flag()?;
        let open = store::open_existing(settings, "tenant")?;
        let engine = open.engine();
        if !super::is_known(engine, from)? {
            bail!("there is no tenant {from}: trunklog tenant list shows them");
        }
        if closed::closed(engine, into)?.is_some() {
            bail!("tenant {into} is closed itself: trunklog tenant list says why");
        }
        let known = closed::closed(engine, from)?;
        let other = known.as_ref().filter(|closed| closed.into.as_deref() != Some(into.to_string().as_str()));
        if let Some(closed) = other.filter(|closed| closed.stage != Stage::Done) {
            bail!("tenant {from} is {}: let that end first", super::told(closed));
        }
        let before = work::logs_of(engine, from)?;
        let mut receipt = Receipt {
            tenant: from.to_string(),
            into: into.to_string(),
            is_done: false,
            logs: work::counts(&before),
            past_retention: past_retention(settings, engine, from, into, &before)?,
            copied: Vec::new(),
            rows_of_other: super::rows_of(engine, into)?,
            holds: holds(engine, from)?.len(),
            applications: identity::tenants(settings)?.into_iter().filter(|of| *of == from).count(),
        };
        let mut written = Ok(());
        if self.yes {
            let trail = audit::open(settings)?;
            let told = super::change("merge", from).detail("into", Detail::Id(into.guid()));
            let outcome = carry_out(engine, from, into, known, &mut receipt, &stop);
            let told = told.rows(receipt.copied.iter().map(|of| of.rows).sum());
            if !matches!(outcome, Ok(true)) {
                trail.note(told.outcome(Outcome::Failed));
                return outcome.map(|_| ExitCode::from(signals::INTERRUPTED));
            }
            written = audit::after(&trail, told);
        }
        if self.json {
            output::print_json(&receipt)?;
        } else {
            output::print(&receipt.text())?;
        }
        written.map(|()| ExitCode::SUCCESS)
    }
}

/// Merges, from where it broke off; false where it was stopped.
fn carry_out(
    engine: &dyn Engine,
    from: TenantId,
    into: TenantId,
    known: Option<Closed>,
    receipt: &mut Receipt,
    stop: &AtomicBool,
) -> Result<bool> {
    let started = known.filter(|closed| closed.into.as_deref() == Some(into.to_string().as_str()));
    let closed = match started {
        Some(closed) if closed.stage != Stage::Done => closed,
        _ => {
            let closed = Closed { into: Some(into.to_string()), since: time::now(), stage: Stage::Copying };
            work::note(engine, from, &closed, Stage::Copying)?
        }
    };
    if closed.stage == Stage::Copying {
        // Before the rows: nobody who was erased in either may come back, and nothing
        // that is held is without its hold.
        move_entries(engine, from, into).context("who was erased could not be noted")?;
        for mut hold in holds(engine, from)? {
            if holds(engine, into)?.contains(&hold) {
                continue;
            }
            if holds(engine, into)?.iter().any(|of| of.name == hold.name) {
                hold.name = format!("{}-{}", hold.name, &from.to_string()[..8]);
                hold.check().with_context(|| format!("the hold {} needs another name first", hold.name))?;
                if holds(engine, into)?.iter().any(|of| of.name == hold.name) {
                    continue;
                }
            }
            add_hold(engine, into, &hold)?;
        }
        for (log, rows) in work::logs_of(engine, from)? {
            if is_computed(log) {
                continue;
            }
            let Some(counts) = copy(engine, log, (from, into), stop)? else { return Ok(false) };
            let AppendCounts { new, updated, unchanged, superseded, withheld, ambiguous: _ } = counts;
            let copied = new + updated + unchanged + superseded + withheld;
            if copied < rows {
                bail!("{copied} of {rows} rows of {} were read: run it again", log.name);
            }
            let rows = copied;
            receipt.copied.push(Copied {
                log: log.name,
                rows,
                new,
                updated,
                unchanged,
                superseded,
                withheld,
            });
        }
        work::note(engine, from, &closed, Stage::Removing)?;
    }
    for hold in holds(engine, from)? {
        remove_hold(engine, from, &hold.name)?;
    }
    work::delete_rows(engine, from, |log| !is_computed(log))?;
    // Now a log that is computed shows the rows that were stored of it, and no others.
    for (log, _) in work::logs_of(engine, from)?.into_iter().filter(|(log, _)| is_computed(log)) {
        let counts = copy_part(engine, log, (from, into), TimeRange::ALL)?;
        let AppendCounts { new, updated, unchanged, superseded, withheld, ambiguous: _ } = counts;
        let rows = new + updated + unchanged + superseded + withheld;
        receipt.copied.push(Copied { log: log.name, rows, new, updated, unchanged, superseded, withheld });
    }
    work::delete_rows(engine, from, is_computed)?;
    work::remove_states(engine, from)?;
    engine.tidy()?;
    work::note(engine, from, &closed, Stage::Done)?;
    receipt.is_done = true;
    Ok(true)
}

/// Which rows the other tenant would delete since they are older than it keeps them: who
/// merges has to know before, as nothing brings them back.
fn past_retention(
    settings: &Settings,
    engine: &dyn Engine,
    from: TenantId,
    into: TenantId,
    logs: &[(&'static Log, u64)],
) -> Result<Vec<PastRetention>> {
    let (kept, now) = (settings.serve.deletion.of(into), time::now());
    let mut past = Vec::new();
    for (log, _) in logs {
        let (Some(days), Some(before)) = (kept.days(log), kept.earliest(log, now)) else { continue };
        let rows = engine.tenant(from).forgettable(log, before)?.rows;
        if rows > 0 {
            past.push(PastRetention { log: log.name, rows, days });
        }
    }
    Ok(past)
}

/// Copies a log, and tells what became of its rows; None where it was stopped.
fn copy(
    engine: &dyn Engine,
    log: &'static Log,
    (from, into): (TenantId, TenantId),
    stop: &AtomicBool,
) -> Result<Option<AppendCounts>> {
    let (source, target) = (engine.tenant(from), engine.tenant(into));
    let mut counts = AppendCounts::default();
    let failed = || format!("{} could not be copied", log.name);
    let mut next = Some(PageQuery::of(super::whole(log), ROWS_AT_A_TIME));
    while let Some(query) = next {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let page = source.page(&query).with_context(failed)?;
        counts += target.append(&page.rows).with_context(failed)?;
        next = query.after(&page);
    }
    Ok(Some(counts))
}

/// Copies what is stored of a log that is computed, of a part of time: as many rows as can
/// be read at once, and otherwise of both halves.
fn copy_part(
    engine: &dyn Engine,
    log: &'static Log,
    (from, into): (TenantId, TenantId),
    range: TimeRange,
) -> Result<AppendCounts> {
    let (source, target) = (engine.tenant(from), engine.tenant(into));
    let selection = Selection { range, ..super::whole(log) };
    let mut counts = AppendCounts::default();
    let mut next = Some(PageQuery::of(selection, ROWS_AT_A_TIME));
    while let Some(query) = next {
        let page = match source.page(&query) {
            Ok(page) => page,
            Err(error) if error.kind() == ErrorKind::TooMany => {
                let half =
                    range.from().saturating_add_ticks((range.end().ticks() - range.from().ticks()) / 2);
                if half == range.from() {
                    return Err(error).with_context(|| format!("{} could not be copied", log.name));
                }
                let mut counts = copy_part(engine, log, (from, into), range.until(half))?;
                counts += copy_part(engine, log, (from, into), range.since(half))?;
                return Ok(counts);
            }
            Err(error) => return Err(error).with_context(|| format!("{} could not be copied", log.name)),
        };
        counts += target.append(&page.rows)?;
        next = query.after(&page);
    }
    Ok(counts)
}

fn is_computed(log: &Log) -> bool {
    log.summary().is_some()
}

impl Receipt {
    fn text(&self) -> String {
        let did = if self.is_done { "merged" } else { "would merge" };
        let mut out = format!("{did} tenant {} into {}", self.tenant, self.into);
        if self.rows_of_other == 0 {
            out.push_str(", which had no rows: look whether that is the tenant that you mean");
        }
        for of in &self.logs {
            out.push_str(&format!("\n  {}: {}", of.log, output::counted(of.rows, "row")));
        }
        for of in &self.past_retention {
            out.push_str(&format!(
                "\n  {} of {} are older than the {} that {} keeps them: a server deletes them, or asks first \
                 (trunklog retention)",
                output::counted(of.rows, "row"),
                of.log,
                output::counted(of.days, "day"),
                self.into
            ));
        }
        for of in &self.copied {
            out.push_str(&format!(
                "\n  {} copied: {} new, {} updated, {} unchanged, {} gave way to others, {} of erased persons \
                 left out",
                of.log, of.new, of.updated, of.unchanged, of.superseded, of.withheld
            ));
        }
        if self.holds > 0 {
            out.push_str(&format!("\n  {} go with them", output::counted(self.holds, "hold")));
        }
        if self.applications > 0 {
            let applications = output::counted(self.applications, "application");
            out.push_str(&format!(
                "\n{applications} of the tenant will read an empty log: register them for the other one"
            ));
        }
        if !self.is_done {
            out.push_str("\nnothing was done: --yes does it");
        }
        out
    }
}
