//! The walk over all lines.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Finding, Verification};
use crate::chain::{Hash, Mark};
use crate::entry::{EXPIRED, Entry, GAP, LOST, Line, MENDED};
use crate::error::{Error, Result};

/// The walk over all lines.
pub(super) struct Scan<'m> {
    found: Verification,
    /// The entry before; None before the first.
    before: Option<Mark>,
    /// What comes before the first entry, as that one says.
    start: Option<Mark>,
    /// Up to which entries files were removed, by the trail's own word.
    removed: Vec<Mark>,
    /// A line that is none, which the next one may explain.
    broken: Option<Broken>,
    last_file: Option<u64>,
    /// What must be there still.
    marks: &'m [Mark],
    met: Vec<bool>,
}

/// A line that is no entry.
struct Broken {
    file: PathBuf,
    line: u64,
    hash: Hash,
}

/// Where a line is.
#[derive(Clone, Copy)]
struct Place<'p> {
    file: &'p Path,
    line: u64,
}

impl<'m> Scan<'m> {
    pub(super) fn new(marks: &'m [Mark]) -> Scan<'m> {
        Scan {
            found: Verification::default(),
            before: None,
            start: None,
            removed: Vec::new(),
            broken: None,
            last_file: None,
            marks,
            met: vec![false; marks.len()],
        }
    }

    /// Reads so much of a file.
    pub(super) fn file(&mut self, path: PathBuf, number: u64, most: u64) -> Result<()> {
        if let Some(last) = self.last_file.filter(|last| number != last + 1) {
            let what = format!("the files after number {last} are missing");
            self.found.damage(Finding { file: Some(path.clone()), line: None, what });
        }
        self.last_file = Some(number);
        self.found.files += 1;
        let file = File::open(&path).map_err(Error::file(&path, "read"))?;
        let mut lines = BufReader::new(file.take(most));
        let mut bytes = Vec::new();
        for line in 1.. {
            bytes.clear();
            let read = lines.read_until(b'\n', &mut bytes).map_err(Error::file(&path, "read"))?;
            if read == 0 {
                break;
            }
            let is_finished = bytes.ends_with(b"\n");
            if is_finished {
                bytes.pop();
            }
            let place = Place { file: &path, line };
            match Line::parse(&bytes) {
                Some(entry) if is_finished => self.entry(place, &entry),
                _ => self.broken(place, Hash::of(&bytes)),
            }
        }
        Ok(())
    }

    /// Sums up. `written` is what was on disk once.
    pub(super) fn finish(mut self, written: Option<Mark>) -> Verification {
        if let Some(broken) = self.broken.take() {
            let what = "the last line is not finished, as after a crash; the next one who writes mends it";
            let Broken { file, line, hash: _ } = broken;
            self.found.note(Finding { file: Some(file), line: Some(line), what: what.to_owned() });
        }
        self.check_start();
        self.found.last = self.before;
        self.check_end(written);
        for (mark, met) in self.marks.iter().zip(&self.met) {
            if *met {
                continue;
            }
            let last = self.before.map_or(0, |before| before.n);
            let is_old = self.found.first.is_some_and(|first| mark.n < first);
            let what = match (is_old, mark.n > last) {
                (true, _) => {
                    format!("entry {} is no longer kept, so nobody can say whether it was changed", mark.n)
                }
                (_, true) => format!("entry {} is missing: the trail ends with {last}", mark.n),
                _ => format!("entry {} is not as it was noted", mark.n),
            };
            let finding = Finding { file: None, line: None, what };
            if is_old {
                self.found.note(finding);
            } else {
                self.found.damage(finding);
            }
        }
        self.found
    }

    fn entry(&mut self, place: Place<'_>, line: &Line<'_>) {
        let entry = &line.entry;
        self.settle_broken(entry);
        self.found.entries += 1;
        let named = entry.prev.map(|hash| Mark { n: entry.n.saturating_sub(1), hash });
        let before = if let Some(before) = self.before {
            before
        } else {
            self.found.first = Some(entry.n);
            self.start = named;
            named.unwrap_or(Mark::START)
        };
        // Who names the entry before it is bound to that one, which may be gone.
        let follows = Hash::following(named.map_or(before.hash, |named| named.hash), line.content);
        let what = if entry.n > before.n + 1 {
            Some(format!("entries {} to {} are missing before it", before.n + 1, entry.n - 1))
        } else if entry.n < before.n + 1 {
            Some(format!("entry {} comes again, or out of order", entry.n))
        } else if named.is_some_and(|named| named.hash != before.hash) {
            Some("it does not follow the entry before it, which was changed or replaced".to_owned())
        } else if follows != line.hash {
            Some("it is not as it was written, or the entry before it is not".to_owned())
        } else {
            None
        };
        if let Some(what) = what {
            self.damage(place, what);
        }
        for (mark, met) in self.marks.iter().zip(&mut self.met) {
            *met |= *mark == line.mark();
        }
        self.read(place, entry);
        self.before = Some(line.mark());
    }

    /// What the trail says of itself.
    fn read(&mut self, place: Place<'_>, entry: &Entry) {
        let count = |name: &str| entry.details.get(name).and_then(Value::as_u64);
        match entry.what.as_str() {
            EXPIRED => {
                let hash =
                    entry.details.get("hash").and_then(Value::as_str).and_then(|text| text.parse().ok());
                if let (Some(n), Some(hash)) = (count("through"), hash) {
                    self.removed.push(Mark { n, hash });
                }
            }
            GAP => {
                let events = count("events").unwrap_or(0);
                self.note(place, format!("{events} reads before it were not written"));
            }
            LOST => self.note(place, "it tells that entries before it were lost".to_owned()),
            _ => {}
        }
    }

    fn broken(&mut self, place: Place<'_>, hash: Hash) {
        self.tell_broken();
        self.broken = Some(Broken { file: place.file.to_owned(), line: place.line, hash });
    }

    /// A line that is no entry is as it should be if the next one says so.
    fn settle_broken(&mut self, next: &Entry) {
        let explains = |broken: &mut Broken| next.what == MENDED && next.torn == Some(broken.hash);
        match self.broken.take_if(explains) {
            Some(Broken { file, line, hash: _ }) => {
                let what = "a crash cut this line, and the next one says so".to_owned();
                self.found.note(Finding { file: Some(file), line: Some(line), what });
            }
            None => self.tell_broken(),
        }
    }

    fn tell_broken(&mut self) {
        if let Some(Broken { file, line, hash: _ }) = self.broken.take() {
            let what = "this is no entry of the trail".to_owned();
            self.found.damage(Finding { file: Some(file), line: Some(line), what });
        }
    }

    /// Whether what is missing before the first entry was removed because of its
    /// age.
    fn check_start(&mut self) {
        let Some(first) = self.found.first else { return };
        let is_first = first == 1 && self.start.is_none_or(|start| start == Mark::START);
        let is_removed = self.start.is_some_and(|start| self.removed.contains(&start));
        if !is_first && !is_removed {
            let what = format!(
                "the trail starts with entry {first}, and none of its entries says that those before it were \
                 removed"
            );
            self.found.damage(Finding { file: None, line: None, what });
        }
    }

    /// Whether the trail ends where it was written last.
    fn check_end(&mut self, written: Option<Mark>) {
        let last = self.before.unwrap_or(Mark::START);
        let what = match written {
            Some(written) if written.n > last.n => {
                format!("entries {} to {} are missing at the end of the trail", last.n + 1, written.n)
            }
            Some(written) if written.n == last.n && written.hash != last.hash => {
                format!("entry {}, the last one, is not the one that was written", last.n)
            }
            None if last.n > 0 => {
                "audit.mark, which says where the trail ends, is missing or no mark; the next \
                                   entry makes it anew"
                    .to_owned()
            }
            Some(_) | None => return,
        };
        self.found.damage(Finding { file: None, line: None, what });
    }

    fn damage(&mut self, place: Place<'_>, what: String) {
        self.found.damage(Finding { file: Some(place.file.to_owned()), line: Some(place.line), what });
    }

    fn note(&mut self, place: Place<'_>, what: String) {
        self.found.note(Finding { file: Some(place.file.to_owned()), line: Some(place.line), what });
    }
}
