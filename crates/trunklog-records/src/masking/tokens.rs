//! A text as characters, with what URIs encode read as what it stands for.

use std::borrow::Cow;

/// One character of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// Where it is in the text, in bytes.
    start: usize,
    end: usize,
    /// What it is: `4` for `4`, `%34` and `%2534` alike.
    pub(super) is: char,
    /// Whether a `*` takes its place.
    pub(super) hidden: bool,
}

/// The characters of a text, in time that grows with its length alone.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let plain = (c, at + c.len_utf8());
        let (is, end) = if c == '%' { decoded(text.as_bytes(), at).unwrap_or(plain) } else { plain };
        tokens.push(Token { start: at, end, is, hidden: false });
        at = end;
    }
    tokens
}

/// The text again, with what is hidden.
pub(super) fn written<'a>(text: &'a str, tokens: &[Token]) -> Cow<'a, str> {
    let changes = |token: &Token| token.hidden && &text[token.start..token.end] != "*";
    if !tokens.iter().any(changes) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for token in tokens {
        out.push_str(if token.hidden { "*" } else { &text[token.start..token.end] });
    }
    Cow::Owned(out)
}

/// Whether a character is a digit of any script, another sign for a number, or
/// a `*`.
pub(super) fn is_digit(c: char) -> bool {
    c == '*' || c.is_numeric()
}

/// Whether a character is a letter of any script.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !is_digit(c)
}

/// How many digits there are.
pub(super) fn count_digits(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| is_digit(token.is)).count()
}

/// The characters as text, in lower case.
pub(super) fn lower(tokens: &[Token]) -> String {
    tokens.iter().flat_map(|token| token.is.to_lowercase()).collect()
}

/// The character whose encoding starts with the `%` at that place, and where
/// the encoding ends (RFC 3986, section 2.1). None for a `%` that encodes
/// nothing, so that digits after it count as digits.
fn decoded(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    character(bytes, at).or_else(|| {
        let mut end = at + 1;
        while hex(bytes, end) == Some(b'%') {
            end += 2;
        }
        (end > at + 1).then_some(('%', end))
    })
}

/// The character that one encoded byte is, or several.
fn character(bytes: &[u8], at: usize) -> Option<(char, usize)> {
    let (first, mut end) = octet(bytes, at)?;
    let len = match first {
        b' '..=b'~' => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut octets = [first, 0, 0, 0];
    for later in &mut octets[1..len] {
        (*later, end) = octet(bytes, end)?;
    }
    let c = std::str::from_utf8(&octets[..len]).ok()?.chars().next()?;
    Some((c, end))
}

/// One encoded byte, however often its `%` was encoded once more, and where it
/// ends.
fn octet(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    if bytes.get(at) != Some(&b'%') {
        return None;
    }
    let mut from = at + 1;
    while hex(bytes, from) == Some(b'%') && hex(bytes, from + 2).is_some() {
        from += 2;
    }
    Some((hex(bytes, from)?, from + 2))
}

/// A byte written as two hexadecimal digits.
fn hex(bytes: &[u8], at: usize) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    u8::try_from(digit(at)? * 16 + digit(at + 1)?).ok()
}

/// Whether a character parts a text.
pub(super) fn ends_part(c: char) -> bool {
    matches!(c, '<' | '>' | '"' | ',' | '|' | '\t' | '\n' | '\r')
}
