//! Numbers outside. They are in no cube, so rows are read, and what a reader must not
//! see is gone before anything is counted: two numbers that look the same are one.

use std::cmp::Reverse;
use std::collections::HashMap;

use trunklog_odata::Instant;
use trunklog_records::call_types::Direction;
use trunklog_records::masking::masked;
use trunklog_store::Store;

use super::{Found, LastUse, Used};
use crate::ReportError;
use crate::ask::Ask;
use crate::facts::Fact;
use crate::questions::scan::{scan, selection};
use crate::table::Source;

/// The most numbers that are kept apart: as much as some hundred megabytes hold.
const MOST: usize = 1_000_000;

const COLUMNS: [&str; 6] =
    ["callType", "callerNumber", "calleeNumber", "successfulCall", "finalSipCode", "callEndSubReason"];

/// The numbers that called and were called the most.
pub(super) fn numbers(store: &dyn Store, ask: &Ask, top: usize) -> Result<Found, ReportError> {
    let commit = store.newest()?;
    let mut found = HashMap::<String, (Used, LastUse)>::new();
    let read = scan(store, selection(ask, ask.range, &COLUMNS)?, commit, &mut |facts| {
        for fact in facts.rows() {
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
    let mut numbers: Vec<(String, Used, LastUse)> =
        found.into_iter().map(|(number, (used, last))| (number, used, last)).collect();
    numbers.sort_unstable_by(|(number, used, _), (other, of_other, _)| {
        (Reverse(used.attempts), number).cmp(&(Reverse(of_other.attempts), other))
    });
    numbers.truncate(top);
    let source = Source { from_rows: true, rows_read: read, ..Source::default() };
    Ok(Found { numbers, clock: ask.zone.clone(), has_unused: false, commit, is_mixed: false, source })
}

fn add((used, last): &mut (Used, LastUse), fact: &Fact<'_>) {
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
