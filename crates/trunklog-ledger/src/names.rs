//! The names of the states.
//!
//! `ledger/<tenant>/head/<kind>/<name>/<log>` has how a source stands, and
//! `ledger/<tenant>/day/<kind>/<name>/<log>/<date>` the hours of a day.

use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};

use crate::delivery::Origin;
use crate::source::SourceName;

/// Stands for a log that nobody knows. No log is called so.
const ANY: &str = "any";

/// How long a date is: `2026-11-30`.
const DATE: usize = 10;

/// What a state is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) source: SourceName,
    pub(crate) log: Option<&'static Log>,
    /// The first instant of the day, of one that has hours.
    pub(crate) day: Option<Instant>,
}

pub(crate) fn heads(tenant: TenantId) -> String {
    format!("ledger/{tenant}/head/")
}

pub(crate) fn all_days(tenant: TenantId) -> String {
    format!("ledger/{tenant}/day/")
}

pub(crate) fn head(origin: &Origin) -> String {
    format!("{}{}/{}", heads(origin.tenant), origin.source, log_name(origin.log))
}

pub(crate) fn days(origin: &Origin) -> String {
    format!("{}{}/{}/", all_days(origin.tenant), origin.source, log_name(origin.log))
}

pub(crate) fn day(origin: &Origin, now: Instant) -> String {
    let date: String = now.to_string().chars().take(DATE).collect();
    format!("{}{date}", days(origin))
}

fn log_name(log: Option<&'static Log>) -> &'static str {
    log.map_or(ANY, |log| log.name)
}

/// What a name means without what such names start with. None for what this program
/// does not know.
pub(crate) fn read(rest: &str) -> Option<Named> {
    let mut parts = rest.split('/');
    let source = SourceName::new(parts.next()?, parts.next()?).ok()?;
    let log = match parts.next()? {
        ANY => None,
        name => Some(Log::by_name(name)?),
    };
    let day = match parts.next() {
        None => None,
        Some(date) => Some(Instant::parse(&format!("{date}T00:00:00Z")).ok()?),
    };
    parts.next().is_none().then_some(Named { source, log, day })
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::{LOGS, SMS};
    use trunklog_store::MAX_STATE_NAME;

    use super::*;
    use crate::source::MOST_NAME;

    #[test]
    fn names_are_read_as_they_are_written() {
        let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let name = "x".repeat(MOST_NAME);
        let now = Instant::parse("2026-11-30T07:59:59.5Z").unwrap();
        for log in LOGS.into_iter().map(Some).chain([None]) {
            let origin = Origin { tenant, source: SourceName::new("folder", &name).unwrap(), log };
            let [head, day] = [head(&origin), day(&origin, now)];
            assert!(head.len() <= MAX_STATE_NAME && day.len() <= MAX_STATE_NAME, "{day}");
            let read_head = read(head.strip_prefix(&heads(tenant)).unwrap()).unwrap();
            assert_eq!(read_head, Named { source: origin.source.clone(), log, day: None });
            let read_day = read(day.strip_prefix(&all_days(tenant)).unwrap()).unwrap();
            assert_eq!(read_day.day, Some(Instant::from_date(2026, 11, 30).unwrap()));
            assert!(day.starts_with(&days(&origin)));
        }
        for text in ["", "a", "a/b", "a/b/calls", "a/b/sms/today", "a/b/sms/2026-11-30/x", "a b/c/sms"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("a/b/sms").unwrap().log, Some(&SMS));
    }
}
