//! Rows as JSON, before anybody knows what stands around them.

use trunklog_odata::envelope::{Frame, JsonFormat};
use trunklog_records::Rows;
use trunklog_records::json::RowEncoder;

/// About how long a property is in JSON, its name included.
const PROPERTY_BYTES: usize = 48;

/// Encoded rows: objects of JSON, separated by commas. What says of which walk
/// they are, and how they are sent, is put around them later.
#[derive(Debug)]
pub(super) struct Block {
    bytes: Vec<u8>,
    rows: usize,
}

impl Block {
    /// Encodes the properties of rows at those indices, in that order.
    pub(super) fn encode(rows: &Rows, layout: &[usize], format: JsonFormat) -> Block {
        let mut bytes = Vec::with_capacity(room_for(layout, rows.len()));
        RowEncoder::formatted(rows.log(), layout, format).encode(rows, &mut bytes);
        Block { bytes, rows: rows.len() }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The rows within what goes around them. They are moved, not copied, so that
    /// a large page is not there twice.
    pub(super) fn within(self, frame: &Frame) -> Vec<u8> {
        let Frame { before, after } = frame;
        let Block { mut bytes, .. } = self;
        let rows = bytes.len();
        bytes.reserve_exact(before.len() + after.len());
        bytes.resize(rows + before.len(), 0);
        bytes.copy_within(..rows, before.len());
        bytes[..before.len()].copy_from_slice(before);
        bytes.extend_from_slice(after);
        bytes
    }
}

/// About how many bytes rows take, with what goes around them.
pub(super) fn room_for(layout: &[usize], rows: usize) -> usize {
    PROPERTY_BYTES.saturating_mul(layout.len() + 1).saturating_mul(rows.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(rows: &str, before: &str, after: &str) -> String {
        let frame = Frame { before: before.into(), after: after.into() };
        let block = Block { bytes: rows.into(), rows: 0 };
        String::from_utf8(block.within(&frame)).unwrap()
    }

    #[test]
    fn rows_stay_whole_whatever_goes_around_them() {
        let long = "x".repeat(1_000);
        for (rows, before, after) in [
            ("1,2", "[", "]"),
            ("", r#"{"value":["#, "]}"),
            ("1,2", long.as_str(), ""),
            (long.as_str(), "[", long.as_str()),
            ("1,2", "", "]"),
            ("", "", ""),
        ] {
            assert_eq!(within(rows, before, after), format!("{before}{rows}{after}"));
        }
    }

    #[test]
    fn a_block_takes_no_more_room_than_it_needs() {
        let frame = Frame { before: vec![b'['; 500], after: vec![b']'; 9_000] };
        let block = Block { bytes: Vec::with_capacity(100), rows: 0 };
        assert!(block.within(&frame).capacity() < 12_000);
    }
}
