//! Literals within expressions.

use super::cursor::shortened;
use super::limits::MAX_LITERALS;
use super::operand::{Operand, Value};
use super::parser::Parser;
use crate::edm::{EdmType, EnumType};
use crate::expr::Literal;
use crate::near::hint;
use crate::{Error, Instant, InstantError, Result, literal};

/// What to do about an alias where none may be.
pub(super) const NO_ALIASES: &str =
    "aliases are not allowed in $orderby and $select: write what the alias means";

/// How much text parameter aliases may put into one expression, in bytes.
/// Without a limit, a long value that is named often would grow to many times
/// the request's size.
const MAX_ALIASED: usize = 64 * 1024;

/// `e523d2ed-2966-4b6b-925b-754a88034cc5`.
const GUID_LEN: usize = 36;

/// What the literals of OData's older versions start with.
const OLD_PREFIXES: [&str; 6] = ["datetime", "datetimeoffset", "date", "time", "timeofday", "guid"];

impl Parser<'_> {
    /// Reads a literal, if one comes next.
    pub(super) fn literal(&mut self) -> Result<Option<Operand>> {
        let next = self.cursor.peek();
        let at = self.cursor.at();
        let literal = match next {
            Some('\'') => Literal::Text(self.cursor.quoted()?),
            Some('@') => return self.aliased(at).map(Some),
            Some('-' | '0'..='9') => self.digits(at)?,
            Some(c) if c.is_alphabetic() => return self.named(at),
            Some(_) | None => return Ok(None),
        };
        Ok(Some(Operand::Value(Value::literal(at, literal))))
    }

    /// Literals that start with a letter.
    fn named(&mut self, at: usize) -> Result<Option<Operand>> {
        if let Some(guid) = guid(self.cursor.rest()) {
            self.cursor.advance(GUID_LEN);
            return Ok(Some(Operand::Value(Value::literal(at, Literal::Text(guid)))));
        }
        let word = self.cursor.word();
        if self.cursor.rest()[word.len()..].starts_with('\'') {
            return self.member_of_enumeration(at, word).map(Some);
        }
        let operand = if word.eq_ignore_ascii_case("null") {
            Operand::Null { at }
        } else if word.eq_ignore_ascii_case("true") {
            Operand::Value(Value::literal(at, Literal::Bool(true)))
        } else if word.eq_ignore_ascii_case("false") {
            Operand::Value(Value::literal(at, Literal::Bool(false)))
        } else {
            return Ok(None);
        };
        self.cursor.advance(word.len());
        Ok(Some(operand))
    }

    /// `microsoft.graph.callRecords.pstnCallDurationSource'operator'`.
    fn member_of_enumeration(&mut self, at: usize, type_name: &str) -> Result<Operand> {
        let names: Vec<_> = self.enumerations().map(|of| EdmType::Enum(of).name()).collect();
        let found = names.iter().position(|name| name.eq_ignore_ascii_case(type_name));
        let Some(of) = found.and_then(|index| self.enumerations().nth(index)) else {
            let error = self.cursor.syntax_error(at);
            if OLD_PREFIXES.iter().any(|prefix| prefix.eq_ignore_ascii_case(type_name)) {
                return Err(error.hint("write dates, times and GUIDs as they are, without prefix or quotes"));
            }
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            return Err(error.hint(if names.is_empty() {
                "no property is an enumeration; text is written in single quotes, without a prefix".to_owned()
            } else {
                hint(&shortened(type_name), "enumerations", &names)
            }));
        };
        self.cursor.advance(type_name.len());
        let text = self.cursor.quoted()?;
        let member = self.member_named(at, &text, of)?;
        let value = Value::literal(at, Literal::Text(member.to_owned()));
        Ok(Operand::Value(Value { members: Some(of), ..value }))
    }

    fn enumerations(&self) -> impl Iterator<Item = &'static EnumType> {
        let shape = self.shape;
        shape.names().into_iter().filter_map(move |name| match shape.property(name) {
            Some((_, EdmType::Enum(of))) => Some(of),
            Some(_) | None => None,
        })
    }

    /// The member of that name as it is stored.
    pub(super) fn member_named(&self, at: usize, name: &str, of: &EnumType) -> Result<&'static str> {
        of.member(name).ok_or_else(|| {
            let members: Vec<_> = of.members.iter().map(|(member, _)| *member).collect();
            let name = shortened(name);
            self.cursor
                .fault(at, format!("The string '{name}' is not a valid enumeration type constant."))
                .hint(format!("the members of {} are {}", of.name, members.join(", ")))
        })
    }

    /// The value of a parameter alias, which is a literal.
    fn aliased(&mut self, at: usize) -> Result<Operand> {
        let Some(alias) = self.alias else {
            return Err(self.cursor.syntax_error(at).hint(NO_ALIASES));
        };
        self.cursor.advance(1);
        let name = self.cursor.run(|c| c.is_alphanumeric() || c == '_');
        self.cursor.advance(name.len());
        let text = alias(&format!("@{name}"));
        let name = format!("@{}", shortened(name));
        let Some(text) = text else {
            return Err(self
                .cursor
                .fault(at, format!("The parameter alias '{name}' has no value in the query string."))
                .hint(format!("add {name}=… to the query string; values are literals")));
        };
        self.aliased += text.len();
        if self.aliased > MAX_ALIASED {
            return Err(self
                .cursor
                .fault(at, "The values of parameter aliases make the expression too long.")
                .hint(format!("together they may have {MAX_ALIASED} bytes, each as often as it is used")));
        }
        let inside = |error: Error| {
            let hint = error.hint_text().unwrap_or("expected a literal").to_owned();
            error.hint(format!("in the value of {name}: {hint}"))
        };
        let mut value = Parser::new(&text, self.shape, None);
        let literal = match value.cursor.peek() {
            Some('@') | None => None,
            Some(_) => value.literal().map_err(inside)?,
        };
        match (literal, value.cursor.peek()) {
            (Some(Operand::Null { .. }), None) => Ok(Operand::Null { at }),
            (Some(Operand::Value(literal)), None) => Ok(Operand::Value(Value { at, ..literal })),
            (Some(_), Some(_)) => {
                let error = value.cursor.syntax_error(value.cursor.at());
                Err(inside(error.hint("expected the end, because an alias means one literal")))
            }
            (None, _) => Err(inside(value.cursor.syntax_error(value.cursor.at()))),
        }
    }

    /// Numbers, dates, times and GUIDs that start with a digit.
    fn digits(&mut self, at: usize) -> Result<Literal> {
        if let Some(guid) = guid(self.cursor.rest()) {
            self.cursor.advance(GUID_LEN);
            return Ok(Literal::Text(guid));
        }
        let text = self.cursor.run(|c| c.is_alphanumeric() || matches!(c, '.' | ':' | '+' | '-' | '_'));
        let literal = if let Some(date) = literal::date(text) {
            date.ok().map(|date| Literal::Date(date.ticks().div_euclid(Instant::TICKS_PER_DAY)))
        } else if literal::looks_like_date_time(text) {
            return self.date_time(at, text).map(Literal::Instant);
        } else if text.as_bytes().get(2) == Some(&b':') {
            // A time of day is read as that of the day from which ticks count.
            Instant::parse(&format!("1970-01-01T{text}Z")).ok().map(|time| Literal::TimeOfDay(time.ticks()))
        } else {
            number(text)
        };
        self.cursor.advance(text.len());
        literal.ok_or_else(|| {
            self.cursor.syntax_error(at).hint(format!(
                "'{}' is not a number, date or time; write 60, 0.5, 2019-11-01, 2019-11-01T00:00:00Z or 08:00, \
                 and text in single quotes",
                shortened(text)
            ))
        })
    }

    /// A date with time and zone.
    fn date_time(&mut self, at: usize, text: &str) -> Result<Instant> {
        let mut parsed = literal::date_time(text);
        let mut len = text.len();
        // A plus in a query string means a space, so an offset such as +01:00
        // arrives as one when the client did not encode it. Nothing else may
        // be there.
        if Instant::parse(text) == Err(InstantError::NoZone)
            && let Some(zone) = offset(&self.cursor.rest()[text.len()..])
        {
            parsed = literal::date_time(&format!("{text}+{zone}"));
            len += 1 + zone.len();
        }
        self.cursor.advance(len);
        parsed.map_err(|error| {
            let fault = self.cursor.fault(at, error.message());
            match error.hint_text() {
                Some(hint) => fault.hint(hint.to_owned()),
                None => fault,
            }
        })
    }

    /// Reads the literals of a list, from its opening parenthesis to its
    /// closing one.
    pub(super) fn literals(&mut self) -> Result<Vec<Operand>> {
        const FORM: &str = "a list holds literals in parentheses, separated by commas: ('a','b')";
        if self.cursor.peek() != Some('(') {
            return Err(self.cursor.expected("'('", self.cursor.at()).hint(FORM));
        }
        self.open()?;
        let mut literals = Vec::new();
        loop {
            self.cursor.peek();
            let at = self.cursor.at();
            if literals.len() == MAX_LITERALS {
                return Err(self
                    .cursor
                    .fault(at, format!("The list has more than {MAX_LITERALS} literals."))
                    .hint("ask for the others in a separate request"));
            }
            literals.push(self.literal()?.ok_or_else(|| {
                let error = self.cursor.expected("Literal", at);
                error.hint(FORM)
            })?);
            if !self.cursor.take(',') {
                break;
            }
        }
        if self.cursor.peek() != Some(')') {
            return Err(self.cursor.expected("')' or ','", self.cursor.at()).hint(FORM));
        }
        self.close();
        Ok(literals)
    }
}

/// The GUID at the start of a text, in lower case, as Graph writes ids.
fn guid(text: &str) -> Option<String> {
    let (guid, rest) = text.split_at_checked(GUID_LEN)?;
    let shape = guid.bytes().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    (shape && ends).then(|| guid.to_ascii_lowercase())
}

/// The `hh:mm` after one space and before the end of the literal.
fn offset(rest: &str) -> Option<&str> {
    let (offset, behind) = rest.strip_prefix(' ')?.split_at_checked("hh:mm".len())?;
    let shape = offset.bytes().enumerate().all(|(at, byte)| match at {
        2 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let ends = !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, ':' | '.' | '-' | '_'));
    (shape && ends).then_some(offset)
}

/// A whole number that fits 64 bits, else one with digits after the point.
fn number(text: &str) -> Option<Literal> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    if digits(unsigned)
        && let Ok(number) = text.parse()
    {
        return Some(Literal::Int(number));
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if ![whole, fraction, exponent].into_iter().all(digits) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite()).map(Literal::Number)
}
