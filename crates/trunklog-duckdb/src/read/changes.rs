//! What changed in a log since a commit.

use std::collections::BTreeMap;

use arrow::array::{Array, BooleanArray, RecordBatch};
use arrow::compute::concat_batches;
use duckdb::{Connection, params_from_iter};
use trunklog_odata::Instant;
use trunklog_records::schema::ID;
use trunklog_records::{Log, RowBuilder, Rows, TenantId};
use trunklog_store::{
    BUCKET_TICKS, ChangedBuckets, Changes, ChangesQuery, Error, ErrorKind, Key, Reason, Removal, Watermark,
};

use super::relation::{as_sequence, relation, was_there_at};
use super::select::{Projection, Select};
use crate::catalog::{CHANGES, COMMITS, DELETIONS};
use crate::error::{conversion, refusal};
use crate::expression;
use crate::hours::hour_of;
use crate::instance::Instance;
use crate::log_table::LogTable;
use crate::rows::pick;
use crate::sql::{self, CHANGED, Parameters, SEQUENCE, between, quoted};
use crate::view::{self, View};

/// About how many rows are looked at with one statement.
const LOOKED_AT: u64 = 131_072;

/// When a commit was made.
pub(crate) fn commit_time(
    instance: &Instance,
    id: TenantId,
    commit: Watermark,
) -> duckdb::Result<Option<Instant>> {
    if commit.0 == 0 {
        return Ok(Some(Instant::ABSENT));
    }
    // Where there is no commit, there is no table of them, either.
    if commit.0 > instance.head(id)? {
        return Ok(None);
    }
    let sql = format!("SELECT max(made) FROM {} WHERE sequence = ?", sql::table(id, COMMITS));
    let made: Option<i64> =
        instance.read(|connection| connection.query_row(&sql, [as_sequence(commit.0)], |row| row.get(0)))?;
    made.map(|ticks| Instant::from_ticks(ticks).map_err(conversion)).transpose()
}

/// The hours of a log that changed after a commit.
pub(crate) fn changed_buckets(
    instance: &Instance,
    id: TenantId,
    log: &'static Log,
    after: Watermark,
) -> duckdb::Result<ChangedBuckets> {
    let found = view::read(instance, id, log, |view| {
        if after.0 < view.state.changes_from || after.0 > view.head {
            return Ok(ChangedBuckets::All);
        }
        let hours = hours_after(view.connection, view.table, after.0)?;
        let bucket = |(hour, commit): (i64, u64)| (start_of(hour), Watermark(commit));
        Ok(ChangedBuckets::These(hours.into_iter().map(bucket).collect()))
    })?;
    Ok(found.unwrap_or(ChangedBuckets::These(Vec::new())))
}

/// The hours that changed after a commit, ascending, each with the last commit
/// that changed it.
fn hours_after(connection: &Connection, table: &LogTable, after: u64) -> duckdb::Result<Vec<(i64, u64)>> {
    // Who commits meanwhile waits to note his hours until they are all there.
    let mut known = table.changed();
    let changed = match &mut *known {
        Some(changed) => changed,
        unknown => unknown.insert(load(connection, table)?),
    };
    Ok(changed.iter().filter(|(_, commit)| **commit > after).map(|(hour, commit)| (*hour, *commit)).collect())
}

fn load(connection: &Connection, table: &LogTable) -> duckdb::Result<BTreeMap<i64, u64>> {
    let sql = format!(
        "SELECT hour, max(sequence) FROM {} WHERE log = ? GROUP BY hour",
        sql::table(table.tenant, CHANGES)
    );
    let mut statement = connection.prepare(&sql)?;
    statement.query_map([table.log.name], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn start_of(hour: i64) -> Instant {
    let start = hour.saturating_mul(BUCKET_TICKS).max(Instant::ABSENT.ticks());
    Instant::from_ticks(start).unwrap_or(Instant::MAX)
}

/// Reads a page of changes.
pub(crate) fn changes(instance: &Instance, id: TenantId, query: &ChangesQuery) -> duckdb::Result<Changes> {
    let log = query.selection.log;
    let found = view::read(instance, id, log, |view| {
        let until = query.until.map_or(view.head, |until| until.0);
        check(query, view, until)?;
        Follower::of(view, query, until)?.page()
    })?;
    if let Some(changes) = found {
        Ok(changes)
    } else {
        let until = query.until.unwrap_or(Watermark(instance.head(id)?));
        if query.after > until || until.0 > instance.head(id)? {
            return Err(gone("the store has fewer commits than the link knows"));
        }
        Ok(Changes { rows: RowBuilder::new(log).finish(), removed: Vec::new(), next: None, until })
    }
}

fn check(query: &ChangesQuery, view: &View<'_>, until: u64) -> duckdb::Result<()> {
    if query.after.0 < view.state.changes_from {
        return Err(gone("what was deleted since is no longer kept"));
    }
    if query.after.0 > view.head || until > view.head {
        return Err(gone("the store has fewer commits than the link knows"));
    }
    Ok(())
}

fn gone(why: &str) -> duckdb::Error {
    refusal(Error::new(ErrorKind::Gone, format!("{why}: start again with all rows")))
}

/// Reads the changes of one page.
struct Follower<'a> {
    view: &'a View<'a>,
    query: &'a ChangesQuery,
    after: i64,
    until: i64,
    projection: Projection,
    /// Whether anything was deleted.
    has_deletions: bool,
}

/// A change, by its place among all.
struct Change {
    time: Instant,
    id: String,
    what: What,
}

enum What {
    /// A row, by its number among those that were read.
    Row(u32),
    Removed(Reason),
}

impl<'a> Follower<'a> {
    fn of(view: &'a View<'a>, query: &'a ChangesQuery, until: u64) -> duckdb::Result<Follower<'a>> {
        let (after, until) = (as_sequence(query.after.0), as_sequence(until));
        let sql = format!(
            "SELECT count(*) > 0 FROM {} WHERE log = ? AND sequence > ? AND sequence <= ?",
            sql::table(view.table.tenant, DELETIONS)
        );
        let has_deletions =
            view.connection
                .query_row(&sql, duckdb::params![view.table.log.name, after, until], |row| row.get(0))?;
        let projection = Projection::of(query.selection.log, &query.selection.columns);
        Ok(Follower { view, query, after, until, projection, has_deletions })
    }

    fn page(&self) -> duckdb::Result<Changes> {
        let log = self.query.selection.log;
        let limit = usize::try_from(self.query.limit.max(1)).unwrap_or(usize::MAX);
        let need = limit.saturating_add(1);
        let mut changes: Vec<Change> = Vec::new();
        let mut batches: Vec<RecordBatch> = Vec::new();
        let mut rows_read = 0;
        let hours = hours_after(self.view.connection, self.view.table, self.query.after.0)?;
        let mut hours = hours.into_iter().map(|(hour, _)| hour).peekable();
        let range = self.query.selection.range;
        let mut from = self.query.start.as_ref().map_or(range.from(), |key| key.time.max(range.from()));
        while changes.len() < need && from < range.end() {
            // What did not change is passed over.
            while hours.next_if(|hour| *hour < hour_of(from.ticks())).is_some() {}
            let Some(hour) = hours.peek() else { break };
            from = from.max(start_of(*hour));
            if from >= range.end() {
                break;
            }
            let end = self.span_end(from)?.min(range.end());
            let found = self.rows(from, end, need - changes.len())?;
            let mut part = self.take(&found, &mut rows_read)?;
            if self.has_deletions {
                part.extend(self.deleted(from, end, need - changes.len())?);
                // A row that was deleted again between the two readings is told
                // once, as it was found first; the sort keeps it first.
                part.sort_by(|a, b| (a.time, &a.id).cmp(&(b.time, &b.id)));
                part.dedup_by(|later, first| later.time == first.time && later.id == first.id);
            }
            changes.append(&mut part);
            batches.extend(found);
            from = end;
        }
        let next = (changes.len() > limit).then(|| {
            changes.truncate(limit);
            let last = &changes[limit - 1];
            Key::new(last.time, last.id.as_str())
        });
        let rows = match batches.first() {
            None => RowBuilder::new(log).finish(),
            Some(first) => {
                self.projection.rows(&concat_batches(&first.schema(), &batches).map_err(conversion)?)?
            }
        };
        let (mut numbers, mut removed) = (Vec::new(), Vec::new());
        for Change { time, id, what } in changes {
            match what {
                What::Row(number) => numbers.push(number),
                What::Removed(reason) => removed.push(Removal { time, id, reason }),
            }
        }
        let until = Watermark(u64::try_from(self.until).unwrap_or(0));
        Ok(Changes { rows: pick(&rows, numbers)?, removed, next, until })
    }

    /// Where to stop looking, so that not too many rows are looked at.
    fn span_end(&self, from: Instant) -> duckdb::Result<Instant> {
        let layout = &self.view.state.layout;
        let mut certain = 0;
        for at in layout.at(from)..layout.places.len() {
            let place = &layout.places[at];
            let window = place.segment.index(self.view.connection, self.view.table, |index| {
                index.window(from.max(place.start), LOOKED_AT.saturating_sub(certain))
            })?;
            certain += window.certain;
            if let Some(edge) = window.edge {
                return Ok(layout.end_of(at).map_or(edge, |end| edge.min(end)));
            }
        }
        Ok(Instant::MAX)
    }

    /// Rows that changed, with whether they satisfy the filter, in order.
    fn rows(&self, from: Instant, end: Instant, limit: usize) -> duckdb::Result<Vec<RecordBatch>> {
        let selection = &self.query.selection;
        let places = self.view.state.layout.between(from, end);
        let mut select = Select::new(relation(selection.log, places), Parameters::default());
        select.require(|parameters| between(selection.log, from, end, parameters));
        for condition in self.conditions(&mut select.parameters) {
            select.require(|_| condition);
        }
        let satisfies = self.satisfies(&mut select.parameters);
        let after = select.parameters.bind(self.after);
        select.require(|_| format!("({satisfies} OR {SEQUENCE} <= {after})"));
        if let Some(key) = &self.query.start {
            select.require(|parameters| after_key(selection.log, key, parameters));
        }
        select.is_rare();
        let columns = format!("{}, {satisfies} AS satisfies", self.projection.list());
        let tail = format!(" ORDER BY {}, {ID} LIMIT {limit}", quoted(selection.log.time));
        select.batches(self.view.connection, &columns, &tail)
    }

    /// The conditions that a row changed and was there at the last commit that is
    /// told. What gave way since was there still.
    fn conditions(&self, parameters: &mut Parameters) -> Vec<String> {
        let (after, until) = (parameters.bind(self.after), parameters.bind(self.until));
        let mut conditions = vec![
            format!("({SEQUENCE} > {after} OR {CHANGED} > {after})"),
            format!("coalesce({CHANGED}, {SEQUENCE}) <= {until}"),
        ];
        if self.view.state.has_superseded {
            conditions.push(was_there_at(Some(u64::try_from(self.until).unwrap_or(0)), parameters));
        }
        conditions
    }

    /// Whether a row satisfies the filter, as SQL; never null.
    fn satisfies(&self, parameters: &mut Parameters) -> String {
        let selection = &self.query.selection;
        match &selection.filter {
            None => "true".to_owned(),
            Some(filter) => {
                format!("coalesce({}, false)", expression::condition(filter, selection.log, parameters))
            }
        }
    }

    /// The changes that rows are.
    fn take(&self, batches: &[RecordBatch], rows_read: &mut u32) -> duckdb::Result<Vec<Change>> {
        let mut changes = Vec::new();
        for batch in batches {
            let rows: Rows = self.projection.rows(batch)?;
            let satisfies = batch.column(self.projection.len());
            let Some(satisfies) = satisfies.as_any().downcast_ref::<BooleanArray>() else { continue };
            for row in 0..rows.len() {
                let (time, id) = rows.key(row);
                let what = if satisfies.is_valid(row) && satisfies.value(row) {
                    What::Row(*rows_read)
                } else {
                    What::Removed(Reason::Changed)
                };
                changes.push(Change { time, id: id.to_owned(), what });
                *rows_read += 1;
            }
        }
        Ok(changes)
    }

    /// What was deleted, unless it came back and is told as a row.
    fn deleted(&self, from: Instant, end: Instant, limit: usize) -> duckdb::Result<Vec<Change>> {
        let (table, log) = (self.view.table, self.view.table.log);
        let time = quoted(log.time);
        let mut parameters = Parameters::default();
        let (after, until) = (parameters.bind(self.after), parameters.bind(self.until));
        let (start, stop) = (parameters.bind(from.ticks()), parameters.bind(end.ticks()));
        let key = match &self.query.start {
            None => "true".to_owned(),
            Some(key) => {
                let (key_time, key_id) = (parameters.bind(key.time.ticks()), parameters.bind(key.id.clone()));
                format!("(time > {key_time} OR (time = {key_time} AND id > {key_id}))")
            }
        };
        let mut told = self.conditions(&mut parameters);
        told.push(self.satisfies(&mut parameters));
        let places = self.view.state.layout.between(from, end);
        let sql = format!(
            "SELECT DISTINCT d.time, d.id FROM
                 (SELECT time, id FROM {} WHERE log = '{}' AND sequence > {after} AND sequence <= {until}
                      AND time >= {start} AND time < {stop} AND {key}) AS d
             WHERE NOT EXISTS (SELECT 1 FROM
                 (SELECT {time} AS there, {ID} AS whose FROM {} WHERE {time} >= {start} AND {time} < {stop} AND {})
                 AS told WHERE told.there = d.time AND told.whose = d.id)
             ORDER BY d.time, d.id LIMIT {limit}",
            sql::table(table.tenant, DELETIONS),
            log.name,
            relation(log, places),
            told.join(" AND "),
        );
        let mut statement = self.view.connection.prepare(&sql)?;
        let found = statement.query_map(params_from_iter(parameters.values()), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
        found
            .map(|found| {
                let (ticks, id) = found?;
                let time = Instant::from_ticks(ticks).map_err(conversion)?;
                Ok(Change { time, id, what: What::Removed(Reason::Deleted) })
            })
            .collect()
    }
}

/// The condition that a row comes after a key.
fn after_key(log: &Log, key: &Key, parameters: &mut Parameters) -> String {
    let time = quoted(log.time);
    let (key_time, key_id) = (parameters.bind(key.time.ticks()), parameters.bind(key.id.clone()));
    format!("({time} > {key_time} OR ({time} = {key_time} AND {ID} > {key_id}))")
}
