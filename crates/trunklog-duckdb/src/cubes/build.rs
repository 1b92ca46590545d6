//! Cubes of rows that were stored before there were any.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant as Moment;

use duckdb::{Connection, params};
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};
use trunklog_store::cube::{CubeSet, zone_name};

use super::book::{Book, Kept};
use super::entries::{Entries, MOST_HELD, read_rows};
use super::pace::Pace;
use super::snapshot::Limit;
use super::{Effort, Sign, damage, snapshot, start_of, tables};
use crate::catalog::{CHANGES, Tenant};
use crate::error::is_damage;
use crate::hours::hour_of;
use crate::instance::Instance;
use crate::log_table::LogTable;
use crate::sql::{self, quoted};
use crate::tables::stored_logs;
use crate::transaction::Outcome;
use crate::view::View;

/// What building did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Something. There may be more.
    Done,
    /// There is nothing to do, or nothing that can be done.
    Nothing,
}

/// The logs for whose cubes there may be something to do: those that have rows.
pub(crate) fn waiting(instance: &Instance) -> duckdb::Result<Vec<(TenantId, &'static Log)>> {
    let mut logs = instance.read(stored_logs)?;
    logs.retain(|(_, log)| instance.cubes().of(log).is_some());
    Ok(logs)
}

/// Does the next thing: makes the tables, or builds the newest day that is not
/// built.
pub(super) fn step(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    (effort, pace): (Effort, &Pace),
) -> duckdb::Result<Step> {
    let Some((tenant, table)) = instance.log(id, log)? else { return Ok(Step::Nothing) };
    let Some(set) = instance.cubes().of(log) else { return Ok(Step::Nothing) };
    let book = instance.read(|connection| tenant.book(connection, log, instance.cubes()))?;
    if book.is_damaged() {
        damage::throw_away(instance, id)?;
        return Ok(Step::Done);
    }
    let unbuilt = book.state().unbuilt().cloned();
    let Some(unbuilt) = unbuilt else {
        if book.notes().is_given_up {
            return Ok(Step::Nothing);
        }
        return match start(instance, &tenant, &table, &book, set) {
            Err(error) if is_damage(&error) => {
                tracing::warn!(log = log.name, %error, "times of rows cannot be read, so no sums of them are kept");
                book.notes().is_given_up = true;
                Ok(Step::Nothing)
            }
            started => started.map(|()| Step::Done),
        };
    };
    let day = {
        let notes = book.notes();
        // Those that were left are for who tidies, and no others.
        let is_meant = |day: &&i64| notes.left.contains(day) == (effort == Effort::Thorough);
        unbuilt.iter().rev().filter(is_meant).find(|day| !notes.unreadable.contains(day)).copied()
    };
    let Some(day) = day else { return Ok(Step::Nothing) };
    match build(instance, (&tenant, &table, &book), set, (day, pace)) {
        Err(error) if is_damage(&error) && !book.is_damaged() => {
            tracing::warn!(log = log.name, %error, "rows of a day cannot be read, so no sums of them are kept");
            book.notes().unreadable.insert(day);
            Ok(Step::Done)
        }
        built => built.map(|()| Step::Done),
    }
}

/// Makes the tables. From then on rows of new days are booked, and days that have
/// rows are still to be built.
fn start(
    instance: &Instance,
    tenant: &Tenant,
    table: &LogTable,
    book: &Book,
    set: &'static CubeSet,
) -> duckdb::Result<()> {
    let writer = instance.writer();
    if book.state().unbuilt().is_some() {
        return Ok(());
    }
    instance.begin_writing_on(&writer)?;
    let (id, log) = (tenant.id, table.log);
    let zone = zone_name(instance.cubes().zone_of(id));
    let parts: Vec<_> = {
        let day = day_in_sql(&quoted(log.time));
        let state = table.state();
        let part = |name: &str| format!("SELECT DISTINCT {day} AS day FROM {name}");
        state.layout.places.iter().map(|place| part(&place.segment.table)).collect()
    };
    let state = sql::table(id, tables::STATE);
    let (unbuilt, guard) = instance.move_rows(
        &writer,
        || book.change(),
        |writer| {
            tables::drop_all(writer, id, &tables::names(writer, id, log)?)?;
            tables::forget_note(writer, id, log)?;
            tables::create(writer, id, set, &zone)?;
            let sql = format!(
                "INSERT INTO {state} SELECT DISTINCT CAST(? AS VARCHAR), CAST(? AS VARCHAR), CAST(? AS VARCHAR), day FROM ({}) AS days",
                parts.join(" UNION ALL ")
            );
            writer.execute(&sql, params![log.name, set.version, zone])?;
            let sql = format!("SELECT unbuilt FROM {state} WHERE log = ? AND unbuilt IS NOT NULL");
            let mut statement = writer.prepare(&sql)?;
            let days = statement.query_map([log.name], |row| row.get::<_, i64>(0))?;
            Ok(Outcome::Keep(days.collect::<duckdb::Result<BTreeSet<_>>>()?))
        },
    )?;
    tracing::info!(log = log.name, days = unbuilt.len(), "sums of a log's rows are made in the background");
    book.start_anew();
    if let Some(mut guard) = guard {
        guard.set(Kept::Ours { unbuilt: Arc::new(unbuilt) });
    }
    Ok(())
}

/// The number of a day as SQL, where division rounds toward zero.
pub(super) fn day_in_sql(ticks: &str) -> String {
    let day = Instant::TICKS_PER_DAY;
    format!("(({ticks} - (({ticks} % {day}) + {day}) % {day}) // {day})")
}

/// Builds a day. Its rows are read without holding up those who write; when some of
/// them changed meanwhile, or add up to more than memory should hold, they are read
/// again, by the hour.
fn build(
    instance: &Instance,
    (tenant, table, book): (&Tenant, &LogTable, &Book),
    set: &'static CubeSet,
    (day, pace): (i64, &Pace),
) -> duckdb::Result<()> {
    let (id, log) = (tenant.id, table.log);
    let zone = instance.cubes().zone_of(id);
    let read = snapshot::read(instance, id, &[log], Limit::Leisure, |snapshot| {
        let mut entries = Entries::new(set, zone);
        let mut is_whole = true;
        if let Some(seen) = snapshot.of(log) {
            let view = snapshot.view(seen);
            let select = view.select(start_of(day), start_of(day + 1), None);
            read_rows(view.connection, &select, set, |rows| {
                is_whole &= entries.len() <= MOST_BUILT;
                if is_whole {
                    entries.add(Sign::Plus, rows);
                }
                pace.step_aside()
            })?;
        }
        Ok((snapshot.head, entries, is_whole))
    })?;
    let Some((head, mut entries, is_whole)) = read else { return Ok(()) };
    let writer = instance.writer();
    let Some(unbuilt) = book.state().unbuilt().cloned().filter(|unbuilt| unbuilt.contains(&day)) else {
        // Others were faster.
        return Ok(());
    };
    instance.begin_writing_on(&writer)?;
    let is_right = is_whole && !has_changed(&writer, table, day, head)?;
    if !is_right {
        entries = Entries::new(set, zone);
    }
    let commit = i64::try_from(tenant.head()).unwrap_or(i64::MAX);
    let stored = instance.move_rows(
        &writer,
        || book.change(),
        |writer| {
            if !is_right {
                let state = table.state().clone();
                let view = View { connection: writer, table, state: &state, head: tenant.head() };
                fold_day(&view, &mut entries, day, |entries| {
                    if entries.len() > MOST_HELD { entries.write(writer, id, book, commit) } else { Ok(()) }
                })?;
            }
            entries.write(writer, id, book, commit)?;
            let sql = format!("DELETE FROM {} WHERE log = ? AND unbuilt = ?", sql::table(id, tables::STATE));
            writer.execute(&sql, params![log.name, day])?;
            Ok(Outcome::Keep(()))
        },
    );
    let ((), guard) = stored.inspect_err(|error| {
        // Rows that cannot be read are no fault of the cubes.
        if is_damage(error) && is_right {
            book.note_damage();
        }
    })?;
    {
        let mut notes = book.notes();
        notes.changed = Some(Moment::now());
        notes.left.remove(&day);
        if is_right { entries.publish_whole(&mut notes) } else { entries.publish(&mut notes) }
    }
    let left = unbuilt.len() - 1;
    if let Some(mut guard) = guard {
        let mut unbuilt = BTreeSet::clone(&unbuilt);
        unbuilt.remove(&day);
        guard.set(Kept::Ours { unbuilt: Arc::new(unbuilt) });
    }
    if left == 0 {
        tracing::info!(log = log.name, "sums of a log's rows are made");
    } else if left.is_multiple_of(DAYS_TOLD) {
        tracing::info!(log = log.name, days_left = left, "sums of a log's rows are being made");
    }
    Ok(())
}

/// Of a day that adds up to more cells than this, parts are stored by the hour.
const MOST_BUILT: usize = 4 * MOST_HELD;

/// After so many days it is told how many are left.
const DAYS_TOLD: usize = 30;

/// Folds the rows of a day that can be seen, an hour after the other.
fn fold_day(
    view: &View<'_>,
    entries: &mut Entries,
    day: i64,
    mut after_hour: impl FnMut(&mut Entries) -> duckdb::Result<()>,
) -> duckdb::Result<()> {
    let set = entries.set;
    let (from, end) = (start_of(day), start_of(day + 1));
    let mut hour = from;
    while hour < end {
        let next = hour.saturating_add_ticks(Instant::TICKS_PER_HOUR).min(end);
        let select = view.select(hour, next, None);
        read_rows(view.connection, &select, set, |rows| {
            entries.add(Sign::Plus, rows);
            Ok(())
        })?;
        after_hour(entries)?;
        hour = next;
    }
    Ok(())
}

/// Whether rows of a day changed after a commit.
fn has_changed(writer: &Connection, table: &LogTable, day: i64, commit: u64) -> duckdb::Result<bool> {
    if table.state().last <= commit {
        return Ok(false);
    }
    let sql = format!(
        "SELECT count(*) > 0 FROM {} WHERE log = ? AND sequence > ? AND hour >= ? AND hour < ?",
        sql::table(table.tenant, CHANGES)
    );
    let first = hour_of(day.saturating_mul(Instant::TICKS_PER_DAY));
    let after = hour_of((day + 1).saturating_mul(Instant::TICKS_PER_DAY));
    match writer.query_row(&sql, params![table.log.name, commit, first, after], |row| row.get(0)) {
        // Nobody can tell, so the day is read again.
        Err(error) if is_damage(&error) => Ok(true),
        found => found,
    }
}
