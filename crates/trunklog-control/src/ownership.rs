//! Who owns a store.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;

use crate::error::ControlError;

/// The right to open the store in a data folder. Dropping it gives it back;
/// so does the end of the process, however it ends.
#[derive(Debug)]
pub struct Ownership {
    /// Locked as long as it is open.
    _lock: File,
}

/// What trying to own a store led to.
#[derive(Debug)]
pub enum Acquisition {
    /// This process owns it now.
    Owner(Ownership),
    /// Another process owns it.
    Running(Holder),
}

/// The process that owns a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its process id; 0 when it has not said yet.
    pub pid: u32,
    /// Where it takes requests, if it does.
    pub socket: PathBuf,
    /// What it owns the store for: `serve`, `import`.
    pub purpose: String,
}

/// The lock file's content. It is for people and messages: only the lock says
/// who owns the store, so what an ended process left behind means nothing.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    pid: u32,
    purpose: String,
    since: String,
}

const LOCK_FILE: &str = "owner.lock";
const SOCKET: &str = "control.sock";

/// A new owner writes its note right after it got the lock.
const NOTE_TRIES: u32 = 20;
const NOTE_PAUSE: Duration = Duration::from_millis(10);

impl Ownership {
    /// Takes the store in `data_dir` for this process, or says who has it.
    pub fn acquire(data_dir: &Path, purpose: &str) -> Result<Acquisition, ControlError> {
        let path = data_dir.join(LOCK_FILE);
        let failed = |source| ControlError::Lock { path: path.clone(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                write_note(&mut file, purpose).map_err(failed)?;
                Ok(Acquisition::Owner(Ownership { _lock: file }))
            }
            Err(TryLockError::WouldBlock) => {
                let note = read_note(&mut file).map_err(failed)?;
                Ok(Acquisition::Running(Holder {
                    pid: note.as_ref().map_or(0, |note| note.pid),
                    socket: data_dir.join(SOCKET),
                    purpose: note.map_or_else(|| "unknown".to_owned(), |note| note.purpose),
                }))
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

fn write_note(file: &mut File, purpose: &str) -> io::Result<()> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let since = i64::try_from(since).ok().and_then(|secs| Instant::from_unix_secs(secs).ok());
    let note = Note {
        pid: std::process::id(),
        purpose: purpose.to_owned(),
        since: since.unwrap_or(Instant::ABSENT).to_string(),
    };
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&serde_json::to_vec(&note)?)?;
    file.flush()
}

/// The owner's note; None when it wrote none in time.
fn read_note(file: &mut File) -> io::Result<Option<Note>> {
    for _ in 0..NOTE_TRIES {
        let mut text = Vec::new();
        file.rewind()?;
        file.read_to_end(&mut text)?;
        if let Ok(note) = serde_json::from_slice(&text) {
            return Ok(Some(note));
        }
        std::thread::sleep(NOTE_PAUSE);
    }
    Ok(None)
}
