use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use trunklog_records::masking::Mask;

use super::*;
use crate::calendar::Comparison;
use crate::facts::sample::{Call, calls as some_calls};
use crate::filter::Filter;
use crate::questions::testing::{
    Choice, at, chosen, counted_secs, country, direction, filter, filters, is_answered, is_whole, number,
    range, ranges, ratio, stored, text, zones,
};

/// Country, trunk and direction, and of these the rows that are so: attempts,
/// answered, seconds and how many of them have some.
type Plain = BTreeMap<(Option<String>, Option<String>, Option<String>), [i64; 4]>;

fn plain(calls: &[Call], range: TimeRange, choice: Choice, by: &[Dimension]) -> Plain {
    let mut places = Plain::new();
    for (_, call) in chosen(calls, range, choice) {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let trunk = call.trunk.filter(|_| by.contains(&Dimension::Trunk));
        let way = by.contains(&Dimension::Direction).then(|| match direction(call) {
            Some(1) => "inbound",
            Some(_) => "outbound",
            None => "unknown",
        });
        let sums = places.entry((owned(country(call)), owned(trunk), owned(way))).or_default();
        let secs = counted_secs(call);
        let values = [1, i64::from(is_answered(call)), secs.unwrap_or(0), i64::from(secs.is_some())];
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value;
        }
    }
    places
}

proptest! {
    #[test]
    fn destinations_are_counted_as_rows_are(
        calls in some_calls(40),
        range in ranges(),
        zone in zones(),
        choice in filters(),
        by in subsequence(BY.to_vec(), 0..=BY.len()),
        digits in select(vec![0, 2]),
        comparison in proptest::option::of(select(Comparison::ALL.to_vec())),
    ) {
        let ask = Ask {
            filter: filter(choice.0),
            compare: comparison,
            zone: zone.clone(),
            by: by.clone(),
            // Two digits hide no country of the sample.
            mask: Mask::hiding(digits),
            ..Ask::of(range)
        };
        let answer = DESTINATIONS.answer(&*stored(&calls), &ask).unwrap();
        let now = plain(&calls, range, choice, &by);
        let before = comparison.map(|comparison| plain(&calls, comparison.range(range, &zone), choice, &by));
        let mut all: BTreeSet<_> = now.keys().cloned().collect();
        all.extend(before.iter().flatten().map(|(place, _)| place.clone()));
        prop_assert_eq!(answer.table.rows.len(), all.len());
        prop_assert!(is_whole(&answer.table));
        for row in 0..answer.table.rows.len() {
            let of = |column| text(&answer.table, row, column);
            let place = (of("country"), of("trunk"), of("direction"));
            prop_assert!(all.remove(&place), "{place:?} is there twice");
            let tables = [(Some(&answer.table), Some(&now)), (answer.compared.as_ref(), before.as_ref())];
            for (table, plain) in tables {
                let (Some(table), Some(plain)) = (table, plain) else {
                    prop_assert!(table.is_none() && plain.is_none());
                    continue;
                };
                let [attempts, answered, secs, n] = plain.get(&place).copied().unwrap_or_default();
                prop_assert_eq!(number(table, row, "attempts"), attempts);
                prop_assert_eq!(number(table, row, "answered"), answered);
                prop_assert_eq!(ratio(table, row, "asr").1, attempts);
                let (mean, of_rows) = ratio(table, row, "acd");
                prop_assert_eq!(of_rows, n);
                #[allow(clippy::cast_precision_loss)]
                let expected = (n > 0).then(|| secs as f64 / n as f64);
                prop_assert!(mean.unwrap_or(-1.0).to_bits() == expected.unwrap_or(-1.0).to_bits());
            }
        }
    }

    #[test]
    fn countries_can_be_chosen(calls in some_calls(40), range in ranges(), digits in select(vec![0, 2])) {
        for (text_of, codes) in [
            ("country eq 'GG'", vec![Some("GG")]),
            ("country in ('DE','FR','001') and direction ne 'unknown'", vec![Some("DE"), Some("FR"), Some("001")]),
            ("country eq null", vec![None]),
        ] {
            let mask = Mask::hiding(digits);
            let ask = Ask { filter: Filter::read(text_of, mask).unwrap(), mask, ..Ask::of(range) };
            let answer = DESTINATIONS.answer(&*stored(&calls), &ask).unwrap();
            let needs_direction = text_of.contains("direction");
            let expected = chosen(&calls, range, ("", |_| true)).filter(|(_, call)| {
                codes.contains(&country(call)) && (!needs_direction || direction(call).is_some())
            });
            let attempts = (0..answer.table.rows.len()).map(|row| number(&answer.table, row, "attempts"));
            prop_assert_eq!(attempts.sum::<i64>(), i64::try_from(expected.count()).unwrap(), "{}", text_of);
        }
    }
}

#[test]
fn a_country_tells_no_hidden_digit() {
    // Both look the same where three digits are hidden, and are of two countries.
    let call = |caller| Call {
        start: at("2026-11-30T08:30:00Z").ticks(),
        call_type: Some("ByotIn"),
        caller: Some(caller),
        ..Call::default()
    };
    let hour = ("2026-11-30T08:00:00Z", "2026-11-30T09:00:00Z");
    let half = ("2026-11-30T08:15:00Z", "2026-11-30T08:45:00Z");
    for (question, (from, to)) in [
        ("callerNumber eq '+441***'", hour),
        ("callerNumber eq '+441***' and country in ('GG','JE','GB')", hour),
        ("duration eq null", hour),
        ("", half),
        ("country in ('GG','JE','GB')", half),
    ] {
        let told = |number, mask| {
            let filter =
                if question.is_empty() { Filter::default() } else { Filter::read(question, mask).unwrap() };
            let ask = Ask { filter, mask, ..Ask::of(range(from, to)) };
            DESTINATIONS.answer(&*stored(&[call(number)]), &ask).unwrap().table
        };
        let mask = Mask::hiding(3);
        assert_eq!(told("+441481", mask), told("+441534", mask), "{question}");
        if !question.contains('*') {
            assert_ne!(told("+441481", Mask::NONE), told("+441534", Mask::NONE), "{question}");
        }
    }
}
