//! The key figures of busy channels.

use super::{Kpi, Value, count, kpi, mean};
use crate::erlang::channels_needed;

/// What is known of the channels that calls occupied in a range of time.
///
/// A channel is *occupied* from a call's invite, or else its start, until its end
/// or failure, and *talking* from start to end of an answered call. Ends come
/// before starts at the same instant. Odd rows occupy nothing; calls that began
/// before the range and last into it count.
///
/// ```
/// use trunklog_reports::kpi::{BUSY_KPIS, BusyTotals};
///
/// let hour = BusyTotals {
///     peak: 14,
///     talking_peak: 12,
///     occupied_ms: 36_000_000,
///     range_ms: 3_600_000,
///     busy_hour_erlangs: 10.0,
///     sessions: 200,
/// };
/// let told: Vec<_> = BUSY_KPIS.iter().map(|kpi| kpi.of(&hour).value.unwrap()).collect();
/// assert_eq!(told, [14.0, 12.0, 10.0, 10.0, 18.0, 21.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BusyTotals {
    /// The most channels that were occupied at once.
    pub peak: i64,
    /// The most channels that were talking at once.
    pub talking_peak: i64,
    /// For how long channels were occupied within the range, all together.
    pub occupied_ms: i64,
    /// How long the range is.
    pub range_ms: i64,
    /// The traffic of the hour with the most, in the reader's zone.
    pub busy_hour_erlangs: f64,
    /// Over how many calls this was counted.
    pub sessions: i64,
}

/// What follows from them.
///
/// ```
/// use trunklog_reports::kpi::{BUSY_KPIS, BusyTotals};
///
/// let traffic = BUSY_KPIS.iter().find(|kpi| kpi.definition.key == "traffic").unwrap();
/// let half_an_hour = BusyTotals { occupied_ms: 1_800_000, range_ms: 3_600_000, ..BusyTotals::default() };
/// assert_eq!(traffic.of(&half_an_hour).value, Some(0.5));
/// ```
#[rustfmt::skip]
pub static BUSY_KPIS: &[Kpi<BusyTotals>] = &[
    kpi!("occupiedChannels",       Channels, None,                |of: &BusyTotals| count(of.peak, of.sessions)),
    kpi!("talkingChannels",        Channels, None,                |of: &BusyTotals| count(of.talking_peak, of.sessions)),
    kpi!("traffic",                Erlangs,  Some("ITU-T E.600"), |of: &BusyTotals| Value { n: of.sessions, ..mean(of.occupied_ms, 1, of.range_ms) }),
    kpi!("busyHourTraffic",        Erlangs,  Some("ITU-T E.600"), |of: &BusyTotals| Value { value: Some(of.busy_hour_erlangs), n: of.sessions }),
    kpi!("channelsForOnePercent",  Channels, Some("ITU-T E.520"), |of: &BusyTotals| channels(of, 0.01)),
    kpi!("channelsForOnePerMille", Channels, Some("ITU-T E.520"), |of: &BusyTotals| channels(of, 0.001)),
];

/// How many channels the busy hour needs when a share of `blocked` calls may
/// find all of them busy.
fn channels(of: &BusyTotals, blocked: f64) -> Value {
    Value { value: channels_needed(of.busy_hour_erlangs, blocked).map(f64::from), n: of.sessions }
}
