use trunklog_reports::calendar::zone;
use trunklog_store::Decimal;

use super::*;
use crate::words;

fn all() -> [Formats; 3] {
    Language::ALL.map(|language| Formats::new(language, zone("Europe/Berlin").unwrap()))
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn numbers_have_the_marks_of_their_language() {
    let [english, french, german] = all();
    for (number, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (-12_345_678, "−12,345,678")] {
        assert_eq!(english.count(number), expected);
    }
    assert_eq!(french.count(1_234_567), "1\u{202f}234\u{202f}567");
    assert_eq!(german.decimal(1_234.56, 1), "1.234,6");
    assert_eq!(english.decimal(-0.04, 1), "0.0", "nothing has no sign");
    assert_eq!(english.decimal(-0.06, 1), "−0.1");
    assert_eq!(english.count(i64::MIN), "−9,223,372,036,854,775,808");
}

#[test]
fn money_keeps_all_of_its_digits() {
    let [english, french, german] = all();
    for (digits, expected) in [
        ("0", "0.00"),
        ("1234.5", "1,234.50"),
        ("-.5", "−0.50"),
        ("007.25", "7.25"),
        ("-0.00", "0.00"),
        // More than a float has.
        ("12345678901234567.0123456789", "12,345,678,901,234,567.0123456789"),
        ("1e3", "1e3"),
        ("", ""),
        ("-", "-"),
        ("1.2.3", "1.2.3"),
    ] {
        assert_eq!(english.money(digits), expected, "{digits}");
    }
    assert_eq!(french.money("1234.005"), "1\u{202f}234,005");
    assert_eq!(german.money("1234.005"), "1.234,005");
}

#[test]
fn nearly_all_is_not_all() {
    let [english, french, german] = all();
    for (ratio, expected) in [
        (0.0, "0%"),
        (0.000_01, "0.1%"),
        (0.5, "50.0%"),
        (0.999_99, "99.9%"),
        (1.0, "100%"),
        (0.9337, "93.4%"),
    ] {
        assert_eq!(english.percent(ratio), expected, "{ratio}");
    }
    assert_eq!((french.percent(0.5), german.percent(0.5)), ("50,0\u{202f}%".into(), "50,0\u{a0}%".into()));
}

#[test]
fn times_are_those_of_the_zone() {
    let [english, french, german] = all();
    let moment = at("2026-11-30T07:05:09Z");
    assert_eq!(english.moment(moment), "30 Nov 2026, 08:05");
    assert_eq!(french.moment(moment), "30/11/2026 08:05");
    assert_eq!(german.second(moment), "30.11.2026, 08:05:09");
    assert_eq!(english.field(moment), "2026-11-30T08:05");
    assert_eq!([english.day(moment), french.day(moment), german.day(moment)], ["30 Nov", "30/11", "30.11."]);
    assert_eq!(english.zone_label(moment), "Europe/Berlin (UTC+1)");
    assert_eq!(english.zone_label(at("2026-07-01T00:00:00Z")), "Europe/Berlin (UTC+2)");
    let kolkata = Formats::new(Language::English, zone("Asia/Kolkata").unwrap());
    assert_eq!(kolkata.zone_label(moment), "Asia/Kolkata (UTC+5:30)");
    let lima = Formats::new(Language::English, zone("America/St_Johns").unwrap());
    assert_eq!(lima.zone_label(moment), "America/St_Johns (UTC-3:30)");
    // The ends of time do no harm.
    for end in [Instant::ABSENT, Instant::MAX] {
        assert!(!english.moment(end).is_empty());
    }
}

#[test]
fn lengths_are_told_in_two_units_at_most() {
    let [english, _, german] = all();
    for (secs, expected) in [
        (0.0, "0.0\u{a0}s"),
        (8.26, "8.3\u{a0}s"),
        (42.4, "42\u{a0}s"),
        (59.6, "1\u{a0}min 00\u{a0}s"),
        (185.0, "3\u{a0}min 05\u{a0}s"),
        (3_725.0, "1\u{a0}h 02\u{a0}min"),
        (7_199.0, "2\u{a0}h 00\u{a0}min"),
        (-61.0, "−1\u{a0}min 01\u{a0}s"),
    ] {
        assert_eq!(english.seconds(secs), expected, "{secs}");
    }
    assert_eq!(german.seconds(8.26), "8,3\u{a0}s");
    assert_eq!(
        (english.minutes(2.5), english.minutes(1_234.0)),
        ("2.5\u{a0}min".into(), "1,234\u{a0}min".into())
    );
}

#[test]
fn what_is_short_is_told_to_the_millisecond() {
    let [english, french, german] = all();
    let moment = at("2026-11-30T07:05:09.5409Z");
    assert_eq!(english.clock_to_millis(moment), "08:05:09.540");
    assert_eq!([french, german.clone()].map(|of| of.clock_to_millis(moment)), ["08:05:09,540"; 2]);
    for (secs, expected) in [
        (0.0, "0,000\u{a0}s"),
        (1.799, "1,799\u{a0}s"),
        (-41.0, "−41,000\u{a0}s"),
        (59.999, "59,999\u{a0}s"),
        (59.9999, "1\u{a0}min 00\u{a0}s"),
        (185.0, "3\u{a0}min 05\u{a0}s"),
    ] {
        assert_eq!(german.millis(secs), expected, "{secs}");
    }
    assert_eq!(english.seconds(-41.0), "−41\u{a0}s");
}

#[test]
fn changes_are_told_where_they_make_sense() {
    let [english, ..] = all();
    let told = |unit, now, before| english.change(unit, now, before).map(|change| (change.text, change.way));
    assert_eq!(told(Unit::Calls, 110.0, 100.0), Some(("+10%".to_owned(), Way::Up)));
    assert_eq!(told(Unit::Calls, 95.0, 100.0), Some(("−5.0%".to_owned(), Way::Down)));
    assert_eq!(told(Unit::Calls, 100.0, 100.0), Some(("±0.0%".to_owned(), Way::Level)));
    assert_eq!(told(Unit::Calls, 5.0, 0.0), None);
    assert_eq!(told(Unit::Ratio, 0.9, 0.95), Some(("−5.0\u{a0}pp".to_owned(), Way::Down)));
    assert_eq!(told(Unit::Ratio, 0.5, 0.0), Some(("+50.0\u{a0}pp".to_owned(), Way::Up)));
}

#[test]
fn values_of_reports_are_told_by_their_kind() {
    let [english, ..] = all();
    let words = words(Language::English);
    let told = |kind, value| english.value(&Column::of("x", kind), &value, words);
    assert_eq!(told(Kind::Code, Value::Int(560_486)), "560486");
    assert_eq!(told(Kind::Count, Value::Int(560_486)), "560,486");
    assert_eq!(told(Kind::Figure(Unit::Ratio), Value::Ratio { value: Some(0.25), n: 4 }), "25.0%");
    assert_eq!(told(Kind::Figure(Unit::Ratio), Value::Ratio { value: None, n: 0 }), NOTHING);
    assert_eq!(
        told(Kind::Figure(Unit::Seconds), Value::Ratio { value: Some(61.0), n: 1 }),
        "1\u{a0}min 01\u{a0}s"
    );
    let amount = Value::Decimal(Decimal::of_sum("-1234567890123456.005").unwrap());
    assert_eq!(told(Kind::Money, amount), "−1,234,567,890,123,456.005");
    assert_eq!(told(Kind::Flag, Value::Bool(true)), "yes");
    assert_eq!(told(Kind::Word, Value::Word { key: "inbound", name: "direction-inbound" }), "inbound");
    assert_eq!(told(Kind::Text, Value::Null), NOTHING);
    // A date is one of a calendar, whatever the zone.
    assert_eq!(told(Kind::Date, Value::text("2026-11-30")), "30 Nov 2026");
    assert_eq!(told(Kind::Date, Value::text("some day")), "some day");
}
