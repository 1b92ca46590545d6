//! Rows from values that are named.

use std::fmt::Display;

use trunklog_odata::Instant;
use trunklog_records::{RowBuilder, RowError, Value};

use super::TICKS_PER_MS;

/// A property and its value.
pub(super) type Field<'a> = (&'static str, Option<Value<'a>>);

/// Graph's mark for a moment that there was not.
pub(super) const ABSENT: Value<'static> = Value::Instant(Instant::ABSENT);

/// Adds a row.
pub(super) fn push<const N: usize>(fields: [Field<'_>; N], rows: &mut RowBuilder) {
    // A test makes up rows of every log.
    try_push(fields, rows).expect("the log has these properties with values of their types, and a time");
}

fn try_push<'a, const N: usize>(fields: [Field<'a>; N], rows: &mut RowBuilder) -> Result<(), RowError> {
    let mut row = rows.row();
    for (name, value) in fields {
        row = row.set(name, value)?;
    }
    row.finish()
}

pub(super) fn text(text: &str) -> Value<'_> {
    Value::Text(text.into())
}

/// What is written out for this row alone.
pub(super) fn written<T: Display>(value: T) -> Value<'static> {
    Value::Text(value.to_string().into())
}

/// From milliseconds since 1970.
pub(super) fn instant(ms: i64) -> Value<'static> {
    exact_instant(ms.saturating_mul(TICKS_PER_MS))
}

/// From units of 100 ns since 1970.
pub(super) fn exact_instant(ticks: i64) -> Value<'static> {
    // The first and the last call of all time would reach beyond it.
    let ticks = ticks.clamp(Instant::ABSENT.ticks(), Instant::MAX.ticks());
    Value::Instant(Instant::from_ticks(ticks).expect("the ticks were held within the years"))
}
