//! Counts of what came.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use trunklog_store::AppendCounts;

/// What came in an hour, or in all.
///
/// What was received is new, updated, a duplicate or rejected.
///
/// ```
/// use trunklog_ledger::Counts;
///
/// let mut hour = Counts { deliveries: 1, received: 3, new: 2, rejected: 1, ..Counts::default() };
/// hour += Counts { deliveries: 1, received: 1, duplicate: 1, expected: Some(2), ..Counts::default() };
/// assert_eq!((hour.received, hour.expected), (4, Some(5)));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// Files, windows that were pulled, imports.
    pub deliveries: u64,
    /// Records that should have come, as far as the source said; None where it never
    /// did. A delivery that does not say it is expected to have what it has.
    pub expected: Option<u64>,
    /// Records that came.
    pub received: u64,
    /// Rows that were not there before.
    pub new: u64,
    /// Of these, rows of a time that had been complete before.
    pub late: u64,
    /// Rows that were there with other values.
    pub updated: u64,
    /// Rows that were there already, that gave way to another source's, or that are not
    /// stored since a person in them was erased.
    pub duplicate: u64,
    /// Records that are no rows.
    pub rejected: u64,
    /// Rows of exports that stay beside one of Graph which may tell of the same call,
    /// since this source brought the one or the other.
    pub ambiguous: u64,
}

impl Counts {
    /// Those of rows that were given to a store, and of records that are no rows.
    pub fn of_rows(rows: AppendCounts, rejected: u64) -> Counts {
        let AppendCounts { new, updated, unchanged, superseded, withheld, ambiguous } = rows;
        // Those of erased persons are among the others: how many came in which hour
        // would tell of a person again.
        let duplicate = unchanged + superseded + withheld;
        let received = new + updated + duplicate + rejected;
        Counts { received, new, updated, duplicate, rejected, ambiguous, ..Counts::default() }
    }

    /// Records that should have come and did not.
    pub fn missing(&self) -> u64 {
        self.expected.unwrap_or(0).saturating_sub(self.received)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        if self.expected.is_some() || other.expected.is_some() {
            let of = |counts: &Counts| counts.expected.unwrap_or(counts.received);
            self.expected = Some(of(self).saturating_add(of(&other)));
        }
        let add = |to: &mut u64, more: u64| *to = to.saturating_add(more);
        add(&mut self.deliveries, other.deliveries);
        add(&mut self.received, other.received);
        add(&mut self.new, other.new);
        add(&mut self.late, other.late);
        add(&mut self.updated, other.updated);
        add(&mut self.duplicate, other.duplicate);
        add(&mut self.rejected, other.rejected);
        add(&mut self.ambiguous, other.ambiguous);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn counts()(numbers in proptest::array::uniform8(0_u64..1_000), expected in proptest::option::of(0_u64..1_000)) -> Counts {
            let [deliveries, received, new, late, updated, duplicate, rejected, ambiguous] = numbers;
            Counts { deliveries, expected, received, new, late, updated, duplicate, rejected, ambiguous }
        }
    }

    proptest! {
        /// The order in which deliveries come does not matter.
        #[test]
        fn counts_add_up_in_any_order(mut all in proptest::collection::vec(counts(), 0..6)) {
            let sum = |all: &[Counts]| {
                all.iter().fold(Counts::default(), |mut sum, counts| { sum += *counts; sum })
            };
            let forwards = sum(&all);
            all.reverse();
            prop_assert_eq!(forwards, sum(&all));
        }
    }

    #[test]
    fn all_rows_that_came_are_received() {
        let rows =
            AppendCounts { new: 1, updated: 2, unchanged: 3, superseded: 4, withheld: 5, ambiguous: 1 };
        let counts = Counts::of_rows(rows, 6);
        assert_eq!((counts.received, counts.duplicate, counts.rejected), (21, 12, 6));
        assert_eq!(counts.received, counts.new + counts.updated + counts.duplicate + counts.rejected);
        assert_eq!(counts.ambiguous, 1, "these are among the others");
    }

    #[test]
    fn what_is_missing_is_told_where_it_is_known() {
        let mut all = Counts { received: 5, ..Counts::default() };
        assert_eq!(all.missing(), 0);
        all += Counts { received: 2, expected: Some(4), ..Counts::default() };
        assert_eq!((all.expected, all.missing()), (Some(9), 2));
    }
}
