//! Rows as JSON, in both directions, driven by the log's table.
//!
//! ```
//! use trunklog_records::RowBuilder;
//! use trunklog_records::json::{RowDecoder, RowEncoder};
//! use trunklog_records::schema::SMS;
//!
//! let mut rows = RowBuilder::new(&SMS);
//! let of_python = br#"{"id":"a","sent_date_time":"2026-11-01T00:00:00Z"}"#;
//! RowDecoder::new(&SMS).decode(of_python, &mut rows)?;
//! let mut out = Vec::new();
//! RowEncoder::of(&SMS, &[SMS.id_index(), SMS.time_index()]).encode(&rows.finish(), &mut out);
//! assert_eq!(out, br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#);
//! # Ok::<(), trunklog_records::RowError>(())
//! ```

mod decode;
mod encode;
mod minify;

pub use decode::{Claim, LateProperties, RowDecoder};
pub use encode::{BoundRows, RowEncoder};

#[cfg(test)]
mod tests;
