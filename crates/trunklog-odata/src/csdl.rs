//! The description of a service, in the Common Schema Definition Language.
//!
//! A [`Document`] says which types, functions and resources there are; it is
//! written as XML ([`Document::to_xml`]) or JSON ([`Document::to_json`]). Only
//! what Graph's call records need can be said.
//!
//! Sources: OData CSDL XML Representation and OData CSDL JSON Representation,
//! both version 4.01. The XML keeps to what version 4.0 has, because that is
//! what Graph's own metadata is in.
//!
//! ```
//! use trunklog_odata::csdl::{Document, Element, Presence, Schema, Structure, StructuredType, Type};
//!
//! let id = Element { name: "id", of: Type::one("Edm.String"), presence: Presence::Optional };
//! let row = StructuredType {
//!     kind: Structure::Complex,
//!     name: "row",
//!     base: None,
//!     key: &[],
//!     properties: vec![id],
//!     contained: Vec::new(),
//! };
//! let (enums, functions) = (Vec::new(), Vec::new());
//! let schema =
//!     Schema { namespace: "a.b", alias: None, enums, types: vec![row], functions, container: None };
//! let document = Document { vocabularies: Vec::new(), schemas: vec![schema] };
//! let json = String::from_utf8(document.to_json()).unwrap();
//! assert!(json.contains(r#""row":{"$Kind":"ComplexType","id":{"$Nullable":true}}"#));
//! ```

mod document;
mod format;
mod json;
mod xml;

pub use document::{
    Annotation, Cardinality, Constant, ContainedCollection, Container, Document, Element, EntitySet,
    Function, Presence, Schema, Structure, StructuredType, Type, Vocabulary,
};
pub use format::requested_format;

impl Document {
    /// As CSDL XML 4.0, UTF-8.
    ///
    /// ```
    /// use trunklog_odata::csdl::Document;
    ///
    /// let empty = Document { vocabularies: Vec::new(), schemas: Vec::new() };
    /// assert!(empty.to_xml().starts_with(b"<?xml"));
    /// ```
    pub fn to_xml(&self) -> Vec<u8> {
        xml::write(self)
    }

    /// As CSDL JSON 4.01, UTF-8.
    ///
    /// ```
    /// use trunklog_odata::csdl::Document;
    ///
    /// let empty = Document { vocabularies: Vec::new(), schemas: Vec::new() };
    /// assert_eq!(empty.to_json(), br#"{"$Version":"4.01"}"#);
    /// ```
    pub fn to_json(&self) -> Vec<u8> {
        json::write(self)
    }
}

#[cfg(test)]
mod tests;
