//! Chance that is the same in every run.

/// A stream of numbers that depends on its seed alone (`SplitMix64`).
///
/// ```
/// use trunklog_store_kit::Dice;
///
/// assert_eq!(Dice(7).below(1_000), Dice(7).below(1_000));
/// ```
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// A number from 0 to `end - 1`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        usize::try_from(bits % end as u64).expect("it is below a number of that width")
    }

    /// A number from `from` to before `end`.
    pub fn between(&mut self, from: i64, end: i64) -> i64 {
        let width = usize::try_from(end - from).expect("the end is after the start");
        from + i64::try_from(self.below(width)).expect("it is below a number of that width")
    }

    /// One of the items.
    pub fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// True in that many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}
