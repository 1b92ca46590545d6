//! How many rows the correlation id of each of some rows joins.

use std::collections::{BTreeSet, HashMap};

use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TimeRange};
use trunklog_store::{Selection, Store, Watermark};

use super::legs::{IDS, has_one_of, id, ids};
use crate::ReportError;
use crate::questions::scan::{named, scan_rows};

/// Rows whose ids are looked for at once. A filter that names more takes long to read.
const AT_ONCE: usize = 500;

/// The most rows that may share these ids. Rows of one call are few.
const MOST: usize = 1_000_000;

/// The parameter that asks for it.
const PARAMETER: &str = "legs";

/// Of each row how many rows, itself among them, have its correlation id as any of their
/// ids: those within 24 hours of it, as the report on one call looks for legs, from an
/// instant on, as they were at a commit. None for a row without one.
///
/// # Errors
/// When too many rows share an id, or the store fails.
///
/// # Panics
/// When the rows are not those of direct routing.
pub fn rows_joined(
    store: &dyn Store,
    rows: &Rows,
    since: Instant,
    commit: Watermark,
) -> Result<Vec<Option<i64>>, ReportError> {
    let mut joined = Vec::with_capacity(rows.len());
    let mut from = 0;
    while from < rows.len() {
        let part = rows.slice(from, AT_ONCE.min(rows.len() - from));
        joined.extend(of_part(store, &part, since, commit)?);
        from += part.len();
    }
    Ok(joined)
}

fn of_part(
    store: &dyn Store,
    rows: &Rows,
    since: Instant,
    commit: Watermark,
) -> Result<Vec<Option<i64>>, ReportError> {
    let own = |row: usize| id(rows, row, CORRELATION);
    let wanted: BTreeSet<String> = (0..rows.len()).filter_map(own).map(str::to_owned).collect();
    if wanted.is_empty() {
        return Ok(vec![None; rows.len()]);
    }
    let columns: Vec<&str> = IDS.iter().map(|(property, _)| *property).collect();
    let selection = Selection {
        filter: Some(has_one_of(&wanted)),
        columns: named(&columns),
        ..Selection::all(&DIRECT_ROUTING_CALLS, around(rows).since(since))
    };
    let mut times = HashMap::<String, Vec<i64>>::new();
    let mut found = 0_usize;
    scan_rows(store, selection, commit, &mut |rows| {
        for row in 0..rows.len() {
            for id in ids(rows, row) {
                if wanted.contains(id) {
                    found += 1;
                    let time = rows.time(row).ticks();
                    if let Some(times) = times.get_mut(id) {
                        times.push(time);
                    } else {
                        times.insert(id.to_owned(), vec![time]);
                    }
                }
            }
        }
        if found > MOST { Err(too_many()) } else { Ok(()) }
    })?;
    for times in times.values_mut() {
        times.sort_unstable();
    }
    let joined = |row: usize| {
        let times = times.get(own(row)?);
        let time = rows.time(row).ticks();
        let (first, last) =
            (time.saturating_sub(Instant::TICKS_PER_DAY), time.saturating_add(Instant::TICKS_PER_DAY));
        let within = |times: &Vec<i64>| {
            times.partition_point(|time| *time <= last) - times.partition_point(|time| *time < first)
        };
        Some(i64::try_from(times.map_or(0, within)).unwrap_or(i64::MAX))
    };
    Ok((0..rows.len()).map(joined).collect())
}

/// The id that is meant.
const CORRELATION: &str = "correlationId";

/// The time in which legs of some rows can be.
fn around(rows: &Rows) -> TimeRange {
    let times = || (0..rows.len()).map(|row| rows.time(row));
    let first = times().min().unwrap_or(Instant::ABSENT).saturating_add_ticks(-Instant::TICKS_PER_DAY);
    let last = times().max().unwrap_or(Instant::MAX).saturating_add_ticks(Instant::TICKS_PER_DAY + 1);
    TimeRange::ALL.since(first).until(last)
}

fn too_many() -> ReportError {
    let problem = format!("more than {MOST} rows share the correlation ids of this page");
    ReportError::asked(PARAMETER, problem, "leave it out, or ask for smaller pages with top")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;
    use trunklog_records::{RowBuilder, Value as Stored};

    use super::*;
    use crate::questions::testing::{at, empty};

    const HOUR: i64 = Instant::TICKS_PER_HOUR;

    /// When it was, and its three ids.
    type Leg = (i64, [Option<&'static str>; 3]);

    fn rows(legs: &[Leg]) -> Rows {
        let start = at("2026-11-24T00:00:00Z");
        let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
        for (number, (ticks, of_leg)) in legs.iter().enumerate() {
            let time = start.saturating_add_ticks(*ticks);
            let mut row = rows.row().set("id", Stored::Text(number.to_string().into())).unwrap();
            row = row.set("startDateTime", Stored::Instant(time)).unwrap();
            for ((property, _), id) in IDS.iter().zip(of_leg) {
                row = row.set(property, id.map(|id| Stored::Text(id.into()))).unwrap();
            }
            row.finish().unwrap();
        }
        rows.finish()
    }

    proptest! {
        #[test]
        fn rows_are_joined_as_they_plainly_are(
            legs in proptest::collection::vec(
                (
                    prop_oneof![0..72 * HOUR, select(vec![0, 24 * HOUR, 24 * HOUR + 1, 48 * HOUR])],
                    proptest::array::uniform3(select(vec![
                        None,
                        Some("a"),
                        Some("b"),
                        Some("c"),
                        Some(""),
                        Some("00000000-0000-0000-0000-000000000000"),
                    ])),
                ),
                0..30,
            ),
            hidden in select(vec![0, 10 * HOUR]),
        ) {
            let store = empty();
            store.append(&rows(&legs)).unwrap();
            let since = at("2026-11-24T00:00:00Z").saturating_add_ticks(hidden);
            let found = rows_joined(&*store, &rows(&legs), since, store.newest().unwrap()).unwrap();
            prop_assert_eq!(found.len(), legs.len());
            for (found, (time, of_leg)) in found.into_iter().zip(&legs) {
                let own = of_leg[0].filter(|id| ["a", "b", "c"].contains(id));
                let shares = |(other, ids): &&Leg| {
                    *other >= hidden && (other - time).abs() <= 24 * HOUR && ids.contains(&own)
                };
                let expected = own.map(|_| i64::try_from(legs.iter().filter(shares).count()).unwrap());
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn more_rows_than_are_looked_for_at_once_are_joined() {
        let ids = ["a", "b", "c"].map(Some);
        let of = |row: i64| ids[usize::try_from(row % 3).unwrap()];
        let legs: Vec<Leg> = (0..1_200).map(|row| (row, [of(row), None, None])).collect();
        let store = empty();
        store.append(&rows(&legs)).unwrap();
        let found = rows_joined(&*store, &rows(&legs), Instant::ABSENT, store.newest().unwrap()).unwrap();
        assert_eq!(found, vec![Some(400); 1_200]);
    }
}
