//! On which day something was there first, or last.
//!
//! A cube has a cell for each day, and telling all of them apart would be too many
//! groups. So months are asked for first, and then the days of those that matter.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_store::{MAX_GROUPS, ReportValue, Store, Watermark};

use crate::ReportError;
use crate::ask::Ask;
use crate::calendar::{Bucket, at_clock, clock};
use crate::filter::Filter;
use crate::plan::{Family, Only, Plan, Wanted, Window};
use crate::table::Source;

/// What a group's rows have in common.
pub(super) type Key = Vec<ReportValue>;

/// What is looked for.
pub(super) struct Seen {
    /// The cubes that have it.
    pub(super) family: Family,
    /// The keys that groups are told apart by.
    pub(super) keys: &'static [&'static str],
    pub(super) which: Which,
    /// The zone of the cube's days.
    pub(super) clock: TimeZone,
}

/// The day that is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    First,
    Last,
}

/// The starts of the days that were found.
pub(super) struct SeenDays {
    pub(super) days: BTreeMap<Key, Instant>,
    /// The commits that they show.
    pub(super) commits: Vec<Watermark>,
}

/// What was asked at once: a time, and some groups.
type Asked = (Window, BTreeSet<Key>);

/// The first year in which there were calls of this kind, and one that no row of a
/// store has. What a row says beyond these is a mistake.
const YEARS: (i16, i16) = (2018, 2200);

impl Seen {
    /// Looks for groups among all rows that are shown, up to the end of the range that
    /// was asked for, whatever the filter.
    pub(super) fn find(
        &self,
        store: &dyn Store,
        ask: &Ask,
        groups: &BTreeSet<Key>,
        source: &mut Source,
    ) -> Result<SeenDays, ReportError> {
        let everything = Ask { filter: Filter::default(), ..ask.clone() };
        let mut search = Search { seen: self, store, ask: &everything, commits: Vec::new(), source };
        let range = self.range(ask.range.end()).since(ask.since);
        let all = Window::of(range, Bucket::Month.edges(range, &self.clock)?);
        let months = search.buckets(chunks(&all, groups))?;
        let mut of_month = BTreeMap::<Instant, (TimeRange, BTreeSet<Key>)>::new();
        for (key, month) in months {
            of_month.entry(month.from()).or_insert_with(|| (month, BTreeSet::new())).1.insert(key);
        }
        let mut asked = Vec::new();
        for (month, groups) in of_month.into_values() {
            let days = Window::of(month, Bucket::Day.edges(month, &self.clock)?);
            asked.extend(chunks(&days, &groups));
        }
        let days = search.buckets(asked)?;
        let days = days.into_iter().map(|(key, day)| (key, day.from())).collect();
        Ok(SeenDays { days, commits: search.commits })
    }

    /// The time that is searched. What is looked for first may be in the whole of
    /// the last day, which a cube tells.
    fn range(&self, end: Instant) -> TimeRange {
        let start_of = |year| at_clock(&self.clock, date(year, 1, 1).into());
        let (from, most) = (start_of(YEARS.0), start_of(YEARS.1).unwrap_or(Instant::MAX));
        let end = end.min(most);
        let last_day = clock(&self.clock, end.saturating_add_ticks(-1)).date();
        let day_end = || at_clock(&self.clock, last_day.tomorrow().ok()?.into());
        let end = match self.which {
            Which::First => day_end().unwrap_or(end),
            Which::Last => end,
        };
        TimeRange::ALL.until(end).since(from.unwrap_or(Instant::ABSENT))
    }
}

/// Groups in parts, none of which has too many of them.
fn chunks(window: &Window, groups: &BTreeSet<Key>) -> Vec<Asked> {
    let most = (MAX_GROUPS / 4 / window.len().max(1)).max(1);
    let groups: Vec<&Key> = groups.iter().collect();
    groups.chunks(most).map(|part| (window.clone(), part.iter().copied().cloned().collect())).collect()
}

/// A search on its way.
struct Search<'a> {
    seen: &'a Seen,
    store: &'a dyn Store,
    ask: &'a Ask,
    commits: Vec<Watermark>,
    source: &'a mut Source,
}

impl Search<'_> {
    /// The first or last bucket of each group that has rows.
    fn buckets(&mut self, asked: Vec<Asked>) -> Result<BTreeMap<Key, TimeRange>, ReportError> {
        let mut seen = BTreeMap::new();
        if asked.is_empty() {
            return Ok(seen);
        }
        let families = [self.seen.family];
        let mut plan = Plan::new(self.ask);
        for (window, groups) in &asked {
            let (keys, only) = (self.seen.keys, self.choices(groups));
            plan.add(&Wanted { families: &families, window, by: &[], keys, only, measures: None })?;
        }
        let found = plan.run(self.store)?;
        self.source.join(found.source);
        self.commits.push(found.commit);
        for ((window, groups), counted) in asked.iter().zip(found.counted) {
            for group in counted.groups {
                let Some(bucket) = window.bucket(group.bucket) else { continue };
                if groups.contains(&group.keys) {
                    let known = seen.entry(group.keys).or_insert(bucket);
                    let is_better = match self.seen.which {
                        Which::First => bucket.from() < known.from(),
                        Which::Last => bucket.from() > known.from(),
                    };
                    if is_better {
                        *known = bucket;
                    }
                }
            }
        }
        Ok(seen)
    }

    /// What each key may be, so that other groups need not be told.
    fn choices(&self, groups: &BTreeSet<Key>) -> Vec<Only> {
        let keys = self.seen.keys.iter().enumerate();
        let choice = keys.map(|(at, name)| {
            let values: BTreeSet<&ReportValue> = groups.iter().filter_map(|key| key.get(at)).collect();
            Only::of(name, values.into_iter().cloned().collect())
        });
        choice.collect()
    }
}
