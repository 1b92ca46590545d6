//! How far a file was read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::finished::Mark;
use super::kept::{KeptPosition, PositionError, PositionKeeper, Positions};
use crate::format::Premise;
use crate::reader::Position;

/// How much of a file tells it from others.
const START: u64 = 64 * 1024;

/// The position of one file, which counts as long as the file is the same and
/// is read in the same way.
pub(crate) struct FilePosition {
    kept: KeptPosition,
    mark: Mark,
    file: Identity,
}

/// What tells a file that is read from what was there before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    bytes: u64,
    /// When it was changed: seconds since 1970 and nanoseconds; None where the
    /// system does not say.
    changed: Option<(u64, u32)>,
    /// A hash of its start.
    start: String,
    /// Which of its rows are taken: others are rejected, and those who take them
    /// as well have to read them.
    rows: String,
}

/// What is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    file: Identity,
    position: Position,
}

impl FilePosition {
    /// The position of the file of that name, which has no links in it.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn read(
        positions: &Positions,
        path: &Path,
        file: Identity,
    ) -> Result<FilePosition, trunklog_store::Error> {
        // Names are longer than those of states may be, and tell of people.
        let name = Uuid::new_v5(&Uuid::NAMESPACE_URL, path.as_os_str().as_encoded_bytes());
        let kept = positions.of(&format!("file/{name}"))?;
        // The same file may be imported in several ways.
        let source = [path.as_os_str().as_encoded_bytes(), &b"\0"[..], file.rows.as_bytes()].concat();
        let mark = Mark::new(&source, &as_json(&file));
        Ok(FilePosition { kept, mark, file })
    }

    /// The mark of the file when it is stored as a whole.
    pub(crate) fn mark(&self) -> Mark {
        self.mark
    }

    /// Where to go on; None where the file is to be read from its start.
    pub(crate) fn position(&self) -> Option<Position> {
        let note: Note = serde_json::from_str(&self.kept.text()?).ok()?;
        (note.file == self.file).then_some(note.position)
    }
}

impl PositionKeeper for FilePosition {
    fn keep(&self, position: Option<&Position>) -> Result<(), PositionError> {
        let note = position.map(|position| {
            let note = Note { file: self.file.clone(), position: position.clone() };
            String::from_utf8(as_json(&note)).expect("JSON is UTF-8")
        });
        self.kept.set(note.as_deref())
    }
}

fn as_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("numbers and texts can be written as JSON")
}

impl Identity {
    /// The identity of an open file, which is at its start before and after;
    /// None where it is not a true file but a pipe, say.
    pub(crate) fn of(file: &mut File, premise: Premise) -> io::Result<Option<Identity>> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(None);
        }
        let mut start = Vec::new();
        file.by_ref().take(START).read_to_end(&mut start)?;
        file.seek(SeekFrom::Start(0))?;
        let since_1970 = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let log = premise.log.map_or("", |log| log.name);
        let period = premise.period.map_or_else(String::new, |period| period.key());
        Ok(Some(Identity {
            bytes: metadata.len(),
            changed: since_1970.map(|time| (time.as_secs(), time.subsec_nanos())),
            start: Uuid::new_v5(&Uuid::NAMESPACE_OID, &start).to_string(),
            rows: format!("{log} {period}"),
        }))
    }
}
