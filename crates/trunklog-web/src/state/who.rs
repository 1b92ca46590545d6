//! The person or the number that a screen is about.

use trunklog_records::masking::{Mask, masked};

use super::quoted;

/// How long a text may be that is searched for.
const LONGEST: usize = 200;

/// So many digits are a search for a number; with a plus before them, any.
const FEWEST_DIGITS: usize = 3;

/// The person or the number that a screen is about. It never stands in an
/// address: a token does.
///
/// ```
/// use trunklog_web::state::Who;
///
/// assert_eq!(Who::of_search(" +49 (30) 4711 "), Some(Who::Digits("+49304711".to_owned())));
/// assert_eq!(Who::of_search("+44"), Some(Who::Digits("+44".to_owned())));
/// assert_eq!(Who::of_search("Anna"), Some(Who::Name("Anna".to_owned())));
/// let who = Who::User("an id".to_owned());
/// assert_eq!(Who::from_text(&who.to_text()), Some(who));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A user, by the id or else the principal name.
    User(String),
    /// Users with that in their name or principal name.
    Name(String),
    /// A number as rows have it, as far as who made the link saw it.
    Number(String),
    /// One of the organisation's own numbers, in the calls that are counted as its.
    Own(String),
    /// A number outside, in the same way, as far as who made the link saw it.
    Outside(String),
    /// Numbers with these digits in them.
    Digits(String),
}

impl Who {
    /// What a person means who searches for that; None for nothing.
    pub fn of_search(text: &str) -> Option<Who> {
        let text = text.trim();
        if text.is_empty() || text.len() > LONGEST || text.chars().any(char::is_control) {
            return None;
        }
        let is_number = text.chars().all(|sign| sign.is_ascii_digit() || "+-()/. *".contains(sign));
        let digits: String =
            text.chars().filter(|sign| sign.is_ascii_digit() || matches!(sign, '+' | '*')).collect();
        let count = digits.bytes().filter(u8::is_ascii_digit).count();
        // A country's code is short, and no name.
        let fewest = if digits.starts_with('+') { 1 } else { FEWEST_DIGITS };
        Some(if is_number && count >= fewest { Who::Digits(digits) } else { Who::Name(text.to_owned()) })
    }

    /// As a token holds it.
    pub fn to_text(&self) -> String {
        match self {
            Who::User(text) => format!("u{text}"),
            Who::Name(text) => format!("n{text}"),
            Who::Number(text) => format!("t{text}"),
            Who::Own(text) => format!("o{text}"),
            Who::Outside(text) => format!("x{text}"),
            Who::Digits(text) => format!("d{text}"),
        }
    }

    /// What a token held.
    pub fn from_text(text: &str) -> Option<Who> {
        let rest = text.get(1..)?.to_owned();
        match text.as_bytes().first()? {
            b'u' => Some(Who::User(rest)),
            b'n' => Some(Who::Name(rest)),
            b't' => Some(Who::Number(rest)),
            b'o' => Some(Who::Own(rest)),
            b'x' => Some(Who::Outside(rest)),
            b'd' => Some(Who::Digits(rest)),
            _ => None,
        }
    }

    /// What a reader is told of it. Of a number that somebody else looked for no
    /// more than the reader's mask leaves.
    pub fn label(&self, mask: Mask) -> String {
        match self {
            // Nobody's mask hides the organisation's own numbers.
            Who::User(text) | Who::Own(text) => text.clone(),
            // Whoever looked for a number and a word beside it.
            Who::Name(text) => masked(text, mask.digits()).into_owned(),
            Who::Number(text) | Who::Outside(text) => hidden(&masked(text, mask.digits()), text, mask),
            Who::Digits(text) => hidden(text, text, mask),
        }
    }

    /// The condition that a filter has for it.
    ///
    /// A reader finds in numbers what it sees of them. So a number that a colleague
    /// sees whole is looked for as this reader sees it, too.
    pub fn condition(&self, mask: Mask) -> String {
        match self {
            // The principal name tells users without an id, as in reports.
            Who::User(id) => {
                let id = quoted(id);
                let has_no_id = "(userId eq null or userId eq '')";
                format!("(userId eq {id} or ({has_no_id} and userPrincipalName eq {id}))")
            }
            Who::Name(part) => {
                let part = quoted(&part.to_lowercase());
                let has = |name: &str| format!("contains(tolower({name}),{part})");
                format!("({} or {})", has("userDisplayName"), has("userPrincipalName"))
            }
            Who::Number(number) => {
                let seen = masked(number, mask.digits());
                let is = |number: &str| {
                    let number = quoted(number);
                    format!("callerNumber eq {number} or calleeNumber eq {number}")
                };
                if seen == *number {
                    format!("({})", is(number))
                } else {
                    format!("({} or {})", is(number), is(&seen))
                }
            }
            Who::Own(number) => {
                let number = quoted(number);
                let is_passed_on =
                    "contains(tolower(callType),'forward') or contains(tolower(callType),'transfer')";
                format!(
                    "(not ({is_passed_on}) and (direction eq 'inbound' and calleeNumber eq {number} or \
                     direction eq 'outbound' and callerNumber eq {number}))"
                )
            }
            Who::Outside(number) => {
                let seen = masked(number, mask.digits());
                let of = |number: &str| {
                    let number = quoted(number);
                    format!(
                        "direction eq 'inbound' and callerNumber eq {number} or \
                         direction eq 'outbound' and calleeNumber eq {number}"
                    )
                };
                if seen == *number {
                    format!("({})", of(number))
                } else {
                    format!("({} or {})", of(number), of(&seen))
                }
            }
            Who::Digits(part) => {
                let part = quoted(part);
                format!("(contains(callerNumber,{part}) or contains(calleeNumber,{part}))")
            }
        }
    }
}

/// A number without its last digits, for who may not see them.
fn hidden(shown: &str, whole: &str, mask: Mask) -> String {
    if mask.is_none() || shown != whole {
        return shown.to_owned();
    }
    let mut left = usize::from(mask.digits());
    let hide = |sign: char| {
        if sign.is_ascii_digit() && left > 0 {
            left -= 1;
            '*'
        } else {
            sign
        }
    };
    let backwards: Vec<char> = whole.chars().rev().map(hide).collect();
    backwards.into_iter().rev().collect()
}

#[cfg(test)]
mod tests;
