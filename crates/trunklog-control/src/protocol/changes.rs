//! Changes on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_store::{Changes, ChangesQuery, Reason, Removal, Result, Watermark};

use super::key::KeyForm;
use super::{Message, Reply, SelectionHead, decode, encode, from_json, misunderstood, to_json};

/// A [`ChangesQuery`] without the selection's expressions.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ChangesHead {
    rows: SelectionHead,
    after: u64,
    until: Option<u64>,
    start: Option<KeyForm>,
    limit: u32,
}

/// A [`Removal`].
#[derive(Debug, Serialize, Deserialize)]
struct RemovalForm {
    time: Instant,
    id: String,
    reason: ReasonForm,
}

/// A [`Reason`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum ReasonForm {
    Changed,
    Deleted,
}

impl ChangesHead {
    pub(crate) fn of(query: &ChangesQuery) -> ChangesHead {
        ChangesHead {
            rows: SelectionHead::of(&query.selection),
            after: query.after.0,
            until: query.until.map(|until| until.0),
            start: query.start.as_ref().map(KeyForm::of),
            limit: query.limit,
        }
    }

    /// The query, with the expressions that came after it.
    pub(crate) fn into_query(self, expressions: &[u8]) -> Result<ChangesQuery> {
        Ok(ChangesQuery {
            selection: self.rows.into_selection(expressions)?,
            after: Watermark(self.after),
            until: self.until.map(Watermark),
            start: self.start.map(KeyForm::into_key),
            limit: self.limit,
        })
    }
}

/// The answer with a page of changes.
pub(crate) fn changes_message(changes: &Changes) -> Result<Message> {
    let removed: Vec<RemovalForm> = changes.removed.iter().map(RemovalForm::of).collect();
    let mut body = to_json(&removed, "changes")?;
    let removed_bytes = body.len();
    body.append(&mut encode(&changes.rows)?);
    let next = changes.next.as_ref().map(KeyForm::of);
    Ok((Reply::Changes { removed_bytes, next, until: changes.until.0 }, body))
}

/// Reads a page of changes of a log.
pub(crate) fn read_changes(log: &'static Log, message: Message) -> Result<Changes> {
    let (Reply::Changes { removed_bytes, next, until }, body) = message else {
        return Err(misunderstood("an answer"));
    };
    let (removed, rows) = body.split_at_checked(removed_bytes).ok_or_else(|| misunderstood("changes"))?;
    let removed: Vec<RemovalForm> = from_json(removed, "changes")?;
    Ok(Changes {
        rows: decode(log, rows)?,
        removed: removed.into_iter().map(RemovalForm::into_removal).collect(),
        next: next.map(KeyForm::into_key),
        until: Watermark(until),
    })
}

impl RemovalForm {
    fn of(removed: &Removal) -> RemovalForm {
        let reason = match removed.reason {
            Reason::Changed => ReasonForm::Changed,
            Reason::Deleted => ReasonForm::Deleted,
        };
        RemovalForm { time: removed.time, id: removed.id.clone(), reason }
    }

    fn into_removal(self) -> Removal {
        let reason = match self.reason {
            ReasonForm::Changed => Reason::Changed,
            ReasonForm::Deleted => Reason::Deleted,
        };
        Removal { time: self.time, id: self.id, reason }
    }
}
