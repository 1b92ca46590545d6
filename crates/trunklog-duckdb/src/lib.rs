//! The embedded engine: logs in one DuckDB file on this machine.
//!
//! Each tenant has a schema of its own and each of its logs a table, made from
//! the log's property table (`sql`). Rows lie in the order in which they
//! arrived, nearly always that of their time, in row groups of 16,384; DuckDB
//! keeps the smallest and largest time of each group and reads only groups
//! that can hold a page's rows. A `TimeIndex` in memory counts
//! rows by time, so that a page's query is narrowed to the few groups that
//! hold it, and so that `$skip` finds its row without reading those before.
//!
//! A filter becomes a condition of that query (`expression`), its values bound
//! and never text. Rows in another order than that of time, and those of
//! computed logs, are found by reading their whole range (`order`).
//!
//! Named states lie in a table of their own beside the tenants' schemas
//! (`states`).
//!
//! One writer at a time appends; any number of readers read. A fatal error in
//! DuckDB makes its instance unusable, so [`DuckDbEngine`] then closes and
//! reopens the file: what was acknowledged is in the file or its write-ahead
//! log. Whether it really is there is found out before the file is opened
//! (`files`), and row by row when somebody asks (`verify`).
//!
//! This crate must not know where rows come from or who asks for them.

mod append;
mod deadline;
mod engine;
mod error;
mod expression;
mod files;
mod forget;
mod health;
mod instance;
mod migrate;
mod order;
mod page;
mod reader;
mod scan;
mod select;
mod source;
mod sql;
mod states;
mod tidy;
mod time_index;
mod verify;

pub use engine::{DuckDbEngine, Options};
pub use files::{exists, repair};
