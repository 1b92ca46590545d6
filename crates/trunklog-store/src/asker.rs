//! Whoever waits for what a store is asked, and may stop waiting.
//!
//! A store's methods work on the thread that calls them, and return when they are done.
//! Who calls them for somebody else, as a server does for its clients, says so with
//! [`Asker::during`]: what that thread asks meanwhile is asked for this one. Once it has
//! left, nobody looks at an answer any more, so an engine ends reads early, with any
//! error. What stores, changes or deletes is never ended so.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// Whoever waits for an answer. All clones are the same one.
///
/// ```
/// use trunklog_store::Asker;
///
/// let client = Asker::default();
/// assert!(client.during(|| Asker::check().is_ok()));
/// client.leave();
/// assert!(client.has_left() && client.during(|| Asker::check().is_err()));
/// assert!(Asker::check().is_ok(), "what nobody in particular asks is always wanted");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Asker {
    has_left: Arc<AtomicBool>,
}

thread_local! {
    static CURRENT: RefCell<Option<Asker>> = const { RefCell::new(None) };
}

impl Asker {
    /// Does what is asked for this one.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let _before = Before(CURRENT.replace(Some(self.clone())));
        work()
    }

    /// Notes that it waits no longer.
    pub fn leave(&self) {
        self.has_left.store(true, Ordering::Release);
    }

    /// Whether it waits no longer.
    pub fn has_left(&self) -> bool {
        self.has_left.load(Ordering::Acquire)
    }

    /// The one for whom this thread works, if it works for anybody in particular.
    pub fn current() -> Option<Asker> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Fails when the one for whom this thread works has left.
    ///
    /// # Errors
    /// Then alone.
    pub fn check() -> Result<()> {
        if Asker::current().is_some_and(|asker| asker.has_left()) {
            return Err(Error::new(ErrorKind::Other, "nobody waits for the answer any more"));
        }
        Ok(())
    }
}

/// Puts back for whom a thread worked before, also after a panic.
struct Before(Option<Asker>);

impl Drop for Before {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_works_for_one_at_a_time() {
        let (outer, inner) = (Asker::default(), Asker::default());
        inner.leave();
        outer.during(|| {
            assert!(Asker::check().is_ok());
            inner.during(|| assert!(Asker::check().is_err()));
            assert!(Asker::check().is_ok());
            // Another thread works for whom it says.
            let other = std::thread::spawn(|| Asker::current().is_none());
            assert!(other.join().unwrap());
        });
        assert!(Asker::current().is_none());
        let panicked = std::panic::catch_unwind(|| inner.during(|| panic!("of the test")));
        assert!(panicked.is_err() && Asker::current().is_none());
    }
}
