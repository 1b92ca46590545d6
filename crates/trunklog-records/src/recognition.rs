//! Telling what an object of a file is: a row of which log, or none.
//!
//! People keep in one folder, and in one file, what their scripts fetched:
//! rows of several logs, call records, sessions, users. Such an object says its
//! type itself ([`kind_of_type_name`]), or its properties show it
//! ([`kind_of_properties`]).

mod foreign;

use foreign::FOREIGN;

use crate::schema::{LOGS, Log};

/// What an object of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// A row of that log.
    Log(&'static Log),
    /// Of a type that is no log's, by its short name: `callRecord`. The name is
    /// an identifier of at most [`MAX_NAME`] letters, digits and underscores.
    Other(String),
}

/// The longest short name of a type that is repeated.
pub const MAX_NAME: usize = 48;

/// Stands for the name of a type that is not known, or not repeated.
pub(crate) const UNKNOWN: &str = "unknown";

/// Properties that mark no log, because objects of any type have them.
const GENERIC: [&str; 8] = [
    "id",
    "userId",
    "userPrincipalName",
    "userDisplayName",
    "startDateTime",
    "endDateTime",
    "duration",
    "administrativeUnitInfos",
];

/// The type that rows of several logs inherit from. Who names it says nothing
/// about which of them a row belongs to.
const BASE_ROW: &str = "callLogRow";

/// What Graph's SDK for PowerShell puts before the names of its classes. The
/// longest comes first.
const CLASS_PREFIXES: [&str; 2] = ["MicrosoftGraphCallRecords", "MicrosoftGraph"];

/// No name of a type has more digits than that, but a phone number has.
const MAX_DIGITS: usize = 4;

/// What a type's name says about objects of that type.
///
/// Takes qualified names with and without `#`, as in
/// `#microsoft.graph.callRecords.smsLogRow`, collections of them, the address
/// of the metadata before the `#`, and the names of classes in Graph's SDKs, as in
/// `Microsoft.Graph.PowerShell.Models.MicrosoftGraphCallRecordsSmsLogRow`.
/// Letter case is ignored. None when the text is no name of a type, or one that
/// tells nothing, as .NET's own are.
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

/// What the names of an object's properties say about it.
///
/// The log that knows most of them has it, if one knows more than the others,
/// and unless more of them belong to a type that is no log's. A newer Graph may
/// thus add properties to rows. Letter case is ignored, and so are annotations.
/// None when nothing tells.
pub fn kind_of_properties<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<RowKind> {
    // How many of the names mark each log, and how many it knows.
    let mut logs = LOGS.map(|log| (log, (0_u32, 0_u32)));
    let mut others: Vec<u32> = vec![0; FOREIGN.len()];
    for name in names.into_iter().filter(|name| !name.contains('@')) {
        let marks = u32::from(is_mark(name));
        for (log, (marking, known)) in &mut logs {
            if knows(log, name) {
                *marking += marks;
                *known += 1;
            }
        }
        for (of, count) in FOREIGN.iter().zip(&mut others) {
            *count += u32::from(of.properties.iter().any(|known| known.eq_ignore_ascii_case(name)));
        }
    }
    let best = logs.iter().map(|(_, score)| *score).max().unwrap_or_default();
    let most = others.iter().copied().max().unwrap_or_default();
    if most > best.0 {
        let (of, _) = FOREIGN.iter().zip(&others).find(|(_, count)| **count == most)?;
        return Some(RowKind::Other(of.name.to_owned()));
    }
    let mut leaders = logs.iter().filter(|(_, score)| *score == best && best.0 > 0);
    match (leaders.next(), leaders.next()) {
        (Some((log, _)), None) => Some(RowKind::Log(log)),
        _ => None,
    }
}

/// Whether a property tells rows of logs from objects of other types.
pub(crate) fn is_mark(name: &str) -> bool {
    !GENERIC.iter().any(|generic| generic.eq_ignore_ascii_case(name))
}

/// The indices of the properties that no other log has.
pub(crate) fn own_marks(log: &'static Log) -> Vec<usize> {
    let is_own =
        |name: &str| is_mark(name) && !LOGS.into_iter().any(|other| other != log && knows(other, name));
    (0..log.properties.len()).filter(|at| is_own(log.properties[*at].name)).collect()
}

fn knows(log: &Log, name: &str) -> bool {
    log.properties.iter().any(|property| property.name.eq_ignore_ascii_case(name))
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
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    if name.len() > MAX_NAME || digits > MAX_DIGITS {
        return UNKNOWN.to_owned();
    }
    let mut name = name.to_owned();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    name
}

#[cfg(test)]
mod tests;
