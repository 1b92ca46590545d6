//! Connections to the owner, and what goes over them.

use std::io;
use std::ops::ControlFlow;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use trunklog_store::{Error, ErrorKind, Result};

use crate::protocol::{self, Message, Op, Reply, Request, Turn};

/// How long an answer, or a part of it, may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The same for what may look at all rows of a log.
const READ_PATIENCE: Duration = Duration::from_mins(10);

/// The same for what rewrites what is stored, and for what verifies it, which
/// reads all of it.
const REWRITE_PATIENCE: Duration = Duration::from_hours(4);

/// Connections that are kept for later; more are closed after use.
const MAX_IDLE: usize = 4;

/// The connections to a socket.
#[derive(Debug)]
pub(super) struct Connections {
    socket: PathBuf,
    idle: Mutex<Vec<UnixStream>>,
}

impl Connections {
    /// Starts with one that is open.
    pub(super) fn new(socket: PathBuf, first: UnixStream) -> Connections {
        Connections { socket, idle: Mutex::new(vec![first]) }
    }

    /// Sends a request and waits for its answer.
    pub(super) fn ask(&self, op: Op, body: &[u8]) -> Result<Message> {
        self.ask_for_parts(op, body, &mut |_| Err(protocol::misunderstood("an answer")))
    }

    /// Sends a request whose answer has parts, and gives each to `take` until
    /// it breaks off.
    pub(super) fn ask_for_parts(
        &self,
        op: Op,
        body: &[u8],
        take: &mut dyn FnMut(&[u8]) -> Result<ControlFlow<()>>,
    ) -> Result<Message> {
        let patience = patience(&op);
        let idle = self.idle().pop();
        let mut stream = match idle {
            Some(stream) => stream,
            None => UnixStream::connect(&self.socket).map_err(failed)?,
        };
        let mut answer = exchange(&mut stream, &Request::new(op), body, patience).map_err(failed)?;
        while let (Reply::Part, part) = &answer {
            // An error ends the connection, and by that the answer.
            let turn = match take(part)? {
                ControlFlow::Continue(()) => Turn::More,
                ControlFlow::Break(()) => Turn::Enough,
            };
            answer = exchange(&mut stream, &turn, &[], patience).map_err(failed)?;
        }
        let mut idle = self.idle();
        if idle.len() < MAX_IDLE {
            idle.push(stream);
        }
        drop(idle);
        let (reply, body) = answer;
        Ok((reply.into_result()?, body))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<UnixStream>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn patience(op: &Op) -> Duration {
    match op {
        Op::Check
        | Op::Tenants
        | Op::Epoch
        | Op::State { .. }
        | Op::States { .. }
        | Op::ExchangeState { .. }
        | Op::Append { .. }
        | Op::Page { .. }
        | Op::ChangedBuckets { .. }
        | Op::CubeDays { .. }
        | Op::Row { .. }
        | Op::Newest { .. }
        | Op::CommitTime { .. }
        | Op::Forgettable { .. } => PATIENCE,
        Op::Count { .. }
        | Op::Scan { .. }
        | Op::Report { .. }
        | Op::Sums { .. }
        | Op::Busy { .. }
        | Op::Changes { .. } => READ_PATIENCE,
        Op::Tidy
        | Op::Scrub
        | Op::Erase { .. }
        | Op::Forget { .. }
        | Op::Verify { .. }
        | Op::CheckCubes { .. } => REWRITE_PATIENCE,
    }
}

fn exchange(
    stream: &mut UnixStream,
    head: &impl Serialize,
    body: &[u8],
    patience: Duration,
) -> io::Result<Message> {
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(Some(patience))?;
    match protocol::write_message(stream, head, body) {
        // A server that is full answers before it is asked, and one that cannot
        // take a message before it has all of it. Both hang up.
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
