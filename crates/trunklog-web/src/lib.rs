//! The pages that people read: templates, charts, styles and words.
//!
//! This crate must not know where numbers are stored or who serves the pages: no
//! HTTP, no engine, no clock, no I/O. It gets answers of reports and a
//! [`PageContext`], and makes HTML of them. The server's surface `pages/` knows the
//! rest: who reads, what an address means, which questions are asked.
//!
//! # Add a page
//! 1. A file in `src/pages/` with a struct that derives [`askama::Template`] and has
//!    the fields `shell:` [`Shell`] and `page: &PageContext`, and a template in
//!    `templates/` that starts with `{% extends "shell.html" %}` and fills the blocks
//!    `title` and `content`.
//! 2. A file in `crates/trunklog-server/src/pages/` with a function that takes a
//!    `Visit` and returns `Shown`: it asks the reports and renders the struct.
//! 3. A line in `ROUTES` there: path, name for logs, who may read, which parameters
//!    of its own the page takes.
//! 4. Its words in `src/words/en.ftl`, `fr.ftl` and `de.ftl`, or in a file of their own
//!    in the folders beside these, which `words.rs` names, and its place in the
//!    navigation ([`Place`]), if it has one.
//!
//! What a page may rely on:
//!
//! - [`PageContext`] has the reader, the tenant, words, formats, the filter
//!   ([`state::FilterState`]), and makes links that keep it:
//!   [`PageContext::here`], [`PageContext::to`], [`PageContext::calls`].
//! - Every number is a link to its calls: [`Cell::linked`] with
//!   [`PageContext::calls`], which is None for a reader who may not read calls.
//! - A row about a person or a number leads on by a token (`pages/way.rs`), to no more
//!   calls than it counts.
//! - A [`Table`] has sortable heads, which are links ([`Sorting`]), too.
//! - Charts ([`chart`]) are functions that return [`Svg`]. Each stands beside a
//!   table with the same numbers.
//! - Panels are templates of their own. They render within a page, and alone as a
//!   fragment, which the page asks for by `part=`.
//! - All text is escaped by the templates; what is not is [`Svg`] or a template.
//!   `|safe` is forbidden, which a test asks for, and so are `style=`, handlers and
//!   scripts within pages: the content-security policy would refuse them.
//! - Pages work without JavaScript. `assets/trunklog.js` only makes them nicer: it
//!   zooms by dragging over a chart, and reads a chart's values by arrow keys.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod assets;
pub mod chart;
pub mod pages;
pub mod state;

mod context;
mod filter_bar;
mod formats;
mod links;
mod shell;
mod svg;
mod table;
mod words;

pub use context::{Completeness, PageContext, Reads, Sees, TenantChoice, Trouble, Wrong};
pub use filter_bar::FilterBar;
pub use formats::{Change, Formats, NOTHING, Way};
pub use links::Links;
pub use shell::{Place, Shell};
pub use svg::Svg;
pub use table::{Cell, Head, Sorting, Table};
pub use words::words;

#[cfg(test)]
mod tests;
