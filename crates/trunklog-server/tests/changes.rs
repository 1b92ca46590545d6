//! Following what changes: who gets a link, what it tells, and what it is bound
//! to.

mod bound;
mod client;
mod forms;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use client::{
    FROM, LOG, TRACK, all, changed, delta_link, durations, erase, erase_in, follow, gone, hint, id,
    preferring, server_with, walk, with,
};
use serde_json::Value;
use trunklog_odata::Profile;
use trunklog_testkit::{Answer, PUBLIC_URL, TENANT, TestServer, append, call_row, call_rows, form_encoded};

#[tokio::test]
async fn only_the_last_page_of_a_walk_has_a_delta_link() {
    let (server, token) = server_with(5).await;
    for rows in [1, 2, 5, 1_000] {
        let target = with(&format!("$filter=duration%20gt%204&@unused=1&maxpagesize={rows}"));
        let (pages, link) = walk(&server, &target, &token).await;
        let (last, others) = pages.split_last().unwrap();
        assert!(others.iter().all(|page| delta_link(page).is_none() && page.next_link().is_some()));
        assert_eq!(last.next_link(), None);
        let start = format!("{PUBLIC_URL}{}?$filter=duration%20gt%204&@unused=1&maxpagesize={rows}", all());
        assert!(link.starts_with(&format!("{start}&$deltatoken=")), "{link}");
        // Nothing else about the pages is another.
        let ids: Vec<String> = pages.iter().flat_map(Answer::ids).collect();
        let plain = server.walk(&target, &token).await;
        assert_eq!(ids, plain.iter().flat_map(Answer::ids).collect::<Vec<_>>());
        assert!(plain.iter().all(|page| delta_link(page).is_none()));
    }
    // Where the link stands: after the rows on v1.0, before them on beta.
    let place = |page: &Answer, name: &str| page.text().find(&format!("\"{name}\"")).unwrap();
    let v1 = preferring(&server, &all(), &token, "return=minimal, track-changes").await;
    assert!(place(&v1, "@odata.deltaLink") > place(&v1, "value"));
    let beta = all().replace("v1.0", "beta");
    let beta = preferring(&server, &beta, &token, TRACK).await;
    assert!(place(&beta, "@odata.deltaLink") < place(&beta, "value"));
    // Both preferences are applied, and hold for the walk.
    let both = preferring(&server, &all(), &token, "odata.maxpagesize=3, odata.track-changes").await;
    assert_eq!(both.header("preference-applied"), "odata.maxpagesize=3, odata.track-changes");
    let rest = server.get(&both.next_link().unwrap(), &token).await;
    assert_eq!((rest.rows().len(), rest.header("preference-applied")), (2, ""));
    assert!(delta_link(&rest).unwrap().contains("?maxpagesize=3&$deltatoken="));
}

#[tokio::test]
async fn who_cannot_follow_gets_what_he_would_get_without_the_wish() {
    let (server, token) = server_with(5).await;
    // The header comes with every request, as some clients send it.
    for target in [
        with("$top=5"),
        with("$top=0"),
        with("$top=9&maxpagesize=2"),
        with("$skip=1"),
        with("$skip=0"),
        with("$skip=1&maxpagesize=2"),
    ] {
        let mut next = Some(target.clone());
        while let Some(target) = next {
            let page = preferring(&server, &target, &token, TRACK).await;
            assert_eq!((delta_link(&page), page.header("preference-applied")), (None, ""), "{target}");
            next = page.next_link();
        }
    }
    for other in ["odata.track-changes=false", "x; odata.track-changes", "respond-async"] {
        let page = preferring(&server, &all(), &token, other).await;
        assert_eq!((delta_link(&page), page.header("preference-applied")), (None, ""), "{other}");
    }
    // Too late: a walk that began without the wish, or whose place was changed.
    let plain = server.get(&with("maxpagesize=2"), &token).await.next_link().unwrap();
    let late = preferring(&server, &plain, &token, TRACK).await;
    assert_eq!(late.header("preference-applied"), "");
    assert!(!late.next_link().unwrap().contains("track-changes"));
    let first = preferring(&server, &with("maxpagesize=2"), &token, TRACK).await;
    let moved = first.next_link().unwrap().replace("$skip=2", "$skip=4");
    let moved = server.get(&moved, &token).await;
    assert_eq!((moved.rows().len(), delta_link(&moved)), (1, None));
    // Forms that have no place for what is gone.
    for format in ["csv", "arrow", "parquet"] {
        let answer = preferring(&server, &with(&format!("$format={format}")), &token, TRACK).await;
        assert_eq!((answer.header("trunklog-delta-link"), answer.header("preference-applied")), ("", ""));
    }
    // A computed report.
    let report = "/beta/communications/callRecords/getPstnOnlineMeetingDialoutReport\
                  (fromDateTime=2020-01-01,toDateTime=2020-02-01)";
    let page = preferring(&server, report, &token, TRACK).await;
    assert_eq!((delta_link(&page), page.header("preference-applied")), (None, ""));
    let answer = server.get(&format!("{report}?$deltatoken=AQ"), &token).await;
    assert_eq!(answer.status, 400);
    assert!(hint(&answer).contains("computed"), "{}", hint(&answer));
}

#[tokio::test]
async fn strict_knows_no_changes() {
    let server = TestServer::builder().profile(Profile::Strict).start();
    server.load(LOG, &call_rows(0, 1_001, FROM));
    let token = server.token().await;
    let page = preferring(&server, &all(), &token, TRACK).await;
    assert_eq!(page.header("preference-applied"), "");
    let link = page.next_link().unwrap();
    assert!(link.ends_with("?$skip=1000"), "{link}");
    let last = preferring(&server, &format!("{link}&track-changes=true"), &token, TRACK).await;
    assert_eq!((last.rows().len(), delta_link(&last)), (1, None));
    // A link from before the server was strict, as it came and garbled: all rows
    // are no changes.
    for option in ["$deltatoken=x", "deltatoken=AQ", "$deltatoken=", "%2524deltatoken=AQ", "$deltatokn=AQ"] {
        let answer = server.get(&with(option), &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{option}");
    }
}

#[tokio::test]
async fn each_change_is_told_once_in_its_newest_state() {
    for rows in [1, 2, 1_000] {
        let (server, token) = server_with(6).await;
        let (_, link) = walk(&server, &with(&format!("maxpagesize={rows}")), &token).await;
        let nothing = follow(&server, &link, &token).await;
        assert_eq!((nothing.rows.len(), nothing.removed.len(), nothing.pages.len()), (0, 0, 1));
        assert_eq!(nothing.pages[0].json()["@odata.count"], 0);

        // An update, which is updated again; a row from before all others; a new one.
        server.load(LOG, &[changed(2, 7)]);
        server.load(LOG, &[changed(2, 8), changed(4, 9)]);
        server.load(LOG, &[call_row(100, "2020-01-02T00:00:00Z"), call_row(101, "2020-01-20T00:00:00Z")]);
        assert_eq!(erase(&server, "duration eq 5 and startDateTime eq 2020-01-05T00:00:01Z"), 1);
        // Outside the range.
        server.load(LOG, &[call_row(200, "2020-03-01T00:00:00Z")]);
        // The same again changes nothing.
        server.load(LOG, &[changed(3, 5)]);
        // Deleted, and stored again.
        assert_eq!(erase(&server, "startDateTime eq 2020-01-05T00:00:05Z"), 1);
        server.load(LOG, &[changed(5, 6)]);

        let told = follow(&server, &link, &token).await;
        let mut found = durations(&told.rows);
        found.sort();
        assert_eq!(found, [(id(2), 8), (id(4), 9), (id(5), 6), (id(100), 5), (id(101), 5)]);
        assert_eq!(told.removed, [gone(1, "deleted")]);
        assert_eq!(told.pages.len(), 6_usize.div_ceil(rows));
        for page in &told.pages {
            let count = page.json()["@odata.count"].as_u64().unwrap();
            assert_eq!(count, page.rows().len() as u64);
            assert!(count <= rows as u64);
            let context = page.json()["@odata.context"].as_str().unwrap().to_owned();
            assert_eq!(
                context,
                format!(
                    "{PUBLIC_URL}/v1.0/$metadata#Collection(microsoft.graph.callRecords.directRoutingLogRow)/$delta"
                )
            );
            assert_eq!(page.header("odata-version"), "4.0");
        }
        // A row of a delta is written as in a page.
        let page = server.get(&with("$filter=duration%20eq%208"), &token).await;
        assert!(told.rows.contains(&page.rows()[0]));
        // The new link goes on from there; the old one tells the same again.
        assert!(follow(&server, &told.link, &token).await.rows.is_empty());
        let again = follow(&server, &link, &token).await;
        assert_eq!((again.rows, again.removed), (told.rows, told.removed));
    }
}

#[tokio::test]
async fn what_changes_while_pages_are_read_waits_for_the_next_link() {
    let (server, token) = server_with(4).await;
    let (_, link) = walk(&server, &with("maxpagesize=1"), &token).await;
    server.load(LOG, &[changed(0, 6), changed(1, 6), changed(2, 6)]);
    let first = server.get(&link, &token).await;
    assert_eq!(durations(&first.rows()), [(id(0), 6)]);
    server.load(LOG, &[changed(0, 7), changed(1, 7), changed(3, 7)]);
    let rest = follow(&server, &first.next_link().unwrap(), &token).await;
    assert_eq!(durations(&rest.rows), [(id(2), 6)]);
    let later = follow(&server, &rest.link, &token).await;
    assert_eq!(durations(&later.rows), [(id(0), 7), (id(1), 7), (id(3), 7)]);
}

#[tokio::test]
async fn rows_leave_a_filter() {
    let (server, token) = server_with(4).await;
    let (pages, link) = walk(&server, &with("$filter=duration%20lt%2010&$orderby=duration"), &token).await;
    assert_eq!(pages[0].rows().len(), 4);
    assert!(!link.contains("orderby"), "changes have one order: {link}");
    server.load(LOG, &[changed(0, 99), changed(1, 6)]);
    // New, and never in the selection.
    server.load(LOG, &[changed(9, 99)]);
    erase(&server, "startDateTime eq 2020-01-05T00:00:02Z");
    let told = follow(&server, &link, &token).await;
    assert_eq!(durations(&told.rows), [(id(1), 6)]);
    assert_eq!(told.removed, [gone(0, "changed"), gone(2, "deleted")]);
    // What is gone comes first.
    assert!(told.pages[0].rows()[..2].iter().all(|entry| entry.get("@removed").is_some()));
}

#[tokio::test]
async fn options_that_do_not_fit_changes() {
    let (server, token) = server_with(3).await;
    let (_, link) = walk(&server, &with("$count=true&$orderby=id"), &token).await;
    assert!(!link.contains("count") && !link.contains("orderby"), "{link}");
    server.load(LOG, &[changed(0, 6)]);
    // They mean nothing there.
    let page = server.get(&format!("{link}&$count=true&$orderby=id"), &token).await;
    assert_eq!((page.status, page.rows().len()), (200, 1), "{}", page.text());
    assert!(!page.text().contains("totalCount"));
    for (option, said) in [
        ("$top=1", "as they came"),
        ("$skip=0", "as they came"),
        ("$skiptoken=x", "as they came"),
        ("$format=csv", "cannot say what is gone"),
        ("$format=parquet", "cannot say what is gone"),
        ("$expand=x", "the options are"),
        ("$search=x", "the options are"),
        ("$deltatoken=x", ""),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = server.request(method, &format!("{link}&{option}")).bearer(&token).send().await;
            assert_eq!(answer.status, 400, "{option}");
            assert!(method == "HEAD" || hint(&answer).contains(said), "{option}: {}", hint(&answer));
        }
    }
}

/// What a client keeps.
#[derive(Default)]
struct Mirror {
    rows: BTreeMap<String, Value>,
}

impl Mirror {
    fn apply(&mut self, entries: Vec<Value>) {
        for entry in entries {
            let id = entry["id"].as_str().unwrap().to_owned();
            if entry.get("@removed").is_some() {
                self.rows.remove(&id);
            } else {
                self.rows.insert(id, entry);
            }
        }
    }
}

#[tokio::test]
async fn a_copy_stays_equal_while_somebody_writes() {
    let (server, token) = server_with(300).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = thread::spawn({
        let (engine, stop) = (Arc::clone(&server.engine), Arc::clone(&stop));
        move || {
            let mut round = 0_u32;
            while !stop.load(Ordering::Relaxed) || round < 50 {
                // Updates in and out of the filter, new rows, old ones, deletions.
                let rows: Vec<String> =
                    (0..5).map(|at| changed((round * 37 + at * 53) % 300, 3 + (round + at) % 9)).collect();
                append(engine.as_ref(), TENANT, LOG, &rows);
                let new = round % 200;
                let start = format!("2020-01-{:02}T{:02}:00:00Z", 2 + new % 20, new % 24);
                append(engine.as_ref(), TENANT, LOG, &[call_row(1_000 + new, &start)]);
                if round % 5 == 4 {
                    let minute = round % 4;
                    let (from, to) =
                        (format!("2020-01-05T00:0{minute}:00Z"), format!("2020-01-05T00:0{minute}:59Z"));
                    erase_in(
                        engine.as_ref(),
                        &format!("duration eq 7 and startDateTime ge {from} and startDateTime le {to}"),
                    );
                }
                round += 1;
            }
            round
        }
    });
    let targets =
        [with("maxpagesize=40"), with(&format!("$filter={}&maxpagesize=25", form_encoded("duration lt 8")))];
    let mut copies: [Mirror; 2] = Default::default();
    let mut links = Vec::new();
    for (target, copy) in targets.iter().zip(&mut copies) {
        let (pages, link) = walk(&server, target, &token).await;
        for page in pages {
            copy.apply(page.rows());
        }
        links.push(link);
    }
    for round in 0..12 {
        if round == 9 {
            stop.store(true, Ordering::Relaxed);
        }
        for (link, copy) in links.iter_mut().zip(&mut copies) {
            for page in server.walk(link, &token).await {
                copy.apply(page.rows());
                if let Some(next) = delta_link(&page) {
                    *link = next;
                }
            }
        }
    }
    assert!(writer.join().unwrap() >= 50);
    for ((target, link), copy) in targets.iter().zip(&links).zip(&mut copies) {
        let told = follow(&server, link, &token).await;
        for page in told.pages {
            copy.apply(page.rows());
        }
        let rows: BTreeMap<String, Value> = server
            .walk(target, &token)
            .await
            .iter()
            .flat_map(Answer::rows)
            .map(|row| (row["id"].as_str().unwrap().to_owned(), row))
            .collect();
        assert!(copy.rows == rows, "{target}: {} rows, not {}", copy.rows.len(), rows.len());
    }
}

/// After a backup was put back, numbers of commits come again for others: a walk
/// that began before must not end with a link to what changed since.
#[tokio::test]
async fn a_walk_that_began_in_another_store_ends() {
    let (server, token) = server_with(3).await;
    let page = preferring(&server, &with("maxpagesize=1"), &token, TRACK).await;
    let link = page.next_link().unwrap();
    assert_eq!(server.get(&link, &token).await.status, 200);
    let at = link.find("track-changes=").unwrap() + "track-changes=".len();
    let other = format!("{}0123456789abcdef{}", &link[..at], &link[at + 16..]);
    let answer = server.get(&other, &token).await;
    assert_eq!((answer.status, answer.code().as_deref()), (410, Some("syncStateNotFound")));
}
