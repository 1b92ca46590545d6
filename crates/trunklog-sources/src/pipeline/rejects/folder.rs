//! What a folder keeps of the files of rejected records.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

/// How the names of such files start and end; between them are the time and,
/// for the second file of a second and later ones, a number.
pub(super) const START: &str = "rejected-";
pub(super) const END: &str = ".ndjson";

/// How long the time in such a name is: `20261124-081500`.
const TIME: usize = 15;

/// How much a folder keeps.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    pub(super) files: usize,
    pub(super) bytes: u64,
}

/// A file of rejected records; the oldest comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct OldFile {
    /// The time and the number in its name.
    age: (String, u32),
    path: PathBuf,
    len: u64,
}

impl Quota {
    /// That of a folder whose next file may have `max_bytes`. An import that is
    /// run by a clock over a broken source would fill any disk.
    pub(super) fn for_files_of(max_bytes: u64) -> Quota {
        const GIB: u64 = 1024 * 1024 * 1024;
        Quota { files: 1_000, bytes: GIB.max(max_bytes.saturating_mul(2)) }
    }

    /// Deletes the oldest files of rejected records in `folder` that leave no
    /// room for one more of `max_bytes`, and says how many those were. What has
    /// another name stays, and so does what cannot be deleted.
    pub(super) fn make_room(self, folder: &Path, max_bytes: u64) -> u64 {
        let mut files = files_of(folder).unwrap_or_default();
        files.sort_unstable();
        files.reverse();
        let (mut count, mut bytes) = (1, max_bytes);
        let mut is_kept = |file: &OldFile| {
            count += 1;
            bytes = bytes.saturating_add(file.len);
            count <= self.files && bytes <= self.bytes
        };
        let kept = files.iter().take_while(|file| is_kept(file)).count();
        let deleted = files[kept..].iter().filter(|file| fs::remove_file(&file.path).is_ok()).count();
        u64::try_from(deleted).unwrap_or(u64::MAX)
    }
}

fn files_of(folder: &Path) -> io::Result<Vec<OldFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.extend(OldFile::of(&entry?));
    }
    Ok(files)
}

impl OldFile {
    /// None when it is something else.
    fn of(entry: &DirEntry) -> Option<OldFile> {
        let name = entry.file_name();
        let age = age_of(name.to_str()?)?;
        let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        Some(OldFile { age, path: entry.path(), len: metadata.len() })
    }
}

/// The time and the number in the name of a file of rejected records.
pub(crate) fn age_of(name: &str) -> Option<(String, u32)> {
    let (time, number) = name.strip_prefix(START)?.strip_suffix(END)?.split_at_checked(TIME)?;
    let is_time = time.bytes().enumerate().all(|(at, byte)| match at {
        8 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let number = if number.is_empty() { 1 } else { number.strip_prefix('-')?.parse().ok()? };
    is_time.then(|| (time.to_owned(), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let name = |entry: io::Result<DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn the_oldest_are_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let others = [
            "calls.ndjson",
            "rejected-.ndjson",
            "rejected-20250101-000000.json",
            "rejected-20250101-000000-x.ndjson",
            "rejected-20250101x000000.ndjson",
            "rejected-2025010é-00000.ndjson",
        ];
        for name in others {
            fs::write(folder.path().join(name), [0_u8; 1_000]).unwrap();
        }
        let rejected = [
            "20260101-000000",
            "20260101-000000-2",
            "20260101-000000-10",
            "20260102-000000",
            "20260103-000000",
        ]
        .map(|time| format!("rejected-{time}.ndjson"));
        for name in &rejected {
            fs::write(folder.path().join(name), [0_u8; 100]).unwrap();
        }
        let left = |from: usize| {
            let mut left = others.map(str::to_owned).to_vec();
            left.extend_from_slice(&rejected[from..]);
            left.sort();
            left
        };
        let roomy = Quota { files: 6, bytes: 1_000 };
        assert_eq!(roomy.make_room(folder.path(), 500), 0);
        assert_eq!(names(folder.path()), left(0));
        assert_eq!(Quota { files: 5, ..roomy }.make_room(folder.path(), 500), 1);
        assert_eq!(names(folder.path()), left(1));
        assert_eq!(Quota { bytes: 750, ..roomy }.make_room(folder.path(), 500), 2);
        assert_eq!(names(folder.path()), left(3));
        assert_eq!(Quota { bytes: 0, ..roomy }.make_room(&folder.path().join("missing"), 500), 0);
    }

    #[test]
    fn a_file_of_any_limit_has_room() {
        for max_bytes in [1, 1 << 26, 1 << 40, u64::MAX] {
            assert!(Quota::for_files_of(max_bytes).bytes >= max_bytes);
        }
    }
}
