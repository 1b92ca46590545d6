//! Selections, pages and their keys on the socket.

use serde::{Deserialize, Serialize};
use trunklog_odata::expr::{Expr, OrderBy};
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{Columns, Key, OrderValue, PageQuery, Result, Selection, Start, Watermark};

use super::{instant, log, misunderstood};

/// A [`PageQuery`] without the selection's expressions.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Query {
    rows: Chosen,
    start: From,
    watermark: Option<u64>,
    limit: u32,
}

/// A [`Selection`] without its expressions.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Chosen {
    log: String,
    range: Range,
    /// None for all.
    columns: Option<Vec<usize>>,
}

/// The expressions of a [`Selection`]. They can be long and deep, so they have
/// a frame of their own; it is empty when there are none.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Expressions {
    filter: Option<Expr>,
    order: Vec<OrderBy>,
}

/// A [`TimeRange`], in units of 100 ns since 1970.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Range {
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
    order: Vec<Value>,
    time: i64,
    id: String,
}

/// An [`OrderValue`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Number(f64),
    Text(String),
}

impl Query {
    pub(crate) fn of(query: &PageQuery) -> Query {
        Query {
            rows: Chosen::of(&query.selection),
            start: match &query.start {
                Start::Skip(skip) => From::Skip(*skip),
                Start::After(key) => From::After(Place::of(key)),
            },
            watermark: query.watermark.map(|watermark| watermark.0),
            limit: query.limit,
        }
    }

    /// The query, with the expressions that came behind it.
    pub(crate) fn into_query(self, expressions: &[u8]) -> Result<PageQuery> {
        Ok(PageQuery {
            selection: self.rows.into_selection(expressions)?,
            start: match self.start {
                From::Skip(skip) => Start::Skip(skip),
                From::After(place) => Start::After(place.into_key()?),
            },
            watermark: self.watermark.map(Watermark),
            limit: self.limit,
        })
    }
}

impl Chosen {
    pub(crate) fn of(selection: &Selection) -> Chosen {
        Chosen {
            log: selection.log.name.to_owned(),
            range: Range::of(selection.range),
            columns: match &selection.columns {
                Columns::All => None,
                Columns::Only(columns) => Some(columns.clone()),
            },
        }
    }

    /// The selection, with the expressions that came behind it, when they fit
    /// its log.
    pub(crate) fn into_selection(self, expressions: &[u8]) -> Result<Selection> {
        let Expressions { filter, order } = Expressions::decode(expressions)?;
        let selection = Selection {
            log: log(&self.log)?,
            range: self.range.into_range()?,
            filter,
            order,
            columns: self.columns.map_or(Columns::All, Columns::Only),
        };
        selection.check()?;
        Ok(selection)
    }
}

impl Expressions {
    /// The frame with a selection's expressions.
    pub(crate) fn encode(selection: &Selection) -> Result<Vec<u8>> {
        if selection.filter.is_none() && selection.order.is_empty() {
            return Ok(Vec::new());
        }
        let expressions = Expressions { filter: selection.filter.clone(), order: selection.order.clone() };
        serde_json::to_vec(&expressions).map_err(|error| misunderstood("a selection").caused_by(error))
    }

    fn decode(bytes: &[u8]) -> Result<Expressions> {
        if bytes.is_empty() {
            return Ok(Expressions::default());
        }
        serde_json::from_slice(bytes).map_err(|error| misunderstood("a selection").caused_by(error))
    }
}

impl Range {
    fn of(range: TimeRange) -> Range {
        Range { from: range.from().ticks(), end: range.end().ticks() }
    }

    fn into_range(self) -> Result<TimeRange> {
        // The end is settled already, so it is read as the upper bound of a
        // log whose ranges do not include theirs.
        TimeRange::of(&DIRECT_ROUTING_CALLS, instant(self.from)?, instant(self.end)?)
            .map_err(|error| misunderstood("a range").caused_by(error))
    }
}

impl Place {
    pub(crate) fn of(key: &Key) -> Place {
        let order = key.order.iter().map(Value::of).collect();
        Place { order, time: key.time.ticks(), id: key.id.clone() }
    }

    pub(crate) fn into_key(self) -> Result<Key> {
        let order = self.order.into_iter().map(Value::into_order).collect();
        Ok(Key { order, time: instant(self.time)?, id: self.id })
    }
}

impl Value {
    fn of(value: &OrderValue) -> Value {
        match value {
            OrderValue::Null => Value::Null,
            OrderValue::Bool(value) => Value::Bool(*value),
            OrderValue::Int(value) => Value::Int(*value),
            OrderValue::Number(value) => Value::Number(*value),
            OrderValue::Text(text) => Value::Text(text.clone()),
        }
    }

    fn into_order(self) -> OrderValue {
        match self {
            Value::Null => OrderValue::Null,
            Value::Bool(value) => OrderValue::Bool(value),
            Value::Int(value) => OrderValue::Int(value),
            Value::Number(value) => OrderValue::Number(value),
            Value::Text(text) => OrderValue::Text(text),
        }
    }
}
