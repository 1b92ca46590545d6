//! What clients can ask of a function: options, formats, preferences; and what
//! masks and retention keep from them.

mod data;
mod faults;
mod forms;
mod masks;
mod numbers;
mod options;
mod policy;
mod walks;

use trunklog_records::Log;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_testkit::{Answer, TestServer, call_path};

const LOG: &Log = &DIRECT_ROUTING_CALLS;

/// What a page says of its form unless a client wants another.
const MINIMAL: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

fn all() -> String {
    call_path("2020-01-01", "2020-02-01")
}

fn with(options: &str) -> String {
    format!("{}?{options}", all())
}

/// A server with the calls of [`data::calls`], and a token.
async fn server() -> (TestServer, String) {
    let server = TestServer::start();
    let token = load(&server).await;
    (server, token)
}

async fn load(server: &TestServer) -> String {
    let rows: Vec<String> = data::calls().iter().map(data::Call::json).collect();
    server.load(LOG, &rows);
    server.token().await
}

fn ids(pages: &[Answer]) -> Vec<String> {
    pages.iter().flat_map(Answer::ids).collect()
}

fn total(answer: &Answer) -> Option<u64> {
    answer.json()["@trunklog.totalCount"].as_u64()
}

fn context(answer: &Answer) -> String {
    answer.json()["@odata.context"].as_str().unwrap_or_default().to_owned()
}
