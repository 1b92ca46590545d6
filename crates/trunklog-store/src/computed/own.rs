//! The stored rows of a log that is computed: those whose period has none of
//! the rows that are counted.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow::array::{Array, AsArray, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::Int64Type;
use trunklog_odata::Instant;
use trunklog_records::schema::Summary;
use trunklog_records::{Rows, TimeRange};

use super::made::{counted, failed};
use crate::report::{
    Aggregate, Group, MAX_GROUPS, Measure, Operand, ReportQuery, ReportValue, too_many_groups,
};
use crate::{Columns, Result, ScanQuery, Selection, Store, Watermark};

/// How many periods one report asks for at most.
pub(super) const PERIODS_AT_A_TIME: usize = 4_096;

/// The stored rows of a selection, in the order of time and id, in parts.
pub(super) fn stored(store: &dyn Store, selection: &Selection, watermark: Watermark) -> Result<Vec<Rows>> {
    let selection = Selection { order: Vec::new(), columns: columns(selection), ..selection.clone() };
    let limit = Some(MAX_GROUPS as u64 + 1);
    let query = ScanQuery { selection, skip: 0, limit, watermark: Some(watermark) };
    let mut parts = Vec::new();
    let mut rows = 0;
    store.scan(&query, &mut |part: Rows| {
        rows += part.len();
        if !part.is_empty() {
            parts.push(part);
        }
        if rows > MAX_GROUPS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    if rows > MAX_GROUPS { Err(too_many_groups()) } else { Ok(parts) }
}

/// The columns that a selection, its order and the rule of periods need.
fn columns(selection: &Selection) -> Columns {
    let Columns::Only(columns) = &selection.columns else { return Columns::All };
    let mut columns: BTreeSet<usize> = columns.iter().copied().collect();
    columns.extend(selection.order.iter().flat_map(|criterion| criterion.by.properties()));
    columns.extend(selection.log.period_end_index());
    Columns::Only(columns.into_iter().collect())
}

/// The periods that stored rows sum up.
pub(super) struct Periods<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) summary: &'static Summary,
    /// Where rows count.
    pub(super) range: TimeRange,
    pub(super) watermark: Watermark,
    /// How many periods one report asks for.
    pub(super) at_a_time: usize,
}

impl Periods<'_> {
    /// Those of the stored rows whose period has no row that counts.
    ///
    /// The first that counts at the start of the period or later decides.
    pub(super) fn remaining(&self, parts: Vec<Rows>) -> Result<Vec<Rows>> {
        let times = |part: &Rows| (0..part.len()).map(|row| part.time(row)).collect::<Vec<_>>();
        let starts: BTreeSet<Instant> = parts.iter().flat_map(times).collect();
        let starts: Vec<Instant> = starts.into_iter().collect();
        let firsts = self.firsts(&starts)?;
        let mut remaining = Vec::with_capacity(parts.len());
        for part in parts {
            let log = part.log();
            let ends =
                log.period_end_index().and_then(|at| part.batch().column(at).as_primitive_opt::<Int64Type>());
            let is_told = |row: usize| {
                let first = starts.binary_search(&part.time(row)).ok().and_then(|place| firsts[place]);
                let end = ends.filter(|ends| ends.is_valid(row)).map(|ends| ends.value(row));
                first.is_some_and(|first| end.is_none_or(|end| first < end))
            };
            let rows = (0..part.len()).filter(|row| !is_told(*row));
            let rows: UInt32Array = rows.filter_map(|row| u32::try_from(row).ok()).collect();
            let batch =
                take_record_batch(part.batch(), &rows).map_err(|error| failed(log).caused_by(error))?;
            remaining.push(Rows::new(log, batch).map_err(|error| failed(log).caused_by(error))?);
        }
        Ok(remaining)
    }

    /// For each of some instants, ascending, the time of the first row that
    /// counts there or later.
    ///
    /// A report tells the smallest time between each instant and the next.
    fn firsts(&self, starts: &[Instant]) -> Result<Vec<Option<i64>>> {
        let time = self.summary.of.time_index();
        let mut firsts = vec![None; starts.len()];
        for (part, number) in starts.chunks(self.at_a_time).zip(0..) {
            let before = number * self.at_a_time;
            let end = starts.get(before + part.len()).copied().unwrap_or(self.range.end());
            let edges: Arc<[Instant]> = part.iter().copied().chain([end]).collect();
            let query = ReportQuery {
                selection: counted(self.summary, self.range.since(part[0]).until(end))?,
                watermark: Some(self.watermark),
                groups: vec![Group::Buckets { property: time, edges }],
                measures: vec![Measure::of(Aggregate::Smallest(Operand::Property(time)))],
            };
            for group in self.store.report(&query)?.groups {
                if let [ReportValue::Int(bucket)] = &group.by[..]
                    && let [ReportValue::Int(first)] = &group.measures[..]
                    && let Ok(bucket) = usize::try_from(*bucket)
                    && let Some(found) = firsts.get_mut(before + bucket)
                {
                    *found = Some(*first);
                }
            }
        }
        let mut next = None;
        for first in firsts.iter_mut().rev() {
            next = first.or(next);
            *first = next;
        }
        Ok(firsts)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use trunklog_records::Log;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, Origin, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};

    use super::*;
    use crate::testing::{TestStore, decoded};

    static REPORT: &Log = &PSTN_ONLINE_MEETING_DIALOUT;

    fn at(secs: i64) -> Instant {
        Instant::from_unix_secs(secs).unwrap()
    }

    fn call(secs: i64, kind: &str) -> String {
        format!(r#"{{"id":"{kind} {secs}","startDateTime":"{}","callType":"{kind}"}}"#, at(secs))
    }

    fn period(number: usize, (from, end): (i64, Option<i64>)) -> String {
        let end = end.map_or_else(String::new, |end| format!(r#","periodEndDateTime":"{}""#, at(end)));
        format!(r#"{{"id":"{number}","periodStartDateTime":"{}"{end}}}"#, at(from))
    }

    fn rows(log: &'static Log, rows: Vec<String>) -> Rows {
        decoded(log, &rows.iter().map(String::as_str).collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn rows_remain_whose_period_has_nothing_to_count(
            counted in prop::collection::btree_set(0_i64..60, 0..6),
            others in prop::collection::btree_set(0_i64..60, 0..6),
            periods in prop::collection::vec((0_i64..60, prop::option::of(1_i64..20)), 0..12),
            (from, len) in (0_i64..40, 1_i64..40),
            at_a_time in 1_usize..5,
            cut in 0_usize..12,
        ) {
            let end = from + len;
            let periods: Vec<(i64, Option<i64>)> = periods
                .into_iter()
                .map(|(start, length)| (start, length.map(|length| start + length)))
                .filter(|(start, _)| (from..end).contains(start))
                .collect();
            let calls = counted.iter().map(|secs| call(*secs, "conf_out"));
            let calls = calls.chain(others.iter().map(|secs| call(*secs, "user_out"))).collect();
            let store = TestStore::of([rows(&PSTN_CALLS, calls)]);
            let Origin::Computed(summary) = REPORT.origin else { panic!("it is computed") };
            let range = TimeRange::of(&DIRECT_ROUTING_CALLS, at(from), at(end)).unwrap();
            let stored: Vec<String> =
                periods.iter().enumerate().map(|(number, bounds)| period(number, *bounds)).collect();
            let stored = rows(REPORT, stored);
            let cut = cut.min(stored.len());
            let parts = vec![stored.slice(0, cut), stored.slice(cut, stored.len() - cut)];
            let asked = Periods { store: &store, summary, range, watermark: Watermark(1), at_a_time };
            let remaining = asked.remaining(parts).unwrap();
            let remaining: Vec<String> = remaining
                .iter()
                .flat_map(|part| (0..part.len()).map(|row| part.id(row).to_owned()).collect::<Vec<_>>())
                .collect();
            let is_told = |(start, end): (i64, Option<i64>)| {
                let mut within = counted.range(from..from + len).filter(|secs| **secs >= start);
                within.any(|secs| end.is_none_or(|end| *secs < end))
            };
            let expected: Vec<String> = periods
                .iter()
                .enumerate()
                .filter(|(_, bounds)| !is_told(**bounds))
                .map(|(number, _)| number.to_string())
                .collect();
            prop_assert_eq!(remaining, expected);
        }
    }
}
