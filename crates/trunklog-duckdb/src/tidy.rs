//! Bringing rows into the order in which they are read.

use duckdb::Connection;
use trunklog_records::Log;

use crate::instance::Instance;
use crate::sql::{self, ROW_GROUP_SIZE, SEQUENCE, quoted};

/// How many row groups may, on average, hold rows of one moment before a
/// table is worth rewriting. A page reads about this many groups.
const MAX_OVERLAP: u64 = 4;

/// Rewrites a table in the order of time and id when rows that belong together
/// lie far apart, as after an import of many files in no order.
pub(crate) fn reorder(instance: &Instance, table: &str, log: &Log) -> duckdb::Result<()> {
    let writer = instance.writer();
    if overlap(&writer, table, log)? <= MAX_OVERLAP {
        return Ok(());
    }
    tracing::info!(log = log.name, "putting the rows of a log in order");
    let time = quoted(log.time);
    let columns = sql::column_list(log, "");
    let sorted = table.replace(&quoted(log.name), &quoted(&format!("{}~sorted", log.name)));
    let done = writer.execute_batch(&format!(
        "BEGIN;
         DROP TABLE IF EXISTS {sorted};
         {create};
         INSERT INTO {sorted} ({SEQUENCE}, {columns})
             SELECT {SEQUENCE}, {columns} FROM {table} ORDER BY {time}, id;
         DROP TABLE {table};
         ALTER TABLE {sorted} RENAME TO {name};
         COMMIT;",
        create = sql::create_table(&sorted, log),
        name = quoted(log.name),
    ));
    if done.is_err() {
        let _ = writer.execute_batch("ROLLBACK");
    } else {
        instance.acknowledge();
    }
    done
}

/// How many row groups hold rows around the same time, on average.
fn overlap(writer: &Connection, table: &str, log: &Log) -> duckdb::Result<u64> {
    let time = quoted(log.time);
    let mut statement = writer.prepare(&format!(
        "SELECT min({time}), max({time}) FROM {table} GROUP BY rowid // {ROW_GROUP_SIZE}"
    ))?;
    let spans = statement
        .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?
        .collect::<duckdb::Result<Vec<_>>>()?;
    Ok(average_depth(&spans))
}

/// How many spans cover the middle of a span, on average.
fn average_depth(spans: &[(i64, i64)]) -> u64 {
    let mut starts: Vec<_> = spans.iter().map(|(start, _)| *start).collect();
    let mut ends: Vec<_> = spans.iter().map(|(_, end)| *end).collect();
    starts.sort_unstable();
    ends.sort_unstable();
    let depth = |at: i64| {
        let begun = starts.partition_point(|start| *start <= at);
        let over = ends.partition_point(|end| *end < at);
        (begun - over) as u64
    };
    let sum: u64 = spans.iter().map(|(start, end)| depth(start / 2 + end / 2)).sum();
    sum / (spans.len() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_tells_order_from_disorder() {
        let ordered: Vec<_> = (0..100).map(|at| (at * 10, at * 10 + 10)).collect();
        assert!(average_depth(&ordered) <= 1);
        let shuffled: Vec<_> = (0..100).map(|at| (at, 1_000 - at)).collect();
        assert_eq!(average_depth(&shuffled), 100);
        assert_eq!(average_depth(&[]), 0);
    }
}
