//! Named states on the socket.

use trunklog_store::Result;

use super::{Message, Reply, from_json, misunderstood, to_json};

/// The answer with names and values.
pub(crate) fn states_message(states: &[(String, String)]) -> Result<Message> {
    Ok((Reply::States, to_json(states, "states")?))
}

/// Reads it.
pub(crate) fn read_states(message: Message) -> Result<Vec<(String, String)>> {
    let (Reply::States, body) = message else { return Err(misunderstood("an answer")) };
    from_json(&body, "states")
}
