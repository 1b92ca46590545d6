//! Deletes what is past its retention, as long as the clock can be believed.
//!
//! What was deleted is gone, and a clock that is wrong at start would make all
//! rows old. So the store remembers the newest time that it has seen and, for
//! each log of a tenant, until when rows were deleted. From these follows what
//! is usual (`decision`). All else is written down in the store (`notes`),
//! stays, and waits for the operator's word: `trunklog retention` shows it,
//! `trunklog retention approve` deletes what was shown, and nothing more.

mod decision;
mod notes;
#[cfg(test)]
mod tests;

use anyhow::{Result, bail};
use trunklog_errors::with_causes;
use trunklog_odata::Instant;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, Retention, Retentions};
use trunklog_store::{Engine, OldRows, Store};

use decision::{Clock, Decision, Facts, LastPass, STEADY_TICKS, decide, edge};
use notes::Notes;

pub(crate) use decision::Why;
pub(crate) use notes::{Place, Stage, WaitingDeletion};

/// How long a deletion waits as it was written down first. Then it is written
/// down again, so that after the operator's word the log is in steady operation.
const STALE_TICKS: i64 = STEADY_TICKS / 2;

/// How much the clock may have been set back since something was written down
/// without a doubt about it: an hour.
const SET_BACK_TICKS: i64 = Instant::TICKS_PER_HOUR;

/// Rows of a log that are past their retention.
pub(crate) struct DueRows {
    pub(crate) place: Place,
    pub(crate) days: u32,
    /// All rows before it are due.
    pub(crate) before: Instant,
    pub(crate) rows: OldRows,
    pub(crate) outlook: Outlook,
}

/// What happens to rows that are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outlook {
    /// A server deletes them within the hour.
    Deleted,
    /// The same once the clock is where it was before it was set back.
    CatchingUp,
    /// They wait for the operator's word.
    Waits { why: Why, since: Instant },
    /// A server deletes them within the hour, since the operator said so.
    Approved,
}

/// The retention of a log, as days and as the first instant that it keeps.
#[derive(Clone, Copy)]
struct Limit {
    days: u32,
    before: Instant,
}

impl Limit {
    fn of(retention: Retention, log: &Log, now: Instant) -> Option<Limit> {
        Some(Limit { days: retention.days(log)?, before: retention.earliest(log, now)? })
    }

    fn passed(self) -> LastPass {
        LastPass { days: self.days, before: self.before }
    }
}

/// Looks at all logs of all tenants, deletes what is usual or was approved, and
/// gives what waits. What fails for one log does not keep the others' rows.
pub(crate) fn pass(
    engine: &dyn Engine,
    retentions: &Retentions,
    now: Instant,
) -> Result<Vec<(Place, WaitingDeletion)>> {
    let mut notes = Notes::read(engine)?;
    let clock = Clock::of(notes.seen(), now);
    match clock {
        Clock::Believed => notes.see(now)?,
        Clock::CatchingUp => {
            tracing::info!("the clock was set back; no row is deleted until it has caught up");
        }
        Clock::Doubted(_) => {}
    }
    let tenants = engine.tenants()?;
    for log in LOGS {
        for tenant in &tenants {
            let place = Place { tenant: *tenant, log };
            let limit = Limit::of(retentions.of(*tenant), log, now);
            let settled = match limit {
                Some(limit) => settle(engine, &mut notes, place, limit, clock, now),
                None => unset(&mut notes, place),
            };
            if let Err(error) = settled {
                let error = with_causes(error.as_ref());
                tracing::warn!(log = log.name, %error, "old rows are left; this is tried again in an hour");
            }
        }
    }
    for (place, _) in notes.all_waiting() {
        // Whose rows are all gone has none to wait for.
        if !tenants.contains(&place.tenant) {
            notes.set_waiting(place, None)?;
        }
    }
    Ok(notes.all_waiting())
}

/// Forgets what was settled about a log that keeps its rows, so that a
/// retention is new when it is set again.
fn unset(notes: &mut Notes<'_>, place: Place) -> Result<()> {
    notes.set_waiting(place, None)?;
    notes.set_passed(place, None)
}

fn settle(
    engine: &dyn Engine,
    notes: &mut Notes<'_>,
    place: Place,
    limit: Limit,
    clock: Clock,
    now: Instant,
) -> Result<()> {
    let waiting = notes.waiting(place);
    // The command that was to do it did not come to its end.
    if let Some(approved) = &waiting
        && approved.stage == Stage::Approved
        && approved.days == limit.days
        && is_past(place, approved, now)
        && let Some(rows) = carry_out(engine, notes, place, approved)?
    {
        log_deleted(place, rows, approved.before);
        return Ok(());
    }
    let store = engine.tenant(place.tenant);
    let store = store.as_ref();
    let (due, decision) = assess(store, notes.passed(place), place, limit, clock)?;
    match decision {
        Decision::Later => {}
        Decision::Nothing => {
            notes.set_waiting(place, None)?;
            if clock == Clock::Believed && !is_recent(notes.passed(place), limit) {
                notes.set_passed(place, Some(limit.passed()))?;
            }
        }
        Decision::Delete => {
            let rows = store.forget(place.log, limit.before)?;
            log_deleted(place, rows, limit.before);
            notes.set_waiting(place, None)?;
            notes.set_passed(place, Some(limit.passed()))?;
        }
        Decision::Wait(why) => {
            let fresh = written_down(limit, due, why, now);
            let waiting = renewed(store, place, notes.waiting(place), fresh)?;
            notes.set_waiting(place, Some(&waiting))?;
        }
    }
    Ok(())
}

/// Whether what was written down is past its retention by the clock of now. It
/// may have been worked out by one that was wrong.
fn is_past(place: Place, waiting: &WaitingDeletion, now: Instant) -> bool {
    let retention = Retention::default().with(place.log, Some(waiting.days));
    retention
        .earliest(place.log, now)
        .is_some_and(|earliest| waiting.before <= earliest.saturating_add_ticks(SET_BACK_TICKS))
}

/// Whether what was settled needs no change: states that say little new are not
/// written every hour.
fn is_recent(passed: Option<LastPass>, limit: Limit) -> bool {
    passed.is_some_and(|passed| {
        let ago = limit.before.ticks() - passed.before.ticks();
        passed.days == limit.days && (0..=STALE_TICKS).contains(&ago)
    })
}

fn log_deleted(place: Place, rows: u64, before: Instant) {
    tracing::info!(log = place.log.name, rows, %before, "rows past their retention were deleted");
}

/// What is due of a log, and what is to be done about it.
fn assess(
    store: &dyn Store,
    passed: Option<LastPass>,
    place: Place,
    limit: Limit,
    clock: Clock,
) -> Result<(OldRows, Decision)> {
    let due = store.forgettable(place.log, limit.before)?;
    let edge = edge(passed, limit.before);
    let sudden = if due.rows == 0 || edge == limit.before {
        due.rows
    } else {
        store.forgettable(place.log, edge)?.rows
    };
    Ok((due, decide(&Facts { clock, days: limit.days, passed, due, sudden })))
}

fn written_down(limit: Limit, due: OldRows, why: Why, now: Instant) -> WaitingDeletion {
    let OldRows { rows, of, oldest } = due;
    let Limit { days, before } = limit;
    WaitingDeletion { before, days, rows, of, oldest, why, since: now, noted: now, stage: Stage::Noted }
}

/// What was written down before as long as it holds, else what is `fresh`.
fn renewed(
    store: &dyn Store,
    place: Place,
    before: Option<WaitingDeletion>,
    fresh: WaitingDeletion,
) -> Result<WaitingDeletion> {
    let Some(before) = before.filter(|before| before.days == fresh.days) else { return Ok(fresh) };
    let age = fresh.noted.ticks() - before.noted.ticks();
    let holds = before.stage != Stage::Approved
        && before.why == fresh.why
        && (0..=STALE_TICKS).contains(&age)
        && store.forgettable(place.log, before.before)?.rows <= before.rows;
    Ok(if holds { before } else { WaitingDeletion { since: before.since, ..fresh } })
}

/// What is due of all logs of all tenants. What waits is written down as it is
/// shown, so that the operator's word can be about just that.
///
/// A server may have other settings than the command that asks. What it wrote
/// down under another retention is shown as it is. Where nothing waits any more,
/// what was shown before is withdrawn, so that no word can be about it.
pub(crate) fn list(engine: &dyn Engine, retentions: &Retentions, now: Instant) -> Result<Vec<DueRows>> {
    let mut notes = Notes::read(engine)?;
    let clock = Clock::of(notes.seen(), now);
    let mut listed = Vec::new();
    for tenant in engine.tenants()? {
        let store = engine.tenant(tenant);
        for log in LOGS {
            let place = Place { tenant, log };
            let noted = notes.waiting(place);
            let is_another = |limit: &Limit| {
                noted.as_ref().is_some_and(|noted| {
                    let is_approved = noted.stage == Stage::Approved && is_past(place, noted, now);
                    noted.days != limit.days || is_approved
                })
            };
            let limit = Limit::of(retentions.of(tenant), log, now).filter(|limit| !is_another(limit));
            let Some(limit) = limit else {
                if let Some(noted) = noted {
                    listed.push(shown(&mut notes, place, noted)?);
                }
                continue;
            };
            let (rows, decision) = assess(store.as_ref(), notes.passed(place), place, limit, clock)?;
            let outlook = match decision {
                Decision::Nothing => {
                    notes.set_waiting(place, None)?;
                    continue;
                }
                Decision::Later => {
                    let withdrawn = noted.map(|noted| WaitingDeletion { stage: Stage::Noted, ..noted });
                    notes.set_waiting(place, withdrawn.as_ref())?;
                    Outlook::CatchingUp
                }
                Decision::Delete => {
                    notes.set_waiting(place, None)?;
                    Outlook::Deleted
                }
                Decision::Wait(why) => {
                    let fresh = written_down(limit, rows, why, now);
                    let waiting = renewed(store.as_ref(), place, noted, fresh)?;
                    listed.push(shown(&mut notes, place, waiting)?);
                    continue;
                }
            };
            let Limit { days, before } = limit;
            listed.push(DueRows { place, days, before, rows, outlook });
        }
    }
    Ok(listed)
}

fn shown(notes: &mut Notes<'_>, place: Place, mut waiting: WaitingDeletion) -> Result<DueRows> {
    let outlook = if waiting.stage == Stage::Approved {
        Outlook::Approved
    } else {
        waiting.stage = Stage::Shown;
        notes.set_waiting(place, Some(&waiting))?;
        Outlook::Waits { why: waiting.why, since: waiting.since }
    };
    let WaitingDeletion { before, days, rows, of, oldest, .. } = waiting;
    Ok(DueRows { place, days, before, rows: OldRows { rows, of, oldest }, outlook })
}

/// All deletions that wait.
pub(crate) fn waiting(engine: &dyn Engine) -> Result<Vec<(Place, WaitingDeletion)>> {
    Ok(Notes::read(engine)?.all_waiting())
}

/// Deletes the rows that waited, on the operator's word, and tells how many
/// they were. Whatever breaks off between, the next pass goes on with it.
///
/// # Errors
/// When it is not what the operator saw last, the clock says something else by
/// now, or the store fails.
pub(crate) fn approve(
    engine: &dyn Engine,
    place: Place,
    waiting: &WaitingDeletion,
    now: Instant,
) -> Result<u64> {
    let mut notes = Notes::read(engine)?;
    if Clock::of(notes.seen(), now) == Clock::CatchingUp {
        bail!("the clock was set back: no row is deleted until it has caught up");
    }
    if !is_past(place, waiting, now) {
        bail!("by the clock as it is now it is not past its retention: look again with trunklog retention");
    }
    if notes.waiting(place).as_ref() != Some(waiting) || waiting.stage == Stage::Noted {
        bail!("it is not what was shown last: look again with trunklog retention");
    }
    let approved = WaitingDeletion { stage: Stage::Approved, ..waiting.clone() };
    notes.set_waiting(place, Some(&approved))?;
    match carry_out(engine, &mut notes, place, &approved)? {
        Some(rows) => Ok(rows),
        None => bail!("more rows are due than were shown: look again with trunklog retention"),
    }
}

/// Deletes what was approved; None when more rows are due by now than were
/// shown, and nothing was deleted.
fn carry_out(
    engine: &dyn Engine,
    notes: &mut Notes<'_>,
    place: Place,
    approved: &WaitingDeletion,
) -> Result<Option<u64>> {
    let store = engine.tenant(place.tenant);
    if store.forgettable(place.log, approved.before)?.rows > approved.rows {
        notes.set_waiting(place, Some(&WaitingDeletion { stage: Stage::Noted, ..approved.clone() }))?;
        return Ok(None);
    }
    let rows = store.forget(place.log, approved.before)?;
    if approved.why.is_about_the_clock() {
        notes.see(approved.noted)?;
    }
    notes.set_passed(place, Some(LastPass { days: approved.days, before: approved.before }))?;
    notes.set_waiting(place, None)?;
    Ok(Some(rows))
}
