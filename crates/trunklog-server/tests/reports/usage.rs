//! The rows, page by page.

use std::collections::HashSet;

use jiff::SignedDuration;
use trunklog_testkit::{Answer, PUBLIC_URL, TestServer, call_path, form_encoded};

use super::{LOG, data, problem, server};

/// All pages of a walk.
async fn walk(server: &TestServer, target: &str, token: &str) -> Vec<Answer> {
    let mut pages = Vec::new();
    let mut next = Some(target.to_owned());
    while let Some(target) = next {
        let page = server.get(&target, token).await;
        assert_eq!(page.status, 200, "{target}: {}", page.text());
        next = page.json()["nextLink"].as_str().map(str::to_owned);
        pages.push(page);
    }
    pages
}

fn ids(pages: &[Answer]) -> Vec<String> {
    pages.iter().flat_map(Answer::ids).collect()
}

fn expected(numbers: impl Iterator<Item = u32>) -> Vec<String> {
    numbers.map(data::id_of).collect()
}

#[tokio::test]
async fn a_page_has_the_rows_of_the_api() {
    let (server, token) = server().await;
    let page = server.get("/reports/v1/usage?range=7d&zone=Europe/Berlin&top=3", &token).await;
    assert_eq!((page.status, page.header("content-type")), (200, "application/json"), "{}", page.text());
    let api = call_path("2026-11-17", "2026-11-25").replace("/v1.0/", "/beta/");
    let rows = server.get(&format!("{api}?$top=3"), &token).await.rows();
    assert_eq!(page.rows(), rows, "{api}");
    let commit = page.json()["commit"].as_u64().unwrap();
    let text = page.text();
    let head = format!(
        concat!(
            r#"{{"report":"usage","definitions":{},"zone":"Europe/Berlin","#,
            r#""from":"2026-11-17T08:00:00Z","fromLocal":"2026-11-17T09:00:00+01:00","#,
            r#""to":"2026-11-24T08:00:00Z","toLocal":"2026-11-24T09:00:00+01:00","#,
            r#""filter":null,"commit":{},"completeUntil":null,"source":"rows","rowsRead":3,"notes":[],"value":[{{"#,
        ),
        trunklog_reports::DEFINITIONS,
        commit
    );
    assert!(text.starts_with(&head), "{text}");
    assert!(text.contains(&format!(r#"}}],"nextLink":"{PUBLIC_URL}/reports/v1/usage?from="#)), "{text}");
    let empty = server.get("/reports/v1/usage?from=2026-01-01&to=2026-02-01", &token).await;
    assert!(empty.text().ends_with(r#""value":[],"nextLink":null}"#), "{}", empty.text());
}

#[tokio::test]
async fn a_walk_gives_each_call_once_though_time_goes_on() {
    let (server, token) = server().await;
    let filter = form_encoded("direction eq 'inbound'");
    let mut pages = Vec::new();
    let mut next = Some(format!("/reports/v1/usage?range=7d&top=17&%24filter={filter}&zone=Asia/Kolkata"));
    let mut arrived = 1_000;
    while let Some(target) = next {
        let page = server.get(&target, &token).await;
        assert_eq!(page.status, 200, "{target}: {}", page.text());
        assert_eq!(page.json()["zone"], "Asia/Kolkata");
        assert_eq!(page.json()["to"], "2026-11-24T08:00:00Z", "the range is that of the first page");
        next = page.json()["nextLink"].as_str().map(str::to_owned);
        pages.push(page);
        server.clock.advance(SignedDuration::from_mins(9));
        server.load(
            LOG,
            &[data::call(arrived, "2026-11-20T00:00:01Z"), data::call(arrived + 2, "2026-11-24T07:00:00Z")],
        );
        arrived += 4;
    }
    assert!(pages.len() > 5);
    let commits: HashSet<u64> = pages.iter().map(|page| page.json()["commit"].as_u64().unwrap()).collect();
    assert_eq!(commits.len(), 1, "all pages are of one commit");
    assert_eq!(ids(&pages), expected((0..data::COUNT).filter(|number| number.is_multiple_of(2))));
}

#[tokio::test]
async fn pages_are_as_long_as_asked() {
    let server = TestServer::builder().settings(|settings| settings.limits.page_rows = 50).start();
    server.load(LOG, &data::calls());
    let token = server.token().await;
    for (query, sizes) in [("", vec![50; 4]), ("&top=50", vec![50; 4]), ("&top=150", Vec::new())] {
        let target = format!("/reports/v1/usage?range=7d{query}");
        if sizes.is_empty() {
            let (status, detail, _) = problem(&server.get(&target, &token).await);
            assert_eq!((status, detail.as_str()), (400, "top: a page has at most 50 rows"));
            continue;
        }
        let pages = walk(&server, &target, &token).await;
        assert_eq!(pages.iter().map(|page| page.rows().len()).collect::<Vec<_>>(), sizes, "{query}");
        assert_eq!(ids(&pages), expected(0..data::COUNT), "{query}");
    }
}

#[tokio::test]
async fn a_link_belongs_to_its_walk() {
    let (server, token) = server().await;
    let page = server.get("/reports/v1/usage?from=2026-11-18&to=2026-11-20&top=10", &token).await;
    let link = page.json()["nextLink"].as_str().unwrap().to_owned();
    assert_eq!(server.get(&link, &token).await.ids(), expected(10..20));
    // A page may have another size.
    assert_eq!(server.get(&link.replace("top=10", "top=5"), &token).await.ids(), expected(10..15));
    let (_, text) = link.split_once("skiptoken=").unwrap();
    let text = text.split('&').next().unwrap();
    for target in [
        "/reports/v1/usage?from=2026-11-18&to=2026-11-20&skiptoken=abc".to_owned(),
        format!("/reports/v1/usage?from=2026-11-18&to=2026-11-21&skiptoken={text}"),
        format!("/reports/v1/usage?from=2026-11-18&to=2026-11-20&$filter=isLeg&skiptoken={text}"),
    ] {
        let (status, detail, hint) = problem(&server.get(&target, &token).await);
        assert_eq!(status, 400, "{target}");
        assert!(detail.starts_with("skiptoken: ") && !hint.is_empty(), "{detail} {hint}");
    }
}

#[tokio::test]
async fn what_rows_cannot_tell_is_said() {
    let (server, token) = server().await;
    for (query, named) in [
        ("$filter=country%20eq%20%27DE%27", "$filter"),
        ("bucket=day", "bucket"),
        ("format=csv", "format"),
        ("top=0", "top"),
    ] {
        let (status, detail, hint) =
            problem(&server.get(&format!("/reports/v1/usage?{query}"), &token).await);
        assert_eq!(status, 400, "{query}");
        assert!(detail.starts_with(&format!("{named}: ")) && !hint.is_empty(), "{query}: {detail} ({hint})");
    }
}

#[tokio::test]
async fn rows_say_how_many_share_their_correlation_id() {
    let (server, token) = server().await;
    let shared = data::id_of(3);
    let own = format!("\"correlationId\":\"{}\"", data::id_of(950));
    let leg =
        data::call(950, "2026-11-18T02:00:05Z").replace(&own, &format!("\"correlationId\":\"{shared}\""));
    server.load(LOG, &[leg]);
    let plain = server.get("/reports/v1/usage?range=7d&top=50", &token).await;
    assert!(!plain.text().contains("correlationRows"), "{}", plain.text());
    let pages = walk(&server, "/reports/v1/usage?range=7d&top=50&legs=true", &token).await;
    assert!(pages.len() > 3 && pages[0].json()["nextLink"].as_str().unwrap().contains("legs=true"));
    let mut joined = 0;
    for row in pages.iter().flat_map(Answer::rows) {
        let is_shared = row["correlationId"] == shared.as_str();
        assert_eq!(row["correlationRows"], if is_shared { 2 } else { 1 }, "{row}");
        joined += usize::from(is_shared);
    }
    assert_eq!(joined, 2);
    // It is the last member.
    assert!(pages[0].text().contains(r#""correlationRows":1},{"#), "{}", pages[0].text());
    let (status, detail, _) = problem(&server.get("/reports/v1/usage?range=7d&legs=yes", &token).await);
    assert!(status == 400 && detail.starts_with("legs: "), "{detail}");
}
