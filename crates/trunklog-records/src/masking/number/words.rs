//! Words that tell what digits after them are.

use super::super::tokens::{Token, lower};

/// What a word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    /// Nothing: it is part of a name.
    Nothing,
    /// A number.
    Number,
    /// What extends a number.
    Extension,
}

/// Words that announce numbers, in small letters: schemes of URIs, parameters
/// that extend a number (RFC 3966, section 3), and what people write before a
/// number.
const ANNOUNCING: [(&str, Announced); 52] = [
    ("sip", Announced::Number),
    ("sips", Announced::Number),
    ("tel", Announced::Number),
    ("callto", Announced::Number),
    ("fax", Announced::Number),
    ("sms", Announced::Number),
    ("smsto", Announced::Number),
    ("mailto", Announced::Number),
    ("xmpp", Announced::Number),
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
    ("no", Announced::Number),
    ("num", Announced::Number),
    ("vm", Announced::Number),
    ("voicemail", Announced::Number),
    ("conf", Announced::Number),
    ("conference", Announced::Number),
    ("konferenz", Announced::Number),
    ("ext", Announced::Extension),
    ("extn", Announced::Extension),
    ("extension", Announced::Extension),
    ("isub", Announced::Extension),
    ("postd", Announced::Extension),
    ("pin", Announced::Extension),
    ("dw", Announced::Extension),
    ("durchw", Announced::Extension),
    ("durchwahl", Announced::Extension),
    ("nst", Announced::Extension),
    ("nebenstelle", Announced::Extension),
    ("apparat", Announced::Extension),
    ("poste", Announced::Extension),
    ("interno", Announced::Extension),
    ("toestel", Announced::Extension),
    ("anexo", Announced::Extension),
    ("extensión", Announced::Extension),
    ("anknytning", Announced::Extension),
    ("lokal", Announced::Extension),
    ("alanumero", Announced::Extension),
];

/// How words end that announce a number: `Rufnummer`, `TelNr`.
const ENDINGS: [&str; 3] = ["nummer", "number", "nr"];

/// Schemes of URIs that have digits, and no number, in their names.
const SCHEMES: [&str; 2] = ["h323:", "iax2:"];

/// The domain of numbers in reverse order (RFC 6116).
const ENUM: &str = "e164.arpa";

/// What a word announces. `x`, `p` and `w` are dialled with a number: an
/// extension, a pause, a wait for a tone.
pub(super) fn announced(word: &[Token]) -> Announced {
    if word.iter().all(|token| matches!(token.is, 'x' | 'X' | 'p' | 'P' | 'w' | 'W')) {
        return Announced::Extension;
    }
    let word = lower(word);
    if ENDINGS.iter().any(|ending| word.ends_with(ending)) {
        return Announced::Number;
    }
    let row = ANNOUNCING.iter().find(|(announcing, _)| *announcing == word);
    row.map_or(Announced::Nothing, |(_, announced)| *announced)
}

/// How many characters at the start of a text are a scheme that has digits in
/// its name.
pub(super) fn scheme_with_digits(tokens: &[Token]) -> Option<usize> {
    SCHEMES.iter().find(|scheme| starts_with(tokens, scheme)).map(|scheme| scheme.len())
}

/// Where in a text the domain of reversed numbers stands first.
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
