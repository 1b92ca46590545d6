use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
use trunklog_reports::Language;

use super::*;
use crate::pages::testing::{assert_told, at, in_language, page};

fn source(name: &str) -> SourceView {
    let counts = CountsView {
        deliveries: 2,
        expected: Some(9),
        received: 7,
        new: 5,
        rejected: 2,
        ..CountsView::default()
    };
    let log = LogView {
        log: Some(&SMS),
        newest: Some(at("2026-11-30T07:40:00Z")),
        complete_until: Some(at("2026-11-30T07:00:00Z")),
        total: counts,
        hours: vec![
            (at("2026-11-30T03:00:00Z"), CountsView { received: 1, ..counts }),
            (at("2026-11-30T07:00:00Z"), counts),
        ],
        ..LogView::default()
    };
    SourceView {
        name: name.to_owned(),
        is_configured: true,
        every_secs: Some(3_600),
        succeeded: Some(at("2026-11-30T07:45:00Z")),
        lag_secs: Some(3_600),
        gaps: vec![(at("2026-11-30T04:00:00Z"), at("2026-11-30T06:00:00Z"))],
        total: counts,
        logs: vec![LogView::default(), log],
        ..SourceView::default()
    }
}

fn answer(sources: Vec<SourceView>) -> DataAnswer {
    let until = vec![(&DIRECT_ROUTING_CALLS, None), (&SMS, Some(at("2026-11-30T07:00:00Z")))];
    DataAnswer { hours: 24, until, sources, disk: None }
}

fn told(page: &PageContext, answer: &DataAnswer) -> String {
    DataPage::new(page, answer).render().unwrap()
}

#[test]
fn a_source_is_told_in_all_languages() {
    let mut failing = source("pull/contoso");
    failing.total.ambiguous = 3;
    failing.failing = Some(Failing { since: None, why: "403: <consent>".to_owned() });
    failing.is_overdue = true;
    failing.warning = Some("the certificate ends".to_owned());
    let disk = DiskView {
        free_bytes: 5 << 30,
        total_bytes: 10 << 30,
        bytes_per_day: Some(1 << 30),
        days_left: Some(5),
        pressed: Pressed::Urgent,
        parts: Some(vec![("cubes".to_owned(), 1 << 20), ("sms".to_owned(), 1 << 30), ("new".to_owned(), 1)]),
        ..DiskView::default()
    };
    let answer = DataAnswer { disk: Some(disk), ..answer(vec![source("folder/a"), failing]) };
    for language in Language::ALL {
        let page = in_language(language, page("data", "", true));
        let html = told(&page, &answer);
        assert_told(&html, &["data", "usage", "range", "export", "nav", "as"]);
        assert_eq!(html.matches("<svg class=\"strip\"").count(), 2, "{html}");
        // The failure, the warning and what is overdue, above and beside; and the disk.
        assert_eq!(html.matches("<p class=\"note\"").count(), 2 * 3 + 2, "{html}");
        assert!(
            html.contains(&format!("<p>{}</p>", page.counted("data-ambiguous", 3)).replace('\'', "&#39;")),
            "{html}"
        );
        assert!(html.contains("403: &#60;consent&#62;") && !html.contains("<consent>"), "{html}");
    }
}

#[test]
fn hours_are_those_of_the_readers_zone_and_gaps_are_crossed_out() {
    let page = page("data", "", false);
    let html = told(&page, &answer(vec![source("folder/a")]));
    assert!(html.contains("30 Nov 2026, 08:00: expected 9, received 7, new 5, late 0"), "{html}");
    assert!(html.contains("30 Nov 2026, 05:00 – 30 Nov 2026, 07:00"), "{html}");
    assert_eq!(html.matches("strip-cross").count(), 2, "{html}");
    // Both hours had rejected records.
    assert_eq!(html.matches("strip-mark").count(), 2, "{html}");
    assert_eq!(html.matches("<g><title>").count(), 25, "{html}");
    // The newest hour is the first of the table.
    let (newer, older) = (html.find(">30 Nov 2026, 08:00</th>"), html.find(">30 Nov 2026, 04:00</th>"));
    assert!(newer.unwrap() < older.unwrap(), "{html}");
    assert_eq!(html.matches("log not known").count(), 0, "nothing came of such: {html}");
}

#[test]
fn what_nobody_waits_for_needs_nothing() {
    let page = page("data", "", true);
    for (name, told_as) in [("import/files", "imported by hand"), ("folder/old", "no longer set up")] {
        let mut source = source(name);
        (source.is_configured, source.is_overdue) = (false, true);
        let html = told(&page, &answer(vec![source]));
        assert!(html.contains(&format!(">{told_as}</td>")) && !html.contains("class=\"note\""), "{html}");
    }
    let mut new = source("folder/new");
    (new.succeeded, new.logs) = (None, Vec::new());
    let html = told(&page, &answer(vec![new]));
    assert!(
        html.contains(">nothing came yet</td>") && html.contains("Nothing came in these hours."),
        "{html}"
    );
}

#[test]
fn without_a_source_it_says_what_to_do_first() {
    let page = page("data", "", true);
    let html = told(&page, &answer(Vec::new()));
    assert_eq!(html.matches("<h3>").count(), 3, "{html}");
    assert!(html.contains("trunklog import --tenant") && !html.contains("trunklog demo"), "{html}");
    assert!(!html.contains("data?hours=") && html.contains("The disk was not measured yet"), "{html}");
}

#[test]
fn the_disk_says_how_long_it_lasts() {
    let page = page("data", "", true);
    let told = |bytes_per_day, days_left| {
        let disk = DiskView { bytes_per_day, days_left, ..DiskView::default() };
        told(&page, &DataAnswer { disk: Some(disk), ..answer(Vec::new()) })
    };
    assert!(told(None, None).contains("known after a day"));
    assert!(told(Some(-1), None).contains("It does not fill."));
    let full = told(Some(1 << 20), Some(1));
    assert!(full.contains("At 1.0\u{a0}MiB a day it is full in 1 day."), "{full}");
    assert!(!full.contains("class=\"note\"") && !full.contains("what fills it"), "{full}");
}
