//! The list of calls, and one call.

use trunklog_odata::Instant;
use trunklog_records::masking::Mask;
use trunklog_testkit::{Answer, TENANT, TestServer, form_encoded};

use super::{LOG, choices_and_figures, data, get, get_as, links, server};

/// The addresses of calls that a page lists, in their order.
fn listed(page: &str) -> Vec<String> {
    let own = links(page).into_iter().filter(|link| link.starts_with("./calls/"));
    own.map(|link| format!("/{}", link.trim_start_matches("./"))).collect()
}

/// The address of the next page; None on the last.
fn next(page: &str) -> Option<String> {
    let link = page.split("\" rel=\"next\"").next().filter(|before| before.len() < page.len())?;
    let link = link.rsplit("href=\"").next()?.replace("&#38;", "&");
    Some(format!("/{}", link.trim_start_matches("./")))
}

async fn ok(server: &TestServer, target: &str) -> String {
    let answer = get(server, target).await;
    assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    answer.text()
}

/// All calls of a list, page by page.
async fn walk(server: &TestServer, first: &str) -> Vec<String> {
    let mut calls = Vec::new();
    let mut target = Some(first.to_owned());
    while let Some(at) = target {
        let page = ok(server, &at).await;
        calls.extend(listed(&page));
        target = next(&page);
        assert!(calls.len() < 1_000, "{first}");
    }
    calls
}

#[tokio::test]
async fn the_list_has_the_calls_that_numbers_count() {
    let server = server();
    for (query, figures) in choices_and_figures(&server).await {
        let first = ok(&server, &format!("/calls?range=7d{query}")).await;
        let calls = walk(&server, &format!("/calls?range=7d{query}")).await;
        let told = format!("{} call{}", calls.len(), if calls.len() == 1 { "" } else { "s" });
        assert!(first.contains(&told), "{query}: {told}: {first}");
        assert_eq!(figures["attempts"].as_u64(), Some(calls.len() as u64), "{query}");
        let mut unique = calls.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), calls.len(), "{query}: each once");
        assert!(calls.is_sorted_by(|one, other| one >= other), "{query}: newest first");
    }
    // The number outside tells the country, which no property does.
    let of_country = walk(&server, "/calls?range=7d&country=FR").await;
    assert_eq!(of_country.len(), 200);
    assert_eq!(walk(&server, "/calls?range=7d&country=DE").await.len(), 0);
    let oldest = walk(&server, "/calls?range=7d&order=oldest").await;
    assert!(oldest.is_sorted(), "{oldest:?}");
}

#[tokio::test]
async fn a_list_goes_on_at_its_commit() {
    let server = server();
    let first = ok(&server, "/calls?range=7d").await;
    assert_eq!(listed(&first).len(), 50);
    let second = next(&first).unwrap();
    server.load(LOG, &[data::call(950, "2026-11-23T12:00:00Z"), data::call(951, "2026-11-20T12:00:01Z")]);
    let mut calls = listed(&first);
    let mut target = Some(second);
    while let Some(at) = target {
        let page = ok(&server, &at).await;
        assert!(page.contains("Newer calls came in") && !page.contains("counted anew"), "{page}");
        calls.extend(listed(&page));
        target = next(&page);
    }
    assert_eq!(calls.len(), 200, "without those that came meanwhile, each once");
    let anew = walk(&server, "/calls?range=7d").await;
    assert_eq!(anew.len(), 202);
}

#[tokio::test]
async fn wrong_places_columns_and_orders_are_refused() {
    let server = server();
    let page = ok(&server, "/calls?range=7d").await;
    let other = next(&page).unwrap().replace("commit=", "ends=failed&commit=");
    for (target, said) in [
        ("/calls?after=AAAA", "does not belong to this list"),
        (other.as_str(), "does not belong to this list"),
        ("/calls?columns=time,colour", "no column &#39;colour&#39;"),
        ("/calls?order=random", "no such order"),
    ] {
        let answer = get(&server, target).await;
        assert_eq!(answer.status, 400, "{target}");
        assert!(answer.text().contains(said), "{target}: {}", answer.text());
    }
    let sums = get_as(&server, "/calls", &format!("aggregates@{TENANT}")).await;
    assert_eq!(sums.status, 403);
}

#[tokio::test]
async fn numbers_are_masked_and_lead_to_their_calls_by_tokens() {
    let server = TestServer::builder().settings(|settings| settings.masks.others = Mask::NONE).start();
    server.load(LOG, &data::calls());
    let page = ok(&server, "/calls?range=7d").await;
    assert!(page.contains("****") && !page.contains("+33140000199"), "four digits are hidden at least");
    let full = [super::calls(), format!("full-numbers@{TENANT}")];
    let full: Vec<&str> = full.iter().map(String::as_str).collect();
    let page = server.request("GET", "/calls?range=7d").signed_in(&full).send().await.text();
    assert!(page.contains("+33140000199"), "{page}");
    let link = links(&page).into_iter().find(|link| link.contains("who=")).unwrap();
    assert!(!links(&page).iter().any(|link| link.contains("33140000")), "no number is in an address");
    let target = format!("/{}", link.trim_start_matches("./"));
    let narrowed = server.request("GET", &target).signed_in(&full).send().await;
    assert_eq!(narrowed.status, 200, "{}", narrowed.text());
}

#[tokio::test]
async fn a_search_on_the_list_stays_there() {
    let server = server();
    let form = format!("path=calls&state={}&who=000004", form_encoded("range=7d&columns=time,caller"));
    let found: Answer = server
        .request("POST", "/search")
        .signed_in(&[&super::calls(), &format!("full-numbers@{TENANT}")])
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .body(form.into_bytes())
        .send()
        .await;
    assert_eq!(found.status, 303, "{}", found.text());
    let place = found.header("location").to_owned();
    assert!(
        place.starts_with("./calls?") && place.contains("who=") && place.contains("columns=time,caller"),
        "{place}"
    );
}

#[tokio::test]
async fn a_call_is_told_with_what_to_do_about_it() {
    let server = server();
    let at = "2026-11-18T00:05:00Z";
    // Nobody took it, since the SBC was overloaded.
    let failed = data::call(960, at)
        .replace("\"finalSipCode\":480", "\"finalSipCode\":503")
        .replace("560480", "560503");
    server.load(LOG, &[failed]);
    let page = ok(&server, &format!("/calls/{at}/{}", data::id_of(960))).await;
    for told in [
        "Passed on into Teams",
        "Failed 503",
        "+8.000",
        "503-560503",
        "Correlation ID: ",
        "\"id\": \"",
        "1 call of this trunk",
    ] {
        let escaped = told.replace('"', "&#34;");
        assert!(page.contains(&escaped), "{told}: {page}");
    }
    assert!(
        !page.contains("+33140000960") && page.contains("****"),
        "masked in the JSON and in the text, too"
    );
    let list = links(&page).into_iter().find(|link| link.contains("calls?from=")).unwrap();
    let list = format!("/{}", list.trim_start_matches("../"));
    assert_eq!(walk(&server, &list).await.len(), 1, "{list}");
    let first = Instant::parse("2026-11-18T00:00:00Z").unwrap();
    for gone in [
        format!("/calls/{first}/none"),
        format!("/calls/yesterday/{}", data::id_of(0)),
        format!("/calls/2026-11-18T00:00:01Z/{}", data::id_of(0)),
    ] {
        assert_eq!(get(&server, &gone).await.status, 404, "{gone}");
    }
    let answered = first.saturating_add_ticks(40 * 60 * Instant::TICKS_PER_SEC);
    let page = ok(&server, &format!("/calls/{answered}/{}", data::id_of(1))).await;
    assert!(page.contains("Answered") && !page.contains("Similar failures"), "{page}");
}
