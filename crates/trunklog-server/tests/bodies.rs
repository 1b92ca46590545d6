//! Whole bodies, byte by byte, as they go over the wire.
//!
//! A snapshot has a line for each member, which the body has not, so that a
//! difference is seen at once.

use insta::assert_snapshot;
use trunklog_identity::Role;
use trunklog_odata::{Profile, Version};
use trunklog_records::schema::LOGS;
use trunklog_testkit::{Answer, TENANT, TestServer};

use crate::golden::data;

const NOVEMBER: &str = "(fromDateTime=2019-11-01,toDateTime=2019-12-01)";
/// When there were calls out of meetings.
const JULY: &str = "(fromDateTime=2020-07-01,toDateTime=2020-08-01)";

/// A server with the rows of the golden cases, and a token.
async fn server(profile: Profile) -> (TestServer, String) {
    let server = TestServer::builder().profile(profile).start();
    data::load(&server);
    let token = server.token().await;
    (server, token)
}

fn path(version: Version, function: &str, range: &str) -> String {
    format!("/{}/communications/callRecords/{function}{range}", version.segment())
}

/// The body with a line for each member.
fn lines(answer: &Answer) -> String {
    let body = answer.text();
    // What a snapshot does not tell apart.
    assert!(!body.contains(['\n', '\r']) && body.trim() == body, "{body:?}");
    body.replace(",\"", ",\n\"").replace("},{", "},\n{")
}

/// The same, with the words `an id` for ids that are made for each request.
fn lines_of_error(answer: &Answer, ids: &[&str]) -> String {
    ids.iter().fold(lines(answer), |lines, id| {
        assert!(!id.is_empty() && lines.contains(id), "{id} in {lines}");
        lines.replace(id, "an id")
    })
}

#[tokio::test]
async fn pages_of_all_logs() {
    let (server, token) = server(Profile::Default).await;
    for (version, name) in [(Version::V1, "v1"), (Version::Beta, "beta")] {
        for log in LOGS.into_iter().filter(|log| log.exists_in(version)) {
            let range = if log.summary().is_some() { JULY } else { NOVEMBER };
            let page = server.get(&path(version, log.function, range), &token).await;
            assert_eq!(page.status, 200, "{}: {}", log.name, page.text());
            assert_snapshot!(format!("{}_of_{name}", log.name), lines(&page));
        }
    }
}

#[tokio::test]
async fn an_empty_page() {
    let (server, token) = server(Profile::Default).await;
    let range = "(fromDateTime=2018-01-01,toDateTime=2018-02-01)";
    let page = server.get(&path(Version::V1, "getDirectRoutingCalls", range), &token).await;
    assert_snapshot!(lines(&page), @r#"
    {"@odata.context":"https://trunklog.example/v1.0/$metadata#Collection(microsoft.graph.callRecords.directRoutingLogRow)",
    "@odata.count":0,
    "value":[]}
    "#);
}

#[tokio::test]
async fn pages_with_more_and_less_metadata() {
    let (server, token) = server(Profile::Default).await;
    let target = path(Version::V1, "getPstnCalls", NOVEMBER);
    for (name, accept) in [
        ("full_metadata", "application/json;odata.metadata=full"),
        ("no_metadata_and_numbers_as_text", "application/json;odata.metadata=none;IEEE754Compatible=true"),
    ] {
        let page = server.request("GET", &target).bearer(&token).header("accept", accept).send().await;
        assert_snapshot!(name, lines(&page));
    }
}

#[tokio::test]
async fn errors_with_a_hint_and_without() {
    let range = "(fromDateTime=2019-13-01,toDateTime=2019-12-01)";
    let target = path(Version::V1, "getDirectRoutingCalls", range);
    let (strict, token) = server(Profile::Strict).await;
    let answer = strict.get(&target, &token).await;
    assert_snapshot!(lines_of_error(&answer, &[answer.header("request-id")]), @r#"
    {"error":{"code":"BadRequest",
    "message":"Syntax error at position 17 in 'fromDateTime=2019-13-01,toDateTime=2019-12-01'.",
    "innerError":{"date":"2026-11-24T08:00:00",
    "request-id":"an id",
    "client-request-id":"an id"}}}
    "#);
    let (server, token) = server(Profile::Default).await;
    let answer = server.get(&target, &token).await;
    assert_snapshot!(lines_of_error(&answer, &[answer.header("request-id")]), @r#"
    {"error":{"code":"BadRequest",
    "message":"Syntax error at position 17 in 'fromDateTime=2019-13-01,toDateTime=2019-12-01'.",
    "details":[{"code":"Hint",
    "message":"a date is written 2019-11-01, a date with time 2019-11-01T00:00:00Z"}],
    "innerError":{"date":"2026-11-24T08:00:00",
    "request-id":"an id",
    "client-request-id":"an id"}}}
    "#);
}

#[tokio::test]
async fn an_error_of_the_token_endpoint() {
    let server = TestServer::start();
    let (client, _) = server.application(TENANT, &[Role::CallRecordsReadAll]);
    let form = format!(
        "grant_type=client_credentials&client_id={client}&client_secret=wrong\
         &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
    );
    let answer = server
        .request("POST", &format!("/{TENANT}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into_bytes())
        .send()
        .await;
    let json = answer.json();
    let id = |member: &str| json[member].as_str().map(str::to_owned).unwrap_or_default();
    // The client named no id, so one id is both.
    assert_eq!(id("trace_id"), id("correlation_id"));
    assert_snapshot!(lines_of_error(&answer, &[&client.to_string(), &id("trace_id")]), @r#"
    {"error":"invalid_client",
    "error_description":"AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'an id'.\r\nTrace ID: an id\r\nCorrelation ID: an id\r\nTimestamp: 2026-11-24 08:00:00Z",
    "error_codes":[7000215],
    "timestamp":"2026-11-24 08:00:00Z",
    "trace_id":"an id",
    "correlation_id":"an id",
    "error_uri":"https://login.microsoftonline.com/error?code=7000215"}
    "#);
}

#[tokio::test]
async fn where_tokens_are_issued() {
    let server = TestServer::start();
    for (name, generation) in [("openid_configuration_of_v1", ""), ("openid_configuration_of_v2", "/v2.0")] {
        let target = format!("/{TENANT}{generation}/.well-known/openid-configuration");
        let answer = server.request("GET", &target).send().await;
        assert_snapshot!(name, lines(&answer));
    }
}
