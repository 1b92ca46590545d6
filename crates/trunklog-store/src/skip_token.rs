//! The token that carries a walk from page to page.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use trunklog_odata::Instant;
use trunklog_odata::expr::{Kind, ORDERED_CHARS};

use crate::page::{Key, OrderValue, Watermark, beginning};
use crate::selection::{MAX_ORDER, Selection};

/// A walk's state between two pages, as `$skiptoken` carries it.
///
/// It holds no secret and needs no signature: it selects only among rows that
/// its bearer may read. It names the log, the range, the filter and the order
/// that it belongs to, so that it cannot be mistaken for another walk's.
#[derive(Debug, Clone, PartialEq)]
pub struct SkipToken {
    /// The walk's watermark.
    pub watermark: Watermark,
    /// How many rows lie before the next page.
    pub skip: u64,
    /// The last row of the page before.
    pub after: Key,
}

/// The token is not one of ours, or belongs to another walk. The text says what
/// the client can do.
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
const VERSION: u8 = 2;

/// Ids are GUIDs; a longer text than this is no id.
const MAX_ID_LEN: usize = 1_024;

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
        bytes.extend_from_slice(&walk(selection).to_be_bytes());
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
        if text.len() > MAX_LEN.div_ceil(3) * 4 {
            return Err(SkipTokenError::Malformed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SkipTokenError::Malformed)?;
        let mut fields = Fields { rest: &bytes };
        let [version] = fields.take()?;
        if version != VERSION {
            return Err(SkipTokenError::Malformed);
        }
        let walk_read = u64::from_be_bytes(fields.take()?);
        let watermark = Watermark(u64::from_be_bytes(fields.take()?));
        let skip = u64::from_be_bytes(fields.take()?);
        let time =
            Instant::from_ticks(i64::from_be_bytes(fields.take()?)).map_err(|_| SkipTokenError::Malformed)?;
        let [count] = fields.take()?;
        if walk_read != walk(selection) {
            return Err(SkipTokenError::OtherWalk);
        }
        if usize::from(count) != selection.order.len() || usize::from(count) > MAX_ORDER {
            return Err(SkipTokenError::Malformed);
        }
        let mut order = Vec::with_capacity(selection.order.len());
        for criterion in &selection.order {
            let value = fields.value()?;
            if !fits(&value, criterion.by.kind) {
                return Err(SkipTokenError::Malformed);
            }
            order.push(value);
        }
        let id = fields.text(fields.rest.len())?.to_owned();
        if id.len() > MAX_ID_LEN {
            return Err(SkipTokenError::Malformed);
        }
        Ok(SkipToken { watermark, skip, after: Key { order, time, id } })
    }
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

/// The unread rest of a token.
struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], SkipTokenError> {
        let (first, rest) = self.rest.split_first_chunk().ok_or(SkipTokenError::Malformed)?;
        self.rest = rest;
        Ok(*first)
    }

    fn text(&mut self, len: usize) -> Result<&'a str, SkipTokenError> {
        let (text, rest) = self.rest.split_at_checked(len).ok_or(SkipTokenError::Malformed)?;
        self.rest = rest;
        std::str::from_utf8(text).map_err(|_| SkipTokenError::Malformed)
    }

    fn value(&mut self) -> Result<OrderValue, SkipTokenError> {
        let [tag] = self.take()?;
        Ok(match tag {
            NULL => OrderValue::Null,
            FALSE => OrderValue::Bool(false),
            TRUE => OrderValue::Bool(true),
            INT => OrderValue::Int(i64::from_be_bytes(self.take()?)),
            NUMBER => OrderValue::Number(f64::from_bits(u64::from_be_bytes(self.take()?))),
            TEXT => {
                let len = u16::from_be_bytes(self.take()?);
                OrderValue::Text(self.text(usize::from(len))?.to_owned())
            }
            _ => return Err(SkipTokenError::Malformed),
        })
    }
}

/// A number that differs between walks.
fn walk(selection: &Selection) -> u64 {
    const PLAIN: &str = "expressions are plain data, and the hash takes any bytes";
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    hash.add(selection.log.name.as_bytes());
    hash.add(&selection.range.from().ticks().to_be_bytes());
    hash.add(&selection.range.end().ticks().to_be_bytes());
    // The one is an object in JSON and the other an array, so neither can be
    // taken for the other.
    if let Some(filter) = &selection.filter {
        serde_json::to_writer(&mut hash, filter).expect(PLAIN);
    }
    if !selection.order.is_empty() {
        serde_json::to_writer(&mut hash, &selection.order).expect(PLAIN);
    }
    hash.0
}

/// FNV-1a.
struct Fnv(u64);

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl Write for Fnv {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
