//! `/admin`.

use trunklog_identity::{FirstPassword, Grant, PersonRoles};
use trunklog_server::Settings;
use trunklog_testkit::{Browser, TENANT, TestServer};

use super::{LOG, OTHER, data, get_as, links, post, server, target, told};
use crate::people::{PASSWORD, is_in, sign_up};

fn admin() -> String {
    format!("administer@{TENANT}")
}

fn roles(grants: &[&str]) -> PersonRoles {
    grants.iter().map(|grant| grant.parse::<Grant>().unwrap()).collect()
}

fn add(server: &TestServer, name: &str, grants: &[&str]) {
    server.accounts().add(name, roles(grants), FirstPassword::Chosen(PASSWORD.to_owned())).unwrap();
}

#[tokio::test]
async fn only_administrators_get_in_and_they_need_no_calls() {
    // Nothing is stored yet.
    let empty = TestServer::start();
    for tab in ["", "?tab=people", "?tab=sessions", "?tab=tenants", "?tab=audit"] {
        let answer = get_as(&empty, &format!("/admin{tab}"), &admin()).await;
        assert_eq!(answer.status, 200, "{tab}: {}", answer.text());
    }
    assert_eq!(get_as(&empty, "/admin?tab=x", &admin()).await.status, 400);
    let server = server();
    for role in ["aggregates", "calls", "full-numbers", "export"] {
        let roles = [format!("{role}@{TENANT}"), format!("calls@{TENANT}")];
        let answer = server.request("GET", "/admin").signed_in(&[&roles[0], &roles[1]]).send().await;
        assert_eq!(answer.status, 403, "{role}");
        for change in ["roles", "remove", "end-session", "tenant"] {
            let fields =
                [("account", "ben"), ("role", "calls@*"), ("session", "x"), ("tenant", "x"), ("name", "x")];
            let answer = post(&server, &format!("/admin/{change}"), &fields, &[&roles[0], &roles[1]]).await;
            assert_eq!(answer.status, 403, "{role} {change}");
        }
    }
}

#[tokio::test]
async fn roles_are_set_within_the_tenant_and_told() {
    let server = server();
    let here = format!("calls@{TENANT}");
    add(&server, "ben", &[&here, &format!("calls@{OTHER}"), "aggregates@*"]);
    add(&server, "cem", &[&format!("calls@{OTHER}")]);
    let page = get_as(&server, "/admin", &admin()).await.text();
    assert!(page.contains("ben") && !page.contains("cem"), "{page}");
    assert!(page.contains("roles in other tenants") && !page.contains("calls@*"), "{page}");
    let export = format!("export@{TENANT}");
    let set = post(&server, "/admin/roles", &[("account", "ben"), ("role", &export)], &[&admin()]).await;
    assert_eq!(set.status, 303, "{}", set.text());
    assert_eq!(set.header("location"), "../admin?said=roles&tab=people");
    // What was not for this administrator to give stays.
    let expected = roles(&[&export, &format!("calls@{OTHER}"), "aggregates@*"]);
    assert_eq!(server.accounts().find("ben").unwrap().roles, expected);
    let said = get_as(&server, "/admin?said=roles&tab=people", &admin()).await.text();
    assert!(said.contains("The roles were set."), "{said}");
    let elsewhere = format!("calls@{OTHER}");
    for (account, role, status) in [
        ("ben", "calls@*", 403),
        ("ben", elsewhere.as_str(), 403),
        ("ben", "root@*", 400),
        ("cem", export.as_str(), 404),
    ] {
        let answer =
            post(&server, "/admin/roles", &[("account", account), ("role", role)], &[&admin()]).await;
        assert_eq!(answer.status, status, "{account} {role}: {}", answer.text());
    }
    assert_eq!(server.accounts().find("ben").unwrap().roles, expected);
    let entries = told(&server, "account.change").await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert!(entries[0].subject.as_deref().is_some_and(|subject| subject.starts_with("user:")), "{entries:?}");
    // Nobody else's page sends a form here.
    let foreign = server.request("POST", "/admin/roles").signed_in(&[&admin()]);
    let foreign = foreign.body(b"account=ben&role=calls%40*".to_vec()).send().await;
    assert_eq!(foreign.status, 403, "{}", foreign.text());
}

#[tokio::test]
async fn an_account_is_removed_by_who_administers_all_of_it() {
    let server = server();
    add(&server, "ben", &[&format!("calls@{TENANT}"), &format!("calls@{OTHER}")]);
    add(&server, "dora", &[&format!("calls@{TENANT}")]);
    let of_both = post(&server, "/admin/remove", &[("account", "ben")], &[&admin()]).await;
    assert_eq!(of_both.status, 403, "{}", of_both.text());
    let own = post(&server, "/admin/remove", &[("account", "dora")], &[&admin()]).await;
    assert_eq!(own.status, 303, "{}", own.text());
    assert!(server.accounts().find("dora").is_none() && server.accounts().find("ben").is_some());
    assert_eq!(told(&server, "account.remove").await.len(), 1);
    let none = post(&server, "/admin/roles", &[("account", "ben")], &["administer@*"]).await;
    // Roles for another tenant alone are left.
    assert_eq!(none.status, 303, "{}", none.text());
    assert_eq!(server.accounts().find("ben").unwrap().roles, roles(&[&format!("calls@{OTHER}")]));
}

#[tokio::test]
async fn a_session_is_ended_from_the_page() {
    let server = server();
    let mut browser = Browser::new(&server);
    sign_up(&mut browser, &server).await;
    assert!(is_in(&browser, &server));
    let page = get_as(&server, "/admin?tab=sessions", &admin()).await.text();
    assert!(page.contains("192.0.2.1") && page.contains("End session"), "{page}");
    let id = page.split("name=\"session\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for (session, status) in
        [("x", 404), ("0".repeat(64).as_str(), 404), (id.as_str(), 303), (id.as_str(), 404)]
    {
        let answer = post(&server, "/admin/end-session", &[("session", session)], &[&admin()]).await;
        assert_eq!(answer.status, status, "{session}: {}", answer.text());
    }
    assert!(!is_in(&browser, &server));
    assert_eq!(told(&server, "session.revoke").await.len(), 1);
}

#[tokio::test]
async fn a_person_changes_the_own_account_nowhere() {
    let server = server();
    add(&server, "anna@example.com", &["administer@*", "calls@*"]);
    let mut browser = Browser::new(&server);
    crate::people::set_up(&mut browser, &server).await;
    let page = browser.get("/admin").await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("This is you."), "{}", page.text());
    for (path, role) in [("/admin/roles", "calls@*"), ("/admin/remove", "")] {
        let answer = browser.post(path, &[("account", "Anna@Example.com"), ("role", role)]).await;
        assert_eq!(answer.status, 403, "{path}: {}", answer.text());
    }
    assert_eq!(
        server.accounts().find("anna@example.com").unwrap().roles,
        roles(&["administer@*", "calls@*"])
    );
}

#[tokio::test]
async fn tenants_have_names_and_zones() {
    let name_it = |settings: &mut Settings| {
        settings.tenant_names.insert(OTHER, "Fabrikam".to_owned());
    };
    let server = TestServer::builder().settings(name_it).start();
    for tenant in [TENANT, OTHER] {
        server.load_for(tenant, LOG, &[data::call(900, "2026-11-20T08:00:00Z")]);
    }
    let (here, all) = (TENANT.to_string(), ["administer@*", "calls@*"]);
    let on = &server;
    let set = move |tenant: String, name: &'static str| async move {
        let fields = [("tenant", tenant.as_str()), ("name", name)];
        post(on, &format!("/t/{TENANT}/admin/tenant"), &fields, &["administer@*", "calls@*"]).await.status
    };
    assert_eq!(set(here.clone(), " Contoso <Ltd> ").await, 303);
    let page =
        server.request("GET", &format!("/t/{TENANT}/admin?tab=tenants")).signed_in(&all).send().await.text();
    assert!(
        page.contains("Contoso &#60;Ltd&#62;") && page.contains("Fabrikam") && page.contains("UTC"),
        "{page}"
    );
    // The names are those of the navigation, too.
    let first = server.request("GET", &format!("/t/{OTHER}/")).signed_in(&all).send().await.text();
    assert!(first.contains(">Contoso &#60;Ltd&#62;</a>") && first.contains(">Fabrikam</a>"), "{first}");
    assert_eq!(set(OTHER.to_string(), "x").await, 403, "the settings name it");
    assert_eq!(set(here.clone(), "a\u{7}b").await, 400);
    assert_eq!(set("x".to_owned(), "x").await, 403);
    assert_eq!(set(here, "").await, 303);
    let first = server.request("GET", &format!("/t/{OTHER}/")).signed_in(&all).send().await.text();
    assert!(!first.contains("Contoso"), "{first}");
    assert_eq!(told(&server, "tenant.change").await.len(), 2);
    let elsewhere = format!("administer@{OTHER}");
    let answer =
        post(&server, "/admin/tenant", &[("tenant", &TENANT.to_string()), ("name", "x")], &[&elsewhere])
            .await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn the_trail_shows_pseudonyms_unless_names_are_asked_for() {
    let server = server();
    get_as(&server, "/usage?range=28d", &super::calls()).await;
    server.audited().await;
    server.clock.advance(jiff::SignedDuration::from_mins(1));
    let page = get_as(&server, "/admin?tab=audit", &admin()).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    assert!(text.contains("calls.read") && text.contains("user:"), "{text}");
    assert!(text.contains("<td>read calls</td>") && text.contains(">read a report</option>"), "{text}");
    // The reader's own name is in the head of the page alone.
    assert_eq!(text.to_lowercase().matches(">ada<").count(), 1, "{text}");
    let named = get_as(&server, "/admin?tab=audit&names=1&what=calls.read", &admin()).await.text();
    assert_eq!(named.to_lowercase().matches(">ada<").count(), 2, "{named}");
    let looked = told(&server, "audit.read").await;
    assert_eq!(looked.len(), 2, "{looked:?}");
    assert_eq!(looked[1].details["what"], "names");
    // What belongs to another tenant is not shown.
    let other = get_as(&server, "/admin?tab=audit", &format!("administer@{OTHER}")).await.text();
    assert!(!other.contains("pstnCalls") && !other.contains("directRoutingCalls"), "{other}");
    for wrong in ["what=everything", "before=x"] {
        assert_eq!(
            get_as(&server, &format!("/admin?tab=audit&{wrong}"), &admin()).await.status,
            400,
            "{wrong}"
        );
    }
    server.trail().close();
    assert_eq!(get_as(&server, "/admin?tab=audit&names=1", &admin()).await.status, 503);
    assert_eq!(get_as(&server, "/admin?tab=audit", &admin()).await.status, 200);
}

#[tokio::test]
async fn the_trail_says_in_words_how_calls_were_chosen() {
    let server = server();
    let list = get_as(&server, "/calls?range=7d&ends=missed", &super::calls()).await.text();
    let call = links(&list).into_iter().find(|link| link.starts_with("./calls/")).unwrap();
    get_as(&server, &target(&call), &super::calls()).await;
    get_as(&server, "/usage?range=7d&ends=unanswered&trunk=sbc2.contoso.example", &super::calls()).await;
    get_as(&server, "/failures/evidence?range=7d", &super::calls()).await;
    let read = told(&server, "calls.read").await;
    let ends: Vec<String> = read
        .iter()
        .map(|entry| entry.details.get("ends").map_or_else(String::new, ToString::to_string))
        .collect();
    assert_eq!(ends, ["[\"missed\"]", "", "[\"unanswered\"]", "[\"failed\"]"], "{read:?}");
    server.clock.advance(jiff::SignedDuration::from_mins(1));
    let text = get_as(&server, "/admin?tab=audit&range=24h", &admin()).await.text();
    for told in [
        "; missed calls; ",
        "; calls that were not answered, trunkFullyQualifiedDomainName; ",
        "; failed calls; ",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(text.contains("; all time; "), "a call is looked for at any time: {text}");
    assert!(!text.contains("if(") && !text.contains("0001-01-01") && !text.contains("9999-"), "{text}");
}
