//! Calls by day, user and direction.

use std::collections::BTreeMap;
use std::sync::Arc;

use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{
    Aggregate, Columns, Group as By, GroupRow, Measure, Operand, ReportQuery, ReportValue, Selection, Store,
    Watermark,
};

use super::{Slice, SliceRow, Slices, Slots, direction_word, minutes, seconds, sums};
use crate::ReportError;
use crate::calendar::Bucket;
use crate::cubes::{self, direction_of};
use crate::kpi::Unit;
use crate::report::Level;
use crate::table::{Column, Kind, Value};

/// The calls of each user by day and direction. Rows without a user are in none.
pub(super) static USERS: Slice = Slice {
    key: "users",
    level: Level::Personal,
    bucket: Bucket::Day,
    columns: &[
        Column::key("user", Kind::Text),
        Column::key("direction", Kind::Text),
        Column::of("userPrincipalName", Kind::Text),
        Column::of("userDisplayName", Kind::Text),
        Column::of("attempts", Kind::Count),
        Column::of("answered", Kind::Count),
        Column::of("missed", Kind::Count),
        Column::of("minutes", Kind::Figure(Unit::Minutes)),
        Column::of("talkSeconds", Kind::Figure(Unit::Seconds)),
    ],
    tell: users,
};

#[derive(Default)]
struct Sum {
    attempts: i64,
    answered: i64,
    missed: i64,
    duration_s: i64,
    talk_ms: i64,
}

fn users(store: &dyn Store, slots: &Slots) -> Result<Slices, ReportError> {
    const USER: usize = 0;
    const DIRECTION: usize = 1;
    let by = [cubes::users::USER, cubes::users::DIRECTION];
    let (groups, commit) = sums(store, slots.query(cubes::USERS, &by))?;
    let mut days = BTreeMap::<(usize, &str, &str), Sum>::new();
    for group in &groups {
        let Some(user) = group.text(USER) else { continue };
        let way = direction_word(group.number(DIRECTION).and_then(direction_of));
        let sum = days.entry((group.slot(), user, way)).or_default();
        sum.attempts += group.sum(cubes::users::ROWS);
        sum.answered += group.sum(cubes::users::ANSWERED);
        sum.missed += group.sum(cubes::users::MISSED);
        sum.duration_s += group.sum(cubes::users::DURATION_S);
        sum.talk_ms += group.sum(cubes::users::TALK_MS);
    }
    let names = if days.is_empty() { Names::new() } else { names(store, slots, commit)? };
    let row = |((slot, user, way), sum): ((usize, &str, &str), Sum)| {
        let start = *slots.starts().get(slot)?;
        // Who has no id is called by the principal name.
        let fallback = (user.contains('@').then(|| user.to_owned()), None);
        let (principal, display) = names.get(&(slot, user.to_owned())).cloned().unwrap_or(fallback);
        let values = vec![
            Value::text(user),
            Value::text(way),
            Value::maybe_text(principal),
            Value::maybe_text(display),
            Value::Int(sum.attempts),
            Value::Int(sum.answered),
            Value::Int(sum.missed),
            minutes(sum.duration_s),
            seconds(sum.talk_ms),
        ];
        Some(SliceRow { start, id: format!("|{way}|{user}"), values })
    };
    Ok(Slices { rows: days.into_iter().filter_map(row).collect(), commit })
}

/// Principal name and display name by slot and id.
type Names = BTreeMap<(usize, String), (Option<String>, Option<String>)>;

/// What users are called in rows of each slot; of several names of one user the last
/// by their bytes. So an entity is the same in whatever range it is read.
fn names(store: &dyn Store, slots: &Slots, commit: Watermark) -> Result<Names, ReportError> {
    let log = &DIRECT_ROUTING_CALLS;
    let at = |name| log.index_of(name).expect("direct routing has users");
    let largest = |name| Measure::of(Aggregate::Largest(Operand::Property(at(name))));
    let by_slot = By::Buckets { property: log.time_index(), edges: Arc::clone(&slots.edges) };
    let report = store.report(&ReportQuery {
        selection: Selection { columns: Columns::Only(Vec::new()), ..Selection::all(log, slots.range()) },
        watermark: Some(commit),
        groups: vec![By::Property(at("userId")), by_slot],
        measures: vec![largest("userPrincipalName"), largest("userDisplayName")],
    })?;
    let text = |value: Option<&ReportValue>| match value {
        Some(ReportValue::Text(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let named = |group: &GroupRow| {
        let Some(ReportValue::Int(slot)) = group.by.get(1) else { return None };
        let key = (usize::try_from(*slot).ok()?, text(group.by.first())?);
        Some((key, (text(group.measures.first()), text(group.measures.get(1)))))
    };
    Ok(report.groups.iter().filter_map(named).collect())
}
