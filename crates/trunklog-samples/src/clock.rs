//! Instants with all the digits that Graph sends.

use super::dice::Dice;
use super::{SyntheticOptions, TICKS_PER_MS};

/// Puts digits after milliseconds; what comes out stays in order and in range.
#[derive(Debug)]
pub(super) struct Clock {
    last: i64,
    end: i64,
}

impl Clock {
    pub(super) fn new(options: &SyntheticOptions) -> Clock {
        Clock { last: i64::MIN, end: options.to.ticks() }
    }

    /// Units of 100 ns since 1970, from milliseconds that come in order.
    pub(super) fn ticks(&mut self, ms: i64, dice: &mut Dice) -> i64 {
        let ticks = ms * TICKS_PER_MS + i64::from(dice.below(10_000));
        // The end may be within a millisecond.
        self.last = ticks.min(self.end - 1).max(self.last);
        self.last
    }
}
