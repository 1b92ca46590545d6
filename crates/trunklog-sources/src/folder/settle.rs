//! Which files are complete.
//!
//! Times of files are the clock's of whoever keeps them, and so are never compared
//! with this machine's: a file is complete when it was seen with the same size and
//! the same time for long enough.

use std::collections::HashMap;
use std::fs::Metadata;
use std::time::{Duration, UNIX_EPOCH};

/// An empty file may be one whose writer has only begun: it has to stay so for that
/// many times as long.
const LONGER_WHEN_EMPTY: u32 = 10;

/// What tells that a file was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    /// When it was written: seconds since 1970 and nanoseconds; None where the system
    /// does not say.
    changed: Option<(u64, u32)>,
}

/// A file in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) stamp: Stamp,
    /// Whether its marker is there; None where markers do not matter.
    pub(super) is_marked: Option<bool>,
}

/// The files that were seen, and since when they are as they are.
#[derive(Debug, Default)]
pub(super) struct Seen(HashMap<String, (Stamp, Duration)>);

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Stamp {
        let since_1970 = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Stamp { bytes: metadata.len(), changed: since_1970.map(|time| (time.as_secs(), time.subsec_nanos())) }
    }

    #[cfg(test)]
    pub(super) fn made_up(bytes: u64, changed: u64) -> Stamp {
        Stamp { bytes, changed: Some((changed, 0)) }
    }
}

impl Seen {
    /// Takes note of what is there, and gives the names of the files that are
    /// complete. `elapsed` is the time since some start, by a clock that nobody sets.
    pub(super) fn look(&mut self, listed: &[Listed], quiet: Duration, elapsed: Duration) -> Vec<String> {
        let mut seen = HashMap::with_capacity(listed.len());
        let mut complete = Vec::new();
        for file in listed {
            let since = match self.0.get(&file.name) {
                Some((stamp, since)) if *stamp == file.stamp => *since,
                _ => elapsed,
            };
            let wanted = if file.stamp.bytes == 0 { quiet.saturating_mul(LONGER_WHEN_EMPTY) } else { quiet };
            let is_quiet = || elapsed.saturating_sub(since) >= wanted;
            if file.is_marked.unwrap_or_else(is_quiet) {
                complete.push(file.name.clone());
            }
            seen.insert(file.name.clone(), (file.stamp, since));
        }
        // What is no longer there is forgotten.
        self.0 = seen;
        complete
    }

    /// How many files were there that are not complete.
    pub(super) fn waiting(&self, complete: usize) -> usize {
        self.0.len().saturating_sub(complete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, bytes: u64, changed: u64) -> Listed {
        Listed { name: name.to_owned(), stamp: Stamp::made_up(bytes, changed), is_marked: None }
    }

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn a_file_is_complete_when_it_was_quiet_for_long_enough() {
        let mut seen = Seen::default();
        let mut look =
            |file: &Listed, at: u64| seen.look(std::slice::from_ref(file), secs(60), secs(at)).len();
        assert_eq!(look(&file("a", 1, 1), 0), 0);
        assert_eq!(look(&file("a", 1, 1), 59), 0);
        assert_eq!(look(&file("a", 2, 1), 60), 0, "it has grown");
        assert_eq!(look(&file("a", 2, 2), 119), 0, "it was written to");
        assert_eq!(look(&file("a", 2, 2), 178), 0);
        assert_eq!(look(&file("a", 2, 2), 179), 1);
        // One that comes again under the same name is another.
        assert_eq!(look(&file("b", 1, 1), 180), 0);
        assert_eq!(look(&file("a", 2, 2), 181), 0);
    }

    #[test]
    fn an_empty_file_has_to_stay_so_for_longer() {
        let mut seen = Seen::default();
        let mut look = |at: u64| seen.look(&[file("a", 0, 1)], secs(60), secs(at)).len();
        assert_eq!((look(0), look(599), look(600)), (0, 0, 1));
    }

    #[test]
    fn a_marker_or_no_wait_at_all_makes_it_complete_at_once() {
        let mut seen = Seen::default();
        let marked = |is_marked| Listed { is_marked: Some(is_marked), ..file("a", 1, 1) };
        assert_eq!(seen.look(&[marked(false)], secs(60), secs(0)).len(), 0);
        assert_eq!(seen.look(&[marked(false)], secs(60), secs(9_000)).len(), 0, "it waits for its marker");
        assert_eq!(seen.waiting(0), 1);
        assert_eq!(seen.look(&[marked(true)], secs(60), secs(9_001)), ["a"]);
        let mut seen = Seen::default();
        assert_eq!(seen.look(&[file("b", 1, 1), file("c", 0, 1)], secs(0), secs(0)), ["b", "c"]);
    }
}
