//! The reports, as they go over the wire.
//!
//! Most of it holds for every report and goes over their table; what the numbers
//! are is tested where they are made.

mod access;
mod answers;
pub(crate) mod data;
mod faults;
mod logs;
mod openapi;
mod sources;
mod usage;

use trunklog_records::Log;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::{REPORTS, Report};
use trunklog_testkit::{Answer, TestServer};

const LOG: &Log = &DIRECT_ROUTING_CALLS;

/// A server with the calls of [`data::calls`], and a token.
async fn server() -> (TestServer, String) {
    let server = TestServer::start();
    server.load(LOG, &data::calls());
    let token = server.token().await;
    (server, token)
}

/// The path of a report; of one about a call that of [`data::CALL`].
fn path(report: &Report) -> String {
    let [time, id] = data::CALL;
    if report.takes.call {
        format!("/reports/v1/calls/{time}/{id}")
    } else {
        format!("/reports/v1/{}", report.key)
    }
}

fn find(key: &str) -> &'static Report {
    REPORTS.iter().find(|report| report.key == key).unwrap_or_else(|| panic!("there is no report {key}"))
}

/// What an error says: status, detail and hint.
fn problem(answer: &Answer) -> (u16, String, String) {
    let what = answer.text();
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    let json = answer.json();
    assert_eq!(json["type"], "about:blank", "{what}");
    assert_eq!(json["status"], answer.status, "{what}");
    assert_eq!(json["requestId"], answer.header("request-id"), "{what}");
    assert!(json["title"].as_str().is_some_and(|title| !title.is_empty()), "{what}");
    let text = |member: &str| json[member].as_str().unwrap_or_default().to_owned();
    (answer.status, text("detail"), text("hint"))
}
