//! What changed since a commit.

use std::collections::BTreeMap;

use trunklog_records::{Log, RowBuilder};
use trunklog_store::evaluate::{Cell, Place, Scope, put_together};
use trunklog_store::{
    ChangedBuckets, Changes, ChangesQuery, Error, ErrorKind, Key, Reason, Removal, Result, Watermark,
};

use super::Tenant;
use super::read::projected;
use super::table::Table;

/// What became of a row.
enum Change<'a> {
    /// It is in the selection.
    Row(&'a [Cell]),
    /// It is not any more.
    Removed(Reason),
}

impl Tenant {
    pub(super) fn changed_buckets(&self, log: &Log, after: Watermark) -> ChangedBuckets {
        let buckets = self.logs.get(log.name).into_iter().flat_map(|table| &table.buckets);
        let changed = buckets.filter(|(_, commit)| **commit > after.0);
        ChangedBuckets::These(changed.map(|(start, commit)| (*start, Watermark(*commit))).collect())
    }

    /// A page of what changed in a selection.
    pub(super) fn changes(&self, query: &ChangesQuery) -> Result<Changes> {
        let selection = &query.selection;
        selection.check()?;
        if !selection.order.is_empty() {
            return Err(Error::new(ErrorKind::Other, "changes have the order of time and id alone"));
        }
        let until = query.until.unwrap_or(Watermark(self.newest()));
        let table = self.table(selection);
        let newest = Watermark(self.newest());
        let is_ahead = query.after > newest || until > newest;
        if is_ahead || table.is_some_and(|table| query.after.0 < table.deletions_from) {
            let text = "what changed since that commit is not known: read all rows again";
            return Err(Error::new(ErrorKind::Gone, text));
        }
        let changes = table.map_or_else(BTreeMap::new, |table| table.changes(query, until));
        let is_left = |place: &Place| match &query.start {
            Some(key) => (place.time, place.id.as_str()) > (key.time, key.id.as_str()),
            None => true,
        };
        let mut left = changes.into_iter().filter(|(place, _)| is_left(place));
        let mut rows = RowBuilder::new(selection.log);
        let mut removed = Vec::new();
        let mut last = None;
        for (place, change) in left.by_ref().take(query.limit as usize) {
            match change {
                Change::Row(cells) => put_together(&projected(selection, cells), &mut rows),
                Change::Removed(reason) => {
                    removed.push(Removal { time: place.time, id: place.id.clone(), reason });
                }
            }
            last = Some(Key::new(place.time, place.id.as_str()));
        }
        let next = if left.next().is_some() { last } else { None };
        Ok(Changes { rows: rows.finish(), removed, next, until })
    }
}

impl Table {
    fn changes(&self, query: &ChangesQuery, until: Watermark) -> BTreeMap<&Place, Change<'_>> {
        let selection = &query.selection;
        let is_told = |place: &Place, commit: u64| {
            selection.range.contains(place.time) && query.after.0 < commit && commit <= until.0
        };
        let deleted = self.deletions.iter().filter(|(place, commit)| is_told(place, **commit));
        let mut changes: BTreeMap<&Place, Change<'_>> =
            deleted.map(|(place, _)| (place, Change::Removed(Reason::Deleted))).collect();
        for (place, row) in self.rows.iter().filter(|(place, row)| is_told(place, row.changed)) {
            if Scope::new(selection.log, &row.cells).selects(selection.filter.as_ref()) {
                changes.insert(place, Change::Row(&row.cells));
            } else if row.brought <= query.after.0 {
                changes.insert(place, Change::Removed(Reason::Changed));
            }
        }
        changes
    }
}
