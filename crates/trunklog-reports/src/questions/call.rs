//! One call with its legs.

mod joined;
mod legs;
mod role;

use std::collections::BTreeMap;

use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Cell, Rows};
use trunklog_store::Store;

use super::figures;
use super::reasons::Reason;
use super::shared::Told;
use crate::ReportError;
use crate::ask::Ask;
use crate::facts::{Fact, Facts};
use crate::kpi::Unit;
use crate::report::{Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Source, Table, Value};
use legs::{IDS, Legs};

pub use joined::rows_joined;
pub(crate) use role::Role;

/// A call by its time and id, and all rows that share an id with it, in the order of
/// time.
///
/// The range that is asked for bounds it: a call outside is none.
pub(crate) static CALL: Report = Report {
    key: "call",
    log: &DIRECT_ROUTING_CALLS,
    level: Level::Personal,
    takes: Takes { call: true, ..Takes::NOTHING },
    columns,
    run,
};

/// The key of the text that says that a call has more legs than are told.
pub(super) const MORE_LEGS: &str = "note-moreLegs";

/// Texts that are told as rows have them, after what is known of the row.
const TEXTS: [&str; 6] = ["callType", "trunk", "userId", "displayName", "userPrincipalName", "callerNumber"];

fn columns() -> Vec<Column> {
    let seconds = Kind::Figure(Unit::Seconds);
    let mut columns = vec![
        Column::key("startDateTime", Kind::Moment),
        Column::key("id", Kind::Text),
        Column::key("role", Kind::Word),
        Column::key("isAsked", Kind::Flag),
        Column::of("inviteDateTime", Kind::Moment),
        Column::of("endDateTime", Kind::Moment),
        Column::of("failureDateTime", Kind::Moment),
        Column::of("offset", seconds),
        Column::of("setup", seconds),
        Column::of("talk", seconds),
        Column::of("held", seconds),
        Column::of("gap", seconds),
        Column::of("duration", Kind::Count),
        Column::of("successfulCall", Kind::Flag),
    ];
    columns.extend(Reason::columns());
    columns.push(Column::of("direction", Kind::Word));
    columns.extend(TEXTS.map(|key| Column::of(key, Kind::Text)));
    columns.push(Column::of("calleeNumber", Kind::Text));
    for (id, rows) in IDS {
        columns.push(Column::of(id, Kind::Text));
        columns.push(Column::of(rows, Kind::Count));
    }
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let (time, id) = ask.call.as_ref().ok_or(ReportError::NoSuchCall)?;
    let Legs { rows, range, commit, rows_read, are_all } = legs::find(store, ask, *time, id)?;
    // What a reader must not see is gone before anything else is made of it.
    let rows = ask.mask.rows(rows);
    let facts = Facts::of(&rows);
    let joined = joined(&rows);
    let first = facts.rows().filter_map(|fact| began(&fact)).min();
    let mut table = Table::new(columns());
    let mut last_end = None;
    for (at, fact) in facts.rows().enumerate() {
        let is_asked = rows.key(at) == (*time, id.as_str());
        let leg = Leg { rows: &rows, at, fact, is_asked, first, last_end };
        table.rows.push(leg.row(ask, &joined));
        last_end = last_end.max(ended(&fact));
    }
    let source = Source { from_rows: true, rows_read, ..Source::default() };
    let notes = if are_all { Vec::new() } else { vec![MORE_LEGS] };
    let told = Told { table, compared: None, source, commit, notes };
    Ok(Answer { range, ..figures::answer(ask, CALL.key, told)? })
}

/// How many rows have an id as any of theirs.
fn joined(rows: &Rows) -> BTreeMap<&str, i64> {
    let mut joined = BTreeMap::new();
    for at in 0..rows.len() {
        for id in legs::ids(rows, at) {
            *joined.entry(id).or_insert(0) += 1;
        }
    }
    joined
}

/// When a row's call began, in ticks.
fn began(fact: &Fact<'_>) -> Option<i64> {
    fact.invite.or(fact.start)
}

fn ended(fact: &Fact<'_>) -> Option<i64> {
    fact.end.or(fact.failure)
}

/// A row on its way into the table.
struct Leg<'a> {
    rows: &'a Rows,
    at: usize,
    fact: Fact<'a>,
    is_asked: bool,
    /// When the first leg began.
    first: Option<i64>,
    /// The last end of those before it.
    last_end: Option<i64>,
}

impl Leg<'_> {
    fn row(&self, ask: &Ask, joined: &BTreeMap<&str, i64>) -> Vec<Value> {
        let fact = &self.fact;
        let moment =
            |ticks: Option<i64>| Value::maybe_instant(ticks.and_then(|at| Instant::from_ticks(at).ok()));
        let role = Role::of(fact);
        let mut row = vec![
            moment(fact.start),
            self.text("id"),
            Value::Word { key: role.key(), name: role.name() },
            Value::Bool(self.is_asked),
            moment(fact.invite),
            moment(fact.end),
            moment(fact.failure),
            seconds_between(self.first, began(fact)),
            figures::seconds(fact.setup_ms()),
            figures::seconds(fact.talk_ms()),
            figures::seconds(fact.held_ms()),
            seconds_between(self.last_end, began(fact)),
            Value::maybe_int(fact.duration),
            fact.successful.map_or(Value::Null, Value::Bool),
        ];
        row.extend(Reason::of(fact).values(ask.texts));
        row.push(figures::direction_word(fact.direction));
        row.extend(TEXTS.map(|key| self.text(property(key))));
        row.push(self.text("calleeNumber"));
        for (id, _) in IDS {
            let value = legs::id(self.rows, self.at, id);
            row.push(Value::maybe_text(value));
            row.push(Value::maybe_int(value.and_then(|id| joined.get(id)).copied()));
        }
        row
    }

    fn text(&self, property: &str) -> Value {
        Value::maybe_text(text(self.rows, self.at, property))
    }
}

/// The property that a column shows under a name that other reports have, too.
fn property(column: &'static str) -> &'static str {
    match column {
        "trunk" => "trunkFullyQualifiedDomainName",
        "displayName" => "userDisplayName",
        other => other,
    }
}

/// A text of a row that is one: neither null nor empty.
fn text<'a>(rows: &'a Rows, at: usize, property: &str) -> Option<&'a str> {
    match rows.column(DIRECT_ROUTING_CALLS.index_of(property)?).value(at) {
        Some(Cell::Text(text)) => Some(text).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// The time from one instant to another, in ticks; below zero where the other is the
/// earlier one.
fn seconds_between(from: Option<i64>, to: Option<i64>) -> Value {
    let apart = to.zip(from).map(|(to, from)| to.saturating_sub(from));
    figures::seconds(apart.map(|ticks| ticks.div_euclid(Instant::TICKS_PER_MS)))
}

#[cfg(test)]
mod tests;
