//! Named states: a table of texts beside the tenants' schemas.

use duckdb::{Connection, params};

use crate::instance::Instance;
use crate::sql::DATABASE;
use crate::tables::has_table_in;
use crate::transaction::Outcome;

/// The schema of what belongs to no tenant. No tenant's schema has this name.
const SCHEMA: &str = "main";

const STATES: &str = "states";

/// The value of a state.
pub(crate) fn state(instance: &Instance, name: &str) -> duckdb::Result<Option<String>> {
    instance.read(|connection| value(connection, name))
}

/// The states whose names start with `prefix`, in the order of their names.
pub(crate) fn states(instance: &Instance, prefix: &str) -> duckdb::Result<Vec<(String, String)>> {
    instance.read(|connection| on(connection, prefix))
}

/// The same on a connection.
pub(crate) fn on(connection: &Connection, prefix: &str) -> duckdb::Result<Vec<(String, String)>> {
    if !has_states(connection)? {
        return Ok(Vec::new());
    }
    let mut statement = connection
        .prepare(&format!("SELECT name, value FROM {} WHERE starts_with(name, ?) ORDER BY name", table()))?;
    let found =
        statement.query_map([prefix], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    found.collect()
}

/// Sets a state if its value is as expected, and tells whether it was. Only the
/// writer changes states, so nothing comes in between.
pub(crate) fn exchange(
    instance: &Instance,
    name: &str,
    expected: Option<&str>,
    new: Option<&str>,
) -> duckdb::Result<bool> {
    let writer = instance.writer();
    if value(&writer, name)?.as_deref() != expected {
        return Ok(false);
    }
    if new == expected {
        return Ok(true);
    }
    instance.transaction(&writer, |writer| set(writer, name, new).map(|()| Outcome::Keep(true)))
}

fn set(writer: &Connection, name: &str, new: Option<&str>) -> duckdb::Result<()> {
    let table = table();
    writer.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS {table} (name VARCHAR NOT NULL, value VARCHAR NOT NULL)"
    ))?;
    writer.execute(&format!("DELETE FROM {table} WHERE name = ?"), params![name])?;
    if let Some(value) = new {
        writer.execute(&format!("INSERT INTO {table} VALUES (?, ?)"), params![name, value])?;
    }
    Ok(())
}

fn value(connection: &Connection, name: &str) -> duckdb::Result<Option<String>> {
    if !has_states(connection)? {
        return Ok(None);
    }
    let mut statement = connection.prepare(&format!("SELECT value FROM {} WHERE name = ?", table()))?;
    let mut found = statement.query_map([name], |row| row.get(0))?;
    found.next().transpose()
}

/// A store that never had a state has no table for them.
fn has_states(connection: &Connection) -> duckdb::Result<bool> {
    has_table_in(connection, SCHEMA, STATES)
}

fn table() -> String {
    format!("{DATABASE}.{SCHEMA}.{STATES}")
}
