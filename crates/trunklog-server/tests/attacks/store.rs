//! A store that does as it is told.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use tokio::time::sleep;
use trunklog_odata::Instant;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, RowBuilder, Rows};
use trunklog_store::{
    AppendCounts, Engine, OldRows, Page, PageQuery, Result, ScanQuery, Selection, Store, Watermark,
};
use trunklog_testkit::{StandIn, call_rows};

/// Pages of so many rows wait at the gate.
pub(crate) const HELD_UP: u32 = 7;

/// How many rows all others have.
pub(crate) const ROWS: usize = 1_000;

/// Gives the same rows always.
#[derive(Clone)]
pub(crate) struct Load(Arc<Inner>);

struct Inner {
    rows: Rows,
    pages: AtomicUsize,
    scans: AtomicUsize,
    checks: AtomicUsize,
    checks_hang: AtomicBool,
    is_open: Mutex<bool>,
    opens: Condvar,
}

/// Lets go, when it is dropped, what is held up.
pub(crate) struct Gate(Arc<Inner>);

impl Load {
    pub(crate) fn new() -> Load {
        let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
        for row in call_rows(0, u32::try_from(ROWS).unwrap(), "2020-01-01T00:00:00Z") {
            RowDecoder::new(&DIRECT_ROUTING_CALLS).decode(row.as_bytes(), &mut rows).unwrap();
        }
        Load(Arc::new(Inner {
            rows: rows.finish(),
            pages: AtomicUsize::new(0),
            scans: AtomicUsize::new(0),
            checks: AtomicUsize::new(0),
            checks_hang: AtomicBool::new(false),
            is_open: Mutex::new(false),
            opens: Condvar::new(),
        }))
    }

    pub(crate) fn gate(&self) -> Gate {
        Gate(Arc::clone(&self.0))
    }

    /// An engine that gives it to every tenant.
    pub(crate) fn engine(&self) -> Arc<dyn Engine> {
        let (store, checked) = (self.clone(), self.clone());
        StandIn::with_health(move || Arc::new(store.clone()), move || checked.check(), || Ok(()))
    }

    fn check(&self) -> Result<()> {
        self.0.checks.fetch_add(1, Ordering::SeqCst);
        if self.0.checks_hang.load(Ordering::SeqCst) {
            self.0.wait();
        }
        Ok(())
    }

    /// How many pages were asked for.
    pub(crate) fn pages(&self) -> usize {
        self.0.pages.load(Ordering::SeqCst)
    }

    /// How many scans run.
    pub(crate) fn scans(&self) -> usize {
        self.0.scans.load(Ordering::SeqCst)
    }

    /// How many checks there were.
    pub(crate) fn checks(&self) -> usize {
        self.0.checks.load(Ordering::SeqCst)
    }

    /// Lets go what is held up.
    pub(crate) fn open(&self) {
        self.0.open();
    }

    /// From now on checks wait at the gate.
    pub(crate) fn hang_checks(&self) {
        self.0.checks_hang.store(true, Ordering::SeqCst);
    }

    pub(crate) async fn until_pages(&self, count: usize) {
        while self.pages() < count {
            sleep(Duration::from_millis(1)).await;
        }
    }

    pub(crate) async fn until_scans(&self, count: usize) {
        while self.scans() < count {
            sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Inner {
    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opens.notify_all();
    }

    fn wait(&self) {
        let is_open = self.is_open.lock().unwrap();
        let _open = self.opens.wait_while(is_open, |is_open| !*is_open).unwrap();
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.0.open();
    }
}

impl Store for Load {
    trunklog_store_kit::only_pages!();

    fn append(&self, _: &Rows) -> Result<AppendCounts> {
        Ok(AppendCounts::default())
    }

    fn page(&self, query: &PageQuery) -> Result<Page> {
        self.0.pages.fetch_add(1, Ordering::SeqCst);
        if query.limit == HELD_UP {
            self.0.wait();
        }
        let limit = usize::try_from(query.limit).unwrap().min(ROWS);
        Ok(Page { rows: self.0.rows.slice(0, limit), next: None, watermark: Watermark(0) })
    }

    fn count(&self, _: &Selection, _: Option<Watermark>) -> Result<u64> {
        Ok(0)
    }

    /// Never ends by itself. One of so many rows waits at the gate, too, after its
    /// first ones.
    fn scan(&self, query: &ScanQuery, each: &mut dyn FnMut(Rows) -> ControlFlow<()>) -> Result<()> {
        self.0.scans.fetch_add(1, Ordering::SeqCst);
        while each(self.0.rows.clone()).is_continue() {
            if query.limit == Some(u64::from(HELD_UP)) {
                self.0.wait();
            }
        }
        self.0.scans.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }

    fn forget(&self, _: &'static Log, _: Instant) -> Result<u64> {
        Ok(0)
    }

    fn forgettable(&self, _: &'static Log, _: Instant) -> Result<OldRows> {
        Ok(OldRows::default())
    }
}
