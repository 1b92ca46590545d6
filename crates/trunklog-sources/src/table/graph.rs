//! A record with Graph's names, as the JSON of a row.
//!
//! The decoder of rows reads it as it reads JSON in which all values are texts, so a
//! table means what the same rows in JSON mean.

use std::borrow::Cow;

use trunklog_odata::json;
use trunklog_records::formulas::rearmed;

use super::cells::{CUT_NUMBER, LOCAL_TIME, is_cut_number, is_local_time, yes_or_no};
use super::columns::{GraphColumn, GraphForm};
use super::fields::Field;
use crate::reader::Reason;

/// Writes the object of a record. Where the table `is_for_spreadsheets`, what kept one
/// from calculating with a text is taken off it.
///
/// # Errors
/// Which value a spreadsheet or a script changed for good.
pub(super) fn write(
    columns: &[GraphColumn],
    fields: &[Field<'_>],
    is_for_spreadsheets: bool,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    out.clear();
    for (column, field) in columns.iter().zip(fields) {
        out.push(if out.is_empty() { b'{' } else { b',' });
        json::write_string(&column.name, out);
        out.push(b':');
        // PowerShell writes nothing for null, and two quotes for an empty text.
        if field.text.is_empty() && !field.is_quoted {
            out.extend_from_slice(b"null");
            continue;
        }
        let had_back = if is_for_spreadsheets { rearmed(&field.text) } else { None };
        let text = had_back.as_deref().unwrap_or(&field.text);
        match column.form {
            GraphForm::Text if is_cut_number(text) => return Err(fault(column, CUT_NUMBER)),
            GraphForm::Time if is_local_time(text) => return Err(fault(column, LOCAL_TIME)),
            GraphForm::Boolean => match yes_or_no(text.trim()) {
                Some(true) => out.extend_from_slice(b"true"),
                Some(false) => out.extend_from_slice(b"false"),
                None => json::write_string(text, out),
            },
            _ => json::write_string(text, out),
        }
    }
    out.push(b'}');
    Ok(())
}

/// Only columns whose names no property has may be called anything.
fn fault(column: &GraphColumn, fault: &str) -> Reason {
    match trunklog_records::recognition::printable_name(&column.name) {
        Some(name) => Cow::Owned(format!("{name}: {fault}")),
        None => Cow::Owned(format!("a column: {fault}")),
    }
}
