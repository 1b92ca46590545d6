use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::bins::Bins;
use crate::classes::Class;
use crate::facts::sample::WORKED;
use crate::totals::Totals;

/// The value and the n of a figure.
fn told(key: &str, totals: &Totals) -> (Option<f64>, i64) {
    let kpi = KPIS.iter().find(|kpi| kpi.definition.key == key).unwrap();
    let Value { value, n } = kpi.of(totals);
    (value, n)
}

/// Fifteen ends of calls, two of which were answered.
fn fifteen_ends() -> Totals {
    let mut totals = Totals::default();
    for (successful, sip, sub) in WORKED {
        totals.add(&Totals::of_end(1, Some(successful), Some(sip), Some(sub)));
    }
    totals
}

#[test]
fn fifteen_ends_give_the_ratios_worked_out_by_hand() {
    let totals = fifteen_ends();
    for (key, part, n) in [
        ("asr", 2.0, 15),
        ("ner", 9.0, 15),
        // Without 404, 484 and 403/510560.
        ("nerAdjusted", 9.0, 12),
        ("seer", 6.0, 15),
        ("isa", 4.0, 15),
        ("ser", 2.0, 15),
        ("scr", 2.0, 15),
    ] {
        let (value, of) = told(key, &totals);
        assert_eq!((value, of), (Some(part / float(n)), n), "{key}");
    }
    for (key, number) in [("attempts", 15.0), ("answered", 2.0), ("failed", 6.0)] {
        assert_eq!(told(key, &totals), (Some(number), 15), "{key}");
    }
}

#[test]
fn redirected_calls_leave_the_ratios_of_sessions() {
    let mut totals = Totals::of_end(1, Some(true), Some(0), Some(560_000));
    totals.add(&Totals::of_end(1, Some(false), Some(600), None));
    totals.add(&Totals::of_end(2, Some(false), Some(302), None));
    assert_eq!(told("ser", &totals), (Some(0.5), 2));
    assert_eq!(told("seer", &totals), (Some(1.0), 2));
    assert_eq!(told("asr", &totals), (Some(0.25), 4));
    assert_eq!(told("isa", &totals), (Some(0.0), 4));
}

#[test]
fn times_are_told_in_seconds_and_minutes() {
    let totals = Totals {
        rows: 5,
        answered: 3,
        calls: 4,
        missed: 1,
        odd: 2,
        disagreeing: 1,
        timed: 4,
        duration_s: 90,
        duration_n: 3,
        talk_ms: 96_000,
        talk_n: 2,
        answer_ms: 7_500,
        answer_n: 2,
        held_ms: 120_000,
        talk_bins: Bins::from_iter([(20, 1), (40, 1)]),
        answer_bins: Bins::from_iter([(30, 19), (50, 1)]),
        ..Totals::default()
    };
    for (key, value, n) in [
        ("calls", 4.0, 5),
        ("missed", 1.0, 5),
        ("acd", 30.0, 3),
        ("minutes", 1.5, 3),
        ("talkTimeMean", 48.0, 2),
        ("talkTimeP50", 0.02, 2),
        ("talkTimeP95", 0.04, 2),
        ("talkMinutes", 1.6, 2),
        ("answerDelayMean", 3.75, 2),
        ("answerDelayP50", 0.03, 20),
        ("answerDelayP95", 0.03, 20),
        ("occupiedMinutes", 2.0, 5),
        ("oddRows", 2.0, 5),
        ("durationDisagreement", 0.25, 4),
    ] {
        assert_eq!(told(key, &totals), (Some(value), n), "{key}");
    }
}

#[test]
fn ratios_means_and_quantiles_of_nothing_are_none() {
    for kpi in KPIS {
        let Value { value, n } = kpi.of(&Totals::default());
        let is_plain = kpi.definition.unit == Unit::Calls || kpi.definition.unit == Unit::Minutes;
        assert_eq!((value, n), (is_plain.then_some(0.0), 0), "{}", kpi.definition.key);
    }
    let of_nothing = BUSY_KPIS.iter().map(|kpi| kpi.of(&BusyTotals::default()).value);
    assert!(of_nothing.eq([Some(0.0), Some(0.0), None, Some(0.0), Some(0.0), Some(0.0)]));
}

#[test]
fn channels_need_a_traffic() {
    let nonsense = BusyTotals { busy_hour_erlangs: f64::NAN, ..BusyTotals::default() };
    let channels = BUSY_KPIS.iter().filter(|kpi| kpi.definition.key.starts_with("channelsFor"));
    assert!(channels.map(|kpi| kpi.of(&nonsense).value).eq([None, None]));
}

#[test]
fn keys_are_unique() {
    let keys: HashSet<String> = definitions().map(|definition| definition.key.to_ascii_lowercase()).collect();
    assert_eq!(keys.len(), definitions().count());
    for definition in definitions() {
        assert!(definition.key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{definition:?}");
    }
}

proptest! {
    #[test]
    fn ratios_are_parts_of_their_n(
        ends in proptest::collection::vec((any::<Option<bool>>(), any::<proptest::sample::Index>(), 0..4_i64), 0..30),
    ) {
        let mut totals = Totals::default();
        for (successful, at, rows) in ends {
            let pair = at.get(crate::codes::PAIRS);
            totals.add(&Totals::of_end(rows, successful, Some(pair.sip), Some(pair.sub)));
        }
        for kpi in KPIS.iter().filter(|kpi| kpi.definition.unit == Unit::Ratio) {
            let Value { value, n } = kpi.of(&totals);
            prop_assert!(n >= 0 && n <= totals.rows);
            prop_assert_eq!(value.is_some(), n > 0);
            prop_assert!(value.is_none_or(|value| (0.0..=1.0).contains(&value)), "{}", kpi.definition.key);
        }
        // A class that the strict ratio counts can only raise the adjusted one.
        let (strict, adjusted) = (told("ner", &totals).0, told("nerAdjusted", &totals).0);
        if let (Some(strict), Some(adjusted)) = (strict, adjusted) {
            prop_assert!(strict <= adjusted);
        }
        prop_assert!(told("asr", &totals).0 <= told("ner", &totals).0);
        prop_assert_eq!(totals.of_class(Class::Answered), totals.answered);
    }
}
