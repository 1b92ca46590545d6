//! What is described is what there is: each example of the description is sent,
//! and what comes back fits its schema.

use serde_json::Value;
use trunklog_identity::Role;
use trunklog_reports::REPORTS;
use trunklog_testkit::{PUBLIC_URL, TENANT, TestServer};

use super::server;

/// Checks a value against a schema as the documents here write them. What the
/// document uses and this does not know is a failure.
fn check(document: &Value, schema: &Value, value: &Value, place: &str) {
    let members = schema.as_object().unwrap_or_else(|| panic!("{place}: no schema"));
    for (keyword, wanted) in members {
        match keyword.as_str() {
            "$ref" => {
                let pointer = wanted.as_str().unwrap().strip_prefix('#').unwrap();
                let schema = document.pointer(pointer).unwrap_or_else(|| panic!("{place}: {pointer}"));
                check(document, schema, value, place);
            }
            "type" => {
                let is = |name: &Value| match name.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    "boolean" => value.is_boolean(),
                    "null" => value.is_null(),
                    other => panic!("{place}: type {other}"),
                };
                let is_one = wanted.as_array().map_or_else(|| is(wanted), |names| names.iter().any(is));
                assert!(is_one, "{place}: {value} is not {wanted}");
            }
            "required" if value.is_object() => {
                for name in wanted.as_array().unwrap() {
                    assert!(value.get(name.as_str().unwrap()).is_some(), "{place}: no {name} in {value}");
                }
            }
            "properties" if value.is_object() => {
                for (name, schema) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(document, schema, value, &format!("{place}.{name}"));
                    }
                }
                for name in value.as_object().unwrap().keys() {
                    assert!(wanted.get(name).is_some(), "{place}: {name} is not described");
                }
            }
            "items" if value.is_array() => {
                for value in value.as_array().unwrap() {
                    check(document, wanted, value, &format!("{place}[]"));
                }
            }
            "enum" => {
                assert!(wanted.as_array().unwrap().contains(value), "{place}: {value} is none of {wanted}");
            }
            "format" => {
                if let Some(text) = value.as_str() {
                    let fits = match wanted.as_str().unwrap() {
                        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
                        "date" => text.parse::<jiff::civil::Date>().is_ok(),
                        "uuid" => uuid::Uuid::try_parse(text).is_ok(),
                        "uri-reference" => text.parse::<http::Uri>().is_ok() || text == "about:blank",
                        other => panic!("{place}: format {other}"),
                    };
                    assert!(fits, "{place}: {text} is no {wanted}");
                }
            }
            "required" | "properties" | "items" | "description" | "example" => {}
            other => panic!("{place}: keyword {other}"),
        }
    }
}

async fn document(server: &TestServer) -> Value {
    let answer = server.request("GET", "/openapi/reports-v1.json").send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    answer.json()
}

/// The path and query of an example, which a shell sends with curl.
fn target(sample: &Value) -> String {
    let source = sample["source"].as_str().unwrap();
    let url = source.split('\'').nth(1).unwrap_or_else(|| panic!("{source}"));
    url.strip_prefix(PUBLIC_URL).unwrap_or_else(|| panic!("{url}")).to_owned()
}

#[tokio::test]
async fn every_example_runs_and_fits_its_schema() {
    let (server, token) = server().await;
    let document = document(&server).await;
    let mut sent = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let operation = &operations["get"];
        for sample in operation["x-codeSamples"].as_array().into_iter().flatten() {
            let target = target(sample);
            let answer = server.get(&target, &token).await;
            assert_eq!(answer.status, 200, "{target}: {}", answer.text());
            let media_type = answer.header("content-type").split(';').next().unwrap();
            let content = &operation["responses"]["200"]["content"][media_type];
            assert!(content.is_object(), "{target}: {media_type} is not described");
            if media_type == "application/json" {
                check(&document, &content["schema"], &answer.json(), path);
            }
            sent += 1;
        }
    }
    assert!(sent > 3 * REPORTS.len(), "{sent}");
    let list = server.request("GET", "/reports/v1/").send().await;
    let schema = &document["components"]["schemas"]["reportList"];
    check(&document, schema, &list.json(), "list");
}

#[tokio::test]
async fn errors_fit_their_schema() {
    let (server, token) = server().await;
    let document = document(&server).await;
    let poor = server.token_of(TENANT, &[Role::FullNumbers]).await;
    for (target, token, status) in [
        ("/reports/v1/kpis?x=1", token.as_str(), "400"),
        ("/reports/v1/kpis", "no.token.really", "401"),
        ("/reports/v1/kpis", poor.as_str(), "403"),
        ("/reports/v1/nothing", token.as_str(), "404"),
    ] {
        let answer = server.get(target, token).await;
        assert_eq!(answer.status.to_string(), status, "{target}");
        let described = &document["paths"]["/reports/v1/kpis"]["get"]["responses"][status];
        let pointer = described["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
        let schema = &document.pointer(pointer).unwrap()["content"][answer.header("content-type")]["schema"];
        check(&document, schema, &answer.json(), target);
    }
}

#[tokio::test]
async fn every_report_is_described() {
    let server = TestServer::start();
    let document = document(&server).await;
    let list = server.request("GET", "/reports/v1/").send().await;
    let mut listed: Vec<String> =
        list.rows().iter().map(|row| row["address"].as_str().unwrap().to_owned()).collect();
    listed.push("/reports/v1/".to_owned());
    listed.sort();
    let mut described: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    described.sort();
    assert_eq!(described, listed.iter().collect::<Vec<_>>());
    for (row, path) in list.rows().iter().map(|row| (row, row["address"].as_str().unwrap())) {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().unwrap();
        for parameter in row["parameters"].as_array().unwrap() {
            assert!(
                parameters.iter().any(|described| described["name"] == parameter["name"]),
                "{path} {parameter}"
            );
        }
    }
    let page = server.request("GET", "/openapi").send().await.text();
    assert!(page.contains("openapi/reports-v1.json") && page.contains("<h2 id=\"reports\">"));
    assert!(REPORTS.iter().all(|report| page.contains(&format!("<code>{}</code></th>", report.key))));
}
