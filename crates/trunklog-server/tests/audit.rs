//! What the audit trail is told of requests.

use std::fs;

use trunklog_audit::{Entry, verify};
use trunklog_identity::Role;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_server::{Peer, Scheme};
use trunklog_testkit::{TENANT, TestServer, call_path, call_rows, form_encoded};

const FROM: &str = "2026-11-20T00:00:00Z";

fn range() -> String {
    call_path("2026-11-20", "2026-11-21")
}

/// A server with 30 calls, and a token that reads them.
async fn server() -> (TestServer, String) {
    let server = TestServer::start();
    server.load(&DIRECT_ROUTING_CALLS, &call_rows(0, 30, FROM));
    let token = server.token().await;
    (server, token)
}

/// The entries of one kind.
async fn told(server: &TestServer, what: &str) -> Vec<Entry> {
    server.audited().await.into_iter().filter(|entry| entry.what == what).collect()
}

#[tokio::test]
async fn a_sign_in_and_a_refused_one_are_told() {
    let (server, _) = server().await;
    let signed_in = told(&server, "sign-in").await;
    assert_eq!(signed_in.len(), 1, "{signed_in:?}");
    let tenant = TENANT.guid();
    assert_eq!((signed_in[0].via.as_deref(), signed_in[0].tenant), (Some("tokens"), Some(tenant)));
    assert_eq!(signed_in[0].outcome, None);

    let (client, _) = server.application(TENANT, &[Role::CallRecordsReadAll]);
    let unknown = "6f1d0000-0000-4000-8000-00000000dead".to_owned();
    for id in [client.to_string(), unknown.clone()] {
        let form = format!(
            "grant_type=client_credentials&client_id={id}&client_secret={}&scope={}",
            form_encoded("wrong"),
            form_encoded("https://graph.microsoft.com/.default")
        );
        let answer = server
            .request("POST", &format!("/{TENANT}/oauth2/v2.0/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.into_bytes())
            .send()
            .await;
        assert!(answer.status == 400 || answer.status == 401, "{}", answer.text());
    }
    let entries = told(&server, "sign-in").await;
    let refused: Vec<(Option<&str>, Option<&str>)> =
        entries[1..].iter().map(|entry| (entry.who.as_deref(), entry.why.as_deref())).collect();
    let known = format!("application:{client}");
    // What an unknown client calls itself is not kept.
    assert_eq!(
        refused,
        [(Some(known.as_str()), Some("wrong secret")), (Some("unknown"), Some("unknown application"))]
    );
    let file = fs::read_to_string(server.audit_folder().join("audit-00000001.jsonl")).unwrap();
    assert!(!file.contains(&unknown), "{file}");
}

#[tokio::test]
async fn pages_of_a_walk_are_one_entry_with_all_their_rows() {
    let (server, token) = server().await;
    let mut next = Some(format!("{}?$filter=contains(callerNumber,'4930')", range()));
    let mut pages = 0;
    while let Some(target) = next {
        let page = server
            .request("GET", &target)
            .bearer(&token)
            .header("prefer", "odata.maxpagesize=10")
            .peer(Peer { address: "192.0.2.7:4711".parse().unwrap(), scheme: Scheme::Https })
            .send()
            .await;
        assert_eq!(page.status, 200, "{}", page.text());
        next = page.next_link();
        pages += 1;
    }
    assert_eq!(pages, 3);
    let reads = told(&server, "calls.read").await;
    assert_eq!(reads.iter().map(|entry| entry.rows.unwrap()).sum::<u64>(), 30, "{reads:?}");
    assert_eq!(reads.iter().map(|entry| entry.requests.unwrap_or(1)).sum::<u64>(), 3, "{reads:?}");
    for read in &reads {
        assert_eq!(read.of.as_deref(), Some("directRoutingCalls"));
        assert_eq!(read.filter.as_deref(), Some("contains(callerNumber,?)"));
        let [from, end] = read.range.as_ref().unwrap();
        assert_eq!((from.as_str(), end.as_str()), ("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"));
        let address = read.from.as_deref().unwrap();
        assert!(address.starts_with("address:") && !address.contains("192"), "{address}");
    }
    for line in fs::read_to_string(server.audit_folder().join("audit-00000001.jsonl")).unwrap().lines() {
        assert!(!line.contains("'4930") && !line.contains("192.0.2.7"), "{line}");
    }
}

#[tokio::test]
async fn an_export_is_told_before_it_starts_and_when_it_ends() {
    let (server, token) = server().await;
    let answer = server.request("GET", &range()).bearer(&token).header("accept", "text/csv").send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    // The end is told by the thread that sent it, a little after the client has it.
    let mut exports = Vec::new();
    for _ in 0..1_000 {
        exports = told(&server, "calls.export").await;
        if exports.len() > 1 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let steps: Vec<&str> = exports.iter().map(|entry| entry.details["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["start", "end"]);
    assert_eq!((exports[0].rows, exports[1].rows), (None, Some(30)));
    assert_eq!(exports[1].outcome, None);
    assert!(exports.iter().all(|entry| entry.details["format"] == "csv"), "{exports:?}");
}

#[tokio::test]
async fn what_cannot_be_told_is_not_exported_and_reads_go_on() {
    let (server, token) = server().await;
    server.trail().flush().await.unwrap();
    fs::remove_dir_all(server.audit_folder()).unwrap();
    fs::write(server.audit_folder(), "in the way").unwrap();
    let answer = server.request("GET", &range()).bearer(&token).header("accept", "text/csv").send().await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.text().contains("audit trail") && !answer.text().contains("+4930"), "{}", answer.text());
    assert_eq!(server.get(&range(), &token).await.status, 200);
    assert_eq!(server.trail().counts().refused, 1);

    // What was read meanwhile is told when it can be.
    fs::remove_file(server.audit_folder()).unwrap();
    let answer = server.request("GET", &range()).bearer(&token).header("accept", "text/csv").send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(told(&server, "calls.read").await.len(), 1);
}

#[tokio::test]
async fn reports_are_told_of_if_they_tell_of_persons() {
    let (server, token) = server().await;
    assert_eq!(server.get("/reports/v1/kpis?range=7d", &token).await.status, 200);
    assert!(told(&server, "report.read").await.is_empty());
    assert_eq!(server.get("/reports/v1/users?range=7d", &token).await.status, 200);
    let filtered = "/reports/v1/kpis?range=7d&$filter=callerNumber%20eq%20'%2B4930000001'";
    assert_eq!(server.get(filtered, &token).await.status, 200);
    assert_eq!(server.get("/reports/v1/usage?range=7d", &token).await.status, 200);
    let reports = told(&server, "report.read").await;
    let seen: Vec<(Option<&str>, Option<&str>)> =
        reports.iter().map(|entry| (entry.of.as_deref(), entry.filter.as_deref())).collect();
    assert_eq!(seen, [(Some("users"), None), (Some("kpis"), Some("callerNumber"))]);
    let rows = told(&server, "calls.read").await;
    assert_eq!((rows.len(), rows[0].via.as_deref(), rows[0].rows), (1, Some("reports"), Some(30)));
}

#[tokio::test]
async fn the_feed_and_refusals_are_told() {
    let (server, token) = server().await;
    assert_eq!(server.get("/odata/calls?$top=5", &token).await.status, 200);
    let sums = server.token_of(TENANT, &[Role::ReportsReadAll]).await;
    assert_eq!(server.get("/odata/calls", &sums).await.status, 403);
    assert_eq!(server.get(&range(), &sums).await.status, 403);
    assert_eq!(server.get("/reports/v1/usage", &sums).await.status, 403);
    let reads = told(&server, "calls.read").await;
    let seen: Vec<(Option<&str>, Option<u64>, Option<&str>)> =
        reads.iter().map(|entry| (entry.via.as_deref(), entry.rows, entry.why.as_deref())).collect();
    assert_eq!(
        seen,
        [
            (Some("feed"), Some(5), None),
            (Some("feed"), None, Some("role")),
            (Some("graph"), None, Some("role")),
            (Some("reports"), None, Some("role")),
        ]
    );
    assert!(verify(&server.audit_folder()).unwrap().is_whole());
}
