use std::collections::BTreeMap;

use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind as Told, Value};

use super::*;
use crate::pages::calls::tests::page;
use crate::pages::trunks::tests::{answer, inventory, today};

fn totals() -> Answer {
    let of = |key, unit| Column::of(key, Told::Figure(unit));
    let columns = vec![
        of("attempts", Unit::Calls),
        of("failed", Unit::Calls),
        of("ner", Unit::Ratio),
        of("occupiedChannels", Unit::Channels),
        Column::of("occupiedPeakAt", Told::Moment),
        of("busyHourTraffic", Unit::Erlangs),
        of("channelsForOnePercent", Unit::Channels),
    ];
    let row = vec![
        Value::Int(150),
        Value::Int(15),
        Value::Ratio { value: Some(0.9), n: 150 },
        Value::Int(28),
        Value::Instant(Instant::parse("2026-11-29T09:30:00Z").unwrap()),
        Value::Number(10.0),
        Value::Int(18),
    ];
    answer(columns, vec![row])
}

/// Two days, of which each has its own limit.
fn channels() -> Answer {
    let columns = vec![
        Column::key("start", Told::Moment),
        Column::of("occupiedChannels", Told::Figure(Unit::Channels)),
    ];
    let row = |day: &str, peak| {
        let start = Instant::parse(&format!("2026-11-{day}T00:00:00Z")).unwrap();
        vec![Value::Instant(start), Value::Int(peak)]
    };
    let mut answer = answer(columns, vec![row("28", 10), row("29", 28)]);
    answer.bucket = Some(trunklog_reports::calendar::Bucket::Day);
    answer.range = answer.range.until(Instant::parse("2026-11-30T00:00:00Z").unwrap());
    answer
}

fn entries() -> Vec<Entry> {
    let until = Some("2026-11-28".parse().unwrap());
    let from = Some("2026-11-29".parse().unwrap());
    vec![
        Entry::of(Fact::Channels(10), None, until).unwrap(),
        Entry::of(Fact::Channels(30), from, None).unwrap(),
        Entry::always(Fact::Alias("old.example".parse().unwrap())),
    ]
}

fn shown(page: &PageContext, entries: Vec<Entry>) -> String {
    let (inventory, probed) = (inventory(entries), BTreeMap::new());
    let known = Known { inventory: &inventory, probed: &probed, is_probing: false, today: today() };
    let answer =
        TrunkAnswer { totals: Some(totals()), channels: Some(channels()), name: "sbc1.example", known };
    TrunkPage::new(page, &answer).render().unwrap()
}

#[test]
fn busy_channels_stand_beside_the_limit_of_their_day() {
    let page = page("trunks/sbc1.example", "trunk=sbc1.example");
    let html = shown(&page, entries());
    assert!(html.contains("10 of 10") && html.contains("28 of 30"), "{html}");
    // Both days reached 90 % of what there was.
    assert!(html.contains("2 of 2 intervals"), "{html}");
    assert!(html.contains("class=\"path before\""), "the limit is drawn: {html}");
    for told in ["old.example", "28 Nov 2026", "the configuration", "Other name of the SBC"] {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert!(html.contains("../calls?trunk=sbc1.example&#38;ends=failed\">15</a>"), "{html}");
    assert!(!html.contains("Remove: Trunk"), "the page is about it whatever its filter says: {html}");
}

#[test]
fn without_a_limit_it_says_how_to_give_one() {
    let page = page("trunks/sbc1.example", "trunk=sbc1.example");
    let html = shown(&page, Vec::new());
    assert!(html.contains("How many channels there are is not known"), "{html}");
    assert!(!html.contains("intervals") && !html.contains("class=\"path before\""), "{html}");
}

#[test]
fn only_who_may_change_gets_forms_and_not_for_the_configuration() {
    let mut page = page("trunks/sbc1.example", "trunk=sbc1.example");
    assert!(!shown(&page, entries()).contains("action=\"../trunks/change\""));
    page.sees.admin = true;
    let html = shown(&page, entries());
    assert!(html.contains("action=\"../trunks/change\""), "{html}");
    assert!(!html.contains("value=\"remove\""), "what the configuration says is not changed here: {html}");
    for kind in Kind::ALL {
        assert!(html.contains(&format!("<option value=\"{}\">", kind.key())), "{html}");
    }
}

#[test]
fn figures_that_are_not_kept_are_said() {
    let page = page("trunks/sbc1.example", "trunk=sbc1.example&country=DE");
    let (inventory, probed) = (inventory(Vec::new()), BTreeMap::new());
    let known = Known { inventory: &inventory, probed: &probed, is_probing: true, today: today() };
    let answer = TrunkAnswer { totals: None, channels: None, name: "sbc1.example", known };
    let html = TrunkPage::new(&page, &answer).render().unwrap();
    assert!(
        html.contains("not kept for this filter") && html.contains("may well answer Microsoft"),
        "{html}"
    );
}
