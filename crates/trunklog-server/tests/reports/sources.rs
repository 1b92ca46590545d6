//! What is said of sources, and until when data are complete.

use std::sync::Arc;
use std::time::Duration;

use trunklog_identity::Role;
use trunklog_ledger::{Counts, Delivery, ExpectedSource, Ledger, Origin, StoreLedger};
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_testkit::{TENANT, TestServer};

use super::{LOG, data, problem};

/// A server that expects something of a folder every hour.
fn server() -> TestServer {
    let expected = ExpectedSource {
        source: "folder/sbc1".parse().unwrap(),
        tenant: TENANT,
        logs: vec![LOG],
        every: Some(Duration::from_hours(1)),
    };
    let server = TestServer::builder().settings(|settings| settings.sources = vec![expected]).start();
    server.load(LOG, &data::calls());
    server
}

fn deliver(server: &TestServer, tenant: TenantId, time: &str, until: &str) {
    let at = |text: &str| Instant::parse(text).unwrap();
    let origin = Origin { tenant, source: "folder/sbc1".parse().unwrap(), log: Some(LOG) };
    let counts = Counts { received: 3, new: 2, late: 1, rejected: 1, ..Counts::default() };
    let delivery = Delivery { counts, complete_until: Some(at(until)), ..Delivery::default() };
    StoreLedger::new(Arc::clone(&server.engine)).delivered(&origin, &delivery, at(time)).unwrap();
}

#[tokio::test]
async fn every_report_says_until_when_data_are_complete() {
    let server = server();
    let token = server.token().await;
    let until = async |target: &str| server.get(target, &token).await.json()["completeUntil"].clone();
    let targets = ["/reports/v1/kpis?range=7d", "/reports/v1/series?range=7d", "/reports/v1/usage?range=7d"];
    let tag = server.get(targets[0], &token).await.header("etag").to_owned();
    for target in targets {
        assert!(until(target).await.is_null(), "{target}");
    }
    deliver(&server, TENANT, "2026-11-24T07:30:00Z", "2026-11-24T07:00:00Z");
    for target in targets {
        assert_eq!(until(target).await, "2026-11-24T07:00:00Z", "{target}");
    }
    // No row has come, and yet it is another answer.
    assert_ne!(server.get(targets[0], &token).await.header("etag"), tag);
}

#[tokio::test]
async fn sources_are_told_hour_by_hour_and_only_to_their_tenant() {
    let server = server();
    let other: TenantId = "7e570000-0000-4000-8000-000000000002".parse().unwrap();
    deliver(&server, TENANT, "2026-11-24T04:30:00Z", "2026-11-24T04:00:00Z");
    deliver(&server, TENANT, "2026-11-24T07:30:00Z", "2026-11-24T07:00:00Z");
    let token = server.token_of(TENANT, &[Role::ReportsReadAll]).await;
    let answer = server.get("/reports/v1/data?hours=2", &token).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let json = answer.json();
    let source = &json["sources"][0];
    assert_eq!(source["source"], "folder/sbc1", "{json}");
    assert_eq!((&source["isConfigured"], &source["lagSecs"]), (&true.into(), &3_600.into()), "{json}");
    assert_eq!(source["total"]["new"], 4, "{json}");
    let hours = source["logs"][0]["hours"].as_array().unwrap();
    assert_eq!((hours.len(), &hours[0]["from"]), (1, &"2026-11-24T07:00:00Z".into()), "{json}");
    assert_eq!((&hours[0]["late"], &hours[0]["rejected"]), (&1.into(), &1.into()), "{json}");
    assert_eq!(source["gaps"][0]["from"], "2026-11-24T05:00:00Z", "{json}");
    assert_eq!(json["completeUntil"][LOG.name], "2026-11-24T07:00:00Z", "{json}");
    assert!(json["disk"].is_null(), "nobody has measured it: {json}");
    let of_other = server.token_of(other, &[Role::ReportsReadAll]).await;
    let answer = server.get("/reports/v1/data", &of_other).await.json();
    assert_eq!(answer["sources"].as_array().unwrap().len(), 0, "{answer}");
}

#[tokio::test]
async fn what_is_told_already_is_not_sent_again() {
    let server = server();
    let token = server.token().await;
    let first = server.get("/reports/v1/data", &token).await;
    let tag = first.header("etag").to_owned();
    let again = async || {
        let request = server.request("GET", "/reports/v1/data").bearer(&token);
        request.header("if-none-match", &tag).send().await
    };
    assert_eq!(again().await.status, 304);
    deliver(&server, TENANT, "2026-11-24T07:30:00Z", "2026-11-24T07:00:00Z");
    assert_eq!(again().await.status, 200);
    for query in ["hours=0", "hours=817", "hours=x", "hours=%2B5", "range=7d"] {
        let (status, detail, _) = problem(&server.get(&format!("/reports/v1/data?{query}"), &token).await);
        assert_eq!(status, 400, "{query}: {detail}");
    }
}
