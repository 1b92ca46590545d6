//! Whom a reader looks for: posted, and a token in the address.

use trunklog_records::masking::Mask;
use trunklog_testkit::{Answer, Browser, TENANT, TestServer, form_encoded};

use super::{LOG, data, get, get_as, server, target};

async fn search(server: &TestServer, role: &str, who: &str, state: &str) -> Answer {
    let form = format!("path=&state={}&who={}", form_encoded(state), form_encoded(who));
    server
        .request("POST", "/search")
        .signed_in(&[role])
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(form.into_bytes())
        .send()
        .await
}

#[tokio::test]
async fn a_number_becomes_a_token() {
    let server = server();
    let calls = super::calls();
    let found = search(&server, &calls, "+33140000004", "range=7d&trunk=sbc1.contoso.example").await;
    assert_eq!(found.status, 303, "{}", found.text());
    let place = found.header("location").to_owned();
    assert!(place.starts_with("./?range=7d") || place.starts_with("./?trunk="), "{place}");
    assert!(!place.contains("3314") && place.contains("who="), "{place}");
    let full = [calls.clone(), format!("full-numbers@{TENANT}")];
    let full: Vec<&str> = full.iter().map(String::as_str).collect();
    let page = server.request("GET", &target(&place)).signed_in(&full).send().await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains(">1 call</a>") && page.text().contains("+33140000004"), "{}", page.text());
    // Who searches again gets the same token, so that addresses stay the same.
    let again = search(&server, &calls, "+33140000004", "range=7d&trunk=sbc1.contoso.example").await;
    assert_eq!(again.header("location"), place);
    // A colleague who may not see all digits is told none that are hidden, and
    // learns nothing of whose number it is.
    let masked = get(&server, &target(&place)).await;
    assert_eq!(masked.status, 200, "{}", masked.text());
    assert!(!masked.text().contains("40000004") && masked.text().contains("****"), "{}", masked.text());
    // Of another tenant it is no token.
    let wrong = get_as(&server, &target(&place), &format!("calls@{}", super::OTHER)).await;
    assert_eq!(wrong.status, 400, "{}", wrong.text());
    let broken = get(&server, "/?who=AAAA").await;
    assert_eq!(broken.status, 400);
    assert!(broken.text().contains("search for the person"), "{}", broken.text());
}

/// Who may not see all digits of a link could search for one number after the other
/// until the address is the same.
#[tokio::test]
async fn nobody_finds_out_by_searching_what_is_in_anothers_link() {
    let server = server();
    let found = search(&server, &super::calls(), "+33140000004", "range=7d").await;
    let token = |answer: &Answer| answer.header("location").split("who=").nth(1).unwrap().to_owned();
    let mut browser = Browser::new(&server);
    crate::people::sign_up(&mut browser, &server).await;
    let fields = [("path", ""), ("state", "range=7d"), ("who", "+33140000004")];
    let again = browser.post("/search", &fields).await;
    assert_eq!(again.status, 303, "{}", again.text());
    assert_ne!(token(&again), token(&found));
    // Both lead to the same calls.
    for answer in [&found, &again] {
        let page = get(&server, &target(answer.header("location"))).await;
        assert_eq!(page.status, 200, "{}", page.text());
    }
}

#[tokio::test]
async fn a_person_is_found_by_a_part_of_the_name() {
    let server = server();
    let found = search(&server, &super::calls(), "USER 3", "range=7d").await;
    let place = found.header("location").to_owned();
    let page = get(&server, &target(&place)).await;
    // One in seven of 200 calls.
    assert!(
        page.text().contains(">29 calls</a>") || page.text().contains(">28 calls</a>"),
        "{}",
        page.text()
    );
    let nobody = search(&server, &super::calls(), " ", "range=7d").await;
    assert_eq!((nobody.status, nobody.header("location")), (303, "./"));
}

#[tokio::test]
async fn only_readers_of_calls_search_and_only_from_our_pages() {
    let server = server();
    let sums = format!("aggregates@{TENANT}");
    assert_eq!(search(&server, &sums, "x", "").await.status, 403);
    let link = search(&server, &super::calls(), "Ada", "").await.header("location").to_owned();
    assert_eq!(
        get_as(&server, &target(&link), &sums).await.status,
        403,
        "a sum tells whether a person called"
    );
    let foreign = server
        .request("POST", "/search")
        .signed_in(&[&super::calls()])
        .header("sec-fetch-site", "cross-site")
        .body(b"who=x".to_vec())
        .send()
        .await;
    assert_eq!(foreign.status, 403);
    assert_eq!(get(&server, "/search").await.status, 405);
}

#[tokio::test]
async fn masks_of_people_hide_four_digits_at_least() {
    let server = TestServer::builder().settings(|settings| settings.masks.others = Mask::hiding(2)).start();
    server.load(LOG, &data::calls());
    let found = search(&server, &super::calls(), "00000004", "range=7d").await;
    let page = get(&server, &target(found.header("location"))).await;
    assert!(page.text().contains(">0 calls</p>"), "hidden digits find nothing: {}", page.text());
    assert!(!page.text().contains("00000004"), "{}", page.text());
}
