//! Several reads of one state of a tenant: that of its newest commit.
//!
//! What is known of a log in memory (where its rows lie, what is kept of its
//! cubes) and what a transaction reads are of one commit only if no other came in
//! between. So both are taken, compared, and taken again if one did.

use std::sync::Arc;
use std::thread;

use duckdb::Connection;
use trunklog_records::{Log, TenantId};
use trunklog_store::{Error, ErrorKind};

use super::book::{Book, BookState};
use crate::catalog::{COMMITS, Tenant};
use crate::error::refusal;
use crate::instance::Instance;
use crate::log_table::{LogState, LogTable};
use crate::sql;
use crate::transaction::{self, Outcome};
use crate::view::View;

/// How often a reader starts again before he keeps the writer from committing.
const MOST_TRIES: u32 = 8;

/// How often he does that. What differs then was not left by a commit.
const LAST_TRIES: u32 = 4;

/// A state of a tenant.
pub(super) struct Snapshot<'a> {
    pub(super) connection: &'a Connection,
    /// The number of the newest commit.
    pub(super) head: u64,
    seen: &'a [Seen],
}

/// A log and its cubes.
pub(super) struct Seen {
    pub(super) table: Arc<LogTable>,
    pub(super) state: LogState,
    pub(super) book: Arc<Book>,
    pub(super) kept: BookState,
}

impl Snapshot<'_> {
    /// A log; None when it has never had rows.
    pub(super) fn of(&self, log: &Log) -> Option<&Seen> {
        self.seen.iter().find(|seen| seen.table.log.name == log.name)
    }

    /// A log as others that read see it.
    pub(super) fn view<'b>(&'b self, seen: &'b Seen) -> View<'b> {
        View { connection: self.connection, table: &seen.table, state: &seen.state, head: self.head }
    }
}

impl Seen {
    fn of(table: Arc<LogTable>, book: Arc<Book>) -> Seen {
        let state = table.state().clone();
        let kept = book.state().clone();
        Seen { table, state, book, kept }
    }

    /// Whether nothing was moved, made or dropped since.
    fn is_same(&self) -> bool {
        self.table.state().layout.version == self.state.layout.version && self.kept.is_of(&self.book)
    }
}

/// How long a read may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// As long as reads may.
    Usual,
    /// As long as it takes: nobody waits.
    Leisure,
}

/// Reads what some logs of a tenant have at its newest commit; None when nothing of
/// his was ever stored. `look` works in one transaction.
pub(super) fn read<T>(
    instance: &Instance,
    id: TenantId,
    logs: &[&'static Log],
    limit: Limit,
    look: impl Fn(&Snapshot<'_>) -> duckdb::Result<T>,
) -> duckdb::Result<Option<T>> {
    let Some(tenant) = instance.tenant(id)? else { return Ok(None) };
    for tries in 0_u32.. {
        let known = known(instance, &tenant, logs)?;
        let writer = (tries >= MOST_TRIES).then(|| instance.writer());
        let head = tenant.head();
        let seen: Vec<Seen> = known.into_iter().map(|(table, book)| Seen::of(table, book)).collect();
        let read = |connection: &Connection| {
            let found = transaction::run(
                connection,
                || (),
                |connection| {
                    if !is_at(connection, &tenant, head)? || !seen.iter().all(Seen::is_same) {
                        return Ok(Outcome::Leave(None));
                    }
                    let snapshot = Snapshot { connection, head, seen: &seen };
                    look(&snapshot).map(|found| Outcome::Leave(Some(found)))
                },
            );
            if found.is_err() {
                // Where the read was interrupted, the rollback may have been, too. If
                // it was not, there is nothing to roll back.
                let _ = connection.execute_batch("ROLLBACK");
            }
            found
        };
        let found = match limit {
            Limit::Usual => instance.read(read),
            Limit::Leisure => instance.read_at_leisure(read),
        };
        drop(writer);
        if let Some(found) = found? {
            return Ok(Some(found));
        }
        if tries >= MOST_TRIES + LAST_TRIES {
            let text = "the newest commit is not the one that is stored last";
            return Err(refusal(Error::new(ErrorKind::Corrupt, text)));
        }
        // The commit that came in between is let be seen in a moment.
        thread::yield_now();
    }
    Ok(None)
}

/// The logs that there are, with their books.
fn known(
    instance: &Instance,
    tenant: &Tenant,
    logs: &[&'static Log],
) -> duckdb::Result<Vec<(Arc<LogTable>, Arc<Book>)>> {
    instance.read(|connection| {
        let mut known = Vec::new();
        for log in logs {
            if let Some(table) = tenant.log(connection, log)? {
                known.push((table, tenant.book(connection, log, instance.cubes())?));
            }
        }
        Ok(known)
    })
}

/// Whether what the transaction reads is what the commit left that readers may see.
fn is_at(connection: &Connection, tenant: &Tenant, head: u64) -> duckdb::Result<bool> {
    if !tenant.counts_commits() {
        // Nothing is stored from now on.
        return Ok(true);
    }
    let sql = format!("SELECT coalesce(max(sequence), 0) FROM {}", sql::table(tenant.id, COMMITS));
    let newest: u64 = connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
    Ok(newest == head)
}
