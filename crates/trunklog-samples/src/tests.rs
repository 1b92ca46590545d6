use std::collections::HashSet;

use arrow::array::{Array, Int32Array, Int64Array, StringArray};
use serde_json::Value;
use trunklog_odata::Version;
use trunklog_odata::edm::EdmType;
use trunklog_records::schema::{LOGS, Origin, PSTN_ONLINE_MEETING_DIALOUT};

use super::*;

fn day(day: u32) -> Instant {
    Instant::from_date(2026, 6, day).unwrap()
}

/// Three weeks, starting on a Monday.
pub(super) fn options(rows: u64) -> SyntheticOptions {
    SyntheticOptions::new(rows, day(1), day(22))
}

fn batches(log: &'static Log, options: SyntheticOptions, max_rows: usize) -> Vec<Rows> {
    let mut rows = SyntheticLog::new(log, options).unwrap();
    std::iter::from_fn(|| rows.next_batch(max_rows)).collect()
}

/// All rows in one batch.
pub(super) fn rows_of(log: &'static Log, options: SyntheticOptions) -> Rows {
    let mut batches = batches(log, options, usize::MAX);
    assert_eq!(batches.len(), 1);
    batches.remove(0)
}

pub(super) fn column<'a, T: 'static>(rows: &'a Rows, name: &str) -> &'a T {
    let at = rows.log().index_of(name).unwrap();
    rows.batch().column(at).as_any().downcast_ref().unwrap()
}

pub(super) fn texts<'a>(rows: &'a Rows, name: &str) -> Vec<Option<&'a str>> {
    column::<StringArray>(rows, name).iter().collect()
}

pub(super) fn ticks<'a>(rows: &'a Rows, name: &str) -> &'a [i64] {
    column::<Int64Array>(rows, name).values()
}

pub(super) fn ints<'a>(rows: &'a Rows, name: &str) -> &'a [i32] {
    column::<Int32Array>(rows, name).values()
}

/// A decimal in ten-thousandths. It must have two to four digits after the
/// point.
pub(super) fn ten_thousandths(decimal: &str) -> u64 {
    let (units, rest) = decimal.split_once('.').unwrap();
    assert!((2..=4).contains(&rest.len()), "{decimal}");
    format!("{units}{rest:0<4}").parse().unwrap()
}

/// Texts that are all there.
pub(super) fn all_texts<'a>(rows: &'a Rows, name: &str) -> Vec<&'a str> {
    texts(rows, name).into_iter().map(|text| text.unwrap_or_else(|| panic!("{name} is null"))).collect()
}

#[test]
fn all_logs_are_made_up_that_are_not_computed() {
    let stored: Vec<_> = LOGS.into_iter().filter(|log| log.origin == Origin::Stored).collect();
    assert_eq!(logs().collect::<Vec<_>>(), stored);
    let error = SyntheticLog::new(&PSTN_ONLINE_MEETING_DIALOUT, options(1)).unwrap_err();
    assert_eq!(error, SyntheticError::Computed("pstnOnlineMeetingDialout"));
    assert_eq!(rows_beside(&PSTN_ONLINE_MEETING_DIALOUT, 1_000), None);
}

#[test]
fn other_logs_have_a_share_of_the_calls() {
    let rows = |calls| -> Vec<u64> { logs().filter_map(|log| rows_beside(log, calls)).collect() };
    assert_eq!(rows(0), [0, 0, 0, 0]);
    assert_eq!(rows(1), [1, 96, 24, 48]);
    assert_eq!(rows(400), [400, 100, 24, 48]);
    assert_eq!(rows(1_000_000), [1_000_000, 250_000, 1_000, 50_000]);
}

#[test]
fn the_same_options_give_the_same_rows() {
    for log in logs() {
        let whole = rows_of(log, options(2_000));
        let mut at = 0;
        for batch in batches(log, options(2_000), 77) {
            assert_eq!(batch.batch(), whole.slice(at, batch.len()).batch(), "{}", log.name);
            at += batch.len();
        }
        assert_eq!(at, 2_000);
        let other = rows_of(log, SyntheticOptions { seed: 2, ..options(2_000) });
        assert_ne!(other.id(0), whole.id(0), "{}", log.name);
    }
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
        for log in logs() {
            let case = format!("{count} of {} from {from} to {to}", log.name);
            let batches = batches(log, SyntheticOptions::new(count, from, to), 64);
            let rows: usize = batches.iter().map(Rows::len).sum();
            assert_eq!(rows, usize::try_from(count).unwrap(), "{case}");
            let times: Vec<_> =
                batches.iter().flat_map(|rows| (0..rows.len()).map(move |row| rows.time(row))).collect();
            assert!(times.is_sorted(), "{case}");
            assert!(times.iter().all(|time| (from..to).contains(time)), "{case}");
        }
    }
}

#[test]
fn all_properties_are_written_as_their_types_have_it() {
    for log in logs() {
        let rows = rows_of(log, options(5_000));
        for property in log.json_properties() {
            let name = format!("{} of {}", property.name, log.name);
            let column = rows.batch().column(log.index_of(property.name).unwrap());
            assert!(column.null_count() < rows.len(), "{name}");
            let values = || texts(&rows, property.name).into_iter().flatten();
            match property.edm {
                EdmType::Enum(of) => {
                    let member = |value: &str| of.members.iter().any(|(member, _)| *member == value);
                    assert!(values().all(member), "{name}");
                }
                EdmType::Decimal => {
                    assert!(values().all(|value| ten_thousandths(value) < 10_000_000), "{name}");
                }
                EdmType::Collection(_) => {
                    let is_list = |value: &str| serde_json::from_str::<Vec<Value>>(value).is_ok();
                    assert!(values().all(is_list), "{name}");
                }
                EdmType::String => assert!(values().all(|value| !value.is_empty()), "{name}"),
                EdmType::DateTimeOffset | EdmType::Int32 | EdmType::Boolean => {}
            }
        }
    }
}

#[test]
fn ids_are_uuids_and_unique() {
    for log in logs() {
        let rows = rows_of(log, options(20_000));
        let ids: HashSet<_> = (0..rows.len()).map(|row| rows.id(row).to_owned()).collect();
        assert_eq!(ids.len(), rows.len(), "{}", log.name);
        // Rows whose id Graph does not show have a name-based one.
        let shown = log.properties[log.id_index()].position(Version::Beta).is_some();
        let version = if shown { "4" } else { "5" };
        let is_uuid = |id: &String| id.len() == 36 && &id[14..15] == version && "89ab".contains(&id[19..20]);
        assert!(ids.iter().all(is_uuid), "{}", log.name);
    }
}

#[test]
fn all_logs_are_about_the_same_people() {
    let directory = options(0).directory().unwrap();
    let accounts = directory.users.iter().chain(&directory.bots);
    let known: HashSet<_> = accounts.map(|who| (who.id.as_str(), who.principal_name.as_str())).collect();
    for log in logs() {
        let rows = rows_of(log, options(3_000));
        let (ids, names) = (texts(&rows, "userId"), texts(&rows, "userPrincipalName"));
        let mut shown = 0;
        for (id, name) in ids.into_iter().zip(names) {
            assert_eq!(id.is_some(), name.is_some(), "{}", log.name);
            let Some(who) = id.zip(name) else { continue };
            assert!(known.contains(&who), "{}: {who:?}", log.name);
            shown += 1;
        }
        assert!(shown > 2_000, "{}: {shown}", log.name);
    }
}

#[test]
fn numbers_are_fictional() {
    #[rustfmt::skip]
    let prefixes = [
        "+493023125", "+498999998", "+494066969", "+496990009", "+492214710",
        "+442079460", "+441614960", "+441214960", "+447700900",
        "+142555501", "+120655501", "+131255501", "+121255501", "+141555501",
        "+3319900", "+3363998",
        "anonymous",
    ];
    for log in logs() {
        let rows = rows_of(log, options(5_000));
        let names = log.properties.iter().map(|property| property.name);
        let numbers: Vec<_> =
            names.filter(|name| name.ends_with("Number")).flat_map(|name| all_texts(&rows, name)).collect();
        assert!(numbers.len() >= rows.len(), "{}", log.name);
        for number in numbers {
            assert!(prefixes.iter().any(|prefix| number.starts_with(prefix)), "{number}");
        }
    }
}

#[test]
fn people_of_all_logs_sleep_at_night() {
    for log in logs() {
        let rows = rows_of(log, options(3_000));
        let hour =
            |row: usize| rows.time(row).ticks().rem_euclid(Instant::TICKS_PER_DAY) / Instant::TICKS_PER_HOUR;
        // Two hours ahead of UTC in summer.
        let at_night = (0..rows.len()).filter(|row| !(4..21).contains(&hour(*row))).count();
        let in_the_morning = (0..rows.len()).filter(|row| (7..10).contains(&hour(*row))).count();
        assert!(at_night * 3 < in_the_morning, "{}: {at_night} and {in_the_morning}", log.name);
    }
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    for log in logs() {
        let error = |options| SyntheticLog::new(log, options).unwrap_err();
        assert_eq!(error(SyntheticOptions::new(1, day(2), day(2))), SyntheticError::EmptyRange);
        assert_eq!(error(SyntheticOptions { users: 0, ..options(1) }), SyntheticError::NoUsers);
    }
}
