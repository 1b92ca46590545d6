//! What profile, retention and cloud make of a request.

use jiff::SignedDuration;
use trunklog_identity::{Cloud, Role};
use trunklog_odata::Profile;
use trunklog_records::{Retention, Retentions, TenantId};
use trunklog_testkit::{Answer, TENANT, TestServer, call_path, call_row, call_rows};

use super::{LOG, MINIMAL, all, context, total, with};

#[tokio::test]
async fn the_strict_profile_ignores_what_graph_ignores() {
    let server = TestServer::builder().profile(Profile::Strict).start();
    server.load(LOG, &call_rows(0, 1_001, "2020-01-05T00:00:00Z"));
    let token = server.token().await;
    let options = "$filter=nonsense&$orderby=&$select=id&$top=1&$count=true&$format=csv&maxpagesize=3";
    let page = server
        .request("GET", &with(options))
        .bearer(&token)
        .header("prefer", "odata.maxpagesize=5")
        .send()
        .await;
    assert_eq!((page.status, page.header("content-type")), (200, MINIMAL), "{}", page.text());
    assert_eq!((page.rows().len(), total(&page), page.header("preference-applied")), (1_000, None, ""));
    assert_eq!(page.rows()[0].as_object().unwrap().len(), 21);
    let link = page.next_link().unwrap();
    assert!(link.ends_with(&format!("{}?$skip=1000", all())), "{link}");
    assert_eq!(server.get(&link, &token).await.rows().len(), 1);

    let accept = async |accept: &str| {
        server.request("GET", &all()).bearer(&token).header("accept", accept).send().await
    };
    assert_eq!(accept("text/csv").await.status, 406);
    assert_eq!(context(&accept("application/json;odata.metadata=none").await), "");
}

#[tokio::test]
async fn rows_that_are_too_old_are_not_returned() {
    let retention = Retention::default().with(LOG, Some(30));
    let server = TestServer::builder().settings(|settings| settings.retention = retention.into()).start();
    // It is 08:00 on 24 November.
    let starts = ["07:59:59", "08:00:00", "08:10:00", "08:20:00", "08:40:00", "08:50:00"];
    let rows: Vec<String> =
        (0..).zip(starts).map(|(number, time)| call_row(number, &format!("2026-10-25T{time}Z"))).collect();
    server.load(LOG, &rows);
    let token = server.token().await;
    let all = call_path("2026-10-01", "2026-11-24");
    let starts = |page: &Answer| -> Vec<String> {
        page.rows().iter().map(|row| row["startDateTime"].as_str().unwrap()[11..19].to_owned()).collect()
    };
    let first = server.get(&format!("{all}?maxpagesize=2&$count=true"), &token).await;
    assert_eq!(
        (starts(&first), total(&first)),
        (vec!["08:00:00".to_owned(), "08:10:00".to_owned()], Some(5))
    );
    // The link outlives what it was made for.
    server.clock.advance(SignedDuration::from_mins(30));
    let rest = server.walk(&first.next_link().unwrap(), &token).await;
    let rest: Vec<String> = rest.iter().flat_map(starts).collect();
    assert_eq!(rest, ["08:40:00", "08:50:00"]);
    let gone = server.get(&call_path("2026-09-01", "2026-10-25"), &token).await;
    assert_eq!((gone.status, gone.rows().len(), gone.next_link()), (200, 0, None));
    let csv = server.get(&format!("{all}?$format=csv&$select=startDateTime"), &token).await;
    assert_eq!(csv.text().lines().count(), 3, "{}", csv.text());
}

#[tokio::test]
async fn the_retention_of_one_tenant_never_touches_another() {
    let other: TenantId = "7e570000-0000-4000-8000-000000000002".parse().unwrap();
    let mut retentions = Retentions::from(Retention::default().with(LOG, Some(30)));
    retentions.tenants.insert(other, Retention::default());
    let server = TestServer::builder().settings(|settings| settings.retention = retentions).start();
    let rows = call_rows(0, 3, "2020-01-05T00:00:00Z");
    for (tenant, readable) in [(TENANT, 0), (other, 3)] {
        server.load_for(tenant, LOG, &rows);
        let token = server.token_of(tenant, &[Role::CallRecordsReadAll]).await;
        assert_eq!(server.get(&all(), &token).await.rows().len(), readable, "{tenant}");
    }
}

#[tokio::test]
async fn a_cloud_without_reports_has_no_functions() {
    let server = TestServer::builder().settings(|settings| settings.cloud = Cloud::China).start();
    let token = server.token().await;
    let answer = server.get(&all(), &token).await;
    assert_eq!((answer.status, answer.code().as_deref()), (404, Some("NotFound")));
    assert!(answer.json()["error"]["details"][0]["message"].as_str().unwrap().contains("cloud"));
}
