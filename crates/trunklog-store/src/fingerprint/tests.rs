use std::collections::HashSet;

use trunklog_odata::Version;
use trunklog_odata::filter::{order_by, parse};
use trunklog_records::TimeRange;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS, PSTN_CALLS};

use super::*;

fn of(filter: &str, order: &str) -> u64 {
    let shape = DIRECT_ROUTING_CALLS.shape(Version::Beta);
    let mut selection = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
    if !filter.is_empty() {
        selection.filter = Some(parse(filter, &shape, &|_| None).unwrap());
    }
    if !order.is_empty() {
        selection.order = order_by(order, &shape).unwrap();
    }
    selection.check().unwrap();
    Fingerprint::of_rows(&selection).value()
}

#[test]
fn each_filter_has_its_own() {
    let filters = [
        "",
        "userId eq 'a'",
        "userId ne 'a'",
        "userId eq 'b'",
        "callType eq 'a'",
        "callType eq 'userId'",
        "userId eq callType",
        "callType eq userId",
        "userId eq null",
        "not (userId eq 'a')",
        "userId in ('a')",
        "userId in ('a','b')",
        "userId in ('b','a')",
        "userId eq 'a' and callType eq 'b'",
        "userId eq 'a' or callType eq 'b'",
        "userId eq 'a' and callType eq 'b' and duration eq 1",
        "userId eq 'a' and (callType eq 'b' or duration eq 1)",
        "startswith(userId,'a')",
        "endswith(userId,'a')",
        "contains(userId,'a')",
        "tolower(userId) eq 'a'",
        "length(userId) eq 1",
        "duration eq 1",
        "duration eq 1.5",
        "duration add 1 eq 2",
        "duration sub 1 eq 2",
        "duration mul 2 eq 2",
        "duration eq -1",
        "-duration eq 1",
        "successfulCall",
        "successfulCall eq true",
        "startDateTime gt 2026-01-01T00:00:00Z",
        "endDateTime gt 2026-01-01T00:00:00Z",
        "date(startDateTime) eq 2026-01-01",
        "time(startDateTime) eq 00:00:00",
        "administrativeUnitInfos/any()",
        "administrativeUnitInfos/any(a:a/id eq 'a')",
        "administrativeUnitInfos/all(a:a/id eq 'a')",
        "administrativeUnitInfos/any(a:userId eq 'a')",
    ];
    let found: HashSet<u64> = filters.iter().map(|filter| of(filter, "")).collect();
    assert_eq!(found.len(), filters.len());
}

#[test]
fn each_order_has_its_own() {
    let orders = [
        "",
        "userId",
        "userId desc",
        "callType",
        "userId,callType",
        "callType,userId",
        "userId desc,callType",
    ];
    let found: HashSet<u64> = orders.iter().map(|order| of("", order)).collect();
    assert_eq!(found.len(), orders.len());
    assert_ne!(of("successfulCall", ""), of("", "successfulCall"));
}

#[test]
fn names_count_and_places_do_not() {
    // `callType` is in other places of these two logs.
    let at = |log: &Log| log.index_of("callType").unwrap();
    assert_ne!(at(&DIRECT_ROUTING_CALLS), at(&PSTN_CALLS));
    let of = |log: &'static Log| {
        let names = Names { log, element: None };
        let by = Expr::new(trunklog_odata::expr::Kind::Text, Node::Property(at(log)));
        let mut fingerprint = Fingerprint::new();
        fingerprint.expr(names, &by);
        fingerprint.value()
    };
    assert_eq!(of(&DIRECT_ROUTING_CALLS), of(&PSTN_CALLS));
}

#[test]
fn what_was_made_stays_valid() {
    // Tokens that clients hold carry these numbers.
    assert_eq!(of("", ""), 0x8d98_74c6_600f_339b);
    assert_eq!(
        of("callType in ('ByotIn','ByotOut') and duration gt 5", "userId desc"),
        0xe478_8135_fcd1_ac71
    );
}

#[test]
fn columns_are_told_by_their_names() {
    let of = |columns| {
        let selection = Selection { columns, ..Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL) };
        let mut fingerprint = Fingerprint::of_rows(&selection);
        fingerprint.columns(&selection);
        fingerprint.value()
    };
    let last = DIRECT_ROUTING_CALLS.properties.len();
    let each = [
        Columns::All,
        Columns::Only(vec![]),
        Columns::Only(vec![0]),
        Columns::Only(vec![1]),
        Columns::Only(vec![0, 1]),
        Columns::Only(vec![last]),
        Columns::Only((0..=last).collect()),
    ];
    let found: HashSet<u64> = each.iter().cloned().map(of).collect();
    assert_eq!(found.len(), each.len());
}

#[test]
fn types_are_told_by_their_members() {
    static TYPES: [ComplexType; 4] = [
        ComplexType { name: "unit", properties: &[("id", EdmType::String)] },
        ComplexType { name: "unit", properties: &[("name", EdmType::String)] },
        ComplexType { name: "unit", properties: &[("id", EdmType::Int32)] },
        ComplexType { name: "unit", properties: &[("id", EdmType::String), ("name", EdmType::String)] },
    ];
    let of = |edm| {
        let mut fingerprint = Fingerprint::new();
        fingerprint.edm_type(edm);
        fingerprint.value()
    };
    let found: HashSet<u64> = TYPES.iter().map(|element| of(EdmType::Collection(element))).collect();
    assert_eq!(found.len(), TYPES.len());
}

#[test]
fn schemas_are_told_apart() {
    let found: HashSet<u64> = LOGS.into_iter().map(schema_fingerprint).collect();
    assert_eq!(found.len(), LOGS.len());
}
