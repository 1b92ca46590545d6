//! Ctrl-C and its like: asked after between two steps of a long work, so that
//! who started a server still ends it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use signal_hook::consts::{SIGINT, SIGTERM};

/// Set by the first signal; a program has one of these.
static ASKED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on, SIGINT and SIGTERM no longer end this program but are
/// remembered.
pub(crate) fn listen() -> Result<()> {
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&ASKED))?;
    }
    Ok(())
}

/// Whether a signal came.
pub(crate) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// An error once a signal came.
pub(crate) fn check() -> Result<()> {
    if asked() {
        bail!("stopped by a signal");
    }
    Ok(())
}

/// Waits, but not longer than until a signal comes, which is an error.
pub(crate) fn sleep(time: Duration) -> Result<()> {
    let start = Instant::now();
    while let Some(left) = time.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) {
        check()?;
        thread::sleep(left.min(Duration::from_millis(50)));
    }
    check()
}
