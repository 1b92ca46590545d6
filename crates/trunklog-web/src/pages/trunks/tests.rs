use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_reports::kpi::Unit;
use trunklog_reports::{Column, Kind, Source, Table as Told, Value};
use trunklog_store::Watermark;
use trunklog_trunks::{Answer as SipAnswer, Certificate, Entry, Fact, Finding, NoAnswer, TrustFault};

use super::*;
use crate::pages::calls::tests::page;

pub(in crate::pages) fn answer(columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Answer {
    Answer {
        report: "kpis",
        definitions: 1,
        zone: jiff::tz::TimeZone::UTC,
        range: TimeRange::ALL,
        bucket: None,
        by: Vec::new(),
        filter: None,
        comparison: None,
        commit: Watermark(7),
        complete_until: None,
        source: Source::default(),
        notes: Vec::new(),
        table: Told { columns, rows },
        compared: None,
    }
}

pub(in crate::pages) fn inventory(entries: Vec<Entry>) -> Inventory {
    let mut inventory = Inventory::default();
    inventory.configure(&"sbc1.example".parse().unwrap(), entries).unwrap();
    inventory
}

pub(in crate::pages) fn today() -> Date {
    "2026-11-30".parse().unwrap()
}

fn totals() -> Answer {
    let of = |key, unit| Column::of(key, Kind::Figure(unit));
    let columns = vec![
        Column::key("trunk", Kind::Text),
        of("attempts", Unit::Calls),
        of("failed", Unit::Calls),
        of("ner", Unit::Ratio),
        of("asr", Unit::Ratio),
        of("occupiedChannels", Unit::Channels),
        of("busyHourTraffic", Unit::Erlangs),
        of("channelsForOnePercent", Unit::Channels),
    ];
    let row = |name: &str, attempts: i64, peak: i64| {
        let ratio = Value::Ratio { value: Some(0.9), n: attempts };
        vec![
            Value::text(name),
            Value::Int(attempts),
            Value::Int(attempts / 10),
            ratio.clone(),
            ratio,
            Value::Int(peak),
            Value::Number(10.0),
            Value::Int(18),
        ]
    };
    answer(columns, vec![row("sbc2.example", 200, 3), row("sbc1.example", 150, 28)])
}

fn shown(
    page: &PageContext,
    inventory: &Inventory,
    probed: &BTreeMap<Fqdn, Probed>,
    is_probing: bool,
) -> String {
    let known = Known { inventory, probed, is_probing, today: today() };
    let answer = TrunksAnswer { totals: Some(totals()), by_bucket: None, known };
    TrunksPage::new(page, &answer).render().unwrap()
}

#[test]
fn trunks_are_told_with_names_limits_and_what_they_need() {
    let facts =
        [Fact::Name("Berlin <1>".to_owned()), Fact::Carrier("Example".to_owned()), Fact::Channels(30)];
    let inventory = inventory(facts.map(Entry::always).to_vec());
    let page = page("trunks", "");
    let html = shown(&page, &inventory, &BTreeMap::new(), false);
    assert!(html.contains("Berlin &#60;1&#62;") && html.contains("sbc1.example, Example"), "{html}");
    assert!(html.contains("of 30"), "the peak, of how many channels: {html}");
    assert!(html.contains("./calls?trunk=sbc1.example\">150</a>"), "{html}");
    assert!(html.contains("./calls?trunk=sbc1.example&#38;ends=failed\">15</a>"), "{html}");
    let places = ["trunks/sbc2.example", "trunks/sbc1.example"].map(|name| html.find(name).unwrap());
    assert!(places[0] < places[1], "the largest is first: {html}");
    assert!(html.contains("not connected") && html.contains("[probe]"), "{html}");
    assert!(!html.contains("<form method=\"post\" action=\"./trunks"), "not for this reader: {html}");
}

#[test]
fn a_trunk_of_the_inventory_is_there_without_calls() {
    let mut inventory = inventory(Vec::new());
    inventory.configure(&"sbc3.example".parse().unwrap(), Vec::new()).unwrap();
    let mut page = page("trunks", "");
    page.state.own.insert("sort".to_owned(), "trunk".to_owned());
    page.sees.admin = true;
    let html = shown(&page, &inventory, &BTreeMap::new(), true);
    let places = ["trunks/sbc1", "trunks/sbc2", "trunks/sbc3"].map(|name| html.find(name).unwrap());
    assert!(places.is_sorted(), "{places:?}");
    assert!(
        html.contains("action=\"./trunks/change\"") && html.contains("action=\"./trunks/import\""),
        "{html}"
    );
}

#[test]
fn no_answer_to_us_is_never_down() {
    let page = page("trunks", "");
    let at = Instant::parse("2026-11-30T07:55:00Z").unwrap();
    let secs = page.now.ticks() / Instant::TICKS_PER_SEC;
    let certificate = |days: i64, fault| Some(Certificate { ends: secs + days * 86_400, fault });
    let silent = Finding { certificate: certificate(9, None), answer: Err(NoAnswer::Silent) };
    let first = Probed { at, finding: silent, answered: None, misses: 3 };
    let well =
        Finding { certificate: certificate(102, None), answer: Ok(SipAnswer { status: 200, millis: 45 }) };
    let second = Probed { at, finding: well, answered: Some(at), misses: 0 };
    let probed =
        BTreeMap::from([("sbc1.example".parse().unwrap(), first), ("sbc2.example".parse().unwrap(), second)]);
    let html = shown(&page, &inventory(Vec::new()), &probed, true);
    for told in
        ["9 days left", "102 days left", "no answer to us", "3 times in a row", "answered 200", "45\u{a0}ms"]
    {
        assert!(html.contains(told), "{told}: {html}");
    }
    assert!(!html.to_lowercase().contains("down<") && !html.contains(" down"), "{html}");
    let expired = Finding {
        certificate: certificate(-1, Some(TrustFault::Expired)),
        answer: Err(NoAnswer::WantsCertificate),
    };
    let cell = certificate_cell(&page, Some(&Probed { finding: expired, ..first }));
    assert_eq!((cell.text.as_str(), cell.class), ("expired", "s-silent"));
    let options = options_cell(&page, Some(&Probed { finding: expired, ..first }));
    assert!(options.beside.contains("wants a certificate"), "{}", options.beside);
}

#[test]
fn a_peak_near_the_limit_is_marked() {
    let page = page("trunks", "");
    let figure = |value| Figure { value: Some(value), n: None, unit: Unit::Channels };
    assert_eq!(peak_cell(&page, figure(27.0), Some(30)).class, "s-silent");
    assert_eq!(peak_cell(&page, figure(26.0), Some(30)).class, "");
    assert!(peak_cell(&page, figure(26.0), None).drawing.is_none());
}
