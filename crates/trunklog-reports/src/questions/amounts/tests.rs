use std::borrow::Cow;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use trunklog_odata::Instant;
use trunklog_records::masking::Mask;
use trunklog_records::schema::{PSTN_CALLS as LOG, SMS as MESSAGES};
use trunklog_records::{RowBuilder, TimeRange, Value as Stored};

use super::with_currency;
use crate::ask::{Ask, Dimension};
use crate::calendar::{Bucket, Comparison};
use crate::facts::sample::{PHONES, SAID};
use crate::filter::Filter;
use crate::questions::testing::{at, empty, number, range, text};
use crate::questions::{PSTN_CALLS, SMS};
use crate::table::{Table, Value};

/// A call, with what is plainly true of it.
#[derive(Debug, Clone)]
struct Call {
    start: i64,
    /// With the key of its direction.
    call_type: (Option<&'static str>, &'static str),
    duration: Option<i32>,
    /// With ten thousandths of it.
    charge: (Option<&'static str>, i64),
    connection: (Option<&'static str>, i64),
    currency: Option<&'static str>,
    licence: Option<&'static str>,
    destination: Option<&'static str>,
    said: Option<usize>,
    caller: usize,
    callee: usize,
}

const TYPES: [(Option<&str>, &str); 7] = [
    (Some("user_in"), "inbound"),
    (Some("user_out"), "outbound"),
    (Some("OC_USER_OUT"), "outbound"),
    (Some("conf_out"), "outbound"),
    (Some("somethingNew"), "unknown"),
    (Some(""), "unknown"),
    (None, "unknown"),
];

const MONEY: [(Option<&str>, i64); 8] = [
    (Some("0.10"), 1_000),
    (Some("0.2"), 2_000),
    (Some("1.005"), 10_050),
    (Some("-0.0001"), -1),
    (Some("12345678.9"), 123_456_789_000),
    (Some("0"), 0),
    (None, 0),
    (Some("3"), 30_000),
];

const DAY: i64 = Instant::TICKS_PER_DAY;

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let first = at("2026-11-24T00:00:00Z").ticks();
    let texts = |texts: &[Option<&'static str>]| select(texts.to_vec());
    let call = (
        prop_oneof![
            first..first + 6 * DAY,
            select(vec![first, first + DAY, first + DAY - 1, first + 4 * DAY])
        ],
        (select(TYPES.to_vec()), proptest::option::weighted(0.9, -5..100_000_i32)),
        (select(MONEY.to_vec()), select(MONEY.to_vec())),
        texts(&[Some("EUR"), Some("USD"), Some("eur"), Some(""), None]),
        texts(&[Some("MCOPSTN1"), Some("MCOPSTN2"), None]),
        texts(&[Some("Germany"), Some("Other, \"x\""), Some(""), None]),
        proptest::option::weighted(0.3, 0..SAID.len()),
        (0..PHONES.len(), 0..PHONES.len()),
    );
    let call = call.prop_map(
        |(start, (call_type, duration), money, currency, licence, destination, said, phones)| {
            let (charge, connection) = money;
            let (caller, callee) = phones;
            Call {
                start,
                call_type,
                duration,
                charge,
                connection,
                currency,
                licence,
                destination,
                said,
                caller,
                callee,
            }
        },
    );
    proptest::collection::vec(call, 0..40)
}

fn stored(calls: &[Call]) -> std::sync::Arc<dyn trunklog_store::Store> {
    let text = |text: Option<&'static str>| text.map(|text| Stored::Text(Cow::Borrowed(text)));
    let mut rows = RowBuilder::new(&LOG);
    for (id, call) in calls.iter().enumerate() {
        let mut row = rows.row();
        for (name, value) in [
            ("id", Some(Stored::Text(Cow::Owned(id.to_string())))),
            ("startDateTime", Some(Stored::Instant(Instant::from_ticks(call.start).unwrap()))),
            ("duration", call.duration.map(Stored::Int)),
            ("charge", text(call.charge.0)),
            ("connectionCharge", text(call.connection.0)),
            ("callType", text(call.call_type.0)),
            ("currency", text(call.currency)),
            ("licenseCapability", text(call.licence)),
            ("destinationName", text(call.destination)),
            ("callerNumber", text(Some(PHONES[call.caller].0))),
            ("calleeNumber", text(Some(PHONES[call.callee].0))),
            ("otherPartyCountryCode", text(call.said.map(|said| SAID[said].0))),
        ] {
            row = row.set(name, value).unwrap();
        }
        row.finish().unwrap();
    }
    let store = empty();
    store.append(&rows.finish()).unwrap();
    store
}

fn country(call: &Call) -> Option<&'static str> {
    let number = match call.call_type.1 {
        "inbound" => PHONES[call.caller].1,
        "outbound" => PHONES[call.callee].1,
        _ => None,
    };
    call.said.and_then(|said| SAID[said].1).or(number)
}

/// What a call is told apart by.
fn value(call: &Call, by: Dimension) -> Option<String> {
    let value = match by {
        Dimension::CallType => call.call_type.0,
        Dimension::Direction => Some(call.call_type.1),
        Dimension::Licence => call.licence,
        Dimension::Destination => call.destination,
        Dimension::Country => country(call),
        Dimension::Currency => call.currency,
        other => panic!("{other:?}"),
    };
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}

/// Rows, seconds and ten thousandths of both charges.
type Plain = BTreeMap<(i64, Vec<Option<String>>), [i64; 4]>;

fn plain(
    calls: &[Call],
    range: TimeRange,
    slot: impl Fn(i64) -> i64,
    by: &[Dimension],
    holds: fn(&Call) -> bool,
) -> Plain {
    let mut plain = Plain::new();
    for call in calls.iter().filter(|call| holds(call)) {
        if !(range.from().ticks()..range.end().ticks()).contains(&call.start) {
            continue;
        }
        let key = (slot(call.start), by.iter().map(|by| value(call, *by)).collect());
        let values = [1, call.duration.unwrap_or(0).into(), call.charge.1, call.connection.1];
        for (sum, value) in plain.entry(key).or_insert([0; 4]).iter_mut().zip(values) {
            *sum += value;
        }
    }
    plain
}

/// Ten thousandths as digits, two after the point at least.
fn digits(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let (whole, rest) = (units.unsigned_abs() / 10_000, units.unsigned_abs() % 10_000);
    let rest = format!("{rest:04}");
    let rest = match rest.trim_end_matches('0') {
        short if short.len() < 2 => &rest[..2],
        long => long,
    };
    format!("{sign}{whole}.{rest}")
}

fn money(table: &Table, row: usize, column: &str) -> String {
    match table.value(row, column) {
        Some(Value::Decimal(sum)) => sum.to_string(),
        other => panic!("{column}: {other:?}"),
    }
}

type Choice = (&'static str, fn(&Call) -> bool);

const CHOICES: [Choice; 6] = [
    ("", |_| true),
    ("direction eq 'outbound'", |call| call.call_type.1 == "outbound"),
    ("currency eq 'EUR' and duration gt 60", |call| {
        call.currency == Some("EUR") && call.duration.is_some_and(|secs| secs > 60)
    }),
    ("country in ('DE','GG')", |call| matches!(country(call), Some("DE" | "GG"))),
    ("country eq null and direction ne 'unknown'", |call| {
        country(call).is_none() && call.call_type.1 != "unknown"
    }),
    ("callType eq null or charge gt 1", |call| call.call_type.0.is_none() || call.charge.1 > 10_000),
];

proptest! {
    #[test]
    fn calls_and_money_are_what_rows_come_to(
        calls in calls(),
        by in subsequence(
            vec![
                Dimension::CallType,
                Dimension::Direction,
                Dimension::Licence,
                Dimension::Destination,
                Dimension::Country,
                Dimension::Currency,
            ],
            0..=3,
        ),
        has_days in any::<bool>(),
        compare in proptest::option::of(select(vec![Comparison::Previous])),
        (filter, holds) in select(CHOICES.to_vec()),
        // Two digits hide no country of the sample.
        digits_hidden in select(vec![0, 2]),
    ) {
        let asked = range("2026-11-27T00:00:00Z", "2026-11-29T00:00:00Z");
        let mask = Mask::hiding(digits_hidden);
        let filter =
            if filter.is_empty() { Filter::default() } else { Filter::over(&LOG, filter, mask).unwrap() };
        let bucket = has_days.then_some(Bucket::Day);
        let ask = Ask { by: by.clone(), bucket, compare, filter, mask, ..Ask::of(asked) };
        let answer = PSTN_CALLS.answer(&*stored(&calls), &ask).unwrap();
        // In the order of columns.
        let by: Vec<Dimension> =
            Dimension::ALL.into_iter().filter(|of| with_currency(&by).contains(of)).collect();
        let earlier = range("2026-11-25T00:00:00Z", "2026-11-27T00:00:00Z");
        let tables = [(Some(&answer.table), asked), (answer.compared.as_ref(), earlier)];
        for (table, range) in tables {
            let Some(table) = table else {
                prop_assert!(compare.is_none());
                continue;
            };
            let from = range.from().ticks();
            let slot = |start: i64| if has_days { from + (start - from) / DAY * DAY } else { 0 };
            let mut plain = plain(&calls, range, slot, &by, holds);
            for row in 0..table.rows.len() {
                let slot = match table.value(row, "start") {
                    Some(Value::Instant(start)) => start.ticks(),
                    _ => 0,
                };
                let values: Vec<Option<String>> = by.iter().map(|by| text(table, row, by.key())).collect();
                let expected = plain.remove(&(slot, values)).unwrap_or_default();
                prop_assert_eq!(number(table, row, "totalCalls"), expected[0]);
                let Some(Value::Number(minutes)) = table.value(row, "totalMinutes") else { panic!("no minutes") };
                #[allow(clippy::cast_precision_loss)]
                let secs = expected[1] as f64;
                prop_assert!((minutes * 60.0 - secs).abs() < 1e-6);
                prop_assert_eq!(money(table, row, "totalCharge"), digits(expected[2]));
                prop_assert_eq!(money(table, row, "totalConnectionCharge"), digits(expected[3]));
            }
            prop_assert!(plain.is_empty(), "{:?} are missing", plain);
        }
        prop_assert_eq!(answer.source.key(), "rows");
    }
}

#[test]
fn a_country_is_that_of_what_a_reader_sees() {
    let mut rows = RowBuilder::new(&LOG);
    for (id, number) in [("a", "+441481712345"), ("b", "+14165550123")] {
        let text = |text: &'static str| Stored::Text(text.into());
        let row = rows.row().set("id", text(id)).unwrap();
        let row = row.set("startDateTime", Stored::Instant(at("2026-11-27T08:00:00Z"))).unwrap();
        let row = row.set("callType", text("user_out")).unwrap();
        row.set("calleeNumber", text(number)).unwrap().finish().unwrap();
    }
    let store = empty();
    store.append(&rows.finish()).unwrap();
    let countries = |mask: Mask, filter: &str| -> Vec<Option<String>> {
        let filter =
            if filter.is_empty() { Filter::default() } else { Filter::over(&LOG, filter, mask).unwrap() };
        let ask = Ask { by: vec![Dimension::Country], mask, filter, ..Ask::of(TimeRange::ALL) };
        let answer = PSTN_CALLS.answer(&*store, &ask).unwrap();
        (0..answer.table.rows.len()).map(|row| text(&answer.table, row, "country")).collect()
    };
    let told = |countries: &[&str]| -> Vec<Option<String>> {
        countries.iter().map(|country| Some((*country).to_owned())).collect()
    };
    assert_eq!(countries(Mask::NONE, ""), told(&["CA", "GG"]));
    assert_eq!(countries(Mask::NONE, "country eq 'GG'"), told(&["GG"]));
    // What is left of the numbers is what the United Kingdom and the United States share
    // with others.
    assert_eq!(countries(Mask::hiding(9), ""), told(&["GB", "US"]));
    assert_eq!(countries(Mask::hiding(9), "country eq 'GG'"), told(&[]));
}

#[test]
fn messages_are_counted_with_their_parts() {
    let mut rows = RowBuilder::new(&MESSAGES);
    let text = |text: &'static str| Stored::Text(text.into());
    for (id, kind, units, charge, currency) in [
        ("a", "sms_out", 2, "0.15", "EUR"),
        ("b", "sms_out", 1, "0.075", "EUR"),
        ("c", "sms_in", 1, "0.00", "EUR"),
        ("d", "sms_out", 3, "0.30", "USD"),
    ] {
        let row = rows.row().set("id", text(id)).unwrap();
        let row = row.set("sentDateTime", Stored::Instant(at("2026-11-27T08:00:00Z"))).unwrap();
        let row = row.set("smsType", text(kind)).unwrap().set("smsUnits", Stored::Int(units)).unwrap();
        let row = row.set("callCharge", text(charge)).unwrap();
        row.set("currency", text(currency)).unwrap().finish().unwrap();
    }
    let store = empty();
    store.append(&rows.finish()).unwrap();
    let ask = Ask { by: vec![Dimension::Direction], ..Ask::of(TimeRange::ALL) };
    let table = SMS.answer(&*store, &ask).unwrap().table;
    let told: Vec<_> = (0..table.rows.len())
        .map(|row| {
            let texts = ["direction", "currency"].map(|column| text_of(&table, row, column));
            let numbers = ["totalMessages", "totalUnits"].map(|column| number(&table, row, column));
            (texts.join(" "), numbers, money(&table, row, "totalCharge"))
        })
        .collect();
    let expected = [
        ("inbound EUR", [1, 1], "0.00"),
        ("outbound EUR", [2, 3], "0.225"),
        ("outbound USD", [1, 3], "0.30"),
    ];
    assert_eq!(told.len(), expected.len());
    for (told, (texts, numbers, charge)) in told.into_iter().zip(expected) {
        assert_eq!(told, (texts.to_owned(), numbers, charge.to_owned()));
    }
}

fn text_of(table: &Table, row: usize, column: &str) -> String {
    text(table, row, column).unwrap_or_default()
}
