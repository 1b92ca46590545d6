//! What `$metadata` says, derived from the logs' tables.
//!
//! ```
//! use trunklog_odata::{Profile, Version};
//! use trunklog_records::metadata::describe;
//! use trunklog_records::schema::LOGS;
//!
//! let document = describe(Version::V1, &LOGS, Profile::Default);
//! let functions = document.schemas[1].functions.iter().map(|function| function.name);
//! assert!(functions.eq(["getDirectRoutingCalls", "getPstnCalls"]));
//! ```

use trunklog_odata::csdl::{
    Annotation, Constant, ContainedCollection, Container, Document, Element, Function, Presence, Schema,
    Structure, StructuredType, Type, Vocabulary,
};
use trunklog_odata::edm::{ComplexType, EdmType, EnumType, NAMESPACE};
use trunklog_odata::path::CALL_RECORDS;
use trunklog_odata::{Profile, Version};

use crate::schema::{Log, Property, UpperBound};

/// The namespace of what all parts of Graph share.
const GRAPH: &str = "microsoft.graph";
/// The type that the functions are bound to a collection of.
const CALL_RECORD: &str = "callRecord";
/// The type that rows with administrative units inherit from; it has what all
/// of them have. Source: Graph's beta metadata.
const BASE_ROW: &str = "callLogRow";
const INHERITING: &str = "administrativeUnitInfos";

/// The vocabulary that describes.
///
/// ```
/// assert_eq!(trunklog_records::metadata::CORE.alias, "Core");
/// ```
pub const CORE: Vocabulary = Vocabulary {
    address: "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1",
    namespace: "Org.OData.Core.V1",
    alias: "Core",
};
/// The vocabulary that says what can be asked of a service.
///
/// ```
/// assert_eq!(trunklog_records::metadata::CAPABILITIES.alias, "Capabilities");
/// ```
pub const CAPABILITIES: Vocabulary = Vocabulary {
    address: "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1",
    namespace: "Org.OData.Capabilities.V1",
    alias: "Capabilities",
};

/// Describes a version of the API that has the functions of `logs`, as far as
/// they exist in it.
///
/// A strict description has what Graph's has; else annotations say more.
///
/// ```
/// use trunklog_odata::{Profile, Version};
/// use trunklog_records::metadata::describe;
/// use trunklog_records::schema::LOGS;
///
/// let xml = describe(Version::Beta, &LOGS, Profile::Strict).to_xml();
/// assert!(String::from_utf8(xml).unwrap().contains("smsLogRow"));
/// ```
pub fn describe(version: Version, logs: &[&'static Log], profile: Profile) -> Document {
    let logs: Vec<&'static Log> = logs.iter().copied().filter(|log| log.exists_in(version)).collect();
    let mut document = Document {
        vocabularies: vec![CORE, CAPABILITIES],
        schemas: vec![graph(), call_records(version, &logs)],
    };
    if profile.is_strict() {
        document.vocabularies.clear();
        for schema in &mut document.schemas {
            for function in &mut schema.functions {
                function.annotations.clear();
            }
            if let Some(container) = &mut schema.container {
                container.annotations.clear();
            }
        }
    }
    document
}

/// The way to the call records: `communications/callRecords`.
fn graph() -> Schema {
    let [singleton, collection] = CALL_RECORDS;
    let id = Element { name: "id", of: Type::from(EdmType::String), presence: Presence::Required };
    let entity = StructuredType {
        kind: Structure::AbstractEntity,
        name: "entity",
        base: None,
        key: &["id"],
        properties: vec![id],
        contained: Vec::new(),
    };
    let communications = StructuredType {
        kind: Structure::Entity,
        name: "cloudCommunications",
        base: Some(format!("{GRAPH}.{}", entity.name)),
        key: &[],
        properties: Vec::new(),
        contained: vec![ContainedCollection { name: collection, of: format!("{NAMESPACE}.{CALL_RECORD}") }],
    };
    let container = Container {
        name: "GraphService",
        singletons: vec![(singleton, format!("{GRAPH}.{}", communications.name))],
        sets: Vec::new(),
        annotations: vec![Annotation { term: "Capabilities.BatchSupported", value: Constant::Bool(true) }],
    };
    Schema {
        namespace: GRAPH,
        alias: Some("graph"),
        enums: Vec::new(),
        types: vec![entity, communications],
        functions: Vec::new(),
        container: Some(container),
    }
}

fn call_records(version: Version, logs: &[&'static Log]) -> Schema {
    let call_record = StructuredType {
        kind: Structure::Entity,
        name: CALL_RECORD,
        base: Some(format!("{GRAPH}.entity")),
        key: &[],
        properties: Vec::new(),
        contained: Vec::new(),
    };
    let inherited = inherited(version, logs);
    let mut types = vec![call_record];
    types.extend(complex_types(logs).into_iter().map(|of| {
        let properties = of.properties.iter().map(|(name, edm)| optional(name, *edm)).collect();
        complex(of.name, None, properties)
    }));
    if !inherited.is_empty() {
        types.push(complex(BASE_ROW, None, inherited.iter().map(|property| element(property)).collect()));
    }
    types.extend(logs.iter().map(|log| row_type(log, version, &inherited)));
    Schema {
        namespace: NAMESPACE,
        alias: None,
        enums: enums(version, logs),
        types,
        functions: logs.iter().map(|log| function(log)).collect(),
        container: None,
    }
}

/// The properties of a version, in JSON order.
fn shown(log: &Log, version: Version) -> impl Iterator<Item = &'static Property> + use<> {
    let properties = log.properties;
    log.layout(version).into_iter().map(move |at| &properties[at])
}

fn inherits(log: &Log, version: Version) -> bool {
    shown(log, version).any(|property| property.name == INHERITING)
}

/// The properties of the base type: those that all rows have which inherit
/// from it. There are none where no row does.
fn inherited(version: Version, logs: &[&'static Log]) -> Vec<&'static Property> {
    let mut inheriting = logs.iter().copied().filter(|log| inherits(log, version));
    let Some(first) = inheriting.next() else { return Vec::new() };
    let others: Vec<&'static Log> = inheriting.collect();
    let is_in = |log: &Log, property: &Property| {
        shown(log, version).any(|other| other.name == property.name && other.edm == property.edm)
    };
    shown(first, version).filter(|property| others.iter().all(|log| is_in(log, property))).collect()
}

fn row_type(log: &Log, version: Version, inherited: &[&'static Property]) -> StructuredType {
    let base = inherits(log, version).then(|| format!("{NAMESPACE}.{BASE_ROW}"));
    let is_own = |property: &&Property| base.is_none() || inherited.iter().all(|of| of.name != property.name);
    let own = shown(log, version).filter(is_own).map(element).collect();
    complex(log.row_type, base, own)
}

fn complex(name: &'static str, base: Option<String>, properties: Vec<Element>) -> StructuredType {
    StructuredType { kind: Structure::Complex, name, base, key: &[], properties, contained: Vec::new() }
}

fn element(property: &Property) -> Element {
    optional(property.name, property.edm)
}

/// Graph's rows promise no value at all.
fn optional(name: &'static str, edm: EdmType) -> Element {
    Element { name, of: Type::from(edm), presence: Presence::Optional }
}

/// The complex types of all versions' properties: v1.0 has them in its
/// metadata, though none of its rows uses them.
fn complex_types(logs: &[&'static Log]) -> Vec<&'static ComplexType> {
    let mut types = Vec::new();
    for property in logs.iter().flat_map(|log| log.properties) {
        if let EdmType::Collection(of) = property.edm
            && !types.contains(&of)
        {
            types.push(of);
        }
    }
    types
}

fn enums(version: Version, logs: &[&'static Log]) -> Vec<&'static EnumType> {
    let mut enums = Vec::new();
    for property in logs.iter().flat_map(|log| shown(log, version)) {
        if let EdmType::Enum(of) = property.edm
            && !enums.contains(&of)
        {
            enums.push(of);
        }
    }
    enums
}

fn function(log: &Log) -> Function {
    let binding = Element {
        name: "bindingParameter",
        of: Type::many(format!("{NAMESPACE}.{CALL_RECORD}")),
        presence: Presence::Optional,
    };
    let end = |name| optional(name, EdmType::DateTimeOffset);
    Function {
        name: log.function,
        parameters: vec![binding, end("fromDateTime"), end("toDateTime")],
        result: Type::many(format!("{NAMESPACE}.{}", log.row_type)),
        annotations: vec![Annotation { term: "Core.Description", value: Constant::Text(range_text(log)) }],
    }
}

/// Which rows a range of time selects, in words: "Rows whose startDateTime is
/// at or after fromDateTime and before toDateTime."
///
/// ```
/// use trunklog_records::metadata::range_text;
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
///
/// assert!(range_text(&DIRECT_ROUTING_CALLS).ends_with("before toDateTime."));
/// ```
pub fn range_text(log: &Log) -> String {
    let end = match log.upper_bound {
        UpperBound::Exclusive => "before",
        UpperBound::Inclusive => "at or before",
    };
    format!("Rows whose {} is at or after fromDateTime and {end} toDateTime.", log.time)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::schema::LOGS;

    fn rows_schema(version: Version) -> Schema {
        describe(version, &LOGS, Profile::Default).schemas.remove(1)
    }

    fn names(of: &StructuredType) -> BTreeSet<&'static str> {
        of.properties.iter().map(|property| property.name).collect()
    }

    #[test]
    fn versions_have_their_functions() {
        let functions = |version| rows_schema(version).functions.iter().map(|of| of.name).collect::<Vec<_>>();
        assert_eq!(functions(Version::V1), ["getDirectRoutingCalls", "getPstnCalls"]);
        assert_eq!(functions(Version::Beta), LOGS.map(|log| log.function));
    }

    #[test]
    fn the_base_type_is_graphs() {
        let beta = rows_schema(Version::Beta);
        let base = beta.types.iter().find(|of| of.name == BASE_ROW).unwrap();
        let documented = [
            "id",
            "administrativeUnitInfos",
            "otherPartyCountryCode",
            "userDisplayName",
            "userId",
            "userPrincipalName",
        ];
        assert_eq!(names(base), BTreeSet::from(documented));
        let derived: Vec<_> = beta
            .types
            .iter()
            .filter(|of| of.base.as_deref() == Some("microsoft.graph.callRecords.callLogRow"))
            .collect();
        assert_eq!(
            derived.iter().map(|of| of.name).collect::<Vec<_>>(),
            ["directRoutingLogRow", "pstnCallLogRow", "smsLogRow",]
        );
        assert!(derived.iter().all(|of| names(of).is_disjoint(&names(base))));
        assert!(rows_schema(Version::V1).types.iter().all(|of| of.name != BASE_ROW));
    }

    #[test]
    fn rows_have_what_the_tables_show() {
        for (version, log) in [Version::V1, Version::Beta].into_iter().flat_map(|v| LOGS.map(|log| (v, log)))
        {
            let schema = rows_schema(version);
            let found = schema.types.iter().find(|of| of.name == log.row_type);
            assert_eq!(found.is_some(), log.exists_in(version), "{}", log.name);
            let Some(row) = found else { continue };
            let mut all = names(row);
            if row.base.is_some() {
                all.extend(schema.types.iter().filter(|of| of.name == BASE_ROW).flat_map(|of| names(of)));
            }
            assert_eq!(
                all,
                shown(log, version).map(|property| property.name).collect::<BTreeSet<_>>(),
                "{}",
                log.name
            );
            assert!(row.properties.iter().all(|property| property.presence == Presence::Optional));
        }
    }

    #[test]
    fn every_type_that_is_used_is_described() {
        for version in [Version::V1, Version::Beta] {
            let schema = rows_schema(version);
            let described: BTreeSet<String> = (schema.types.iter().map(|of| of.name))
                .chain(schema.enums.iter().map(|of| of.name))
                .map(|name| format!("{NAMESPACE}.{name}"))
                .collect();
            let properties = schema.types.iter().flat_map(|of| &of.properties);
            let parameters = schema.functions.iter().flat_map(|of| &of.parameters);
            let used = (properties.chain(parameters).map(|element| &element.of))
                .chain(schema.functions.iter().map(|of| &of.result));
            for of in used.filter(|of| !of.item.starts_with("Edm.")) {
                assert!(described.contains(&of.item), "{version:?}: {}", of.item);
            }
        }
    }

    #[test]
    fn a_strict_description_has_nothing_of_ours() {
        let xml = |profile| String::from_utf8(describe(Version::V1, &LOGS, profile).to_xml()).unwrap();
        assert!(!xml(Profile::Strict).contains("Org.OData") && !xml(Profile::Strict).contains("Annotation"));
        assert!(
            xml(Profile::Default).contains(
                "Rows whose startDateTime is at or after fromDateTime and at or before toDateTime."
            )
        );
    }

    #[test]
    fn a_cloud_without_functions_has_no_rows() {
        let schema = describe(Version::Beta, &[], Profile::Default).schemas.remove(1);
        assert!(schema.functions.is_empty() && schema.enums.is_empty());
        assert_eq!(schema.types.iter().map(|of| of.name).collect::<Vec<_>>(), [CALL_RECORD]);
    }
}
