//! What the audit trail is told of pages: one entry of each that tells of persons,
//! numbers or calls.

use trunklog_audit::Entry;
use trunklog_testkit::{TENANT, TestServer};

use super::{calls, failures, get, links, post, server, told};

async fn entries(server: &TestServer) -> Vec<Entry> {
    let entries = server.audited().await.into_iter();
    entries.filter(|entry| entry.via.as_deref() == Some("pages")).collect()
}

/// What a page adds to the trail.
async fn added(server: &TestServer, target: &str) -> Vec<Entry> {
    let before = entries(server).await.len();
    let page = get(server, target).await;
    assert_eq!(page.status, 200, "{target}: {}", page.text());
    entries(server).await.split_off(before)
}

#[tokio::test]
async fn a_page_is_one_entry_if_it_tells_of_persons_or_calls() {
    let server = failures::server();
    for sums in
        ["/?range=7d", "/trunks?range=7d", "/failures?range=7d", "/destinations?range=7d", "/codes", "/help"]
    {
        let added = added(&server, sums).await;
        assert!(added.is_empty(), "{sums}: {added:?}");
    }
    let list = get(&server, "/calls?range=7d").await.text();
    let call = links(&list).into_iter().find(|link| link.starts_with("./calls/")).unwrap();
    for (target, what, of, rows) in [
        ("/users?range=7d", "report.read", "users", None),
        ("/numbers?range=7d", "report.read", "numbers", None),
        ("/calls?range=7d", "calls.read", "directRoutingCalls", Some(50)),
        ("/usage?range=7d", "calls.read", "directRoutingCalls", Some(100)),
        ("/failures/evidence?range=7d", "calls.read", "directRoutingCalls", Some(6)),
    ] {
        let added = added(&server, target).await;
        let [entry] = added.as_slice() else { panic!("{target}: {added:?}") };
        assert_eq!(
            (entry.what.as_str(), entry.of.as_deref(), entry.rows),
            (what, Some(of), rows),
            "{target}"
        );
        assert_eq!(entry.tenant, Some(TENANT.guid()), "{target}");
    }
    let one = added(&server, &super::target(&call)).await;
    assert_eq!(one.len(), 1, "{one:?}");
    assert!(one[0].what == "calls.read" && one[0].rows >= Some(1), "{one:?}");
}

/// A sum tells whether somebody called.
#[tokio::test]
async fn sums_about_somebody_are_told() {
    let server = server();
    let users = get(&server, "/users?range=7d").await.text();
    let one = links(&users).into_iter().find(|link| link.starts_with("./users?") && link.contains("who="));
    let one = one.unwrap();
    let query = one.split('?').nth(1).unwrap();
    let added = added(&server, &format!("/?{query}")).await;
    let [entry] = added.as_slice() else { panic!("{added:?}") };
    assert_eq!(entry.what, "report.read");
    // By which names, and never for whom.
    let filter = entry.filter.as_deref().unwrap();
    assert!(filter.contains("user") && !filter.contains("0000"), "{filter}");
}

#[tokio::test]
async fn a_change_of_trunks_is_told_before_it_is_made() {
    let server = server();
    let administer = format!("administer@{TENANT}");
    let reader = calls();
    let roles = [reader.as_str(), administer.as_str()];
    let change =
        |kind, value| [("do", "add"), ("trunk", "sbc1.contoso.example"), ("kind", kind), ("value", value)];
    for (kind, value, roles, status) in [
        ("name", "Berlin", &roles[..], 303),
        ("channels", "0", &roles[..], 400),
        ("name", "Bonn", &roles[..1], 403),
    ] {
        let answer = post(&server, "/trunks/change", &change(kind, value), roles).await;
        assert_eq!(answer.status, status, "{kind} {value}: {}", answer.text());
    }
    let entries = told(&server, "setting.change").await;
    let mut outcomes: Vec<Option<&str>> = entries.iter().map(|entry| entry.outcome.as_deref()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, [None, None, Some("failed"), Some("refused")], "{entries:?}");
    assert!(entries.iter().all(|entry| entry.of.as_deref() == Some("trunks")), "{entries:?}");

    server.trail().close();
    let unaudited = post(&server, "/trunks/change", &change("name", "Bonn"), &roles).await;
    assert_eq!(unaudited.status, 503, "{}", unaudited.text());
    let page = get(&server, "/trunks/sbc1.contoso.example").await.text();
    assert!(page.contains("Berlin") && !page.contains("Bonn"), "{page}");
}
