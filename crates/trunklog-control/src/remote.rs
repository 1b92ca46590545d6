//! The other processes' end.

mod connections;
mod store;

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;

use trunklog_records::TenantId;
use trunklog_store::{Engine, Result, Store, check_state};

use self::connections::Connections;
use self::store::RemoteStore;
use crate::error::ControlError;
use crate::protocol::{self, Op, Reply, misunderstood};

/// The store that another process owns.
#[derive(Debug, Clone)]
pub struct RemoteEngine {
    connections: Arc<Connections>,
}

impl RemoteEngine {
    /// Connects to the owner's socket, and checks that it can serve.
    pub fn connect(socket: &Path) -> std::result::Result<RemoteEngine, ControlError> {
        let stream = UnixStream::connect(socket)
            .map_err(|source| ControlError::Connect { path: socket.to_owned(), source })?;
        let engine = RemoteEngine { connections: Arc::new(Connections::new(socket.to_owned(), stream)) };
        engine.check()?;
        Ok(engine)
    }
}

impl Engine for RemoteEngine {
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store> {
        Arc::new(RemoteStore::new(Arc::clone(&self.connections), tenant))
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        protocol::read_tenants(self.connections.ask(Op::Tenants, &[])?)
    }

    fn tidy(&self) -> Result<()> {
        self.connections.ask(Op::Tidy, &[]).map(drop)
    }

    fn scrub(&self) -> Result<()> {
        self.connections.ask(Op::Scrub, &[]).map(drop)
    }

    fn check(&self) -> Result<()> {
        self.connections.ask(Op::Check, &[]).map(drop)
    }

    fn state(&self, name: &str) -> Result<Option<String>> {
        match self.connections.ask(Op::State { name: name.to_owned() }, &[])? {
            (Reply::State(value), _) => Ok(value),
            _ => Err(misunderstood("an answer")),
        }
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>> {
        protocol::read_states(self.connections.ask(Op::States { prefix: prefix.to_owned() }, &[])?)
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool> {
        check_state(name, new)?;
        let (expected, new) = (expected.map(str::to_owned), new.map(str::to_owned));
        match self.connections.ask(Op::ExchangeState { name: name.to_owned(), expected, new }, &[])? {
            (Reply::Exchanged(done), _) => Ok(done),
            _ => Err(misunderstood("an answer")),
        }
    }

    fn epoch(&self) -> Result<String> {
        match self.connections.ask(Op::Epoch, &[])? {
            (Reply::Epoch(epoch), _) => Ok(epoch),
            _ => Err(misunderstood("an answer")),
        }
    }
}
