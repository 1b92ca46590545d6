//! When the server stops, and which signals it lives through.

use std::io::{self, IsTerminal};

use anyhow::Result;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::signals;

/// The signals that the server listens for.
pub(super) struct Signals {
    terminated: Signal,
    interrupted: Signal,
    hung_up: Signal,
    first_user: Signal,
    second_user: Signal,
    on_terminal: bool,
}

impl Signals {
    /// Listens from now on; within the runtime.
    pub(super) fn listen() -> Result<Signals> {
        signals::second_ends()?;
        Ok(Signals {
            terminated: signal(SignalKind::terminate())?,
            interrupted: signal(SignalKind::interrupt())?,
            hung_up: signal(SignalKind::hangup())?,
            first_user: signal(SignalKind::user_defined1())?,
            second_user: signal(SignalKind::user_defined2())?,
            on_terminal: io::stderr().is_terminal(),
        })
    }

    /// Waits until the server is asked to stop.
    pub(super) async fn asked_to_stop(self) {
        let Signals {
            mut terminated,
            mut interrupted,
            mut hung_up,
            mut first_user,
            mut second_user,
            on_terminal,
        } = self;
        loop {
            tokio::select! {
                _ = terminated.recv() => break,
                _ = interrupted.recv() => break,
                _ = hung_up.recv() => {
                    if on_terminal && !io::stderr().is_terminal() {
                        tracing::info!("the terminal was closed");
                        break;
                    }
                    tracing::info!("SIGHUP reloads nothing: restart the server for other settings");
                }
                _ = first_user.recv() => tracing::info!("SIGUSR1 does nothing here"),
                _ = second_user.recv() => tracing::info!("SIGUSR2 does nothing here"),
            }
        }
        tracing::info!("stopping, what is under way is finished first; a second signal ends it immediately");
    }
}
