//! What the engine may use, and what it keeps.

use std::time::Duration;

use trunklog_store::Clock;
use trunklog_store::cube::{CubeSettings, ZoneChoice};

/// What the engine may use, and what it keeps.
#[derive(Debug, Clone)]
pub struct Options {
    /// Memory for data and intermediate results, in MiB. What needs more is
    /// spilled to a folder beside the file.
    pub memory_mib: u32,
    /// Threads that work on one query.
    pub threads: u32,
    /// How long one read may take: a page, a count, a window of a scan. None
    /// for any time.
    pub query_limit: Option<Duration>,
    /// About how many rows a segment of a log has. Pages, updates and deletions
    /// touch the segments of their time alone.
    pub segment_rows: u64,
    /// How long the ids of deleted rows are kept for those who follow changes.
    pub deletions_kept: Duration,
    /// Which sums of rows are kept beside them.
    pub cubes: CubeSettings,
    /// Whether sums of a day of which a commit brings the first rows, and many, are left
    /// to be made when the store is tidied: for who stores a lot and then does so.
    pub leaves_days: bool,
    /// Whether days are counted in the zones of these settings, or in the store's own.
    pub zones: ZoneChoice,
    /// Tells the time.
    pub clock: Clock,
}

impl Default for Options {
    /// 384 MiB, a thread for each core, a minute, two million rows a segment,
    /// 90 days and no sums.
    fn default() -> Options {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Options {
            memory_mib: 384,
            threads: u32::try_from(cores).unwrap_or(1),
            query_limit: Some(Duration::from_mins(1)),
            segment_rows: 1 << 21,
            deletions_kept: Duration::from_hours(90 * 24),
            cubes: CubeSettings::none(),
            leaves_days: false,
            zones: ZoneChoice::Given,
            clock: Clock::system(),
        }
    }
}

/// What may be done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// It is made where it is missing.
    Write,
    /// The same, but it must be there.
    Reopen,
    /// Neither it nor its write-ahead log is changed.
    Read,
}
