//! One property of all rows, as all read it who write rows.

use std::fmt;

use arrow::array::{Array, BooleanArray, Int32Array, Int64Array, StringArray};
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;

use crate::rows::Rows;

/// One property of all rows of a batch.
///
/// What type it has is settled when the column is taken, with [`Rows::column`],
/// and not asked again for each row.
///
/// ```
/// use trunklog_records::json::RowDecoder;
/// use trunklog_records::schema::SMS;
/// use trunklog_records::{Cell, RowBuilder};
///
/// let mut rows = RowBuilder::new(&SMS);
/// let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z","smsUnits":2}"#;
/// RowDecoder::new(&SMS).decode(json, &mut rows)?;
/// let rows = rows.finish();
/// let units = rows.column(SMS.index_of("smsUnits").unwrap());
/// assert_eq!(units.value(0), Some(Cell::Int(2)));
/// # Ok::<(), trunklog_records::RowError>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Column<'a>(Values<'a>);

#[derive(Debug, Clone, Copy)]
enum Values<'a> {
    Text(&'a StringArray),
    Decimal(&'a StringArray),
    Collection(&'a StringArray),
    Members(&'a StringArray),
    Instant(&'a Int64Array),
    Int(&'a Int32Array),
    Bool(&'a BooleanArray),
}

/// The value of a property of one row.
///
/// [`Display`](fmt::Display) shows it as plain text, as a table has it.
///
/// ```
/// use trunklog_records::Cell;
///
/// assert_eq!(Cell::Members(r#""new":1"#).to_string(), r#"{"new":1}"#);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// `Edm.String`, or the name of an enumeration's member.
    Text(&'a str),
    /// The digits of an `Edm.Decimal`, which are a number in JSON, too.
    Decimal(&'a str),
    /// A collection as a JSON array.
    Collection(&'a str),
    /// The properties that the log's table does not have: the members of a JSON
    /// object, without its braces.
    Members(&'a str),
    /// `Edm.DateTimeOffset`.
    Instant(Instant),
    /// `Edm.Int32`.
    Int(i32),
    /// `Edm.Boolean`.
    Bool(bool),
}

impl Rows {
    /// The property at that index of the log's table. The index after the last
    /// one means the properties that the table does not have.
    ///
    /// ```
    /// use trunklog_records::json::RowDecoder;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_records::{Cell, RowBuilder};
    ///
    /// let mut rows = RowBuilder::new(&SMS);
    /// let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z","new":1}"#;
    /// RowDecoder::new(&SMS).decode(json, &mut rows)?;
    /// let rows = rows.finish();
    /// assert_eq!(rows.column(SMS.id_index()).value(0), Some(Cell::Text("a")));
    /// assert_eq!(rows.column(SMS.properties.len()).value(0), Some(Cell::Members(r#""new":1"#)));
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    pub fn column(&self, at: usize) -> Column<'_> {
        let Some(property) = self.log().properties.get(at) else {
            return Column(Values::Members(self.text(at)));
        };
        Column(match property.edm {
            EdmType::String | EdmType::Enum(_) => Values::Text(self.text(at)),
            EdmType::Decimal => Values::Decimal(self.text(at)),
            EdmType::Collection(_) => Values::Collection(self.text(at)),
            EdmType::DateTimeOffset => Values::Instant(self.int64(at)),
            EdmType::Int32 => Values::Int(self.int32(at)),
            EdmType::Boolean => Values::Bool(self.boolean(at)),
        })
    }
}

impl<'a> Column<'a> {
    /// The value of a row, None where it is null.
    ///
    /// See [`Rows::column`] for an example.
    // Inlined, so that code that matches the cell does not ask again of what
    // type it is.
    #[inline]
    pub fn value(&self, row: usize) -> Option<Cell<'a>> {
        match self.0 {
            Values::Text(column) if column.is_valid(row) => Some(Cell::Text(column.value(row))),
            Values::Decimal(column) if column.is_valid(row) => Some(Cell::Decimal(column.value(row))),
            Values::Collection(column) if column.is_valid(row) => Some(Cell::Collection(column.value(row))),
            Values::Members(column) if column.is_valid(row) => Some(Cell::Members(column.value(row))),
            Values::Instant(column) if column.is_valid(row) => {
                Some(Cell::Instant(Instant::from_ticks(column.value(row)).unwrap_or(Instant::ABSENT)))
            }
            Values::Int(column) if column.is_valid(row) => Some(Cell::Int(column.value(row))),
            Values::Bool(column) if column.is_valid(row) => Some(Cell::Bool(column.value(row))),
            _ => None,
        }
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Text(text) | Cell::Decimal(text) | Cell::Collection(text) => f.write_str(text),
            Cell::Members(members) => write!(f, "{{{members}}}"),
            Cell::Instant(instant) => fmt::Display::fmt(instant, f),
            Cell::Int(value) => fmt::Display::fmt(value, f),
            Cell::Bool(value) => fmt::Display::fmt(value, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::RowDecoder;
    use crate::rows::RowBuilder;
    use crate::schema::{Log, PSTN_CALLS};

    fn rows(json: &str) -> Rows {
        let mut rows = RowBuilder::new(&PSTN_CALLS);
        RowDecoder::new(&PSTN_CALLS).decode(json.as_bytes(), &mut rows).unwrap();
        rows.finish()
    }

    fn value<'a>(rows: &'a Rows, log: &Log, name: &str) -> Option<Cell<'a>> {
        rows.column(log.index_of(name).unwrap()).value(0)
    }

    #[test]
    fn each_type_has_its_cell_and_its_text() {
        let rows = rows(
            r#"{"id":"a","startDateTime":"2026-11-01T08:00:00.5Z","duration":60,"charge":0.10,
                "callDurationSource":"operator","administrativeUnitInfos":[{"id":"u"}],"new":[1]}"#,
        );
        let start = Instant::parse("2026-11-01T08:00:00.5Z").unwrap();
        for (name, cell, text) in [
            ("id", Cell::Text("a"), "a"),
            ("startDateTime", Cell::Instant(start), "2026-11-01T08:00:00.5Z"),
            ("duration", Cell::Int(60), "60"),
            ("charge", Cell::Decimal("0.10"), "0.10"),
            ("callDurationSource", Cell::Text("operator"), "operator"),
            ("administrativeUnitInfos", Cell::Collection(r#"[{"id":"u"}]"#), r#"[{"id":"u"}]"#),
        ] {
            let found = value(&rows, &PSTN_CALLS, name);
            assert_eq!(found, Some(cell), "{name}");
            assert_eq!(found.unwrap().to_string(), text, "{name}");
        }
        assert_eq!(value(&rows, &PSTN_CALLS, "currency"), None);
        let unknown = rows.column(PSTN_CALLS.properties.len()).value(0).unwrap();
        assert_eq!((unknown, unknown.to_string()), (Cell::Members(r#""new":[1]"#), r#"{"new":[1]}"#.into()));
    }
}
