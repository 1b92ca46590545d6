//! Watched folders: files that are put there become rows.
//!
//! A folder is looked at from time to time, so it may be on a network share, where
//! nobody tells of changes. A file goes this way:
//!
//! 1. It is **complete**: its marker is there, or it kept its size and time for a
//!    while (`settle`).
//! 2. It is claimed (`arrivals`): moved to `working/`, which its writer does not know. What cannot
//!    be moved is not read.
//! 3. It is **recognised** by the hash of its content (`contents`). What was read
//!    before, whatever it was called, is not read again.
//! 4. It is imported, with its position kept, so that after a crash it goes on there.
//! 5. A report is put beside it, and it is moved to `done/`, or to `failed/` where
//!    nothing of it could be used.
//!
//! After a crash, what is in `working/` is taken up again at step 3. A file that was
//! written to while it was read is put back, and so is one whose writer goes on
//! afterwards: rows are never stored twice by that, since appending is idempotent.
//!
//! Nothing in the folder is replaced, and nothing is deleted but what is in `done/`
//! for longer than was asked for, or what somebody who was erased is in (`sighting`).

mod arrivals;
mod contents;
mod marker;
mod owner;
mod pattern;
mod place;
mod report;
mod retention;
mod settings;
mod settle;
mod sighting;
mod take;
mod watcher;

pub use pattern::{Patterns, PatternsError};
pub use report::{FileReport, LogReport, Outcome};
pub use settings::FolderSettings;
pub use sighting::Sighting;
pub use watcher::{Moment, Pass, Problem, WatchError, Watcher};

#[cfg(test)]
mod tests;
