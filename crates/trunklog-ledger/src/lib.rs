//! What the store remembers of its sources and of its disk: who delivered what and
//! when, what is missing, and for how many days there is room.
//!
//! | module | does |
//! | --- | --- |
//! | [`source`] | names sources, and says what is expected of them |
//! | [`counts`] | counts of an hour: received, new, late, updated, duplicate, rejected |
//! | [`delivery`] | what a source tells: the trait [`Ledger`] |
//! | [`book`] | keeps it in named states of the store, within bounds |
//! | [`status`] | what follows: last success, lag, gaps, until when data are complete |
//! | [`trouble`] | the worst that is wrong with a tenant's sources, for each page |
//! | [`disk`] | what fills the disk, and how long it lasts at the present rate |
//!
//! # What this crate must not know
//! Which engine keeps the states, how sources get their rows, and how anything is
//! shown. It reads no clock, which is given to it, and of the disk only how much room
//! there is. It holds no value of a row, no number, no name of a person and no name of a
//! file.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod book;
pub mod counts;
pub mod delivery;
pub mod disk;
mod names;
pub mod source;
pub mod status;
pub mod trouble;

pub use book::StoreLedger;
pub use counts::Counts;
pub use delivery::{Delivery, Ledger, Origin, Unkept};
pub use source::{ExpectedSource, SourceName, SourceNameError};
