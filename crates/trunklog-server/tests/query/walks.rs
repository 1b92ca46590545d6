//! Walks from page to page.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use trunklog_testkit::{TENANT, TestServer, append, form_encoded};

use super::data::{self, COUNT, FILTERS, ORDERS};
use super::{LOG, all, ids, load, server, total, with};

#[tokio::test]
async fn walks_return_what_a_selection_without_a_store_returns() {
    const SLICES: [(&str, usize, usize); 4] = [
        ("", 0, usize::MAX),
        ("&$top=20", 0, 20),
        ("&$skip=3&$top=27", 3, 27),
        ("&$top=1000&$skip=1", 1, 1000),
    ];
    let (server, token) = server().await;
    let calls = data::calls();
    for (at, filter) in FILTERS.into_iter().enumerate() {
        for (turn, order) in ORDERS.into_iter().enumerate() {
            let (slice, skip, top) = SLICES[(at + turn) % SLICES.len()];
            let options = format!("$filter={}&$orderby={}", form_encoded(filter.0), form_encoded(order.0));
            let what = format!("{} by {}{slice}", filter.0, order.0);
            let pages = server.walk(&with(&format!("{options}{slice}&maxpagesize=13")), &token).await;
            let expected: Vec<String> =
                data::select(&calls, filter, order).into_iter().skip(skip).take(top).collect();
            assert!(!expected.is_empty(), "{what} proves nothing");
            assert_eq!(ids(&pages), expected, "{what}");
            assert_eq!(pages.len(), expected.len().div_ceil(13), "{what}");
            for page in &pages {
                assert_eq!(page.json()["@odata.count"], page.rows().len(), "{what}");
                if let Some(link) = page.next_link() {
                    assert!(link.ends_with(&format!("&{options}")), "{link}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_token_belongs_to_its_filter_and_order() {
    let (server, token) = server().await;
    let first = server.get(&with("$filter=duration%20gt%205&maxpagesize=10"), &token).await;
    let link = first.next_link().unwrap();
    for other in [
        link.replace("gt%205", "gt%206"),
        link.replace("$filter=duration%20gt%205", ""),
        format!("{link}&$orderby=duration"),
    ] {
        let answer = server.get(&other, &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{other}");
    }
    assert_eq!(server.get(&link, &token).await.status, 200);
}

#[tokio::test]
async fn the_total_is_that_of_the_walk() {
    let (server, token) = server().await;
    let expected = data::select(&data::calls(), FILTERS[0], ORDERS[0]).len() as u64;
    let target = with("$filter=duration%20gt%2060&$count=true&$top=9&$skip=2&maxpagesize=4");
    let first = server.get(&target, &token).await;
    assert_eq!((total(&first), first.rows().len()), (Some(expected), 4));
    assert_eq!(first.json()["@odata.count"], 4);
    // Calls that come meanwhile are none of this walk's.
    let late: Vec<String> = (1_000..1_200).map(|number| data::call(number).json()).collect();
    server.load(LOG, &late);
    let rest = server.walk(&first.next_link().unwrap(), &token).await;
    assert_eq!(rest.iter().map(|page| page.rows().len()).collect::<Vec<_>>(), [4, 1]);
    assert!(rest.iter().all(|page| total(page) == Some(expected)));

    let now = server.get(&with("$count=true&$top=0"), &token).await;
    assert_eq!((total(&now), now.rows().len(), now.next_link()), (Some(u64::from(COUNT) + 200), 0, None));
    for options in ["", "$count=false", "$top=0"] {
        assert_eq!(total(&server.get(&with(options), &token).await), None, "{options}");
    }
}

#[tokio::test]
async fn pages_are_as_large_as_is_preferred() {
    let server = TestServer::builder().settings(|settings| settings.limits.page_rows = 50).start();
    let token = load(&server).await;
    let get = async |target: &str, prefer: &str| {
        server.request("GET", target).bearer(&token).header("prefer", prefer).send().await
    };
    let page = get(&all(), "return=minimal, odata.maxpagesize=5").await;
    assert_eq!((page.rows().len(), page.header("preference-applied")), (5, "odata.maxpagesize=5"));
    assert!(page.headers.get_all("vary").iter().any(|value| value == "prefer"), "{:?}", page.headers);
    // The link keeps the size, whose header is often sent only once.
    let next = server.get(&page.next_link().unwrap(), &token).await;
    assert_eq!((next.rows().len(), next.header("preference-applied")), (5, ""));
    let larger = get(&next.next_link().unwrap(), "maxpagesize=\"7\"").await;
    assert_eq!((larger.rows().len(), larger.header("preference-applied")), (7, "odata.maxpagesize=7"));
    let mut walked = vec![page, next, larger];
    let link = walked[2].next_link().unwrap();
    walked.extend(server.walk(&link, &token).await);
    assert_eq!(ids(&walked), data::select(&data::calls(), ("", |_| true), ORDERS[0]));

    let bounded = get(&all(), "odata.maxpagesize=100000").await;
    assert_eq!((bounded.rows().len(), bounded.header("preference-applied")), (50, "odata.maxpagesize=50"));
    assert_eq!(server.get(&with("maxpagesize=100000"), &token).await.rows().len(), 50);
    for ignored in ["odata.maxpagesize=0", "odata.maxpagesize=x", "respond-async"] {
        let page = get(&all(), ignored).await;
        assert_eq!((page.rows().len(), page.header("preference-applied")), (240, ""), "{ignored}");
    }
}

#[tokio::test]
async fn walks_with_different_filters_are_whole_while_rows_arrive() {
    let (server, token) = server().await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = thread::spawn({
        let (engine, stop) = (Arc::clone(&server.engine), Arc::clone(&stop));
        move || {
            for first in (10_000..30_000).step_by(20) {
                if stop.load(Ordering::Relaxed) {
                    return first - 10_000;
                }
                let rows: Vec<String> = (first..first + 20).map(|number| data::call(number).json()).collect();
                append(engine.as_ref(), TENANT, LOG, &rows);
            }
            20_000
        }
    });
    let plans = [(FILTERS[0], ORDERS[1]), (FILTERS[3], ORDERS[2])];
    let mut found: [Vec<String>; 2] = Default::default();
    let mut next = plans.map(|(filter, order)| {
        let options = format!("$filter={}&$orderby={}", form_encoded(filter.0), form_encoded(order.0));
        Some(with(&format!("{options}&maxpagesize=11")))
    });
    while next.iter().any(Option::is_some) {
        for (next, found) in next.iter_mut().zip(&mut found) {
            let Some(target) = next.take() else { continue };
            let page = server.get(&target, &token).await;
            assert_eq!(page.status, 200, "{target}: {}", page.text());
            found.extend(page.ids());
            *next = page.next_link();
        }
    }
    stop.store(true, Ordering::Relaxed);
    assert!(writer.join().unwrap() > 0, "nothing was written meanwhile");
    let first: HashSet<String> = data::calls().into_iter().map(|call| call.id).collect();
    for ((filter, order), mut found) in plans.into_iter().zip(found) {
        assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len(), "{} gave a row twice", filter.0);
        found.retain(|id| first.contains(id));
        assert_eq!(found, data::select(&data::calls(), filter, order), "{}", filter.0);
    }
}
