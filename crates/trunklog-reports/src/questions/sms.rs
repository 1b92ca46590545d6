//! Messages: how many, in how many parts, and what they cost.

use trunklog_records::schema::SMS as LOG;
use trunklog_store::Store;

use super::amounts::Amounts;
use super::charges;
use super::shared;
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::report::{Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Value};

/// Messages, units and charges by currency.
pub(crate) static SMS: Report =
    Report { key: "sms", log: &LOG, level: Level::Aggregate, takes: TAKES, columns, run };

const TAKES: Takes = Takes { by: &charges::dimensions(Dimension::SmsType), ..charges::TAKES };

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
    charges::answer(&SMS, &AMOUNTS, (store, ask), counted(), |amount| {
        let [charge, _] = amount.charges.map(Value::Decimal);
        vec![Value::Int(amount.rows), Value::Int(amount.quantity), charge]
    })
}
