//! Who failed to sign in of late, so that one who keeps failing costs little.
//! Applications are told by their client id, people by a hash of their name.
//!
//! A wrong secret costs as much as a right one, 30 ms of a processor. An
//! address that failed ten times with a client id is not listened to for the
//! rest of a minute; what it sends meanwhile is refused before it is hashed.
//! Nor is one that failed sixty times with any client ids, made up ones among
//! them. It is not a lock: the same client id from elsewhere is not concerned, nor
//! is a secret that was right a moment ago.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroUsize;

use jiff::{SignedDuration, Timestamp};
use trunklog_bounded::BoundedMap;
use uuid::Uuid;

use crate::network;

/// The most failures of an address with one client id.
const MOST_FAILURES: u32 = 10;
/// The most failures of an address, whatever the client ids: as many hashes as
/// are computed in a second.
const MOST_OF_ADDRESS: u32 = 60;
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
const MAX_ENTRIES: NonZeroUsize = NonZeroUsize::new(4096).expect("4096 is not zero");

/// Who tried to sign in as what, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Attempt {
    tenant: Uuid,
    client_id: Uuid,
    address: IpAddr,
}

impl Attempt {
    pub(crate) fn new(tenant: Uuid, client_id: Uuid, address: IpAddr) -> Attempt {
        Attempt { tenant, client_id, address: network(address) }
    }
}

/// Counts failures.
pub(crate) struct Failures {
    attempts: Counts<Attempt>,
    /// Apart, so that many client ids push no address out.
    addresses: Counts<IpAddr>,
}

impl Default for Failures {
    fn default() -> Failures {
        Failures {
            attempts: Counts::new(MOST_FAILURES, WINDOW),
            addresses: Counts::new(MOST_OF_ADDRESS, WINDOW),
        }
    }
}

impl Failures {
    /// How long an attempt is not listened to; None if it is.
    pub(crate) fn refused_for(&self, attempt: &Attempt, now: Timestamp) -> Option<SignedDuration> {
        self.attempts.refused_for(attempt, now).max(self.addresses.refused_for(&attempt.address, now))
    }

    /// Counts a failure.
    pub(crate) fn count(&self, attempt: Attempt, now: Timestamp) {
        self.attempts.count(attempt, now);
        self.addresses.count(attempt.address, now);
    }
}

/// How often each failed of late.
pub(crate) struct Counts<K> {
    entries: BoundedMap<K, Count>,
    most: u32,
    window: SignedDuration,
}

#[derive(Clone, Copy)]
struct Count {
    failures: u32,
    until: Timestamp,
}

impl<K: Eq + Hash> Counts<K> {
    /// After `most` failures in a window, there is no listening until it ends.
    pub(crate) fn new(most: u32, window: SignedDuration) -> Counts<K> {
        Counts { entries: BoundedMap::new(MAX_ENTRIES), most, window }
    }

    /// How long that one is not listened to; None if it is.
    pub(crate) fn refused_for(&self, key: &K, now: Timestamp) -> Option<SignedDuration> {
        let count = self.entries.get(key).filter(|count| count.failures >= self.most)?;
        let left = count.until.duration_since(now);
        // A clock that was set back must not refuse for ever.
        (left.is_positive() && left <= self.window).then_some(left)
    }

    /// Counts a failure.
    pub(crate) fn count(&self, key: K, now: Timestamp) {
        let until = now.checked_add(self.window).unwrap_or(Timestamp::MAX);
        let fresh = Count { failures: 0, until };
        self.entries.update(key, fresh, |count| {
            if now >= count.until || count.until > until {
                *count = fresh;
            }
            count.failures = count.failures.saturating_add(1);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: Uuid = Uuid::from_u128(1);
    const CLIENT: Uuid = Uuid::from_u128(2);

    fn from(address: &str) -> Attempt {
        Attempt::new(TENANT, CLIENT, address.parse().unwrap())
    }

    fn now() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn who_keeps_failing_is_refused_for_a_while_and_nobody_else() {
        let failures = Failures::default();
        let attempt = from("192.0.2.1");
        for _ in 0..MOST_FAILURES {
            assert_eq!(failures.refused_for(&attempt, now()), None);
            failures.count(attempt, now());
        }
        assert_eq!(failures.refused_for(&attempt, now()), Some(WINDOW));
        assert_eq!(failures.refused_for(&from("::ffff:192.0.2.1"), now()), Some(WINDOW));
        assert_eq!(failures.refused_for(&from("192.0.2.2"), now()), None);
        let other_client = Attempt::new(TENANT, TENANT, "192.0.2.1".parse().unwrap());
        assert_eq!(failures.refused_for(&other_client, now()), None);

        let later = now() + WINDOW;
        assert_eq!(failures.refused_for(&attempt, later), None);
        failures.count(attempt, later);
        assert_eq!(failures.refused_for(&attempt, later), None);
    }

    #[test]
    fn a_whole_network_of_ipv6_counts_as_one() {
        let failures = Failures::default();
        for host in 0..MOST_FAILURES {
            failures.count(from(&format!("2001:db8::{host:x}:1")), now());
        }
        assert!(failures.refused_for(&from("2001:db8::9999"), now()).is_some());
        assert!(failures.refused_for(&from("2001:db8:0:1::1"), now()).is_none());
    }

    #[test]
    fn a_clock_that_is_set_back_refuses_nobody_for_long() {
        let failures = Failures::default();
        let attempt = from("192.0.2.1");
        for _ in 0..MOST_FAILURES {
            failures.count(attempt, now());
        }
        let earlier = now() - SignedDuration::from_hours(24);
        assert_eq!(failures.refused_for(&attempt, earlier), None);
        failures.count(attempt, earlier);
        assert_eq!(failures.refused_for(&attempt, earlier), None);
    }

    #[test]
    fn memory_is_bounded() {
        let failures = Failures::default();
        for number in 0..3 * MAX_ENTRIES.get() {
            let client = Uuid::from_u128(number as u128);
            let address = IpAddr::from(u32::try_from(number).unwrap().to_be_bytes());
            failures.count(Attempt::new(TENANT, client, address), now());
            assert!(failures.attempts.entries.len() <= MAX_ENTRIES.get());
            assert!(failures.addresses.entries.len() <= MAX_ENTRIES.get());
        }
    }

    #[test]
    fn a_flood_of_client_ids_does_not_help_who_is_refused() {
        let failures = Failures::default();
        let attempt = from("192.0.2.1");
        for _ in 0..MOST_FAILURES {
            failures.count(attempt, now());
        }
        for number in 0..3 * MAX_ENTRIES.get() {
            assert_eq!(failures.refused_for(&attempt, now()), Some(WINDOW), "{number}");
            let client = Uuid::from_u128(1_000 + number as u128);
            failures.count(Attempt::new(TENANT, client, "192.0.2.9".parse().unwrap()), now());
        }
    }

    #[test]
    fn new_client_ids_do_not_help_an_address() {
        let failures = Failures::default();
        let attempt = |number: u32, address: &str| {
            Attempt::new(TENANT, Uuid::from_u128(u128::from(number)), address.parse().unwrap())
        };
        for number in 0..MOST_OF_ADDRESS {
            assert_eq!(failures.refused_for(&attempt(number, "192.0.2.1"), now()), None, "{number}");
            failures.count(attempt(number, "192.0.2.1"), now());
        }
        assert_eq!(failures.refused_for(&attempt(1_000, "192.0.2.1"), now()), Some(WINDOW));
        assert_eq!(failures.refused_for(&attempt(1_000, "192.0.2.2"), now()), None);
        assert_eq!(failures.refused_for(&attempt(1_000, "192.0.2.1"), now() + WINDOW), None);
    }
}
