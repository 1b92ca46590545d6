//! Cases about orders.

use trunklog_odata::expr::{Arithmetic, Comparison, Expr, Function, Kind, Node, OrderBy};
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};
use trunklog_records::{Log, TimeRange};
use trunklog_store::{MAX_ORDER, PageQuery, Selection, Start};

use super::dice::Dice;
use super::expressions::{arithmetic, ascending, call, compare, descending, int, property};
use super::odd_rows::odd_rows;
use super::rows::{
    CALLS, Draft, SEC, append, assert_same_keys, draft, one_a_second, page, places, store, walk, walk_with,
    whole,
};
use super::{Fixture, MemoryEngine};

/// Orders by every kind of value, which have ties, nulls and texts that differ
/// only after what is compared.
fn orders(log: &'static Log) -> Vec<Vec<OrderBy>> {
    let of = |name| property(log, name);
    let masked = Expr::new(Kind::Text, Node::Mask(Box::new(of("callerNumber")), 4));
    let mut orders = vec![
        vec![ascending(of("duration"))],
        vec![descending(of("duration"))],
        vec![ascending(of("userDisplayName"))],
        vec![descending(of("userDisplayName"))],
        vec![descending(of("endDateTime"))],
        vec![ascending(of("id"))],
        vec![descending(of("startDateTime"))],
        vec![ascending(masked), descending(of("callType"))],
        vec![ascending(call(Function::Date, vec![of("endDateTime")])), descending(of("duration"))],
        vec![descending(compare(Comparison::Greater, of("duration"), int(1))), ascending(of("callType"))],
        vec![
            ascending(call(Function::Length, vec![of("callType")])),
            descending(arithmetic(Arithmetic::DivideBy, of("duration"), int(3))),
            ascending(call(Function::ToLower, vec![of("userId")])),
        ],
    ];
    for name in ["charge", "successfulCall"] {
        if log.index_of(name).is_some() {
            orders.push(vec![ascending(of(name)), descending(of("callType"))]);
            orders.push(vec![descending(of(name))]);
        }
    }
    let many = ["callType", "duration", "userId", "callerNumber", "endDateTime", "calleeNumber"];
    let mut most: Vec<OrderBy> = many.into_iter().map(|name| ascending(of(name))).collect();
    most.push(descending(call(Function::Time, vec![of("endDateTime")])));
    most.push(descending(of("userPrincipalName")));
    assert_eq!(most.len(), MAX_ORDER);
    orders.push(most);
    orders
}

/// Every order of direct-routing calls, page by page.
pub fn direct_routing_orders_agree(fixture: &dyn Fixture) {
    orders_agree(fixture, &DIRECT_ROUTING_CALLS, 81);
}

/// The same for PSTN calls, which have decimals.
pub fn pstn_orders_agree(fixture: &dyn Fixture) {
    orders_agree(fixture, &PSTN_CALLS, 82);
}

fn orders_agree(fixture: &dyn Fixture, log: &'static Log, seed: u64) {
    let rows = odd_rows(log, 60, &mut Dice(seed));
    let engine = fixture.open();
    let store = store(&engine);
    store.append(&rows).expect("the rows can be stored");
    let reference = super::rows::store(&MemoryEngine::new().open());
    reference.append(&rows).expect("the rows can be stored");
    for order in orders(log) {
        let selection = Selection { order, ..Selection::all(log, TimeRange::ALL) };
        let expected = whole(&*reference, &selection);
        assert_eq!(expected.len(), rows.len());
        let found = walk(&*store, PageQuery::of(selection.clone(), 7));
        assert_eq!(places(&found), places(&expected), "ordered by {:?}", selection.order);
    }
}

fn drafts() -> Vec<Draft> {
    let mut drafts = one_a_second(60);
    for (draft, number) in drafts.iter_mut().zip(0..) {
        draft.duration = (number % 5 != 0).then_some(number * 7 % 9);
        draft.name = Some(["b", "a", "C"][number.unsigned_abs() as usize % 3].to_owned());
    }
    drafts
}

/// Long calls of one name first, and only those that have a duration.
fn ordered() -> Selection {
    let duration = || property(CALLS, "duration");
    Selection {
        filter: Some(compare(Comparison::GreaterOrEqual, duration(), int(0))),
        order: vec![ascending(property(CALLS, "userDisplayName")), descending(duration())],
        ..Selection::all(CALLS, TimeRange::ALL)
    }
}

/// The rows that [`ordered`] means, found without an evaluator.
fn in_that_order(drafts: &[Draft]) -> Vec<String> {
    let mut drafts: Vec<&Draft> = drafts.iter().filter(|draft| draft.duration.is_some()).collect();
    drafts.sort_by_key(|draft| {
        (draft.name.clone(), std::cmp::Reverse(draft.duration), draft.time, draft.id.clone())
    });
    drafts.into_iter().map(|draft| draft.id.clone()).collect()
}

fn ids(rows: Vec<trunklog_store::evaluate::Row>) -> Vec<String> {
    rows.into_iter().map(|row| row.key.id).collect()
}

/// Any `$skip` under an order, with a filter.
pub fn any_skip_counts_ordered_rows(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = drafts();
    append(&*store, &drafts);
    let expected = in_that_order(&drafts);
    for skip in (0..expected.len() + 2).chain([100_000]) {
        let query = PageQuery { start: Start::Skip(skip as u64), ..PageQuery::of(ordered(), 4) };
        let found = page(&*store, &query);
        let start = skip.min(expected.len());
        let end = (start + 4).min(expected.len());
        let found_ids = ids(trunklog_store::evaluate::take_apart(&found.rows));
        assert_eq!(found_ids, expected[start..end], "after {skip} rows");
        assert_eq!(found.next.is_some(), end < expected.len(), "after {skip} rows: whether more follow");
        if let Some(next) = query.after(&found) {
            assert_eq!(page(&*store, &next).rows.id(0), expected[end], "the page after {skip} rows");
        }
    }
}

/// Rows that come anywhere in the order stay out of an ordered walk that is
/// under way, page by page.
pub fn ordered_walks_are_exact_while_rows_arrive(fixture: &dyn Fixture) {
    let engine = fixture.open();
    let store = store(&engine);
    let drafts = drafts();
    append(&*store, &drafts);
    let expected = in_that_order(&drafts);
    let mut late = Vec::new();
    let rows = walk_with(&*store, PageQuery::of(ordered(), 6), |number| {
        let n = i32::try_from(number).expect("the walk has few pages");
        let mut batch: Vec<Draft> = ["a", "b", "C", ""]
            .into_iter()
            .map(|name| Draft {
                name: Some(name.to_owned()),
                duration: Some(n),
                ..draft(i64::from(n) * SEC + 1, format!("late {n} {name}"))
            })
            .collect();
        append(&*store, &batch);
        late.append(&mut batch);
    });
    assert_eq!(ids(rows), expected, "the running walk");
    let all = [drafts, late].concat();
    assert_eq!(ids(walk(&*store, PageQuery::of(ordered(), 6))), in_that_order(&all), "the next walk");
    let plain = walk(&*store, PageQuery::first(CALLS, TimeRange::ALL, 50));
    assert_same_keys(&plain, &super::rows::in_order(&all), "a walk without an order");
}
