//! Cases about opening a store again, and about reading all of it.

use trunklog_records::schema::SMS;
use trunklog_store::{Erase, Erasure, Selection, Watermark};

use super::Fixture;
use super::rows::{
    CALLS, Draft, SEC, all, append, appended, assert_same, draft, in_order, newest, one_a_second, page,
    range, shuffled, since, store, stored, walk,
};

/// All rows and updates are there after the store was opened again.
pub fn reopening_keeps_all_rows(fixture: &dyn Fixture) {
    let mut drafts = one_a_second(200);
    {
        let engine = fixture.open();
        let store = store(&engine);
        for batch in shuffled(&drafts, 31).chunks(33) {
            append(&*store, batch);
        }
        drafts[50].duration = Some(1_000);
        append(&*store, &drafts[50..51]);
    }
    for _ in 0..2 {
        let engine = fixture.open();
        let store = store(&engine);
        assert_same(&stored(&*store), &in_order(&drafts), "after opening again");
        assert_eq!(append(&*store, &drafts), appended(0, 0, 200));
        assert_eq!(engine.tenants().expect("tenants can be listed").len(), 1);
    }
    let engine = fixture.open();
    engine.tidy().expect("the store can be tidied");
    drop(engine);
    let engine = fixture.open();
    let store = store(&engine);
    assert_same(&stored(&*store), &in_order(&drafts), "after tidying and opening again");
}

/// Reading everything finds all rows of a log and nothing wrong with them, and
/// leaves other logs and tenants out.
pub fn verifying_reads_all_rows(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = one_a_second(1_500);
    for batch in shuffled(&drafts, 17).chunks(400) {
        append(&*store, batch);
    }
    for (log, expected) in [(CALLS, 1_500), (&SMS, 0)] {
        let (mut rows, mut from, mut parts) = (0, Some(0), 0);
        while let Some(at) = from {
            let part = store.verify(log, at).expect("stored rows can be read");
            assert_eq!(part.faults, [], "{}", log.name);
            assert!(part.next.is_none_or(|next| next > at), "it goes round in circles");
            rows += part.rows;
            from = part.next;
            parts += 1;
        }
        assert_eq!(rows, expected, "{}", log.name);
        assert!(parts > 0);
    }
    engine.health().expect("an engine that has just read is well");
}

/// A walk may go on after the store was opened again, and still sees no row
/// that came after it started.
pub fn reopening_keeps_running_walks(fixture: &dyn Fixture) {
    let drafts = one_a_second(100);
    let later: Vec<Draft> = (0..50).map(|n| draft(n * 2 * SEC + 3, format!("later {n}"))).collect();
    let much_later: Vec<Draft> = (0..50).map(|n| draft(n * 2 * SEC + 4, format!("much later {n}"))).collect();
    let (first_page, query) = {
        let engine = fixture.open();
        let store = store(&engine);
        append(&*store, &drafts);
        let query = all(10);
        let first_page = page(&*store, &query);
        append(&*store, &later);
        (first_page, query)
    };
    let engine = fixture.open();
    let store = store(&engine);
    let newest = page(&*store, &query).watermark;
    assert!(
        newest >= first_page.watermark,
        "the watermark went back from {:?} to {newest:?}",
        first_page.watermark
    );
    append(&*store, &much_later);
    let rest = walk(&*store, query.after(&first_page).expect("100 rows are more than a page"));
    assert_same(&rest, &in_order(&drafts)[10..], "the walk that started before");
    assert_same(&walk(&*store, since(first_page.watermark, all(7))), &in_order(&drafts), "the old watermark");
    let both = [drafts, later].concat();
    assert_same(&walk(&*store, since(newest, all(7))), &in_order(&both), "the watermark between");
    let three = [both, much_later].concat();
    assert_same(&stored(&*store), &in_order(&three), "a new walk");
}

/// The epoch of a store stays the same while it is written to and opened again.
pub fn reopening_keeps_the_epoch(fixture: &dyn Fixture) {
    let epoch = {
        let engine = fixture.open();
        let epoch = engine.epoch().expect("a store has an epoch");
        assert!(!epoch.is_empty(), "the epoch is empty");
        append(&*store(&engine), &one_a_second(50));
        engine.tidy().expect("the store can be tidied");
        assert_eq!(engine.epoch().expect("a store has an epoch"), epoch, "after an append");
        epoch
    };
    for number in 0..2 {
        let engine = fixture.open();
        assert_eq!(engine.epoch().expect("a store has an epoch"), epoch, "opened again");
        append(&*store(&engine), &[draft(-SEC, format!("new {number}"))]);
    }
}

/// Two stores have different epochs: numbers of commits mean nothing in the other.
pub fn two_stores_have_two_epochs(one: &dyn Fixture, other: &dyn Fixture) {
    let [one, other] = [one, other].map(|fixture| {
        let engine = fixture.open();
        append(&*store(&engine), &one_a_second(5));
        engine.epoch().expect("a store has an epoch")
    });
    assert_ne!(one, other);
}

/// The numbers of commits go on after the store was opened again.
pub fn reopening_keeps_the_sequence(fixture: &dyn Fixture) {
    let mut last = Watermark(0);
    for number in 0..4 {
        let engine = fixture.open();
        let store = store(&engine);
        assert_eq!(newest(&*store), last, "opened again");
        append(&*store, &[draft(number * SEC, "x")]);
        let selection = Selection::all(CALLS, range(0, number * SEC));
        let erasure = Erasure { selection, what: Erase::Rows };
        let erased = store.erase(&erasure).expect("rows can be erased");
        assert_eq!(erased, u64::from(number > 0), "the row before");
        assert!(newest(&*store) > last, "the numbers of commits go back");
        last = newest(&*store);
    }
}
