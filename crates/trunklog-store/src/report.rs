//! Counts and sums over a selection, by group.
//!
//! An engine groups by what is stored and measures what is stored. What derives
//! from that (direction, country, class, quantiles, ratios) is folded from the
//! groups above the store, so that no engine has to know it.

mod decimal;
mod fold;
mod tally;

use std::sync::Arc;

use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::Expr;
use trunklog_records::Log;

use crate::error::{Error, ErrorKind, Result};
use crate::selection::Selection;
use crate::watermark::Watermark;

pub use decimal::Decimal;
pub(crate) use fold::by_scan;

/// The most groups that a report may have.
///
/// ```
/// use trunklog_store::{MAX_GROUPS, too_many_groups};
///
/// assert!(too_many_groups().to_string().contains(&MAX_GROUPS.to_string()));
/// ```
pub const MAX_GROUPS: usize = 100_000;

/// A question about many rows.
///
/// ```
/// use trunklog_records::TimeRange;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{Aggregate, Group, Measure, ReportQuery, Selection};
///
/// let at = |name: &str| SMS.index_of(name).unwrap();
/// let users_by_type = ReportQuery {
///     selection: Selection::all(&SMS, TimeRange::ALL),
///     watermark: None,
///     groups: vec![Group::Property(at("smsType"))],
///     measures: vec![Measure::ROWS, Measure::of(Aggregate::Distinct(at("userId")))],
/// };
/// assert!(users_by_type.check().is_ok());
/// ```
#[derive(Debug, Clone)]
pub struct ReportQuery {
    /// The rows. Its order must be empty; its columns do not matter.
    pub selection: Selection,
    /// Rows of later commits stay out; None takes the newest.
    pub watermark: Option<Watermark>,
    /// What the rows are grouped by. Without any there is one group, which is
    /// there even when it has no rows.
    pub groups: Vec<Group>,
    /// What is told of each group.
    pub measures: Vec<Measure>,
}

/// What rows are grouped by.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::Group;
///
/// let day = |day| Instant::from_date(2026, 11, day).unwrap();
/// let edges = [day(28), day(29), day(30)].into();
/// let two_days = Group::Buckets { property: SMS.time_index(), edges };
/// let source = SMS.index_of("sourceNumber").unwrap();
/// assert_ne!(two_days, Group::Prefix { property: source, chars: 3 });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// The value of the property at that index, which is not a collection. Null is
    /// a separate group, and so is the empty text.
    Property(usize),
    /// The first characters of a text, at least one.
    Prefix {
        /// The property.
        property: usize,
        /// How many characters.
        chars: u8,
    },
    /// Which of some buckets an instant is in. What is in none, or is null,
    /// is the group null.
    Buckets {
        /// The property.
        property: usize,
        /// The buckets' edges in UTC, strictly ascending, at least two: bucket
        /// `n`, counted from 0, has the instants from `edges[n]` to before
        /// `edges[n + 1]`.
        edges: Arc<[Instant]>,
    },
}

/// What is told of the rows of a group.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_odata::filter::parse;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::Measure;
///
/// let sent = parse("smsType eq 'outbound'", &SMS.shape(Version::Beta), &|_| None).unwrap();
/// let sent = Measure { when: Some(sent), ..Measure::ROWS };
/// assert_eq!(sent.of, Measure::ROWS.of);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What is told.
    pub of: Aggregate,
    /// Only rows that satisfy this count, an expression of kind `Bool`.
    pub when: Option<Expr>,
}

/// How values become one. Nulls are skipped.
///
/// ```
/// use trunklog_records::schema::SMS;
/// use trunklog_store::{Aggregate, Measure, Operand};
///
/// let charge = Operand::Property(SMS.index_of("callCharge").unwrap());
/// assert!(Measure::of(Aggregate::Sum(charge)).when.is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// The number of rows: [`ReportValue::Int`].
    Rows,
    /// The number of different values: [`ReportValue::Int`].
    Distinct(usize),
    /// The sum of whole numbers, [`ReportValue::Int`], which is held at its limit
    /// where no `i64` can hold it, or of decimals,
    /// [`ReportValue::Text`] with its digits, exact, with at least two places after
    /// the point and no needless zeros after those. Without values 0 or `0.00`.
    ///
    /// Of a decimal ten places after the point count, the last of them rounded half
    /// away from zero; one with more than eighteen digits before the point is skipped
    /// as null is.
    Sum(Operand),
    /// The smallest value, or null. Texts are compared byte by byte; decimals
    /// and collections have none.
    Smallest(Operand),
    /// The largest value, or null.
    Largest(Operand),
    /// How many values are in each bin, see [`bin_of`]: [`ReportValue::Bins`].
    /// Values below 0 are skipped.
    Bins(Operand),
}

/// A value of a row.
///
/// ```
/// use trunklog_records::schema::PSTN_CALLS;
/// use trunklog_store::{Aggregate, Measure, Operand};
///
/// let at = |name: &str| PSTN_CALLS.index_of(name).unwrap();
/// let lasted = Operand::Millis { from: at("startDateTime"), to: at("endDateTime") };
/// let longest = Measure::of(Aggregate::Largest(lasted));
/// assert_eq!(longest.of, Aggregate::Largest(lasted));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// A property's.
    Property(usize),
    /// The whole milliseconds from one instant to another, rounded down; null
    /// when one of them is null or [`Instant::ABSENT`]. Negative when `to` is
    /// the earlier one.
    Millis {
        /// The property with the first instant.
        from: usize,
        /// The property with the second.
        to: usize,
    },
}

/// What a report tells.
///
/// ```
/// use trunklog_store::{GroupRow, Report, ReportValue, Watermark};
///
/// let outbound = ReportValue::Text("outbound".to_owned());
/// let group = GroupRow { by: vec![outbound.clone()], measures: vec![ReportValue::Int(3)] };
/// let report = Report { groups: vec![group], watermark: Watermark(7) };
/// let sent = report.groups.iter().find(|group| group.by == [outbound.clone()]).unwrap();
/// assert_eq!(sent.measures, [ReportValue::Int(3)]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The groups, ordered by their values, null first, then as
    /// [`ReportValue`] compares.
    pub groups: Vec<GroupRow>,
    /// The commit up to which rows count.
    pub watermark: Watermark,
}

/// A group and what is told of it.
///
/// ```
/// use trunklog_store::{GroupRow, ReportValue};
///
/// let of_all = GroupRow { by: Vec::new(), measures: vec![ReportValue::Int(3)] };
/// assert!(of_all.by.is_empty(), "a report without groups has one");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// The values that its rows share, one for each [`Group`]. Of buckets their
    /// number.
    pub by: Vec<ReportValue>,
    /// One for each [`Measure`].
    pub measures: Vec<ReportValue>,
}

/// A value in a report.
///
/// ```
/// use trunklog_store::ReportValue;
///
/// let text = |text: &str| ReportValue::Text(text.to_owned());
/// assert!(ReportValue::Null < text(""));
/// assert!(text("B") < text("a"), "byte by byte");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReportValue {
    /// None.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number. Instants are units of 100 ns since 1970.
    Int(i64),
    /// A text or the digits of a decimal.
    Text(String),
    /// Counts by number of bin, ascending, without those of zero.
    Bins(Vec<(u16, u64)>),
}

impl Measure {
    /// How many rows there are.
    pub const ROWS: Measure = Measure { of: Aggregate::Rows, when: None };

    /// A measure of all rows.
    pub fn of(of: Aggregate) -> Measure {
        Measure { of, when: None }
    }
}

impl ReportQuery {
    /// Checks what the types of the fields leave open, as
    /// [`Selection::check`] does.
    ///
    /// An engine that called it may take for granted that groups and measures name
    /// properties which the log has, of the types that they need, and that buckets
    /// have edges that ascend.
    ///
    /// ```
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::{Group, Measure, ReportQuery, Selection};
    ///
    /// let query = ReportQuery {
    ///     selection: Selection::all(&SMS, TimeRange::ALL),
    ///     watermark: None,
    ///     groups: vec![Group::Property(SMS.properties.len())],
    ///     measures: vec![Measure::ROWS],
    /// };
    /// assert!(query.check().is_err());
    /// ```
    pub fn check(&self) -> Result<()> {
        self.selection.check()?;
        let log = self.selection.log;
        if !self.selection.order.is_empty() {
            return Err(Error::new(ErrorKind::Other, "a report has no order: order its groups"));
        }
        if !self.groups.iter().all(|group| group.fits(log)) {
            return Err(misfit(log, "a group"));
        }
        if !self.measures.iter().all(|measure| measure.of.fits(log)) {
            return Err(misfit(log, "a measure"));
        }
        for when in self.measures.iter().filter_map(|measure| measure.when.as_ref()) {
            let counted = Selection { filter: Some(when.clone()), ..self.selection.clone() };
            counted.check()?;
        }
        Ok(())
    }
}

/// The error of a report that has more groups than a store tells.
///
/// ```
/// use trunklog_store::{ErrorKind, too_many_groups};
///
/// assert_eq!(too_many_groups().kind(), ErrorKind::TooMany);
/// ```
pub fn too_many_groups() -> Error {
    let text = format!(
        "the report has more than {MAX_GROUPS} groups: take a shorter range of time or coarser groups"
    );
    Error::new(ErrorKind::TooMany, text)
}

fn misfit(log: &Log, what: &str) -> Error {
    Error::new(ErrorKind::Other, format!("{what} does not fit the properties of {}", log.name))
}

fn edm(log: &Log, at: usize) -> Option<EdmType> {
    log.properties.get(at).map(|property| property.edm)
}

impl Group {
    fn fits(&self, log: &Log) -> bool {
        match self {
            Group::Property(at) => !matches!(edm(log, *at), None | Some(EdmType::Collection(_))),
            Group::Prefix { property, chars } => {
                *chars > 0 && matches!(edm(log, *property), Some(EdmType::String | EdmType::Enum(_)))
            }
            Group::Buckets { property, edges } => {
                edm(log, *property) == Some(EdmType::DateTimeOffset)
                    && edges.len() >= 2
                    && edges.is_sorted_by(|a, b| a < b)
            }
        }
    }
}

impl Aggregate {
    fn fits(self, log: &Log) -> bool {
        match self {
            Aggregate::Rows => true,
            Aggregate::Distinct(at) => edm(log, at).is_some(),
            Aggregate::Sum(of) => matches!(of.edm(log), Some(EdmType::Int32 | EdmType::Decimal)),
            Aggregate::Smallest(of) | Aggregate::Largest(of) => {
                !matches!(of.edm(log), None | Some(EdmType::Decimal | EdmType::Collection(_)))
            }
            Aggregate::Bins(of) => of.edm(log) == Some(EdmType::Int32),
        }
    }
}

impl Operand {
    /// The type of the value, for milliseconds that of whole numbers; None when
    /// there is no such property.
    fn edm(self, log: &Log) -> Option<EdmType> {
        match self {
            Operand::Property(at) => edm(log, at),
            Operand::Millis { from, to } => {
                let are_instants = [from, to].iter().all(|at| edm(log, *at) == Some(EdmType::DateTimeOffset));
                are_instants.then_some(EdmType::Int32)
            }
        }
    }
}

/// Whole numbers from 0 to here have a bin each.
///
/// ```
/// use trunklog_store::{EXACT_BINS, values_of_bin};
///
/// assert_eq!(values_of_bin(50), (EXACT_BINS, EXACT_BINS));
/// ```
pub const EXACT_BINS: i64 = 50;

/// The smallest values of the bins after [`EXACT_BINS`]: each about 4 % above
/// the one before, up to the largest `i64`.
///
/// So a quantile that is told by its bin is off by at most 4 %. Bins are plain
/// counts: those of two groups add up, and what is taken away is subtracted.
///
/// ```
/// use trunklog_store::{BIN_EDGES, EXACT_BINS};
///
/// assert_eq!(BIN_EDGES[0], EXACT_BINS + 1);
/// ```
pub static BIN_EDGES: std::sync::LazyLock<Vec<i64>> = std::sync::LazyLock::new(|| {
    let mut edges = Vec::new();
    let mut edge = EXACT_BINS + 1;
    loop {
        edges.push(edge);
        let next = (edge / 25).checked_add(edge).and_then(|next| next.checked_add(1));
        let Some(next) = next else { return edges };
        edge = next;
    }
});

/// The bin of a value; None for one below 0.
///
/// ```
/// use trunklog_store::bin_of;
///
/// assert_eq!(bin_of(-1), None);
/// assert_eq!(bin_of(50), Some(50));
/// assert_eq!(bin_of(51), Some(51));
/// assert_eq!(bin_of(53), Some(51));
/// assert_eq!(bin_of(54), Some(52));
/// ```
pub fn bin_of(value: i64) -> Option<u16> {
    let bin = match value {
        ..0 => return None,
        0..=EXACT_BINS => value,
        _ => {
            let after = BIN_EDGES.partition_point(|edge| *edge <= value);
            EXACT_BINS + i64::try_from(after).unwrap_or(i64::MAX - EXACT_BINS)
        }
    };
    u16::try_from(bin).ok()
}

/// The values of a bin: from the first to the second, both included.
///
/// ```
/// use trunklog_store::{bin_of, values_of_bin};
///
/// assert_eq!(values_of_bin(51), (51, 53));
/// assert_eq!((bin_of(51), bin_of(53)), (Some(51), Some(51)));
/// ```
pub fn values_of_bin(bin: u16) -> (i64, i64) {
    let number = i64::from(bin);
    if number <= EXACT_BINS {
        return (number, number);
    }
    let at = usize::try_from(number - EXACT_BINS - 1).unwrap_or(usize::MAX);
    let from = BIN_EDGES.get(at).copied().unwrap_or(i64::MAX);
    let until = BIN_EDGES.get(at + 1).map_or(i64::MAX, |next| next - 1);
    (from, until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_lies_in_its_bin() {
        let mut values: Vec<i64> = (0..5_000).collect();
        values.extend(BIN_EDGES.iter().flat_map(|edge| [edge - 1, *edge, edge.saturating_add(1)]));
        values.push(i64::MAX);
        values.sort_unstable();
        let mut last = 0;
        for value in values {
            let bin = bin_of(value).unwrap();
            assert!(bin >= last, "{value}");
            let (from, until) = values_of_bin(bin);
            assert!(from <= value && value <= until, "{value} in bin {bin}: {from} to {until}");
            let room = until - from;
            assert!(room <= from / 25 || bin_of(i64::MAX) == Some(bin), "bin {bin}: {from} to {until}");
            last = bin;
        }
    }
}
