//! Messages: how many, in how many parts, and what they cost.

use trunklog_records::TimeRange;
use trunklog_records::schema::SMS as LOG;
use trunklog_store::Store;

use super::amounts::{Amount, Amounts, with_currency};
use super::shared::{self, Told, answer};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::plan::Times;
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Value};

/// Messages, units and charges by currency.
pub(crate) static SMS: Report =
    Report { key: "sms", log: &LOG, level: Level::Aggregate, takes: TAKES, columns, run };

const TAKES: Takes = Takes {
    buckets: Buckets::Asked,
    by: &[
        Dimension::SmsType,
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

const AMOUNTS: Amounts = Amounts { log: &LOG, quantity: "smsUnits", charges: &["callCharge"] };

fn columns() -> Vec<Column> {
    shared::columns(&TAKES, counted())
}

fn counted() -> Vec<Column> {
    vec![
        Column::of("totalMessages", Kind::Count),
        Column::of("totalUnits", Kind::Count),
        Column::of("totalCharge", Kind::Money),
    ]
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = Times::of(ask, ask.bucket)?;
    let by = with_currency(&ask.by);
    let found = AMOUNTS.count(store, ask, &times, &by)?;
    let tell = |amount: &Amount, _: TimeRange| {
        let [charge, _] = amount.charges.map(Value::Decimal);
        vec![Value::Int(amount.rows), Value::Int(amount.quantity), charge]
    };
    let (table, compared) =
        shared::tables(&TAKES, &times, &by, counted(), &found.now, found.before.as_ref(), tell)?;
    let (source, commit) = (found.source, found.commit);
    Ok(answer(SMS.key, ask, &times, &by, Told { table, compared, source, commit, notes: Vec::new() }))
}
