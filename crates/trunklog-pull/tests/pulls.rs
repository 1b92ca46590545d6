use trunklog_identity::Role;
use trunklog_odata::{Instant, Profile};
use trunklog_pull::puller::{PullError, position_name};
use trunklog_pull::settings::CredentialFiles;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT, SMS};
use trunklog_records::{Log, TimeRange};
use trunklog_server::ThrottleLimits;
use trunklog_store::{Engine, Erase, Erasure, Selection};
use trunklog_store_kit::MemoryEngine;
use trunklog_testkit::{StandIn, TENANT, TestServer, call_row, call_rows};

use crate::bench::Bench;
use crate::proxy::Trouble;

const CALLS: &Log = &DIRECT_ROUTING_CALLS;

/// A server that is as strict as Graph, and takes so many requests a minute.
fn strict(function: u32) -> TestServer {
    TestServer::builder()
        .profile(Profile::Strict)
        .settings(|settings| {
            settings.public_url = None;
            settings.throttle = Some(ThrottleLimits { function, ..ThrottleLimits::default() });
        })
        .start()
}

fn lenient() -> TestServer {
    TestServer::builder().settings(|settings| settings.public_url = None).start()
}

async fn bench(server: TestServer) -> Bench {
    Bench::start(server, &[CALLS], &[Role::CallRecordsReadAll]).await
}

/// Calls of two months, many of them within one day.
fn load(server: &TestServer) {
    server.load(CALLS, &call_rows(0, 39, "2026-11-24T07:00:00Z"));
    // One has what v1.0 does not show.
    let german = call_row(39, "2026-11-24T07:30:00Z").replace('{', "{\"userCountryCode\":\"DE\",");
    server.load(CALLS, &[german]);
    server.load(CALLS, &call_rows(1_000, 2_300, "2026-11-20T09:00:00Z"));
    for day in 1..=28 {
        server.load(CALLS, &call_rows(10_000 + day * 10, 3, &format!("2026-10-{day:02}T23:59:58Z")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_server_is_pulled_row_by_row() {
    let bench = bench(strict(50)).await;
    load(&bench.server);
    let events = bench.pull();
    assert_eq!((events.failures.len(), events.rejected.len()), (0, 0), "{events:?}");
    bench.assert_equal();
    let status = &bench.status()[0];
    assert_eq!((status.days_left, status.tally.new, status.tally.late), (Some(0), 40 + 2_300 + 84, 0));
    assert!(!status.follows_changes && status.failure.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_trouble_loses_or_doubles_a_row() {
    let bench = bench(strict(50)).await;
    load(&bench.server);
    let troubles = [
        Trouble::Status(429, "0.2"),
        Trouble::Status(429, "1"),
        Trouble::Status(503, "Tue, 24 Nov 2026 08:30:00 GMT"),
        Trouble::None,
        Trouble::Status(503, ""),
        Trouble::Cut,
        Trouble::Shortened,
        Trouble::Drop,
        Trouble::Html,
        Trouble::Reversed,
        Trouble::Status(401, ""),
        Trouble::Doubled,
        Trouble::Slow,
        Trouble::Status(504, "soon"),
        Trouble::Reversed,
        Trouble::Cut,
        Trouble::Doubled,
        Trouble::Status(401, ""),
        Trouble::Drop,
    ];
    bench.proxy.trouble(troubles);
    let events = bench.pull();
    assert_eq!(bench.proxy.troubles_left(), 0);
    assert_eq!(events.failures, Vec::<String>::new());
    assert!(events.waits.len() >= 10, "{events:?}");
    assert!(bench.proxy.tokens() >= 3, "a refused token is replaced");
    bench.assert_equal();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_throttles_is_waited_for() {
    let bench = bench(strict(2)).await;
    load(&bench.server);
    let events = bench.pull();
    assert!(!events.waits.is_empty());
    assert_eq!(events.failures, Vec::<String>::new());
    bench.assert_equal();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_polite_is_not_throttled() {
    let mut bench = bench(strict(5)).await;
    bench.settings.requests_per_minute = 4;
    load(&bench.server);
    let events = bench.pull();
    assert!(events.waits.is_empty(), "{events:?}");
    bench.assert_equal();
}

#[tokio::test(flavor = "multi_thread")]
async fn late_and_changed_rows_arrive_within_the_hour() {
    let bench = bench(strict(1_000)).await;
    load(&bench.server);
    bench.pull();
    bench.server.load(CALLS, &call_rows(50_000, 7, "2026-11-22T10:00:00Z"));
    let changed = call_row(1_000, "2026-11-20T09:00:00Z").replace("\"duration\":5", "\"duration\":6");
    bench.server.load(CALLS, &[changed]);
    bench.proxy.take_pages();
    bench.pull();
    assert_eq!(bench.proxy.take_pages(), Vec::<String>::new(), "nothing is due yet");
    bench.pass(1);
    bench.pull();
    let status = &bench.status()[0];
    assert_eq!(status.tally.late, 7);
    // The call of four days ago is read again within a day.
    bench.pass(24);
    bench.pull();
    bench.assert_equal();
    assert_eq!(bench.status()[0].tally.updated, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_the_server_no_longer_has_are_counted_and_kept() {
    let bench = bench(strict(1_000)).await;
    load(&bench.server);
    bench.pull();
    let day = |day| Instant::from_date(2026, 11, day).unwrap();
    let range = TimeRange::of(CALLS, day(24), day(25)).unwrap();
    let erasure = Erasure { selection: Selection::all(CALLS, range), what: Erase::Rows };
    assert_eq!(bench.server.engine.tenant(TENANT).erase(&erasure).unwrap(), 40);
    bench.pass(1);
    bench.pull();
    assert_eq!(bench.status()[0].gone, 40);
    let all = Selection::all(CALLS, range);
    assert_eq!(bench.target.tenant(TENANT).count(&all, None).unwrap(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_was_broken_off_goes_on_at_its_last_page() {
    let bench = bench(strict(1_000)).await;
    load(&bench.server);
    // Two windows and the first page of the third, then nothing for long.
    let broken = std::iter::repeat_n(Trouble::Drop, 9);
    bench.proxy.trouble(std::iter::repeat_n(Trouble::None, 3).chain(broken));
    let events = bench.pull();
    assert_eq!(events.failures.len(), 1, "{events:?}");
    assert_eq!(bench.proxy.troubles_left(), 0);
    bench.proxy.take_pages();
    bench.pass(1);
    bench.pull();
    let pages = bench.proxy.take_pages();
    assert!(pages[0].contains("skip=1000"), "{pages:?}");
    assert_eq!(bench.status()[0].failing_since, None);
    bench.assert_equal();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_trunklog_is_followed_by_its_changes() {
    let mut bench = bench(lenient()).await;
    bench.settings.history_days = None;
    load(&bench.server);
    bench.server.load(CALLS, &call_rows(90_000, 5, "2019-01-05T10:00:00Z"));
    bench.pull();
    bench.assert_equal();
    assert!(bench.status()[0].follows_changes);
    bench.proxy.take_pages();
    // Of any age, where windows would never look again.
    let changed = call_row(90_000, "2019-01-05T10:00:00Z").replace("\"duration\":5", "\"duration\":60");
    bench.server.load(CALLS, &[changed]);
    bench.server.load(CALLS, &call_rows(95_000, 4, "2019-10-06T10:00:00Z"));
    bench.pass(1);
    bench.pull();
    bench.assert_equal();
    let pages = bench.proxy.take_pages();
    assert_eq!(pages.len(), 1, "{pages:?}");
    assert!(pages[0].contains("deltatoken"), "{pages:?}");
    // What is gone there is counted here.
    let year = |year| Instant::from_date(year, 1, 1).unwrap();
    let selection = Selection::all(CALLS, TimeRange::of(CALLS, year(2019), year(2020)).unwrap());
    let gone = bench.server.engine.tenant(TENANT).erase(&Erasure { selection, what: Erase::Rows }).unwrap();
    bench.pass(1);
    let events = bench.pull();
    assert_eq!(events.rejected, Vec::<String>::new());
    assert_eq!((gone, bench.status()[0].tally.removed), (9, 9));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_position_changes_nothing() {
    let bench = bench(strict(1_000)).await;
    load(&bench.server);
    bench.pull();
    let name = format!("position/{TENANT}/{}", position_name(&bench.settings, CALLS));
    let kept = bench.target.state(&name).unwrap();
    assert!(bench.target.exchange_state(&name, kept.as_deref(), Some("what is this?")).unwrap());
    bench.pull();
    bench.assert_equal();
    assert_eq!(bench.status()[0].tally.new, 0, "all rows were there");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_is_told_what_to_do() {
    let bench = Bench::start(strict(50), &[CALLS, &PSTN_CALLS], &[]).await;
    let events = bench.pull();
    assert_eq!(events.failures.len(), 2);
    assert!(events.failures.iter().all(|why| why.contains("admin consent")), "{events:?}");
    let status = bench.status();
    assert!(status.iter().all(|log| log.failing_since.is_some() && log.complete_until.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_told() {
    let bench = Bench::start(strict(50), &[CALLS, &PSTN_CALLS, &SMS], &[Role::CallRecordsReadAll]).await;
    let CredentialFiles::Secret(file) = &bench.settings.credential else { panic!("it is no secret") };
    let right = std::fs::read(file).unwrap();
    std::fs::write(file, "wrong").unwrap();
    let events = bench.pull();
    assert_eq!(events.failures.len(), 3);
    assert!(events.failures.iter().all(|why| why.contains("AADSTS7000215")), "{events:?}");
    assert_eq!(bench.proxy.tokens(), 1, "a wrong secret is tried once, not for each log");
    // A new secret needs no restart.
    std::fs::write(file, right).unwrap();
    bench.pass(1);
    assert_eq!(bench.pull().failures, Vec::<String>::new());
    assert_eq!(bench.status()[0].failing_since, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_logs_take_turns() {
    let bench = Bench::start(strict(1_000), &[CALLS, &PSTN_CALLS, &SMS], &[Role::CallRecordsReadAll]).await;
    load(&bench.server);
    bench.pull();
    let pages = bench.proxy.take_pages();
    let functions: Vec<bool> = pages.iter().map(|page| page.contains("getDirectRoutingCalls")).collect();
    assert!(functions[..3].iter().any(|is_first| !is_first), "{pages:?}");
    assert!(pages.iter().any(|page| page.starts_with("/beta/") && page.contains("getSmsLog")));
    bench.assert_equal();
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_without_times_get_the_day_that_was_asked_for() {
    let server = strict(1_000);
    let call = r#"{"id":"a","startDateTime":"2026-11-22T10:00:00Z","callType":"conf_out","userId":"anna","userPrincipalName":"anna@contoso.example","usageCountryCode":"DE","destinationContext":"Domestic","currency":"EUR","charge":0.10,"duration":30}"#;
    server.load(&PSTN_CALLS, &[call]);
    let mut bench = Bench::start(server, &[&PSTN_ONLINE_MEETING_DIALOUT], &[Role::CallRecordsReadAll]).await;
    bench.settings.history_days = Some(5);
    let events = bench.pull();
    assert_eq!(events.rejected, Vec::<String>::new());
    assert_eq!(bench.status()[0].tally.new, 1);
    // Read again, it is the same row.
    bench.pass(1);
    bench.pull();
    assert_eq!(bench.status()[0].tally.new, 1);
}

/// The position of a stand-in is never what was expected, as if another process had
/// moved it.
#[tokio::test(flavor = "multi_thread")]
async fn two_that_pull_the_same_do_not_fight() {
    let mut bench = bench(strict(50)).await;
    load(&bench.server);
    bench.target = StandIn::new(|| MemoryEngine::new().tenant(TENANT));
    let (_, outcome) = bench.try_pull();
    assert!(matches!(outcome, Err(PullError::Moved)), "{outcome:?}");
}
