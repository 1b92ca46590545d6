use std::collections::BTreeSet;

use trunklog_records::masking::Mask;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, Rows, TimeRange, Value as Stored};
use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind, Language, Value};

use super::*;
use crate::pages::testing::{answer, assert_told, at, in_language, page};

/// A pair of codes with its class, how many calls failed so, and whether it is new.
type Pair = (i64, i64, Class, i64, bool);

const PAIRS: [Pair; 3] = [
    (503, 560_503, Class::SbcFault, 30, false),
    (404, 560_404, Class::DiallingError, 8, false),
    (503, 569_002, Class::ConnectionFault, 2, true),
];

fn columns(counted: Vec<Column>) -> Vec<Column> {
    let mut columns = vec![
        Column::key("sipCode", Kind::Code),
        Column::key("subcode", Kind::Code),
        Column::key("class", Kind::Word),
        Column::key("side", Kind::Word),
        Column::key("cause", Kind::Text),
        Column::key("action", Kind::Text),
    ];
    columns.extend(counted);
    columns
}

fn reason((sip, sub, class, ..): Pair) -> Vec<Value> {
    vec![
        Value::Int(sip),
        Value::Int(sub),
        Value::Word { key: class.key(), name: class.name() },
        Value::Word { key: "sbc", name: "side-sbc" },
        Value::text("it <failed>"),
        Value::text("read the log"),
    ]
}

fn failed(pairs: &[Pair]) -> Answer {
    let counted = vec![
        Column::of("failed", Kind::Figure(Unit::Calls)),
        Column::of("share", Kind::Figure(Unit::Ratio)),
        Column::of("trunks", Kind::Count),
        Column::of("firstSeen", Kind::Date),
        Column::of("isNew", Kind::Flag),
    ];
    let all: i64 = pairs.iter().map(|pair| pair.3).sum();
    let row = |pair: &Pair| {
        let mut row = reason(*pair);
        row.extend([
            Value::Int(pair.3),
            Value::Ratio { value: crate::pages::figures::ratio(pair.3, all), n: all },
            Value::Int(2),
            Value::text("2026-11-24"),
            Value::Bool(pair.4),
        ]);
        row
    };
    answer("failures", columns(counted), pairs.iter().map(row).collect())
}

fn hit() -> Answer {
    let counted = vec![Column::of("users", Kind::Count)];
    let rows = PAIRS[..2].iter().zip([11, 0]).map(|(pair, users)| {
        let mut row = reason(*pair);
        row.push(Value::Int(users));
        row
    });
    answer("endReasons", columns(counted), rows.collect())
}

fn whole(page: &PageContext, answer: Option<&Answer>) -> String {
    let causes = Causes::new(page, answer, UsersHit::Later);
    FailuresPage::new(page, Vec::new(), answer, causes).render().unwrap()
}

#[test]
fn the_matrix_has_each_pair_with_its_calls() {
    let page = page("failures", "", true);
    let html = Matrix::new(&page, Some(&failed(&PAIRS))).to_string();
    for (code, count) in [("503-560503", 30), ("503-569002", 2), ("404-560404", 8), ("503", 32), ("404", 8)] {
        let link = format!("./calls?code={code}&#38;ends=failed\">{count}</a>");
        assert!(html.contains(&link), "{link}: {html}");
    }
    assert!(html.contains("Service Unavailable") && html.contains("./codes/503\""), "{html}");
    // Pairs that did not occur are no zeros.
    assert_eq!(html.matches('–').count(), 3, "{html}");
    // A total counts no more than what is looked at.
    let narrowed = crate::pages::testing::page("failures", "code=any-560503", true);
    let html = Matrix::new(&narrowed, Some(&failed(&PAIRS[..1]))).to_string();
    assert_eq!(html.matches("calls?code=503-560503&#38;ends=failed").count(), 2, "{html}");
}

#[test]
fn subcodes_without_a_column_are_counted() {
    let pairs: Vec<Pair> = (0..15).map(|at| (503, 560_000 + at, Class::SbcFault, 100 - at, false)).collect();
    let page = page("failures", "", true);
    let html = Matrix::new(&page, Some(&failed(&pairs))).to_string();
    assert!(html.contains("3 more subcodes") && html.contains("#causes"), "{html}");
    assert!(html.contains("560011") && !html.contains(">560012<"), "the smallest have none: {html}");
}

#[test]
fn causes_say_what_to_do_and_where_to_look() {
    let page = page("failures", "", true);
    let (failures, hit) = (failed(&PAIRS), hit());
    let html = Causes::new(&page, Some(&failures), UsersHit::Counted(Some(&hit))).to_string();
    for part in [
        "./calls?code=503-560503&#38;ends=sbcFault\">30</a>",
        "./failures/evidence?code=503-560503&#38;ends=sbcFault",
        "./users?code=503-560503&#38;ends=sbcFault\">11</a>",
        "it &#60;failed&#62;",
        "read the log",
        "24 Nov 2026",
        "75.0%",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(html.matches("class=\"new\"").count(), 1, "{html}");
    assert!(!html.contains("hx-get"), "nothing is left to be loaded: {html}");
    // Who may not read calls gets numbers and words, no links to calls.
    let sums = crate::pages::testing::page("failures", "", false);
    let html = Causes::new(&sums, Some(&failures), UsersHit::Counted(Some(&hit))).to_string();
    assert!(!html.contains("./calls") && !html.contains("evidence?") && !html.contains("./users"), "{html}");
    assert!(html.contains(">30<") && html.contains(">11<"), "{html}");
}

#[test]
fn users_are_counted_after_the_page() {
    let failures = failed(&PAIRS);
    let short = page("failures", "sort=-users", true);
    let html = Causes::new(&short, Some(&failures), UsersHit::Later).to_string();
    assert!(html.contains("hx-get=\"./failures?sort=-users&#38;part=causes\""), "{html}");
    assert!(html.contains("./failures?panels=all&#38;sort=-users#causes"), "{html}");
    // That reads rows: of a long range only when somebody asks for it.
    let mut long = page("failures", "", true);
    let ends = [at("2026-08-30T00:00:00Z"), at("2026-11-30T00:00:00Z")];
    long.range = TimeRange::of(&DIRECT_ROUTING_CALLS, ends[0], ends[1]).unwrap();
    let html = Causes::new(&long, Some(&failures), UsersHit::Later).to_string();
    assert!(!html.contains("hx-get") && html.contains("Count the users hit"), "{html}");
}

#[test]
fn causes_are_sorted_as_the_address_says() {
    let (failures, hit) = (failed(&PAIRS), hit());
    for (sort, first) in [
        ("-failed", "503-560503"),
        ("failed", "503-569002"),
        ("code", "404-560404"),
        ("-users", "503-560503"),
    ] {
        let page = page("failures", &format!("sort={sort}"), true);
        let html = Causes::new(&page, Some(&failures), UsersHit::Counted(Some(&hit))).to_string();
        let places: Vec<usize> = ["503-560503", "404-560404", "503-569002"]
            .map(|code| html.find(&format!("codes/{code}")).unwrap())
            .to_vec();
        let of_first = html.find(&format!("codes/{first}")).unwrap();
        assert_eq!(places.into_iter().min(), Some(of_first), "{sort}: {html}");
    }
}

#[test]
fn sides_add_up_to_all_that_failed() {
    let page = page("failures", "", true);
    let html = Sides::new(&page, Some(&failed(&PAIRS))).to_string();
    for (group, count) in [("g-sbc", 32), ("g-dialling", 8)] {
        let link = format!("./calls?ends=failed,{group}\">{count}</a>");
        assert!(html.contains(&link), "{link}: {html}");
    }
    assert!(html.contains("80.0%") && !html.contains("g-people"), "{html}");
}

#[test]
fn what_is_empty_says_why() {
    let page = page("failures", "", true);
    let none = whole(&page, Some(&failed(&[])));
    assert!(none.contains("No call failed in this range."), "{none}");
    assert!(!none.contains("failures/evidence"), "there is none of nothing: {none}");
    let not_kept = whole(&page, None);
    assert!(not_kept.contains("not kept for this filter"), "{not_kept}");
    let some = whole(&page, Some(&failed(&PAIRS)));
    for part in ["40 failed calls", "3 pairs of codes", "1 of them new", "./failures/evidence\""] {
        assert!(some.contains(part), "{part}: {some}");
    }
    let ids: Vec<&str> = some.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "no id is there twice: {ids:?}");
}

/// Failed calls, whose numbers outside are masked.
fn rows(count: usize) -> Rows {
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    let moment = |text: &str| Stored::Instant(at(text));
    for number in 0..count {
        rows.row()
            .set("id", Stored::Text(format!("row-{number}").into()))
            .unwrap()
            .set("correlationId", Stored::Text(format!("correlation-{number}").into()))
            .unwrap()
            .set("userDisplayName", Stored::Text("Ada Lovelace".into()))
            .unwrap()
            .set("startDateTime", moment("2026-11-24T08:00:00Z"))
            .unwrap()
            .set("inviteDateTime", moment("2026-11-24T07:59:50Z"))
            .unwrap()
            .set("failureDateTime", moment("2026-11-24T08:00:20Z"))
            .unwrap()
            .set("callType", Stored::Text("ByotOut".into()))
            .unwrap()
            .set("successfulCall", Stored::Bool(false))
            .unwrap()
            .set("callerNumber", Stored::Text("+4930123456".into()))
            .unwrap()
            .set("calleeNumber", Stored::Text("+33140000004".into()))
            .unwrap()
            .set("finalSipCode", Stored::Int(503))
            .unwrap()
            .set("callEndSubReason", Stored::Int(560_503))
            .unwrap()
            .set("finalSipCodePhrase", Stored::Text("=Service\tUnavailable".into()))
            .unwrap()
            .set("trunkFullyQualifiedDomainName", Stored::Text("sbc1.example".into()))
            .unwrap()
            .finish()
            .unwrap();
    }
    Mask::hiding(4).rows(rows.finish())
}

#[test]
fn a_sheet_has_all_that_the_other_side_needs() {
    let mut page = page("failures/evidence", "trunk=sbc1.example&code=503", true);
    page.mask = Mask::hiding(4);
    let html = EvidencePage::new(&page, Some(&failed(&PAIRS)), Some(&[rows(2)])).render().unwrap();
    for part in [
        // The filter, the zone, n, completeness, the state of the data.
        "Trunk sbc1.example; Code 503",
        "Europe/Berlin (UTC+1)",
        "40 failed calls (n), 2 listed",
        "complete until 30 Nov 2026, 07:00",
        "7 / 3",
        "the last 4 digits",
        // The calls, in the reader's zone and in UTC.
        "24 Nov 2026, 09:00:00",
        "2026-11-24T08:00:00Z",
        "24 Nov 2026, 09:00:20",
        "+3314000****",
        "+4930123456",
        "503-560503",
        "correlation-1",
        "row-1",
        "../calls/2026-11-24T08:00:00Z/row-0",
        // What the words mean, and where codes are documented.
        "attempts - effective rows",
        "SBC or carrier fault",
        "https://learn.microsoft.com/",
        "Only the newest calls are listed.",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("40000004") && !html.contains("Lovelace"), "{html}");
    // As text: a call a line, with the same cells in each.
    let text = html.split("<textarea").nth(1).unwrap().split("</textarea>").next().unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains('\t')).collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines.iter().all(|line| line.matches('\t').count() == 13), "{text}");
    assert!(
        lines[1].starts_with("2026-11-24T08:00:00Z\t2026-11-24T07:59:50Z\t2026-11-24T08:00:20Z\tByotOut\t"),
        "{text}"
    );
    // Who pastes it into a spreadsheet calculates nothing, and numbers stay as they are.
    let cells: Vec<&str> = lines[1].split('\t').collect();
    assert_eq!((cells[4], cells[8]), ("+4930123456", "&#39;=Service Unavailable"), "{text}");
}

#[test]
fn a_sheet_of_nothing_says_so() {
    let page = page("failures/evidence", "", true);
    let html = EvidencePage::new(&page, Some(&failed(&[])), Some(&[rows(0)])).render().unwrap();
    assert!(html.contains("No call failed in this range.") && html.contains("0 failed calls (n)"), "{html}");
    assert!(!html.contains("Only the newest"), "{html}");
    let html = EvidencePage::new(&page, None, None).render().unwrap();
    assert!(html.contains("not kept for this filter"), "{html}");
}

#[test]
fn all_languages_show_both_pages() {
    for language in Language::ALL {
        let list = in_language(language, page("failures", "", true));
        let html = whole(&list, Some(&failed(&PAIRS)));
        let sheet = in_language(language, page("failures/evidence", "", true));
        let sheet = EvidencePage::new(&sheet, Some(&failed(&PAIRS)), Some(&[rows(1)])).render().unwrap();
        for html in [html, sheet] {
            assert_told(&html, &["failures", "evidence", "column", "code", "class", "side", "tile", "nav"]);
        }
    }
}
