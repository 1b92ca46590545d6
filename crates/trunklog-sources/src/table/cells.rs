//! One value of a table.
//!
//! What cannot be read for sure is a fault: a date without a zone, a number whose last
//! digits a spreadsheet threw away.

use std::borrow::Cow;

use trunklog_odata::Instant;
use trunklog_records::Value;

use super::columns::Form;
use super::units;

/// What is wrong with a value. The texts hold nothing of it.
pub(super) type Fault = &'static str;

/// A value, or None for none.
pub(super) type Reading<'a> = Result<Option<Value<'a>>, Fault>;

pub(super) const CUT_NUMBER: Fault =
    "only the first digits are left, as in 4.93E+11; export again and do not save the file in a spreadsheet";
pub(super) const LOCAL_TIME: Fault = "a date in the form of a country, without a zone; export again and do not save \
                                      the file in a spreadsheet, or write times in ISO 8601 with a zone";
const NO_PLUS: Fault = "a number without its +, as spreadsheets leave it; export again and do not save the file in a spreadsheet";
const TIME: Fault = "expected a date with time, such as 2031-03-28T08:00:00Z";
const INT: Fault = "expected a whole number within 32 bits";
const YES_NO: Fault = "expected Yes or No";
const OUTCOME: Fault = "expected Success, Attempt, Yes or No";
const DECIMAL: Fault = "expected a decimal number with a point, such as 12.83, of at most 32 characters";
const DURATION_SOURCE: Fault = "expected Microsoft or Operator";

/// What exports and people write in the place of a value that is no text.
const NOTHING: [&str; 4] = ["null", "no data", "n/a", "-"];

/// Yes in the languages of `localized.rs` and some more, and what programs write.
const YES: [&str; 10] = ["yes", "true", "1", "ja", "oui", "sí", "si", "sì", "sim", "да"];
const NO: [&str; 9] = ["no", "false", "0", "nein", "non", "não", "nao", "nee", "нет"];

/// How the admin centre says how a call went, in those languages.
const SUCCESS: [&str; 9] = [
    "success",
    "erfolg",
    "erfolgreich",
    "succès",
    "réussite",
    "éxito",
    "esito positivo",
    "riuscita",
    "êxito",
];
const ATTEMPT: [&str; 7] =
    ["attempt", "versuch", "tentative", "intento", "tentativo", "tentativa", "failure"];

/// The longest decimal that is kept, as of Graph's rows.
const MAX_DECIMAL: usize = 32;

/// No extension has so many digits; a number of a country that has lost its `+` does.
const DIGITS_OF_A_COUNTRY: usize = 8;

/// Reads a value without the blanks around it. `is_resaved` says that a spreadsheet
/// wrote the file.
pub(super) fn read(form: Form, text: &str, is_resaved: bool) -> Reading<'_> {
    if is_nothing(form, text) {
        return Ok(if form == Form::TimeOrAbsent { Some(Value::Instant(Instant::ABSENT)) } else { None });
    }
    match form {
        Form::Number if is_resaved && is_without_plus(text) => Err(NO_PLUS),
        Form::Text | Form::Number | Form::CallType | Form::Direction | Form::NumberType | Form::User => {
            if is_cut_number(text) {
                Err(CUT_NUMBER)
            } else {
                Ok(Some(Value::Text(Cow::Borrowed(text))))
            }
        }
        Form::Country if text == "??" => Ok(None),
        Form::Country => Ok(Some(Value::Text(Cow::Borrowed(text)))),
        Form::Time | Form::TimeOrAbsent => time(text).map(|time| Some(Value::Instant(time))),
        Form::Int => match text.parse() {
            Ok(number) => Ok(Some(Value::Int(number))),
            Err(_) if is_cut_number(text) => Err(CUT_NUMBER),
            Err(_) => Err(INT),
        },
        Form::YesNo => yes_or_no(text).map(|is_so| Some(Value::Bool(is_so))).ok_or(YES_NO),
        Form::Outcome => outcome(text).map(|is_so| Some(Value::Bool(is_so))).ok_or(OUTCOME),
        Form::Decimal if is_decimal(text) => Ok(Some(Value::Text(Cow::Borrowed(text)))),
        Form::Decimal => Err(DECIMAL),
        Form::DurationSource => ["microsoft", "operator"]
            .into_iter()
            .find(|member| member.eq_ignore_ascii_case(text))
            .map(|member| Some(Value::Text(Cow::Borrowed(member))))
            .ok_or(DURATION_SOURCE),
        Form::Units => Ok(units::read(text).map(|units| Value::Text(Cow::Owned(units)))),
    }
}

/// A person may be called Null.
fn is_nothing(form: Form, text: &str) -> bool {
    text.is_empty()
        || (form != Form::Text && NOTHING.iter().any(|nothing| nothing.eq_ignore_ascii_case(text)))
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A time of an export: ISO 8601, and UTC where it says no zone.
fn time(text: &str) -> Result<Instant, Fault> {
    if let Ok(time) = Instant::parse(text) {
        // The year 1 stands for "no such moment", whatever its zone.
        return Ok(if text.starts_with("0001-01-01T00:00:00") { Instant::ABSENT } else { time });
    }
    let utc = format!("{text}Z");
    let has_seconds = text.len() >= "2031-03-28T08:00:00".len();
    match Instant::parse(&utc) {
        Ok(time) if has_seconds => Ok(time),
        _ if is_local_time(text) => Err(LOCAL_TIME),
        _ => Err(TIME),
    }
}

/// Whether it looks like a date, and not one of ISO 8601 with its time.
pub(super) fn is_local_time(text: &str) -> bool {
    let starts_as_date = {
        let mut parts = text.trim().splitn(3, ['.', '/', '-']);
        let is_part = |part: &str| part.len() <= 4 && are_digits(part);
        let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let third = parts.next().unwrap_or_default().trim_start();
        is_part(first) && is_part(second) && third.starts_with(|c: char| c.is_ascii_digit())
    };
    // A day that Excel counted since 1900.
    let is_count = || {
        let whole = text.split(['.', ',']).next().unwrap_or_default();
        whole.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    };
    (starts_as_date && !text.contains('T')) || is_count()
}

/// Whether a spreadsheet left only the first digits of a number: `4,93012E+11`.
pub(super) fn is_cut_number(text: &str) -> bool {
    let Some((digits, exponent)) = text.trim().split_once(['E', 'e']) else { return false };
    let Some(exponent) = exponent.strip_prefix('+') else { return false };
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    are_digits(whole) && are_digits(fraction) && are_digits(exponent)
}

fn is_without_plus(text: &str) -> bool {
    text.len() >= DIGITS_OF_A_COUNTRY && are_digits(text)
}

/// Yes or no, in any of the languages; None when it is something else.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    let word = text.to_lowercase();
    let is_in = |words: &[&str]| words.contains(&word.as_str());
    if is_in(&YES) {
        Some(true)
    } else if is_in(&NO) {
        Some(false)
    } else {
        None
    }
}

fn outcome(text: &str) -> Option<bool> {
    let word = text.to_lowercase();
    if SUCCESS.contains(&word.as_str()) {
        Some(true)
    } else if ATTEMPT.contains(&word.as_str()) {
        Some(false)
    } else {
        yes_or_no(text)
    }
}

/// Digits with at most one point: what the JSON of Graph's rows has.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    text.len() <= MAX_DECIMAL
        && are_digits(whole)
        && are_digits(fraction)
        && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(form: Form, text: &str) -> Option<Fault> {
        read(form, text, false).err()
    }

    fn told(form: Form, text: &str) -> String {
        match read(form, text, false) {
            Ok(Some(Value::Text(text))) => text.into_owned(),
            Ok(Some(Value::Instant(time))) => time.to_string(),
            Ok(Some(Value::Int(number))) => number.to_string(),
            Ok(Some(Value::Bool(is_so))) => is_so.to_string(),
            Ok(None) => "none".to_owned(),
            Err(fault) => fault.to_owned(),
        }
    }

    #[test]
    fn values_of_each_form_are_read() {
        for (form, text, expected) in [
            (Form::Text, "Ann Lee", "Ann Lee"),
            (Form::Text, "Null", "Null"),
            (Form::Int, "No Data", "none"),
            (Form::Number, "+49305550***", "+49305550***"),
            (Form::Number, "Internal Revenue Service", "Internal Revenue Service"),
            (Form::Country, "??", "none"),
            (Form::Country, "DE", "DE"),
            (Form::Time, "2024-05-06T07:08:09.1234567Z", "2024-05-06T07:08:09.1234567Z"),
            (Form::Time, "2024-05-06T07:08:09+02:00", "2024-05-06T05:08:09Z"),
            (Form::Time, "2024-05-06T07:08:09.5", "2024-05-06T07:08:09.5Z"),
            (Form::Time, "", "none"),
            (Form::TimeOrAbsent, "", "0001-01-01T00:00:00Z"),
            (Form::TimeOrAbsent, "0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00Z"),
            (Form::TimeOrAbsent, "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"),
            (Form::Int, "486", "486"),
            (Form::Int, "-1", "-1"),
            (Form::YesNo, "Nein", "false"),
            (Form::YesNo, "TRUE", "true"),
            (Form::Outcome, "Attempt", "false"),
            (Form::Outcome, "Yes", "true"),
            (Form::Decimal, "0.00", "0.00"),
            (Form::Decimal, "-12.83", "-12.83"),
            (Form::DurationSource, "Microsoft", "microsoft"),
            (Form::Units, "a;b", r#"[{"id":"a"},{"id":"b"}]"#),
        ] {
            assert_eq!(told(form, text), expected, "{form:?} {text}");
        }
    }

    #[test]
    fn what_a_spreadsheet_changed_is_told() {
        for (form, text, expected) in [
            (Form::Number, "4,93012E+11", CUT_NUMBER),
            (Form::Number, "1.42555E+10", CUT_NUMBER),
            (Form::Text, "2E+15", CUT_NUMBER),
            (Form::Int, "5.4E+05", CUT_NUMBER),
            (Form::Time, "21.03.2031 09:00", LOCAL_TIME),
            (Form::Time, "3/21/2031 9:00", LOCAL_TIME),
            (Form::Time, "2031-03-21 09:00:00", LOCAL_TIME),
            (Form::Time, "2031-03-21", LOCAL_TIME),
            (Form::Time, "1/1/0001 12:00:00 AM", LOCAL_TIME),
            (Form::Time, "47929,375", LOCAL_TIME),
            (Form::Time, "2031-03-28T08:00", TIME),
            (Form::Time, "2031-13-28T08:00:00Z", TIME),
            (Form::Time, "soon", TIME),
            (Form::YesNo, "WAHR", YES_NO),
            (Form::Outcome, "maybe", OUTCOME),
            (Form::Int, "00:00:40", INT),
            (Form::Int, "2147483648", INT),
            (Form::Decimal, "1,25", DECIMAL),
            (Form::Decimal, "1E-05", DECIMAL),
            (Form::Decimal, ".5", DECIMAL),
            (Form::DurationSource, "x", DURATION_SOURCE),
        ] {
            assert_eq!(fault(form, text), Some(expected), "{form:?} {text}");
        }
        // What only looks like it.
        for text in ["+4930E", "E+11", "1E11", "1E-05", "Mara E+1"] {
            assert!(!is_cut_number(text), "{text}");
        }
        assert_eq!(read(Form::Number, "4930123456", true), Err(NO_PLUS));
        for (text, is_resaved) in [("4930123456", false), ("+4930123456", true), ("1001", true)] {
            assert!(read(Form::Number, text, is_resaved).is_ok(), "{text}");
        }
    }
}
