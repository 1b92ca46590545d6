//! A tenant's log: its segments, and what is known of them without asking
//! DuckDB.
//!
//! A log is split by time into segments, a table each. The first one reaches to
//! the start of time and the last one to its end, so each instant lies in
//! exactly one. Readers take the list of segments as it is; whoever moves rows
//! between tables gives the list a new version, and a reader that finds another
//! version afterwards reads again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};

use crate::sql;
use crate::time_index::TimeIndex;

/// A tenant's log.
pub(crate) struct LogTable {
    pub(crate) tenant: TenantId,
    pub(crate) log: &'static Log,
    state: RwLock<LogState>,
    /// The last commit that changed each hour, by the hour's number; None until
    /// somebody asks.
    changed: Mutex<Option<BTreeMap<i64, u64>>>,
}

/// What commits change about a log.
#[derive(Debug, Clone)]
pub(crate) struct LogState {
    /// Its segments.
    pub(crate) layout: Layout,
    /// The number of the last commit that changed what it shows.
    pub(crate) last: u64,
    /// Whether rows that gave way to others are still in its tables.
    pub(crate) has_superseded: bool,
    /// Whether it has rows that others than Graph recorded.
    pub(crate) has_marked: bool,
    /// Walks that began before this commit may miss rows that gave way.
    pub(crate) walks_from: u64,
    /// Followers of changes that know less than this commit may have missed
    /// deletions.
    pub(crate) changes_from: u64,
}

/// Where the rows of a log lie.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// Another number for each list of segments, and for each move of rows.
    pub(crate) version: u64,
    /// The segments in the order of time, at least one.
    pub(crate) places: Arc<[Place]>,
}

/// A segment's place in time: from its start to the next one's.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) start: Instant,
    pub(crate) segment: Arc<Segment>,
}

/// A table with the rows of a span of time.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) number: u32,
    /// The qualified name of its table.
    pub(crate) table: String,
    counts: RwLock<Counts>,
    /// Held by whoever counts.
    counting: Mutex<()>,
    /// Whether rows came since it was last looked at whether they lie in order.
    pub(crate) is_touched: AtomicBool,
    /// The columns that the table does not have: an older program made it. Who adds
    /// them gives the list of segments a new version, as who moves rows does.
    lacking: RwLock<Vec<&'static str>>,
}

/// What is known of how many rows lie where.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// None until somebody needs it.
    pub(crate) index: Option<TimeIndex>,
    /// How many rows there are, where that is stored and still true.
    pub(crate) stored_rows: Option<u64>,
    /// Grows with each commit that changes the counts.
    pub(crate) version: u64,
}

impl LogTable {
    pub(crate) fn new(tenant: TenantId, log: &'static Log, state: LogState) -> LogTable {
        LogTable { tenant, log, state: RwLock::new(state), changed: Mutex::default() }
    }

    pub(crate) fn state(&self) -> RwLockReadGuard<'_, LogState> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state to be changed. Nobody starts to read meanwhile.
    pub(crate) fn change(&self) -> RwLockWriteGuard<'_, LogState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes which hours a commit changed, before readers see it.
    pub(crate) fn note(&self, commit: u64, hours: &[i64]) {
        if let Some(changed) = &mut *self.changed() {
            changed.extend(hours.iter().map(|hour| (*hour, commit)));
        }
    }

    /// Which hours changed, where somebody asked before.
    pub(crate) fn changed(&self) -> MutexGuard<'_, Option<BTreeMap<i64, u64>>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of a segment's table.
    pub(crate) fn table_of(&self, number: u32) -> String {
        sql::table(self.tenant, &sql::segment(self.log, number))
    }
}

impl LogState {
    /// Whether the counts of the segments are those of a walk's rows.
    pub(crate) fn counts_what_is_seen(&self, watermark: u64) -> bool {
        watermark >= self.last && !self.has_superseded
    }
}

impl Layout {
    pub(crate) fn new(places: Vec<Place>) -> Layout {
        Layout { version: 0, places: places.into() }
    }

    /// Other segments.
    pub(crate) fn replace(&mut self, places: Vec<Place>) {
        self.version += 1;
        self.places = places.into();
    }

    /// The number of the segment, in the order of time, that holds an instant.
    pub(crate) fn at(&self, instant: Instant) -> usize {
        self.places.partition_point(|place| place.start <= instant).saturating_sub(1)
    }

    /// The end of a segment; None for the last one's.
    pub(crate) fn end_of(&self, at: usize) -> Option<Instant> {
        self.places.get(at + 1).map(|next| next.start)
    }

    /// The segments that may hold rows from an instant to before another.
    pub(crate) fn between(&self, from: Instant, end: Instant) -> &[Place] {
        if from >= end {
            return &[];
        }
        let first = self.at(from);
        let after = self.places.partition_point(|place| place.start < end);
        &self.places[first..after.max(first)]
    }

    /// The largest number of a segment.
    pub(crate) fn largest_number(&self) -> u32 {
        self.places.iter().map(|place| place.segment.number).max().unwrap_or(0)
    }
}

impl Segment {
    /// A segment whose table has all columns.
    pub(crate) fn new(number: u32, table: String, counts: Counts) -> Segment {
        Segment::without(Vec::new(), number, table, counts)
    }

    /// One whose table lacks some columns.
    pub(crate) fn without(lacking: Vec<&'static str>, number: u32, table: String, counts: Counts) -> Segment {
        Segment {
            number,
            table,
            counts: RwLock::new(counts),
            counting: Mutex::default(),
            is_touched: AtomicBool::new(false),
            lacking: RwLock::new(lacking),
        }
    }

    /// The columns that the table does not have.
    pub(crate) fn lacking(&self) -> RwLockReadGuard<'_, Vec<&'static str>> {
        self.lacking.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that the table has all columns now.
    pub(crate) fn lacks_nothing(&self) {
        self.lacking.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn counts(&self) -> RwLockReadGuard<'_, Counts> {
        self.counts.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn counting(&self) -> MutexGuard<'_, ()> {
        self.counting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn counts_mut(&self) -> RwLockWriteGuard<'_, Counts> {
        self.counts.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a commit added rows.
    pub(crate) fn add(&self, times: impl Iterator<Item = Instant>) {
        let mut counts = self.counts_mut();
        counts.version += 1;
        counts.stored_rows = None;
        if let Some(index) = &mut counts.index {
            index.add(times);
        }
        self.is_touched.store(true, Ordering::Relaxed);
    }

    /// Notes that a commit took rows away, or moved them: they are counted again
    /// when somebody needs to know.
    pub(crate) fn forget_counts(&self) {
        let mut counts = self.counts_mut();
        *counts = Counts { version: counts.version + 1, ..Counts::default() };
    }
}
