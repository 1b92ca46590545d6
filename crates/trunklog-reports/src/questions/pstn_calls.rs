//! Calls over Calling Plans and Operator Connect: how many, how long, and what they cost.

use trunklog_records::TimeRange;
use trunklog_records::schema::PSTN_CALLS as LOG;
use trunklog_store::Store;

use super::amounts::{Amount, Amounts, with_currency};
use super::shared::{self, Told, answer, minutes};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::kpi::Unit;
use crate::plan::Times;
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Value};

/// Calls, minutes and charges by currency.
pub(crate) static PSTN_CALLS: Report =
    Report { key: "pstnCalls", log: &LOG, level: Level::Aggregate, takes: TAKES, columns, run };

const TAKES: Takes = Takes {
    buckets: Buckets::Asked,
    by: &[
        Dimension::CallType,
        Dimension::Direction,
        Dimension::Licence,
        Dimension::Destination,
        Dimension::Country,
        Dimension::Currency,
    ],
    filter: true,
    compare: true,
    ..Takes::NOTHING
};

const AMOUNTS: Amounts =
    Amounts { log: &LOG, quantity: "duration", charges: &["charge", "connectionCharge"] };

fn columns() -> Vec<Column> {
    shared::columns(&TAKES, counted())
}

fn counted() -> Vec<Column> {
    vec![
        Column::of("totalCalls", Kind::Count),
        Column::of("totalMinutes", Kind::Figure(Unit::Minutes)),
        Column::of("totalCharge", Kind::Money),
        Column::of("totalConnectionCharge", Kind::Money),
    ]
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = Times::of(ask, ask.bucket)?;
    let by = with_currency(&ask.by);
    let found = AMOUNTS.count(store, ask, &times, &by)?;
    let tell = |amount: &Amount, _: TimeRange| {
        let [charge, connection] = amount.charges.map(Value::Decimal);
        vec![Value::Int(amount.rows), minutes(amount.quantity), charge, connection]
    };
    let (table, compared) =
        shared::tables(&TAKES, &times, &by, counted(), &found.now, found.before.as_ref(), tell)?;
    let (source, commit) = (found.source, found.commit);
    Ok(answer(PSTN_CALLS.key, ask, &times, &by, Told { table, compared, source, commit, notes: Vec::new() }))
}
