//! How far a log was pulled: all that outlives the process.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;

use crate::window::Window;

/// The form of positions; another one is not read.
const FORM: u32 = 1;

/// How far a log was pulled from one place. Kept as a state of the store, after the
/// rows before it are durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    form: u32,
    /// The place it belongs to: at another one everything is read anew.
    pub root: String,
    /// What was read to its end, without gaps.
    pub covered: Option<Window>,
    /// When the last days were last read again, from the first page on.
    pub read_at: Option<Instant>,
    /// When further days were last read again, in the order of
    /// [`DEPTHS`](crate::walk::DEPTHS).
    pub deep_at: [Option<Instant>; 2],
    /// How many days the next window has.
    pub width_days: u32,
    /// The reading of the last days that is under way.
    pub reread: Option<Reread>,
    /// The walk that is under way.
    pub open: Option<Open>,
    /// Set where the server tells what changes.
    pub mirror: Option<Mirror>,
    /// What was done so far.
    pub tally: Tally,
    /// Rows of the days that were read last which the server no longer has.
    pub gone: u64,
    /// When a walk last came to its end.
    pub succeeded_at: Option<Instant>,
    /// Since when nothing succeeds, and why.
    pub failing: Option<Failing>,
}

/// The last days, being read again from the newest backwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reread {
    /// When it started.
    pub began: Instant,
    /// What it reads.
    pub range: Window,
    /// Where its next window ends.
    pub next_to: Instant,
    /// How many of [`DEPTHS`](crate::walk::DEPTHS) it does.
    pub depths: usize,
    /// Rows that the server no longer has, so far.
    pub gone: u64,
}

/// A walk from page to page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// What it reads.
    pub window: Window,
    /// Why.
    pub purpose: Purpose,
    /// The next page; None is the first.
    pub link: Option<String>,
    /// How many rows came so far.
    pub rows: u64,
    /// How many pages came so far.
    pub pages: u64,
}

/// What a walk is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// To read what was never read.
    Backfill,
    /// To read the last days again.
    Reread,
    /// To read everything, or what changed, from a server that tells changes.
    Mirror,
}

/// How the changes of a server are followed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mirror {
    /// The link to what changes; None until everything was read.
    pub link: Option<String>,
    /// When it was last followed to its end.
    pub read_at: Option<Instant>,
}

/// What was done, in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Windows that were read to their end.
    pub windows: u64,
    /// Pages that were stored.
    pub pages: u64,
    /// Rows that came.
    pub rows: u64,
    /// Of these, rows that were not there before.
    pub new: u64,
    /// Rows that were there with other values.
    pub updated: u64,
    /// New rows in windows that had been read to their end before.
    pub late: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// Rows of which a server that tells changes said that they are gone.
    pub removed: u64,
}

/// Since when nothing succeeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// When it failed first.
    pub since: Instant,
    /// What failed, and what to do.
    pub why: String,
}

impl Position {
    /// Where nothing was pulled yet.
    pub fn new(root: &str) -> Position {
        Position {
            form: FORM,
            root: root.to_owned(),
            covered: None,
            read_at: None,
            deep_at: [None; 2],
            width_days: 1,
            reread: None,
            open: None,
            mirror: None,
            tally: Tally::default(),
            gone: 0,
            succeeded_at: None,
            failing: None,
        }
    }

    /// Reads a position of that place. Any other text, or one of another place, is
    /// none: then everything is read anew, which changes nothing.
    pub fn read(text: &str, root: &str) -> Option<Position> {
        let position: Position = serde_json::from_str(text).ok()?;
        (position.form == FORM && position.root == root).then_some(position)
    }

    /// From when on all is there that the server has, and up to when. The former is not
    /// known of a log whose changes are followed.
    pub fn complete(&self) -> (Option<Instant>, Option<Instant>) {
        let mirror = self.mirror.as_ref().filter(|mirror| mirror.link.is_some());
        // A log that is followed is complete up to the last time that it was.
        let followed_until = mirror.and_then(|mirror| mirror.read_at);
        let covered = self.covered.filter(|covered| covered.from < covered.to);
        let from = covered.filter(|_| mirror.is_none()).map(|covered| covered.from);
        (from, followed_until.or(covered.map(|covered| covered.to)))
    }

    /// As a text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("a position has only numbers, texts and lists of them")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROOT: &str = "https://graph.microsoft.com";

    #[test]
    fn a_position_is_read_back() {
        let at = Instant::parse("2026-11-24T08:00:00.1234567Z").unwrap();
        let window = Window { from: Instant::ABSENT, to: at };
        let position = Position {
            covered: Some(window),
            open: Some(Open {
                window,
                purpose: Purpose::Reread,
                link: Some(format!("{ROOT}/v1.0/x?$skip=1000")),
                rows: 1_000,
                pages: 1,
            }),
            reread: Some(Reread { began: at, range: window, next_to: at, depths: 1, gone: 2 }),
            mirror: Some(Mirror::default()),
            deep_at: [Some(at), None],
            failing: Some(Failing { since: at, why: "no".to_owned() }),
            ..Position::new(ROOT)
        };
        assert_eq!(Position::read(&position.to_text(), ROOT), Some(position));
    }

    #[test]
    fn a_position_of_another_place_is_none() {
        let text = Position::new(ROOT).to_text();
        assert!(Position::read(&text, ROOT).is_some());
        assert_eq!(Position::read(&text, "https://localhost:8443"), None);
        assert_eq!(Position::read(&text.replace("\"form\":1", "\"form\":2"), ROOT), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_none(text in ".*") {
            let _ = Position::read(&text, ROOT);
        }
    }
}
