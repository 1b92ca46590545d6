//! Rows taken apart into values that can be compared.

use std::borrow::Cow;

use arrow::array::{Array, BooleanArray, Int32Array, Int64Array, StringArray};
use trunklog_odata::Instant;
use trunklog_records::{RowBuilder, Rows, Value};

/// One row: its place, and all its columns with the dynamic properties last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub key: Place,
    pub cells: Vec<Cell>,
}

/// What tells rows apart, and orders them when nothing else does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub time: Instant,
    pub id: String,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Null,
    Text(String),
    Ticks(i64),
    Int(i32),
    Bool(bool),
}

/// Takes all rows apart.
pub fn take_apart(rows: &Rows) -> Vec<Row> {
    (0..rows.len()).map(|row| take_row(rows, row)).collect()
}

/// Takes one row apart.
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
        panic!("rows have no columns of type {}", column.data_type())
    }
}

/// Adds a row that was taken apart.
pub fn put_together(cells: &[Cell], rows: &mut RowBuilder) {
    let (dynamic, cells) = cells.split_last().expect("every log has a column of dynamic properties");
    let mut values: Vec<Option<Value<'_>>> = cells.iter().map(Cell::value).collect();
    let dynamic = match dynamic {
        Cell::Text(members) => Some(members.as_str()),
        _ => None,
    };
    rows.push(&mut values, dynamic).expect("the row was a row before it was taken apart");
}

impl Cell {
    fn value(&self) -> Option<Value<'_>> {
        Some(match self {
            Cell::Null => return None,
            Cell::Text(text) => Value::Text(Cow::Borrowed(text)),
            Cell::Ticks(ticks) => {
                Value::Instant(Instant::from_ticks(*ticks).expect("columns of instants hold instants"))
            }
            Cell::Int(value) => Value::Int(*value),
            Cell::Bool(value) => Value::Bool(*value),
        })
    }
}
