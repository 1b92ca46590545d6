//! Rows of one log as columns.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, BooleanBuilder, Int32Array, Int32Builder, Int64Array, Int64Builder,
    StringArray, StringBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;

use crate::recognition::UNKNOWN;
use crate::row_id::name_based_id;
use crate::schema::{DYNAMIC_PROPERTIES, Log};

/// A batch of rows of one log.
///
/// One column a property in the table's order, then
/// [`DYNAMIC_PROPERTIES`]. Instants are `Int64` in units of 100 ns since 1970;
/// decimals, enumerations and collections are text, the latter as JSON. Every
/// row has a time and an id.
///
/// ```
/// # use trunklog_records::{RowBuilder, json::RowDecoder, schema::SMS};
/// # let mut builder = RowBuilder::new(&SMS);
/// # let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#;
/// # RowDecoder::new(&SMS).decode(json, &mut builder)?;
/// # let rows = builder.finish();
/// use trunklog_odata::Instant;
///
/// assert_eq!((rows.len(), rows.log().name), (1, "sms"));
/// assert_eq!(rows.key(0), (Instant::from_date(2026, 11, 1).unwrap(), "a"));
/// # Ok::<(), trunklog_records::RowError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Rows {
    log: &'static Log,
    batch: RecordBatch,
}

/// Why a row cannot be taken. The texts hold no value of the row, so that they
/// can be counted and logged.
///
/// ```
/// use trunklog_records::json::RowDecoder;
/// use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};
/// use trunklog_records::{Clue, RowBuilder, RowError};
///
/// let mut rows = RowBuilder::new(&PSTN_CALLS);
/// let json = br#"{"id":"a","correlationId":"c","finalSipCode":0}"#;
/// let error = RowDecoder::new(&PSTN_CALLS).decode(json, &mut rows).unwrap_err();
/// assert_eq!(error, RowError::OtherLog { log: &DIRECT_ROUTING_CALLS, by: Clue::Properties });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// A property that every row needs is missing or null.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A property has a value of another type.
    #[error("{property}: expected {expected}")]
    Type {
        /// The property's name.
        property: &'static str,
        /// What its type demands.
        expected: Cow<'static, str>,
    },
    /// A property was named that the log does not have.
    #[error("{} has no property {property}", name_of(.log))]
    Unknown {
        /// The log.
        log: &'static Log,
        /// The name, where it is fit to be shown.
        property: String,
    },
    /// The record is not JSON.
    #[error("not valid JSON")]
    Syntax,
    /// The record is JSON, but not an object.
    #[error("expected a JSON object with one row")]
    NotAnObject,
    /// The record is a row of another log than the decoder's. Nothing was
    /// added.
    #[error("a row of {}, another log", name_of(.log))]
    OtherLog {
        /// The log that it is a row of.
        log: &'static Log,
        /// What tells it.
        by: Clue,
    },
    /// The record could be a row of each of these logs, and nobody said of
    /// which. Nothing was added.
    #[error("could be a row of {}", one_of(.0))]
    Ambiguous(Vec<&'static Log>),
    /// By its own type or its properties, the record is not a row of any log. The
    /// text is the short name of its type, such as `callRecord`, as
    /// [`RowKind::Other`](crate::RowKind::Other) has it, or `unknown`. As names
    /// come from files, code that counts them has to bound how many.
    #[error("{}", no_row(.0))]
    OtherType(String),
    /// A batch does not have the columns of its log.
    #[error("column {0} does not have the type of its property")]
    Column(String),
}

/// What tells to which log a record belongs. [`RowError`] has an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clue {
    /// The type that the record names.
    Type,
    /// Its properties.
    Properties,
}

fn name_of(log: &Log) -> &'static str {
    log.name
}

fn one_of(logs: &[&'static Log]) -> String {
    let names: Vec<&str> = logs.iter().map(|log| log.name).collect();
    names.join(" or of ")
}

fn no_row(of: &str) -> String {
    if of == UNKNOWN {
        return "it has no property that only rows of a log have".to_owned();
    }
    format!("an object of type {of}, which is not a row of a log")
}

/// One property's value on its way into a row. [`RowBuilder`] has an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// `Edm.String`, an enumeration's member, a decimal's digits or a
    /// collection's JSON.
    Text(Cow<'a, str>),
    /// `Edm.DateTimeOffset`.
    Instant(Instant),
    /// `Edm.Int32`.
    Int(i32),
    /// `Edm.Boolean`.
    Bool(bool),
}

impl Rows {
    /// Takes a batch whose columns are those of `log`.
    ///
    /// ```
    /// use trunklog_records::schema::{PSTN_CALLS, SMS};
    /// use trunklog_records::{RowBuilder, Rows};
    ///
    /// let batch = RowBuilder::new(&SMS).finish().into_batch();
    /// assert!(Rows::new(&SMS, batch.clone()).is_ok() && Rows::new(&PSTN_CALLS, batch).is_err());
    /// ```
    pub fn new(log: &'static Log, batch: RecordBatch) -> Result<Rows, RowError> {
        let expected = arrow_schema(log);
        for (at, field) in expected.fields().iter().enumerate() {
            let found = batch.schema_ref().fields().get(at);
            if found
                .is_none_or(|found| found.name() != field.name() || found.data_type() != field.data_type())
            {
                return Err(RowError::Column(field.name().clone()));
            }
        }
        if batch.num_columns() != expected.fields().len() {
            return Err(RowError::Column(batch.schema_ref().field(expected.fields().len()).name().clone()));
        }
        for required in [log.time_index(), log.id_index()] {
            if batch.column(required).null_count() > 0 {
                return Err(RowError::Missing(log.properties[required].name));
            }
        }
        Ok(Rows { log, batch })
    }

    /// The log that the rows belong to.
    pub fn log(&self) -> &'static Log {
        self.log
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// The columns, given away.
    pub fn into_batch(self) -> RecordBatch {
        self.batch
    }

    /// The time of a row.
    pub fn time(&self, row: usize) -> Instant {
        let ticks = self.int64(self.log.time_index()).value(row);
        Instant::from_ticks(ticks).unwrap_or(Instant::ABSENT)
    }

    /// The id of a row.
    pub fn id(&self, row: usize) -> &str {
        self.text(self.log.id_index()).value(row)
    }

    /// What orders rows: their time, then their id.
    pub fn key(&self, row: usize) -> (Instant, &str) {
        (self.time(row), self.id(row))
    }

    /// Rows `offset..offset + len`, without a copy.
    ///
    /// ```
    /// # use trunklog_records::{RowBuilder, json::RowDecoder, schema::SMS};
    /// # let mut builder = RowBuilder::new(&SMS);
    /// # let json = br#"{"id":"a","sentDateTime":"2026-11-01T00:00:00Z"}"#;
    /// # RowDecoder::new(&SMS).decode(json, &mut builder)?;
    /// # let rows = builder.finish();
    /// assert!(rows.slice(0, 0).is_empty());
    /// # Ok::<(), trunklog_records::RowError>(())
    /// ```
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Rows {
        Rows { log: self.log, batch: self.batch.slice(offset, len) }
    }

    pub(crate) fn text(&self, column: usize) -> &StringArray {
        self.batch.column(column).as_any().downcast_ref().expect("the constructor checked the column types")
    }

    pub(crate) fn int64(&self, column: usize) -> &Int64Array {
        self.batch.column(column).as_any().downcast_ref().expect("the constructor checked the column types")
    }

    pub(crate) fn int32(&self, column: usize) -> &Int32Array {
        self.batch.column(column).as_any().downcast_ref().expect("the constructor checked the column types")
    }

    pub(crate) fn boolean(&self, column: usize) -> &BooleanArray {
        self.batch.column(column).as_any().downcast_ref().expect("the constructor checked the column types")
    }
}

/// The columns of a log in memory.
pub(crate) fn arrow_schema(log: &Log) -> SchemaRef {
    let fields =
        log.properties.iter().map(|property| Field::new(property.name, data_type(property.edm), true));
    let dynamic = Field::new(DYNAMIC_PROPERTIES, DataType::Utf8, true);
    Arc::new(Schema::new(fields.chain([dynamic]).collect::<Vec<_>>()))
}

fn data_type(edm: EdmType) -> DataType {
    match edm {
        EdmType::DateTimeOffset => DataType::Int64,
        EdmType::Int32 => DataType::Int32,
        EdmType::Boolean => DataType::Boolean,
        EdmType::String | EdmType::Decimal | EdmType::Enum(_) | EdmType::Collection(_) => DataType::Utf8,
    }
}

/// Collects rows of one log.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_records::schema::SMS;
/// use trunklog_records::{RowBuilder, Value};
///
/// let mut rows = RowBuilder::new(&SMS);
/// let mut values = vec![None; SMS.properties.len()];
/// values[SMS.time_index()] = Some(Value::Instant(Instant::from_date(2026, 11, 1).unwrap()));
/// rows.push(&mut values, None)?;
/// // The row had no id and got one.
/// assert_eq!(rows.finish().id(0).len(), 36);
/// # Ok::<(), trunklog_records::RowError>(())
/// ```
#[derive(Debug)]
pub struct RowBuilder {
    log: &'static Log,
    columns: Vec<ColumnBuilder>,
    dynamic: StringBuilder,
    len: usize,
    bytes: usize,
}

#[derive(Debug)]
enum ColumnBuilder {
    Text(StringBuilder),
    Instant(Int64Builder),
    Int(Int32Builder),
    Bool(BooleanBuilder),
}

impl RowBuilder {
    /// A builder without rows.
    pub fn new(log: &'static Log) -> RowBuilder {
        let column = |edm| match data_type(edm) {
            DataType::Int64 => ColumnBuilder::Instant(Int64Builder::new()),
            DataType::Int32 => ColumnBuilder::Int(Int32Builder::new()),
            DataType::Boolean => ColumnBuilder::Bool(BooleanBuilder::new()),
            _ => ColumnBuilder::Text(StringBuilder::new()),
        };
        RowBuilder {
            log,
            columns: log.properties.iter().map(|property| column(property.edm)).collect(),
            dynamic: StringBuilder::new(),
            len: 0,
            bytes: 0,
        }
    }

    /// The log that the rows belong to.
    pub fn log(&self) -> &'static Log {
        self.log
    }

    /// How many rows it holds.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// About how many bytes of text it holds.
    pub fn text_bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a row. `values` has one entry a property in the table's order;
    /// `dynamic` holds the members of a JSON object (`"a":1,"b":2`).
    ///
    /// A row without an id gets a name-based one. Either the whole row is
    /// added or, on an error, nothing.
    pub fn push(&mut self, values: &mut [Option<Value<'_>>], dynamic: Option<&str>) -> Result<(), RowError> {
        self.check(values)?;
        self.identify(values);
        for (column, value) in self.columns.iter_mut().zip(values.iter()) {
            match (column, value) {
                (ColumnBuilder::Text(column), Some(Value::Text(text))) => {
                    self.bytes += text.len();
                    column.append_value(text);
                }
                (ColumnBuilder::Instant(column), Some(Value::Instant(instant))) => {
                    column.append_value(instant.ticks());
                }
                (ColumnBuilder::Int(column), Some(Value::Int(value))) => column.append_value(*value),
                (ColumnBuilder::Bool(column), Some(Value::Bool(value))) => column.append_value(*value),
                (ColumnBuilder::Text(column), _) => column.append_null(),
                (ColumnBuilder::Instant(column), _) => column.append_null(),
                (ColumnBuilder::Int(column), _) => column.append_null(),
                (ColumnBuilder::Bool(column), _) => column.append_null(),
            }
        }
        self.bytes += dynamic.map_or(0, str::len);
        self.dynamic.append_option(dynamic.filter(|members| !members.is_empty()));
        self.len += 1;
        Ok(())
    }

    /// The rows so far; the builder is empty again.
    pub fn finish(&mut self) -> Rows {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.columns.len() + 1);
        for column in &mut self.columns {
            columns.push(match column {
                ColumnBuilder::Text(column) => Arc::new(column.finish()),
                ColumnBuilder::Instant(column) => Arc::new(column.finish()),
                ColumnBuilder::Int(column) => Arc::new(column.finish()),
                ColumnBuilder::Bool(column) => Arc::new(column.finish()),
            });
        }
        columns.push(Arc::new(self.dynamic.finish()));
        self.len = 0;
        self.bytes = 0;
        let batch = RecordBatch::try_new(arrow_schema(self.log), columns)
            .expect("all builders were made from the schema and grew together");
        Rows { log: self.log, batch }
    }

    fn check(&self, values: &[Option<Value<'_>>]) -> Result<(), RowError> {
        assert_eq!(values.len(), self.columns.len(), "a row has one value for each property of its log");
        for ((property, column), value) in self.log.properties.iter().zip(&self.columns).zip(values) {
            let expected = match (column, value) {
                (_, None)
                | (ColumnBuilder::Text(_), Some(Value::Text(_)))
                | (ColumnBuilder::Instant(_), Some(Value::Instant(_)))
                | (ColumnBuilder::Int(_), Some(Value::Int(_)))
                | (ColumnBuilder::Bool(_), Some(Value::Bool(_))) => continue,
                (ColumnBuilder::Text(_), _) => "text",
                (ColumnBuilder::Instant(_), _) => "an instant",
                (ColumnBuilder::Int(_), _) => "a whole number",
                (ColumnBuilder::Bool(_), _) => "true or false",
            };
            return Err(RowError::Type { property: property.name, expected: expected.into() });
        }
        let Some(Value::Instant(time)) = &values[self.log.time_index()] else {
            return Err(RowError::Missing(self.log.time));
        };
        // No row is in an empty period, so none could take the place of what
        // it sums up.
        if let Some(at) = self.log.period_end_index()
            && let Some(Value::Instant(end)) = &values[at]
            && end <= time
        {
            let property = self.log.properties[at].name;
            let expected = "a time after the start of the period".into();
            return Err(RowError::Type { property, expected });
        }
        Ok(())
    }

    fn identify(&self, values: &mut [Option<Value<'_>>]) {
        let at = self.log.id_index();
        if matches!(&values[at], Some(Value::Text(id)) if !id.is_empty()) {
            return;
        }
        let texts: Vec<Option<String>> = self
            .log
            .identified_by
            .iter()
            .map(|name| self.log.index_of(name).and_then(|at| values[at].as_ref()).map(Value::to_text))
            .collect();
        let id = name_based_id(self.log.name, texts.iter().map(Option::as_deref));
        values[at] = Some(Value::Text(id.into()));
    }
}

impl Value<'_> {
    fn to_text(&self) -> String {
        match self {
            Value::Text(text) => text.clone().into_owned(),
            Value::Instant(instant) => instant.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Bool(value) => value.to_string(),
        }
    }
}
