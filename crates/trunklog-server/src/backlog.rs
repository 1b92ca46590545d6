//! Bytes that are held for clients, counted and bounded: of answers that were
//! made and that clients have not taken yet, and of bodies that come in. They
//! are bounded for the whole server, for each share, for all together who have
//! not signed in, and for each connection.
//!
//! Who wants to make an answer first reserves what it will take, about, and
//! corrects that when it knows better. While there is no room it waits, those
//! first whose share holds least. A single answer may be larger than a limit,
//! if its share or connection holds nothing else.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::request::Parts;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::line::{InLine, Line, Supply, fill};
use crate::share::Share;

/// How long a request waits for room. Then its client is told to read first
/// what it asked for before.
const PATIENCE: Duration = Duration::from_secs(10);

/// There is no room, and there was none for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too much was asked for and not read")]
pub(crate) struct NoRoom;

/// Names a connection; the listener adds it to each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ConnectionId(u64);

impl ConnectionId {
    /// One that no other connection has.
    pub(crate) fn fresh() -> ConnectionId {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        ConnectionId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// For whom bytes are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) share: Share,
    /// None when the request came over none of ours.
    pub(crate) connection: Option<ConnectionId>,
}

impl Reader {
    /// Of the answer to that request.
    pub(crate) fn of(share: Share, parts: &Parts) -> Reader {
        Reader { share, connection: parts.extensions.get().copied() }
    }
}

/// The most bytes that are held at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) server: usize,
    pub(crate) connection: usize,
    /// Of one address that has not signed in, whatever the others hold: enough
    /// to ask for a token.
    pub(crate) little: usize,
    /// How many requests may wait for room.
    pub(crate) waiting: usize,
}

impl Bounds {
    /// Half of all, so that there is always some for another.
    fn share(&self, share: Share) -> usize {
        if share.is_stranger() { self.strangers().div_ceil(2) } else { self.server.div_ceil(2) }
    }

    /// Of all together who have not signed in. An attacker may have as many
    /// addresses as it likes.
    fn strangers(&self) -> usize {
        self.server.div_ceil(4)
    }
}

/// All that is held.
pub(crate) struct Backlog {
    ledger: Arc<Ledger>,
    refused: Counter,
}

struct Ledger {
    bounds: Bounds,
    gauge: Gauge,
    state: Mutex<State>,
}

struct State {
    all: usize,
    /// Of all who have not signed in.
    strangers: usize,
    shares: HashMap<Share, usize>,
    connections: HashMap<ConnectionId, usize>,
    line: Line<Demand, Hold>,
}

/// What a request waits for.
#[derive(Clone, Copy)]
struct Demand {
    connection: Option<ConnectionId>,
    bytes: usize,
}

/// Bytes that are held for somebody, until this is dropped.
pub(crate) struct Hold {
    ledger: Arc<Ledger>,
    reader: Reader,
    bytes: usize,
}

/// The same, shared by all parts of an answer. An answer has it among its
/// extensions until its body is sent.
#[derive(Clone)]
pub(crate) struct SharedHold {
    _hold: Arc<Hold>,
}

impl From<Hold> for SharedHold {
    fn from(hold: Hold) -> SharedHold {
        SharedHold { _hold: Arc::new(hold) }
    }
}

impl Backlog {
    /// `gauge` shows how much is held, `refused` counts those for whom there
    /// was no room.
    pub(crate) fn new(bounds: Bounds, gauge: Gauge, refused: Counter) -> Backlog {
        let state = State {
            all: 0,
            strangers: 0,
            shares: HashMap::new(),
            connections: HashMap::new(),
            line: Line::new(bounds.waiting),
        };
        Backlog { ledger: Arc::new(Ledger { bounds, gauge, state: Mutex::new(state) }), refused }
    }

    /// Waits for room for about that many bytes.
    ///
    /// # Errors
    /// When there is none for long, or too many wait already.
    pub(crate) async fn reserve(&self, reader: Reader, bytes: usize) -> Result<Hold, NoRoom> {
        let reserved = timeout(PATIENCE, self.wait(reader, bytes)).await;
        reserved.unwrap_or(Err(NoRoom)).inspect_err(|_| {
            self.refused.inc();
        })
    }

    /// Counts bytes that are there already, if there is room for them.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn reserve_now(&self, reader: Reader, bytes: usize) -> Result<Hold, NoRoom> {
        self.hold_now(reader, bytes).ok_or_else(|| self.refuse())
    }

    /// Counts a few bytes that are there already. A client that has signed in gets
    /// them always; None if it is a stranger and there is no room.
    pub(crate) fn count(&self, reader: Reader, bytes: usize) -> Option<Hold> {
        if reader.share.is_stranger() {
            return self.hold_now(reader, bytes);
        }
        Some(self.ledger.hold(&mut self.ledger.state(), reader, bytes))
    }

    /// Counts somebody for whom there was no room.
    pub(crate) fn refuse(&self) -> NoRoom {
        self.refused.inc();
        NoRoom
    }

    fn hold_now(&self, reader: Reader, bytes: usize) -> Option<Hold> {
        let mut state = self.ledger.state();
        let fits = state.fits(reader, bytes, &self.ledger.bounds) == Ok(());
        fits.then(|| self.ledger.hold(&mut state, reader, bytes))
    }

    async fn wait(&self, reader: Reader, bytes: usize) -> Result<Hold, NoRoom> {
        let ticket = {
            let mut state = self.ledger.state();
            if state.may_pass(reader, bytes, &self.ledger.bounds) {
                return Ok(self.ledger.hold(&mut state, reader, bytes));
            }
            let wanted = Demand { connection: reader.connection, bytes };
            let joined = state.line.join(reader.share, wanted);
            // One connection of a tenant does not shut out its others.
            let of_connection = |wanted: &Demand| wanted.connection;
            if joined.is_err() && state.line.make_room_within(reader.share, reader.connection, of_connection)
            {
                state.line.join(reader.share, wanted)
            } else {
                joined
            }
        };
        let Ok(ticket) = ticket else { return Err(NoRoom) };
        let in_line = InLine::new(&self.ledger, ticket);
        // It may have had to wait for its number alone.
        fill(&self.ledger);
        in_line.turn().await.ok_or(NoRoom)
    }
}

/// What there is no room in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shortage {
    Server,
    /// What those have together who have not signed in.
    Strangers,
    Share(Share),
    Connection(ConnectionId),
}

impl Demand {
    fn reader(self, share: Share) -> Reader {
        Reader { share, connection: self.connection }
    }
}

impl State {
    /// Whether there is room, or where there is none.
    fn fits(&self, reader: Reader, bytes: usize, bounds: &Bounds) -> Result<(), Shortage> {
        let fits = |held: usize, most: usize| held == 0 || bytes == 0 || held.saturating_add(bytes) <= most;
        if let Some(connection) = reader.connection
            && !fits(held(&self.connections, connection), bounds.connection)
        {
            return Err(Shortage::Connection(connection));
        }
        if self.is_little(reader, bytes, bounds) {
            return Ok(());
        }
        if !fits(held(&self.shares, reader.share), bounds.share(reader.share)) {
            return Err(Shortage::Share(reader.share));
        }
        if reader.share.is_stranger() && !fits(self.strangers, bounds.strangers()) {
            return Err(Shortage::Strangers);
        }
        if !fits(self.all, bounds.server) {
            return Err(Shortage::Server);
        }
        Ok(())
    }

    /// Whether it is as little as every stranger may have, whatever others hold.
    fn is_little(&self, reader: Reader, bytes: usize, bounds: &Bounds) -> bool {
        let all = held(&self.shares, reader.share).saturating_add(bytes);
        reader.share.is_stranger() && all <= bounds.little
    }

    /// Whether there is room for somebody who comes, before those in line. He
    /// overtakes neither his own nor who waits for the server's room.
    fn may_pass(&self, reader: Reader, bytes: usize, bounds: &Bounds) -> bool {
        if self.fits(reader, bytes, bounds).is_err() {
            return false;
        }
        let lacks_server = |share: Share, wanted: Demand| {
            self.fits(wanted.reader(share), wanted.bytes, bounds) == Err(Shortage::Server)
        };
        self.is_little(reader, bytes, bounds)
            || (self.line.length(reader.share) == 0
                && !self.line.iter().any(|waiter| lacks_server(waiter.share, waiter.wants)))
    }

    /// Whose turn it is, by the number in line. Where somebody waits for room,
    /// nobody overtakes him, or large answers would never be made.
    fn next(&self, bounds: &Bounds) -> Option<u64> {
        let mut waiting: Vec<_> = self.line.iter().collect();
        waiting.sort_by_key(|waiter| (held(&self.shares, waiter.share), waiter.number));
        let mut lacking = HashSet::new();
        for waiter in waiting {
            let reader = waiter.wants.reader(waiter.share);
            let is_behind = lacking.contains(&Shortage::Share(reader.share))
                || (reader.share.is_stranger() && lacking.contains(&Shortage::Strangers))
                || reader
                    .connection
                    .is_some_and(|connection| lacking.contains(&Shortage::Connection(connection)));
            if is_behind {
                continue;
            }
            match self.fits(reader, waiter.wants.bytes, bounds) {
                Ok(()) => return Some(waiter.number),
                Err(Shortage::Server) => return None,
                Err(other) => {
                    lacking.insert(other);
                }
            }
        }
        None
    }

    fn add(&mut self, reader: Reader, bytes: usize) {
        self.all = self.all.saturating_add(bytes);
        if reader.share.is_stranger() {
            self.strangers = self.strangers.saturating_add(bytes);
        }
        *self.shares.entry(reader.share).or_default() += bytes;
        if let Some(connection) = reader.connection {
            *self.connections.entry(connection).or_default() += bytes;
        }
    }

    fn subtract(&mut self, reader: Reader, bytes: usize) {
        self.all = self.all.saturating_sub(bytes);
        if reader.share.is_stranger() {
            self.strangers = self.strangers.saturating_sub(bytes);
        }
        subtract(&mut self.shares, reader.share, bytes);
        if let Some(connection) = reader.connection {
            subtract(&mut self.connections, connection, bytes);
        }
    }
}

fn held<K: Eq + Hash>(of: &HashMap<K, usize>, key: K) -> usize {
    of.get(&key).copied().unwrap_or(0)
}

/// One that holds nothing is forgotten.
fn subtract<K: Eq + Hash>(of: &mut HashMap<K, usize>, key: K, bytes: usize) {
    if let Some(held) = of.get_mut(&key) {
        *held = held.saturating_sub(bytes);
        if *held == 0 {
            of.remove(&key);
        }
    }
}

impl Ledger {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(self: &Arc<Ledger>, state: &mut State, reader: Reader, bytes: usize) -> Hold {
        state.add(reader, bytes);
        self.show(state);
        Hold { ledger: Arc::clone(self), reader, bytes }
    }

    fn show(&self, state: &State) {
        self.gauge.set(i64::try_from(state.all).unwrap_or(i64::MAX));
    }
}

impl Supply for Ledger {
    type Grant = Hold;

    fn next(self: &Arc<Ledger>) -> Option<(oneshot::Sender<Hold>, Hold)> {
        let mut state = self.state();
        let number = state.next(&self.bounds)?;
        let waiter = state.line.leave(number)?;
        let hold = self.hold(&mut state, waiter.wants.reader(waiter.share), waiter.wants.bytes);
        Some((waiter.call, hold))
    }

    fn leave(&self, _: Share, number: u64) -> bool {
        self.state().line.leave(number).is_some()
    }
}

impl Hold {
    /// Corrects how much it is.
    pub(crate) fn resize(&mut self, bytes: usize) {
        {
            let mut state = self.ledger.state();
            state.subtract(self.reader, self.bytes);
            state.add(self.reader, bytes);
            self.ledger.show(&state);
        }
        let shrunk = bytes < self.bytes;
        self.bytes = bytes;
        if shrunk {
            fill(&self.ledger);
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        {
            let mut state = self.ledger.state();
            state.subtract(self.reader, self.bytes);
            self.ledger.show(&state);
        }
        fill(&self.ledger);
    }
}

#[cfg(test)]
mod tests;
