//! Cases about `$skip`.

use trunklog_records::TimeRange;
use trunklog_store::evaluate::{Row, take_apart};
use trunklog_store::{PageQuery, Start, Store, Watermark};

use super::Fixture;
use super::rows::{CALLS, Draft, HOUR, SEC, YEAR, append, at, draft, in_order, page, shuffled, since, store};

/// How many rows the pages of these cases have.
const LIMIT: u32 = 3;

/// Rows with many equal times, crowded seconds, and gaps of every size.
fn uneven_rows() -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut group = |count: i64, from: i64, step: i64| {
        drafts.extend((0..count).map(|n| draft(from + n * step, format!("{:02}-{from}", (n * 37) % 97))));
    };
    group(40, 0, 0);
    group(20, 1, 0);
    group(15, SEC - 3, 1);
    group(20, 2 * SEC, SEC);
    group(10, HOUR, 0);
    group(10, 5 * HOUR, 17 * SEC);
    group(1, YEAR, 0);
    group(12, 7 * YEAR, SEC / 4);
    group(6, -3 * YEAR, HOUR);
    group(2, 300 * YEAR, YEAR);
    drafts
}

fn append_in_pieces(store: &dyn Store, drafts: &[Draft], seed: u64) {
    for batch in shuffled(drafts, seed).chunks(29) {
        append(store, batch);
    }
}

/// Compares a page after each number of rows with a slice of all rows.
fn check_every_skip(store: &dyn Store, range: TimeRange, watermark: Option<Watermark>, rows: &[Row]) {
    let rows: Vec<&Row> = rows.iter().filter(|row| range.contains(row.key.time)).collect();
    let limit = LIMIT as usize;
    let beyond = [rows.len() + 1, rows.len() + 1_000, 5_000_000];
    for skip in (0..=rows.len()).chain(beyond) {
        let query = PageQuery::first(CALLS, range, LIMIT);
        let query = PageQuery { start: Start::Skip(skip as u64), watermark, ..query };
        let found = page(store, &query);
        let start = skip.min(rows.len());
        let end = (start + limit).min(rows.len());
        let expected: Vec<Row> = rows[start..end].iter().map(|row| (*row).clone()).collect();
        assert_eq!(take_apart(&found.rows), expected, "after {skip} rows");
        assert_eq!(found.next.is_some(), end < rows.len(), "after {skip} rows: whether more follow");
        if let Some(next) = query.after(&found) {
            let follows = page(store, &next);
            assert_eq!(follows.rows.id(0), rows[end].key.id, "the page after that after {skip} rows");
        }
    }
    let furthest =
        PageQuery { start: Start::Skip(u64::MAX), watermark, ..PageQuery::first(CALLS, range, LIMIT) };
    assert!(page(store, &furthest).rows.is_empty(), "there is one after all rows");
}

fn ranges() -> [TimeRange; 6] {
    let range = |from, to| TimeRange::of(CALLS, at(from), at(to)).expect("the range starts before it ends");
    [
        TimeRange::ALL,
        range(0, YEAR),
        range(1, 9 * YEAR),
        range(SEC - 2, 5 * HOUR + 20 * SEC),
        range(SEC + 5, HOUR),
        range(-YEAR, 1),
    ]
}

/// Any `$skip` gives the rows that counting gives.
pub fn any_skip_finds_its_row(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = uneven_rows();
    append_in_pieces(&*store, &drafts, 11);
    let rows = in_order(&drafts);
    for range in ranges() {
        check_every_skip(&*store, range, None, &rows);
    }
}

/// `$skip` in a walk that started earlier counts only what that walk sees.
pub fn skip_counts_what_an_old_walk_sees(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = shuffled(&uneven_rows(), 12);
    let (early, late) = drafts.split_at(70);
    append_in_pieces(&*store, early, 13);
    let watermark = page(&*store, &PageQuery::first(CALLS, TimeRange::ALL, 1)).watermark;
    append_in_pieces(&*store, late, 14);
    let rows = in_order(early);
    for range in ranges() {
        check_every_skip(&*store, range, Some(watermark), &rows);
    }
    let walk = super::rows::walk(&*store, since(watermark, super::rows::all(LIMIT)));
    super::rows::assert_same(&walk, &rows, "the old walk");
}
