//! The other processes' end.

use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use trunklog_odata::Instant;
use trunklog_records::{Log, Rows, TenantId};
use trunklog_store::{
    Appended, Engine, Error, ErrorKind, Forgettable, Page, PageQuery, Result, Selection, Store, Verified,
    Watermark, check_state,
};

use crate::error::ControlError;
use crate::protocol::{self, Chosen, Expressions, Op, Query, Reply, Request};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The same for tidying and forgetting, which rewrite what is stored, and for
/// verifying, which reads all of it.
const REWRITE_PATIENCE: Duration = Duration::from_hours(4);

/// Connections that are kept for later; more are closed after use.
const MAX_IDLE: usize = 4;

/// The store that another process owns.
#[derive(Debug, Clone)]
pub struct RemoteEngine {
    connections: Arc<Connections>,
}

#[derive(Debug)]
struct Connections {
    socket: PathBuf,
    idle: Mutex<Vec<UnixStream>>,
}

impl RemoteEngine {
    /// Connects to the owner's socket, and checks that it can serve.
    pub fn connect(socket: &Path) -> std::result::Result<RemoteEngine, ControlError> {
        let stream = UnixStream::connect(socket)
            .map_err(|source| ControlError::Connect { path: socket.to_owned(), source })?;
        let connections = Connections { socket: socket.to_owned(), idle: Mutex::new(vec![stream]) };
        let engine = RemoteEngine { connections: Arc::new(connections) };
        engine.check()?;
        Ok(engine)
    }
}

impl Engine for RemoteEngine {
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store> {
        Arc::new(RemoteStore { connections: Arc::clone(&self.connections), tenant: tenant.to_string() })
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        match self.connections.ask(Op::Tenants, &[])? {
            (Reply::Tenants(tenants), _) => tenants.iter().map(|tenant| protocol::tenant(tenant)).collect(),
            _ => Err(protocol::misunderstood("an answer")),
        }
    }

    fn tidy(&self) -> Result<()> {
        self.connections.ask(Op::Tidy, &[]).map(drop)
    }

    fn check(&self) -> Result<()> {
        self.connections.ask(Op::Check, &[]).map(drop)
    }

    fn state(&self, name: &str) -> Result<Option<String>> {
        match self.connections.ask(Op::State { name: name.to_owned() }, &[])? {
            (Reply::State(value), _) => Ok(value),
            _ => Err(protocol::misunderstood("an answer")),
        }
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        match self.connections.ask(Op::States { prefix: prefix.to_owned() }, &[])? {
            (Reply::States, body) => serde_json::from_slice(&body)
                .map_err(|error| protocol::misunderstood("an answer").caused_by(error)),
            _ => Err(protocol::misunderstood("an answer")),
        }
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool> {
        check_state(name, new)?;
        let (expected, new) = (expected.map(str::to_owned), new.map(str::to_owned));
        match self.connections.ask(Op::ExchangeState { name: name.to_owned(), expected, new }, &[])? {
            (Reply::Exchanged(done), _) => Ok(done),
            _ => Err(protocol::misunderstood("an answer")),
        }
    }
}

struct RemoteStore {
    connections: Arc<Connections>,
    tenant: String,
}

impl Store for RemoteStore {
    fn append(&self, rows: &Rows) -> Result<Appended> {
        let op = Op::Append { tenant: self.tenant.clone(), log: rows.log().name.to_owned() };
        match self.connections.ask(op, &protocol::encode(rows)?)? {
            (Reply::Appended { new, updated, unchanged }, _) => Ok(Appended { new, updated, unchanged }),
            _ => Err(protocol::misunderstood("an answer")),
        }
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        let op = Op::Page { tenant: self.tenant.clone(), query: Query::of(query) };
        match self.connections.ask(op, &Expressions::encode(&query.selection)?)? {
            (Reply::Page { next, watermark }, body) => Ok(Page {
                rows: protocol::decode(query.selection.log, &body)?,
                next: next.map(protocol::Place::into_key).transpose()?,
                watermark: Watermark(watermark),
            }),
            _ => Err(protocol::misunderstood("an answer")),
        }
    }

    fn count(&self, selection: &Selection, watermark: Option<Watermark>) -> Result<u64> {
        let op = Op::Count {
            tenant: self.tenant.clone(),
            rows: Chosen::of(selection),
            watermark: watermark.map(|watermark| watermark.0),
        };
        match self.connections.ask(op, &Expressions::encode(selection)?)? {
            (Reply::Count(count), _) => Ok(count),
            _ => Err(protocol::misunderstood("an answer")),
        }
    }

    fn verify(&self, log: &'static Log, from: u64) -> Result<Verified> {
        let (tenant, log) = (self.tenant.clone(), log.name.to_owned());
        match self.connections.ask(Op::Verify { tenant, log, from }, &[])? {
            (Reply::Verified { rows, faults, next }, _) => {
                let faults = faults.into_iter().map(protocol::Found::into_fault).collect::<Result<_>>()?;
                Ok(Verified { rows, faults, next })
            }
            _ => Err(protocol::misunderstood("an answer")),
        }
    }

    fn forget(&self, log: &'static Log, before: Instant) -> Result<u64> {
        let (tenant, log) = (self.tenant.clone(), log.name.to_owned());
        match self.connections.ask(Op::Forget { tenant, log, before: before.ticks() }, &[])? {
            (Reply::Count(count), _) => Ok(count),
            _ => Err(protocol::misunderstood("an answer")),
        }
    }

    fn forgettable(&self, log: &'static Log, before: Instant) -> Result<Forgettable> {
        let (tenant, log) = (self.tenant.clone(), log.name.to_owned());
        match self.connections.ask(Op::Forgettable { tenant, log, before: before.ticks() }, &[])? {
            (Reply::Forgettable { rows, of, oldest }, _) => {
                Ok(Forgettable { rows, of, oldest: oldest.map(protocol::instant).transpose()? })
            }
            _ => Err(protocol::misunderstood("an answer")),
        }
    }
}

impl Connections {
    /// Sends a request and waits for its answer.
    fn ask(&self, op: Op, body: &[u8]) -> Result<(Reply, Vec<u8>)> {
        let patience = match op {
            Op::Tidy | Op::Forget { .. } | Op::Verify { .. } => REWRITE_PATIENCE,
            Op::Check
            | Op::Tenants
            | Op::Append { .. }
            | Op::Page { .. }
            | Op::Count { .. }
            | Op::Forgettable { .. }
            | Op::State { .. }
            | Op::States { .. }
            | Op::ExchangeState { .. } => PATIENCE,
        };
        let idle = self.idle().pop();
        let mut stream = match idle {
            Some(stream) => stream,
            None => UnixStream::connect(&self.socket).map_err(failed)?,
        };
        let request = Request { version: protocol::VERSION, op };
        let (reply, columns) = exchange(&mut stream, &request, body, patience).map_err(failed)?;
        let mut idle = self.idle();
        if idle.len() < MAX_IDLE {
            idle.push(stream);
        }
        drop(idle);
        Ok((reply.into_result()?, columns))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<UnixStream>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn exchange(
    stream: &mut UnixStream,
    request: &Request,
    body: &[u8],
    patience: Duration,
) -> io::Result<(Reply, Vec<u8>)> {
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(Some(patience))?;
    match protocol::write_message(stream, request, body) {
        // A server that is full answers before it is asked, and hangs up.
        Err(error) if matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) => {
            protocol::read_message(stream).map_err(|_| error)
        }
        written => written.and_then(|()| protocol::read_message(stream)),
    }
}

/// A failed exchange in words. Appending again repeats nothing, so whatever
/// happened, the same command is the remedy.
fn failed(error: io::Error) -> Error {
    let text = match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            "the running server did not answer in time; run the command again (it repeats nothing)"
        }
        io::ErrorKind::InvalidInput => {
            "the request is too large for the running server; send fewer rows at once"
        }
        io::ErrorKind::InvalidData => return protocol::misunderstood("an answer").caused_by(error),
        _ => "the running server went away; run the command again (it repeats nothing)",
    };
    Error::new(ErrorKind::Other, text).caused_by(error)
}
