//! What a report tells, as data: pages, APIs and the command line show it each in
//! their way ([`render`](crate::render)).

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_store::cube::SumSource;
use trunklog_store::{Decimal, Watermark};

use crate::ask::Dimension;
use crate::calendar::{Bucket, Comparison};
use crate::kpi::{self, Unit};
use crate::texts::Texts;

/// Rows and columns.
///
/// ```
/// use trunklog_reports::kpi::Unit;
/// use trunklog_reports::{Column, Kind, Table, Value};
///
/// let columns = vec![Column::key("trunk", Kind::Text), Column::of("asr", Kind::Figure(Unit::Ratio))];
/// let asr = Value::Ratio { value: Some(0.25), n: 4 };
/// let table = Table { columns, rows: vec![vec![Value::text("sbc1.example"), asr]] };
/// assert_eq!(table.place("asr"), Some(1));
/// assert_eq!(table.value(0, "trunk"), Some(&Value::text("sbc1.example")));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with as many values as there are columns.
    pub rows: Vec<Vec<Value>>,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// What it is called in JSON and CSV; it never changes.
    pub key: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// Whether it says what its row is about. The others say what was counted.
    pub is_key: bool,
    /// Whether it is only there when it is asked for, by bucket or by dimension.
    pub is_optional: bool,
}

/// What the values of a column are. Each may be null, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Texts.
    Text,
    /// Words of a fixed set, which have a text in each language.
    Word,
    /// True or false.
    Flag,
    /// Instants.
    Moment,
    /// Dates, as texts: `2026-11-30`.
    Date,
    /// Whole numbers that nobody adds up.
    Code,
    /// Whole numbers of whatever the column is called after.
    Count,
    /// Numbers in a unit.
    Figure(Unit),
    /// Money, in the currency that its row names.
    Money,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// None: nothing is known, or it makes no sense here.
    Null,
    /// A text.
    Text(String),
    /// A word of a fixed set.
    Word {
        /// What it is called in JSON and in filters.
        key: &'static str,
        /// The key of the text that names it.
        name: &'static str,
    },
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// A number with all its digits.
    Decimal(Decimal),
    /// A ratio, a mean or a quantile.
    Ratio {
        /// None when it was taken over nothing.
        value: Option<f64>,
        /// Over how many rows it was taken.
        n: i64,
    },
    /// An instant.
    Instant(Instant),
    /// True or false.
    Bool(bool),
}

/// The answer to a question: a table, and what it is true of.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The report's key.
    pub report: &'static str,
    /// The version of the definitions.
    pub definitions: u32,
    /// The zone in which hours and days are counted.
    pub zone: jiff::tz::TimeZone,
    /// The range that was counted; it may have more than was asked for, which
    /// [`Answer::notes`] says then.
    pub range: TimeRange,
    /// How long its buckets are, if it has some.
    pub bucket: Option<Bucket>,
    /// What rows are told apart by.
    pub by: Vec<Dimension>,
    /// The filter as it was given.
    pub filter: Option<String>,
    /// What it is compared with.
    pub comparison: Option<(Comparison, TimeRange)>,
    /// The commit that it shows.
    pub commit: Watermark,
    /// Until when data are complete; None where nobody knows.
    pub complete_until: Option<Instant>,
    /// Where the numbers come from.
    pub source: Source,
    /// The keys of texts that say what a reader has to know beside the numbers.
    pub notes: Vec<&'static str>,
    /// The rows.
    pub table: Table,
    /// Beside each row of the table that of the earlier range, with the same
    /// columns.
    pub compared: Option<Table>,
}

/// Where the numbers of an answer come from.
///
/// ```
/// use trunklog_reports::Source;
/// use trunklog_store::cube::SumSource;
///
/// let mut source = Source::default();
/// source.add(SumSource::Cube);
/// assert_eq!((source.key(), source.rows_read), ("cube", 0));
/// source.add(SumSource::Rows(7));
/// assert_eq!((source.key(), source.rows_read), ("both", 7));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Source {
    /// Whether a cube answered something.
    pub from_cube: bool,
    /// Whether something was counted from rows.
    pub from_rows: bool,
    /// How many rows were read.
    pub rows_read: u64,
}

impl Table {
    /// Without rows.
    pub fn new(columns: Vec<Column>) -> Table {
        Table { columns, rows: Vec::new() }
    }

    /// The place of a column.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }

    /// The value of a row; None when there is no such row or column.
    pub fn value(&self, row: usize, key: &str) -> Option<&Value> {
        self.rows.get(row)?.get(self.place(key)?)
    }
}

impl Column {
    /// A column that says what its row is about.
    pub const fn key(key: &'static str, kind: Kind) -> Column {
        Column { key, kind, is_key: true, is_optional: false }
    }

    /// The same, where it is there only when it is asked for.
    pub const fn optional(key: &'static str, kind: Kind) -> Column {
        Column { key, kind, is_key: true, is_optional: true }
    }

    /// A column that says what was counted.
    pub const fn of(key: &'static str, kind: Kind) -> Column {
        Column { key, kind, is_key: false, is_optional: false }
    }

    /// The column, where it is there only when it is asked for.
    #[must_use]
    pub const fn when_asked(self) -> Column {
        Column { is_optional: true, ..self }
    }

    /// The column's name.
    pub fn title(&self, texts: &Texts) -> String {
        match kpi::definition(self.key) {
            Some(definition) => texts.text(definition.name, &[]),
            None => texts.text(&format!("column-{}", self.key), &[]),
        }
    }

    /// What the column tells.
    pub fn explanation(&self, texts: &Texts) -> String {
        match kpi::definition(self.key) {
            Some(definition) => definition.help(texts),
            None => texts.text(&format!("column-{}.explanation", self.key), &[]),
        }
    }

    /// The digits after the point that its numbers have.
    pub fn places(&self) -> usize {
        match self.kind {
            Kind::Figure(Unit::Ratio) => 4,
            Kind::Figure(Unit::Seconds | Unit::Erlangs) => 3,
            Kind::Figure(Unit::Minutes) => 2,
            _ => 0,
        }
    }
}

impl Kind {
    /// What it is called where columns are described.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Word => "word",
            Kind::Flag => "flag",
            Kind::Moment => "moment",
            Kind::Date => "date",
            Kind::Code => "code",
            Kind::Count => "count",
            Kind::Figure(unit) => unit.key(),
            Kind::Money => "money",
        }
    }

    /// Whether its values have the number of rows that they were taken over.
    pub fn has_n(self) -> bool {
        matches!(self, Kind::Figure(Unit::Ratio | Unit::Seconds))
    }
}

impl Value {
    /// A text.
    pub fn text(text: impl Into<String>) -> Value {
        Value::Text(text.into())
    }

    /// A text, or null.
    pub fn maybe_text(text: Option<impl Into<String>>) -> Value {
        text.map_or(Value::Null, Value::text)
    }

    /// A whole number, or null.
    pub fn maybe_int(number: Option<i64>) -> Value {
        number.map_or(Value::Null, Value::Int)
    }

    /// An instant, or null.
    pub fn maybe_instant(at: Option<Instant>) -> Value {
        at.map_or(Value::Null, Value::Instant)
    }

    /// A number, or null.
    pub fn maybe_number(number: Option<f64>) -> Value {
        number.map_or(Value::Null, Value::Number)
    }
}

impl Source {
    /// Adds where something else comes from.
    pub fn add(&mut self, source: SumSource) {
        match source {
            SumSource::Cube => self.from_cube = true,
            SumSource::Rows(read) => {
                self.from_rows = true;
                self.rows_read = self.rows_read.saturating_add(read);
            }
        }
    }

    /// Adds where other numbers come from.
    pub(crate) fn join(&mut self, other: Source) {
        self.from_cube |= other.from_cube;
        self.from_rows |= other.from_rows;
        self.rows_read = self.rows_read.saturating_add(other.rows_read);
    }

    /// What it is called in JSON.
    pub fn key(self) -> &'static str {
        match (self.from_cube, self.from_rows) {
            (true, false) => "cube",
            (true, true) => "both",
            (false, _) => "rows",
        }
    }
}
