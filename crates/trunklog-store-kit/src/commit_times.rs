//! Cases about when commits were made.

use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_records::schema::SMS;
use trunklog_store::{Store, Watermark};

use super::Fixture;
use super::clock::TurnedClock;
use super::rows::{CALLS, HOUR, at, draft, newest, rows_of, store, tenant};

/// Stores a row, and tells the number of the commit.
fn commit(store: &dyn Store, log: &'static Log, id: &str) -> Watermark {
    store.append(&rows_of(log, &[draft(0, id)])).expect("the row can be stored");
    newest(store)
}

fn time_of(store: &dyn Store, commit: Watermark) -> Option<Instant> {
    store.commit_time(commit).expect("times of commits can be read")
}

fn check(store: &dyn Store, expected: &[(Watermark, Option<Instant>)], what: &str) {
    for (commit, time) in expected {
        assert_eq!(time_of(store, *commit), *time, "{what}: the time of {commit:?}");
    }
    assert_eq!(time_of(store, Watermark(0)), Some(Instant::ABSENT), "{what}: before the first commit");
    let newest = newest(store).0;
    for ahead in [newest + 1, newest + 1_000, u64::MAX] {
        assert_eq!(time_of(store, Watermark(ahead)), None, "{what}: {ahead} after {newest}");
    }
}

/// A commit has the time of the clock, also after the store was opened again;
/// before the first there is the absent time, and above the newest none.
pub fn commits_have_the_time_of_the_clock(fixture: &dyn Fixture) {
    let clock = TurnedClock::new();
    let mut made = Vec::new();
    {
        let engine = fixture.open_with(clock.reader());
        let store = store(&engine);
        check(&*store, &[], "an empty store");
        for (number, log) in (0_i64..).zip([CALLS, &SMS, CALLS]) {
            made.push((commit(&*store, log, &format!("{number}")), Some(at(number * 5 * HOUR))));
            check(&*store, &made, log.name);
            clock.turn(5);
        }
        check(&*engine.tenant(tenant(2)), &[], "another tenant");
    }
    let engine = fixture.open_with(clock.reader());
    let store = store(&engine);
    engine.tidy().expect("the store can be tidied");
    check(&*store, &made, "opened again");
}

/// Times are kept for 90 days; of those that are older, the newest of each log
/// stays.
pub fn old_commits_have_no_time(fixture: &dyn Fixture) {
    let clock = TurnedClock::new();
    let (first, second, of_message, last) = {
        let engine = fixture.open_with(clock.reader());
        let store = store(&engine);
        let store = &*store;
        let first = commit(store, CALLS, "first");
        let of_message = commit(store, &SMS, "message");
        clock.turn(1);
        let second = commit(store, CALLS, "second");
        clock.turn(89 * 24);
        engine.tidy().expect("the store can be tidied");
        let all = [(first, Some(at(0))), (of_message, Some(at(0))), (second, Some(at(HOUR)))];
        check(store, &all, "after 89 days");
        clock.turn(2 * 24);
        engine.tidy().expect("the store can be tidied");
        let newest_of_each = [(first, None), (of_message, Some(at(0))), (second, Some(at(HOUR)))];
        check(store, &newest_of_each, "after 91 days");
        let last = commit(store, CALLS, "last");
        engine.tidy().expect("the store can be tidied");
        check(store, &newest_of_each, "after 91 days and a new commit");
        (first, second, of_message, last)
    };
    let engine = fixture.open_with(clock.reader());
    let store = store(&engine);
    let store = &*store;
    let of_last = Some(at((91 * 24 + 1) * HOUR));
    let known = [(first, None), (second, Some(at(HOUR))), (last, of_last)];
    check(store, &known, "opened again");
    clock.turn(91 * 24);
    engine.tidy().expect("the store can be tidied");
    let newest_of_each = [(first, None), (second, None), (of_message, Some(at(0))), (last, of_last)];
    check(store, &newest_of_each, "after 182 days");
}
