//! What is wrong with filters, where, and what to do about it.

use super::*;

/// Text, the message's start, the position, and a part of the hint.
#[rustfmt::skip]
const FAULTS: &[(&str, &str, usize, &str)] = &[
    // Grammar.
    ("", "Expression expected", 0, "expected a property"),
    ("  ", "Expression expected", 2, "expected a property"),
    ("userId eqq 'x'", "Syntax error", 7, "did you mean 'eq'?"),
    ("userId like 'x'", "Syntax error", 7, "expected an operator (or, and, eq, ne, gt, ge, lt, le, add, sub, mul, div, divby, mod, in) or the end"),
    ("userId == 'x'", "Syntax error", 7, "write eq instead"),
    ("userId <> 'x'", "Syntax error", 7, "write ne instead"),
    ("true && false", "Syntax error", 5, "write and instead"),
    ("userId eq \"x\"", "Syntax error", 10, "single quotes"),
    ("userId eq 'x", "There is an unterminated string literal", 12, "ends with a single quote"),
    ("userId eq 'x' 'y'", "Syntax error", 14, "mod, in) or the end"),
    ("userId eq 'O'Brien'", "Syntax error", 13, "a quote inside a text is written twice"),
    ("userId eq 'a','b'", "Syntax error", 13, "a list comes after in"),
    ("duration gt", "Expression expected", 11, "expected a property"),
    ("duration gt and true", "Could not find a property named 'and' on type 'microsoft.graph.callRecords.testRow'.", 12, "the properties are"),
    ("(duration gt 1", "')' or operator expected", 14, "expected an operator (or, and, eq, ne, gt, ge, lt, le, add, sub, mul, div, divby, mod, in) or ')'"),
    ("(userId eq 'a'", "')' or operator expected", 14, "mod, in) or ')'"),
    ("userId eq ('a','b')", "')' or operator expected", 14, "a list comes after in"),
    ("(userId eqq 'x')", "')' or operator expected", 8, "did you mean 'eq'?"),
    ("duration gt 1)", "Syntax error", 13, "not opened"),
    ("()", "Expression expected", 1, "expected a property"),
    ("!successfulCall", "Syntax error", 0, "write not instead"),
    ("duration eq ?", "Syntax error", 12, "expected a property, a function or a literal"),
    // Names.
    ("foo eq 1", "Could not find a property named 'foo' on type 'microsoft.graph.callRecords.testRow'.", 0, "text is written in single quotes; the properties are id, userId"),
    ("true or userid eq 'x'", "Could not find a property named 'userid' on type", 8, "did you mean 'userId'?"),
    ("'ü' eq userid", "Could not find a property named 'userid' on type", 7, "did you mean 'userId'?"),
    ("smsUnits eq 1", "Could not find a property named 'smsUnits' on type", 0, "smsUnits is elsewhere"),
    ("foo(userId)", "An unknown function with name 'foo' was found.", 0, "the functions are startswith"),
    ("true and startswth(userId,'x')", "An unknown function with name 'startswth' was found.", 9, "did you mean 'startswith'?"),
    ("startswith(userId '+49')", "')' or operator expected", 18, "mod, in) or ','"),
    ("startswith(userId,'x'", "')' or operator expected", 21, "mod, in) or ')'"),
    ("length(userId 'x') gt 1", "')' or operator expected", 14, "mod, in) or ')'"),
    ("userId/x eq 1", "Syntax error", 6, "single value"),
    // Types.
    ("userId", "The $filter expression must evaluate to a single boolean value.", 0, "compare it"),
    ("null", "The $filter expression must evaluate to a single boolean value.", 0, "compare it"),
    ("duration eq 'x'", "A binary operator with incompatible types was detected. Found operand types 'Edm.Int32' and 'Edm.String' for operator kind 'Equal'.", 12, "leave out the quotes"),
    ("startDateTime ge '2024-01-01'", "A binary operator with incompatible types was detected. Found operand types 'Edm.DateTimeOffset' and 'Edm.String' for operator kind 'GreaterThanOrEqual'.", 17, "leave out the quotes: dates"),
    ("'2024-01-01' lt startDateTime", "A binary operator with incompatible types", 0, "leave out the quotes: dates"),
    ("date(startDateTime) eq 2024-01-01T00:00:00Z", "A binary operator with incompatible types", 23, "compare date(…)"),
    ("userId eq 5", "A binary operator with incompatible types", 10, "put the value in single quotes"),
    ("userId eq duration", "A binary operator with incompatible types", 7, "the same type"),
    ("not userId eq 'x'", "A unary operator with an incompatible type was detected. Found operand type 'Edm.String' for operator kind 'Not'.", 0, "write not ("),
    ("not null", "A unary operator with an incompatible type was detected. Found operand type 'null'", 0, "write not ("),
    ("true and -userId eq 1", "A unary operator with an incompatible type was detected. Found operand type 'Edm.String' for operator kind 'Negate'.", 9, "only numbers"),
    ("duration add 'x' eq 1", "A binary operator with incompatible types was detected. Found operand types 'Edm.Int32' and 'Edm.String' for operator kind 'Add'.", 9, "takes numbers"),
    ("duration add null eq 1", "A binary operator with incompatible types", 9, "takes numbers"),
    ("successfulCall and 1", "A binary operator with incompatible types was detected. Found operand types 'Edm.Boolean' and 'Edm.Int32' for operator kind 'And'.", 15, "'and' and 'or' join conditions"),
    ("null or true", "A binary operator with incompatible types", 5, "join conditions"),
    ("startswith(userId) or true", "No function signature for the function with name 'startswith' matches the specified arguments.", 0, "startswith takes (Edm.String, Edm.String), not 1 argument"),
    ("length(userId,'x') eq 1", "No function signature", 0, "length takes (Edm.String), not 2 arguments"),
    ("length(duration) eq 1", "No function signature", 7, "length takes (Edm.String), not Edm.Int32"),
    ("hour(date(startDateTime)) eq 1", "No function signature", 5, "hour takes (Edm.DateTimeOffset or Edm.TimeOfDay), not Edm.Date"),
    ("contains(callDurationSource,'o')", "No function signature", 9, "not microsoft.graph.callRecords.pstnCallDurationSource"),
    ("startswith(userId,null)", "No function signature", 18, "not null"),
    // Literals.
    ("startDateTime ge 2024-01-01T00:00:00", "The DateTimeOffset text '2024-01-01T00:00:00' should be in format", 17, "write 2024-01-01T00:00:00Z for UTC"),
    ("startDateTime ge 2024-01-01T00:00:00 1:00", "The DateTimeOffset text '2024-01-01T00:00:00' should be in format", 17, "Z for UTC"),
    ("startDateTime ge 2024-01-01T25:00:00Z", "The DateTimeOffset text", 17, "out of range"),
    ("startDateTime ge 2024-01-01T00:00:00 15:00", "The DateTimeOffset text", 17, "out of range"),
    ("startDateTime ge 2024-13-01", "Syntax error", 17, "not a number, date or time"),
    ("time(startDateTime) ge 24:00", "Syntax error", 23, "not a number, date or time"),
    ("time(startDateTime) ge 08:00Z", "Syntax error", 23, "not a number, date or time"),
    ("duration eq 1.5.5", "Syntax error", 12, "not a number, date or time"),
    ("duration eq 5x", "Syntax error", 12, "'5x' is not a number"),
    ("duration eq 1e999", "Syntax error", 12, "not a number, date or time"),
    ("userId eq datetime'2024-01-01'", "Syntax error", 10, "without prefix or quotes"),
    ("callDurationSource eq microsoft.graph.callRecords.pstnCallDurationSauce'x'", "Syntax error", 22, "did you mean 'microsoft.graph.callRecords.pstnCallDurationSource'?"),
    ("callDurationSource eq 'x'", "The string 'x' is not a valid enumeration type constant.", 22, "the members of pstnCallDurationSource are microsoft, operator"),
    ("callDurationSource gt 'operator'", "A binary operator with incompatible types", 19, "an enumeration has no order"),
    ("userId eq microsoft.graph.callRecords.pstnCallDurationSource'operator'", "A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'microsoft.graph.callRecords.pstnCallDurationSource'", 10, "compared with text"),
    // Lists.
    ("userId in 'a'", "'(' expected", 10, "a list holds literals in parentheses"),
    ("userId in ()", "Literal expected", 11, "a list holds literals"),
    ("userId in (id)", "Literal expected", 11, "a list holds literals"),
    ("userId in ('a' 'b')", "')' or ',' expected", 15, "separated by commas"),
    ("userId in ('a',1)", "The list holds a value of type 'Edm.Int32' for one of type 'Edm.String'.", 15, "put the value in single quotes"),
    ("startDateTime in ('2024-01-01')", "The list holds a value of type 'Edm.String'", 18, "leave out the quotes"),
    ("duration in (1e300)", "The number is too large for a list of whole numbers.", 13, "compare it with eq"),
    // Collections.
    ("administrativeUnitInfos eq null", "any or all expected", 24, "administrativeUnitInfos/any(a:a/id eq '…')"),
    ("administrativeUnitInfos/id eq 'x'", "any or all expected", 24, "administrativeUnitInfos/any(a:a/id eq '…')"),
    ("administrativeUnitInfos/any eq true", "'(' expected", 28, "write administrativeUnitInfos/any(a:a/id eq '…')"),
    ("administrativeUnitInfos/all()", "A variable and ':' expected", 28, "name the element first: administrativeUnitInfos/all(a:a/id eq '…')"),
    ("administrativeUnitInfos/any(a:a/name eq 'x')", "Could not find a property named 'name' on type 'microsoft.graph.callRecords.administrativeUnitInfo'.", 32, "the properties are id"),
    ("administrativeUnitInfos/any(a:a eq 'x')", "'/' and a property expected", 32, "the properties are id"),
    ("administrativeUnitInfos/any(a:a/id)", "The expression in any and all must be a single boolean value, not 'Edm.String'.", 32, "compare it"),
    ("administrativeUnitInfos/any(a:a/id eq 'x' a)", "')' or operator expected", 42, "mod, in) or ')'"),
    ("administrativeUnitInfos/any(a:administrativeUnitInfos/any())", "Within any and all no other collection can be asked.", 30, "join two"),
    // Aliases. Positions count in the alias's own value.
    ("userId eq @unknown", "The parameter alias '@unknown' has no value in the query string.", 10, "add @unknown=…"),
    ("userId eq @name", "Syntax error", 0, "in the value of @name: expected a literal"),
    ("userId eq @again", "Syntax error", 0, "in the value of @again: expected a literal"),
    ("userId eq @two", "Syntax error", 4, "in the value of @two: expected the end"),
];

#[test]
fn faults_say_what_where_and_what_to_do() {
    for (text, message, position, hint) in FAULTS {
        let error = match read(text) {
            Ok(expr) => panic!("{text} was taken for {}", print(&expr)),
            Err(error) => error,
        };
        assert_eq!(error.kind(), crate::ErrorKind::BadRequest, "{text}");
        assert!(error.message().starts_with(message), "{text}: {error}");
        assert!(error.message().contains(&format!("at position {position} in '")), "{text}: {error}");
        assert!(error.hint_text().unwrap_or_default().contains(hint), "{text}: {error}");
    }
}

#[test]
fn messages_are_whole_sentences() {
    for (text, message) in [
        ("userId eqq 'x'", "Syntax error at position 7 in 'userId eqq 'x''."),
        (
            "foo eq 1",
            "Could not find a property named 'foo' on type 'microsoft.graph.callRecords.testRow'. \
             It is at position 0 in 'foo eq 1'.",
        ),
        ("userId in ()", "Literal expected at position 11 in 'userId in ()'."),
    ] {
        assert_eq!(read(text).unwrap_err().message(), message);
    }
}
