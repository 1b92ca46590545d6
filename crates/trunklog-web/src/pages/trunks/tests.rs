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

fn columns() -> Vec<Column> {
    let of = |key, unit| Column::of(key, Kind::Figure(unit));
    vec![
        Column::key("trunk", Kind::Text),
        of("attempts", Unit::Calls),
        of("failed", Unit::Calls),
        of("ner", Unit::Ratio),
        of("asr", Unit::Ratio),
        of("occupiedChannels", Unit::Channels),
        of("busyHourTraffic", Unit::Erlangs),
        of("channelsForOnePercent", Unit::Channels),
    ]
}

fn row(name: &str, attempts: i64, delivered: f64, peak: i64) -> Vec<Value> {
    let ratio = Value::Ratio { value: Some(delivered), n: attempts };
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
}

fn totals() -> Answer {
    answer(columns(), vec![row("sbc2.example", 200, 0.9, 3), row("sbc1.example", 150, 0.9, 28)])
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

/// So many trunks, of which each seventieth fails.
fn many(count: i64) -> Answer {
    let of = |number: i64| {
        let delivered = if number % 70 == 69 { 0.1 } else { 0.99 };
        row(&format!("sbc{number:03}.example"), 1_000 - number, delivered, 3)
    };
    answer(columns(), (0..count).map(of).collect())
}

fn of_many(query: &str, inventory: &Inventory) -> (String, Vec<String>) {
    let mut page = page("trunks", "");
    page.state = FilterState::read(query, &["name", "sort"]).unwrap();
    let known = Known { inventory, probed: &BTreeMap::new(), is_probing: true, today: today() };
    let html = TrunksPage::new(&page, &TrunksAnswer { totals: Some(many(200)), by_bucket: None, known });
    let html = html.render().unwrap();
    let names = html.split("<th scope=\"row\"").skip(1).filter_map(|row| row.split("\">").nth(1));
    let names = names.filter_map(|row| row.split("</a>").next()).map(str::to_owned).collect();
    (html, names)
}

#[test]
fn many_trunks_are_counted_and_what_fails_comes_first() {
    let none = inventory(Vec::new());
    let (html, names) = of_many("range=28d", &none);
    assert!(html.contains("201 trunks, 2 to look at</p>"), "one of the inventory has no calls: {html}");
    assert_eq!(names[..3], ["sbc069.example", "sbc139.example", "sbc000.example"]);
    // In another order, a link leads to these.
    let (html, names) = of_many("range=28d&sort=-attempts", &none);
    assert_eq!(names[..2], ["sbc000.example", "sbc001.example"]);
    assert!(html.contains("sort=state\">2 to look at</a></p>"), "{html}");
    let (_, names) = of_many("sort=-state", &none);
    assert_eq!(names.last().map(String::as_str), Some("sbc139.example"), "the other way round");
    assert_eq!(of_many("sort=attempts", &none).1.last().map(String::as_str), Some("sbc000.example"));
}

#[test]
fn a_trunk_is_found_by_its_names() {
    let alias = Fact::Alias("old.example".parse().unwrap());
    let facts = [Fact::Name("Berlin".to_owned()), Fact::Carrier("Example".to_owned()), alias];
    let known = inventory(facts.map(Entry::always).to_vec());
    let (html, names) = of_many("range=28d&name=SBC06&sort=trunk", &known);
    assert_eq!((names.len(), names[0].as_str()), (10, "sbc060.example"), "{html}");
    assert!(html.contains("10 of 201 trunks, ") && html.contains(">1 to look at</a>"), "{html}");
    // The form keeps what is looked at, and works without a script.
    for field in [
        "<input type=\"hidden\" name=\"range\" value=\"28d\">",
        "<input type=\"hidden\" name=\"sort\" value=\"trunk\">",
        "name=\"name\" type=\"search\" value=\"SBC06\"",
    ] {
        assert!(html.contains(field), "{field}: {html}");
    }
    for name in ["berl", "OLD.ex"] {
        assert_eq!(of_many(&format!("name={name}"), &known).1, ["Berlin"], "{name}");
    }
    let (html, names) = of_many("name=%3Cnobody%3E", &known);
    assert!(names.is_empty() && html.contains("No trunk is called so."), "{html}");
    assert!(html.contains("0 of 201 trunks, none to look at") && html.contains("&#60;nobody&#62;"), "{html}");
}
