//! How much room tables take in the file.
//!
//! DuckDB says of each part of a column in which block it is. Small parts share
//! blocks, so what is counted is how many blocks a table has a part in: about its
//! size, and a little more where there is little.

use std::collections::BTreeMap;

use duckdb::Connection;
use trunklog_records::TenantId;
use trunklog_records::schema::LOGS;
use trunklog_store::{PartKind, StoredPart};

use crate::cubes::is_of_cubes;
use crate::sql::{self, DATABASE};

/// What tells parts apart: the tenant, and the name of what it is.
type Parts = BTreeMap<(Option<TenantId>, &'static str), (PartKind, u64)>;

/// The parts of the store.
pub(crate) fn stored_parts(connection: &Connection) -> duckdb::Result<Vec<StoredPart>> {
    let block = connection.query_row(
        "SELECT max(block_size) FROM pragma_database_size() WHERE database_name = ?",
        [DATABASE],
        |row| row.get::<_, Option<i64>>(0),
    )?;
    let block = block.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(0);
    let mut statement =
        connection.prepare("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?")?;
    let names =
        statement.query_map([DATABASE], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let names = names.collect::<duckdb::Result<Vec<_>>>()?;
    let mut parts = Parts::new();
    for (schema, table) in names {
        let tenant = sql::tenant_of(&schema);
        let kind = if tenant.is_some() { kind_of(&table) } else { PartKind::Other };
        let blocks = blocks(connection, &schema, &table)?;
        let (_, bytes) = parts.entry((tenant, kind.name())).or_insert((kind, 0));
        *bytes = bytes.saturating_add(blocks.saturating_mul(block));
    }
    let part = |((tenant, _), (kind, bytes))| StoredPart { tenant, kind, bytes };
    Ok(parts.into_iter().map(part).collect())
}

fn kind_of(table: &str) -> PartKind {
    if is_of_cubes(table) {
        return PartKind::Cubes;
    }
    let name = table.split('~').next().unwrap_or(table);
    LOGS.into_iter().find(|log| log.name == name).map_or(PartKind::Other, PartKind::Log)
}

/// How many blocks of the file a table has a part in.
fn blocks(connection: &Connection, schema: &str, table: &str) -> duckdb::Result<u64> {
    let name = format!("{DATABASE}.{}.{}", sql::quoted(schema), sql::quoted(table));
    // The function takes no parameter, only a text.
    let sql = format!(
        "SELECT count(DISTINCT block_id) FROM pragma_storage_info('{}') WHERE persistent",
        name.replace('\'', "''")
    );
    connection.query_row(&sql, [], |row| row.get::<_, u64>(0))
}
