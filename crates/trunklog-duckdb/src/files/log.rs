//! The write-ahead log as bytes.
//!
//! It begins with its version, in newer files also with the name of the
//! database and the number of its checkpoint, and then has entries: the length
//! of what follows and its checksum, eight bytes each, and that much. An entry
//! of a kind of its own ends each commit, and always has the same bytes.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::checksum::{self, Checksum};

/// The start of a log whose database file is of a version before it had a name.
const NAMELESS: [u8; 8] = [100, 0, 98, 101, 0, 2, 0xff, 0xff];

/// What stands before the sixteen numbers of a database's name in a start.
const DATABASE: [u8; 3] = [102, 0, 16];

/// What stands there before the number of the checkpoint.
const ITERATION: [u8; 2] = [103, 0];

/// The most bytes that a start has: that before, a name, and the number of the
/// checkpoint.
const LONGEST_START: usize = 128;

/// What the entry at the end of a commit holds.
const COMMIT: [u8; 5] = [100, 0, 100, 0xff, 0xff];

/// What the entry begins with that tells of a checkpoint about to be written.
const CHECKPOINT: [u8; 5] = [100, 0, 99, 101, 0];

/// So many wrong bytes in a name are damage. Names are random: those of two
/// databases have hardly a byte in common.
const WRONG_BYTES: usize = 4;

/// The bytes of length and checksum.
const FRAME: u64 = 16;

/// What is read at a time; a multiple of eight.
const PIECE: usize = 1 << 16;

/// What is in a log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Contents {
    /// How long it is.
    pub(crate) bytes: u64,
    /// Where the last whole commit ends, before the fault if there is one.
    pub(crate) whole: u64,
    /// How many commits are whole.
    pub(crate) commits: u64,
    /// What it says it belongs to.
    pub(crate) name: Option<Name>,
    /// Set where the last that is whole tells of a checkpoint: where that was
    /// to write its metadata. If the database has them there, it has all
    /// commits of the log.
    pub(crate) checkpoint: Option<u64>,
    /// The first thing that is wrong.
    pub(crate) fault: Option<Fault>,
}

/// The database that a log belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) database: [u8; 16],
    /// How many checkpoints it had when the log was begun.
    pub(crate) iteration: u64,
}

impl Name {
    /// Whether it is another only by damage.
    fn is_damaged(&self, right: &Name) -> bool {
        let wrong = self.database.iter().zip(&right.database).filter(|(found, right)| found != right);
        self.iteration == right.iteration && (1..=WRONG_BYTES).contains(&wrong.count())
    }
}

/// Something wrong in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    /// Where it is.
    pub(crate) at: u64,
    /// How many ends of commits come after it.
    pub(crate) commits: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The start is none. The commits after it may be whole.
    Start,
    /// From somewhere within the faulty entry on there are only zeros.
    Zeros,
    /// It ends within a commit, as when the process was killed.
    Unfinished,
    /// An entry is not what was written.
    Entry,
}

/// Reads a log, which should have that name; None where there is none.
pub(crate) fn read(path: &Path, name: Option<Name>) -> io::Result<Option<Contents>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let found = file.metadata()?;
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let bytes = found.len();
    if bytes == 0 {
        return Ok(Some(Contents::default()));
    }
    let zeros = zeros_from(&file, bytes)?;
    let input = BufReader::with_capacity(PIECE, file);
    let mut log = Reader { input, piece: vec![0; PIECE], at: 0, bytes, zeros };
    let right = start(name).len() as u64;
    let begin = log.start()?.filter(|(length, found)| {
        let is_damaged = found.zip(name).is_some_and(|(found, right)| found.is_damaged(&right));
        !(is_damaged && *length == right)
    });
    // Where the start is wrong, the entries after it may still be read.
    log.seek(begin.map_or(right, |(length, _)| length))?;
    let mut contents = log.entries()?;
    match (begin, contents.fault) {
        (None, None) => contents.fault = Some(Fault { kind: FaultKind::Start, at: 0, commits: 0 }),
        (None, Some(fault)) => {
            // Not even the first entries can be told.
            let kind = match fault.kind {
                FaultKind::Zeros if zeros == 0 => FaultKind::Zeros,
                FaultKind::Unfinished if bytes < right => FaultKind::Unfinished,
                _ => FaultKind::Start,
            };
            let commits = log.commits_after(0)?;
            let fault = Some(Fault { kind, at: 0, commits });
            contents = Contents { bytes, fault, ..Contents::default() };
        }
        (Some(_), Some(fault)) => {
            let commits = log.commits_after(fault.at)?;
            contents.fault = Some(Fault { commits, ..fault });
        }
        (Some(_), None) => {}
    }
    contents.name = begin.and_then(|(_, name)| name);
    Ok(Some(contents))
}

struct Reader {
    input: BufReader<File>,
    /// What was read last.
    piece: Vec<u8>,
    at: u64,
    bytes: u64,
    /// Where the zeros at the end begin; the length where there are none.
    zeros: u64,
}

/// What an entry is.
enum Entry {
    Whole(Tells),
    Wrong(FaultKind),
}

/// What a whole entry tells.
#[derive(Clone, Copy)]
enum Tells {
    /// That a commit, or the note of a checkpoint, ends.
    End,
    /// That a checkpoint is about to be written, and where its metadata begins.
    Checkpoint(u64),
    /// Of a change.
    Change,
}

impl Tells {
    fn of(entry: &[u8]) -> Tells {
        if *entry == COMMIT {
            return Tells::End;
        }
        let root = entry.strip_prefix(&CHECKPOINT).and_then(|place| match place {
            // Zero is left out.
            [100, 0, ..] => number(place, 2).map(|(root, _)| root),
            _ => Some(0),
        });
        root.map_or(Tells::Change, Tells::Checkpoint)
    }
}

impl Reader {
    fn seek(&mut self, at: u64) -> io::Result<()> {
        self.input.seek(SeekFrom::Start(at))?;
        self.at = at;
        Ok(())
    }

    /// How long the start is, and what it names; None where it is none.
    fn start(&mut self) -> io::Result<Option<(u64, Option<Name>)>> {
        self.seek(0)?;
        let mut bytes = Vec::with_capacity(LONGEST_START);
        self.input.by_ref().take(LONGEST_START as u64).read_to_end(&mut bytes)?;
        Ok(start_of(&bytes).map(|(length, name)| (length as u64, name)))
    }

    /// Reads entries up to the end or the first fault.
    fn entries(&mut self) -> io::Result<Contents> {
        let mut contents = Contents { bytes: self.bytes, ..Contents::default() };
        let mut checkpoint = None;
        loop {
            let at = self.at;
            if at >= self.bytes {
                // A commit, or all of them, has no end.
                if contents.whole < at {
                    contents.fault = Some(Fault { kind: FaultKind::Unfinished, at, commits: 0 });
                }
                return Ok(contents);
            }
            match self.entry()? {
                Entry::Whole(Tells::End) => {
                    contents.whole = self.at;
                    contents.checkpoint = checkpoint.take();
                    contents.commits += u64::from(contents.checkpoint.is_none());
                }
                Entry::Whole(Tells::Checkpoint(root)) => checkpoint = Some(root),
                Entry::Whole(Tells::Change) => {}
                Entry::Wrong(kind) => {
                    contents.fault = Some(Fault { kind, at, commits: 0 });
                    return Ok(contents);
                }
            }
        }
    }

    fn entry(&mut self) -> io::Result<Entry> {
        let at = self.at;
        let left = self.bytes - at;
        let mut frame = [0; 16];
        if left >= FRAME {
            self.input.read_exact(&mut frame)?;
        }
        let length = u64::from_le_bytes(frame[..8].try_into().unwrap_or_default());
        let expected = u64::from_le_bytes(frame[8..].try_into().unwrap_or_default());
        if left < FRAME || length > left - FRAME {
            let kind = if self.zeros <= at { FaultKind::Zeros } else { FaultKind::Unfinished };
            return Ok(Entry::Wrong(kind));
        }
        let (mut sum, mut tells, mut unread) = (Checksum::new(), Tells::Change, length);
        while unread > 0 {
            let size = usize::try_from(unread).unwrap_or(usize::MAX).min(PIECE);
            let piece = &mut self.piece[..size];
            self.input.read_exact(piece)?;
            sum.add(piece);
            if length == size as u64 {
                tells = Tells::of(piece);
            }
            unread -= size as u64;
        }
        self.at = at + FRAME + length;
        if sum.value() == expected {
            return Ok(Entry::Whole(tells));
        }
        Ok(Entry::Wrong(if self.zeros < self.at { FaultKind::Zeros } else { FaultKind::Entry }))
    }

    /// How many ends of commits there are from a place on.
    fn commits_after(&mut self, at: u64) -> io::Result<u64> {
        let end_of_commit = end_of_commit();
        self.seek(at)?;
        let (mut found, mut bytes) = (0, Vec::new());
        loop {
            let read = self.input.read(&mut self.piece)?;
            if read == 0 {
                return Ok(found);
            }
            bytes.extend_from_slice(&self.piece[..read]);
            let ends = bytes.windows(end_of_commit.len()).filter(|entry| *entry == end_of_commit);
            found += ends.count() as u64;
            // One may lie across two pieces.
            let seen = bytes.len().saturating_sub(end_of_commit.len() - 1);
            bytes.drain(..seen);
        }
    }
}

/// The whole entry that ends a commit.
fn end_of_commit() -> Vec<u8> {
    let length = COMMIT.len() as u64;
    [&length.to_le_bytes()[..], &checksum::of(&COMMIT).to_le_bytes()[..], &COMMIT[..]].concat()
}

fn zeros_from(file: &File, bytes: u64) -> io::Result<u64> {
    let mut end = bytes;
    let mut piece = vec![0; PIECE];
    while end > 0 {
        let size = usize::try_from(end).unwrap_or(usize::MAX).min(PIECE);
        let begin = end - size as u64;
        file.read_exact_at(&mut piece[..size], begin)?;
        if let Some(last) = piece[..size].iter().rposition(|byte| *byte != 0) {
            return Ok(begin + last as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

/// The length of a log's start and the name in it: a number of a field (two
/// bytes, the first the lower) before each value, and 0xffff at the end.
fn start_of(bytes: &[u8]) -> Option<(usize, Option<Name>)> {
    let (version, end) = NAMELESS.split_at(6);
    let mut at = bytes.starts_with(version).then_some(version.len())?;
    let mut name = None;
    if bytes[at..].starts_with(&DATABASE) {
        at += DATABASE.len();
        let mut database = [0; 16];
        for byte in &mut database {
            let (value, next) = number(bytes, at)?;
            *byte = u8::try_from(value).ok()?;
            at = next;
        }
        if !bytes[at..].starts_with(&ITERATION) {
            return None;
        }
        let (iteration, next) = number(bytes, at + ITERATION.len())?;
        name = Some(Name { database, iteration });
        at = next;
    }
    bytes[at..].starts_with(end).then_some((at + end.len(), name))
}

/// The start of a log of that name.
pub(crate) fn start(name: Option<Name>) -> Vec<u8> {
    let (version, end) = NAMELESS.split_at(6);
    let mut start = version.to_vec();
    if let Some(Name { database, iteration }) = name {
        start.extend(DATABASE);
        for byte in database {
            put_number(u64::from(byte), &mut start);
        }
        start.extend(ITERATION);
        put_number(iteration, &mut start);
    }
    start.extend(end);
    start
}

fn put_number(mut value: u64, bytes: &mut Vec<u8>) {
    while value > 0x7f {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
}

/// A number in pieces of seven bits, the lowest first, and where it ends.
fn number(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for (piece, byte) in (0_u32..10).zip(bytes.get(at..)?) {
        value |= u64::from(byte & 0x7f).checked_shl(7 * piece)?;
        if byte & 0x80 == 0 {
            return Some((value, at + piece as usize + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests;
