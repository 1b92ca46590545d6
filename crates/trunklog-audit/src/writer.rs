//! The thread that writes: gathers what was noted, answers what was recorded.

mod batch;
mod draft;
mod tail;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::oneshot;
use trunklog_errors::with_causes;

use self::batch::{Batch, Item};
use self::draft::Draft;
use self::tail::Tail;
use crate::chain::Hash;
use crate::entry::{Entry, FILE, GAP, LOST, MENDED, STARTED};
use crate::error::{Error, Result, Unwritten};
use crate::event::Event;
use crate::folder::{Ending, Folder};
use crate::identity::Kind;
use crate::retention;
use crate::syslog::Sink;
use crate::trail::{Forgotten, Options, Shared};

/// How often old files are looked for.
const UPKEEP: Duration = Duration::from_hours(1);

/// How many messages are taken at once: all of them are written together.
const AT_ONCE: usize = 1_024;

/// How an event, or the wish that it be written, gets to the thread.
pub(crate) enum Message {
    /// To be written when there is time.
    Note(Box<Stamped>),
    /// To be written at once.
    Record(Box<Stamped>, Reply),
    /// A person's keys are gone.
    Forgot { at: Timestamp, kind: Kind, forgotten: Forgotten, reply: Reply },
    /// All that came before is to be written at once.
    Flush(Reply),
}

pub(crate) type Reply = oneshot::Sender<Result<(), Unwritten>>;

/// An event and when it happened.
#[derive(Debug)]
pub(crate) struct Stamped {
    pub(crate) at: Timestamp,
    pub(crate) event: Event,
}

pub(crate) struct Writer {
    folder: Folder,
    options: Options,
    shared: Arc<Shared>,
    sink: Option<Sink>,
    batch: Batch,
    replies: Vec<Reply>,
    /// How the trail ended when this process wrote last.
    tail: Option<Tail>,
    /// When what was noted has waited for long enough.
    due: Option<Instant>,
    next_upkeep: Instant,
    is_failing: bool,
}

/// What has to be told of the trail before anything else.
#[derive(Default)]
struct Damage {
    /// A line that was not finished.
    torn: Option<Vec<u8>>,
    /// From which entry on they are lost.
    lost_from: Option<u64>,
}

impl Writer {
    pub(crate) fn new(folder: Folder, options: Options, shared: Arc<Shared>) -> Result<Writer> {
        let sink = match &options.syslog {
            Some(syslog) => Some(Sink::start(syslog.clone(), Arc::clone(&shared)).map_err(Error::Thread)?),
            None => None,
        };
        Ok(Writer {
            folder,
            options,
            shared,
            sink,
            batch: Batch::default(),
            replies: Vec::new(),
            tail: None,
            due: None,
            next_upkeep: Instant::now(),
            is_failing: false,
        })
    }

    /// Writes what comes until nobody can tell anything any more.
    pub(crate) fn run(mut self, messages: &Receiver<Message>) {
        loop {
            let now = Instant::now();
            if self.next_upkeep <= now {
                self.next_upkeep = now + UPKEEP;
                self.keep_up();
            }
            let until = self.due.map_or(self.next_upkeep, |due| due.min(self.next_upkeep));
            match messages.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(message) => {
                    self.take(message);
                    for message in messages.try_iter().take(AT_ONCE) {
                        self.take(message);
                    }
                    if !self.replies.is_empty() {
                        self.write();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.due.is_some_and(|due| due <= Instant::now()) {
                self.write();
            }
        }
        self.write();
        let unwritten = self.batch.notes();
        if unwritten > 0 {
            self.shared.unwritten.fetch_add(unwritten, Ordering::Relaxed);
            tracing::error!(events = unwritten, "the program ends before these got into the audit trail");
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Note(stamped) => {
                if self.batch.note(*stamped) {
                    self.due.get_or_insert_with(|| Instant::now() + self.options.linger);
                } else {
                    self.shared.lost.fetch_add(1, Ordering::Relaxed);
                    self.shared.unwritten.fetch_add(1, Ordering::Relaxed);
                }
            }
            Message::Record(stamped, reply) => {
                self.batch.record(*stamped);
                self.replies.push(reply);
            }
            Message::Forgot { at, kind, forgotten, reply } => {
                self.batch.forgot(at, kind, forgotten);
                self.replies.push(reply);
            }
            Message::Flush(reply) => self.replies.push(reply),
        }
    }

    /// Writes all that there is, answers who waits, and says once that it cannot be
    /// written, and once that it can again.
    fn write(&mut self) {
        self.due = None;
        let outcome = if self.batch.is_empty() { Ok(()) } else { self.try_write() };
        match &outcome {
            Ok(()) => {
                self.batch.clear();
                if self.is_failing {
                    tracing::info!("the audit trail is written again");
                    self.is_failing = false;
                }
            }
            Err(error) => {
                // Wherever it went wrong: what is there now has to be looked at.
                self.tail = None;
                self.batch.forget_recorded();
                let refused = u64::try_from(self.replies.len()).unwrap_or(u64::MAX);
                self.shared.refused.fetch_add(refused, Ordering::Relaxed);
                if self.batch.notes() > 0 {
                    self.due = Some(Instant::now() + self.options.linger.max(Duration::from_secs(1)));
                }
                if !self.is_failing {
                    tracing::error!(error = %with_causes(error), "the audit trail cannot be written");
                    self.is_failing = true;
                }
            }
        }
        let answer = outcome.map_err(|_| Unwritten);
        for reply in self.replies.drain(..) {
            // Who waited may be gone.
            let _ = reply.send(answer);
        }
    }

    fn try_write(&mut self) -> Result<()> {
        let lost = self.shared.lost.swap(0, Ordering::Relaxed);
        let items = std::mem::take(&mut self.batch.items);
        let folder = self.folder.clone();
        let written = folder.lock().and_then(|_held| self.append(&items, lost));
        self.batch.items = items;
        if written.is_err() {
            self.shared.lost.fetch_add(lost, Ordering::Relaxed);
        }
        written
    }

    /// Appends entries, and before them what has to be told of the trail itself.
    /// The caller holds the lock.
    fn append(&mut self, items: &[Item], lost: u64) -> Result<()> {
        let now = (self.options.clock)();
        let damage = self.locate()?;
        // What mends a file has to be in it.
        if damage.torn.is_none() && !items.is_empty() {
            self.turn_over(now)?;
        }
        let keys = self.folder.keys();
        let Some(tail) = &mut self.tail else { return Ok(()) };
        let mut draft = Draft::after(tail.last);
        let before = tail.last;
        let own = |n, what| Entry { prev: Some(before.hash), ..Entry::own(n, now, what) };
        if let Some(torn) = damage.torn {
            draft.finish_line();
            let hash = Some(Hash::of(&torn));
            draft.add(|n| Ok(Entry { torn: hash, ..own(n, MENDED) }.with("bytes", torn.len())))?;
        } else if tail.length == 0 {
            let what = if before.n == 0 { STARTED } else { FILE };
            draft.add(|n| Ok(own(n, what).with("file", tail.number)))?;
        }
        if let Some(from) = damage.lost_from {
            let prev = Some(draft.last().hash);
            let own = |n| Entry { prev, ..Entry::own(n, now, LOST) };
            draft.add(|n| Ok(own(n).with("from", from).with("through", before.n)))?;
        }
        if lost > 0 {
            draft.add(|n| Ok(Entry::own(n, now, GAP).with("events", lost)))?;
        }
        for item in items {
            draft.add(|n| item.entry(n, &keys, now))?;
        }
        if draft.is_empty() {
            return Ok(());
        }
        tail.write(&self.folder, &draft, now)?;
        if let Err(error) = self.folder.set_mark(tail.last) {
            // The entries are on disk; a mark that says less than there is harms nobody.
            tracing::warn!(error = %with_causes(&error), "the end of the audit trail cannot be noted");
        }
        if let Some(from) = damage.lost_from {
            tracing::error!(
                from,
                through = before.n,
                "entries of the audit trail were lost, which it says now"
            );
        }
        if lost > 0 {
            tracing::error!(events = lost, "reads are missing in the audit trail, which says so now");
        }
        self.shared.written.fetch_add(draft.entries(), Ordering::Relaxed);
        if let Some(sink) = &self.sink {
            for line in draft.lines() {
                sink.send(line);
            }
        }
        Ok(())
    }

    /// Finds the end of the trail, unless it is where this process left it.
    fn locate(&mut self) -> Result<Damage> {
        if let Some(tail) = &self.tail
            && tail.is_as_left(&self.folder)
        {
            return Ok(Damage::default());
        }
        self.tail = None;
        let end = self.folder.end()?;
        let (number, mut length, last) = (end.file, end.length, end.position());
        let mut file = self.folder.open_to_append(number)?;
        if end.ending == Ending::Entry {
            file.write_all(b"\n").map_err(Error::file(&self.folder.file(number), "written"))?;
            length += 1;
        }
        let lost_from = end.has_lost().then(|| end.last.map_or(0, |last| last.mark.n) + 1);
        let day = end.last.map(|last| day_of(last.at));
        let torn = match end.ending {
            Ending::Torn(bytes) => Some(bytes),
            Ending::Line | Ending::Entry => None,
        };
        self.tail = Some(Tail { number, file, length, last, day });
        Ok(Damage { torn, lost_from })
    }

    /// Starts the next file when the last one is full or of a day before.
    fn turn_over(&mut self, now: Timestamp) -> Result<()> {
        let Some(tail) = &self.tail else { return Ok(()) };
        let is_old = tail.day.is_some_and(|day| day < day_of(now));
        if tail.length == 0 || !(is_old || tail.length >= self.options.file_bytes) {
            return Ok(());
        }
        let (number, last) = (tail.number + 1, tail.last);
        let file = self.folder.open_to_append(number)?;
        self.tail = Some(Tail { number, file, length: 0, last, day: None });
        Ok(())
    }

    /// Mends what a crash left, and removes what is too old.
    fn keep_up(&mut self) {
        if let Err(error) = self.try_keep_up() {
            self.tail = None;
            tracing::error!(error = %with_causes(&error), "the audit trail cannot be kept in order");
        }
    }

    fn try_keep_up(&mut self) -> Result<()> {
        let folder = self.folder.clone();
        if folder.numbers()?.is_empty() {
            return Ok(());
        }
        let _held = folder.lock()?;
        if self.tail.is_none() {
            self.append(&[], 0)?;
        }
        let Some(days) = self.options.days else { return Ok(()) };
        let now = (self.options.clock)();
        let Some(expired) = retention::expired(&folder, days, now)? else { return Ok(()) };
        let files = expired.files.clone();
        // Told first: what is removed without a word looks like tampering.
        self.append(&[Item::Expired { at: now, expired }], 0)?;
        for number in &files {
            folder.remove(*number)?;
        }
        // Their last use is noted once a day.
        let keys = match retention::cutoff(days.saturating_add(2), now) {
            Some(unused_since) => folder.keys().prune(unused_since)?,
            None => 0,
        };
        tracing::info!(files = files.len(), keys, "removed what was too old from the audit trail");
        Ok(())
    }
}

/// The day of a time, in UTC.
pub(crate) fn day_of(time: Timestamp) -> Date {
    time.to_zoned_datetime(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests;
