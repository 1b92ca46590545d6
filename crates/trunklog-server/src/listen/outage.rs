//! A time in which no connection can be accepted, by the runtime's clock.

pub(super) use trunklog_outage::Failure;

pub(super) type Outage = trunklog_outage::Outage<tokio::time::Instant>;
