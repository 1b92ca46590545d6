//! What an object can turn out to be.

use crate::schema::Log;

/// What an object of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// A row of that log.
    Log(&'static Log),
    /// Of a type that is not a log's, by its short name: `callRecord`. The name is
    /// an identifier that [`printable_name`](super::printable_name) lets pass, or `unknown`.
    Other(String),
}
