use std::collections::{HashMap, HashSet};

use arrow::array::{Array, BooleanArray, Int32Array, Int64Array, StringArray};
use trunklog_records::call_types::DIRECT_ROUTING;
use trunklog_records::failure_codes;

use super::*;

fn day(day: u32) -> Instant {
    Instant::from_date(2026, 6, day).unwrap()
}

/// Three weeks, beginning on a Monday.
fn options(rows: u64) -> SyntheticOptions {
    SyntheticOptions::new(rows, day(1), day(22))
}

fn batches(options: SyntheticOptions, max_rows: usize) -> Vec<Rows> {
    let mut calls = SyntheticCalls::new(options).unwrap();
    std::iter::from_fn(|| calls.next_batch(max_rows)).collect()
}

/// All rows in one batch.
fn rows(options: SyntheticOptions) -> Rows {
    let mut batches = batches(options, usize::MAX);
    assert_eq!(batches.len(), 1);
    batches.remove(0)
}

fn column<'a, T: 'static>(rows: &'a Rows, name: &str) -> &'a T {
    let at = rows.log().index_of(name).unwrap();
    rows.batch().column(at).as_any().downcast_ref().unwrap()
}

fn texts<'a>(rows: &'a Rows, name: &str) -> Vec<Option<&'a str>> {
    column::<StringArray>(rows, name).iter().collect()
}

fn ticks<'a>(rows: &'a Rows, name: &str) -> &'a [i64] {
    column::<Int64Array>(rows, name).values()
}

fn ints<'a>(rows: &'a Rows, name: &str) -> &'a [i32] {
    column::<Int32Array>(rows, name).values()
}

fn share(count: usize, of: usize) -> usize {
    count * 1_000 / of
}

#[test]
fn the_same_options_give_the_same_rows() {
    let whole = rows(options(2_000));
    let mut at = 0;
    for batch in batches(options(2_000), 77) {
        assert_eq!(batch.batch(), whole.slice(at, batch.len()).batch());
        at += batch.len();
    }
    assert_eq!(at, 2_000);
    let other = rows(SyntheticOptions { seed: 2, ..options(2_000) });
    assert_ne!(other.id(0), whole.id(0));
}

#[test]
fn the_directory_does_not_depend_on_the_calls() {
    let users = |rows: &Rows| -> HashSet<(String, String)> {
        let (ids, names) = (texts(rows, "userId"), texts(rows, "userPrincipalName"));
        ids.into_iter().zip(names).filter_map(|(id, name)| Some((id?.into(), name?.into()))).collect()
    };
    let (few, many) = (users(&rows(options(3_000))), users(&rows(options(30_000))));
    assert!(few.is_subset(&many));
    let names: HashSet<_> = many.iter().map(|(_, name)| name).collect();
    assert_eq!(names.len(), many.len());
}

#[test]
fn there_are_as_many_rows_as_asked_for_in_order_and_in_range() {
    for (count, from, to) in [
        (0, day(1), day(2)),
        (1, day(1), day(2)),
        (2, day(1), day(1).saturating_add_ticks(10_000)),
        (5_000, day(1), day(1).saturating_add_ticks(600 * 10_000_000)),
        (700, day(1).saturating_add_ticks(1), day(1).saturating_add_ticks(3_000_001)),
        (100, Instant::ABSENT, Instant::MAX),
    ] {
        let batches = batches(SyntheticOptions::new(count, from, to), 64);
        assert_eq!(batches.iter().map(Rows::len).sum::<usize>(), usize::try_from(count).unwrap());
        let times: Vec<_> =
            batches.iter().flat_map(|rows| (0..rows.len()).map(move |row| rows.time(row))).collect();
        assert!(times.is_sorted(), "{count} from {from} to {to}");
        assert!(times.iter().all(|time| (from..to).contains(time)), "{count} from {from} to {to}");
    }
}

#[test]
fn all_properties_are_written() {
    let rows = rows(options(5_000));
    for property in rows.log().properties {
        let column = rows.batch().column(rows.log().index_of(property.name).unwrap());
        assert!(column.null_count() < rows.len(), "{}", property.name);
    }
}

#[test]
fn ids_are_version_4_uuids_and_unique() {
    let rows = rows(options(20_000));
    let ids: HashSet<_> = (0..rows.len()).map(|row| rows.id(row).to_owned()).collect();
    assert_eq!(ids.len(), rows.len());
    assert!(ids.iter().all(|id| id.len() == 36 && &id[14..15] == "4" && "89ab".contains(&id[19..20])));
}

#[test]
fn call_types_and_trunks_have_their_shares() {
    let rows = rows(options(40_000));
    let count = |name: &str| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for text in texts(&rows, name) {
            *counts.entry(text.unwrap().to_owned()).or_default() += 1;
        }
        counts
    };
    let types = count("callType");
    assert_eq!(types.len(), 5);
    assert!(types.keys().all(|name| DIRECT_ROUTING.iter().any(|known| known.graph == name)));
    for (name, permille) in [
        ("ByotIn", 360..480),
        ("ByotOut", 340..440),
        ("ByotInUcap", 90..150),
        ("ByotOutUserForwarding", 15..45),
        ("ByotOutUserTransfer", 10..40),
    ] {
        assert!(permille.contains(&share(types[name], rows.len())), "{name}: {}", types[name]);
    }
    let trunks = count("trunkFullyQualifiedDomainName");
    for (name, permille) in [("sbc1.contoso.com", 420..480), ("sbc-seattle.fabrikam.com", 80..120)] {
        assert!(permille.contains(&share(trunks[name], rows.len())), "{name}: {}", trunks[name]);
    }
}

#[test]
fn endings_are_documented_and_fit_their_calls() {
    let rows = rows(options(40_000));
    let (sip, subcodes) = (ints(&rows, "finalSipCode"), ints(&rows, "callEndSubReason"));
    let phrases = texts(&rows, "finalSipCodePhrase");
    let (failures, ends) = (ticks(&rows, "failureDateTime"), ticks(&rows, "endDateTime"));
    let (starts, invites) = (ticks(&rows, "startDateTime"), ticks(&rows, "inviteDateTime"));
    let types = texts(&rows, "callType");
    let durations = ints(&rows, "duration");
    let absent = Instant::ABSENT.ticks();
    let mut answered = 0;
    for row in 0..rows.len() {
        let pair = (sip[row], subcodes[row]);
        assert!(failure_codes::meaning(pair.0, pair.1).is_some(), "{pair:?}");
        assert!(phrases[row].is_some_and(|phrase| !phrase.is_empty()), "{pair:?}");
        assert!(invites[row] < starts[row] && starts[row] % 10_000 == 0);
        if column::<BooleanArray>(&rows, "successfulCall").value(row) {
            answered += 1;
            let inbound = types[row].unwrap().starts_with("ByotIn");
            assert_eq!(pair, (0, if inbound { 540_000 } else { 560_000 }));
            assert_eq!((phrases[row], failures[row]), (Some("BYE"), absent));
            assert_eq!(i64::from(durations[row]), (ends[row] - starts[row]) / 10_000_000);
        } else {
            assert_eq!((ends[row], durations[row]), (absent, 0));
            assert!(failures[row] >= starts[row] && pair.0 > 0);
        }
    }
    assert!((680..800).contains(&share(answered, rows.len())), "{answered} answered");
    let count = |code: i32| sip.iter().filter(|sip| **sip == code).count();
    assert!(count(487) > count(486) && count(486) > count(404) && count(404) > count(503));
    assert!(count(480) > count(404));
}

#[test]
fn forwarded_and_transferred_calls_are_pairs() {
    let rows = rows(options(10_000));
    let (ids, transferors) = (texts(&rows, "correlationId"), texts(&rows, "transferorCorrelationId"));
    let types = texts(&rows, "callType");
    let mut legs: HashMap<_, Vec<usize>> = HashMap::new();
    for (row, id) in ids.iter().enumerate() {
        legs.entry(id.unwrap()).or_default().push(row);
    }
    let mut pairs = 0;
    for (id, legs) in legs {
        match legs.as_slice() {
            [only] => assert!(transferors[*only].is_none() && types[*only].unwrap() != "ByotOutUserTransfer"),
            [first, second] => {
                pairs += 1;
                assert!(transferors[*first].is_none() && types[*first].unwrap().starts_with("ByotIn"));
                assert_eq!(transferors[*second], Some(id));
                assert!(types[*second].unwrap().starts_with("ByotOutUser"));
            }
            more => panic!("{} legs", more.len()),
        }
    }
    assert!(pairs > 200, "{pairs}");
}

#[test]
fn one_trunk_has_a_bad_day() {
    let rows = rows(options(60_000));
    let (subcodes, trunks) = (ints(&rows, "callEndSubReason"), texts(&rows, "trunkFullyQualifiedDomainName"));
    let bad: Vec<usize> = (0..rows.len()).filter(|row| subcodes[*row] == 569_008).collect();
    assert!(bad.len() > 50, "{}", bad.len());
    assert!(bad.iter().all(|row| trunks[*row] == Some("sbc2.contoso.com")));
    let hours = rows.time(bad[bad.len() - 1]).ticks() - rows.time(bad[0]).ticks();
    assert!(hours < 5 * 3_600 * 10_000_000);
}

#[test]
fn numbers_are_fictional() {
    let rows = rows(options(5_000));
    let fictional = ["+49", "+44", "+1", "+33", "anonymous"];
    for name in ["callerNumber", "calleeNumber"] {
        for number in texts(&rows, name) {
            let number = number.unwrap();
            assert!(fictional.iter().any(|prefix| number.starts_with(prefix)), "{number}");
            assert!(!number.starts_with("+1") || number[5..].starts_with("55501"), "{number}");
            assert!(!number.starts_with("+4420") || number.starts_with("+442079460"), "{number}");
        }
    }
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let error = |options| SyntheticCalls::new(options).unwrap_err();
    assert_eq!(error(SyntheticOptions::new(1, day(2), day(2))), SyntheticError::EmptyRange);
    assert_eq!(error(SyntheticOptions { users: 0, ..options(1) }), SyntheticError::NoUsers);
    assert_eq!(error(SyntheticOptions { trunks: Vec::new(), ..options(1) }), SyntheticError::NoTrunks);
}
