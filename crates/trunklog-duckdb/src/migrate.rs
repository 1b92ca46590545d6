//! Bringing a table from an older schema to the current one.

use duckdb::Connection;
use trunklog_odata::json::write_string;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::{DYNAMIC_PROPERTIES, ID, LOGS};
use trunklog_records::{Log, RowBuilder, Rows};

use crate::error::conversion;
use crate::instance::Instance;
use crate::sql::{self, DATABASE, quoted};
use crate::transaction::Outcome;
use crate::write::staging::stage;

/// Rows that are moved at a time.
const BATCH: usize = 10_000;

/// Brings all tables of all logs to the current schema.
pub(crate) fn all(instance: &Instance, writer: &Connection) -> duckdb::Result<()> {
    let mut statement =
        writer.prepare("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?")?;
    let names = statement
        .query_map([DATABASE], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
        .collect::<duckdb::Result<Vec<_>>>()?;
    for (schema, table) in names {
        let log = table.split_once('~').and_then(|(log, _)| LOGS.into_iter().find(|known| known.name == log));
        if let (Some(tenant), Some(log)) = (sql::tenant_of(&schema), log) {
            let table = sql::table(tenant, &table);
            instance.transaction(writer, |writer| {
                let changed = bring_up_to_date(writer, &table, log)?;
                Ok(if changed { Outcome::Keep(()) } else { Outcome::Leave(()) })
            })?;
        }
    }
    Ok(())
}

/// Adds the columns of properties that the table does not have yet, and moves
/// their values there from where unknown properties are kept, as a part of a
/// transaction. Tells whether there were any.
fn bring_up_to_date(writer: &Connection, table: &str, log: &'static Log) -> duckdb::Result<bool> {
    let present: Vec<String> = writer
        .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?
        .query_map([], |row| row.get(0))?
        .collect::<duckdb::Result<_>>()?;
    let missing: Vec<_> =
        sql::row_columns(log).filter(|(name, _)| !present.iter().any(|column| column == name)).collect();
    if missing.is_empty() {
        return Ok(false);
    }
    let added: Vec<_> = missing.iter().map(|(name, _)| *name).collect();
    tracing::info!(log = log.name, properties = ?added, "adding properties to a log");
    for (name, of) in &missing {
        writer.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {} {of}", quoted(name)))?;
    }
    move_values(writer, table, log, &added)?;
    Ok(true)
}

/// Reads rows with unknown properties again, now that some are known.
fn move_values(writer: &Connection, table: &str, log: &'static Log, added: &[&str]) -> duckdb::Result<()> {
    let (time, dynamic) = (quoted(log.time), quoted(DYNAMIC_PROPERTIES));
    let places: u64 =
        writer
            .query_row(&format!("SELECT coalesce(max(rowid) + 1, 0) FROM {table}"), [], |row| row.get(0))?;
    let decoder = RowDecoder::new(log).for_stored_rows();
    // A result is held whole, so few rows are asked for at a time.
    for from in (0..places).step_by(BATCH) {
        let mut statement = writer.prepare(&format!(
            "SELECT {time}, {ID}, {dynamic} FROM {table}
             WHERE {dynamic} IS NOT NULL AND rowid >= {from} AND rowid < {}",
            from + BATCH as u64
        ))?;
        let kept = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?)))?;
        let mut rows = RowBuilder::new(log);
        for row in kept {
            let (ticks, id, members): (_, String, String) = row?;
            // A value that does not fit its new type stays where it is.
            let _ = decoder.decode(&as_json(log, ticks, &id, &members)?, &mut rows);
        }
        update(writer, table, &rows.finish(), added)?;
    }
    Ok(())
}

fn as_json(log: &Log, ticks: i64, id: &str, members: &str) -> duckdb::Result<Vec<u8>> {
    let time = trunklog_odata::Instant::from_ticks(ticks).map_err(conversion)?;
    let mut json = format!("{{{members},\"{}\":\"{time}\",\"{ID}\":", log.time).into_bytes();
    write_string(id, &mut json);
    json.push(b'}');
    Ok(json)
}

fn update(writer: &Connection, table: &str, rows: &Rows, added: &[&str]) -> duckdb::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    stage(writer, rows)?;
    let assignments: Vec<_> =
        added.iter().chain([&DYNAMIC_PROPERTIES]).map(|name| format!("{0} = s.{0}", quoted(name))).collect();
    writer.execute_batch(&format!(
        "UPDATE {table} t SET {} FROM temp.main.staging s WHERE {}",
        assignments.join(", "),
        sql::Update::of(rows.log(), None).same_row
    ))
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_BLOCKED_USERS};

    use super::*;

    #[test]
    fn a_property_that_was_unknown_gets_its_column() {
        let connection = Connection::open_in_memory().unwrap();
        let log = &PSTN_BLOCKED_USERS;
        connection
            .execute_batch(
                "CREATE TABLE old (sequence BIGINT, id VARCHAR, \"blockDateTime\" BIGINT, \"dynamicProperties\" VARCHAR);
                 INSERT INTO old VALUES (1, 'a', 0, '\"blockReason\":\"High\",\"future\":1'), (1, 'b', 0, NULL);",
            )
            .unwrap();
        bring_up_to_date(&connection, "old", log).unwrap();
        let row: (String, String) = connection
            .query_row("SELECT \"blockReason\", \"dynamicProperties\" FROM old WHERE id = 'a'", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(row, ("High".to_owned(), "\"future\":1".to_owned()));
        bring_up_to_date(&connection, "old", log).unwrap();
    }

    #[test]
    fn unknown_properties_stay_whatever_they_are_called() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE old (sequence BIGINT, id VARCHAR, \"startDateTime\" BIGINT, \"dynamicProperties\" VARCHAR);
                 INSERT INTO old VALUES (1, 'a', 0, '\"organizer\":{},\"UserId\":\"u\",\"userCountryCode\":\"US\"');",
            )
            .unwrap();
        bring_up_to_date(&connection, "old", &DIRECT_ROUTING_CALLS).unwrap();
        let row: (String, String) = connection
            .query_row("SELECT \"userCountryCode\", \"dynamicProperties\" FROM old", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(row, ("US".to_owned(), r#""organizer":{},"UserId":"u""#.to_owned()));
    }
}
