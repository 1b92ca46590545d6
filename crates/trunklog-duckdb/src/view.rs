//! A log as it is while somebody reads it.

use duckdb::Connection;
use trunklog_records::{Log, TenantId};
use trunklog_store::{Error, ErrorKind, Watermark};

use crate::error::refusal;
use crate::instance::Instance;
use crate::log_table::{LogState, LogTable};

/// How often a reader starts again because rows were moved, before he keeps the
/// writer from moving more.
const MOST_MOVES: u32 = 8;

/// A log as it is while somebody reads it.
pub(crate) struct View<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) table: &'a LogTable,
    pub(crate) state: &'a LogState,
    /// The number of the newest commit, read before the state.
    pub(crate) head: u64,
}

impl View<'_> {
    /// The commit up to which a walk sees rows. Who names none starts at the
    /// newest.
    ///
    /// # Errors
    /// When rows that the walk has to see were removed.
    pub(crate) fn watermark(&self, named: Option<Watermark>) -> duckdb::Result<u64> {
        let Some(Watermark(named)) = named else { return Ok(self.head) };
        if named < self.state.walks_from {
            let text = "rows that the walk began with were replaced and are no longer kept: start again from the \
                        first page";
            return Err(refusal(Error::new(ErrorKind::Gone, text)));
        }
        Ok(named)
    }
}

/// Reads a log; None when it has never had rows. What is read is read again when
/// rows were moved to other tables meanwhile.
pub(crate) fn read<T>(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    look: impl Fn(&View<'_>) -> duckdb::Result<T>,
) -> duckdb::Result<Option<T>> {
    let Some((tenant, table)) = instance.log(id, log)? else { return Ok(None) };
    let mut moves = 0;
    loop {
        let writer = (moves >= MOST_MOVES).then(|| instance.writer());
        let head = tenant.head();
        let state = table.state().clone();
        let found =
            instance.read(|connection| look(&View { connection, table: &table, state: &state, head }));
        drop(writer);
        if table.state().layout.version == state.layout.version {
            return found.map(Some);
        }
        moves += 1;
    }
}
