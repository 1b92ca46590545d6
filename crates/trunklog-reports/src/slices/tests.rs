use std::collections::BTreeSet;
use std::sync::Mutex;

use trunklog_records::Rows;
use trunklog_store::Result;
use trunklog_store::busy::{BusyAnswer, BusyQuery};

use super::*;
use crate::calendar::zone;
use crate::facts::sample::{Call, rows};
use crate::questions::testing::{at, stored};
use crate::table::Kind;

fn told(slots: Option<Slots>) -> Vec<String> {
    slots.map_or_else(Vec::new, |slots| {
        slots.starts().iter().chain([&slots.end()]).map(ToString::to_string).collect()
    })
}

#[test]
fn columns_have_names_of_their_own_and_can_be_added_up() {
    for slice in SLICES {
        let names: BTreeSet<&str> = slice.columns.iter().map(|column| column.key).collect();
        assert_eq!(names.len(), slice.columns.len(), "{}", slice.key);
        for taken in ["id", "startDateTime", "localDate", "lastChangeDateTime"] {
            assert!(!names.contains(taken), "{} {taken}", slice.key);
        }
        let is_sum = |kind| match kind {
            Kind::Figure(unit) => matches!(unit.key(), "minutes" | "seconds"),
            _ => true,
        };
        assert!(slice.columns.iter().all(|column| is_sum(column.kind)), "{}", slice.key);
        assert!(matches!(slice.bucket, Bucket::Hour | Bucket::Day), "{}", slice.key);
    }
}

#[test]
fn slots_start_in_the_range_and_end_when_the_next_one_starts() {
    let berlin = zone("Europe/Berlin").unwrap();
    let day = |from, end, most| Slots::of(Bucket::Day, (at(from), at(end)), most, &berlin).unwrap();
    // A day of 25 hours, which is whole although the range ends within it.
    assert_eq!(
        told(day("2026-10-24T22:00:00Z", "2026-10-25T12:00:00Z", 10)),
        ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"]
    );
    assert_eq!(told(day("2026-10-24T22:00:00.0000001Z", "2026-10-25T12:00:00Z", 10)), Vec::<String>::new());
    assert_eq!(told(day("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z", 10)), Vec::<String>::new());
    assert_eq!(told(day("2026-11-01T23:00:00Z", "2027-11-01T00:00:00Z", 2)).len(), 3);
    let kolkata = zone("Asia/Kolkata").unwrap();
    let hours =
        Slots::of(Bucket::Hour, (at("2026-11-30T02:00:00Z"), at("2026-11-30T04:00:00Z")), 10, &kolkata);
    assert_eq!(
        told(hours.unwrap()),
        ["2026-11-30T02:30:00Z", "2026-11-30T03:30:00Z", "2026-11-30T04:30:00Z"]
    );
}

#[test]
fn slots_follow_each_other_without_a_gap() {
    let berlin = zone("Europe/Berlin").unwrap();
    let (mut from, end) = (at("2026-10-23T22:00:00Z"), at("2026-10-27T23:00:00Z"));
    let mut starts = Vec::new();
    while let Some(slots) = Slots::of(Bucket::Hour, (from, end), 7, &berlin).unwrap() {
        starts.extend(slots.starts().to_vec());
        from = slots.end();
    }
    assert_eq!(starts.len(), 4 * 24 + 1);
    assert!(starts.windows(2).all(|pair| pair[1].ticks() - pair[0].ticks() == Instant::TICKS_PER_HOUR));
}

/// A store to which rows come between two questions.
struct Busier {
    inner: Arc<dyn Store>,
    late: Mutex<Option<Rows>>,
}

impl Store for Busier {
    trunklog_store_kit::only_pages!();
    trunklog_store_kit::forward!(inner: append page count forget forgettable);

    fn sums(&self, queries: &[SumQuery]) -> Result<SumAnswers> {
        self.inner.sums(queries)
    }

    fn busy(&self, query: &BusyQuery) -> Result<BusyAnswer> {
        if let Some(rows) = self.late.lock().unwrap().take() {
            self.inner.append(&rows)?;
        }
        self.inner.busy(query)
    }
}

#[test]
fn hours_of_trunks_have_calls_and_channels_of_one_commit() {
    let call = |text| Call {
        start: at(text).ticks(),
        end: Some(at("2026-11-30T08:50:00Z").ticks()),
        successful: Some(true),
        trunk: Some("sbc1.contoso.com"),
        ..Call::default()
    };
    let inner = stored(&[call("2026-11-30T08:10:00Z")]);
    let late = Mutex::new(Some(rows(&[call("2026-11-30T08:20:00Z")])));
    let store = Busier { inner, late };
    let hour = (at("2026-11-30T08:00:00Z"), at("2026-11-30T09:00:00Z"));
    let slots = Slots::of(Bucket::Hour, hour, 1, &TimeZone::UTC).unwrap().unwrap();
    let slice = SLICES[0];
    let told = slice.rows(&store, &slots).unwrap();
    let value = |key| {
        let at = slice.columns.iter().position(|column| column.key == key).unwrap();
        told.rows[0].values[at].clone()
    };
    assert_eq!(told.rows.len(), 1);
    assert_eq!((value("attempts"), value("peakChannels")), (Value::Int(2), Value::Int(2)));
    assert_eq!(told.commit, store.inner.newest().unwrap());
}

#[test]
fn the_ends_of_time_have_no_slots_beyond_them() {
    for from in [Instant::ABSENT, Instant::MAX] {
        for bucket in [Bucket::Hour, Bucket::Day] {
            let slots = Slots::of(bucket, (from, Instant::MAX), 5, &TimeZone::UTC).unwrap();
            assert!(slots.is_none_or(|slots| slots.starts().len() <= 5));
        }
    }
}
