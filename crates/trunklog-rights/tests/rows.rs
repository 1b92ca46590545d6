//! Rows for the tests, and a guarded store in a folder.

use std::ops::ControlFlow;
use std::sync::Arc;

use tempfile::TempDir;
use trunklog_odata::Instant;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Cell, Log, RowBuilder, Rows, TenantId, TimeRange};
use trunklog_rights::{How, Key, ListEntry, Person, with_rights};
use trunklog_store::{AppendCounts, Engine, ScanQuery, Selection, Store};
use trunklog_store_kit::{Fixture, MemoryEngine};

/// The log of most tests.
pub(crate) static CALLS: &Log = &DIRECT_ROUTING_CALLS;

/// A store with a data folder.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) memory: MemoryEngine,
    pub(crate) engine: Arc<dyn Engine>,
}

impl Bench {
    pub(crate) fn new() -> Bench {
        let (folder, memory) = (tempfile::tempdir().unwrap(), MemoryEngine::new());
        let engine = with_rights(memory.open(), folder.path());
        Bench { folder, memory, engine }
    }

    pub(crate) fn store(&self) -> Arc<dyn Store> {
        self.engine.tenant(tenant(1))
    }

    pub(crate) fn key(&self) -> Key {
        Key::of(self.folder.path(), self.engine.as_ref()).unwrap()
    }

    /// Puts a person on the list of the first tenant.
    pub(crate) fn list(&self, person: &Person, how: How) {
        let entry = ListEntry { how, since: Instant::ABSENT, receipt: "a receipt", is_done: true };
        let engine = self.engine.as_ref();
        trunklog_rights::list_person(engine, &self.key(), tenant(1), person, &entry).unwrap();
    }

    pub(crate) fn append(&self, lines: &[String]) -> AppendCounts {
        self.store().append(&rows(CALLS, lines)).unwrap()
    }
}

pub(crate) fn tenant(number: u32) -> TenantId {
    format!("7e570000-0000-4000-8000-{number:012}").parse().unwrap()
}

/// A call on that day of November 2026; `more` are members of its JSON.
pub(crate) fn call(id: &str, day: u32, more: &str) -> String {
    let more = if more.is_empty() { String::new() } else { format!(",{more}") };
    format!(r#"{{"id":"{id}","startDateTime":"2026-11-{day:02}T08:00:00Z","callType":"ByotIn"{more}}}"#)
}

pub(crate) fn rows(log: &'static Log, lines: &[String]) -> Rows {
    let mut rows = RowBuilder::new(log);
    let decoder = RowDecoder::new(log);
    for line in lines {
        decoder.decode(line.as_bytes(), &mut rows).unwrap();
    }
    rows.finish()
}

/// The ids of all rows of a log, and all of their texts.
pub(crate) fn stored(store: &dyn Store, log: &'static Log) -> (Vec<String>, String) {
    let (mut ids, mut texts) = (Vec::new(), String::new());
    let selection = Selection::all(log, TimeRange::ALL);
    let query = ScanQuery { selection, skip: 0, limit: None, watermark: None };
    store
        .scan(&query, &mut |rows: Rows| {
            for row in 0..rows.len() {
                ids.push(rows.id(row).to_owned());
                for at in 0..=log.properties.len() {
                    if let Some(Cell::Text(text) | Cell::Members(text)) = rows.column(at).value(row) {
                        texts.push_str(text);
                        texts.push('\n');
                    }
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    (ids, texts)
}
