//! A client that follows changes.

use serde_json::Value;
use trunklog_odata::Version;
use trunklog_odata::filter::parse;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, TimeRange};
use trunklog_store::{Engine, Erase, Erasure, Selection};
use trunklog_testkit::{Answer, PUBLIC_URL, TENANT, TestServer, call_path, call_row, call_rows};

pub(crate) const LOG: &Log = &DIRECT_ROUTING_CALLS;
pub(crate) const FROM: &str = "2020-01-05T00:00:00Z";
pub(crate) const TRACK: &str = "odata.track-changes";
pub(crate) const NDJSON: &str = "application/x-ndjson";

pub(crate) fn all() -> String {
    call_path("2020-01-01", "2020-02-01")
}

pub(crate) fn with(options: &str) -> String {
    format!("{}?{options}", all())
}

/// A server with that many calls in January 2020, and a token.
pub(crate) async fn server_with(rows: u32) -> (TestServer, String) {
    let server = TestServer::start();
    server.load(LOG, &call_rows(0, rows, FROM));
    let token = server.token().await;
    (server, token)
}

/// The id of the call with that number.
pub(crate) fn id(number: u32) -> String {
    let row: Value = serde_json::from_str(&call_row(number, FROM)).unwrap();
    row["id"].as_str().unwrap().to_owned()
}

/// The call with that number of [`call_rows`] from [`FROM`] on, with another
/// duration.
pub(crate) fn changed(number: u32, duration: u32) -> String {
    let row = call_rows(0, number + 1, FROM).pop().unwrap();
    row.replace("\"duration\":5", &format!("\"duration\":{duration}"))
}

/// Erases rows, and tells how many.
pub(crate) fn erase(server: &TestServer, filter: &str) -> u64 {
    erase_in(server.engine.as_ref(), filter)
}

pub(crate) fn erase_in(engine: &dyn Engine, filter: &str) -> u64 {
    let filter = parse(filter, &LOG.shape(Version::V1), &|_| None).unwrap();
    let selection = Selection { filter: Some(filter), ..Selection::all(LOG, TimeRange::ALL) };
    engine.tenant(TENANT).erase(&Erasure { selection, what: Erase::Rows }).unwrap()
}

pub(crate) fn delta_link(page: &Answer) -> Option<String> {
    page.json()["@odata.deltaLink"].as_str().map(str::to_owned)
}

pub(crate) async fn preferring(server: &TestServer, target: &str, token: &str, prefer: &str) -> Answer {
    let page = server.request("GET", target).bearer(token).header("prefer", prefer).send().await;
    assert_eq!(page.status, 200, "{target}: {}", page.text());
    page
}

/// Walks with the preference in the first request alone. Gives the pages, and
/// the link that the last one must have.
pub(crate) async fn walk(server: &TestServer, target: &str, token: &str) -> (Vec<Answer>, String) {
    let first = preferring(server, target, token, TRACK).await;
    assert_eq!(first.header("preference-applied"), TRACK, "{target}");
    let mut pages = vec![first];
    if let Some(next) = pages[0].next_link() {
        pages.extend(server.walk(&next, token).await);
    }
    let link = delta_link(pages.last().unwrap()).unwrap_or_else(|| panic!("no link: {target}"));
    (pages, link)
}

/// What a delta link told, up to its end.
pub(crate) struct News {
    pub(crate) pages: Vec<Answer>,
    pub(crate) rows: Vec<Value>,
    /// Ids, with why.
    pub(crate) removed: Vec<(String, String)>,
    pub(crate) link: String,
}

pub(crate) async fn follow(server: &TestServer, link: &str, token: &str) -> News {
    let pages = server.walk(link, token).await;
    let (removed, rows): (Vec<Value>, Vec<Value>) =
        pages.iter().flat_map(Answer::rows).partition(|entry| entry.get("@removed").is_some());
    let removed = removed.iter().map(|gone| {
        // Its id, its time, and why.
        assert_eq!(gone.as_object().unwrap().len(), 3, "{gone}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&gone["id"]), text(&gone["@removed"]["reason"]))
    });
    let removed = removed.collect();
    let (last, others) = pages.split_last().unwrap();
    assert!(others.iter().all(|page| delta_link(page).is_none()), "a link before the end");
    let link = delta_link(last).unwrap();
    News { pages, rows, removed, link }
}

pub(crate) fn gone(number: u32, reason: &str) -> (String, String) {
    (id(number), reason.to_owned())
}

/// What is told of calls by their ids and durations.
pub(crate) fn durations(rows: &[Value]) -> Vec<(String, u64)> {
    rows.iter()
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row["duration"].as_u64().unwrap()))
        .collect()
}

pub(crate) fn hint(answer: &Answer) -> String {
    answer.json()["error"]["details"][0]["message"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn is_gone(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.code().as_deref()), (410, Some("syncStateNotFound")), "{what}");
    assert!(!hint(answer).is_empty(), "{what}: {}", answer.text());
    let start = format!("{PUBLIC_URL}{}", all());
    assert!(answer.header("location").starts_with(&start), "{what}: {}", answer.header("location"));
    assert!(!answer.header("location").contains("token"), "{what}");
    assert!(hint(answer).ends_with(": read everything again, from Location"), "{what}: {}", hint(answer));
}
