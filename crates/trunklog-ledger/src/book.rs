//! What is kept of sources, as named states of the store.
//!
//! Of each source and log there is a head, which says how it stands, and a state for
//! each of the last days, which has its hours: about 4 KiB a day, so that a source
//! never takes more than some 150 KiB for a log.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::{Engine, Error, ErrorKind, Result};

use crate::counts::Counts;
use crate::delivery::{Delivery, Ledger, Origin};
use crate::names;

/// Of how many days the hours are kept.
pub const KEPT_DAYS: usize = 35;

/// How often another process may be faster.
const MOST_CONFLICTS: usize = 100;

/// How far a time may be ahead of the clock that says up to when all is there, or of when
/// the newest row is, in ticks: clocks differ a little.
const MOST_AHEAD: i64 = Instant::TICKS_PER_DAY;

/// The longest reason that is kept, in characters.
const LONGEST_REASON: usize = 500;

/// How a source stands with a log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Head {
    /// When something came first.
    pub(crate) first_at: Option<Instant>,
    /// When something came last.
    pub(crate) succeeded_at: Option<Instant>,
    /// The time of the newest row.
    pub(crate) newest: Option<Instant>,
    pub(crate) complete_from: Option<Instant>,
    pub(crate) complete_until: Option<Instant>,
    pub(crate) failing: Option<Failing>,
    /// What will go wrong unless somebody sees to it.
    pub(crate) warning: Option<String>,
    pub(crate) total: Counts,
}

/// Since when nothing comes, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failing {
    pub(crate) since: Instant,
    pub(crate) why: String,
}

/// The hours of a day (UTC) in which something came.
pub(crate) type Hours = BTreeMap<u8, Counts>;

/// The ledger of a store.
#[derive(Clone)]
pub struct StoreLedger {
    engine: Arc<dyn Engine>,
}

impl StoreLedger {
    /// That of the store.
    pub fn new(engine: Arc<dyn Engine>) -> StoreLedger {
        StoreLedger { engine }
    }

    /// Deletes the oldest days of a source and log. A clock that was set far ahead
    /// leaves days that are newer than today: they go like others, by their number.
    fn drop_old_days(&self, origin: &Origin) -> Result<()> {
        let days = self.engine.states(&names::days(origin))?;
        let too_many = days.len().saturating_sub(KEPT_DAYS);
        for (name, text) in days.into_iter().take(too_many) {
            // Where another process was faster, it sees to it.
            self.engine.exchange_state(&name, Some(&text), None)?;
        }
        Ok(())
    }
}

impl Ledger for StoreLedger {
    fn delivered(&self, origin: &Origin, delivery: &Delivery, now: Instant) -> Result<()> {
        let counts = Counts { deliveries: delivery.counts.deliveries.max(1), ..delivery.counts };
        let mut is_new_day = false;
        change(self.engine.as_ref(), &names::day(origin, now), |old| {
            is_new_day = old.is_none();
            let mut hours: Hours = read(old);
            *hours.entry(hour_of(now)).or_default() += counts;
            written(&hours)
        })?;
        change(self.engine.as_ref(), &names::head(origin), |old| {
            let mut head: Head = read(old);
            head.first_at.get_or_insert(now);
            head.succeeded_at = Some(now);
            let believed = |told: Option<Instant>| told.filter(|told| is_believed(*told, now));
            head.newest = believed(head.newest).max(believed(delivery.newest));
            head.complete_from = delivery.complete_from.or(head.complete_from);
            // What was complete stays so: a source that reads old rows again says less.
            // What was said of a time to come, by a clock that was wrong, is taken back.
            head.complete_until = believed(head.complete_until).max(believed(delivery.complete_until));
            head.failing = None;
            head.total += counts;
            written(&head)
        })?;
        if is_new_day { self.drop_old_days(origin) } else { Ok(()) }
    }

    fn failed(&self, origin: &Origin, why: &str, now: Instant) -> Result<()> {
        change(self.engine.as_ref(), &names::head(origin), |old| {
            let mut head: Head = read(old);
            let since = head.failing.map_or(now, |failing| failing.since);
            head.failing = Some(Failing { since, why: why.chars().take(LONGEST_REASON).collect() });
            written(&head)
        })
    }

    fn recovered(&self, origin: &Origin) -> Result<()> {
        let name = names::head(origin);
        // Nothing comes into being by this.
        if self.engine.state(&name)?.is_none() {
            return Ok(());
        }
        change(self.engine.as_ref(), &name, |old| {
            let mut head: Head = read(old);
            head.failing = None;
            written(&head)
        })
    }

    fn warned(&self, origin: &Origin, warning: Option<&str>) -> Result<()> {
        let name = names::head(origin);
        // Nothing comes into being since all is well.
        if warning.is_none() && self.engine.state(&name)?.is_none() {
            return Ok(());
        }
        let warning: Option<String> = warning.map(|warning| warning.chars().take(LONGEST_REASON).collect());
        change(self.engine.as_ref(), &name, |old| {
            let mut head: Head = read(old);
            head.warning.clone_from(&warning);
            written(&head)
        })
    }

    fn complete_until(&self, origin: &Origin) -> Result<Option<Instant>> {
        let text = self.engine.state(&names::head(origin))?;
        Ok(read::<Head>(text.as_deref()).complete_until)
    }
}

/// Whether a time is not that far ahead that only a wrong clock can have told it.
fn is_believed(told: Instant, now: Instant) -> bool {
    told <= now.saturating_add_ticks(MOST_AHEAD)
}

/// The hour of the day (UTC).
fn hour_of(at: Instant) -> u8 {
    let hour = at.ticks().rem_euclid(Instant::TICKS_PER_DAY) / Instant::TICKS_PER_HOUR;
    u8::try_from(hour).unwrap_or(0)
}

/// How the sources of a tenant stand with each log.
pub(crate) fn heads(engine: &dyn Engine, tenant: TenantId) -> Result<Vec<(names::Named, Head)>> {
    let prefix = names::heads(tenant);
    let named = |(name, text): (String, String)| {
        let named = name.strip_prefix(&prefix).and_then(names::read)?;
        Some((named, read(Some(&text))))
    };
    Ok(engine.states(&prefix)?.into_iter().filter_map(named).collect())
}

/// What a state says. A text that cannot be read says nothing: it is of another
/// version of the program, and what is counted starts anew.
pub(crate) fn read<T: Default + for<'de> Deserialize<'de>>(text: Option<&str>) -> T {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

pub(crate) fn written(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("numbers, texts and maps of these can be written as JSON")
}

/// Gives a state another text, made of the one that it has.
pub(crate) fn change(
    engine: &dyn Engine,
    name: &str,
    mut make: impl FnMut(Option<&str>) -> String,
) -> Result<()> {
    for _ in 0..MOST_CONFLICTS {
        let old = engine.state(name)?;
        let new = make(old.as_deref());
        if old.as_deref() == Some(new.as_str()) || engine.exchange_state(name, old.as_deref(), Some(&new))? {
            return Ok(());
        }
    }
    Err(Error::new(ErrorKind::Other, "other processes change what is known of a source all the time"))
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::SMS;
    use trunklog_store_kit::MemoryEngine;

    use super::*;
    use crate::source::SourceName;

    fn origin() -> Origin {
        let tenant = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        Origin { tenant, source: SourceName::new("folder", "a").unwrap(), log: Some(&SMS) }
    }

    fn ledger() -> (Arc<dyn Engine>, StoreLedger) {
        let engine: Arc<dyn Engine> = Arc::new(MemoryEngine::new());
        (Arc::clone(&engine), StoreLedger::new(engine))
    }

    fn head(engine: &dyn Engine) -> Head {
        read(engine.state(&names::head(&origin())).unwrap().as_deref())
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn deliveries_add_up_by_hour_and_in_all() {
        let (engine, ledger) = ledger();
        let delivery = Delivery {
            counts: Counts { received: 2, new: 2, ..Counts::default() },
            newest: Some(at("2026-11-30T06:00:00Z")),
            complete_until: Some(at("2026-11-30T06:00:00Z")),
            ..Delivery::default()
        };
        for time in ["2026-11-30T07:00:00Z", "2026-11-30T07:59:59Z", "2026-11-30T08:00:00Z"] {
            ledger.delivered(&origin(), &delivery, at(time)).unwrap();
        }
        let older = Delivery {
            newest: Some(at("2026-11-01T06:00:00Z")),
            complete_until: Some(at("2026-11-01T06:00:00Z")),
            ..Delivery::default()
        };
        ledger.delivered(&origin(), &older, at("2026-11-30T09:00:00Z")).unwrap();
        let head = head(engine.as_ref());
        assert_eq!((head.total.deliveries, head.total.new), (4, 6));
        assert_eq!(head.first_at, Some(at("2026-11-30T07:00:00Z")));
        assert_eq!(head.newest, Some(at("2026-11-30T06:00:00Z")), "what is known stays known");
        assert_eq!(ledger.complete_until(&origin()).unwrap(), Some(at("2026-11-30T06:00:00Z")));
        let days = engine.states(&names::days(&origin())).unwrap();
        assert_eq!(days.len(), 1);
        let hours: Hours = read(Some(&days[0].1));
        assert_eq!(hours.keys().copied().collect::<Vec<_>>(), [7, 8, 9]);
        assert_eq!(hours[&7].received, 4);
    }

    /// Else nothing could be incomplete or behind until that time, and all would be late.
    #[test]
    fn a_time_to_come_is_not_believed() {
        let (engine, ledger) = ledger();
        let until = |text: &str| Delivery {
            newest: Some(at(text)),
            complete_until: Some(at(text)),
            ..Delivery::default()
        };
        ledger.delivered(&origin(), &until("2031-03-21T08:00:00Z"), at("2026-11-30T07:00:00Z")).unwrap();
        assert_eq!(ledger.complete_until(&origin()).unwrap(), None);
        assert_eq!(head(engine.as_ref()).newest, None);
        ledger.delivered(&origin(), &until("2026-11-30T06:00:00Z"), at("2026-11-30T08:00:00Z")).unwrap();
        assert_eq!(ledger.complete_until(&origin()).unwrap(), Some(at("2026-11-30T06:00:00Z")));
        // A clock that was set back takes back what it said while it was ahead.
        ledger.delivered(&origin(), &until("2026-12-30T06:00:00Z"), at("2026-12-30T07:00:00Z")).unwrap();
        ledger.delivered(&origin(), &until("2026-11-30T07:00:00Z"), at("2026-11-30T09:00:00Z")).unwrap();
        assert_eq!(ledger.complete_until(&origin()).unwrap(), Some(at("2026-11-30T07:00:00Z")));
    }

    #[test]
    fn a_failure_lasts_until_something_comes() {
        let (engine, ledger) = ledger();
        ledger.failed(&origin(), "no right to read", at("2026-11-30T07:00:00Z")).unwrap();
        ledger.failed(&origin(), &"x".repeat(9_000), at("2026-11-30T08:00:00Z")).unwrap();
        let failing = head(engine.as_ref()).failing.unwrap();
        assert_eq!(failing.since, at("2026-11-30T07:00:00Z"));
        assert_eq!(failing.why.len(), LONGEST_REASON);
        ledger.delivered(&origin(), &Delivery::default(), at("2026-11-30T09:00:00Z")).unwrap();
        assert_eq!(head(engine.as_ref()).failing, None);
        ledger.failed(&origin(), "no right to read", at("2026-11-30T10:00:00Z")).unwrap();
        ledger.recovered(&origin()).unwrap();
        let head = head(engine.as_ref());
        assert_eq!((head.failing, head.total.deliveries), (None, 1));
    }

    #[test]
    fn a_warning_lasts_until_it_is_taken_back_whatever_comes() {
        let (engine, ledger) = ledger();
        ledger.warned(&origin(), None).unwrap();
        assert_eq!(engine.state(&names::head(&origin())).unwrap(), None, "nothing is kept of what is well");
        ledger.warned(&origin(), Some(&"x".repeat(9_000))).unwrap();
        ledger.delivered(&origin(), &Delivery::default(), at("2026-11-30T09:00:00Z")).unwrap();
        assert_eq!(head(engine.as_ref()).warning.unwrap().len(), LONGEST_REASON);
        ledger.warned(&origin(), None).unwrap();
        let head = head(engine.as_ref());
        assert_eq!((head.warning, head.total.deliveries), (None, 1));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let (engine, ledger) = ledger();
        let first = at("2026-01-01T00:30:00Z");
        for day in 0..100 {
            let now = first.saturating_add_ticks(day * Instant::TICKS_PER_DAY);
            ledger.delivered(&origin(), &Delivery::default(), now).unwrap();
        }
        let days = engine.states(&names::days(&origin())).unwrap();
        assert_eq!(days.len(), KEPT_DAYS);
        assert!(days.last().unwrap().0.ends_with("/2026-04-10"), "{}", days.last().unwrap().0);
        assert_eq!(head(engine.as_ref()).total.deliveries, 100);
    }

    #[test]
    fn a_text_that_is_none_of_ours_starts_anew() {
        let (engine, ledger) = ledger();
        engine.exchange_state(&names::head(&origin()), None, Some("[7")).unwrap();
        ledger.delivered(&origin(), &Delivery::default(), at("2026-11-30T09:00:00Z")).unwrap();
        assert_eq!(head(engine.as_ref()).total.deliveries, 1);
    }

    #[test]
    fn two_who_note_at_once_lose_nothing() {
        let (engine, ledger) = ledger();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let ledger = ledger.clone();
                scope.spawn(move || {
                    for _ in 0..20 {
                        ledger
                            .delivered(&origin(), &Delivery::default(), at("2026-11-30T09:00:00Z"))
                            .unwrap();
                    }
                });
            }
        });
        assert_eq!(head(engine.as_ref()).total.deliveries, 80);
    }
}
