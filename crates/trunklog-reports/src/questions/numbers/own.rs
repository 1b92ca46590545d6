//! The organisation's own numbers. A cube keeps them, so that those which nobody
//! uses any more are known, too.

use std::collections::{BTreeMap, BTreeSet};

use trunklog_records::TimeRange;
use trunklog_store::{ReportValue, Store};

use super::{Found, LastUse, Used};
use crate::ReportError;
use crate::ask::Ask;
use crate::cubes::{INBOUND, OUTBOUND, numbers as places};
use crate::plan::{BY_NUMBER, Counted, Found as PlanFound, Plan, Window};
use crate::questions::busy::of_one_commit;
use crate::questions::groups::{all, filled, ranked};
use crate::questions::seen_days::{Key, Seen, Which};

const KEYS: [&str; 2] = ["number", "direction"];

/// The numbers that were used the most. Without a filter those follow that were used
/// before the range, and not in it.
pub(super) fn numbers(store: &dyn Store, ask: &Ask, top: usize) -> Result<Found, ReportError> {
    let last = Seen { family: BY_NUMBER, keys: &KEYS, which: Which::Last, clock: ask.days.clone() };
    let has_unused = ask.filter.is_empty();
    let shown = TimeRange::ALL.until(ask.range.end()).since(ask.since);
    let (now, ever) = (Window::whole(ask.range), Window::whole(shown));
    let ((rows, seen, source), commit, is_mixed) = of_one_commit(|| {
        let mut plan = Plan::new(ask);
        plan.add(&all(&[BY_NUMBER], &now, &[], &KEYS))?;
        if has_unused {
            plan.add(&all(&[BY_NUMBER], &ever, &[], &KEYS[..1]))?;
        }
        let PlanFound { counted, mut source, commit } = plan.run(store)?;
        let rows = ranked(used(&counted), None, Some(top), |used| used.attempts);
        let wanted: BTreeSet<Key> =
            rows.iter().flat_map(|row| [key(&row.key, INBOUND), key(&row.key, OUTBOUND)]).collect();
        let seen = last.find(store, ask, &wanted, &mut source)?;
        let commits = seen.commits.iter().copied().chain([commit]).collect();
        Ok(((rows, seen, source), commits))
    })?;
    let day = |number: &str, direction| seen.days.get(&key(number, direction)).copied();
    let numbers = rows.into_iter().map(|row| {
        let last = LastUse { inbound: day(&row.key, INBOUND), outbound: day(&row.key, OUTBOUND) };
        (row.key, row.now, last)
    });
    let numbers = numbers.collect();
    Ok(Found { numbers, clock: ask.days.clone(), has_unused, commit, is_mixed, source })
}

/// The numbers of the range, and then those that were ever used. A row whose own
/// number is unknown is no number's.
fn used(counted: &[Counted]) -> BTreeMap<String, Used> {
    let mut used = BTreeMap::<String, Used>::new();
    for (at, group) in
        counted.iter().enumerate().flat_map(|(at, all)| all.groups.iter().map(move |of| (at, of)))
    {
        let Some(number) = group.keys.first().and_then(filled) else { continue };
        let of_number = used.entry(number.to_owned()).or_default();
        if at == 0 {
            of_number.add(group.int(1), &group.sums);
        }
    }
    used
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
