//! What a delta link is bound to, and what it does not tell.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use trunklog_identity::Role;
use trunklog_odata::Instant;
use trunklog_records::masking::Mask;
use trunklog_records::{Retention, TenantId};
use trunklog_server::ThrottleLimits;
use trunklog_store::{Clock, Engine, Result, Store};
use trunklog_store_kit::{Fixture, MemoryEngine};
use trunklog_testkit::{Answer, TENANT, TestServer, append, call_path, call_row, call_rows, form_encoded};
use uuid::Uuid;

use super::client::{
    FROM, LOG, NDJSON, all, changed, delta_link, durations, erase, follow, gone, hint, id, is_gone,
    server_with, walk, with,
};

#[tokio::test]
async fn a_link_belongs_to_what_was_asked() {
    let (server, token) = server_with(3).await;
    let target = with("$filter=duration%20lt%2010&$select=id,duration");
    let (_, link) = walk(&server, &target, &token).await;
    let (_, text) = link.split_once("$deltatoken=").unwrap();
    let elsewhere = call_path("2020-01-01", "2020-01-31");
    let pstn = all().replace("getDirectRoutingCalls", "getPstnCalls");
    let same = "$filter=duration%20lt%2010&$select=id,duration";
    for target in [
        with(&format!("$select=id,duration&$deltatoken={text}")),
        with(&format!("$filter=duration%20lt%2011&$select=id,duration&$deltatoken={text}")),
        with(&format!("$filter=duration%20lt%2010&$deltatoken={text}")),
        with(&format!("$filter=duration%20lt%2010&$select=id&$deltatoken={text}")),
        format!("{elsewhere}?{same}&$deltatoken={text}"),
        format!("{pstn}?{same}&$deltatoken={text}"),
        with(&format!("{same}&$deltatoken={}", &text[..20])),
        with(&format!("{same}&$deltatoken={text}AA")),
        with(&format!("{same}&$deltatoken=B{}", &text[1..])),
        with(&format!("{same}&$deltatoken=")),
        with(&format!("{same}&$deltatoken={}", "A".repeat(7_000))),
    ] {
        let answer = server.get(&target, &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{target}");
        assert!(hint(&answer).ends_with("start again from the first page"), "{target}: {}", hint(&answer));
    }
    // What is the same in other words fits.
    let other = with(&format!("%24select=duration,id&filter=duration+lt+10&$deltatoken={text}"));
    assert_eq!(server.get(&other, &token).await.status, 200);
    // Whatever bits are changed, nothing but an answer or a refusal comes of it.
    let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    for at in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut bytes = bytes.clone();
            bytes[at] ^= bit;
            let text = URL_SAFE_NO_PAD.encode(bytes);
            let answer = server.get(&with(&format!("{same}&$deltatoken={text}")), &token).await;
            assert!([400, 410].contains(&answer.status), "byte {at}: {}", answer.text());
        }
    }
}

/// The token in a link with its bytes changed.
fn tampered(link: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let (start, text) = link.split_once("$deltatoken=").unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    change(&mut bytes);
    format!("{start}$deltatoken={}", URL_SAFE_NO_PAD.encode(bytes))
}

/// Where the number of the first commit stands in a token, after version, walk,
/// mask and epoch.
const AFTER: Range<usize> = 18..26;

#[tokio::test]
async fn a_link_belongs_to_its_store() {
    let (server, token) = server_with(3).await;
    let (_, link) = walk(&server, &all(), &token).await;
    server.load(LOG, &[changed(0, 6), changed(1, 6)]);
    let newer = tampered(&link, |bytes| bytes[AFTER].copy_from_slice(&9_999_u64.to_be_bytes()));
    is_gone(&server.get(&newer, &token).await, "a commit that never was");
    let older = tampered(&link, |bytes| bytes[AFTER].copy_from_slice(&0_u64.to_be_bytes()));
    is_gone(&server.get(&older, &token).await, "a commit of another epoch");
    let page = server.get(&link.replace('?', "?maxpagesize=1&"), &token).await;
    let next = page.next_link().unwrap();
    let later = tampered(&next, |bytes| bytes[27..35].copy_from_slice(&9_999_u64.to_be_bytes()));
    is_gone(&server.get(&later, &token).await, "changes up to a commit that never was");
    assert_eq!(server.get(&next, &token).await.status, 200);

    // Another tenant's link tells nothing of either.
    let other = TenantId::new(Uuid::from_u128(0x7e57_0000_0000_4000_8000_0000_0000_0002));
    let others = server.token_of(other, &[Role::CallRecordsReadAll]).await;
    is_gone(&server.get(&link, &others).await, "a tenant without rows");
    server.load_for(other, LOG, &call_rows(50, 3, FROM));
    is_gone(&server.get(&link, &others).await, "a tenant with as many commits");
    // Export and batch say the same.
    let answer = server.request("GET", &newer).bearer(&token).header("accept", NDJSON).send().await;
    is_gone(&answer, "an export");
}

#[tokio::test]
async fn a_link_that_ended_leads_to_one_that_can_be_followed() {
    let (server, token) = server_with(5).await;
    for (target, accept) in [
        (with("$filter=duration%20lt%2010&maxpagesize=2"), "application/json"),
        (all(), "application/json"),
        (with("$format=ndjson"), NDJSON),
    ] {
        let get = async |target: &str| {
            server.request("GET", target).bearer(&token).header("accept", accept).send().await
        };
        let first = format!("{target}{}track-changes=true", if target.contains('?') { '&' } else { '?' });
        let link = if accept == NDJSON {
            get(&first).await.header("trunklog-delta-link").to_owned()
        } else {
            walk(&server, &target, &token).await.1
        };
        let ended = tampered(&link, |bytes| bytes[AFTER].copy_from_slice(&9_999_u64.to_be_bytes()));
        let ended = get(&ended).await;
        is_gone(&ended, &target);
        let place = ended.header("location").to_owned();
        // No header says any more that changes are followed.
        let new = if accept == NDJSON {
            get(&place).await.header("trunklog-delta-link").to_owned()
        } else {
            let pages = server.walk(&place, &token).await;
            assert_eq!(pages.iter().flat_map(Answer::rows).count(), 5, "{target}");
            delta_link(pages.last().unwrap()).unwrap_or_else(|| panic!("no link after {place}"))
        };
        assert_eq!(get(&new).await.status, 200, "{new}");
        assert!(new.contains("$deltatoken="), "{target}: {new}");
    }
}

/// An engine whose store is put back from a backup, and does not notice.
struct RestoredEngine {
    engine: Mutex<MemoryEngine>,
}

impl RestoredEngine {
    fn inner(&self) -> MemoryEngine {
        self.engine.lock().unwrap().clone()
    }
}

impl Engine for RestoredEngine {
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store> {
        self.inner().tenant(tenant)
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        self.inner().tenants()
    }

    fn tidy(&self) -> Result<()> {
        self.inner().tidy()
    }

    fn scrub(&self) -> Result<()> {
        self.inner().scrub()
    }

    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn state(&self, name: &str) -> Result<Option<String>> {
        self.inner().state(name)
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        self.inner().states(prefix)
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool> {
        self.inner().exchange_state(name, expected, new)
    }

    fn epoch(&self) -> Result<String> {
        Ok("always the same".to_owned())
    }
}

/// An engine whose clock shows what it is told, in seconds since 1970.
fn engine_at(clock: &Arc<Mutex<i64>>) -> MemoryEngine {
    let engine = MemoryEngine::new();
    let clock = Arc::clone(clock);
    engine.open_with(Clock::of(move || Instant::from_unix_secs(*clock.lock().unwrap()).unwrap()));
    engine
}

#[tokio::test]
async fn a_backup_that_was_put_back_ends_all_links() {
    let clock = Arc::new(Mutex::new(1_800_000_000));
    let engine = Arc::new(RestoredEngine { engine: Mutex::new(engine_at(&clock)) });
    let server = TestServer::builder().engine(Arc::clone(&engine) as Arc<dyn Engine>).start();
    let token = server.token().await;
    let (_, empty) = walk(&server, &all(), &token).await;
    server.load(LOG, &call_rows(0, 3, FROM));
    let (_, link) = walk(&server, &with("maxpagesize=1"), &token).await;
    server.load(LOG, &[changed(0, 6), changed(1, 6)]);
    let next = server.get(&link, &token).await.next_link().unwrap();
    assert_eq!(follow(&server, &link, &token).await.rows.len(), 2);

    // The first commit is as it was, the second another of the same number.
    let backup = engine_at(&clock);
    append(&backup, TENANT, LOG, &call_rows(0, 3, FROM));
    *clock.lock().unwrap() += 60;
    append(&backup, TENANT, LOG, &[changed(2, 9)]);
    *engine.engine.lock().unwrap() = backup;
    is_gone(&server.get(&next, &token).await, "a commit whose number came again");
    // What both stores have alike can be gone on from.
    assert_eq!(durations(&follow(&server, &link, &token).await.rows), [(id(2), 9)]);
    assert_eq!(follow(&server, &empty, &token).await.rows.len(), 3);
}

#[tokio::test]
async fn links_end_with_the_deletions_that_are_kept() {
    let day = 86_400;
    let clock = Arc::new(Mutex::new(1_800_000_000));
    let server = TestServer::builder().engine(Arc::new(engine_at(&clock))).start();
    let token = server.token().await;
    server.load(LOG, &call_rows(0, 4, FROM));
    let (_, old) = walk(&server, &all(), &token).await;
    erase(&server, "startDateTime eq 2020-01-05T00:00:00Z");
    let (_, newer) = walk(&server, &all(), &token).await;
    *clock.lock().unwrap() += 80 * day;
    erase(&server, "startDateTime eq 2020-01-05T00:00:01Z");
    server.engine.tidy().unwrap();
    assert_eq!(follow(&server, &old, &token).await.removed.len(), 2);
    *clock.lock().unwrap() += 20 * day;
    server.engine.tidy().unwrap();
    is_gone(&server.get(&old, &token).await, "a link that is older than what was removed");
    assert_eq!(follow(&server, &newer, &token).await.removed, [gone(1, "deleted")]);
}

/// A server whose tenant hides three digits.
fn masked_server() -> TestServer {
    let server =
        TestServer::builder().settings(|settings| settings.masks.others = Mask::of_country("DE")).start();
    server.load(LOG, &call_rows(0, 3, FROM));
    server
}

#[tokio::test]
async fn changes_are_masked_as_pages_are() {
    let server = masked_server();
    let token = server.token().await;
    let full = server.token_of(TENANT, &[Role::CallRecordsReadAll, Role::FullNumbers]).await;
    let filter = form_encoded("startswith(callerNumber,'+4930000')");
    let target = with(&format!("$filter={filter}"));
    let (pages, link) = walk(&server, &target, &token).await;
    assert_eq!(pages[0].rows().len(), 3);
    let (_, full_link) = walk(&server, &target, &full).await;
    server.load(LOG, &[changed(1, 6)]);
    let told = follow(&server, &link, &token).await;
    assert_eq!(told.rows[0]["callerNumber"], "+4930000***");
    assert_eq!(follow(&server, &full_link, &full).await.rows[0]["callerNumber"], "+4930000001");
    // The mask changed, or the token's roles: the client has rows of another look.
    for (link, token) in [(&link, &full), (&full_link, &token)] {
        let answer = server.get(link, token).await;
        is_gone(&answer, "another mask");
        assert!(hint(&answer).contains("mask"), "{}", hint(&answer));
    }
    // A filter tells no hidden digits by what is gone.
    let hidden = with(&format!("$filter={}", form_encoded("endswith(callerNumber,'001')")));
    let (pages, link) = walk(&server, &hidden, &token).await;
    assert!(pages[0].rows().is_empty());
    server.load(LOG, &[changed(0, 7), changed(1, 7)]);
    let told = follow(&server, &link, &token).await;
    assert_eq!((told.rows.len(), told.removed), (0, vec![gone(0, "changed"), gone(1, "changed")]));
    // In lines, too.
    let lines = server.request("GET", &full_link).bearer(&full).header("accept", NDJSON).send().await;
    assert!(lines.text().contains("+4930000001"), "{}", lines.text());
    let (_, link) = walk(&server, &all(), &token).await;
    server.load(LOG, &[changed(0, 8)]);
    let lines = server.request("GET", &link).bearer(&token).header("accept", NDJSON).send().await;
    assert!(
        lines.text().contains("+4930000***") && !lines.text().contains("+4930000000"),
        "{}",
        lines.text()
    );
}

#[tokio::test]
async fn rows_that_are_too_old_are_not_told() {
    let retention = Retention::default().with(LOG, Some(30));
    let server = TestServer::builder().settings(|settings| settings.retention = retention.into()).start();
    // It is 08:00 on 24 November.
    let old = "2026-10-25T07:59:59Z";
    let starts = [old, "2026-10-25T08:00:00Z", "2026-10-25T08:10:00Z"];
    let row = |number: u32| call_row(number, starts[number as usize]);
    server.load(LOG, &[row(0), row(1), row(2)]);
    let token = server.token().await;
    let (pages, link) = walk(&server, &call_path("2026-10-01", "2026-11-24"), &token).await;
    assert_eq!(pages[0].ids(), [id(1), id(2)]);
    let longer = |number: u32| row(number).replace("\"duration\":5", "\"duration\":6");
    server.load(LOG, &[longer(0), longer(1), longer(2)]);
    server.load(LOG, &[call_row(9, old)]);
    let told = follow(&server, &link, &token).await;
    assert_eq!(durations(&told.rows), [(id(1), 6), (id(2), 6)]);
    assert_eq!(told.removed, [gone(0, "changed")], "a row that was never shown is not told");
    // Its key is told, and nothing else of it.
    assert!(!told.pages[0].text().contains("+4930000000") && told.pages[0].text().contains("+4930000001"));
    // It gets too old, and is deleted after a while.
    server.clock.advance(SignedDuration::from_mins(5));
    assert!(follow(&server, &told.link, &token).await.removed.is_empty());
    let before = Instant::parse("2026-10-25T08:05:00Z").unwrap();
    assert_eq!(server.engine.tenant(TENANT).forget(LOG, before).unwrap(), 3);
    let told = follow(&server, &told.link, &token).await;
    assert_eq!(told.removed, [gone(0, "deleted"), gone(9, "deleted"), gone(1, "deleted")]);
    assert!(told.rows.is_empty());
}

#[tokio::test]
async fn a_link_gives_no_right_to_read() {
    let limits = ThrottleLimits { function: 4, ..ThrottleLimits::default() };
    let server = TestServer::builder().settings(|settings| settings.throttle = Some(limits)).start();
    server.load(LOG, &call_rows(0, 3, FROM));
    let token = server.token().await;
    let roleless = server.token_of(TENANT, &[]).await;
    let (_, link) = walk(&server, &all(), &token).await;
    assert_eq!(server.request("GET", &link).send().await.status, 401);
    assert_eq!(server.get(&link, &roleless).await.status, 403);
    let statuses = [server.get(&link, &token).await.status, server.get(&link, &token).await.status];
    assert_eq!(statuses, [200, 200]);
    assert_eq!(server.get(&link, &token).await.status, 200);
    let answer = server.get(&link, &token).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "60"));
}
