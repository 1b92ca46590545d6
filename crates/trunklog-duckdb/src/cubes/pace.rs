//! How what nobody waits for leaves room for what somebody does.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use trunklog_store::{Error, ErrorKind};

use crate::error::refusal;

/// What is done in the background looks here again and again.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// Whether all is to end.
    is_over: AtomicBool,
    /// How many ask the store for something.
    asking: AtomicUsize,
}

/// Somebody asks the store for something as long as it is there.
#[derive(Debug)]
pub(crate) struct Asking<'a>(&'a Pace);

/// The pause after some thousand rows while somebody asks: about as long as these
/// took.
const PAUSE: Duration = Duration::from_millis(1);

impl Pace {
    /// Somebody asks the store for something.
    pub(crate) fn asking(&self) -> Asking<'_> {
        self.asking.fetch_add(1, Ordering::AcqRel);
        Asking(self)
    }

    /// Whether somebody does.
    pub(crate) fn is_busy(&self) -> bool {
        self.asking.load(Ordering::Acquire) > 0
    }

    /// Lets all that is done in the background end.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    /// Leaves room for others.
    ///
    /// # Errors
    /// When it is time to end.
    pub(crate) fn step_aside(&self) -> duckdb::Result<()> {
        if self.is_over() {
            let text = "the store is being closed, so sums of rows are made another time";
            return Err(refusal(Error::new(ErrorKind::Other, text)));
        }
        if self.is_busy() {
            thread::sleep(PAUSE);
        }
        Ok(())
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.asking.fetch_sub(1, Ordering::AcqRel);
    }
}
