//! What is around a name and does not belong to it.

use percent_encoding::percent_decode_str;

use crate::options::known::KnownOption;

/// A name has no more marks than this; each round takes all of one kind off.
const MAX_ROUNDS: usize = 16;

/// What does not belong to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Ampersand,
    Blank,
    Dollar,
    Doubled,
    Encoded,
    Escape,
    LookAlike,
    Question,
}

/// What may come before a name, each with what it means there; a single `$`
/// belongs there.
const STARTS: [(&str, Mark); 16] = [
    ("$", Mark::Doubled),
    ("?", Mark::Question),
    ("&", Mark::Ampersand),
    ("amp;", Mark::Ampersand),
    ("dollar;", Mark::Ampersand),
    ("\\u0024", Mark::Dollar),
    ("%u0024", Mark::Dollar),
    ("#36;", Mark::Dollar),
    ("#x24;", Mark::Dollar),
    ("#X24;", Mark::Dollar),
    ("\\", Mark::Escape),
    ("`", Mark::Escape),
    ("'", Mark::Escape),
    ("\"", Mark::Escape),
    ("\u{ff04}", Mark::LookAlike),
    ("\u{fe69}", Mark::LookAlike),
];

impl Mark {
    /// What to do about it before the option that was meant.
    pub(super) fn hint(self, meant: KnownOption) -> String {
        let what = match self {
            Mark::Ampersand => "the & before it is escaped, as &amp; or %26: send & itself",
            Mark::Blank => "leave out the blanks around the name",
            Mark::Dollar => "its $ is an escape of a program's text: write $ itself, or %24",
            Mark::Doubled => "one $ is enough",
            Mark::Encoded => "it is percent-encoded twice: encode it once, and send next links as they came",
            Mark::Escape => "leave out the marks for a shell, such as \\ and quotes",
            Mark::LookAlike => "its $ is another character that looks alike: write $ itself, or %24",
            Mark::Question => "options start after one ? and are separated by &",
        };
        format!("write {meant}: {what}")
    }
}

/// A name without its `$` and all that does not belong to it, and the first of
/// what does not.
pub(super) fn unmarked(name: &str) -> (String, Option<Mark>) {
    let mut rest = name.to_owned();
    let mut first = None;
    for _ in 0..MAX_ROUNDS {
        let Some((next, mark)) = peeled(&rest) else { break };
        first = first.or(mark);
        rest = next;
    }
    (rest, first)
}

/// A name without one kind of mark.
fn peeled(name: &str) -> Option<(String, Option<Mark>)> {
    let plain = name.trim_matches(is_blank);
    if plain.len() < name.len() {
        return Some((plain.to_owned(), Some(Mark::Blank)));
    }
    for (start, mark) in STARTS {
        let plain = name.trim_start_matches(start);
        if plain.len() < name.len() {
            let is_usual = start == "$" && plain.len() + 1 == name.len();
            return Some((plain.to_owned(), (!is_usual).then_some(mark)));
        }
    }
    let plain = name.trim_end_matches(['"', '\'', '`']);
    if plain.len() < name.len() {
        return Some((plain.to_owned(), Some(Mark::Escape)));
    }
    let plain = percent_decode_str(name).decode_utf8().ok()?;
    (plain != name).then(|| (plain.into_owned(), Some(Mark::Encoded)))
}

/// White space, and what nobody sees either: marks of byte order, of joining
/// and of where words may break.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}
