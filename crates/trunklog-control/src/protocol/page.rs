//! Pages and their keys on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_store::{Key, OrderValue, Page, PageQuery, Result, Start, Watermark};

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

/// A [`Key`].
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeyForm {
    order: Vec<OrderForm>,
    time: Instant,
    id: String,
}

/// An [`OrderValue`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum OrderForm {
    Null,
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(String),
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

impl KeyForm {
    pub(super) fn of(key: &Key) -> KeyForm {
        let order = key.order.iter().map(OrderForm::of).collect();
        KeyForm { order, time: key.time, id: key.id.clone() }
    }

    pub(super) fn into_key(self) -> Key {
        let order = self.order.into_iter().map(OrderForm::into_value).collect();
        Key { order, time: self.time, id: self.id }
    }
}

impl OrderForm {
    fn of(value: &OrderValue) -> OrderForm {
        match value {
            OrderValue::Null => OrderForm::Null,
            OrderValue::Bool(value) => OrderForm::Bool(*value),
            OrderValue::Int(value) => OrderForm::Int(*value),
            OrderValue::Number(value) => OrderForm::Number(*value),
            OrderValue::Text(text) => OrderForm::Text(text.clone()),
        }
    }

    fn into_value(self) -> OrderValue {
        match self {
            OrderForm::Null => OrderValue::Null,
            OrderForm::Bool(value) => OrderValue::Bool(value),
            OrderForm::Int(value) => OrderValue::Int(value),
            OrderForm::Number(value) => OrderValue::Number(value),
            OrderForm::Text(text) => OrderValue::Text(text),
        }
    }
}
