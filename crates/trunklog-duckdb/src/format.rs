//! The form of a store: its number, how an older one is brought to it, and the
//! epoch in which its numbers of commits mean something.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::{fs, io};

use duckdb::{Connection, params};
use trunklog_odata::Instant;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};
use trunklog_store::{Error, ErrorKind};

use crate::catalog::{COMMITS, FLAGS, SEGMENTS, create_tenant};
use crate::error::{conversion, refusal};
use crate::files::Files;
use crate::instance::Instance;
use crate::sql::{self, DATABASE, GUARD, SEQUENCE, quoted};
use crate::tables::has_table_in;
use crate::transaction::Outcome;

/// The number of the form that this program writes.
///
/// 1. A table for each log of a tenant; each log counts its commits. Such a
///    store has no number.
/// 2. Segments, one sequence of commits for each tenant, changes, deletions.
/// 3. The tables of segments may lack columns.
/// 4. Sums of rows may be kept beside them: a program that does not know of them
///    would store rows and leave the sums as they are.
const FORMAT: u32 = 4;

/// The table that says what form a store has. It belongs to no tenant.
const STORE: &str = "store";

/// In the first form the schema of a tenant kept here which number a log's
/// newest commit had, where its rows may be gone.
const OLD_SEQUENCES: &str = "sequences";

/// What stands in their error.
const GUARDED: &str =
    "this store was written by a newer version of Trunklog: use that version or a later one";

/// Refuses a store that a newer program wrote.
pub(crate) fn check(connection: &Connection) -> duckdb::Result<()> {
    let Some(number) = number(connection)? else { return Ok(()) };
    if number <= FORMAT {
        return Ok(());
    }
    let text = format!(
        "opening the store: it was written by a newer version of Trunklog (form {number}, this program knows up to \
         {FORMAT}): use that version or a later one"
    );
    Err(refusal(Error::new(ErrorKind::Other, text)))
}

/// Brings a store that is open for writing to today's form, and gives it a new
/// epoch where its commits do not follow the ones that others know: `database`
/// is another file than the store remembers, or was repaired.
pub(crate) fn bring_up_to_date(instance: &Instance, database: &Path) -> duckdb::Result<()> {
    let writer = &instance.writer();
    let number = number(writer)?;
    if number.is_none_or(|number| number < FORMAT) {
        instance.begin_writing_on(writer)?;
        instance.transaction(writer, |writer| {
            match number {
                None => upgrade(writer)?,
                // In the second form all tables had all columns of their time, and in the
                // third nothing was kept of sums.
                Some(_) => renumber(writer)?,
            }
            Ok(Outcome::Keep(()))
        })?;
    }
    let place = Place::of(database).map_err(conversion)?;
    let repaired = Files::of(database).repaired;
    let was_repaired = repaired.try_exists().map_err(conversion)?;
    let known: Option<(i64, i64)> = writer
        .query_row(&format!("SELECT device, inode FROM {}", table()), [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map(Some)
        .or_else(|error| match error {
            duckdb::Error::QueryReturnedNoRows => Ok(None),
            error => Err(error),
        })?;
    let Place { device, inode } = place;
    if known == Some((device, inode)) && !was_repaired {
        return Ok(());
    }
    if known.is_some_and(|known| known.1 != 0) {
        tracing::info!(
            "the store is a copy, or was repaired: clients that follow its changes have to start again"
        );
    }
    let sql = format!(
        "CREATE OR REPLACE TABLE {} AS SELECT {FORMAT} AS format, CAST(uuid() AS VARCHAR) AS epoch,
             CAST({device} AS BIGINT) AS device, CAST({inode} AS BIGINT) AS inode",
        table()
    );
    instance.begin_writing_on(writer)?;
    instance.transaction(writer, |writer| writer.execute_batch(&sql).map(Outcome::Keep))?;
    match fs::remove_file(repaired) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(conversion(error)),
        _ => Ok(()),
    }
}

/// The epoch's text; empty in a store of the first form.
pub(crate) fn epoch(connection: &Connection) -> duckdb::Result<String> {
    if !has_table_in(connection, "main", STORE)? {
        return Ok(String::new());
    }
    connection.query_row(&format!("SELECT epoch FROM {}", table()), [], |row| row.get(0))
}

/// What can be read of the guard, as it follows `FROM`; None where there is none.
pub(crate) fn readable_guard(connection: &Connection) -> duckdb::Result<Option<String>> {
    let there = has_table_in(connection, GUARD, "sms")?;
    Ok(there.then(|| format!("(SELECT why FROM {DATABASE}.{GUARD}.sms)")))
}

fn table() -> String {
    format!("{DATABASE}.main.{STORE}")
}

/// The number of a store's form; None in one of the first form, and in one that
/// was just made.
fn number(connection: &Connection) -> duckdb::Result<Option<u32>> {
    if !has_table_in(connection, "main", STORE)? {
        return Ok(None);
    }
    match connection.query_row(&format!("SELECT format FROM {}", table()), [], |row| row.get(0)) {
        // It was made and not filled.
        Err(duckdb::Error::QueryReturnedNoRows) => Ok(Some(FORMAT)),
        found => found.map(Some),
    }
}

/// Where a file really is.
struct Place {
    device: i64,
    inode: i64,
}

impl Place {
    fn of(database: &Path) -> io::Result<Place> {
        let found = fs::metadata(database)?;
        Ok(Place { device: found.dev().cast_signed(), inode: found.ino().cast_signed() })
    }
}

/// Brings a store from the second or third form to this one, as a part of a
/// transaction.
fn renumber(writer: &Connection) -> duckdb::Result<()> {
    writer.execute_batch(&format!(
        "CREATE OR REPLACE TABLE {store} AS SELECT {FORMAT} AS format, epoch, device, inode FROM {store}",
        store = table()
    ))
}

/// Brings a store from the first form to this one, as a part of a transaction: each
/// table becomes a log's only segment. It is not written, whatever its size: rows stay
/// where they are, and columns that it lacks are added by whoever needs them. What is
/// too large is split later, and can be read meanwhile.
fn upgrade(writer: &Connection) -> duckdb::Result<()> {
    let mut statement =
        writer.prepare("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?")?;
    let names = statement
        .query_map([DATABASE], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
        .collect::<duckdb::Result<Vec<_>>>()?;
    let mut tenants: Vec<TenantId> = names.iter().filter_map(|(schema, _)| sql::tenant_of(schema)).collect();
    tenants.sort();
    tenants.dedup();
    for id in tenants {
        let has =
            |table: &str| names.iter().any(|(schema, name)| *schema == sql::schema(id) && name == table);
        let logs: Vec<&'static Log> = LOGS.into_iter().filter(|log| has(log.name)).collect();
        tracing::info!(logs = logs.len(), "bringing the logs of a tenant to the form of this version");
        create_tenant(writer, id)?;
        upgrade_tenant(writer, id, &logs, has(OLD_SEQUENCES))?;
    }
    guard(writer)?;
    writer.execute_batch(&format!(
        "CREATE TABLE {store} (format INTEGER, epoch VARCHAR, device BIGINT, inode BIGINT);
         INSERT INTO {store} VALUES ({FORMAT}, uuid(), 0, 0);",
        store = table()
    ))
}

fn upgrade_tenant(
    writer: &Connection,
    id: TenantId,
    logs: &[&'static Log],
    has_sequences: bool,
) -> duckdb::Result<()> {
    let mut head = 0_u64;
    for log in logs {
        let sql = format!("SELECT coalesce(max({SEQUENCE}), 0) FROM {}", sql::table(id, log.name));
        head = head.max(writer.query_row(&sql, [], |row| row.get(0))?);
    }
    if has_sequences {
        let sequences = sql::table(id, OLD_SEQUENCES);
        let sql = format!("SELECT coalesce(max({SEQUENCE}), 0) FROM {sequences}");
        head = head.max(writer.query_row(&sql, [], |row| row.get(0))?);
        writer.execute_batch(&format!("DROP TABLE {sequences}"))?;
    }
    for log in logs {
        let old = sql::table(id, log.name);
        writer.execute_batch(&format!("ALTER TABLE {old} RENAME TO {}", quoted(&sql::segment(log, 1))))?;
        let sql = format!("INSERT INTO {} VALUES (?, 1, ?, NULL, NULL)", sql::table(id, SEGMENTS));
        writer.execute(&sql, params![log.name, Instant::ABSENT.ticks()])?;
        // Nobody knows what the commits up to here deleted.
        let sql = format!("INSERT INTO {} VALUES (?, 0, ?, false, false)", sql::table(id, FLAGS));
        writer.execute(&sql, params![log.name, head])?;
        let sql = format!("INSERT INTO {} VALUES (?, ?, ?)", sql::table(id, COMMITS));
        writer.execute(&sql, params![head, Instant::ABSENT.ticks(), log.name])?;
    }
    Ok(())
}

/// Makes the table that programs of before cannot read. When they open a store,
/// they add the columns that a log's table lacks and read it: so they fail, with
/// a text that says why.
fn guard(writer: &Connection) -> duckdb::Result<()> {
    let dynamic = quoted(trunklog_records::schema::DYNAMIC_PROPERTIES);
    writer.execute_batch(&format!(
        "CREATE SCHEMA IF NOT EXISTS {DATABASE}.{GUARD};
         CREATE TABLE {DATABASE}.{GUARD}.sms
             (id VARCHAR, \"sentDateTime\" BIGINT, why VARCHAR, {dynamic} VARCHAR AS (error(why)));
         INSERT INTO {DATABASE}.{GUARD}.sms VALUES ('guard', 0, NULL);
         UPDATE {DATABASE}.{GUARD}.sms SET why = '{GUARDED}';"
    ))
}
