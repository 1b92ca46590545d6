//! What is kept for a time only: rows that gave way, ids of deleted rows, times
//! of commits.

use duckdb::{Connection, params};
use trunklog_odata::Instant;
use trunklog_store::SUPERSEDED_KEPT;

use crate::catalog::{CHANGES, COMMITS, DELETIONS, discard_counts, store_flags};
use crate::instance::Instance;
use crate::log_table::{LogState, LogTable};
use crate::sql::{self, SUPERSEDED};
use crate::transaction::Outcome;

/// So many notes of changed hours may be there beside those that are needed
/// before they are written anew.
const NEEDLESS_NOTES: u64 = 100_000;

/// Removes what is no longer of use to a log.
pub(crate) fn prune(instance: &Instance, table: &LogTable) -> duckdb::Result<()> {
    let now = instance.clock().now();
    let day = i64::try_from(SUPERSEDED_KEPT.as_nanos() / 100).unwrap_or(i64::MAX);
    if table.state().has_superseded {
        remove_superseded(instance, table, now.saturating_add_ticks(-day))?;
    }
    remove_deletions(instance, table, now.saturating_add_ticks(-instance.deletions_kept_ticks()))?;
    compact_changes(instance, table)
}

/// The newest commit of a log before all that were made at an instant or later,
/// 0 where there is none. Where the clock was set back, a later commit may have an
/// earlier time.
fn commit_before(writer: &Connection, table: &LogTable, before: Instant) -> duckdb::Result<u64> {
    let sql = format!(
        "SELECT coalesce(min(sequence) FILTER (made >= ?) - 1, max(sequence), 0) FROM {} WHERE log = ?",
        sql::table(table.tenant, COMMITS)
    );
    writer.query_row(&sql, params![before.ticks(), table.log.name], |row| row.get(0))
}

/// Removes the rows that gave way before an instant. Nobody but a walk that is
/// older sees a difference.
fn remove_superseded(instance: &Instance, table: &LogTable, before: Instant) -> duckdb::Result<()> {
    let writer = instance.writer();
    let until = commit_before(&writer, table, before)?;
    let state = table.state().clone();
    if until == 0 {
        return Ok(());
    }
    for place in state.layout.places.iter() {
        place.segment.counts_mut().version += 1;
    }
    let (done, guard) = instance.move_rows(
        &writer,
        || table.change(),
        |writer| {
            let mut changed = Vec::new();
            let mut walks_from = state.walks_from;
            let mut has_more = false;
            for place in state.layout.places.iter() {
                let segment = &place.segment;
                let sql = format!(
                    "SELECT coalesce(max({SUPERSEDED}) FILTER (WHERE {SUPERSEDED} <= {until}), 0),
                     coalesce(max({SUPERSEDED}), 0) > {until}
                 FROM {}",
                    segment.source(table.log)
                );
                let (newest, is_more): (u64, bool) =
                    writer.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
                has_more |= is_more;
                if newest > 0 {
                    writer.execute(
                        &format!("DELETE FROM {} WHERE {SUPERSEDED} <= {until}", segment.table),
                        [],
                    )?;
                    discard_counts(writer, table, segment)?;
                    walks_from = walks_from.max(newest);
                    changed.push(place);
                }
            }
            if changed.is_empty() && has_more {
                return Ok(Outcome::Leave(None));
            }
            let state = LogState { walks_from, has_superseded: has_more, ..state.clone() };
            store_flags(writer, table, &state)?;
            Ok(Outcome::Keep(Some((changed, walks_from, has_more))))
        },
    )?;
    let (Some((changed, walks_from, has_more)), Some(mut state)) = (done, guard) else { return Ok(()) };
    for place in changed {
        place.segment.forget_counts();
    }
    state.walks_from = walks_from;
    state.has_superseded = has_more;
    // Who took the list of segments before may still count them.
    state.layout.version += 1;
    Ok(())
}

/// Removes the ids of rows that were deleted before an instant, and the times of
/// commits before it.
fn remove_deletions(instance: &Instance, table: &LogTable, before: Instant) -> duckdb::Result<()> {
    let writer = instance.writer();
    let (deletions, commits) = (sql::table(table.tenant, DELETIONS), sql::table(table.tenant, COMMITS));
    let (log, before) = (table.log.name, before.ticks());
    let sql = format!("SELECT coalesce(max(sequence), 0) FROM {deletions} WHERE log = ? AND made < ?");
    let newest: u64 = writer.query_row(&sql, params![log, before], |row| row.get(0))?;
    let sql = format!(
        "SELECT count(*) > 0 FROM {commits} WHERE log = ? AND made < ?
             AND sequence < (SELECT max(sequence) FROM {commits} WHERE log = ? AND made < ?)"
    );
    let has_old: bool = writer.query_row(&sql, params![log, before, log, before], |row| row.get(0))?;
    if newest == 0 && !has_old {
        return Ok(());
    }
    let state = table.state().clone();
    let changes_from = state.changes_from.max(newest);
    let ((), guard) = instance.move_rows(
        &writer,
        || table.change(),
        |writer| {
            let sql = format!("DELETE FROM {deletions} WHERE log = ? AND made < ?");
            writer.execute(&sql, params![log, before])?;
            // The newest of them stays: it may be the last that a follower knows.
            let sql = format!(
                "DELETE FROM {commits} WHERE log = ? AND made < ?
                 AND sequence < (SELECT max(sequence) FROM {commits} WHERE log = ? AND made < ?)"
            );
            writer.execute(&sql, params![log, before, log, before])?;
            store_flags(writer, table, &LogState { changes_from, ..state.clone() })?;
            Ok(Outcome::Keep(()))
        },
    )?;
    if let Some(mut state) = guard {
        state.changes_from = changes_from;
        // Who took the state before may not have read all that is gone.
        state.layout.version += 1;
    }
    Ok(())
}

/// Writes the notes of changed hours anew when most of them were made again
/// since.
fn compact_changes(instance: &Instance, table: &LogTable) -> duckdb::Result<()> {
    let writer = instance.writer();
    let changes = sql::table(table.tenant, CHANGES);
    let sql = format!("SELECT count(*), count(DISTINCT hour) FROM {changes} WHERE log = ?");
    let (notes, hours): (u64, u64) =
        writer.query_row(&sql, [table.log.name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if notes <= 2 * hours + NEEDLESS_NOTES {
        return Ok(());
    }
    instance.transaction(&writer, |writer| {
        let log = table.log.name;
        writer.execute_batch(&format!(
            "CREATE OR REPLACE TEMP TABLE newest AS
                 SELECT log, hour, max(sequence) AS sequence FROM {changes} WHERE log = '{log}' GROUP BY log, hour;
             DELETE FROM {changes} WHERE log = '{log}';
             INSERT INTO {changes} SELECT log, hour, sequence FROM temp.main.newest ORDER BY sequence, hour;
             DROP TABLE temp.main.newest"
        ))?;
        Ok(Outcome::Keep(()))
    })
}
