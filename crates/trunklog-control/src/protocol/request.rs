//! What is asked.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_store::{Error, ErrorKind, Result};

use super::{
    BusyHead, ChangesHead, EraseForm, LogRef, MendForm, PageHead, ReportHead, ScanHead, SelectionHead,
    misunderstood,
};

/// Changes whenever a message changes its form or meaning. A log that gains a
/// property needs no new one, see [`LogRef`], nor do cubes of another version.
pub(crate) const VERSION: u32 = 10;

/// The head of a message to the owner.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    version: u32,
    #[serde(flatten)]
    op: Op,
}

/// What requests of all versions have.
#[derive(Debug, Deserialize)]
struct AnyRequest {
    version: u32,
}

/// What is asked of the owner's engine. Instants are in units of 100 ns since
/// 1970.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "camelCase")]
pub(crate) enum Op {
    Check,
    Tidy,
    Scrub,
    Tenants,
    Epoch,
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
    /// The rows follow as columns.
    Append {
        tenant: String,
        log: LogRef,
    },
    /// The expressions follow.
    Page {
        tenant: String,
        page: PageHead,
    },
    /// The expressions follow.
    Count {
        tenant: String,
        rows: SelectionHead,
        watermark: Option<u64>,
    },
    /// The expressions follow. The rows come in parts.
    Scan {
        tenant: String,
        scan: ScanHead,
    },
    /// Groups, measures and the filter follow. The groups come in parts.
    Report {
        tenant: String,
        report: ReportHead,
    },
    /// The questions follow. The groups come in parts.
    Sums {
        tenant: String,
    },
    /// Buckets and what else is asked follow. The groups come in parts.
    Busy {
        tenant: String,
        busy: BusyHead,
    },
    CubeDays {
        tenant: String,
        log: LogRef,
    },
    /// Compares the cubes of some days with the rows.
    CheckCubes {
        tenant: String,
        log: LogRef,
        from: Instant,
        end: Instant,
        mend: MendForm,
    },
    /// The expressions follow.
    Changes {
        tenant: String,
        changes: ChangesHead,
    },
    ChangedBuckets {
        tenant: String,
        log: LogRef,
        after: u64,
    },
    Row {
        tenant: String,
        log: LogRef,
        time: Instant,
        id: String,
    },
    CommitTime {
        tenant: String,
        commit: u64,
    },
    Newest {
        tenant: String,
    },
    /// The expressions follow.
    Erase {
        tenant: String,
        rows: SelectionHead,
        what: EraseForm,
    },
    Forget {
        tenant: String,
        log: LogRef,
        before: Instant,
    },
    /// The same of what is only counted.
    Forgettable {
        tenant: String,
        log: LogRef,
        before: Instant,
    },
    /// Reads a part of what is stored.
    Verify {
        tenant: String,
        log: LogRef,
        from: u64,
    },
}

impl Request {
    pub(crate) fn new(op: Op) -> Request {
        Request { version: VERSION, op }
    }

    /// Reads the head of a message. The version comes first: what follows may
    /// have any form in another.
    pub(crate) fn read(head: &[u8]) -> Result<Op> {
        let unreadable = |_: serde_json::Error| misunderstood("a request");
        let AnyRequest { version } = serde_json::from_slice(head).map_err(unreadable)?;
        if version != VERSION {
            let text = "the running server is another version than this command: restart the server";
            return Err(Error::new(ErrorKind::Other, text));
        }
        let request: Request = serde_json::from_slice(head).map_err(unreadable)?;
        Ok(request.op)
    }
}
