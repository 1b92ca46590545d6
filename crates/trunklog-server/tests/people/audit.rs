use std::fs;

use trunklog_testkit::{Browser, OidcProvider, TestServer};

use super::{NAME, PASSWORD, add_account, set_up};

/// What the trail says of people: what was done, by which kind of one, and why not.
async fn told(server: &TestServer) -> Vec<(String, String, Option<String>)> {
    let entries = server.audited().await;
    let of_pages = entries.into_iter().filter(|entry| entry.via.as_deref() == Some("pages"));
    let kind = |who: &str| who.split(':').next().unwrap_or_default().to_owned();
    of_pages.map(|entry| (entry.what, kind(entry.who.as_deref().unwrap_or_default()), entry.why)).collect()
}

fn entry(what: &str, who: &str, why: Option<&str>) -> (String, String, Option<String>) {
    (what.to_owned(), who.to_owned(), why.map(str::to_owned))
}

#[tokio::test]
async fn each_sign_in_is_told_and_nobody_is_named() {
    let server = TestServer::start();
    add_account(&server);
    let mut browser = Browser::new(&server);
    browser.post("/sign-in", &[("name", "nobody@example.com"), ("password", "a guess of mine")]).await;
    let mut expected = vec![entry("sign-in", "unknown", Some("wrong password"))];
    assert_eq!(told(&server).await, expected);
    browser.post("/sign-in", &[("name", NAME), ("password", "a guess of mine")]).await;
    expected.push(entry("sign-in", "user", Some("wrong password")));
    assert_eq!(told(&server).await, expected);
    // The first app is set up within a sign-in, which may fail there.
    browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
    browser.post("/sign-in/set-up", &[("code", "no code")]).await;
    expected.push(entry("sign-in", "user", Some("wrong code")));
    assert_eq!(told(&server).await, expected);
    set_up(&mut browser, &server).await;
    expected.push(entry("sign-in", "user", None));
    assert_eq!(told(&server).await, expected);
    browser.post("/sign-out", &[]).await;
    expected.push(entry("sign-out", "user", None));
    assert_eq!(told(&server).await, expected);
    browser.post("/sign-in", &[("name", NAME), ("password", PASSWORD)]).await;
    browser.post("/sign-in/totp", &[("code", "no code")]).await;
    expected.push(entry("sign-in", "user", Some("wrong code")));
    assert_eq!(told(&server).await, expected);
    for file in fs::read_dir(server.audit_folder()).unwrap() {
        let path = file.unwrap().path();
        let text = if path.is_file() { fs::read_to_string(path).unwrap_or_default() } else { String::new() };
        assert!(!text.contains(NAME) && !text.contains("nobody@") && !text.contains(PASSWORD), "{text}");
    }
}

/// A provider's people may be called as somebody with an account is.
#[tokio::test]
async fn people_of_one_name_are_told_apart_by_their_sessions() {
    let provider = OidcProvider::start().await;
    let server = TestServer::builder()
        .provider(provider.settings("contoso", &[("Readers", &["administer@*"])]))
        .start();
    add_account(&server);
    let mut own = Browser::new(&server);
    set_up(&mut own, &server).await;
    let mut other = Browser::new(&server);
    let answer = other.get("/sign-in/oidc/contoso/start").await;
    assert_eq!(other.get(&provider.approve(answer.header("location"))).await.status, 303);
    other.post("/sign-out", &[]).await;
    let mut entries = server.audited().await;
    entries.retain(|entry| entry.via.as_deref() == Some("pages"));
    let [own, other, out] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((own.what.as_str(), other.what.as_str()), ("sign-in", "sign-in"));
    assert_eq!(out.what, "sign-out");
    assert_eq!(own.who, other.who, "both are called {NAME}");
    assert!(own.details.contains_key("account") && !other.details.contains_key("account"), "{entries:?}");
    assert_eq!(other.details["by"], "provider");
    assert_ne!(own.details["session"], other.details["session"]);
    assert_eq!(out.details["session"], other.details["session"]);
}

#[tokio::test]
async fn who_gets_nothing_by_a_provider_is_told() {
    let provider = OidcProvider::start().await;
    let server = TestServer::builder()
        .provider(provider.settings("contoso", &[("Admins", &["administer@*"])]))
        .start();
    let mut browser = Browser::new(&server);
    let answer = browser.get("/sign-in/oidc/contoso/start").await;
    let back = provider.approve(answer.header("location"));
    assert_eq!(browser.get(&back).await.status, 403);
    // Again is nothing that the provider said.
    assert_eq!(browser.get(&back).await.status, 400);
    assert_eq!(told(&server).await, [entry("sign-in", "unknown", Some("no role"))]);
}
