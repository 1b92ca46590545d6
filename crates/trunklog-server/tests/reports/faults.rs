//! What goes wrong, always in the same form.

use std::sync::Arc;

use tokio::sync::Notify;
use trunklog_identity::Role;
use trunklog_odata::{Instant, Profile};
use trunklog_records::{Log, Rows};
use trunklog_reports::REPORTS;
use trunklog_server::ThrottleLimits;
use trunklog_store::{
    AppendCounts, Asker, ChangedBuckets, Changes, ChangesQuery, Erasure, Error, ErrorKind, OldRows, Page,
    PageQuery, Result, Selection, Store, Watermark,
};
use trunklog_testkit::{StandIn, TENANT, TestServer, form_encoded};

use super::{path, problem, server};

/// A store that can nothing, for that reason.
#[derive(Clone, Copy)]
struct Unwell(ErrorKind);

impl Unwell {
    fn why<T>(self) -> Result<T> {
        Err(Error::new(self.0, "the test's store is unwell"))
    }
}

impl Store for Unwell {
    fn append(&self, _: &Rows) -> Result<AppendCounts> {
        self.why()
    }
    fn page(&self, _: &PageQuery) -> Result<Page> {
        self.why()
    }
    fn count(&self, _: &Selection, _: Option<Watermark>) -> Result<u64> {
        self.why()
    }
    fn newest(&self) -> Result<Watermark> {
        self.why()
    }
    fn commit_time(&self, _: Watermark) -> Result<Option<Instant>> {
        self.why()
    }
    fn row(&self, _: &'static Log, _: Instant, _: &str) -> Result<Option<Rows>> {
        self.why()
    }
    fn changed_buckets(&self, _: &'static Log, _: Watermark) -> Result<ChangedBuckets> {
        self.why()
    }
    fn changes(&self, _: &ChangesQuery) -> Result<Changes> {
        self.why()
    }
    fn erase(&self, _: &Erasure) -> Result<u64> {
        self.why()
    }
    fn forget(&self, _: &'static Log, _: Instant) -> Result<u64> {
        self.why()
    }
    fn forgettable(&self, _: &'static Log, _: Instant) -> Result<OldRows> {
        self.why()
    }
}

#[tokio::test]
async fn every_error_is_a_problem() {
    let (server, token) = server().await;
    let call = path(REPORTS.iter().find(|report| report.takes.call).unwrap());
    for (method, target, status) in [
        ("GET", "/reports", 404),
        ("GET", "/reports/v2/kpis", 404),
        ("GET", "/reports/v1/nothing", 404),
        ("GET", "/reports/v1/kpis/more", 404),
        ("GET", "/reports/v1/call", 404),
        ("GET", "/reports/v1/calls/2026-03-02T09:41:25.125Z/unknown", 404),
        ("GET", "/reports/v1/calls/2026-03-02T09:41:26Z/9c4984c7-6c3c-427d-a30c-bd0b2eacee90", 404),
        ("GET", "/reports/v1/calls/soon/x", 400),
        ("GET", "/reports/v1/calls/%ff/x", 400),
        ("GET", "/reports/v1/kpis?zone=%ff", 400),
        ("GET", "/reports/v1/kpis?format=xml", 400),
        ("POST", "/reports/v1/kpis", 405),
        ("DELETE", "/reports/v1/", 405),
        ("PUT", "/reports/nothing", 405),
    ] {
        let answer = server.request(method, target).bearer(&token).send().await;
        let (found, detail, hint) = problem(&answer);
        assert_eq!(found, status, "{method} {target}");
        assert!(!detail.is_empty() && (status == 405 || !hint.is_empty()), "{target}: {}", answer.text());
        if status == 405 {
            assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS", "{target}");
        }
    }
    for target in ["/reports/v1/kpis", "/reports/v1/usage", call.as_str()] {
        let nobody = server.request("GET", target).send().await;
        assert_eq!(problem(&nobody).0, 401, "{target}");
        assert!(nobody.header("www-authenticate").starts_with("Bearer "), "{target}");
        assert_eq!(problem(&server.get(target, "no.token.really").await).0, 401, "{target}");
        let picky = server.request("GET", target).bearer(&token).header("accept", "image/png").send().await;
        assert_eq!(problem(&picky).0, 406, "{target}");
    }
    let long = format!("/reports/v1/kpis?by={}", "x".repeat(20_000));
    assert_eq!(problem(&server.get(&long, &token).await).0, 414);
    let fat = server.request("GET", "/reports/v1/kpis").bearer(&token).header("x-fat", &"x".repeat(20_000));
    assert_eq!(problem(&fat.send().await).0, 431);
    let body = server.request("POST", "/reports/v1/kpis").bearer(&token).body(vec![b'x'; 300_000]);
    assert_eq!(problem(&body.send().await).0, 413);
    let nameless = server.request("GET", "/reports/v1/kpis").bearer(&token).without_host().send().await;
    assert_eq!(problem(&nameless).0, 400);
    let options = server.request("OPTIONS", "/reports/v1/kpis").send().await;
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, OPTIONS"));
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let (server, token) = server().await;
    for (query, named) in [
        ("zone=Berlin", "zone"),
        ("range=7", "range"),
        ("range=7d&to=2026-11-20", "range"),
        ("from=2026-11-20&to=2026-11-19", "from"),
        ("from=2026-11-32", "from"),
        ("bucket=hours", "bucket"),
        ("bucket=minute&from=2020-01-01", "bucket"),
        ("by=colour", "by"),
        ("compare=never", "compare"),
        ("channels=yes", "channels"),
        ("top=5", "top"),
        ("bucket=day&bucket=hour", "bucket"),
        ("fliter=true", "fliter"),
        ("$select=id", "$select"),
        ("$filter=", "$filter"),
    ] {
        let (status, detail, hint) = problem(&server.get(&format!("/reports/v1/kpis?{query}"), &token).await);
        assert_eq!(status, 400, "{query}: {detail}");
        assert!(detail.starts_with(&format!("{named}: ")) && !hint.is_empty(), "{query}: {detail} ({hint})");
    }
    for filter in ["duration gt", "nothing eq 1", "class eq 'sbcFaults'", "direction eq 1"] {
        let target = format!("/reports/v1/kpis?$filter={}", form_encoded(filter));
        let (status, detail, _) = problem(&server.get(&target, &token).await);
        assert_eq!(status, 400, "{filter}: {detail}");
    }
    // What a report does not take is refused, never ignored.
    for report in REPORTS {
        for name in
            ["bucket=day", "by=trunk", "compare=week", "top=1", "users=true", "channels=true", "$filter=true"]
        {
            let key = name.split('=').next().unwrap();
            let takes = &report.takes;
            let is_taken = match key {
                "bucket" => takes.buckets != trunklog_reports::Buckets::None,
                "by" => takes.by.iter().any(|dimension| dimension.key() == "trunk"),
                "compare" => takes.compare,
                "top" => takes.top.is_some(),
                "$filter" => takes.filter,
                extra => takes.extras.iter().any(|known| known.key() == extra),
            };
            let target = format!("{}?{name}", path(report));
            let answer = server.get(&target, &token).await;
            assert_eq!(answer.status, if is_taken { 200 } else { 400 }, "{target}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn what_a_store_cannot_is_told() {
    for (kind, status) in [
        (ErrorKind::Recovering, 503),
        (ErrorKind::OutOfMemory, 503),
        (ErrorKind::TooSlow, 400),
        (ErrorKind::TooMany, 400),
        (ErrorKind::Corrupt, 500),
        (ErrorKind::Other, 500),
    ] {
        let server = TestServer::builder().engine(StandIn::new(move || Arc::new(Unwell(kind)))).start();
        let token = server.token().await;
        for target in ["/reports/v1/kpis", "/reports/v1/usage"] {
            let answer = server.get(target, &token).await;
            assert_eq!(problem(&answer).0, status, "{kind:?} {target}");
            assert_eq!(!answer.header("retry-after").is_empty(), status == 503, "{kind:?} {target}");
            assert!(!answer.text().contains("unwell"), "{}", answer.text());
        }
    }
}

/// A store that answers as long as nobody has left.
struct Patient {
    asked: Arc<Notify>,
    ended: Arc<Notify>,
}

impl Store for Patient {
    fn append(&self, _: &Rows) -> Result<AppendCounts> {
        Unwell(ErrorKind::Other).why()
    }
    fn page(&self, _: &PageQuery) -> Result<Page> {
        Unwell(ErrorKind::Other).why()
    }
    fn count(&self, _: &Selection, _: Option<Watermark>) -> Result<u64> {
        Unwell(ErrorKind::Other).why()
    }
    fn newest(&self) -> Result<Watermark> {
        self.asked.notify_one();
        while Asker::check().is_ok() {
            std::thread::yield_now();
        }
        self.ended.notify_one();
        Unwell(ErrorKind::Other).why()
    }
    fn commit_time(&self, _: Watermark) -> Result<Option<Instant>> {
        Unwell(ErrorKind::Other).why()
    }
    fn row(&self, _: &'static Log, _: Instant, _: &str) -> Result<Option<Rows>> {
        Unwell(ErrorKind::Other).why()
    }
    fn changed_buckets(&self, _: &'static Log, _: Watermark) -> Result<ChangedBuckets> {
        Unwell(ErrorKind::Other).why()
    }
    fn changes(&self, _: &ChangesQuery) -> Result<Changes> {
        Unwell(ErrorKind::Other).why()
    }
    fn erase(&self, _: &Erasure) -> Result<u64> {
        Unwell(ErrorKind::Other).why()
    }
    fn forget(&self, _: &'static Log, _: Instant) -> Result<u64> {
        Unwell(ErrorKind::Other).why()
    }
    fn forgettable(&self, _: &'static Log, _: Instant) -> Result<OldRows> {
        Unwell(ErrorKind::Other).why()
    }
}

#[tokio::test]
async fn a_question_ends_with_its_client() {
    let (asked, ended) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let store = {
        let (asked, ended) = (Arc::clone(&asked), Arc::clone(&ended));
        move || -> Arc<dyn Store> {
            Arc::new(Patient { asked: Arc::clone(&asked), ended: Arc::clone(&ended) })
        }
    };
    let server = TestServer::builder().engine(StandIn::new(store)).start();
    let token = server.token().await;
    for target in ["/reports/v1/kpis", "/reports/v1/pstnCalls", "/reports/v1/usage"] {
        tokio::select! {
            answer = server.get(target, &token) => panic!("{target}: {}", answer.text()),
            () = asked.notified() => {}
        }
        // The client is gone with the request.
        ended.notified().await;
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_and_tells_nothing() {
    let server =
        TestServer::builder().engine(StandIn::new(|| panic!("the test's engine always panics"))).start();
    let token = server.token().await;
    let answer = server.get("/reports/v1/kpis", &token).await;
    assert_eq!(problem(&answer).0, 500);
    assert!(!answer.text().contains("engine"), "{}", answer.text());
}

#[tokio::test]
async fn reports_are_throttled_each_by_itself() {
    let limits = ThrottleLimits { function: 2, ..ThrottleLimits::default() };
    let server = TestServer::builder().settings(|settings| settings.throttle = Some(limits)).start();
    let token = server.token_of(TENANT, &[Role::CallRecordsReadAll]).await;
    for target in ["/reports/v1/kpis", "/reports/v1/usage"] {
        // A fault of the client's is no reason to count.
        assert_eq!(problem(&server.get(&format!("{target}?x=1"), &token).await).0, 400);
        for status in [200, 200, 429] {
            let answer = server.get(target, &token).await;
            assert_eq!(answer.status, status, "{target}: {}", answer.text());
            assert_eq!(answer.header("retry-after"), if status == 429 { "60" } else { "" }, "{target}");
        }
        assert_eq!(problem(&server.get(target, &token).await).0, 429);
    }
}

#[tokio::test]
async fn a_strict_server_has_none() {
    let server = TestServer::builder().profile(Profile::Strict).start();
    let token = server.token().await;
    for target in ["/reports", "/reports/v1", "/reports/v1/kpis", "/openapi/reports-v1.json"] {
        let answer = server.get(target, &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{target}");
    }
    let long = server.get(&format!("/reports/v1/kpis?by={}", "x".repeat(20_000)), &token).await;
    assert_eq!((long.status, long.code().as_deref()), (414, Some("UriTooLong")));
}
