//! The feed for Power BI and Excel, as it goes over the wire.

mod access;
mod data;
mod describe;
mod pages;
mod power_query;
mod sums;

use jiff::tz::TimeZone;
use serde_json::Value;
use trunklog_records::Log;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_testkit::{Answer, Builder, PUBLIC_URL, TestServer};

const LOG: &Log = &DIRECT_ROUTING_CALLS;

/// The zone of the tenant that tests read as, unless they say otherwise.
const ZONE: &str = "Europe/Berlin";

const SETS: [&str; 8] =
    ["calls", "pstnCalls", "smsMessages", "trunkHours", "usageByDay", "endReasons", "destinations", "users"];

fn builder() -> Builder {
    TestServer::builder().settings(|settings| settings.zones.others = TimeZone::get(ZONE).unwrap())
}

/// A server with the calls of [`data::calls`], and a token.
async fn server() -> (TestServer, String) {
    let server = builder().start();
    server.load(LOG, &data::calls());
    let token = server.token().await;
    (server, token)
}

/// The entities of all pages.
async fn all(server: &TestServer, target: &str, token: &str) -> Vec<Value> {
    server.walk(target, token).await.iter().flat_map(Answer::rows).collect()
}

/// What an error says to the client: status, code and hint.
fn fault(answer: &Answer) -> (u16, String, String) {
    let json = answer.json();
    assert_eq!(answer.header("odata-version"), "4.0", "{}", answer.text());
    let hint = json["error"]["details"][0]["message"].as_str().unwrap_or_default();
    (answer.status, answer.code().unwrap_or_default(), hint.to_owned())
}

/// A number of an entity, whatever its type is.
fn number(entity: &Value, name: &str) -> f64 {
    entity[name].as_f64().unwrap_or_else(|| panic!("{name} of {entity}"))
}

/// The sum of a property.
fn sum(entities: &[Value], name: &str) -> f64 {
    entities.iter().map(|entity| number(entity, name)).sum()
}

fn context(set: &str) -> String {
    format!("{PUBLIC_URL}/odata/$metadata#{set}")
}
