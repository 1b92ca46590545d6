//! How an error is told, in the log and to people: with all that caused it, and with
//! nothing that does something to a terminal or forges a line.
//!
//! An error's own text says what failed; why it did, its causes say. This crate
//! must know no error of the workspace: all of them, and the binary, may use it.

mod shown;

use std::error::Error;
use std::fmt;

pub use self::shown::{Shown, is_plain, shown, shown_lines};

/// An error and its causes, as one text.
#[derive(Debug, Clone, Copy)]
pub struct WithCauses<'e>(&'e (dyn Error + 'static));

/// The error's text, and after it those of its causes, each after a colon, on one line:
/// other servers and names of files may have brought parts of it.
///
/// ```
/// use std::error::Error;
/// use std::fmt;
/// use std::num::ParseIntError;
///
/// #[derive(Debug)]
/// struct PortError(ParseIntError);
///
/// impl fmt::Display for PortError {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         f.write_str("the port cannot be read")
///     }
/// }
///
/// impl Error for PortError {
///     fn source(&self) -> Option<&(dyn Error + 'static)> {
///         Some(&self.0)
///     }
/// }
///
/// let error = PortError("x".parse::<u16>().unwrap_err());
/// let told = trunklog_errors::with_causes(&error).to_string();
/// assert_eq!(told, "the port cannot be read: invalid digit found in string");
/// ```
pub fn with_causes<'e>(error: &'e (dyn Error + 'static)) -> WithCauses<'e> {
    WithCauses(error)
}

impl fmt::Display for WithCauses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", shown(&self.0.to_string()))?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {}", shown(&error.to_string()))?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Failure(&'static str, Option<Box<Failure>>);

    impl fmt::Display for Failure {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Failure {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|cause| cause as _)
        }
    }

    #[test]
    fn every_cause_is_told_once() {
        let disk = Failure("no space left", None);
        assert_eq!(with_causes(&disk).to_string(), "no space left");
        let forged = Failure("the server said \u{1b}[2Kok\nINFO all is well", None);
        assert_eq!(with_causes(&forged).to_string(), r"the server said \u{1b}[2Kok\nINFO all is well");
        let store = Failure("storing", Some(Box::new(Failure("the engine refused", Some(Box::new(disk))))));
        assert_eq!(with_causes(&store).to_string(), "storing: the engine refused: no space left");
    }
}
