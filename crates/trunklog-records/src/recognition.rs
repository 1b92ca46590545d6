//! Telling what an object of a file is: a row of which log, or none.
//!
//! People keep in one folder, and in one file, what their scripts fetched:
//! rows of several logs, call records, sessions, users. Such an object says its
//! type itself ([`kind_of_type_name`]), or its properties show it
//! ([`kind_of_properties`]).
//!
//! ```
//! use trunklog_records::RowKind;
//! use trunklog_records::recognition::{kind_of_properties, kind_of_type_name};
//!
//! let record = Some(RowKind::Other("callRecord".to_owned()));
//! assert_eq!(kind_of_type_name("#microsoft.graph.callRecords.callRecord"), record);
//! assert_eq!(kind_of_properties(["id", "version", "modalities", "organizer"]), record);
//! ```

mod foreign;
mod properties;
mod row_kind;

use foreign::FOREIGN;

use crate::schema::LOGS;

pub use properties::kind_of_properties;
pub(crate) use properties::{Verdict, is_mark, is_name_of, judge, kind_of_columns, own_marks};
pub use row_kind::RowKind;

/// The longest name from outside that is repeated.
///
/// ```
/// use trunklog_records::recognition::{MAX_NAME, printable_name};
///
/// let longest = "x".repeat(MAX_NAME);
/// assert_eq!(printable_name(&longest), Some(longest.as_str()));
/// assert_eq!(printable_name(&format!("{longest}x")), None);
/// ```
pub const MAX_NAME: usize = 64;

/// Stands for the name of a type that is not known, or not repeated.
pub(crate) const UNKNOWN: &str = "unknown";

/// Where the classes of Graph's SDKs keep properties that they do not have: in
/// PowerShell, and in all other languages.
const ADDITIONAL: [&str; 2] = ["AdditionalProperties", "AdditionalData"];

/// The type that rows of several logs inherit from. Who names it says nothing
/// about which of them a row belongs to.
const BASE_ROW: &str = "callLogRow";

/// What Graph's SDK for PowerShell puts before the names of its classes. The
/// longest comes first.
const CLASS_PREFIXES: [&str; 2] = ["MicrosoftGraphCallRecords", "MicrosoftGraph"];

/// No name has more digits in a row than that, but a phone number has.
const MAX_DIGITS: usize = 4;

/// A name from outside, if it may be shown and logged: an identifier, a code or
/// a short id, of at most [`MAX_NAME`] letters, digits and `_`, `-`, `.`. What
/// could be a phone number is none: more than four digits with no letter
/// between them.
///
/// ```
/// use trunklog_records::recognition::printable_name;
///
/// assert_eq!(printable_name("callRecord"), Some("callRecord"));
/// assert_eq!(printable_name("4930123456"), None);
/// ```
pub fn printable_name(name: &str) -> Option<&str> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let digits = |run: &str| run.bytes().filter(u8::is_ascii_digit).count();
    let fits = !name.is_empty()
        && name.len() <= MAX_NAME
        && name.bytes().all(is_word)
        && name.split(|c: char| c.is_ascii_alphabetic()).all(|run| digits(run) <= MAX_DIGITS);
    fits.then_some(name)
}

/// Whether an SDK keeps there the properties that its classes do not have:
/// `AdditionalProperties`, `additionalData`, `additional_data`.
///
/// ```
/// use trunklog_records::recognition::holds_additional;
///
/// assert!(holds_additional("AdditionalProperties") && holds_additional("additional_data"));
/// assert!(!holds_additional("additional"));
/// ```
pub fn holds_additional(name: &str) -> bool {
    ADDITIONAL.iter().any(|additional| is_name_of(name, additional))
}

/// What a type's name says about objects of that type.
///
/// Takes qualified names with and without `#`, as in
/// `#microsoft.graph.callRecords.smsLogRow`, collections of them, the address
/// of the metadata before the `#`, and the names of classes in Graph's SDKs, as in
/// `Microsoft.Graph.PowerShell.Models.MicrosoftGraphCallRecordsSmsLogRow`.
/// Letter case is ignored. None when the text is not the name of a type, or one that
/// tells nothing, as .NET's own are.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_records::{RowKind, kind_of_type_name};
///
/// let kind = kind_of_type_name("#microsoft.graph.callRecords.smsLogRow");
/// assert_eq!(kind, Some(RowKind::Log(&SMS)));
/// ```
pub fn kind_of_type_name(name: &str) -> Option<RowKind> {
    let name = name.rsplit('#').next().unwrap_or(name).trim();
    let name = name.strip_prefix("Collection(").and_then(|name| name.strip_suffix(')')).unwrap_or(name);
    if !name.split('.').all(is_identifier) {
        return None;
    }
    let (namespace, name) = name.rsplit_once('.').map_or((None, name), |(space, name)| (Some(space), name));
    let name = CLASS_PREFIXES.iter().find_map(|prefix| without_prefix(name, prefix)).unwrap_or(name);
    if let Some(log) = LOGS.into_iter().find(|log| log.row_type.eq_ignore_ascii_case(name)) {
        return Some(RowKind::Log(log));
    }
    if name.eq_ignore_ascii_case(BASE_ROW) {
        return None;
    }
    if let Some(of) = FOREIGN.iter().find(|of| of.name.eq_ignore_ascii_case(name)) {
        return Some(RowKind::Other(of.name.to_owned()));
    }
    let of_runtime = |space: &str| space.split('.').any(|part| part == "System");
    match namespace {
        Some(namespace) if !of_runtime(namespace) => Some(RowKind::Other(short_name(name))),
        _ => None,
    }
}

/// An identifier of OData, as far as it is ASCII (CSDL 4.01, section 15.2).
fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn without_prefix<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = name.split_at_checked(prefix.len())?;
    (start.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some(rest)
}

/// The name as Graph writes it, with a small letter first. Names come from
/// files and end in logs, so what may hold something else is not repeated.
fn short_name(name: &str) -> String {
    let mut name = printable_name(name).unwrap_or(UNKNOWN).to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

#[cfg(test)]
mod tests;
