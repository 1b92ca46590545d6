//! Which columns the tables of segments have.
//!
//! A table that an older program made lacks the columns that came later. DuckDB
//! writes a null for each row to add one, about 16 bytes of memory or spill, so
//! opening a store adds none. Whoever reads such a table is given nulls in their
//! place, or, of a property that rows may hold among those that were unknown, its
//! value from there. A write that needs the columns adds them first
//! (`write/complete`); rows that are brought into another segment have them there.

use std::collections::{HashMap, HashSet};

use duckdb::{Connection, params};
use trunklog_records::schema::DYNAMIC_PROPERTIES;
use trunklog_records::{Log, TenantId};

use crate::expression::late;
use crate::log_table::Segment;
use crate::sql::{self, DATABASE, quoted};

/// The columns that the tables of a log lack, by the tables' names. What lacks
/// none is left out.
pub(crate) fn lacking(
    connection: &Connection,
    id: TenantId,
    log: &'static Log,
) -> duckdb::Result<HashMap<String, Vec<&'static str>>> {
    let mut statement = connection.prepare(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = ? AND schema_name = ?
             AND split_part(table_name, '~', 1) = ?",
    )?;
    let found = statement.query_map(params![DATABASE, sql::schema(id), log.name], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut tables: HashMap<String, HashSet<String>> = HashMap::new();
    for column in found {
        let (table, column) = column?;
        tables.entry(table).or_default().insert(column);
    }
    let lacking = tables.into_iter().map(|(table, columns)| {
        let names = sql::columns(log).map(|(name, _)| name).filter(|name| !columns.contains(*name));
        (table, names.collect::<Vec<_>>())
    });
    Ok(lacking.filter(|(_, names)| !names.is_empty()).collect())
}

/// The properties among some columns that rows may hold among the unknown ones.
pub(crate) fn late_properties(log: &Log, lacking: &[&'static str]) -> Vec<&'static str> {
    if lacking.contains(&DYNAMIC_PROPERTIES) {
        return Vec::new();
    }
    let read = log.json_properties().iter().map(|property| property.name);
    read.filter(|name| lacking.contains(name)).collect()
}

impl Segment {
    /// Whether its table has all columns.
    pub(crate) fn is_complete(&self) -> bool {
        self.lacking().is_empty()
    }

    /// The rows with all columns, and `rowid`, as they stand after `FROM`.
    pub(crate) fn source(&self, log: &Log) -> String {
        let lacking = self.lacking();
        if lacking.is_empty() {
            return self.table.clone();
        }
        let late = late_properties(log, &lacking);
        let columns = sql::columns(log).map(|(name, of)| {
            let column = quoted(name);
            if late.contains(&name) {
                format!("{} AS {column}", late::value(log, name, of))
            } else if lacking.contains(&name) {
                format!("CAST(NULL AS {}) AS {column}", of.trim_end_matches(" NOT NULL"))
            } else if name == DYNAMIC_PROPERTIES && !late.is_empty() {
                format!("{} AS {column}", late::unknown(log, &late))
            } else {
                format!("t.{column}")
            }
        });
        format!("(SELECT t.rowid, {} FROM {} AS t)", columns.collect::<Vec<_>>().join(", "), self.table)
    }
}
