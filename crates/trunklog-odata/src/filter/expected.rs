//! Hints for those who wrote something that the grammar does not expect.

use super::parser::{OPERATORS, Parser};
use crate::Error;
use crate::near::nearest;

/// What other languages write, longer ones first.
const FOREIGN: [(&str, &str); 10] = [
    ("==", "eq"),
    ("!=", "ne"),
    ("<>", "ne"),
    (">=", "ge"),
    ("<=", "le"),
    ("&&", "and"),
    ("||", "or"),
    ("=", "eq"),
    (">", "gt"),
    ("<", "lt"),
];

impl Parser<'_> {
    /// The error for something else where an operator may be, or one of the
    /// `others`.
    pub(super) fn no_operator(&mut self, others: &[&str]) -> Error {
        let hint = self.after_operand(others);
        self.cursor.syntax_error(self.cursor.at()).hint(hint)
    }

    /// What to do about something after an operand that is not an operator and
    /// none of the `others`, which can be there too.
    pub(super) fn after_operand(&mut self, others: &[&str]) -> String {
        let word = self.cursor.word();
        let rest = self.cursor.rest();
        if let Some((_, name)) = FOREIGN.iter().find(|(foreign, _)| rest.starts_with(foreign)) {
            return format!("write {name} instead");
        }
        if rest.starts_with(')') {
            return "this parenthesis was not opened".to_owned();
        }
        if rest.starts_with(',') {
            return "conditions are joined by and; a list comes after in: userId in ('a','b')".to_owned();
        }
        if self.cursor.is_behind('\'') && rest.starts_with(char::is_alphanumeric) {
            return "a quote inside a text is written twice: 'O''Brien'".to_owned();
        }
        let operators = OPERATORS.into_iter().map(|(name, _, _)| name).chain(["in"]);
        if let Some(near) = nearest(word, operators.clone()) {
            return format!("did you mean '{near}'?");
        }
        let operators = format!("an operator ({})", operators.collect::<Vec<_>>().join(", "));
        let mut all = vec![operators.as_str()];
        all.extend_from_slice(others);
        format!("expected {}", either(&all))
    }

    /// The error for something else where an operand must be.
    pub(super) fn no_operand(&self, next: Option<char>, at: usize) -> Error {
        let error = match next {
            None | Some(')' | ',') => self.cursor.expected("Expression", at),
            Some(_) => self.cursor.syntax_error(at),
        };
        error.hint(match next {
            Some('"') => "text is written in single quotes, not in double quotes",
            Some('!') => "write not instead",
            Some(_) | None => "expected a property, a function or a literal",
        })
    }
}

/// What is expected, as a sentence lists it: a, b or c.
fn either(names: &[&str]) -> String {
    match names {
        [] | [_] => names.concat(),
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}
