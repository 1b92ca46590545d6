//! SQL text, made from a log's property table.

use duckdb::types::Value;
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_records::schema::{DYNAMIC_PROPERTIES, ID};
use trunklog_records::{Log, TenantId, TimeRange};

/// The column with the number of the commit that first brought a row.
pub(crate) const SEQUENCE: &str = "sequence";

/// The column with the number of the commit that last changed a row; null where
/// none did.
pub(crate) const CHANGED: &str = "changed";

/// The column with the number of the commit that brought a row to which this
/// one gave way; null where there is none.
pub(crate) const SUPERSEDED: &str = "superseded";

/// The columns that the engine keeps beside a row's own, with their types.
pub(crate) const KEPT: [(&str, &str); 3] =
    [(SEQUENCE, "BIGINT NOT NULL"), (CHANGED, "BIGINT"), (SUPERSEDED, "BIGINT")];

/// The name under which the file is attached.
pub(crate) const DATABASE: &str = "trunklog";

/// Rows a row group: DuckDB's smallest step of reading. A page is a thousand
/// rows, so the default of 122,880 would read a hundred times too much.
pub(crate) const ROW_GROUP_SIZE: u32 = 16_384;

/// The schema of a table that programs of before cannot read: they do not look
/// for a number, and would take a store of today for an empty one. It has the
/// name of a tenant that no organisation has: nobody was given this GUID.
pub(crate) const GUARD: &str = "t_c9b0f9a3d8c24e0d8f1e5b7a6d4c3b21";

/// Names a tenant's schema: a letter and the GUID's digits.
pub(crate) fn schema(tenant: TenantId) -> String {
    format!("t_{}", tenant.guid().simple())
}

/// The tenant that a schema belongs to.
pub(crate) fn tenant_of(schema: &str) -> Option<TenantId> {
    if schema == GUARD {
        return None;
    }
    schema.strip_prefix("t_").and_then(|guid| guid.parse().ok())
}

/// The qualified name of a table in a tenant's schema.
pub(crate) fn table(tenant: TenantId, name: &str) -> String {
    format!("{DATABASE}.{}.{}", schema(tenant), quoted(name))
}

/// The name of the table that holds a segment of a log. No log's name has the
/// mark in it.
pub(crate) fn segment(log: &Log, number: u32) -> String {
    format!("{}~{number}", log.name)
}

/// `name` as an identifier.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The columns that hold a row, in the order of `Rows`.
pub(crate) fn row_columns(log: &Log) -> impl Iterator<Item = (&'static str, &'static str)> {
    let typed = log.properties.iter().map(|property| (property.name, sql_type(property.edm)));
    typed.chain([(DYNAMIC_PROPERTIES, "VARCHAR")])
}

fn sql_type(edm: EdmType) -> &'static str {
    match edm {
        EdmType::DateTimeOffset => "BIGINT",
        EdmType::Int32 => "INTEGER",
        EdmType::Boolean => "BOOLEAN",
        EdmType::String | EdmType::Decimal | EdmType::Enum(_) | EdmType::Collection(_) => "VARCHAR",
    }
}

/// All columns of a segment, with their types.
pub(crate) fn columns(log: &Log) -> impl Iterator<Item = (&'static str, &'static str)> {
    KEPT.into_iter().chain(row_columns(log))
}

/// Makes the table `table` for rows of `log`.
pub(crate) fn create_table(table: &str, log: &Log) -> String {
    let columns: Vec<_> = columns(log).map(|(name, of)| format!("{} {of}", quoted(name))).collect();
    format!("CREATE TABLE {table} ({})", columns.join(", "))
}

/// All columns of a segment as a list.
pub(crate) fn all_columns(log: &Log) -> String {
    let names = columns(log).map(|(name, _)| quoted(name));
    names.collect::<Vec<_>>().join(", ")
}

/// The expressions that compare the stored row `t` with the given row `s`.
pub(crate) struct Update {
    /// Whether both are the same row. A row that gave way to another is none that can
    /// be updated: Graph's own with the same time and id is new beside it.
    pub(crate) same_row: String,
    /// Whether `s` would change `t`: null never erases a value.
    pub(crate) changes: String,
    /// What is assigned in that case.
    pub(crate) assignments: String,
}

impl Update {
    /// How rows of a log are updated. Where rows of other sources than Graph are
    /// among the stored or the given ones, `marked` is the property that tells
    /// them.
    pub(crate) fn of(log: &Log, marked: Option<&str>) -> Update {
        let time = quoted(log.time);
        let values: Vec<_> = row_columns(log)
            .map(|(name, _)| name)
            .filter(|name| *name != log.time && *name != ID && Some(*name) != marked)
            .map(quoted)
            .collect();
        let mut changes = values
            .iter()
            .map(|name| format!("(s.{name} IS NOT NULL AND s.{name} IS DISTINCT FROM t.{name})"))
            .collect::<Vec<_>>()
            .join(" OR ");
        let mut assignments: Vec<_> =
            values.iter().map(|name| format!("{name} = coalesce(s.{name}, t.{name})")).collect();
        let mut same_row = format!("t.{time} = s.{time} AND t.{ID} = s.{ID}");
        if let Some(mark) = marked.map(quoted) {
            // What Graph said stays, and takes the place of what others did.
            changes = format!(
                "(s.{mark} IS NULL OR t.{mark} IS NOT NULL)
                 AND (s.{mark} IS DISTINCT FROM t.{mark} OR {changes})"
            );
            assignments.push(format!("{mark} = s.{mark}"));
            same_row = format!("{same_row} AND t.{SUPERSEDED} IS NULL");
        }
        Update { same_row, changes, assignments: assignments.join(", ") }
    }
}

/// The values of a statement. Its text refers to them by number, so that its
/// parts may be put together in any order.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    values: Vec<Value>,
}

impl Parameters {
    /// Takes a value and gives the text that stands for it. The type is named,
    /// since DuckDB would else guess it from what stands around.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> String {
        let value = value.into();
        let of = match &value {
            Value::Boolean(_) => "BOOLEAN",
            Value::Int(_) => "INTEGER",
            Value::BigInt(_) => "BIGINT",
            Value::Double(_) => "DOUBLE",
            _ => "VARCHAR",
        };
        self.values.push(value);
        format!("CAST(${} AS {of})", self.values.len())
    }

    /// The values in the order of their numbers.
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }
}

/// The condition that rows lie in a range.
pub(crate) fn within(log: &Log, range: TimeRange, parameters: &mut Parameters) -> String {
    between(log, range.from(), range.end(), parameters)
}

/// The condition that rows lie between an instant and before another.
pub(crate) fn between(log: &Log, from: Instant, end: Instant, parameters: &mut Parameters) -> String {
    let time = quoted(log.time);
    let (from, end) = (parameters.bind(from.ticks()), parameters.bind(end.ticks()));
    format!("{time} >= {from} AND {time} < {end}")
}
