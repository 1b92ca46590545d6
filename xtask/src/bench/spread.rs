//! A value of each round: its middle and how far it spreads.

/// The values so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    /// Adds the value of a round.
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The value in the middle; of an even number, between the two.
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        match (sorted.get(sorted.len().saturating_sub(1) / 2), sorted.get(sorted.len() / 2)) {
            (Some(low), Some(high)) => f64::midpoint(*low, *high),
            _ => f64::NAN,
        }
    }

    /// The smallest.
    pub(crate) fn min(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::min)
    }

    /// The largest.
    pub(crate) fn max(&self) -> f64 {
        self.0.iter().copied().fold(f64::NAN, f64::max)
    }

    /// This against another, round by round.
    pub(crate) fn against(&self, other: &Spread) -> Spread {
        Spread(self.0.iter().zip(&other.0).map(|(own, other)| own / other).collect())
    }

    /// The median, and from what to what: `3.1 (2.9 to 3.4)`.
    pub(crate) fn text(&self, written: impl Fn(f64) -> String) -> String {
        format!("{} ({} to {})", written(self.median()), written(self.min()), written(self.max()))
    }

    /// The same with two digits after the point.
    pub(crate) fn two_digits(&self) -> String {
        self.text(|value| format!("{value:.2}"))
    }

    /// The same without digits after the point.
    pub(crate) fn whole(&self) -> String {
        self.text(|value| format!("{value:.0}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(values: &[f64]) -> Spread {
        Spread(values.to_vec())
    }

    #[test]
    fn a_spread_has_a_middle_and_two_ends() {
        assert_eq!(spread(&[3.0, 1.0, 2.0]).two_digits(), "2.00 (1.00 to 3.00)");
        assert_eq!(spread(&[4.0, 2.0]).whole(), "3 (2 to 4)");
        assert!(spread(&[]).median().is_nan());
        let ratio = spread(&[2.0, 9.0]).against(&spread(&[1.0, 3.0]));
        assert_eq!(ratio.two_digits(), "2.50 (2.00 to 3.00)");
    }
}
