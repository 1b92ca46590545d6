//! Following changes: a table that is kept equal to a selection.

use std::collections::{BTreeMap, BTreeSet};

use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Expr, Kind, Node};
use trunklog_records::schema::RECORDED_BY;
use trunklog_records::{Rows, TimeRange};
use trunklog_store::evaluate::{Cell, Place, Row, Scope, take_apart};
use trunklog_store::{
    Changes, ChangesQuery, Columns, Erase, Erasure, Key, PageQuery, Selection, Store, Watermark,
};

use super::dice::Dice;
use super::expressions::{compare, int, property, text};
use super::rows::{CALLS, HOUR, assert_same, at, page, range, row_of, together, walk};

/// How far apart the times are at which random rows may be.
const STEP: i64 = HOUR / 3;

/// How many such times there are.
const STEPS: usize = 30;

/// Keeps a table of a selection's rows.
#[derive(Debug)]
pub(super) struct Follower {
    selection: Selection,
    /// The commit up to which the table is whole.
    after: Watermark,
    table: BTreeMap<Place, Vec<Cell>>,
}

/// Reads a page of changes and checks what is true of every such page.
pub(super) fn changes(store: &dyn Store, query: &ChangesQuery) -> Changes {
    let changes = store.changes(query).expect("changes can be read");
    let selection = &query.selection;
    assert_eq!(changes.rows.log(), selection.log, "changes have rows of their log");
    assert!(changes.until >= query.after, "changes go back");
    assert!(query.until.is_none_or(|until| until == changes.until), "the last commit that is told changes");
    let told = changes.rows.len() + changes.removed.len();
    assert!(told <= query.limit as usize, "{told} changes where {} may be", query.limit);
    assert!(changes.next.is_none() || told > 0, "an empty page has a next key");
    let places = places(&changes);
    assert!(places.windows(2).all(|pair| pair[0] != pair[1]), "a row is told twice");
    assert!(
        changes.removed.is_sorted_by_key(|removed| (removed.time, &removed.id)),
        "removals have no order"
    );
    for (time, id) in &places {
        assert!(selection.range.contains(*time), "a change at {time} is outside the range");
        let is_later = |key: &Key| (*time, id.as_str()) > (key.time, key.id.as_str());
        assert!(query.start.as_ref().is_none_or(is_later), "a change before the start of the page");
    }
    if let Some(next) = &changes.next {
        let last = places.last().map(|(time, id)| (*time, id.as_str()));
        assert_eq!(Some((next.time, next.id.as_str())), last, "the next key is the last place");
    }
    check_rows(selection, &changes.rows);
    changes
}

/// The times and ids of all changes, in order.
fn places(changes: &Changes) -> Vec<(Instant, String)> {
    let rows = (0..changes.rows.len()).map(|row| (changes.rows.time(row), changes.rows.id(row).to_owned()));
    let removed = changes.removed.iter().map(|removed| (removed.time, removed.id.clone()));
    let mut places: Vec<_> = rows.chain(removed).collect();
    places.sort_unstable();
    places
}

fn check_rows(selection: &Selection, rows: &Rows) {
    let rows = take_apart(rows);
    assert!(rows.is_sorted_by_key(|row| &row.key), "rows have no order");
    // Where columns are missing, what they decide cannot be checked.
    if selection.columns == Columns::All {
        let selects = |row: &Row| Scope::new(selection.log, &row.cells).selects(selection.filter.as_ref());
        assert!(rows.iter().all(selects), "a row does not satisfy the filter");
    }
}

impl Follower {
    /// A follower that knows nothing yet.
    pub(super) fn new(selection: Selection) -> Follower {
        Follower { selection, after: Watermark(0), table: BTreeMap::new() }
    }

    /// A follower that starts with a walk, as clients do.
    pub(super) fn with_a_walk(store: &dyn Store, selection: Selection) -> Follower {
        let query = PageQuery::of(selection.clone(), 7);
        let first = page(store, &query);
        let mut rows = take_apart(&first.rows);
        rows.extend(query.after(&first).map_or_else(Vec::new, |rest| walk(store, rest)));
        let table = rows.into_iter().map(|row| (row.key, row.cells)).collect();
        Follower { selection, after: first.watermark, table }
    }

    /// Brings the table up to the newest commit, in pages, and tells how many
    /// changes there were.
    pub(super) fn follow(&mut self, store: &dyn Store, limit: u32, mut after_page: impl FnMut()) -> usize {
        let mut query = ChangesQuery::first(self.selection.clone(), self.after, limit);
        let mut told: BTreeSet<Place> = BTreeSet::new();
        loop {
            let page = changes(store, &query);
            for row in take_apart(&page.rows) {
                assert!(told.insert(row.key.clone()), "{:?} is told twice", row.key);
                self.table.insert(row.key, row.cells);
            }
            for removed in &page.removed {
                let place = Place { time: removed.time, id: removed.id.clone() };
                self.table.remove(&place);
                assert!(told.insert(place), "{removed:?} is told twice");
            }
            after_page();
            if let Some(next) = query.next(&page) {
                query = next;
            } else {
                self.after = page.until;
                return told.len();
            }
        }
    }

    /// Compares the table with the selection.
    pub(super) fn check(&self, store: &dyn Store, what: &str) {
        let expected = walk(store, PageQuery::of(self.selection.clone(), 900));
        let found: Vec<Row> =
            self.table.iter().map(|(key, cells)| Row { key: key.clone(), cells: cells.clone() }).collect();
        assert_same(&found, &expected, what);
    }
}

/// Selections of [`random_rows`] with filters, ranges and columns.
pub(super) fn selections() -> Vec<Selection> {
    let all = Selection::all(CALLS, TimeRange::ALL);
    let long = || compare(Comparison::Greater, property(CALLS, "duration"), int(2));
    let is_null = |name| Expr::new(Kind::Bool, Node::IsNull(Box::new(property(CALLS, name))));
    let columns = |names: &[&str]| {
        let mut columns: Vec<usize> = names.iter().filter_map(|name| CALLS.index_of(name)).collect();
        columns.sort_unstable();
        Columns::Only(columns)
    };
    let part = range(5 * STEP, 20 * STEP + 1);
    vec![
        all.clone(),
        Selection { filter: Some(long()), ..all.clone() },
        Selection { filter: Some(is_null("userDisplayName")), range: part, ..all.clone() },
        Selection { columns: columns(&["duration", "userId"]), ..all.clone() },
        Selection { filter: Some(is_null(RECORDED_BY)), columns: columns(&["callType"]), ..all.clone() },
        Selection {
            filter: Some(compare(Comparison::Equal, property(CALLS, "userDisplayName"), text("b"))),
            columns: columns(&["duration"]),
            range: part,
            ..all
        },
    ]
}

/// Rows of which many meet: places are few, some tell of the same call.
pub(super) fn random_rows(dice: &mut Dice, count: usize) -> Rows {
    let duration = CALLS.index_of("duration").expect("calls have a duration");
    let rows: Vec<Row> = (0..count)
        .map(|_| {
            let step = i64::try_from(dice.below(STEPS)).expect("there are few steps");
            let is_other = dice.chance(35);
            let correlation = format!("{step}-{}", dice.below(3));
            let id = format!("{}{}", if is_other { "export " } else { "" }, dice.below(4));
            let mut texts = vec![("callType", dice.one_of(&["ByotIn", "ByotOut"]))];
            if dice.chance(80) {
                texts.push(("correlationId", correlation.as_str()));
            }
            if dice.chance(60) {
                texts.push(("userDisplayName", dice.one_of(&["a", "b", "c"])));
            }
            if is_other {
                texts.push((RECORDED_BY, "export"));
            }
            let mut row = row_of(CALLS, step * STEP + i64::from(is_other), &id, &texts);
            if dice.chance(80) {
                row.cells[duration] = Cell::Int(dice.one_of(&[0, 1, 2, 3, 4]));
            }
            row
        })
        .collect();
    together(CALLS, &rows)
}

/// Changes the calls in one of all ways.
pub(super) fn change_by_chance(store: &dyn Store, dice: &mut Dice) {
    let step = |dice: &mut Dice| i64::try_from(dice.below(STEPS)).expect("there are few steps") * STEP;
    match dice.below(10) {
        0 => {
            // Little of it, or soon nothing would be left.
            let before = at(step(dice) / 8);
            store.forget(CALLS, before).expect("rows can be forgotten");
        }
        1 | 2 => {
            let from = step(dice);
            let name = dice.one_of(&["a", "b", "c"]);
            let filter = compare(Comparison::Equal, property(CALLS, "userDisplayName"), text(name));
            let range = range(from, from + 4 * STEP);
            let selection = Selection { filter: Some(filter), ..Selection::all(CALLS, range) };
            store.erase(&Erasure { selection, what: Erase::Rows }).expect("rows can be erased");
        }
        3 => {
            let from = step(dice);
            let name = dice.one_of(&["duration", "userDisplayName", "callType"]);
            let at = CALLS.index_of(name).expect("calls have the property");
            let selection = Selection::all(CALLS, range(from, from + 3 * STEP));
            let what = Erase::Properties(vec![at]);
            store.erase(&Erasure { selection, what }).expect("values can be erased");
        }
        _ => {
            let count = 1 + dice.below(12);
            store.append(&random_rows(dice, count)).expect("the rows can be stored");
        }
    }
}
