//! Tidying: what makes reading cheaper and keeps the file small.

use std::time::Duration;

use trunklog_records::{Log, TenantId};

use super::prune;
use super::segments::{self, Huge};
use crate::catalog::store_counts;
use crate::instance::Instance;
use crate::log_table::LogTable;
use crate::time_index::TimeIndex;
use crate::transaction::Outcome;

/// Does the next thing that is worth doing for a log and takes long, and tells
/// whether there was one.
pub(crate) fn step(instance: &Instance, id: TenantId, log: &'static Log) -> duckdb::Result<bool> {
    let Some((_, table)) = instance.log(id, log)? else { return Ok(false) };
    Ok(segments::split_one(instance, &table, Huge::Too)? || segments::complete_one(instance, &table)?)
}

/// Does the rest.
pub(crate) fn finish(instance: &Instance, id: TenantId, log: &'static Log) -> duckdb::Result<()> {
    let Some((_, table)) = instance.log(id, log)? else { return Ok(()) };
    segments::reorder(instance, &table)?;
    prune::prune(instance, &table)?;
    keep_counts(instance, &table)
}

/// Stores the counts of segments that changed since, so that nobody has to count
/// them after a start.
pub(crate) fn keep_counts(instance: &Instance, table: &LogTable) -> duckdb::Result<()> {
    let writer = instance.writer();
    let places = table.state().layout.places.clone();
    for place in places.iter() {
        let segment = &place.segment;
        if segment.counts().stored_rows.is_some() {
            continue;
        }
        let counted = segment.index(&writer, table, |index| {
            index.is_whole().then(|| (TimeIndex::rows(index), index.to_bytes()))
        })?;
        let Some((rows, bytes)) = counted else { continue };
        instance.transaction(&writer, |writer| {
            store_counts(writer, table, segment, Some((rows, bytes)))?;
            Ok(Outcome::Keep(()))
        })?;
        segment.counts_mut().stored_rows = Some(rows);
    }
    Ok(())
}

/// Folds the write-ahead log into the file, unless somebody reads for longer than
/// `patience`: then it is done another time.
pub(crate) fn checkpoint(instance: &Instance, patience: Duration) -> duckdb::Result<()> {
    if !instance.checkpoint_on(&instance.writer(), patience)? {
        tracing::debug!("somebody reads, so the write-ahead log is folded into the file later");
    }
    Ok(())
}
