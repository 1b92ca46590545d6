//! What is done about rows that are past their retention: facts in, a decision
//! out.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_store::OldRows;

const HOUR_TICKS: i64 = Instant::TICKS_PER_HOUR;

/// The longest time for which a store may have been off. A clock that is
/// further ahead of what the store has seen may be a wrong one.
const LONGEST_OFF_TICKS: i64 = 32 * 24 * HOUR_TICKS;

/// How far a clock may be behind what the store has seen to be waited for. It
/// was set back a little, and gets there by itself.
const CATCHING_UP_TICKS: i64 = 24 * HOUR_TICKS;

/// Passes that are no further apart than this are a steady operation, in which
/// what has aged between them is deleted, however much it is. A pass is made
/// every hour; a restart or an operator's word may take some more.
pub(super) const STEADY_TICKS: i64 = 12 * HOUR_TICKS;

/// This many rows may always go.
const USUAL_ROWS: u64 = 1_000;

/// More rows may go if they are no larger a part of the log than this: a tenth.
const USUAL_PART: u64 = 10;

/// What the clock is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// It is where it may be.
    Believed,
    /// A little behind the newest time that the store has seen.
    CatchingUp,
    /// Further behind, or too far ahead.
    Doubted(Why),
}

/// Why a deletion waits for the operator's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Why {
    ClockAhead,
    ClockBehind,
    First,
    Shortened,
    Unusual,
}

/// What was settled about a log when it was last looked at: until when its rows
/// were deleted, and under which retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LastPass {
    pub(super) days: u32,
    pub(super) before: Instant,
}

/// What is known of a log whose old rows are to be deleted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    pub(super) clock: Clock,
    /// The retention.
    pub(super) days: u32,
    /// None for a log of which no row was ever due.
    pub(super) passed: Option<LastPass>,
    /// The rows past their retention.
    pub(super) due: OldRows,
    /// How many of them have not merely aged since the last pass: those older
    /// than [`edge`].
    pub(super) sudden: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// No row is due.
    Nothing,
    /// It is not the time to tell.
    Later,
    Delete,
    Wait(Why),
}

impl Why {
    /// The reason in words.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Why::ClockAhead => "the clock is more than 32 days ahead of what the store has seen",
            Why::ClockBehind => "the clock is behind what the store has seen",
            Why::First => "nothing was deleted of this log before",
            Why::Shortened => "the retention of the log was shortened",
            Why::Unusual => "it is more than a tenth of the log and more than 1,000 rows in one deletion",
        }
    }

    /// Whether a word about such a deletion is one about the clock.
    pub(super) fn is_about_the_clock(self) -> bool {
        matches!(self, Why::ClockAhead | Why::ClockBehind)
    }
}

impl Clock {
    /// Compares the clock with the newest time that a store has seen, if it has
    /// seen any.
    pub(super) fn of(seen: Option<Instant>, now: Instant) -> Clock {
        let Some(seen) = seen else { return Clock::Believed };
        match now.ticks() - seen.ticks() {
            ahead if ahead > LONGEST_OFF_TICKS => Clock::Doubted(Why::ClockAhead),
            ahead if ahead >= 0 => Clock::Believed,
            ahead if ahead >= -CATCHING_UP_TICKS => Clock::CatchingUp,
            _ => Clock::Doubted(Why::ClockBehind),
        }
    }
}

/// Until when rows are due suddenly: those after it have aged since a pass that
/// is not long ago.
pub(super) fn edge(passed: Option<LastPass>, before: Instant) -> Instant {
    match passed {
        Some(passed) if (0..=STEADY_TICKS).contains(&(before.ticks() - passed.before.ticks())) => {
            passed.before
        }
        _ => before,
    }
}

/// Whether the rows that are due are deleted.
pub(super) fn decide(facts: &Facts) -> Decision {
    let Facts { clock, days, passed, due, sudden } = *facts;
    if due.rows == 0 {
        return Decision::Nothing;
    }
    match (clock, passed) {
        (Clock::CatchingUp, _) => Decision::Later,
        (Clock::Doubted(why), _) => Decision::Wait(why),
        (Clock::Believed, None) => Decision::Wait(Why::First),
        (Clock::Believed, Some(passed)) if days < passed.days => Decision::Wait(Why::Shortened),
        (Clock::Believed, Some(_)) if sudden > USUAL_ROWS && sudden > due.of / USUAL_PART => {
            Decision::Wait(Why::Unusual)
        }
        (Clock::Believed, Some(_)) => Decision::Delete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * HOUR_TICKS;

    fn now() -> Instant {
        Instant::parse("2026-11-24T08:15:00Z").unwrap()
    }

    fn off(ticks: i64) -> Instant {
        now().saturating_add_ticks(ticks)
    }

    #[test]
    fn a_clock_is_compared_with_what_the_store_has_seen() {
        use Clock::{Believed, CatchingUp, Doubted};
        for (seen, expected) in [
            (None, Believed),
            (Some(off(0)), Believed),
            (Some(off(-HOUR_TICKS)), Believed),
            // Off for that long.
            (Some(off(-20 * DAY)), Believed),
            (Some(off(-32 * DAY)), Believed),
            (Some(off(-32 * DAY - 1)), Doubted(Why::ClockAhead)),
            (Some(off(-60 * DAY)), Doubted(Why::ClockAhead)),
            (Some(off(-3_650 * DAY)), Doubted(Why::ClockAhead)),
            (Some(Instant::ABSENT), Doubted(Why::ClockAhead)),
            // Set back.
            (Some(off(1)), CatchingUp),
            (Some(off(DAY)), CatchingUp),
            (Some(off(DAY + 1)), Doubted(Why::ClockBehind)),
            (Some(off(3_650 * DAY)), Doubted(Why::ClockBehind)),
            (Some(Instant::MAX), Doubted(Why::ClockBehind)),
        ] {
            assert_eq!(Clock::of(seen, now()), expected, "seen {seen:?}");
        }
    }

    #[test]
    fn only_what_is_usual_is_deleted_without_a_word() {
        use Decision::{Delete, Later, Nothing, Wait};
        const DAYS: u32 = 730;
        let before = off(-i64::from(DAYS) * DAY);
        let settled = |days, ago: i64| Some(LastPass { days, before: before.saturating_add_ticks(-ago) });
        let steady = settled(DAYS, HOUR_TICKS);
        let ahead = Clock::Doubted(Why::ClockAhead);
        let behind = Clock::Doubted(Why::ClockBehind);
        for (what, clock, passed, [rows, of, sudden], expected) in [
            ("nothing is due", Clock::Believed, None, [0, 5_000, 0], Nothing),
            ("nothing is due, whatever the clock says", ahead, steady, [0, 5_000, 0], Nothing),
            ("an hour later", Clock::Believed, steady, [40, 700_000, 0], Delete),
            ("an hour of a log that keeps little", Clock::Believed, steady, [9_000, 10_000, 0], Delete),
            ("the last rows of a log", Clock::Believed, steady, [2_000, 2_000, 0], Delete),
            (
                "a clock that is years ahead",
                ahead,
                steady,
                [700_000, 700_000, 700_000],
                Wait(Why::ClockAhead),
            ),
            ("the same with few rows", ahead, steady, [1, 700_000, 0], Wait(Why::ClockAhead)),
            ("a clock that is years behind", behind, steady, [1, 700_000, 1], Wait(Why::ClockBehind)),
            ("a clock that was set back a little", Clock::CatchingUp, steady, [1, 700_000, 1], Later),
            ("a retention that is new", Clock::Believed, None, [1, 700_000, 1], Wait(Why::First)),
            ("one shorter by a day", Clock::Believed, settled(731, 0), [1, 700_000, 1], Wait(Why::Shortened)),
            ("one that is longer", Clock::Believed, settled(30, 0), [1, 700_000, 1], Delete),
            ("20 days later", Clock::Believed, settled(DAYS, 20 * DAY), [19_000, 700_000, 19_000], Delete),
            ("a tenth", Clock::Believed, settled(DAYS, 20 * DAY), [70_000, 700_000, 70_000], Delete),
            (
                "more than a tenth",
                Clock::Believed,
                settled(DAYS, 20 * DAY),
                [70_001, 700_000, 70_001],
                Wait(Why::Unusual),
            ),
            ("many old rows came", Clock::Believed, steady, [2_040, 9_000, 2_000], Wait(Why::Unusual)),
            ("some old rows came", Clock::Believed, steady, [540, 9_000, 500], Delete),
            ("a small log", Clock::Believed, settled(DAYS, 20 * DAY), [1_000, 1_000, 1_000], Delete),
            (
                "a little more",
                Clock::Believed,
                settled(DAYS, 20 * DAY),
                [1_001, 1_001, 1_001],
                Wait(Why::Unusual),
            ),
        ] {
            let due = OldRows { rows, of, oldest: None };
            let facts = Facts { clock, days: DAYS, passed, due, sudden };
            assert_eq!(decide(&facts), expected, "{what}");
        }
    }

    #[test]
    fn what_aged_since_a_recent_pass_is_not_sudden() {
        let at = |ticks| Some(LastPass { days: 30, before: off(ticks) });
        for (passed, edge_at) in [
            (None, now()),
            (at(0), now()),
            (at(-HOUR_TICKS), off(-HOUR_TICKS)),
            (at(-STEADY_TICKS), off(-STEADY_TICKS)),
            (at(-STEADY_TICKS - 1), now()),
            (at(-20 * DAY), now()),
            // The retention was made longer.
            (at(1), now()),
        ] {
            assert_eq!(edge(passed, now()), edge_at, "{passed:?}");
        }
    }
}
