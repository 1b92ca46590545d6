//! The embedded engine: logs in one DuckDB file on this machine.
//!
//! Each tenant has a schema of its own. Each of its logs is split by time into
//! segments of about two million rows, a table each, made from the log's
//! property table (`sql`); a page, an update or a deletion touches the segments
//! of its time alone, so what it costs does not grow with the log. Within a
//! segment rows lie in the order in which they arrived, nearly always that of
//! their time, in row groups of 16,384; DuckDB keeps the smallest and largest
//! time of each group and reads only groups that can hold a page's rows. A
//! `TimeIndex` for each segment counts its rows by time, so that a page's query
//! is narrowed to the few groups that hold it, and so that `$skip` finds its row
//! without reading those before. It is stored, and read when somebody needs it.
//! Segments that an older program wrote may lack columns (`columns`).
//!
//! A filter becomes a condition of that query (`expression`), its values bound
//! and never text. Rows in another order than that of time are found by reading
//! their whole range (`read/order`), and reports are grouped by DuckDB
//! (`read/report`).
//!
//! Commits of a tenant are numbered over all its logs. Beside the rows a commit
//! leaves its number and time, the hours that it changed and the ids of what it
//! deleted (`write/commit`, `catalog`). A store has a form, which has a number
//! (`format`). Named states lie in a table of their own beside the tenants'
//! schemas (`states`).
//!
//! One writer at a time appends; any number of readers read. A fatal error in
//! DuckDB makes its instance unusable, so [`DuckDbEngine`] then closes and
//! reopens the file: what was acknowledged is in the file or its write-ahead
//! log. Whether it really is there is found out before the file is opened
//! (`files`), and row by row when somebody asks (`upkeep/verify`).
//!
//! Sums of rows are kept beside them where the options say so, exact at every
//! commit (`cubes`).
//!
//! This crate must not know where rows come from or who asks for them.

mod catalog;
mod columns;
mod cubes;
mod deadline;
mod engine;
mod error;
mod expression;
mod files;
mod format;
mod gap;
mod health;
mod hours;
mod instance;
mod log_table;
mod opening;
mod options;
mod pool;
mod read;
mod rows;
mod sizes;
mod sql;
mod states;
#[cfg(test)]
mod steps;
mod tables;
mod time_index;
mod transaction;
mod upkeep;
mod view;
mod write;

pub use engine::DuckDbEngine;
pub use files::{exists, repair};
pub use options::Options;
