//! Rows as JSON, before anybody knows what stands around them.

use trunklog_odata::envelope::{Frame, JsonFormat, write_removed};
use trunklog_records::Rows;
use trunklog_records::json::RowEncoder;
use trunklog_store::Removal;

/// About how long a property is in JSON, its name included.
const PROPERTY_BYTES: usize = 48;

/// Encoded rows: objects of JSON, separated by commas. What says of which walk
/// they are, and how they are sent, is put around them later.
#[derive(Debug)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    rows: usize,
}

impl Block {
    /// Encodes the properties of rows at those indices, in that order.
    pub(crate) fn encode(rows: &Rows, layout: &[usize], format: JsonFormat) -> Block {
        Block::of_changes(&[], rows, layout, format)
    }

    /// The same after what is gone. That comes first, for those who tell rows apart
    /// by their ids alone: an id that is gone at one time and there at another
    /// stays.
    pub(crate) fn of_changes(
        removed: &[Removal],
        rows: &Rows,
        layout: &[usize],
        format: JsonFormat,
    ) -> Block {
        let count = rows.len() + removed.len();
        let mut bytes = Vec::with_capacity(room_for(layout, count));
        let log = rows.log();
        for Removal { time, id, reason } in removed {
            let time = log.shows_time().then_some((log.time, *time));
            write_removed(id, time, reason.name(), &mut bytes);
            bytes.push(b',');
        }
        RowEncoder::formatted(log, layout, format).encode(rows, &mut bytes);
        if rows.is_empty() {
            // No row follows the last comma.
            bytes.pop();
        }
        Block { bytes, rows: count }
    }

    /// The same with more members at the end of each row's object: `more` appends them,
    /// a comma before each.
    pub(crate) fn encode_with(
        rows: &Rows,
        layout: &[usize],
        format: JsonFormat,
        mut more: impl FnMut(usize, &mut Vec<u8>),
    ) -> Block {
        let mut bytes = Vec::with_capacity(room_for(layout, rows.len()));
        let encoder = RowEncoder::formatted(rows.log(), layout, format);
        let bound = encoder.bind(rows);
        for row in 0..rows.len() {
            if row > 0 {
                bytes.push(b',');
            }
            bound.write(row, &mut bytes);
            // Before the brace that ends the object.
            bytes.pop();
            more(row, &mut bytes);
            bytes.push(b'}');
        }
        Block { bytes, rows: rows.len() }
    }

    /// How many objects there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The rows within what goes around them. They are moved, not copied, so that
    /// a large page is not there twice.
    pub(crate) fn within(self, frame: &Frame) -> Vec<u8> {
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
pub(crate) fn room_for(layout: &[usize], rows: usize) -> usize {
    PROPERTY_BYTES.saturating_mul(layout.len() + 1).saturating_mul(rows.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_records::RowBuilder;
    use trunklog_records::json::RowDecoder;
    use trunklog_records::schema::SMS;
    use trunklog_store::Reason;

    use super::*;

    #[test]
    fn what_is_gone_comes_before_rows() {
        let time = Instant::parse("2026-10-31T00:00:00.5Z").unwrap();
        let removed = |id: &str, reason| Removal { time, id: id.to_owned(), reason };
        let gone = [removed("a", Reason::Deleted), removed("b\"", Reason::Changed)];
        let rows = |count: usize| {
            let mut rows = RowBuilder::new(&SMS);
            for _ in 0..count {
                let json = br#"{"id":"c","sentDateTime":"2026-11-01T00:00:00Z"}"#;
                RowDecoder::new(&SMS).decode(json, &mut rows).unwrap();
            }
            rows.finish()
        };
        let removals = concat!(
            r#"{"@removed":{"reason":"deleted"},"id":"a","sentDateTime":"2026-10-31T00:00:00.5Z"},"#,
            r#"{"@removed":{"reason":"changed"},"id":"b\"","sentDateTime":"2026-10-31T00:00:00.5Z"}"#
        );
        for (gone, count, expected) in [
            (&gone[..], 2, format!("{removals},{{\"id\":\"c\"}},{{\"id\":\"c\"}}")),
            (&gone[..], 0, removals.to_owned()),
            (&gone[..0], 1, r#"{"id":"c"}"#.to_owned()),
            (&gone[..0], 0, String::new()),
        ] {
            let block = Block::of_changes(gone, &rows(count), &[SMS.id_index()], JsonFormat::default());
            assert_eq!(String::from_utf8(block.bytes).unwrap(), expected);
            assert_eq!(block.rows, gone.len() + count);
        }
    }

    #[test]
    fn more_members_come_at_the_end_of_rows() {
        let mut rows = RowBuilder::new(&SMS);
        for json in [
            r#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#,
            r#"{"id":"b","sentDateTime":"2026-11-01T00:00:01Z"}"#,
        ] {
            RowDecoder::new(&SMS).decode(json.as_bytes(), &mut rows).unwrap();
        }
        let rows = rows.finish();
        let more =
            |row: usize, out: &mut Vec<u8>| out.extend_from_slice(format!(",\"row\":{row}").as_bytes());
        let block = Block::encode_with(&rows, &[SMS.id_index()], JsonFormat::default(), more);
        let expected = r#"{"id":"a","row":0},{"id":"b","row":1}"#;
        assert_eq!((String::from_utf8(block.bytes).unwrap().as_str(), block.rows), (expected, 2));
    }

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
