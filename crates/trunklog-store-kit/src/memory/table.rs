//! The rows of one log, and what is remembered of those that went.

use std::collections::BTreeMap;

use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_store::evaluate::{Cell, Place, Scope};
use trunklog_store::{Erase, Erasure, bucket_of};

/// The rows of a log.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: BTreeMap<Place, StoredRow>,
    /// Rows that gave way to others and are visible to older walks.
    pub(super) former: Vec<FormerRow>,
    /// The last commit that took the row away that was at a place.
    pub(super) deletions: BTreeMap<Place, u64>,
    /// The last commit that changed a bucket of time.
    pub(super) buckets: BTreeMap<Instant, u64>,
    /// Walks before that commit saw rows that are no longer kept.
    pub(super) walks_from: u64,
    /// Deletions up to that commit are no longer kept.
    pub(super) deletions_from: u64,
    last_commit: u64,
}

/// A row.
#[derive(Debug)]
pub(super) struct StoredRow {
    /// The commit that first brought it.
    pub(super) brought: u64,
    /// The commit that last changed it.
    pub(super) changed: u64,
    pub(super) cells: Vec<Cell>,
}

/// A row that gave way to another.
#[derive(Debug)]
pub(super) struct FormerRow {
    pub(super) place: Place,
    /// The commit that first brought it.
    pub(super) brought: u64,
    /// The commit from which on it is gone.
    pub(super) until: u64,
    pub(super) cells: Vec<Cell>,
}

impl Table {
    pub(super) fn has_rows(&self) -> bool {
        !self.rows.is_empty()
    }

    /// The last commit that changed what readers see of the log.
    pub(super) fn last_commit(&self) -> u64 {
        self.last_commit
    }

    /// The rows that are visible at a watermark, in no order.
    pub(super) fn visible(&self, watermark: u64) -> impl Iterator<Item = (&Place, &[Cell])> {
        let stored = self.rows.iter().filter(move |(_, row)| row.brought <= watermark);
        let former = self.former.iter().filter(move |row| row.brought <= watermark && watermark < row.until);
        let stored = stored.map(|(place, row)| (place, row.cells.as_slice()));
        stored.chain(former.map(|row| (&row.place, row.cells.as_slice())))
    }

    /// Notes that a commit changed something at a time.
    pub(super) fn touch(&mut self, time: Instant, commit: u64) {
        self.buckets.insert(bucket_of(time), commit);
        self.last_commit = commit;
    }

    /// Hides a row from walks that start with a commit or later.
    pub(super) fn supersede(&mut self, place: &Place, commit: u64) {
        if let Some(StoredRow { brought, cells, .. }) = self.delete(place, commit) {
            self.former.push(FormerRow { place: place.clone(), brought, until: commit, cells });
        }
    }

    /// Whether the row at a place gave way to another and is kept for older walks.
    pub(super) fn gave_way(&self, place: &Place) -> bool {
        self.former.iter().any(|row| row.place == *place)
    }

    /// Deletes all rows before an instant, and tells how many they were.
    pub(super) fn forget(&mut self, before: Instant, commit: u64) -> u64 {
        self.former.retain(|row| row.place.time >= before);
        let old: Vec<Place> = self.rows.keys().take_while(|place| place.time < before).cloned().collect();
        for place in &old {
            self.delete(place, commit);
        }
        old.len() as u64
    }

    /// Takes rows or values away, and tells of how many rows. Rows that gave
    /// way to others lose theirs, too.
    pub(super) fn erase(&mut self, erasure: &Erasure, commit: u64) -> u64 {
        let selection = &erasure.selection;
        let log: &'static Log = selection.log;
        let is_meant = |place: &Place, cells: &[Cell]| {
            selection.range.contains(place.time) && Scope::new(log, cells).selects(selection.filter.as_ref())
        };
        let meant = self.rows.iter().filter(|(place, row)| is_meant(place, &row.cells));
        let places: Vec<Place> = meant.map(|(place, _)| place.clone()).collect();
        let mut erased = 0;
        match &erasure.what {
            Erase::Rows => {
                self.former.retain(|row| !is_meant(&row.place, &row.cells));
                for place in &places {
                    self.delete(place, commit);
                }
                erased = places.len() as u64;
            }
            Erase::Properties(properties) => {
                for row in &mut self.former {
                    if is_meant(&row.place, &row.cells) {
                        blank(&mut row.cells, properties);
                    }
                }
                for place in &places {
                    let Some(row) = self.rows.get_mut(place) else { continue };
                    if blank(&mut row.cells, properties) {
                        row.changed = commit;
                        self.touch(place.time, commit);
                        erased += 1;
                    }
                }
            }
        }
        erased
    }

    fn delete(&mut self, place: &Place, commit: u64) -> Option<StoredRow> {
        let row = self.rows.remove(place)?;
        self.deletions.insert(place.clone(), commit);
        self.touch(place.time, commit);
        Some(row)
    }

    /// Removes rows that gave way up to a commit.
    pub(super) fn drop_superseded(&mut self, up_to: u64) {
        let dropped = self.former.iter().map(|row| row.until).filter(|until| *until <= up_to).max();
        self.walks_from = self.walks_from.max(dropped.unwrap_or(0));
        self.former.retain(|row| row.until > up_to);
    }

    /// Removes what is known of deletions up to a commit.
    pub(super) fn drop_deletions(&mut self, up_to: u64) {
        let dropped = self.deletions.values().copied().filter(|commit| *commit <= up_to).max();
        self.deletions_from = self.deletions_from.max(dropped.unwrap_or(0));
        self.deletions.retain(|_, commit| *commit > up_to);
    }
}

/// Takes the values of some columns; true when there was one.
fn blank(cells: &mut [Cell], properties: &[usize]) -> bool {
    let mut changed = false;
    for at in properties {
        changed |= cells[*at] != Cell::Null;
        cells[*at] = Cell::Null;
    }
    changed
}
