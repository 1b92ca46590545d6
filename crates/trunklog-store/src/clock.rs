//! What time it is, for what a store keeps for a time only.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use trunklog_odata::Instant;

/// Tells the time. An engine gets one when it is opened, so that tests can let
/// days pass.
///
/// It may be set back: commits are in the order of their numbers, never of their
/// times.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_store::Clock;
///
/// let noon = Instant::parse("2026-11-30T12:00:00Z").unwrap();
/// let stopped = Clock::of(move || noon);
/// assert_eq!(stopped.now(), noon);
/// assert!(Clock::system().now() > Instant::ABSENT);
/// ```
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The system's clock.
    pub fn system() -> Clock {
        Clock::of(|| {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            i64::try_from(since.as_nanos() / 100)
                .ok()
                .and_then(|ticks| Instant::from_ticks(ticks).ok())
                .unwrap_or(Instant::MAX)
        })
    }

    /// A clock that asks `now`.
    pub fn of(now: impl Fn() -> Instant + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(now))
    }

    /// The time.
    pub fn now(&self) -> Instant {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
