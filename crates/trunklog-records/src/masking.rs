//! Which digits of phone numbers stay hidden.
//!
//! Some countries want the last digits of whoever is outside the
//! organisation hidden: of an inbound call the caller's, of an outbound one
//! the callee's. What a reader must not see it must not find by a filter or an
//! order either, so a mask changes expressions and rows alike, and both hide
//! exactly the same: see [`Node::Mask`].
//!
//! A call whose type names no direction has both numbers masked, and so has one
//! that was forwarded or transferred: its caller may be outside, too. What
//! counts as a number, and which of its digits are hidden, is the rule of
//! [`masked`]. All that shows or compares a masked text calls that one function.
//!
//! What a newer Graph added, and a store keeps as unknown properties, is masked
//! where it looks like a number, no matter whose. Properties of the table
//! that are no number's stay: names, addresses, and the organisation's own
//! numbers (`userTelephoneNumber` of blocked users).
//!
//! ```
//! use trunklog_records::masking::{Mask, masked};
//!
//! let mask = Mask::of_country("CH");
//! assert_eq!(masked("+41441234567", mask.digits()), "+4144123****");
//! // Beside a name, so few digits are no number.
//! assert_eq!(masked("Room 12", mask.digits()), "Room 12");
//! ```

mod decimals;
mod limits;
mod number;
mod spared;
mod tokens;
mod unknown;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringArray, StringBuilder};
use arrow::record_batch::RecordBatch;
use trunklog_odata::expr::{Comparison, Expr, Function, Kind, Literal, Node};

use self::unknown::masked_members;
use crate::call_types::{Direction, MARKS, Mark, PASSED_ON, only_direction};
use crate::rows::Rows;
use crate::schema::{ExternalParty, Log};

pub use self::decimals::decimal_value;
pub use self::limits::MOST_DIALLED;
pub use self::number::masked;

/// The countries in which Microsoft hides digits, by the codes of ISO 3166-1,
/// and how many.
///
/// Source: learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report.
///
/// ```
/// use trunklog_records::masking::DIGITS;
///
/// assert!(DIGITS.contains(&("FR", 4)));
/// assert!(DIGITS.iter().all(|(country, _)| *country != "GB"));
/// ```
pub const DIGITS: [(&str, u8); 11] = [
    ("BE", 3),
    ("CH", 4),
    ("DE", 3),
    ("DK", 3),
    ("ES", 3),
    ("FI", 3),
    ("FR", 4),
    ("IT", 3),
    ("NL", 3),
    ("NO", 3),
    ("SE", 3),
];

/// The most digits that can be hidden; no number has more (E.164).
///
/// ```
/// use trunklog_records::masking::{MOST_DIGITS, Mask};
///
/// assert_eq!(Mask::hiding(MOST_DIGITS + 1), Mask::hiding(MOST_DIGITS));
/// ```
pub const MOST_DIGITS: u8 = 15;

/// How many digits at the end of external numbers are hidden.
///
/// ```
/// use trunklog_records::masking::Mask;
///
/// assert_eq!(Mask::of_country("de").digits(), 3);
/// assert!(Mask::of_country("US").is_none());
/// assert_eq!(Mask::hiding(200).digits(), 15);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mask {
    digits: u8,
}

impl Mask {
    /// Hides nothing.
    ///
    /// ```
    /// use trunklog_records::masking::Mask;
    ///
    /// assert_eq!((Mask::default(), Mask::of_country("GB")), (Mask::NONE, Mask::NONE));
    /// ```
    pub const NONE: Mask = Mask { digits: 0 };

    /// What Microsoft hides for an organisation in that country, a code of two
    /// letters (ISO 3166-1) in any case.
    pub fn of_country(code: &str) -> Mask {
        let row = DIGITS.iter().find(|(country, _)| country.eq_ignore_ascii_case(code));
        Mask { digits: row.map_or(0, |(_, digits)| *digits) }
    }

    /// Hides that many digits, at most [`MOST_DIGITS`].
    pub fn hiding(digits: u8) -> Mask {
        Mask { digits: digits.min(MOST_DIGITS) }
    }

    /// How many digits are hidden.
    pub fn digits(self) -> u8 {
        self.digits
    }

    /// Whether nothing is hidden.
    pub fn is_none(self) -> bool {
        self == Mask::NONE
    }

    /// An expression over a log that finds in the numbers what a reader sees of
    /// them.
    ///
    /// The direction is asked for once, around all that names a number. Around
    /// each number, a long filter would ask for it hundreds of times a row.
    ///
    /// ```
    /// use trunklog_odata::{Version, filter};
    /// use trunklog_records::masking::Mask;
    /// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    ///
    /// let log = &DIRECT_ROUTING_CALLS;
    /// let parse = |text| filter::parse(text, &log.shape(Version::V1), &|_| None).unwrap();
    /// let masked = Mask::hiding(3).expr(log, parse("endswith(callerNumber,'456')"));
    /// assert!(masked.properties().contains(&log.index_of("callType").unwrap()));
    /// let other = parse("duration gt 60");
    /// assert_eq!(Mask::hiding(3).expr(log, other.clone()), other);
    /// ```
    #[must_use]
    pub fn expr(self, log: &Log, expr: Expr) -> Expr {
        let Some(numbers) = self.numbers(log) else { return expr };
        match expr.node {
            Node::And(parts) => {
                // What names no number stays at the top, where a store sees
                // which rows it need not read.
                let (with, mut all): (Vec<Expr>, Vec<Expr>) =
                    parts.into_iter().partition(|part| numbers.occur_in(part));
                if !with.is_empty() {
                    all.push(self.seen(&numbers, Expr::new(Kind::Bool, Node::And(with))));
                }
                Expr::new(Kind::Bool, Node::And(all))
            }
            _ => self.seen(&numbers, expr),
        }
    }

    /// Adds to columns, ascending indices of the log's properties, what
    /// [`Mask::rows`] needs to tell which numbers are external.
    ///
    /// ```
    /// use trunklog_records::masking::Mask;
    /// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
    ///
    /// let log = &DIRECT_ROUTING_CALLS;
    /// let at = |name| log.index_of(name).unwrap();
    /// let mut columns = vec![at("id"), at("calleeNumber")];
    /// Mask::hiding(3).columns(log, &mut columns);
    /// assert_eq!(columns, [at("id"), at("callType"), at("calleeNumber")]);
    /// ```
    pub fn columns(self, log: &Log, columns: &mut Vec<usize>) {
        let Some(numbers) = self.numbers(log) else { return };
        if (columns.contains(&numbers.inbound) || columns.contains(&numbers.outbound))
            && let Err(place) = columns.binary_search(&numbers.direction)
        {
            columns.insert(place, numbers.direction);
        }
    }

    /// The rows as a reader sees them.
    ///
    /// ```
    /// use trunklog_records::json::RowDecoder;
    /// use trunklog_records::masking::Mask;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_records::{Cell, RowBuilder};
    ///
    /// let mut rows = RowBuilder::new(&SMS);
    /// let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z","smsType":"sms_in",
    ///     "sourceNumber":"+493012345678","destinationNumber":"+33123456789"}"#;
    /// RowDecoder::new(&SMS).decode(json, &mut rows)?;
    /// let rows = Mask::of_country("DE").rows(rows.finish());
    /// let number = |name| rows.column(SMS.index_of(name).unwrap()).value(0);
    /// assert_eq!(number("sourceNumber"), Some(Cell::Text("+493012345***")));
    /// assert_eq!(number("destinationNumber"), Some(Cell::Text("+33123456789")));
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    #[must_use]
    pub fn rows(self, rows: Rows) -> Rows {
        if self.is_none() {
            return rows;
        }
        let mut columns = rows.batch().columns().to_vec();
        if let Some(numbers) = self.numbers(rows.log()) {
            let directions: Vec<Option<Direction>> = rows
                .text(numbers.direction)
                .iter()
                .map(|call_type| call_type.and_then(only_direction))
                .collect();
            let of = |at, plain| self.column(rows.text(at), &directions, plain);
            columns[numbers.inbound] = of(numbers.inbound, Direction::Outbound);
            columns[numbers.outbound] = of(numbers.outbound, Direction::Inbound);
        }
        let at = rows.log().properties.len();
        let unknown = rows.text(at);
        if unknown.null_count() < unknown.len() {
            let masked = unknown.iter().map(|members| Some(masked_members(members?, self.digits)));
            columns[at] = Arc::new(masked.collect::<StringArray>());
        }
        let batch = RecordBatch::try_new(rows.batch().schema(), columns)
            .expect("text was replaced by as many rows of text");
        Rows::new(rows.log(), batch).expect("neither times nor ids were touched")
    }

    /// Where the log keeps external numbers; None when there is nothing to
    /// hide.
    fn numbers(self, log: &Log) -> Option<Numbers> {
        if self.is_none() {
            return None;
        }
        let ExternalParty { direction, inbound, outbound } = log.external_party?;
        let at = |name| log.index_of(name).expect("a test asserts that the log has these properties");
        Some(Numbers { direction: at(direction), inbound: at(inbound), outbound: at(outbound) })
    }

    /// A column of numbers, masked unless the call goes in that direction.
    fn column(self, numbers: &StringArray, goes: &[Option<Direction>], plain: Direction) -> ArrayRef {
        let bytes = numbers.len() * usize::from(MOST_DIGITS);
        let mut column = StringBuilder::with_capacity(numbers.len(), bytes);
        for (number, direction) in numbers.iter().zip(goes) {
            match number {
                Some(number) if *direction == Some(plain) => column.append_value(number),
                Some(number) => column.append_value(masked(number, self.digits)),
                None => column.append_null(),
            }
        }
        Arc::new(column.finish())
    }

    /// An expression with its numbers as a reader sees them: the inbound one
    /// masked unless the call went out, the outbound one unless it came in.
    fn seen(self, numbers: &Numbers, expr: Expr) -> Expr {
        let call_type = Expr::new(Kind::Text, Node::Property(numbers.direction));
        let goes = |wanted| goes(wanted, &call_type);
        match (names(&expr, numbers.inbound), names(&expr, numbers.outbound)) {
            (false, false) => expr,
            (true, false) => {
                let masked = self.masking(numbers.inbound, expr.clone());
                either(goes(Direction::Outbound), expr, masked)
            }
            (false, true) => {
                let masked = self.masking(numbers.outbound, expr.clone());
                either(goes(Direction::Inbound), expr, masked)
            }
            (true, true) => {
                let of_outbound = self.masking(numbers.outbound, expr.clone());
                let of_inbound = self.masking(numbers.inbound, expr);
                let of_neither = self.masking(numbers.outbound, of_inbound.clone());
                let unless_outbound = either(goes(Direction::Inbound), of_inbound, of_neither);
                either(goes(Direction::Outbound), of_outbound, unless_outbound)
            }
        }
    }

    /// The expression with the property at that index masked.
    fn masking(self, at: usize, expr: Expr) -> Expr {
        expr.map(&mut |part: Expr| match part.node {
            Node::Property(of) if of == at => Expr::new(Kind::Text, Node::Mask(Box::new(part), self.digits)),
            _ => part,
        })
    }
}

/// The indices of the properties of a log's [`ExternalParty`].
struct Numbers {
    direction: usize,
    inbound: usize,
    outbound: usize,
}

impl Numbers {
    fn occur_in(&self, expr: &Expr) -> bool {
        names(expr, self.inbound) || names(expr, self.outbound)
    }
}

/// Whether an expression names the property at that index.
fn names(expr: &Expr, at: usize) -> bool {
    let mut found = false;
    let _ = expr.clone().map(&mut |part: Expr| {
        found |= matches!(part.node, Node::Property(of) if of == at);
        part
    });
    found
}

fn either(when: Expr, then: Expr, or: Expr) -> Expr {
    Expr::new(then.kind, Node::If(Box::new(when), Box::new(then), Box::new(or)))
}

/// Whether a call type names that direction, not the other, and no call that was
/// passed on: [`only_direction`] as an expression. Null, as any function of it,
/// for null.
fn goes(wanted: Direction, call_type: &Expr) -> Expr {
    let lower = Expr::new(Kind::Text, Node::Call(Function::ToLower, vec![call_type.clone()]));
    let marks = |of: &dyn Fn(Direction) -> bool| -> Vec<Expr> {
        MARKS.iter().filter(|(direction, _)| of(*direction)).map(|(_, mark)| has(*mark, &lower)).collect()
    };
    let names = Expr::new(Kind::Bool, Node::Or(marks(&|direction| direction == wanted)));
    let mut others = marks(&|direction| direction != wanted);
    others.extend(PASSED_ON.iter().map(|mark| has(*mark, &lower)));
    let names_other = Expr::new(Kind::Bool, Node::Or(others));
    let only = Expr::new(Kind::Bool, Node::Not(Box::new(names_other)));
    Expr::new(Kind::Bool, Node::And(vec![names, only]))
}

fn has(mark: Mark, text: &Expr) -> Expr {
    let call = |function, part: &str| {
        let part = Expr::literal(Literal::Text(part.to_owned()));
        Node::Call(function, vec![text.clone(), part])
    };
    let node = match mark {
        Mark::Whole(whole) => {
            let whole = Expr::literal(Literal::Text(whole.to_owned()));
            Node::Compare(Comparison::Equal, Box::new(text.clone()), Box::new(whole))
        }
        Mark::Start(part) => call(Function::StartsWith, part),
        Mark::End(part) => call(Function::EndsWith, part),
        Mark::Within(part) => call(Function::Contains, part),
    };
    Expr::new(Kind::Bool, node)
}

#[cfg(test)]
mod tests;
