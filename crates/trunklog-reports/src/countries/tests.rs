use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Numbers and their countries, as libphonenumber finds them.
fn samples() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("samples.txt").lines().map(|line| line.split_once(' ').unwrap())
}

fn code(number: &str) -> Option<&'static str> {
    Country::of_number(number).map(Country::code)
}

#[test]
fn each_country_is_found_as_libphonenumber_finds_it() {
    let mut found = BTreeSet::new();
    for (number, country) in samples() {
        assert_eq!(code(number), Some(country), "{number}");
        found.insert(country);
    }
    // Where both can be, libphonenumber tells Morocco.
    found.insert("EH");
    assert_eq!(found, Country::all().map(Country::code).collect());
    assert!(samples().count() > 500);
}

#[test]
fn the_table_is_what_it_says() {
    let text = include_str!("plan.txt");
    assert!(text.contains(&format!("metadata of {NUMBER_PLAN} ")));
    assert!(Country::all().count() < Country::MOST && Country::MOST == usize::from(NOBODY));
    assert!(PLAN.nodes.len() < usize::from(u16::MAX) && PLAN.nodes.len() == PLAN.owners.len());
    let mut starts = BTreeSet::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (country, of_it) = line.split_once(' ').unwrap();
        assert!(
            country == Country::NO_CODE || Country::by_code(country).unwrap().code() == country,
            "{line}"
        );
        for start in of_it.split(' ') {
            assert!(start.bytes().all(|byte| byte.is_ascii_digit()) && starts.insert(start), "{start}");
        }
    }
}

#[test]
fn shared_codes_are_told_apart() {
    for (number, country) in [
        ("+14255550123", "US"),
        ("+14165550123", "CA"),
        ("+13105550123", "US"),
        ("+18765550123", "JM"),
        ("+16585550123", "JM"),
        ("+12425550123", "BS"),
        ("+17875550123", "PR"),
        ("+17215550123", "SX"),
        ("+18005550123", "001"),
        ("+18335550123", "001"),
        ("+19005550123", "001"),
        ("+74951234567", "RU"),
        ("+77011234567", "KZ"),
        ("+442079460123", "GB"),
        ("+441481712345", "GG"),
        ("+441534712345", "JE"),
        ("+441624712345", "IM"),
        ("+447700900123", "GB"),
        ("+390669812345", "VA"),
        ("+390612345678", "IT"),
        ("+4779123456", "SJ"),
        ("+4721234567", "NO"),
        ("+61891641234", "CX"),
        ("+61891621234", "CC"),
        ("+61291641234", "AU"),
        ("+212528990123", "EH"),
        ("+212522123456", "MA"),
        ("+262269123456", "YT"),
        ("+262262123456", "RE"),
        ("+35818123456", "AX"),
        ("+358912345678", "FI"),
        ("+59995181234", "CW"),
        ("+5997181234", "BQ"),
        ("+80012345678", "001"),
        ("+870773111632", "001"),
        ("+88216123456", "001"),
        ("+979123456789", "001"),
    ] {
        assert_eq!(code(number), Some(country), "{number}");
    }
    assert_eq!(code("+21012345678"), None, "nobody has that code");
}

#[test]
fn numbers_are_read_as_they_are_written() {
    for number in [
        "+4930123456",
        " +49 30 123456",
        "+49 (0)30 12 34 56",
        "+49 (30) 123-456",
        "+49.30/123456",
        "tel:+49-30-123456",
        "TEL: +4930123456;ext=12",
        "sip:+4930123456@sbc.example.com;user=phone",
        "sips:+4930123456@sbc.example.com",
        "+4930123***",
        "+4930******",
        "+49********",
    ] {
        assert_eq!(code(number), Some("DE"), "{number}");
    }
    for number in [
        "",
        "+",
        "+*********",
        "4930123456",
        "004930123456",
        "030123456",
        "+0049301234",
        "+1001",
        "+4930",
        "+49301234567890123",
        "+49 30 Ada",
        "anonymous",
        "sip:ada@contoso.com",
        "tel:4930123456",
        "te",
        "ü:+4930123456",
        "+\u{664}\u{669}30123456",
    ] {
        assert_eq!(code(number), None, "{number}");
    }
}

#[test]
fn what_is_hidden_tells_nothing() {
    for (number, country) in [
        ("+44148*******", "GB"),
        ("+441481******", "GG"),
        ("+7**********", "RU"),
        ("+187********", "US"),
        // A digit after a hidden one cannot be placed.
        ("+44*81123456", "GB"),
    ] {
        assert_eq!(code(number), Some(country), "{number}");
    }
}

#[test]
fn codes_are_those_of_countries() {
    assert_eq!(Country::by_code("gb").map(Country::code), Some("GB"));
    for none in ["", "D", "DEU", "ZZ", "??", "001", "00", "d\u{e9}", "UK", "[A"] {
        assert_eq!(Country::by_code(none), None, "{none}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in ".{0,40}", digits in "\\+?[0-9 *()./-]{0,30}") {
        let _ = (Country::of_number(&text), Country::by_code(&text));
        // What stands between digits changes nothing.
        let digits_alone = digits.replace("(0)", "");
        let plain: String = digits_alone.chars().filter(|sign| !" ()./-".contains(*sign)).collect();
        prop_assert_eq!(Country::of_number(&plain), Country::of_number(&digits));
    }

    #[test]
    fn the_longest_start_counts(number in "\\+[1-9][0-9]{5,14}") {
        let starts = include_str!("plan.txt").lines().filter(|line| !line.starts_with('#')).flat_map(|line| {
            let (country, starts) = line.split_once(' ').unwrap();
            starts.split(' ').map(move |start| (start.len(), start, country))
        });
        let longest = starts.filter(|(_, start, _)| number[1..].starts_with(*start)).max();
        prop_assert_eq!(code(&number), longest.map(|(_, _, country)| country));
    }
}
