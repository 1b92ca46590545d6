//! What a damaged block costs, and what not.

use trunklog_duckdb::DuckDbEngine;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{Engine, Error, ErrorKind, PageQuery, Start};

use super::remains::{DATABASE, Remains, TENANT, batches, verify};

#[test]
fn damage_costs_only_the_requests_that_touch_it() {
    /// Few enough to be quick, and so many that not all times lie in one block.
    const ROWS: u64 = 180_000;
    const BLOCK: u64 = 262_144;
    const WEEKS: i64 = 20;
    let log = &DIRECT_ROUTING_CALLS;
    let counted = Remains::in_database(ROWS);
    // As after a crash: nothing says how many rows lie where.
    let uncounted = counted.copy();
    uncounted.forget_counts();
    let begin = Instant::parse("2024-01-01T00:00:00Z").unwrap();
    let week = |number: i64| begin.saturating_add_ticks(number * 7 * 86_400 * 10_000_000);
    let ids = |engine: &DuckDbEngine, number, skip: usize| {
        let range = TimeRange::of(log, week(number), week(number + 1)).unwrap();
        let mut query = PageQuery::first(log, range, 40_000);
        query.start = Start::Skip(skip as u64);
        let rows = engine.tenant(TENANT).page(&query)?.rows;
        Ok::<_, Error>((0..rows.len()).map(|row| rows.id(row).to_owned()).collect::<Vec<_>>())
    };
    let whole = counted.copy();
    let engine = whole.open().unwrap();
    let right: Vec<_> = (0..WEEKS).map(|number| ids(&engine, number, 0).unwrap()).collect();
    assert!(right.iter().all(|ids| ids.len() > 5));
    for left in [&counted, &uncounted] {
        let is_counted = std::ptr::eq(left, &raw const counted);
        let (mut answered, mut refused, mut placed) = (0, 0, 0);
        // What holds no times takes the same way each time: a part of it will do.
        let step = if is_counted { 7 } else { 1 };
        for block in (0..(left.bytes(DATABASE) - 12_288) / BLOCK).step_by(step) {
            let damaged = left.copy();
            damaged.flip(DATABASE, 12_288 + block * BLOCK + 1_000);
            let Ok(engine) = damaged.open() else { continue };
            let store = engine.tenant(TENANT);
            if !is_counted {
                // No row is read for this, so it says whether all could be
                // counted.
                let Err(error) = store.forgettable(log, Instant::ABSENT) else { continue };
                let stored = store.append(&batches(1, 1).next().unwrap()).map(drop);
                let deleted = store.forget(log, Instant::ABSENT).map(drop);
                for error in [error, stored.unwrap_err(), deleted.unwrap_err()] {
                    assert_eq!(error.kind(), ErrorKind::Corrupt, "block {block}: {error}");
                }
            }
            let mut refused_here = 0;
            for (number, right) in (0..WEEKS).zip(&right) {
                for skip in [0, 5] {
                    match ids(&engine, number, skip) {
                        Ok(ids) => {
                            assert!(ids == right[skip..], "block {block}: other rows of week {number}");
                            answered += 1;
                        }
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::Corrupt, "block {block}: {error}");
                            refused_here += 1;
                        }
                    }
                }
            }
            refused += refused_here;
            // What cannot be read is told with its place.
            match verify(&engine) {
                Ok((rows, faults)) => {
                    let lost: u64 = faults.iter().map(|fault| fault.rows).sum();
                    assert!(rows + lost == ROWS || rows == 0, "block {block}: {rows} rows, {faults:?}");
                    assert!(refused_here == 0 || !faults.is_empty(), "block {block}: nothing is told");
                    placed += faults.iter().filter(|fault| fault.times.is_some()).count();
                }
                Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt, "block {block}: {error}"),
            }
        }
        assert!(answered > 0 && refused > 0 && placed > 0, "{answered} {refused} {placed}");
    }
}
