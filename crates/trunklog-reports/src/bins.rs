//! Counts by bin, and the quantiles that follow from them.

use std::collections::BTreeMap;

use trunklog_store::{bin_of, values_of_bin};

/// How many values are in each of the store's bins ([`bin_of`]).
///
/// Counts add up and can be taken away again, so that cubes and rows tell the
/// same quantiles. A count below zero is a part of a sum that is yet to come.
///
/// ```
/// use trunklog_reports::Bins;
///
/// let mut millis = Bins::default();
/// millis.add_value(1_000, 19);
/// millis.add_value(60_000, 1);
/// assert_eq!(millis.total(), 20);
/// let (half, almost_all, all) = (millis.quantile(500), millis.quantile(950), millis.quantile(1_000));
/// assert_eq!(half, almost_all);
/// assert!((980..=1_020).contains(&half.unwrap()));
/// assert!((58_800..=61_200).contains(&all.unwrap()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bins {
    /// Without those of zero, so that equal counts are equal bins.
    counts: BTreeMap<u16, i64>,
}

impl Bins {
    /// Counts `n` more values of a bin; fewer when `n` is below 0.
    pub fn add(&mut self, bin: u16, n: i64) {
        let count = self.counts.entry(bin).or_default();
        *count += n;
        if *count == 0 {
            self.counts.remove(&bin);
        }
    }

    /// Counts a value `n` times. One below 0 has no bin and is skipped.
    pub fn add_value(&mut self, value: i64, n: i64) {
        if let Some(bin) = bin_of(value) {
            self.add(bin, n);
        }
    }

    /// Counts all that others count.
    ///
    /// ```
    /// use trunklog_reports::Bins;
    ///
    /// let some = Bins::from_iter([(7, 2), (9, 1)]);
    /// let mut all = some.clone();
    /// all.add_all(&some);
    /// assert!(all.counts().eq([(7, 4), (9, 2)]));
    /// all.subtract_all(&some);
    /// assert_eq!(all, some);
    /// ```
    pub fn add_all(&mut self, others: &Bins) {
        for (bin, n) in others.counts() {
            self.add(bin, n);
        }
    }

    /// No longer counts what others count.
    pub fn subtract_all(&mut self, others: &Bins) {
        for (bin, n) in others.counts() {
            self.add(bin, -n);
        }
    }

    /// The counts by number of bin, ascending, without those of zero.
    pub fn counts(&self) -> impl Iterator<Item = (u16, i64)> + '_ {
        self.counts.iter().map(|(bin, n)| (*bin, *n))
    }

    /// How many values there are.
    pub fn total(&self) -> i64 {
        self.counts.values().sum()
    }

    /// The value that `per_mille` thousandths of all `n` values do not exceed:
    /// that of rank `n * per_mille / 1000`, rounded up, at least the first. None
    /// without values, or when `per_mille` is above 1,000.
    ///
    /// What is told is the middle of the bin that holds this value, rounded
    /// down. Its distance from the value is at most half the bin's width: 2 % of
    /// the value and a half. Values up to [`EXACT_BINS`](trunklog_store::EXACT_BINS)
    /// are exact.
    ///
    /// ```
    /// use trunklog_reports::Bins;
    ///
    /// let tens = Bins::from_iter([(10, 1), (20, 1), (30, 1)]);
    /// assert_eq!([0, 333, 334, 667, 1_000].map(|p| tens.quantile(p).unwrap()), [10, 10, 20, 30, 30]);
    /// assert_eq!((tens.quantile(1_001), Bins::default().quantile(500)), (None, None));
    /// ```
    pub fn quantile(&self, per_mille: u16) -> Option<i64> {
        let n = self.total();
        if n <= 0 || per_mille > 1_000 {
            return None;
        }
        let rank = (i128::from(n) * i128::from(per_mille) + 999) / 1_000;
        let mut passed = 0;
        for (bin, count) in self.counts() {
            passed += i128::from(count);
            if passed >= rank.max(1) {
                let (from, until) = values_of_bin(bin);
                return Some(from + (until - from) / 2);
            }
        }
        None
    }
}

impl FromIterator<(u16, i64)> for Bins {
    fn from_iter<T: IntoIterator<Item = (u16, i64)>>(counts: T) -> Bins {
        let mut bins = Bins::default();
        for (bin, n) in counts {
            bins.add(bin, n);
        }
        bins
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The longest time that is no odd value.
    const DAY_MS: i64 = 86_400_000;

    #[test]
    fn what_is_taken_away_leaves_nothing() {
        let mut bins = Bins::default();
        bins.add_value(-1, 5);
        assert_eq!(bins, Bins::default());
        bins.add_value(DAY_MS, 5);
        bins.add_value(DAY_MS, -5);
        assert_eq!((bins.clone(), bins.total(), bins.quantile(500)), (Bins::default(), 0, None));
        bins.add_value(1, -1);
        assert_eq!(bins.quantile(500), None);
    }

    #[test]
    fn huge_counts_have_quantiles() {
        let bins = Bins::from_iter([(10, i64::MAX / 2), (20, i64::MAX / 2)]);
        assert_eq!((bins.quantile(500), bins.quantile(501)), (Some(10), Some(20)));
    }

    proptest! {
        #[test]
        fn quantiles_are_as_near_as_promised(
            mut values in proptest::collection::vec(0..=DAY_MS, 1..200),
            per_mille in 0..=1_000_u16,
        ) {
            let mut bins = Bins::default();
            for value in &values {
                bins.add_value(*value, 1);
            }
            values.sort_unstable();
            let rank = (values.len() * usize::from(per_mille)).div_ceil(1_000).max(1);
            let exact = values[rank - 1];
            let told = bins.quantile(per_mille).unwrap();
            // In fiftieths, so that nothing is rounded here.
            prop_assert!(((told - exact) * 50).abs() <= exact + 25, "{told} for {exact}");
        }

        #[test]
        fn sums_of_parts_are_the_whole(
            first in proptest::collection::vec((0..2_000_u16, -50..50_i64), 0..40),
            second in proptest::collection::vec((0..2_000_u16, -50..50_i64), 0..40),
        ) {
            let whole: Bins = first.iter().chain(&second).copied().collect();
            let (first, second): (Bins, Bins) = (first.into_iter().collect(), second.into_iter().collect());
            let mut sum = first.clone();
            sum.add_all(&second);
            prop_assert_eq!(&sum, &whole);
            sum.subtract_all(&second);
            prop_assert_eq!(sum, first);
        }
    }
}
