//! What goes over the socket.
//!
//! A message is a length (`u32`, big-endian) with that much JSON, and a length
//! with that much of what belongs to it, 0 for none: an Arrow IPC stream of
//! rows, or the [`Expressions`] of a selection as JSON. A client sends
//! [`Request`]s and reads a [`Reply`] to each.

mod columns;
mod frame;
mod query;

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};
use trunklog_store::{Appended, Error, ErrorKind, Fault, Verified};

pub(crate) use columns::{decode, encode};
pub(crate) use frame::{read_message, read_rest, write_message};
pub(crate) use query::{Chosen, Expressions, Place, Query};

/// Changes whenever a message changes its form or meaning.
pub(crate) const VERSION: u32 = 4;

/// A message's JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) version: u32,
    #[serde(flatten)]
    pub(crate) op: Op,
}

/// What is asked of the owner's engine.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase")]
pub(crate) enum Op {
    Check,
    Tidy,
    Tenants,
    /// The rows follow as columns.
    Append {
        tenant: String,
        log: String,
    },
    /// The expressions follow.
    Page {
        tenant: String,
        query: Query,
    },
    /// The expressions follow.
    Count {
        tenant: String,
        rows: Chosen,
        watermark: Option<u64>,
    },
    /// Reads a part of what is stored.
    Verify {
        tenant: String,
        log: String,
        from: u64,
    },
    /// The instant is in units of 100 ns since 1970.
    Forget {
        tenant: String,
        log: String,
        before: i64,
    },
    /// The same of what is only counted.
    Forgettable {
        tenant: String,
        log: String,
        before: i64,
    },
    State {
        name: String,
    },
    States {
        prefix: String,
    },
    ExchangeState {
        name: String,
        expected: Option<String>,
        new: Option<String>,
    },
}

/// What the engine answered.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Reply {
    Done,
    Tenants(Vec<String>),
    Appended {
        new: u64,
        updated: u64,
        unchanged: u64,
    },
    /// The rows follow as columns.
    Page {
        next: Option<Place>,
        watermark: u64,
    },
    Count(u64),
    Forgettable {
        rows: u64,
        of: u64,
        oldest: Option<i64>,
    },
    State(Option<String>),
    /// Pairs of name and value follow as JSON: there may be many.
    States,
    Exchanged(bool),
    Verified {
        rows: u64,
        faults: Vec<Found>,
        next: Option<u64>,
    },
    Error {
        kind: String,
        message: String,
        cause: Option<String>,
    },
}

/// A fault of stored rows. Its times are in units of 100 ns since 1970.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Found {
    what: String,
    rows: u64,
    times: Option<(i64, i64)>,
}

impl Reply {
    /// An engine's error, with all that caused it as one text.
    pub(crate) fn error(error: &Error) -> Reply {
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        Reply::Error {
            kind: error.kind().name().to_owned(),
            message: error.to_string(),
            cause: (!causes.is_empty()).then(|| causes.join(": ")),
        }
    }

    /// The answer, unless it is an error.
    pub(crate) fn into_result(self) -> trunklog_store::Result<Reply> {
        let Reply::Error { kind, message, cause } = self else { return Ok(self) };
        // A server of another version may know more kinds.
        let kind = ErrorKind::by_name(&kind).unwrap_or(ErrorKind::Other);
        let error = Error::new(kind, message);
        Err(match cause {
            Some(cause) => error.caused_by(cause),
            None => error,
        })
    }

    pub(crate) fn verified(verified: Verified) -> Reply {
        let Verified { rows, faults, next } = verified;
        let faults = faults
            .into_iter()
            .map(|Fault { what, rows, times }| Found {
                what,
                rows,
                times: times.map(|(first, last)| (first.ticks(), last.ticks())),
            })
            .collect();
        Reply::Verified { rows, faults, next }
    }

    pub(crate) fn appended(appended: Appended) -> Reply {
        let Appended { new, updated, unchanged } = appended;
        Reply::Appended { new, updated, unchanged }
    }
}

impl Found {
    pub(crate) fn into_fault(self) -> trunklog_store::Result<Fault> {
        let times = match self.times {
            Some((first, last)) => Some((instant(first)?, instant(last)?)),
            None => None,
        };
        Ok(Fault { what: self.what, rows: self.rows, times })
    }
}

pub(crate) fn log(name: &str) -> trunklog_store::Result<&'static Log> {
    Log::by_name(name).ok_or_else(|| misunderstood("the name of a log"))
}

pub(crate) fn tenant(text: &str) -> trunklog_store::Result<TenantId> {
    text.parse().map_err(|error: trunklog_records::TenantIdError| misunderstood("a tenant").caused_by(error))
}

pub(crate) fn instant(ticks: i64) -> trunklog_store::Result<Instant> {
    Instant::from_ticks(ticks).map_err(|error| misunderstood("an instant").caused_by(error))
}

/// The other end sent something else than the protocol has.
pub(crate) fn misunderstood(what: &str) -> Error {
    Error::new(
        ErrorKind::Other,
        format!(
            "{what} from the other process cannot be read: restart the server, so that both are the same version"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_all_kinds_arrive_as_they_were() {
        for kind in ErrorKind::ALL {
            let sent = Reply::error(&Error::new(kind, "what failed").caused_by("why"));
            let text = serde_json::to_vec(&sent).unwrap();
            let error = serde_json::from_slice::<Reply>(&text).unwrap().into_result().unwrap_err();
            assert_eq!((error.kind(), error.to_string().as_str()), (kind, "what failed"));
            assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "why");
        }
    }
}
