//! The first page: its numbers are those of the reports, of one commit.

use trunklog_testkit::{TENANT, TestServer};

use super::{LOG, choices_and_figures, data, get, get_as, links, part, server};

/// Each month of a range costs time and room, whether or not there were calls.
#[tokio::test]
async fn a_page_shows_some_years_at_most() {
    let server = server();
    assert_eq!(get(&server, "/trunks?range=7320d").await.status, 200);
    for target in ["/?range=7321d", "/numbers?range=99999d", "/calls?from=1900-01-01&to=2100-01-01"] {
        let answer = get(&server, target).await;
        assert_eq!(answer.status, 400, "{target}");
        assert!(answer.text().contains("too long for a page"), "{target}: {}", answer.text());
    }
}

#[tokio::test]
async fn numbers_are_those_of_the_reports() {
    let server = server();
    for (query, figures) in choices_and_figures(&server).await {
        let page = get(&server, &format!("/?range=7d{query}")).await;
        assert_eq!(page.status, 200, "{query}: {}", page.text());
        for (key, noun) in [("attempts", "call"), ("answered", "answered call"), ("failed", "failed call")] {
            let count = figures[key].as_i64().unwrap();
            // What counts nothing leads nowhere.
            let end = if count == 0 { "</p>" } else { "</a>" };
            let told = format!(">{count} {noun}{}{end}", if count == 1 { "" } else { "s" });
            assert!(page.text().contains(&told), "{query}: {told}: {}", page.text());
        }
    }
    let by_country = get(&server, "/?range=7d&country=FR").await;
    assert_eq!(by_country.status, 200, "{}", by_country.text());
    let text = by_country.text();
    assert!(text.contains(">200 calls</a>") && !text.contains("not kept for this filter"), "{text}");
    let none = get(&server, "/?range=7d&country=DE").await.text();
    assert!(none.contains(">0 calls</p>"), "{none}");
}

#[tokio::test]
async fn the_rest_comes_as_parts_or_with_the_page() {
    let server = server();
    let page = get(&server, "/?range=7d").await.text();
    let parts: Vec<String> = page
        .split("hx-get=\"./")
        .skip(1)
        .map(|rest| format!("/{}", rest.split('"').next().unwrap().replace("&#38;", "&")))
        .collect();
    assert_eq!(parts.len(), 2, "{page}");
    for (target, id) in parts.iter().zip(["week", "countries"]) {
        let answer = part(&server, target).await;
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        let text = answer.text();
        assert!(text.starts_with("<section") && text.contains(&format!("id=\"{id}\"")), "{text}");
    }
    // Without a script there is a link to all of it.
    let all = links(&page).into_iter().find(|link| link.contains("panels=all")).unwrap();
    let all = get(&server, &super::target(all.split('#').next().unwrap())).await.text();
    assert!(all.contains("id=\"week-title\"") && all.contains("id=\"countries-title\""), "{all}");
    assert!(!all.contains("hx-get"), "{all}");
}

#[tokio::test]
async fn a_part_of_newer_data_reloads_the_screen() {
    let server = server();
    let page = get(&server, "/?range=7d").await.text();
    assert!(!page.contains("Newer data"), "{page}");
    let target = page.split("hx-get=\"./").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
    let target = format!("/{target}");
    assert!(target.contains("commit="), "{target}");
    server.load(LOG, &[data::call(950, "2026-11-23T12:00:00Z")]);
    let answer = part(&server, &target).await;
    assert_eq!((answer.status, answer.text().as_str()), (200, ""));
    let place = answer.header("hx-redirect").to_owned();
    let reloaded = get(&server, &super::target(&place)).await;
    assert_eq!(reloaded.status, 200, "{place}");
    let text = reloaded.text();
    assert!(text.contains("Newer data came in") && text.contains(">201 calls</a>"), "{text}");
    assert!(!text.contains("hx-get"), "nothing is left that could reload it again: {text}");
    // All links of a page carry the commit that it shows.
    let commits: std::collections::BTreeSet<String> = links(&text)
        .iter()
        .filter_map(|link| {
            link.split("commit=").nth(1).map(|rest| rest.split(['&', '#']).next().unwrap().to_owned())
        })
        .collect();
    assert_eq!(commits.len(), 1, "{commits:?}");
}

#[tokio::test]
async fn what_is_empty_says_why() {
    let empty = TestServer::start();
    let page = get(&empty, "/").await;
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("Nothing is stored yet") && page.text().contains("trunklog import"),
        "{}",
        page.text()
    );
    let server = server();
    let none = get(&server, "/?from=2026-11-01&to=2026-11-02").await.text();
    assert!(none.contains("No calls in this range."), "{none}");
    let other = get_as(&server, "/", &format!("calls@{}", super::OTHER)).await.text();
    assert!(other.contains("Nothing is stored yet"), "{other}");
    let page = get(&server, "/").await.text();
    assert!(page.contains("not connected"), "{page}");
}

/// Calls of a country are read one by one, and pages say so before it takes too long.
#[tokio::test]
async fn of_a_country_so_many_calls_are_read_and_no_more() {
    let few = TestServer::builder().settings(|settings| settings.limits.country_rows = 199).start();
    few.load(LOG, &data::calls());
    for path in ["", "trunks", "failures", "failures/evidence", "users", "numbers", "codes/486"] {
        let answer = get(&few, &format!("/{path}?range=7d&country=FR")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let text = answer.text();
        assert!(text.contains("too many of them: 200, of at most 199"), "{path}: {text}");
        assert!(
            text.contains("Leave the country out</a>") && text.contains("class=\"filter\""),
            "{path}: {text}"
        );
    }
    let week = part(&few, "/?range=7d&country=FR&part=week").await.text();
    assert!(week.contains("of at most 199") && !week.contains("<html"), "{week}");
    // What looks at no more than it lists, or has sums, is there; and fewer calls are read.
    let calls = get(&few, "/calls?range=7d&country=FR").await.text();
    assert!(!calls.contains("of at most") && calls.contains("newest first"), "{calls}");
    assert!(get(&few, "/destinations?range=7d&country=FR").await.text().contains(">FR<"));
    let half = get(&few, "/?range=7d&country=FR&direction=inbound").await.text();
    assert!(half.contains(">100 calls</a>") && half.contains("counted one by one"), "{half}");
}

#[tokio::test]
async fn a_country_can_be_looked_at_in_any_range() {
    let server = server();
    for range in ["24h", "7d", "28d", "90d", "thisMonth"] {
        for path in ["", "calls", "trunks", "failures", "users", "numbers", "destinations", "usage"] {
            let answer = get(&server, &format!("/{path}?range={range}&country=FR")).await;
            assert_eq!(answer.status, 200, "{path} {range}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn the_page_is_small_on_the_wire() {
    let server = server();
    let request = server.request("GET", "/?range=28d&panels=all").signed_in(&[&format!("calls@{TENANT}")]);
    let answer = request.header("accept-encoding", "gzip").send().await;
    assert_eq!((answer.status, answer.header("content-encoding")), (200, "gzip"));
    assert!(answer.body.len() < 40 * 1024, "{}", answer.body.len());
}
