//! Files that people order.

use std::io::{Cursor, Read};

use trunklog_downloads::Limits;
use trunklog_testkit::{Answer, TENANT, TestServer, call_path};
use zip::ZipArchive;

use super::{LOG, calls, data, get_as, links, post, server, told};

/// The roles of who may take out rows.
fn takes_out() -> [String; 2] {
    [calls(), format!("export@{TENANT}")]
}

async fn as_exporter(server: &TestServer, target: &str) -> Answer {
    let roles = takes_out();
    server.request("GET", target).signed_in(&[&roles[0], &roles[1]]).send().await
}

async fn order(server: &TestServer, tab: &str, form: &str, state: &str) -> Answer {
    let roles = takes_out();
    let fields = [("tab", tab), ("form", form), ("state", state)];
    post(server, "/usage/export", &fields, &[&roles[0], &roles[1]]).await
}

/// The address of a file's page or of the list as one of the server.
fn target(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    format!("/{}", answer.header("location").trim_start_matches("../"))
}

/// Orders a file and gets it, however long it takes.
async fn ordered(server: &TestServer, tab: &str, form: &str) -> Answer {
    let mut place = target(&order(server, tab, form, "range=28d").await);
    while place == "/exports" {
        let list = as_exporter(server, "/exports").await.text();
        assert!(!list.contains("not made"), "{list}");
        let file = links(&list).into_iter().find(|link| link.starts_with("./exports/"));
        if let Some(file) = file.filter(|_| !list.contains("being made")) {
            place = format!("/{}", file.trim_start_matches("./"));
        }
        tokio::task::yield_now().await;
    }
    let file = as_exporter(server, &place).await;
    assert_eq!(file.status, 200, "{place}: {}", file.text());
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn files_have_the_admin_centres_names_and_all_rows() {
    let server = server();
    let rows = usize::try_from(data::COUNT).unwrap();
    let csv = ordered(&server, "direct-routing", "csv").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert_eq!(
        csv.header("content-disposition"),
        "attachment; filename=\"DirectRouting.calls.2026-11-24.csv\""
    );
    assert_eq!((csv.header("cache-control"), csv.header("x-content-type-options")), ("no-store", "nosniff"));
    let text = csv.text();
    assert!(text.starts_with("\u{feff}CorrelationId,AAD ObjectId,UPN,Display Name,"), "{text}");
    assert_eq!(text.lines().count(), rows + 1);
    // Who may not see full numbers takes none out.
    assert!(text.contains("****") && !text.contains("+33140000001"), "{text}");

    let packed = ordered(&server, "direct-routing", "zip").await;
    assert!(packed.header("content-disposition").starts_with("attachment; filename=\"Export.directrouting."));
    let mut archive = ZipArchive::new(Cursor::new(packed.body.to_vec())).unwrap();
    let mut table = String::new();
    archive.by_name("DirectRouting.calls.2026-11-24.csv").unwrap().read_to_string(&mut table).unwrap();
    assert_eq!(table, text);
    assert!(archive.by_name("parameters.json").is_ok());

    let lines = ordered(&server, "direct-routing", "ndjson").await.text();
    assert_eq!(lines.lines().count(), rows);
    let book = ordered(&server, "direct-routing", "xlsx").await;
    assert!(ZipArchive::new(Cursor::new(book.body.to_vec())).unwrap().by_name("xl/workbook.xml").is_ok());
    let parquet = ordered(&server, "direct-routing", "parquet").await;
    assert!(parquet.body.starts_with(b"PAR1") && parquet.body.ends_with(b"PAR1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_its_owners_alone_until_it_is_removed() {
    let server = server();
    ordered(&server, "direct-routing", "csv").await;
    let list = as_exporter(&server, "/exports").await.text();
    assert!(list.contains(&format!("{} rows", data::COUNT)), "{list}");
    let file = links(&list).into_iter().find(|link| link.starts_with("./exports/")).unwrap();
    let place = format!("/{}", file.trim_start_matches("./"));
    let id = place.split('/').nth(2).unwrap().to_owned();
    // Another tenant's address, another role, another id.
    let others = format!("export@{TENANT}");
    assert_eq!(get_as(&server, &place, &others).await.status, 403);
    let nobodys = place.replace(&id, &uuid::Uuid::nil().to_string());
    assert_eq!(as_exporter(&server, &nobodys).await.status, 404);
    assert!(server.downloads().list(TENANT.guid(), "ben").unwrap().is_empty());
    let roles = takes_out();
    let removed = post(&server, &format!("/exports/{id}/remove"), &[], &[&roles[0], &roles[1]]).await;
    assert_eq!((removed.status, removed.header("location")), (303, "../../exports"), "{}", removed.text());
    assert_eq!(as_exporter(&server, &place).await.status, 404);
    let again = post(&server, &format!("/exports/{id}/remove"), &[], &[&roles[0], &roles[1]]).await;
    assert_eq!(again.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_has_each_file_before_it_is_made_and_before_it_leaves() {
    let server = server();
    ordered(&server, "direct-routing", "csv").await;
    let mut entries = told(&server, "calls.export").await;
    // The end is noted when the file is there already.
    while entries.len() < 3 {
        entries = told(&server, "calls.export").await;
    }
    let step = |entry: &trunklog_audit::Entry| entry.details["step"].as_str().unwrap().to_owned();
    let mut steps: Vec<String> = entries.iter().map(step).collect();
    steps.sort();
    assert_eq!(steps, ["end", "fetch", "start"], "{entries:?}");
    let rows = u64::from(data::COUNT);
    assert!(entries.iter().filter(|entry| step(entry) != "start").all(|entry| entry.rows == Some(rows)));
    let list = as_exporter(&server, "/exports").await.text();
    let file = links(&list).into_iter().find(|link| link.starts_with("./exports/")).unwrap();

    server.trail().close();
    let refused = order(&server, "direct-routing", "csv", "range=28d").await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    let place = format!("/{}", file.trim_start_matches("./"));
    assert_eq!(as_exporter(&server, &place).await.status, 503);
    assert_eq!(server.downloads().count_of(TENANT.guid()).unwrap(), 1, "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_page_of_ours_with_both_roles_orders_files() {
    let server = server();
    let fields = [("tab", "direct-routing"), ("form", "csv"), ("state", "")];
    for roles in [vec![calls()], vec![format!("export@{TENANT}"), format!("aggregates@{TENANT}")]] {
        let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
        assert_eq!(post(&server, "/usage/export", &fields, &roles).await.status, 403, "{roles:?}");
    }
    let refused = told(&server, "calls.export").await;
    // Those of one second may be one entry.
    assert_eq!(refused.iter().map(|entry| entry.requests.unwrap_or(1)).sum::<u64>(), 2, "{refused:?}");
    assert!(refused.iter().all(|entry| entry.outcome.as_deref() == Some("refused")), "{refused:?}");
    let roles = takes_out();
    let foreign = server.request("POST", "/usage/export").signed_in(&[&roles[0], &roles[1]]);
    let body = b"tab=direct-routing&form=csv&state=".to_vec();
    let foreign = foreign.header("sec-fetch-site", "cross-site").body(body).send().await;
    assert_eq!(foreign.status, 403, "{}", foreign.text());
    assert_eq!(as_exporter(&server, "/usage/export").await.status, 405);
    for (tab, form, state) in [("calls", "csv", ""), ("sms", "pdf", ""), ("sms", "csv", "colour=red")] {
        assert_eq!(order(&server, tab, form, state).await.status, 400, "{tab} {form} {state}");
    }
    assert_eq!(server.downloads().count_of(TENANT.guid()).unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn quota_and_size_are_told_plainly() {
    let small = Limits { of_person: 1, file_bytes: 100, ..Limits::default() };
    let server = TestServer::builder().downloads(small).start();
    server.load(LOG, &data::calls());
    target(&order(&server, "direct-routing", "csv", "range=28d").await);
    let mut list = as_exporter(&server, "/exports").await.text();
    while list.contains("being made") {
        tokio::task::yield_now().await;
        list = as_exporter(&server, "/exports").await.text();
    }
    assert!(list.contains("it would have become too large"), "{list}");
    // One that failed makes room for the next; one that is there does not.
    let empty = "from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z";
    let server = TestServer::builder().downloads(Limits { of_person: 1, ..Limits::default() }).start();
    server.load(LOG, &data::calls());
    target(&order(&server, "direct-routing", "ndjson", empty).await);
    let refused = order(&server, "direct-routing", "ndjson", empty).await;
    assert_eq!(refused.status, 429, "{}", refused.text());
    assert!(refused.text().contains("remove one of your 1 files"), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_expire_and_the_api_is_not_concerned() {
    let server = server();
    ordered(&server, "direct-routing", "csv").await;
    server.clock.advance(jiff::SignedDuration::from_hours(24));
    let list = as_exporter(&server, "/exports").await;
    // The sign-in of the test lasts as long; what counts is that nothing is listed.
    assert!(list.status == 303 || list.text().contains("You have ordered no file"), "{}", list.text());
    assert!(server.downloads().list(TENANT.guid(), "ada").unwrap().is_empty());
    let token = server.token().await;
    let answer = server.get(&call_path("2026-11-20", "2026-11-21"), &token).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn full_numbers_leave_with_none_who_may_not_see_them_any_more() {
    let server = server();
    let [calls, export] = takes_out();
    let full = format!("full-numbers@{TENANT}");
    let roles = [calls.as_str(), export.as_str(), full.as_str()];
    let fields = [("tab", "direct-routing"), ("form", "csv"), ("state", "range=28d")];
    target(&post(&server, "/usage/export", &fields, &roles).await);
    let mut list = as_exporter(&server, "/exports").await.text();
    while list.contains("being made") {
        tokio::task::yield_now().await;
        list = as_exporter(&server, "/exports").await.text();
    }
    let file = links(&list).into_iter().find(|link| link.starts_with("./exports/")).unwrap();
    let place = format!("/{}", file.trim_start_matches("./"));
    let whole = server.request("GET", &place).signed_in(&roles).send().await;
    assert!(whole.text().contains("+33140000001"), "{}", whole.text());
    assert_eq!(as_exporter(&server, &place).await.status, 403);
}
