use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind, Source, Table as Told};
use trunklog_store::Watermark;

use super::*;
use crate::pages::calls::tests::{page, rows};

fn at(text: &str) -> Value {
    Value::Instant(Instant::parse(text).unwrap())
}

fn legs() -> Answer {
    let moment = |key| Column::of(key, Kind::Moment);
    let seconds = |key| Column::of(key, Kind::Figure(Unit::Seconds));
    let text = |key| Column::of(key, Kind::Text);
    let columns = vec![
        Column::key("startDateTime", Kind::Moment),
        Column::key("id", Kind::Text),
        Column::key("role", Kind::Word),
        Column::key("isAsked", Kind::Flag),
        moment("inviteDateTime"),
        moment("endDateTime"),
        moment("failureDateTime"),
        seconds("setup"),
        seconds("gap"),
        Column::key("sipCode", Kind::Code),
        Column::key("subcode", Kind::Code),
        Column::key("class", Kind::Word),
        Column::of("direction", Kind::Word),
        text("trunk"),
    ];
    let word = |key, name| Value::Word { key, name };
    let secs = |value| Value::Ratio { value: Some(value), n: 1 };
    let inbound = vec![
        at("2026-11-30T07:00:00Z"),
        Value::text("a"),
        word("inbound", "role-inbound"),
        Value::Bool(true),
        at("2026-11-30T06:59:59.5Z"),
        Value::Null,
        at("2026-11-30T07:00:08Z"),
        secs(0.5),
        Value::Null,
        Value::Int(503),
        Value::Int(560_503),
        word("sbcFault", "class-sbcFault"),
        word("inbound", "direction-inbound"),
        Value::text("sbc1.example"),
    ];
    let outbound = vec![
        at("2026-11-30T07:00:10Z"),
        Value::text("b"),
        word("forwarding", "role-forwarding"),
        Value::Bool(false),
        at("2026-11-30T07:00:09Z"),
        at("2026-11-30T07:01:10Z"),
        Value::Null,
        secs(1.0),
        secs(1.0),
        Value::Int(0),
        Value::Int(560_000),
        word("answered", "class-answered"),
        word("outbound", "direction-outbound"),
        Value::text("sbc1.example"),
    ];
    Answer {
        report: "call",
        definitions: 1,
        zone: jiff::tz::TimeZone::UTC,
        range: trunklog_records::TimeRange::ALL,
        bucket: None,
        by: Vec::new(),
        filter: None,
        comparison: None,
        commit: Watermark(7),
        complete_until: None,
        source: Source::default(),
        notes: Vec::new(),
        table: Told { columns, rows: vec![inbound, outbound] },
        compared: None,
    }
}

fn answer() -> CallAnswer<'static> {
    let row = rows(&[(
        "a",
        &[
            ("correlationId", "c1"),
            ("trunkFullyQualifiedDomainName", "sbc1.example"),
            ("userDisplayName", "<Ada>"),
        ],
    )]);
    let similar = Similar { rows: row.clone(), count: 12, list: "../../calls?code=503-560503".to_owned() };
    CallAnswer {
        legs: legs(),
        row,
        json: "{\n  \"id\": \"<a>\"\n}".to_owned(),
        similar: Some(similar),
        hidden: vec![Party::Caller],
        most_reason: 500,
        tokens: &|_| None,
    }
}

#[test]
fn a_call_is_told_step_by_step() {
    let page = page("calls/x/a", "commit=7");
    let steps = ladder::steps(&page, &legs().table);
    let told: Vec<String> = steps.iter().map(|step| step.at.to_string()).collect();
    assert_eq!(
        told,
        [
            "2026-11-30T06:59:59.5Z",
            "2026-11-30T07:00:00Z",
            "2026-11-30T07:00:08Z",
            "2026-11-30T07:00:09Z",
            "2026-11-30T07:00:10Z",
            "2026-11-30T07:01:10Z",
        ]
    );
    let html = CallPage::new(&page, &answer()).unwrap().render().unwrap();
    for told in ["+0.500\u{a0}s", "+8.000\u{a0}s", "+1\u{a0}min 00\u{a0}s", "06:59:59.500"] {
        assert!(html.contains(told), "{told}: {html}");
    }
    // An inbound row's start is no answer.
    assert!(
        html.contains("Passed on into Teams (inbound)") && html.contains("Answered (forwarding"),
        "{html}"
    );
    assert!(html.contains("Failed (inbound) 503"), "{html}");
}

#[test]
fn times_and_gaps_have_the_readers_decimal_mark() {
    use trunklog_reports::Language;
    for (language, told) in [
        (Language::English, ["06:59:59.500", "+0.500\u{a0}s"]),
        (Language::French, ["06:59:59,500", "+0,500\u{a0}s"]),
        (Language::German, ["06:59:59,500", "+0,500\u{a0}s"]),
    ] {
        let page = crate::pages::testing::in_language(language, page("calls/x/a", ""));
        let html = CallPage::new(&page, &answer()).unwrap().render().unwrap();
        for told in told {
            // In the drawing and in the table.
            assert!(html.matches(told).count() >= 2, "{told}: {html}");
        }
    }
}

#[test]
fn a_gap_below_zero_is_explained() {
    let page = page("calls/x/a", "");
    let mut overlapping = answer();
    let gap = overlapping.legs.table.place("gap").unwrap();
    overlapping.legs.table.rows[1][gap] = Value::Ratio { value: Some(-41.0), n: 1 };
    let html = CallPage::new(&page, &overlapping).unwrap().render().unwrap();
    assert!(html.contains("−41\u{a0}s") && !html.contains("-41\u{a0}s"), "{html}");
    assert!(html.contains("Negative: it began before the other ended."), "{html}");
}

#[test]
fn a_call_says_why_it_ended_and_what_to_send() {
    let page = page("calls/x/a", "commit=7");
    let html = CallPage::new(&page, &answer()).unwrap().render().unwrap();
    assert!(html.contains("verdict g-sbc") && html.contains("codes/503-560503"), "{html}");
    assert!(html.contains("12 calls of this trunk ended so"), "{html}");
    assert!(html.contains("Correlation ID: c1") && html.contains("SBC FQDN: sbc1.example"), "{html}");
    assert!(html.contains("&#60;Ada&#62;") && html.contains("&#34;&#60;a&#62;&#34;"), "{html}");
    assert!(
        html.contains("/calls/2026-11-30T07:00:10Z/b?commit=7"),
        "another leg is a page of its own: {html}"
    );
    assert!(!html.contains("/calls/2026-11-30T07:00:00Z/b"), "{html}");
    let mut ids: Vec<&str> =
        html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "no id is there twice: {ids:?}");
}

#[test]
fn a_masked_number_is_asked_for_by_a_form() {
    let page = page("calls/x/a", "commit=7");
    let html = CallPage::new(&page, &answer()).unwrap().render().unwrap();
    assert_eq!(html.matches("action=\"../../calls/x/a/reveal?commit=7\"").count(), 1, "{html}");
    assert!(html.contains("name=\"number\" value=\"caller\"") && html.contains("required"), "{html}");
    let none = CallAnswer { hidden: Vec::new(), ..answer() };
    let html = CallPage::new(&page, &none).unwrap().render().unwrap();
    assert!(!html.contains("/reveal"), "{html}");
}

#[test]
fn an_answer_without_the_call_is_no_page() {
    let page = page("calls/x/a", "");
    let mut none = answer();
    none.legs.table.rows.remove(0);
    assert!(CallPage::new(&page, &none).is_none());
}
