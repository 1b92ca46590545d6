//! The token that carries a walk from page to page.

mod version_2;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use trunklog_odata::Instant;
use trunklog_odata::expr::{Kind, ORDERED_CHARS};
use trunklog_records::schema::Origin;

use crate::fields::Fields;
use crate::fingerprint::Fingerprint;
use crate::page::{Key, OrderValue, beginning};
use crate::selection::{MAX_ORDER, Selection};
use crate::watermark::Watermark;

/// A walk's state between two pages, as `$skiptoken` carries it.
///
/// It holds no secret and needs no signature: it selects only among rows that
/// its bearer may read. It names the log, the range, the filter and the order
/// that it belongs to, so that it cannot be mistaken for another walk's.
/// Properties count by their names: a version of the program that has others
/// never takes one for another.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
/// use trunklog_store::{Key, Selection, SkipToken, SkipTokenError, Watermark};
///
/// let all = Selection::all(&SMS, TimeRange::ALL);
/// let token = SkipToken { watermark: Watermark(7), skip: 50, after: Key::new(Instant::ABSENT, "a") };
/// let text = token.to_text(&all);
/// assert_eq!(SkipToken::parse(&text, &all), Ok(token));
/// let others = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
/// assert_eq!(SkipToken::parse(&text, &others), Err(SkipTokenError::OtherWalk));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SkipToken {
    /// The walk's watermark.
    pub watermark: Watermark,
    /// How many rows are before the next page.
    pub skip: u64,
    /// The last row of the page before.
    pub after: Key,
}

/// The token is not one of ours, or belongs to another walk. The text says what
/// the client can do.
///
/// ```
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{Selection, SkipToken, SkipTokenError};
///
/// let all = Selection::all(&SMS, TimeRange::ALL);
/// let error = SkipToken::parse("?", &all).unwrap_err();
/// assert_eq!(error, SkipTokenError::Malformed);
/// assert!(error.to_string().ends_with("start again from the first page"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SkipTokenError {
    /// It was changed or cut.
    #[error("the skip token cannot be read: start again from the first page")]
    Malformed,
    /// It was made for another function, range of time, filter or order.
    #[error(
        "the skip token belongs to another function, range of time, filter or order: start again from the \
         first page"
    )]
    OtherWalk,
}

/// The layout's number, first in every token.
const VERSION: u8 = 3;

/// Ids are GUIDs; a longer text than this is not an id.
pub(crate) const MAX_ID_LEN: usize = 1_024;

/// Version, walk, watermark, skip, time and the number of values.
const FIXED_LEN: usize = 1 + 4 * 8 + 1;

/// A text's tag, length and bytes; no other value is longer.
const MAX_VALUE_LEN: usize = 1 + 2 + 4 * ORDERED_CHARS;

const MAX_LEN: usize = FIXED_LEN + MAX_ORDER * MAX_VALUE_LEN + MAX_ID_LEN;

impl SkipToken {
    /// The token's text for a walk over a selection, whose columns do not
    /// matter; safe in a URL.
    pub fn to_text(&self, selection: &Selection) -> String {
        let mut bytes = Vec::with_capacity(FIXED_LEN + self.after.id.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&Fingerprint::of_rows(selection).value().to_be_bytes());
        bytes.extend_from_slice(&self.watermark.0.to_be_bytes());
        bytes.extend_from_slice(&self.skip.to_be_bytes());
        bytes.extend_from_slice(&self.after.time.ticks().to_be_bytes());
        // A key has one value a criterion, so a number that does not fit was
        // refused as an order.
        bytes.push(u8::try_from(self.after.order.len()).unwrap_or(u8::MAX));
        for value in &self.after.order {
            write_value(value, &mut bytes);
        }
        bytes.extend_from_slice(self.after.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the token of a walk over a selection.
    pub fn parse(text: &str, selection: &Selection) -> Result<SkipToken, SkipTokenError> {
        // Base64 has four characters for three bytes.
        if text.len() > MAX_LEN.div_ceil(3) * 4 {
            return Err(SkipTokenError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SkipTokenError::Malformed)?;
        let mut fields = Fields::of(&bytes);
        let head = Head::read(&mut fields).ok_or(SkipTokenError::Malformed)?;
        let walk = match head.version {
            VERSION => Fingerprint::of_rows(selection).value(),
            // The watermark of a log that is computed was of another kind.
            version_2::VERSION if selection.log.origin == Origin::Stored => version_2::walk(selection),
            _ => return Err(SkipTokenError::Malformed),
        };
        if head.walk != walk {
            return Err(SkipTokenError::OtherWalk);
        }
        let Head { watermark, skip, time, criteria, .. } = head;
        let order = read_order(&mut fields, criteria, selection).ok_or(SkipTokenError::Malformed)?;
        let id = fields.last(MAX_ID_LEN).ok_or(SkipTokenError::Malformed)?.to_owned();
        Ok(SkipToken { watermark, skip, after: Key { order, time, id } })
    }
}

/// What every token starts with.
struct Head {
    version: u8,
    walk: u64,
    watermark: Watermark,
    skip: u64,
    time: Instant,
    /// How many values of an order follow.
    criteria: u8,
}

impl Head {
    fn read(fields: &mut Fields<'_>) -> Option<Head> {
        let [version] = fields.take()?;
        let walk = fields.number()?;
        let watermark = Watermark(fields.number()?);
        let skip = fields.number()?;
        let time = Instant::from_ticks(i64::from_be_bytes(fields.take()?)).ok()?;
        let [criteria] = fields.take()?;
        Some(Head { version, walk, watermark, skip, time, criteria })
    }
}

/// The values of an order, if they are as many as its criteria and of their
/// kinds.
fn read_order(fields: &mut Fields<'_>, count: u8, selection: &Selection) -> Option<Vec<OrderValue>> {
    if usize::from(count) != selection.order.len() || usize::from(count) > MAX_ORDER {
        return None;
    }
    let criteria = selection.order.iter();
    criteria.map(|criterion| read_value(fields).filter(|value| fits(value, criterion.by.kind))).collect()
}

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const NUMBER: u8 = 4;
const TEXT: u8 = 5;

fn write_value(value: &OrderValue, out: &mut Vec<u8>) {
    match value {
        OrderValue::Null => out.push(NULL),
        OrderValue::Bool(false) => out.push(FALSE),
        OrderValue::Bool(true) => out.push(TRUE),
        OrderValue::Int(value) => {
            out.push(INT);
            out.extend_from_slice(&value.to_be_bytes());
        }
        OrderValue::Number(value) => {
            out.push(NUMBER);
            out.extend_from_slice(&value.to_bits().to_be_bytes());
        }
        OrderValue::Text(text) => {
            let text = beginning(text);
            let len = u16::try_from(text.len()).expect("a character has at most four bytes");
            out.push(TEXT);
            out.extend_from_slice(&len.to_be_bytes());
            out.extend_from_slice(text.as_bytes());
        }
    }
}

fn read_value(fields: &mut Fields<'_>) -> Option<OrderValue> {
    let [tag] = fields.take()?;
    Some(match tag {
        NULL => OrderValue::Null,
        FALSE => OrderValue::Bool(false),
        TRUE => OrderValue::Bool(true),
        INT => OrderValue::Int(i64::from_be_bytes(fields.take()?)),
        NUMBER => OrderValue::Number(f64::from_bits(fields.number()?)),
        TEXT => {
            let len = u16::from_be_bytes(fields.take()?);
            OrderValue::Text(fields.text(usize::from(len))?.to_owned())
        }
        _ => return None,
    })
}

/// Whether a criterion of that kind can have the value.
fn fits(value: &OrderValue, kind: Kind) -> bool {
    match value {
        OrderValue::Null => true,
        OrderValue::Bool(_) => kind == Kind::Bool,
        OrderValue::Int(_) => matches!(kind, Kind::Int | Kind::Instant | Kind::Date | Kind::TimeOfDay),
        OrderValue::Number(number) => kind == Kind::Number && number.is_finite(),
        OrderValue::Text(text) => kind == Kind::Text && beginning(text).len() == text.len(),
    }
}

#[cfg(test)]
mod tests;
