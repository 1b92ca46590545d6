//! The entity data model types that Graph's call-record rows use.
//!
//! Source: OData Common Schema Definition Language 4.01, section 4.4, and the
//! CSDL that Microsoft publishes for Graph.
//!
//! ```
//! use trunklog_odata::edm::{EdmType, EnumType, NAMESPACE};
//!
//! static MODE: EnumType = EnumType { name: "mode", members: &[("blocked", 0)] };
//! assert_eq!(EdmType::Enum(&MODE).name(), format!("{NAMESPACE}.mode"));
//! ```

use crate::expr::Kind;

/// The type of a property.
///
/// ```
/// use trunklog_odata::edm::EdmType;
/// use trunklog_odata::expr::Kind;
///
/// let of = EdmType::DateTimeOffset;
/// assert_eq!((of.name().as_str(), of.kind()), ("Edm.DateTimeOffset", Some(Kind::Instant)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdmType {
    /// `Edm.String`: UTF-8 text of any length.
    String,
    /// `Edm.DateTimeOffset`: an instant, 100 ns resolution, printed in UTC.
    DateTimeOffset,
    /// `Edm.Int32`: a signed 32-bit number.
    Int32,
    /// `Edm.Boolean`.
    Boolean,
    /// `Edm.Decimal` with variable scale: the digits after the point are kept.
    Decimal,
    /// A member of an enumeration, printed as its name.
    Enum(&'static EnumType),
    /// A collection of complex values.
    Collection(&'static ComplexType),
}

impl EdmType {
    /// The qualified name as `$metadata` has it, for example
    /// `Edm.Int32` or `Collection(microsoft.graph.callRecords.x)`.
    ///
    /// ```
    /// use trunklog_odata::edm::EdmType;
    ///
    /// assert_eq!(EdmType::Int32.name(), "Edm.Int32");
    /// ```
    pub fn name(self) -> String {
        match self {
            EdmType::String => "Edm.String".to_owned(),
            EdmType::DateTimeOffset => "Edm.DateTimeOffset".to_owned(),
            EdmType::Int32 => "Edm.Int32".to_owned(),
            EdmType::Boolean => "Edm.Boolean".to_owned(),
            EdmType::Decimal => "Edm.Decimal".to_owned(),
            EdmType::Enum(of) => format!("{NAMESPACE}.{}", of.name),
            EdmType::Collection(of) => format!("Collection({NAMESPACE}.{})", of.name),
        }
    }

    /// What an expression takes a property's values for; None for a
    /// collection, into which only `any` and `all` look.
    ///
    /// ```
    /// use trunklog_odata::edm::EdmType;
    /// use trunklog_odata::expr::Kind;
    ///
    /// assert_eq!(EdmType::Decimal.kind(), Some(Kind::Number));
    /// ```
    pub fn kind(self) -> Option<Kind> {
        match self {
            EdmType::String | EdmType::Enum(_) => Some(Kind::Text),
            EdmType::DateTimeOffset => Some(Kind::Instant),
            EdmType::Int32 => Some(Kind::Int),
            EdmType::Boolean => Some(Kind::Bool),
            EdmType::Decimal => Some(Kind::Number),
            EdmType::Collection(_) => None,
        }
    }
}

/// The namespace of all row types.
pub const NAMESPACE: &str = "microsoft.graph.callRecords";

/// An enumeration. All of Graph's call-record enumerations are closed.
///
/// ```
/// use trunklog_odata::edm::EnumType;
///
/// static MODE: EnumType = EnumType { name: "mode", members: &[("blocked", 0), ("unblocked", 1)] };
/// assert_eq!(MODE.member("Blocked"), Some("blocked"));
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct EnumType {
    /// The unqualified name.
    pub name: &'static str,
    /// Member names with their values.
    pub members: &'static [(&'static str, i32)],
}

impl EnumType {
    /// The member of that name, letter case ignored: Microsoft's own samples
    /// print `Blocked` where the metadata says `blocked`.
    ///
    /// ```
    /// use trunklog_odata::edm::EnumType;
    ///
    /// static MODE: EnumType = EnumType { name: "mode", members: &[("blocked", 0)] };
    /// assert_eq!(MODE.member("open"), None);
    /// ```
    pub fn member(&self, name: &str) -> Option<&'static str> {
        self.members.iter().map(|(member, _)| *member).find(|member| member.eq_ignore_ascii_case(name))
    }
}

/// A complex type: a value with named properties and no key.
///
/// ```
/// use trunklog_odata::edm::{ComplexType, EdmType};
///
/// static UNIT: ComplexType = ComplexType { name: "unit", properties: &[("id", EdmType::String)] };
/// let of_units = EdmType::Collection(&UNIT);
/// assert_eq!(of_units.name(), "Collection(microsoft.graph.callRecords.unit)");
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct ComplexType {
    /// The unqualified name.
    pub name: &'static str,
    /// Property names with their types.
    pub properties: &'static [(&'static str, EdmType)],
}
