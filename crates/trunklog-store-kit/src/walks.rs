//! Cases about walks, while nothing, something or everything changes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use trunklog_store::Store;

use super::Fixture;
use super::rows::{
    Draft, HOUR, SEC, all, append, appended, assert_same, assert_same_keys, draft, in_order, one_a_second,
    page, shuffled, store, stored, walk, walk_with,
};

/// Pages of one row.
pub fn one_row_pages_walk_all(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let mut drafts = one_a_second(60);
    drafts.extend((0..40).map(|n| draft(30 * SEC, format!("same {n}"))));
    append(&*store, &shuffled(&drafts, 41));
    assert_same(&walk(&*store, all(1)), &in_order(&drafts), "one by one");
}

/// A page that ends with the last row has no next key, however full it is.
pub fn the_last_page_has_no_next(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    append(&*store, &one_a_second(20));
    for limit in [1, 2, 3, 7, 19, 20, 21, 1_000, u32::MAX] {
        let mut pages = 0;
        let rows = walk_with(&*store, all(limit), |_| pages += 1);
        assert_eq!(rows.len(), 20, "with a limit of {limit}");
        assert_eq!(pages, 20_u32.div_ceil(limit), "pages with a limit of {limit}");
    }
}

/// Rows that come between and before those of a running walk are seen by the
/// next walk only.
pub fn late_rows_stay_out_of_a_running_walk(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = one_a_second(100);
    append(&*store, &drafts);
    let mut late = Vec::new();
    let rows = walk_with(&*store, all(9), |number| {
        let n = i64::try_from(number).expect("the walk has few pages");
        let mut batch = vec![
            draft(n * 10 * SEC + 1, format!("between {n}")),
            draft(-n * HOUR - 1, format!("before {n}")),
            draft(n * HOUR + 200 * SEC, format!("after {n}")),
            draft(95 * SEC, format!("at an old time {n}")),
        ];
        assert_eq!(append(&*store, &batch), appended(4, 0, 0));
        late.append(&mut batch);
    });
    assert_same(&rows, &in_order(&drafts), "the running walk");
    assert_same(&stored(&*store), &in_order(&[drafts, late].concat()), "the next walk");
}

/// An updated row keeps its place and its first sequence number: a walk that
/// started before the update sees it once, and not a second time at the end.
pub fn updated_rows_keep_their_place(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = one_a_second(90);
    append(&*store, &drafts);
    let changed = |duration| -> Vec<Draft> {
        drafts.iter().map(|draft| Draft { duration: Some(duration), ..draft.clone() }).collect()
    };
    let query = all(10);
    let first_page = page(&*store, &query);
    assert_eq!(append(&*store, &changed(1_000)), appended(0, 90, 0));
    let rest = walk(&*store, query.after(&first_page).expect("90 rows are more than a page"));
    assert_same_keys(&rest, &in_order(&drafts)[10..], "the walk that started before the update");
    let rows = walk_with(&*store, all(10), |number| {
        append(&*store, &changed(i32::try_from(number).expect("the walk has few pages")));
    });
    assert_same_keys(&rows, &in_order(&drafts), "a walk with an update after each page");
    assert_same(&stored(&*store), &in_order(&changed(8)), "after all updates");
}

/// Hundreds of pages while a writer adds rows everywhere.
pub fn walks_are_exact_while_rows_arrive(fixture: &dyn Fixture) {
    walk_beside_a_writer(fixture, |_, _| Vec::new());
}

/// The same while it also updates rows that the walk sees.
pub fn walks_are_exact_while_rows_change(fixture: &dyn Fixture) {
    walk_beside_a_writer(fixture, |drafts, round| {
        let duration = i32::try_from(round % 1_000).expect("it is below 1,000");
        let first = usize::try_from(round * 13 % 1_400).expect("it is below 1,400");
        drafts[first..first + 40]
            .iter()
            .map(|draft| Draft { duration: Some(duration), ..draft.clone() })
            .collect()
    });
}

fn walk_beside_a_writer(fixture: &dyn Fixture, updates: impl Fn(&[Draft], i64) -> Vec<Draft> + Sync) {
    const ROWS: u32 = 1_500;
    let engine = fixture.open();
    let store = store(&engine);
    let store: &dyn Store = &*store;
    let drafts = one_a_second(ROWS);
    append(store, &shuffled(&drafts, 51));
    let expected = in_order(&drafts);
    let written = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Also stops the writer when an assertion ends the walk.
        let _stop = StopOnDrop(&stop);
        let first_page = page(store, &all(7));
        let (drafts, updates, written, stop) = (&drafts, &updates, &written, &stop);
        scope.spawn(move || {
            for round in 0..1_000_000 {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                // The first rows are already ahead of the walk.
                let near = (700 + round * 617) % i64::from(ROWS);
                let mut batch = updates(drafts, round);
                batch.extend((0..5).map(|n| draft((near + n) * SEC + round % 3, format!("new {round}-{n}"))));
                let new = append(store, &batch).new;
                assert_eq!(new, 5, "round {round} added other rows than its own");
                written.fetch_add(1, Ordering::Relaxed);
            }
        });
        let wait_for = |rounds| {
            for _ in 0..60_000 {
                if written.load(Ordering::Relaxed) >= rounds {
                    return;
                }
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            panic!("the writer did not finish {rounds} appends within a minute");
        };
        wait_for(1);
        let rest = all(7).after(&first_page).expect("1,500 rows are more than a page");
        let rows = walk_with(store, rest, |number| {
            // A walk that saw the new rows might never end.
            assert!(number < expected.len(), "the walk has more pages than rows");
            if number % 20 == 0 {
                wait_for(written.load(Ordering::Relaxed) + 1);
            }
        });
        assert_same_keys(&rows, &expected[7..], "the walk beside the writer");
        // A whole walk that starts while the writer runs sees at least the
        // rows of the start, in order, each once.
        let rows = walk_with(store, all(100), |number| {
            assert!(number < 10_000, "the second walk does not end");
        });
        let mut rest = rows.iter();
        for row in &expected {
            assert!(rest.any(|found| found.key == row.key), "{:?} is missing from the second walk", row.key);
        }
    });
    let count = stored(store).len() as u64;
    assert_eq!(count, u64::from(ROWS) + 5 * written.load(Ordering::Relaxed), "rows after the writer ended");
}

/// Stops a writer, also when an assertion ends the walk beside it.
pub(super) struct StopOnDrop<'a>(pub(super) &'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Tidying after appends out of order changes nothing that can be seen, not
/// even for a walk that is under way.
pub fn tidying_changes_nothing(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = shuffled(&one_a_second(3_000), 61);
    let (early, late) = drafts.split_at(2_000);
    for batch in early.chunks(100) {
        append(&*store, batch);
    }
    let query = all(150);
    let first_page = page(&*store, &query);
    for batch in late.chunks(100) {
        append(&*store, batch);
    }
    let before = stored(&*store);
    engine.tidy().expect("the store can be tidied");
    assert_same(&stored(&*store), &before, "a walk after tidying");
    let mut running = trunklog_store::evaluate::take_apart(&first_page.rows);
    let rest = query.after(&first_page).expect("2,000 rows are more than a page");
    running.extend(walk_with(&*store, rest, |number| {
        if number == 3 {
            engine.tidy().expect("the store can be tidied during a walk");
        }
    }));
    assert_same(&running, &in_order(early), "the walk that tidying interrupted");
    assert_eq!(append(&*store, &drafts), appended(0, 0, 3_000));
    append(&*store, &[draft(-1, "after")]);
    assert_eq!(stored(&*store).len(), 3_001);
}

/// Writing all anew changes nothing that anybody sees, in the middle of a walk either, and
/// states are as they were.
pub fn scrubbing_changes_nothing(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = shuffled(&one_a_second(600), 67);
    for batch in drafts.chunks(200) {
        append(&*store, batch);
    }
    assert!(engine.exchange_state("kit/state", None, Some("a value")).expect("a state can be set"));
    let (before, newest) = (stored(&*store), store.newest().expect("there is a newest commit"));
    let query = all(150);
    let first_page = page(&*store, &query);
    engine.scrub().expect("the store can be written anew");
    let mut running = trunklog_store::evaluate::take_apart(&first_page.rows);
    let rest = query.after(&first_page).expect("600 rows are more than a page");
    running.extend(walk(&*store, rest));
    assert_same(&running, &in_order(&drafts), "the walk that it interrupted");
    assert_same(&stored(&*store), &before, "a walk after it");
    assert_eq!(store.newest().expect("there is a newest commit"), newest);
    assert_eq!(engine.state("kit/state").expect("a state can be read").as_deref(), Some("a value"));
    assert_eq!(append(&*store, &drafts), appended(0, 0, 600));
}
