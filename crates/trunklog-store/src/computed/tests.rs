use trunklog_odata::Version;
use trunklog_odata::filter::{order_by, parse};
use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT, SMS};
use trunklog_records::{RowBuilder, TimeRange, Value};

use super::*;
use crate::evaluate::take_apart;
use crate::report::{Aggregate, Group, MAX_GROUPS, Measure, Operand, ReportValue};
use crate::testing::{TestStore, decoded};
use crate::{Columns, Start};

static REPORT: &Log = &PSTN_ONLINE_MEETING_DIALOUT;

/// Four calls that count, of two users, and one that does not.
const CALLS: [&str; 5] = [
    r#"{"id":"1","startDateTime":"2026-10-02T00:00:00Z","callType":"conf_out","userId":"ann","usageCountryCode":"DE","currency":"EUR","charge":0.105,"duration":60,"userDisplayName":"Ann"}"#,
    r#"{"id":"2","startDateTime":"2026-10-03T00:00:00Z","callType":"oc_conf_out","userId":"ann","usageCountryCode":"DE","currency":"EUR","charge":2.5,"duration":30,"userDisplayName":"Änn"}"#,
    r#"{"id":"3","startDateTime":"2026-10-04T00:00:00Z","callType":"conf_out","userId":"ann","currency":"USD","charge":1,"duration":2147483647}"#,
    r#"{"id":"4","startDateTime":"2026-10-05T00:00:00Z","callType":"conf_out","userId":"ann","currency":"USD","duration":10}"#,
    r#"{"id":"5","startDateTime":"2026-10-06T00:00:00Z","callType":"user_out","userId":"bob","charge":99}"#,
];

/// What was imported of September, of October, and of a time without an end.
const IMPORTED: [&str; 3] = [
    r#"{"id":"september","periodStartDateTime":"2026-09-01T00:00:00Z","periodEndDateTime":"2026-10-01T00:00:00Z","userId":"bob","totalCalls":7}"#,
    r#"{"id":"october","periodStartDateTime":"2026-10-01T00:00:00Z","periodEndDateTime":"2026-11-01T00:00:00Z","userId":"bob","totalCalls":8}"#,
    r#"{"id":"endless","periodStartDateTime":"2026-10-06T00:00:00Z","userId":"bob","totalCalls":9}"#,
];

/// The ids of the computed rows.
const EUR: &str = "ann\u{1f}DE\u{1f}\u{1f}EUR";
const USD: &str = "ann\u{1f}\u{1f}\u{1f}USD";

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn range(from: &str, to: &str) -> TimeRange {
    TimeRange::of(REPORT, instant(from), instant(to)).unwrap()
}

fn autumn() -> TimeRange {
    range("2026-09-01T00:00:00Z", "2026-12-01T00:00:00Z")
}

fn store(commits: impl IntoIterator<Item = Rows>) -> StoreWithComputed {
    over(Arc::new(TestStore::of(commits)))
}

fn over(inner: Arc<TestStore>) -> StoreWithComputed {
    let tenant = "11111111-2222-3333-4444-555555555555".parse().unwrap();
    StoreWithComputed { tenant, inner, kept: Arc::default() }
}

fn whole_store() -> StoreWithComputed {
    store([decoded(&PSTN_CALLS, &CALLS), decoded(REPORT, &IMPORTED)])
}

fn ids(rows: &Rows) -> Vec<&str> {
    (0..rows.len()).map(|row| rows.id(row)).collect()
}

/// The ids of a walk in pages of one row.
fn walked(store: &StoreWithComputed, selection: &Selection) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = Some(PageQuery::of(selection.clone(), 1));
    while let Some(query) = next {
        let page = store.page(&query).unwrap();
        assert!(page.rows.len() <= 1);
        found.extend(ids(&page.rows).into_iter().map(str::to_owned));
        next = query.after(&page);
    }
    assert_eq!(store.count(selection, None).unwrap(), found.len() as u64);
    found
}

#[test]
fn calls_are_summed_up() {
    let store = store([decoded(&PSTN_CALLS, &CALLS)]);
    let page = store.page(&PageQuery::first(REPORT, autumn(), 10)).unwrap();
    let expected = [
        r#"{"id":"ann\u001f\u001f\u001fUSD","periodStartDateTime":"2026-09-01T00:00:00Z","userId":"ann","currency":"USD","totalCalls":2,"totalCallCharge":1.00,"totalCallSeconds":2147483647}"#,
        r#"{"id":"ann\u001fDE\u001f\u001fEUR","periodStartDateTime":"2026-09-01T00:00:00Z","userId":"ann","usageLocation":"DE","currency":"EUR","userDisplayName":"Änn","totalCalls":2,"totalCallCharge":2.605,"totalCallSeconds":90}"#,
    ];
    assert_eq!(take_apart(&page.rows), take_apart(&decoded(REPORT, &expected)));
    assert_eq!((page.next, page.watermark), (None, Watermark(1)));
    let nothing = range("2026-10-06T00:00:00Z", "2026-12-01T00:00:00Z");
    assert_eq!(store.count(&Selection::all(REPORT, nothing), None).unwrap(), 0);
}

#[test]
fn null_and_empty_text_are_one_group() {
    let mut rows = RowBuilder::new(&PSTN_CALLS);
    for (id, user, charge) in [("1", None, "0.10"), ("2", Some(""), "0.205"), ("3", Some("ann"), "1")] {
        let mut values = vec![None; PSTN_CALLS.properties.len()];
        let mut set = |name: &str, value| values[PSTN_CALLS.index_of(name).unwrap()] = value;
        set("id", Some(Value::Text(id.into())));
        set("startDateTime", Some(Value::Instant(instant("2026-10-02T00:00:00Z"))));
        set("callType", Some(Value::Text("conf_out".into())));
        set("userId", user.map(|user| Value::Text(user.into())));
        set("charge", Some(Value::Text(charge.into())));
        rows.push(&mut values, None).unwrap();
    }
    let store = store([rows.finish()]);
    let page = store.page(&PageQuery::first(REPORT, autumn(), 10)).unwrap();
    let expected = [
        r#"{"id":"\u001f\u001f\u001f","periodStartDateTime":"2026-09-01T00:00:00Z","totalCalls":2,"totalCallCharge":0.305,"totalCallSeconds":0}"#,
        r#"{"id":"ann\u001f\u001f\u001f","periodStartDateTime":"2026-09-01T00:00:00Z","userId":"ann","totalCalls":1,"totalCallCharge":1.00,"totalCallSeconds":0}"#,
    ];
    assert_eq!(take_apart(&page.rows), take_apart(&decoded(REPORT, &expected)));
}

#[test]
fn imported_rows_are_beside_what_they_do_not_sum_up() {
    let store = whole_store();
    let all = Selection::all(REPORT, autumn());
    // The calls are in October, before the time without an end.
    assert_eq!(walked(&store, &all), [USD, EUR, "september", "endless"]);
    let october = range("2026-10-01T00:00:00Z", "2026-10-01T12:00:00Z");
    assert_eq!(walked(&store, &Selection::all(REPORT, october)), ["october"]);
}

#[test]
fn computed_rows_are_filtered_and_ordered() {
    let store = whole_store();
    let shape = REPORT.shape(Version::Beta);
    let all = Selection::all(REPORT, autumn());
    let filtered = |text| Some(parse(text, &shape, &|_| None).unwrap());
    let few = Selection { filter: filtered("totalCalls le 7"), ..all.clone() };
    assert_eq!(walked(&store, &few), [USD, EUR, "september"]);
    let order = order_by("totalCalls desc,userId,totalCallSeconds", &shape).unwrap();
    let ordered = Selection { order, ..all.clone() };
    assert_eq!(walked(&store, &ordered), ["endless", "september", EUR, USD]);
    // What the filter leaves out was counted all the same.
    let eight = Selection { filter: filtered("totalCalls eq 8"), ..all };
    assert!(walked(&store, &eight).is_empty());
}

/// A filter that no computed row satisfies makes none, but what is not made
/// counts all the same: the imported row of its period is left out.
#[test]
fn groups_that_a_filter_leaves_out_were_counted() {
    let store = whole_store();
    let shape = REPORT.shape(Version::Beta);
    for (filter, expected) in [
        ("userId eq 'bob'", &["september", "endless"][..]),
        ("userId eq 'bob' and totalCalls gt 8", &["endless"]),
        ("userId eq 'zoe'", &[]),
        ("usageLocation eq 'DE'", &[EUR]),
        ("usageLocation eq null", &[USD, "september", "endless"]),
        ("usageLocation ne null or userId eq 'bob'", &[EUR, "september", "endless"]),
        ("currency eq 'USD' and totalCallCharge eq 1", &[USD]),
    ] {
        let filter_expr = parse(filter, &shape, &|_| None).unwrap();
        let selection = Selection { filter: Some(filter_expr), ..Selection::all(REPORT, autumn()) };
        assert_eq!(walked(&store, &selection), expected, "{filter}");
    }
}

/// The pages of a walk, and counts beside them, read the store once.
#[test]
fn a_walk_is_made_once() {
    let inner = Arc::new(TestStore::of([decoded(&PSTN_CALLS, &CALLS), decoded(REPORT, &IMPORTED)]));
    let store = over(Arc::clone(&inner));
    let query = PageQuery::first(REPORT, autumn(), 1);
    let first = store.page(&query).unwrap();
    let read = inner.pages();
    assert!(read > 0);
    let rest = |first: &Page| {
        let mut found = Vec::new();
        let mut next = query.after(first);
        while let Some(query) = next {
            let page = store.page(&query).unwrap();
            found.extend(ids(&page.rows).into_iter().map(str::to_owned));
            assert_eq!(store.count(&query.selection, Some(page.watermark)).unwrap(), 4);
            next = query.after(&page);
        }
        assert_eq!(found, [EUR, "september", "endless"]);
    };
    rest(&first);
    assert_eq!(inner.pages(), read, "nothing was committed");
    let other = r#"{"id":"6","startDateTime":"2026-12-09T00:00:00Z","callType":"conf_out","userId":"ann"}"#;
    store.append(&decoded(&PSTN_CALLS, &[other])).unwrap();
    rest(&first);
    assert_eq!(inner.pages(), read, "what was committed is of another time");
    let late = r#"{"id":"7","startDateTime":"2026-11-09T00:00:00Z","callType":"conf_out","userId":"ann"}"#;
    store.append(&decoded(&PSTN_CALLS, &[late])).unwrap();
    rest(&first);
    assert!(inner.pages() > read, "a commit may have changed what the walk sees");
    let read = inner.pages();
    let imported = r#"{"id":"new","periodStartDateTime":"2026-09-02T00:00:00Z","userId":"ann"}"#;
    store.append(&decoded(REPORT, &[imported])).unwrap();
    rest(&first);
    assert!(inner.pages() > read, "so may one of rows of its own");
}

#[test]
fn columns_that_were_not_asked_for_are_null() {
    let store = whole_store();
    let at = |name: &str| REPORT.index_of(name).unwrap();
    let shape = REPORT.shape(Version::Beta);
    let selection = Selection {
        filter: Some(parse("totalCalls gt 0", &shape, &|_| None).unwrap()),
        order: order_by("userId desc", &shape).unwrap(),
        columns: Columns::Only(vec![at("currency")]),
        ..Selection::all(REPORT, autumn())
    };
    let page = store.page(&PageQuery::of(selection, 10)).unwrap();
    assert_eq!(ids(&page.rows), ["september", "endless", USD, EUR]);
    for (column, data) in page.rows.batch().columns().iter().enumerate() {
        let nulls = if column == REPORT.time_index() || column == REPORT.id_index() {
            0
        } else if column == at("currency") {
            2
        } else {
            4
        };
        assert_eq!(data.null_count(), nulls, "column {column}");
    }
}

#[test]
fn scans_give_what_pages_give() {
    let store = whole_store();
    let scanned = |skip, limit| {
        let selection = Selection::all(REPORT, autumn());
        let mut found = Vec::new();
        let query = ScanQuery { selection, skip, limit, watermark: None };
        store
            .scan(&query, &mut |rows| {
                found.extend(ids(&rows).into_iter().map(str::to_owned));
                ControlFlow::Continue(())
            })
            .unwrap();
        found
    };
    assert_eq!(scanned(0, None), [USD, EUR, "september", "endless"]);
    assert_eq!(scanned(1, Some(2)), [EUR, "september"]);
    assert_eq!(scanned(3, Some(u64::MAX)), ["endless"]);
    assert!(scanned(4, None).is_empty());
    assert!(scanned(u64::MAX, None).is_empty());
    let page = PageQuery { start: Start::Skip(3), ..PageQuery::first(REPORT, autumn(), 5) };
    assert_eq!(ids(&store.page(&page).unwrap().rows), ["endless"]);
    let page = PageQuery { start: Start::Skip(u64::MAX), ..page };
    assert!(store.page(&page).unwrap().rows.is_empty());
}

#[test]
fn walks_keep_their_watermark() {
    let store = whole_store();
    let query = PageQuery::first(REPORT, autumn(), 1);
    let first = store.page(&query).unwrap();
    assert_eq!((ids(&first.rows), first.watermark), (vec![USD], Watermark(2)));
    let late = [
        r#"{"id":"6","startDateTime":"2026-09-09T00:00:00Z","callType":"conf_out","userId":"ann","usageCountryCode":"DE","currency":"EUR","duration":1}"#,
        r#"{"id":"7","startDateTime":"2026-10-07T00:00:00Z","callType":"conf_out","userId":"zoe"}"#,
    ];
    store.append(&decoded(&PSTN_CALLS, &late)).unwrap();
    let mut found = Vec::new();
    let mut next = query.after(&first);
    while let Some(query) = next {
        let page = store.page(&query).unwrap();
        found.extend(take_apart(&page.rows).into_iter().map(|row| row.key.id));
        next = query.after(&page);
    }
    assert_eq!(found, [EUR, "september", "endless"]);
    assert_eq!(store.count(&query.selection, Some(first.watermark)).unwrap(), 4);
    assert_eq!(walked(&store, &query.selection), [USD, EUR, "zoe\u{1f}\u{1f}\u{1f}"]);
}

/// While a client walks, the start of what it can read moves on, and the time
/// of computed rows with it.
#[test]
fn a_walk_goes_on_when_its_range_begins_later() {
    let store = store([decoded(&PSTN_CALLS, &CALLS)]);
    let first = store.page(&PageQuery::first(REPORT, autumn(), 1)).unwrap();
    let later = Selection::all(REPORT, autumn().since(instant("2026-09-15T00:00:00Z")));
    let next = PageQuery {
        start: Start::After(first.next.unwrap()),
        watermark: Some(first.watermark),
        ..PageQuery::of(later, 10)
    };
    assert_eq!(ids(&store.page(&next).unwrap().rows), [EUR]);
}

#[test]
fn reports_tell_of_computed_rows() {
    let store = whole_store();
    let at = |name: &str| REPORT.index_of(name).unwrap();
    let query = ReportQuery {
        selection: Selection::all(REPORT, autumn()),
        watermark: None,
        groups: vec![Group::Property(at("userId"))],
        measures: vec![Measure::of(Aggregate::Sum(Operand::Property(at("totalCalls"))))],
    };
    let report = store.report(&query).unwrap();
    let sums: Vec<_> = report.groups.into_iter().map(|group| (group.by, group.measures)).collect();
    let text = |text: &str| vec![ReportValue::Text(text.to_owned())];
    let int = |value| vec![ReportValue::Int(value)];
    assert_eq!(sums, [(text("ann"), int(4)), (text("bob"), int(16))]);
}

#[test]
fn computed_rows_are_not_followed() {
    let store = whole_store();
    let text = "rows of pstnOnlineMeetingDialout are computed, and their changes are not kept: follow pstnCalls, \
                which they are computed from";
    let changes = ChangesQuery::first(Selection::all(REPORT, autumn()), Watermark(0), 10);
    for error in
        [store.changes(&changes).unwrap_err(), store.changed_buckets(REPORT, Watermark(0)).unwrap_err()]
    {
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Other, text));
    }
    assert_eq!(store.changed_buckets(&SMS, Watermark(0)).unwrap(), ChangedBuckets::All);
}

#[test]
fn stored_logs_are_the_engines() {
    let store = whole_store();
    let calls = Selection::all(&PSTN_CALLS, TimeRange::ALL);
    assert_eq!(store.count(&calls, None).unwrap(), 5);
    assert_eq!(walked(&store, &calls), ["1", "2", "3", "4", "5"]);
    assert_eq!(store.newest().unwrap(), Watermark(2));
    // Its own rows alone are read for what is wrong with them.
    assert_eq!(store.verify(REPORT, 0).unwrap().rows, 3);
}

#[test]
fn selections_that_do_not_fit_are_refused() {
    let store = whole_store();
    let selection = Selection { columns: Columns::Only(vec![99]), ..Selection::all(REPORT, autumn()) };
    assert!(store.page(&PageQuery::of(selection.clone(), 1)).is_err());
    assert!(store.count(&selection, None).is_err());
}

#[test]
fn more_rows_than_a_report_may_have_are_an_error() {
    let mut rows = RowBuilder::new(REPORT);
    for number in 0..=MAX_GROUPS {
        let mut values = vec![None; REPORT.properties.len()];
        values[REPORT.id_index()] = Some(Value::Text(number.to_string().into()));
        values[REPORT.time_index()] = Some(Value::Instant(instant("2026-10-01T00:00:00Z")));
        rows.push(&mut values, None).unwrap();
    }
    let store = store([rows.finish()]);
    let all = Selection::all(REPORT, autumn());
    assert_eq!(store.count(&all, None).unwrap_err().kind(), ErrorKind::TooMany);
    let shape = REPORT.shape(Version::Beta);
    let none = Selection { filter: Some(parse("totalCalls eq 1", &shape, &|_| None).unwrap()), ..all };
    assert_eq!(store.count(&none, None).unwrap(), 0);
}
