//! What the server does for its store from time to time: it deletes what is
//! too old, and tidies.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant as Moment, SystemTime};

use trunklog_odata::Instant;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, Retention};
use trunklog_store::Engine;

use crate::time;

/// How often the store is looked after.
const PAUSE: Duration = Duration::from_hours(1);

/// The pause before the first time, in which a machine that has just started
/// gets the right time.
const FIRST_PAUSE: Duration = Duration::from_mins(5);

/// How far the clock may be off what passed during a pause.
const MOST_OFF: Duration = Duration::from_mins(1);

/// Looks after the store until the other end of the channel is gone.
///
/// What was deleted is gone, so a clock that was set meanwhile is believed only
/// after it ran evenly for a whole pause: somebody may set it right again.
pub(super) fn look_after(engine: &dyn Engine, deletion: Retention, ends: &Receiver<()>) {
    let mut pause = FIRST_PAUSE;
    let mut before = Times::now();
    while ends.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        if before.agree_with(Times::now()) {
            delete_old(engine, deletion, time::now());
        } else if deletion != Retention::default() {
            tracing::warn!(
                "the clock was set or stood still; no row is deleted for an hour, lest it is wrong"
            );
        }
        if let Err(error) = engine.tidy() {
            tracing::warn!(%error, "the store could not be tidied, it is tried again in an hour");
        }
        pause = PAUSE;
        before = Times::now();
    }
}

/// What the clock says, and a moment by which the passing of time is told
/// whatever the clock is set to.
#[derive(Debug, Clone, Copy)]
struct Times {
    clock: SystemTime,
    moment: Moment,
}

impl Times {
    fn now() -> Times {
        Times { clock: SystemTime::now(), moment: Moment::now() }
    }

    /// Whether as much time passed until `later` by the clock as really did.
    fn agree_with(self, later: Times) -> bool {
        let passed = later.moment.saturating_duration_since(self.moment);
        let Some(expected) = self.clock.checked_add(passed) else { return false };
        let off = later.clock.duration_since(expected).unwrap_or_else(|behind| behind.duration());
        off <= MOST_OFF
    }
}

/// Deletes the rows of all tenants that are older than a log's retention.
fn delete_old(engine: &dyn Engine, deletion: Retention, now: Instant) {
    for log in LOGS {
        let Some(before) = deletion.earliest(log, now) else { continue };
        match delete_before(engine, log, before) {
            Ok(0) => {}
            Ok(rows) => {
                tracing::info!(log = log.name, rows, %before, "rows past their retention were deleted");
            }
            Err(error) => {
                tracing::warn!(log = log.name, %error, "old rows are left, it is tried again in an hour");
            }
        }
    }
}

/// Gives the number of deleted rows, or the last error; what fails for one
/// tenant does not keep the others' rows.
fn delete_before(engine: &dyn Engine, log: &'static Log, before: Instant) -> trunklog_store::Result<u64> {
    let mut outcome = Ok(0);
    for tenant in engine.tenants()? {
        match engine.tenant(tenant).forget(log, before) {
            Ok(rows) => outcome = outcome.map(|deleted| deleted + rows),
            Err(error) => outcome = Err(error),
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use trunklog_duckdb::{DuckDbEngine, Options};
    use trunklog_records::TimeRange;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};
    use trunklog_store::Selection;
    use trunklog_testkit::{append, call_row};

    use super::*;

    #[test]
    fn only_rows_older_than_the_retention_of_their_log_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let engine = DuckDbEngine::open(&folder.path().join("trunklog.duckdb"), Options::default()).unwrap();
        let tenants = ["7e570000-0000-4000-8000-000000000001", "7e570000-0000-4000-8000-000000000002"]
            .map(|tenant| tenant.parse().unwrap());
        let calls = [
            call_row(1, "2026-01-01T00:00:00Z"),
            call_row(2, "2026-10-25T08:14:59.9999999Z"),
            call_row(3, "2026-10-25T08:15:00Z"),
            call_row(4, "2026-11-24T08:00:00Z"),
        ];
        let old = [r#"{"id":"p","callId":"1","startDateTime":"2020-01-01T00:00:00Z"}"#];
        for tenant in tenants {
            append(&engine, tenant, &DIRECT_ROUTING_CALLS, &calls);
            append(&engine, tenant, &PSTN_CALLS, &old);
        }
        let left = |log: &'static Log| {
            tenants.map(|tenant| {
                engine.tenant(tenant).count(&Selection::all(log, TimeRange::ALL), None).unwrap()
            })
        };
        let now = Instant::parse("2026-11-24T08:15:00Z").unwrap();
        delete_old(&engine, Retention::default(), now);
        assert_eq!((left(&DIRECT_ROUTING_CALLS), left(&PSTN_CALLS)), ([4, 4], [1, 1]));
        let retention = Retention::default().with(&DIRECT_ROUTING_CALLS, Some(30));
        // A clock that is behind keeps more.
        for now in ["1970-01-01T00:00:00Z", "2020-01-01T00:00:00Z"] {
            delete_old(&engine, retention, Instant::parse(now).unwrap());
            assert_eq!(left(&DIRECT_ROUTING_CALLS), [4, 4]);
        }
        for _ in 0..2 {
            delete_old(&engine, retention, now);
            assert_eq!((left(&DIRECT_ROUTING_CALLS), left(&PSTN_CALLS)), ([2, 2], [1, 1]));
        }
    }

    #[test]
    fn a_clock_that_was_set_is_noticed() {
        let hour = Duration::from_hours(1);
        let before = Times::now();
        let after = |clock: SystemTime| Times { clock, moment: before.moment + hour };
        let right = before.clock + hour;
        for off in [Duration::ZERO, Duration::from_secs(59)] {
            assert!(before.agree_with(after(right + off)), "{off:?} ahead");
            assert!(before.agree_with(after(right - off)), "{off:?} behind");
        }
        for off in [Duration::from_secs(61), 24 * hour, 365 * 24 * hour] {
            assert!(!before.agree_with(after(right + off)), "{off:?} ahead");
            assert!(!before.agree_with(after(right - off)), "{off:?} behind");
        }
    }
}
