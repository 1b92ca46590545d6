//! Cases about following what changes.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use trunklog_odata::expr::Comparison;
use trunklog_records::TimeRange;
use trunklog_records::schema::{LOGS, SMS};
use trunklog_store::evaluate::{Cell, take_row};
use trunklog_store::{
    Changes, ChangesQuery, Erase, Erasure, Error, ErrorKind, Reason, Selection, Store, Watermark,
};

use super::Fixture;
use super::clock::TurnedClock;
use super::dice::Dice;
use super::expressions::{compare, descending, int, property};
use super::followers::{Follower, change_by_chance, changes, random_rows, selections};
use super::odd_rows::odd_rows;
use super::rows::{
    CALLS, Draft, HOUR, SEC, append, at, draft, newest, one_a_second, page, range, row_of, rows_of, store,
    tenant, together,
};
use super::walks::StopOnDrop;

fn whole() -> Selection {
    Selection::all(CALLS, TimeRange::ALL)
}

fn long_calls() -> Selection {
    let filter = compare(Comparison::Greater, property(CALLS, "duration"), int(10));
    Selection { filter: Some(filter), ..whole() }
}

/// All changes after a commit, on one page.
fn after(store: &dyn Store, selection: Selection, after: Watermark) -> Changes {
    let page = changes(store, &ChangesQuery::first(selection, after, 1_000));
    assert!(page.next.is_none(), "the case has more changes than a page");
    assert_eq!(page.until, newest(store), "changes are told up to the newest commit");
    page
}

fn ids(changes: &Changes) -> Vec<String> {
    (0..changes.rows.len()).map(|row| changes.rows.id(row).to_owned()).collect()
}

fn removed(changes: &Changes) -> Vec<(&str, Reason)> {
    changes.removed.iter().map(|removed| (removed.id.as_str(), removed.reason)).collect()
}

fn erase(store: &dyn Store, selection: Selection) -> u64 {
    store.erase(&Erasure { selection, what: Erase::Rows }).expect("rows can be erased")
}

fn give(store: &dyn Store, id: &str, texts: &[(&str, &str)]) {
    store.append(&together(CALLS, &[row_of(CALLS, 0, id, texts)])).expect("the row can be stored");
}

/// Each row that came or changed is told once, in its newest state; from the
/// newest commit on nothing is told.
pub fn each_change_is_told_once(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let store = &*store;
    assert_eq!(ids(&after(store, whole(), Watermark(0))), [""; 0], "an empty store");
    let long = |draft: Draft| Draft { duration: Some(50), ..draft };
    append(store, &[draft(0, "a"), draft(1, "b"), draft(2, "c")]);
    let first = newest(store);
    append(store, &[Draft { duration: Some(6), ..draft(1, "b") }]);
    append(store, &[draft(-1, "d"), long(draft(1, "b"))]);
    let third = newest(store);
    store.append(&rows_of(&SMS, &[draft(0, "message")])).expect("the row can be stored");
    append(&*engine.tenant(tenant(2)), &one_a_second(3));
    let since_first = after(store, whole(), first);
    assert_eq!((ids(&since_first), removed(&since_first)), (vec!["d".to_owned(), "b".to_owned()], vec![]));
    let duration = CALLS.index_of("duration").expect("calls have a duration");
    let told = take_row(&since_first.rows, 1);
    assert_eq!(told.cells[duration], Cell::Int(50), "the newest state");
    assert_eq!(ids(&after(store, whole(), Watermark(0))), ["d", "a", "b", "c"], "all of them");
    assert_eq!(ids(&after(store, whole(), third)), [""; 0], "from the newest commit of the log");
    assert_eq!(ids(&after(store, Selection::all(&SMS, TimeRange::ALL), third)), ["message"], "another log");
    let part = Selection::all(CALLS, range(0, 1));
    assert_eq!(ids(&after(store, part.clone(), Watermark(0))), ["a"], "a range");
    assert_eq!(ids(&after(store, part, first)), [""; 0], "a range without changes");
}

/// What left a selection is told with its reason: changed where the filter does
/// not let it pass any more, deleted where it is gone; what never was in it is
/// left out.
pub fn what_left_a_selection_is_told(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let store = &*store;
    let of = |ticks, id: &str, duration| Draft { duration: Some(duration), ..draft(ticks, id) };
    append(store, &[of(0, "a", 50), of(1, "b", 50), of(2, "c", 50), of(HOUR, "d", 50), of(HOUR, "e", 1)]);
    let start = newest(store);
    append(store, &[of(0, "a", 2), of(1, "b", 60), of(3, "new and short", 3)]);
    let told = after(store, long_calls(), start);
    assert_eq!((ids(&told), removed(&told)), (vec!["b".to_owned()], vec![("a", Reason::Changed)]));
    // Back again within the same changes.
    append(store, &[of(0, "a", 70)]);
    let told = after(store, long_calls(), start);
    assert_eq!((ids(&told), removed(&told)), (vec!["a".to_owned(), "b".to_owned()], vec![]));
    let second = newest(store);
    assert_eq!(store.forget(CALLS, at(1)).expect("rows can be forgotten"), 1);
    assert_eq!(erase(store, Selection::all(CALLS, range(HOUR, 2 * HOUR))), 2);
    let told = after(store, Selection { range: range(0, HOUR + 1), ..long_calls() }, second);
    let gone: BTreeSet<&str> = removed(&told).into_iter().map(|(id, _)| id).collect();
    assert!(gone.is_superset(&BTreeSet::from(["a", "d"])), "{gone:?}");
    assert!(told.removed.iter().all(|removed| removed.reason == Reason::Deleted), "{:?}", told.removed);
    assert_eq!(ids(&told), [""; 0]);
    // A row that was deleted and stored again comes as a row, or where the
    // filter does not let it pass any more, as one that is gone.
    append(store, &[of(0, "a", 80), of(HOUR, "d", 4)]);
    let told = after(store, long_calls(), second);
    assert_eq!(ids(&told), ["a"]);
    assert!(removed(&told).iter().any(|(id, _)| *id == "d"), "{:?}", told.removed);
    let third = newest(store);
    // A value that was taken away changes the row.
    let duration = CALLS.index_of("duration").expect("calls have a duration");
    let what = Erase::Properties(vec![duration]);
    store.erase(&Erasure { selection: whole(), what }).expect("values can be erased");
    let told = after(store, long_calls(), third);
    let changed: Vec<&str> = removed(&told)
        .into_iter()
        .filter(|(_, reason)| *reason == Reason::Changed)
        .map(|(id, _)| id)
        .collect();
    assert!(["a", "b", "c"].iter().all(|id| changed.contains(id)), "{changed:?}");
    assert_eq!(after(store, whole(), third).rows.len(), 5, "without a filter they are rows");
}

/// A row that gave way to another is told as deleted, the other as a row.
pub fn a_row_that_gave_way_is_told_as_deleted(fixture: &dyn Fixture) {
    let clock = TurnedClock::new();
    let engine = fixture.open_with(clock.reader());
    let store = store(&engine);
    let store = &*store;
    let exported = [("correlationId", "c"), ("recordedBy", "export")];
    give(store, "exported", &exported);
    let start = newest(store);
    give(store, "graph", &[("correlationId", "c")]);
    for _ in 0..2 {
        let told = after(store, whole(), start);
        assert_eq!(ids(&told), ["graph"]);
        assert_eq!(removed(&told), [("exported", Reason::Deleted)]);
        // Removed after a day, it still is told.
        clock.turn(30);
        engine.tidy().expect("the store can be tidied");
    }
    let second = newest(store);
    give(store, "exported", &exported);
    let told = after(store, whole(), second);
    assert_eq!((ids(&told), removed(&told)), (vec![], vec![]), "the same row again");
}

/// What changes while pages are read waits for who asks from the later commit
/// on.
pub fn later_changes_wait_for_the_next_time(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let store = &*store;
    let drafts = one_a_second(12);
    append(store, &drafts);
    let query = ChangesQuery::first(whole(), Watermark(0), 4);
    let first = changes(store, &query);
    let until = first.until;
    // A row that was told, one that was not, one that goes, and a new one.
    let changed = |draft: &Draft| Draft { duration: Some(90), ..draft.clone() };
    append(store, &[changed(&drafts[1]), changed(&drafts[7]), draft(9 * SEC + 1, "new")]);
    assert_eq!(erase(store, Selection::all(CALLS, range(10 * SEC, 11 * SEC))), 1);
    let mut told = Vec::new();
    let mut rest = query.next(&first);
    while let Some(query) = rest {
        let page = changes(store, &query);
        assert_eq!(page.until, until, "the end of these changes");
        assert_eq!(page.removed, [], "what went after these changes");
        told.extend(ids(&page));
        rest = query.next(&page);
    }
    let left = [4, 5, 6, 8, 9, 11].map(|at: usize| drafts[at].id.clone());
    assert_eq!(told, left, "the rest of the changes");
    let told = after(store, whole(), until);
    let expected = [drafts[1].id.as_str(), drafts[7].id.as_str(), "new"];
    assert_eq!(ids(&told), expected, "the next time");
    assert_eq!(removed(&told), [(drafts[10].id.as_str(), Reason::Deleted)], "the next time");
}

/// Tables kept by following are equal to the log under changes of every kind,
/// in pages of any size, with filters, ranges and columns.
pub fn followers_keep_their_tables_equal(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let store = &*store;
    let mut dice = Dice(241);
    let mut followers: Vec<Follower> = selections().into_iter().map(Follower::new).collect();
    for _ in 0..4 {
        store.append(&random_rows(&mut dice, 30)).expect("the rows can be stored");
    }
    followers.extend(selections().into_iter().map(|selection| Follower::with_a_walk(store, selection)));
    let mut told = 0;
    for round in 0..25 {
        for _ in 0..=dice.below(3) {
            change_by_chance(store, &mut dice);
        }
        if round == 12 {
            engine.tidy().expect("the store can be tidied");
        }
        for (number, follower) in followers.iter_mut().enumerate() {
            if dice.chance(25) {
                let limit = dice.one_of(&[1, 2, 5, 20, 1_000]);
                told += follower.follow(store, limit, || ());
                follower.check(store, &format!("round {round}, follower {number}, pages of {limit}"));
            }
        }
    }
    for (number, follower) in followers.iter_mut().enumerate() {
        told += follower.follow(store, 50, || ());
        follower.check(store, &format!("follower {number} at the end"));
        assert_eq!(follower.follow(store, 50, || ()), 0, "follower {number} is told more");
    }
    assert!(told > 300, "only {told} changes were told");
}

/// The same in every log, with every odd value and id.
pub fn odd_changes_are_followed_in_all_logs(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    for (log, seed) in LOGS.into_iter().zip(251..) {
        let selection = Selection::all(log, TimeRange::ALL);
        let mut follower = Follower::new(selection.clone());
        let mut dice = Dice(seed);
        for round in 0..3 {
            store.append(&odd_rows(log, 15, &mut dice)).expect("the rows can be stored");
            assert_eq!(follower.follow(&*store, 4, || ()), 15, "{}", log.name);
            follower.check(&*store, &format!("{} in round {round}", log.name));
        }
        assert_eq!(erase(&*store, selection), 45, "{}", log.name);
        assert_eq!(follower.follow(&*store, 7, || ()), 45, "{}", log.name);
        follower.check(&*store, log.name);
    }
}

/// A writer at work while pages are read: what is told meanwhile is whole, and
/// in the end the tables are equal.
pub fn followers_are_exact_beside_a_writer(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let store: &dyn Store = &*store;
    let mut followers: Vec<Follower> = selections().into_iter().map(Follower::new).collect();
    store.append(&random_rows(&mut Dice(260), 80)).expect("the rows can be stored");
    let (written, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        let _stop = StopOnDrop(&stop);
        let (written, stop) = (&written, &stop);
        scope.spawn(move || {
            let mut dice = Dice(261);
            for _ in 0..100_000 {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                change_by_chance(store, &mut dice);
                written.fetch_add(1, Ordering::Relaxed);
            }
        });
        for (follower, limit) in followers.iter_mut().zip([3, 7, 5, 20, 9, 4]) {
            for _ in 0..2 {
                wait_for_more(written);
                let mut pages = 0;
                follower.follow(store, limit, || {
                    pages += 1;
                    if pages % 5 == 1 {
                        wait_for_more(written);
                    }
                });
            }
        }
    });
    for (number, follower) in followers.iter_mut().enumerate() {
        follower.follow(store, 30, || ());
        follower.check(store, &format!("follower {number} after the writer ended"));
    }
}

/// Waits until the writer has changed something once more.
fn wait_for_more(written: &AtomicUsize) {
    let before = written.load(Ordering::Relaxed);
    for _ in 0..60_000 {
        if written.load(Ordering::Relaxed) > before {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("the writer did not finish a change within a minute");
}

/// Followers go on after the store was opened again.
pub fn reopening_keeps_followers(fixture: &dyn Fixture) {
    let mut dice = Dice(271);
    let mut followers: Vec<Follower> = selections().into_iter().map(Follower::new).collect();
    for round in 0..3 {
        let engine = fixture.open();
        let store = store(&engine);
        for (number, follower) in followers.iter_mut().enumerate() {
            follower.follow(&*store, 10, || ());
            follower.check(&*store, &format!("follower {number} in round {round}"));
        }
        store.append(&random_rows(&mut dice, 40)).expect("the rows can be stored");
        for _ in 0..5 {
            change_by_chance(&*store, &mut dice);
        }
        engine.tidy().expect("the store can be tidied");
    }
}

fn refused(store: &dyn Store, after: Watermark) -> Error {
    store.changes(&ChangesQuery::first(whole(), after, 10)).expect_err("the commit is not known")
}

/// What was deleted is remembered for 90 days; one who comes later, or from
/// another store, is told to start again.
pub fn too_old_followers_start_again(fixture: &dyn Fixture) {
    let clock = TurnedClock::new();
    let (start, deleted) = {
        let engine = fixture.open_with(clock.reader());
        let store = store(&engine);
        append(&*store, &one_a_second(10));
        let start = newest(&*store);
        assert_eq!(erase(&*store, Selection::all(CALLS, range(0, 3 * SEC))), 3);
        let deleted = newest(&*store);
        clock.turn(89 * 24);
        engine.tidy().expect("the store can be tidied");
        assert_eq!(after(&*store, whole(), start).removed.len(), 3, "after 89 days");
        (start, deleted)
    };
    let engine = fixture.open_with(clock.reader());
    let store = store(&engine);
    let store = &*store;
    assert_eq!(after(store, whole(), start).removed.len(), 3, "after 89 days, opened again");
    clock.turn(2 * 24);
    engine.tidy().expect("the store can be tidied");
    for too_old in [start, Watermark(0)] {
        let error = refused(store, too_old);
        assert_eq!(error.kind(), ErrorKind::Gone, "{error}");
    }
    let told = after(store, whole(), deleted);
    assert_eq!((told.rows.len(), told.removed.len()), (0, 0), "from the deletion on");
    append(store, &[draft(HOUR, "new")]);
    assert_eq!(ids(&after(store, whole(), deleted)), ["new"], "a row after 91 days");
    let mut follower = Follower::with_a_walk(store, whole());
    append(store, &[draft(HOUR + 1, "newer")]);
    assert_eq!(follower.follow(store, 1, || ()), 1);
    follower.check(store, "who started again");
    let newest = newest(store);
    for ahead in [Watermark(newest.0 + 1), Watermark(newest.0 + 1_000), Watermark(u64::MAX)] {
        let error = refused(store, ahead);
        assert_eq!(error.kind(), ErrorKind::Gone, "{ahead:?}: {error}");
    }
    assert_eq!(page(store, &super::rows::all(100)).watermark, newest);
}

/// Changes are told up to a commit that there is: one above the newest belongs
/// to another store.
pub fn changes_end_at_a_commit_that_there_is(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let store = &*store;
    let up_to = |selection: Selection, until: u64| {
        store.changes(&ChangesQuery {
            until: Some(Watermark(until)),
            ..ChangesQuery::first(selection, Watermark(0), 10)
        })
    };
    let of_messages = || Selection::all(&SMS, TimeRange::ALL);
    for number in 0..3 {
        append(store, &[draft(number, format!("{number}"))]);
        let newest = newest(store).0;
        for until in [newest + 1, newest + 1_000, u64::MAX] {
            for selection in [whole(), of_messages()] {
                let error = up_to(selection, until).expect_err("the commit is not known");
                assert_eq!(error.kind(), ErrorKind::Gone, "{until} of {newest}: {error}");
            }
        }
        for selection in [whole(), of_messages()] {
            let told = up_to(selection, newest).expect("changes can be read");
            assert_eq!(told.until, Watermark(newest));
        }
    }
    let first = up_to(whole(), 1).expect("changes can be read");
    assert_eq!((ids(&first), first.until), (vec!["0".to_owned()], Watermark(1)));
    let nobody = engine.tenant(tenant(2));
    let query = ChangesQuery { until: Some(Watermark(1)), ..ChangesQuery::first(whole(), Watermark(0), 10) };
    assert_eq!(nobody.changes(&query).expect_err("there is no commit").kind(), ErrorKind::Gone);
}

/// A page that others follow has as many rows and removals together as it may,
/// and the last one no next key, even where it is full.
pub fn pages_of_changes_are_full(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let store = &*store;
    append(store, &one_a_second(40));
    let before = newest(store);
    let longer: Vec<Draft> =
        one_a_second(40).into_iter().map(|draft| Draft { duration: Some(50), ..draft }).collect();
    append(store, &longer[..24]);
    for start in [3, 9, 30] {
        assert_eq!(erase(store, Selection::all(CALLS, range(start * SEC, (start + 2) * SEC))), 2);
    }
    // Of the 24 rows that changed, four were deleted, and of the others two.
    for limit in [1, 2, 3, 4, 5, 7, 13, 26, 27] {
        let mut query = Some(ChangesQuery::first(whole(), before, limit));
        let mut left = 26;
        while let Some(asked) = query {
            let page = changes(store, &asked);
            let told = page.rows.len() + page.removed.len();
            assert_eq!(told, left.min(limit as usize), "{left} changes left, {limit} at a time");
            left -= told;
            assert_eq!(page.next.is_some(), left > 0, "{left} changes left, {limit} at a time");
            query = asked.next(&page);
        }
        assert_eq!(left, 0);
    }
}

/// A question that makes no sense is an error.
pub fn odd_questions_about_changes_are_refused(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    append(&*store, &one_a_second(3));
    let ordered = Selection { order: vec![descending(property(CALLS, "duration"))], ..whole() };
    let misfit = Selection { filter: Some(property(CALLS, "duration")), ..whole() };
    for selection in [ordered, misfit] {
        let query = ChangesQuery::first(selection, Watermark(0), 10);
        let error = store.changes(&query).expect_err("the selection does not fit");
        assert_eq!(error.kind(), ErrorKind::Other, "{error}");
    }
}
