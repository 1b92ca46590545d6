//! The store kit over the socket, and what happens to a command when its
//! server goes away, is of another version or talks nonsense, and the other way
//! round.

mod raw;

use std::io::Write;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use tempfile::TempDir;
use trunklog_control::{Acquisition, ControlError, ControlServer, Ownership, RemoteEngine, serve};
use trunklog_odata::expr::{Expr, Kind, Literal, Node};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, Rows, TenantId, TimeRange, Value};
use trunklog_store::{Clock, Engine, ErrorKind, PageQuery, ScanQuery, Selection, Store};
use trunklog_store_kit::{Fixture, KIT_CUBES, MemoryEngine};

/// A server over the reference engine, in its own folder.
struct ServedEngine {
    folder: TempDir,
    memory: MemoryEngine,
    server: Option<ControlServer>,
}

impl ServedEngine {
    fn new() -> ServedEngine {
        let folder = TempDir::new().expect("a folder can be made");
        let socket = folder.path().join("control.sock");
        let memory = MemoryEngine::new();
        let server =
            serve(&socket, Arc::new(memory.clone()), vec![&KIT_CUBES]).expect("the socket can be made");
        ServedEngine { folder, memory, server: Some(server) }
    }

    fn connect(&self) -> Result<RemoteEngine, ControlError> {
        RemoteEngine::connect(&self.folder.path().join("control.sock"))
    }
}

impl Fixture for ServedEngine {
    fn open_with(&self, clock: Clock) -> Arc<dyn Engine> {
        // All clones have the same clock, that of the server, too.
        drop(self.memory.open_with(clock));
        Arc::new(self.connect().expect("the server answers"))
    }
}

trunklog_store_kit::store_kit!(ServedEngine::new());

fn tenant() -> TenantId {
    "11111111-2222-3333-4444-555555555555".parse().unwrap()
}

/// That many calls, one a second.
fn calls(count: i64) -> Rows {
    let log = &DIRECT_ROUTING_CALLS;
    let mut rows = RowBuilder::new(log);
    for number in 0..count {
        let mut values: Vec<Option<Value<'_>>> = vec![None; log.properties.len()];
        let time = trunklog_odata::Instant::from_unix_secs(1_700_000_000 + number).unwrap();
        values[log.time_index()] = Some(Value::Instant(time));
        values[log.id_index()] = Some(Value::Text(number.to_string().into()));
        rows.push(&mut values, None).unwrap();
    }
    rows.finish()
}

fn scan() -> ScanQuery {
    let selection = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
    ScanQuery { selection, skip: 0, limit: None, watermark: None }
}

/// Every row of a scan.
fn scanned(store: &dyn Store) -> usize {
    let mut found = 0;
    store
        .scan(&scan(), &mut |rows: Rows| {
            found += rows.len();
            ControlFlow::Continue(())
        })
        .unwrap();
    found
}

#[test]
fn a_server_that_goes_away_is_reported() {
    let mut served = ServedEngine::new();
    let engine = served.connect().unwrap();
    engine.check().unwrap();
    drop(served.server.take());
    for _ in 0..2 {
        let error = engine.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Other);
        assert_eq!(
            error.to_string(),
            "the running server went away; run the command again (it repeats nothing)"
        );
    }
    assert!(matches!(served.connect(), Err(ControlError::Connect { .. })));
    assert!(!served.folder.path().join("control.sock").exists(), "the socket is left behind");
}

#[test]
fn the_socket_is_for_its_owner_alone_and_replaces_a_stale_one() {
    let served = ServedEngine::new();
    let socket = served.folder.path().join("control.sock");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);

    let stale = served.folder.path().join("stale.sock");
    drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
    let server = serve(&stale, Arc::new(MemoryEngine::new()), Vec::new()).unwrap();
    RemoteEngine::connect(&stale).unwrap();
    drop(server);

    std::fs::write(&stale, "mine").unwrap();
    let refused = serve(&stale, Arc::new(MemoryEngine::new()), Vec::new());
    assert!(matches!(refused, Err(ControlError::NotASocket(_))));
}

#[test]
fn too_many_connections_are_turned_away_in_words() {
    let served = ServedEngine::new();
    let engines: Vec<_> = (0..16).map(|_| served.connect().unwrap()).collect();
    let Err(ControlError::Refused(error)) = served.connect() else { panic!("a 17th connection was served") };
    assert_eq!(error.kind(), ErrorKind::InUse);
    drop(engines);
    let begun = std::time::Instant::now();
    while let Err(error) = served.connect() {
        assert!(begun.elapsed().as_secs() < 10, "closed connections are still counted: {error}");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn a_server_of_another_version_is_named_in_words() {
    let older = r#"{"error":{"kind":"other","message":"the running server is another version than this command: restart the server","cause":null}}"#;
    let newer = r#"{"error":{"kind":"on_strike","message":"the running server is newer","since":[1]}}"#;
    let words = "the running server is another version than this command: restart the server";
    for (reply, text) in [(older, words), (newer, "the running server is newer")] {
        let fake = raw::Fake::new(raw::message(reply, b""));
        let Err(ControlError::Refused(error)) = RemoteEngine::connect(fake.socket()) else {
            panic!("it is taken for a server of this version")
        };
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Other, text));
    }
}

#[test]
fn answers_that_cannot_be_read_are_refused() {
    let done = raw::message("\"done\"", b"");
    let gone = "the running server went away";
    let unreadable = "an answer from the other process cannot be read: restart the server";
    let mut long = Vec::from(u32::MAX.to_be_bytes());
    long.extend_from_slice(b"\"done\"");
    for (answer, text) in [
        (Vec::new(), gone),
        (done[..2].to_vec(), gone),
        (done[..7].to_vec(), gone),
        (done[..done.len() - 1].to_vec(), gone),
        (long, unreadable),
        (raw::message("{", b""), unreadable),
        (raw::message("\"another\"", b""), unreadable),
        (raw::message("\"part\"", b"7"), unreadable),
    ] {
        let fake = raw::Fake::new(answer.clone());
        let Err(ControlError::Refused(error)) = RemoteEngine::connect(fake.socket()) else {
            panic!("it was understood: {answer:?}")
        };
        assert!(error.to_string().starts_with(text), "{answer:?}: {error}");
    }
}

#[test]
fn a_command_of_another_version_is_refused_and_may_go_on() {
    let served = ServedEngine::new();
    let mut client = raw::Client::connect(&served.folder.path().join("control.sock"));
    let unreadable = "a request from the other process cannot be read";
    for (request, text) in [
        (r#"{"version":4,"op":"check"}"#, "the running server is another version than this command"),
        (
            r#"{"version":4,"op":"count","tenant":"t","rows":{"log":"sms","range":{"from":0,"end":1},"columns":[0]},"watermark":null}"#,
            "the running server is another version than this command",
        ),
        (r#"{"version":11,"op":{"later":[]}}"#, "the running server is another version than this command"),
        (r#"{"version":10,"op":"later"}"#, unreadable),
        (r#"{"op":"check"}"#, unreadable),
        ("{", unreadable),
        ("", unreadable),
        (
            r#"{"version":10,"op":"forget","tenant":"11111111-2222-3333-4444-555555555555","log":{"name":"sms","schema":1},"before":0}"#,
            "the running server has another version of sms than this command",
        ),
    ] {
        let reply = client.ask(request, b"");
        assert!(
            reply.starts_with(r#"{"error":{"kind":"other","#) && reply.contains(text),
            "{request}: {reply}"
        );
    }
    assert_eq!(client.ask(r#"{"version":10,"op":"check"}"#, b""), "\"done\"");
}

#[test]
fn requests_that_are_cut_or_too_long_harm_nobody() {
    let served = ServedEngine::new();
    let socket = served.folder.path().join("control.sock");
    let whole = raw::message(r#"{"version":10,"op":"check"}"#, b"");
    for end in [1, 4, 10, whole.len() - 1] {
        raw::Client::connect(&socket).stream.write_all(&whole[..end]).unwrap();
    }
    for (start, body) in [(&b""[..], u32::MAX), (&whole[..whole.len() - 4], (256 << 20) + 1)] {
        let mut client = raw::Client::connect(&socket);
        client.stream.write_all(start).unwrap();
        client.stream.write_all(&body.to_be_bytes()).unwrap();
        let reply = client.reply();
        assert!(reply.contains("the request is too large: send less at once"), "{reply}");
        assert!(reply.contains("too_many"), "{reply}");
        assert!(client.is_closed(), "what follows would be taken for a request");
    }
    let engine = served.connect().unwrap();
    let longest = "x".repeat(5 << 20);
    let error = engine.states(&longest).unwrap_err();
    assert!(error.to_string().starts_with("the request is too large for the running server"), "{error}");
    engine.check().unwrap();
}

#[test]
fn a_scan_may_be_left_at_any_time() {
    let served = ServedEngine::new();
    let engine = served.connect().unwrap();
    let store = engine.tenant(tenant());
    store.append(&calls(100)).unwrap();
    // More often than a server has connections.
    for _ in 0..40 {
        store.scan(&scan(), &mut |_| ControlFlow::Break(())).unwrap();
        assert_eq!(scanned(&*store), 100);
    }
    for _ in 0..3 {
        let left = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut fails = |_: Rows| -> ControlFlow<()> { std::panic::resume_unwind(Box::new("left")) };
            store.scan(&scan(), &mut fails)
        }));
        assert!(left.is_err());
        assert_eq!(scanned(&*store), 100);
    }
}

#[test]
fn a_server_can_stop_while_a_scan_waits_for_its_client() {
    let mut served = ServedEngine::new();
    let engine = served.connect().unwrap();
    let store = engine.tenant(tenant());
    store.append(&calls(100)).unwrap();
    let mut server = served.server.take();
    let error = store
        .scan(&scan(), &mut |_| {
            drop(server.take());
            ControlFlow::Continue(())
        })
        .unwrap_err();
    assert!(error.to_string().starts_with("the running server went away"), "{error}");
}

#[test]
fn selections_that_do_not_fit_are_refused_and_the_server_goes_on() {
    let served = ServedEngine::new();
    let engine = served.connect().unwrap();
    let store = engine.tenant(tenant());
    let filtered =
        |filter| Selection { filter: Some(filter), ..Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL) };
    let truth = || Expr::literal(Literal::Bool(true));
    let negated = |times| (0..times).fold(truth(), |of, _| Expr::new(Kind::Bool, Node::Not(Box::new(of))));
    for (filter, begin) in [
        (Expr::new(Kind::Bool, Node::Property(999)), "the filter does not fit the properties"),
        (Expr::new(Kind::Bool, Node::Property(usize::MAX)), "the filter does not fit the properties"),
        (negated(200), "a selection from the other process cannot be read"),
    ] {
        let error = store.page(&PageQuery::of(filtered(filter.clone()), 1)).unwrap_err();
        assert!(error.to_string().starts_with(begin), "{error}");
        let error = store.count(&filtered(filter), None).unwrap_err();
        assert!(error.to_string().starts_with(begin), "{error}");
    }
    assert_eq!(store.count(&filtered(negated(24)), None).unwrap(), 0);
    // Longer than the JSON of a request may be.
    let many = Expr::new(Kind::Bool, Node::Or(vec![truth(); 5_000]));
    assert_eq!(store.count(&filtered(many), None).unwrap(), 0);
}

#[test]
fn one_process_owns_the_store() {
    let folder = TempDir::new().unwrap();
    std::fs::write(
        folder.path().join("owner.lock"),
        r#"{"pid":1,"purpose":"ended","since":"long ago"} and more"#,
    )
    .unwrap();
    let Acquisition::Owner(ownership) = Ownership::acquire(folder.path(), "serve").unwrap() else {
        panic!("a lock file without a lock keeps the store taken")
    };
    let Acquisition::Running(holder) = Ownership::acquire(folder.path(), "import").unwrap() else {
        panic!("the store is owned twice")
    };
    assert_eq!((holder.pid, holder.purpose.as_str()), (std::process::id(), "serve"));
    assert_eq!(holder.socket, folder.path().join("control.sock"));
    drop(ownership);
    assert!(matches!(Ownership::acquire(folder.path(), "import").unwrap(), Acquisition::Owner(_)));
    let missing = Ownership::acquire(&folder.path().join("missing"), "import").unwrap_err();
    assert!(missing.to_string().starts_with("cannot lock "), "{missing}");
}
