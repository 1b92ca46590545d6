//! A row that is made by the names of its properties.

use crate::recognition::printable_name;
use crate::rows::{RowBuilder, RowError, Value};
use crate::schema::Property;

/// A row on its way into a [`RowBuilder`], which [`RowBuilder::row`] starts.
///
/// Properties that are not named are null, and all checks are those of
/// [`RowBuilder::push`].
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
/// use trunklog_records::{RowBuilder, RowError, Value};
///
/// let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
/// let start = Instant::from_date(2026, 11, 24).unwrap();
/// rows.row()
///     .set("id", Value::Text("1".into()))?
///     .set("startDateTime", Value::Instant(start))?
///     .set("duration", None)?
///     .finish()?;
/// assert_eq!(rows.finish().id(0), "1");
///
/// let error = rows.row().set("colour", Value::Text("red".into())).unwrap_err();
/// assert_eq!(error.to_string(), "directRoutingCalls has no property colour");
/// # Ok::<(), RowError>(())
/// ```
#[derive(Debug)]
#[must_use = "a row is added when it is finished"]
pub struct RowDraft<'b, 'v> {
    rows: &'b mut RowBuilder,
    values: Vec<Option<Value<'v>>>,
    /// The index of the property after the last one that was named. Rows mostly
    /// name theirs in the order of the table, so it is tried first.
    guess: usize,
}

impl RowBuilder {
    /// Starts a row whose values are given by the names of their properties.
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_records::{RowBuilder, Value};
    ///
    /// let mut rows = RowBuilder::new(&SMS);
    /// let sent = Instant::from_date(2026, 11, 1).unwrap();
    /// rows.row().set("sentDateTime", Value::Instant(sent))?.finish()?;
    /// assert_eq!(rows.finish().time(0), sent);
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    pub fn row<'v>(&mut self) -> RowDraft<'_, 'v> {
        let values = vec![None; self.log().properties.len()];
        RowDraft { rows: self, values, guess: 0 }
    }
}

impl<'b, 'v> RowDraft<'b, 'v> {
    /// Gives a property its value; None is null. Of values that a property gets
    /// twice, the first that is not null counts, as in JSON.
    ///
    /// Names are taken letter by letter.
    ///
    /// # Errors
    /// [`RowError::Unknown`] when the log has no such property.
    pub fn set(
        mut self,
        property: &str,
        value: impl Into<Option<Value<'v>>>,
    ) -> Result<RowDraft<'b, 'v>, RowError> {
        let log = self.rows.log();
        let is_it = |guessed: &Property| guessed.name == property;
        let at = if log.properties.get(self.guess).is_some_and(is_it) {
            self.guess
        } else {
            log.index_of(property).ok_or_else(|| RowError::Unknown {
                log,
                property: printable_name(property).unwrap_or(UNPRINTABLE).to_owned(),
            })?
        };
        self.guess = at + 1;
        let slot = &mut self.values[at];
        if slot.is_none() {
            *slot = value.into();
        }
        Ok(self)
    }

    /// Adds the row, or nothing.
    ///
    /// # Errors
    /// Those of [`RowBuilder::push`].
    pub fn finish(self) -> Result<(), RowError> {
        self.finish_with(None)
    }

    /// The same with properties that the log does not have: the members of a
    /// JSON object, as in [`RowBuilder::push`].
    ///
    /// # Errors
    /// Those of [`RowBuilder::push`].
    ///
    /// ```
    /// use trunklog_odata::Instant;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_records::{Cell, RowBuilder, Value};
    ///
    /// let mut rows = RowBuilder::new(&SMS);
    /// let sent = Instant::from_date(2026, 11, 1).unwrap();
    /// rows.row().set("sentDateTime", Value::Instant(sent))?.finish_with(Some(r#""new":1"#))?;
    /// let rows = rows.finish();
    /// assert_eq!(rows.column(SMS.properties.len()).value(0), Some(Cell::Members(r#""new":1"#)));
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    pub fn finish_with(mut self, dynamic: Option<&str>) -> Result<(), RowError> {
        self.rows.push(&mut self.values, dynamic)
    }
}

/// Stands for a name that could be anything, such as the first value of a table
/// that has no names.
const UNPRINTABLE: &str = "of that name, which is not an identifier";

#[cfg(test)]
mod tests {
    use trunklog_odata::{Instant, Version};

    use crate::json::RowEncoder;
    use crate::schema::{DIRECT_ROUTING_CALLS, LOGS};

    use super::*;

    fn time() -> Value<'static> {
        Value::Instant(Instant::from_date(2026, 11, 24).unwrap())
    }

    #[test]
    fn rows_by_name_are_those_by_index() {
        for log in LOGS {
            let mut values: Vec<Option<Value<'_>>> = vec![None; log.properties.len()];
            values[log.time_index()] = Some(time());
            values[log.id_index()] = Some(Value::Text("1".into()));
            let named = log.properties.iter().map(|property| property.name).zip(values.clone());
            let by_index = {
                let mut rows = RowBuilder::new(log);
                rows.push(&mut values, Some(r#""later":1"#)).unwrap();
                rows.finish()
            };
            // In any order.
            for backwards in [false, true] {
                let mut named: Vec<_> = named.clone().collect();
                if backwards {
                    named.reverse();
                }
                let mut rows = RowBuilder::new(log);
                let mut row = rows.row();
                for (name, value) in named {
                    row = row.set(name, value).unwrap();
                }
                row.finish_with(Some(r#""later":1"#)).unwrap();
                assert_eq!(rows.finish().batch(), by_index.batch(), "{}", log.name);
            }
        }
    }

    #[test]
    fn the_first_value_that_is_not_null_counts() {
        let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
        let row = rows.row().set("startDateTime", time()).unwrap();
        let row = row.set("duration", None).unwrap().set("duration", Value::Int(7)).unwrap();
        row.set("duration", Value::Int(8)).unwrap().set("duration", None).unwrap().finish().unwrap();
        let mut json = Vec::new();
        RowEncoder::new(&DIRECT_ROUTING_CALLS, Version::V1).encode(&rows.finish(), &mut json);
        assert!(String::from_utf8(json).unwrap().contains("\"duration\":7"));
    }

    #[test]
    fn names_that_the_log_does_not_have_are_told() {
        let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
        for (name, told) in [
            ("colour", "directRoutingCalls has no property colour"),
            ("StartDateTime", "directRoutingCalls has no property StartDateTime"),
            ("", "directRoutingCalls has no property of that name, which is not an identifier"),
            // A table without a header.
            ("+441632960111", "directRoutingCalls has no property of that name, which is not an identifier"),
        ] {
            let error = rows.row().set(name, None).unwrap_err();
            assert_eq!(error.to_string(), told);
        }
        assert!(rows.is_empty());
    }

    #[test]
    fn a_row_that_cannot_be_taken_adds_nothing() {
        let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
        let row = rows.row().set("id", Value::Text("1".into())).unwrap();
        assert_eq!(row.finish(), Err(RowError::Missing("startDateTime")));
        let row = rows.row().set("startDateTime", time()).unwrap();
        let error = row.set("duration", Value::Bool(true)).unwrap().finish().unwrap_err();
        assert_eq!(error.to_string(), "duration: expected a whole number");
        assert!(rows.is_empty());
    }
}
