//! Cubes: sums of a log's rows, kept beside them.
//!
//! Each cube of a log is a table of signed parts of sums, which are read with
//! `sum() GROUP BY`. Whatever brings, changes or takes away rows books them in its
//! own transaction ([`Booking`], the one place through which all of them go), so
//! the sums are exact at every commit, or not used. Moving rows between segments
//! books nothing, and nothing is dropped by its time alone.
//!
//! | table of a tenant's schema | holds |
//! | --- | --- |
//! | `cube_state` | version and zone that a log's cubes are made with; its days, of UTC and by the time of rows, that are not built yet |
//! | `cube~<log>~<cube>` | the parts of a cube: `slot`, keys `k0`…, sums `m0`…, and `commit_number`, the commit that booked them |
//! | `cube~<log>~texts~` | the texts that keys stand for, by id; 0 is null |
//! | `cube~<log>~minutes~`, `…~carries~` | what starts and ends in each minute, and how many channels each day leaves busy, as parts of cubes (`minutes`) |
//! | `cube~<log>~hours~` | the hours in which calls start or end, how far from the times of their rows, and whether the shapes of their minutes are made |
//! | `cube~<log>~shapes~` | by how many channels the count rises at most within a minute, and when: of each series, and of all together (-1) (`shapes`) |
//! | `cube~<log>~stretches~` | what minutes and their shapes come to by quarters and hours, of the hours whose shapes are made (`stretches`) |
//!
//! A log that had rows before it had cubes gets them in the background, a day in a
//! transaction, the newest first (`build`). A command that stores many rows leaves
//! days that it brings the first of to be built when it is done: that takes a third
//! of booking each commit. Until a day is built nothing is booked of it, and
//! questions that touch it are answered from rows. Cubes of another version or zone
//! are dropped and built anew. When rows change while cubes are kept that nobody
//! here can book, the note that they are kept goes in the same transaction.
//!
//! Sums follow from what a commit brings and takes. The shape of a minute does not:
//! so a commit notes in which hours calls now start or end otherwise, and shapes of
//! these hours are made from rows, by whoever needs them, or in a quiet moment for
//! all who come later.
//!
//! Parts of a day are added up from time to time, and texts that no cell has are
//! removed (`compact`). What cannot be read of cubes is thrown away and built
//! anew: rows never suffer from it.

mod book;
mod booking;
mod build;
mod busy;
mod check;
mod compact;
mod damage;
mod entries;
mod minutes;
mod new_rows;
mod pace;
mod query;
mod shapes;
mod snapshot;
mod stretches;
mod sums;
mod tables;
#[cfg(test)]
mod tests;
mod texts;
mod zones;

use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};

use crate::error::is_damage;
use crate::instance::Instance;

pub(crate) use book::Book;
pub(crate) use booking::{Booking, Sign};
pub(crate) use build::waiting;
pub(crate) use busy::busy;
pub(crate) use check::{check, days};
pub(crate) use damage::{or_without, unreadable};
pub(crate) use pace::Pace;
pub(crate) use sums::sums;
pub(crate) use tables::is_of_cubes;
pub(crate) use zones::kept as kept_zones;

/// How much is done for cubes that nobody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// What pays off soon.
    Usual,
    /// All that there is to do.
    Thorough,
}

/// Does the next thing that is worth doing for a log's cubes in the background, in
/// short transactions, and tells whether there may be more: makes those that there
/// are none of, then shapes, then adds up parts.
pub(crate) fn step(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    pace: &Pace,
) -> duckdb::Result<bool> {
    let Some(set) = instance.cubes().of(log) else { return Ok(false) };
    or_anew(instance, id, log, || {
        if build::step(instance, id, log, (Effort::Usual, pace))? == build::Step::Done {
            return Ok(true);
        }
        let Some(tenant) = instance.tenant(id)? else { return Ok(false) };
        let book = instance.read(|connection| tenant.book(connection, log, instance.cubes()))?;
        Ok(shapes::step(instance, id, set, &book, pace)? || compact::step(instance, id, log, Effort::Usual)?)
    })
}

/// Builds days that were left for this, then adds up all parts of a log's cubes that are
/// worth it, the next ones at each call, and tells whether there may be more.
pub(crate) fn tidy(instance: &Instance, id: TenantId, log: &'static Log) -> duckdb::Result<bool> {
    if instance.cubes().of(log).is_none() {
        return Ok(false);
    }
    or_anew(instance, id, log, || {
        let built = build::step(instance, id, log, (Effort::Thorough, &Pace::default()))?;
        Ok(built == build::Step::Done || compact::step(instance, id, log, Effort::Thorough)?)
    })
}

/// Lets cubes that cannot be read be made anew.
fn or_anew(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    work: impl Fn() -> duckdb::Result<bool>,
) -> duckdb::Result<bool> {
    match work() {
        Err(error) if is_damage(&error) => {
            if !damage::are_unreadable(instance, id, log)? {
                return Err(error);
            }
            tracing::warn!(log = log.name, "sums of rows cannot be read; they are made anew");
            damage::throw_away(instance, id)?;
            Ok(true)
        }
        done => done,
    }
}

/// The number of the day of UTC that holds an instant, in ticks.
fn day_of(ticks: i64) -> i64 {
    ticks.div_euclid(Instant::TICKS_PER_DAY)
}

/// When a day starts.
fn start_of(day: i64) -> Instant {
    instant(day.saturating_mul(Instant::TICKS_PER_DAY))
}

/// An instant by its ticks, or the nearest that there is.
fn instant(ticks: i64) -> Instant {
    Instant::ABSENT.saturating_add_ticks(ticks.saturating_sub(Instant::ABSENT.ticks()))
}
