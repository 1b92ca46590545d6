use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind, Language, Value};

use super::*;
use crate::pages::testing::{answer, assert_told, in_language, page};

fn ends(rows: &[(Class, i64)]) -> Answer {
    let columns = vec![Column::key("class", Kind::Word), Column::of("attempts", Kind::Figure(Unit::Calls))];
    let row = |(class, count): &(Class, i64)| {
        vec![Value::Word { key: class.key(), name: class.name() }, Value::Int(*count)]
    };
    answer("endReasons", columns, rows.iter().map(row).collect())
}

fn shown(code: &str, ends: Option<&Answer>) -> String {
    let page = page(&format!("codes/{code}"), "ends=failed", true);
    CodePage::new(&page, Code::read(code).unwrap(), ends).render().unwrap()
}

#[test]
fn a_documented_pair_has_cause_action_and_source() {
    let html = shown("504-569008", Some(&ends(&[(Class::ConnectionFault, 12)])));
    for part in [
        "certificate has expired",
        "renew it and drop the old TLS connections",
        "session border controller",
        "https://learn.microsoft.com/microsoftteams/",
        "RFC 3261",
        "12 calls in this range ended so</a>",
        "../calls?code=504-569008\"",
        "../failures/evidence?code=504-569008\"",
        "../codes/504-569009",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("documented nowhere"), "{html}");
}

#[test]
fn an_unknown_pair_is_explained_by_its_parts() {
    let html = shown("404-560999", Some(&ends(&[])));
    for part in [
        "documented nowhere",
        "the number or user was not found",
        "final answer to an outbound call was 999",
        "0 calls in this range ended so",
        "../codes/404-560404",
        "IANA",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("calls?code=") && !html.contains("evidence?"), "none ended so: {html}");
    let nothing = shown("none-none", None);
    assert!(nothing.contains("there is no SIP code") && nothing.contains("there is no subcode"), "{nothing}");
}

#[test]
fn a_code_alone_has_its_pairs() {
    let sip = shown("504", None);
    assert!(sip.contains("../codes/504-569002") && !sip.contains("documented nowhere"), "{sip}");
    assert!(!sip.contains("../codes/503-"), "{sip}");
    let sub = shown("any-531000", None);
    assert!(sub.contains("../codes/410-531000") && sub.contains("../codes/488-531000"), "{sub}");
    assert!(sub.contains("when media were negotiated"), "{sub}");
}

#[test]
fn calls_that_were_answered_are_no_evidence() {
    let html = shown("0-560000", Some(&ends(&[(Class::Answered, 9)])));
    assert!(html.contains("9 calls in this range ended so</a>") && !html.contains("evidence?"), "{html}");
}

#[test]
fn all_pairs_are_listed() {
    let page = page("codes", "code=503&trunk=sbc1.example", true);
    let html = CodesPage::new(&page).render().unwrap();
    for pair in PAIRS {
        assert!(html.contains(&format!("./codes/{}-{}?", pair.sip, pair.sub)), "{pair:?}");
    }
    assert!(html.contains("action=\"./codes\""), "{html}");
    // The filter's own code would lead to the page of that one.
    assert_eq!(all_codes(&page), "./codes?trunk=sbc1.example");
}

#[test]
fn all_languages_show_both_pages() {
    for language in Language::ALL {
        let all = in_language(language, page("codes", "", true));
        let html = CodesPage::new(&all).render().unwrap();
        assert_told(&html, &["codes", "code", "end", "side", "class", "source", "column"]);
        for code in ["503-560503", "404-560999", "503", "any-560503", "none-none"] {
            let one = in_language(language, page("codes/x", "", true));
            let html = CodePage::new(&one, Code::read(code).unwrap(), None).render().unwrap();
            assert_told(&html, &["codes", "code", "end", "side", "class", "source", "sip", "family"]);
        }
    }
}
