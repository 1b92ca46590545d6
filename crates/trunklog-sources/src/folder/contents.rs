//! Which contents were read, by their hashes.
//!
//! A state lists a thousand of them, and there are at most two hundred states, of
//! which the oldest goes: a folder that gets a file a minute knows those of some four
//! months. A file that comes again after that is read again, which changes nothing.

use std::collections::{HashSet, VecDeque};
use std::fmt::Write;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::digest::{Context, SHA256};
use trunklog_records::TenantId;
use trunklog_store::{Error, ErrorKind};

use crate::positions::States;

/// How many a state lists, each in a line of 33 bytes.
const PER_STATE: usize = 1_000;

/// The most states of a folder.
const MOST_STATES: usize = 200;

/// How often another process may be faster.
const MOST_CONFLICTS: usize = 100;

const BUFFER: usize = 64 * 1024;

/// What tells a content from others: the first half of its SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ContentHash(u128);

/// The contents that a folder's files had.
pub(super) struct Contents {
    states: Arc<dyn States>,
    prefix: String,
    known: HashSet<ContentHash>,
    /// The numbers of the lists, ascending.
    numbers: VecDeque<u32>,
    /// What the last of them says.
    last: Option<String>,
}

impl ContentHash {
    /// That of a file, from where it is to its end. None when it is to stop.
    pub(super) fn of(file: &mut File, stop: &AtomicBool) -> io::Result<Option<ContentHash>> {
        let mut context = Context::new(&SHA256);
        let mut buffer = vec![0; BUFFER];
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => context.update(&buffer[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let digest = context.finish();
        let half =
            digest.as_ref().iter().take(16).fold(0, |hash: u128, byte| (hash << 8) | u128::from(*byte));
        Ok(Some(ContentHash(half)))
    }

    /// As states and reports have it.
    pub(super) fn text(self) -> String {
        format!("{:032x}", self.0)
    }
}

impl Contents {
    /// Those that the store knows of a folder.
    pub(super) fn read(states: Arc<dyn States>, tenant: TenantId, name: &str) -> Result<Contents, Error> {
        let prefix = format!("folder/{tenant}/{name}/");
        let (known, numbers, last) = (HashSet::new(), VecDeque::new(), None);
        let mut contents = Contents { states, prefix, known, numbers, last };
        contents.reload()?;
        Ok(contents)
    }

    pub(super) fn has(&self, content: ContentHash) -> bool {
        self.known.contains(&content)
    }

    /// Adds one whose rows are stored.
    pub(super) fn add(&mut self, content: ContentHash) -> Result<(), Error> {
        for _ in 0..MOST_CONFLICTS {
            if self.has(content) {
                return Ok(());
            }
            let old = self.last.take().filter(|last| last.lines().count() < PER_STATE);
            let number = match (self.numbers.back(), &old) {
                (Some(number), Some(_)) => *number,
                (Some(number), None) => number.saturating_add(1),
                (None, _) => 0,
            };
            let mut new = old.clone().unwrap_or_default();
            // Writing to a string cannot fail.
            let _ = writeln!(new, "{}", content.text());
            if self.states.exchange_state(&self.name(number), old.as_deref(), Some(&new))? {
                self.known.insert(content);
                self.last = Some(new);
                if old.is_none() {
                    self.numbers.push_back(number);
                }
                return self.drop_oldest();
            }
            self.reload()?;
        }
        Err(Error::new(ErrorKind::Other, "other processes watch the same folder: let only one do so"))
    }

    fn drop_oldest(&mut self) -> Result<(), Error> {
        while self.numbers.len() > MOST_STATES {
            let Some(number) = self.numbers.pop_front() else { break };
            let name = self.name(number);
            if let Some(text) = self.states.state(&name)? {
                // Where another process was faster, it sees to it.
                self.states.exchange_state(&name, Some(&text), None)?;
                for hash in hashes(&text) {
                    self.known.remove(&hash);
                }
            }
        }
        Ok(())
    }

    /// Knows what the store does, and nothing else.
    fn reload(&mut self) -> Result<(), Error> {
        let states = self.states.states(&self.prefix)?;
        self.known.clear();
        self.numbers.clear();
        self.last = None;
        for (name, text) in states {
            let number = name.strip_prefix(&self.prefix).and_then(|number| number.parse().ok());
            let Some(number) = number else { continue };
            self.known.extend(hashes(&text));
            self.numbers.push_back(number);
            self.last = Some(text);
        }
        Ok(())
    }

    /// The name of a list's state. Names have the order of the numbers.
    fn name(&self, number: u32) -> String {
        format!("{}{number:010}", self.prefix)
    }
}

fn hashes(text: &str) -> impl Iterator<Item = ContentHash> + '_ {
    text.lines().filter_map(|line| u128::from_str_radix(line, 16).ok().map(ContentHash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::positions::tests::NoteStore;

    fn read(noted: &NoteStore) -> Contents {
        let tenant = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        Contents::read(Arc::new(noted.clone()), tenant, "a").unwrap()
    }

    #[test]
    fn contents_are_known_again_and_the_oldest_go() {
        let noted = NoteStore::default();
        let mut contents = read(&noted);
        let hash = |number: usize| ContentHash((u128::try_from(number).unwrap() << 64) | 7);
        for number in 0..=PER_STATE {
            contents.add(hash(number)).unwrap();
        }
        contents.add(hash(3)).unwrap();
        assert_eq!(noted.all().len(), 2);
        // Two who add at once lose nothing.
        let (mut one, mut other) = (read(&noted), read(&noted));
        one.add(hash(PER_STATE + 2)).unwrap();
        other.add(hash(PER_STATE + 3)).unwrap();
        one.add(hash(PER_STATE + 4)).unwrap();
        assert!((PER_STATE + 2..PER_STATE + 5).all(|number| read(&noted).has(hash(number))));
        assert!((0..=PER_STATE).all(|number| read(&noted).has(hash(number))));
        assert!(!read(&noted).has(hash(PER_STATE + 1)));
        // As if there were as many as there may be.
        let prefix = contents.prefix;
        for number in 2..MOST_STATES {
            let full: String = (0..PER_STATE).map(|line| hash(line + 1_000_000).text() + "\n").collect();
            noted.exchange_state(&format!("{prefix}{number:010}"), None, Some(&full)).unwrap();
        }
        let mut contents = read(&noted);
        contents.add(hash(5_000)).unwrap();
        assert_eq!(noted.all().len(), MOST_STATES);
        assert!(contents.has(hash(5_000)) && !contents.has(hash(0)));
        let known = read(&noted);
        assert!(known.has(hash(5_000)) && known.has(hash(PER_STATE)) && !known.has(hash(0)));
    }

    #[test]
    fn a_content_is_told_by_its_bytes_alone() {
        let folder = tempfile::tempdir().unwrap();
        let hash = |text: &str| {
            let path = folder.path().join("x");
            std::fs::write(&path, text).unwrap();
            ContentHash::of(&mut File::open(path).unwrap(), &AtomicBool::new(false)).unwrap().unwrap()
        };
        // FIPS 180-4: SHA-256 of "abc".
        assert_eq!(hash("abc").text(), "ba7816bf8f01cfea414140de5dae2223");
        assert_eq!(hash(&"x".repeat(200_000)), hash(&"x".repeat(200_000)));
        assert_ne!(hash(&"x".repeat(200_000)), hash(&"x".repeat(200_001)));
    }
}
