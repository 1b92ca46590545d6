//! Cases about rows that give way to others of the same call.

use std::ops::ControlFlow;

use trunklog_records::schema::{PSTN_CALLS, RECORDED_BY};
use trunklog_records::{Rows, TimeRange};
use trunklog_store::evaluate::{Cell, Row, take_apart};
use trunklog_store::{
    AppendCounts, ErrorKind, Measure, PageQuery, ReportQuery, ScanQuery, Selection, Start, Store, Watermark,
};

use super::Fixture;
use super::clock::TurnedClock;
use super::rows::{
    CALLS, HOUR, all, assert_same, newest, page, row_of, since, store, stored, tenant, together, walk,
};

/// How far the times of two rows of one call may be apart.
fn within() -> i64 {
    CALLS.supersession.expect("calls give way to others").within_ticks
}

fn give(store: &dyn Store, rows: &[Row]) -> AppendCounts {
    store.append(&together(CALLS, rows)).expect("the rows can be stored")
}

/// Another source's row beside one of Graph, and whether it gives way to it.
struct Pair {
    what: &'static str,
    /// How much later it is than Graph's.
    later: i64,
    of_graph: [Option<&'static str>; 3],
    of_other: [Option<&'static str>; 3],
    gives_way: bool,
}

const WHOLE: [Option<&str>; 3] = [Some("c"), Some("u"), Some("ByotIn")];

/// Pairs with their correlation ids, users and call types.
fn pairs() -> Vec<Pair> {
    let pair = |what, later, of_other, gives_way| Pair { what, later, of_graph: WHOLE, of_other, gives_way };
    let (c, u, kind) = (Some("c"), Some("u"), Some("ByotIn"));
    vec![
        pair("the same time", 0, WHOLE, true),
        pair("a little later", 3, WHOLE, true),
        pair("as late as may be", within(), WHOLE, true),
        pair("as early as may be", -within(), WHOLE, true),
        pair("too late", within() + 1, WHOLE, false),
        pair("too early", -within() - 1, WHOLE, false),
        pair("hours later", 7 * HOUR, WHOLE, false),
        pair("no user", 3, [c, None, kind], true),
        pair("no call type", 3, [c, u, None], true),
        pair("neither", -3, [c, None, None], true),
        pair("another user", 3, [c, Some("U"), kind], false),
        pair("another call type", 3, [c, u, Some("ByotOut")], false),
        pair("another user, no call type", 0, [c, Some("v"), None], false),
        pair("another correlation id", 3, [Some("d"), u, kind], false),
        pair("no correlation id", 3, [None, u, kind], false),
        Pair { of_graph: [None, u, kind], ..pair("Graph has no correlation id", 0, WHOLE, false) },
        Pair { of_graph: [None, u, kind], ..pair("no correlation ids", 0, [None, u, kind], false) },
        Pair { of_graph: [c, None, kind], ..pair("Graph has no user", 0, WHOLE, false) },
        Pair { of_graph: [c, None, None], ..pair("both have no user", 0, [c, None, None], true) },
    ]
}

/// Those that stay, though they may be one call: they agree in correlation id and time.
const AMBIGUOUS: [&str; 4] =
    ["another user", "another call type", "another user, no call type", "Graph has no user"];

/// Rows of Graph, and those of another source beside them, of which the first
/// give way and the second don't.
struct Rivals {
    of_graph: Vec<Row>,
    giving_way: Vec<Row>,
    staying: Vec<Row>,
}

impl Rivals {
    /// The rows of [`pairs`], each with its own day and correlation id.
    fn new() -> Rivals {
        let (mut of_graph, mut giving_way, mut staying) = (Vec::new(), Vec::new(), Vec::new());
        for (pair, number) in pairs().into_iter().zip(0_i64..) {
            let row = |later, source: &str, same: [Option<&str>; 3]| {
                let correlation = same[0].map(|text| format!("{text}{number}"));
                let texts = [
                    ("correlationId", correlation.as_deref()),
                    ("userId", same[1]),
                    ("callType", same[2]),
                    (RECORDED_BY, (source == "export").then_some(source)),
                ];
                let texts: Vec<(&str, &str)> =
                    texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
                row_of(CALLS, number * 24 * HOUR + later, &format!("{source}: {}", pair.what), &texts)
            };
            of_graph.push(row(0, "graph", pair.of_graph));
            let other = row(pair.later, "export", pair.of_other);
            if pair.gives_way { giving_way.push(other) } else { staying.push(other) }
        }
        Rivals { of_graph, giving_way, staying }
    }

    fn of_other(&self) -> Vec<Row> {
        [self.giving_way.clone(), self.staying.clone()].concat()
    }

    /// What is left of all.
    fn left(&self) -> Vec<Row> {
        sorted([self.of_graph.clone(), self.staying.clone()].concat())
    }
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by(|left, right| left.key.cmp(&right.key));
    rows
}

fn len(rows: &[Row]) -> u64 {
    rows.len() as u64
}

/// Compares page, count, scan and skip at a watermark.
fn check(store: &dyn Store, watermark: Option<Watermark>, expected: &[Row], what: &str) {
    assert_same(&walk(store, PageQuery { watermark, ..all(5) }), expected, what);
    let selection = Selection::all(CALLS, TimeRange::ALL);
    let count = store.count(&selection, watermark).expect("rows can be counted");
    assert_eq!(count, len(expected), "{what}: the count");
    let mut scanned = Vec::new();
    let scan = ScanQuery { selection, skip: 0, limit: None, watermark };
    let mut each = |batch: Rows| -> ControlFlow<()> {
        scanned.extend(take_apart(&batch));
        ControlFlow::Continue(())
    };
    store.scan(&scan, &mut each).expect("the rows can be scanned");
    assert_same(&scanned, expected, &format!("{what}: a scan"));
    for (skip, expected) in expected.iter().enumerate().step_by(3) {
        let found = page(store, &PageQuery { start: Start::Skip(skip as u64), watermark, ..all(1) });
        assert_eq!(found.rows.id(0), expected.key.id, "{what}: after {skip} rows");
    }
}

/// Of two rows of one call that of another source is gone, in whichever order
/// they come, also in one batch; a row that only looks alike stays.
pub fn rows_of_the_same_call_give_way(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let rows = Rivals::new();
    let (of_graph, of_other) = (&rows.of_graph, rows.of_other());
    let (giving_way, staying) = (len(&rows.giving_way), len(&rows.staying));
    let ambiguous = AMBIGUOUS.len() as u64;
    let first = engine.tenant(tenant(1));
    assert_eq!(give(&*first, &of_other).new, giving_way + staying, "the other source came first");
    let expected = AppendCounts { new: len(of_graph), ambiguous, ..AppendCounts::default() };
    assert_eq!(give(&*first, of_graph), expected);
    let second = engine.tenant(tenant(2));
    assert_eq!(give(&*second, of_graph).new, len(of_graph), "Graph came first");
    let expected =
        AppendCounts { new: staying, superseded: giving_way, ambiguous, ..AppendCounts::default() };
    assert_eq!(give(&*second, &of_other), expected);
    let third = engine.tenant(tenant(3));
    let both = [of_other.clone(), of_graph.clone()].concat();
    let new = len(of_graph) + staying;
    let expected = AppendCounts { new, superseded: giving_way, ambiguous, ..AppendCounts::default() };
    assert_eq!(give(&*third, &both), expected, "in one batch");
    for (store, what) in [(first, "another, Graph"), (second, "Graph, another"), (third, "one batch")] {
        check(&*store, None, &rows.left(), what);
        let expected = AppendCounts { unchanged: staying, superseded: giving_way, ..AppendCounts::default() };
        assert_eq!(give(&*store, &of_other), expected, "{what}: given again");
        assert_eq!(give(&*store, of_graph).unchanged, len(of_graph), "{what}: given again");
        check(&*store, None, &rows.left(), what);
    }
    // Another tenant's rows are of other calls.
    let (fourth, fifth) = (engine.tenant(tenant(4)), engine.tenant(tenant(5)));
    give(&*fourth, of_graph);
    assert_eq!(give(&*fifth, &of_other).new, giving_way + staying);
    check(&*fifth, None, &sorted(of_other), "another tenant");
}

/// Rows of another source that stay beside Graph's of the same correlation id and time
/// are counted once, by whichever append brings the second of both.
pub fn rows_that_may_be_one_call_are_counted(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let leg = |ticks: i64, id: &'static str, user: &'static str, source: Option<&'static str>| {
        let mut texts = vec![("correlationId", "c"), ("userId", user), ("callType", "ByotIn")];
        texts.extend(source.map(|source| (RECORDED_BY, source)));
        row_of(CALLS, ticks, id, &texts)
    };
    let exported = |ticks, id, user| leg(ticks, id, user, Some("export"));
    let of_graph = |ticks, id, user| leg(ticks, id, user, None);
    let one = || vec![exported(2, "e", "u")];
    let others = || vec![of_graph(0, "v", "v"), of_graph(1, "w", "w")];
    let same = || vec![of_graph(3, "u", "u")];
    let edge = within();
    // Batches, and how many each says that there are.
    let cases = [
        ("Graph's first", vec![(others(), 0), (one(), 1), (one(), 0), (others(), 0)]),
        ("Graph's last", vec![(one(), 0), (others(), 1), (others(), 0), (one(), 0)]),
        ("together", vec![([one(), others()].concat(), 1)]),
        ("one of Graph after another", vec![(one(), 0), (others()[..1].to_vec(), 1), (others(), 0)]),
        ("one of Graph is the same call", vec![(others(), 0), (same(), 0), (one(), 0)]),
        ("one of Graph is it later", vec![(others(), 0), (one(), 1), (same(), 0), (one(), 0)]),
        ("all at once", vec![([others(), one(), same()].concat(), 0)]),
        (
            "two of other sources",
            vec![(others(), 0), (vec![exported(2, "e", "u"), leg(2, "t", "u", Some("trunk"))], 2)],
        ),
        ("as far as may be", vec![(vec![of_graph(0, "v", "v")], 0), (vec![exported(edge, "e", "u")], 1)]),
        ("too far", vec![(vec![of_graph(0, "v", "v")], 0), (vec![exported(edge + 1, "e", "u")], 0)]),
        (
            "one of Graph on either side",
            vec![
                (vec![of_graph(-edge, "v", "v")], 0),
                (vec![exported(0, "e", "u")], 1),
                (vec![of_graph(edge, "w", "w")], 0),
            ],
        ),
    ];
    for ((what, batches), number) in cases.into_iter().zip(1..) {
        let store = engine.tenant(tenant(number));
        for (at, (rows, ambiguous)) in batches.into_iter().enumerate() {
            assert_eq!(give(&*store, &rows).ambiguous, ambiguous, "{what}: batch {at}");
        }
    }
}

/// Walks that started before still see a row that gave way; a day later it is
/// removed, they are told that they are too old, and it stays gone.
pub fn rows_that_gave_way_are_kept_for_a_day(fixture: &dyn Fixture) {
    let clock = TurnedClock::new();
    let rows = Rivals::new();
    let of_other = rows.of_other();
    let before = {
        let engine = fixture.open_with(clock.reader());
        let store = store(&engine);
        give(&*store, &of_other);
        let before = newest(&*store);
        give(&*store, &rows.of_graph);
        check(&*store, Some(before), &sorted(of_other.clone()), "the older watermark");
        clock.turn(23);
        engine.tidy().expect("the store can be tidied");
        check(&*store, Some(before), &sorted(of_other.clone()), "the older watermark, within a day");
        before
    };
    let engine = fixture.open_with(clock.reader());
    let store = store(&engine);
    let store = &*store;
    check(store, Some(before), &sorted(of_other.clone()), "the older watermark, opened again");
    let running = newest(store);
    clock.turn(2);
    engine.tidy().expect("the store can be tidied");
    for _ in 0..2 {
        check(store, None, &rows.left(), "after a day");
        check(store, Some(running), &rows.left(), "a walk that started after the rows gave way");
        let selection = Selection::all(CALLS, TimeRange::ALL);
        let rows_in_all = ReportQuery {
            selection: selection.clone(),
            watermark: Some(before),
            groups: vec![],
            measures: vec![Measure::ROWS],
        };
        let too_old = [
            store.page(&since(before, all(5))).map(|_| ()),
            store.page(&PageQuery { start: Start::Skip(3), ..since(before, all(5)) }).map(|_| ()),
            store.count(&selection, Some(before)).map(|_| ()),
            store.report(&rows_in_all).map(|_| ()),
            store.scan(
                &ScanQuery { selection, skip: 0, limit: None, watermark: Some(before) },
                &mut |_: Rows| ControlFlow::Continue(()),
            ),
        ];
        for (number, result) in too_old.into_iter().enumerate() {
            let error = result.expect_err("what the walk started with is gone");
            assert_eq!(error.kind(), ErrorKind::Gone, "{number}: {error}");
        }
        let (staying, giving_way) = (len(&rows.staying), len(&rows.giving_way));
        let expected = AppendCounts { unchanged: staying, superseded: giving_way, ..AppendCounts::default() };
        assert_eq!(give(store, &of_other), expected, "given again after a day");
    }
}

/// What is remembered of rows that gave way keeps no other row of the same
/// correlation id from being stored.
pub fn other_rows_of_a_correlation_id_are_stored(fixture: &dyn Fixture) {
    let clock = TurnedClock::new();
    let engine = fixture.open_with(clock.reader());
    let store = store(&engine);
    let export = |ticks, id: &str, user: &str, kind: &str| {
        let same = [("correlationId", "c"), ("userId", user), ("callType", kind), (RECORDED_BY, "export")];
        row_of(CALLS, ticks, id, &same)
    };
    let same = [("correlationId", "c"), ("userId", "u"), ("callType", "ByotIn")];
    let mut expected = vec![row_of(CALLS, 0, "graph", &same)];
    give(&*store, &[export(1, "first", "u", "ByotIn")]);
    give(&*store, &expected);
    let others = [
        export(1, "another user", "v", "ByotIn"),
        export(1, "another type", "u", "ByotOut"),
        export(2 * within(), "another time", "u", "ByotIn"),
        export(-2 * within(), "an earlier time", "u", "ByotIn"),
    ];
    for (number, other) in others.into_iter().enumerate() {
        let what = other.key.id.clone();
        assert_eq!(give(&*store, std::slice::from_ref(&other)).new, 1, "{what}");
        expected.push(other);
        assert_same(&stored(&*store), &sorted(expected.clone()), &what);
        assert_eq!(give(&*store, &[export(1, "first", "u", "ByotIn")]).superseded, 1, "after {what}");
        if number == 1 {
            clock.turn(25);
            engine.tidy().expect("the store can be tidied");
        }
    }
    // Two sources of one call without Graph's row stay both.
    let pair = [("correlationId", "p"), ("userId", "u"), ("callType", "ByotIn")];
    let by = |source: &'static str| [pair.as_slice(), [(RECORDED_BY, source)].as_slice()].concat();
    let both = [row_of(CALLS, HOUR, "one", &by("export")), row_of(CALLS, HOUR, "two", &by("trunk"))];
    assert_eq!(give(&*store, &both).new, 2, "two sources beside Graph");
    // Graph's row takes the place of both, and two rows of Graph stay both.
    let of_graph = [row_of(CALLS, HOUR, "graph", &pair), row_of(CALLS, HOUR + 1, "graph", &pair)];
    assert_eq!(give(&*store, &of_graph).new, 2, "two rows of Graph");
    expected.extend(of_graph);
    assert_same(&stored(&*store), &sorted(expected), "Graph's rows of a call with two others");
}

/// The legs of one call are told apart by their numbers, of which either side may
/// hide the last digits or know nothing.
pub fn legs_of_a_call_are_told_apart(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let full = [("correlationId", "c"), ("userId", "u"), ("callType", "ByotOutUserForwarding")];
    let leg = |more: &[(&'static str, &'static str)]| [full.as_slice(), more].concat();
    let graph = [
        row_of(CALLS, 0, "first", &leg(&[("calleeNumber", "+49301234567")])),
        row_of(CALLS, 1, "second", &leg(&[("calleeNumber", "+4420123***")])),
    ];
    let marked =
        |more: &[(&'static str, &'static str)]| leg(&[more, [(RECORDED_BY, "export")].as_slice()].concat());
    // Of another source, and whether it gives way to the first leg of Graph, and to
    // both of them.
    let cases = [
        ("the same number", vec![("calleeNumber", "+49301234567")], true, true),
        ("hidden digits", vec![("calleeNumber", "+49301234***")], true, true),
        ("more hidden digits", vec![("calleeNumber", "+4930******")], true, true),
        ("no number", vec![], true, true),
        ("a number that only Graph's second leg has", vec![("calleeNumber", "+4420123456")], false, true),
        ("a number of none", vec![("calleeNumber", "+33123456789")], false, false),
        ("a caller that Graph does not know", vec![("callerNumber", "+1")], true, true),
    ];
    let mut tenants = 1..;
    for (what, more, to_first, to_both) in cases {
        let other = vec![row_of(CALLS, 2, "other", &marked(&more))];
        for (legs, gives_way) in [(graph[..1].to_vec(), to_first), (graph.to_vec(), to_both)] {
            let mut expected = legs.clone();
            if !gives_way {
                expected.extend(other.clone());
            }
            let expected = sorted(expected);
            for (first, then) in [(&legs, &other), (&other, &legs)] {
                let store = engine.tenant(tenant(tenants.next().expect("there are few cases")));
                give(&*store, first);
                give(&*store, then);
                assert_same(&stored(&*store), &expected, what);
            }
        }
    }
}

/// A row that tells of the same call only once an update has filled it gives
/// way from then on.
pub fn updates_may_tell_of_the_same_call(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let full = [("correlationId", "c"), ("userId", "u"), ("callType", "ByotIn")];
    let marked: Vec<(&str, &str)> = full.into_iter().chain([(RECORDED_BY, "export")]).collect();
    let exported = row_of(CALLS, 1, "exported", &marked);
    give(&*store, &[exported.clone(), row_of(CALLS, 0, "graph", &full[..1])]);
    assert_eq!(stored(&*store).len(), 2, "Graph does not say which user");
    let before = newest(&*store);
    assert_eq!(give(&*store, &[row_of(CALLS, 0, "graph", &full)]).updated, 1);
    assert_same(&stored(&*store), &[row_of(CALLS, 0, "graph", &full)], "Graph says which user");
    let older = walk(&*store, since(before, all(5)));
    assert_eq!(older.len(), 2, "a walk from before sees the row that gave way");
    assert_eq!(give(&*store, &[exported]).superseded, 1);

    // The same where the other source learns it.
    let late = row_of(CALLS, HOUR, "late", &[(RECORDED_BY, "export")]);
    let of_graph = row_of(CALLS, HOUR, "graph", &full);
    give(&*store, &[late, of_graph.clone()]);
    assert_eq!(stored(&*store).len(), 3, "the other source has no correlation id");
    let before = newest(&*store);
    let expected = AppendCounts { superseded: 1, ..AppendCounts::default() };
    assert_eq!(give(&*store, &[row_of(CALLS, HOUR, "late", &marked)]), expected);
    assert!(newest(&*store) > before, "a row that gives way takes no number");
    assert_same(&stored(&*store), &[row_of(CALLS, 0, "graph", &full), of_graph], "both calls");
}

/// Of rows with one time and id that of Graph counts: another source's never
/// changes it, and it takes the other's place.
pub fn graphs_row_counts_where_time_and_id_are_one(fixture: &dyn Fixture) {
    let engine = fixture.open();
    for (log, number) in [(CALLS, 1), (&PSTN_CALLS, 2)] {
        let store = engine.tenant(tenant(number));
        let give = |rows: &[Row]| store.append(&together(log, rows)).expect("the rows can be stored");
        let whole = || walk(&*store, PageQuery::first(log, TimeRange::ALL, 5));
        let of_graph = |ticks| row_of(log, ticks, "x", &[("userId", "graph"), ("callType", "a")]);
        let of_other = |ticks| {
            row_of(log, ticks, "x", &[("userId", "other"), ("callType", "b"), (RECORDED_BY, "export")])
        };
        let mark = log.index_of(RECORDED_BY).expect("the log has the property");
        let mut expected = Vec::new();
        let orders = [
            vec![vec![of_graph(0)], vec![of_other(0)]],
            vec![vec![of_other(HOUR)], vec![of_graph(HOUR)]],
            vec![vec![of_other(2 * HOUR), of_graph(2 * HOUR)]],
            vec![vec![of_graph(3 * HOUR), of_other(3 * HOUR)]],
        ];
        for (batches, at) in orders.into_iter().zip(0_i64..) {
            let last = batches.len() - 1;
            for (number, batch) in batches.iter().enumerate() {
                let done = give(batch);
                assert_eq!(done.new, u64::from(number == 0), "order {at} of {}", log.name);
                let updated = u64::from(at == 1 && number == last);
                assert_eq!(done.updated, updated, "order {at} of {}", log.name);
            }
            expected.push(of_graph(at * HOUR));
            assert_same(&whole(), &expected, &format!("order {at} of {}", log.name));
        }
        // Given again, they change nothing.
        let before = newest(&*store);
        let again: Vec<Row> = (0..4).flat_map(|at| [of_other(at * HOUR), of_graph(at * HOUR)]).collect();
        let done = give(&again);
        assert_eq!((done.new, done.updated), (0, 0), "{} again", log.name);
        assert_eq!(newest(&*store), before, "{} again", log.name);
        assert!(whole().iter().all(|row| row.cells[mark] == Cell::Null), "a mark of another source");
    }
}
