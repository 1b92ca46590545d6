//! What people take out, until they take it: the files of exports in the data folder.
//!
//! An export of many rows takes longer than anybody waits. So it is made into a file
//! here, which its owner fetches afterwards and which goes away by itself.
//!
//! | part | does |
//! | --- | --- |
//! | [`Downloads`] | the folder: what was ordered, by whom, and what became of it |
//! | [`Draft`] | a file that is being made; its owner sees it when it is whole |
//! | [`Limits`] | how many a person has, how large files get, how long they are kept |
//!
//! Each download is a record in JSON and a file beside it, both for the user of the
//! program alone. Several processes may use one folder: each change takes its lock.
//!
//! **Nothing is left half done.** A file gets its name when it is whole. What was being
//! made when the program ended is told as failed after its next start
//! ([`Downloads::fail_unfinished`]), and whoever wants it orders it again. What is
//! removed while it is being made is not finished.
//!
//! **Persons.** A file holds rows of many persons, packed in ways that nobody can search.
//! As it is a copy that can be made again, an erasure of a person removes all of the
//! tenant's ([`Downloads::remove_all_of`]).
//!
//! This crate must not know of HTTP, of rows, of any store, nor what a file holds; what
//! time it is, it is told by an injected clock.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod download;
mod draft;
mod files;
mod folder;

pub use download::{Download, NewDownload, Reason, State};
pub use draft::{Draft, Stop};
pub use folder::{Clock, Downloads, Error, Limits, Refusal};
