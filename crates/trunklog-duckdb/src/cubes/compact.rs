//! Adding up the parts of cells, and removing texts that no cell has.

use std::collections::{BTreeSet, HashSet};
use std::sync::MutexGuard;

use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};
use trunklog_store::cube::{Cube, CubeSet, KeyKind};

use super::Effort;
use super::book::{Book, Kept};
use super::tables::{NO_TEXT, Tables, all_cubes, any_sum, cell_key, cube_of, keys, measures, sum_of};
use crate::instance::Instance;
use crate::transaction::Outcome;

/// Usually a day is looked at when it got so many parts.
pub(super) const MANY_PARTS: u64 = 10_000;

/// What a day of a cube holds.
#[derive(Debug, Clone, Copy)]
struct Day {
    parts: u64,
    /// Those that have any sum.
    cells: u64,
    /// The others, of which everything was taken away.
    empty: u64,
}

impl Day {
    /// Whether it is worth writing anew.
    fn is_due(self, effort: Effort) -> bool {
        self.parts > 2 * self.cells || (effort == Effort::Thorough && self.empty > 0)
    }
}

/// Does the next thing: writes a day of a cube anew, or removes texts. Tells whether
/// there may be more.
pub(super) fn step(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    effort: Effort,
) -> duckdb::Result<bool> {
    let Some(set) = instance.cubes().of(log) else { return Ok(false) };
    let Some(tenant) = instance.tenant(id)? else { return Ok(false) };
    let book = instance.read(|connection| tenant.book(connection, log, instance.cubes()))?;
    if !matches!(book.state().kept, Kept::Ours { .. }) {
        return Ok(false);
    }
    let compaction = Compaction { instance, id, set, book: &book };
    let effort = if book.notes().marks.was_erased { Effort::Thorough } else { effort };
    let done = compaction.step(effort);
    if done.is_err() {
        // What was taken from the notes is found again.
        book.notes().marks.has_unknown = true;
    }
    done
}

struct Compaction<'a> {
    instance: &'a Instance,
    id: TenantId,
    set: &'static CubeSet,
    book: &'a Book,
}

impl Compaction<'_> {
    fn step(&self, effort: Effort) -> duckdb::Result<bool> {
        let least = if effort == Effort::Thorough { 1 } else { MANY_PARTS };
        if let Some((cube, day)) = self.next(least) {
            if self.look(cube, day)?.is_due(effort) {
                self.write(cube, day)?;
            }
            return Ok(true);
        }
        if effort == Effort::Usual {
            return Ok(false);
        }
        let marks = self.book.notes().marks;
        if marks.has_unknown {
            let mut due = BTreeSet::new();
            for (cube, _) in all_cubes(self.set) {
                due.extend(self.days(cube)?.into_iter().map(|day| (cube, day)));
            }
            let mut notes = self.book.notes();
            notes.marks.has_unknown = false;
            notes.due.extend(due);
            return Ok(true);
        }
        if marks.has_unused {
            self.remove_unused()?;
            return Ok(true);
        }
        // All that there is to do was done, with what was left of erased rows.
        self.book.notes().marks.was_erased = false;
        Ok(false)
    }

    /// Takes the next day of a cube that may be due from the notes.
    fn next(&self, least: u64) -> Option<(usize, i64)> {
        let mut notes = self.book.notes();
        let many = notes.parts.iter().find(|(_, parts)| **parts >= least).map(|(day, _)| *day);
        let day = many.or_else(|| notes.due.first().copied())?;
        notes.parts.remove(&day);
        notes.due.remove(&day);
        Some(day)
    }

    /// Looks at a day of a cube.
    fn look(&self, cube: usize, day: i64) -> duckdb::Result<Day> {
        let (cube, table) = self.cube(cube);
        let sql = format!(
            "SELECT coalesce(sum(parts), 0)::BIGINT, count(*) FILTER (has_any), count(*) FILTER (NOT has_any)
             FROM (SELECT count(*) AS parts, {} AS has_any FROM {table} WHERE {} GROUP BY {}) AS cells",
            any_sum(cube),
            within(day),
            cell_key(cube)
        );
        self.instance.read(|connection| {
            connection.query_row(&sql, [], |row| {
                Ok(Day { parts: row.get(0)?, cells: row.get(1)?, empty: row.get(2)? })
            })
        })
    }

    /// The days of a cube that are worth writing anew.
    fn days(&self, cube: usize) -> duckdb::Result<Vec<i64>> {
        let (cube, table) = self.cube(cube);
        let width = Instant::TICKS_PER_DAY;
        let sql = format!(
            "SELECT day FROM (
                 SELECT (slot - ((slot % {width}) + {width}) % {width}) // {width} AS day, count(*) AS parts,
                     {} AS has_any
                 FROM {table} GROUP BY {}
             ) AS cells
             GROUP BY day
             HAVING sum(parts) > 2 * count(*) FILTER (has_any) OR count(*) FILTER (NOT has_any) > 0
             ORDER BY day",
            any_sum(cube),
            cell_key(cube)
        );
        self.instance.read(|connection| {
            let mut statement = connection.prepare(&sql)?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// Adds up the parts of a day.
    fn write(&self, cube: usize, day: i64) -> duckdb::Result<()> {
        let (cube, table) = self.cube(cube);
        let Some(writer) = self.writer()? else { return Ok(()) };
        let key = cell_key(cube);
        let sums: Vec<_> = measures(cube).map(|measure| sum_of(&measure)).collect();
        let (range, any) = (within(day), any_sum(cube));
        self.instance.transaction(&writer, |writer| {
            writer.execute_batch(&format!(
                "CREATE OR REPLACE TEMP TABLE compacted AS
                     SELECT {key}, {}, max(commit_number) FROM {table} WHERE {range} GROUP BY {key} HAVING {any};
                 DELETE FROM {table} WHERE {range};
                 INSERT INTO {table} SELECT * FROM temp.main.compacted ORDER BY ALL;
                 DROP TABLE temp.main.compacted",
                sums.join(", ")
            ))?;
            Ok(Outcome::Keep(()))
        })
    }

    /// Removes the texts that no cell has, of persons among them.
    fn remove_unused(&self) -> duckdb::Result<()> {
        let Some(writer) = self.writer()? else { return Ok(()) };
        let tables = Tables::of(self.id, self.set);
        // Shapes have the texts of minutes, or are made anew.
        let mut used = vec![format!("SELECT {NO_TEXT}")];
        for ((_, cube), table) in all_cubes(self.set).zip(&tables.cubes) {
            let texts = keys(cube).zip(cube.keys).filter(|(_, key)| key.kind == KeyKind::Text);
            used.extend(texts.map(|(name, _)| format!("SELECT DISTINCT {name} FROM {table}")));
        }
        let unused = self.instance.transaction(&writer, |writer| {
            let unused = unused(writer, &tables.texts, &used)?;
            if unused.is_empty() {
                return Ok(Outcome::Leave(unused));
            }
            let list: Vec<_> = unused.iter().map(ToString::to_string).collect();
            for ids in list.chunks(IDS_AT_A_TIME) {
                writer.execute_batch(&format!(
                    "DELETE FROM {} WHERE id IN ({})",
                    tables.texts,
                    ids.join(", ")
                ))?;
            }
            Ok(Outcome::Keep(unused))
        })?;
        let mut notes = self.book.notes();
        if let Some(texts) = notes.known_texts() {
            texts.remove(&unused);
        }
        notes.marks.has_unused = false;
        Ok(())
    }

    /// The writer; None where the tables are no longer those of before.
    fn writer(&self) -> duckdb::Result<Option<MutexGuard<'_, Connection>>> {
        let writer = self.instance.writer();
        if !matches!(self.book.state().kept, Kept::Ours { .. }) {
            return Ok(None);
        }
        self.instance.begin_writing_on(&writer)?;
        Ok(Some(writer))
    }

    fn cube(&self, at: usize) -> (&'static Cube, String) {
        let table = Tables::of(self.id, self.set).cubes.swap_remove(at);
        (cube_of(self.set, at), table)
    }
}

/// So many ids go into one statement.
const IDS_AT_A_TIME: usize = 1_000;

/// The ids of texts that none of some queries gives.
fn unused(writer: &Connection, texts: &str, used: &[String]) -> duckdb::Result<HashSet<i32>> {
    let sql = format!("SELECT id FROM {texts} WHERE id NOT IN ({})", used.join(" UNION "));
    let mut statement = writer.prepare(&sql)?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The condition that a cell's slot starts in a day.
fn within(day: i64) -> String {
    let width = Instant::TICKS_PER_DAY;
    format!("slot >= {} AND slot < {}", day.saturating_mul(width), (day + 1).saturating_mul(width))
}
