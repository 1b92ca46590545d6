//! What the golden cases cannot say in one request: compression, walks,
//! addresses in links, limits, tenants.

use std::collections::HashSet;
use std::io::Read;

use flate2::read::GzDecoder;
use trunklog_identity::Role;
use trunklog_odata::Profile;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, TenantId};
use trunklog_server::{Peer, Scheme};

use trunklog_testkit::{PUBLIC_URL, StandIn, TENANT, TestServer, call_path, call_row, call_rows};
use uuid::Uuid;

const LOG: &Log = &DIRECT_ROUTING_CALLS;
const FROM: &str = "2020-01-01T00:00:00Z";

fn all() -> String {
    call_path("2020-01-01", "2020-02-01")
}

/// A server with that many calls in January 2020, and a token.
async fn server_with(rows: u32) -> (TestServer, String) {
    let server = TestServer::start();
    server.load(LOG, &call_rows(0, rows, FROM));
    let token = server.token().await;
    (server, token)
}

#[tokio::test]
async fn gzip_has_the_same_content() {
    let (server, token) = server_with(500).await;
    let plain = server.get(&all(), &token).await;
    let packed =
        server.request("GET", &all()).bearer(&token).header("accept-encoding", "gzip, br").send().await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.body.as_ref()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    assert!(packed.body.len() * 3 < plain.body.len());
}

#[tokio::test]
async fn ids_of_requests_are_told() {
    let (server, token) = server_with(1).await;
    let answer = server.get(&all(), &token).await;
    assert!(Uuid::try_parse(answer.header("request-id")).is_ok());
    assert_eq!(answer.header("client-request-id"), answer.header("request-id"));
    let named =
        server.request("GET", &all()).bearer(&token).header("client-request-id", "my-call-7").send().await;
    assert_eq!(named.header("client-request-id"), "my-call-7");
    assert_ne!(named.header("request-id"), answer.header("request-id"));
}

#[tokio::test]
async fn a_walk_gives_every_row_once_and_in_order() {
    for profile in [Profile::Default, Profile::Strict] {
        let server = TestServer::builder().profile(profile).start();
        server.load(LOG, &call_rows(0, 2_500, FROM));
        let token = server.token().await;
        let pages = server.walk(&all(), &token).await;
        assert_eq!(pages.iter().map(|page| page.rows().len()).collect::<Vec<_>>(), [1_000, 1_000, 500]);
        let ids: Vec<String> = pages.iter().flat_map(trunklog_testkit::Answer::ids).collect();
        assert_eq!(ids, ids_of(0, 2_500), "{profile:?}");
    }
}

#[tokio::test]
async fn a_walk_does_not_see_rows_that_arrive_meanwhile() {
    let (server, token) = server_with(2_500).await;
    let mut ids = Vec::new();
    let mut next = Some(all());
    let mut arrived = 0;
    while let Some(target) = next {
        let page = server.get(&target, &token).await;
        ids.extend(page.ids());
        next = page.next_link();
        // Before, among and behind the rows that were read, and an update.
        let mut rows = call_rows(10_000 + arrived, 50, "2020-01-01T00:00:00.5Z");
        rows.extend(call_rows(20_000 + arrived, 50, "2020-01-01T00:20:00.5Z"));
        rows.extend(call_rows(30_000 + arrived, 50, "2020-01-20T00:00:00Z"));
        rows.push(call_row(2_400, "2020-01-01T00:40:00Z").replace("\"duration\":5", "\"duration\":6"));
        server.load(LOG, &rows);
        arrived += 50;
    }
    assert_eq!(ids, ids_of(0, 2_500));
    let later: Vec<String> =
        server.walk(&all(), &token).await.iter().flat_map(trunklog_testkit::Answer::ids).collect();
    assert_eq!(later.iter().collect::<HashSet<_>>().len(), 2_950);
    assert_eq!(later.len(), 2_950);
}

#[tokio::test]
async fn links_keep_aliases_and_literal_text() {
    let (server, token) = server_with(1_001).await;
    let segment = "microsoft.graph.callRecords.getDirectRoutingCalls(fromDateTime=@a,toDateTime=%40b)";
    let target = format!("/beta/communications/callRecords/{segment}?@a=2020-1-1&%40b=2020-02-01T00%3A00Z");
    let page = server.get(&target, &token).await;
    let link = page.next_link().unwrap();
    assert!(
        link.starts_with(&format!("{PUBLIC_URL}/beta/communications/callRecords/{segment}?$skip=1000")),
        "{link}"
    );
    assert!(link.ends_with("&@a=2020-1-1&%40b=2020-02-01T00%3A00Z"), "{link}");
    let rest = server.get(&link, &token).await;
    assert_eq!(rest.ids(), ids_of(1_000, 1));
}

#[tokio::test]
async fn links_lead_where_the_client_came_from() {
    let proxy = "10.0.0.1:4711".parse().unwrap();
    let stranger = "10.0.0.2:4711".parse().unwrap();
    let server = TestServer::builder()
        .settings(|settings| {
            settings.public_url = None;
            settings.trusted_proxies = vec!["10.0.0.1".parse().unwrap()];
        })
        .start();
    server.load(LOG, &call_rows(0, 1_001, FROM));
    let token = server.token().await;
    for (address, root) in [(proxy, "https://calls.example.com"), (stranger, "http://inner:8080")] {
        let page = server
            .request("GET", &all())
            .bearer(&token)
            .header("host", "inner:8080")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "calls.example.com")
            .peer(Peer { address, scheme: Scheme::Http })
            .send()
            .await;
        let link = page.next_link().unwrap();
        assert!(link.starts_with(&format!("{root}/v1.0/")), "{link}");
        let context = page.json()["@odata.context"].as_str().unwrap().to_owned();
        assert!(context.starts_with(&format!("{root}/v1.0/$metadata#")), "{context}");
    }
    let nameless = server.request("GET", &all()).bearer(&token).without_host().send().await;
    assert_eq!((nameless.status, nameless.code().as_deref()), (400, Some("BadRequest")));
}

#[tokio::test]
async fn a_configured_address_is_in_every_link() {
    let server = TestServer::start();
    server.load(LOG, &call_rows(0, 1_001, FROM));
    let token = server.token().await;
    let page = server
        .request("GET", &all())
        .bearer(&token)
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .send()
        .await;
    assert!(page.next_link().unwrap().starts_with(PUBLIC_URL));
    assert!(!page.text().contains("evil"));
}

#[tokio::test]
async fn any_skip_gives_that_slice() {
    let (server, token) = server_with(2_500).await;
    for skip in [0, 1, 7, 499, 999, 1_000, 1_001, 1_499, 1_500, 1_501, 2_048, 2_499, 2_500, 2_501, 9_999] {
        let page = server.get(&format!("{}?$skip={skip}", all()), &token).await;
        let left = 2_500_u32.saturating_sub(skip).min(1_000);
        assert_eq!(page.ids(), ids_of(skip.min(2_500), left), "skip {skip}");
        assert_eq!(page.next_link().is_some(), skip + 1_000 < 2_500, "skip {skip}");
    }
}

#[tokio::test]
async fn a_skip_token_belongs_to_its_walk() {
    let (server, token) = server_with(1_001).await;
    let link = server.get(&all(), &token).await.next_link().unwrap();
    let (_, text) = link.split_once("$skiptoken=").unwrap();
    let elsewhere = call_path("2020-01-01", "2020-01-31");
    for target in [
        format!("{}?$skip=1000&$skiptoken=abc", all()),
        format!("{}?$skip=1000&$skiptoken={}", all(), &text[..20]),
        format!("{}?$skip=1000&$skiptoken={}", all(), text.replacen(&text[..4], "AAAA", 1)),
        format!("{elsewhere}?$skip=1000&$skiptoken={text}"),
    ] {
        let answer = server.get(&target, &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{target}");
        let hint = &answer.json()["error"]["details"][0]["message"];
        assert!(hint.as_str().unwrap().ends_with("start again from the first page"), "{target}: {hint}");
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused() {
    let (server, token) = server_with(1).await;
    let long = format!("{}?x={}", all(), "x".repeat(9_000));
    let answer = server.get(&long, &token).await;
    assert_eq!((answer.status, answer.code().as_deref()), (414, Some("UriTooLong")));
    let fat = server.request("GET", &all()).bearer(&token).header("x-fat", &"x".repeat(20_000)).send().await;
    assert_eq!((fat.status, fat.code().as_deref()), (431, Some("RequestHeaderFieldsTooLarge")));
    let body = server
        .request("POST", &format!("/{TENANT}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(vec![b'x'; 300_000])
        .send()
        .await;
    assert_eq!((body.status, body.code().as_deref()), (413, Some("RequestEntityTooLarge")));
}

#[tokio::test]
async fn unknown_paths_and_methods_get_graphs_body() {
    let (server, token) = server_with(1).await;
    for (method, target, status, code) in [
        ("GET", "/v1", 400, "BadRequest"),
        ("GET", "/favicon.ico", 400, "BadRequest"),
        ("GET", "/v1.0/communications/foo", 400, "BadRequest"),
        ("GET", "/v1.0/communications/callRecords", 404, "NotFound"),
        ("DELETE", "/v1.0/communications/callRecords", 405, "Request_BadRequest"),
        ("PATCH", &all(), 405, "Request_BadRequest"),
        ("PUT", "/nothing", 400, "BadRequest"),
    ] {
        let answer = server.request(method, target).bearer(&token).send().await;
        let what = format!("{method} {target}: {}", answer.text());
        assert_eq!((answer.status, answer.code().as_deref()), (status, Some(code)), "{what}");
        assert_eq!(answer.header("content-type"), "application/json", "{what}");
        let json = answer.json();
        assert_eq!(json["error"]["innerError"]["request-id"], answer.header("request-id"), "{what}");
    }
}

#[tokio::test]
async fn a_panic_gets_graphs_body_and_tells_nothing() {
    let server =
        TestServer::builder().engine(StandIn::new(|| panic!("the test's engine always panics"))).start();
    let token = server.token().await;
    for _ in 0..3 {
        let answer = server.get(&all(), &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (500, Some("GeneralException")));
        assert!(!answer.text().contains("engine"), "{}", answer.text());
        assert!(Uuid::try_parse(answer.header("request-id")).is_ok());
    }
}

#[tokio::test]
async fn tenants_see_their_own_calls() {
    let (server, token) = server_with(3).await;
    let other = TenantId::new(Uuid::from_u128(0x7e57_0000_0000_4000_8000_0000_0000_0002));
    server.load_for(other, LOG, &call_rows(100, 1_500, FROM));
    let others_token = server.token_of(other, &[Role::CallRecordsReadAll]).await;
    assert_eq!(server.get(&all(), &token).await.ids(), ids_of(0, 3));
    let page = server.get(&all(), &others_token).await;
    assert_eq!(page.ids(), ids_of(100, 1_000));
    // Another tenant's link gives nothing of that tenant.
    let link = page.next_link().unwrap();
    assert!(server.get(&link, &token).await.rows().is_empty());
}

/// The ids of the calls that [`call_rows`] makes with these numbers.
fn ids_of(first: u32, count: u32) -> Vec<String> {
    (first..first + count)
        .map(|number| {
            let row: serde_json::Value = serde_json::from_str(&call_row(number, FROM)).unwrap();
            row["id"].as_str().unwrap().to_owned()
        })
        .collect()
}
