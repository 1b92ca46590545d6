//! How often something was asked for of late.

use std::hash::Hash;
use std::num::NonZeroUsize;

use jiff::{SignedDuration, Timestamp};
use trunklog_bounded::BoundedMap;

/// Windows of time that are kept at a time. Each starts with what it counts first, and
/// ends whatever comes in it.
pub(crate) struct Windows<K>(BoundedMap<K, Window>);

/// How many seconds a client has to wait; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RetryAfter(pub(crate) u32);

#[derive(Debug, Clone, Copy)]
struct Window {
    begun: Timestamp,
    count: u32,
}

impl<K: Eq + Hash + Clone> Windows<K> {
    /// At most so many windows.
    pub(crate) fn new(most: NonZeroUsize) -> Windows<K> {
        Windows(BoundedMap::new(most))
    }

    /// Counts one more in the window of a key, in which there may be so many.
    ///
    /// # Errors
    /// When it is one too many: how long the window goes on.
    pub(crate) fn admit(
        &self,
        key: K,
        most: u32,
        now: Timestamp,
        length: SignedDuration,
    ) -> Result<(), RetryAfter> {
        let fresh = Window { begun: now, count: 0 };
        // Who is refused counts most, so no flood of others lets him in again.
        let worth = |window: &Window| is_open(*window, now, length).then_some((window.count, window.begun));
        let window = self.0.update_by_worth(key, fresh, worth, |window| {
            if !is_open(*window, now, length) {
                *window = fresh;
            }
            window.count = window.count.saturating_add(1);
            *window
        });
        if window.count <= most { Ok(()) } else { Err(RetryAfter(seconds_left(window, now, length))) }
    }

    /// How many windows there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Whether `now` is in the window. A clock that was set back ends it.
fn is_open(window: Window, now: Timestamp, length: SignedDuration) -> bool {
    let age = now.duration_since(window.begun);
    age >= SignedDuration::ZERO && age < length
}

/// Whole seconds until the window ends, rounded up.
fn seconds_left(window: Window, now: Timestamp, length: SignedDuration) -> u32 {
    let left = length - now.duration_since(window.begun);
    let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
    u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
}
