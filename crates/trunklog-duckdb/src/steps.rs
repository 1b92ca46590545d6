//! The steps of what is done to a store, so that tests can see what a kill after
//! each of them leaves, or let one fail. Only tests have this module.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::{fs, io};

use tempfile::TempDir;

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

/// Does some work on this thread, and gives the store's folder as a kill after each
/// step leaves it, besides what the work gives.
pub(crate) fn killed<T>(folder: &Path, work: impl FnOnce() -> T) -> (T, Vec<(&'static str, TempDir)>) {
    let left = Rc::new(RefCell::new(Vec::new()));
    let (from, kept) = (folder.to_owned(), Rc::clone(&left));
    let watcher = move |step| {
        kept.borrow_mut().push((step, copy(&from)));
        true
    };
    let done = watch(watcher, work);
    (done, left.take())
}

/// A copy of the files of a folder.
pub(crate) fn copy(folder: &Path) -> TempDir {
    let other = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), other.path().join(entry.file_name())).unwrap();
        }
    }
    other
}
