//! Requests as Power Query sends them, in the order in which it does: first a try
//! without credentials, then the service document, `$metadata` and the entities.
//!
//! Source: `OData.Feed` of Power BI Desktop and Excel, whose requests are recorded in
//! learn.microsoft.com/power-query/samples/trippin/1-odata/readme and in threads on
//! folding; the headers are those of `Implementation = "2.0"`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use trunklog_identity::Role;
use trunklog_testkit::{Answer, TENANT, TestServer};

use super::server;

const ACCEPT: &str = "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,\
    application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7";

async fn get(server: &TestServer, target: &str, authorization: Option<&str>) -> Answer {
    let request = server
        .request("GET", target)
        .header("accept", ACCEPT)
        .header("accept-charset", "UTF-8")
        .header("odata-maxversion", "4.0")
        .header("maxdataserviceversion", "3.0")
        .header("user-agent", "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)");
    match authorization {
        Some(authorization) => request.header("authorization", authorization).send().await,
        None => request.send().await,
    }
}

#[tokio::test]
async fn a_connection_is_made_and_loads_a_table() {
    let (server, _) = server().await;
    let (id, secret) = server.application(TENANT, &[Role::CallRecordsReadAll]);
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));

    let anonymous = get(&server, "/odata/", None).await;
    assert_eq!(anonymous.status, 401);
    assert!(anonymous.header("www-authenticate").starts_with("Basic "));

    let service = get(&server, "/odata/", Some(&basic)).await;
    assert!(service.header("content-type").starts_with("application/json;odata.metadata=minimal"));
    let context = service.json()["@odata.context"].as_str().unwrap().to_owned();
    let model = get(&server, &context, Some(&basic)).await;
    assert_eq!((model.status, model.header("content-type")), (200, "application/xml"));

    // The preview, and then all of it, page by page.
    let preview = get(&server, "/odata/calls?$top=1000", Some(&basic)).await;
    assert_eq!(preview.rows().len(), 240);
    let columns = "/odata/calls?$select=id%2CstartDateTime%2Cduration&$top=1000";
    let preview = get(&server, columns, Some(&basic)).await;
    assert_eq!(preview.rows()[0].as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn partitions_of_incremental_refresh_are_ranges() {
    let (server, _) = server().await;
    let (id, secret) = server.application(TENANT, &[Role::CallRecordsReadAll]);
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let mut ids: Vec<String> = Vec::new();
    for day in 22..=28 {
        let target = format!(
            "/odata/calls?$filter=startDateTime%20ge%202026-10-{day}T00%3A00%3A00Z%20and%20startDateTime%20lt%20\
             2026-10-{}T00%3A00%3A00Z&$select=id%2CstartDateTime%2Cduration%2ClastChangeDateTime&maxpagesize=20",
            day + 1
        );
        let mut next = Some(target);
        while let Some(target) = next {
            let page = get(&server, &target, Some(&basic)).await;
            assert_eq!(page.status, 200, "{}", page.text());
            next = page.next_link();
            ids.extend(page.ids());
        }
    }
    assert_eq!(ids, (0..240).map(super::data::id_of).collect::<Vec<_>>());
    // A date that is no instant: Date columns fold, too.
    let target = "/odata/usageByDay?$filter=localDate%20ge%202026-10-24%20and%20localDate%20lt%202026-10-26";
    let days = get(&server, target, Some(&basic)).await.rows();
    let dates: Vec<&Value> = days.iter().map(|day| &day["localDate"]).collect();
    assert_eq!(dates, ["2026-10-24", "2026-10-24", "2026-10-25", "2026-10-25"]);
    // What tells whether a partition has to be loaded again.
    let newest = "/odata/calls?$orderby=lastChangeDateTime%20desc&$select=lastChangeDateTime&$top=1";
    let newest = get(&server, newest, Some(&basic)).await.rows();
    assert!(newest[0]["lastChangeDateTime"].is_string(), "{newest:?}");
}

#[tokio::test]
async fn counts_and_keys_fold() {
    let (server, token) = server().await;
    let bearer = format!("Bearer {token}");
    let counted = get(&server, "/odata/calls/$count?$filter=successfulCall%20eq%20true", Some(&bearer)).await;
    assert_eq!((counted.status, counted.text().as_str()), (200, "192"));
    let one = format!("/odata/calls?$filter=id%20eq%20'{}'&$top=2", super::data::id_of(7));
    assert_eq!(get(&server, &one, Some(&bearer)).await.ids(), [super::data::id_of(7)]);
    let some = "/odata/calls?$filter=startswith(trunkFullyQualifiedDomainName,'sbc1')%20and%20duration%20gt%200\
                &$orderby=startDateTime%20desc&$skip=1&$top=3";
    let numbers = get(&server, some, Some(&bearer)).await.ids();
    assert_eq!(numbers, [236, 234, 232].map(super::data::id_of));
}
