//! Answers as JSON, as CSV and as words.
//!
//! Numbers have as many digits after the point as their column says, so that an
//! answer from a cube and one from rows are the same text.

mod comma_separated;
mod json;
mod words;

pub use comma_separated::csv;
pub use json::{json, rows as json_rows};
pub use words::{cell, words};

use crate::table::{Column, Table};

/// A number as its column shows it; None for one that is none.
fn number(value: f64, column: &Column) -> Option<String> {
    // Without a sign before zero.
    let value = if value == 0.0 { 0.0 } else { value };
    value.is_finite().then(|| format!("{value:.*}", column.places()))
}

/// The columns that say what was counted, by their places.
fn counted(table: &Table) -> impl Iterator<Item = (usize, &Column)> {
    table.columns.iter().enumerate().filter(|(_, column)| !column.is_key)
}
