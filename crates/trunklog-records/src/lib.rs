//! What a call record is: the logs with their schemas, tenants, ranges of
//! time, what is hidden of numbers and how long rows can be read, how rows are
//! told from other objects, the call types of the field, and texts that a
//! spreadsheet may take for formulas.
//!
//! A log's schema is a constant table ([`schema`]). The columns in memory and
//! in every store, the JSON in both directions and all that describes a log
//! are derived from it; nothing here or elsewhere lists its properties again.
//!
//! This crate must not know where rows come from, where they are stored or who
//! asks for them.
//!
//! ```
//! use trunklog_odata::Version;
//! use trunklog_records::RowBuilder;
//! use trunklog_records::json::{RowDecoder, RowEncoder};
//! use trunklog_records::schema::SMS;
//!
//! let mut rows = RowBuilder::new(&SMS);
//! let json = br#"{"Id":"a","SentDateTime":"2026-11-01T00:00:00Z","SmsUnits":"2"}"#;
//! RowDecoder::new(&SMS).decode(json, &mut rows)?;
//! let mut out = Vec::new();
//! RowEncoder::new(&SMS, Version::Beta).encode(&rows.finish(), &mut out);
//! assert!(String::from_utf8(out).unwrap().contains(r#","smsUnits":2,"#));
//! # Ok::<(), trunklog_records::RowError>(())
//! ```

pub mod call_types;
pub mod formulas;
pub mod json;
pub mod masking;
pub mod metadata;
pub mod recognition;
pub mod schema;

mod column;
mod notes;
mod range;
mod retention;
mod row_draft;
mod row_id;
mod rows;
mod shape;
mod tenant;

pub use column::{Cell, Column};
pub use notes::{Oddity, RowNotes};
pub use range::{RangeError, TimeRange};
pub use recognition::{RowKind, kind_of_properties, kind_of_type_name};
pub use retention::{Retention, Retentions};
pub use row_draft::RowDraft;
pub use row_id::name_based_id;
pub use rows::{Clue, RowBuilder, RowError, Rows, Value};
pub use schema::Log;
pub use shape::LogShape;
pub use tenant::{TenantId, TenantIdError};
