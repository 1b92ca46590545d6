//! The first thing that is wrong with a tenant's sources. It takes no more than their
//! heads, so that a page can tell it each time.

use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::{Engine, Result};

use crate::book::{Head, heads};
use crate::names::Named;
use crate::source::{ExpectedSource, SourceName};
use crate::status::is_overdue;

/// A source that is set up and brings nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The source.
    pub source: SourceName,
    /// What is wrong.
    pub what: Wrong,
}

/// What is wrong with a source, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// It fails, since then.
    Failing(Instant),
    /// Something should have come by now; that is when something came last.
    Overdue(Instant),
    /// Nothing has come yet.
    Waiting,
}

/// The worst that is wrong with the sources that a tenant expects; of several that are
/// as bad, what is wrong for the longest. None where all bring what they should.
///
/// # Errors
/// Those of the store.
pub fn first_of(
    engine: &dyn Engine,
    tenant: TenantId,
    expected: &[ExpectedSource],
    now: Instant,
) -> Result<Option<Trouble>> {
    let expected: Vec<&ExpectedSource> = expected.iter().filter(|one| one.tenant == tenant).collect();
    if expected.is_empty() {
        return Ok(None);
    }
    let heads = heads(engine, tenant)?;
    let troubles = expected.into_iter().filter_map(|one| {
        let what = wrong(one, &heads, now)?;
        Some(Trouble { source: one.source.clone(), what })
    });
    Ok(troubles.min_by(|one, other| one.what.cmp(&other.what).then_with(|| one.source.cmp(&other.source))))
}

fn wrong(expected: &ExpectedSource, heads: &[(Named, Head)], now: Instant) -> Option<Wrong> {
    let is_own = |named: &Named| named.source == expected.source;
    let own: Vec<&Head> = heads.iter().filter(|(named, _)| is_own(named)).map(|(_, head)| head).collect();
    let failing = own.iter().filter_map(|head| head.failing.as_ref());
    if let Some(since) = failing.map(|failing| failing.since).min() {
        return Some(Wrong::Failing(since));
    }
    match own.iter().filter_map(|head| head.succeeded_at).max() {
        None => Some(Wrong::Waiting),
        Some(at) if is_overdue(expected.every, Some(at), now) => Some(Wrong::Overdue(at)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
    use trunklog_store_kit::MemoryEngine;

    use super::*;
    use crate::book::StoreLedger;
    use crate::delivery::{Delivery, Ledger, Origin};
    use crate::status;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn the_worst_is_told_first_and_as_the_status_tells_it() {
        let engine: Arc<dyn Engine> = Arc::new(MemoryEngine::new());
        let ledger = StoreLedger::new(Arc::clone(&engine));
        let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let expected: Vec<ExpectedSource> = ["folder/a", "pull/b", "pull/c"]
            .into_iter()
            .map(|name| ExpectedSource {
                source: name.parse().unwrap(),
                tenant,
                logs: Vec::new(),
                every: Some(Duration::from_hours(1)),
            })
            .collect();
        let now = at("2026-11-30T12:30:00Z");
        let first = || {
            let first = first_of(engine.as_ref(), tenant, &expected, now).unwrap();
            first.map(|Trouble { source, what }| (source.to_string(), what))
        };
        let origin = |name: &str, log| Origin { tenant, source: name.parse().unwrap(), log: Some(log) };
        let came = |name: &str, time: &str| {
            ledger.delivered(&origin(name, &SMS), &Delivery::default(), at(time)).unwrap();
        };
        assert_eq!(first(), Some(("folder/a".to_owned(), Wrong::Waiting)));
        for name in ["folder/a", "pull/b", "pull/c"] {
            came(name, "2026-11-30T12:00:00Z");
        }
        assert_eq!(first(), None);
        came("pull/c", "2026-11-30T09:00:00Z");
        assert_eq!(first(), Some(("pull/c".to_owned(), Wrong::Overdue(at("2026-11-30T09:00:00Z")))));
        // It fails for one log, and brings another.
        let of_calls = origin("pull/b", &DIRECT_ROUTING_CALLS);
        ledger.failed(&of_calls, "403 from Graph", at("2026-11-30T12:10:00Z")).unwrap();
        ledger.failed(&of_calls, "403 from Graph", at("2026-11-30T12:20:00Z")).unwrap();
        let since = at("2026-11-30T12:10:00Z");
        assert_eq!(first(), Some(("pull/b".to_owned(), Wrong::Failing(since))));
        ledger.failed(&origin("folder/a", &SMS), "no such folder", at("2026-11-30T11:00:00Z")).unwrap();
        assert_eq!(first(), Some(("folder/a".to_owned(), Wrong::Failing(at("2026-11-30T11:00:00Z")))));
        let told = status::of_tenant(engine.as_ref(), tenant, &expected, now, 1).unwrap();
        let failing: Vec<Option<&str>> = told.iter().map(|one| one.failing_since.as_deref()).collect();
        assert_eq!(failing, [Some("2026-11-30T11:00:00Z"), Some("2026-11-30T12:10:00Z"), None]);
        assert_eq!(told.iter().map(|one| one.is_overdue).collect::<Vec<_>>(), [false, false, true]);
        // Nobody waits for what is not set up, or is another tenant's.
        let nobody = "7e570000-0000-4000-8000-000000000009".parse().unwrap();
        assert_eq!(first_of(engine.as_ref(), nobody, &expected, now).unwrap(), None);
        assert_eq!(first_of(engine.as_ref(), tenant, &[], now).unwrap(), None);
    }
}
