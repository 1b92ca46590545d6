//! The steps of what is done to a store, so that tests can see what a kill after
//! each of them leaves, or let one fail. Only tests have this module.

use std::cell::RefCell;
use std::io;

use crate::error::conversion;

/// Sees each step, and says whether it may go on.
type Watcher = Box<dyn FnMut(&'static str) -> bool>;

thread_local! {
    static WATCHER: RefCell<Option<Watcher>> = const { RefCell::new(None) };
}

/// Tells the thread's watcher of a step.
pub(crate) fn reached(step: &'static str) -> duckdb::Result<()> {
    let goes_on = WATCHER.with_borrow_mut(|watcher| watcher.as_mut().is_none_or(|watcher| watcher(step)));
    if goes_on { Ok(()) } else { Err(conversion(io::Error::other("a test lets it fail"))) }
}

/// Does some work on this thread whose steps are watched.
pub(crate) fn watch<T>(watcher: impl FnMut(&'static str) -> bool + 'static, work: impl FnOnce() -> T) -> T {
    WATCHER.set(Some(Box::new(watcher)));
    let done = work();
    WATCHER.set(None);
    done
}
