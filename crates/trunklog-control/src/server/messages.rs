//! Waiting for messages.

use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::protocol;

/// How long the rest of a message and the taking of a reply may last.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for the next message, as long as it takes: an idle connection costs
/// little and may stay. None when the other end has closed it.
pub(super) fn next_message(stream: &mut UnixStream) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    stream.set_read_timeout(None)?;
    let mut first = [0];
    if stream.read(&mut first)? == 0 {
        return Ok(None);
    }
    stream.set_read_timeout(Some(PATIENCE))?;
    protocol::read_rest(first[0], stream).map(Some)
}
