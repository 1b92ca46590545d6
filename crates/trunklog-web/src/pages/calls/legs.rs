//! Which rows of a page are legs of one call.

use std::collections::BTreeMap;

use trunklog_records::{Cell, Rows};

/// The ids that join rows.
const IDS: [&str; 3] = ["correlationId", "transferorCorrelationId", "sharedCorrelationId"];

/// What some systems write where there is no id.
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// What a row is among the legs of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leg {
    /// The only one.
    Only,
    /// The first of several.
    First {
        /// How many there are.
        of: i64,
    },
    /// One that follows.
    Further,
}

/// The rows in their order, with the legs of a call next to its first one.
pub(super) fn grouped(rows: &Rows) -> Vec<(usize, Leg)> {
    let mut owners: Vec<usize> = (0..rows.len()).collect();
    let mut first = BTreeMap::new();
    for at in 0..rows.len() {
        for id in IDS.iter().filter_map(|name| id(rows, at, name)) {
            let other = *first.entry(id).or_insert(at);
            join(&mut owners, other, at);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..rows.len() {
        groups.entry(owner(&owners, at)).or_default().push(at);
    }
    let told = |group: Vec<usize>| {
        let of = i64::try_from(group.len()).unwrap_or(i64::MAX);
        group.into_iter().enumerate().map(move |(place, at)| {
            let leg = match place {
                0 if of == 1 => Leg::Only,
                0 => Leg::First { of },
                _ => Leg::Further,
            };
            (at, leg)
        })
    };
    // The smallest row is the owner, so groups are in the order of their first rows.
    groups.into_values().flat_map(told).collect()
}

fn id<'a>(rows: &'a Rows, at: usize, name: &str) -> Option<&'a str> {
    match rows.column(rows.log().index_of(name)?).value(at) {
        Some(Cell::Text(text)) => Some(text).filter(|text| !text.is_empty() && *text != NO_ID),
        _ => None,
    }
}

/// Makes one group of two rows.
fn join(owners: &mut [usize], one: usize, other: usize) {
    let (one, other) = (owner(owners, one), owner(owners, other));
    owners[one.max(other)] = one.min(other);
}

/// The smallest row of a row's group. A row's owner is never a later one.
fn owner(owners: &[usize], at: usize) -> usize {
    let mut at = at;
    while owners[at] != at {
        at = owners[at];
    }
    at
}
