//! What is counted of a group of rows.

use crate::bins::Bins;
use crate::classes::{Class, classify};
use crate::row_kind::RowKind;

/// What is counted of any group of direct routing's rows. All key figures of
/// calls follow from it ([`KPIS`](crate::kpi::KPIS)).
///
/// Totals of two groups add up, and what is taken away is subtracted; so cubes
/// keep them as signed sums. Times are in milliseconds, Microsoft's `duration` in
/// seconds.
///
/// A row is *odd* when its held, talk or set-up time or its `duration` is
/// negative or over 24 hours, or when it has neither an end nor a failure time.
/// Odd rows are in all counts and in no sum.
///
/// ```
/// use trunklog_reports::{Class, Totals};
///
/// let mut all = Totals::of_end(3, Some(true), Some(0), Some(560_000));
/// let busy = Totals::of_end(2, Some(false), Some(486), Some(560_486));
/// all.add(&busy);
/// assert_eq!((all.rows, all.answered, all.seer_delivered), (5, 3, 5));
/// assert_eq!(all.of_class(Class::UserBusy), 2);
/// all.subtract(&busy);
/// assert_eq!(all.rows, 3);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Rows: attempts.
    pub rows: i64,
    /// Rows that were successful.
    pub answered: i64,
    /// Rows by class, in the order of [`Class::ALL`].
    pub by_class: [i64; Class::COUNT],
    /// Rows that were not answered but redirected: SIP code 3xx.
    pub redirected: i64,
    /// Rows that were answered, or ended with one of [`SEER_CODES`](crate::SEER_CODES).
    pub seer_delivered: i64,
    /// Rows that were not answered and ended with one of [`ISA_CODES`](crate::ISA_CODES).
    pub isa_failed: i64,
    /// Answered rows with the codes of a normal end: SIP code 0 and subcode 540000
    /// or 560000.
    pub normal_ends: i64,
    /// Rows that are no forwarding, transfer or conference leg.
    pub calls: i64,
    /// Inbound rows that are no leg and ended, unanswered, by what users did.
    pub missed: i64,
    /// Odd rows.
    pub odd: i64,
    /// Rows whose `duration` is more than a second from both end - start and
    /// end - invite.
    pub disagreeing: i64,
    /// Rows whose `duration` can be compared with their times, of which
    /// `disagreeing` is a part.
    pub timed: i64,
    /// Microsoft's `duration` of answered rows that are not odd, in seconds.
    pub duration_s: i64,
    /// How many rows are in `duration_s`.
    pub duration_n: i64,
    /// The talk time, end - start, of answered rows that are not odd.
    pub talk_ms: i64,
    /// How many rows are in `talk_ms`.
    pub talk_n: i64,
    /// The time to answer, start - invite, of answered outbound rows that are
    /// not odd.
    pub answer_ms: i64,
    /// How many rows are in `answer_ms`.
    pub answer_n: i64,
    /// The time for which rows that are not odd occupied a channel: from invite,
    /// or else start, to end or failure.
    pub held_ms: i64,
    /// The talk times by bin.
    pub talk_bins: Bins,
    /// The times to answer by bin.
    pub answer_bins: Bins,
}

impl Totals {
    /// What follows from how `rows` rows ended: rows, answered, classes and the
    /// counts of RFC 6076. All that needs call types or times is left at 0.
    ///
    /// ```
    /// use trunklog_reports::Totals;
    ///
    /// let overloaded = Totals::of_end(4, Some(false), Some(503), Some(560_503));
    /// assert_eq!((overloaded.isa_failed, overloaded.calls), (4, 0));
    /// ```
    pub fn of_end(rows: i64, successful: Option<bool>, sip: Option<i32>, sub: Option<i32>) -> Totals {
        let class = classify(successful, sip, sub);
        let kind = RowKind::of_end(class, successful == Some(true), sip, sub);
        Totals { calls: 0, ..Totals::of_kind(rows, kind) }
    }

    /// What so many rows of a kind come to, without their times.
    pub(crate) fn of_kind(rows: i64, kind: RowKind) -> Totals {
        let when = |holds: bool| if holds { rows } else { 0 };
        let mut totals = Totals {
            rows,
            answered: when(kind.has(RowKind::ANSWERED)),
            redirected: when(kind.has(RowKind::REDIRECTED)),
            seer_delivered: when(kind.has(RowKind::SEER_DELIVERED)),
            isa_failed: when(kind.has(RowKind::ISA_FAILED)),
            normal_ends: when(kind.has(RowKind::NORMAL_END)),
            calls: when(!kind.has(RowKind::LEG)),
            missed: when(kind.has(RowKind::MISSED)),
            ..Totals::default()
        };
        if let Some(of_class) = totals.by_class.get_mut(kind.class_index()) {
            *of_class = rows;
        }
        totals
    }

    /// Rows of a class.
    pub fn of_class(&self, class: Class) -> i64 {
        self.by_class[class.index()]
    }

    /// Rows of all classes for which something holds.
    ///
    /// ```
    /// use trunklog_reports::{Class, Totals};
    ///
    /// let cancelled = Totals::of_end(2, Some(false), Some(487), Some(560_487));
    /// assert_eq!(cancelled.of_classes(Class::is_user_behaviour), 2);
    /// ```
    pub fn of_classes(&self, holds: impl Fn(Class) -> bool) -> i64 {
        Class::ALL.into_iter().filter(|class| holds(*class)).map(|class| self.of_class(class)).sum()
    }

    /// Counts what another group counts.
    pub fn add(&mut self, other: &Totals) {
        self.combine(other, |mine, its| *mine += its);
        self.talk_bins.add_all(&other.talk_bins);
        self.answer_bins.add_all(&other.answer_bins);
    }

    /// No longer counts what another group counts.
    pub fn subtract(&mut self, other: &Totals) {
        self.combine(other, |mine, its| *mine -= its);
        self.talk_bins.subtract_all(&other.talk_bins);
        self.answer_bins.subtract_all(&other.answer_bins);
    }

    /// Combines all that is a number.
    fn combine(&mut self, other: &Totals, with: impl Fn(&mut i64, i64)) {
        // Without `..`, so that a new field cannot be forgotten here.
        let Totals {
            rows,
            answered,
            by_class,
            redirected,
            seer_delivered,
            isa_failed,
            normal_ends,
            calls,
            missed,
            odd,
            disagreeing,
            timed,
            duration_s,
            duration_n,
            talk_ms,
            talk_n,
            answer_ms,
            answer_n,
            held_ms,
            talk_bins: _,
            answer_bins: _,
        } = self;
        for (mine, its) in by_class.iter_mut().zip(other.by_class) {
            with(mine, its);
        }
        with(rows, other.rows);
        with(answered, other.answered);
        with(redirected, other.redirected);
        with(seer_delivered, other.seer_delivered);
        with(isa_failed, other.isa_failed);
        with(normal_ends, other.normal_ends);
        with(calls, other.calls);
        with(missed, other.missed);
        with(odd, other.odd);
        with(disagreeing, other.disagreeing);
        with(timed, other.timed);
        with(duration_s, other.duration_s);
        with(duration_n, other.duration_n);
        with(talk_ms, other.talk_ms);
        with(talk_n, other.talk_n);
        with(answer_ms, other.answer_ms);
        with(answer_n, other.answer_n);
        with(held_ms, other.held_ms);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_successful_row_is_never_ineffective_nor_redirected() {
        for sip in [302, 408, 486, 503] {
            let totals = Totals::of_end(1, Some(true), Some(sip), Some(560_000));
            let told = (totals.answered, totals.redirected, totals.isa_failed, totals.seer_delivered);
            assert_eq!(told, (1, 0, 0, 1), "{sip}");
            assert_eq!((totals.of_class(Class::Answered), totals.normal_ends), (1, 0));
        }
    }

    #[test]
    fn only_established_calls_end_normally() {
        let normal_ends = |successful, sub| Totals::of_end(1, successful, Some(0), Some(sub)).normal_ends;
        assert_eq!((normal_ends(Some(true), 540_000), normal_ends(Some(true), 560_000)), (1, 1));
        assert_eq!((normal_ends(Some(true), 0), normal_ends(Some(false), 560_000)), (0, 0));
        assert_eq!(normal_ends(None, 560_000), 0);
    }

    #[test]
    fn redirections_are_all_of_3xx() {
        for (sip, redirected) in [(299, 0), (300, 1), (399, 1), (400, 0)] {
            assert_eq!(Totals::of_end(1, None, Some(sip), None).redirected, redirected, "{sip}");
        }
    }

    /// Totals of some rows, all of whose numbers may differ.
    fn totals() -> impl Strategy<Value = Totals> {
        let codes =
            (any::<Option<bool>>(), proptest::option::of(0..700_i32), proptest::option::of(0..600_000_i32));
        let bins = proptest::collection::vec((0..1_000_u16, 0..100_i64), 0..10);
        let numbers = proptest::collection::vec(0..1_000_000_i64, 13);
        (0..1_000_i64, codes, numbers, bins.clone(), bins).prop_map(
            |(rows, (successful, sip, sub), numbers, talk_bins, answer_bins)| Totals {
                calls: numbers[0],
                missed: numbers[1],
                odd: numbers[2],
                disagreeing: numbers[3],
                timed: numbers[4],
                duration_s: numbers[5],
                duration_n: numbers[6],
                talk_ms: numbers[7],
                talk_n: numbers[8],
                answer_ms: numbers[9],
                answer_n: numbers[10],
                held_ms: numbers[11],
                normal_ends: numbers[12],
                talk_bins: talk_bins.into_iter().collect(),
                answer_bins: answer_bins.into_iter().collect(),
                ..Totals::of_end(rows, successful, sip, sub)
            },
        )
    }

    proptest! {
        #[test]
        fn totals_add_up_in_any_order(first in totals(), second in totals(), third in totals()) {
            let sum = |parts: [&Totals; 3]| {
                let mut sum = Totals::default();
                for part in parts {
                    sum.add(part);
                }
                sum
            };
            let all = sum([&first, &second, &third]);
            prop_assert_eq!(&all, &sum([&third, &first, &second]));
            prop_assert_eq!(all.rows, first.rows + second.rows + third.rows);
            prop_assert_eq!(all.held_ms, first.held_ms + second.held_ms + third.held_ms);
            let mut rest = all;
            for part in [&second, &third, &first] {
                rest.subtract(part);
            }
            prop_assert_eq!(rest, Totals::default());
        }

        #[test]
        fn each_row_has_one_class(totals in totals()) {
            prop_assert_eq!(totals.of_classes(|_| true), totals.rows);
            prop_assert_eq!(totals.of_class(Class::Answered), totals.answered);
        }
    }
}
