//! What reading everything finds, on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_store::{Fault, Result, Verification};

use super::{Message, Reply, from_json, misunderstood, to_json};

/// A [`Fault`].
#[derive(Debug, Serialize, Deserialize)]
struct FaultForm {
    what: String,
    rows: u64,
    times: Option<(Instant, Instant)>,
}

/// The answer with what a part of a log has. There may be many faults, so they
/// are the body.
pub(crate) fn verified_message(verified: Verification) -> Result<Message> {
    let Verification { rows, faults, next } = verified;
    let form = |Fault { what, rows, times }| FaultForm { what, rows, times };
    let faults: Vec<FaultForm> = faults.into_iter().map(form).collect();
    Ok((Reply::Verified { rows, next }, to_json(&faults, "faults")?))
}

/// Reads it.
pub(crate) fn read_verified(message: Message) -> Result<Verification> {
    let (Reply::Verified { rows, next }, body) = message else { return Err(misunderstood("an answer")) };
    let faults: Vec<FaultForm> = from_json(&body, "faults")?;
    let fault = |FaultForm { what, rows, times }| Fault { what, rows, times };
    Ok(Verification { rows, faults: faults.into_iter().map(fault).collect(), next })
}
