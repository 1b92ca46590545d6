//! Erasing a person: from the list on to the last log.

use trunklog_odata::Instant;
use trunklog_odata::expr::{Expr, Kind, Node};
use trunklog_records::call_types::{Direction, only_direction};
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_store::{Engine, Erase, Erasure, Selection, Store};

use crate::Result;
use crate::entries::{self, Entry, How};
use crate::find::Finding;
use crate::hold::{self, Hold, all, any, is_one_of};
use crate::key::Key;
use crate::person::{Person, Places};

/// Rows that are not erased because a hold keeps them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the hold {hold} keeps {rows} of these rows of {log}: remove it with trunklog hold remove {hold}, or wait \
     for its end"
)]
pub struct Refusal {
    /// The hold's name.
    pub hold: String,
    /// The log.
    pub log: &'static str,
    /// How many rows of it.
    pub rows: u64,
}

/// What was erased of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// The log.
    pub log: &'static Log,
    /// How many rows went, or were changed. Where persons are taken from rows, one may
    /// count more than once.
    pub rows: u64,
}

/// The holds that keep rows of a person in a log.
pub fn kept_by(
    store: &dyn Store,
    finding: &Finding,
    person: &Person,
    holds: &[Hold],
) -> Result<Vec<Refusal>> {
    let log = finding.log;
    let mut kept = Vec::new();
    for hold in holds {
        let Some(held) = condition_on_any(store, log, hold)? else { continue };
        let mut rows = 0;
        for selection in crate::find::rows_of(finding, person) {
            let filter = selection.filter.into_iter().chain([held.clone()]).collect();
            let selection = Selection { filter: Some(all(filter)), ..Selection::all(log, selection.range) };
            rows += store.count(&selection, None)?;
        }
        if rows > 0 {
            kept.push(Refusal { hold: hold.name.clone(), log: log.name, rows });
        }
    }
    Ok(kept)
}

/// What a hold keeps of a log. Of one that is computed, nothing can be said before.
fn condition_on_any(store: &dyn Store, log: &'static Log, held: &Hold) -> Result<Option<Expr>> {
    if log.summary().is_some() {
        return Ok(None);
    }
    Ok(hold::condition(store, log, held, TimeRange::ALL)?)
}

/// Puts a person on the list of a tenant. This comes first: what is stored later is
/// without the person, and an erasure that breaks off is known to be unfinished.
pub fn list_person(
    engine: &dyn Engine,
    key: &Key,
    tenant: TenantId,
    person: &Person,
    entry: &ListEntry<'_>,
) -> Result<()> {
    let ListEntry { how, since, receipt, is_done } = *entry;
    let entry = Entry { how, since, receipt: receipt.to_owned(), is_done };
    entries::put(engine, key, tenant, person, &entry)
}

/// What is noted of a person.
#[derive(Debug, Clone, Copy)]
pub struct ListEntry<'a> {
    /// What happens to rows.
    pub how: How,
    /// When it was asked for.
    pub since: Instant,
    /// The receipt.
    pub receipt: &'a str,
    /// Whether all that was stored is erased.
    pub is_done: bool,
}

/// Takes a person's rows from a log, or the person from them. Doing it again changes
/// nothing.
///
/// Each number and each name is a commit of its own, names last: an erasure that breaks
/// off still finds the rest.
///
/// # Errors
/// Those of the store, which refuses what a hold keeps.
pub fn erase(store: &dyn Store, finding: &Finding, person: &Person, how: How) -> Result<Erased> {
    Ok(Erased { log: finding.log, rows: erase_found(store, finding, Some(person), how)? })
}

pub(crate) fn erase_found(
    store: &dyn Store,
    finding: &Finding,
    person: Option<&Person>,
    how: How,
) -> trunklog_store::Result<u64> {
    let log = finding.log;
    let places = Places::of(log);
    let whole = |filter: Expr| Selection { filter: Some(filter), ..Selection::all(log, TimeRange::ALL) };
    let mut erased = 0;
    let mut take = |selection: Selection, what: Erase| -> trunklog_store::Result<()> {
        erased += store.erase(&Erasure { selection, what })?;
        Ok(())
    };
    let unknown = Erase::Properties(vec![places.unknown]);
    if how == How::Rows {
        if let Some(filter) = finding.condition(person) {
            take(whole(filter), Erase::Rows)?;
        }
        for selection in finding.unknown_rows() {
            take(selection, Erase::Rows)?;
        }
        return Ok(erased);
    }
    for selection in finding.unknown_rows() {
        take(selection, unknown.clone())?;
    }
    for at in places.with_numbers() {
        if let Some(filter) = finding.condition_on(at, person, false) {
            take(whole(filter), Erase::Properties(vec![at, places.unknown]))?;
        }
    }
    let Some(user) = finding.condition_on_user(person) else { return Ok(erased) };
    if places.own.is_none() && !places.numbers.is_empty() {
        take(whole(user.clone()), Erase::Properties(places.numbers.clone()))?;
    }
    if let Some(own) = places.own {
        for (at, except) in [(own.inbound, Direction::Outbound), (own.outbound, Direction::Inbound)] {
            let types = finding.call_types.iter();
            let (mut named, mut parts) = (Vec::new(), Vec::new());
            for call_type in types.filter(|of| of.as_deref().and_then(only_direction) != Some(except)) {
                if let Some(call_type) = call_type {
                    named.push(call_type.clone());
                } else {
                    let of = Box::new(Expr::new(Kind::Text, Node::Property(own.direction)));
                    parts.push(Expr::new(Kind::Bool, Node::IsNull(of)));
                }
            }
            if !named.is_empty() {
                parts.push(is_one_of(own.direction, named));
            }
            if !parts.is_empty() {
                let filter = all(vec![user.clone(), any(parts)]);
                take(whole(filter), Erase::Properties(vec![at]))?;
            }
        }
    }
    let mut of_user = places.of_users;
    of_user.push(places.unknown);
    take(whole(user), Erase::Properties(of_user))?;
    Ok(erased)
}
