//! What each commit leaves beside the rows: its number and time, the hours that
//! it changed, the ids of what it deleted.

use duckdb::{Connection, params};
use trunklog_odata::Instant;

use crate::catalog::{CHANGES, COMMITS, DELETIONS, Tenant};
use crate::hours::hour_of;
use crate::instance::Instance;
use crate::log_table::{LogState, LogTable};
use crate::sql;

/// So many hours go into one statement.
const HOURS_AT_A_TIME: usize = 512;

/// A commit in the making.
pub(crate) struct Commit {
    /// Its number.
    pub(crate) number: u64,
    /// When it is made.
    at: Instant,
    /// The hours of the rows that it changes.
    hours: Vec<i64>,
}

impl Commit {
    /// The next commit of a tenant. The caller holds the writer.
    pub(crate) fn next(instance: &Instance, tenant: &Tenant) -> duckdb::Result<Commit> {
        Ok(Commit { number: tenant.next_commit()?, at: instance.clock().now(), hours: Vec::new() })
    }

    /// Its number as DuckDB keeps it.
    pub(crate) fn sequence(&self) -> i64 {
        i64::try_from(self.number).unwrap_or(i64::MAX)
    }

    /// Notes that rows of these times come or change.
    pub(crate) fn touch(&mut self, times: impl Iterator<Item = Instant>) {
        for hour in times.map(|time| hour_of(time.ticks())) {
            if self.hours.last() != Some(&hour) {
                self.hours.push(hour);
            }
        }
    }

    /// Notes that what lies between two instants goes.
    pub(crate) fn touch_hours(&mut self, hours: impl Iterator<Item = i64>) {
        self.hours.extend(hours);
    }

    /// Writes what the commit leaves, as the last part of its transaction.
    pub(crate) fn write(&mut self, writer: &Connection, table: &LogTable) -> duckdb::Result<()> {
        self.hours.sort_unstable();
        self.hours.dedup();
        let sql = format!("INSERT INTO {} VALUES (?, ?, ?)", sql::table(table.tenant, COMMITS));
        writer.prepare_cached(&sql)?.execute(params![self.sequence(), self.at.ticks(), table.log.name])?;
        for hours in self.hours.chunks(HOURS_AT_A_TIME) {
            let rows: Vec<_> =
                hours.iter().map(|hour| format!("('{}', {hour}, {})", table.log.name, self.number)).collect();
            writer.execute_batch(&format!(
                "INSERT INTO {} VALUES {}",
                sql::table(table.tenant, CHANGES),
                rows.join(", ")
            ))?;
        }
        Ok(())
    }

    /// Lets readers see it. What else it changed about the log is `more`, which
    /// they see with it.
    pub(crate) fn publish(&self, tenant: &Tenant, table: &LogTable, more: impl FnOnce(&mut LogState)) {
        table.note(self.number, &self.hours);
        let mut state = table.change();
        more(&mut state);
        state.last = self.number;
        drop(state);
        tenant.publish(self.number);
    }

    /// Keeps the ids of rows that are about to be deleted. `rows` is what stands
    /// after `FROM`: it has their times and ids.
    pub(crate) fn keep_ids(&self, writer: &Connection, table: &LogTable, rows: &str) -> duckdb::Result<()> {
        let time = sql::quoted(table.log.time);
        writer.execute_batch(&format!(
            "INSERT INTO {} SELECT '{}', {time}, id, {}, {} FROM {rows}",
            sql::table(table.tenant, DELETIONS),
            table.log.name,
            self.number,
            self.at.ticks()
        ))
    }
}
