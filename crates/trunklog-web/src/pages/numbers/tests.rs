use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind, Language, Value};

use super::*;
use crate::pages::testing::{answer, assert_told, in_language, page};

fn answers(has_unused: bool) -> NumberAnswers {
    let columns = vec![
        Column::key("number", Kind::Text),
        Column::of("attempts", Kind::Figure(Unit::Calls)),
        Column::of("answered", Kind::Figure(Unit::Calls)),
        Column::of("missed", Kind::Figure(Unit::Calls)),
        Column::of("inbound", Kind::Count),
        Column::of("outbound", Kind::Count),
        Column::of("lastIn", Kind::Date),
        Column::of("lastOut", Kind::Date),
        Column::of("isUnused", Kind::Flag),
    ];
    let row = |number: &str, inbound: i64, outbound: i64, last: [Option<&str>; 2]| {
        let attempts = inbound + outbound;
        vec![
            Value::text(number),
            Value::Int(attempts),
            Value::Int(attempts),
            Value::Int(0),
            Value::Int(inbound),
            Value::Int(outbound),
            Value::maybe_text(last[0]),
            Value::maybe_text(last[1]),
            if has_unused { Value::Bool(attempts == 0) } else { Value::Null },
        ]
    };
    let rows = vec![
        row("+4930123456", 4, 3, [Some("2026-11-29"), Some("2026-11-28")]),
        row("+4930123457", 0, 0, [Some("2026-03-01"), None]),
        row("+4930123458", 0, 0, [Some("2025-01-01"), Some("2025-12-24")]),
    ];
    let tokens = (0..3).map(|at| Some(format!("TOKEN-{at}"))).collect();
    NumberAnswers { numbers: Some(answer("numbers", columns, rows)), tokens, most: 200, skip: 0 }
}

fn shown(query: &str, answers: &NumberAnswers) -> String {
    NumbersPage::new(&page("numbers", query, true), Vec::new(), answers).render().unwrap()
}

#[test]
fn each_number_leads_to_its_calls_by_a_token() {
    let html = shown("", &answers(true));
    for part in [
        "./numbers?who=TOKEN-0\">+4930123456</a>",
        "./calls?who=TOKEN-0\">7</a>",
        "./calls?direction=inbound&#38;who=TOKEN-0\">4</a>",
        "./calls?direction=outbound&#38;who=TOKEN-0\">3</a>",
        "29 Nov 2026",
        "1 Mar 2026",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("./calls?who=TOKEN-1"), "nobody called: {html}");
    assert_eq!(
        Numbers::Own.who(answers(true).numbers.as_ref().unwrap(), 0),
        Some(Who::Own("+4930123456".into()))
    );
    let outside = Numbers::Outside.who(answers(false).numbers.as_ref().unwrap(), 0);
    assert_eq!(outside, Some(Who::Outside("+4930123456".into())));
}

#[test]
fn unused_numbers_are_those_that_rested_the_longest() {
    let html = shown("show=unused", &answers(true));
    assert!(html.contains("2 own numbers were used before this range"), "{html}");
    let [first, second] = ["+4930123457", "+4930123458"].map(|number| html.find(number).unwrap());
    assert!(second < first, "December is longer ago than March: {html}");
    assert!(!html.contains("+4930123456"), "{html}");
    // Nothing but zeros is no column.
    assert_eq!(html.matches("<th scope=\"col\"").count(), 3, "{html}");
    let row = html.split("<th scope=\"row\"").nth(1).unwrap().split("</tr>").next().unwrap();
    assert_eq!(row.matches("<td").count(), 2, "{row}");
    assert!(row.contains("1 Jan 2025") && row.contains("24 Dec 2025"), "{row}");
    assert_eq!(shown("", &answers(true)).matches("<th scope=\"col\"").count(), 9, "all of the others");
    let of_used = Numbers::Unused.who(answers(true).numbers.as_ref().unwrap(), 0);
    assert_eq!(of_used, None, "it needs no token");
    // With a filter nobody knows.
    let html = shown("show=unused&direction=inbound", &answers(false));
    assert!(html.contains("With a filter nobody can tell"), "{html}");
    let mut used = answers(true);
    used.numbers.as_mut().unwrap().table.rows.truncate(1);
    let html = shown("show=unused", &used);
    assert!(html.contains("was used in this range"), "{html}");
}

#[test]
fn unused_numbers_are_shown_page_by_page() {
    let mut many = answers(true);
    let table = &mut many.numbers.as_mut().unwrap().table;
    let unused = table.rows[1].clone();
    table.rows.truncate(1);
    for number in 0..450 {
        let mut row = unused.clone();
        row[0] = Value::text(format!("+4930{number:06}"));
        table.rows.push(row);
    }
    many.most = 100_000;
    many.tokens = (0..451).map(|at| Some(format!("TOKEN-{at}"))).collect();
    let mut seen = 0;
    for (skip, position, ways) in [
        (0, "1 to 200 of 450", [None, Some("show=unused&#38;skip=200")]),
        (200, "201 to 400 of 450", [Some("show=unused\""), Some("show=unused&#38;skip=400")]),
        (400, "401 to 450 of 450", [Some("show=unused&#38;skip=200"), None]),
        // Who went too far sees the last of them.
        (100_000, "401 to 450 of 450", [Some("show=unused&#38;skip=200"), None]),
    ] {
        many.skip = skip;
        let html = shown(&format!("show=unused&skip={skip}"), &many);
        assert!(html.contains(position), "{skip}: {html}");
        for (relation, way) in ["prev", "next"].into_iter().zip(ways) {
            let link = html.split("<a href=\"").find(|rest| rest.contains(&format!("rel=\"{relation}\"")));
            let link = link.filter(|link| link.split('>').next().unwrap().contains("rel="));
            match way {
                Some(way) => assert!(link.unwrap().contains(way), "{skip} {relation}: {html}"),
                None => assert!(!html.contains(&format!("rel=\"{relation}\"")), "{skip} {relation}: {html}"),
            }
        }
        if skip < 450 {
            seen += html.matches("<th scope=\"row\"").count();
        }
        // Another order, another kind or another range starts at its own first page.
        for part in ["sort=number\"", "show=own\"", "range=28d&#38;show=unused\""] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
    assert_eq!(seen, 450);
    assert!(!shown("show=unused", &answers(true)).contains(" of 2"), "all are on one page");
}

#[test]
fn numbers_outside_have_a_country() {
    let html = shown("show=outside", &answers(false));
    assert!(html.contains(">DE<") && !html.contains("unused</th>"), "{html}");
    // A person that is looked at is none of another kind of numbers.
    let html = shown("show=outside&who=TOKEN", &answers(false));
    assert!(html.contains("./numbers?show=own\"") && html.contains("who=TOKEN&#38;show=outside"), "{html}");
}

#[test]
fn all_languages_show_it() {
    for language in Language::ALL {
        for query in ["", "show=unused", "show=outside"] {
            let page = in_language(language, page("numbers", query, true));
            let html = NumbersPage::new(&page, Vec::new(), &answers(true)).render().unwrap();
            assert_told(&html, &["numbers", "kpi", "column", "nav", "state", "report"]);
        }
    }
}
