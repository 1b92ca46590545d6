use askama::Template;
use trunklog_records::RowBuilder;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::Language;

use super::*;
use crate::context::{Completeness, Reads, Sees};
use crate::links::Links;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn day(from: &str, to: &str) -> TimeRange {
    TimeRange::of(&DIRECT_ROUTING_CALLS, at(from), at(to)).unwrap()
}

fn page(query: &str, sees: Sees, language: Language) -> PageContext {
    let state = FilterState::read(query, &["tab", "skip"]).unwrap();
    PageContext {
        path: "usage".to_owned(),
        range: day("2026-11-28T00:00:00Z", "2026-11-30T00:00:00Z"),
        completeness: Completeness::Until(at("2026-11-30T06:00:00Z")),
        sees,
        reader: "Ada".to_owned(),
        state,
        ..PageContext::plain(language, Links::new("/usage", None), at("2026-11-30T08:00:00Z"))
    }
}

fn answers(tab: UsageTab, json: &str) -> UsageAnswers {
    let mut rows = RowBuilder::new(tab.log());
    RowDecoder::new(tab.log()).decode(json.as_bytes(), &mut rows).unwrap();
    UsageAnswers {
        tab,
        range: day("2026-11-28T00:00:00Z", "2026-11-30T00:00:00Z"),
        count: 1_234,
        secs: tab.seconds().map(|_| 90),
        charges: Vec::new(),
        buckets: Some(vec![
            (day("2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"), 1_000),
            (day("2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z"), 234),
        ]),
        rows: rows.finish(),
        skip: 100,
        has_more: true,
        left: Left::Nothing,
    }
}

const CALL: &str = r#"{"id":"an id","startDateTime":"2026-11-29T08:00:00.5Z","userDisplayName":"<b>Ann</b>",
    "duration":61,"successfulCall":true,"finalSipCode":1486,"failureDateTime":"0001-01-01T00:00:00Z"}"#;

const PSTN_CALL: &str = r#"{"id":"a","callId":"b","startDateTime":"2026-11-29T08:00:00Z","duration":0,"charge":0.105,
    "currency":"EUR","callType":"user_out"}"#;

const ALL: Sees = Sees { reads: Reads::Calls, exports: true, admin: false };

#[test]
fn rows_are_shown_escaped_and_lead_to_their_calls() {
    let page = page("range=28d&skip=100", ALL, Language::English);
    let html = UsagePage::new(&page, &answers(UsageTab::DirectRouting, CALL)).render().unwrap();
    assert!(html.contains("&#60;b&#62;Ann") && !html.contains("<b>Ann"), "{html}");
    assert!(html.contains("href=\"./calls/2026-11-29T08:00:00.5Z/an%20id?range=28d\""), "{html}");
    for told in
        ["1 min 01 s", ">1486<", ">yes<", "101 to 101 of 1,234", "1.5 min", "28 Nov 2026, 00:00: 1,000"]
    {
        assert!(html.replace('\u{a0}', " ").contains(told), "{told}: {html}");
    }
    // The newest page has no number of its own.
    assert!(html.contains("<a href=\"./usage?range=28d\">Newer rows</a>"), "{html}");
    assert!(html.contains("skip=200\">Older rows</a>"), "{html}");
}

#[test]
fn what_something_cost_keeps_its_digits_and_its_currency() {
    let mut of = answers(UsageTab::Pstn, PSTN_CALL);
    of.charges = vec![("1234.50".to_owned(), Some("EUR".to_owned())), ("0.10".to_owned(), None)];
    let page = page("tab=pstn", ALL, Language::German);
    let html = UsagePage::new(&page, &of).render().unwrap();
    for told in ["0,105", "1.234,50\u{a0}EUR", "0,10\u{a0}keine Angabe"] {
        assert!(html.contains(told), "{told}: {html}");
    }
    // Only calls over the organisation's own trunks have pages.
    assert!(!html.contains("./calls/"), "{html}");
}

#[test]
fn a_file_is_ordered_of_what_is_on_the_screen() {
    let page = page("range=24h&trunk=sbc1.example&tab=sms&commit=7", ALL, Language::English);
    let of = answers(UsageTab::DirectRouting, CALL);
    let html = UsagePage::new(&page, &of).render().unwrap();
    let state = "from=2026-11-28T00:00:00Z&#38;to=2026-11-30T00:00:00Z&#38;trunk=sbc1.example&#38;commit=7";
    assert!(html.contains(&format!("name=\"state\" value=\"{state}\"")), "{html}");
    assert!(
        html.contains("action=\"./usage/export\"") && html.contains("value=\"direct-routing\""),
        "{html}"
    );
    let none = Sees { exports: false, ..ALL };
    let page = super::tests::page("", none, Language::English);
    let html = UsagePage::new(&page, &of).render().unwrap();
    assert!(!html.contains("usage/export"), "{html}");
}

#[test]
fn nothing_looks_different_from_no_chart() {
    let mut of = answers(UsageTab::DirectRouting, CALL);
    (of.count, of.rows) = (0, of.rows.slice(0, 0));
    of.buckets = Some(Vec::new());
    let page = page("", ALL, Language::English);
    let html = UsagePage::new(&page, &of).render().unwrap();
    assert!(html.contains("No rows in this range.") && !html.contains("<svg"), "{html}");
    let mut of = answers(
        UsageTab::DialOut,
        r#"{"userId":"u","totalCalls":3,"periodStartDateTime":"2026-11-28T00:00:00Z"}"#,
    );
    of.buckets = None;
    let html = UsagePage::new(&page, &of).render().unwrap();
    assert!(html.contains("sum up the whole range") && html.contains(">3<"), "{html}");
}
