//! Texts from outside, as they may be shown.
//!
//! Names of files, columns and persons and the words of other servers can hold anything:
//! ends of lines that forge a line of a log, sequences that a terminal obeys, marks that
//! turn the direction of what follows. Whatever is printed to a terminal, a log or a report
//! for people goes through here.

use std::fmt::{self, Write};

/// A text from outside, as it may be shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'t> {
    text: &'t str,
    layout: Layout,
}

/// What becomes of ends of lines and tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// They are written as escapes.
    OneLine,
    /// They are our own, and stay.
    Lines,
}

/// A text from outside on one line: what nobody sees, or what does something to a terminal,
/// is written as an escape.
///
/// ```
/// use trunklog_errors::shown;
///
/// assert_eq!(shown("calls\n2026.csv").to_string(), "calls\\n2026.csv");
/// assert_eq!(shown("a\u{1b}[31m\u{202e}b").to_string(), "a\\u{1b}[31m\\u{202e}b");
/// assert_eq!(shown("Gespräche (März).csv").to_string(), "Gespräche (März).csv");
/// ```
pub fn shown(text: &str) -> Shown<'_> {
    Shown { text, layout: Layout::OneLine }
}

/// The same of a text of several lines, whose ends of lines and tabs are ours.
///
/// ```
/// use trunklog_errors::shown_lines;
///
/// assert_eq!(shown_lines("one\n\ttwo\r").to_string(), "one\n\ttwo\\r");
/// ```
pub fn shown_lines(text: &str) -> Shown<'_> {
    Shown { text, layout: Layout::Lines }
}

/// Whether a sign is shown as it is: it can be seen, and does nothing else.
///
/// ```
/// use trunklog_errors::is_plain;
///
/// assert!(is_plain('ä') && is_plain(' '));
/// assert!(!is_plain('\n') && !is_plain('\u{200f}'));
/// ```
pub fn is_plain(sign: char) -> bool {
    !sign.is_control()
        && !matches!(
            sign,
            // Hyphens, joiners and blanks without a width, and marks of direction.
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            // Ends of lines and of paragraphs, and what turns the direction.
            | '\u{2028}'..='\u{202e}'
            // Notes between the lines, and tags, which are a second, hidden alphabet.
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_ours = |sign: char| self.layout == Layout::Lines && matches!(sign, '\n' | '\t');
        for sign in self.text.chars() {
            if is_plain(sign) || is_ours(sign) {
                f.write_char(sign)?;
            } else {
                sign.escape_default().fmt(f)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        assert!(shown(&all).to_string().chars().all(is_plain));
        let lines = shown_lines(&all).to_string();
        assert!(lines.chars().all(|sign| is_plain(sign) || sign == '\n' || sign == '\t'));
        for bad in ['\u{0}', '\u{7}', '\u{1b}', '\u{7f}', '\u{9b}', '\r', '\u{2028}', '\u{2067}'] {
            assert!(!is_plain(bad), "{}", bad.escape_default());
        }
        assert_eq!(shown("日本 é عربي 🎉 \\n").to_string(), "日本 é عربي 🎉 \\n");
    }
}
