//! What tests share: a trail in a folder of its own, with a clock to be moved.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::{Action, Actor, Channel, Clock, Entry, Event, Options, Search, Trail, Verification, verify};

pub(crate) const APPLICATION: &str = "6f1d0000-0000-4000-8000-000000000001";

/// A folder for a trail, and the time.
pub(crate) struct Bench {
    folder: TempDir,
    time: Arc<Mutex<Timestamp>>,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        let time = "2026-11-30T08:00:00Z".parse().unwrap();
        Bench { folder: tempfile::tempdir().unwrap(), time: Arc::new(Mutex::new(time)) }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("audit")
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.time.lock().unwrap()
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        let mut time = self.time.lock().unwrap();
        *time = time.checked_add(by).unwrap();
    }

    pub(crate) fn advance_days(&self, days: i64) {
        self.advance(SignedDuration::from_hours(24 * days));
    }

    /// Options by which nothing is written before somebody asks for it.
    pub(crate) fn options(&self) -> Options {
        let time = Arc::clone(&self.time);
        let clock: Clock = Arc::new(move || *time.lock().unwrap());
        Options { clock, linger: Duration::from_hours(1), ..Options::default() }
    }

    pub(crate) fn open(&self) -> Trail {
        Trail::open(&self.path(), self.options()).unwrap()
    }

    /// The path of a file of the trail.
    pub(crate) fn file(&self, number: u64) -> PathBuf {
        self.path().join(format!("audit-{number:08}.jsonl"))
    }

    pub(crate) fn text(&self, number: u64) -> String {
        fs::read_to_string(self.file(number)).unwrap()
    }

    /// All lines of all files.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
            .collect();
        files.sort();
        let text: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        text.lines().map(str::to_owned).collect()
    }

    /// All entries, the oldest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let mut entries = Search::default().newest_first(&self.path(), usize::MAX).unwrap();
        entries.reverse();
        entries
    }

    pub(crate) fn verify(&self) -> Verification {
        verify(&self.path()).unwrap()
    }
}

/// What an application read.
pub(crate) fn read() -> Event {
    Event::new(Action::CallsRead, Actor::application(APPLICATION), Channel::Graph)
        .of("directRoutingCalls")
        .rows(1_000)
}

/// What an application exported.
pub(crate) fn export() -> Event {
    Event::new(Action::CallsExport, Actor::application(APPLICATION), Channel::Graph).of("directRoutingCalls")
}

/// Records so many exports, each of which is an entry.
pub(crate) fn record(trail: &Trail, exports: usize) {
    for _ in 0..exports {
        trail.record(export()).wait().unwrap();
    }
}

/// Adds bytes to the end of a file.
pub(crate) fn append(file: &Path, bytes: &[u8]) {
    OpenOptions::new().append(true).open(file).unwrap().write_all(bytes).unwrap();
}
