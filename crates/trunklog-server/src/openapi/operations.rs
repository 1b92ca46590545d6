//! The `OpenAPI` document. Source: `OpenAPI` Specification 3.1.1.

use serde_json::{Map, Value, json};
use trunklog_exports::Format;
use trunklog_odata::Version;
use trunklog_odata::edm::NAMESPACE;
use trunklog_odata::envelope::{PAGE_SIZE, context_url};
use trunklog_odata::path::CALL_RECORDS;
use trunklog_records::Log;
use trunklog_records::metadata::range_text;

use super::options::{FAULTS, Fault, QUERY_OPTIONS, QueryOption, RETRY, Value as OptionValue};
use super::site::Site;
use super::{examples, schemas};

pub(super) const SECURITY: &str = "clientCredentials";

/// The whole document of a version.
pub(super) fn description(site: &Site, version: Version) -> Value {
    let logs: Vec<&Log> = site.logs.iter().copied().filter(|log| log.exists_in(version)).collect();
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Trunklog",
            "version": version.segment(),
            "summary": "Call records with the interface of Microsoft Graph",
            "description": "Each function returns the rows of one log in a range of time.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": format!("{}/{}", site.root, version.segment()) }],
        "security": [{ SECURITY: [site.scope.as_str()] }],
        "tags": [
            { "name": "logs", "description": "The rows of the logs." },
            { "name": "service", "description": "The service itself." },
        ],
        "paths": paths(site, version, &logs),
        "components": {
            "schemas": schemas::all(&logs, version),
            "parameters": parameters(),
            "responses": faults(),
            "headers": headers(),
            "securitySchemes": security(site),
        },
    })
}

pub(super) fn security(site: &Site) -> Value {
    let text = "In place of your-tenant, the address takes the tenant's id.";
    json!({ SECURITY: {
        "type": "oauth2",
        "description": text,
        "flows": { "clientCredentials": {
            "tokenUrl": token_url(&site.root, "your-tenant"),
            "scopes": { site.scope.as_str(): "What the application's roles permit." },
        } },
    } })
}

/// Where tokens are issued.
pub(super) fn token_url(root: &str, tenant: &str) -> String {
    format!("{root}/{tenant}/oauth2/v2.0/token")
}

fn paths(site: &Site, version: Version, logs: &[&Log]) -> Map<String, Value> {
    let [singleton, collection] = CALL_RECORDS;
    let mut paths = Map::new();
    for log in logs {
        for function in [log.function.to_owned(), format!("{NAMESPACE}.{}", log.function)] {
            let path = format!(
                "/{singleton}/{collection}/{function}(fromDateTime={{fromDateTime}},toDateTime={{toDateTime}})"
            );
            paths.insert(path, json!({ "get": call(site, version, log, &function) }));
        }
    }
    paths.insert("/".to_owned(), json!({ "get": service_document() }));
    paths.insert("/$metadata".to_owned(), json!({ "get": metadata() }));
    paths.insert("/$batch".to_owned(), json!({ "post": batch(logs) }));
    paths
}

fn call(site: &Site, version: Version, log: &Log, id: &str) -> Value {
    let named = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
    let mut parameters = vec![named("fromDateTime"), named("toDateTime")];
    parameters.extend(QUERY_OPTIONS.iter().map(|option| match option.value {
        OptionValue::Properties => properties(option, version, log),
        OptionValue::Text | OptionValue::Whole | OptionValue::Truth => named(component(option)),
    }));
    parameters.push(named("prefer"));
    let context = context_url(&site.root, version, log.row_type, None);
    let example = json!({
        "@odata.context": context,
        "@odata.count": 1,
        "value": [examples::row(log, version)],
    });
    let mut content = Map::new();
    let page = json!({ "schema": schemas::reference(&schemas::page_name(log)), "example": example });
    content.insert("application/json".to_owned(), page);
    for format in Format::ALL {
        if let Some(media_type) = format.names().first() {
            content.insert((*media_type).to_owned(), export(format));
        }
    }
    let success = json!({ "description": "The rows.", "headers": header_references(), "content": content });
    json!({
        "operationId": id,
        "tags": ["logs"],
        "summary": range_text(log),
        "description": format!(
            "In JSON, rows come in pages of {PAGE_SIZE} unless Prefer asks for another size. In the other \
             formats, all rows come at once. With application/json;IEEE754Compatible=true, decimals and \
             counts are text. With Prefer: odata.track-changes, the last page has a link to what changes from \
             then on."
        ),
        "parameters": parameters,
        "responses": with_faults(success),
    })
}

/// Text has a schema; for binary forms `OpenAPI` wants none.
fn export(format: Format) -> Value {
    match format {
        Format::Csv | Format::CsvForPeople | Format::Ndjson => json!({ "schema": { "type": "string" } }),
        Format::Arrow | Format::Parquet => json!({}),
    }
}

/// An option that takes the names of a log's properties.
fn properties(option: &QueryOption, version: Version, log: &Log) -> Value {
    let names: Vec<&str> = log.layout(version).into_iter().map(|at| log.properties[at].name).collect();
    json!({
        "name": option.name,
        "in": "query",
        "description": option.text,
        "style": "form",
        "explode": false,
        "schema": { "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": names } },
    })
}

/// The name of an option among the components, where `$` cannot be.
fn component(option: &QueryOption) -> &'static str {
    option.name.trim_start_matches('$')
}

fn parameters() -> Map<String, Value> {
    let mut parameters = Map::new();
    for (name, example) in examples::RANGE {
        let parameter = json!({
            "name": name,
            "in": "path",
            "required": true,
            "description": "A date, or an instant with its zone such as 2026-03-01T08:00:00Z.",
            "schema": { "type": "string", "anyOf": [{ "format": "date" }, { "format": "date-time" }] },
            "example": example,
        });
        parameters.insert(name.to_owned(), parameter);
    }
    for option in &QUERY_OPTIONS {
        let (schema, example) = match option.value {
            OptionValue::Text => (json!({ "type": "string" }), json!(option.example)),
            OptionValue::Whole => {
                (json!({ "type": "integer", "minimum": 0 }), json!(option.example.parse::<u32>().ok()))
            }
            OptionValue::Truth => (json!({ "type": "boolean" }), json!(option.example == "true")),
            OptionValue::Properties => continue,
        };
        let parameter = json!({
            "name": option.name,
            "in": "query",
            "description": option.text,
            "schema": schema,
            "example": example,
        });
        parameters.insert(component(option).to_owned(), parameter);
    }
    let prefer = json!({
        "name": "Prefer",
        "in": "header",
        "description": "odata.maxpagesize=N: at most N rows a page. odata.track-changes: the last page has \
            @odata.deltaLink. Both hold for the whole walk; Preference-Applied says what was granted.",
        "schema": { "type": "string" },
        "example": "odata.maxpagesize=500",
    });
    parameters.insert("prefer".to_owned(), prefer);
    parameters
}

const HEADERS: [(&str, &str); 5] = [
    ("request-id", "The server's name for the request."),
    ("client-request-id", "The client's name for the request, or the server's again."),
    ("OData-Version", "The version of OData that the answer follows."),
    (
        "Preference-Applied",
        "The size of pages, and whether changes can be followed, when Prefer asked for it.",
    ),
    ("Trunklog-Delta-Link", "With NDJSON: what is @odata.deltaLink in JSON."),
];

fn headers() -> Map<String, Value> {
    let header = |text: &str| json!({ "description": text, "schema": { "type": "string" } });
    let mut headers: Map<_, _> =
        HEADERS.into_iter().map(|(name, text)| (name.to_owned(), header(text))).collect();
    let retry = json!({
        "description": "For how many seconds the client should wait.",
        "schema": { "type": "integer", "minimum": 0 },
    });
    headers.insert("Retry-After".to_owned(), retry);
    headers
}

fn header_references() -> Map<String, Value> {
    HEADERS.into_iter().map(|(name, _)| (name.to_owned(), header_reference(name))).collect()
}

fn header_reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/headers/{name}") })
}

fn faults() -> Map<String, Value> {
    FAULTS.iter().map(|fault| (fault.name.to_owned(), response(fault))).collect()
}

fn response(fault: &Fault) -> Value {
    let content = json!({ "application/json": { "schema": schemas::reference("error") } });
    let mut response = json!({ "description": fault.text, "content": content });
    if RETRY.contains(&fault.status) {
        response["headers"] = json!({ "Retry-After": header_reference("Retry-After") });
    }
    response
}

/// The success together with everything that can go wrong.
fn with_faults(success: Value) -> Map<String, Value> {
    let reference = |fault: &Fault| json!({ "$ref": format!("#/components/responses/{}", fault.name) });
    let mut responses: Map<_, _> =
        FAULTS.iter().map(|fault| (fault.status.to_owned(), reference(fault))).collect();
    responses.insert("200".to_owned(), success);
    responses
}

fn service_document() -> Value {
    let content = json!({ "application/json": { "schema": schemas::reference("serviceDocument") } });
    json!({
        "operationId": "getServiceDocument",
        "tags": ["service"],
        "summary": "What there is at the root.",
        "security": [],
        "responses": open_responses(json!({ "description": "The service document.", "content": content })),
    })
}

fn metadata() -> Value {
    let success = json!({
        "description": "The description, as CSDL.",
        "content": {
            "application/xml": { "schema": { "type": "string" } },
            "text/xml": { "schema": { "type": "string" } },
            "application/json": { "schema": { "type": "object" } },
        },
    });
    json!({
        "operationId": "getMetadata",
        "tags": ["service"],
        "summary": "Types and functions in OData's own language.",
        "security": [],
        "parameters": [{
            "name": "$format",
            "in": "query",
            "description": "The form; wins over the Accept header, which gets JSON only beside OData-MaxVersion: 4.01.",
            "schema": { "type": "string", "enum": ["xml", "json"] },
        }],
        "responses": open_responses(success),
    })
}

/// Those of what needs no token: it can only be refused for its format.
fn open_responses(success: Value) -> Value {
    json!({ "200": success, "406": { "$ref": "#/components/responses/NotAcceptable" } })
}

fn batch(logs: &[&Log]) -> Value {
    let url = logs.first().map_or_else(|| "$metadata".to_owned(), |log| examples::call(log));
    let example = json!({ "requests": [{ "id": "1", "method": "GET", "url": format!("/{url}") }] });
    let request = json!({ "schema": schemas::reference("batchRequest"), "example": example });
    let content = json!({ "application/json": { "schema": schemas::reference("batchResponse") } });
    let success = json!({ "description": "What each request got.", "content": content });
    json!({
        "operationId": "batch",
        "tags": ["service"],
        "summary": "Several requests at once, each with its own answer.",
        "requestBody": { "required": true, "content": { "application/json": request } },
        "responses": with_faults(success),
    })
}
