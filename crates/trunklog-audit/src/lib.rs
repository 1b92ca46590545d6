//! The audit trail: who signed in, read, revealed, exported or changed what.
//!
//! Entries are lines of JSON in files that are only ever appended to, beside the
//! store and independent of it. Each carries a hash over itself and the one before
//! it, also across files, so that a line that was changed, taken out or put in is
//! found ([`verify`]).
//!
//! | part | does |
//! | --- | --- |
//! | [`Event`] | what happened, as the one who saw it tells it |
//! | [`Trail`] | the way in: [`Trail::note`] never waits or fails, [`Trail::record`] is answered when the entry is on disk |
//! | [`verify`](verify()) | whether the chain holds, and where it does not |
//! | [`Search`] | reads entries back |
//! | [`Syslog`] | a second way for the same lines |
//!
//! **No personal value gets into a line.** Persons, numbers and addresses are
//! written as pseudonyms. Each person and number has a key of its own in a folder
//! beside the trail; without it nobody can tell whose entries they are, and
//! [`Trail::forget_person`] and [`Trail::forget_named`] destroy it. The chain does not
//! change by that.
//!
//! **What is on disk when.** What was recorded is written and forced to disk before
//! its receipt says so. What was noted waits a second at most for others, is then
//! written and forced to disk with them; a crash may lose that second, and a full
//! queue or disk loses what there is no room for, which is counted, logged and told
//! in the trail when it can be written again.
//!
//! This crate must not know of HTTP, of configuration files, of any store, nor of
//! what a row holds; what time it is, it is told by an injected clock.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod action;
mod chain;
mod entry;
mod error;
mod event;
mod filter_shape;
mod folder;
mod identity;
mod keys;
mod retention;
mod search;
mod syslog;
#[cfg(test)]
mod test_support;
mod trail;
mod verify;
mod writer;

pub use action::Action;
pub use chain::{Hash, Mark};
pub use entry::Entry;
pub use error::{Error, Result, Unwritten};
pub use event::{Actor, Channel, ClientId, Detail, Event, MAX_REASON_CHARS, Outcome};
pub use filter_shape::FilterShape;
pub use identity::{Identity, KeyOf};
pub use search::{Names, Search};
pub use syslog::{Syslog, SyslogError};
pub use trail::{Clock, Counts, Forgotten, Options, Receipt, Trail};
pub use verify::{Finding, Verification, verify, verify_against};
