//! The organisation's own numbers. A cube keeps them, so that those which nobody
//! uses any more are known, too.

use std::collections::{BTreeMap, BTreeSet};

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_store::{ReportValue, Store};

use super::{Found, LastUse, Number, Use, Used};
use crate::ReportError;
use crate::ask::Ask;
use crate::cubes::{INBOUND, OUTBOUND, numbers as places};
use crate::plan::{BY_NUMBER, Counted, Found as PlanFound, Plan, Times, Window};
use crate::questions::busy::of_one_commit;
use crate::questions::groups::{Ranked, all, filled, ranked};
use crate::questions::seen_days::{Key, Seen, Which};

const KEYS: [&str; 2] = ["number", "direction"];

/// The numbers that were used the most. Without a filter those follow that were used
/// before the range, and not in it.
pub(super) fn numbers(store: &dyn Store, ask: &Ask, top: usize) -> Result<Found, ReportError> {
    let last = Seen { family: BY_NUMBER, keys: &KEYS, which: Which::Last, clock: ask.days.clone() };
    let has_unused = ask.filter.is_empty();
    let times = Times::of(ask, None)?;
    let windows: Vec<&Window> = [Some(&times.now), times.earlier.as_ref().map(|earlier| &earlier.window)]
        .into_iter()
        .flatten()
        .collect();
    let ever = |window: &&Window| Window::whole(TimeRange::ALL.until(window.range().end()).since(ask.since));
    let evers: Vec<Window> = windows.iter().map(ever).collect();
    let ((rows, of_times, source), commit, is_mixed) = of_one_commit(|| {
        let mut plan = Plan::new(ask);
        for window in &windows {
            plan.add(&all(&[BY_NUMBER], window, &[], &KEYS))?;
        }
        if has_unused {
            for window in &evers {
                plan.add(&all(&[BY_NUMBER], window, &[], &KEYS[..1]))?;
            }
        }
        let PlanFound { counted, mut source, commit } = plan.run(store)?;
        let (used_in, ever_in) = counted.split_at(windows.len());
        let mut used = used_in.iter().zip(0_usize..).map(|(counted, at)| used(counted, ever_in.get(at)));
        let (now, before) = (used.next().unwrap_or_default(), used.next());
        let rows = ranked(now, before, Some(top), |used| used.attempts);
        let wanted: BTreeSet<Key> =
            rows.iter().flat_map(|row| [key(&row.key, INBOUND), key(&row.key, OUTBOUND)]).collect();
        let mut commits = vec![commit];
        let mut of_times = Vec::with_capacity(windows.len());
        for (at, window) in windows.iter().enumerate() {
            let until = Ask { range: window.range(), ..ask.clone() };
            let seen = last.find(store, &until, &wanted, &mut source)?;
            commits.extend(seen.commits.iter().copied());
            of_times.push(OfTime { days: seen.days, ever: numbers_of(ever_in.get(at)) });
        }
        Ok(((rows, of_times, source), commits))
    })?;
    let of = |at: usize, number: &str, used: Used| {
        let Some(OfTime { days, ever }) = of_times.get(at) else { return Use { used, ..Use::default() } };
        let day = |direction| days.get(&key(number, direction)).copied();
        let last = LastUse { inbound: day(INBOUND), outbound: day(OUTBOUND) };
        // Of a number that nobody had used yet it makes no sense.
        let is_unused = (has_unused && ever.contains(number)).then_some(used.attempts == 0);
        Use { used, last, is_unused }
    };
    let numbers = rows.into_iter().map(|Ranked { key: number, now, before }| {
        let (now, before) = (of(0, &number, now), before.map(|before| of(1, &number, before)));
        Number { number, now, before }
    });
    let numbers = numbers.collect();
    Ok(Found { numbers, clock: ask.days.clone(), commit, is_mixed, source })
}

/// What is known of numbers up to the end of a time.
struct OfTime {
    /// When each was last used, by number and direction.
    days: BTreeMap<Key, Instant>,
    /// Those that were ever used.
    ever: BTreeSet<String>,
}

/// The numbers of a time, and then those that were ever used. A row whose own
/// number is unknown is no number's.
fn used(counted: &Counted, ever: Option<&Counted>) -> BTreeMap<String, Used> {
    let mut used = BTreeMap::<String, Used>::new();
    for group in &counted.groups {
        let Some(number) = group.keys.first().and_then(filled) else { continue };
        used.entry(number.to_owned()).or_default().add(group.int(1), &group.sums);
    }
    for number in numbers_of(ever) {
        used.entry(number).or_default();
    }
    used
}

/// The numbers that have rows.
fn numbers_of(counted: Option<&Counted>) -> BTreeSet<String> {
    let groups = counted.into_iter().flat_map(|counted| &counted.groups);
    groups.filter_map(|group| group.keys.first().and_then(filled)).map(str::to_owned).collect()
}

fn key(number: &str, direction: i64) -> Key {
    vec![ReportValue::Text(number.to_owned()), ReportValue::Int(direction)]
}

impl Used {
    /// Adds what a group of the cube tells.
    fn add(&mut self, direction: Option<i64>, sums: &[i64]) {
        let rows = sums[places::ROWS];
        self.attempts += rows;
        self.answered += sums[places::ANSWERED];
        self.missed += sums[places::MISSED];
        match direction {
            Some(INBOUND) => self.inbound += rows,
            Some(OUTBOUND) => self.outbound += rows,
            _ => {}
        }
    }
}
