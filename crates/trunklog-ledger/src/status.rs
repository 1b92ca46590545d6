//! What follows from what is kept: how sources stand, what is missing, and until
//! when data are complete.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};
use trunklog_store::{Engine, Result};

use crate::book::{Head, Hours, heads, read};
use crate::counts::Counts;
use crate::names::{self, Named};
use crate::source::{ExpectedSource, SourceName};

/// Over how many days gaps are looked for.
const GAP_DAYS: i64 = 7;

/// The most gaps that are told, the newest of them.
const MOST_GAPS: usize = 50;

/// How a source stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceStatus {
    /// Its kind and name: `folder/sbc1`.
    pub source: String,
    /// Whether the operator has set it up. Others delivered something once.
    pub is_configured: bool,
    /// How often something is expected, in seconds.
    pub expected_every_secs: Option<u64>,
    /// When something came last.
    pub succeeded_at: Option<String>,
    /// Whether something should have come by now.
    pub is_overdue: bool,
    /// Since when nothing comes.
    pub failing_since: Option<String>,
    /// Why, and what to do.
    pub failure: Option<String>,
    /// What will go wrong unless somebody sees to it, such as a certificate that ends.
    pub warning: Option<String>,
    /// Up to when all is there, of the log that is least far.
    pub complete_until: Option<String>,
    /// How long ago that is, or where it is not known, how old the newest row is.
    pub lag_secs: Option<u64>,
    /// Hours of the last week in which something should have come, and nothing did.
    pub gaps: Vec<Gap>,
    /// What it brought in all.
    pub total: Counts,
    /// The same log by log.
    pub logs: Vec<LogStatus>,
}

/// What a source brings a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogStatus {
    /// The log's name; None for records of which nobody knows the log.
    pub log: Option<&'static str>,
    /// The time of the newest row.
    pub newest: Option<String>,
    /// From when on all is there that the source has.
    pub complete_from: Option<String>,
    /// Up to when.
    pub complete_until: Option<String>,
    /// What it brought in all.
    pub total: Counts,
    /// What it brought in the last hours, the oldest first. Hours in which nothing
    /// came are left out.
    pub hours: Vec<HourStatus>,
}

/// An hour in which something came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HourStatus {
    /// When it started.
    pub from: String,
    /// What came in it.
    #[serde(flatten)]
    pub counts: Counts,
}

/// Hours in which nothing came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// When the first of them started.
    pub from: String,
    /// When the last of them ended.
    pub to: String,
}

/// What is kept of a source and a log.
#[derive(Debug, Default)]
struct Kept {
    head: Head,
    hours: BTreeMap<Instant, Counts>,
}

type KeptLogs = BTreeMap<&'static str, (Option<&'static Log>, Kept)>;

/// How all sources of a tenant stand: those that are expected, and others that
/// delivered something. `hours` says of how many of the last hours the counts are
/// told.
///
/// # Errors
/// Those of the store.
pub fn of_tenant(
    engine: &dyn Engine,
    tenant: TenantId,
    expected: &[ExpectedSource],
    now: Instant,
    hours: u32,
) -> Result<Vec<SourceStatus>> {
    let mut sources: BTreeMap<SourceName, KeptLogs> = BTreeMap::new();
    for one in expected.iter().filter(|one| one.tenant == tenant) {
        sources.entry(one.source.clone()).or_default();
    }
    for (named, head) in heads(engine, tenant)? {
        kept_of(&mut sources, named).head = head;
    }
    let prefix = names::all_days(tenant);
    for (name, text) in engine.states(&prefix)? {
        let Some(named) = name.strip_prefix(&prefix).and_then(names::read) else { continue };
        let Some(day) = named.day else { continue };
        let of_day: Hours = read(Some(&text));
        let at = |hour: u8| day.saturating_add_ticks(i64::from(hour) * Instant::TICKS_PER_HOUR);
        let counted = of_day.iter().map(|(hour, counts)| (at(*hour), *counts));
        kept_of(&mut sources, named).hours.extend(counted);
    }
    let status = |(source, logs): (SourceName, KeptLogs)| {
        let one = expected.iter().find(|one| one.tenant == tenant && one.source == source);
        SourceStatus::of(&source, &logs, one, now, hours)
    };
    Ok(sources.into_iter().map(status).collect())
}

/// What is kept of a source and a log.
fn kept_of(sources: &mut BTreeMap<SourceName, KeptLogs>, named: Named) -> &mut Kept {
    let logs = sources.entry(named.source).or_default();
    let (_, kept) = logs.entry(log_key(named.log)).or_insert_with(|| (named.log, Kept::default()));
    kept
}

/// The tenants of which something is kept or expected, in the order of their ids.
///
/// # Errors
/// Those of the store.
pub fn tenants(engine: &dyn Engine, expected: &[ExpectedSource]) -> Result<Vec<TenantId>> {
    let mut tenants: Vec<TenantId> = expected.iter().map(|one| one.tenant).collect();
    for (name, _) in engine.states("ledger/")? {
        let tenant = name.split('/').nth(1).and_then(|tenant| tenant.parse().ok());
        // Names come in order, so that the same tenants come together.
        if let Some(tenant) = tenant.filter(|tenant| tenants.last() != Some(tenant)) {
            tenants.push(tenant);
        }
    }
    tenants.sort_unstable();
    tenants.dedup();
    Ok(tenants)
}

/// Up to when all rows of a log are there, as far as its sources know: the least of
/// what those say that are expected to bring it. None where one of them does not
/// say, or none is expected.
///
/// # Errors
/// Those of the store.
pub fn complete_until(
    engine: &dyn Engine,
    tenant: TenantId,
    log: &'static Log,
    expected: &[ExpectedSource],
) -> Result<Option<Instant>> {
    if !expected.iter().any(|one| one.tenant == tenant) {
        return Ok(None);
    }
    let heads = heads(engine, tenant)?;
    let mut least: Option<Instant> = None;
    for one in expected.iter().filter(|one| one.tenant == tenant) {
        let head = heads.iter().find(|(named, _)| named.source == one.source && named.log == Some(log));
        let brings_it = head.is_some() || one.logs.contains(&log);
        if !brings_it {
            continue;
        }
        let Some(until) = head.and_then(|(_, head)| head.complete_until) else { return Ok(None) };
        least = Some(least.map_or(until, |least| least.min(until)));
    }
    Ok(least)
}

impl SourceStatus {
    fn of(
        source: &SourceName,
        logs: &KeptLogs,
        expected: Option<&ExpectedSource>,
        now: Instant,
        hours: u32,
    ) -> SourceStatus {
        let heads = || logs.values().map(|(_, kept)| &kept.head);
        let succeeded_at = heads().filter_map(|head| head.succeeded_at).max();
        let failing = heads().filter_map(|head| head.failing.as_ref()).min_by_key(|failing| failing.since);
        let complete_until = heads().filter_map(|head| head.complete_until).min();
        let newest = heads().filter_map(|head| head.newest).max();
        let every = expected.and_then(|one| one.every);
        let mut total = Counts::default();
        for head in heads() {
            total += head.total;
        }
        // A file is a delivery of its source, and one of each log that it has rows of.
        total.deliveries = heads().map(|head| head.total.deliveries).max().unwrap_or(0);
        let first = heads().filter_map(|head| head.first_at).min();
        SourceStatus {
            source: source.to_string(),
            is_configured: expected.is_some(),
            expected_every_secs: every.map(|every| every.as_secs()),
            succeeded_at: succeeded_at.map(text),
            is_overdue: is_overdue(every, succeeded_at, now),
            failing_since: failing.map(|failing| text(failing.since)),
            failure: failing.map(|failing| failing.why.clone()),
            // Nobody has to see to what is no longer set up.
            warning: expected.and_then(|_| heads().find_map(|head| head.warning.clone())),
            complete_until: complete_until.map(text),
            lag_secs: complete_until.or(newest).map(|at| passed(at, now).as_secs()),
            gaps: first.zip(every).map_or_else(Vec::new, |(first, every)| gaps(logs, first, every, now)),
            total,
            logs: logs.values().map(|(log, kept)| LogStatus::of(*log, kept, now, hours)).collect(),
        }
    }
}

/// Whether something should have come by now, of what came last then.
pub(crate) fn is_overdue(every: Option<Duration>, succeeded_at: Option<Instant>, now: Instant) -> bool {
    every.zip(succeeded_at).is_some_and(|(every, at)| passed(at, now) > every.saturating_mul(2))
}

impl LogStatus {
    fn of(log: Option<&'static Log>, kept: &Kept, now: Instant, hours: u32) -> LogStatus {
        let earliest = hour(now).saturating_add_ticks(-i64::from(hours) * Instant::TICKS_PER_HOUR);
        let told = kept.hours.range(earliest..);
        LogStatus {
            log: log.map(|log| log.name),
            newest: kept.head.newest.map(text),
            complete_from: kept.head.complete_from.map(text),
            complete_until: kept.head.complete_until.map(text),
            total: kept.head.total,
            hours: told.map(|(from, counts)| HourStatus { from: text(*from), counts: *counts }).collect(),
        }
    }
}

/// The runs of whole hours in which nothing came, that are longer than something may
/// be away.
fn gaps(logs: &KeptLogs, first: Instant, every: Duration, now: Instant) -> Vec<Gap> {
    let came = |from: Instant| {
        let mut hours = logs.values().filter_map(|(_, kept)| kept.hours.get(&from));
        hours.any(|counts| counts.deliveries > 0)
    };
    // The hour in which something came first may have started without it, and the one
    // that runs may end with it.
    let week_ago = hour(now).saturating_add_ticks(-GAP_DAYS * Instant::TICKS_PER_DAY);
    let mut at = hour(first).max(week_ago);
    let end = hour(now);
    let mut gaps = Vec::new();
    let mut since = None;
    while at < end {
        let next = at.saturating_add_ticks(Instant::TICKS_PER_HOUR);
        if came(at) {
            end_gap(&mut gaps, since.take(), at, every);
        } else {
            since.get_or_insert(at);
        }
        at = next;
    }
    end_gap(&mut gaps, since, end, every);
    let too_many = gaps.len().saturating_sub(MOST_GAPS);
    gaps.drain(..too_many);
    gaps
}

fn end_gap(gaps: &mut Vec<Gap>, since: Option<Instant>, to: Instant, every: Duration) {
    if let Some(from) = since.filter(|from| passed(*from, to) >= every) {
        gaps.push(Gap { from: text(from), to: text(to) });
    }
}

fn log_key(log: Option<&'static Log>) -> &'static str {
    log.map_or("", |log| log.name)
}

/// The start of an hour.
fn hour(at: Instant) -> Instant {
    at.saturating_add_ticks(-at.ticks().rem_euclid(Instant::TICKS_PER_HOUR))
}

fn text(at: Instant) -> String {
    at.to_string()
}

/// How long it is from one instant to a later one; nothing when it is not later.
fn passed(from: Instant, to: Instant) -> Duration {
    let ticks = u64::try_from(to.ticks().saturating_sub(from.ticks())).unwrap_or(0);
    Duration::from_nanos(ticks.saturating_mul(100))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
    use trunklog_store_kit::MemoryEngine;

    use super::*;
    use crate::book::StoreLedger;
    use crate::delivery::{Delivery, Ledger, Origin};

    const NOW: &str = "2026-11-30T12:30:00Z";

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn tenant() -> TenantId {
        "7e570000-0000-4000-8000-000000000001".parse().unwrap()
    }

    fn expected(name: &str, logs: &[&'static Log], every: Option<Duration>) -> ExpectedSource {
        ExpectedSource { source: name.parse().unwrap(), tenant: tenant(), logs: logs.to_vec(), every }
    }

    fn origin(name: &str, log: Option<&'static Log>) -> Origin {
        Origin { tenant: tenant(), source: name.parse().unwrap(), log }
    }

    fn until(text: &str) -> Delivery {
        Delivery { complete_until: Some(at(text)), ..Delivery::default() }
    }

    fn store() -> (Arc<dyn Engine>, StoreLedger) {
        let engine: Arc<dyn Engine> = Arc::new(MemoryEngine::new());
        (Arc::clone(&engine), StoreLedger::new(engine))
    }

    #[test]
    fn data_are_complete_up_to_where_the_slowest_source_is() {
        let (engine, ledger) = store();
        let log = &DIRECT_ROUTING_CALLS;
        let told =
            |expected: &[ExpectedSource]| complete_until(engine.as_ref(), tenant(), log, expected).unwrap();
        let [fast, slow] = ["folder/fast", "pull/slow"].map(|name| expected(name, &[log], None));
        let of_sms = expected("folder/sms", &[&SMS], None);
        let open = expected("folder/open", &[], None);
        assert_eq!(told(&[]), None);
        let now = at(NOW);
        ledger.delivered(&origin("folder/fast", Some(log)), &until("2026-11-30T12:00:00Z"), now).unwrap();
        assert_eq!(told(&[]), None, "nobody expects it");
        assert_eq!(told(&[fast.clone()]), Some(at("2026-11-30T12:00:00Z")));
        assert_eq!(told(&[fast.clone(), slow.clone()]), None, "one has said nothing");
        assert_eq!(told(&[fast.clone(), of_sms, open.clone()]), Some(at("2026-11-30T12:00:00Z")));
        ledger.delivered(&origin("pull/slow", Some(log)), &until("2026-11-30T09:00:00Z"), now).unwrap();
        assert_eq!(told(&[fast.clone(), slow]), Some(at("2026-11-30T09:00:00Z")));
        ledger.delivered(&origin("folder/open", Some(log)), &until("2026-11-29T00:00:00Z"), now).unwrap();
        assert_eq!(told(&[fast, open]), Some(at("2026-11-29T00:00:00Z")));
    }

    #[test]
    fn hours_without_anything_are_gaps_where_something_is_expected() {
        let (engine, ledger) = store();
        let source = "pull/a";
        for time in
            ["2026-11-30T05:10:00Z", "2026-11-30T06:10:00Z", "2026-11-30T09:50:00Z", "2026-11-30T12:01:00Z"]
        {
            ledger.delivered(&origin(source, Some(&SMS)), &Delivery::default(), at(time)).unwrap();
        }
        let told = |every: Option<Duration>| {
            let sources = of_tenant(engine.as_ref(), tenant(), &[expected(source, &[], every)], at(NOW), 3);
            sources.unwrap().remove(0)
        };
        let gap = |from: &str, to: &str| Gap { from: from.to_owned(), to: to.to_owned() };
        let first = gap("2026-11-30T07:00:00Z", "2026-11-30T09:00:00Z");
        let second = gap("2026-11-30T10:00:00Z", "2026-11-30T12:00:00Z");
        let hourly = told(Some(Duration::from_hours(1)));
        assert_eq!(hourly.gaps, [first, second]);
        assert!(!hourly.is_overdue);
        assert_eq!(told(Some(Duration::from_hours(3))).gaps, []);
        assert_eq!(told(None).gaps, []);
        let hours: Vec<&str> = hourly.logs[0].hours.iter().map(|hour| hour.from.as_str()).collect();
        assert_eq!(hours, ["2026-11-30T09:00:00Z", "2026-11-30T12:00:00Z"]);
        assert!(told(Some(Duration::from_mins(10))).is_overdue);
    }

    #[test]
    fn sources_are_told_whether_they_are_expected_or_not() {
        let (engine, ledger) = store();
        let now = at(NOW);
        ledger
            .failed(&origin("folder/a", None), "the folder is not there", at("2026-11-30T10:00:00Z"))
            .unwrap();
        let counts = Counts { received: 3, new: 2, rejected: 1, ..Counts::default() };
        let delivery = Delivery { counts, newest: Some(at("2026-11-30T12:29:00Z")), ..Delivery::default() };
        ledger.delivered(&origin("import/files", Some(&SMS)), &delivery, now).unwrap();
        ledger
            .delivered(&origin("import/files", None), &Delivery { counts, ..Delivery::default() }, now)
            .unwrap();
        let sources =
            of_tenant(engine.as_ref(), tenant(), &[expected("folder/a", &[], None)], now, 24).unwrap();
        assert_eq!(sources.len(), 2);
        let [folder, import] = [&sources[0], &sources[1]];
        assert!(folder.is_configured && !import.is_configured);
        assert_eq!(folder.failing_since.as_deref(), Some("2026-11-30T10:00:00Z"));
        assert_eq!((import.total.deliveries, import.total.received), (1, 6));
        assert_eq!((import.lag_secs, import.complete_until.as_deref()), (Some(60), None));
        assert_eq!(tenants(engine.as_ref(), &[]).unwrap(), [tenant()]);
        let json = serde_json::to_value(import).unwrap();
        assert_eq!(json["logs"][1]["hours"][0]["received"], 3, "{json}");
        assert_eq!(json["logs"][1]["log"], "sms", "{json}");
        ledger.warned(&origin("folder/a", None), Some("its certificate ends")).unwrap();
        let warning = |expected: &[ExpectedSource]| {
            let sources = of_tenant(engine.as_ref(), tenant(), expected, now, 24).unwrap();
            sources[0].warning.clone()
        };
        assert_eq!(warning(&[expected("folder/a", &[], None)]).as_deref(), Some("its certificate ends"));
        assert_eq!(warning(&[]), None);
        let nobody = "7e570000-0000-4000-8000-000000000009".parse().unwrap();
        assert!(of_tenant(engine.as_ref(), nobody, &[], now, 24).unwrap().is_empty());
    }
}
