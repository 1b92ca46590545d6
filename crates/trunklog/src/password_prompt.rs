//! Passwords from the terminal or from standard input. Never from the command
//! line, which others on the machine can read, and which shells keep.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, Result, bail};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// Longer than any password that is taken.
const MOST_BYTES: usize = 4096;
const INTERRUPT: u8 = 0x03;
const END_OF_INPUT: u8 = 0x04;
const BACKSPACES: [u8; 2] = [0x08, 0x7f];
const CLEAR_LINE: u8 = 0x15;

/// Asks twice at a terminal; otherwise reads the first line of standard input.
pub(crate) fn read() -> Result<String> {
    if !io::stdin().is_terminal() {
        return first_line(io::stdin().lock());
    }
    let password = ask("Password: ")?;
    if ask("The same again: ")? != password {
        bail!("the two passwords differ: start again");
    }
    Ok(password)
}

fn ask(question: &str) -> Result<String> {
    let mut terminal = io::stderr();
    write!(terminal, "{question}").and_then(|()| terminal.flush()).context("cannot ask for a password")?;
    let typed = {
        let _silent = Silence::begin()?;
        typed(io::stdin().lock())
    };
    // Whoever typed sees that it was taken.
    let _ = writeln!(terminal);
    typed
}

/// The first line, without its end.
fn first_line(input: impl BufRead) -> Result<String> {
    let mut bytes = Vec::new();
    for byte in input.bytes() {
        match byte.context("cannot read the password from standard input")? {
            b'\n' => break,
            byte => bytes.push(byte),
        }
        if bytes.len() > MOST_BYTES {
            bail!("the first line of standard input is too long for a password");
        }
    }
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    if bytes.is_empty() {
        bail!("there is no password on standard input: write it as the first line, or use a terminal");
    }
    text(bytes)
}

/// What is typed until the end of the line, where the terminal leaves all to us.
fn typed(input: impl BufRead) -> Result<String> {
    let mut bytes: Vec<u8> = Vec::new();
    for byte in input.bytes() {
        match byte.context("cannot read the password from the terminal")? {
            b'\n' | b'\r' => break,
            INTERRUPT | END_OF_INPUT => bail!("interrupted, nothing was changed"),
            byte if BACKSPACES.contains(&byte) => {
                // A character has a first byte and perhaps more that follow it.
                while bytes.pop().is_some_and(|last| last & 0xc0 == 0x80) {}
            }
            CLEAR_LINE => bytes.clear(),
            byte if bytes.len() < MOST_BYTES => bytes.push(byte),
            _ => {}
        }
    }
    text(bytes)
}

fn text(bytes: Vec<u8>) -> Result<String> {
    // Not with the error as its cause: it holds what was typed.
    String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("the password is not text in UTF-8"))
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Silence {
    before: Termios,
}

impl Silence {
    fn begin() -> Result<Silence> {
        let before = tcgetattr(io::stdin()).context("cannot ask the terminal how it is set")?;
        let mut silent = before.clone();
        // Interrupts are read, too: one that ended the process would leave the
        // terminal silent.
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        silent.special_codes[SpecialCodeIndex::VMIN] = 1;
        silent.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)
            .context("cannot have the terminal hide what is typed")?;
        Ok(Silence { before })
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_password() {
        for (input, password) in [
            (&b"correct horse\nand more"[..], "correct horse"),
            (&b"correct horse\r\n"[..], "correct horse"),
            (&b" with blanks "[..], " with blanks "),
        ] {
            assert_eq!(first_line(input).unwrap(), password);
        }
        for wrong in [&b""[..], b"\n", b"\r\nsecret", b"\xff\n"] {
            assert!(first_line(wrong).is_err());
        }
        assert!(first_line(&*vec![b'a'; MOST_BYTES + 1]).is_err());
    }

    #[test]
    fn what_is_typed_can_be_corrected() {
        for (keys, password) in [
            (&b"secret\r"[..], "secret"),
            (&b"secreX\x7ft\n"[..], "secret"),
            ("sä\u{8}e\n".as_bytes(), "se"),
            (&b"\x7f\x7fa\n"[..], "a"),
            (&b"wrong\x15right\n"[..], "right"),
        ] {
            assert_eq!(typed(keys).unwrap(), password);
        }
        for interrupted in [&b"sec\x03ret\n"[..], b"\x04"] {
            assert!(typed(interrupted).is_err());
        }
    }

    #[test]
    fn an_error_does_not_show_what_was_typed() {
        let error = format!("{:?}", first_line(&b"secret\xff\n"[..]).unwrap_err());
        assert!(!error.contains("secret") && !error.contains("115"), "{error}");
    }
}
