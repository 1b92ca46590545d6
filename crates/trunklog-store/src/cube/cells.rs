//! Cells in memory: what rows add up to, before an engine books it or a report
//! groups it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;

use super::{CubeSet, Days, Grain};

/// The most keys that a cube may have.
pub const MAX_KEYS: usize = 6;

/// What a key is that has no value: null.
pub const NO_KEY: i64 = i64::MIN;

/// What tells a cell of a cube from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellKey {
    /// The start of its slot in ticks, or the number of its bucket.
    pub slot: i64,
    /// Its keys, as many as the cube has: whole numbers, and of texts what
    /// [`Cells::text`] calls them. [`NO_KEY`] is null, also after the last.
    pub keys: [i64; MAX_KEYS],
}

/// A cell and its sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// What tells it from others.
    pub key: CellKey,
    /// One sum for each of the cube's measures.
    pub sums: &'a [i64],
}

/// The cells that some rows add up to, of one or more cubes of a set.
#[derive(Debug)]
pub struct Cells {
    set: &'static CubeSet,
    sign: i64,
    days: Days,
    buckets: Option<Arc<[Instant]>>,
    tables: Vec<Option<Table>>,
    texts: Texts,
}

/// The cells of one cube.
#[derive(Debug, Default)]
struct Table {
    /// Where the sums of each cell start. Keys come from strangers, so the hash
    /// must be one that nobody can foresee, which takes its time.
    places: HashMap<CellKey, usize>,
    /// Cells that were found before, each at the spot that a cheap hash tells. Who
    /// foresees that one makes this useless and no more. Its length is 0 or a power
    /// of two.
    recent: Vec<(CellKey, usize)>,
    sums: Vec<i64>,
    /// The start of the slot that was asked for last.
    slot: i64,
}

/// Texts, each once, by a number.
#[derive(Debug, Default)]
struct Texts {
    numbers: HashMap<Arc<str>, i64>,
    texts: Vec<Arc<str>>,
}

/// The most and the fewest spots for cells that were found before.
const SPOTS: std::ops::RangeInclusive<usize> = 64..=4096;

/// What is at a spot where no cell is.
const NO_CELL: (CellKey, usize) = (CellKey { slot: 0, keys: [NO_KEY; MAX_KEYS] }, usize::MAX);

impl Cells {
    /// No cells yet, of all cubes of a set.
    pub fn new(set: &'static CubeSet, zone: TimeZone) -> Cells {
        let tables = set.cubes.iter().map(|_| Some(Table::default())).collect();
        Cells { set, sign: 1, days: Days::new(zone), buckets: None, tables, texts: Texts::default() }
    }

    /// No cells yet, of one cube. With `buckets`, what rows are told apart by is
    /// the number of the bucket of their time in the place of the slot, and rows
    /// in none are left out.
    pub fn of_one(
        set: &'static CubeSet,
        cube: usize,
        zone: TimeZone,
        buckets: Option<Arc<[Instant]>>,
    ) -> Cells {
        let tables = (0..set.cubes.len()).map(|at| (at == cube).then(Table::default)).collect();
        Cells { set, sign: 1, days: Days::new(zone), buckets, tables, texts: Texts::default() }
    }

    /// From now on rows are taken away instead of added, or again added.
    pub fn set_negative(&mut self, is_negative: bool) {
        self.sign = if is_negative { -1 } else { 1 };
    }

    /// Whether somebody wants the cells of a cube.
    pub fn wants(&self, cube: usize) -> bool {
        self.tables[cube].is_some()
    }

    /// What a text is called among the keys of these cells.
    pub fn text(&mut self, text: &str) -> i64 {
        if let Some(number) = self.texts.numbers.get(text) {
            return *number;
        }
        let number = i64::try_from(self.texts.texts.len()).unwrap_or(i64::MAX);
        let text: Arc<str> = text.into();
        self.texts.numbers.insert(Arc::clone(&text), number);
        self.texts.texts.push(text);
        number
    }

    /// The text that a key stands for; None of null.
    pub fn text_of(&self, key: i64) -> Option<&str> {
        let at = usize::try_from(key).ok()?;
        self.texts.texts.get(at).map(AsRef::as_ref)
    }

    /// Adds what a row brings to one of its cells. `time` is the row's; `keys` has
    /// as many values as the cube has keys, `sums` as many as it has measures.
    /// Without effect for a cube that nobody wants.
    pub fn add(&mut self, cube: usize, time: i64, keys: &[i64], sums: &[i64]) {
        let Some(table) = &mut self.tables[cube] else { return };
        let slot = match &self.buckets {
            None => table.slot(self.set.cubes[cube].grain, time, &mut self.days),
            Some(edges) => {
                let started = edges.partition_point(|edge| edge.ticks() <= time);
                if started == 0 || started == edges.len() {
                    return;
                }
                i64::try_from(started - 1).unwrap_or(i64::MAX)
            }
        };
        let mut key = CellKey { slot, keys: [NO_KEY; MAX_KEYS] };
        key.keys[..keys.len()].copy_from_slice(keys);
        let at = table.place(key, keys.len(), sums.len());
        for (sum, value) in table.sums[at..].iter_mut().zip(sums) {
            *sum = sum.saturating_add(self.sign.saturating_mul(*value));
        }
    }

    /// How many cells a cube has.
    pub fn len(&self, cube: usize) -> usize {
        self.tables[cube].as_ref().map_or(0, |table| table.places.len())
    }

    /// Whether there are no cells at all.
    pub fn is_empty(&self) -> bool {
        (0..self.tables.len()).all(|cube| self.len(cube) == 0)
    }

    /// The cells of a cube by slot and keys, without those whose sums are all 0.
    pub fn sorted(&self, cube: usize) -> Vec<Cell<'_>> {
        let Some(table) = &self.tables[cube] else { return Vec::new() };
        let measures = self.set.cubes[cube].measures.len();
        let mut cells: Vec<_> = table
            .places
            .iter()
            .map(|(key, at)| Cell { key: *key, sums: &table.sums[*at..at + measures] })
            .filter(|cell| cell.sums.iter().any(|sum| *sum != 0))
            .collect();
        cells.sort_unstable_by_key(|cell| cell.key);
        cells
    }
}

impl Table {
    /// The slot of a time. Rows mostly come in the order of time, and dividing
    /// takes longer than looking.
    fn slot(&mut self, grain: Grain, time: i64, days: &mut Days) -> i64 {
        match grain {
            Grain::Ticks(width) if (self.slot..self.slot.saturating_add(width)).contains(&time) => {}
            Grain::Ticks(_) | Grain::Day => self.slot = grain.slot(time, days),
        }
        self.slot
    }

    /// Where the sums of a cell start, made if need be. Only the first keys count.
    fn place(&mut self, key: CellKey, keys: usize, measures: usize) -> usize {
        let spot = spot(&key, keys, self.recent.len());
        if let Some((known, at)) = self.recent.get(spot)
            && *known == key
            && *at != NO_CELL.1
        {
            return *at;
        }
        let at = match self.places.entry(key) {
            Entry::Occupied(place) => *place.get(),
            Entry::Vacant(place) => {
                let at = self.sums.len();
                self.sums.resize(at + measures, 0);
                *place.insert(at)
            }
        };
        if self.places.len() * 2 > self.recent.len() && self.recent.len() < *SPOTS.end() {
            let spots = (self.places.len() * 4).next_power_of_two().clamp(*SPOTS.start(), *SPOTS.end());
            // What was known is found again.
            self.recent.clear();
            self.recent.resize(spots, NO_CELL);
        } else if let Some(recent) = self.recent.get_mut(spot) {
            *recent = (key, at);
        }
        at
    }
}

/// The spot of a cell among so many, a power of two; 0 where there are none.
fn spot(key: &CellKey, keys: usize, spots: usize) -> usize {
    let mix = |mixed: u64, value: i64| {
        (mixed ^ value.cast_unsigned()).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31)
    };
    let mixed = key.keys.iter().take(keys).fold(mix(0, key.slot), |mixed, value| mix(mixed, *value));
    let mask = spots.saturating_sub(1);
    // The lower half, which any usize has room for.
    usize::try_from(mixed & 0xffff_ffff).unwrap_or(0) & mask
}

#[cfg(test)]
mod tests;
