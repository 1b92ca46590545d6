//! What the parts of an answer are, as JSON Schema.

use serde_json::{Map, Value, json};
use trunklog_odata::Version;
use trunklog_odata::batch::MAX_ITEMS;
use trunklog_odata::edm::{ComplexType, EdmType};
use trunklog_records::Log;

/// All schemas that operations refer to, by name.
pub(super) fn all(logs: &[&Log], version: Version) -> Map<String, Value> {
    let mut schemas = Map::new();
    for log in logs {
        let properties = log.layout(version).into_iter().map(|at| &log.properties[at]);
        let properties = properties.map(|property| (property.name, property.edm));
        for (_, edm) in properties.clone() {
            if let EdmType::Collection(of) = edm {
                schemas.insert(of.name.to_owned(), complex(of));
            }
        }
        schemas.insert(log.row_type.to_owned(), object(properties));
        schemas.insert(page_name(log), page(log));
    }
    schemas.insert("removed".to_owned(), removed(logs));
    schemas.insert("error".to_owned(), error());
    schemas.insert("batchRequest".to_owned(), batch_request());
    schemas.insert("batchResponse".to_owned(), batch_response());
    schemas.insert("serviceDocument".to_owned(), service_document());
    schemas
}

/// A reference to a schema.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The name of the schema of a log's pages.
pub(super) fn page_name(log: &Log) -> String {
    format!("{}Page", log.row_type)
}

fn page(log: &Log) -> Value {
    json!({
        "type": "object",
        "required": ["@odata.count", "value"],
        "properties": {
            "@odata.context": { "type": "string", "format": "uri", "description": "What the rows are." },
            "@odata.count": { "type": "integer", "description": "The number of rows in this page." },
            "@trunklog.totalCount": {
                "type": "integer",
                "description": "The number of rows in all pages, when $count=true asked for it.",
            },
            "@odata.nextLink": {
                "type": "string",
                "format": "uri",
                "description": "The address of the next page; the last page has none.",
            },
            "@odata.deltaLink": {
                "type": "string",
                "format": "uri",
                "description": "Instead of a next link on the last page, if Prefer asked for it: the address of \
                    what changes from then on. It holds $deltatoken: never write it yourself.",
            },
            "value": {
                "type": "array",
                "items": reference(log.row_type),
                "description": "In answers to @odata.deltaLink, rows that are new or changed, and removed rows (the schema removed).",
            },
        },
    })
}

/// What stands for a row that is gone, among changed rows.
fn removed(logs: &[&Log]) -> Value {
    let mut properties = Map::new();
    let reason = json!({
        "type": "string",
        "enum": ["changed", "deleted"],
        "description": "changed: it does not satisfy the filter any more.",
    });
    properties.insert(
        "@removed".to_owned(),
        json!({ "type": "object", "required": ["reason"], "properties": { "reason": reason } }),
    );
    properties.insert("id".to_owned(), json!({ "type": "string" }));
    for log in logs.iter().filter(|log| log.shows_time()) {
        let time = json!({
            "type": "string",
            "format": "date-time",
            "description": "The row's time. Time and id tell rows apart.",
        });
        properties.insert(log.time.to_owned(), time);
    }
    json!({
        "type": "object",
        "description": "A row that is no longer among those that are followed.",
        "required": ["@removed", "id"],
        "properties": properties,
    })
}

fn complex(of: &ComplexType) -> Value {
    object(of.properties.iter().copied())
}

fn object(properties: impl Iterator<Item = (&'static str, EdmType)>) -> Value {
    let properties: Map<_, _> = properties.map(|(name, edm)| (name.to_owned(), value(edm))).collect();
    json!({ "type": "object", "properties": properties })
}

/// Every value can be null.
fn value(edm: EdmType) -> Value {
    match edm {
        EdmType::String => json!({ "type": ["string", "null"] }),
        EdmType::DateTimeOffset => json!({ "type": ["string", "null"], "format": "date-time" }),
        EdmType::Int32 => json!({ "type": ["integer", "null"], "format": "int32" }),
        EdmType::Boolean => json!({ "type": ["boolean", "null"] }),
        EdmType::Decimal => json!({
            "type": ["number", "null"],
            "format": "decimal",
            "description": "A number with its scale.",
        }),
        EdmType::Enum(of) => {
            let members = of.members.iter().map(|(member, _)| json!(member));
            let members: Vec<Value> = members.chain([Value::Null]).collect();
            json!({ "type": ["string", "null"], "enum": members })
        }
        EdmType::Collection(of) => json!({ "type": ["array", "null"], "items": reference(of.name) }),
    }
}

fn error() -> Value {
    json!({
        "type": "object",
        "required": ["error"],
        "properties": { "error": {
            "type": "object",
            "required": ["code", "message", "innerError"],
            "properties": {
                "code": { "type": "string" },
                "message": { "type": "string", "description": "In Graph's words; can be empty." },
                "details": {
                    "type": "array",
                    "description": "What can be done about it.",
                    "items": {
                        "type": "object",
                        "properties": { "code": { "type": "string" }, "message": { "type": "string" } },
                    },
                },
                "innerError": {
                    "type": "object",
                    "properties": {
                        "date": { "type": "string", "description": "UTC, without zone." },
                        "request-id": { "type": "string", "format": "uuid" },
                        "client-request-id": { "type": "string" },
                    },
                },
            },
        } },
    })
}

fn batch_request() -> Value {
    json!({
        "type": "object",
        "required": ["requests"],
        "properties": { "requests": {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_ITEMS,
            "items": {
                "type": "object",
                "required": ["id", "method", "url"],
                "properties": {
                    "id": { "type": "string", "description": "Unique; letter case does not count." },
                    "method": { "type": "string" },
                    "url": { "type": "string", "description": "Relative to the version, or absolute." },
                    "headers": { "type": "object", "additionalProperties": { "type": "string" } },
                    "dependsOn": {
                        "type": "array",
                        "description": "Ids of requests that must have succeeded before.",
                        "items": { "type": "string" },
                    },
                },
            },
        } },
    })
}

fn batch_response() -> Value {
    json!({
        "type": "object",
        "required": ["responses"],
        "properties": { "responses": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "status"],
                "properties": {
                    "id": { "type": "string" },
                    "status": { "type": "integer" },
                    "headers": { "type": "object", "additionalProperties": { "type": "string" } },
                    "body": {},
                },
            },
        } },
    })
}

fn service_document() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["value"],
        "properties": {
            "@odata.context": { "type": "string", "format": "uri" },
            "value": { "type": "array", "items": {
                "type": "object",
                "properties": { "name": text, "kind": text, "url": text },
            } },
        },
    })
}
