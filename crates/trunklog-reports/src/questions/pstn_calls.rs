//! Calls over Calling Plans and Operator Connect: how many, how long, and what they cost.

use trunklog_records::schema::PSTN_CALLS as LOG;
use trunklog_store::Store;

use super::amounts::Amounts;
use super::charges;
use super::shared::{self, minutes};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::kpi::Unit;
use crate::report::{Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Value};

/// Calls, minutes and charges by currency.
pub(crate) static PSTN_CALLS: Report =
    Report { key: "pstnCalls", log: &LOG, level: Level::Aggregate, takes: TAKES, columns, run };

const TAKES: Takes = Takes { by: &charges::dimensions(Dimension::CallType), ..charges::TAKES };

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
    charges::answer(&PSTN_CALLS, &AMOUNTS, (store, ask), counted(), |amount| {
        let [charge, connection] = amount.charges.map(Value::Decimal);
        vec![Value::Int(amount.rows), minutes(amount.quantity), charge, connection]
    })
}
