//! Words that tell what digits after them are.

use super::super::tokens::{Token, lower};

/// What a word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announcement {
    /// Nothing: it is part of a name.
    Nothing,
    /// A number.
    Number,
    /// What extends a number.
    Extension,
}

/// Words that announce numbers, in lower case: schemes of URIs, parameters
/// that extend a number (RFC 3966, section 3), and what people write before a
/// number.
const ANNOUNCING: [(&str, Announcement); 52] = [
    ("sip", Announcement::Number),
    ("sips", Announcement::Number),
    ("tel", Announcement::Number),
    ("callto", Announcement::Number),
    ("fax", Announcement::Number),
    ("sms", Announcement::Number),
    ("smsto", Announcement::Number),
    ("mailto", Announcement::Number),
    ("xmpp", Announcement::Number),
    ("im", Announcement::Number),
    ("pres", Announcement::Number),
    ("skype", Announcement::Number),
    ("phone", Announcement::Number),
    ("telephone", Announcement::Number),
    ("mobile", Announcement::Number),
    ("cell", Announcement::Number),
    ("telefon", Announcement::Number),
    ("fon", Announcement::Number),
    ("mobil", Announcement::Number),
    ("handy", Announcement::Number),
    ("telefono", Announcement::Number),
    ("téléphone", Announcement::Number),
    ("tél", Announcement::Number),
    ("portable", Announcement::Number),
    ("puhelin", Announcement::Number),
    ("no", Announcement::Number),
    ("num", Announcement::Number),
    ("vm", Announcement::Number),
    ("voicemail", Announcement::Number),
    ("conf", Announcement::Number),
    ("conference", Announcement::Number),
    ("konferenz", Announcement::Number),
    ("ext", Announcement::Extension),
    ("extn", Announcement::Extension),
    ("extension", Announcement::Extension),
    ("isub", Announcement::Extension),
    ("postd", Announcement::Extension),
    ("pin", Announcement::Extension),
    ("dw", Announcement::Extension),
    ("durchw", Announcement::Extension),
    ("durchwahl", Announcement::Extension),
    ("nst", Announcement::Extension),
    ("nebenstelle", Announcement::Extension),
    ("apparat", Announcement::Extension),
    ("poste", Announcement::Extension),
    ("interno", Announcement::Extension),
    ("toestel", Announcement::Extension),
    ("anexo", Announcement::Extension),
    ("extensión", Announcement::Extension),
    ("anknytning", Announcement::Extension),
    ("lokal", Announcement::Extension),
    ("alanumero", Announcement::Extension),
];

/// How words end that announce a number: `Rufnummer`, `TelNr`.
const ENDINGS: [&str; 3] = ["nummer", "number", "nr"];

/// Schemes of URIs that have digits, and no number, in their names.
const SCHEMES: [&str; 2] = ["h323:", "iax2:"];

/// The domain of numbers in reverse order (RFC 6116).
const ENUM: &str = "e164.arpa";

/// What a word announces. `x`, `p` and `w` are dialled with a number: an
/// extension, a pause, a wait for a tone.
pub(super) fn announced(word: &[Token]) -> Announcement {
    if word.iter().all(|token| matches!(token.is, 'x' | 'X' | 'p' | 'P' | 'w' | 'W')) {
        return Announcement::Extension;
    }
    let word = lower(word);
    if ENDINGS.iter().any(|ending| word.ends_with(ending)) {
        return Announcement::Number;
    }
    let row = ANNOUNCING.iter().find(|(announcing, _)| *announcing == word);
    row.map_or(Announcement::Nothing, |(_, announced)| *announced)
}

/// How many characters at the start of a text are a scheme that has digits in
/// its name.
pub(super) fn scheme_with_digits(tokens: &[Token]) -> Option<usize> {
    SCHEMES.iter().find(|scheme| starts_with(tokens, scheme)).map(|scheme| scheme.len())
}

/// Where in a text the domain of reversed numbers is first.
pub(in crate::masking) fn enum_domain(tokens: &[Token]) -> Option<usize> {
    tokens.windows(ENUM.len()).position(|window| starts_with(window, ENUM))
}

/// How long the domain of reversed numbers is, where a text starts with it.
pub(super) fn starts_with_enum_domain(tokens: &[Token]) -> Option<usize> {
    starts_with(tokens, ENUM).then_some(ENUM.len())
}

/// Whether a text starts with another, which is ASCII, in any letter case.
fn starts_with(tokens: &[Token], start: &str) -> bool {
    let mut pairs = tokens.iter().zip(start.chars());
    tokens.len() >= start.len() && pairs.all(|(token, c)| token.is.eq_ignore_ascii_case(&c))
}
