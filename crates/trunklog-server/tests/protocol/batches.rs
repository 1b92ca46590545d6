//! Batches.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use trunklog_testkit::{Answer, PUBLIC_URL, StandIn, TENANT, TestServer, call_rows};

use super::{LOG, all, start, throttled};

/// The same as it stands in a batch.
fn calls() -> String {
    all().replacen("/v1.0", "", 1)
}

fn get(id: &str, url: &str) -> Value {
    json!({"id": id, "method": "GET", "url": url})
}

async fn batch(server: &TestServer, token: &str, items: &[Value]) -> Answer {
    let body = json!({"requests": items}).to_string().into_bytes();
    server.request("POST", "/v1.0/$batch").bearer(token).body(body).send().await
}

/// The answers to the items; the ids must be those that were asked for.
async fn answers(server: &TestServer, token: &str, items: &[Value]) -> Vec<Value> {
    let answer = batch(server, token, items).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/json");
    let answers = answer.json()["responses"].as_array().unwrap().clone();
    let ids = |all: &[Value]| all.iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&answers), ids(items));
    answers
}

fn statuses(answers: &[Value]) -> Vec<u64> {
    answers.iter().map(|answer| answer["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn an_item_is_answered_as_if_it_came_alone() {
    let (server, token) = start().await;
    let alone = server.get(&all(), &token).await;
    let answers = answers(&server, &token, &[get("a", &calls()), get("b", &calls()[1..])]).await;
    for answer in answers {
        assert_eq!(answer["status"], 200);
        assert_eq!(answer["body"], alone.json());
        assert_eq!(answer["headers"]["Content-Type"], alone.header("content-type"));
        assert_eq!(answer["headers"]["OData-Version"], "4.0");
        assert_ne!(answer["headers"]["request-id"], alone.header("request-id"));
    }
}

#[tokio::test]
async fn each_item_has_its_own_fault() {
    let (server, token) = start().await;
    let here = format!("{PUBLIC_URL}{}", all());
    let graph = format!("https://graph.microsoft.com{}", all().replace("v1.0", "beta"));
    let answers = answers(
        &server,
        &token,
        &[
            get("1", "/communications/callRecords/getFoo(fromDateTime=2020-01-01,toDateTime=2020-02-01)"),
            json!({"id": "2", "method": "post", "url": calls(), "body": {"a": 1}}),
            get("3", &here),
            get("4", &graph),
            get("5", "https://evil.example/v1.0/$metadata"),
            get("6", "/$batch"),
            get("7", "/$metadata"),
            get("8", &format!("{}?$filter=callType eq 'ByotIn' and duration gt 4", calls())),
            get("9", &format!("{}?$filter=nonsense", calls())),
            get("10", &"x".repeat(9_000)),
            json!({"id": "11", "method": "GET", "url": calls(), "headers": {"x-fat": "x".repeat(20_000)}}),
            json!({"id": "12", "method": "GET", "url": calls(), "headers": {"bad name": "x"}}),
            json!({"id": "13", "method": "G T", "url": calls()}),
        ],
    )
    .await;
    assert_eq!(statuses(&answers), [404, 405, 200, 200, 400, 400, 200, 200, 400, 414, 431, 400, 400]);
    assert_eq!(answers[0]["body"]["error"]["code"], "NotFound");
    assert_eq!(answers[1]["headers"]["Allow"], "GET, HEAD, OPTIONS");
    let context = |at: usize| answers[at]["body"]["@odata.context"].as_str().unwrap().to_owned();
    assert!(context(2).starts_with(&format!("{PUBLIC_URL}/v1.0/")), "{}", context(2));
    assert!(context(3).starts_with(&format!("{PUBLIC_URL}/beta/")), "{}", context(3));
    // XML is no JSON: it comes as base64 ("<?xml" and on).
    assert!(answers[6]["body"].as_str().unwrap().starts_with("PD94bWwg"), "{}", answers[6]);
    assert_eq!(answers[7]["body"]["@odata.count"], 3);
}

#[tokio::test]
async fn whole_ranges_are_not_put_into_a_batch() {
    let (server, token) = start().await;
    let accept = |id: &str, media_type: &str| json!({"id": id, "method": "GET", "url": calls(), "headers": {"Accept": media_type}});
    let answers = answers(
        &server,
        &token,
        &[
            accept("1", "text/csv"),
            accept("2", "application/json;odata.metadata=none"),
            get("3", &format!("{}?$format=csv", calls())),
        ],
    )
    .await;
    assert_eq!(statuses(&answers), [406, 200, 406]);
    assert_eq!(answers[0]["body"]["error"]["code"], "NotAcceptable");
    assert!(answers[1]["body"].get("@odata.context").is_none());
}

#[tokio::test]
async fn pages_in_a_batch_are_no_larger_than_usual() {
    let server = TestServer::start();
    server.load(LOG, &call_rows(0, 1_500, "2020-01-01T00:00:00Z"));
    let token = server.token().await;
    let prefer = |id: &str, rows: u32| json!({"id": id, "method": "GET", "url": calls(), "headers": {"Prefer": format!("odata.maxpagesize={rows}")}});
    let linked = format!("{}?maxpagesize=1400", calls());
    let answers = answers(&server, &token, &[prefer("1", 1_400), prefer("2", 7), get("3", &linked)]).await;
    let rows: Vec<&Value> = answers.iter().map(|answer| &answer["body"]["@odata.count"]).collect();
    assert_eq!(rows, [1_000, 7, 1_000]);
    assert_eq!(answers[0]["headers"]["Preference-Applied"], "odata.maxpagesize=1000");
    // Alone it may have as many as it likes.
    let alone = server.get(&format!("{}?maxpagesize=1400", all()), &token).await;
    assert_eq!(alone.rows().len(), 1_400);
}

#[tokio::test]
async fn items_wait_for_those_that_they_depend_on() {
    let (server, token) = start().await;
    let behind = |id: &str, url: &str, before: &[&str]| json!({"id": id, "method": "GET", "url": url, "dependsOn": before});
    let answers = answers(
        &server,
        &token,
        &[
            behind("last", &calls(), &["Good", "other"]),
            behind("lost", &calls(), &["bad", "good"]),
            behind("more lost", &calls(), &["lost"]),
            get("good", &calls()),
            get("bad", "/nothing"),
            behind("other", &calls(), &["good"]),
        ],
    )
    .await;
    assert_eq!(statuses(&answers), [200, 424, 424, 200, 400, 200]);
    assert_eq!(answers[1]["body"]["error"]["code"], "FailedDependency");
}

#[tokio::test]
async fn an_item_may_bring_its_own_token() {
    let (server, token) = start().await;
    let poor = server.token_of(TENANT, &[]).await;
    let with = |id: &str, token: &str| json!({"id": id, "method": "GET", "url": calls(), "headers": {"authorization": format!("Bearer {token}")}});
    let answers = answers(&server, &poor, &[get("1", &calls()), with("2", &token), with("3", "abc")]).await;
    assert_eq!(statuses(&answers), [403, 200, 401]);
    assert!(answers[2]["headers"]["WWW-Authenticate"].as_str().unwrap().starts_with("Bearer realm=\"\""));
}

#[tokio::test]
async fn an_item_cannot_say_how_it_came() {
    let server = TestServer::builder().settings(|settings| settings.public_url = None).start();
    server.load(LOG, &call_rows(0, 3, "2020-01-01T00:00:00Z"));
    let token = server.token().await;
    let forged =
        json!({"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"});
    let item = json!({"id": "1", "method": "GET", "url": calls(), "headers": forged});
    let answer = server
        .request("POST", "/v1.0/$batch")
        .bearer(&token)
        .header("host", "inner:8080")
        .body(json!({"requests": [item]}).to_string().into_bytes())
        .send()
        .await;
    let context = &answer.json()["responses"][0]["body"]["@odata.context"];
    assert!(context.as_str().unwrap().starts_with("http://inner:8080/v1.0/"), "{context}");
}

#[tokio::test]
async fn a_byte_order_mark_before_a_batch_is_passed_over() {
    let (server, token) = start().await;
    let body = format!("\u{feff}{}", json!({"requests": [get("1", &calls())]}));
    let answer = server.request("POST", "/v1.0/$batch").bearer(&token).body(body.into_bytes()).send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(statuses(answer.json()["responses"].as_array().unwrap()), [200]);
}

#[tokio::test]
async fn a_hash_in_an_items_url_takes_no_option_away() {
    let (server, token) = start().await;
    let url = |query: &str| format!("{}?{query}", calls());
    let answers = answers(
        &server,
        &token,
        &[
            get("1", &url("$filter=callerNumber eq '*31#'&$count=true")),
            get("2", &url("$top=1#&$filter=true")),
            get("3", &format!("{}#top", calls())),
        ],
    )
    .await;
    assert_eq!(statuses(&answers), [200, 400, 200]);
    assert_eq!(answers[0]["body"]["@trunklog.totalCount"], 0);
}

#[tokio::test]
async fn a_batch_that_is_none_is_refused_as_a_whole() {
    let (server, token) = start().await;
    let post = |body: &str| {
        server.request("POST", "/v1.0/$batch").bearer(&token).body(body.as_bytes().to_vec()).send()
    };
    for body in ["", "{}", r#"{"requests":[]}"#, r#"{"requests":[{"id":"1"}]}"#] {
        let answer = post(body).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{body}");
        assert!(answer.text().contains("Hint"), "{}", answer.text());
    }
    let circle = [
        json!({"id": "1", "method": "GET", "url": calls(), "dependsOn": ["2"]}),
        json!({"id": "2", "method": "GET", "url": calls(), "dependsOn": ["1"]}),
    ];
    assert_eq!(batch(&server, &token, &circle).await.status, 400);
    assert_eq!(batch(&server, "abc", &[get("1", &calls())]).await.status, 401);
    assert_eq!(post(&" ".repeat(300_000)).await.status, 413);
    let got = server.get("/v1.0/$batch", &token).await;
    assert_eq!((got.status, got.header("allow")), (405, "POST, OPTIONS"));
}

#[tokio::test]
async fn a_batch_is_compressed_as_a_whole() {
    let (server, token) = start().await;
    let body = json!({"requests": [get("1", &calls()), get("2", &calls())]}).to_string();
    let answer = server
        .request("POST", "/v1.0/$batch")
        .bearer(&token)
        .header("accept-encoding", "gzip")
        .body(body.into_bytes())
        .send()
        .await;
    assert_eq!(answer.header("content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(answer.body.as_ref()).read_to_string(&mut text).unwrap();
    let plain: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(plain["responses"][1]["body"]["@odata.count"], 3);
}

#[tokio::test]
async fn a_panic_is_the_fault_of_its_item() {
    let server =
        TestServer::builder().engine(StandIn::new(|| panic!("the test's engine always panics"))).start();
    let token = server.token().await;
    let answers = answers(&server, &token, &[get("1", &calls()), get("2", "/$metadata")]).await;
    assert_eq!(statuses(&answers), [500, 200]);
    assert_eq!(answers[0]["body"]["error"]["code"], "GeneralException");
}

#[tokio::test]
async fn items_count_one_by_one() {
    let (server, token) = throttled(2).await;
    let items: Vec<Value> = (1..=3).map(|id: u32| get(&id.to_string(), &calls())).collect();
    let answers = answers(&server, &token, &items).await;
    let mut found = statuses(&answers);
    found.sort_unstable();
    assert_eq!(found, [200, 200, 429]);
    let refused = answers.iter().find(|answer| answer["status"] == 429).unwrap();
    assert_eq!(refused["headers"]["Retry-After"], "60");
    assert_eq!(refused["body"]["error"]["innerError"]["code"], "429");
}
