//! Every night the sums of a day of each tenant are compared with the rows: sums
//! that nobody compares are only believed to be right.

use std::hash::{BuildHasher, RandomState};

use trunklog_errors::with_causes;
use trunklog_odata::Instant;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};
use trunklog_store::Engine;
use trunklog_store::cube::{CheckedDay, check_one_day};

/// The hour of UTC at which a night starts.
const START_HOUR: i64 = 2;

/// In which night it was done last, counted in days from 1970.
#[derive(Debug, Default)]
pub(super) struct Nights {
    last: Option<i64>,
}

impl Nights {
    /// Compares a random day of each tenant and mends what differs, unless that was
    /// done this night. What was missed while no server ran is made up for at the
    /// first time. Ends early when the server does.
    pub(super) fn pass(&mut self, engine: &dyn Engine, now: Instant, is_ending: &dyn Fn() -> bool) {
        if !self.is_due(now) {
            return;
        }
        let tenants = match engine.tenants() {
            Ok(tenants) => tenants,
            Err(error) => {
                let error = with_causes(&error);
                tracing::warn!(%error, "no sums were compared with their rows: the tenants cannot be read");
                return;
            }
        };
        let (mut days, mut sums) = (0_u64, 0_u64);
        for tenant in tenants {
            let store = engine.tenant(tenant);
            for log in LOGS {
                if is_ending() {
                    return;
                }
                match check_one_day(&*store, log, random()) {
                    Ok(None) => {}
                    // Its sums, or those of a day beside it, are still to be made.
                    Ok(Some(checked)) if !checked.check.is_compared => {
                        tracing::info!(
                            %tenant,
                            log = log.name,
                            day = %checked.day.from(),
                            "the sums of a day could not be compared yet; another day is tried tomorrow"
                        );
                    }
                    Ok(Some(checked)) => {
                        days += 1;
                        sums += checked.check.cells;
                        tell(tenant, log, &checked);
                    }
                    Err(error) => {
                        let error = with_causes(&error);
                        tracing::warn!(
                            %tenant,
                            log = log.name,
                            %error,
                            "the sums of a day could not be compared with its rows; another day is tried tomorrow"
                        );
                    }
                }
            }
        }
        if days > 0 {
            tracing::info!(days, sums, "the sums of random days were compared with their rows");
        }
    }

    /// Whether this night comes for the first time.
    fn is_due(&mut self, now: Instant) -> bool {
        let since_start = now.ticks() - START_HOUR * Instant::TICKS_PER_HOUR;
        let night = since_start.div_euclid(Instant::TICKS_PER_DAY);
        self.last.replace(night) != Some(night)
    }
}

/// Says what was different.
fn tell(tenant: TenantId, log: &Log, checked: &CheckedDay) {
    for difference in &checked.check.differences {
        tracing::error!(
            %tenant,
            log = log.name,
            cube = difference.cube,
            day = %checked.day.from(),
            sums = difference.cells,
            mended = checked.check.is_mended,
            "sums of a day were not what its rows add up to: run trunklog check --reports"
        );
    }
}

/// A number that nobody foresees: the hash of nothing, by a new key.
fn random() -> u64 {
    RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests;
