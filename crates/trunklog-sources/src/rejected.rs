//! Files of rejected records: which there are, what they hold, replaying them, and
//! removing some.
//!
//! A record is rejected because it is no row, and often a later version of this
//! program, or a corrected setting, makes one of it. Then it is replayed: it goes
//! through the pipeline once more, and leaves its file when its row is stored.

mod file;
mod removal;
mod replay;
mod rest;

pub use file::{RejectFolder, RejectedContents, RejectedError, RejectedFile, RejectedRecord};
pub use removal::IsMeant;
pub use replay::{ReplayError, Replayed, replay};

#[cfg(test)]
mod tests;
