//! Numbers in a text, and which of their digits are hidden.
//!
//! A property for a number holds what a device sent: `+4930123456`, but also
//! `sip:+4930123456@sbc.example.com;user=phone`, `tel:030-123456;ext=12`,
//! `"Ada Lovelace" <+49 30 123456>`, `4930123456#` or `Anonymous`. The forms
//! are those of RFC 3966 (`tel`) and RFC 3261, sections 19.1 and 20.10 (`sip`,
//! `sips` and names with an address), but what comes need not follow them. So
//! this rule asks for little, and hides in doubt:
//!
//! 1. **Characters.** A digit is a digit of any script or a `*`, which stands
//!    for a hidden one. What is percent-encoded counts as what it stands for,
//!    encoded twice or not.
//! 2. **Parts.** `<`, `>`, `"`, `,`, `|`, tabs and ends of lines part a text. In
//!    a part, a host begins behind the last `@` and ends before `;`, `?` or a
//!    blank; `;`, `?` and `&` begin parameters.
//! 3. **Runs.** Digits belong together until a letter, `+`, `#`, `:`, `=` or `@`
//!    comes; whatever else stands between them, blanks, hyphens, dots, slashes,
//!    brackets, does not end their run.
//! 4. **Which runs are numbers.** Where there are no letters but words that
//!    announce a number (`sip`, `tel`, `ext`; see [`ANNOUNCING`]): all. Beside
//!    other letters, in a name: those that `+` or such a word announces, and
//!    those of [`MANY`] digits or more. So `Room 12` and `ada7@contoso.com`
//!    stay, and of `Ada 30123456` the end is hidden.
//! 5. **Parameters** that extend a number, `ext`, `isub` and `postd`, and what
//!    such a word announces in a name, are hidden whole: they come after digits
//!    that are hidden. Of others, as of hosts, only runs of [`FULL`] digits or
//!    more are numbers: `user=phone`, ports and addresses stay.
//! 6. **Which digits are hidden.** The last ones of a number, and all of one
//!    that has no more. A block of [`FULL`] digits or more may be a whole
//!    number, so its last digits are hidden and all that follow in its run. A
//!    run that is longer than any number may be several: of it, only what comes
//!    before the last digits of its first [`FULL`] stays.
//!
//! Each hidden digit becomes a `*`, nothing else changes, and masking again
//! changes nothing. Letters that stand for digits (`1-800-FLOWERS`) are letters.

use std::borrow::Cow;

use super::spared::is_address;
use super::tokens::{Token, count_digits, is_digit, is_letter, lower, tokens, written};

/// So many digits in a name are a number.
const MANY: usize = 5;

/// So many digits may be a whole number, with its area.
pub(super) const FULL: usize = 7;

/// The most digits of a number, dialled with `00` (E.164, section 6).
const MOST: usize = 17;

/// The parameters that extend a number (RFC 3966, section 3).
const EXTENDING: [&str; 3] = ["ext", "isub", "postd"];

/// What a word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Announced {
    /// Nothing: it is part of a name.
    Nothing,
    /// A number.
    Number,
    /// What extends a number.
    Extension,
}

/// Words that announce numbers, in small letters: schemes of URIs, and what
/// people write before a number.
const ANNOUNCING: [(&str, Announced); 38] = [
    ("sip", Announced::Number),
    ("sips", Announced::Number),
    ("tel", Announced::Number),
    ("callto", Announced::Number),
    ("fax", Announced::Number),
    ("sms", Announced::Number),
    ("smsto", Announced::Number),
    ("mailto", Announced::Number),
    ("im", Announced::Number),
    ("pres", Announced::Number),
    ("skype", Announced::Number),
    ("phone", Announced::Number),
    ("telephone", Announced::Number),
    ("mobile", Announced::Number),
    ("cell", Announced::Number),
    ("telefon", Announced::Number),
    ("fon", Announced::Number),
    ("mobil", Announced::Number),
    ("handy", Announced::Number),
    ("telefono", Announced::Number),
    ("téléphone", Announced::Number),
    ("tél", Announced::Number),
    ("portable", Announced::Number),
    ("puhelin", Announced::Number),
    ("number", Announced::Number),
    ("nummer", Announced::Number),
    ("ext", Announced::Extension),
    ("extn", Announced::Extension),
    ("extension", Announced::Extension),
    ("isub", Announced::Extension),
    ("postd", Announced::Extension),
    ("dw", Announced::Extension),
    ("durchwahl", Announced::Extension),
    ("poste", Announced::Extension),
    ("interno", Announced::Extension),
    ("toestel", Announced::Extension),
    ("anexo", Announced::Extension),
    ("extensión", Announced::Extension),
];

/// What a reader sees of a text that may hold numbers of which the last
/// `digits` digits are hidden. The module's words say how.
pub fn masked(text: &str, digits: u8) -> Cow<'_, str> {
    let digits = usize::from(digits);
    if digits == 0 || !text.contains(|c: char| c == '%' || is_digit(c)) {
        return Cow::Borrowed(text);
    }
    // Nearly all numbers are plain, and need no look at each character.
    let number = text.strip_prefix('+').unwrap_or(text);
    if number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*') {
        let hidden = number.len().min(digits);
        return Cow::Owned(format!("{}{}", &text[..text.len() - hidden], "*".repeat(hidden)));
    }
    let mut tokens = tokens(text);
    mask(&mut tokens, digits);
    written(text, &tokens)
}

/// Hides digits of the numbers in a text.
pub(super) fn mask(tokens: &mut [Token], digits: usize) {
    for part in tokens.split_mut(|token| ends_part(token.is)) {
        let user_ends = part.iter().rposition(|token| token.is == '@').unwrap_or(part.len());
        let (user, rest) = part.split_at_mut(user_ends);
        fields(user, digits);
        let Some((_, rest)) = rest.split_first_mut() else { continue };
        let host_ends = rest.iter().position(|token| ends_host(token.is)).unwrap_or(rest.len());
        let (of_host, rest) = rest.split_at_mut(host_ends);
        host(of_host, digits);
        fields(rest, digits);
    }
}

/// Hides digits of runs that are long enough for a number, whatever stands
/// beside them.
pub(super) fn mask_long_runs(tokens: &mut [Token], digits: usize) {
    for run in tokens.split_mut(|token| ends_run(token.is) || ends_part(token.is)) {
        if count_digits(run) >= FULL {
            hide(run, digits);
        }
    }
}

/// Whether a character parts a text.
pub(super) fn ends_part(c: char) -> bool {
    matches!(c, '<' | '>' | '"' | ',' | '|' | '\t' | '\n' | '\r')
}

fn ends_host(c: char) -> bool {
    matches!(c, ';' | '?') || c.is_whitespace()
}

/// Whether digits before a character and behind it are of different numbers.
fn ends_run(c: char) -> bool {
    is_letter(c) || matches!(c, '+' | '#' | ':' | '=' | '@')
}

/// A text and the parameters behind it.
fn fields(tokens: &mut [Token], digits: usize) {
    let fields = tokens.split_mut(|token| matches!(token.is, ';' | '?' | '&'));
    for (place, field) in fields.enumerate() {
        if place == 0 {
            text(field, digits);
        } else {
            parameter(field, digits);
        }
    }
}

/// A text without parameters: a number, a name, or both.
fn text(tokens: &mut [Token], digits: usize) {
    let is_name = tokens
        .split(|token| !is_letter(token.is))
        .any(|word| !word.is_empty() && announced(word) == Announced::Nothing);
    let mut before = Announced::Nothing;
    let mut at = 0;
    while at < tokens.len() {
        let rest = &mut tokens[at..];
        if is_letter(rest[0].is) {
            let end = rest.iter().position(|token| !is_letter(token.is)).unwrap_or(rest.len());
            before = announced(&rest[..end]);
            at += end;
        } else if is_digit(rest[0].is) {
            let end = rest.iter().position(|token| ends_run(token.is)).unwrap_or(rest.len());
            let run = &mut rest[..end];
            match before {
                Announced::Extension => hide_all(run),
                Announced::Number => hide(run, digits),
                Announced::Nothing if !is_name || count_digits(run) >= MANY => hide(run, digits),
                Announced::Nothing => {}
            }
            at += end;
        } else {
            if rest[0].is == '+' {
                before = Announced::Number;
            }
            at += 1;
        }
    }
}

/// What a word announces. `x`, `p` and `w` are dialled with a number: an
/// extension, a pause, a wait for a tone.
fn announced(word: &[Token]) -> Announced {
    if word.iter().all(|token| matches!(token.is, 'x' | 'X' | 'p' | 'P' | 'w' | 'W')) {
        return Announced::Extension;
    }
    let word = lower(word);
    let row = ANNOUNCING.iter().find(|(announcing, _)| *announcing == word);
    row.map_or(Announced::Nothing, |(_, announced)| *announced)
}

/// A parameter, `name=value` or a name alone.
fn parameter(tokens: &mut [Token], digits: usize) {
    let equals = tokens.iter().position(|token| token.is == '=').unwrap_or(tokens.len());
    let (name, value) = tokens.split_at_mut(equals);
    let extends = EXTENDING.contains(&lower(name).trim());
    text(name, digits);
    let Some((_, value)) = value.split_first_mut() else { return };
    if extends {
        hide_all(value);
    } else if !is_address(&lower(value)) {
        mask_long_runs(value, digits);
    }
}

/// A host with its port. What can be neither name nor address is a number.
fn host(tokens: &mut [Token], digits: usize) {
    if !tokens.iter().any(|token| is_letter(token.is)) && !is_address(&lower(tokens)) {
        return text(tokens, digits);
    }
    for block in tokens.split_mut(|token| !is_digit(token.is)) {
        if block.len() >= FULL {
            hide(block, digits);
        }
    }
}

/// Hides the last digits of a run.
fn hide(run: &mut [Token], digits: usize) {
    let shown = length(run).saturating_sub(digits);
    for token in run.iter_mut().filter(|token| is_digit(token.is)).skip(shown) {
        token.hidden = true;
    }
}

fn hide_all(run: &mut [Token]) {
    hide(run, usize::MAX);
}

/// How many digits at the start of a run are the first number that it may be.
fn length(run: &[Token]) -> usize {
    let (mut count, mut block) = (0, 0);
    for token in run {
        if is_digit(token.is) {
            count += 1;
            block += 1;
        } else if block >= FULL {
            return count;
        } else {
            block = 0;
        }
    }
    if block < FULL && count > MOST { FULL } else { count }
}

#[cfg(test)]
mod tests;
