//! The reports' questions, a file each.
//!
//! Another report is another file here and a line in
//! [`REPORTS`](crate::REPORTS).

mod amounts;
mod blocked_users;
mod busy;
mod call;
mod charges;
mod concurrency;
mod counts;
mod destinations;
mod dial_out;
mod distinct;
mod end_reasons;
mod failures;
mod figures;
mod groups;
mod heat_map;
mod kpis;
mod numbers;
mod pstn_calls;
mod reasons;
mod scan;
mod seen_days;
mod series;
mod shared;
mod sms;
#[cfg(test)]
pub(crate) mod testing;
mod users;

pub(crate) use blocked_users::BLOCKED_USERS;
pub(crate) use busy::of_one_commit;
pub(crate) use call::CALL;
#[cfg(test)]
pub(crate) use call::Role;
pub use call::rows_joined;
pub(crate) use concurrency::CONCURRENCY;
pub(crate) use destinations::DESTINATIONS;
pub(crate) use dial_out::DIAL_OUT;
pub(crate) use end_reasons::END_REASONS;
pub(crate) use failures::FAILURES;
pub(crate) use heat_map::HEAT_MAP;
pub(crate) use kpis::KPIS;
pub use kpis::KeyFigures;
pub(crate) use numbers::NUMBERS;
pub(crate) use pstn_calls::PSTN_CALLS;
pub(crate) use series::SERIES;
pub(crate) use sms::SMS;
pub(crate) use users::USERS;

/// The notes that answers may have: keys of texts that are sentences.
#[cfg(test)]
pub(crate) const NOTES: &[&str] = &[
    busy::MIXED_COMMITS,
    kpis::NO_QUANTILES,
    call::MORE_LEGS,
    distinct::NOTES[0],
    distinct::NOTES[1],
    distinct::NOTES[2],
];

#[cfg(test)]
mod tests;
