//! Tables: exports of the Teams admin centre, and rows that scripts saved as CSV.
//!
//! What a table is follows from the names in its first line, never from the name of
//! its file: people rename and unpack. Names are compared without letter case,
//! blanks and marks, so those of all years are found, in any order. See docs/exports.md
//! for what each column becomes.
//!
//! | module | does |
//! | --- | --- |
//! | `head` | finds the separator and the line of names |
//! | `columns`, `localized` | what columns are: of an export or of Graph's rows |
//! | `records`, `fields` | cut the text into records and these into fields (RFC 4180) |
//! | `cells` | reads a value, or says what is wrong with it |
//! | `export`, `units` | a record of an export as a row |
//! | `graph` | a record with Graph's names as JSON, which the decoder of rows reads |
//! | `reader` | the format |
//!
//! What a spreadsheet changed is refused by line, with column and cause: digits and
//! zones that are lost cannot be had back.

mod cells;
mod columns;
mod export;
mod fields;
mod graph;
mod head;
mod localized;
mod reader;
mod records;
mod units;

pub use reader::FORMAT;

#[cfg(test)]
mod tests;
