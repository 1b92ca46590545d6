use trunklog_reports::Language;
use trunklog_reports::kpi::definitions;

use super::*;
use crate::pages::testing::{assert_told, in_language, page};

fn of(key: &str) -> String {
    let page = page(&format!("help/{key}"), "range=28d", true);
    FigurePage::new(&page, key).unwrap().render().unwrap()
}

#[test]
fn all_figures_are_listed_and_have_a_page() {
    let html = HelpPage::new(&page("help", "range=28d", true)).render().unwrap();
    for definition in definitions() {
        let key = definition.key;
        assert!(html.contains(&format!("./help/{key}?range=28d\"")), "{key}: {html}");
        let page = of(key);
        assert_eq!(page.matches("<tr>").count(), 13, "{key}: twelve calls: {page}");
        assert!(page.contains("Worked example") && page.contains("../help?range=28d"), "{key}: {page}");
    }
    assert!(FigurePage::new(&page("help/x", "", true), "x").is_none());
}

#[test]
fn examples_show_how_a_figure_comes_about() {
    for (key, parts) in [
        ("asr", &["6 ÷ 12 = 50.0%", "ITU-T E.425 (1992), 1.3"][..]),
        // Two that nobody could deliver are left out of twelve.
        ("ner", &["9 ÷ 12 = 75.0%"]),
        ("nerAdjusted", &["9 ÷ 11 = 81.8%"]),
        ("durationDisagreement", &["1 ÷ 5 = 20.0%"]),
        ("missed", &["Together: 1<"]),
        ("acd", &["Mean of 5 values"]),
        ("talkTimeP50", &["45\u{a0}s · 1\u{a0}min 30\u{a0}s · 3\u{a0}min 05\u{a0}s"]),
        ("occupiedChannels", &["The most at once: 3<"]),
        ("talkingChannels", &["The most at once: 2<"]),
        ("traffic", &["÷ 1\u{a0}h 00\u{a0}min = "]),
        ("channelsForOnePercent", &["For 0.6 erlangs: "]),
    ] {
        let html = of(key);
        for part in parts {
            assert!(html.contains(part), "{key}: {part}: {html}");
        }
    }
}

#[test]
fn what_each_call_brings_adds_up() {
    // The last cell of each row.
    let brought = |key: &str| -> Vec<String> {
        let html = of(key);
        let rows = html.split("<tr>").skip(2);
        rows.map(|row| {
            let cell = row.rsplit("<td class=\" number\">").next().unwrap();
            cell.split('<').next().unwrap().trim().to_owned()
        })
        .collect()
    };
    let asr = brought("asr");
    assert_eq!((asr.len(), asr.iter().filter(|cell| *cell == "1").count()), (12, 6), "{asr:?}");
    let adjusted = brought("nerAdjusted");
    assert_eq!(adjusted.iter().filter(|cell| *cell == "–").count(), 1, "left out: {adjusted:?}");
}

#[test]
fn all_languages_show_all_figures() {
    for language in Language::ALL {
        for definition in definitions() {
            let page = in_language(language, page("help/x", "", true));
            let html = FigurePage::new(&page, definition.key).unwrap().render().unwrap();
            assert_told(&html, &["help", "kpi", "unit", "column", "evidence", "direction", "class"]);
        }
    }
}
