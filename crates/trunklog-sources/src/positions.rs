//! How far sources were read: positions that outlive the process.
//!
//! A position is a named state of the store. It is written after the append that
//! stored the rows before it, so a crash between the two reads some rows again,
//! which changes nothing. It is changed by compare-and-set: of two processes
//! that read the same source, one keeps its position, and the other gives up
//! keeping. Of an input that is stored as a whole, a mark is kept instead, until
//! the import that it is part of is done.

mod file;
mod finished;
mod kept;

pub use finished::Mark;
pub use kept::{KeptPosition, PositionError, PositionKeeper, Positions, States};

pub(crate) use file::{FilePosition, Identity};
pub(crate) use finished::FinishedInputs;

#[cfg(test)]
pub(crate) mod tests;
