//! The reports' questions, a file each.
//!
//! Another report is another file here and a line in
//! [`REPORTS`](crate::REPORTS).

mod busy;
mod call;
mod concurrency;
mod counts;
mod destinations;
mod end_reasons;
mod failures;
mod figures;
mod groups;
mod heat_map;
mod kpis;
mod numbers;
mod reasons;
mod scan;
mod seen_days;
mod series;
mod shared;
#[cfg(test)]
mod testing;
mod users;

pub(crate) use busy::of_one_commit;
pub(crate) use call::CALL;
#[cfg(test)]
pub(crate) use call::Role;
pub(crate) use concurrency::CONCURRENCY;
pub(crate) use destinations::DESTINATIONS;
pub(crate) use end_reasons::END_REASONS;
pub(crate) use failures::FAILURES;
pub(crate) use heat_map::HEAT_MAP;
pub(crate) use kpis::KPIS;
pub(crate) use numbers::NUMBERS;
pub(crate) use series::SERIES;
pub(crate) use users::USERS;

/// The notes that answers may have: keys of texts that are sentences.
#[cfg(test)]
pub(crate) const NOTES: &[&str] = &[busy::MIXED_COMMITS, kpis::NO_QUANTILES, call::MORE_LEGS];

#[cfg(test)]
mod tests;
