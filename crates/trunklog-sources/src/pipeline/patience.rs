//! Patience with a store that recovers.

use std::thread;
use std::time::Duration;

use trunklog_store::{Error, ErrorKind};

/// Asks a store, and again after each of the pauses while it recovers. What is
/// asked must change nothing when it fails.
pub(super) fn patiently<T>(
    pauses: &[Duration],
    mut ask: impl FnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    let mut pauses = pauses.iter();
    loop {
        match ask() {
            Err(error) if error.kind() == ErrorKind::Recovering => match pauses.next() {
                Some(pause) => thread::sleep(*pause),
                None => return Err(error),
            },
            result => return result,
        }
    }
}
