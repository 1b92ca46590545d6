//! What the time is, injected so that tests can say so.

use std::sync::Arc;

use jiff::Timestamp;

/// Tells the time. Everything in this crate that depends on the time asks one.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The clock of the machine.
pub fn system_clock() -> Clock {
    Arc::new(Timestamp::now)
}
