//! Made-up rows, and how they are asked for.

use serde_json::{Map, Value, json};
use trunklog_odata::Version;
use trunklog_odata::edm::EdmType;
use trunklog_odata::path::CALL_RECORDS;
use trunklog_records::Log;

/// Text by the end of a property's name; the first that fits counts. Where none
/// fits, an example has null, as real rows often do.
const TEXTS: [(&str, &str); 8] = [
    ("PrincipalName", "ada@contoso.example"),
    ("DisplayName", "Ada"),
    ("DomainName", "sbc.contoso.example"),
    ("CountryCode", "DE"),
    ("Location", "EUNO"),
    ("Number", "+4930123456"),
    ("Id", "9c4984c7-6c3c-427d-a30c-bd0b2eacee90"),
    ("currency", "EUR"),
];

/// The parameters of every function, with a month.
pub(super) const RANGE: [(&str, &str); 2] = [("fromDateTime", "2026-03-01"), ("toDateTime", "2026-04-01")];

/// The path after the version of a call for that month.
pub(super) fn call(log: &Log) -> String {
    let [singleton, collection] = CALL_RECORDS;
    let arguments = RANGE.map(|(name, value)| format!("{name}={value}")).join(",");
    format!("{singleton}/{collection}/{}({arguments})", log.function)
}

/// A row as JSON has it.
pub(super) fn row(log: &Log, version: Version) -> Value {
    let members = log.layout(version).into_iter().map(|at| {
        let property = &log.properties[at];
        (property.name.to_owned(), value(property.name, property.edm))
    });
    Value::Object(members.collect::<Map<_, _>>())
}

fn value(name: &str, edm: EdmType) -> Value {
    match edm {
        EdmType::String => text(name),
        EdmType::DateTimeOffset => json!("2026-03-02T09:41:25.125Z"),
        EdmType::Int32 => json!(42),
        EdmType::Boolean => json!(true),
        EdmType::Decimal => json!(0.25),
        EdmType::Enum(of) => json!(of.members.first().map(|(member, _)| member)),
        EdmType::Collection(of) => {
            let members = of.properties.iter().map(|(name, edm)| ((*name).to_owned(), value(name, *edm)));
            json!([Value::Object(members.collect::<Map<_, _>>())])
        }
    }
}

/// `id` alone is an id too.
fn text(name: &str) -> Value {
    let fits = |end: &str| name.ends_with(end) || (end == "Id" && name == "id");
    json!(TEXTS.iter().find(|(end, _)| fits(end)).map(|(_, text)| text))
}
