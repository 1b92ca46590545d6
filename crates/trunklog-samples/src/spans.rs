//! How long things take, in milliseconds.

use super::dice::Dice;

/// The 32-quantiles of a log-normal distribution with a median of 95 s and a
/// sigma of 1.2, in seconds: how long people talk.
const TALK_SECS: [u32; 33] = [
    4, 10, 15, 20, 24, 28, 33, 37, 42, 47, 53, 59, 65, 71, 79, 86, 95, 104, 115, 126, 139, 154, 171, 190,
    213, 241, 275, 319, 378, 462, 599, 888, 3_874,
];

/// The same with a median of 8.5 s and a sigma of 0.55, in milliseconds: how
/// long it rings.
const RING_MS: [u32; 33] = [
    2_365, 3_051, 3_656, 4_117, 4_515, 4_877, 5_218, 5_546, 5_866, 6_181, 6_496, 6_813, 7_134, 7_460, 7_795,
    8_141, 8_500, 8_875, 9_268, 9_685, 10_128, 10_605, 11_122, 11_688, 12_318, 13_028, 13_846, 14_814,
    16_003, 17_549, 19_763, 23_679, 35_050,
];

/// How long a conversation is.
pub(super) fn talk(dice: &mut Dice) -> i64 {
    between_quantiles(&TALK_SECS, 1_000, dice)
}

/// How long it rings until someone answers or gives up.
pub(super) fn ring(dice: &mut Dice) -> i64 {
    between_quantiles(&RING_MS, 1, dice)
}

/// How long someone stays in a meeting.
pub(super) fn meeting(dice: &mut Dice) -> i64 {
    between(120_000, 3_900_000, dice)
}

/// Anything from `least` up to and without `end`.
pub(super) fn between(least: u32, end: u32, dice: &mut Dice) -> i64 {
    i64::from(least + dice.below(end - least))
}

/// How a call that came in goes out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecondLeg {
    Forwarded,
    Transferred,
}

/// How often that happens, of a thousand calls that came in.
const FORWARDED_PERMILLE: u32 = 55;
const TRANSFERRED_PERMILLE: u32 = 45;

/// Draws whether a call that came in goes out again, and how many milliseconds
/// later.
pub(super) fn second_leg(dice: &mut Dice) -> Option<(SecondLeg, i64)> {
    let draw = dice.below(1_000);
    if draw < FORWARDED_PERMILLE {
        Some((SecondLeg::Forwarded, between(200, 1_500, dice)))
    } else if draw < FORWARDED_PERMILLE + TRANSFERRED_PERMILLE {
        Some((SecondLeg::Transferred, between(8_000, 90_000, dice)))
    } else {
        None
    }
}

/// Draws a stretch between two quantiles, all of which are equally likely, and
/// a place on it.
fn between_quantiles(quantiles: &[u32; 33], unit: u32, dice: &mut Dice) -> i64 {
    let at = usize::try_from(dice.below(32)).expect("a number below 32 is an index");
    let [low, high] = [quantiles[at] * unit, quantiles[at + 1] * unit];
    between(low, high, dice)
}
