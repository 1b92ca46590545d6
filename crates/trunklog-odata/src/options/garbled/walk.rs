//! Whatever may say how far a walk has come.
//!
//! A next link that loses it gives the first page again, and who follows links
//! does so without end. Programs garble links in ways that nobody
//! lists, so this looks for what is left and not for how it came to be.

use percent_encoding::percent_decode_str;

use super::marks::is_blank;

/// Nothing is encoded more often.
const MAX_ROUNDS: usize = 16;

/// Skip tokens are longer, and values that people write hardly ever one word of
/// that length.
const TOKEN_BYTES: usize = 32;

/// How programs write what they do not want to write itself, in lower case.
const ESCAPES: [(&str, &str); 17] = [
    ("\\u0024", "$"),
    ("%u0024", "$"),
    ("&#36;", "$"),
    ("&#x24;", "$"),
    ("&dollar;", "$"),
    ("\u{ff04}", "$"),
    ("\u{fe69}", "$"),
    ("\\u0026", "&"),
    ("%u0026", "&"),
    ("&#38;", "&"),
    ("&#x26;", "&"),
    ("&amp;", "&"),
    ("\\u003d", "="),
    ("%u003d", "="),
    ("&#61;", "="),
    ("\\u003f", "?"),
    ("%u003f", "?"),
];

/// A text without its encodings, however often it was encoded, in lower case.
pub(super) fn plain(text: &str) -> String {
    let mut plain = text.to_ascii_lowercase();
    for _ in 0..MAX_ROUNDS {
        let mut next = percent_decode_str(&plain).decode_utf8_lossy().to_ascii_lowercase();
        for (escape, meant) in ESCAPES {
            if next.contains(escape) {
                next = next.replace(escape, meant);
            }
        }
        if next == plain {
            break;
        }
        plain = next;
    }
    plain
}

/// Whether an option that is not known, as it was sent, speaks of a walk. Its
/// name does wherever `skip` is in it.
pub(super) fn is_told_in(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name: String = plain(name).chars().filter(|c| !is_blank(*c)).collect();
    name.contains("skip") || is_in_text(value)
}

/// Whether an option of the walk is in a value that may be any text. A whole
/// URL, as one to go back to, has its own options.
fn is_in_text(value: &str) -> bool {
    let value = outside_literals(value);
    let is_url = value.starts_with('/') || value.contains("://");
    value.contains("$skip") || (!is_url && has_option(&value, |c| matches!(c, '&' | '?' | ';' | '#')))
}

/// Whether an option of the walk is in the value of an option that is known.
pub(super) fn is_in_value(value: &str) -> bool {
    let value = outside_literals(value);
    let separates = |c: char| matches!(c, '&' | '?' | ';' | '#' | ',') || is_blank(c);
    value.contains("$skip") || has_option(&value, separates)
}

/// A value without encodings and without its literals in quotes, which may hold
/// anything, quotes that are encoded once more among it.
fn outside_literals(value: &str) -> String {
    plain(&unquoted(&percent_decode_str(value).decode_utf8_lossy()))
}

fn has_option(value: &str, separates: impl Fn(char) -> bool) -> bool {
    value.split(separates).skip(1).any(|piece| {
        piece.split_once('=').is_some_and(|(name, _)| {
            let word: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
            word == "skip" || word == "skiptoken"
        })
    })
}

/// Whether a value without a name may be one of the walk.
pub(super) fn is_left_in(value: &str) -> bool {
    let value = plain(value);
    is_place(&value) || value.contains("skip")
}

/// Whether it is what one writes into `$top`, `$skip`, `$count` or
/// `$skiptoken`.
pub(super) fn is_value(bare: &str) -> bool {
    is_place(bare) || bare.eq_ignore_ascii_case("true") || bare.eq_ignore_ascii_case("false")
}

/// Whether it may say how far a walk has come: a number, or a token, and what
/// was left around it.
fn is_place(value: &str) -> bool {
    let value = value.trim_matches(|c: char| is_blank(c) || c.is_ascii_punctuation());
    let is_number = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    is_number || (value.len() >= TOKEN_BYTES && value.bytes().all(is_of_token))
}

/// The text without what is in single quotes. A quote that nobody closes
/// starts nothing.
pub(super) fn unquoted(text: &str) -> String {
    let pieces: Vec<&str> = text.split('\'').collect();
    let is_outside = |at: usize| at.is_multiple_of(2) || at + 1 == pieces.len();
    pieces.iter().enumerate().filter(|(at, _)| is_outside(*at)).map(|(_, piece)| *piece).collect()
}
