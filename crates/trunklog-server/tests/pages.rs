//! The pages, as browsers get them.

mod admin;
mod calls;
mod data_page;
mod door;
mod exports;
mod failures;
mod health;
mod help;
mod lists;
mod new_store;
mod reveal;
mod search;
mod trail;
mod trunks;
mod usage;

use serde_json::Value;
use trunklog_audit::Entry;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, TenantId};
use trunklog_store::Clock;
use trunklog_store_kit::{Fixture, MemoryEngine};
use trunklog_testkit::{Answer, TENANT, TestServer, form_encoded};
use uuid::Uuid;

use crate::reports::data;

const LOG: &Log = &DIRECT_ROUTING_CALLS;

const OTHER: TenantId = TenantId::new(Uuid::from_u128(0x7e57_0000_0000_4000_8000_0000_0000_0002));

/// A server with calls of the week before its clock, stored a while ago.
fn server() -> TestServer {
    let clock = Clock::of(|| Instant::parse("2026-11-24T07:45:00Z").unwrap());
    let server = TestServer::builder().engine(MemoryEngine::new().open_with(clock)).start();
    server.load(LOG, &data::calls());
    server
}

/// The role for calls of [`TENANT`].
fn calls() -> String {
    format!("calls@{TENANT}")
}

/// Gets a page as a reader with that role.
async fn get_as(server: &TestServer, target: &str, role: &str) -> Answer {
    server.request("GET", target).signed_in(&[role]).send().await
}

/// Gets a page as a reader of calls.
async fn get(server: &TestServer, target: &str) -> Answer {
    get_as(server, target, &calls()).await
}

/// Gets a part of a page as htmx does.
async fn part(server: &TestServer, target: &str) -> Answer {
    server.request("GET", target).signed_in(&[&calls()]).header("hx-request", "true").send().await
}

/// Choices of the filter bar, and the same as filters of reports.
const CHOICES: [(&str, &str); 6] = [
    ("", ""),
    ("&direction=inbound", "direction eq 'inbound'"),
    ("&trunk=sbc2.contoso.example", "trunkFullyQualifiedDomainName eq 'sbc2.contoso.example'"),
    ("&ends=missed", "isMissed"),
    ("&code=480-560480", "finalSipCode eq 480 and callEndSubReason eq 560480"),
    ("&type=ByotOut", "callType eq 'ByotOut'"),
];

/// Each of the [`CHOICES`] as it is in an address, with the key figures that the API tells
/// of it.
async fn choices_and_figures(server: &TestServer) -> Vec<(&'static str, Value)> {
    let token = server.token().await;
    let mut told = Vec::new();
    for (query, filter) in CHOICES {
        let filter =
            if filter.is_empty() { String::new() } else { format!("&$filter={}", form_encoded(filter)) };
        let kpis = server.get(&format!("/reports/v1/kpis?range=7d{filter}"), &token).await;
        told.push((query, kpis.rows().remove(0)));
    }
    told
}

/// The addresses of a page's links, decoded from HTML.
fn links(page: &str) -> Vec<String> {
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.map(|link| link.replace("&#38;", "&")).collect()
}

/// A relative address of the first page as one of the server.
fn target(link: &str) -> String {
    format!("/{}", link.trim_start_matches("./"))
}

/// Sends a form of one of the server's own pages.
async fn post(server: &TestServer, target: &str, fields: &[(&str, &str)], roles: &[&str]) -> Answer {
    let form: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", form_encoded(value))).collect();
    let request = server.request("POST", target).signed_in(roles).header("sec-fetch-site", "same-origin");
    request.body(form.join("&").into_bytes()).send().await
}

/// What the audit trail says of one kind of act on pages.
async fn told(server: &TestServer, what: &str) -> Vec<Entry> {
    let entries = server.audited().await.into_iter();
    entries.filter(|entry| entry.what == what && entry.via.as_deref() == Some("pages")).collect()
}
