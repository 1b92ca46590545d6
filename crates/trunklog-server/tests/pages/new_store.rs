//! A store in which there is nothing yet, for who has roles for all tenants.

use trunklog_ledger::ExpectedSource;
use trunklog_testkit::{Answer, TENANT, TestServer};

use super::{LOG, OTHER, data, get, get_as};

/// The roles that the documentation gives to the first administrator.
const FIRST: [&str; 2] = ["administer@*", "calls@*"];

async fn read(server: &TestServer, target: &str, roles: &[&str]) -> Answer {
    server.request("GET", target).signed_in(roles).send().await
}

#[tokio::test]
async fn the_first_administrator_reads_what_to_do() {
    let server = TestServer::start();
    for target in ["/", "/calls", "/calls/2026-11-20T08:00:00Z/x", "/trunks", "/usage", "/data", "/admin"] {
        for roles in [&FIRST[..], &FIRST[..1], &FIRST[1..], &["aggregates@*"]] {
            let page = read(&server, target, roles).await;
            let text = page.text();
            assert_eq!(page.status, 200, "{target} {roles:?}: {text}");
            for told in ["Nothing is stored yet", "trunklog import --tenant TENANT PATH"] {
                assert!(text.contains(told), "{target} {roles:?}: {told}: {text}");
            }
            assert!(!text.contains("00000000-0000"), "it is nobody's: {text}");
        }
    }
    // What is of no tenant is there, and what is no page is not.
    for (target, said) in [("/help/ner", "Worked example"), ("/codes", "All key figures")] {
        let page = read(&server, target, &FIRST).await;
        assert!(page.status == 200 && page.text().contains(said), "{target}: {}", page.text());
    }
    assert_eq!(read(&server, "/calls/a/b/c", &FIRST).await.status, 404);
    assert_eq!(read(&server, &format!("/t/{TENANT}/"), &FIRST).await.status, 404);
    let posted = server.request("POST", "/trunks/change").signed_in(&FIRST).body(b"do=add".to_vec());
    assert_eq!(posted.send().await.status, 405, "there is no tenant to enter a trunk of");
    // Who may not read anything is told so still.
    for roles in [&["export@*"][..], &["full-numbers@*"], &[]] {
        let page = read(&server, "/", roles).await;
        assert_eq!(page.status, 403, "{roles:?}: {}", page.text());
    }
    // As soon as something is stored, it is there.
    server.load(LOG, &data::calls());
    let page = read(&server, "/", &FIRST).await.text();
    assert!(!page.contains("Nothing is stored yet") && page.contains("./calls"), "{page}");
}

#[tokio::test]
async fn tenants_are_known_by_what_is_to_come() {
    let source = |tenant| ExpectedSource {
        source: "pull/contoso".parse().unwrap(),
        tenant,
        logs: vec![LOG],
        every: None,
    };
    let pulled = TestServer::builder().settings(|settings| settings.sources = vec![source(TENANT)]).start();
    let imported = TestServer::builder().settings(|settings| settings.import_tenant = Some(TENANT)).start();
    for server in [&pulled, &imported] {
        let page = read(server, "/", &FIRST).await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(page.text().contains(&format!("trunklog import --tenant {TENANT}")), "{}", page.text());
        assert_eq!(read(server, "/data", &FIRST).await.status, 200);
        assert_eq!(read(server, "/admin", &FIRST).await.status, 200);
        assert_eq!(read(server, &format!("/t/{TENANT}/"), &FIRST).await.status, 200);
        // Nobody else learns of it.
        assert_eq!(get_as(server, &format!("/t/{TENANT}/"), &format!("calls@{OTHER}")).await.status, 404);
    }
    // Beside what is stored, it is one of several.
    pulled.load_for(OTHER, LOG, &[data::call(900, "2026-11-20T08:00:00Z")]);
    let page = read(&pulled, "/", &FIRST).await;
    assert_eq!((page.status, page.header("location")), (303, format!("./t/{TENANT}/").as_str()));
}

#[tokio::test]
async fn all_pages_without_calls_say_the_same_each_in_its_place() {
    let server = TestServer::start();
    for (target, place) in [
        ("/", "Health"),
        ("/calls", "Calls"),
        ("/trunks", "Trunks"),
        ("/failures", "Failures"),
        ("/failures/evidence", "Failures"),
        ("/users", "Users"),
        ("/numbers", "Numbers"),
        ("/destinations", "Destinations"),
        ("/usage", "Usage"),
    ] {
        let page = get(&server, target).await.text();
        assert!(page.contains("Nothing is stored yet"), "{target}: {page}");
        assert!(page.contains(&format!("aria-current=\"page\">{place}</a>")), "{target}: {page}");
        assert_eq!(page.matches("aria-current=\"page\"").count(), 1, "{target}: {page}");
    }
    // Trunks may be entered before any call.
    let (admin, calls) = (format!("administer@{TENANT}"), super::calls());
    let roles = [admin.as_str(), calls.as_str()];
    let page = read(&server, "/trunks", &roles).await.text();
    assert!(page.contains("Nothing is stored yet") && page.contains("show=inventory"), "{page}");
    let form = read(&server, "/trunks?show=inventory", &roles).await.text();
    assert!(form.contains("No trunks yet") && form.contains("trunks/change"), "{form}");
    assert!(!get(&server, "/trunks").await.text().contains("show=inventory"));
}
