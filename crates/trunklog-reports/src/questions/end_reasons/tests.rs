use std::collections::BTreeSet;

use proptest::prelude::*;
use trunklog_records::TimeRange;

use super::*;
use crate::calendar::Comparison;
use crate::classes::Class;
use crate::facts::sample::{Call, calls as some_calls};
use crate::questions::testing::{
    Choice, at, chosen, class, empty, filter, filters_and_countries, is_whole, number, range, ranges, ratio,
    stored, text, user, zones,
};

type Plain = BTreeMap<(Option<i32>, Option<i32>, Class), (i64, BTreeSet<&'static str>)>;

/// The same in the plainest way.
fn plain(calls: &[Call], range: TimeRange, choice: Choice) -> Plain {
    let mut reasons = Plain::new();
    for (_, call) in chosen(calls, range, choice) {
        let (sip, sub) = call.codes;
        let (rows, users) = reasons.entry((sip, sub, class(call))).or_default();
        *rows += 1;
        users.extend(user(call));
    }
    reasons
}

/// What the row of a table is about.
fn reason(table: &Table, row: usize) -> (Option<i32>, Option<i32>, Class) {
    let code = |column| match table.value(row, column) {
        Some(Value::Int(code)) => Some(i32::try_from(*code).unwrap()),
        _ => None,
    };
    (code("sipCode"), code("subcode"), Class::by_key(&text(table, row, "class").unwrap()).unwrap())
}

proptest! {
    #[test]
    fn reasons_are_counted_as_rows_are(
        calls in some_calls(40),
        range in ranges(),
        zone in zones(),
        choice in filters_and_countries(),
        wants_users in any::<bool>(),
        comparison in proptest::option::of(proptest::sample::select(Comparison::ALL.to_vec())),
    ) {
        let store = stored(&calls);
        let extras = if wants_users { vec![Extra::Users] } else { Vec::new() };
        let ask = Ask {
            filter: filter(choice.0),
            compare: comparison,
            zone: zone.clone(),
            extras,
            ..Ask::of(range)
        };
        let answer = END_REASONS.answer(&*store, &ask).unwrap();
        let now = plain(&calls, range, choice);
        let before = comparison.map(|comparison| plain(&calls, comparison.range(range, &zone), choice));
        let mut all: BTreeSet<_> = now.keys().copied().collect();
        all.extend(before.iter().flatten().map(|(reason, _)| *reason));
        prop_assert_eq!(answer.table.rows.len(), all.len());
        prop_assert!(is_whole(&answer.table));
        let mut last = i64::MAX;
        for row in 0..answer.table.rows.len() {
            let reason = reason(&answer.table, row);
            prop_assert!(all.remove(&reason), "{reason:?} is there twice");
            let tables = [(Some(&answer.table), Some(&now)), (answer.compared.as_ref(), before.as_ref())];
            for (table, plain) in tables {
                let (Some(table), Some(plain)) = (table, plain) else {
                    prop_assert!(table.is_none() && plain.is_none());
                    continue;
                };
                let expected = plain.get(&reason).cloned().unwrap_or_default();
                prop_assert_eq!(number(table, row, "attempts"), expected.0);
                let total: i64 = plain.values().map(|(rows, _)| rows).sum();
                let (share, n) = ratio(table, row, "share");
                prop_assert_eq!(n, total);
                let part = share.map(|share| (share * 1e6).round());
                #[allow(clippy::cast_precision_loss)]
                let expected_part = (total > 0).then(|| (expected.0 as f64 / total as f64 * 1e6).round());
                prop_assert_eq!(part, expected_part);
                if wants_users {
                    prop_assert_eq!(number(table, row, "users"), i64::try_from(expected.1.len()).unwrap());
                }
            }
            prop_assert!(number(&answer.table, row, "attempts") <= last);
            last = number(&answer.table, row, "attempts");
        }
    }
}

#[test]
fn codes_are_explained_and_successful_rows_are_told_apart() {
    let start = at("2026-11-30T08:00:00Z").ticks();
    let call =
        |start, successful, codes| Call { start, successful: Some(successful), codes, ..Call::default() };
    let expired = (Some(504), Some(569_008));
    let calls = [
        call(start, false, expired),
        call(start + 1, false, expired),
        call(start + 2, true, expired),
        call(start + 3, false, (Some(0), Some(560_000))),
    ];
    let day = range("2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z");
    let answer = END_REASONS.answer(&*stored(&calls), &Ask::of(day)).unwrap();
    let told = |row: usize, column: &str| text(&answer.table, row, column);
    assert_eq!(told(0, "class").as_deref(), Some("connectionFault"));
    assert_eq!(told(0, "side").as_deref(), Some("sbc"));
    assert_eq!(told(0, "cause").as_deref(), Some("the SBC's certificate has expired"));
    assert_eq!(told(0, "action").as_deref(), Some("renew it and drop the old TLS connections"));
    assert_eq!(ratio(&answer.table, 0, "share"), (Some(0.5), 4));
    // Without a fault nobody has to act.
    let answered = (1..4).find(|row| told(*row, "class").as_deref() == Some("answered")).unwrap();
    assert_eq!(told(answered, "side").as_deref(), Some("nobody"));
    assert_eq!(told(answered, "action"), None);
    // A normal end of a row that was not successful explains nothing.
    let unknown = (1..4).find(|row| told(*row, "class").as_deref() == Some("unknown")).unwrap();
    assert_eq!(told(unknown, "side").as_deref(), Some("unknown"));
}

#[test]
fn only_the_largest_are_told_and_shares_are_of_all() {
    let start = at("2026-11-30T08:00:00Z").ticks();
    let call = |start, sip| Call { start, codes: (Some(sip), None), ..Call::default() };
    let calls = [call(start, 486), call(start + 1, 486), call(start + 2, 480), call(start + 3, 503)];
    let ask = Ask { top: Some(1), ..Ask::of(TimeRange::ALL) };
    let answer = END_REASONS.answer(&*stored(&calls), &ask).unwrap();
    assert_eq!(answer.table.rows.len(), 1);
    assert_eq!(ratio(&answer.table, 0, "share"), (Some(0.5), 4));
}

#[test]
fn a_store_without_rows_has_no_reasons() {
    let answer = END_REASONS.answer(&*empty(), &Ask::of(TimeRange::ALL)).unwrap();
    assert!(answer.table.rows.is_empty());
}

#[test]
fn a_country_leaves_nothing_where_no_row_has_one() {
    for extras in [Vec::new(), vec![Extra::Users]] {
        let ask = Ask { filter: filter("country eq 'DE'"), extras, ..Ask::of(TimeRange::ALL) };
        assert!(END_REASONS.answer(&*empty(), &ask).unwrap().table.rows.is_empty());
    }
}
