//! One masked number, shown for a reason.

use std::fs;

use jiff::SignedDuration;
use trunklog_records::masking::Mask;
use trunklog_server::{Reveals, RevealsPerHour, Settings};
use trunklog_testkit::{Answer, TENANT, TestServer};

use super::{LOG, calls, data, get, post, server, told};

const AT: &str = "2026-11-18T00:05:00Z";
const NUMBER: &str = "+33140000960";
const REASON: &str = "complaint of a subscriber";

fn call() -> String {
    format!("/calls/{AT}/{}", data::id_of(960))
}

/// A server that has that call, too.
fn with_call(server: TestServer) -> TestServer {
    server.load(LOG, &[data::call(960, AT)]);
    server
}

async fn ask(server: &TestServer, fields: &[(&str, &str)], roles: &[&str]) -> Answer {
    post(server, &format!("{}/reveal?range=28d", call()), fields, roles).await
}

/// What of a number the page of the call offers to show.
async fn offered(server: &TestServer) -> Vec<&'static str> {
    let page = get(server, &call()).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let is_offered = |party: &&str| text.contains(&format!("name=\"number\" value=\"{party}\""));
    ["caller", "callee"].into_iter().filter(is_offered).collect()
}

/// Which of the two numbers of the call is the one outside.
async fn outside(server: &TestServer) -> &'static str {
    let offered = offered(server).await;
    let [party] = offered.as_slice() else { panic!("{offered:?}") };
    *party
}

/// How often the trail has that somebody was refused. What is alike may be one entry.
async fn refusals(server: &TestServer) -> u64 {
    let entries = told(server, "number.reveal").await;
    assert!(entries.iter().all(|entry| entry.outcome.as_deref() == Some("refused")), "{entries:?}");
    entries.iter().map(|entry| entry.requests.unwrap_or(1)).sum()
}

#[tokio::test]
async fn a_number_is_shown_once_its_entry_is_written() {
    let server = with_call(server());
    let party = outside(&server).await;
    let page = get(&server, &call()).await;
    assert!(!page.text().contains(NUMBER), "{}", page.text());
    let shown = ask(&server, &[("number", party), ("reason", REASON)], &[&calls()]).await;
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert!(shown.text().contains(NUMBER), "{}", shown.text());
    assert!(shown.text().contains("range=28d"), "the way back keeps what was looked at");
    assert!(!shown.text().contains("subscriber"), "{}", shown.text());
    assert_eq!(shown.header("cache-control"), "no-store");
    let entries = told(&server, "number.reveal").await;
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.tenant, entry.of.as_deref()), (Some(TENANT.guid()), Some("directRoutingCalls")));
    assert_eq!(entry.details["number"], format!("{party}Number"));
    assert!(entry.who.as_deref().unwrap().starts_with("user:"), "{entry:?}");
    assert!(entry.subject.as_deref().unwrap().starts_with("number:"), "{entry:?}");
    // The reason is sealed, and the number a pseudonym.
    assert!(entry.reason.is_some(), "{entry:?}");
    for file in fs::read_dir(server.audit_folder()).unwrap() {
        let path = file.unwrap().path();
        let text = if path.is_file() { fs::read_to_string(path).unwrap_or_default() } else { String::new() };
        assert!(!text.contains("subscriber") && !text.contains("33140000960"), "{text}");
    }
    // Nothing of it stays: the page of the call is masked as before.
    assert!(!get(&server, &call()).await.text().contains(NUMBER));
}

#[tokio::test]
async fn without_a_reason_or_an_entry_nothing_is_shown() {
    let server = with_call(server());
    let party = outside(&server).await;
    let long = "x".repeat(501);
    for reason in ["", "  ", "...", long.as_str()] {
        let asked = ask(&server, &[("number", party), ("reason", reason)], &[&calls()]).await;
        assert_eq!(asked.status, 400, "{reason}: {}", asked.text());
        let text = asked.text();
        assert!(text.contains("at most 500 characters") && text.contains("name=\"reason\""), "{text}");
        assert!(!text.contains(NUMBER), "{text}");
    }
    for fields in [
        &[("number", party)][..],
        &[("reason", REASON)],
        &[("number", "both"), ("reason", REASON)],
        &[("number", party), ("number", party), ("reason", REASON)],
    ] {
        assert_eq!(ask(&server, fields, &[&calls()]).await.status, 400, "{fields:?}");
    }
    assert!(told(&server, "number.reveal").await.is_empty());

    server.trail().close();
    let unaudited = ask(&server, &[("number", party), ("reason", REASON)], &[&calls()]).await;
    assert_eq!(unaudited.status, 503, "{}", unaudited.text());
    assert!(unaudited.text().contains("nothing is revealed"), "{}", unaudited.text());
    assert!(
        !unaudited.text().contains(NUMBER) && !unaudited.text().contains("subscriber"),
        "{}",
        unaudited.text()
    );
}

#[tokio::test]
async fn only_who_reads_calls_is_shown_a_number_and_only_by_our_own_pages() {
    let server = with_call(server());
    let party = outside(&server).await;
    let fields = [("number", party), ("reason", REASON)];
    for role in ["aggregates", "administer"] {
        let refused = ask(&server, &fields, &[&format!("{role}@{TENANT}")]).await;
        assert_eq!(refused.status, 403, "{role}: {}", refused.text());
    }
    assert_eq!(refusals(&server).await, 2);
    let target = format!("{}/reveal", call());
    let foreign = server.request("POST", &target).signed_in(&[&calls()]);
    let body = format!("number={party}&reason=x").into_bytes();
    let foreign = foreign.header("sec-fetch-site", "cross-site").body(body).send().await;
    assert_eq!(foreign.status, 403, "{}", foreign.text());
    assert_eq!(get(&server, &target).await.status, 405);
    let nobody = server.request("POST", &target).header("sec-fetch-site", "same-origin").send().await;
    assert!(!nobody.text().contains(NUMBER) && nobody.status != 200, "{}", nobody.text());
    for other in [format!("/calls/{AT}/none/reveal"), format!("/calls/never/{}/reveal", data::id_of(960))] {
        assert_eq!(post(&server, &other, &fields, &[&calls()]).await.status, 404, "{other}");
    }
    // Who sees it anyway is led back, without an entry.
    let full = format!("full-numbers@{TENANT}");
    let back = ask(&server, &fields, &[&calls(), &full]).await;
    assert_eq!(back.status, 303, "{}", back.text());
    assert!(back.header("location").ends_with("?range=28d"), "{}", back.header("location"));
    assert_eq!(refusals(&server).await, 2);
}

#[tokio::test]
async fn within_an_hour_a_person_sees_so_many() {
    let few = |settings: &mut Settings| settings.reveals_per_hour = RevealsPerHour(3);
    let server = with_call(TestServer::builder().settings(few).start());
    let party = outside(&server).await;
    let fields = [("number", party), ("reason", REASON)];
    // What shows nothing counts nothing.
    assert_eq!(ask(&server, &[("number", party), ("reason", "")], &[&calls()]).await.status, 400);
    for _ in 0..3 {
        let shown = ask(&server, &fields, &[&calls()]).await;
        assert!(shown.status == 200 && shown.text().contains(NUMBER), "{}", shown.text());
    }
    server.clock.advance(SignedDuration::from_mins(20));
    let refused = ask(&server, &fields, &[&calls()]).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "2400"), "{}", refused.text());
    let text = refused.text();
    assert!(!text.contains(NUMBER) && text.contains("3 numbers") && text.contains("in 40 minutes"), "{text}");
    assert_eq!(refused.header("cache-control"), "no-store");
    let entries = told(&server, "number.reveal").await;
    let refusals = entries.iter().filter(|entry| entry.outcome.as_deref() == Some("refused"));
    assert_eq!(
        refusals.map(|entry| entry.why.as_deref()).collect::<Vec<_>>(),
        [Some("quota")],
        "{entries:?}"
    );
    assert_eq!(entries.len(), 4, "each that was shown has its own entry: {entries:?}");
    server.clock.advance(SignedDuration::from_mins(40));
    assert_eq!(ask(&server, &fields, &[&calls()]).await.status, 200);
}

#[tokio::test]
async fn an_operator_turns_it_off() {
    let server = TestServer::builder().settings(|settings| {
        settings.masks.others = Mask::hiding(6);
        settings.reveals = Reveals::Never;
    });
    let server = with_call(server.start());
    assert!(offered(&server).await.is_empty());
    for party in ["caller", "callee"] {
        let refused = ask(&server, &[("number", party), ("reason", REASON)], &[&calls()]).await;
        assert_eq!(refused.status, 403, "{}", refused.text());
        assert!(!refused.text().contains(NUMBER), "{}", refused.text());
    }
    assert_eq!(refusals(&server).await, 2);
}
