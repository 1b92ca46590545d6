//! An answer as comma-separated values. Source: RFC 4180.
//!
//! Most of these files are opened with a spreadsheet, so no text in them can be a
//! formula there.

use trunklog_exports::disarmed;
use trunklog_odata::json::write_int;

use super::{counted, number};
use crate::table::{Answer, Column, Table, Value};

/// Appends an answer's table: a line with the names of the columns, then one for
/// each row. A ratio, a mean or a quantile has a second column with over how many
/// rows it was taken: `asr` and `asrN`. What was counted in the earlier range of a
/// comparison follows: `comparedAsr` and `comparedAsrN`.
pub fn csv(answer: &Answer, out: &mut Vec<u8>) {
    let table = &answer.table;
    let mut is_first = true;
    for column in &table.columns {
        names(column, column.key, &mut is_first, out);
    }
    if answer.compared.is_some() {
        for (_, column) in counted(table) {
            names(column, &prefixed(column.key), &mut is_first, out);
        }
    }
    out.push(b'\n');
    for (at, row) in table.rows.iter().enumerate() {
        let mut is_first = true;
        for (column, value) in table.columns.iter().zip(row) {
            cells(column, value, &mut is_first, out);
        }
        if let Some(compared) = &answer.compared {
            earlier(table, compared.rows.get(at), &mut is_first, out);
        }
        out.push(b'\n');
    }
}

/// What was counted in the earlier range; nothing where there is no row of it.
fn earlier(table: &Table, row: Option<&Vec<Value>>, is_first: &mut bool, out: &mut Vec<u8>) {
    for (place, column) in counted(table) {
        let value = row.and_then(|row| row.get(place)).unwrap_or(&Value::Null);
        cells(column, value, is_first, out);
    }
}

fn prefixed(key: &str) -> String {
    let mut letters = key.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let rest = letters.as_str();
    first.map_or_else(String::new, |first| format!("compared{first}{rest}"))
}

fn names(column: &Column, name: &str, is_first: &mut bool, out: &mut Vec<u8>) {
    separate(is_first, out);
    out.extend_from_slice(name.as_bytes());
    if column.kind.has_n() {
        separate(is_first, out);
        out.extend_from_slice(name.as_bytes());
        out.push(b'N');
    }
}

fn cells(column: &Column, value: &Value, is_first: &mut bool, out: &mut Vec<u8>) {
    separate(is_first, out);
    let mut rows = None;
    match value {
        Value::Null => {}
        Value::Text(text) => write_text(text, out),
        Value::Word { key, .. } => write_text(key, out),
        Value::Int(value) => write_int(*value, out),
        Value::Number(value) => write_number(Some(*value), column, out),
        Value::Decimal(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Value::Ratio { value, n } => {
            write_number(*value, column, out);
            rows = Some(*n);
        }
        Value::Instant(at) => at.write(out),
        Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
    }
    if column.kind.has_n() {
        separate(is_first, out);
        if let Some(rows) = rows {
            write_int(rows, out);
        }
    }
}

fn write_number(value: Option<f64>, column: &Column, out: &mut Vec<u8>) {
    if let Some(text) = value.and_then(|value| number(value, column)) {
        out.extend_from_slice(text.as_bytes());
    }
}

/// A text, in quotes where a spreadsheet of some country may need them.
fn write_text(text: &str, out: &mut Vec<u8>) {
    let safe = disarmed(text);
    let needs_quotes = |text: &str| text.is_empty() || text.contains(['"', ',', '\n', '\r', ';', '\t']);
    match safe {
        None if !needs_quotes(text) => out.extend_from_slice(text.as_bytes()),
        safe => {
            let quoted = safe.as_deref().unwrap_or(text).replace('"', "\"\"");
            out.push(b'"');
            out.extend_from_slice(quoted.as_bytes());
            out.push(b'"');
        }
    }
}

fn separate(is_first: &mut bool, out: &mut Vec<u8>) {
    if !std::mem::take(is_first) {
        out.push(b',');
    }
}
