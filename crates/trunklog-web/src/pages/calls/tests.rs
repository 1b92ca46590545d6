use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, Value};
use trunklog_reports::Language;

use super::legs::{Leg, grouped};
use super::*;
use crate::context::{Completeness, Reads, Sees};
use crate::links::Links;
use crate::state::FilterState;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// Calls by their ids, the newest first, each with what joins it to others.
pub(in crate::pages) fn rows(calls: &[(&str, &[(&str, &str)])]) -> Rows {
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    for (number, (id, texts)) in calls.iter().enumerate() {
        let text = |text: &str| Value::Text(text.to_owned().into());
        let start =
            at("2026-11-30T07:00:00Z").saturating_add_ticks(-i64::try_from(number).unwrap() * 600_000_000);
        let mut row = rows.row().set("id", text(id)).unwrap();
        row = row.set("startDateTime", Value::Instant(start)).unwrap();
        row = row.set("callType", text("ByotIn")).unwrap();
        row = row.set("callerNumber", text("+33140000004")).unwrap();
        row = row.set("finalSipCode", Value::Int(503)).unwrap();
        row = row.set("callEndSubReason", Value::Int(560_503)).unwrap();
        row = row.set("successfulCall", Value::Bool(false)).unwrap();
        for (name, value) in *texts {
            row = row.set(name, text(value)).unwrap();
        }
        row.finish().unwrap();
    }
    rows.finish()
}

pub(in crate::pages) fn page(path: &str, query: &str) -> PageContext {
    let now = at("2026-11-30T08:00:00Z");
    PageContext {
        completeness: Completeness::Until(now),
        sees: Sees { reads: Reads::Calls, ..Sees::default() },
        reader: "Ada".to_owned(),
        path: path.to_owned(),
        state: FilterState::read(query, &["columns", "order"]).unwrap(),
        ..PageContext::plain(Language::English, Links::new(&format!("/{path}"), None), now)
    }
}

fn answer(batches: Vec<Rows>) -> CallsAnswer<'static> {
    CallsAnswer {
        batches,
        total: Some(3),
        next: Some("TOKEN".to_owned()),
        range: TimeRange::ALL.since(at("2026-11-23T00:00:00Z")).until(at("2026-11-30T00:00:00Z")),
        looked_until: None,
        is_outdated: false,
        is_first: true,
        tokens: &|who| Some(format!("who-of-{}", who.to_text().len())),
    }
}

#[test]
fn legs_of_a_call_stand_together() {
    let none = "00000000-0000-0000-0000-000000000000";
    let rows = rows(&[
        ("a", &[("correlationId", "c1")]),
        ("b", &[("correlationId", "c2")]),
        ("c", &[("correlationId", none)]),
        ("d", &[("correlationId", "c3"), ("transferorCorrelationId", "c1")]),
        ("e", &[("correlationId", none), ("sharedCorrelationId", "")]),
        ("f", &[("sharedCorrelationId", "c3")]),
    ]);
    let told: Vec<(&str, Leg)> = grouped(&rows).into_iter().map(|(at, leg)| (rows.id(at), leg)).collect();
    let further = Leg::Further;
    assert_eq!(
        told,
        [
            ("a", Leg::First { of: 3 }),
            ("d", further),
            ("f", further),
            ("b", Leg::Only),
            ("c", Leg::Only),
            ("e", Leg::Only),
        ]
    );
}

#[test]
fn the_list_has_the_admin_centres_columns_in_its_order() {
    let page = page("calls", "trunk=sbc1.example&commit=7");
    let html = CallsPage::new(&page, &answer(vec![rows(&[("a<b", &[("userDisplayName", "<Ada>")])])]))
        .render()
        .unwrap();
    let heads = [
        "Time stamp",
        "Display name",
        "SIP address",
        "Caller number",
        "Callee number",
        "Call type",
        "Duration",
    ];
    let table = html.split("<table>").nth(1).unwrap();
    let places: Vec<usize> = heads.iter().map(|head| table.find(&format!(">{head}</th>")).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(!table.contains("Shared correlation ID"), "it is in the admin centre's file alone");
    assert!(html.contains("3 calls, newest first"), "{html}");
    assert!(html.contains("&#60;Ada&#62;") && !html.contains("<Ada>"), "{html}");
    assert!(html.contains("calls/2026-11-30T07:00:00Z/a%3Cb?trunk=sbc1.example&#38;commit=7"), "{html}");
    assert!(html.contains("who=who-of-13"), "a number leads to its calls: {html}");
    assert!(!html.contains("who=+33") && !html.contains("%2B33"), "no number is in an address: {html}");
    // The next page has the list's commit and its whole range.
    let next = "./calls?from=2026-11-23T00:00:00Z&#38;to=2026-11-30T00:00:00Z&#38;trunk=sbc1.example&#38;commit=7&#38;after=TOKEN";
    assert!(html.contains(&format!("<a href=\"{next}\" rel=\"next\">")), "{html}");
}

#[test]
fn columns_are_chosen_by_links() {
    let page = page("calls", "columns=time,class&order=oldest");
    let html = CallsPage::new(&page, &answer(vec![rows(&[("a", &[])])])).render().unwrap();
    let table = html.split("<table>").nth(1).unwrap();
    assert_eq!(table.matches("<th scope=\"col\"").count(), 2, "{table}");
    assert!(table.contains("SBC") && !table.contains("Duration"), "{table}");
    assert!(
        html.contains("oldest first") && html.contains("columns=time&#38;order=oldest"),
        "hides one: {html}"
    );
    assert!(html.contains("columns=time,duration,class"), "shows one in its place: {html}");
    assert_eq!(unknown_column("time,class,"), Some(""));
}

#[test]
fn a_later_page_says_that_newer_calls_came() {
    let page = page("calls", "commit=7");
    let later =
        CallsAnswer { total: None, next: None, is_outdated: true, is_first: false, ..answer(Vec::new()) };
    let html = CallsPage::new(&page, &later).render().unwrap();
    assert!(html.contains("Newer calls came in since this list began"), "{html}");
    assert!(html.contains(">First page</a>") && !html.contains("rel=\"next\""), "{html}");
    assert!(html.contains("No calls in this range."), "{html}");
}
