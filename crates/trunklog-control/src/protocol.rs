//! What goes over the socket.
//!
//! A message is a length (`u32`, big-endian) with that much JSON, and a length
//! with that much of an Arrow IPC stream, 0 for none. A client sends
//! [`Request`]s and reads a [`Reply`] to each.

mod columns;
mod frame;

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_store::{Appended, Error, ErrorKind, Key, PageQuery, Start, Watermark};

pub(crate) use columns::{decode, encode};
pub(crate) use frame::{read_message, read_rest, write_message};

/// Changes whenever a message changes its form or meaning.
pub(crate) const VERSION: u32 = 1;

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
    Page {
        tenant: String,
        query: Query,
    },
    Count {
        tenant: String,
        log: String,
        range: Range,
    },
}

/// A [`PageQuery`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Query {
    log: String,
    range: Range,
    start: From,
    watermark: Option<u64>,
    limit: u32,
}

/// A [`TimeRange`], in units of 100 ns since 1970.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Range {
    from: i64,
    end: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum From {
    Skip(u64),
    After(Place),
}

/// A [`Key`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    time: i64,
    id: String,
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
    Error {
        kind: String,
        message: String,
        cause: Option<String>,
    },
}

/// The names of the kinds of errors.
const KINDS: [(ErrorKind, &str); 6] = [
    (ErrorKind::DiskFull, "diskFull"),
    (ErrorKind::OutOfMemory, "outOfMemory"),
    (ErrorKind::Recovering, "recovering"),
    (ErrorKind::InUse, "inUse"),
    (ErrorKind::Corrupt, "corrupt"),
    (ErrorKind::Other, "other"),
];

impl Reply {
    /// An engine's error, with all that caused it as one text.
    pub(crate) fn error(error: &Error) -> Reply {
        let kind = KINDS.iter().find(|(kind, _)| *kind == error.kind()).map_or("other", |(_, name)| name);
        let mut causes = Vec::new();
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            causes.push(error.to_string());
            cause = error.source();
        }
        Reply::Error {
            kind: kind.to_owned(),
            message: error.to_string(),
            cause: (!causes.is_empty()).then(|| causes.join(": ")),
        }
    }

    /// The answer, unless it is an error.
    pub(crate) fn into_result(self) -> trunklog_store::Result<Reply> {
        let Reply::Error { kind, message, cause } = self else { return Ok(self) };
        let kind = KINDS.iter().find(|(_, name)| *name == kind).map_or(ErrorKind::Other, |(kind, _)| *kind);
        let error = Error::new(kind, message);
        Err(match cause {
            Some(cause) => error.caused_by(cause),
            None => error,
        })
    }

    pub(crate) fn appended(appended: Appended) -> Reply {
        let Appended { new, updated, unchanged } = appended;
        Reply::Appended { new, updated, unchanged }
    }
}

impl Query {
    pub(crate) fn of(query: &PageQuery) -> Query {
        Query {
            log: query.log.name.to_owned(),
            range: Range::of(query.range),
            start: match &query.start {
                Start::Skip(skip) => From::Skip(*skip),
                Start::After(key) => From::After(Place::of(key)),
            },
            watermark: query.watermark.map(|watermark| watermark.0),
            limit: query.limit,
        }
    }

    pub(crate) fn into_query(self) -> trunklog_store::Result<PageQuery> {
        Ok(PageQuery {
            log: log(&self.log)?,
            range: self.range.into_range()?,
            start: match self.start {
                From::Skip(skip) => Start::Skip(skip),
                From::After(place) => Start::After(place.into_key()?),
            },
            watermark: self.watermark.map(Watermark),
            limit: self.limit,
        })
    }
}

impl Range {
    pub(crate) fn of(range: TimeRange) -> Range {
        Range { from: range.from().ticks(), end: range.end().ticks() }
    }

    pub(crate) fn into_range(self) -> trunklog_store::Result<TimeRange> {
        // The end is settled already, so it is read as the upper bound of a
        // log whose ranges do not include theirs.
        TimeRange::of(&DIRECT_ROUTING_CALLS, instant(self.from)?, instant(self.end)?)
            .map_err(|error| misunderstood("a range").caused_by(error))
    }
}

impl Place {
    pub(crate) fn of(key: &Key) -> Place {
        Place { time: key.time.ticks(), id: key.id.clone() }
    }

    pub(crate) fn into_key(self) -> trunklog_store::Result<Key> {
        Ok(Key { time: instant(self.time)?, id: self.id })
    }
}

pub(crate) fn log(name: &str) -> trunklog_store::Result<&'static Log> {
    Log::by_name(name).ok_or_else(|| misunderstood("the name of a log"))
}

pub(crate) fn tenant(text: &str) -> trunklog_store::Result<TenantId> {
    text.parse().map_err(|error: trunklog_records::TenantIdError| misunderstood("a tenant").caused_by(error))
}

fn instant(ticks: i64) -> trunklog_store::Result<Instant> {
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
