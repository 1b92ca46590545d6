//! What failed: its numbers are those of the reports, and the sheet has its calls.

use trunklog_testkit::{TENANT, TestServer};

use super::{LOG, calls, data, get, get_as, links, part};

/// Calls that failed, beside those of the week, which all were delivered.
const FAILED: [u32; 6] = [900, 905, 910, 915, 920, 925];

pub(super) fn server() -> TestServer {
    let server = super::server();
    server.load(LOG, &FAILED.map(failed));
    server
}

fn failed(number: u32) -> String {
    let call = data::call(number, &format!("2026-11-23T10:{:02}:00Z", number % 60));
    call.replace("\"finalSipCode\":480", "\"finalSipCode\":503").replace("560480", "560503")
}

fn aggregates() -> String {
    format!("aggregates@{TENANT}")
}

#[tokio::test]
async fn numbers_are_those_of_the_reports() {
    let server = server();
    let token = server.token().await;
    let reported = server.get("/reports/v1/failures?range=7d", &token).await;
    assert_eq!(reported.rows()[0]["failed"], 6, "{}", reported.text());
    let page = get(&server, "/failures?range=7d").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    for part in [
        "6 failed calls",
        "1 pair of codes",
        "1 of them new",
        "code=503-560503&#38;ends=sbcFault",
        "the SBC is overloaded",
        "23 Nov 2026",
        "./failures/evidence?",
        "<option value=\"sbc2.contoso.example\">",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Every second one is on the other trunk.
    let one = get(&server, "/failures?range=7d&trunk=sbc2.contoso.example").await.text();
    assert!(one.contains("3 failed calls"), "{one}");
    let none = get(&server, "/failures?from=2026-11-18&to=2026-11-20").await.text();
    assert!(none.contains("No call failed in this range."), "{none}");
    // No sums of failures are kept by country, so rows tell.
    let of_country = get(&server, "/failures?range=7d&country=FR").await.text();
    assert!(of_country.contains("6 failed calls"), "{of_country}");
    let elsewhere = get(&server, "/failures?range=7d&country=DE").await.text();
    assert!(elsewhere.contains("No call failed in this range."), "{elsewhere}");
    // Sums are for readers of sums, without a way to calls.
    let sums = get_as(&server, "/failures?range=7d", &aggregates()).await;
    assert_eq!(sums.status, 200);
    let links = links(&sums.text());
    assert!(sums.text().contains("6 failed calls"), "{}", sums.text());
    assert!(!links.iter().any(|link| link.contains("calls") || link.contains("evidence")), "{links:?}");
}

#[tokio::test]
async fn users_hit_come_with_a_part_of_their_own() {
    let server = server();
    let page = get(&server, "/failures?range=7d").await.text();
    let target = page.split("hx-get=\"./").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let causes = part(&server, &format!("/{target}")).await;
    assert_eq!(causes.status, 200, "{}", causes.text());
    let text = causes.text();
    assert!(text.starts_with("<section") && !text.contains("hx-get"), "{text}");
    let list = links(&text).into_iter().find(|link| link.starts_with("./users?")).unwrap();
    assert!(text.contains(">6</a>"), "six users were hit: {text}");
    // The list that the number opens has as many.
    let users = get(&server, &super::target(&list)).await;
    assert_eq!(users.status, 200, "{list}: {}", users.text());
    assert_eq!(users.text().matches("<th scope=\"row\"").count(), 6, "{}", users.text());
    // Without a script a link shows the same.
    let all = links(&page).into_iter().find(|link| link.contains("panels=all")).unwrap();
    let all = get(&server, &super::target(all.split('#').next().unwrap())).await.text();
    assert!(!all.contains("hx-get") && all.contains("./users?"), "{all}");
    assert_eq!(part(&server, "/failures?part=nothing").await.status, 400);
}

#[tokio::test]
async fn the_sheet_has_the_calls_as_the_reader_may_see_them() {
    let server = server();
    let target = "/failures/evidence?range=7d&code=503-560503";
    let masked = get(&server, target).await;
    assert_eq!(masked.status, 200, "{}", masked.text());
    let text = masked.text();
    assert!(text.contains("6 failed calls (n), 6 listed"), "{text}");
    for number in FAILED {
        assert!(text.contains(&data::id_of(number)), "{number}: {text}");
    }
    assert!(text.contains("+3314000****") && !text.contains("+33140000900"), "{text}");
    assert!(text.contains("the last 4 digits"), "{text}");
    assert!(text.contains("2026-11-23T10:25:00Z") && text.contains("last stored"), "{text}");
    assert!(!text.contains("User 4") && !text.contains("user4@"), "names stay here: {text}");
    let full = [calls(), format!("full-numbers@{TENANT}")];
    let full: Vec<&str> = full.iter().map(String::as_str).collect();
    let whole = server.request("GET", target).signed_in(&full).send().await.text();
    assert!(whole.contains("+33140000900") && !whole.contains("****"), "{whole}");
    // What was delivered is not on it.
    let delivered = get(&server, "/failures/evidence?range=7d&code=480").await.text();
    assert!(delivered.contains("0 failed calls (n), 0 listed"), "{delivered}");
    // No property tells a country: calls are looked at for it.
    let of_country = get(&server, "/failures/evidence?range=7d&country=FR").await;
    assert_eq!(of_country.status, 200, "{}", of_country.text());
    assert!(of_country.text().contains("6 failed calls (n), 6 listed"), "{}", of_country.text());
    let elsewhere = get(&server, "/failures/evidence?range=7d&country=DE").await.text();
    assert!(elsewhere.contains("0 failed calls (n), 0 listed"), "{elsewhere}");
    assert_eq!(get_as(&server, target, &aggregates()).await.status, 403);
    assert_eq!(get(&server, "/failures/everything").await.status, 404);
    assert_eq!(get(&server, "/failures/evidence?part=causes").await.status, 400);
}

#[tokio::test]
async fn a_long_list_says_that_it_is_one() {
    let server = super::server();
    let many: Vec<String> = (0..240).map(|at| failed(1_000 + at * 5)).collect();
    server.load(LOG, &many);
    let text = get(&server, "/failures/evidence?range=7d").await.text();
    assert!(text.contains("240 failed calls (n), 200 listed"), "{text}");
    assert!(text.contains("Only the newest calls are listed."), "{text}");
}
