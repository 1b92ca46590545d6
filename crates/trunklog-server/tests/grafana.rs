//! The dashboards for Grafana: each query of theirs is sent as Grafana's Infinity
//! data source sends it, and has each field that a panel selects.

use serde_json::{Value, json};
use trunklog_identity::Role;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_testkit::{TENANT, TestServer, form_encoded};

const DASHBOARDS: [(&str, &str); 2] = [
    ("overview", include_str!("../../../grafana/overview.json")),
    ("trunk", include_str!("../../../grafana/trunk.json")),
];

const INFINITY: &str = "yesoreyeram-infinity-datasource";

/// What Grafana puts in place of variables, at the servers' time, 08:00 on 24
/// November 2026.
const VARIABLES: [(&str, &str); 4] = [
    ("${__from:date:iso}", "2026-11-17T08:00:00.123Z"),
    ("${__to:date:iso}", "2026-11-24T08:00:00.123Z"),
    ("${__timezone}", "utc"),
    ("${trunk}", "sbc1.contoso.example"),
];

/// Calls of a week on two trunks, each fifth of them refused.
fn calls() -> Vec<String> {
    let first = Instant::parse("2026-11-17T09:00:00Z").unwrap();
    (0..300_u32)
        .map(|number| {
            let at = |secs: i64| {
                let secs = i64::from(number) * 1_800 + secs;
                first.saturating_add_ticks(secs * Instant::TICKS_PER_SEC).to_string()
            };
            let is_answered = !number.is_multiple_of(5);
            let (end, failure) = if is_answered { (Some(at(90)), None) } else { (None, Some(at(3))) };
            json!({
                "id": format!("call {number}"),
                "correlationId": format!("call {number}"),
                "userId": format!("user {}", number % 7),
                "startDateTime": at(0),
                "inviteDateTime": at(-6),
                "endDateTime": end,
                "failureDateTime": failure,
                "duration": if is_answered { 90 } else { 0 },
                "callType": if number.is_multiple_of(2) { "ByotIn" } else { "ByotOut" },
                "successfulCall": is_answered,
                "callerNumber": "+4930123456",
                "calleeNumber": "+33140000000",
                "finalSipCode": if is_answered { 0 } else { 503 },
                "callEndSubReason": if is_answered { 560_000 } else { 560_503 },
                "trunkFullyQualifiedDomainName": format!("sbc{}.contoso.example", 1 + number % 2),
            })
            .to_string()
        })
        .collect()
}

/// All queries of a dashboard: those of its panels, and of its variables.
fn queries(dashboard: &Value) -> Vec<(String, &Value)> {
    let mut queries = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        let title = panel["title"].as_str().unwrap();
        for target in panel["targets"].as_array().unwrap() {
            queries.push((title.to_owned(), target));
        }
    }
    for variable in dashboard["templating"]["list"].as_array().unwrap() {
        if variable["type"] == "query" {
            assert_eq!(variable["query"]["queryType"], "infinity");
            let name = format!("variable {}", variable["name"].as_str().unwrap());
            queries.push((name, &variable["query"]["infinityQuery"]));
        }
    }
    queries
}

/// The address that a query asks for.
fn target(query: &Value, what: &str) -> String {
    for (member, expected) in
        [("type", "json"), ("source", "url"), ("parser", "backend"), ("root_selector", "value")]
    {
        assert_eq!(query[member], expected, "{what}: {member}");
    }
    assert_eq!(query["datasource"], json!({ "type": INFINITY, "uid": "${datasource}" }), "{what}");
    assert_eq!(query["url_options"]["method"], "GET", "{what}");
    let params = query["url_options"]["params"].as_array().unwrap();
    let params: Vec<String> = params
        .iter()
        .map(|param| {
            let filled =
                VARIABLES.iter().fold(param["value"].as_str().unwrap().to_owned(), |text, variable| {
                    text.replace(variable.0, variable.1)
                });
            assert!(!filled.contains('$'), "{what}: {filled} has a variable that nobody fills in");
            format!("{}={}", param["key"].as_str().unwrap(), form_encoded(&filled))
        })
        .collect();
    format!("{}?{}", query["url"].as_str().unwrap(), params.join("&"))
}

/// The value at a path such as `asr.value`; None where there is no such member.
fn selected<'a>(row: &'a Value, selector: &str) -> Option<&'a Value> {
    selector.split('.').try_fold(row, |value, member| value.get(member))
}

/// Whether a column of that type can show a value.
fn fits(value: &Value, kind: &str) -> bool {
    match kind {
        "number" => value.is_number() || value.is_null(),
        "string" => value.is_string() || value.is_null() || value.is_boolean(),
        "timestamp" => value.as_str().is_some_and(|text| Instant::parse(text).is_ok()),
        _ => false,
    }
}

#[tokio::test]
async fn each_query_of_a_dashboard_has_the_fields_that_are_selected() {
    let server = TestServer::start();
    server.load(&DIRECT_ROUTING_CALLS, &calls());
    // Dashboards need no users and no numbers.
    let token = server.token_of(TENANT, &[Role::ReportsReadAll]).await;
    for (name, text) in DASHBOARDS {
        let dashboard: Value = serde_json::from_str(text).unwrap();
        let queries = queries(&dashboard);
        assert!(queries.len() >= 6, "{name}");
        for (title, query) in queries {
            let what = format!("{name}, {title}");
            let target = target(query, &what);
            let answer = server.get(&target, &token).await;
            assert_eq!(answer.status, 200, "{what}: {target}: {}", answer.text());
            let rows = answer.rows();
            assert!(!rows.is_empty(), "{what}: {target} has no rows");
            let columns = query["columns"].as_array().unwrap();
            assert!(!columns.is_empty(), "{what}");
            for column in columns {
                let selector = column["selector"].as_str().unwrap();
                let kind = column["type"].as_str().unwrap();
                for row in &rows {
                    let value = selected(row, selector);
                    let value = value.unwrap_or_else(|| panic!("{what}: no {selector} in {row}"));
                    assert!(fits(value, kind), "{what}: {selector} is {value}, no {kind}");
                }
                let has_any =
                    rows.iter().any(|row| selected(row, selector).is_some_and(|value| !value.is_null()));
                assert!(has_any, "{what}: {selector} is null everywhere");
            }
        }
    }
}

#[tokio::test]
async fn a_trunk_of_the_list_can_be_looked_at() {
    let server = TestServer::start();
    server.load(&DIRECT_ROUTING_CALLS, &calls());
    let token = server.token_of(TENANT, &[Role::ReportsReadAll]).await;
    let dashboard: Value = serde_json::from_str(DASHBOARDS[1].1).unwrap();
    let attempts = |rows: &[Value]| rows[0]["attempts"].as_f64().unwrap();
    let queries = queries(&dashboard);
    let of = |title: &str| queries.iter().find(|(found, _)| found == title).unwrap().1;
    let trunks = server.get(&target(of("variable trunk"), "variable"), &token).await.rows();
    let names: Vec<&str> = trunks.iter().map(|row| row["trunk"].as_str().unwrap()).collect();
    assert_eq!(names, ["sbc1.contoso.example", "sbc2.contoso.example"]);
    let one = server.get(&target(of("Key figures"), "key figures"), &token).await.rows();
    assert!((attempts(&one) - 150.0).abs() < 0.5, "{one:?}");
}

#[test]
fn dashboards_are_told_apart_and_link_to_each_other() {
    let dashboards = DASHBOARDS.map(|(_, text)| serde_json::from_str::<Value>(text).unwrap());
    let ids = dashboards.each_ref().map(|dashboard| dashboard["uid"].as_str().unwrap());
    assert_eq!(ids, ["trunklog-overview", "trunklog-trunk"]);
    for (dashboard, other) in dashboards.iter().zip([ids[1], ids[0]]) {
        let link = dashboard["links"][0]["url"].as_str().unwrap();
        assert!(link.starts_with(&format!("/d/{other}?")), "{link}");
        let panels = dashboard["panels"].as_array().unwrap();
        let mut numbers: Vec<u64> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), panels.len());
    }
}
