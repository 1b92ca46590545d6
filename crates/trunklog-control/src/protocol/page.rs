//! Pages on the socket.

use serde::{Deserialize, Serialize};
use trunklog_records::Log;
use trunklog_store::{Page, PageQuery, Result, Start, Watermark};

use super::key::KeyForm;
use super::{Message, Reply, SelectionHead, decode, encode, misunderstood};

/// A [`PageQuery`] without the selection's expressions.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PageHead {
    rows: SelectionHead,
    start: StartForm,
    watermark: Option<u64>,
    limit: u32,
}

/// A [`Start`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum StartForm {
    Skip(u64),
    After(KeyForm),
}

impl PageHead {
    pub(crate) fn of(query: &PageQuery) -> PageHead {
        PageHead {
            rows: SelectionHead::of(&query.selection),
            start: match &query.start {
                Start::Skip(skip) => StartForm::Skip(*skip),
                Start::After(key) => StartForm::After(KeyForm::of(key)),
            },
            watermark: query.watermark.map(|watermark| watermark.0),
            limit: query.limit,
        }
    }

    /// The query, with the expressions that came after it.
    pub(crate) fn into_query(self, expressions: &[u8]) -> Result<PageQuery> {
        Ok(PageQuery {
            selection: self.rows.into_selection(expressions)?,
            start: match self.start {
                StartForm::Skip(skip) => Start::Skip(skip),
                StartForm::After(key) => Start::After(key.into_key()),
            },
            watermark: self.watermark.map(Watermark),
            limit: self.limit,
        })
    }
}

/// The answer with a page.
pub(crate) fn page_message(page: &Page) -> Result<Message> {
    let next = page.next.as_ref().map(KeyForm::of);
    Ok((Reply::Page { next, watermark: page.watermark.0 }, encode(&page.rows)?))
}

/// Reads a page of a log.
pub(crate) fn read_page(log: &'static Log, message: Message) -> Result<Page> {
    let (Reply::Page { next, watermark }, body) = message else {
        return Err(misunderstood("an answer"));
    };
    Ok(Page { rows: decode(log, &body)?, next: next.map(KeyForm::into_key), watermark: Watermark(watermark) })
}
