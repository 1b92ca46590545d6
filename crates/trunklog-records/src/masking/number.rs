//! Numbers in a text, and which of their digits are hidden.
//!
//! A property for a number holds what a device sent: `+4930123456`, but also
//! `sip:+4930123456@sbc.example.com;user=phone`, `tel:030-123456;ext=12`,
//! `"Ada Lovelace" <+49 30 123456>`, `4930123456#` or `Anonymous`. The forms
//! are those of RFC 3966 (`tel`) and RFC 3261, sections 19.1 and 20.10 (`sip`,
//! `sips` and names with an address), but what comes need not follow them. So
//! this rule asks for little, and hides in doubt:
//!
//! 1. **Characters.** A digit is a digit of any script, another sign for a
//!    number (`²`, `Ⅳ`), or a `*`, which was dialled or stands for a hidden one.
//!    What is percent-encoded counts as what it stands for, encoded twice or
//!    not. GUIDs that have a letter are no digits.
//! 2. **Parts.** `<`, `>`, `"`, `,`, `|`, tabs and ends of lines part a text. In
//!    a part, a host starts after the last `@` and ends before `;`, `?` or a
//!    blank; an IP address after `sip:` or `sips:` is a host, too. `;` and `?`
//!    start parameters, and `&` among them the next one.
//! 3. **Runs.** Digits belong together until a letter, `+`, `#`, `:`, `=` or `@`
//!    comes; whatever else is between them, blanks, hyphens, dots, slashes,
//!    brackets, does not end their run.
//! 4. **Which runs are numbers.** Where there are no letters but words that
//!    announce a number (`sip`, `tel`, `ext`; see `words.rs`): all. Beside
//!    other letters, in a name: those that `+` or such a word announces, and
//!    those of [`MANY`] digits or more, ignoring single letters between them.
//!    So `Room 12` and `ada7@contoso.com` stay, and of `Ada 30123456` and
//!    `4930A123` the end is hidden. After a number, all runs are: what follows
//!    may be the rest of it.
//! 5. **What is hidden whole:** what a word such as `ext` announces, the values
//!    of parameters of such a name (`ext`, `isub`, `postd`, `extension`, `pin`),
//!    a run of fewer than [`FULL`] digits after a number (`+4930123 App 456`)
//!    unless `+` announces it, and what is before `e164.arpa`. Of other
//!    parameters, as of hosts, only runs of [`FULL`] digits or more are numbers:
//!    `user=phone`, ports and addresses stay.
//! 6. **Which digits are hidden.** Of a number the last ones, and all of one
//!    that has no more; signs that are no decimal digits count for none. In a
//!    run, the first number ends, and all that follows is hidden, after a block
//!    of [`FULL`] digits or more; before a `*` that digits follow, as tones or a
//!    feature code; after [`FULL`] digits or more, before what parts two numbers
//!    (`/`, `&`, two blanks, or another sign between blanks); before a block of
//!    three digits or more that starts with 0, where [`MANY`] digits or more
//!    are before it and from it on. What is
//!    longer than any number may be several: of it, only what comes before the
//!    last digits of its first [`FULL`] stays.
//! 7. **`*` at the end.** As many as are hidden, or more, were put there by a
//!    mask: the number stays. Fewer were dialled, or come from a smaller mask:
//!    the last digits before them are hidden. More that were dialled cannot be
//!    told from a mask.
//!
//! Each hidden digit becomes a `*`, nothing else changes, and masking again
//! changes nothing. Letters that stand for digits (`1-800-FLOWERS`) are letters.

mod length;
mod words;

use std::borrow::Cow;
use std::iter::repeat_n;

use self::length::shown;
use self::words::{Announcement, announced, scheme_with_digits, starts_with_enum_domain};
use super::decimals::is_decimal;
use super::limits::{FULL, MANY, MOST_DIALLED};
use super::spared::{is_address, spare_guids};
use super::tokens::{Token, count_digits, ends_part, is_digit, is_letter, lower, tokens, written};

pub(super) use self::words::enum_domain;

/// How often a text is masked again until nothing changes. One that needs more is
/// made to cost time.
const MOST_TIMES: usize = 8;

/// What a reader sees of a text that may hold numbers of which the last
/// `digits` digits are hidden. The module's words say how.
///
/// ```
/// use trunklog_records::masking::masked;
///
/// assert_eq!(masked("+4930123456", 3), "+4930123***");
/// assert_eq!(masked("Anonymous", 3), "Anonymous");
/// ```
pub fn masked(text: &str, digits: u8) -> Cow<'_, str> {
    let digits = usize::from(digits);
    if digits == 0 || !text.contains(|c: char| c == '%' || is_digit(c)) {
        return Cow::Borrowed(text);
    }
    // Nearly all numbers are plain, and need no look at each character.
    let number = text.strip_prefix('+').unwrap_or(text);
    let shown = number.trim_end_matches('*');
    if shown.bytes().all(|byte| byte.is_ascii_digit()) {
        let stars = number.len() - shown.len();
        if stars >= digits && shown.len() + digits <= MOST_DIALLED {
            return Cow::Borrowed(text);
        }
        if stars == 0 && number.len() <= MOST_DIALLED {
            let hidden = number.len().min(digits);
            let mut seen = String::with_capacity(text.len());
            seen.push_str(&text[..text.len() - hidden]);
            seen.extend(repeat_n('*', hidden));
            return Cow::Owned(seen);
        }
    }
    let mut seen = masked_once(text, digits);
    // In a text that makes no sense, what was one number may be several once some
    // of its digits are hidden. Each time more are hidden, so it comes to an end.
    for _ in 0..MOST_TIMES {
        let again = masked_once(&seen, digits);
        if again == seen {
            break;
        }
        seen = Cow::Owned(again.into_owned());
    }
    seen
}

fn masked_once(text: &str, digits: usize) -> Cow<'_, str> {
    let mut tokens = tokens(text);
    spare_guids(&mut tokens);
    mask(&mut tokens, digits);
    written(text, &tokens)
}

/// Hides digits of the numbers in a text.
pub(super) fn mask(tokens: &mut [Token], digits: usize) {
    let mut masking = Masking { digits, after_number: false };
    for part in tokens.split_inclusive_mut(|token| ends_part(token.is)) {
        masking.part(part);
    }
}

/// Hides digits of runs that are long enough for a number, whatever is
/// beside them, and what follows such a run without a word between.
pub(super) fn mask_long_runs(tokens: &mut [Token], digits: usize) {
    let mut after_number = false;
    let ends = |c: char| ends_run(c) || ends_part(c) || starts_parameter(c);
    for run in tokens.split_inclusive_mut(|token| ends(token.is)) {
        if count_digits(run) >= FULL {
            hide(run, digits);
            after_number = true;
        } else if after_number {
            hide_all(run);
        }
        // `x` comes before an extension.
        let goes_on = |c: char| !ends_part(c) && (!is_letter(c) || c == 'x');
        after_number &= run.last().is_none_or(|last| goes_on(last.is));
    }
}

fn ends_host(c: char) -> bool {
    matches!(c, ';' | '?') || c.is_whitespace()
}

fn starts_parameter(c: char) -> bool {
    matches!(c, ';' | '?' | '&')
}

/// Whether digits before a character and after it are of different numbers.
fn ends_run(c: char) -> bool {
    is_letter(c) || matches!(c, '+' | '#' | ':' | '=' | '@')
}

/// A text on the way from its first part to its last.
struct Masking {
    digits: usize,
    /// Whether a number came before, which what follows may belong to.
    after_number: bool,
}

impl Masking {
    fn part(&mut self, part: &mut [Token]) {
        let Some(at) = part.iter().rposition(|token| token.is == '@') else {
            let ends = part.iter().position(|token| starts_parameter(token.is)).unwrap_or(part.len());
            let host = if is_host(&part[..ends]) { ends } else { 0 };
            self.fields(&mut part[host..]);
            return;
        };
        // What has its own address extends no number.
        self.after_number = false;
        let (user, rest) = part.split_at_mut(at);
        self.fields(user);
        let rest = &mut rest[1..];
        let host_ends = rest.iter().position(|token| ends_host(token.is)).unwrap_or(rest.len());
        let (host, rest) = rest.split_at_mut(host_ends);
        self.host(host);
        self.fields(rest);
    }

    /// A text and the parameters after it.
    fn fields(&mut self, tokens: &mut [Token]) {
        // Without any before, `&` is a sign as others are, in names above all.
        let mut is_in_parameters = false;
        let fields = tokens.split_mut(|token| {
            let starts = starts_parameter(token.is) && (token.is != '&' || is_in_parameters);
            is_in_parameters |= starts;
            starts
        });
        for (place, field) in fields.enumerate() {
            if place == 0 {
                self.text(field);
            } else {
                self.parameter(field);
            }
        }
    }

    /// A text without parameters: a number, a name, or both.
    fn text(&mut self, tokens: &mut [Token]) {
        let scheme = scheme_with_digits(tokens);
        let mut before = if scheme.is_some() { Announcement::Number } else { Announcement::Nothing };
        let mut at = scheme.unwrap_or(0);
        let is_name = tokens[at..]
            .split(|token| !is_letter(token.is))
            .any(|word| !word.is_empty() && announced(word) == Announcement::Nothing);
        // Whether a `+` came since the last run.
        let mut plus = false;
        // How many digits there are to where single letters no longer part them.
        let (mut near, mut near_ends) = (0, 0);
        while at < tokens.len() {
            if at >= near_ends {
                let (digits, len) = parted_by_single_letters(&tokens[at..]);
                (near, near_ends) = (digits, at + len);
            }
            let rest = &mut tokens[at..];
            if is_letter(rest[0].is) {
                let end = rest.iter().position(|token| !is_letter(token.is)).unwrap_or(rest.len());
                before = announced(&rest[..end]);
                plus = false;
                at += end;
            } else if is_digit(rest[0].is) {
                let end = rest.iter().position(|token| ends_run(token.is)).unwrap_or(rest.len());
                let (run, rest) = rest.split_at_mut(end);
                let domain = starts_with_enum_domain(rest);
                if domain.is_some() {
                    hide_all(run);
                    self.after_number = true;
                } else if self.after_number || before != Announcement::Nothing || !is_name || near >= MANY {
                    let is_rest = self.after_number && !plus && count_digits(run) < FULL;
                    if is_rest || before == Announcement::Extension {
                        hide_all(run);
                    } else {
                        hide(run, self.digits);
                    }
                    self.after_number = true;
                }
                plus = false;
                at += end + domain.unwrap_or(0);
            } else {
                if rest[0].is == '+' {
                    before = Announcement::Number;
                    plus = true;
                }
                at += 1;
            }
        }
    }

    /// A parameter, `name=value` or a name alone.
    fn parameter(&mut self, tokens: &mut [Token]) {
        let Some(equals) = tokens.iter().position(|token| token.is == '=') else {
            self.text(tokens);
            return;
        };
        let (name, value) = tokens.split_at_mut(equals);
        let value = &mut value[1..];
        let announces = announced_by_parameter(name);
        let mut apart = Masking { digits: self.digits, after_number: false };
        apart.text(name);
        match announces {
            Announcement::Extension => hide_all(value),
            Announcement::Number if !is_address(&lower(value)) => {
                apart.after_number = false;
                apart.text(value);
            }
            Announcement::Nothing if !is_address(&lower(value)) => mask_long_runs(value, self.digits),
            Announcement::Number | Announcement::Nothing => {}
        }
    }

    /// A host with its port. What can be neither name nor address is a number.
    fn host(&mut self, tokens: &mut [Token]) {
        if !tokens.iter().any(|token| is_letter(token.is)) && !is_address(&lower(tokens)) {
            self.text(tokens);
            return;
        }
        if let Some(at) = enum_domain(tokens) {
            hide_all(&mut tokens[..at]);
            return;
        }
        for block in tokens.split_mut(|token| !is_digit(token.is)) {
            if block.len() >= FULL {
                hide(block, self.digits);
            }
        }
    }
}

/// Whether a text is the URI of an address that has no user.
fn is_host(tokens: &[Token]) -> bool {
    let Some(colon) = tokens.iter().position(|token| token.is == ':') else { return false };
    matches!(lower(&tokens[..colon]).trim(), "sip" | "sips") && is_address(&lower(&tokens[colon + 1..]))
}

/// What the last word of a parameter's name announces.
fn announced_by_parameter(name: &[Token]) -> Announcement {
    let mut words = name.rsplit(|token| !is_letter(token.is));
    match words.find(|word| !word.is_empty()) {
        // Beside a number it is a subaddress; in a name it may be anything.
        Some(word) if lower(word) == "sub" => Announcement::Extension,
        Some(word) => announced(word),
        None => Announcement::Nothing,
    }
}

/// How many digits are at the start of a text where only single letters end
/// their runs, and how long that start is.
fn parted_by_single_letters(tokens: &[Token]) -> (usize, usize) {
    let mut digits = 0;
    for (at, token) in tokens.iter().enumerate() {
        let in_word = is_letter(token.is) && tokens.get(at + 1).is_some_and(|next| is_letter(next.is));
        if in_word || (ends_run(token.is) && !is_letter(token.is)) {
            return (digits, at);
        }
        digits += usize::from(is_digit(token.is));
    }
    (digits, tokens.len())
}

/// Hides the last digits of a run's first number, and all that follows it.
fn hide(run: &mut [Token], digits: usize) {
    let mut shown = shown(run, digits);
    for token in run.iter_mut().filter(|token| is_digit(token.is)) {
        if shown == 0 {
            token.hidden = true;
        } else if is_decimal(token.is) {
            shown -= 1;
        }
    }
}

fn hide_all(run: &mut [Token]) {
    for token in run.iter_mut().filter(|token| is_digit(token.is)) {
        token.hidden = true;
    }
}

#[cfg(test)]
mod tests;
