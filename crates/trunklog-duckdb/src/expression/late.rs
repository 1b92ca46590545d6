//! Properties that a log got after rows with them were stored: DuckDB calls what
//! reads them, for tables that have no column for them yet.

use std::error::Error;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use duckdb::Connection;
use duckdb::vscalar::{ArrowFunctionSignature, VArrowScalar};
use trunklog_records::json::LateProperties;
use trunklog_records::schema::DYNAMIC_PROPERTIES;
use trunklog_records::{Cell, Log};

use crate::sql::quoted;

/// The name in SQL of what gives a property's value as text: of a log's name, a
/// property's name, and the properties that were unknown.
const LATE: &str = "trunklog_late";

/// The name in SQL of what gives the properties that are still unknown: of a log's
/// name, the names of properties with commas between them, and the properties that
/// were unknown.
const UNKNOWN: &str = "trunklog_unknown";

/// Makes the functions known to all connections of the instance that a connection
/// belongs to.
pub(super) fn register(connection: &Connection) -> duckdb::Result<()> {
    connection.register_scalar_function::<Late>(LATE)?;
    connection.register_scalar_function::<Unknown>(UNKNOWN)
}

/// The value of a property, of type `of`, among those that were unknown in the
/// table `t`.
pub(crate) fn value(log: &Log, property: &str, of: &str) -> String {
    let dynamic = quoted(DYNAMIC_PROPERTIES);
    let holds = holds(&[property]);
    format!("CAST(CASE WHEN {holds} THEN {LATE}('{}', '{property}', t.{dynamic}) END AS {of})", log.name)
}

/// What is still unknown when the log has some properties more.
pub(crate) fn unknown(log: &Log, properties: &[&str]) -> String {
    let dynamic = quoted(DYNAMIC_PROPERTIES);
    let (holds, names) = (holds(properties), properties.join(","));
    format!("CASE WHEN {holds} THEN {UNKNOWN}('{}', '{names}', t.{dynamic}) ELSE t.{dynamic} END", log.name)
}

/// The condition that rows of the table `t` may hold one of some properties among
/// the unknown ones. Names are stored without blanks after them, and those of
/// properties need no escapes.
pub(crate) fn holds(properties: &[&str]) -> String {
    let dynamic = quoted(DYNAMIC_PROPERTIES);
    let holds = properties.iter().map(|property| format!("contains(t.{dynamic}, '\"{property}\":')"));
    format!("({})", holds.collect::<Vec<_>>().join(" OR "))
}

struct Late;

impl VArrowScalar for Late {
    type State = ();

    /// Null where there is no such property, or none that fits its type.
    fn invoke((): &(), input: RecordBatch) -> Result<ArrayRef, Box<dyn Error>> {
        let Some((properties, late)) = read(&input)? else { return Ok(none()) };
        let [property] = properties[..] else { return Err("expected one property".into()) };
        let column = late.rows.column(property);
        let values = (0..late.rows.len()).map(|row| {
            column.value(row).map(|cell| match cell {
                Cell::Instant(instant) => instant.ticks().to_string(),
                other => other.to_string(),
            })
        });
        Ok(Arc::new(values.collect::<StringArray>()))
    }

    fn signatures() -> Vec<ArrowFunctionSignature> {
        signatures()
    }
}

struct Unknown;

impl VArrowScalar for Unknown {
    type State = ();

    fn invoke((): &(), input: RecordBatch) -> Result<ArrayRef, Box<dyn Error>> {
        let Some((_, late)) = read(&input)? else { return Ok(none()) };
        Ok(Arc::new(late.unknown.into_iter().collect::<StringArray>()))
    }

    fn signatures() -> Vec<ArrowFunctionSignature> {
        signatures()
    }
}

fn signatures() -> Vec<ArrowFunctionSignature> {
    vec![ArrowFunctionSignature::exact(vec![DataType::Utf8; 3], DataType::Utf8)]
}

fn none() -> ArrayRef {
    Arc::new(StringArray::from(Vec::<Option<&str>>::new()))
}

/// What some rows hold, and of which properties; None without rows. The first two
/// arguments are the same for all.
fn read(input: &RecordBatch) -> Result<Option<(Vec<usize>, LateProperties)>, Box<dyn Error>> {
    let [logs, names, members] = input.columns() else { return Err("expected three arguments".into()) };
    let (logs, names, members) = (texts(logs)?, texts(names)?, texts(members)?);
    if members.is_empty() {
        return Ok(None);
    }
    let log = Log::by_name(logs.value(0)).ok_or("there is no such log")?;
    let properties = names.value(0).split(',').map(|name| log.index_of(name));
    let properties: Vec<usize> = properties.collect::<Option<_>>().ok_or("there is no such property")?;
    let late = LateProperties::of(log, &properties, members.iter());
    if late.rows.len() != members.len() {
        return Err("a row could not be read".into());
    }
    Ok(Some((properties, late)))
}

fn texts(column: &ArrayRef) -> Result<&StringArray, &'static str> {
    column.as_any().downcast_ref().ok_or("expected a text")
}
