//! The rights of persons whose calls are kept, and what keeps calls from being
//! deleted: erasures that last, holds, tenants that are closed.
//!
//! A store keeps rows and can take them away again. It does not know who a person
//! is, nor that somebody who was erased must not come back with the next import.
//! That is here:
//!
//! | module | does |
//! | --- | --- |
//! | [`number`] | the digits of a telephone number, however it is written |
//! | [`Person`] | who is meant, and which properties tell of persons |
//! | [`find()`] | where a person is in a log |
//! | [`erase()`] | takes a person's rows, or the person from them |
//! | [`ErasedList`] | who was erased, as keyed hashes |
//! | [`Hold`] | rows that nobody may delete |
//! | [`closed`] | tenants that take no more rows |
//! | [`Erasable`] | what else of a person is kept beside the store |
//! | [`with_rights`] | an engine that obeys all of that, whoever asks it |
//!
//! # What obeys
//!
//! [`with_rights`] is put around the engine in the process that owns the store,
//! below all else: so each import, pull, replay and command passes through it, and
//! none can forget to ask. Where nobody was erased it costs a look at a flag.
//!
//! This crate must not know any engine, nor where rows come from, nor how things are
//! shown.

pub mod closed;
pub mod number;

mod entries;
mod erasable;
mod erase;
mod error;
mod files;
mod find;
mod guard;
mod haystack;
mod hold;
mod key;
mod list;
mod person;
mod restore;
mod rows;

pub use entries::{Entry, How, ListedEntry, MAX_ERASED, entries, lift, move_entries};
pub use erasable::{Erasable, Found as FoundElsewhere};
pub use erase::{Erased, ListEntry, Refusal, erase, kept_by, list_person};
pub use error::Error;
pub use find::{Finding, find, identifiers, rows_of};
pub use guard::with_rights;
pub use hold::{Hold, HoldError, add_hold, holds, remove_hold};
pub use key::Key;
pub use list::ErasedList;
pub use person::{Person, PersonError};
pub use restore::{Unfinished, finish, unfinished};

/// The folder of the key and the list, in the data folder.
pub const FOLDER: &str = "rights";

/// The result of what is done here.
pub type Result<T> = std::result::Result<T, Error>;
