//! What a splitter knows between two items.

use std::io::Cursor;
use std::ops::Range;

use trunklog_records::RowKind;

use super::item::Flaw;
use super::level::Level;
use super::scan::Scan;
use super::window::Window;
use crate::graph_json::missing::MissingPage;
use crate::graph_json::page::NextLink;
use crate::graph_json::response::Response;

/// Yields the rows of saved Graph answers, whatever shape they have, and says
/// what is not a row.
///
/// Holds at most twice [`MAX_RECORD`](super::MAX_RECORD) bytes, whatever the
/// input's size; where bodies of a batch are texts, at most five times
/// [`MAX_BODY`](super::MAX_BODY).
#[derive(Debug)]
pub struct Splitter<R> {
    pub(super) window: Window<R>,
    pub(super) state: State,
    /// What is open around the next value, the innermost last.
    pub(super) levels: Vec<Level>,
    /// What the last row is by its own context.
    pub(super) entity: Option<RowKind>,
    /// A body whose items come before what is next.
    pub(super) body: Option<Box<OpenBody>>,
    /// What else there is to say of what was read last. It has no text.
    pub(super) later: Option<Piece>,
    /// Whether anything but space was found.
    pub(super) has_values: bool,
    /// Whether all this is such a body.
    pub(super) is_body: bool,
    /// Where in its line the record was that the structure was lost after.
    /// From then on, closing brackets and texts between records are remains.
    pub(super) lost_at: Option<u64>,
}

/// What the next call has to do.
#[derive(Debug)]
pub(super) enum State {
    /// Look for a value.
    Between,
    /// Get past a value that is too large, which started in that column.
    Skipping(Scan, u64),
    /// Look for a place where a record can start.
    Lost(Search),
    /// Nothing: the input is at its end.
    Done,
}

/// An [`Item`](super::Item) whose text is still named by its place in the
/// window.
#[derive(Debug)]
pub(super) enum Piece {
    Row {
        line: u64,
        text: Range<usize>,
    },
    Rejected {
        line: u64,
        flaw: Flaw,
        text: Range<usize>,
    },
    PageEnd(Option<NextLink>),
    Missing {
        line: u64,
        page: MissingPage,
    },
    /// Found in the body that is open.
    InBody(Box<Piece>),
}

/// A body while its items are given out.
#[derive(Debug)]
pub(super) struct OpenBody {
    /// The line on which its answer starts. Lines inside the body are of no use
    /// to anybody who looks into the file.
    pub(super) line: u64,
    pub(super) splitter: Splitter<Cursor<Vec<u8>>>,
    /// The response of a batch whose body it is; None where it came alone.
    pub(super) response: Option<Response>,
}

/// The search for the next record after one that is broken.
#[derive(Debug)]
pub(super) struct Search {
    /// What to report, once it is clear where the broken text ends; None when
    /// that was done.
    pub(super) flaw: Option<Flaw>,
    /// Where the broken record starts.
    pub(super) line: u64,
    pub(super) column: u64,
    /// No record starts before.
    pub(super) from: u64,
    /// Where it broke. Up to there only line breaks are reliable.
    pub(super) broken_at: u64,
    /// Whether only space and commas are before on this line.
    pub(super) fresh: bool,
    /// The last two bytes that are not space.
    pub(super) last: [u8; 2],
}
