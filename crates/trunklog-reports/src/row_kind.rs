//! What key figures need to know of a row, in one number.
//!
//! All of them follow from call type and codes, of which there are hundreds of
//! combinations, and from sums. Of kinds there are some dozens, so that a question by
//! the day has few groups.

use crate::classes::Class;
use crate::facts::Fact;

/// SIP codes with which a call counts as effectively established (SEER).
///
/// Source: RFC 6076 section 4.7.
///
/// ```
/// assert!(trunklog_reports::SEER_CODES.contains(&486));
/// ```
pub const SEER_CODES: [i32; 4] = [480, 486, 600, 603];

/// SIP codes with which an attempt counts as ineffective (ISA).
///
/// Source: RFC 6076 section 4.8.
///
/// ```
/// assert!(trunklog_reports::ISA_CODES.contains(&503));
/// ```
pub const ISA_CODES: [i32; 4] = [408, 500, 503, 504];

/// What counts of a row, apart from its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowKind(i64);

/// The lowest bits hold the number of the class.
const CLASS: i64 = (1 << 6) - 1;
const _: () = assert!(Class::COUNT <= 1 << 6, "there are more classes than a kind can tell apart");

impl RowKind {
    /// It was answered.
    pub(crate) const ANSWERED: i64 = 1 << 6;
    /// It was not, but redirected: SIP code 3xx.
    pub(crate) const REDIRECTED: i64 = 1 << 7;
    /// It was answered, or ended with one of [`SEER_CODES`].
    pub(crate) const SEER_DELIVERED: i64 = 1 << 8;
    /// It was not answered and ended with one of [`ISA_CODES`].
    pub(crate) const ISA_FAILED: i64 = 1 << 9;
    /// It was answered and has the codes of a normal end.
    pub(crate) const NORMAL_END: i64 = 1 << 10;
    /// It is a forwarding, transfer or conference leg.
    pub(crate) const LEG: i64 = 1 << 11;
    /// It is a missed call.
    pub(crate) const MISSED: i64 = 1 << 12;

    /// The kind of a row.
    pub(crate) fn of(fact: &Fact<'_>) -> RowKind {
        RowKind::of_end(fact.class, fact.is_answered(), fact.sip, fact.sub)
            .with(fact.is_leg, RowKind::LEG)
            .with(fact.is_missed(), RowKind::MISSED)
    }

    /// That of a row by how it ended, as if it were no leg and not missed.
    pub(crate) fn of_end(class: Class, is_answered: bool, sip: Option<i32>, sub: Option<i32>) -> RowKind {
        let ends_with = |codes: &[i32]| sip.is_some_and(|sip| codes.contains(&sip));
        let is_normal = sip == Some(0) && matches!(sub, Some(540_000 | 560_000));
        RowKind(i64::try_from(class.index()).unwrap_or(CLASS))
            .with(is_answered, RowKind::ANSWERED)
            .with(!is_answered && matches!(sip, Some(300..=399)), RowKind::REDIRECTED)
            .with(is_answered || ends_with(&SEER_CODES), RowKind::SEER_DELIVERED)
            .with(!is_answered && ends_with(&ISA_CODES), RowKind::ISA_FAILED)
            .with(is_answered && is_normal, RowKind::NORMAL_END)
    }

    fn with(self, holds: bool, bit: i64) -> RowKind {
        if holds { RowKind(self.0 | bit) } else { self }
    }

    /// The kind that the key `kind` of cubes stands for.
    pub(crate) fn of_key(key: i64) -> RowKind {
        RowKind(key)
    }

    /// The key `kind` of cubes. What it means changes with the definitions alone.
    pub(crate) fn key(self) -> i64 {
        self.0
    }

    /// The bits of the key that tell the class, and what they are of some classes.
    pub(crate) fn of_classes(holds: impl Fn(Class) -> bool) -> (i64, Vec<i64>) {
        let classes = Class::ALL.into_iter().filter(|class| holds(*class));
        (CLASS, classes.filter_map(|class| i64::try_from(class.index()).ok()).collect())
    }

    /// Whether that is true of the row: one of the bits.
    pub(crate) fn has(self, bit: i64) -> bool {
        self.0 & bit != 0
    }

    /// The place of its class in [`Class::ALL`].
    pub(crate) fn class_index(self) -> usize {
        usize::try_from(self.0 & CLASS).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::facts::sample::{calls, rows};
    use crate::{Facts, Totals};

    proptest! {
        #[test]
        fn a_kind_tells_all_that_its_row_does(calls in calls(40)) {
            let rows = rows(&calls);
            for fact in Facts::of(&rows).rows() {
                let kind = RowKind::of_key(RowKind::of(&fact).key());
                let (is_answered, sip) = (fact.successful == Some(true), fact.sip.unwrap_or(0));
                let three = |holds: bool| if holds { 3 } else { 0 };
                let is_normal = fact.sip == Some(0) && [Some(540_000), Some(560_000)].contains(&fact.sub);
                let mut of_end = Totals {
                    rows: 3,
                    answered: three(is_answered),
                    redirected: three(!is_answered && (300..400).contains(&sip)),
                    seer_delivered: three(is_answered || [480, 486, 600, 603].contains(&sip)),
                    isa_failed: three(!is_answered && [408, 500, 503, 504].contains(&sip)),
                    normal_ends: three(is_answered && is_normal),
                    ..Totals::default()
                };
                of_end.by_class[fact.class.index()] = 3;
                prop_assert_eq!(Totals::of_end(3, fact.successful, fact.sip, fact.sub), of_end.clone());
                let (calls, missed) = (three(!fact.is_leg), three(fact.is_missed()));
                prop_assert_eq!(Totals::of_kind(3, kind), Totals { calls, missed, ..of_end });
            }
        }
    }
}
