//! The owner's end.

mod answers;
mod messages;
mod outlet;

use std::collections::HashMap;
use std::fs::Permissions;
use std::io;
use std::net::Shutdown;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use trunklog_errors::with_causes;
use trunklog_outage::{Failure, Outage, PAUSE};
use trunklog_store::cube::CubeSet;
use trunklog_store::{Engine, Error, ErrorKind};

use self::answers::answer_all;
use self::messages::PATIENCE;
use crate::error::ControlError;
use crate::protocol::{self, Reply};

/// How many commands may talk to the owner at once.
const MAX_CONNECTIONS: usize = 16;

/// Answers requests until it is dropped. What is under way is finished first.
#[derive(Debug)]
pub struct ControlServer {
    socket: PathBuf,
    connections: Arc<Mutex<Connections>>,
    acceptor: Option<JoinHandle<()>>,
}

/// The open connections, by number.
#[derive(Debug, Default)]
struct Connections {
    stopping: bool,
    last: u64,
    open: HashMap<u64, Connection>,
}

#[derive(Debug)]
struct Connection {
    stream: UnixStream,
    /// None for the moment between its entry here and its thread's start.
    thread: Option<JoinHandle<()>>,
}

/// What requests are about.
struct Served {
    engine: Arc<dyn Engine>,
    /// The cubes whose sums can be asked for, at most one set of a log.
    sets: Vec<&'static CubeSet>,
}

/// Answers requests for `engine` on a new Unix socket, those about sums where they
/// mean one of these `sets`, of which a log has at most one. Only the owner of the
/// store may call it: a socket that an ended process left is replaced.
pub fn serve(
    socket: &Path,
    engine: Arc<dyn Engine>,
    sets: Vec<&'static CubeSet>,
) -> Result<ControlServer, ControlError> {
    let failed = |source| ControlError::Listen { path: socket.to_owned(), source };
    match std::fs::symlink_metadata(socket) {
        Ok(found) if found.file_type().is_socket() => std::fs::remove_file(socket).map_err(failed)?,
        Ok(_) => return Err(ControlError::NotASocket(socket.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let listener = UnixListener::bind(socket).map_err(failed)?;
    std::fs::set_permissions(socket, Permissions::from_mode(0o600)).map_err(failed)?;
    let connections = Arc::new(Mutex::new(Connections::default()));
    let shared = Arc::clone(&connections);
    let served = Arc::new(Served { engine, sets });
    let acceptor = std::thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || accept(&listener, &shared, &served))
        .map_err(failed)?;
    Ok(ControlServer { socket: socket.to_owned(), connections, acceptor: Some(acceptor) })
}

impl Drop for ControlServer {
    fn drop(&mut self) {
        let open: Vec<Connection> = {
            let mut connections = lock(&self.connections);
            connections.stopping = true;
            connections.open.drain().map(|(_, connection)| connection).collect()
        };
        for connection in &open {
            // Ends the waiting for a next request; a reply can still be sent.
            let _ = connection.stream.shutdown(Shutdown::Read);
        }
        // Wakes the acceptor. Where that fails the socket is gone, and the
        // acceptor ends with the process.
        let woken = UnixStream::connect(&self.socket).is_ok();
        let _ = std::fs::remove_file(&self.socket);
        let acceptor = self.acceptor.take().filter(|_| woken);
        for thread in acceptor.into_iter().chain(open.into_iter().filter_map(|connection| connection.thread))
        {
            // A thread that panicked has already said so.
            let _ = thread.join();
        }
    }
}

fn lock(connections: &Mutex<Connections>) -> MutexGuard<'_, Connections> {
    connections.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &UnixListener, connections: &Arc<Mutex<Connections>>, served: &Arc<Served>) {
    // A full table of open files fails at every try.
    let mut outage = Outage::<Instant>::default();
    loop {
        let accepted = listener.accept();
        if lock(connections).stopping {
            return;
        }
        let accepted = accepted.map(|(stream, _)| stream);
        if is_idle(&accepted) {
            std::thread::sleep(PAUSE);
        } else if let Err(error) = accepted.and_then(|stream| start(stream, connections, served)) {
            if outage.failed(Instant::now()) == Failure::First {
                tracing::warn!(
                    error = %with_causes(&error),
                    "control connections cannot be opened; this is tried again and told when it is over"
                );
            }
            std::thread::sleep(PAUSE);
        }
        if let Some(ended) = outage.end_by(Instant::now()) {
            let (failures, secs) = (ended.failures, ended.lasted.as_secs());
            tracing::info!(failures, secs, "control connections can be opened again");
        }
        // Its end is told also when no command comes. Where this fails, it is
        // told with the next one.
        let _ = listener.set_nonblocking(outage.ends().is_some());
    }
}

/// Whether nobody wants to connect.
fn is_idle(accepted: &io::Result<UnixStream>) -> bool {
    accepted.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Starts answering a connection, or turns it away.
fn start(
    mut stream: UnixStream,
    connections: &Arc<Mutex<Connections>>,
    served: &Arc<Served>,
) -> io::Result<()> {
    // Some systems hand on what holds for the listener.
    stream.set_nonblocking(false)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    if !is_same_user(&stream)? {
        tracing::warn!("a control connection of another user was refused");
        return Ok(());
    }
    let mut held = lock(connections);
    if held.open.len() >= MAX_CONNECTIONS {
        drop(held);
        let text = "too many commands talk to the running server at once: try again in a moment";
        let reply = Reply::error(&Error::new(ErrorKind::InUse, text));
        return protocol::write_message(&mut stream, &reply, b"");
    }
    if held.stopping {
        return Ok(());
    }
    held.last += 1;
    let number = held.last;
    held.open.insert(number, Connection { stream: stream.try_clone()?, thread: None });
    let open = OpenConnection { connections: Arc::clone(connections), number };
    let served = Arc::clone(served);
    // The new thread takes itself off the list, which needs the lock.
    drop(held);
    let thread = std::thread::Builder::new().name(format!("control-{number}")).spawn(move || {
        let _open = open;
        if let Err(error) = answer_all(stream, &served) {
            tracing::warn!(error = %with_causes(&error), "a control connection failed");
        }
    })?;
    let mut held = lock(connections);
    if let Some(connection) = held.open.get_mut(&number) {
        connection.thread = Some(thread);
    } else {
        // It has ended, or the server stops and has told it to end.
        drop(held);
        let _ = thread.join();
    }
    Ok(())
}

/// Takes a connection off the list when its thread ends, even by a panic.
struct OpenConnection {
    connections: Arc<Mutex<Connections>>,
    number: u64,
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        lock(&self.connections).open.remove(&self.number);
    }
}

/// The socket's mode keeps others out; this also covers the moment before it
/// was set.
#[cfg(target_os = "linux")]
fn is_same_user(stream: &UnixStream) -> io::Result<bool> {
    Ok(rustix::net::sockopt::socket_peercred(stream)?.uid == rustix::process::geteuid())
}

#[cfg(not(target_os = "linux"))]
fn is_same_user(_stream: &UnixStream) -> io::Result<bool> {
    Ok(true)
}
