//! Ctrl-C and the like: the first asks to stop, the second ends immediately.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::flag;
use signal_hook::low_level::pipe;

use crate::output;

/// The exit code of a command that was stopped: 128 and the number of SIGINT,
/// as shells have it.
pub(crate) const INTERRUPTED: u8 = 130;

/// What asks a process to stop.
const STOPS: [i32; 2] = [SIGINT, SIGTERM];

/// What would kill a process that does nothing about it, and asks for nothing.
const OTHERS: [i32; 3] = [SIGHUP, SIGUSR1, SIGUSR2];

/// What failed, whatever the reason.
const FAILED: &str = "cannot listen for signals";

/// A flag that the first SIGINT or SIGTERM sets, for commands that stop between
/// two batches. Who waits is told so.
///
/// The second ends the process, as [`second_ends`] has it: a read from a silent
/// pipe does not notice the flag.
pub(crate) fn stop_flag() -> Result<Arc<AtomicBool>> {
    let stop = second_ends()?;
    // Nothing can be written from within a signal's handler but to a socket.
    let (mut told, tells) = UnixStream::pair().context(FAILED)?;
    for signal in STOPS {
        let tells = tells.try_clone().context(FAILED)?;
        pipe::register(signal, tells).context(FAILED)?;
    }
    thread::spawn(move || {
        if told.read_exact(&mut [0]).is_ok() {
            output::complain("stopping after what is under way; once more ends it immediately");
        }
    });
    Ok(stop)
}

/// A flag that the first SIGINT or SIGTERM sets. The second ends the process at
/// once with 128 and the signal's number, whatever is under way: what is stored
/// survives that.
pub(crate) fn second_ends() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in STOPS {
        // This order matters: on the first signal the flag is not yet set.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))
            .and_then(|_| flag::register(signal, Arc::clone(&stop)))
            .context(FAILED)?;
    }
    Ok(stop)
}

/// Lives through SIGHUP, SIGUSR1 and SIGUSR2 from now on.
pub(crate) fn outlive_others() -> Result<()> {
    for signal in OTHERS {
        flag::register(signal, Arc::new(AtomicBool::new(false))).context(FAILED)?;
    }
    Ok(())
}
