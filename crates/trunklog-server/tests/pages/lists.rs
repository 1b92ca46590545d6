//! Users, numbers and destinations: each leads to the calls that it counts, by a
//! token.

use trunklog_odata::Instant;
use trunklog_testkit::{TENANT, TestServer};

use super::{LOG, calls, data, get, get_as, links, server, target};

/// The links with a token on a page, to a list or to calls.
fn tokens(page: &str, path: &str) -> Vec<String> {
    let start = format!("./{path}?");
    links(page).into_iter().filter(|link| link.starts_with(&start) && link.contains("who=")).collect()
}

/// How many calls the first page counts for a link.
async fn counted(server: &TestServer, link: &str) -> i64 {
    let query = link.split('?').nth(1).unwrap();
    let page = get(server, &format!("/?{query}")).await;
    assert_eq!(page.status, 200, "{link}: {}", page.text());
    let text = page.text();
    let ends = text.split("</a>").filter_map(|before| before.rsplit('>').next());
    let mut counts = ends.filter_map(|told| {
        let count = told.strip_suffix(" calls").or_else(|| told.strip_suffix(" call"))?;
        count.replace(',', "").parse().ok()
    });
    counts.next().unwrap()
}

#[tokio::test]
async fn users_lead_to_their_calls() {
    let server = server();
    let token = server.token().await;
    let page = get(&server, "/users?range=7d").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let reported = server.get("/reports/v1/users?range=7d", &token).await;
    assert_eq!(reported.rows().len(), 7);
    for row in reported.rows() {
        let (name, attempts) = (row["displayName"].as_str().unwrap(), row["attempts"].as_i64().unwrap());
        assert!(
            text.contains(&format!(">{name}</a>")) && text.contains(&format!(">{attempts}</a>")),
            "{row}: {text}"
        );
        let id = row["user"].as_str().unwrap();
        assert!(!text.contains(id), "addresses have no ids: {text}");
    }
    let alone = tokens(&text, "users");
    assert_eq!(alone.len(), 7, "{alone:?}");
    for (link, row) in alone.iter().zip(reported.rows()) {
        assert_eq!(counted(&server, link).await, row["attempts"].as_i64().unwrap(), "{link}");
    }
    // One alone has its numbers, which lead to its calls.
    let one = get(&server, &target(&alone[0])).await.text();
    assert_eq!(one.matches("<th scope=\"row\"").count(), 1, "{one}");
    assert!(one.contains("./calls?") && one.contains("User "), "{one}");
    assert_eq!(get_as(&server, "/users", &format!("aggregates@{TENANT}")).await.status, 403);
}

#[tokio::test]
async fn numbers_lead_to_their_calls_and_rest() {
    let server = server();
    let old = data::call(904, "2026-03-01T08:00:00Z");
    let own = format!("+4930555{:03}", 904 % 7);
    server.load(LOG, &[old.replace(&own, "+4930999999")]);
    let page = get(&server, "/numbers?range=7d").await.text();
    let token = server.token().await;
    let reported = server.get("/reports/v1/numbers?range=7d", &token).await;
    for row in reported.rows().iter().filter(|row| row["attempts"] != 0) {
        let number = row["number"].as_str().unwrap();
        let link = page.split(&format!("\">{number}</a>")).next().unwrap();
        let link = link.rsplit("href=\"").next().unwrap().replace("&#38;", "&");
        assert!(!link.contains("4930555") && link.contains("who="), "{link}");
        assert_eq!(counted(&server, &link).await, row["attempts"].as_i64().unwrap(), "{number}");
    }
    let unused = get(&server, "/numbers?range=7d&show=unused").await.text();
    assert!(unused.contains("1 own number was used before this range"), "{unused}");
    assert!(unused.contains("+4930999999") && unused.contains("1 Mar 2026"), "{unused}");
    assert!(!unused.contains("+4930555"), "{unused}");
    assert_eq!(get_as(&server, "/numbers", &format!("aggregates@{TENANT}")).await.status, 403);
}

/// A page and all that it loads, on the wire and for a browser that was never here. The
/// target of CONTRIBUTING.md, "a page on the wire", is for any log; of this one it is less.
#[tokio::test]
async fn the_longest_lists_are_light_on_the_wire() {
    let server = server();
    let start = Instant::parse("2026-11-20T08:00:00Z").unwrap();
    let rows: Vec<String> = (1_000..1_300)
        .map(|number: u32| {
            let at = start.saturating_add_ticks(i64::from(number) * Instant::TICKS_PER_SEC);
            let row = data::call(number, &at.to_string());
            let own = format!("+4930555{:03}", number % 7);
            // Digits that follow no rule, as real numbers' do not.
            row.replace(&own, &format!("+4930{:07}", u64::from(number) * 7_919_777 % 9_999_991))
        })
        .collect();
    server.load(LOG, &rows);
    for list in ["numbers", "users"] {
        let request = server.request("GET", &format!("/{list}?range=7d")).signed_in(&[&calls()]);
        let page = request.header("accept-encoding", "gzip").send().await;
        assert_eq!((page.status, page.header("content-encoding")), (200, "gzip"));
        let mut bytes = page.body.len();
        let plain = get(&server, &format!("/{list}?range=7d")).await.text();
        if list == "numbers" {
            assert_eq!(plain.matches("<th scope=\"row\"").count(), 200, "{plain}");
        }
        for file in plain.split("assets/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let request = server.request("GET", &format!("/assets/{file}"));
            let answer = request.header("accept-encoding", "gzip").send().await;
            assert_eq!(answer.status, 200, "{file}");
            bytes += answer.body.len();
        }
        assert!(bytes < 48_000, "{list}: {bytes} bytes");
    }
}

/// What a reader must not see is one number to it, here and in the list of calls.
#[tokio::test]
async fn numbers_outside_are_those_that_a_reader_sees() {
    let server = server();
    let page = get(&server, "/numbers?range=7d&show=outside").await.text();
    assert_eq!(page.matches("<th scope=\"row\"").count(), 1, "{page}");
    assert!(page.contains("+3314000****") && page.contains(">FR<") && page.contains(">200</a>"), "{page}");
    let all = tokens(&page, "calls");
    assert!(all.iter().all(|link| !link.contains("3314")), "{all:?}");
    assert_eq!(counted(&server, &all[0]).await, 200, "{all:?}");
    // Who sees all digits has a row for each.
    let full = [calls(), format!("full-numbers@{TENANT}")];
    let full: Vec<&str> = full.iter().map(String::as_str).collect();
    let whole = server.request("GET", "/numbers?range=7d&show=outside").signed_in(&full).send().await.text();
    assert!(whole.matches("<th scope=\"row\"").count() > 100 && whole.contains("+33140000"), "{whole}");
}

#[tokio::test]
async fn destinations_are_those_of_the_report() {
    let server = server();
    let token = server.token().await;
    let reported = server.get("/reports/v1/destinations?range=7d", &token).await;
    let page = get(&server, "/destinations?range=7d").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    for row in reported.rows() {
        let attempts = row["attempts"].as_i64().unwrap();
        assert!(text.contains(&format!(">{attempts}</a>")), "{row}: {text}");
    }
    assert!(text.contains("country=FR\">FR</a>") || text.contains("country=FR&#38;commit="), "{text}");
    let outbound = get(&server, "/destinations?range=7d&direction=outbound").await.text();
    assert!(outbound.contains(">100</a>"), "{outbound}");
    let sums = get_as(&server, "/destinations?range=7d", &format!("aggregates@{TENANT}")).await;
    assert_eq!(sums.status, 200);
    assert!(!links(&sums.text()).iter().any(|link| link.contains("calls")), "{}", sums.text());
}
