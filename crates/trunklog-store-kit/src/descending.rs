//! Cases about walks from the newest row to the oldest.

use trunklog_odata::expr::Comparison;
use trunklog_records::TimeRange;
use trunklog_records::schema::LOGS;
use trunklog_store::evaluate::{Row, take_apart};
use trunklog_store::{Key, OrderValue, PageQuery, Selection, Start, Watermark};

use super::Fixture;
use super::dice::Dice;
use super::expressions::{ascending, compare, descending, int, property};
use super::odd_rows::odd_rows;
use super::rows::{
    CALLS, Draft, HOUR, SEC, YEAR, append, assert_same, at, draft, in_order, newest, page, range, shuffled,
    store, walk, walk_with,
};

/// Rows of which many have one time, and gaps.
fn drafts() -> Vec<Draft> {
    let mut drafts = Vec::new();
    for number in 0..90_i64 {
        let ticks = (number / 3) * SEC + (number / 20) * HOUR;
        drafts.push(draft(ticks, format!("{:02}", number * 37 % 90)));
    }
    drafts.extend((0..15).map(|number| draft(40 * SEC, format!("same {number}"))));
    drafts.extend([draft(-YEAR, "old"), draft(-YEAR, "also old"), draft(3 * YEAR, "new")]);
    for (draft, number) in drafts.iter_mut().zip(0..) {
        draft.duration = (number % 4 != 0).then_some(number % 7);
    }
    drafts
}

/// Groups of one time, the newest first, each in the order of ids.
fn newest_first(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|left, right| {
        right.key.time.cmp(&left.key.time).then_with(|| left.key.id.as_bytes().cmp(right.key.id.as_bytes()))
    });
    rows
}

fn backwards(selection: Selection) -> Selection {
    let order = vec![descending(property(selection.log, selection.log.time))];
    Selection { order, ..selection }
}

fn ranges() -> [TimeRange; 4] {
    [TimeRange::ALL, range(0, YEAR), range(SEC, 2 * HOUR + 5 * SEC), range(-9 * HOUR, -HOUR)]
}

/// Pages of any size, with and without a filter, and any `$skip`.
pub fn newest_rows_come_first(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = drafts();
    for batch in shuffled(&drafts, 221).chunks(30) {
        append(&*store, batch);
    }
    let all = newest_first(in_order(&drafts));
    let long = || compare(Comparison::Greater, property(CALLS, "duration"), int(3));
    let is_long = |row: &Row| drafts.iter().any(|d| d.id == row.key.id && d.duration > Some(3));
    for range in ranges() {
        for filter in [None, Some(long())] {
            let rows = all.iter().filter(|row| range.contains(row.key.time));
            let expected: Vec<Row> = rows.filter(|row| filter.is_none() || is_long(row)).cloned().collect();
            let selection = backwards(Selection { filter, ..Selection::all(CALLS, range) });
            for limit in [3, 16, 1_000] {
                let found = walk(&*store, PageQuery::of(selection.clone(), limit));
                assert_same(&found, &expected, &format!("pages of {limit}"));
            }
            for skip in (0..expected.len()).step_by(7).chain([expected.len(), 100_000]) {
                let query =
                    PageQuery { start: Start::Skip(skip as u64), ..PageQuery::of(selection.clone(), 3) };
                let found = page(&*store, &query);
                let start = skip.min(expected.len());
                let end = (start + 3).min(expected.len());
                assert_same(&take_apart(&found.rows), &expected[start..end], &format!("after {skip} rows"));
                assert_eq!(
                    found.next.is_some(),
                    end < expected.len(),
                    "after {skip} rows: whether more follow"
                );
            }
            let count = store.count(&selection, None).expect("rows can be counted");
            assert_eq!(count, expected.len() as u64, "the count");
        }
    }
}

/// A walk may go on after any key, also of a row that is not there.
pub fn backward_walks_go_on_after_any_key(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = drafts();
    append(&*store, &drafts);
    let all = newest_first(in_order(&drafts));
    let selection = backwards(Selection::all(CALLS, TimeRange::ALL));
    for ticks in [-2 * YEAR, -YEAR, 0, SEC, SEC + 1, 40 * SEC, 3 * HOUR, 3 * YEAR, 4 * YEAR] {
        for id in ["", "00", "same 7", "same 70", "\u{10ffff}"] {
            let order = vec![OrderValue::Int(at(ticks).ticks())];
            let key = Key { order, ..Key::new(at(ticks), id) };
            let query = PageQuery { start: Start::After(key), ..PageQuery::of(selection.clone(), 200) };
            let follows =
                |row: &&Row| row.key.time < at(ticks) || row.key.time == at(ticks) && *row.key.id > *id;
            let expected: Vec<Row> = all.iter().filter(follows).cloned().collect();
            let found = take_apart(&page(&*store, &query).rows);
            assert_same(&found, &expected, &format!("after {id:?} at {ticks}"));
        }
    }
}

/// Rows that come while the walk is under way stay out of it.
pub fn backward_walks_are_exact_while_rows_arrive(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = drafts();
    append(&*store, &drafts);
    let before = newest(&*store);
    let selection = backwards(Selection::all(CALLS, TimeRange::ALL));
    let mut late = Vec::new();
    let found = walk_with(&*store, PageQuery::of(selection.clone(), 10), |number| {
        let number = i64::try_from(number).expect("the walk has few pages");
        let mut batch = vec![
            draft(4 * YEAR + number, format!("newer {number}")),
            draft(40 * SEC, format!("same late {number}")),
            draft(-2 * YEAR - number, format!("older {number}")),
        ];
        append(&*store, &batch);
        late.append(&mut batch);
    });
    let expected = newest_first(in_order(&drafts));
    assert_same(&found, &expected, "the walk that rows came into");
    let at_watermark = |watermark: Watermark, limit| PageQuery {
        watermark: Some(watermark),
        ..PageQuery::of(selection.clone(), limit)
    };
    assert_same(&walk(&*store, at_watermark(before, 7)), &expected, "the older watermark");
    let skipped = PageQuery { start: Start::Skip(50), ..at_watermark(before, 5) };
    assert_same(
        &take_apart(&page(&*store, &skipped).rows),
        &expected[50..55],
        "a skip at the older watermark",
    );
    let all = newest_first(in_order(&[drafts, late].concat()));
    assert_same(&walk(&*store, PageQuery::of(selection, 11)), &all, "a new walk");
}

/// An order by time alone is the natural order, and its opposite is that of
/// groups, in every log.
pub fn orders_by_time_agree_in_all_logs(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    for (log, seed) in LOGS.into_iter().zip(223..) {
        store.append(&odd_rows(log, 50, &mut Dice(seed))).expect("the rows can be stored");
        let all = Selection::all(log, TimeRange::ALL);
        let natural = walk(&*store, PageQuery::of(all.clone(), 100));
        assert_eq!(natural.len(), 50, "{}", log.name);
        let order = vec![ascending(property(log, log.time))];
        let forwards = Selection { order, ..all.clone() };
        for limit in [3, 100] {
            let found = walk(&*store, PageQuery::of(forwards.clone(), limit));
            assert_same(&found, &natural, &format!("{} by time", log.name));
            let found = walk(&*store, PageQuery::of(backwards(all.clone()), limit));
            assert_same(&found, &newest_first(natural.clone()), &format!("{} backwards", log.name));
        }
    }
}
