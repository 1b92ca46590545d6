//! Numbers outside. They are in no cube, so rows are read, and what a reader must not
//! see is gone before anything is counted: two numbers that look the same are one.

use std::cmp::Reverse;
use std::collections::HashMap;

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::call_types::Direction;
use trunklog_records::masking::masked;
use trunklog_store::{Store, Watermark};

use super::{Found, Number, Use};
use crate::ReportError;
use crate::ask::Ask;
use crate::facts::{Fact, Facts};
use crate::questions::figures;
use crate::questions::scan::scan_asked;
use crate::table::Source;

/// The most numbers that are kept apart: as much as some hundred megabytes hold.
const MOST: usize = 1_000_000;

const COLUMNS: [&str; 6] =
    ["callType", "callerNumber", "calleeNumber", "successfulCall", "finalSipCode", "callEndSubReason"];

/// The numbers that called and were called the most.
pub(super) fn numbers(store: &dyn Store, ask: &Ask, top: usize) -> Result<Found, ReportError> {
    let commit = store.newest()?;
    let (now, mut rows_read) = of_range(store, ask, ask.range, commit)?;
    let before = match figures::earlier(ask) {
        None => None,
        Some(range) => {
            let (before, read) = of_range(store, ask, range, commit)?;
            rows_read = rows_read.saturating_add(read);
            Some(before)
        }
    };
    let is_compared = before.is_some();
    let mut before = before.unwrap_or_default();
    let mut numbers = Vec::with_capacity(now.len());
    for (number, now) in now {
        let was = before.remove(&number);
        let before = is_compared.then(|| was.unwrap_or_default());
        numbers.push(Number { number, now, before });
    }
    let gone = |(number, was)| Number { number, now: Use::default(), before: Some(was) };
    numbers.extend(before.into_iter().map(gone));
    let order = |number: &Number| {
        let was = number.before.as_ref().map_or(0, |was| was.used.attempts);
        (Reverse(number.now.used.attempts), Reverse(was))
    };
    numbers.sort_unstable_by(|a, b| (order(a), &a.number).cmp(&(order(b), &b.number)));
    numbers.truncate(top);
    let source = Source { from_rows: true, rows_read, ..Source::default() };
    Ok(Found { numbers, clock: ask.zone.clone(), commit, is_mixed: false, source })
}

/// The numbers of a range, and how many rows were read.
fn of_range(
    store: &dyn Store,
    ask: &Ask,
    range: TimeRange,
    commit: Watermark,
) -> Result<(HashMap<String, Use>, u64), ReportError> {
    let mut found = HashMap::<String, Use>::new();
    let read = scan_asked(store, ask, (range, &COLUMNS), commit, &mut |rows| {
        for fact in Facts::of(rows).rows() {
            let Some(number) = fact.outside_number.filter(|number| !number.is_empty()) else { continue };
            let seen = masked(number, ask.mask.digits());
            if let Some(known) = found.get_mut(seen.as_ref()) {
                add(known, &fact);
            } else {
                add(found.entry(seen.into_owned()).or_default(), &fact);
            }
        }
        if found.len() > MOST { Err(too_many()) } else { Ok(()) }
    })?;
    Ok((found, read))
}

fn add(Use { used, last, .. }: &mut Use, fact: &Fact<'_>) {
    used.attempts += 1;
    used.answered += i64::from(fact.is_answered());
    used.missed += i64::from(fact.is_missed());
    let (rows, last) = match fact.direction {
        Some(Direction::Inbound) => (&mut used.inbound, &mut last.inbound),
        Some(Direction::Outbound) => (&mut used.outbound, &mut last.outbound),
        None => return,
    };
    *rows += 1;
    // A start that is none tells no day.
    let start = fact.start.and_then(|start| Instant::from_ticks(start).ok());
    *last = (*last).max(start);
}

fn too_many() -> ReportError {
    let problem = format!("more than {MOST} numbers outside called or were called");
    ReportError::asked("range", problem, "take a shorter range, or a filter")
}
