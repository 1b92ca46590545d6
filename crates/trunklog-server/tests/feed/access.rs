//! Who may read the feed, and how it is told who asks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use trunklog_identity::Role;
use trunklog_odata::Profile;
use trunklog_server::{Peer, Scheme};
use trunklog_testkit::{Answer, TENANT, TestServer, call_path};

use super::{SETS, fault, server};

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

async fn get(server: &TestServer, target: &str, authorization: &str) -> Answer {
    server.request("GET", target).header("authorization", authorization).send().await
}

#[tokio::test]
async fn nobody_reads_without_signing_in() {
    let (server, _) = server().await;
    for target in ["/odata", "/odata/", "/odata/$metadata", "/odata/calls", "/odata/nothing"] {
        let answer = server.request("GET", target).send().await;
        let (status, code, hint) = fault(&answer);
        assert_eq!((status, code.as_str()), (401, "InvalidAuthenticationToken"), "{target}");
        assert!(hint.contains("HTTP Basic"), "{hint}");
        let challenges: Vec<&str> =
            answer.headers.get_all("www-authenticate").iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(
            challenges,
            ["Basic realm=\"Trunklog\", charset=\"UTF-8\"", "Bearer realm=\"Trunklog\""],
            "{target}"
        );
    }
}

#[tokio::test]
async fn an_applications_id_and_secret_do_as_well_as_its_token() {
    let (server, token) = server().await;
    let (id, secret) = server.application(TENANT, &[Role::CallRecordsReadAll]);
    let by_token = server.get("/odata/calls?$top=3", &token).await;
    for _ in 0..3 {
        let by_secret = get(&server, "/odata/calls?$top=3", &basic(&id.to_string(), &secret)).await;
        assert_eq!((by_secret.status, by_secret.text()), (200, by_token.text()));
    }
    let unknown = "00000000-0000-4000-8000-000000000000";
    let wrong = [
        basic(&id.to_string(), "wrong"),
        basic(unknown, &secret),
        basic("", ""),
        "Basic".to_owned(),
        "Basic ???".to_owned(),
        "Negotiate abc".to_owned(),
    ];
    for authorization in &wrong {
        let answer = get(&server, "/odata/calls", authorization).await;
        assert_eq!(fault(&answer).0, 401, "{authorization}");
        assert!(!answer.text().contains(&secret), "{authorization}");
    }
    let message = async |authorization: &str| get(&server, "/odata", authorization).await.message();
    assert_eq!(message(&wrong[0]).await, message(&wrong[1]).await, "it must not be told which is wrong");
    // Graph's functions know tokens alone.
    let path = call_path("2026-10-23", "2026-10-24");
    assert_eq!(get(&server, &path, &basic(&id.to_string(), &secret)).await.status, 401);
}

#[tokio::test]
async fn who_sends_wrong_secrets_has_to_wait() {
    let (server, _) = server().await;
    let (id, secret) = server.application(TENANT, &[Role::CallRecordsReadAll]);
    let get = async |secret: &str| {
        let peer = Peer { address: "192.0.2.7:5000".parse().unwrap(), scheme: Scheme::Https };
        let authorization = basic(&id.to_string(), secret);
        server.request("GET", "/odata").header("authorization", &authorization).peer(peer).send().await
    };
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(get("wrong").await.status);
    }
    assert_eq!(statuses, [[401_u16; 10].as_slice(), &[429; 2]].concat());
    let refused = get(&secret).await;
    assert_eq!(refused.status, 429);
    let secs: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=61).contains(&secs), "{secs}");
}

#[tokio::test]
async fn sums_need_less_than_rows() {
    let (server, _) = server().await;
    let of_reports = server.token_of(TENANT, &[Role::ReportsReadAll]).await;
    let listed: Vec<String> = server
        .get("/odata", &of_reports)
        .await
        .rows()
        .iter()
        .map(|set| set["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(listed, ["trunkHours", "usageByDay", "endReasons", "destinations"]);
    for set in SETS {
        let answer = server.get(&format!("/odata/{set}"), &of_reports).await;
        let expected = if listed.contains(&set.to_owned()) { 200 } else { 403 };
        assert_eq!(answer.status, expected, "{set}");
        if expected == 403 {
            assert!(fault(&answer).2.contains("CallRecords.Read.All"), "{}", answer.text());
        }
    }
    let counted = server.get("/odata/calls/$count", &of_reports).await;
    assert_eq!(counted.status, 403);
    let of_nothing = server.token_of(TENANT, &[Role::FullNumbers]).await;
    for target in ["/odata", "/odata/calls", "/odata/trunkHours"] {
        assert_eq!(fault(&server.get(target, &of_nothing).await).0, 403, "{target}");
    }
    let of_calls = server.token_of(TENANT, &[Role::CallRecordPstnCallsReadAll]).await;
    for set in SETS {
        assert_eq!(server.get(&format!("/odata/{set}"), &of_calls).await.status, 200, "{set}");
    }
}

#[tokio::test]
async fn a_strict_server_has_no_feed() {
    let strict = TestServer::builder().profile(Profile::Strict).start();
    let token = strict.token().await;
    for target in ["/odata", "/odata/$metadata", "/odata/calls"] {
        let answer = strict.get(target, &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{target}");
    }
}

#[tokio::test]
async fn only_reading_is_allowed() {
    let (server, token) = server().await;
    for (method, status) in [("POST", 405), ("PATCH", 405), ("DELETE", 405), ("OPTIONS", 204)] {
        let answer = server.request(method, "/odata/calls").bearer(&token).send().await;
        assert_eq!((answer.status, answer.header("allow")), (status, "GET, HEAD, OPTIONS"), "{method}");
    }
    for target in ["/odata", "/odata/$metadata", "/odata/calls", "/odata/calls/$count", "/odata/trunkHours"] {
        let head = server.request("HEAD", target).bearer(&token).send().await;
        let whole = server.get(target, &token).await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{target}");
        assert_eq!(head.header("content-type"), whole.header("content-type"), "{target}");
        assert_eq!(head.header("odata-version"), "4.0", "{target}");
    }
}
