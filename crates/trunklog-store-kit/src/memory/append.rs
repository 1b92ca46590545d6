//! Storing rows once.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use trunklog_records::Rows;
use trunklog_store::AppendCounts;
use trunklog_store::evaluate::{Cell, Place, take_apart};

use super::matching::Matching;
use super::table::{StoredRow, Table};

impl Table {
    /// Stores rows by a commit.
    pub(super) fn append(&mut self, rows: &Rows, commit: u64) -> AppendCounts {
        let matching = Matching::of(rows.log());
        let matching = matching.as_ref();
        let is_marked = |cells: &[Cell]| matching.is_some_and(|matching| matching.is_marked(cells));
        let mut of_graph: BTreeMap<Place, Vec<Cell>> = BTreeMap::new();
        let mut of_others: BTreeMap<Place, Vec<Cell>> = BTreeMap::new();
        for row in take_apart(rows) {
            let each_once = if is_marked(&row.cells) { &mut of_others } else { &mut of_graph };
            match each_once.entry(row.key) {
                Entry::Vacant(place) => {
                    place.insert(row.cells);
                }
                Entry::Occupied(mut earlier) => {
                    update(earlier.get_mut(), row.cells);
                }
            }
        }
        let mut appended = AppendCounts::default();
        // Rows of Graph first: those of others give way to them, whichever
        // came first.
        for (place, cells) in of_graph {
            self.store(matching, &place, cells, commit, &mut appended);
            for marked in matching.map_or_else(Vec::new, |matching| self.marked_of(matching, &place)) {
                self.supersede(&marked, commit);
            }
        }
        for (place, cells) in of_others {
            match matching {
                Some(matching) => self.store_marked(matching, &place, cells, commit, &mut appended),
                None => self.store(None, &place, cells, commit, &mut appended),
            }
        }
        appended.unchanged = rows.len() as u64 - appended.new - appended.updated - appended.superseded;
        if let Some(matching) = matching.filter(|_| appended.new > 0) {
            appended.ambiguous = self.staying_beside(matching, commit);
        }
        appended
    }

    /// Stores a row of another source, unless Graph has one of the same call or the row
    /// is known to have given way.
    fn store_marked(
        &mut self,
        matching: &Matching,
        place: &Place,
        cells: Vec<Cell>,
        commit: u64,
        appended: &mut AppendCounts,
    ) {
        let stored = self.rows.get(place);
        let is_graphs = stored.is_some_and(|stored| !matching.is_marked(&stored.cells));
        // An erasure may have taken what the two had in common.
        if is_graphs || self.gave_way(place) {
            appended.superseded += 1;
            return;
        }
        let mut whole = stored.map_or_else(|| cells.clone(), |stored| stored.cells.clone());
        update(&mut whole, cells.clone());
        if self.has_graphs(matching, place, &whole) {
            self.supersede(place, commit);
            appended.superseded += 1;
        } else {
            self.store(Some(matching), place, cells, commit, appended);
        }
    }

    /// Stores a row that gives way to none. One of Graph takes the whole place
    /// of another source's with the same time and id.
    fn store(
        &mut self,
        matching: Option<&Matching>,
        place: &Place,
        cells: Vec<Cell>,
        commit: u64,
        appended: &mut AppendCounts,
    ) {
        let is_marked = |cells: &[Cell]| matching.is_some_and(|matching| matching.is_marked(cells));
        match self.rows.get_mut(place) {
            None => {
                self.rows.insert(place.clone(), StoredRow { brought: commit, changed: commit, cells });
                appended.new += 1;
            }
            Some(stored) => {
                if is_marked(&stored.cells) && !is_marked(&cells) {
                    stored.cells = cells;
                } else if !update(&mut stored.cells, cells) {
                    return;
                }
                stored.changed = commit;
                appended.updated += 1;
            }
        }
        self.touch(place.time, commit);
    }

    /// The rows of other sources that tell of the same call as Graph's row at a
    /// place.
    fn marked_of(&self, matching: &Matching, place: &Place) -> Vec<Place> {
        let Some(of_graph) = self.rows.get(place) else { return Vec::new() };
        let is_one_call = |(other, row): &(&Place, &StoredRow)| {
            matching.is_marked(&row.cells)
                && matching.are_one_call((*other, &row.cells), (place, &of_graph.cells))
        };
        self.near(matching, place).filter(is_one_call).map(|(other, _)| other.clone()).collect()
    }

    /// Whether Graph has a row of the same call as one of another source.
    fn has_graphs(&self, matching: &Matching, place: &Place, cells: &[Cell]) -> bool {
        self.near(matching, place).any(|(other, row)| {
            !matching.is_marked(&row.cells) && matching.are_one_call((place, cells), (other, &row.cells))
        })
    }

    /// How many rows of other sources stay beside one of Graph that may tell of the same
    /// call, since a commit brought the one or the other.
    fn staying_beside(&self, matching: &Matching, commit: u64) -> u64 {
        let since = |(place, row): (&Place, &StoredRow)| {
            let may_be_one_call = |(other, of_graph): &(&Place, &StoredRow)| {
                !matching.is_marked(&of_graph.cells)
                    && matching.may_be_one_call((place, &row.cells), (*other, &of_graph.cells))
            };
            let beside = self.near(matching, place).filter(may_be_one_call);
            let first = beside.map(|(_, of_graph)| of_graph.brought).min()?;
            Some(first.max(row.brought))
        };
        let others = self.rows.iter().filter(|(_, row)| matching.is_marked(&row.cells));
        others.filter(|other| since(*other) == Some(commit)).count() as u64
    }

    fn near(&self, matching: &Matching, place: &Place) -> impl Iterator<Item = (&Place, &StoredRow)> {
        let (first, last) = matching.around(place.time);
        self.rows.range(first..).take_while(move |(other, _)| other.time <= last)
    }
}

/// Takes the values of an update; true when one differs.
fn update(stored: &mut [Cell], given: Vec<Cell>) -> bool {
    let mut changed = false;
    for (stored, given) in stored.iter_mut().zip(given) {
        if given != Cell::Null && *stored != given {
            *stored = given;
            changed = true;
        }
    }
    changed
}
