//! What a description holds.

use crate::edm::{EdmType, EnumType, NAMESPACE};

/// A whole description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The vocabularies that annotations use.
    pub vocabularies: Vec<Vocabulary>,
    /// The schemas. At most one has a container.
    pub schemas: Vec<Schema>,
}

/// A published set of terms for annotations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    /// Where it is published, without the ending `.xml` or `.json`.
    pub address: &'static str,
    /// Its namespace.
    pub namespace: &'static str,
    /// What annotations call it.
    pub alias: &'static str,
}

/// The types and functions of one namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The namespace.
    pub namespace: &'static str,
    /// A short name for it.
    pub alias: Option<&'static str>,
    /// The enumerations.
    pub enums: Vec<&'static EnumType>,
    /// The entity types and complex types.
    pub types: Vec<StructuredType>,
    /// The bound functions.
    pub functions: Vec<Function>,
    /// The resources at the service's root.
    pub container: Option<Container>,
}

/// An entity type or complex type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StructuredType {
    /// Which of the two.
    pub kind: Structure,
    /// The unqualified name.
    pub name: &'static str,
    /// The qualified name of the type whose properties it inherits.
    pub base: Option<String>,
    /// The properties that identify an entity, if no base type has them.
    pub key: &'static [&'static str],
    /// The properties, without inherited ones.
    pub properties: Vec<Element>,
    /// The contained collections of entities.
    pub contained: Vec<ContainedCollection>,
}

/// What a structured type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// An entity type.
    Entity,
    /// An entity type that only has derived types' instances.
    AbstractEntity,
    /// A complex type.
    Complex,
}

/// A navigation property that contains its entities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainedCollection {
    /// The property's name.
    pub name: &'static str,
    /// The entities' qualified type.
    pub of: String,
}

/// A property or parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub of: Type,
    /// Whether it can be null.
    pub presence: Presence,
}

/// Whether a value can be null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It can.
    Optional,
    /// It cannot.
    Required,
}

/// The type of a value, or of each value of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// The qualified name, of a collection's items if it is one.
    pub item: String,
    /// One value or many.
    pub cardinality: Cardinality,
}

/// How many values there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cardinality {
    /// One.
    One,
    /// Any number.
    Many,
}

impl Type {
    /// One value of that qualified type.
    ///
    /// ```
    /// use trunklog_odata::csdl::{Cardinality, Type};
    ///
    /// assert_eq!(Type::one("Edm.String").cardinality, Cardinality::One);
    /// ```
    pub fn one(item: impl Into<String>) -> Type {
        Type { item: item.into(), cardinality: Cardinality::One }
    }

    /// A collection of that qualified type.
    ///
    /// ```
    /// use trunklog_odata::csdl::{Cardinality, Type};
    ///
    /// assert_eq!(Type::many("Edm.String").cardinality, Cardinality::Many);
    /// ```
    pub fn many(item: impl Into<String>) -> Type {
        Type { item: item.into(), cardinality: Cardinality::Many }
    }

    /// The `Scale` facet; a decimal without one would be a whole number.
    pub(super) fn scale(&self) -> Option<&'static str> {
        (self.item == "Edm.Decimal").then_some("variable")
    }
}

impl From<EdmType> for Type {
    fn from(edm: EdmType) -> Type {
        match edm {
            EdmType::Collection(of) => Type::many(format!("{NAMESPACE}.{}", of.name)),
            EdmType::String
            | EdmType::DateTimeOffset
            | EdmType::Int32
            | EdmType::Boolean
            | EdmType::Decimal
            | EdmType::Enum(_) => Type::one(edm.name()),
        }
    }
}

/// A function that is called on what its first parameter is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The unqualified name.
    pub name: &'static str,
    /// The parameters, the one that it is bound to first.
    pub parameters: Vec<Element>,
    /// What it returns.
    pub result: Type,
    /// What else is said of it.
    pub annotations: Vec<Annotation>,
}

/// The resources at the service's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The unqualified name.
    pub name: &'static str,
    /// Names of single entities, with their qualified types.
    pub singletons: Vec<(&'static str, String)>,
    /// What else is said of the service.
    pub annotations: Vec<Annotation>,
}

/// A statement in a term of a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The term with its vocabulary's alias: `Core.Description`.
    pub term: &'static str,
    /// What is stated.
    pub value: Constant,
}

/// The value of an annotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// `Edm.Boolean`.
    Bool(bool),
    /// `Edm.String`.
    Text(String),
}
