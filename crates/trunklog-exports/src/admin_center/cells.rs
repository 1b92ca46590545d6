//! The value of a column in a row, as the admin centre shows it.

use std::borrow::Cow;

use serde_json::Value as Json;
use trunklog_odata::Instant;
use trunklog_records::call_types::{Direction, direction, to_admin_center};
use trunklog_records::schema::ID;
use trunklog_records::{Cell, Column};

use super::columns::Form;

/// What a cell shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReportCell<'a> {
    Nothing,
    Text(Cow<'a, str>),
    Number(i32),
    /// The digits of a decimal number.
    Decimal(&'a str),
    Time(Instant),
}

/// The value of a row.
pub(super) fn cell<'a>(column: &Column<'a>, form: Form, row: usize) -> ReportCell<'a> {
    let text = |text: &'a str| ReportCell::Text(Cow::Borrowed(text));
    match (form, column.value(row)) {
        (Form::Country, None) => ReportCell::Text(Cow::Borrowed("??")),
        (_, None | Some(Cell::Instant(Instant::ABSENT))) => ReportCell::Nothing,
        (Form::CallType, Some(Cell::Text(word))) => text(to_admin_center(word).unwrap_or(word)),
        (Form::Direction, Some(Cell::Text(word))) => match direction(word) {
            Some(Direction::Inbound) => ReportCell::Text(Cow::Borrowed("Inbound")),
            Some(Direction::Outbound) => ReportCell::Text(Cow::Borrowed("Outbound")),
            None => ReportCell::Nothing,
        },
        (Form::DurationSource, Some(Cell::Text(member))) => {
            ReportCell::Text(Cow::Owned(with_capital(member)))
        }
        (Form::Units, Some(Cell::Collection(units))) => ReportCell::Text(units_in_one(units)),
        (_, Some(Cell::Text(value) | Cell::Collection(value) | Cell::Members(value))) => text(value),
        (_, Some(Cell::Decimal(digits))) => ReportCell::Decimal(digits),
        (_, Some(Cell::Instant(time))) => ReportCell::Time(time),
        (_, Some(Cell::Int(value))) => ReportCell::Number(value),
        (_, Some(Cell::Bool(true))) => ReportCell::Text(Cow::Borrowed("Yes")),
        (_, Some(Cell::Bool(false))) => ReportCell::Text(Cow::Borrowed("No")),
    }
}

fn with_capital(word: &str) -> String {
    let mut rest = word.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    first + rest.as_str()
}

/// The ids of units. What is no collection of them stays as it is.
fn units_in_one(units: &str) -> Cow<'_, str> {
    let Ok(Json::Array(objects)) = serde_json::from_str(units) else { return Cow::Borrowed(units) };
    let ids: Vec<&str> = objects.iter().filter_map(|object| object.get(ID)?.as_str()).collect();
    Cow::Owned(ids.join(";"))
}
