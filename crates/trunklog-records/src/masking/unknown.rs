//! Numbers in properties that the log's table does not have.
//!
//! They come from a newer Graph, as JSON, and nobody knows what they mean. So
//! numbers are found by their form and by what they are called, and the party
//! inside may be masked with the one outside:
//!
//! - Below a name that speaks of numbers (see `unknown/names.rs`; not of
//!   counts and times, `numberOf…`, `…Duration`), text is masked as the
//!   properties for numbers are ([`super::masked`]), and so are names that have
//!   no letters. A JSON number becomes text, masked, if it has [`FEW`] digits or
//!   more, and [`MANY`] where only a name around it speaks. Timestamps with a
//!   `T` and GUIDs with a letter stay, and IP addresses if a name says that
//!   there is one.
//! - Elsewhere, text that holds the URI of a number is masked in the same way;
//!   in other text and in names, each run of [`FULL`] digits or more. JSON
//!   numbers stay: they are counts, durations, sizes. So do times, durations,
//!   GUIDs, addresses, coordinates and versions.
//! - Names of one object that a mask makes equal get letters after them.
//!
//! Nobody can name these properties in a filter or an order, so the rows alone
//! hold them.

mod names;

use std::borrow::Cow;

use self::names::{Level, Mention, Naming};
use super::limits::{FULL, MANY, MOST_DIALLED};
use super::number;
use super::spared::{is_address, is_date_of_net, is_spared, is_surely_spared, spare, spare_guids};
use super::tokens::{Token, is_digit, is_letter, lower, tokens, written};

/// This many digits of a JSON number may be a number whose name says so.
const FEW: usize = 3;

/// The schemes of numbers' URIs.
const URIS: [&str; 7] = ["tel:", "sip:", "sips:", "callto:", "sms:", "smsto:", "fax:"];

/// What takes the place of text that cannot be read.
const UNREADABLE: &str = "\u{fffd}";

/// The members of a JSON object (`"a":1,"b":2`) as a reader sees them of whom
/// the last `digits` digits of numbers are hidden. What is not masked stays as
/// it was written.
pub(super) fn masked_members(members: &str, digits: u8) -> Cow<'_, str> {
    let json = members.as_bytes();
    let mut out = Vec::new();
    let mut copied = 0;
    // The objects and arrays around, and what the next value is named.
    let mut around = vec![Level::new(Naming::VAGUELY)];
    let mut named = Naming::VAGUELY;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        let mut end = at + 1;
        let mut seen = None;
        match byte {
            b'"' => {
                end = end_of_string(json, at);
                let text = json.get(at..end).and_then(|text| serde_json::from_slice::<String>(text).ok());
                let is_name = json[end..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                let outer = outer(&around);
                let as_named = match &text {
                    Some(name) if is_name => Naming::of_name(name, outer),
                    _ => named,
                };
                seen = match &text {
                    Some(text) => changed(text, as_named, digits),
                    None => Some(UNREADABLE.to_owned()),
                };
                if is_name {
                    named = text.as_deref().map_or(Naming::UNREADABLY, |name| Naming::by(name, outer));
                    let name = seen.as_deref().or(text.as_deref()).unwrap_or_default();
                    let other = around.last_mut().and_then(|level| level.take(name));
                    seen = other.or(seen);
                }
            }
            b'-' | b'0'..=b'9' => {
                end = end_of_number(json, at);
                let number = std::str::from_utf8(&json[at..end]).unwrap_or_default();
                seen = changed_number(number, named, digits);
            }
            b'{' | b'[' => around.push(Level::new(named)),
            b'}' | b']' => {
                around.pop();
            }
            b',' => named = outer(&around),
            _ => {}
        }
        if let Some(seen) = seen {
            out.extend_from_slice(&json[copied..at]);
            trunklog_odata::json::write_string(&seen, &mut out);
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(members);
    }
    out.extend_from_slice(&json[copied..]);
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

/// What the innermost object or array is named.
fn outer(around: &[Level]) -> Naming {
    around.last().map_or(Naming::VAGUELY, |level| level.named)
}

/// A text as a reader sees it; None if nothing in it is hidden.
fn changed(text: &str, named: Naming, digits: u8) -> Option<String> {
    let speaks = named.mention != Mention::Nowhere;
    if !text.contains(|c: char| c == '%' || is_digit(c)) || (!speaks && is_date_of_net(&text.to_lowercase()))
    {
        return None;
    }
    let mut tokens = tokens(text);
    if speaks {
        spare(&mut tokens, |word| is_surely_spared(word) || (named.address && is_address(word)));
    } else {
        spare(&mut tokens, is_spared);
    }
    spare_guids(&mut tokens);
    let digits = usize::from(digits);
    if speaks || holds_uri(&tokens) || number::enum_domain(&tokens).is_some() {
        number::mask(&mut tokens, digits);
    } else {
        number::mask_long_runs(&mut tokens, digits);
    }
    match written(text, &tokens) {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    }
}

/// A JSON number as a reader sees it, which is text then; None if it stays. Its
/// exponent says which digits are the last before the point, and is hidden.
fn changed_number(number: &str, named: Naming, digits: u8) -> Option<String> {
    let least = match named.mention {
        Mention::Nowhere => return None,
        Mention::Around => MANY,
        Mention::Itself => FEW,
    };
    let (mantissa, exponent) = match number.find(['e', 'E']) {
        Some(at) => (&number[..at], &number[at + 1..]),
        None => (number, "0"),
    };
    let count = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let all = count(mantissa);
    if all < least {
        return None;
    }
    let whole = count(mantissa.split('.').next().unwrap_or_default());
    let moved = exponent.parse::<isize>().ok().and_then(|exponent| whole.checked_add_signed(exponent));
    let length = moved.map_or(0, |before_point| before_point.min(all));
    let length = if length > MOST_DIALLED { FULL } else { length };
    let mut shown = length.saturating_sub(usize::from(digits));
    let hide = |c: char| {
        if !c.is_ascii_digit() {
            c
        } else if shown > 0 {
            shown -= 1;
            c
        } else {
            '*'
        }
    };
    Some(number.chars().map(hide).collect())
}

/// Whether the scheme of a number's URI is anywhere in a text.
fn holds_uri(tokens: &[Token]) -> bool {
    let mut words = tokens.split_inclusive(|token| !is_letter(token.is));
    words.any(|word| URIS.contains(&lower(word).as_str()))
}

/// Where the string that starts at that place ends.
fn end_of_string(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

/// The same of a number.
fn end_of_number(json: &[u8], start: usize) -> usize {
    let of_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    start + json[start..].iter().take_while(|byte| of_number(byte)).count()
}

#[cfg(test)]
mod tests;
