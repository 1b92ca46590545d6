use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind, Language, Table as Told, Value};

use super::*;
use crate::pages::testing::{answer, assert_told, in_language, page};

fn countries() -> Answer {
    let figure = |key, unit| Column::of(key, Kind::Figure(unit));
    let columns = vec![
        Column::key("country", Kind::Text),
        figure("attempts", Unit::Calls),
        figure("answered", Unit::Calls),
        figure("asr", Unit::Ratio),
        figure("minutes", Unit::Minutes),
        figure("acd", Unit::Seconds),
    ];
    let row = |country: Option<&str>, attempts: i64, answered: i64| {
        vec![
            Value::maybe_text(country),
            Value::Int(attempts),
            Value::Int(answered),
            Value::Ratio { value: super::super::figures::ratio(answered, attempts), n: attempts },
            Value::Number(60.0),
            Value::Ratio { value: Some(90.0), n: answered },
        ]
    };
    let rows = vec![row(Some("DE"), 200, 150), row(None, 50, 0), row(Some("AT"), 0, 0)];
    let before = vec![row(Some("DE"), 100, 90), row(None, 50, 1), row(Some("AT"), 3, 0)];
    let compared = Told { columns: columns.clone(), rows: before };
    Answer { compared: Some(compared), ..answer("destinations", columns, rows) }
}

#[test]
fn each_country_leads_to_its_calls() {
    let page = page("destinations", "direction=outbound", true);
    let html = DestinationsPage::new(&page, Vec::new(), Some(&countries())).render().unwrap();
    for part in [
        "./destinations?direction=outbound&#38;country=DE\">DE</a>",
        "./calls?direction=outbound&#38;country=DE\">200</a>",
        "./calls?direction=outbound&#38;country=DE&#38;ends=answered\">150</a>",
        "./calls?direction=outbound&#38;country=none\">50</a>",
        "+100%",
        "75.0%",
        "./destinations?direction=inbound\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("./calls?direction=outbound&#38;country=AT"), "nobody called: {html}");
}

#[test]
fn the_table_is_sorted_as_the_address_says() {
    for (query, first, second) in
        [("", "DE", "none"), ("sort=country", "AT", "DE"), ("sort=attempts", "AT", "none")]
    {
        let page = page("destinations", query, true);
        let html = DestinationsPage::new(&page, Vec::new(), Some(&countries())).render().unwrap();
        let place = |country: &str| html.find(&format!("country={country}")).unwrap();
        assert!(place(first) < place(second), "{query}: {html}");
    }
}

#[test]
fn all_languages_show_it() {
    for language in Language::ALL {
        let page = in_language(language, page("destinations", "", true));
        let html = DestinationsPage::new(&page, Vec::new(), Some(&countries())).render().unwrap();
        assert_told(&html, &["direction", "kpi", "column", "nav", "reason", "value"]);
    }
    let page = page("destinations", "", true);
    let html = DestinationsPage::new(&page, Vec::new(), None).render().unwrap();
    assert!(html.contains("not kept for this filter"), "{html}");
}
