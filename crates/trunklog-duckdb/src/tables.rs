//! Which tables there are.

use duckdb::Connection;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};

use crate::sql::{self, DATABASE};

/// Whether a tenant's schema has a table of that name.
pub(crate) fn has_table(connection: &Connection, id: TenantId, table: &str) -> duckdb::Result<bool> {
    has_table_in(connection, &sql::schema(id), table)
}

/// Whether a schema has a table of that name.
pub(crate) fn has_table_in(connection: &Connection, schema: &str, table: &str) -> duckdb::Result<bool> {
    connection.query_row(
        "SELECT count(*) > 0 FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? AND table_name = ?",
        [DATABASE, schema, table],
        |row| row.get(0),
    )
}

/// The tenants and logs that have segments.
pub(crate) fn stored_logs(connection: &Connection) -> duckdb::Result<Vec<(TenantId, &'static Log)>> {
    let mut statement = connection.prepare(
        "SELECT DISTINCT schema_name, split_part(table_name, '~', 1) FROM duckdb_tables()
             WHERE database_name = ? ORDER BY ALL",
    )?;
    let names =
        statement.query_map([DATABASE], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut logs = Vec::new();
    for name in names {
        let (schema, table) = name?;
        let log = LOGS.into_iter().find(|log| log.name == table);
        if let (Some(tenant), Some(log)) = (sql::tenant_of(&schema), log) {
            logs.push((tenant, log));
        }
    }
    Ok(logs)
}
