//! Rows taken apart into values that can be compared.

use std::borrow::Cow;

use arrow::array::{Array, BooleanArray, Int32Array, Int64Array, StringArray};
use trunklog_odata::Instant;
use trunklog_records::{RowBuilder, Rows, Value};

/// One row: its place, and all its columns with the dynamic properties last.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_store::evaluate::{Cell, take_row};
/// # use trunklog_records::RowBuilder;
/// # use trunklog_records::json::RowDecoder;
/// # let mut rows = RowBuilder::new(&SMS);
/// # let json = br#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":2}"#;
/// # RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
/// # let rows = rows.finish();
///
/// let row = take_row(&rows, 0);
/// assert_eq!(row.key.id, "1");
/// assert_eq!(row.cells[SMS.index_of("smsUnits").unwrap()], Cell::Int(2));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its place.
    pub key: Place,
    /// Its columns, those of time and id included.
    pub cells: Vec<Cell>,
}

/// What tells rows apart, and orders them when nothing else does.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_store::evaluate::Place;
///
/// let first = Place { time: Instant::ABSENT, id: "a".to_owned() };
/// let second = Place { id: "b".to_owned(), ..first.clone() };
/// assert!(first < second);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its time.
    pub time: Instant,
    /// Its id.
    pub id: String,
}

/// One value as its column holds it.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_store::evaluate::{Cell, take_row};
/// # use trunklog_records::RowBuilder;
/// # use trunklog_records::json::RowDecoder;
/// # let mut rows = RowBuilder::new(&SMS);
/// # let json = br#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":2}"#;
/// # RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
/// # let rows = rows.finish();
///
/// let row = take_row(&rows, 0);
/// assert_eq!(row.cells[SMS.id_index()], Cell::Text("1".to_owned()));
/// assert_eq!(row.cells[SMS.time_index()], Cell::Ticks(rows.time(0).ticks()));
/// assert_eq!(row.cells[SMS.index_of("currency").unwrap()], Cell::Null);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    /// None.
    Null,
    /// A text, a member of an enumeration, the digits of a decimal or the JSON
    /// of a collection.
    Text(String),
    /// An instant, in units of 100 ns since 1970.
    Ticks(i64),
    /// A whole number.
    Int(i32),
    /// True or false.
    Bool(bool),
}

/// Takes all rows apart.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_store::evaluate::{take_apart, take_row};
/// # use trunklog_records::RowBuilder;
/// # use trunklog_records::json::RowDecoder;
/// # let mut rows = RowBuilder::new(&SMS);
/// # let json = br#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":2}"#;
/// # RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
/// # let rows = rows.finish();
///
/// assert_eq!(take_apart(&rows), [take_row(&rows, 0)]);
/// ```
pub fn take_apart(rows: &Rows) -> Vec<Row> {
    (0..rows.len()).map(|row| take_row(rows, row)).collect()
}

/// Takes one row apart.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_store::evaluate::take_row;
/// # use trunklog_records::RowBuilder;
/// # use trunklog_records::json::RowDecoder;
/// # let mut rows = RowBuilder::new(&SMS);
/// # let json = br#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":2}"#;
/// # RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
/// # let rows = rows.finish();
///
/// let row = take_row(&rows, 0);
/// assert_eq!((row.key.time, row.key.id.as_str()), rows.key(0));
/// assert_eq!(row.cells.len(), SMS.properties.len() + 1);
/// ```
pub fn take_row(rows: &Rows, row: usize) -> Row {
    let (time, id) = rows.key(row);
    let cells = rows.batch().columns().iter().map(|column| cell(column.as_ref(), row)).collect();
    Row { key: Place { time, id: id.to_owned() }, cells }
}

fn cell(column: &dyn Array, row: usize) -> Cell {
    let column_of = column.as_any();
    if column.is_null(row) {
        Cell::Null
    } else if let Some(texts) = column_of.downcast_ref::<StringArray>() {
        Cell::Text(texts.value(row).to_owned())
    } else if let Some(ticks) = column_of.downcast_ref::<Int64Array>() {
        Cell::Ticks(ticks.value(row))
    } else if let Some(ints) = column_of.downcast_ref::<Int32Array>() {
        Cell::Int(ints.value(row))
    } else if let Some(bools) = column_of.downcast_ref::<BooleanArray>() {
        Cell::Bool(bools.value(row))
    } else {
        // Rows have no columns of other types.
        Cell::Null
    }
}

/// Adds a row that was taken apart. Instants that only damage can store (one
/// outside the years 0001 to 9999, the end of a period that is not after
/// its start) become null, and a row's time [`Instant::ABSENT`], as
/// [`Rows::time`] reads it.
///
/// # Panics
/// When the cells are not those of a row of the builder's log.
///
/// ```
/// use trunklog_records::RowBuilder;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::evaluate::{put_together, take_row};
/// # use trunklog_records::json::RowDecoder;
/// # let mut rows = RowBuilder::new(&SMS);
/// # let json = br#"{"id":"1","sentDateTime":"2026-11-30T10:00:00Z","smsUnits":2}"#;
/// # RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
/// # let rows = rows.finish();
///
/// let row = take_row(&rows, 0);
/// let mut again = RowBuilder::new(&SMS);
/// put_together(&row.cells, &mut again);
/// assert_eq!(take_row(&again.finish(), 0), row);
/// ```
pub fn put_together(cells: &[Cell], rows: &mut RowBuilder) {
    let (dynamic, cells) = cells.split_last().expect("every log has a column of dynamic properties");
    let mut values: Vec<Option<Value<'_>>> = cells.iter().map(Cell::value).collect();
    let log = rows.log();
    let time = log.time_index();
    if matches!(cells.get(time), Some(Cell::Ticks(_))) && values[time].is_none() {
        values[time] = Some(Value::Instant(Instant::ABSENT));
    }
    if let Some(end) = log.period_end_index()
        && let (Some(Cell::Ticks(from)), Some(Cell::Ticks(until))) = (cells.get(time), cells.get(end))
        && until <= from
    {
        values[end] = None;
    }
    let dynamic = match dynamic {
        Cell::Text(members) => Some(members.as_str()),
        _ => None,
    };
    rows.push(&mut values, dynamic).expect("the cells are those of a row of this log");
}

impl Cell {
    fn value(&self) -> Option<Value<'_>> {
        Some(match self {
            Cell::Null => return None,
            Cell::Text(text) => Value::Text(Cow::Borrowed(text)),
            Cell::Ticks(ticks) => Value::Instant(Instant::from_ticks(*ticks).ok()?),
            Cell::Int(value) => Value::Int(*value),
            Cell::Bool(value) => Value::Bool(*value),
        })
    }
}
