//! An answer as a JSON object.

use trunklog_odata::Instant;
use trunklog_odata::json::{write_int, write_string};
use trunklog_records::TimeRange;

use super::number;
use crate::calendar::{local_text, zone_name};
use crate::table::{Answer, Column, Table, Value};
use crate::texts::Texts;

/// Appends an answer: what it is true of, and then `value`, an object for each
/// row; with a comparison also `compared`, one beside each of them.
///
/// A ratio, a mean or a quantile is an object with its `value` and over how many
/// rows, `n`, it was taken. Instants are in UTC.
pub fn json(answer: &Answer, texts: &Texts, out: &mut Vec<u8>) {
    out.push(b'{');
    field("report", true, out);
    write_string(answer.report, out);
    field("definitions", false, out);
    write_int(answer.definitions, out);
    field("zone", false, out);
    write_string(&zone_name(&answer.zone), out);
    ends(answer, answer.range, out);
    field("bucket", false, out);
    maybe(answer.bucket.map(|bucket| bucket.key()), out);
    field("by", false, out);
    list(answer.by.iter().map(|dimension| dimension.key()), out);
    field("filter", false, out);
    maybe(answer.filter.as_deref(), out);
    field("compare", false, out);
    match answer.comparison {
        None => out.extend_from_slice(b"null"),
        Some((comparison, range)) => {
            out.push(b'{');
            field("with", true, out);
            write_string(comparison.key(), out);
            ends(answer, range, out);
            out.push(b'}');
        }
    }
    field("commit", false, out);
    write_int(answer.commit.0, out);
    field("completeUntil", false, out);
    match answer.complete_until {
        None => out.extend_from_slice(b"null"),
        Some(until) => moment(until, out),
    }
    field("source", false, out);
    write_string(answer.source.key(), out);
    field("rowsRead", false, out);
    write_int(answer.source.rows_read, out);
    field("notes", false, out);
    let notes: Vec<String> = answer.notes.iter().map(|note| texts.text(note, &[])).collect();
    list(notes.iter().map(String::as_str), out);
    field("value", false, out);
    rows(&answer.table, out);
    if let Some(compared) = &answer.compared {
        field("compared", false, out);
        rows(compared, out);
    }
    out.push(b'}');
}

/// Appends the rows of a table as an array of objects.
pub fn rows(table: &Table, out: &mut Vec<u8>) {
    out.push(b'[');
    for (at, row) in table.rows.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.push(b'{');
        for (place, (column, value)) in table.columns.iter().zip(row).enumerate() {
            field(column.key, place == 0, out);
            write_value(value, column, out);
        }
        out.push(b'}');
    }
    out.push(b']');
}

fn write_value(value: &Value, column: &Column, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Text(text) => write_string(text, out),
        Value::Word { key, .. } => write_string(key, out),
        Value::Int(value) => write_int(*value, out),
        Value::Number(value) => write_number(Some(*value), column, out),
        // As Graph's rows have them: a number with all its digits.
        Value::Decimal(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Value::Ratio { value, n } => {
            out.push(b'{');
            field("value", true, out);
            write_number(*value, column, out);
            field("n", false, out);
            write_int(*n, out);
            out.push(b'}');
        }
        Value::Instant(at) => moment(*at, out),
        Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
    }
}

fn write_number(value: Option<f64>, column: &Column, out: &mut Vec<u8>) {
    let text = value.and_then(|value| number(value, column));
    out.extend_from_slice(text.as_deref().unwrap_or("null").as_bytes());
}

/// A range, in UTC and as the zone's clock shows it.
fn ends(answer: &Answer, range: TimeRange, out: &mut Vec<u8>) {
    for (name, local, at) in [("from", "fromLocal", range.from()), ("to", "toLocal", range.end())] {
        field(name, false, out);
        moment(at, out);
        field(local, false, out);
        write_string(&local_text(&answer.zone, at), out);
    }
}

/// The name of a member, after a comma unless it is the first.
fn field(name: &str, is_first: bool, out: &mut Vec<u8>) {
    if !is_first {
        out.push(b',');
    }
    write_string(name, out);
    out.push(b':');
}

fn moment(at: Instant, out: &mut Vec<u8>) {
    out.push(b'"');
    at.write(out);
    out.push(b'"');
}

fn maybe(text: Option<&str>, out: &mut Vec<u8>) {
    match text {
        None => out.extend_from_slice(b"null"),
        Some(text) => write_string(text, out),
    }
}

fn list<'a>(texts: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    out.push(b'[');
    for (at, text) in texts.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_string(text, out);
    }
    out.push(b']');
}

#[cfg(test)]
mod tests;
