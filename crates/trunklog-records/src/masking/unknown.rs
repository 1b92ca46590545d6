//! Numbers in properties that the log's table does not have.
//!
//! They come from a newer Graph, as JSON, and nobody knows what they mean. So
//! numbers are found by their form and by what they are called, and the party
//! inside may be masked with the one outside:
//!
//! - Below a name that speaks of numbers ([`SPEAKING`]; not of counts,
//!   `numberOf…`), text is masked as the properties for numbers are
//!   ([`super::masked`]), and a JSON number of [`FULL`] digits or more becomes
//!   text, masked.
//! - Elsewhere, and in the names themselves, text that holds a `tel:`, `sip:` or
//!   `sips:` URI is masked in the same way; in other text, each run of [`FULL`]
//!   digits or more. JSON numbers stay: they are counts, durations, sizes.
//! - Times, durations, GUIDs and IP addresses stay everywhere.
//!
//! Nobody can name these properties in a filter or an order, so the rows alone
//! hold them.

use std::borrow::Cow;

use super::number::{self, FULL};
use super::spared::{is_date_of_net, is_spared};
use super::tokens::{Token, is_digit, is_letter, lower, tokens, written};

/// What names of properties with numbers have in them, in small letters.
const SPEAKING: [&str; 13] = [
    "number", "phone", "caller", "callee", "called", "calling", "dialed", "dialled", "msisdn", "mobile",
    "fax", "e164", "lineuri",
];

/// What takes the place of text that cannot be read.
const UNREADABLE: &str = "\u{fffd}";

/// What a value may be, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// Anything.
    Vaguely,
    /// A number, or something about one.
    Number,
}

/// The members of a JSON object (`"a":1,"b":2`) as a reader sees them of whom
/// the last `digits` digits of numbers are hidden. What is not masked stays as
/// it was written.
pub(super) fn masked_members(members: &str, digits: u8) -> Cow<'_, str> {
    let json = members.as_bytes();
    let mut out = Vec::new();
    let mut copied = 0;
    // What the objects and arrays around are named, and the next value.
    let mut around: Vec<Named> = Vec::new();
    let mut named = Named::Vaguely;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        let mut end = at + 1;
        let mut seen = None;
        match byte {
            b'"' => {
                end = end_of_string(json, at);
                let text = json.get(at..end).and_then(|text| serde_json::from_slice::<String>(text).ok());
                let is_name = json[end..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                let as_named = if is_name { Named::Vaguely } else { named };
                seen = match &text {
                    Some(text) => changed(text, as_named, digits),
                    None => Some(UNREADABLE.to_owned()),
                };
                if is_name {
                    named = match text {
                        Some(name) if !speaks_of_numbers(&name) => outer(&around),
                        _ => Named::Number,
                    };
                }
            }
            b'-' | b'0'..=b'9' => {
                end = end_of_number(json, at);
                let number = std::str::from_utf8(&json[at..end]).unwrap_or_default();
                if named == Named::Number && number.bytes().filter(u8::is_ascii_digit).count() >= FULL {
                    seen = Some(number::masked(number, digits).into_owned());
                }
            }
            b'{' | b'[' => around.push(named),
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
fn outer(around: &[Named]) -> Named {
    around.last().copied().unwrap_or(Named::Vaguely)
}

/// Whether the value of a property of that name holds numbers.
fn speaks_of_numbers(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = SPEAKING.iter();
    name == "tel" || (!name.starts_with("numberof") && words.any(|word| name.contains(word)))
}

/// A text as a reader sees it; None if nothing in it is hidden.
fn changed(text: &str, named: Named, digits: u8) -> Option<String> {
    if !text.contains(|c: char| c == '%' || is_digit(c)) || is_date_of_net(&text.to_lowercase()) {
        return None;
    }
    let mut tokens = tokens(text);
    spare(&mut tokens);
    let digits = usize::from(digits);
    if named == Named::Number || holds_uri(&tokens) {
        number::mask(&mut tokens, digits);
    } else {
        number::mask_long_runs(&mut tokens, digits);
    }
    match written(text, &tokens) {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    }
}

/// Makes letters of what has digits and is no number.
fn spare(tokens: &mut [Token]) {
    for word in tokens.split_mut(|token| ends_word(token.is)) {
        if word.iter().any(|token| is_digit(token.is)) && is_spared(&lower(word)) {
            // No word that announces a number has this letter alone.
            for token in word {
                token.is = 'k';
            }
        }
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, ';' | '=' | '/' | '{' | '}' | '@') || number::ends_part(c)
}

/// Whether the scheme of a number's URI stands anywhere in a text.
fn holds_uri(tokens: &[Token]) -> bool {
    let mut words = tokens.split_inclusive(|token| !is_letter(token.is));
    words.any(|word| matches!(lower(word).as_str(), "tel:" | "sip:" | "sips:"))
}

/// Where the string that begins at that place ends.
fn end_of_string(json: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
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
fn end_of_number(json: &[u8], begin: usize) -> usize {
    let of_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    begin + json[begin..].iter().take_while(|byte| of_number(byte)).count()
}

#[cfg(test)]
mod tests;
