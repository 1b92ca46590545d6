//! Stores as something left them, to be damaged.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_odata::Instant;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS};
use trunklog_records::{Rows, TenantId, TimeRange};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::{Engine, Error, ErrorKind, Fault, Selection};

pub(crate) const TENANT: TenantId = TenantId::new(uuid::Uuid::from_u128(1));
pub(crate) const BATCH: u64 = 60;
pub(crate) const BATCHES: u64 = 4;
pub(crate) const ALL: u64 = BATCH * BATCHES;
pub(crate) const DATABASE: &str = "trunklog.duckdb";
pub(crate) const LOG: &str = "trunklog.duckdb.wal";
pub(crate) const MARK: &str = "trunklog.commit";

pub(crate) fn batches(rows: u64, size: u64) -> impl Iterator<Item = Rows> {
    let at = |text| Instant::parse(text).unwrap();
    let options = SyntheticOptions::new(rows, at("2024-01-01T00:00:00Z"), at("2024-06-01T00:00:00Z"));
    let mut calls = SyntheticLog::new(&DIRECT_ROUTING_CALLS, options).unwrap();
    std::iter::from_fn(move || calls.next_batch(usize::try_from(size).unwrap()))
}

pub(crate) fn options() -> Options {
    Options { memory_mib: 256, threads: 2, query_limit: None, ..Options::default() }
}

pub(crate) fn all() -> Selection {
    Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL)
}

/// A store as `kill -9` leaves it.
pub(crate) struct Remains(pub(crate) TempDir);

impl Remains {
    /// Its rows are in the write-ahead log.
    pub(crate) fn in_log() -> Remains {
        Remains::in_log_of(&Remains::new())
    }

    /// The same in a file of the version that older programs made.
    pub(crate) fn in_older_log() -> Remains {
        Remains::in_log_of(&Remains::older())
    }

    fn in_log_of(running: &Remains) -> Remains {
        let engine = running.open().unwrap();
        for rows in batches(ALL, BATCH) {
            engine.tenant(TENANT).append(&rows).unwrap();
        }
        running.copy()
    }

    /// Takes away what is stored of how many rows lie where.
    pub(crate) fn forget_counts(&self) {
        let connection = duckdb::Connection::open(self.path(DATABASE)).unwrap();
        let table = format!("t_{}.segments", TENANT.guid().simple());
        connection
            .execute_batch(&format!("UPDATE {table} SET rows = NULL, counts = NULL; CHECKPOINT"))
            .unwrap();
    }

    /// Nothing.
    pub(crate) fn new() -> Remains {
        Remains(tempfile::tempdir().unwrap())
    }

    /// An empty store of an older program.
    pub(crate) fn older() -> Remains {
        let left = Remains::new();
        drop(duckdb::Connection::open(left.path(DATABASE)).unwrap());
        left
    }

    /// Its rows are in the database.
    pub(crate) fn in_database(rows: u64) -> Remains {
        let left = tempfile::tempdir().unwrap();
        let engine = DuckDbEngine::open(&left.path().join(DATABASE), options()).unwrap();
        for rows in batches(rows, 20_000) {
            engine.tenant(TENANT).append(&rows).unwrap();
        }
        engine.tidy().unwrap();
        drop(engine);
        assert!(!left.path().join(LOG).exists());
        Remains(left)
    }

    pub(crate) fn copy(&self) -> Remains {
        let other = tempfile::tempdir().unwrap();
        copy(self.0.path(), other.path());
        Remains(other)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn bytes(&self, name: &str) -> u64 {
        fs::metadata(self.path(name)).unwrap().len()
    }

    pub(crate) fn flip(&self, name: &str, at: u64) {
        let file = OpenOptions::new().read(true).write(true).open(self.path(name)).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 0x41], at).unwrap();
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8], at: u64) {
        let file = OpenOptions::new().write(true).open(self.path(name)).unwrap();
        file.write_all_at(bytes, at).unwrap();
    }

    pub(crate) fn cut(&self, name: &str, bytes: u64) {
        OpenOptions::new().write(true).open(self.path(name)).unwrap().set_len(bytes).unwrap();
    }

    pub(crate) fn open(&self) -> Result<DuckDbEngine, Error> {
        DuckDbEngine::open(&self.path(DATABASE), options())
    }

    /// How many rows there are after opening, and that each can be read.
    pub(crate) fn rows(&self) -> Result<u64, Error> {
        let engine = self.open()?;
        let (rows, faults) = verify(&engine)?;
        assert_eq!(faults, []);
        Ok(rows)
    }

    /// Puts a file of another store into the place of this one's.
    pub(crate) fn take(&self, name: &str, other: &Remains) {
        fs::copy(other.path(name), self.path(name)).unwrap();
    }

    /// What opening says that must fail, for writing and for reading.
    pub(crate) fn refusal(&self) -> String {
        let error = self.open().map(drop).unwrap_err();
        let looked = DuckDbEngine::open_read_only(&self.path(DATABASE), options()).map(drop);
        assert_eq!((error.kind(), looked.unwrap_err().kind()), (ErrorKind::Corrupt, ErrorKind::Corrupt));
        error.to_string()
    }

    pub(crate) fn repair(&self) -> Result<Vec<String>, Error> {
        trunklog_duckdb::repair(&self.path(DATABASE))
    }

    /// Files that were kept aside.
    pub(crate) fn aside(&self) -> usize {
        let names = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().contains(".damaged-")).count()
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

pub(crate) fn verify(engine: &DuckDbEngine) -> Result<(u64, Vec<Fault>), Error> {
    let (mut rows, mut faults) = (0, Vec::new());
    for tenant in engine.tenants()? {
        for log in LOGS {
            let mut from = Some(0);
            while let Some(at) = from {
                let part = engine.tenant(tenant).verify(log, at)?;
                rows += part.rows;
                faults.extend(part.faults);
                from = part.next;
            }
        }
    }
    Ok((rows, faults))
}
