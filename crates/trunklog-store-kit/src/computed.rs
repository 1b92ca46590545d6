//! Cases about logs that are computed from others.

use std::collections::BTreeMap;

use trunklog_odata::expr::Comparison;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
use trunklog_records::{Log, RowBuilder, Rows, TimeRange};
use trunklog_store::evaluate::{Row, take_apart};
use trunklog_store::{
    ChangedBuckets, ChangesQuery, Erase, Erasure, ErrorKind, PageQuery, Selection, Store, Watermark,
};

use super::Fixture;
use super::dice::Dice;
use super::expressions::{compare, descending, int, property, text};
use super::rows::{SEC, assert_same, at, complete, page, store, walk};

pub(super) static REPORT: &Log = &PSTN_ONLINE_MEETING_DIALOUT;

pub(super) fn decoded(log: &'static Log, rows: &[String]) -> Rows {
    let mut builder = RowBuilder::new(log);
    for row in rows {
        RowDecoder::new(log).decode(row.as_bytes(), &mut builder).expect("the row is one of its log");
    }
    builder.finish()
}

pub(super) fn store_rows(store: &dyn Store, log: &'static Log, rows: &[String]) {
    store.append(&decoded(log, rows)).expect("the rows can be stored");
}

/// A call that many seconds after the start of the cases' time, with more
/// members of its JSON.
pub(super) fn call(secs: i64, members: &str) -> String {
    format!(r#"{{"id":"{secs}","startDateTime":"{}",{members}}}"#, at(secs * SEC))
}

/// A row of the report for a range that starts that many seconds after.
pub(super) fn report(secs: i64, id: &str, members: &str) -> String {
    format!(r#"{{"id":"{id}","periodStartDateTime":"{}",{members}}}"#, at(secs * SEC))
}

pub(super) fn period(from: i64, to: i64) -> TimeRange {
    TimeRange::of(REPORT, at(from * SEC), at(to * SEC)).expect("the cases' ranges start before they end")
}

/// Walks the report in small pages, and checks that it has those rows.
pub(super) fn check(store: &dyn Store, selection: &Selection, expected: &[String], what: &str) {
    let expected = take_apart(&decoded(REPORT, expected));
    for limit in [1, 2, 100] {
        assert_same(&walk(store, PageQuery::of(selection.clone(), limit)), &expected, what);
    }
    let count = store.count(selection, None).expect("rows can be counted");
    assert_eq!(count, expected.len() as u64, "{what}: the count");
}

/// One user in two currencies, another without a country, and calls that do
/// not count.
pub(super) fn calls() -> Vec<String> {
    let conference = r#""callType":"conf_out","userId":"u1","usageCountryCode":"DE""#;
    vec![
        call(
            10,
            &format!(
                r#"{conference},"destinationContext":"Domestic","currency":"EUR","charge":0.105,"duration":60,"userDisplayName":"Ann","userPrincipalName":"ann@x""#
            ),
        ),
        call(
            11,
            &format!(
                r#"{conference},"destinationContext":"Domestic","currency":"EUR","charge":2.5,"duration":30,"userDisplayName":"Änn""#
            ),
        ),
        call(
            12,
            &format!(
                r#"{conference},"destinationContext":"Domestic","currency":"USD","charge":1,"duration":2147483647"#
            ),
        ),
        call(13, &format!(r#"{conference},"destinationContext":"Domestic","currency":"USD","duration":10"#)),
        call(14, r#""callType":"oc_conf_out","userId":"u2","currency":"EUR""#),
        call(15, r#""callType":"conf_in","userId":"u1","currency":"EUR","charge":99"#),
        call(16, r#""callType":"user_out","userId":"u2","charge":99"#),
        call(17, r#""userId":"u2","charge":99"#),
        call(
            20,
            &format!(
                r#"{conference},"destinationContext":"International","currency":"EUR","charge":-0.50,"duration":5"#
            ),
        ),
    ]
}

/// The first rows of the report, for a range that starts at second `from`.
pub(super) fn domestic(from: i64) -> [String; 3] {
    let of_first = r#""userId":"u1","usageLocation":"DE","destinationContext":"Domestic""#;
    [
        report(
            from,
            "u1\\u001fDE\\u001fDomestic\\u001fEUR",
            &format!(
                r#"{of_first},"currency":"EUR","userPrincipalName":"ann@x","userDisplayName":"Änn","totalCalls":2,"totalCallCharge":2.605,"totalCallSeconds":90"#
            ),
        ),
        report(
            from,
            "u1\\u001fDE\\u001fDomestic\\u001fUSD",
            &format!(
                r#"{of_first},"currency":"USD","totalCalls":2,"totalCallCharge":1.00,"totalCallSeconds":2147483647"#
            ),
        ),
        report(
            from,
            "u2\\u001f\\u001f\\u001fEUR",
            r#""userId":"u2","currency":"EUR","totalCalls":1,"totalCallCharge":0.00,"totalCallSeconds":0"#,
        ),
    ]
}

/// The row of a call abroad.
pub(super) fn international(from: i64) -> String {
    report(
        from,
        "u1\\u001fDE\\u001fInternational\\u001fEUR",
        r#""userId":"u1","usageLocation":"DE","destinationContext":"International","currency":"EUR","totalCalls":1,"totalCallCharge":-0.50,"totalCallSeconds":5"#,
    )
}

/// The dial-out report sums up the calls of its range, bounds included.
pub fn a_report_is_computed_from_calls(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let report = |from, to| Selection::all(REPORT, period(from, to));
    check(&*store, &report(0, 100), &[], "a store without rows");
    store_rows(&*store, &PSTN_CALLS, &calls());
    check(&*store, &report(10, 19), &domestic(10), "a part of the calls");
    check(&*store, &report(15, 19), &[], "calls that do not count");
    check(&*store, &report(20, 20), &[international(20)], "a single instant");
    let [first, second, third] = domestic(0);
    check(&*store, &report(0, 100), &[first, second, international(0), third], "all calls");
}

/// Null and empty text are one group: two would have one id, and a page could
/// lose the second.
pub fn null_and_empty_text_are_one_group(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let dial_out = |secs, members: &str| {
        call(secs, &format!(r#""callType":"conf_out","currency":"EUR","duration":1{members}"#))
    };
    let calls = [
        dial_out(10, ""),
        dial_out(11, r#","userId":"","destinationContext":"""#),
        dial_out(12, r#","userId":"u1","usageCountryCode":"""#),
        dial_out(13, r#","userId":"u1","destinationContext":"""#),
        dial_out(14, r#","userId":"u1","usageCountryCode":"DE""#),
    ];
    store_rows(&*store, &PSTN_CALLS, &calls);
    let sums = |count: u32, members: &str| {
        format!(
            r#""currency":"EUR","totalCalls":{count},"totalCallCharge":0.00,"totalCallSeconds":{count}{members}"#
        )
    };
    let expected = [
        report(0, "\\u001f\\u001f\\u001fEUR", &sums(2, "")),
        report(0, "u1\\u001f\\u001f\\u001fEUR", &sums(2, r#","userId":"u1""#)),
        report(0, "u1\\u001fDE\\u001f\\u001fEUR", &sums(1, r#","userId":"u1","usageLocation":"DE""#)),
    ];
    check(&*store, &Selection::all(REPORT, period(0, 100)), &expected, "empty and missing values");
}

/// Filter and order apply to the computed rows, not to the calls.
pub fn computed_rows_are_filtered_and_ordered(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    store_rows(&*store, &PSTN_CALLS, &calls());
    let [first, second, third] = domestic(10);
    let all = Selection::all(REPORT, period(10, 19));
    let by = vec![descending(property(REPORT, "totalCallSeconds"))];
    let ordered = Selection { order: by.clone(), ..all.clone() };
    check(&*store, &ordered, &[second.clone(), first.clone(), third.clone()], "ordered by seconds");
    let by_charge = vec![descending(property(REPORT, "totalCallCharge"))];
    let ordered = Selection { order: by_charge, ..all.clone() };
    check(&*store, &ordered, &[first.clone(), second.clone(), third.clone()], "ordered by charge");
    let filter = compare(Comparison::Equal, property(REPORT, "totalCalls"), int(2));
    let filtered = Selection { filter: Some(filter), order: by, ..all.clone() };
    check(&*store, &filtered, &[second, first], "two calls each");
    let filter = compare(Comparison::Equal, property(REPORT, "userId"), text("u2"));
    let filtered = Selection { filter: Some(filter), ..all.clone() };
    check(&*store, &filtered, &[third], "one user");
    // What the filter leaves out was computed, so the imported row of that
    // time does not count.
    let imported = report(12, "imported", r#""userId":"u3","totalCalls":7"#);
    store_rows(&*store, REPORT, &[imported]);
    let filter = compare(Comparison::Equal, property(REPORT, "userId"), text("u3"));
    let filtered = Selection { filter: Some(filter), ..all };
    check(&*store, &filtered, &[], "a user without calls");
}

/// Rows of a computed log's own are found and erased by their time and id, also
/// where the calls that they sum up count instead; what is computed is in no
/// place, and its changes are not kept.
pub fn own_rows_of_computed_logs_are_found_and_erased(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    store_rows(&*store, &PSTN_CALLS, &calls());
    let left_out = report(12, "left out", r#""userId":"u3","totalCalls":7"#);
    let told = report(200, "told", r#""userId":"u3","totalCalls":8"#);
    store_rows(&*store, REPORT, &[left_out.clone(), told.clone()]);
    let row = |secs: i64, id: &str| {
        let found = store.row(REPORT, at(secs * SEC), id).expect("a row can be looked for");
        found.map(|found| take_apart(&found))
    };
    for (secs, id, expected) in [(12, "left out", &left_out), (200, "told", &told)] {
        let expected = take_apart(&decoded(REPORT, std::slice::from_ref(expected)));
        assert_eq!(row(secs, id), Some(expected), "{id}");
    }
    assert_eq!(row(0, "u1\u{1f}DE\u{1f}Domestic\u{1f}EUR"), None, "a computed row");
    let [first, second, third] = domestic(0);
    let of_calls = [first, second, international(0), third];
    check(&*store, &Selection::all(REPORT, period(0, 100)), &of_calls, "calls beside a row that is left out");
    check(&*store, &Selection::all(REPORT, period(100, 300)), &[told], "a row of its own");

    let error = store.changed_buckets(REPORT, Watermark(0)).expect_err("changes are not kept");
    assert_eq!(error.kind(), ErrorKind::Other, "{error}");
    let query = ChangesQuery::first(Selection::all(REPORT, TimeRange::ALL), Watermark(0), 10);
    let error = store.changes(&query).expect_err("changes are not kept");
    assert_eq!(error.kind(), ErrorKind::Other, "{error}");
    let of_source = store.changed_buckets(&PSTN_CALLS, Watermark(0)).expect("changed buckets are known");
    assert!(matches!(of_source, ChangedBuckets::These(buckets) if buckets.len() == 1));

    let erasure = Erasure { selection: Selection::all(REPORT, TimeRange::ALL), what: Erase::Rows };
    assert_eq!(store.erase(&erasure).expect("rows can be erased"), 2, "the one that is left out, too");
    assert_eq!((row(12, "left out"), row(200, "told")), (None, None), "after they were erased");
    check(&*store, &Selection::all(REPORT, period(0, 100)), &of_calls, "calls after the erasure");
    check(&*store, &Selection::all(REPORT, period(100, 300)), &[], "nothing is left");
}

/// A walk over a report does not see calls that came after it started.
pub fn computed_walks_keep_their_watermark(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    store_rows(&*store, &PSTN_CALLS, &calls());
    let query = PageQuery::first(REPORT, period(10, 19), 1);
    let first_page = page(&*store, &query);
    let late = r#""callType":"conf_out","userId":"u1","usageCountryCode":"DE","destinationContext":"Domestic","currency":"USD","duration":1"#;
    let new_group = r#""callType":"conf_out","userId":"u1","usageCountryCode":"FR""#;
    store_rows(&*store, &PSTN_CALLS, &[call(18, late), call(19, new_group)]);
    let mut rows = take_apart(&first_page.rows);
    rows.extend(walk(&*store, query.after(&first_page).expect("three rows are more than a page")));
    let expected: Vec<Row> = take_apart(&decoded(REPORT, &domestic(10)));
    assert_same(&rows, &expected, "the walk that started before");
    let count = store.count(&query.selection, Some(first_page.watermark)).expect("rows can be counted");
    assert_eq!(count, 3, "the count at the walk's watermark");
    let count = store.count(&query.selection, None).expect("rows can be counted");
    assert_eq!(count, 4, "the count of a new walk");
}

/// Sums over hundreds of calls equal those that are kept while they are made.
pub fn computed_sums_are_exact(fixture: &dyn Fixture) {
    let engine = complete(fixture);
    let store = store(&engine);
    let mut dice = Dice(111);
    let mut sums: BTreeMap<(&str, &str), (i32, i64, i32)> = BTreeMap::new();
    let mut rows = Vec::new();
    for secs in 0..400 {
        let (user, currency) = (dice.one_of(&["a", "b", "c", "d"]), dice.one_of(&["EUR", "USD", "YEN"]));
        let kind = dice.one_of(&["conf_out", "oc_conf_out", "conf_in"]);
        let (cents, duration) = (dice.one_of(&[0_i64, 1, 10, 99, 12_345]), dice.one_of(&[0, 1, 59, 3_600]));
        let charge = format!("{}.{:02}", cents / 100, cents % 100);
        let members = format!(
            r#""callType":"{kind}","userId":"{user}","currency":"{currency}","charge":{charge},"duration":{duration}"#
        );
        rows.push(call(secs, &members));
        if kind != "conf_in" {
            let sum = sums.entry((user, currency)).or_default();
            *sum = (sum.0 + 1, sum.1 + cents, sum.2 + duration);
        }
    }
    store_rows(&*store, &PSTN_CALLS, &rows);
    let expected: Vec<String> = sums
        .into_iter()
        .map(|((user, currency), (calls, cents, seconds))| {
            let members = format!(
                r#""userId":"{user}","currency":"{currency}","totalCalls":{calls},"totalCallCharge":{}.{:02},"totalCallSeconds":{seconds}"#,
                cents / 100,
                cents % 100
            );
            report(0, &format!("{user}\\u001f\\u001f\\u001f{currency}"), &members)
        })
        .collect();
    let all = Selection::all(REPORT, period(0, 1_000));
    check(&*store, &all, &expected, "sums over many calls");
}
