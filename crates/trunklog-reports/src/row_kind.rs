//! What key figures need to know of a row, in one number.
//!
//! All of them follow from call type and codes, of which there are hundreds of
//! combinations, and from sums. Of kinds there are some dozens, so that a question by
//! the day has few groups.

use crate::classes::Class;
use crate::facts::Fact;
use crate::totals::Totals;

/// What counts of a row, apart from its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowKind(i64);

/// The lowest bits hold the number of the class.
const CLASS: i64 = (1 << 6) - 1;
const _: () = assert!(Class::COUNT <= 1 << 6, "there are more classes than a kind can tell apart");

const ANSWERED: i64 = 1 << 6;
const REDIRECTED: i64 = 1 << 7;
const SEER_DELIVERED: i64 = 1 << 8;
const ISA_FAILED: i64 = 1 << 9;
const NORMAL_END: i64 = 1 << 10;
const LEG: i64 = 1 << 11;
const MISSED: i64 = 1 << 12;

impl RowKind {
    /// The kind of a row.
    pub(crate) fn of(fact: &Fact<'_>) -> RowKind {
        let totals = Totals::of_end(1, fact.successful, fact.sip, fact.sub);
        let bits = [
            (totals.answered == 1, ANSWERED),
            (totals.redirected == 1, REDIRECTED),
            (totals.seer_delivered == 1, SEER_DELIVERED),
            (totals.isa_failed == 1, ISA_FAILED),
            (totals.normal_ends == 1, NORMAL_END),
            (fact.is_leg, LEG),
            (fact.is_missed(), MISSED),
        ];
        let class = i64::try_from(fact.class.index()).unwrap_or(CLASS);
        RowKind(bits.iter().filter(|(holds, _)| *holds).fold(class, |kind, (_, bit)| kind | bit))
    }

    /// The kind that the key `kind` of cubes stands for.
    pub(crate) fn of_key(key: i64) -> RowKind {
        RowKind(key)
    }

    /// The key `kind` of cubes. What it means changes with the definitions alone.
    pub(crate) fn key(self) -> i64 {
        self.0
    }

    /// The bits of the key that tell of what a slice of the rows has, and what they are
    /// then: of rows of some classes,
    pub(crate) fn of_classes(holds: impl Fn(Class) -> bool) -> (i64, Vec<i64>) {
        let classes = Class::ALL.into_iter().filter(|class| holds(*class));
        (CLASS, classes.filter_map(|class| i64::try_from(class.index()).ok()).collect())
    }

    /// of missed calls,
    pub(crate) fn of_missed() -> (i64, Vec<i64>) {
        (MISSED, vec![MISSED])
    }

    /// of rows that are no leg,
    pub(crate) fn of_calls() -> (i64, Vec<i64>) {
        (LEG, vec![0])
    }

    /// and of answered rows with a normal end.
    pub(crate) fn of_normal_ends() -> (i64, Vec<i64>) {
        (NORMAL_END, vec![NORMAL_END])
    }

    /// What so many rows of this kind come to, without their times.
    pub(crate) fn totals(self, rows: i64) -> Totals {
        let when = |bit: i64| if self.0 & bit == 0 { 0 } else { rows };
        let mut totals = Totals {
            rows,
            answered: when(ANSWERED),
            redirected: when(REDIRECTED),
            seer_delivered: when(SEER_DELIVERED),
            isa_failed: when(ISA_FAILED),
            normal_ends: when(NORMAL_END),
            calls: rows - when(LEG),
            missed: when(MISSED),
            ..Totals::default()
        };
        let class = usize::try_from(self.0 & CLASS).ok();
        if let Some(of_class) = class.and_then(|class| totals.by_class.get_mut(class)) {
            *of_class = rows;
        }
        totals
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Facts;
    use crate::facts::sample::{calls, rows};

    proptest! {
        #[test]
        fn a_kind_tells_all_that_its_row_does(calls in calls(40)) {
            let rows = rows(&calls);
            for fact in Facts::of(&rows).rows() {
                let kind = RowKind::of_key(RowKind::of(&fact).key());
                let expected = Totals {
                    calls: i64::from(!fact.is_leg) * 3,
                    missed: i64::from(fact.is_missed()) * 3,
                    ..Totals::of_end(3, fact.successful, fact.sip, fact.sub)
                };
                prop_assert_eq!(kind.totals(3), expected);
            }
        }
    }
}
