//! What an object can turn out to be.

use crate::schema::Log;

/// What an object of a file is.
///
/// ```
/// use trunklog_records::{RowKind, kind_of_type_name};
///
/// let told = |name: &str| {
///     kind_of_type_name(name).map(|kind| match kind {
///         RowKind::Log(log) => format!("a row of {}", log.name),
///         RowKind::Other(of) => format!("an object of type {of}"),
///     })
/// };
/// assert_eq!(told("smsLogRow").as_deref(), Some("a row of sms"));
/// assert_eq!(told("session").as_deref(), Some("an object of type session"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// A row of that log.
    Log(&'static Log),
    /// Of a type that is not a log's, by its short name: `callRecord`. The name is
    /// an identifier that [`printable_name`](super::printable_name) lets pass, or `unknown`.
    Other(String),
}
