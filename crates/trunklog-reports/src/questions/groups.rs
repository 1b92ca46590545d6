//! Groups of rows: now, and beside them in the earlier range.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use trunklog_store::{ReportValue, Store, Watermark};

use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::plan::{Family, Found, Group, Plan, Times, Wanted, Window};
use crate::table::Source;

/// Sums of a range, and of the one that it is compared with.
pub(super) struct Counted {
    pub(super) now: Vec<Group>,
    pub(super) before: Option<Vec<Group>>,
    pub(super) commit: Watermark,
    pub(super) source: Source,
}

/// What is told of something, and what was told of it in the earlier range.
pub(super) struct Ranked<K, T> {
    pub(super) key: K,
    pub(super) now: T,
    /// None where nothing is compared.
    pub(super) before: Option<T>,
}

/// Counts what is asked for.
pub(super) fn count(
    store: &dyn Store,
    ask: &Ask,
    families: &[Family],
    by: &[Dimension],
    keys: &[&'static str],
) -> Result<Counted, ReportError> {
    let times = Times::of(ask, None)?;
    let mut plan = Plan::new(ask);
    plan.add(&all(families, &times.now, by, keys))?;
    if let Some(earlier) = &times.earlier {
        plan.add(&all(families, &earlier.window, by, keys))?;
    }
    let Found { counted, source, commit } = plan.run(store)?;
    let mut groups = counted.into_iter().map(|counted| counted.groups);
    let now = groups.next().unwrap_or_default();
    let before = times.earlier.as_ref().map(|_| groups.next().unwrap_or_default());
    Ok(Counted { now, before, commit, source })
}

/// All sums of a time.
pub(super) fn all<'a>(
    families: &'a [Family],
    window: &'a Window,
    by: &'a [Dimension],
    keys: &'a [&'static str],
) -> Wanted<'a> {
    Wanted { families, window, by, keys, only: Vec::new(), measures: None }
}

/// What was found now and before, the largest now first, then what was the largest
/// before, then by key.
pub(super) fn ranked<K: Ord + Clone, T: Default>(
    now: BTreeMap<K, T>,
    before: Option<BTreeMap<K, T>>,
    top: Option<usize>,
    size: impl Fn(&T) -> i64,
) -> Vec<Ranked<K, T>> {
    let is_compared = before.is_some();
    let mut before = before.unwrap_or_default();
    let mut rows: Vec<Ranked<K, T>> = Vec::with_capacity(now.len());
    for (key, now) in now {
        let was = before.remove(&key);
        let before = is_compared.then(|| was.unwrap_or_default());
        rows.push(Ranked { key, now, before });
    }
    rows.extend(before.into_iter().map(|(key, was)| Ranked { key, now: T::default(), before: Some(was) }));
    rows.sort_by_cached_key(|row| {
        let was = row.before.as_ref().map_or(0, &size);
        (Reverse(size(&row.now)), Reverse(was), row.key.clone())
    });
    rows.truncate(top.unwrap_or(usize::MAX));
    rows
}

/// A whole number; None of null.
pub(super) fn int(value: &ReportValue) -> Option<i64> {
    match value {
        ReportValue::Int(value) => Some(*value),
        _ => None,
    }
}

/// A text that is one: neither null nor empty.
pub(super) fn filled(value: &ReportValue) -> Option<&str> {
    match value {
        ReportValue::Text(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        _ => None,
    }
}
