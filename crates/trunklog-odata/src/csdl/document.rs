//! What a description holds.

use crate::edm::{EdmType, EnumType, NAMESPACE};

/// A whole description.
///
/// ```
/// use trunklog_odata::csdl::{Document, Vocabulary};
///
/// let core = Vocabulary { address: "https://v.example/core", namespace: "V.Core", alias: "Core" };
/// let document = Document { vocabularies: vec![core], schemas: Vec::new() };
/// let json = String::from_utf8(document.to_json()).unwrap();
/// assert!(json.contains(r#""https://v.example/core.json""#));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The vocabularies that annotations use.
    pub vocabularies: Vec<Vocabulary>,
    /// The schemas. At most one has a container.
    pub schemas: Vec<Schema>,
}

/// A published set of terms for annotations.
///
/// ```
/// use trunklog_odata::csdl::{Document, Vocabulary};
///
/// let core = Vocabulary { address: "https://v.example/core", namespace: "V.Core", alias: "Core" };
/// let document = Document { vocabularies: vec![core], schemas: Vec::new() };
/// let xml = String::from_utf8(document.to_xml()).unwrap();
/// assert!(xml.contains(r#"<edmx:Include Namespace="V.Core" Alias="Core"/>"#));
/// ```
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
///
/// ```
/// use trunklog_odata::csdl::{Document, Schema};
/// use trunklog_odata::edm::EnumType;
///
/// static MODE: EnumType = EnumType { name: "mode", members: &[("blocked", 0)] };
/// let (types, functions) = (Vec::new(), Vec::new());
/// let schema =
///     Schema { namespace: "a.b", alias: None, enums: vec![&MODE], types, functions, container: None };
/// let xml = Document { vocabularies: Vec::new(), schemas: vec![schema] }.to_xml();
/// assert!(String::from_utf8(xml).unwrap().contains(r#"<Member Name="blocked" Value="0"/>"#));
/// ```
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
///
/// ```
/// use trunklog_odata::csdl::{Element, Presence, Structure, StructuredType, Type};
///
/// let id = Element { name: "id", of: Type::one("Edm.String"), presence: Presence::Required };
/// let shelf = StructuredType {
///     kind: Structure::Entity,
///     name: "shelf",
///     base: None,
///     key: &["id"],
///     properties: vec![id],
///     contained: Vec::new(),
/// };
/// assert!(shelf.properties.iter().any(|property| shelf.key.contains(&property.name)));
/// ```
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
///
/// ```
/// use trunklog_odata::csdl::Structure;
///
/// let has_a_key = |kind| matches!(kind, Structure::Entity | Structure::AbstractEntity);
/// assert!(has_a_key(Structure::Entity) && !has_a_key(Structure::Complex));
/// ```
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
///
/// ```
/// use trunklog_odata::csdl::ContainedCollection;
///
/// let books = ContainedCollection { name: "books", of: "a.b.book".to_owned() };
/// assert_eq!((books.name, books.of.as_str()), ("books", "a.b.book"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainedCollection {
    /// The property's name.
    pub name: &'static str,
    /// The entities' qualified type.
    pub of: String,
}

/// A property or parameter.
///
/// ```
/// use trunklog_odata::csdl::{Element, Presence, Type};
/// use trunklog_odata::edm::EdmType;
///
/// let of = Type::from(EdmType::Int32);
/// let units = Element { name: "smsUnits", of, presence: Presence::Optional };
/// assert_eq!(units.of.item, "Edm.Int32");
/// ```
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
///
/// ```
/// use trunklog_odata::csdl::{Element, Presence, Type};
///
/// let of = Type::one("Edm.DateTimeOffset");
/// let from = Element { name: "fromDateTime", of, presence: Presence::Required };
/// assert_ne!(from.presence, Presence::Optional);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It can.
    Optional,
    /// It cannot.
    Required,
}

/// The type of a value, or of each value of a collection.
///
/// ```
/// use trunklog_odata::csdl::Type;
/// use trunklog_odata::edm::{ComplexType, EdmType};
///
/// static UNIT: ComplexType = ComplexType { name: "unit", properties: &[("id", EdmType::String)] };
/// assert_eq!(Type::from(EdmType::Int32), Type::one("Edm.Int32"));
/// let units = Type::from(EdmType::Collection(&UNIT));
/// assert_eq!(units, Type::many("microsoft.graph.callRecords.unit"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Type {
    /// The qualified name, of a collection's items if it is one.
    pub item: String,
    /// One value or many.
    pub cardinality: Cardinality,
}

/// How many values there are.
///
/// ```
/// use trunklog_odata::csdl::{Cardinality, Type};
///
/// assert_eq!(Type::many("a.b.row").cardinality, Cardinality::Many);
/// ```
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
///
/// ```
/// use trunklog_odata::csdl::{Element, Function, Presence, Type};
///
/// let of = Type::one("a.b.shelf");
/// let shelf = Element { name: "shelf", of, presence: Presence::Optional };
/// let result = Type::many("a.b.row");
/// let rows = Function { name: "rows", parameters: vec![shelf], result, annotations: Vec::new() };
/// assert_eq!(rows.parameters[0].of.item, "a.b.shelf");
/// ```
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
///
/// ```
/// use trunklog_odata::csdl::Container;
///
/// let singletons = vec![("shop", "a.b.shop".to_owned())];
/// let (sets, annotations) = (Vec::new(), Vec::new());
/// let service = Container { name: "Service", singletons, sets, annotations };
/// assert_eq!(service.singletons[0].0, "shop");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// The unqualified name.
    pub name: &'static str,
    /// Names of single entities, with their qualified types.
    pub singletons: Vec<(&'static str, String)>,
    /// The sets of entities.
    pub sets: Vec<EntitySet>,
    /// What else is said of the service.
    pub annotations: Vec<Annotation>,
}

/// A set of entities at the service's root.
///
/// ```
/// use trunklog_odata::csdl::EntitySet;
///
/// let books = EntitySet { name: "books", of: "a.b.book".to_owned(), annotations: Vec::new() };
/// assert_eq!((books.name, books.of.as_str()), ("books", "a.b.book"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitySet {
    /// Its name.
    pub name: &'static str,
    /// The entities' qualified type.
    pub of: String,
    /// What else is said of it: what can be asked of it, above all.
    pub annotations: Vec<Annotation>,
}

/// A statement in a term of a vocabulary.
///
/// ```
/// use trunklog_odata::csdl::{Annotation, Constant};
///
/// let value = Constant::Text("calls over the organisation's own trunks".to_owned());
/// let description = Annotation { term: "Core.Description", value };
/// assert!(matches!(description.value, Constant::Text(_)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The term with its vocabulary's alias: `Core.Description`.
    pub term: &'static str,
    /// What is stated.
    pub value: Constant,
}

/// The value of an annotation.
///
/// ```
/// use trunklog_odata::csdl::{Annotation, Constant};
///
/// let has_top = Annotation { term: "Capabilities.TopSupported", value: Constant::Bool(true) };
/// assert_eq!(has_top.value, Constant::Bool(true));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// `Edm.Boolean`.
    Bool(bool),
    /// `Edm.String`.
    Text(String),
    /// The property of that name (`Edm.PropertyPath`).
    Property(&'static str),
    /// A collection.
    Many(Vec<Constant>),
    /// A record: its properties with their values.
    Record(Vec<(&'static str, Constant)>),
}
