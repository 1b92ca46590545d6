//! The entities of sets of rows, page by page.

use serde_json::Value;
use trunklog_identity::Role;
use trunklog_records::Retention;
use trunklog_records::masking::Mask;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
use trunklog_testkit::{Answer, TENANT};

use super::data::{COUNT, call, calls, id_of, start_of};
use super::{LOG, all, builder, context, fault, server};

fn ids(entities: &[Value]) -> Vec<String> {
    entities.iter().map(|entity| entity["id"].as_str().unwrap().to_owned()).collect()
}

fn every_id() -> Vec<String> {
    (0..COUNT).map(id_of).collect()
}

#[tokio::test]
async fn pages_give_each_row_once_while_rows_arrive() {
    let (server, token) = server().await;
    let first = server
        .request("GET", "/odata/calls")
        .bearer(&token)
        .header("prefer", "odata.maxpagesize=50")
        .send()
        .await;
    assert_eq!(first.header("preference-applied"), "odata.maxpagesize=50");
    assert_eq!(first.json()["@odata.context"], context("calls"));
    assert_eq!(first.json().get("@odata.count"), None);
    server.load(LOG, &[call(1_000).replace(&start_of(1_000).to_string(), "2026-10-24T00:00:01Z")]);
    let rest = server.walk(&first.next_link().unwrap(), &token).await;
    let sizes: Vec<usize> = rest.iter().map(|page| page.rows().len()).collect();
    assert_eq!((first.rows().len(), sizes), (50, vec![50, 50, 50, 40]));
    let mut found = ids(&first.rows());
    found.extend(rest.iter().flat_map(|page| ids(&page.rows())));
    assert_eq!(found, every_id());
}

#[tokio::test]
async fn top_skip_and_count_mean_the_whole_walk() {
    let (server, token) = server().await;
    let pages = server.walk("/odata/calls?$top=25&$skip=10&$count=true&maxpagesize=10", &token).await;
    assert_eq!(pages.len(), 3);
    assert!(pages.iter().all(|page| page.json()["@odata.count"] == COUNT));
    let found: Vec<String> = pages.iter().flat_map(Answer::ids).collect();
    assert_eq!(found, every_id()[10..35]);
    let none = server.get("/odata/calls?$top=0&$count=true", &token).await;
    assert_eq!((none.rows().len(), none.next_link()), (0, None));
    assert_eq!(none.json()["@odata.count"], COUNT);
    let counted = server.get("/odata/calls/$count?$filter=duration%20eq%200", &token).await;
    assert_eq!(
        (counted.text(), counted.header("content-type")),
        ("48".to_owned(), "text/plain;charset=utf-8")
    );
}

#[tokio::test]
async fn a_row_has_a_local_date_and_the_time_of_the_newest_commit() {
    let (server, token) = server().await;
    for row in all(&server, "/odata/calls", &token).await {
        let start = row["startDateTime"].as_str().unwrap();
        // Two hours ahead until the 25th, 01:00 UTC, then one.
        let ahead = if start < "2026-10-25T01:00:00Z" { 2 } else { 1 };
        let local = trunklog_odata::Instant::parse(start)
            .unwrap()
            .saturating_add_ticks(ahead * trunklog_odata::Instant::TICKS_PER_HOUR);
        assert_eq!(row["localDate"], local.to_string()[..10], "{start}");
        assert!(row["lastChangeDateTime"].as_str().is_some(), "{row}");
    }
    let newest = server.engine.tenant(TENANT).newest().unwrap();
    let time = server.engine.tenant(TENANT).commit_time(newest).unwrap().unwrap();
    let rows = server.get("/odata/calls?$top=1&$select=lastChangeDateTime", &token).await;
    let expected = format!(
        "{{\"@odata.context\":\"{}(lastChangeDateTime)\",\"value\":[{{\"lastChangeDateTime\":\"{time}\"}}]}}",
        context("calls")
    );
    assert_eq!(rows.text(), expected);
}

#[tokio::test]
async fn days_are_ranges_of_the_tenants_zone() {
    let (server, token) = server().await;
    let count = async |filter: &str| {
        let target = format!("/odata/calls/$count?$filter={}", filter.replace(' ', "%20"));
        let answer = server.get(&target, &token).await;
        answer.text().parse::<u32>().unwrap_or_else(|_| panic!("{filter}: {}", answer.text()))
    };
    // The day on which clocks go back has 25 hours, of two calls each.
    assert_eq!(count("localDate eq 2026-10-25").await, 50);
    assert_eq!(count("localDate ge 2026-10-24 and localDate lt 2026-10-26").await, 98);
    assert_eq!(count("localDate in (2026-10-24,2026-10-26)").await, 96);
    assert_eq!(
        count("startDateTime ge 2026-10-24T00:00:00Z and startDateTime lt 2026-10-25T00:00:00Z").await,
        48
    );
    assert_eq!(count("localDate lt 2026-10-23").await, 0);
    assert_eq!(count("localDate ne 2026-10-25").await, COUNT - 50);
}

#[tokio::test]
async fn options_that_cannot_be_served_say_what_to_do() {
    let (server, token) = server().await;
    for (target, status, said) in [
        ("/odata/calls?$filter=lastChangeDateTime gt 2026-11-01T00:00:00Z", 400, "newest commit"),
        ("/odata/calls?$filter=month(localDate) eq 10", 400, "localDate ge 2026-11-01"),
        ("/odata/calls?$filter=startDatetime gt 2026-11-01", 400, "startDateTime"),
        ("/odata/calls?$orderby=localDate,duration", 400, "startDateTime"),
        ("/odata/calls?$select=colour", 400, "properties"),
        ("/odata/calls?$expand=legs", 400, "$filter"),
        ("/odata/calls?$skiptoken=x", 400, "start again"),
        ("/odata/calls?$deltatoken=x", 400, "Graph"),
        ("/odata/calls?bom=true", 400, "Graph"),
        ("/odata/calls?$format=csv", 406, "application/json"),
        ("/odata/calls?$format=application/json;odata.metadata=full", 406, "minimal"),
        ("/odata/trunkHours?$count=true", 400, "$count"),
        ("/odata/trunkHours/$count", 400, "$count"),
        ("/odata/trunkHours?$orderby=attempts", 400, "startDateTime"),
        ("/odata/call", 404, "trunkHours"),
        ("/odata/calls('x')", 404, "$filter=id"),
        ("/odata/calls/first", 404, "$count"),
    ] {
        let answer = server.get(&target.replace(' ', "%20"), &token).await;
        let (found, _, hint) = fault(&answer);
        assert_eq!(found, status, "{target}: {}", answer.text());
        assert!(hint.contains(said), "{target}: {hint}");
    }
    let old = server.request("GET", "/odata").bearer(&token).header("odata-maxversion", "3.0").send().await;
    assert_eq!(fault(&old).0, 400);
}

#[tokio::test]
async fn a_link_belongs_to_its_set_and_filter() {
    let (server, token) = server().await;
    let page = server.get("/odata/calls?$filter=duration%20gt%200&maxpagesize=5", &token).await;
    let link = page.next_link().unwrap();
    assert!(link.contains("$filter=duration%20gt%200&"), "{link}");
    for other in [
        link.replace("/odata/calls", "/odata/pstnCalls"),
        link.replace("gt%200", "gt%201"),
        link.replace("$skiptoken=", "$skip=3&$skiptoken="),
    ] {
        assert_eq!(fault(&server.get(&other, &token).await).0, 400, "{other}");
    }
    assert_eq!(server.get(&link, &token).await.status, 200);
}

#[tokio::test]
async fn masks_and_retention_hold_here_as_well() {
    let server = builder()
        .settings(|settings| {
            settings.masks.others = Mask::of_country("FR");
            settings.retention = Retention::default().with(&DIRECT_ROUTING_CALLS, Some(31)).into();
        })
        .start();
    server.load(LOG, &calls());
    let masked = server.token().await;
    let full = server.token_of(TENANT, &[Role::CallRecordsReadAll, Role::FullNumbers]).await;
    // The clock is at 08:00 on 24 November.
    let rows = all(&server, "/odata/calls", &masked).await;
    assert_eq!(rows[0]["startDateTime"], "2026-10-24T08:00:00Z");
    assert_eq!(rows.len(), all(&server, "/odata/calls", &full).await.len());
    for row in &rows {
        let inbound = row["callType"] == "ByotIn";
        let [outside, own] =
            if inbound { ["callerNumber", "calleeNumber"] } else { ["calleeNumber", "callerNumber"] };
        assert!(row[outside].as_str().unwrap().ends_with("****"), "{row}");
        assert!(!row[own].as_str().unwrap().contains('*'), "{row}");
    }
    let find = async |token: &str| {
        let target = "/odata/calls/$count?$filter=callerNumber%20eq%20%27%2B33140000100%27";
        server.get(target, token).await.text()
    };
    assert_eq!((find(&masked).await.as_str(), find(&full).await.as_str()), ("0", "1"));
    // A day that is not whole is not told.
    let days = all(&server, "/odata/usageByDay", &masked).await;
    assert_eq!(days[0]["localDate"], "2026-10-25");
}

#[tokio::test]
async fn messages_go_by_the_time_at_which_they_were_sent() {
    let (server, token) = server().await;
    let message = |id: &str, sent: &str| {
        format!(
            r#"{{"id":"{id}","sentDateTime":"{sent}","smsType":"outbound","smsUnits":2,"callCharge":0.25}}"#
        )
    };
    server.load(&SMS, &[message("a", "2026-10-24T21:59:59Z"), message("b", "2026-10-24T22:00:00Z")]);
    let rows = all(&server, "/odata/smsMessages?$filter=localDate%20eq%202026-10-25", &token).await;
    assert_eq!(ids(&rows), ["b"]);
    assert_eq!((&rows[0]["smsUnits"], &rows[0]["callCharge"]), (&Value::from(2), &Value::from(0.25)));
    let text = server
        .request("GET", "/odata/smsMessages?$select=callCharge&$top=1&$count=true")
        .bearer(&token)
        .header("accept", "application/json;odata.metadata=none;IEEE754Compatible=true")
        .send()
        .await;
    assert!(
        text.text().starts_with(r#"{"@odata.count":"2","value":[{"callCharge":"0.25"}]"#),
        "{}",
        text.text()
    );
}

#[tokio::test]
async fn orders_go_over_pages() {
    let (server, token) = server().await;
    let newest = server.get("/odata/calls?$orderby=localDate%20desc&$top=1", &token).await;
    assert_eq!(newest.ids(), [id_of(COUNT - 1)]);
    let longest = all(&server, "/odata/calls?$orderby=duration%20desc,id&maxpagesize=70", &token).await;
    let mut expected: Vec<u32> = (0..COUNT).collect();
    expected.sort_by_key(|number| (!super::data::is_answered(*number), *number));
    assert_eq!(ids(&longest), expected.into_iter().map(id_of).collect::<Vec<_>>());
    let same = all(&server, "/odata/calls?$orderby=lastChangeDateTime%20desc", &token).await;
    assert_eq!(ids(&same), every_id());
}
