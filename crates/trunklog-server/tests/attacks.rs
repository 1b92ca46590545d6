//! Clients that take up more than their part: of memory, of connections, of
//! workers. The others must not notice.

mod client;
mod store;

use std::net::SocketAddr;
use std::time::Duration;

use client::{Http2, ask, begin, first_of, send, start_of, whole};
use store::{Gate, HELD_UP, Load, ROWS};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use trunklog_identity::Role;
use trunklog_records::TenantId;
use trunklog_server::Settings;
use trunklog_testkit::{TestServer, call_path};
use uuid::Uuid;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

const OTHER: TenantId = TenantId::new(Uuid::from_u128(0x7e57_0000_0000_4000_8000_0000_0000_0002));

/// Addresses of this machine, as if they were others.
const ATTACKER: [u8; 4] = [127, 0, 0, 2];
const ACCOMPLICE: [u8; 4] = [127, 0, 0, 3];
const CLIENT: [u8; 4] = [127, 0, 0, 1];

fn all() -> String {
    call_path("2020-01-01", "2020-02-01")
}

/// A page that is not made before the gate opens.
fn held_up() -> String {
    format!("{}?$top={HELD_UP}", all())
}

struct AttackedServer {
    server: TestServer,
    load: Load,
    address: SocketAddr,
    ops: SocketAddr,
    token: String,
    /// Opens when the test ends, however it does.
    _gate: Gate,
}

/// A server with a store that can be held up.
async fn attacked(settings: impl FnOnce(&mut Settings)) -> AttackedServer {
    let load = Load::new();
    let server = TestServer::builder().settings(settings).engine(load.engine()).start();
    let token = server.token().await;
    let addresses = server.listen_everywhere().await;
    let (address, ops) = (addresses.http.unwrap(), addresses.ops.unwrap());
    let gate = load.gate();
    AttackedServer { server, load, address, ops, token, _gate: gate }
}

impl AttackedServer {
    async fn token_of_another(&self) -> String {
        self.server.token_of(OTHER, &[Role::CallRecordsReadAll]).await
    }

    /// Bytes that are held for clients.
    async fn unread(&self) -> usize {
        self.figure("trunklog_unread_bytes ").await
    }

    async fn figure(&self, name: &str) -> usize {
        let metrics = ask(self.ops, CLIENT, "/metrics", "").await.body;
        metrics.lines().find_map(|line| line.strip_prefix(name)).unwrap().parse().unwrap()
    }

    /// Waits until no client is connected.
    async fn until_all_are_gone(&self) {
        soon(async {
            while self.figure("trunklog_connections ").await > 0 {
                sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    }

    /// Waits until nothing is held for clients.
    async fn until_all_is_read(&self) {
        timeout(PATIENCE, async {
            while self.unread().await > 0 {
                sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .expect("what nobody takes any more is let go");
    }
}

/// What happens within the time that anything may take.
async fn soon<F: Future>(what: F) -> F::Output {
    timeout(PATIENCE, what).await.expect("it happens in time")
}

#[tokio::test]
async fn pages_that_nobody_takes_are_not_made() {
    const BOUND: usize = 4_000_000;
    let attacked = attacked(|settings| settings.limits.connection_unread_bytes = BOUND).await;
    let mut client = Http2::connect(attacked.address, ATTACKER, 0).await;
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(client.send("GET", &all(), &attacked.token).await);
    }
    // The server has seen all of them when it answers this, and had its chance
    // to make them all when it answers what comes last on another connection.
    assert_eq!(soon(client.send("HEAD", &all(), &attacked.token).await).await.unwrap().status(), 200);
    let answer = soon(ask(attacked.address, CLIENT, &all(), &attacked.token)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let unread = attacked.unread().await;
    assert!(unread > 0 && unread <= BOUND, "{unread} bytes are held");
    assert!(attacked.load.pages() < 10, "{} pages were made", attacked.load.pages());
    drop((answers, client));
    attacked.until_all_is_read().await;
}

#[tokio::test]
async fn a_page_larger_than_its_share_arrives_whole() {
    let attacked = attacked(|settings| settings.limits.connection_unread_bytes = 1).await;
    let plain = soon(ask(attacked.address, CLIENT, &all(), &attacked.token)).await;
    assert_eq!(plain.body.matches("\"correlationId\"").count(), ROWS);
    for window in [1_000, 1_000_000] {
        let mut client = Http2::connect(attacked.address, CLIENT, window).await;
        let first = client.send("GET", &all(), &attacked.token).await;
        let second = client.send("GET", &all(), &attacked.token).await;
        for answer in [first, second] {
            let body = soon(whole(soon(answer).await.unwrap())).await.unwrap();
            assert!(body == plain.body.as_bytes(), "{} of {} bytes", body.len(), plain.body.len());
        }
    }
    attacked.until_all_is_read().await;
}

#[tokio::test]
async fn a_stream_whose_window_stays_closed_is_reset() {
    let attacked = attacked(|settings| settings.limits.slow_secs = 1).await;
    for window in [0, 10, 65_535] {
        let mut client = Http2::connect(attacked.address, ATTACKER, window).await;
        let answer = soon(client.send("GET", &all(), &attacked.token).await).await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut body = answer.into_body();
        let error = soon(async {
            loop {
                match body.data().await {
                    // Takes it without making room for more.
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return error,
                    None => panic!("the answer must not look whole"),
                }
            }
        })
        .await;
        assert!(error.is_reset(), "window {window}: {error}");
        // The connection has done nothing wrong.
        let head = soon(client.send("HEAD", &all(), &attacked.token).await).await.unwrap();
        assert_eq!(head.status(), 200, "window {window}");
    }
    attacked.until_all_is_read().await;
}

#[tokio::test]
async fn a_slow_reader_of_an_export_frees_its_worker() {
    let attacked = attacked(|settings| settings.limits.slow_secs = 1).await;
    let mut client = Http2::connect(attacked.address, ATTACKER, 100).await;
    let export = format!("{}?$format=ndjson", all());
    let answer = soon(client.send("GET", &export, &attacked.token).await).await.unwrap();
    assert_eq!((answer.status(), attacked.load.scans()), (http::StatusCode::OK, 1));
    soon(async {
        while attacked.load.scans() > 0 {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    drop(answer);
}

#[tokio::test]
async fn idle_connections_shut_nobody_out() {
    let attacked = attacked(|settings| settings.limits.connections = 8).await;
    let mut idle = Vec::new();
    for at in 0..24 {
        let from = if at % 2 == 0 { ATTACKER } else { ACCOMPLICE };
        // They answer pings, as long as they are let.
        idle.push(Http2::connect(attacked.address, from, 0).await);
    }
    let answer = soon(ask(attacked.address, CLIENT, &all(), &attacked.token)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn an_idle_connection_ends_although_it_answers_pings() {
    let attacked = attacked(|settings| settings.limits.idle_secs = 1).await;
    let client = Http2::connect(attacked.address, CLIENT, 65_535).await;
    if let Err(error) = soon(client.ended()).await {
        assert!(error.is_go_away(), "{error}");
    }
}

#[tokio::test]
async fn who_finds_only_busy_connections_is_told_so() {
    let attacked = attacked(|settings| {
        settings.limits.connections = 2;
        settings.limits.store_workers = 4;
    })
    .await;
    let mut busy = Vec::new();
    for from in [ATTACKER, ACCOMPLICE] {
        busy.push(begin(attacked.address, from, &held_up(), &attacked.token).await);
    }
    soon(attacked.load.until_pages(2)).await;
    // One is of the busy ones, and may not have a second one.
    for (from, hint) in [(ACCOMPLICE, "trusted_proxies"), (CLIENT, "limits.connections")] {
        let answer = soon(ask(attacked.address, from, &all(), &attacked.token)).await;
        assert_eq!(answer.status, 503, "{}", answer.body);
        let head = answer.head.to_ascii_lowercase();
        assert!(head.contains("retry-after: 1") && head.contains("connection: close"), "{head}");
        let body = answer.body;
        assert!(body.contains("\"ServiceUnavailable\"") && body.contains(hint), "{body}");
    }
    drop(busy);
}

#[tokio::test]
async fn exports_of_one_tenant_leave_room_for_another() {
    let attacked = attacked(|_| ()).await;
    let export = format!("{}?$format=ndjson", all());
    let mut slow: Vec<TcpStream> = Vec::new();
    for _ in 0..6 {
        slow.push(begin(attacked.address, ATTACKER, &export, &attacked.token).await);
    }
    soon(attacked.load.until_scans(2)).await;
    let token = attacked.token_of_another().await;
    let mut other = begin(attacked.address, CLIENT, &export, &token).await;
    let start = soon(start_of(&mut other)).await;
    assert!(start.starts_with("HTTP/1.1 200 "), "{start}");
    assert_eq!(attacked.load.scans(), 3, "the first tenant has all but one");
    drop((slow, other));
}

#[tokio::test]
async fn searches_of_one_tenant_leave_room_for_another() {
    let attacked = attacked(|_| ()).await;
    let filter = "$filter=duration%20gt%201";
    let mut dear: Vec<TcpStream> = Vec::new();
    for _ in 0..12 {
        let target = format!("{}?{filter}&$top={HELD_UP}", all());
        dear.push(begin(attacked.address, ATTACKER, &target, &attacked.token).await);
    }
    soon(attacked.load.until_pages(2)).await;
    let token = attacked.token_of_another().await;
    let answer = soon(ask(attacked.address, CLIENT, &format!("{}?{filter}", all()), &token)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    drop(dear);
}

#[tokio::test]
async fn health_is_told_while_everything_else_is_taken() {
    let attacked = attacked(|settings| {
        settings.limits.connections = 4;
        settings.limits.store_workers = 1;
    })
    .await;
    let mut busy = Vec::new();
    for from in [ATTACKER, ACCOMPLICE] {
        for _ in 0..2 {
            busy.push(begin(attacked.address, from, &held_up(), &attacked.token).await);
        }
    }
    soon(attacked.load.until_pages(1)).await;
    for path in ["/livez", "/readyz", "/metrics"] {
        let answer = soon(ask(attacked.ops, CLIENT, path, "")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    drop(busy);
}

#[tokio::test]
async fn health_does_not_wait_for_a_store_that_hangs() {
    let attacked = attacked(|_| ()).await;
    attacked.load.hang_checks();
    for _ in 0..3 {
        let answer = soon(ask(attacked.ops, CLIENT, "/readyz", "")).await;
        assert_eq!(answer.status, 503, "{}", answer.body);
        assert_eq!(soon(ask(attacked.ops, CLIENT, "/livez", "")).await.status, 200);
    }
    assert_eq!(attacked.load.checks(), 1, "there is one check at a time");
}

#[tokio::test]
async fn strangers_together_leave_room_for_tenants() {
    const BOUND: usize = 4_000_000;
    let attacked = attacked(|settings| settings.limits.unread_bytes = BOUND).await;
    let mut strangers = Vec::new();
    for from in [ATTACKER, ACCOMPLICE] {
        let mut client = Http2::connect(attacked.address, from, 0).await;
        for _ in 0..90 {
            let answer = client.send("GET", "/openapi/v1.0.json", "").await;
            strangers.push(soon(answer).await.unwrap());
        }
        // Sent, so that it stays open.
        tokio::spawn(client.ended());
    }
    assert!(strangers.iter().any(|answer| answer.status() == 200));
    assert!(strangers.iter().any(|answer| answer.status() == 503), "not all of them are held");
    let unread = attacked.unread().await;
    assert!(unread <= BOUND / 4, "{unread} bytes are held for strangers");
    let answer = soon(ask(attacked.address, CLIENT, &all(), &attacked.token)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    // Another stranger can still sign in, and learn by which keys.
    let answer = soon(ask(attacked.address, CLIENT, "/common/discovery/keys", "")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    drop(strangers);
}

#[tokio::test]
async fn a_body_counts_as_it_comes() {
    let attacked = attacked(|_| ()).await;
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let head = "POST /common/oauth2/token HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
                    Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 200000\r\n\r\n";
        let mut stream = send(attacked.address, ATTACKER, head).await;
        // Said when the body is read.
        let said = "HTTP/1.1 100 Continue\r\n\r\n";
        assert_eq!(soon(first_of(&mut stream, said.len())).await, said);
        waiting.push(stream);
    }
    assert_eq!(attacked.unread().await, 0);
    drop(waiting);
}

#[tokio::test]
async fn a_small_batch_needs_little_room() {
    let attacked = attacked(|settings| settings.limits.unread_bytes = 6_000_000).await;
    let mut client = Http2::connect(attacked.address, CLIENT, 0).await;
    let all = all();
    let page = soon(client.send("GET", &all, &attacked.token).await).await.unwrap();
    assert!(page.status() == 200 && attacked.unread().await > 0);
    let path = all.strip_prefix("/v1.0").unwrap();
    let items: Vec<String> =
        (1..=20).map(|id| format!(r#"{{"id":"{id}","method":"GET","url":"{path}?$top=1"}}"#)).collect();
    let batch = format!(r#"{{"requests":[{}]}}"#, items.join(","));
    let answer = client.send_all("POST", "/v1.0/$batch", &attacked.token, batch.into()).await;
    let status = soon(answer).await.unwrap().status();
    assert_eq!((status, attacked.load.pages()), (http::StatusCode::OK, 21));
    drop(page);
}

#[tokio::test]
async fn what_an_export_holds_counts_until_its_threads_let_go() {
    let attacked = attacked(|_| ()).await;
    let export = format!("{}&$format=ndjson", held_up());
    let mut client = begin(attacked.address, CLIENT, &export, &attacked.token).await;
    let start = soon(start_of(&mut client)).await;
    assert!(start.starts_with("HTTP/1.1 200 "), "{start}");
    drop(client);
    attacked.until_all_are_gone().await;
    assert_eq!(attacked.load.scans(), 1);
    assert!(attacked.unread().await > 0, "its thread still has rows");
    attacked.load.open();
    attacked.until_all_is_read().await;
}

#[tokio::test]
async fn unread_documents_shut_nobody_out() {
    let attacked = attacked(|settings| settings.limits.connections = 8).await;
    let mut busy = Vec::new();
    for from in [ATTACKER, ACCOMPLICE] {
        for _ in 0..4 {
            let mut client = Http2::connect(attacked.address, from, 0).await;
            let answer = client.send("GET", "/openapi/v1.0.json", "").await;
            busy.push((soon(answer).await.unwrap(), client));
        }
    }
    let answer = soon(ask(attacked.address, CLIENT, &all(), &attacked.token)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    drop(busy);
}

#[tokio::test]
async fn unread_metrics_hide_no_metrics() {
    let attacked = attacked(|_| ()).await;
    let mut busy = Vec::new();
    for _ in 0..70 {
        let mut client = Http2::connect(attacked.ops, ATTACKER, 0).await;
        let answer = client.send("GET", "/metrics", "").await;
        busy.push((soon(answer).await.unwrap(), client));
    }
    for path in ["/livez", "/readyz", "/metrics"] {
        let answer = soon(ask(attacked.ops, CLIENT, path, "")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    drop(busy);
}
