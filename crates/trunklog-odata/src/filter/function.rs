//! The functions, and what they take.

use crate::expr::{Function, Kind};

/// A function's name, what it takes and what it gives.
pub(super) struct Signature {
    pub(super) name: &'static str,
    pub(super) function: Function,
    /// For each argument the kinds that it may have.
    pub(super) takes: &'static [&'static [Kind]],
    pub(super) gives: Kind,
}

const TEXT: &[Kind] = &[Kind::Text];
const INSTANT: &[Kind] = &[Kind::Instant];
const DAY: &[Kind] = &[Kind::Instant, Kind::Date];
const CLOCK: &[Kind] = &[Kind::Instant, Kind::TimeOfDay];

#[rustfmt::skip]
const SIGNATURES: &[Signature] = &[
    row("startswith", Function::StartsWith, &[TEXT, TEXT], Kind::Bool),
    row("endswith",   Function::EndsWith,   &[TEXT, TEXT], Kind::Bool),
    row("contains",   Function::Contains,   &[TEXT, TEXT], Kind::Bool),
    row("tolower",    Function::ToLower,    &[TEXT],       Kind::Text),
    row("toupper",    Function::ToUpper,    &[TEXT],       Kind::Text),
    row("length",     Function::Length,     &[TEXT],       Kind::Int),
    row("year",       Function::Year,       &[DAY],        Kind::Int),
    row("month",      Function::Month,      &[DAY],        Kind::Int),
    row("day",        Function::Day,        &[DAY],        Kind::Int),
    row("hour",       Function::Hour,       &[CLOCK],      Kind::Int),
    row("minute",     Function::Minute,     &[CLOCK],      Kind::Int),
    row("second",     Function::Second,     &[CLOCK],      Kind::Int),
    row("date",       Function::Date,       &[INSTANT],    Kind::Date),
    row("time",       Function::Time,       &[INSTANT],    Kind::TimeOfDay),
];

const fn row(
    name: &'static str,
    function: Function,
    takes: &'static [&'static [Kind]],
    gives: Kind,
) -> Signature {
    Signature { name, function, takes, gives }
}

impl Function {
    /// What filters call it.
    ///
    /// ```
    /// use trunklog_odata::expr::Function;
    ///
    /// assert_eq!(Function::StartsWith.name(), "startswith");
    /// ```
    pub fn name(self) -> &'static str {
        SIGNATURES.iter().find(|row| row.function == self).map_or("", |row| row.name)
    }
}

/// The function of that name, letter case ignored.
pub(super) fn signature(name: &str) -> Option<&'static Signature> {
    SIGNATURES.iter().find(|row| row.name.eq_ignore_ascii_case(name))
}

/// The names of all functions.
pub(super) fn names() -> Vec<&'static str> {
    SIGNATURES.iter().map(|row| row.name).collect()
}
