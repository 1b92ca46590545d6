//! Cases about which buckets of time changed.

use std::collections::BTreeMap;

use trunklog_odata::Instant;
use trunklog_odata::expr::Comparison;
use trunklog_records::TimeRange;
use trunklog_records::schema::SMS;
use trunklog_store::{ChangedBuckets, Erase, Erasure, Selection, Store, Watermark, bucket_of};

use super::Fixture;
use super::expressions::{compare, int, property};
use super::rows::{
    CALLS, Draft, HOUR, SEC, append, at, draft, draft_at, newest, range, row_of, rows_of, store, together,
};

/// What the case knows of the buckets of [`CALLS`].
#[derive(Default)]
struct Ledger {
    buckets: BTreeMap<Instant, Watermark>,
    /// The numbers of all commits, and 0.
    commits: Vec<Watermark>,
}

impl Ledger {
    /// Compares what the store says with a commit that changed the buckets of
    /// some instants.
    fn expect(&mut self, store: &dyn Store, instants: &[Instant], what: &str) {
        let now = newest(store);
        let last = self.commits.last().copied().unwrap_or(Watermark(0));
        assert_eq!(now > last, !instants.is_empty(), "{what}: whether there was a commit");
        self.buckets.extend(instants.iter().map(|instant| (bucket_of(*instant), now)));
        self.commits.push(now);
        self.check(store, what);
    }

    fn check(&self, store: &dyn Store, what: &str) {
        for after in self.commits.iter().copied().chain([Watermark(0)]) {
            let newer = self.buckets.iter().filter(|(_, commit)| **commit > after);
            let expected: Vec<(Instant, Watermark)> =
                newer.map(|(start, commit)| (*start, *commit)).collect();
            let found = store.changed_buckets(CALLS, after).expect("changed buckets are known");
            assert_eq!(found, ChangedBuckets::These(expected), "{what}: after {after:?}");
        }
    }
}

/// The buckets of what came, changed or went are told, each with its last
/// commit, and no others; also after the store was opened again.
pub fn changed_buckets_are_exact(fixture: &dyn Fixture) {
    let mut known = Ledger::default();
    {
        let engine = fixture.open();
        let store = store(&engine);
        let store = &*store;
        known.expect(store, &[], "an empty store");
        let mut drafts: Vec<Draft> = [0, 1, HOUR - 1, HOUR, 5 * HOUR, 5 * HOUR + SEC, -1]
            .into_iter()
            .map(|ticks| draft(ticks, format!("at {ticks}")))
            .collect();
        drafts.push(draft_at(Instant::ABSENT, "first"));
        drafts.push(draft_at(Instant::MAX.saturating_add_ticks(-1), "last"));
        let times = |drafts: &[Draft]| -> Vec<Instant> { drafts.iter().map(|draft| draft.time).collect() };
        append(store, &drafts);
        known.expect(store, &times(&drafts), "an append");
        append(store, &drafts);
        known.expect(store, &[], "the same append");
        let longer = Draft { duration: Some(50), ..drafts[3].clone() };
        append(store, &[drafts[0].clone(), longer, draft(9 * HOUR, "new")]);
        known.expect(store, &[at(HOUR), at(9 * HOUR)], "an update and a new row");
        store.append(&rows_of(&SMS, &[draft(20 * HOUR, "message")])).expect("the row can be stored");
        let of_messages = store.changed_buckets(&SMS, Watermark(0)).expect("changed buckets are known");
        assert_eq!(of_messages, ChangedBuckets::These(vec![(at(20 * HOUR), newest(store))]));
        known.commits.push(newest(store));
        known.check(store, "another log's row");
        assert_eq!(store.forget(CALLS, at(0)).expect("rows can be forgotten"), 2);
        known.expect(store, &[at(-1), Instant::ABSENT], "forgetting");
        let selection = Selection::all(CALLS, range(5 * HOUR, 6 * HOUR));
        assert_eq!(store.erase(&Erasure { selection, what: Erase::Rows }).expect("rows can be erased"), 2);
        known.expect(store, &[at(5 * HOUR)], "erasing rows");
        let short = compare(Comparison::Less, property(CALLS, "duration"), int(50));
        let selection = Selection { filter: Some(short), ..Selection::all(CALLS, range(0, 2 * HOUR)) };
        let name = CALLS.index_of("userDisplayName").expect("calls have the name of their user");
        let what = Erase::Properties(vec![name]);
        assert_eq!(store.erase(&Erasure { selection, what }).expect("values can be erased"), 3);
        known.expect(store, &[at(0)], "erasing values");
        engine.tidy().expect("the store can be tidied");
        known.expect(store, &[], "tidying");
    }
    let engine = fixture.open();
    let store = store(&engine);
    known.check(&*store, "opened again");
    append(&*store, &[draft(5 * HOUR, "again")]);
    known.expect(&*store, &[at(5 * HOUR)], "a new row where rows were erased");
}

/// A row that gives way changes its own bucket, and the other row its own.
pub fn rows_that_give_way_change_their_bucket(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let store = &*store;
    let mut known = Ledger::default();
    let give = |ticks, id: &str, texts: &[(&str, &str)]| {
        store.append(&together(CALLS, &[row_of(CALLS, ticks, id, texts)])).expect("the row can be stored");
    };
    let (early, late) = (7 * HOUR - SEC / 2, 7 * HOUR + SEC / 4);
    let exported = [("correlationId", "c"), ("recordedBy", "export")];
    give(early, "exported", &exported);
    known.expect(store, &[at(early)], "a row of another source");
    give(late, "graph", &[("correlationId", "c")]);
    known.expect(store, &[at(early), at(late)], "Graph's row of the same call");
    give(early, "exported", &exported);
    known.expect(store, &[], "the first row again");
    let selection = Selection::all(CALLS, TimeRange::ALL);
    assert_eq!(store.count(&selection, None).expect("rows can be counted"), 1);
}
