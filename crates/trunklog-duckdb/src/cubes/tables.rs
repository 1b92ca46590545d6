//! The tables of cubes.

use duckdb::{Connection, params};
use trunklog_records::{Log, TenantId};
use trunklog_store::cube::{Cube, CubeSet, KeyKind};

use super::minutes;
use crate::sql::{self, DATABASE};
use crate::tables::has_table;

/// The table that says what is kept.
pub(super) const STATE: &str = "cube_state";

/// The id that stands for null among those of texts.
pub(super) const NO_TEXT: i32 = 0;

/// What stands for all series together in the table of shapes.
pub(super) const ALL_SERIES: i32 = -1;

/// What the names of all tables of cubes start with. No log has this name.
const PREFIX: &str = "cube~";

/// Whether a table of a tenant is one of cubes.
pub(crate) fn is_of_cubes(table: &str) -> bool {
    table == STATE || table.starts_with(PREFIX)
}

/// What the names of a log's tables of cubes start with.
fn prefix(log: &Log) -> String {
    format!("{PREFIX}{}~", log.name)
}

/// The name of the table of a cube.
pub(super) fn name_of(log: &Log, cube: &Cube) -> String {
    format!("{}{}", prefix(log), cube.name)
}

/// The name of the table of texts. No cube has this name: it is one word of
/// another kind.
pub(super) fn texts_name(log: &Log) -> String {
    format!("{}texts~", prefix(log))
}

/// The name of the table of hours in which calls start or end. It is no cube's either.
pub(super) fn hours_name(log: &Log) -> String {
    format!("{}hours~", prefix(log))
}

/// The name of the table of the shapes of minutes.
pub(super) fn shapes_name(log: &Log) -> String {
    format!("{}shapes~", prefix(log))
}

/// The name of the table of longer stretches.
pub(super) fn stretches_name(log: &Log) -> String {
    format!("{}stretches~", prefix(log))
}

/// All cubes that are kept, with their numbers: those of a set, then those of busy
/// channels.
pub(super) fn all_cubes(set: &CubeSet) -> impl Iterator<Item = (usize, &'static Cube)> {
    set.cubes.iter().chain(minutes::SET.cubes).enumerate()
}

/// One of them.
pub(super) fn cube_of(set: &CubeSet, number: usize) -> &'static Cube {
    match number.checked_sub(set.cubes.len()) {
        None => &set.cubes[number],
        Some(number) => &minutes::SET.cubes[number],
    }
}

/// The qualified names of the tables of a log's cubes.
pub(super) struct Tables {
    /// By the numbers of all cubes.
    pub(super) cubes: Vec<String>,
    pub(super) texts: String,
    pub(super) hours: String,
    pub(super) shapes: String,
    pub(super) stretches: String,
    pub(super) state: String,
}

impl Tables {
    pub(super) fn of(id: TenantId, set: &CubeSet) -> Tables {
        let table = |(_, cube)| sql::table(id, &name_of(set.log, cube));
        Tables {
            cubes: all_cubes(set).map(table).collect(),
            texts: sql::table(id, &texts_name(set.log)),
            hours: sql::table(id, &hours_name(set.log)),
            shapes: sql::table(id, &shapes_name(set.log)),
            stretches: sql::table(id, &stretches_name(set.log)),
            state: sql::table(id, STATE),
        }
    }
}

/// The columns of a cube's table that hold its keys.
pub(super) fn keys(cube: &Cube) -> impl Iterator<Item = String> {
    (0..cube.keys.len()).map(|at| format!("k{at}"))
}

/// Those that hold its sums.
pub(super) fn measures(cube: &Cube) -> impl Iterator<Item = String> {
    (0..cube.measures.len()).map(|at| format!("m{at}"))
}

/// What tells cells apart, as a list.
pub(super) fn cell_key(cube: &Cube) -> String {
    std::iter::once("slot".to_owned()).chain(keys(cube)).collect::<Vec<_>>().join(", ")
}

/// The sum of a measure's parts. It is held at its limit where no `BIGINT` can
/// hold it.
pub(super) fn sum_of(measure: &str) -> String {
    format!("CAST(least(greatest(coalesce(sum({measure}), 0), {}), {}) AS BIGINT)", i64::MIN, i64::MAX)
}

/// The condition that a group has any sum.
pub(super) fn any_sum(cube: &Cube) -> String {
    any_of(measures(cube))
}

/// The same of some measures.
pub(super) fn any_of(measures: impl Iterator<Item = String>) -> String {
    let any: Vec<_> = measures.map(|measure| format!("sum({measure}) <> 0")).collect();
    if any.is_empty() { "false".to_owned() } else { format!("({})", any.join(" OR ")) }
}

/// Makes the tables of a log's cubes, and notes that they are kept, as a part of a
/// transaction. There are none yet.
pub(super) fn create(writer: &Connection, id: TenantId, set: &CubeSet, zone: &str) -> duckdb::Result<()> {
    let tables = Tables::of(id, set);
    writer.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS {state}
             (log VARCHAR NOT NULL, version VARCHAR NOT NULL, zone VARCHAR NOT NULL, unbuilt BIGINT);
         CREATE TABLE {texts} (id INTEGER NOT NULL, text VARCHAR);
         INSERT INTO {texts} VALUES ({NO_TEXT}, NULL);
         CREATE TABLE {hours}
             (hour BIGINT NOT NULL, late BIGINT NOT NULL, early BIGINT NOT NULL, is_shaped BOOLEAN NOT NULL,
              commit_number BIGINT NOT NULL);
         CREATE TABLE {shapes}
             (slot BIGINT NOT NULL, series INTEGER NOT NULL, line BIGINT NOT NULL, peak BIGINT NOT NULL,
              reached BIGINT NOT NULL);
         CREATE TABLE {stretches}
             (width BIGINT NOT NULL, slot BIGINT NOT NULL, series INTEGER NOT NULL, line BIGINT NOT NULL,
              m0 BIGINT NOT NULL, m1 BIGINT NOT NULL, m2 BIGINT NOT NULL, m3 BIGINT NOT NULL,
              peak BIGINT NOT NULL, reached BIGINT NOT NULL)",
        state = tables.state,
        texts = tables.texts,
        hours = tables.hours,
        shapes = tables.shapes,
        stretches = tables.stretches
    ))?;
    for ((_, cube), table) in all_cubes(set).zip(&tables.cubes) {
        let mut columns = vec!["slot BIGINT NOT NULL".to_owned()];
        columns.extend(keys(cube).zip(cube.keys).map(|(name, key)| match key.kind {
            KeyKind::Text => format!("{name} INTEGER NOT NULL"),
            KeyKind::Int => format!("{name} BIGINT"),
        }));
        columns.extend(measures(cube).map(|name| format!("{name} BIGINT NOT NULL")));
        columns.push("commit_number BIGINT NOT NULL".to_owned());
        writer.execute_batch(&format!("CREATE TABLE {table} ({})", columns.join(", ")))?;
    }
    let sql = format!("INSERT INTO {} VALUES (?, ?, ?, NULL)", tables.state);
    writer.execute(&sql, params![set.log.name, set.version, zone])?;
    Ok(())
}

/// Notes, as a part of a transaction, that days are still to be built.
pub(super) fn note_unbuilt(
    writer: &Connection,
    id: TenantId,
    set: &CubeSet,
    zone: &str,
    days: &[i64],
) -> duckdb::Result<()> {
    let sql = format!("INSERT INTO {} VALUES (?, ?, ?, ?)", sql::table(id, STATE));
    let mut statement = writer.prepare(&sql)?;
    for day in days {
        statement.execute(params![set.log.name, set.version, zone, day])?;
    }
    Ok(())
}

/// The names of the tables of a log's cubes that there are, whoever made them.
pub(super) fn names(connection: &Connection, id: TenantId, log: &Log) -> duckdb::Result<Vec<String>> {
    names_from(connection, id, &prefix(log))
}

/// The same of all logs.
pub(super) fn all_names(connection: &Connection, id: TenantId) -> duckdb::Result<Vec<String>> {
    names_from(connection, id, PREFIX)
}

fn names_from(connection: &Connection, id: TenantId, prefix: &str) -> duckdb::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT table_name FROM duckdb_tables()
             WHERE database_name = ? AND schema_name = ? AND starts_with(table_name, ?) ORDER BY table_name",
    )?;
    let schema = sql::schema(id);
    let names = statement.query_map(params![DATABASE, schema, prefix], |row| row.get::<_, String>(0))?;
    names.collect()
}

/// Drops tables, as a part of a transaction.
pub(super) fn drop_all(writer: &Connection, id: TenantId, names: &[String]) -> duckdb::Result<()> {
    names.iter().try_for_each(|name| writer.execute_batch(&format!("DROP TABLE {}", sql::table(id, name))))
}

/// Takes back, as a part of a transaction, the note that cubes of a log are kept:
/// its rows change in a way that nobody books.
pub(super) fn forget_note(writer: &Connection, id: TenantId, log: &Log) -> duckdb::Result<()> {
    if has_table(writer, id, STATE)? {
        writer.execute(&format!("DELETE FROM {} WHERE log = ?", sql::table(id, STATE)), [log.name])?;
    }
    Ok(())
}
