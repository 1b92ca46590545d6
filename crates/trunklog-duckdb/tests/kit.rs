//! The conformance kit on the embedded engine, once with segments of the usual
//! size and once with such small ones that each case has several.

use std::sync::Arc;

use tempfile::TempDir;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_store::{Clock, Engine};
use trunklog_store_kit::{Fixture, cube_settings};

/// A store in a folder of its own.
struct Folder {
    folder: TempDir,
    segment_rows: u64,
}

impl Folder {
    fn with_segments_of(segment_rows: u64) -> Folder {
        Folder { folder: tempfile::tempdir().expect("a test can make a folder"), segment_rows }
    }
}

impl Fixture for Folder {
    fn open_with(&self, clock: Clock) -> Arc<dyn Engine> {
        let segment_rows = self.segment_rows;
        let options =
            Options { threads: 2, clock, segment_rows, cubes: cube_settings(), ..Options::default() };
        let file = self.folder.path().join("log.duckdb");
        Arc::new(DuckDbEngine::open(&file, options).expect("the store opens"))
    }
}

mod usual_segments {
    use super::Folder;

    trunklog_store_kit::store_kit!(Folder::with_segments_of(1 << 21));
}

mod small_segments {
    use super::Folder;

    trunklog_store_kit::store_kit!(Folder::with_segments_of(100));
}
