//! Rows from values that are named.

use std::fmt::Display;

use trunklog_odata::Instant;
use trunklog_records::{Log, RowBuilder, Value};

use super::TICKS_PER_MS;

/// A property and its value.
pub(super) type Field<'a> = (&'static str, Option<Value<'a>>);

/// Where a log's properties are.
#[derive(Debug)]
pub(super) struct Fields {
    log: &'static Log,
    /// For each property in the order in which rows name them, its column.
    places: Vec<usize>,
}

/// Graph's mark for a moment that there was not.
pub(super) const ABSENT: Value<'static> = Value::Instant(Instant::ABSENT);

impl Fields {
    pub(super) fn of(log: &'static Log) -> Fields {
        Fields { log, places: Vec::new() }
    }

    /// Adds a row. All rows name the same properties in the same order.
    pub(super) fn push<const N: usize>(&mut self, fields: [Field<'_>; N], rows: &mut RowBuilder) {
        if self.places.is_empty() {
            let log = self.log;
            let place = |name: &str| {
                // A test makes up rows of every log.
                log.index_of(name).unwrap_or_else(|| panic!("{} has no property {name}", log.name))
            };
            self.places = fields.iter().map(|(name, _)| place(name)).collect();
        }
        let mut values = vec![None; self.log.properties.len()];
        for ((_, value), place) in fields.into_iter().zip(&self.places) {
            values[*place] = value;
        }
        rows.push(&mut values, None).expect("the values have their properties' types, and there is a time");
    }
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

#[cfg(test)]
mod tests {
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;

    use super::*;

    #[test]
    #[should_panic(expected = "directRoutingCalls has no property colour")]
    fn a_property_that_the_table_lacks_is_noticed() {
        let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
        Fields::of(&DIRECT_ROUTING_CALLS).push([("colour", Some(text("red")))], &mut rows);
    }
}
