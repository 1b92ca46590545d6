use std::collections::BTreeSet;

use serde_json::Value;
use trunklog_records::schema::LOGS;

use super::*;

fn site() -> Site {
    Site {
        root: "https://t.example/<\"".to_owned(),
        logs: &LOGS,
        scope: "https://graph.example/.default".to_owned(),
        page_rows: 10_000,
    }
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Every reference in a document.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(target) if name == "$ref" => found.push(target),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                references(item, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn descriptions_have_each_function_in_both_spellings() {
    for version in [Version::V1, Version::Beta] {
        let document = operations::description(&site(), version);
        let functions: Vec<_> = document["paths"]
            .as_object()
            .unwrap()
            .keys()
            .filter(|path| path.contains('('))
            .cloned()
            .collect();
        let expected = LOGS.into_iter().filter(|log| log.exists_in(version)).count();
        assert_eq!(functions.len(), 2 * expected);
        for log in LOGS {
            let path = "/communications/callRecords/";
            let arguments = "(fromDateTime={fromDateTime},toDateTime={toDateTime})";
            for qualifier in ["", "microsoft.graph.callRecords."] {
                let path = format!("{path}{qualifier}{}{arguments}", log.function);
                assert_eq!(functions.contains(&path), log.exists_in(version), "{path}");
            }
        }
    }
}

#[test]
fn row_schemas_and_examples_have_what_the_tables_show() {
    for version in [Version::V1, Version::Beta] {
        let document = operations::description(&site(), version);
        for log in LOGS.into_iter().filter(|log| log.exists_in(version)) {
            let shown: BTreeSet<_> =
                log.layout(version).into_iter().map(|at| log.properties[at].name).collect();
            let schema = &document["components"]["schemas"][log.row_type];
            assert_eq!(keys(&schema["properties"]), shown, "{}", log.name);
            assert_eq!(keys(&examples::row(log, version)), shown, "{}", log.name);
        }
    }
}

/// What is written out for people is compared with what there is.
#[test]
fn options_are_described_with_all_that_they_take() {
    let queries = include_str!("../../../../docs/queries.md");
    let words = |name: &str| -> BTreeSet<&str> {
        let option = options::QUERY_OPTIONS.into_iter().find(|option| option.name == name).unwrap();
        option.text.split(|letter: char| !letter.is_ascii_alphabetic()).collect()
    };
    let described = words("$filter");
    for name in trunklog_odata::filter::names() {
        assert!(described.contains(name), "{name} in the text of $filter");
        let is_there = [format!("`{name}`"), format!("`{name}(")].iter().any(|text| queries.contains(text));
        assert!(is_there, "{name} in docs/queries.md");
    }
    let described = words("$format");
    for format in trunklog_exports::Format::ALL {
        assert!(described.contains(format.name()), "{} in the text of $format", format.name());
    }
    for option in &options::QUERY_OPTIONS {
        let row = format!("| `{}", option.name);
        assert!(queries.lines().any(|line| line.starts_with(&row)), "{} in docs/queries.md", option.name);
    }
}

#[test]
fn every_reference_leads_somewhere() {
    for version in [Version::V1, Version::Beta] {
        let document = operations::description(&site(), version);
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 50);
        for target in found {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
        }
    }
}

#[test]
fn the_page_shows_every_property_and_keeps_addresses_text() {
    let page = page::html(&site());
    for log in LOGS {
        assert!(page.contains(&format!("<h2 id=\"{0}\">{0}</h2>", log.function)));
        for at in log.layout(Version::Beta) {
            assert!(page.contains(&format!("<code>{}</code></th>", log.properties[at].name)));
        }
    }
    assert!(page.contains("https://t.example/&#60;&#34;/v1.0/communications/callRecords/getPstnCalls("));
    assert!(!page.contains("t.example/<"));
    // Its policy forbids scripts and styles within the page.
    assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("<style"));
}

#[test]
fn the_page_never_names_v1_for_what_beta_alone_has() {
    let page = page::html(&site());
    assert!(page.contains("/beta/communications/callRecords/getSmsLog("));
    assert!(!page.contains("/v1.0/communications/callRecords/getSmsLog("));
}

#[test]
fn a_cloud_without_functions_is_described_too() {
    let empty = Site { logs: &[], ..site() };
    let document = operations::description(&empty, Version::V1);
    assert_eq!(keys(&document["paths"]), BTreeSet::from(["/", "/$batch", "/$metadata"]));
    assert!(!page::html(&empty).contains("callRecords"));
}
