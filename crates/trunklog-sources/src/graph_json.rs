//! Saved answers of Graph, in all the shapes in which people keep them.
//!
//! One page, several pages after each other, an array of pages, the bare
//! `value` array, one row or one page a line, a single row, the answer to a
//! `$batch`, and what PowerShell makes of them: lists as
//! `{"value":[…],"Count":1}` at any depth, one row in place of a list of one;
//! arrays of arrays, as `jq -s` makes them; the bodies that flows of Power
//! Automate save.
//! The [`Splitter`] finds the rows in all of them. Nobody has to say which
//! shape a file has. What was saved where a page should be, an error say, is a
//! [`MissingPage`].

mod detect;
mod failure;
mod members;
mod missing;
mod others;
mod page;
mod response;
mod routing;
mod session;
mod splitter;
mod walks;

pub use detect::detect;
pub use missing::{Instead, MissingPage, Place};
pub use page::NextLink;
pub(crate) use routing::Router;
pub use session::FORMAT;
pub use splitter::{Bookmark, Flaw, Item, MAX_BODY, MAX_DEPTH, MAX_RECORD, RowsOf, Splitter};
