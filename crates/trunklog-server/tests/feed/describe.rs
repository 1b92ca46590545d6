//! What the feed says of itself, and whether it is so.

use serde_json::Value;
use trunklog_testkit::{Answer, PUBLIC_URL, TestServer};

use super::{SETS, all, context, server};

const NAMESPACE: &str = "trunklog.feed";

async fn model(server: &TestServer, token: &str) -> Value {
    let answer = server.get("/odata/$metadata?$format=json", token).await;
    assert_eq!((answer.status, answer.header("odata-version")), (200, "4.01"), "{}", answer.text());
    answer.json()
}

/// The names that an annotation lists.
fn names(of: &Value) -> Vec<String> {
    of.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_service_document_lists_the_sets() {
    let (server, token) = server().await;
    for target in ["/odata", "/odata/", "//odata"] {
        let answer = server.get(target, &token).await;
        assert_eq!((answer.status, answer.header("odata-version")), (200, "4.0"), "{target}");
        assert!(answer.header("content-type").starts_with("application/json;odata.metadata=minimal;"));
        assert_eq!(answer.json()["@odata.context"], format!("{PUBLIC_URL}/odata/$metadata"));
        let listed: Vec<Value> = answer.rows();
        assert_eq!(listed.len(), SETS.len());
        for (set, listed) in SETS.iter().zip(listed) {
            let expected = serde_json::json!({"name": set, "kind": "EntitySet", "url": set});
            assert_eq!(listed, expected);
        }
    }
    let bare = server.get("/odata?$format=application/json;odata.metadata=none", &token).await.json();
    assert_eq!(bare["@odata.context"], Value::Null);
    assert_eq!(bare["value"][0]["url"], format!("{PUBLIC_URL}/odata/calls"));
}

#[tokio::test]
async fn metadata_comes_in_the_form_that_was_asked_for() {
    let (server, token) = server().await;
    let get = async |query: &str, accept: &str, newest: &str| {
        let target = format!("/odata/$metadata{query}");
        let request = server.request("GET", &target).bearer(&token).header("accept", accept);
        request.header("odata-maxversion", newest).send().await
    };
    for (query, accept, newest, status, media_type) in [
        ("", "*/*", "4.0", 200, "application/xml"),
        (
            "",
            "application/json;odata.metadata=minimal;q=1.0,application/xml;q=0.7",
            "4.0",
            200,
            "application/xml",
        ),
        ("", "application/json", "4.0", 200, "application/xml"),
        ("", "text/xml", "4.0", 200, "text/xml; charset=utf-8"),
        ("", "application/json", "4.01", 200, "application/json;odata.metadata=minimal;charset=utf-8"),
        ("?$format=xml", "application/json", "4.01", 200, "application/xml"),
        ("", "text/csv", "4.0", 406, "application/json"),
        ("?$format=csv", "*/*", "4.0", 406, "application/json"),
    ] {
        let answer = get(query, accept, newest).await;
        assert_eq!((answer.status, answer.header("content-type")), (status, media_type), "{query} {accept}");
    }
    let xml = get("", "*/*", "4.0").await.text();
    for set in SETS {
        assert!(xml.contains(&format!("<EntitySet Name=\"{set}\" EntityType=\"{NAMESPACE}.")), "{set}");
    }
    assert!(xml.contains("<Property Name=\"localDate\" Type=\"Edm.Date\" Nullable=\"false\"/>"), "{xml}");
}

#[tokio::test]
async fn entities_are_as_they_are_described() {
    let (server, token) = server().await;
    let model = model(&server, &token).await;
    for set in SETS {
        let described = &model[NAMESPACE]["Feed"][set];
        let name = described["$Type"].as_str().unwrap();
        let of = &model[NAMESPACE][name.trim_start_matches("trunklog.feed.")];
        assert_eq!(of["$Kind"], "EntityType", "{set}");
        let properties: Vec<(&String, &Value)> =
            of.as_object().unwrap().iter().filter(|(name, _)| !name.starts_with('$')).collect();
        for key in names(&of["$Key"]) {
            assert_eq!(of[&key].get("$Nullable"), None, "{set} {key}");
        }
        let entities = all(&server, &format!("/odata/{set}?$top=40"), &token).await;
        assert_eq!(entities.is_empty(), ["pstnCalls", "smsMessages"].contains(&set), "{set}");
        for entity in entities {
            assert_eq!(entity.as_object().unwrap().len(), properties.len(), "{set}: {entity}");
            for (name, property) in &properties {
                assert!(fits(&entity[name.as_str()], property), "{set}.{name}: {entity} {property}");
            }
        }
        // All of them can be selected, and are named so.
        let list = properties.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(",");
        let selected = server.get(&format!("/odata/{set}?$select={list}&$top=1"), &token).await;
        assert_eq!(selected.status, 200, "{}", selected.text());
        let told = selected.json()["@odata.context"].as_str().unwrap().to_owned();
        assert!(told.starts_with(&format!("{}(", context(set))), "{told}");
    }
}

/// Whether a value is of the type of a property in JSON's form of the model.
fn fits(value: &Value, property: &Value) -> bool {
    if value.is_null() {
        return property["$Nullable"] == true;
    }
    let text = value.as_str();
    match property["$Type"].as_str().unwrap_or("Edm.String") {
        "Edm.String" => text.is_some(),
        "Edm.DateTimeOffset" => text.is_some_and(|text| trunklog_odata::Instant::parse(text).is_ok()),
        "Edm.Date" => text.is_some_and(|text| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()),
        "Edm.Int32" => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        "Edm.Boolean" => value.is_boolean(),
        "Edm.Decimal" => value.is_number(),
        _ => false,
    }
}

#[tokio::test]
async fn what_annotations_say_is_true() {
    let (server, token) = server().await;
    let model = model(&server, &token).await;
    let status = async |target: String| server.get(&target.replace(' ', "%20"), &token).await.status;
    for set in SETS {
        let said = &model[NAMESPACE]["Feed"][set];
        let term = |name: &str| said[format!("@Capabilities.{name}")].clone();
        let filters = term("FilterRestrictions");
        assert_eq!(filters["Filterable"], true, "{set}");
        for name in names(&filters["NonFilterableProperties"]) {
            assert_eq!(status(format!("/odata/{set}?$filter={name} ne null")).await, 400, "{set} {name}");
        }
        for of in filters["FilterExpressionRestrictions"].as_array().unwrap() {
            let name = of["Property"].as_str().unwrap();
            let ranges = format!("{name} ge 2026-10-24 and {name} lt 2026-10-25 or {name} eq 2026-10-27");
            assert_eq!(status(format!("/odata/{set}?$filter={ranges}")).await, 200, "{set} {name}");
            assert_eq!(status(format!("/odata/{set}?$filter=day({name}) eq 5")).await, 400, "{set} {name}");
        }
        let sorts = term("SortRestrictions");
        for name in names(&sorts["NonSortableProperties"]) {
            let target = format!("/odata/{set}?$orderby={name},id");
            assert_eq!(status(target).await, 400, "{set} {name}");
        }
        for name in sorts.get("AscendingOnlyProperties").map(names).unwrap_or_default() {
            assert_eq!(status(format!("/odata/{set}?$orderby={name}")).await, 200, "{set} {name}");
            assert_eq!(status(format!("/odata/{set}?$orderby={name} desc")).await, 400, "{set} {name}");
        }
        let countable = term("CountRestrictions")["Countable"] == true;
        for target in [format!("/odata/{set}?$count=true"), format!("/odata/{set}/$count")] {
            assert_eq!(status(target.clone()).await == 200, countable, "{target}");
        }
        for (supported, option) in [
            (term("TopSupported") == true, "$top=1"),
            (term("SkipSupported") == true, "$skip=1"),
            (term("SelectSupport")["Supported"] == true, "$select=id"),
            (term("ComputeSupported") == true, "$compute=1 as one"),
            (term("SearchRestrictions")["Searchable"] == true, "$search=x"),
            (term("ExpandRestrictions")["Expandable"] == true, "$expand=x"),
            (term("ChangeTracking")["Supported"] == true, "$deltatoken=x"),
        ] {
            assert_eq!(status(format!("/odata/{set}?{option}")).await == 200, supported, "{set} {option}");
        }
        assert_eq!(term("IndexableByKey"), false, "{set}");
        for (term_of, property) in [
            ("InsertRestrictions", "Insertable"),
            ("UpdateRestrictions", "Updatable"),
            ("DeleteRestrictions", "Deletable"),
        ] {
            assert_eq!(term(term_of)[property], false, "{set}");
        }
    }
    let functions = names(&model[NAMESPACE]["Feed"]["@Capabilities.FilterFunctions"]);
    assert!(functions.contains(&"startswith".to_owned()) && functions.contains(&"in".to_owned()));
}

#[tokio::test]
async fn properties_that_are_not_restricted_can_be_filtered_and_sorted() {
    let (server, token) = server().await;
    let model = model(&server, &token).await;
    for set in SETS {
        let said = &model[NAMESPACE]["Feed"][set];
        let unfilterable = names(&said["@Capabilities.FilterRestrictions"]["NonFilterableProperties"]);
        let unsortable = names(&said["@Capabilities.SortRestrictions"]["NonSortableProperties"]);
        let of = &model[NAMESPACE][said["$Type"].as_str().unwrap().trim_start_matches("trunklog.feed.")];
        for name in of.as_object().unwrap().keys().filter(|name| !name.starts_with('$')) {
            let get = async |option: String| -> Answer {
                server.get(&format!("/odata/{set}?{option}"), &token).await
            };
            if !unfilterable.contains(name) {
                let answer = get(format!("$filter={name}%20ne%20null")).await;
                assert_eq!(answer.status, 200, "{set}.{name}: {}", answer.text());
            }
            if !unsortable.contains(name) {
                let answer = get(format!("$orderby={name}&$top=1")).await;
                assert_eq!(answer.status, 200, "{set}.{name}: {}", answer.text());
            }
        }
    }
}
