//! Cases about filters.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use trunklog_odata::expr::{Arithmetic, Comparison, Expr, Function, Kind, Node};
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};
use trunklog_records::{Log, TimeRange};
use trunklog_store::{PageQuery, Selection, Start, Store};

use super::dice::Dice;
use super::expressions::{ARITHMETIC, COMPARISONS, FUNCTIONS, Generator, call, compare, int, property, text};
use super::odd_rows::odd_rows;
use super::rows::{
    CALLS, Draft, SEC, append, assert_same, assert_same_keys, draft, in_order, one_a_second, page, places,
    range, shuffled, store, walk, walk_with, whole,
};
use super::walks::StopOnDrop;
use super::{Fixture, MemoryEngine};

/// How many filters are tried beside those for each function and operator.
const FILTERS: usize = 90;

/// Filters of every kind select the calls that a naive evaluation selects.
pub fn direct_routing_filters_agree(fixture: &dyn Fixture) {
    filters_agree(fixture, &DIRECT_ROUTING_CALLS, 71);
}

/// The same for PSTN calls, which have decimals and an enumeration.
pub fn pstn_filters_agree(fixture: &dyn Fixture) {
    filters_agree(fixture, &PSTN_CALLS, 72);
}

fn filters_agree(fixture: &dyn Fixture, log: &'static Log, seed: u64) {
    let rows = odd_rows(log, 150, &mut Dice(seed));
    let engine = fixture.open();
    let store = store(&engine);
    store.append(&rows).expect("the rows can be stored");
    let reference = super::rows::store(&MemoryEngine::new().open());
    reference.append(&rows).expect("the rows can be stored");

    let filters = filters(log, seed);
    assert_everything_occurs(&filters);
    let mut telling = 0;
    for (number, filter) in filters.into_iter().enumerate() {
        let selection = Selection { filter: Some(filter), ..Selection::all(log, TimeRange::ALL) };
        let filter = &selection.filter;
        selection.check().unwrap_or_else(|error| panic!("filter {number}: {error}: {filter:?}"));
        let expected = whole(&*reference, &selection);
        let found = whole(&*store, &selection);
        assert_eq!(places(&found), places(&expected), "filter {number}: {filter:?}");
        if number % 4 == 0 {
            let count = store.count(&selection, None).expect("rows can be counted");
            assert_eq!(count, expected.len() as u64, "the count of filter {number}: {filter:?}");
        }
        telling += usize::from(!expected.is_empty() && expected.len() < rows.len());
    }
    assert!(telling > FILTERS / 4, "only {telling} filters select some rows and not all");
}

fn filters(log: &'static Log, seed: u64) -> Vec<Expr> {
    let mut generator = Generator::new(log, seed);
    let mut filters = Vec::new();
    for function in FUNCTIONS {
        filters.push(generator.filter_by(function));
    }
    for by in ARITHMETIC {
        filters.push(generator.filter_with(by));
    }
    filters.extend(overflows(log));
    filters.extend((0..FILTERS).map(|_| generator.filter()));
    filters
}

/// Filters whose numbers are too large for 64 bits, so that no row satisfies
/// the comparison and every row its opposite.
fn overflows(log: &'static Log) -> [Expr; 3] {
    let times = |left: Expr, right: Expr| {
        Expr::new(Kind::Int, Node::Arithmetic(Arithmetic::Multiply, Box::new(left), Box::new(right)))
    };
    let large = || times(property(log, "duration"), int(i64::MAX));
    let above = |value| compare(Comparison::Greater, value, int(-7));
    let negated = Expr::new(Kind::Int, Node::Negate(Box::new(int(i64::MIN))));
    [
        above(large()),
        Expr::new(Kind::Bool, Node::Not(Box::new(above(large())))),
        above(times(negated, int(1))),
    ]
}

/// Asserts that the filters have every node, operator and function. Names are
/// those of the variants.
fn assert_everything_occurs(filters: &[Expr]) {
    const NODES: [&str; 16] = [
        "Literal",
        "Property",
        "Member",
        "And",
        "Or",
        "Not",
        "IsNull",
        "Compare",
        "In",
        "Arithmetic",
        "Negate",
        "Call",
        "Any",
        "All",
        "If",
        "Mask",
    ];
    let mut found = BTreeSet::new();
    for filter in filters {
        let _ = filter.clone().map(&mut |part| {
            let node = format!("{:?}", part.node);
            found.insert(node.split('(').next().unwrap_or_default().to_owned());
            match &part.node {
                Node::Call(function, _) => found.insert(format!("{function:?}")),
                Node::Compare(by, _, _) => found.insert(format!("{by:?}")),
                Node::Arithmetic(by, _, _) => found.insert(format!("{by:?}")),
                _ => false,
            };
            part
        });
    }
    let names = NODES.map(str::to_owned).into_iter();
    let names = names.chain(FUNCTIONS.map(|function| format!("{function:?}")));
    let names = names.chain(COMPARISONS.map(|by| format!("{by:?}")));
    let names = names.chain(ARITHMETIC.map(|by| format!("{by:?}")));
    let missing: Vec<String> = names.filter(|name| !found.contains(name)).collect();
    assert_eq!(missing, [""; 0], "what no filter has");
}

/// Calls of which about half are long and a third have a name with a `b`.
fn mixed(count: u32) -> Vec<Draft> {
    let mut drafts = one_a_second(count);
    for (draft, number) in drafts.iter_mut().zip(0..) {
        draft.duration = (number % 7 != 0).then_some(number % 11);
        draft.name =
            ["abc", "B", "none", ""].get(number.unsigned_abs() as usize % 6).map(|s| (*s).to_owned());
    }
    drafts
}

fn is_long(draft: &Draft) -> bool {
    draft.duration.is_some_and(|duration| duration > 4)
}

fn has_b(draft: &Draft) -> bool {
    draft.name.as_ref().is_some_and(|name| name.to_lowercase().contains('b'))
}

fn selected(filter: Expr) -> Selection {
    Selection { filter: Some(filter), ..Selection::all(CALLS, TimeRange::ALL) }
}

/// The selection that [`is_long`] describes.
fn long_calls() -> Selection {
    selected(compare(Comparison::Greater, property(CALLS, "duration"), int(4)))
}

/// The selection that [`has_b`] describes.
fn calls_with_b() -> Selection {
    let name = call(Function::ToLower, vec![property(CALLS, "userDisplayName")]);
    selected(call(Function::Contains, vec![name, text("b")]))
}

fn those(drafts: &[Draft], which: fn(&Draft) -> bool) -> Vec<Draft> {
    drafts.iter().filter(|draft| which(draft)).cloned().collect()
}

/// A filtered page that ends with the last row has no next key, however full
/// it is and however many rows follow that the filter leaves out.
pub fn the_last_filtered_page_has_no_next(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let mut drafts = mixed(90);
    drafts.extend((100..140).map(|n| Draft { duration: Some(0), ..draft(n * SEC, format!("short {n}")) }));
    append(&*store, &shuffled(&drafts, 73));
    let expected = in_order(&those(&drafts, is_long));
    let count = u32::try_from(expected.len()).expect("the case has few rows");
    for limit in [1, 2, 7, count - 1, count, count + 1, 1_000, u32::MAX] {
        let mut pages = 0;
        let rows = walk_with(&*store, PageQuery::of(long_calls(), limit), |_| pages += 1);
        assert_same(&rows, &expected, "a filtered walk");
        assert_eq!(pages, count.div_ceil(limit), "pages with a limit of {limit}");
    }
    let none = selected(compare(Comparison::Greater, property(CALLS, "duration"), int(1_000)));
    assert!(whole(&*store, &none).is_empty(), "a filter that no row satisfies selects rows");
}

/// Counts of filtered ranges, now and at an older watermark.
pub fn filtered_counts_are_exact(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = mixed(200);
    let (early, late) = drafts.split_at(120);
    append(&*store, early);
    let watermark = page(&*store, &PageQuery::of(long_calls(), 1)).watermark;
    append(&*store, late);
    for (selection, which) in [(long_calls(), is_long as fn(&Draft) -> bool), (calls_with_b(), has_b)] {
        let count = |selection: &Selection, watermark| {
            store.count(selection, watermark).expect("rows can be counted")
        };
        assert_eq!(count(&selection, None), those(&drafts, which).len() as u64);
        assert_eq!(count(&selection, Some(watermark)), those(early, which).len() as u64);
        let part = Selection { range: range(30 * SEC, 150 * SEC), ..selection };
        assert_eq!(count(&part, None), those(&drafts[30..150], which).len() as u64);
        assert_eq!(count(&part, Some(watermark)), those(&drafts[30..120], which).len() as u64);
    }
}

/// Any `$skip` counts the rows that the filter selects.
pub fn any_skip_counts_filtered_rows(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = mixed(120);
    append(&*store, &shuffled(&drafts[..90], 74));
    let watermark = page(&*store, &PageQuery::of(long_calls(), 1)).watermark;
    append(&*store, &drafts[90..]);
    for (watermark, drafts) in [(None, &drafts[..]), (Some(watermark), &drafts[..90])] {
        let expected = in_order(&those(drafts, is_long));
        for skip in (0..expected.len() + 2).chain([100_000]) {
            let query = PageQuery { watermark, ..PageQuery::of(long_calls(), 3) };
            let found = page(&*store, &PageQuery { start: Start::Skip(skip as u64), ..query });
            let start = skip.min(expected.len());
            let end = (start + 3).min(expected.len());
            let found_rows = trunklog_store::evaluate::take_apart(&found.rows);
            assert_same(&found_rows, &expected[start..end], &format!("after {skip} rows"));
            assert_eq!(found.next.is_some(), end < expected.len(), "after {skip} rows: whether more follow");
        }
    }
}

/// Two walks with different filters, side by side, while a writer adds rows
/// that both filters select.
pub fn filtered_walks_are_exact_while_rows_arrive(fixture: &dyn Fixture) {
    const ROWS: u32 = 600;
    let engine = fixture.open();
    let store = store(&engine);
    let store: &dyn Store = &*store;
    let drafts = mixed(ROWS);
    append(store, &shuffled(&drafts, 75));
    let walks = [(long_calls(), is_long as fn(&Draft) -> bool), (calls_with_b(), has_b)];
    let written = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _stop = StopOnDrop(&stop);
        // Both walks start before the first new row comes.
        let first_pages = walks.map(|(selection, which)| {
            let query = PageQuery::of(selection, 5);
            let first = page(store, &query);
            (query, first, in_order(&those(&drafts, which)))
        });
        let (written, stop) = (&written, &stop);
        scope.spawn(move || {
            for round in 0..1_000_000_i64 {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let near = round * 617 % i64::from(ROWS);
                let new = |n| Draft {
                    name: Some("Bb".to_owned()),
                    duration: Some(9),
                    ..draft((near + n) * SEC + 1 + round % 3, format!("new {round}-{n}"))
                };
                append(store, &(0..4).map(new).collect::<Vec<_>>());
                written.fetch_add(1, Ordering::Relaxed);
            }
        });
        let walkers = first_pages.map(|(query, first, expected)| {
            scope.spawn(move || {
                let rest = query.after(&first).expect("the filters select more than a page");
                let rows = walk_with(store, rest, |number| {
                    assert!(number < expected.len(), "the walk has more pages than rows");
                    if number % 10 == 0 {
                        wait_for_more(written);
                    }
                });
                assert_same_keys(&rows, &expected[5..], "the filtered walk beside the writer");
            })
        });
        for walker in walkers {
            walker.join().expect("the walk is exact");
        }
    });
    let written = written.load(Ordering::Relaxed);
    let found = walk(store, PageQuery::of(long_calls(), 1_000)).len();
    assert_eq!(found, those(&drafts, is_long).len() + 4 * written, "long calls after the writer ended");
}

/// Waits until the writer has written once more.
fn wait_for_more(written: &AtomicUsize) {
    let before = written.load(Ordering::Relaxed);
    for _ in 0..60_000 {
        if written.load(Ordering::Relaxed) > before {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    panic!("the writer did not finish an append within a minute");
}
