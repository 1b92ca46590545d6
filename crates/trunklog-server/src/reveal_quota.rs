//! How many masked numbers a person may have shown within an hour.
//!
//! A number is shown for a reason, one at a time. Without a bound, who has the right to
//! that could have all of them shown, one after the other, by a program.

use std::num::NonZeroUsize;

use jiff::{SignedDuration, Timestamp};

use crate::windows::{RetryAfter, Windows};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// People whose hours are kept at a time; only who may have numbers shown has one.
const MOST_PEOPLE: NonZeroUsize = NonZeroUsize::new(10_000).expect("10,000 is not zero");

/// What people had shown within their hours.
pub(crate) struct RevealQuota {
    most: u32,
    hours: Windows<String>,
}

impl RevealQuota {
    /// So many numbers within an hour.
    pub(crate) fn new(most: u32) -> RevealQuota {
        RevealQuota { most, hours: Windows::new(MOST_PEOPLE) }
    }

    /// How many a person may have shown within an hour.
    pub(crate) fn most(&self) -> u32 {
        self.most
    }

    /// Counts a number that a person is about to see, in whichever tenant.
    ///
    /// # Errors
    /// When it is one too many: how long the hour goes on.
    pub(crate) fn take(&self, person: &str, now: Timestamp) -> Result<(), RetryAfter> {
        self.hours.admit(person.to_owned(), self.most, now, HOUR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_has_an_hour_of_ones_own() {
        let quota = RevealQuota::new(2);
        let start: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let take = |person: &str, minutes| quota.take(person, start + SignedDuration::from_mins(minutes));
        assert_eq!([take("anna", 0), take("anna", 10)], [Ok(()), Ok(())]);
        assert_eq!(take("anna", 20), Err(RetryAfter(2_400)));
        assert_eq!(take("ben", 20), Ok(()));
        assert_eq!(take("anna", 59), Err(RetryAfter(60)));
        assert_eq!(take("anna", 60), Ok(()));
    }
}
