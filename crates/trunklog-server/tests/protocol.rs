//! Batches, limits on requests, methods, browsers, and what only a real socket
//! shows.

mod batches;
mod browsers;
mod limits;
mod methods;
mod wire;

use trunklog_records::Log;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_server::ThrottleLimits;
use trunklog_testkit::{TestServer, call_path, call_rows};

const LOG: &Log = &DIRECT_ROUTING_CALLS;

fn all() -> String {
    call_path("2020-01-01", "2020-02-01")
}

/// A server with three calls, and a token.
async fn start() -> (TestServer, String) {
    let server = TestServer::start();
    server.load(LOG, &call_rows(0, 3, "2020-01-01T00:00:00Z"));
    let token = server.token().await;
    (server, token)
}

/// A server that takes so many requests to a function in a minute.
async fn throttled(function: u32) -> (TestServer, String) {
    let limits = ThrottleLimits { function, ..ThrottleLimits::default() };
    let server = TestServer::builder().settings(|settings| settings.throttle = Some(limits)).start();
    let token = server.token().await;
    (server, token)
}
