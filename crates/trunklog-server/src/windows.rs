//! How often something was asked for of late.

use std::hash::Hash;
use std::num::NonZeroUsize;

use jiff::{SignedDuration, Timestamp};
use trunklog_bounded::BoundedMap;

/// Windows of time that are kept at a time. Each starts with what it counts first, and
/// ends whatever comes in it.
pub(crate) struct Windows<K>(BoundedMap<K, Window>);

/// What came in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counted {
    /// How much it was, with what was counted last.
    pub(crate) count: u32,
    /// Whole seconds until the window ends, rounded up.
    pub(crate) seconds_left: u32,
}

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

    /// Counts one more in the window of a key.
    pub(crate) fn count(&self, key: K, now: Timestamp, length: SignedDuration) -> Counted {
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
        Counted { count: window.count, seconds_left: seconds_left(window, now, length) }
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

fn seconds_left(window: Window, now: Timestamp, length: SignedDuration) -> u32 {
    let left = length - now.duration_since(window.begun);
    let seconds = left.as_secs() + i64::from(left.subsec_nanos() > 0);
    u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
}
