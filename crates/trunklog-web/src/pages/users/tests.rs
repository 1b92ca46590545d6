use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind, Language, Value};

use super::*;
use crate::pages::testing::{answer, assert_told, in_language, page};

fn answers() -> UserAnswers {
    let columns = vec![
        Column::key("user", Kind::Text),
        Column::key("displayName", Kind::Text),
        Column::key("userPrincipalName", Kind::Text),
        Column::of("attempts", Kind::Figure(Unit::Calls)),
        Column::of("answered", Kind::Figure(Unit::Calls)),
        Column::of("missed", Kind::Figure(Unit::Calls)),
        Column::of("minutes", Kind::Figure(Unit::Minutes)),
        Column::of("lastDay", Kind::Date),
    ];
    let row = |id: &str, name: Option<&str>, attempts: i64, missed: i64| {
        vec![
            Value::text(id),
            Value::maybe_text(name),
            Value::text(format!("{id}@example.org")),
            Value::Int(attempts),
            Value::Int(attempts - missed),
            Value::Int(missed),
            Value::Number(7.5),
            Value::text("2026-11-29"),
        ]
    };
    let rows = vec![row("id-1", Some("Ada <b>"), 12, 2), row("id-2", None, 7, 0)];
    let tokens = vec![Some("TOKEN-1".to_owned()), Some("TOKEN-2".to_owned())];
    UserAnswers { users: Some(answer("users", columns, rows)), tokens, most: 200 }
}

fn shown(query: &str, who: Option<Who>) -> String {
    let mut page = page("users", query, true);
    page.who = who;
    UsersPage::new(&page, Vec::new(), &answers()).render().unwrap()
}

#[test]
fn each_user_leads_to_its_calls_by_a_token() {
    let html = shown("trunk=sbc1.example", None);
    for part in [
        "./users?trunk=sbc1.example&#38;who=TOKEN-1\">Ada &#60;b&#62;</a>",
        "./calls?trunk=sbc1.example&#38;who=TOKEN-1\">12</a>",
        "./calls?trunk=sbc1.example&#38;ends=answered&#38;who=TOKEN-1\">10</a>",
        "./calls?trunk=sbc1.example&#38;ends=missed&#38;who=TOKEN-1\">2</a>",
        "id-2@example.org",
        "29 Nov 2026",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("who=id-1") && !html.contains("most calls"), "{html}");
    // None were missed, so there is nothing to list.
    assert!(!html.contains("ends=missed&#38;who=TOKEN-2"), "{html}");
}

#[test]
fn numbers_lead_to_no_more_calls_than_they_count() {
    // The rows count calls of a number, and an address names one or the other.
    let html = shown("who=NUMBER", Some(Who::Digits("4711".to_owned())));
    assert!(!html.contains("./calls?who=TOKEN") && html.contains("./users?who=TOKEN-1"), "{html}");
    let html = shown("who=TOKEN-1", Some(Who::User("id-1".to_owned())));
    assert!(html.contains("./calls?who=TOKEN-1\">12</a>"), "{html}");
}

#[test]
fn the_table_is_sorted_and_says_what_is_left_out() {
    let place = |html: &str, token: &str| html.find(&format!("who={token}\">")).unwrap();
    let html = shown("", None);
    assert!(place(&html, "TOKEN-1") < place(&html, "TOKEN-2"), "{html}");
    let html = shown("sort=attempts", None);
    assert!(place(&html, "TOKEN-2") < place(&html, "TOKEN-1"), "{html}");
    let page = page("users", "", true);
    let few = UserAnswers { most: 2, ..answers() };
    let html = UsersPage::new(&page, Vec::new(), &few).render().unwrap();
    assert!(html.contains("The 2 users with the most calls."), "{html}");
    let none = UserAnswers { users: None, tokens: Vec::new(), most: 2 };
    let html = UsersPage::new(&page, Vec::new(), &none).render().unwrap();
    assert!(html.contains("not kept for this filter"), "{html}");
}

#[test]
fn all_languages_show_it() {
    for language in Language::ALL {
        let page = in_language(language, page("users", "", true));
        let html = UsersPage::new(&page, Vec::new(), &answers()).render().unwrap();
        assert_told(&html, &["users", "kpi", "column", "nav", "state"]);
    }
}
