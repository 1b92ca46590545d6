//! What became of each number: the organisation's own, or those outside.

mod outside;
mod own;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{Store, Watermark};

use super::busy::MIXED_COMMITS;
use super::figures;
use super::shared::{Told, figures as figure_columns};
use crate::ReportError;
use crate::ask::{Ask, Extra};
use crate::calendar::local_date;
use crate::report::{Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Source, Table, Value};

/// Numbers with their calls in and out, and when each was last used.
pub(crate) static NUMBERS: Report = Report {
    key: "numbers",
    log: &DIRECT_ROUTING_CALLS,
    level: Level::Personal,
    takes: Takes { filter: true, compare: true, top: Some(TOP), extras: &[Extra::Outside], ..Takes::NOTHING },
    columns,
    run,
};

const TOP: usize = 100;

/// What is told of a number.
#[derive(Debug, Clone, Default)]
struct Used {
    attempts: i64,
    answered: i64,
    missed: i64,
    inbound: i64,
    outbound: i64,
}

/// When a number was last used: by instants, each of a day or of a row.
#[derive(Debug, Clone, Copy, Default)]
struct LastUse {
    inbound: Option<Instant>,
    outbound: Option<Instant>,
}

/// What became of a number in a range.
#[derive(Debug, Clone, Default)]
struct Use {
    used: Used,
    last: LastUse,
    /// Whether it was used before, and not in the range; None where that is not known.
    is_unused: Option<bool>,
}

/// A number, with the earlier range beside.
struct Number {
    number: String,
    now: Use,
    before: Option<Use>,
}

/// The numbers of an answer.
struct Found {
    numbers: Vec<Number>,
    /// The zone by which days are told.
    clock: TimeZone,
    commit: Watermark,
    /// Whether some of it is of other commits.
    is_mixed: bool,
    source: Source,
}

fn columns() -> Vec<Column> {
    let mut columns = vec![Column::key("number", Kind::Text)];
    columns.extend(figure_columns(&["attempts", "answered", "missed"]));
    columns.extend([
        Column::of("inbound", Kind::Count),
        Column::of("outbound", Kind::Count),
        Column::of("lastIn", Kind::Date),
        Column::of("lastOut", Kind::Date),
        Column::of("isUnused", Kind::Flag),
    ]);
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let top = ask.top.unwrap_or(TOP);
    let Found { numbers, clock, commit, is_mixed, source } = if ask.wants(Extra::Outside) {
        outside::numbers(store, ask, top)?
    } else {
        own::numbers(store, ask, top)?
    };
    let (mut table, mut compared) = (Table::new(columns()), Table::new(columns()));
    for Number { number, now, before } in numbers {
        let day = |at: Option<Instant>| Value::maybe_text(at.map(|at| local_date(&clock, at)));
        let row = |Use { used, last, is_unused }: &Use| {
            vec![
                Value::text(&number),
                Value::Int(used.attempts),
                Value::Int(used.answered),
                Value::Int(used.missed),
                Value::Int(used.inbound),
                Value::Int(used.outbound),
                day(last.inbound),
                day(last.outbound),
                is_unused.map_or(Value::Null, Value::Bool),
            ]
        };
        table.rows.push(row(&now));
        compared.rows.extend(before.as_ref().map(row));
    }
    let compared = ask.compare.map(|_| compared);
    let notes = is_mixed.then_some(MIXED_COMMITS).into_iter().collect();
    figures::answer(ask, NUMBERS.key, Told { table, compared, source, commit, notes })
}

#[cfg(test)]
mod tests;
