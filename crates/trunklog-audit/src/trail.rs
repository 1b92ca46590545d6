//! The way into the trail.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::error::{Error, Result, Unwritten};
use crate::event::Event;
use crate::folder::Folder;
use crate::identity::{Identity, KeyOf, Kind};
use crate::syslog::Syslog;
use crate::writer::{Message, Stamped, Writer};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How many events may wait to be written. More reads are not written, but
/// counted; more of what is recorded is refused.
const QUEUE: usize = 8_192;

/// How a trail is kept.
#[derive(Clone)]
pub struct Options {
    /// For how many days entries are kept; for ever if absent.
    pub days: Option<u32>,
    /// How large a file gets before the next one starts. A new day starts one, too.
    pub file_bytes: u64,
    /// How long reads wait for others, to be written together.
    pub linger: Duration,
    /// Where every line is sent as well.
    pub syslog: Option<Syslog>,
    /// Tells the time.
    pub clock: Clock,
}

impl Default for Options {
    /// A year in files of 32 MiB, by the clock of the machine.
    fn default() -> Options {
        Options {
            days: Some(365),
            file_bytes: 32 * 1024 * 1024,
            linger: Duration::from_secs(1),
            syslog: None,
            clock: Arc::new(Timestamp::now),
        }
    }
}

/// The audit trail, to which whoever does something tells it. Copies are cheap and
/// are the same trail; what is noted is written when the last of them is dropped.
///
/// Several processes may write to one folder at a time.
///
/// ```
/// use trunklog_audit::{Action, Actor, Channel, Event, Options, Trail, verify};
///
/// let folder = tempfile::tempdir()?;
/// let trail = Trail::open(folder.path(), Options::default())?;
/// let app = "6f1d0000-0000-4000-8000-000000000001";
/// trail.note(Event::new(Action::CallsRead, Actor::application(app), Channel::Graph).rows(1_000));
/// let export = Event::new(Action::CallsExport, Actor::application(app), Channel::Graph);
/// trail.record(export).wait()?;
/// drop(trail);
/// assert!(verify(folder.path())?.is_whole());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Trail(Option<Arc<Inner>>);

struct Inner {
    folder: PathBuf,
    clock: Clock,
    shared: Arc<Shared>,
    /// None once the trail is closed.
    sender: RwLock<Option<SyncSender<Message>>>,
    thread: RwLock<Option<JoinHandle<()>>>,
}

/// What the thread that writes and those who tell it have in common.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// What there was no room for since the last line about it.
    pub(crate) lost: AtomicU64,
    pub(crate) written: AtomicU64,
    pub(crate) unwritten: AtomicU64,
    pub(crate) refused: AtomicU64,
    pub(crate) unsent: AtomicU64,
}

/// What became of events, since the program started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Entries that are on disk. Several reads may be one of them.
    pub written: u64,
    /// Reads that were not written.
    pub unwritten: u64,
    /// What was refused because it could not be written.
    pub refused: u64,
    /// Lines that did not get to syslog.
    pub unsent: u64,
}

/// What was destroyed of a person or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Keys. None means that the trail knew nobody of that name.
    pub keys: u32,
}

/// The promise of an entry: it is kept when the entry is on disk. Wait for it, or
/// await it, before what the entry tells is done.
#[must_use = "what is recorded may be done only when the receipt says that it is on disk"]
pub struct Receipt(Promise);

enum Promise {
    Settled(Result<(), Unwritten>),
    Expected(oneshot::Receiver<Result<(), Unwritten>>),
}

impl Trail {
    /// Opens the trail in a folder, which is made if needed.
    ///
    /// Whether the folder can be written is found out afterwards: what cannot be
    /// written now may be in a minute.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn open(folder: &Path, options: Options) -> Result<Trail> {
        let (sender, receiver) = sync_channel(QUEUE);
        let shared = Arc::new(Shared::default());
        let clock = Arc::clone(&options.clock);
        let writer = Writer::new(Folder::new(folder), options, Arc::clone(&shared))?;
        let thread = thread::Builder::new()
            .name("audit".to_owned())
            .spawn(move || writer.run(&receiver))
            .map_err(Error::Thread)?;
        Ok(Trail(Some(Arc::new(Inner {
            folder: folder.to_owned(),
            clock,
            shared,
            sender: RwLock::new(Some(sender)),
            thread: RwLock::new(Some(thread)),
        }))))
    }

    /// A trail that keeps nothing and says that it did, for programs that put the
    /// server on the network without one.
    pub fn none() -> Trail {
        Trail(None)
    }

    /// Where it is kept, if it is.
    pub fn folder(&self) -> Option<&Path> {
        self.0.as_ref().map(|inner| inner.folder.as_path())
    }

    /// Notes what happened. It never waits and never fails: what there is no room
    /// for is counted, logged and told in the trail.
    pub fn note(&self, event: Event) {
        let Some(inner) = &self.0 else { return };
        let stamped = Stamped { at: (inner.clock)(), event };
        if inner.send(Message::Note(Box::new(stamped))).is_err() {
            inner.shared.unwritten.fetch_add(1, Ordering::Relaxed);
            if inner.shared.lost.fetch_add(1, Ordering::Relaxed) == 0 {
                tracing::error!("reads are not written to the audit trail: more wait than there is room for");
            }
        }
    }

    /// Writes what is about to happen, or has. The receipt says when it is on disk;
    /// if it cannot get there, a reveal or an export must not be made.
    pub fn record(&self, event: Event) -> Receipt {
        let Some(inner) = &self.0 else { return Receipt(Promise::Settled(Ok(()))) };
        let (reply, receipt) = oneshot::channel();
        let stamped = Stamped { at: (inner.clock)(), event };
        inner.expect(Message::Record(Box::new(stamped), reply), receipt)
    }

    /// Writes all that was noted until now.
    pub fn flush(&self) -> Receipt {
        let Some(inner) = &self.0 else { return Receipt(Promise::Settled(Ok(()))) };
        let (reply, receipt) = oneshot::channel();
        inner.expect(Message::Flush(reply), receipt)
    }

    /// Writes all that was noted and ends the thread. What is told afterwards, by
    /// whatever copy, counts as unwritten.
    pub fn close(&self) {
        if let Some(inner) = &self.0 {
            inner.close();
        }
    }

    /// What became of events.
    pub fn counts(&self) -> Counts {
        let Some(inner) = &self.0 else { return Counts::default() };
        let Shared { lost: _, written, unwritten, refused, unsent } = &*inner.shared;
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts { written: of(written), unwritten: of(unwritten), refused: of(refused), unsent: of(unsent) }
    }

    /// Destroys the keys of a person, or of a number of a tenant. From then on
    /// nobody can tell which entries were about it, nor read what was sealed with
    /// it; the chain stays as it is. That somebody was forgotten is written, not
    /// who.
    ///
    /// A person also has a key as somebody who acted, whatever the tenant, which
    /// goes as well. Copies of the folder `keys` elsewhere are out of its reach.
    ///
    /// It reads and writes files, so it must not be called on a thread that must
    /// not wait.
    ///
    /// # Errors
    /// When a key cannot be destroyed.
    pub fn forget_person(&self, tenant: Option<Uuid>, person: &Identity) -> Result<Forgotten> {
        let Some(inner) = &self.0 else { return Ok(Forgotten::default()) };
        let folder = Folder::new(&inner.folder);
        let forgotten = {
            let _held = folder.lock()?;
            folder.keys().forget(tenant, person)?
        };
        inner.tell_forgotten(person.kind(), forgotten);
        Ok(forgotten)
    }

    /// Destroys the keys of all persons and numbers that are meant, by the names that
    /// their keys have: those of a tenant, and those that belong to none. For who knows
    /// a person by more than one name, or in more than one form; otherwise as
    /// [`Trail::forget_person`].
    ///
    /// # Errors
    /// When a key cannot be destroyed.
    pub fn forget_named(
        &self,
        tenant: Option<Uuid>,
        is_meant: &dyn Fn(KeyOf, &str) -> bool,
    ) -> Result<Forgotten> {
        let Some(inner) = &self.0 else { return Ok(Forgotten::default()) };
        let folder = Folder::new(&inner.folder);
        let mut all = Forgotten::default();
        for of in KeyOf::ALL {
            let forgotten = {
                let _held = folder.lock()?;
                folder.keys().forget_named(tenant, of, is_meant)?
            };
            all.keys += forgotten.keys;
            inner.tell_forgotten(of.kind(), forgotten);
        }
        Ok(all)
    }

    /// How many keys [`Trail::forget_named`] would destroy.
    ///
    /// # Errors
    /// When the folder of keys cannot be read.
    pub fn keys_named(
        &self,
        tenant: Option<Uuid>,
        is_meant: &dyn Fn(KeyOf, &str) -> bool,
    ) -> Result<Forgotten> {
        let Some(inner) = &self.0 else { return Ok(Forgotten::default()) };
        let keys = Folder::new(&inner.folder).keys();
        let mut all = Forgotten::default();
        for of in KeyOf::ALL {
            all.keys += keys.count_named(tenant, of, is_meant)?.keys;
        }
        Ok(all)
    }
}

impl Inner {
    fn send(&self, message: Message) -> Result<(), Unwritten> {
        let sender = self.sender.read().unwrap_or_else(PoisonError::into_inner);
        match sender.as_ref().map(|sender| sender.try_send(message)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_) | TrySendError::Disconnected(_))) | None => Err(Unwritten),
        }
    }

    fn expect(&self, message: Message, receipt: oneshot::Receiver<Result<(), Unwritten>>) -> Receipt {
        if self.send(message).is_ok() {
            return Receipt(Promise::Expected(receipt));
        }
        self.shared.refused.fetch_add(1, Ordering::Relaxed);
        tracing::error!("the audit trail takes nothing: more waits than there is room for");
        Receipt(Promise::Settled(Err(Unwritten)))
    }

    /// Writes that somebody was forgotten, if somebody was.
    fn tell_forgotten(&self, kind: Kind, forgotten: Forgotten) {
        if forgotten.keys == 0 {
            return;
        }
        let (reply, receipt) = oneshot::channel();
        let told = Message::Forgot { at: (self.clock)(), kind, forgotten, reply };
        if self.expect(told, receipt).wait().is_err() {
            tracing::error!("a key was destroyed, which could not be told in the audit trail");
        }
    }

    fn close(&self) {
        drop(self.sender.write().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes the audit trail ended by a bug");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

impl Receipt {
    /// Waits until the entry is on disk. Only for threads that may wait; others
    /// await the receipt.
    ///
    /// # Errors
    /// When it cannot get there.
    pub fn wait(self) -> Result<(), Unwritten> {
        match self.0 {
            Promise::Settled(outcome) => outcome,
            Promise::Expected(receipt) => receipt.blocking_recv().unwrap_or(Err(Unwritten)),
        }
    }
}

impl Future for Receipt {
    type Output = Result<(), Unwritten>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Promise::Settled(outcome) => Poll::Ready(*outcome),
            Promise::Expected(receipt) => {
                Pin::new(receipt).poll(context).map(|answer| answer.unwrap_or(Err(Unwritten)))
            }
        }
    }
}

impl std::fmt::Debug for Trail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Trail").field(&self.folder()).finish()
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Options { days, file_bytes, linger, syslog, clock: _ } = self;
        f.debug_struct("Options")
            .field("days", days)
            .field("file_bytes", file_bytes)
            .field("linger", linger)
            .field("syslog", syslog)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
