//! Which row comes next: a new one, or one that follows from an earlier one.

use std::collections::BTreeMap;

use super::rhythm::Times;

/// Gives exactly as many starts of rows as were asked for, in order, and
/// remembers what was planned for later.
#[derive(Debug)]
pub(super) struct Timetable<P> {
    times: Times,
    rows_left: u64,
    end: i64,
    /// By their start and by the order in which they were planned.
    planned: BTreeMap<(i64, u64), P>,
    plans: u64,
}

/// How much can be planned at a moment; in reality it is a handful.
const MAX_PLANNED: usize = 4_096;

impl<P> Timetable<P> {
    /// For `rows` rows that start at `times`, before `end`.
    pub(super) fn new(times: Times, rows: u64, end: i64) -> Timetable<P> {
        Timetable { times, rows_left: rows, end, planned: BTreeMap::new(), plans: 0 }
    }

    /// Plans a row that starts no earlier than the last one. Gives whether it
    /// will come: not when it would start too late or there are too few rows
    /// left.
    pub(super) fn plan(&mut self, start: i64, plan: P) -> bool {
        let has_room = self.planned.len() < MAX_PLANNED && self.planned_count() < self.rows_left;
        let comes = has_room && start < self.end;
        if comes {
            self.planned.insert((start, self.plans), plan);
            self.plans += 1;
        }
        comes
    }

    fn planned_count(&self) -> u64 {
        u64::try_from(self.planned.len()).unwrap_or(u64::MAX)
    }
}

impl<P> Iterator for Timetable<P> {
    /// When the next row starts, in milliseconds since 1970, and what was
    /// planned for it; None for a new one.
    type Item = (i64, Option<P>);

    fn next(&mut self) -> Option<(i64, Option<P>)> {
        let time = self.times.next()?;
        let must_finish = self.planned_count() >= self.rows_left;
        self.rows_left -= 1;
        let first = self.planned.first_key_value();
        let is_due = first.is_some_and(|(key, _)| must_finish || key.0 <= time);
        if is_due && let Some(((start, _), plan)) = self.planned.pop_first() {
            // A planned row takes the place of one that would start later.
            return Some((start, Some(plan)));
        }
        Some((time, None))
    }
}
