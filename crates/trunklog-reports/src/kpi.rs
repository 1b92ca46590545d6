//! Key figures: what each is, by which standard, in which unit, and how it
//! follows from what was counted.
//!
//! Names, formulas and explanations are texts. Sums are whole numbers up to the
//! last division, so rows and cubes tell the same figures to the last digit.

mod busy;
mod calls;
mod example;

use crate::texts::Texts;

pub use busy::{BUSY_KPIS, BusyTotals};
pub use calls::KPIS;
pub use example::{EXAMPLE, Example};

/// What a key figure is.
///
/// ```
/// use trunklog_reports::Texts;
/// use trunklog_reports::kpi::{Unit, definition};
///
/// let asr = definition("asr").unwrap();
/// assert_eq!((asr.unit, asr.standard), (Unit::Ratio, Some("ITU-T E.425 (1992), 1.3")));
/// assert_eq!(Texts::english().text(asr.formula, &[]), "answered ÷ attempts");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// What it is called in JSON; it never changes.
    pub key: &'static str,
    /// What it is measured in.
    pub unit: Unit,
    /// The standard that defines it; None when it is usual, or ours.
    pub standard: Option<&'static str>,
    /// The key of the text that names it.
    pub name: &'static str,
    /// The key of the text with its formula.
    pub formula: &'static str,
    /// The key of the text that explains it, with each choice that was made.
    pub explanation: &'static str,
}

/// What a key figure is measured in.
///
/// ```
/// use trunklog_reports::Texts;
/// use trunklog_reports::kpi::Unit;
///
/// assert_eq!(Unit::Erlangs.key(), "erlangs");
/// assert_eq!(Texts::english().text(Unit::Erlangs.name(), &[]), "erlangs");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A part of a whole, from 0 to 1.
    Ratio,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// A number of rows or calls.
    Calls,
    /// A number of channels that are busy at once.
    Channels,
    /// Traffic.
    Erlangs,
}

/// A key figure that follows from a `T`.
///
/// ```
/// use trunklog_reports::Totals;
/// use trunklog_reports::kpi::{KPIS, Value};
///
/// let asr = KPIS.iter().find(|kpi| kpi.definition.key == "asr").unwrap();
/// let mut totals = Totals::of_end(1, Some(true), Some(0), Some(560_000));
/// totals.add(&Totals::of_end(3, Some(false), Some(486), Some(560_486)));
/// assert_eq!(asr.of(&totals), Value { value: Some(0.25), n: 4 });
/// ```
#[derive(Debug)]
pub struct Kpi<T> {
    /// What it is.
    pub definition: Definition,
    measure: fn(&T) -> Value,
}

/// What a key figure comes to.
///
/// ```
/// use trunklog_reports::Totals;
/// use trunklog_reports::kpi::KPIS;
///
/// let of_nothing = KPIS.iter().map(|kpi| (kpi.definition.key, kpi.of(&Totals::default())));
/// for (key, told) in of_nothing {
///     assert_eq!((told.n, told.value.unwrap_or(0.0)), (0, 0.0), "{key}");
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// In the figure's unit; None for a ratio, a mean or a quantile of nothing.
    pub value: Option<f64>,
    /// Over how many rows it was taken: of a ratio the denominator.
    pub n: i64,
}

impl<T> Kpi<T> {
    /// The figure of what was counted.
    pub fn of(&self, counted: &T) -> Value {
        (self.measure)(counted)
    }
}

impl Definition {
    /// The figure in words: name, formula, explanation and standard.
    ///
    /// ```
    /// use trunklog_reports::Texts;
    /// use trunklog_reports::kpi::definition;
    ///
    /// let help = definition("seer").unwrap().help(Texts::english());
    /// assert!(help.contains("RFC 6076, 4.7"));
    /// ```
    pub fn help(&self, texts: &Texts) -> String {
        let [name, formula, explanation] =
            [self.name, self.formula, self.explanation].map(|key| texts.text(key, &[]));
        let help = format!("{name} = {formula}. {explanation}");
        match self.standard {
            Some(standard) => format!("{help} ({standard})"),
            None => help,
        }
    }
}

/// What all key figures are, in the order in which they are told.
///
/// ```
/// use trunklog_reports::kpi::{BUSY_KPIS, KPIS, definitions};
///
/// assert_eq!(definitions().count(), KPIS.len() + BUSY_KPIS.len());
/// ```
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    KPIS.iter().map(|kpi| &kpi.definition).chain(BUSY_KPIS.iter().map(|kpi| &kpi.definition))
}

/// The figure of that key, letter case ignored.
///
/// ```
/// use trunklog_reports::kpi::definition;
///
/// assert_eq!(definition("NER").unwrap().key, "ner");
/// assert!(definition("pdd").is_none(), "rows do not show when it rang");
/// ```
pub fn definition(key: &str) -> Option<&'static Definition> {
    definitions().find(|definition| definition.key.eq_ignore_ascii_case(key))
}

/// What is known of a unit.
struct UnitFacts {
    key: &'static str,
    name: &'static str,
}

macro_rules! unit {
    ($key:literal) => {
        &UnitFacts { key: $key, name: concat!("unit-", $key) }
    };
}

impl Unit {
    /// All units.
    pub const ALL: [Unit; 6] =
        [Unit::Ratio, Unit::Seconds, Unit::Minutes, Unit::Calls, Unit::Channels, Unit::Erlangs];

    /// What it is called in JSON.
    pub fn key(self) -> &'static str {
        self.facts().key
    }

    /// The key of the text that names it.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    fn facts(self) -> &'static UnitFacts {
        match self {
            Unit::Ratio => unit!("ratio"),
            Unit::Seconds => unit!("seconds"),
            Unit::Minutes => unit!("minutes"),
            Unit::Calls => unit!("calls"),
            Unit::Channels => unit!("channels"),
            Unit::Erlangs => unit!("erlangs"),
        }
    }
}

/// A line of a table of key figures.
macro_rules! kpi {
    ($key:literal, $unit:ident, $standard:expr, $measure:expr) => {
        $crate::kpi::Kpi {
            definition: $crate::kpi::Definition {
                key: $key,
                unit: $crate::kpi::Unit::$unit,
                standard: $standard,
                name: concat!("kpi-", $key),
                formula: concat!("kpi-", $key, ".formula"),
                explanation: concat!("kpi-", $key, ".explanation"),
            },
            measure: $measure,
        }
    };
}
use kpi;

/// A number of `n` rows or of something in them, which is 0 when there are none.
fn count(number: i64, n: i64) -> Value {
    Value { value: Some(float(number)), n }
}

/// A sum in parts of which `per` are a unit, over `n` rows.
fn sum(sum: i64, per: i64, n: i64) -> Value {
    Value { value: Some(float(sum) / float(per)), n }
}

/// A part of `n` rows.
pub(crate) fn ratio(part: i64, n: i64) -> Value {
    mean(part, 1, n)
}

/// What is the mean over `n` rows of a sum in parts of which `per` are a unit.
pub(crate) fn mean(sum: i64, per: i64, n: i64) -> Value {
    Value { value: (n > 0).then(|| float(sum) / float(n.saturating_mul(per))), n }
}

/// A whole number where fractions are told. Above 2^53 the last digits are lost.
#[allow(clippy::cast_precision_loss)]
fn float(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;
