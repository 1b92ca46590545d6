use proptest::prelude::*;

use super::*;

#[test]
fn reads_and_writes_graphs_samples() {
    for text in [
        "2019-11-01T00:00:25.105Z",
        "2020-02-28T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "2019-11-01T01:48:48.7950838Z",
    ] {
        assert_eq!(Instant::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn zones_are_turned_into_utc() {
    let utc = Instant::parse("2019-11-01T00:00:00Z").unwrap();
    assert_eq!(Instant::parse("2019-11-01T01:00:00+01:00").unwrap(), utc);
    assert_eq!(Instant::parse("2019-10-31T14:30-09:30").unwrap(), utc);
    assert_eq!(utc.to_string(), "2019-11-01T00:00:00Z");
}

#[test]
fn trailing_zeros_and_surplus_digits_go() {
    assert_eq!(Instant::parse("2019-11-01T00:00:00.1500Z").unwrap().to_string(), "2019-11-01T00:00:00.15Z");
    assert_eq!(
        Instant::parse("2019-11-01T00:00:00.123456789Z").unwrap().to_string(),
        "2019-11-01T00:00:00.1234567Z"
    );
}

#[test]
fn says_what_is_wrong() {
    for (text, error) in [
        ("2019-11-01T00:00:00", InstantError::NoZone),
        ("2019-11-01T25:00:00Z", InstantError::Range),
        ("2019-13-01T00:00:00Z", InstantError::Range),
        ("2019-02-29T00:00:00Z", InstantError::Range),
        ("2019-11-01T00:00:00+14:01", InstantError::Range),
        ("0001-01-01T00:00:00+00:01", InstantError::Range),
        ("2019-11-01T00:00:00Zx", InstantError::Form),
        ("2019-11-01T00:00:00.Z", InstantError::Form),
        ("2019-11-01 00:00:00Z", InstantError::Form),
        ("", InstantError::Form),
    ] {
        assert_eq!(Instant::parse(text), Err(error), "{text}");
    }
}

proptest! {
    #[test]
    fn every_instant_survives_its_text(ticks in Instant::ABSENT.ticks()..=Instant::MAX.ticks()) {
        let instant = Instant::from_ticks(ticks).unwrap();
        prop_assert_eq!(Instant::parse(&instant.to_string()).unwrap(), instant);
    }

    #[test]
    fn agrees_with_a_calendar_library(secs in -62_135_596_800_i64..=253_402_207_200) {
        let expected = jiff::Timestamp::from_second(secs).unwrap().to_string();
        prop_assert_eq!(Instant::from_unix_secs(secs).unwrap().to_string(), expected);
    }

    #[test]
    fn never_panics(text in "\\PC{0,40}") {
        let _ = Instant::parse(&text);
    }
}

#[test]
fn serialised_it_is_its_ticks_and_never_out_of_range() {
    let instant = Instant::from_unix_secs(1).unwrap();
    assert_eq!(serde_json::to_string(&instant).unwrap(), "10000000");
    assert_eq!(serde_json::from_str::<Instant>("10000000").unwrap(), instant);
    for ticks in [Instant::ABSENT.ticks() - 1, Instant::MAX.ticks() + 1, i64::MIN, i64::MAX] {
        assert!(serde_json::from_str::<Instant>(&ticks.to_string()).is_err(), "{ticks}");
    }
}
