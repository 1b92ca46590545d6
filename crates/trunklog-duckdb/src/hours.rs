//! The hours of UTC, by which the store tells what changed.

use trunklog_store::BUCKET_TICKS;

/// The number of the hour that holds an instant, in units of 100 ns.
pub(crate) fn hour_of(ticks: i64) -> i64 {
    ticks.div_euclid(BUCKET_TICKS)
}

/// When an hour starts, in units of 100 ns.
pub(crate) fn start_of_hour(hour: i64) -> i64 {
    hour.saturating_mul(BUCKET_TICKS)
}

/// [`hour_of`] as SQL, where division rounds toward zero.
pub(crate) fn hour_in_sql(ticks: &str) -> String {
    format!("(({ticks} - (({ticks} % {BUCKET_TICKS}) + {BUCKET_TICKS}) % {BUCKET_TICKS}) // {BUCKET_TICKS})")
}
