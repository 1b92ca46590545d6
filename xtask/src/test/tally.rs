//! Counts of tests and checks.

use crate::unready::Unready;

/// What a step, or a part of one, found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    /// The name of each failure, with its reason where one is known.
    pub(crate) failed: Vec<String>,
    pub(crate) skipped: u64,
    /// Why something was skipped.
    pub(crate) notes: Vec<String>,
}

impl Tally {
    /// How many passed.
    pub(crate) fn passed(passed: u64) -> Tally {
        Tally { passed, ..Tally::default() }
    }

    /// One failed.
    pub(crate) fn failed(name: &str, reason: &str) -> Tally {
        let mut tally = Tally::default();
        tally.fail(name, reason);
        tally
    }

    /// One was skipped.
    pub(crate) fn skipped(name: &str, reason: &str) -> Tally {
        Tally { skipped: 1, notes: vec![format!("{name}: {reason}")], ..Tally::default() }
    }

    /// Counts a failure.
    pub(crate) fn fail(&mut self, name: &str, reason: &str) {
        self.failed.push(format!("{name} ({reason})"));
    }

    /// Counts something that could not be made ready.
    pub(crate) fn unready(&mut self, name: &str, unready: &Unready) {
        match unready {
            Unready::Missing(reason) => self.add(Tally::skipped(name, reason)),
            Unready::Broken(error) => self.fail(name, &format!("{error:#}")),
        }
    }

    /// Counts what a command that runs tests found; when it failed without
    /// naming a test, the command itself is the failure.
    pub(crate) fn tests(&mut self, name: &str, found: Tally, success: bool) {
        let unnamed = !success && found.failed.is_empty();
        self.add(found);
        if unnamed {
            self.fail(name, "it ended in failure before or without running tests; see above");
        }
    }

    /// Adds another tally to this one.
    pub(crate) fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed.extend(other.failed);
        self.skipped += other.skipped;
        self.notes.extend(other.notes);
    }
}
