//! The store kit over the socket, and what becomes of a command when its
//! server goes away.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use tempfile::TempDir;
use trunklog_control::{Acquired, ControlError, ControlServer, Ownership, RemoteEngine, serve};
use trunklog_odata::expr::{Expr, Kind, Literal, Node};
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store_kit::{Fixture, MemoryEngine};
use trunklog_store::{Engine, ErrorKind, PageQuery, Selection};

/// A server over the reference engine, in a folder of its own.
struct Served {
    folder: TempDir,
    server: Option<ControlServer>,
}

impl Served {
    fn new() -> Served {
        let folder = TempDir::new().expect("a folder can be made");
        let socket = folder.path().join("control.sock");
        let server = serve(&socket, Arc::new(MemoryEngine::new())).expect("the socket can be made");
        Served { folder, server: Some(server) }
    }

    fn connect(&self) -> Result<RemoteEngine, ControlError> {
        RemoteEngine::connect(&self.folder.path().join("control.sock"))
    }
}

impl Fixture for Served {
    fn open(&self) -> Arc<dyn Engine> {
        Arc::new(self.connect().expect("the server answers"))
    }
}

trunklog_store_kit::store_kit!(Served::new());

#[test]
fn a_server_that_goes_away_is_reported() {
    let mut served = Served::new();
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
    let served = Served::new();
    let socket = served.folder.path().join("control.sock");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);

    let stale = served.folder.path().join("stale.sock");
    drop(std::os::unix::net::UnixListener::bind(&stale).unwrap());
    let server = serve(&stale, Arc::new(MemoryEngine::new())).unwrap();
    RemoteEngine::connect(&stale).unwrap();
    drop(server);

    std::fs::write(&stale, "mine").unwrap();
    let refused = serve(&stale, Arc::new(MemoryEngine::new()));
    assert!(matches!(refused, Err(ControlError::NotASocket(_))));
}

#[test]
fn too_many_connections_are_turned_away_in_words() {
    let served = Served::new();
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
fn selections_that_do_not_fit_are_refused_and_the_server_goes_on() {
    let served = Served::new();
    let engine = served.connect().unwrap();
    let store = engine.tenant("11111111-2222-3333-4444-555555555555".parse().unwrap());
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
    let Acquired::Owner(ownership) = Ownership::acquire(folder.path(), "serve").unwrap() else {
        panic!("a lock file without a lock keeps the store taken")
    };
    let Acquired::Running(holder) = Ownership::acquire(folder.path(), "import").unwrap() else {
        panic!("the store is owned twice")
    };
    assert_eq!((holder.pid, holder.purpose.as_str()), (std::process::id(), "serve"));
    assert_eq!(holder.socket, folder.path().join("control.sock"));
    drop(ownership);
    assert!(matches!(Ownership::acquire(folder.path(), "import").unwrap(), Acquired::Owner(_)));
    let missing = Ownership::acquire(&folder.path().join("missing"), "import").unwrap_err();
    assert!(missing.to_string().starts_with("cannot lock "), "{missing}");
}
