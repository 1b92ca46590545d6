//! Rows of a log in the forms that other programs read whole: CSV, NDJSON,
//! Arrow IPC and Parquet, and those of the Teams admin centre.
//!
//! An [`Encoder`] turns batch after batch into bytes and keeps no more than
//! what its form demands: nothing, or the encoded part of a Parquet row group.
//! What each form makes of a property's type is written at [`Format`].
//!
//! This crate must not know where rows come from or where bytes go: no I/O and
//! no HTTP.
//!
//! ```
//! use trunklog_exports::{Format, encoder};
//! use trunklog_records::RowBuilder;
//! use trunklog_records::json::RowDecoder;
//! use trunklog_records::schema::SMS;
//!
//! let mut rows = RowBuilder::new(&SMS);
//! RowDecoder::new(&SMS).decode(br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#, &mut rows)?;
//! let layout = [SMS.id_index(), SMS.time_index()];
//! let mut encoder = encoder(Format::Csv, &SMS, &layout);
//! let mut out = Vec::new();
//! encoder.begin(&mut out)?;
//! encoder.rows(&rows.finish(), &mut out)?;
//! encoder.finish(&mut out)?;
//! assert_eq!(out, b"id,sentDateTime\na,2026-11-01T00:00:00Z\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admin_center;
mod arrow_stream;
mod columns;
mod comma_separated;
mod decimal;
mod encode;
mod error;
mod format;
mod json_lines;
mod parquet_file;

use trunklog_records::Log;

use self::comma_separated::{CsvEncoder, Readers};

pub use admin_center::{AdminCenter, Occasion, admin_center_encoder};
pub use encode::Encoder;
pub use error::Error;
pub use format::Format;
pub use trunklog_records::formulas::disarmed;

/// An encoder for rows of `log` with the properties at the indices in
/// `layout`, in that order.
///
/// The index after the log's last property means the properties that its
/// table does not have. NDJSON writes them as members of the object, the other
/// forms as a column with a JSON object.
pub fn encoder(format: Format, log: &'static Log, layout: &[usize]) -> Box<dyn Encoder> {
    match format {
        Format::Csv => Box::new(CsvEncoder::new(log, layout, Readers::Programs)),
        Format::CsvForPeople => Box::new(CsvEncoder::new(log, layout, Readers::Spreadsheets)),
        Format::Ndjson => Box::new(json_lines::NdjsonEncoder::new(log, layout)),
        Format::Arrow => Box::new(arrow_stream::ArrowEncoder::new(log, layout)),
        Format::Parquet => Box::new(parquet_file::ParquetEncoder::new(log, layout)),
    }
}
