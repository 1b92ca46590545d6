//! What is answered.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_store::AppendCounts;

use super::cubes::SourceForm;
use super::key::KeyForm;

/// A reply and the body that follows it.
pub(crate) type Message = (Reply, Vec<u8>);

/// The head of a message from the owner.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Reply {
    Done,
    /// A part of the answer follows. The owner waits for a [`Turn`].
    Part,
    /// The ids of tenants follow.
    Tenants,
    Epoch(String),
    State(Option<String>),
    /// Pairs of name and value follow.
    States,
    Exchanged(bool),
    Appended {
        new: u64,
        updated: u64,
        unchanged: u64,
        superseded: u64,
        withheld: u64,
        ambiguous: u64,
    },
    /// The rows follow as columns.
    Page {
        next: Option<KeyForm>,
        watermark: u64,
    },
    /// All rows were sent, or as many as were wanted.
    Scanned,
    /// All groups were sent.
    Report {
        watermark: u64,
    },
    /// All sums were sent. They come from here, one for each question.
    Sums {
        sources: Vec<SourceForm>,
        watermark: u64,
    },
    /// All groups of busy channels were sent.
    Busy {
        source: SourceForm,
        watermark: u64,
    },
    /// The days whose sums are kept follow.
    CubeDays {
        waiting: u64,
    },
    /// The differences between cubes and rows follow.
    CubesChecked {
        cells: u64,
        is_mended: bool,
        is_compared: bool,
    },
    /// What was removed follows, in that many bytes, and after it the rows.
    Changes {
        removed_bytes: usize,
        next: Option<KeyForm>,
        until: u64,
    },
    /// Pairs of bucket and commit follow.
    Buckets,
    /// The row follows as columns.
    Row,
    /// There is no such row.
    NoRow,
    Newest(u64),
    CommitTime(Option<Instant>),
    /// A number of rows.
    Count(u64),
    Forgettable {
        rows: u64,
        of: u64,
        oldest: Option<Instant>,
    },
    /// The faults follow.
    Verified {
        rows: u64,
        next: Option<u64>,
    },
    Error {
        kind: String,
        message: String,
        cause: Option<String>,
    },
}

/// What a client says to a part of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Turn {
    /// Send the next part.
    More,
    /// Send the end.
    Enough,
}

impl Reply {
    pub(crate) fn appended(appended: AppendCounts) -> Reply {
        let AppendCounts { new, updated, unchanged, superseded, withheld, ambiguous } = appended;
        Reply::Appended { new, updated, unchanged, superseded, withheld, ambiguous }
    }
}
