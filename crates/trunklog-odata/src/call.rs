//! Function calls: `name(parameter=value,parameter=value)`.

use crate::edm::NAMESPACE;
use crate::{Error, Instant, Profile, Result, literal, quoted};

/// How the function's name was written.
///
/// ```
/// use trunklog_odata::{Profile, Spelling, path};
///
/// let rest = "communications/callRecords/microsoft.graph.callRecords.getSmsLog()";
/// let call = path::function_call(rest, Profile::Default)?;
/// assert_eq!((call.name.as_str(), call.spelling), ("getSmsLog", Spelling::Qualified));
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// `getDirectRoutingCalls`.
    Plain,
    /// `microsoft.graph.callRecords.getDirectRoutingCalls`, what SDKs send.
    Qualified,
    /// `callRecords.getDirectRoutingCalls`, what older SDKs sent.
    HalfQualified,
}

/// A parsed call. Names are as the client wrote them.
///
/// ```
/// use trunklog_odata::{Profile, Spelling, path};
///
/// let rest = "communications/callRecords/callRecords.getPstnCalls(from=2026-11-01,to=2026-12-01)";
/// let call = path::function_call(rest, Profile::Default)?;
/// assert_eq!((call.name.as_str(), call.spelling), ("getPstnCalls", Spelling::HalfQualified));
/// # Ok::<(), trunklog_odata::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionCall {
    /// The path segment exactly as it was sent, for links that lead back here.
    pub segment: String,
    /// The unqualified name.
    pub name: String,
    /// How the name was qualified.
    pub spelling: Spelling,
    /// What is between the parentheses, decoded; error positions count in
    /// its characters.
    text: String,
    arguments: Vec<Argument>,
}

/// One `name=value` of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Argument {
    name: String,
    /// The value's text, without quotes when it was quoted.
    value: String,
    /// Where the value starts, in characters from the opening parenthesis.
    position: usize,
    /// True when it was in single quotes.
    quoted: bool,
}

impl FunctionCall {
    /// Reads one decoded path segment; `segment` is the same before decoding.
    pub(crate) fn parse(segment: &str, decoded: &str, profile: Profile) -> Result<FunctionCall> {
        // Without parameters the segment is the id of a call record.
        let Some((name, rest)) = decoded.split_once('(') else {
            return Err(Error::not_found().hint(format!(
                "a function needs its parameters in parentheses: {}(fromDateTime=2019-11-01,toDateTime=2019-12-01)",
                decoded.chars().take(64).collect::<String>()
            )));
        };
        let text = rest.strip_suffix(')').ok_or_else(|| {
            Error::path_syntax()
                .hint("a function call ends with ')'; write dates as 2019-11-01, without slashes")
        })?;
        let (name, spelling) = unqualified(name.trim());
        if profile.is_strict() && spelling == Spelling::HalfQualified {
            return Err(Error::not_found());
        }
        Ok(FunctionCall {
            segment: segment.to_owned(),
            name: name.to_owned(),
            spelling,
            text: text.to_owned(),
            arguments: Lexer { text, at: 0, profile }.arguments()?,
        })
    }

    /// The two ends of the range of time: `fromDateTime` and `toDateTime`.
    ///
    /// `alias` resolves parameter aliases (`@name`) from the query string.
    ///
    /// # Errors
    /// 404 when the parameters are not exactly these two, because then no
    /// overload of the function matches; 400 when a value is not an instant.
    ///
    /// ```
    /// use trunklog_odata::{Instant, Profile, path};
    ///
    /// let rest = "communications/callRecords/getSmsLog(fromDateTime=2026-11-01,toDateTime=@to)";
    /// let call = path::function_call(rest, Profile::Default)?;
    /// let alias = |name: &str| (name == "@to").then(|| "2026-12-01".to_owned());
    /// let (from, to) = call.range(alias, Profile::Default)?;
    /// assert_eq!(from, Instant::from_date(2026, 11, 1).unwrap());
    /// assert_eq!(to, Instant::from_date(2026, 12, 1).unwrap());
    /// # Ok::<(), trunklog_odata::Error>(())
    /// ```
    pub fn range(
        &self,
        alias: impl Fn(&str) -> Option<String>,
        profile: Profile,
    ) -> Result<(Instant, Instant)> {
        // Values are read before overloads are sought, so a value that cannot
        // be read is a separate error, whatever its parameter is called.
        for argument in self.arguments.iter().filter(|argument| !argument.quoted) {
            if literal::looks_like_date_time(&argument.value) {
                literal::date_time_offset(&argument.value, argument.position, &self.text)?;
            }
        }
        let from = self.argument(["fromDateTime", "from"], profile);
        let to = self.argument(["toDateTime", "to"], profile);
        let (Some(from), Some(to), 2) = (from, to, self.arguments.len()) else {
            return Err(Error::not_found()
                .hint("the parameters are fromDateTime and toDateTime, both needed and no others"));
        };
        Ok((self.instant(from, &alias, profile)?, self.instant(to, &alias, profile)?))
    }

    fn argument(&self, [name, short]: [&str; 2], profile: Profile) -> Option<&Argument> {
        self.arguments.iter().find(|argument| {
            argument.name.eq_ignore_ascii_case(name)
                || (!profile.is_strict() && argument.name.eq_ignore_ascii_case(short))
        })
    }

    fn instant(
        &self,
        argument: &Argument,
        alias: &impl Fn(&str) -> Option<String>,
        profile: Profile,
    ) -> Result<Instant> {
        if argument.quoted && profile.is_strict() {
            return Err(Error::not_found());
        }
        if argument.value.starts_with('@') && !argument.quoted {
            let value = alias(&argument.value).ok_or_else(|| {
                Error::bad_request(format!(
                    "The parameter alias '{}' has no value in the query string.",
                    argument.value
                ))
            })?;
            return literal::date_time_offset(&value, 0, &value);
        }
        literal::date_time_offset(&argument.value, argument.position, &self.text)
    }
}

fn unqualified(name: &str) -> (&str, Spelling) {
    let behind = |qualifier: &str| {
        let (head, tail) = name.split_at_checked(qualifier.len())?;
        if head.eq_ignore_ascii_case(qualifier) { tail.strip_prefix('.') } else { None }
    };
    let half = NAMESPACE.rsplit('.').next().unwrap_or(NAMESPACE);
    match (behind(NAMESPACE), behind(half)) {
        (Some(name), _) => (name, Spelling::Qualified),
        (None, Some(name)) => (name, Spelling::HalfQualified),
        (None, None) => (name, Spelling::Plain),
    }
}

/// Splits the text between the parentheses into arguments. Values are only
/// delimited here; what they mean is decided by their parameter's type.
struct Lexer<'a> {
    text: &'a str,
    at: usize,
    profile: Profile,
}

impl Lexer<'_> {
    fn arguments(mut self) -> Result<Vec<Argument>> {
        let mut arguments: Vec<Argument> = Vec::new();
        self.skip_spaces();
        if self.rest().is_empty() {
            return Ok(arguments);
        }
        loop {
            let argument = self.argument()?;
            if arguments.iter().any(|other| other.name.eq_ignore_ascii_case(&argument.name)) {
                return Err(Error::bad_request(
                    "Parameter or entity key names must be unique. There is most likely an error in the model.",
                )
                .hint(format!("'{}' is given twice", argument.name)));
            }
            arguments.push(argument);
            self.skip_spaces();
            if self.rest().is_empty() {
                return Ok(arguments);
            }
            if self.rest().starts_with(',') {
                self.at += 1;
                self.skip_spaces();
            } else if !self.at_glued_parameter() {
                return Err(self.syntax_error());
            }
        }
    }

    fn argument(&mut self) -> Result<Argument> {
        let len = self.rest().bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        if len == 0 || self.rest().as_bytes()[0].is_ascii_digit() {
            return Err(self.syntax_error());
        }
        let name = self.rest()[..len].to_owned();
        self.at += len;
        self.skip_spaces();
        if !self.rest().starts_with('=') {
            return Err(self.syntax_error());
        }
        self.at += 1;
        self.skip_spaces();
        let position = self.position();
        if self.rest().starts_with('\'') {
            return Ok(Argument { name, value: self.quoted()?, position, quoted: true });
        }
        let len = self.bare_len();
        let value = self.rest()[..len].trim_end().to_owned();
        if value.is_empty() {
            return Err(Error::bad_request(format!(
                "Expression expected at position {position} in '{}'.",
                self.text
            ))
            .hint(format!("give {name} a date such as 2019-11-01")));
        }
        self.at += len;
        Ok(Argument { name, value, position, quoted: false })
    }

    fn quoted(&mut self) -> Result<String> {
        let (value, len) = quoted::text(self.rest()).ok_or_else(|| {
            Error::bad_request(format!(
                "There is an unterminated string literal at position {} in '{}'.",
                self.text.chars().count(),
                self.text
            ))
        })?;
        self.at += len;
        Ok(value)
    }

    /// The length of an unquoted value: up to the next comma, or to a
    /// parameter name that follows without one.
    fn bare_len(&self) -> usize {
        let rest = self.rest();
        let end = rest.find(',').unwrap_or(rest.len());
        if self.profile.is_strict() {
            return end;
        }
        glued_parameter(&rest[..end]).unwrap_or(end)
    }

    /// The Python SDK's URI template library drops the comma between the
    /// parameters, and what is meant stays clear.
    fn at_glued_parameter(&self) -> bool {
        !self.profile.is_strict() && glued_parameter(self.rest()) == Some(0)
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn position(&self) -> usize {
        self.text[..self.at].chars().count()
    }

    fn syntax_error(&self) -> Error {
        literal::syntax_error(self.position(), self.text)
    }
}

/// Where in a value `fromDateTime=` or `toDateTime=` starts.
fn glued_parameter(value: &str) -> Option<usize> {
    let lower = value.to_ascii_lowercase();
    ["fromdatetime=", "todatetime="].iter().filter_map(|name| lower.find(name)).min()
}

#[cfg(test)]
mod tests;
