//! The ids of texts, as the writer knows them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Int32Array, StringArray};
use duckdb::Connection;
use trunklog_records::{Log, TenantId};

use super::new_rows::NewRows;
use super::tables::{NO_TEXT, texts_name};
use crate::error::conversion;
use crate::sql;

/// The most texts whose ids memory holds. Others are looked up.
const MOST_KNOWN: usize = 1 << 18;

/// The ids of a log's texts. Those of a commit are added after it.
#[derive(Debug, Default)]
pub(super) struct Texts {
    ids: HashMap<Box<str>, i32>,
    largest: i32,
    /// Whether there are texts that are not among them.
    has_others: bool,
}

/// Texts that a transaction brings.
#[derive(Debug, Default)]
pub(super) struct NewTexts {
    ids: HashMap<Box<str>, i32>,
    /// Those that are not stored yet.
    unwritten: Vec<(i32, Box<str>)>,
}

impl Texts {
    pub(super) fn load(connection: &Connection, id: TenantId, log: &Log) -> duckdb::Result<Texts> {
        Texts::load_some(connection, id, log, MOST_KNOWN)
    }

    fn load_some(connection: &Connection, id: TenantId, log: &Log, most: usize) -> duckdb::Result<Texts> {
        let table = sql::table(id, &texts_name(log));
        let sql = format!("SELECT count(*), coalesce(max(id), 0) FROM {table} WHERE id <> {NO_TEXT}");
        let (count, largest): (usize, i32) =
            connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut statement = connection
            .prepare(&format!("SELECT id, text FROM {table} WHERE id <> {NO_TEXT} LIMIT {most}"))?;
        let found = statement.query_map([], |row| Ok((row.get::<_, i32>(0)?, row.get::<_, String>(1)?)))?;
        let mut texts = Texts { largest, has_others: count > most, ..Texts::default() };
        for text in found {
            let (id, text) = text?;
            texts.ids.insert(text.into(), id);
        }
        Ok(texts)
    }

    /// The ids of different texts, in their order: new ones for those that have
    /// none.
    pub(super) fn ids(
        &self,
        writer: &Connection,
        id: TenantId,
        log: &Log,
        texts: &[&str],
        new: &mut NewTexts,
    ) -> duckdb::Result<Vec<i32>> {
        let known = |text: &&str| self.ids.get(*text).or_else(|| new.ids.get(*text)).copied();
        let mut ids: Vec<Option<i32>> = texts.iter().map(known).collect();
        if self.has_others && ids.contains(&None) {
            look_up(writer, id, log, texts, &mut ids)?;
        }
        let mut found = Vec::with_capacity(texts.len());
        for (text, id) in texts.iter().zip(ids) {
            found.push(match id {
                Some(id) => id,
                None => new.add(text, self.largest)?,
            });
        }
        Ok(found)
    }

    /// Notes what a transaction brought.
    pub(super) fn add(&mut self, new: NewTexts) {
        for (text, id) in new.ids {
            self.largest = self.largest.max(id);
            if self.ids.len() < MOST_KNOWN {
                self.ids.insert(text, id);
            } else {
                self.has_others = true;
            }
        }
    }

    /// Forgets texts that were removed.
    pub(super) fn remove(&mut self, ids: &HashSet<i32>) {
        self.ids.retain(|_, id| !ids.contains(id));
    }
}

/// Finds the ids of those texts whose ids nobody knows.
fn look_up(
    writer: &Connection,
    id: TenantId,
    log: &Log,
    texts: &[&str],
    ids: &mut [Option<i32>],
) -> duckdb::Result<()> {
    let unknown: Vec<usize> = (0..texts.len()).filter(|at| ids[*at].is_none()).collect();
    let numbers: Vec<i64> =
        unknown.iter().map(|at| i64::try_from(*at).map_err(conversion)).collect::<duckdb::Result<_>>()?;
    let values: StringArray = unknown.iter().map(|at| Some(texts[*at])).collect();
    writer.execute_batch("CREATE OR REPLACE TEMP TABLE wanted (number BIGINT, text VARCHAR)")?;
    NewRows::default()
        .with_whole("number", numbers)
        .with("text", Arc::new(values))
        .append_to(writer, "wanted", "temp", "main")?;
    let table = sql::table(id, &texts_name(log));
    let found = {
        let sql =
            format!("SELECT w.number, t.id FROM temp.main.wanted AS w JOIN {table} AS t ON t.text = w.text");
        let mut statement = writer.prepare(&sql)?;
        let found = statement.query_map([], |row| Ok((row.get::<_, usize>(0)?, row.get::<_, i32>(1)?)))?;
        found.collect::<duckdb::Result<Vec<_>>>()?
    };
    for (at, id) in found {
        if let Some(place) = ids.get_mut(at) {
            *place = Some(id);
        }
    }
    writer.execute_batch("DROP TABLE temp.main.wanted")
}

impl NewTexts {
    fn add(&mut self, text: &str, largest: i32) -> duckdb::Result<i32> {
        let id = i64::from(largest) + 1 + i64::try_from(self.ids.len()).map_err(conversion)?;
        let id = i32::try_from(id).map_err(conversion)?;
        self.ids.insert(text.into(), id);
        self.unwritten.push((id, text.into()));
        Ok(id)
    }

    /// Stores those that are not stored yet, as a part of a transaction.
    pub(super) fn write(&mut self, writer: &Connection, id: TenantId, log: &Log) -> duckdb::Result<()> {
        if self.unwritten.is_empty() {
            return Ok(());
        }
        let texts = std::mem::take(&mut self.unwritten);
        let ids: Int32Array = texts.iter().map(|(id, _)| Some(*id)).collect();
        let values: StringArray = texts.iter().map(|(_, text)| Some(text.as_ref())).collect();
        NewRows::default().with("id", Arc::new(ids)).with("text", Arc::new(values)).append(
            writer,
            id,
            &texts_name(log),
        )
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;

    use super::*;
    use crate::Options;
    use crate::opening;
    use crate::options::Access;

    /// Where memory holds some of the texts, the others are found all the same.
    #[test]
    fn texts_that_memory_does_not_hold_are_looked_up() {
        let tenant: TenantId = "7e570000-0000-4000-8000-000000000001".parse().unwrap();
        let log = &DIRECT_ROUTING_CALLS;
        let folder = tempfile::tempdir().unwrap();
        let instance =
            opening::open(&folder.path().join("log.duckdb"), &Options::default(), Access::Write).unwrap();
        let writer = instance.writer();
        writer
            .execute_batch(&format!(
                "CREATE SCHEMA trunklog.{}; CREATE TABLE {} (id INTEGER NOT NULL, text VARCHAR)",
                sql::schema(tenant),
                sql::table(tenant, &texts_name(log))
            ))
            .unwrap();
        let given = ["a", "", "b", "c", "it's"];
        let mut new = NewTexts::default();
        let ids = Texts::default().ids(&writer, tenant, log, &given, &mut new).unwrap();
        assert_eq!(ids, [1, 2, 3, 4, 5]);
        new.write(&writer, tenant, log).unwrap();
        for most in [0, 2, 5] {
            let mut texts = Texts::load_some(&writer, tenant, log, most).unwrap();
            assert_eq!((texts.ids.len(), texts.has_others), (most, most < 5));
            let mut new = NewTexts::default();
            let asked = ["it's", "d", "a", ""];
            let ids = texts.ids(&writer, tenant, log, &asked, &mut new).unwrap();
            assert_eq!(ids, [5, 6, 1, 2], "{most} known");
            assert_eq!(texts.ids(&writer, tenant, log, &asked, &mut new).unwrap(), ids);
            assert_eq!(new.ids.len(), 1);
            texts.add(new);
            assert_eq!(texts.largest, 6);
        }
    }
}
