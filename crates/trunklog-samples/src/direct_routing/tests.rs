use std::collections::{HashMap, HashSet};

use arrow::array::BooleanArray;
use trunklog_odata::{Instant, Version};
use trunklog_records::Rows;
use trunklog_records::call_types::DIRECT_ROUTING;
use trunklog_records::json::RowEncoder;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::codes;

use super::*;
use crate::SyntheticLog;
use crate::tests::{column, ints, options, rows_of, texts, ticks};

/// All rows in one batch.
fn rows(options: SyntheticOptions) -> Rows {
    rows_of(&DIRECT_ROUTING_CALLS, options)
}

fn share(count: usize, of: usize) -> usize {
    count * 1_000 / of
}

/// How many properties beta had when the fingerprints were taken. Those that
/// came later are after them.
const FIRST_PROPERTIES: usize = 25;

/// Benchmarks compare runs over the same calls. The fingerprint (FNV-1a) is
/// that of the JSON of beta, as far as it went at first.
#[test]
fn calls_are_those_of_earlier_versions() {
    for (seed, count, expected) in [(1, 2_000, 0x1310_804f_fddb_a322), (7, 500, 0xba13_a932_ddb8_0498)] {
        let rows = rows(SyntheticOptions { seed, ..options(count) });
        let layout = DIRECT_ROUTING_CALLS.layout(Version::Beta);
        let encoder = RowEncoder::of(&DIRECT_ROUTING_CALLS, &layout[..FIRST_PROPERTIES]);
        let bound = encoder.bind(&rows);
        let mut lines = Vec::new();
        for row in 0..rows.len() {
            bound.write(row, &mut lines);
            lines.push(b'\n');
        }
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let fingerprint = lines.iter().fold(0xcbf2_9ce4_8422_2325, step);
        assert_eq!(fingerprint, expected, "seed {seed}: {fingerprint:#x}");
    }
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
        assert!(codes::pair(Some(pair.0), Some(pair.1)).is_some(), "{pair:?}");
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
    assert!(hours < 5 * Instant::TICKS_PER_HOUR);
}

#[test]
fn calls_need_trunks() {
    let options = SyntheticOptions { trunks: Vec::new(), ..options(1) };
    let error = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap_err();
    assert_eq!(error, SyntheticError::NoTrunks);
}
