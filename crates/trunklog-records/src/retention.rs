//! How long rows can be read.

use std::collections::BTreeMap;

use trunklog_odata::Instant;

use crate::schema::{DIRECT_ROUTING_CALLS, LOG_COUNT, LOGS, Log, PSTN_CALLS};
use crate::tenant::TenantId;

/// How many days back each log can be read. Unlimited unless set.
///
/// ```
/// use trunklog_records::Retention;
/// use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
///
/// let retention = Retention::default().with(&SMS, Some(30));
/// assert_eq!((retention.days(&SMS), retention.days(&DIRECT_ROUTING_CALLS)), (Some(30), None));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// In the order of [`LOGS`].
    days: [Option<u32>; LOG_COUNT],
}

impl Retention {
    /// What Microsoft documents for Graph's reports, in days. The other logs
    /// have no documented figure.
    ///
    /// Source: learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report.
    ///
    /// ```
    /// use trunklog_records::Retention;
    /// use trunklog_records::schema::PSTN_CALLS;
    ///
    /// assert_eq!(Retention::microsoft().days(&PSTN_CALLS), Some(365));
    /// ```
    pub fn microsoft() -> Retention {
        Retention::default().with(&DIRECT_ROUTING_CALLS, Some(150)).with(&PSTN_CALLS, Some(365))
    }

    /// The same with other days for one log; None for no limit.
    ///
    /// ```
    /// use trunklog_records::Retention;
    /// use trunklog_records::schema::PSTN_CALLS;
    ///
    /// let unlimited = Retention::microsoft().with(&PSTN_CALLS, None);
    /// assert_eq!(unlimited.days(&PSTN_CALLS), None);
    /// ```
    #[must_use]
    pub fn with(mut self, log: &Log, days: Option<u32>) -> Retention {
        self.days[place(log)] = days;
        self
    }

    /// How many days back a log can be read; None when there is no limit.
    pub fn days(&self, log: &Log) -> Option<u32> {
        self.days[place(log)]
    }

    /// The first instant whose rows are shown; None when there is no limit.
    /// What is computed from another log is no older than that log's rows.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::Retention;
    /// use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
    ///
    /// let day = |day| Instant::from_date(2026, 11, day).unwrap();
    /// let week = Retention::default().with(&PSTN_CALLS, Some(7));
    /// assert_eq!(week.shown_since(&PSTN_ONLINE_MEETING_DIALOUT, day(10)), Some(day(3)));
    /// ```
    pub fn shown_since(&self, log: &Log, now: Instant) -> Option<Instant> {
        let source = log.summary().and_then(|summary| self.earliest(summary.of, now));
        self.earliest(log, now).max(source)
    }

    /// The first instant whose rows a log keeps; None when there is no limit.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::Retention;
    /// use trunklog_records::schema::SMS;
    ///
    /// let day = |day| Instant::from_date(2026, 11, day).unwrap();
    /// let week = Retention::default().with(&SMS, Some(7));
    /// assert_eq!(week.earliest(&SMS, day(10)), Some(day(3)));
    /// ```
    pub fn earliest(&self, log: &Log, now: Instant) -> Option<Instant> {
        let ticks = i64::from(self.days(log)?).saturating_mul(Instant::TICKS_PER_DAY);
        Some(now.saturating_add_ticks(-ticks))
    }
}

/// How many days back logs can be read, tenant by tenant.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_records::{Retention, Retentions, TenantId};
///
/// let (own, other): (TenantId, TenantId) = (
///     "11111111-2222-3333-4444-555555555555".parse()?,
///     "66666666-7777-8888-9999-000000000000".parse()?,
/// );
/// let mut retentions = Retentions::from(Retention::default().with(&SMS, Some(30)));
/// retentions.tenants.insert(own, Retention::default());
/// assert_eq!((retentions.of(own).days(&SMS), retentions.of(other).days(&SMS)), (None, Some(30)));
/// # Ok::<(), trunklog_records::TenantIdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retentions {
    /// Holds for every tenant that is not listed.
    pub others: Retention,
    /// Tenants with their own.
    pub tenants: BTreeMap<TenantId, Retention>,
}

impl Retentions {
    /// That of a tenant.
    pub fn of(&self, tenant: TenantId) -> Retention {
        self.tenants.get(&tenant).copied().unwrap_or(self.others)
    }

    /// Whether any log of any tenant has a limit.
    pub fn is_limited(&self) -> bool {
        let unlimited = Retention::default();
        self.others != unlimited || self.tenants.values().any(|own| *own != unlimited)
    }
}

impl From<Retention> for Retentions {
    fn from(others: Retention) -> Retentions {
        Retentions { others, tenants: BTreeMap::new() }
    }
}

fn place(log: &Log) -> usize {
    LOGS.iter().position(|candidate| candidate.name == log.name).expect("LOGS has every log")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{PSTN_ONLINE_MEETING_DIALOUT, SMS};

    #[test]
    fn microsofts_figures_are_days_before_now() {
        let now = Instant::parse("2026-11-24T08:15:00Z").unwrap();
        let retention = Retention::microsoft();
        let earliest = |log| retention.earliest(log, now).map(|instant| instant.to_string());
        assert_eq!(earliest(&DIRECT_ROUTING_CALLS).as_deref(), Some("2026-06-27T08:15:00Z"));
        assert_eq!(earliest(&PSTN_CALLS).as_deref(), Some("2025-11-24T08:15:00Z"));
        assert_eq!(earliest(&SMS), None);
    }

    #[test]
    fn a_report_shows_no_older_calls_than_their_log() {
        let now = Instant::parse("2026-11-24T08:15:00Z").unwrap();
        let report = &PSTN_ONLINE_MEETING_DIALOUT;
        let year = Retention::microsoft();
        assert_eq!(year.shown_since(report, now), year.earliest(&PSTN_CALLS, now));
        assert_eq!(year.earliest(report, now), None);
        let week = year.with(report, Some(7));
        assert_eq!(week.shown_since(report, now), week.earliest(report, now));
        assert_eq!(Retention::default().shown_since(report, now), None);
    }

    #[test]
    fn each_log_has_days_of_its_own() {
        for log in LOGS {
            let retention = Retention::default().with(log, Some(7));
            for other in LOGS {
                assert_eq!(retention.days(other).is_some(), other == log, "{} in {}", other.name, log.name);
            }
            assert_eq!(retention.with(log, None), Retention::default());
        }
    }

    #[test]
    fn the_longest_time_reaches_back_to_the_begin_of_the_calendar() {
        let retention = Retention::default().with(&SMS, Some(u32::MAX));
        assert_eq!(retention.earliest(&SMS, Instant::MAX), Some(Instant::ABSENT));
    }
}
