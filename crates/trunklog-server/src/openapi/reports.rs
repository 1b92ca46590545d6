//! The `OpenAPI` document of the reports, made from their table. Source: `OpenAPI`
//! Specification 3.1.1.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use trunklog_odata::Version;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::calendar::DEFAULT_RANGE;
use trunklog_reports::{Column, DEFINITIONS, Kind, Level, REPORTS, Report, Texts};

use super::examples;
use super::operations::{SECURITY, security};
use super::schemas;
use super::site::Site;
use super::sources;
use crate::reports::list::{level, roles};
use crate::reports::parameters::{self, Parameter, Values};
use crate::reports::{DATA, PROBLEM, USAGE, address, data, usage};

/// A call for examples: its time and its id.
pub(super) const CALL: [(&str, &str); 2] =
    [("time", "2026-03-02T09:41:25.125Z"), ("id", "9c4984c7-6c3c-427d-a30c-bd0b2eacee90")];

/// What can go wrong: status, name and meaning.
#[rustfmt::skip]
const FAULTS: [(&str, &str, &str); 9] = [
    ("400", "BadRequest", "A parameter cannot be understood or is not taken; the detail names it, the hint says what is right."),
    ("401", "Unauthorized", "There is no valid access token."),
    ("403", "Forbidden", "The application holds no role for this report, or for what the filter looks at."),
    ("404", "NotFound", "There is no such report or call."),
    ("405", "MethodNotAllowed", "There are GET and HEAD."),
    ("406", "NotAcceptable", "The Accept header admits neither JSON nor CSV."),
    ("429", "TooManyRequests", "A limit on requests was reached; Retry-After says for how many seconds."),
    ("500", "InternalServerError", "Something went wrong that only the server's log explains."),
    ("503", "ServiceUnavailable", "The server is too busy, or its store is not available; Retry-After says for how many seconds."),
];

/// The whole document.
pub(super) fn description(site: &Site) -> Value {
    json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Trunklog reports",
            "version": "v1",
            "summary": "Numbers about calls over trunks",
            "description": format!(
                "Every ratio, mean and quantile says over how many calls it was taken. Members are only ever \
                 added, at the end. The definitions of all numbers have a version, now {DEFINITIONS}."
            ),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": site.root }],
        "security": [{ SECURITY: [site.scope.as_str()] }],
        "tags": [{ "name": "reports", "description": "Reports about calls and messages." }],
        "paths": paths(site),
        "components": {
            "schemas": all_schemas(site),
            "responses": faults(),
            "headers": headers(),
            "securitySchemes": security(site),
        },
    })
}

fn paths(site: &Site) -> Map<String, Value> {
    let mut paths = Map::new();
    let content = json!({ "application/json": { "schema": schemas::reference("reportList") } });
    let success = json!({ "description": "The reports.", "content": content });
    let list = json!({
        "operationId": "listReports",
        "tags": ["reports"],
        "summary": "What reports there are, what they take and what they tell.",
        "security": [],
        "responses": { "200": success, "406": fault("NotAcceptable") },
    });
    paths.insert("/reports/v1/".to_owned(), json!({ "get": list }));
    for report in REPORTS {
        paths.insert(address(report), json!({ "get": operation(site, report) }));
    }
    paths.insert(format!("/reports/v1/{USAGE}"), json!({ "get": usage_operation(site) }));
    paths.insert(format!("/reports/v1/{DATA}"), json!({ "get": data_operation(site) }));
    paths
}

fn operation(site: &Site, report: &Report) -> Value {
    let texts = Texts::english();
    let taken = parameters::of(report);
    let mut described: Vec<Value> = Vec::new();
    if report.takes.call {
        described.extend(CALL.map(|(name, example)| path_parameter(name, example)));
    }
    described.extend(taken.iter().map(query_parameter));
    let mut content = Map::new();
    let schema = schemas::reference(&answer_name(report));
    content.insert("application/json".to_owned(), json!({ "schema": schema }));
    content.insert("text/csv".to_owned(), json!({ "schema": { "type": "string" } }));
    json!({
        "operationId": report.key,
        "tags": ["reports"],
        "summary": report.title(texts),
        "description": format!("{} {}", report.explanation(texts), who(report.level)),
        "parameters": described,
        "responses": responses(&Value::Object(content)),
        "x-codeSamples": samples(site, &example_path(report), &taken),
    })
}

fn usage_operation(site: &Site) -> Value {
    let taken = parameters::of_usage(site.page_rows);
    let content = json!({ "application/json": { "schema": schemas::reference("usagePage") } });
    let described: Vec<Value> = taken.iter().map(query_parameter).collect();
    json!({
        "operationId": USAGE,
        "tags": ["reports"],
        "summary": usage::TITLE,
        "description": format!("{} {}", usage::EXPLANATION, who(Level::Personal)),
        "parameters": described,
        "responses": responses(&content),
        "x-codeSamples": samples(site, &format!("/reports/v1/{USAGE}"), &taken),
    })
}

fn data_operation(site: &Site) -> Value {
    let taken = parameters::of_data();
    let content = json!({ "application/json": { "schema": schemas::reference("dataAnswer") } });
    let described: Vec<Value> = taken.iter().map(query_parameter).collect();
    json!({
        "operationId": DATA,
        "tags": ["reports"],
        "summary": data::TITLE,
        "description": format!("{} {}", data::EXPLANATION, who(Level::Aggregate)),
        "parameters": described,
        "responses": responses(&content),
        "x-codeSamples": samples(site, &format!("/reports/v1/{DATA}"), &taken),
    })
}

fn who(of: Level) -> String {
    format!("It is {}: one of the roles {} is needed.", level(of), roles(of).join(", "))
}

/// The path of a report, of one about a call that of a call for examples.
fn example_path(report: &Report) -> String {
    CALL.iter().fold(address(report), |path, (name, example)| path.replace(&format!("{{{name}}}"), example))
}

/// Requests as a shell sends them: one without parameters, and one with each.
fn samples(site: &Site, path: &str, taken: &[Parameter]) -> Vec<Value> {
    let ranged = taken.iter().any(|parameter| parameter.name == "range");
    let queries = taken.iter().filter(|parameter| !parameter.example.is_empty()).map(|parameter| {
        let pair =
            |name: &str, value: &str| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
        let own = pair(parameter.name, &parameter.example);
        match parameter.name {
            "range" | "from" => own,
            "to" => format!("{}&{own}", pair("from", "2026-11-01")),
            _ if ranged => format!("{}&{own}", pair("range", DEFAULT_RANGE)),
            _ => own,
        }
    });
    std::iter::once(String::new())
        .chain(queries)
        .map(|query| {
            let separator = if query.is_empty() { "" } else { "?" };
            let url = format!("{}{path}{separator}{query}", site.root);
            json!({
                "lang": "Shell",
                "source": format!("curl --header \"Authorization: Bearer $TOKEN\" \\\n  '{url}'"),
            })
        })
        .collect()
}

fn path_parameter(name: &str, example: &str) -> Value {
    let format = if name == "time" { json!({ "type": "string", "format": "date-time" }) } else { text() };
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": if name == "time" { "startDateTime of the call's row." } else { "The id of the call's row." },
        "schema": format,
        "example": example,
    })
}

fn query_parameter(parameter: &Parameter) -> Value {
    let Parameter { name, value, text: description, example } = parameter;
    let mut described = json!({ "name": name, "in": "query", "description": description, "schema": text() });
    match value {
        Values::Text => {}
        Values::Words(words) => described["schema"] = json!({ "type": "string", "enum": words }),
        Values::List(words) => {
            let items = json!({ "type": "string", "enum": words });
            described["schema"] = json!({ "type": "array", "uniqueItems": true, "items": items });
            described["style"] = json!("form");
            described["explode"] = json!(false);
        }
        Values::Whole => described["schema"] = json!({ "type": "integer", "minimum": 1 }),
        Values::Truth => described["schema"] = json!({ "type": "boolean" }),
    }
    if !example.is_empty() {
        described["example"] = match value {
            Values::Text | Values::Words(_) => json!(example),
            Values::List(_) => json!([example]),
            Values::Whole => json!(example.parse::<u32>().ok()),
            Values::Truth => json!(example == "true"),
        };
    }
    described
}

/// The success together with everything that can go wrong.
fn responses(content: &Value) -> Map<String, Value> {
    let mut responses: Map<_, _> =
        FAULTS.iter().map(|(status, name, _)| ((*status).to_owned(), fault(name))).collect();
    let header = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let headers = json!({ "ETag": header("ETag"), "request-id": header("request-id") });
    let success = json!({ "description": "The report.", "headers": headers, "content": content });
    responses.insert("200".to_owned(), success);
    let known = json!({ "description": "It is still what If-None-Match names.", "headers": headers });
    responses.insert("304".to_owned(), known);
    responses
}

fn fault(name: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{name}") })
}

fn faults() -> Map<String, Value> {
    let described = FAULTS.iter().map(|(status, name, text)| {
        let content = json!({ PROBLEM: { "schema": schemas::reference("problem") } });
        let mut response = json!({ "description": text, "content": content });
        if ["429", "503"].contains(status) {
            response["headers"] = json!({ "Retry-After": { "$ref": "#/components/headers/Retry-After" } });
        }
        ((*name).to_owned(), response)
    });
    described.collect()
}

fn headers() -> Value {
    json!({
        "ETag": { "description": "Names the answer, for If-None-Match.", "schema": text() },
        "request-id": { "description": "The server's name for the request.", "schema": text() },
        "Retry-After": {
            "description": "For how many seconds the client should wait.",
            "schema": { "type": "integer", "minimum": 0 },
        },
    })
}

fn answer_name(report: &Report) -> String {
    format!("{}Answer", report.key)
}

fn row_name(report: &Report) -> String {
    format!("{}Row", report.key)
}

fn all_schemas(site: &Site) -> Map<String, Value> {
    let mut all = Map::new();
    for report in REPORTS {
        all.insert(row_name(report), row(&(report.columns)()));
        all.insert(answer_name(report), answer(report));
    }
    let example = examples::row(&DIRECT_ROUTING_CALLS, Version::Beta);
    let mut of_rows = head();
    if let Some(members) = of_rows.as_object_mut() {
        members.retain(|name, _| !["bucket", "by", "compare"].contains(&name.as_str()));
    }
    of_rows["nextLink"] = json!({
        "type": ["string", "null"],
        "description": "The address of the next page; null on the last one.",
        "example": format!("{}/reports/v1/{USAGE}?{}=…", site.root, parameters::SKIP_TOKEN),
    });
    let items = json!({ "type": "object", "example": example });
    of_rows["value"] = json!({ "type": "array", "items": items, "description": "The rows." });
    all.insert("usagePage".to_owned(), object(of_rows, &[]));
    all.insert("dataAnswer".to_owned(), sources::data_answer());
    all.insert("problem".to_owned(), problem());
    all.insert("reportList".to_owned(), report_list());
    all
}

/// An object of which all members are required but those that are named.
pub(super) fn object(properties: Value, optional: &[&str]) -> Value {
    let required: Vec<&String> = properties
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .filter(|name| !optional.contains(&name.as_str()))
        .collect();
    json!({ "type": "object", "required": required, "properties": properties })
}

fn row(columns: &[Column]) -> Value {
    let texts = Texts::english();
    let mut properties = Map::new();
    for column in columns {
        let mut schema = value(column.kind);
        schema["description"] = json!(column.explanation(texts));
        properties.insert(column.key.to_owned(), schema);
    }
    let optional = columns.iter().filter(|column| column.is_optional).map(|column| column.key);
    object(Value::Object(properties), &optional.collect::<Vec<_>>())
}

/// Every value can be null.
fn value(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::Word => json!({ "type": ["string", "null"] }),
        Kind::Flag => json!({ "type": ["boolean", "null"] }),
        Kind::Moment => json!({ "type": ["string", "null"], "format": "date-time" }),
        Kind::Date => json!({ "type": ["string", "null"], "format": "date" }),
        Kind::Code | Kind::Count => json!({ "type": ["integer", "null"] }),
        Kind::Figure(_) if kind.has_n() => json!({
            "type": ["object", "null"],
            "required": ["value", "n"],
            "properties": {
                "value": { "type": ["number", "null"], "description": "Null when it was taken over nothing." },
                "n": { "type": "integer", "description": "Over how many calls it was taken." },
            },
        }),
        Kind::Figure(_) | Kind::Money => json!({ "type": ["number", "null"] }),
    }
}

/// What stands before the rows of every report.
fn head() -> Value {
    let moment = json!({ "type": "string", "format": "date-time" });
    json!({
        "report": text(),
        "definitions": { "type": "integer", "description": "The version of the definitions of all numbers." },
        "zone": { "type": "string", "description": "The zone in which hours and days are counted." },
        "from": moment,
        "fromLocal": moment,
        "to": moment,
        "toLocal": moment,
        "bucket": { "type": ["string", "null"] },
        "by": { "type": "array", "items": text() },
        "filter": { "type": ["string", "null"] },
        "compare": {
            "type": ["object", "null"],
            "properties": { "with": text(), "from": moment, "fromLocal": moment, "to": moment, "toLocal": moment },
        },
        "commit": { "type": "integer", "description": "The commit of the store that the answer shows." },
        "completeUntil": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "Until when there are all calls; null where nobody knows.",
        },
        "source": { "type": "string", "enum": ["cube", "rows", "both"] },
        "rowsRead": { "type": "integer", "description": "How many rows were read for it." },
        "notes": { "type": "array", "items": text(), "description": "What has to be known beside the numbers." },
    })
}

fn answer(report: &Report) -> Value {
    let mut properties = head();
    let rows = json!({ "type": "array", "items": schemas::reference(&row_name(report)) });
    properties["value"] = rows.clone();
    let mut optional = Vec::new();
    if report.takes.compare {
        properties["compared"] = rows;
        optional.push("compared");
    }
    object(properties, &optional)
}

/// Source: RFC 9457.
fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "requestId"],
        "properties": {
            "type": { "type": "string", "format": "uri-reference" },
            "title": text(),
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "What is wrong; it names the parameter." },
            "hint": { "type": "string", "description": "What can be done about it." },
            "requestId": { "type": "string", "format": "uuid" },
        },
    })
}

fn report_list() -> Value {
    let truth = json!({ "type": "boolean" });
    let parameter = object(json!({ "name": text(), "explanation": text(), "example": text() }), &[]);
    let column = json!({
        "key": text(), "title": text(), "explanation": text(), "kind": text(),
        "hasN": truth, "isKey": truth, "isOptional": truth,
    });
    let report = json!({
        "key": text(), "title": text(), "explanation": text(), "address": text(),
        "level": { "type": "string", "enum": [level(Level::Aggregate), level(Level::Personal)] },
        "roles": { "type": "array", "items": text() },
        "parameters": { "type": "array", "items": parameter },
        "columns": { "type": "array", "items": object(column, &[]) },
    });
    let listed = json!({ "type": "array", "items": object(report, &[]) });
    object(json!({ "definitions": { "type": "integer" }, "value": listed }), &[])
}

pub(super) fn text() -> Value {
    json!({ "type": "string" })
}
