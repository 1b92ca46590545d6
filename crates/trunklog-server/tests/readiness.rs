//! `/readyz` follows the engine, and asking it waits for nobody.

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use trunklog_ledger::disk::DiskUse;
use trunklog_odata::Instant as Moment;
use trunklog_store::{Engine, Error, ErrorKind, Result};
use trunklog_store_kit::MemoryEngine;
use trunklog_testkit::{StandIn, TestServer};

/// How long anything may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// An engine that says of itself what a test wants.
#[derive(Default)]
struct Patient {
    knows: Mutex<Option<ErrorKind>>,
    probe: Mutex<Option<ErrorKind>>,
    /// Holds up the next probe until something is sent.
    hangs: Mutex<Option<Receiver<()>>>,
}

impl Patient {
    fn engine(self: &Arc<Self>) -> Arc<dyn Engine> {
        let (checked, known) = (Arc::clone(self), Arc::clone(self));
        StandIn::with_health(
            || panic!("no request is made"),
            move || checked.check(),
            move || told(*known.knows.lock().unwrap()),
        )
    }

    fn check(&self) -> Result<()> {
        let hangs = self.hangs.lock().unwrap().take();
        if let Some(hangs) = hangs {
            // Its end is as good as a word.
            let _ = hangs.recv();
        }
        told(*self.probe.lock().unwrap())
    }

    fn knows(&self, kind: Option<ErrorKind>) {
        *self.knows.lock().unwrap() = kind;
    }

    fn probe(&self, kind: Option<ErrorKind>) {
        *self.probe.lock().unwrap() = kind;
    }

    fn hang(&self) -> Sender<()> {
        let (release, hangs) = channel();
        *self.hangs.lock().unwrap() = Some(hangs);
        release
    }
}

fn told(kind: Option<ErrorKind>) -> Result<()> {
    kind.map_or(Ok(()), |kind| Err(Error::new(kind, "a secret place on the disk")))
}

async fn get(address: SocketAddr) -> String {
    ask(address, "GET /readyz", "localhost").await
}

async fn ask(address: SocketAddr, line: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// Asks until the answer is such a one.
async fn until(address: SocketAddr, status: &str, body: &str) {
    let begun = Instant::now();
    loop {
        let answer = get(address).await;
        assert!(!answer.contains("secret"), "{answer}");
        if answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.ends_with(body) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "not {status} {body:?}: {answer}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn server() -> (TestServer, Arc<Patient>, SocketAddr) {
    let engine = Arc::new(Patient::default());
    let server = TestServer::builder().engine(engine.engine()).start();
    let address = server.listen_everywhere().await.ops.unwrap();
    until(address, "200", "ok\n").await;
    (server, engine, address)
}

#[tokio::test]
async fn what_the_engine_knows_counts_at_once_and_ends_by_itself() {
    let (_server, engine, address) = server().await;
    for kind in [ErrorKind::Corrupt, ErrorKind::Recovering, ErrorKind::Moved] {
        engine.knows(Some(kind));
        let answer = get(address).await;
        let body = format!("the store cannot serve: {}\n", kind.name());
        assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with(&body), "{answer}");
        engine.knows(None);
        until(address, "200", "ok\n").await;
    }
}

#[tokio::test]
async fn a_probe_that_fails_counts_until_one_succeeds() {
    let (_server, engine, address) = server().await;
    engine.probe(Some(ErrorKind::Corrupt));
    until(address, "503", "the store cannot serve: corrupt\n").await;
    engine.probe(None);
    until(address, "200", "ok\n").await;
}

#[tokio::test]
async fn a_probe_that_hangs_holds_nobody_up() {
    let (_server, engine, address) = server().await;
    let release = engine.hang();
    // The engine is told of while the probe hangs.
    engine.knows(Some(ErrorKind::Recovering));
    until(address, "503", "the store cannot serve: recovering\n").await;
    engine.knows(None);
    until(address, "503", "the store cannot serve: no answer\n").await;
    release.send(()).unwrap();
    until(address, "200", "ok\n").await;
}

/// Reading works on a full disk, so nobody is sent elsewhere; but it is told.
#[tokio::test]
async fn a_full_disk_is_told_and_keeps_nobody_away() {
    let engine: Arc<dyn Engine> = Arc::new(MemoryEngine::new());
    let server = TestServer::builder().engine(Arc::clone(&engine)).start();
    let address = server.listen_everywhere().await.ops.unwrap();
    until(address, "200", "ok\n").await;
    assert!(!get(address).await.contains("trunklog-disk"), "nobody has measured it");
    for (free_bytes, word, body) in [
        (0, "full", "degraded: disk full, nothing new is stored\n"),
        (2 << 20, "urgent", "degraded: disk nearly full, make room now\n"),
        (50 << 30, "none", "ok\n"),
    ] {
        let disk = DiskUse { free_bytes, total_bytes: 100 << 30, ..DiskUse::default() };
        trunklog_ledger::disk::keep(engine.as_ref(), &disk, Moment::ABSENT).unwrap();
        until(address, "200", body).await;
        let answer = get(address).await;
        assert!(answer.contains(&format!("trunklog-disk: {word}\r\n")), "{answer}");
    }
}

/// Those of before count, so nobody is sent elsewhere; but who was removed since may still
/// be let in.
#[tokio::test]
async fn a_registry_that_cannot_be_used_is_told() {
    let (server, _engine, address) = server().await;
    let [applications, people] =
        ["applications.json", "people.json"].map(|name| server.identity_folder().join(name));
    let [of_applications, of_people] = ["applications.json", "people.json"]
        .map(|name| format!("degraded: {name} cannot be used, what it held before counts\n"));
    std::fs::write(&applications, "{").unwrap();
    until(address, "200", &format!("\r\n\r\n{of_applications}")).await;
    std::fs::write(&people, "{").unwrap();
    until(address, "200", &format!("\r\n\r\n{of_applications}{of_people}")).await;
    std::fs::remove_file(&applications).unwrap();
    until(address, "200", &format!("\r\n\r\n{of_people}")).await;
    std::fs::remove_file(&people).unwrap();
    until(address, "200", "\r\n\r\nok\n").await;
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_in_text() {
    let (_server, _engine, address) = server().await;
    for (line, host, status, body) in [
        ("GET /livez", "a b", "400", "Bad Request - Invalid Hostname.\n"),
        ("GET /nothing", "localhost", "404", "Resource not found.\nthere is /livez, /readyz and /metrics\n"),
        ("POST /metrics", "localhost", "405", "Only GET and HEAD are allowed.\n"),
    ] {
        let answer = ask(address, line, host).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{line}: {answer}");
        assert!(answer.contains("content-type: text/plain") && answer.contains(body), "{line}: {answer}");
        assert_eq!(answer.contains("allow: GET,HEAD"), status == "405", "{line}: {answer}");
    }
}
