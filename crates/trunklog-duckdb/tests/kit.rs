//! The conformance kit on the embedded engine.

use std::sync::Arc;

use tempfile::TempDir;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_store::{Clock, Engine};
use trunklog_store_kit::Fixture;

/// A store in a folder of its own.
struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a test can make a folder"))
    }
}

impl Fixture for Folder {
    fn open_with(&self, clock: Clock) -> Arc<dyn Engine> {
        let options = Options { threads: 2, clock, ..Options::default() };
        Arc::new(DuckDbEngine::open(&self.0.path().join("log.duckdb"), options).expect("the store opens"))
    }
}

trunklog_store_kit::store_kit!(Folder::new());
