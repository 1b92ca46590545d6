//! The codes with which calls end.

use std::fmt;

/// A SIP code and Microsoft's subcode, or one of them.
///
/// ```
/// use trunklog_web::state::Code;
///
/// let code = Code::read("486-560486").unwrap();
/// assert_eq!(code.to_string(), "486-560486");
/// assert_eq!(code.condition().unwrap(), "finalSipCode eq 486 and callEndSubReason eq 560486");
/// assert_eq!(Code::read("486").unwrap().condition().unwrap(), "finalSipCode eq 486");
/// assert!(Code::read("busy").is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The SIP code.
    pub sip: CodePart,
    /// Microsoft's subcode.
    pub sub: CodePart,
}

/// What one of both codes must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePart {
    /// Anything.
    Any,
    /// Not there.
    Missing,
    /// That.
    Is(i32),
}

impl Code {
    /// That pair, as a report tells it.
    pub fn of(sip: Option<i64>, sub: Option<i64>) -> Code {
        Code { sip: CodePart::of(sip), sub: CodePart::of(sub) }
    }

    /// Reads a code as an address has it or a person writes it: `486`,
    /// `486-560486`, `486/560486` or with a blank between.
    pub fn read(text: &str) -> Option<Code> {
        // A sign at the very start is one.
        let split = text.char_indices().skip(1).find(|(_, sign)| matches!(sign, '-' | '/' | ' '));
        let (sip, sub) = match split {
            // All that separates is one byte long.
            Some((at, _)) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let sub = sub.map_or(Some(CodePart::Any), |sub| CodePart::read(sub.trim()))?;
        let code = Code { sip: CodePart::read(sip.trim())?, sub };
        (code.sip != CodePart::Any || code.sub != CodePart::Any).then_some(code)
    }

    /// The condition that a filter has for it.
    pub fn condition(self) -> Option<String> {
        let parts = [("finalSipCode", self.sip), ("callEndSubReason", self.sub)];
        let conditions: Vec<String> =
            parts.into_iter().filter_map(|(name, part)| part.condition(name)).collect();
        if conditions.is_empty() { None } else { Some(conditions.join(" and ")) }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.sip)?;
        match self.sub {
            CodePart::Any => Ok(()),
            sub => write!(f, "-{sub}"),
        }
    }
}

impl CodePart {
    fn of(code: Option<i64>) -> CodePart {
        match code {
            None => CodePart::Missing,
            // Rows have no longer ones.
            Some(code) => i32::try_from(code).map_or(CodePart::Any, CodePart::Is),
        }
    }

    fn read(text: &str) -> Option<CodePart> {
        match text {
            "any" => Some(CodePart::Any),
            super::NONE => Some(CodePart::Missing),
            // `parse` alone would take a leading plus, too.
            code if code.starts_with('+') => None,
            code => code.parse().ok().map(CodePart::Is),
        }
    }

    fn condition(self, name: &str) -> Option<String> {
        match self {
            CodePart::Any => None,
            CodePart::Missing => Some(format!("{name} eq null")),
            CodePart::Is(code) => Some(format!("{name} eq {code}")),
        }
    }
}

impl fmt::Display for CodePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodePart::Any => f.write_str("any"),
            CodePart::Missing => f.write_str(super::NONE),
            CodePart::Is(code) => write!(f, "{code}"),
        }
    }
}
