//! Making rows for the cases, and reading them back.

use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, RowBuilder, Rows, TenantId, TimeRange, Value};
use trunklog_store::evaluate::{
    Cell, Place, Row, Scope, compare, compared, put_together, take_apart, take_row,
};
use trunklog_store::{
    AppendCounts, Columns, Engine, Key, Page, PageQuery, Selection, Start, Store, Watermark,
};

use super::Fixture;

/// The log of most cases.
pub(super) static CALLS: &Log = &DIRECT_ROUTING_CALLS;

pub(super) const SEC: i64 = Instant::TICKS_PER_SEC;
pub(super) const HOUR: i64 = Instant::TICKS_PER_HOUR;
pub(super) const YEAR: i64 = 365 * 24 * HOUR;

/// 2024-01-01T00:00:00Z.
const BASE: i64 = 1_704_067_200 * SEC;

/// A row in the making.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) time: Instant,
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) duration: Option<i32>,
    pub(super) dynamic: Option<String>,
}

/// The instant that many units of 100 ns after the start of 2024.
pub(super) fn at(ticks: i64) -> Instant {
    Instant::from_ticks(BASE + ticks).expect("the cases stay within the years 1 to 9999")
}

/// A row at that many units of 100 ns after the start of 2024.
pub(super) fn draft(ticks: i64, id: impl Into<String>) -> Draft {
    draft_at(at(ticks), id)
}

/// A row at an instant.
pub(super) fn draft_at(time: Instant, id: impl Into<String>) -> Draft {
    Draft { time, id: id.into(), name: Some("a name".to_owned()), duration: Some(5), dynamic: None }
}

/// A row each second, the ids of both digits and in no order.
pub(super) fn one_a_second(count: u32) -> Vec<Draft> {
    (0..count)
        .map(|n| draft(i64::from(n) * SEC, format!("{:08x}-{n}", n.wrapping_mul(0x9e37_79b9))))
        .collect()
}

/// The drafts as rows of [`CALLS`].
pub(super) fn calls(drafts: &[Draft]) -> Rows {
    rows_of(CALLS, drafts)
}

/// The drafts as rows of a log.
pub(super) fn rows_of(log: &'static Log, drafts: &[Draft]) -> Rows {
    let mut rows = RowBuilder::new(log);
    for draft in drafts {
        let mut values: Vec<Option<Value<'_>>> = vec![None; log.properties.len()];
        values[log.time_index()] = Some(Value::Instant(draft.time));
        values[log.id_index()] = Some(Value::Text(draft.id.as_str().into()));
        if let Some(column) = log.index_of("userDisplayName") {
            values[column] = draft.name.as_deref().map(|name| Value::Text(name.into()));
        }
        if let Some(column) = log.index_of("duration") {
            values[column] = draft.duration.map(Value::Int);
        }
        rows.push(&mut values, draft.dynamic.as_deref()).expect("a draft is a whole row");
    }
    rows.finish()
}

/// A row that has texts in the properties of those names.
pub(super) fn row_of(log: &Log, ticks: i64, id: &str, texts: &[(&str, &str)]) -> Row {
    let time = at(ticks);
    let mut cells = vec![Cell::Null; log.properties.len() + 1];
    cells[log.time_index()] = Cell::Ticks(time.ticks());
    cells[log.id_index()] = Cell::Text(id.to_owned());
    for (name, text) in texts {
        let column = log.index_of(name).expect("the cases name properties of their log");
        cells[column] = Cell::Text((*text).to_owned());
    }
    Row { key: Place { time, id: id.to_owned() }, cells }
}

/// Rows that were taken apart.
pub(super) fn together(log: &'static Log, rows: &[Row]) -> Rows {
    let mut builder = RowBuilder::new(log);
    for row in rows {
        put_together(&row.cells, &mut builder);
    }
    builder.finish()
}

/// The drafts as a walk returns them.
pub(super) fn in_order(drafts: &[Draft]) -> Vec<Row> {
    let mut rows = take_apart(&calls(drafts));
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows
}

/// The same in another order, which depends on `seed` alone.
pub(super) fn shuffled<T: Clone>(items: &[T], seed: u64) -> Vec<T> {
    let mut items = items.to_vec();
    let mut state = seed;
    for end in (1..items.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from((state >> 33) % (end as u64 + 1)).expect("it is an index of the items");
        items.swap(end, other);
    }
    items
}

/// The tenant of that number.
pub(super) fn tenant(number: u8) -> TenantId {
    format!("{number:08x}-2222-3333-4444-555555555555").parse().expect("the text is a GUID")
}

/// The store of the first tenant.
pub(super) fn store(engine: &Arc<dyn Engine>) -> Arc<dyn Store> {
    engine.tenant(tenant(1))
}

/// The fixture's engine with the logs that are computed from others.
pub(super) fn complete(fixture: &dyn Fixture) -> Arc<dyn Engine> {
    trunklog_store::with_computed_logs(fixture.open())
}

/// The number of the newest commit.
pub(super) fn newest(store: &dyn Store) -> Watermark {
    store.newest().expect("the newest commit is known")
}

/// Stores drafts in [`CALLS`].
pub(super) fn append(store: &dyn Store, drafts: &[Draft]) -> AppendCounts {
    store.append(&calls(drafts)).expect("the rows can be stored")
}

/// What an append is expected to have done.
pub(super) fn appended(new: u64, updated: u64, unchanged: u64) -> AppendCounts {
    AppendCounts { new, updated, unchanged, ..AppendCounts::default() }
}

/// The start of a walk over all calls.
pub(super) fn all(limit: u32) -> PageQuery {
    PageQuery::first(CALLS, TimeRange::ALL, limit)
}

/// A query as one of a walk that started at `watermark`.
pub(super) fn since(watermark: Watermark, query: PageQuery) -> PageQuery {
    PageQuery { watermark: Some(watermark), ..query }
}

/// The range of [`CALLS`] from one number of ticks to another.
pub(super) fn range(from: i64, to: i64) -> TimeRange {
    TimeRange::of(CALLS, at(from), at(to)).expect("the cases' ranges start before they end")
}

/// Reads a page and checks what is true of every page.
pub(super) fn page(store: &dyn Store, query: &PageQuery) -> Page {
    let page = store.page(query).expect("the page can be read");
    let (rows, selection) = (&page.rows, &query.selection);
    assert_eq!(rows.log(), selection.log, "a page has rows of its log");
    assert!(rows.len() <= query.limit as usize, "a page of {} rows where {} may be", rows.len(), query.limit);
    for row in 0..rows.len() {
        let time = rows.time(row);
        assert!(selection.range.contains(time), "row {row} at {time} is outside the range");
    }
    if let Some(watermark) = query.watermark {
        assert_eq!(page.watermark, watermark, "a walk keeps its watermark");
    }
    assert!(page.next.is_none() || !rows.is_empty(), "an empty page has a next key");
    // Where columns are missing, what they decide cannot be checked.
    if selection.columns == Columns::All {
        check_places(query, &page);
    }
    page
}

/// Checks that the rows satisfy the filter, and are in order after the start
/// and up to the next key.
fn check_places(query: &PageQuery, page: &Page) {
    let (rows, selection) = (&page.rows, &query.selection);
    let keys: Vec<Key> = (0..rows.len()).map(|row| checked_key(selection, rows, row)).collect();
    let is_before =
        |left: &Key, right: &Key| compare(&selection.order, compared(left), compared(right)).is_lt();
    for (row, pair) in keys.windows(2).enumerate() {
        assert!(is_before(&pair[0], &pair[1]), "row {} is out of order", row + 1);
    }
    if let (Start::After(key), Some(first)) = (&query.start, keys.first()) {
        assert!(is_before(key, first), "the page starts before the key that it should follow");
    }
    if page.next.is_some() {
        assert_eq!(page.next.as_ref(), keys.last(), "the next key is the last row's");
    }
}

/// The place of a row in a selection whose filter it satisfies.
fn checked_key(selection: &Selection, rows: &Rows, row: usize) -> Key {
    let (time, id) = rows.key(row);
    if selection.filter.is_none() && selection.order.is_empty() {
        return Key::new(time, id);
    }
    let cells = take_row(rows, row).cells;
    let scope = Scope::new(selection.log, &cells);
    assert!(scope.selects(selection.filter.as_ref()), "row {row} does not satisfy the filter");
    Key { order: scope.order_values(&selection.order), ..Key::new(time, id) }
}

/// A selection's rows as one page, which they must fit on.
pub(super) fn whole(store: &dyn Store, selection: &Selection) -> Vec<Row> {
    let page = page(store, &PageQuery::of(selection.clone(), 1_000));
    assert!(page.next.is_none(), "the case has more rows than a page");
    take_apart(&page.rows)
}

/// What tells the rows apart.
pub(super) fn places(rows: &[Row]) -> Vec<&Place> {
    rows.iter().map(|row| &row.key).collect()
}

/// Walks from a page on to the end.
pub(super) fn walk(store: &dyn Store, first: PageQuery) -> Vec<Row> {
    walk_with(store, first, |_| ())
}

/// The same, with something to do after each page.
pub(super) fn walk_with(store: &dyn Store, first: PageQuery, mut after_page: impl FnMut(usize)) -> Vec<Row> {
    let mut query = first;
    let mut walked = Vec::new();
    for number in 0.. {
        let page = page(store, &query);
        walked.extend(take_apart(&page.rows));
        after_page(number);
        match query.after(&page) {
            Some(next) => query = next,
            None => break,
        }
    }
    walked
}

/// All calls, as a new walk sees them.
pub(super) fn stored(store: &dyn Store) -> Vec<Row> {
    walk(store, all(1_000))
}

/// Asserts that two walks are the same, and shows the first difference only.
pub(super) fn assert_same(found: &[Row], expected: &[Row], what: &str) {
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found, expected, "{what}: row {at} differs");
    }
    assert_eq!(found.len(), expected.len(), "{what}: the number of rows differs");
}

/// Asserts that two walks have the same rows, whatever their other values.
pub(super) fn assert_same_keys(found: &[Row], expected: &[Row], what: &str) {
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found.key, expected.key, "{what}: row {at} differs");
    }
    assert_eq!(found.len(), expected.len(), "{what}: the number of rows differs");
}
