//! What has many digits and is not a number: times, GUIDs, addresses.

use std::net::{IpAddr, SocketAddr};

use super::tokens::{Token, ends_part, is_digit, lower};

/// How long a GUID is at least, without its hyphens.
const GUID: usize = 32;

/// Makes letters of the words with digits of which `is_spared` says, in small
/// letters, that they are not numbers.
pub(super) fn spare(tokens: &mut [Token], is_spared: impl Fn(&str) -> bool) {
    for word in tokens.split_mut(|token| ends_word(token.is)) {
        if word.iter().any(|token| is_digit(token.is)) && is_spared(&lower(word)) {
            make_letters(word);
        }
    }
}

/// Makes letters of GUIDs that have a letter, wherever they are: no number
/// has their form.
pub(super) fn spare_guids(tokens: &mut [Token]) {
    for word in tokens.split_mut(|token| matches!(token.is, ':' | '_' | '.') || ends_word(token.is)) {
        if word.len() >= GUID && is_guid_with_letter(&lower(word)) {
            make_letters(word);
        }
    }
}

fn make_letters(word: &mut [Token]) {
    for token in word {
        // No word that announces a number has this letter alone.
        token.is = 'k';
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, ';' | '=' | '/' | '{' | '}' | '@') || ends_part(c)
}

/// Whether a text is an IP address, with or without a port.
pub(super) fn is_address(text: &str) -> bool {
    let text = text.trim_matches(|c: char| is_mark(c) && !matches!(c, ':' | '[' | ']'));
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse::<IpAddr>().is_ok() || text.parse::<SocketAddr>().is_ok()
}

/// Whether a character is neither letter nor digit, nor stands for one.
fn is_mark(c: char) -> bool {
    !c.is_alphanumeric() && c != '*'
}

/// Whether a word, in lower case, is a time, a GUID, an address or another
/// thing that has many digits and is not a number.
pub(super) fn is_spared(word: &str) -> bool {
    let bare = word.trim_matches(is_mark);
    is_address(word)
        || is_guid(bare)
        || is_time(bare)
        || is_day_of_month_first(bare)
        || is_duration(bare)
        || is_version(bare)
        || is_hardware_address(bare)
        || is_coordinate(bare)
}

/// The same of a word that may well be a number: what no number looks like.
pub(super) fn is_surely_spared(word: &str) -> bool {
    let bare = word.trim_matches(is_mark);
    is_guid_with_letter(bare) || (bare.contains('t') && is_time(bare))
}

fn is_guid_with_letter(word: &str) -> bool {
    let bare = word.trim_matches(is_mark);
    bare.bytes().any(|b| b.is_ascii_alphabetic()) && is_guid(bare)
}

/// Whether a text, in lower case, is what .NET writes for a time:
/// `/Date(1935475200000)/`.
pub(super) fn is_date_of_net(text: &str) -> bool {
    let inner = text.strip_prefix("/date(").and_then(|text| text.strip_suffix(")/"));
    inner.is_some_and(|ticks| ticks.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-')))
}

/// Hexadecimal digits, with hyphens where GUIDs have them, or 32 in a row with
/// a letter among them.
fn is_guid(word: &str) -> bool {
    if !word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
        return false;
    }
    let blocks: Vec<usize> = word.split('-').map(str::len).collect();
    blocks == [8, 4, 4, 4, 12] || (blocks == [32] && word.bytes().any(|b| b.is_ascii_alphabetic()))
}

/// A date, a time of day, or both, as in ISO 8601; the zone may be missing.
fn is_time(word: &str) -> bool {
    match word.split_once('t') {
        Some((date, time)) => is_date(date) && is_time_of_day(time),
        None => (word.contains('-') && is_date(word)) || (word.contains(':') && is_time_of_day(word)),
    }
}

/// `2031-05-02` or `20310502`.
fn is_date(text: &str) -> bool {
    if !has_form(text, &["dddd-dd-dd", "dddddddd"]) {
        return false;
    }
    let digits = text.replace('-', "");
    let (month, day) = (&digits[4..6], &digits[6..]);
    ("01"..="12").contains(&month) && ("01"..="31").contains(&day)
}

/// `02.05.2031`.
fn is_day_of_month_first(text: &str) -> bool {
    has_form(text, &["dd.dd.dddd"]) && is_date(&format!("{}{}{}", &text[6..], &text[3..5], &text[..2]))
}

/// `v10.0.19041.1234`.
fn is_version(word: &str) -> bool {
    let Some(parts) = word.strip_prefix('v') else { return false };
    parts.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// `00-1b-44-11-3a-b7`.
fn is_hardware_address(word: &str) -> bool {
    let is_octet = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
    word.split('-').count() == 6 && word.split('-').all(is_octet)
}

/// `52.5200066`: degrees, to a few metres or finer.
fn is_coordinate(word: &str) -> bool {
    let Some((degrees, fraction)) = word.split_once('.') else { return false };
    let in_range = degrees.parse::<u16>().is_ok_and(|degrees| degrees <= 180);
    let is_plain = degrees == "0" || degrees.starts_with(|c: char| matches!(c, '1'..='9'));
    in_range && is_plain && fraction.len() >= 5 && fraction.bytes().all(|b| b.is_ascii_digit())
}

/// `08:00`, `08:00:00.1234567z`, `080000+0200`.
fn is_time_of_day(text: &str) -> bool {
    let (time, zone) = match text.rfind(['+', '-']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text.strip_suffix('z').unwrap_or(text), "00"),
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    has_form(time, &["dd:dd", "dd:dd:dd", "dddd", "dddddd"])
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && has_form(zone, &["dd", "dddd", "dd:dd"])
}

/// `pt1h2m3.1234567s`, as `Edm.Duration` is written.
fn is_duration(word: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b't' | b'd' | b'h' | b'm' | b's');
    let Some(rest) = word.strip_prefix('p') else { return false };
    rest.bytes().all(allowed) && rest.ends_with(['d', 'h', 'm', 's'])
}

/// Whether a text has one of the forms, in which `d` is any digit.
fn has_form(text: &str, forms: &[&str]) -> bool {
    let fits = |(of, b): (u8, u8)| if of == b'd' { b.is_ascii_digit() } else { b == of };
    forms.iter().any(|form| form.len() == text.len() && form.bytes().zip(text.bytes()).all(fits))
}
