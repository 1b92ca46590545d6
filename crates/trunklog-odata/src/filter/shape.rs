//! What expressions are about, and the faults of who names something else.

use super::cursor::{Cursor, shortened};
use crate::Error;
use crate::edm::{EdmType, NAMESPACE};
use crate::near::hint;

/// What an expression may name: the properties of a row as a client sees it.
///
/// ```
/// use trunklog_odata::edm::EdmType;
/// use trunklog_odata::filter::{self, Shape};
///
/// /// Rows with a duration and nothing else.
/// struct Row;
///
/// impl Shape for Row {
///     fn type_name(&self) -> &str {
///         "row"
///     }
///
///     fn property(&self, name: &str) -> Option<(usize, EdmType)> {
///         (name == "duration").then_some((0, EdmType::Int32))
///     }
///
///     fn names(&self) -> Vec<&'static str> {
///         vec!["duration"]
///     }
///
///     fn elsewhere(&self, _: &str) -> Option<String> {
///         None
///     }
/// }
///
/// assert!(filter::parse("duration gt 60", &Row, &|_| None).is_ok());
/// ```
pub trait Shape {
    /// The unqualified name of the row's type.
    fn type_name(&self) -> &str;

    /// The namespace of that type; Graph's unless said otherwise.
    fn namespace(&self) -> &str {
        NAMESPACE
    }

    /// The index and type of a property. Names are case-sensitive.
    fn property(&self, name: &str) -> Option<(usize, EdmType)>;

    /// The names of all properties, in the order in which they are shown.
    fn names(&self) -> Vec<&'static str>;

    /// Where else rows have a property of that name, for the client: "callId
    /// exists on /beta alone". None when they have it nowhere.
    fn elsewhere(&self, name: &str) -> Option<String>;
}

/// The error for a name that rows do not have.
pub(super) fn unknown(cursor: &Cursor<'_>, at: usize, name: &str, shape: &dyn Shape) -> Error {
    let of = format!("{}.{}", shape.namespace(), shape.type_name());
    let error = unknown_property(cursor, at, name, &of, &shape.names());
    match shape.elsewhere(name) {
        Some(elsewhere) => error.hint(elsewhere),
        None => error,
    }
}

/// ODL's words for a name that a type, whose qualified name is `of`, does not have.
pub(super) fn unknown_property(
    cursor: &Cursor<'_>,
    at: usize,
    name: &str,
    of: &str,
    names: &[&str],
) -> Error {
    let name = shortened(name);
    cursor.fault(at, format!("Could not find a property named '{name}' on type '{of}'.")).hint(hint(
        &name,
        "properties",
        names,
    ))
}
