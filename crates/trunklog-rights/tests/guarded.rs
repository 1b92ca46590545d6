//! A guarded engine is an engine like any other.

use std::sync::Arc;

use tempfile::TempDir;
use trunklog_rights::with_rights;
use trunklog_store::{Clock, Engine};
use trunklog_store_kit::{Fixture, MemoryEngine};

/// The reference engine, guarded.
struct GuardedMemory {
    folder: TempDir,
    memory: MemoryEngine,
}

impl GuardedMemory {
    fn new() -> GuardedMemory {
        GuardedMemory { folder: tempfile::tempdir().unwrap(), memory: MemoryEngine::new() }
    }
}

impl Fixture for GuardedMemory {
    fn open_with(&self, clock: Clock) -> Arc<dyn Engine> {
        with_rights(self.memory.open_with(clock), self.folder.path())
    }
}

trunklog_store_kit::store_kit!(GuardedMemory::new());
