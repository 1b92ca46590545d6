//! Counts by reason.

use std::collections::BTreeMap;

/// The most reasons that are told apart. Names from files can be in them, so
/// there could be any number.
const MAX_REASONS: usize = 100;

/// Stands for all further reasons.
const OTHER_REASONS: &str = "other reasons, more than can be told apart";

/// How many records there were of each reason. Takes a bounded amount of memory,
/// whatever the reasons.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reasons(BTreeMap<String, u64>);

impl Reasons {
    /// Counts a record.
    pub fn add(&mut self, reason: &str) {
        // Reasons repeat; only the first of each needs its own text.
        if let Some(count) = self.0.get_mut(reason) {
            *count += 1;
        } else if self.0.len() < MAX_REASONS {
            self.0.insert(reason.to_owned(), 1);
        } else {
            *self.0.entry(OTHER_REASONS.to_owned()).or_default() += 1;
        }
    }

    /// How many records a new one of that reason would be counted with.
    pub fn count(&self, reason: &str) -> u64 {
        let is_apart = self.0.contains_key(reason) || self.0.len() < MAX_REASONS;
        self.0.get(if is_apart { reason } else { OTHER_REASONS }).copied().unwrap_or(0)
    }

    /// How many records there were.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// The reasons in their order, each with its count.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(reason, count)| (reason.as_str(), *count))
    }

    /// The counts by reason.
    pub fn into_map(self) -> BTreeMap<String, u64> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_apart_is_bounded() {
        let mut reasons = Reasons::default();
        for number in 0..1_000 {
            reasons.add(&format!("reason {number}"));
            reasons.add("reason 0");
        }
        assert_eq!(reasons.counts().count(), MAX_REASONS + 1);
        assert_eq!(reasons.total(), 2_000);
        assert_eq!((reasons.count("reason 0"), reasons.count("reason 99")), (1_001, 1));
        let others = 1_000 - u64::try_from(MAX_REASONS).unwrap();
        assert_eq!((reasons.count("reason 100"), reasons.count("another")), (others, others));
        assert_eq!(Reasons::default().count("another"), 0);
    }
}
