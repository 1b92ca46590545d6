//! Whether the chain holds, and where it does not.

mod scan;

use std::path::{Path, PathBuf};

use crate::chain::Mark;
use crate::error::Result;
use crate::folder::Folder;

use self::scan::Scan;

/// The most findings that are told one by one.
const MOST_FINDINGS: usize = 1_000;

/// What a look at the whole trail found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// How many files there are.
    pub files: usize,
    /// How many entries.
    pub entries: u64,
    /// The number of the oldest.
    pub first: Option<u64>,
    /// The newest. Noted elsewhere, it can be asked for next time.
    pub last: Option<Mark>,
    /// What is wrong, in order; of very many the first thousand.
    pub damage: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
    /// What is unusual and as it should be: lines that a crash cut and a start
    /// mended, reads that were not written.
    pub notes: Vec<Finding>,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// In which file, if in one.
    pub file: Option<PathBuf>,
    /// In which line, counted from 1.
    pub line: Option<u64>,
    /// What it is.
    pub what: String,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.damage.is_empty()
    }

    fn damage(&mut self, finding: Finding) {
        if self.damage.len() < MOST_FINDINGS {
            self.damage.push(finding);
        } else {
            self.more += 1;
        }
    }

    fn note(&mut self, finding: Finding) {
        if self.notes.len() < MOST_FINDINGS {
            self.notes.push(finding);
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => write!(f, "{}, line {line}: {}", file.display(), self.what),
            (Some(file), None) => write!(f, "{}: {}", file.display(), self.what),
            (None, _) => f.write_str(&self.what),
        }
    }
}

/// Reads the whole trail and computes its chain anew. Others may write meanwhile;
/// what they add is left out.
///
/// The chain alone tells of lines that were changed, removed or added. Against
/// somebody who can also compute all later hashes anew, compare with marks that
/// were noted elsewhere: [`verify_against`].
///
/// # Errors
/// When a file cannot be read. What is wrong in one is no error but a finding.
pub fn verify(folder: &Path) -> Result<Verification> {
    verify_against(folder, &[])
}

/// The same, and whether those entries are still there as they were.
///
/// # Errors
/// As those of [`verify`].
pub fn verify_against(folder: &Path, marks: &[Mark]) -> Result<Verification> {
    let folder = Folder::new(folder);
    let held = folder.lock_to_read();
    let numbers = folder.numbers()?;
    let newest = match numbers.last() {
        Some(number) => std::fs::metadata(folder.file(*number)).map_or(0, |metadata| metadata.len()),
        None => 0,
    };
    let written = folder.mark();
    drop(held);
    let mut scan = Scan::new(marks);
    for (at, number) in numbers.iter().enumerate() {
        let most = if at + 1 == numbers.len() { newest } else { u64::MAX };
        scan.file(folder.file(*number), *number, most)?;
    }
    Ok(scan.finish(written))
}

#[cfg(test)]
mod tests;
