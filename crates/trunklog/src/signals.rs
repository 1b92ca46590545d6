//! Ctrl-C and its like for commands that can stop half-way.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit code of a command that was stopped: 128 and the number of SIGINT,
/// as shells have it.
pub(crate) const INTERRUPTED: u8 = 130;

/// A flag that the first SIGINT or SIGTERM sets. The second ends the process:
/// a read from a silent pipe does not notice the flag.
pub(crate) fn stop_flag() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // This order matters: on the first signal the flag is not yet set.
        flag::register_conditional_shutdown(signal, i32::from(INTERRUPTED), Arc::clone(&stop))
            .and_then(|_| flag::register(signal, Arc::clone(&stop)))
            .context("cannot listen for signals")?;
    }
    Ok(stop)
}
