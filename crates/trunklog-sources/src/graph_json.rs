//! Saved answers of Graph, in all the shapes in which people keep them.
//!
//! One page, several pages behind each other, an array of pages, the bare
//! `value` array, one row or one page a line, or a single row (what
//! PowerShell's `ConvertTo-Json` makes of one record): the [`Splitter`] finds
//! the rows in all of them. Nobody has to say which shape a file has.

mod detect;
mod page;
mod splitter;
mod walks;

pub use detect::detect;
pub use page::NextLink;
pub use splitter::{Flaw, Item, MAX_DEPTH, MAX_RECORD, Splitter};

pub(crate) use walks::Walks;
