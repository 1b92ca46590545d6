//! SQL text, made from a log's property table.

use duckdb::types::Value;
use trunklog_odata::edm::EdmType;
use trunklog_records::schema::{DYNAMIC_PROPERTIES, ID};
use trunklog_records::{Log, TenantId};

/// The column with the number of the commit that first brought a row.
pub(crate) const SEQUENCE: &str = "sequence";

/// The name under which the file is attached.
pub(crate) const DATABASE: &str = "trunklog";

/// Rows a row group: DuckDB's smallest step of reading. A page is a thousand
/// rows, so the default of 122,880 would read a hundred times too much.
pub(crate) const ROW_GROUP_SIZE: u32 = 16_384;

/// The table in which a tenant's schema keeps the sequence of logs whose newest
/// rows may be gone. No log has this name.
pub(crate) const SEQUENCES: &str = "sequences";

/// Names a tenant's schema: a letter and the GUID's digits.
pub(crate) fn schema(tenant: TenantId) -> String {
    format!("t_{}", tenant.guid().simple())
}

/// The tenant that a schema belongs to.
pub(crate) fn tenant_of(schema: &str) -> Option<TenantId> {
    schema.strip_prefix("t_").and_then(|guid| guid.parse().ok())
}

/// The qualified name of a tenant's log.
pub(crate) fn table(tenant: TenantId, log: &Log) -> String {
    format!("{DATABASE}.{}.{}", schema(tenant), quoted(log.name))
}

/// The qualified name of the table that keeps sequences, which need not exist.
pub(crate) fn sequences(tenant: TenantId) -> String {
    format!("{DATABASE}.{}.{SEQUENCES}", schema(tenant))
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

/// Makes the table `table` for rows of `log`.
pub(crate) fn create_table(table: &str, log: &Log) -> String {
    let columns: Vec<_> = row_columns(log).map(|(name, of)| format!("{} {of}", quoted(name))).collect();
    format!("CREATE TABLE IF NOT EXISTS {table} ({SEQUENCE} BIGINT NOT NULL, {})", columns.join(", "))
}

/// The row columns as a list, each with a prefix such as `s.`.
pub(crate) fn column_list(log: &Log, prefix: &str) -> String {
    row_columns(log).map(|(name, _)| format!("{prefix}{}", quoted(name))).collect::<Vec<_>>().join(", ")
}

/// The expressions that compare the stored row `t` with the given row `s`.
pub(crate) struct Update {
    /// Whether both are the same row.
    pub(crate) same_row: String,
    /// Whether `s` would change `t`: null never erases a value.
    pub(crate) changes: String,
    /// What is assigned in that case.
    pub(crate) assignments: String,
}

impl Update {
    pub(crate) fn of(log: &Log) -> Update {
        let time = quoted(log.time);
        let values: Vec<_> = row_columns(log)
            .map(|(name, _)| name)
            .filter(|name| *name != log.time && *name != ID)
            .map(quoted)
            .collect();
        let changes: Vec<_> = values
            .iter()
            .map(|name| format!("(s.{name} IS NOT NULL AND s.{name} IS DISTINCT FROM t.{name})"))
            .collect();
        let assignments: Vec<_> =
            values.iter().map(|name| format!("{name} = coalesce(s.{name}, t.{name})")).collect();
        Update {
            same_row: format!("t.{time} = s.{time} AND t.{ID} = s.{ID}"),
            changes: changes.join(" OR "),
            assignments: assignments.join(", "),
        }
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
