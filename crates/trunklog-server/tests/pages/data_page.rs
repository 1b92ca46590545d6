//! `/data`.

use std::sync::Arc;
use std::time::Duration;

use trunklog_ledger::disk::{self, DiskPart, DiskUse};
use trunklog_ledger::{Counts, Delivery, ExpectedSource, Ledger, Origin, StoreLedger};
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_testkit::{TENANT, TestServer};

use super::{Clock, Fixture, LOG, MemoryEngine, OTHER, data, get, get_as, links};

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn expected(name: &str, tenant: TenantId) -> ExpectedSource {
    let every = Some(Duration::from_hours(1));
    ExpectedSource { source: name.parse().unwrap(), tenant, logs: vec![LOG], every }
}

/// A server that expects something of a folder and of a pull every hour.
fn server() -> TestServer {
    let sources = vec![expected("folder/sbc1", TENANT), expected("pull/contoso", TENANT)];
    let server = TestServer::builder().settings(|settings| settings.sources = sources).start();
    server.load(LOG, &data::calls());
    server
}

fn origin(name: &str) -> Origin {
    Origin { tenant: TENANT, source: name.parse().unwrap(), log: Some(LOG) }
}

fn ledger(server: &TestServer) -> StoreLedger {
    StoreLedger::new(Arc::clone(&server.engine))
}

fn deliver(server: &TestServer, name: &str, time: &str, counts: Counts) {
    let delivery = Delivery { counts, complete_until: Some(at(time)), ..Delivery::default() };
    ledger(server).delivered(&origin(name), &delivery, at(time)).unwrap();
}

/// What the cells of a row are that starts so.
fn row(page: &str, start: &str) -> Vec<String> {
    let row = page.split("<tr>").find(|row| row.contains(start));
    let row = row.unwrap_or_else(|| panic!("no row has {start}: {page}")).split("</tr>").next().unwrap();
    let cells = row.split("<td").skip(1).map(|cell| cell.split_once('>').unwrap().1);
    cells.map(|cell| cell.split("</td>").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_came_is_told_hour_by_hour() {
    let server = server();
    let counts = Counts {
        expected: Some(12),
        received: 11,
        new: 5,
        late: 2,
        updated: 3,
        duplicate: 2,
        rejected: 1,
        ..Counts::default()
    };
    deliver(
        &server,
        "folder/sbc1",
        "2026-11-24T04:30:00Z",
        Counts { received: 4, new: 4, ..Counts::default() },
    );
    deliver(&server, "folder/sbc1", "2026-11-24T07:30:00Z", counts);
    let page = get(&server, "/data").await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let hour = row(&text, ">24 Nov 2026, 07:00<");
    assert_eq!(hour[1..], ["12 <small>1 missing</small>", "11", "5", "2", "3", "2", "1"], "{text}");
    // In the strip, each of the 24 hours and the one that runs, for both sources.
    assert_eq!(text.matches("<svg class=\"strip\"").count(), 2, "{text}");
    assert_eq!(text.matches("<g><title>").count(), 2 * 25, "{text}");
    assert!(text.contains("24 Nov 2026, 07:00: expected 12, received 11, new 5"), "{text}");
    assert!(text.contains("05:00: nothing came, though something should have"), "{text}");
    assert_eq!(text.matches("strip-mark").count(), 1, "{text}");
    let overview = row(&text, "href=\"#source-1\"");
    assert_eq!(overview[0], "well", "{overview:?}");
    assert_eq!(overview[4..], ["15", "9", "1", "1"], "{overview:?}");
    // Until when the log is complete is the least of what both say.
    assert!(row(&text, ">Direct Routing</th>")[0].contains("not known"), "{text}");
    deliver(&server, "pull/contoso", "2026-11-24T06:00:00Z", Counts::default());
    let text = get(&server, "/data").await.text();
    assert_eq!(row(&text, ">Direct Routing</th>")[0], "24 Nov 2026, 06:00", "{text}");
    // All pages lead here by what they say of it.
    let health = get(&server, "/?range=7d").await.text();
    assert!(health.contains("<a href=\"./data") && health.contains(">complete until 06:00</a>"), "{health}");
    let week = get(&server, "/data?hours=168").await.text();
    assert_eq!(week.matches("<g><title>").count(), 2 * 169, "{week}");
    for wrong in ["hours=5", "hours=x", "part=week", "colour=red"] {
        assert_eq!(get(&server, &format!("/data?{wrong}")).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn what_fails_says_why_and_what_to_do() {
    let server = server();
    deliver(&server, "folder/sbc1", "2026-11-24T01:00:00Z", Counts::default());
    let why = "403 from <Graph>: grant admin consent in Entra";
    ledger(&server).failed(&origin("pull/contoso"), why, at("2026-11-24T03:00:00Z")).unwrap();
    let whole = Origin { log: None, ..origin("pull/contoso") };
    ledger(&server).warned(&whole, Some("the certificate ends on 1 December")).unwrap();
    let text = get(&server, "/data").await.text();
    for told in [
        "pull/contoso fails since 24 Nov 2026, 03:00: 403 from &#60;Graph&#62;: grant admin consent in Entra",
        "pull/contoso: the certificate ends on 1 December",
        "folder/sbc1 is overdue: something is expected every 1\u{a0}h 00\u{a0}min.",
        "See whether files are still put there",
    ] {
        assert_eq!(text.matches(told).count(), 2, "above, and beside the source: {told}: {text}");
    }
    assert_eq!(row(&text, "href=\"#source-2\"")[0], "fails", "{text}");
    let french = server.request("GET", "/data").signed_in(&[&super::calls()]);
    let french = french.header("accept-language", "fr").send().await.text();
    assert!(french.contains("pull/contoso est en panne depuis"), "{french}");
}

#[tokio::test]
async fn a_source_that_fails_is_told_on_every_page() {
    let sources = vec![expected("folder/sbc1", TENANT), expected("pull/contoso", TENANT)];
    let engine = MemoryEngine::new().open_with(Clock::of(|| at("2026-11-24T07:45:00Z")));
    let server = TestServer::builder().engine(engine).settings(|settings| settings.sources = sources).start();
    let waiting = "folder/sbc1 is set up, but nothing came from it yet</a>";
    let failing = "pull/contoso fails since 03:00</a>";
    for target in ["/", "/calls", "/trunks"] {
        let text = get(&server, target).await.text();
        assert!(text.contains("Nothing is stored yet") && text.contains(waiting), "{target}: {text}");
    }
    ledger(&server).failed(&origin("pull/contoso"), "403 from Graph", at("2026-11-24T03:00:00Z")).unwrap();
    for target in ["/", "/calls", "/trunks"] {
        let text = get(&server, target).await.text();
        assert!(text.contains("Nothing is stored yet") && text.contains(failing), "{target}: {text}");
        assert!(!text.contains(waiting), "the worst comes first: {target}: {text}");
    }
    server.load(LOG, &data::calls());
    for target in ["/", "/calls", "/trunks", "/failures", "/users", "/numbers", "/destinations", "/usage"] {
        let text = get(&server, &format!("{target}?range=28d")).await.text();
        let note =
            text.split("<p class=\"note trouble\">").nth(1).unwrap_or_else(|| panic!("{target}: {text}"));
        assert!(
            note.starts_with("<a href=\"./data?range=28d\">") && note.contains(failing),
            "{target}: {note}"
        );
    }
    // What nobody can know of is not called nothing.
    let hour = "from=2026-11-24T04:00:00Z&to=2026-11-24T05:00:00Z&trunk=other.example";
    let told = "No data: a source brings nothing";
    for target in ["/", "/calls"] {
        let text = get(&server, &format!("{target}?{hour}")).await.text();
        assert!(text.contains(told) && !text.contains("No calls in this range"), "{target}: {text}");
    }
    let earlier = hour.replace("11-24", "11-01");
    assert!(get(&server, &format!("/calls?{earlier}")).await.text().contains("No calls in this range"));
    // Others read nothing of it, and it goes when something comes.
    let other = get_as(&server, "/", &format!("calls@{OTHER}")).await.text();
    assert!(!other.contains("pull/contoso") && !other.contains("folder/sbc1"), "{other}");
    deliver(&server, "pull/contoso", "2026-11-24T07:30:00Z", Counts::default());
    let text = get(&server, "/?range=7d").await.text();
    assert!(!text.contains("fails since") && !text.contains("note trouble"), "{text}");
}

#[tokio::test]
async fn a_store_without_sources_says_what_to_do_first() {
    for server in [TestServer::start(), super::server()] {
        let text = get(&server, "/data").await.text();
        for told in ["trunklog import --tenant", "[[pull]]", "trunklog pull --check", "[[source]]"] {
            assert!(text.contains(told), "{told}: {text}");
        }
        assert!(text.contains(&format!("--tenant {TENANT} PATH")), "{text}");
        assert!(text.contains("The disk was not measured yet"), "{text}");
    }
}

#[tokio::test]
async fn who_may_read_sums_reads_it_of_their_own_tenant_alone() {
    let server = server();
    deliver(&server, "folder/sbc1", "2026-11-24T07:30:00Z", Counts::default());
    let sums = get_as(&server, "/data", &format!("aggregates@{TENANT}")).await;
    assert_eq!(sums.status, 200, "{}", sums.text());
    assert!(sums.text().contains("folder/sbc1"), "{}", sums.text());
    let other = get_as(&server, "/data", &format!("aggregates@{OTHER}")).await.text();
    assert!(!other.contains("folder/sbc1") && !other.contains("pull/contoso"), "{other}");
    for role in ["export", "administer"] {
        assert_eq!(get_as(&server, "/data", &format!("{role}@{TENANT}")).await.status, 403, "{role}");
    }
}

fn measure(server: &TestServer, days_ago: i64, used: u64, free: u64) {
    let part = |what: &str, bytes: u64| DiskPart { what: what.to_owned(), bytes };
    let parts = vec![part("sms", 1 << 20), part("audit", 2 << 20), part("directRoutingCalls", used)];
    let measured =
        DiskUse { measured_at: None, free_bytes: free, total_bytes: 100 << 30, parts, folder: None };
    let now = at("2026-11-24T08:00:00Z").saturating_add_ticks(-days_ago * Instant::TICKS_PER_DAY);
    disk::keep(server.engine.as_ref(), &measured, now).unwrap();
}

#[tokio::test]
async fn the_disk_is_told_to_all_and_what_fills_it_to_who_runs_it() {
    let server = server();
    let gib = 1_u64 << 30;
    for day in [4_u64, 2, 0] {
        measure(&server, i64::try_from(day).unwrap(), (8 - day) * gib, (20 + day) * gib);
    }
    let read = async |roles: &[&str]| {
        let page = server.request("GET", &format!("/t/{TENANT}/data")).signed_in(roles).send().await;
        assert_eq!(page.status, 200, "{roles:?}: {}", page.text());
        page.text()
    };
    let (sums, admin) = (format!("aggregates@{TENANT}"), format!("administer@{TENANT}"));
    let reader = read(&[sums.as_str()]).await;
    assert!(reader.contains("20.0\u{a0}GiB of 100.0\u{a0}GiB are free."), "{reader}");
    assert!(reader.contains("At 1.0\u{a0}GiB a day it is full in 20 days."), "{reader}");
    assert!(reader.contains("The disk will be full: make room, or set a retention."), "{reader}");
    assert!(!reader.contains("Audit trail</th>"), "{reader}");
    // There is but one tenant.
    let alone = read(&[sums.as_str(), admin.as_str()]).await;
    assert!(row(&alone, ">Audit trail</th>")[0].contains("2.0\u{a0}MiB"), "{alone}");
    let disk = alone.split("id=\"disk\"").nth(1).unwrap();
    let place = |what: &str| disk.find(&format!(">{what}</th>")).unwrap();
    assert!(place("Direct Routing") < place("Audit trail") && place("Audit trail") < place("Text messages"));
    server.load_for(OTHER, LOG, &[data::call(900, "2026-11-20T08:00:00Z")]);
    assert!(
        !read(&[sums.as_str(), admin.as_str()]).await.contains("Audit trail</th>"),
        "it is of both tenants"
    );
    let all = read(&[sums.as_str(), "administer@*"]).await;
    assert!(all.contains("Audit trail</th>"), "{all}");
    assert!(links(&all).iter().any(|link| link.ends_with("/data?hours=72")), "{all}");
}
