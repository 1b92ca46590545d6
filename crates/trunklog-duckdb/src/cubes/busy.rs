//! Busy channels: from minutes where they have all that is asked, else from rows.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};

use arrow::array::{Array, Int32Array, Int64Array};
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::busy::minutes::{Minute, MinuteSums, Shape, are_minutes, loads};
use trunklog_store::busy::{BusyAnswer, BusyCount, BusyGroup, BusyQuery, Load, MAX_SPAN};
use trunklog_store::cube::SumSource;
use trunklog_store::{Error, ErrorKind, MAX_GROUPS, Watermark, too_many_groups};

use super::day_of;
use super::minutes::{CARRIES, MINUTES, OCCUPIED};
use super::shapes::{self, Series, Shapes};
use super::snapshot::{self, Limit, Seen, Snapshot};
use super::tables::{ALL_SERIES, NO_TEXT, Tables, sum_of};
use crate::error::{conversion, is_damage, refusal};
use crate::hours::hour_of;
use crate::instance::Instance;
use crate::read::scan;
use crate::read::select::Select;
use crate::sql::Parameters;
use crate::time_index::TimeIndex;

/// The shapes of more hours than this are not made to answer a question: reading all
/// rows once is faster.
const MOST_STALE: usize = 48;

/// More rows than this are not read to answer a question whose shapes are being made.
const MOST_ROWS: u64 = 4_000_000;

/// Answers a question at the newest commit.
pub(crate) fn busy(instance: &Instance, id: TenantId, query: &BusyQuery) -> duckdb::Result<BusyAnswer> {
    let log = query.set.log;
    loop {
        let is_damaged = Cell::new(false);
        let found = snapshot::read(instance, id, &[log], Limit::Usual, |snapshot| {
            let asking = Asking { instance, id, snapshot, query, rows_failed: Cell::new(false) };
            let Some(seen) = snapshot.of(log) else { return Ok(of_nothing(snapshot.head)) };
            if asking.has_minutes(seen) {
                let answer = asking.of_minutes(seen).inspect_err(|error| {
                    if is_damage(error) && !asking.rows_failed.get() {
                        seen.book.note_damage();
                        is_damaged.set(true);
                    }
                })?;
                if let Some(answer) = answer {
                    return Ok(answer);
                }
            }
            asking.of_rows(seen)
        });
        match found {
            // They are not read again, and so it is the rows' turn.
            Err(error) if is_damaged.get() && is_damage(&error) => {}
            Err(error) => return Err(error),
            Ok(answer) => return Ok(answer.unwrap_or_else(|| of_nothing(0))),
        }
    }
}

/// The answer where there never were any rows.
fn of_nothing(head: u64) -> BusyAnswer {
    BusyAnswer { groups: Vec::new(), source: SumSource::Rows(0), watermark: Watermark(head) }
}

struct Asking<'a> {
    instance: &'a Instance,
    id: TenantId,
    snapshot: &'a Snapshot<'a>,
    query: &'a BusyQuery,
    /// Whether what failed was a read of rows.
    rows_failed: Cell<bool>,
}

impl Asking<'_> {
    /// The buckets' first and last edge, in ticks.
    fn ends(&self) -> (i64, i64) {
        let edge = |edge: Option<&Instant>| edge.map_or(0, |edge| edge.ticks());
        (edge(self.query.edges.first()), edge(self.query.edges.last()))
    }

    /// Whether the minutes have all that is asked.
    fn has_minutes(&self, seen: &Seen) -> bool {
        let (query, settings) = (self.query, self.instance.cubes());
        let is_kept = settings.of(query.set.log).is_some_and(|set| set.version == query.set.version);
        let Some(unbuilt) = seen.kept.unbuilt().filter(|_| is_kept && !seen.book.is_damaged()) else {
            return false;
        };
        // Shapes of several series cannot be added up, nor those of both directions
        // be taken apart.
        let is_of_one = query.series.as_ref().is_none_or(|series| query.by_series || series.len() == 1);
        let (first, last) = self.ends();
        let days = day_of(first.saturating_sub(MAX_SPAN))..=day_of(last.saturating_add(MAX_SPAN));
        is_of_one
            && query.filter.is_none()
            && query.direction.is_none()
            && are_minutes(&query.edges)
            && unbuilt.range(days).next().is_none()
    }

    /// Counts what rows tell.
    fn of_rows(&self, seen: &Seen) -> duckdb::Result<BusyAnswer> {
        let mut count = BusyCount::new(self.query).map_err(refusal)?;
        let view = self.snapshot.view(seen);
        scan::all(&view, &self.query.selection(), |rows| count.add(rows).map_err(refusal))?;
        count.finish(Watermark(self.snapshot.head)).map_err(refusal)
    }

    /// Refuses to read more rows than can be read while somebody waits: what is asked
    /// is being counted meanwhile.
    fn check_rows(&self, seen: &Seen) -> duckdb::Result<()> {
        let selection = self.query.selection();
        let mut rows: u64 = 0;
        for place in seen.state.layout.places.iter() {
            let within = |index: &TimeIndex| index.rows_within(selection.range.from(), selection.range.end());
            let found = place.segment.index(self.snapshot.connection, &seen.table, within)?;
            rows = rows.saturating_add(found);
        }
        if rows > MOST_ROWS {
            let text = "busy channels of so many hours are still being counted, since rows came: ask again in some \
                        minutes, or for a shorter range";
            return Err(refusal(Error::new(ErrorKind::TooSlow, text)));
        }
        Ok(())
    }

    /// Counts by the minute; None where the shapes of too many are not made.
    fn of_minutes(&self, seen: &Seen) -> duckdb::Result<Option<BusyAnswer>> {
        let (query, connection) = (self.query, self.snapshot.connection);
        let tables = Tables::of(self.id, query.set);
        let (first, last) = self.ends();
        let stale =
            shapes::stale(connection, &tables, (hour_of(first), hour_of(last.saturating_sub(1)) + 1))?;
        if stale.len() > MOST_STALE {
            self.check_rows(seen)?;
            return Ok(None);
        }
        let series = self.series(&tables)?;
        if series.is_empty() {
            return Ok(Some(BusyAnswer { source: SumSource::Cube, ..of_nothing(self.snapshot.head) }));
        }
        let (mut fresh, mut read) = (Shapes::new(), 0);
        for run in shapes::runs(connection, &tables, query.set, &stale)? {
            let (found, rows) = shapes::of_rows(&self.snapshot.view(seen), query.set, &run, || Ok(()))
                .inspect_err(|_| self.rows_failed.set(true))?;
            fresh.extend(found);
            read += rows;
        }
        let is_stale = |minute: i64| stale.binary_search_by_key(&hour_of(minute), |hour| hour.hour).is_ok();
        let carries = self.carries(&tables, &series)?;
        let mut counting = Counting { query, series: &series, carries, groups: BTreeMap::new() };
        let mut line: Option<((i32, i64), Vec<Minute>)> = None;
        self.minutes(&tables, &series, &mut |key, mut minute| {
            if is_stale(minute.start) {
                let shape = Shape { net: minute.sums.net(), ..Shape::quiet(minute.start) };
                minute.shape = series
                    .get(&key.0)
                    .and_then(|series| fresh.get(&(series.clone(), key.1, minute.start)).copied())
                    .unwrap_or(shape);
            }
            match &mut line {
                Some((known, minutes)) if *known == key => minutes.push(minute),
                _ => {
                    if let Some((key, minutes)) = line.replace((key, vec![minute])) {
                        counting.add(key, minutes)?;
                    }
                }
            }
            Ok(())
        })?;
        if let Some((key, minutes)) = line {
            counting.add(key, minutes)?;
        }
        let groups = counting.finish()?;
        let source = if read == 0 { SumSource::Cube } else { SumSource::Rows(read) };
        Ok(Some(BusyAnswer { groups, source, watermark: Watermark(self.snapshot.head) }))
    }

    /// The series that are asked for, by their ids.
    fn series(&self, tables: &Tables) -> duckdb::Result<HashMap<i32, Series>> {
        let asked = self.query.series.as_deref();
        let Some(asked) = asked else {
            if !self.query.by_series {
                return Ok([(ALL_SERIES, Series::All)].into());
            }
            // A day's carry says nothing of calls that start and end in it.
            let (first, last) = self.ends();
            let cubes = self.query.set.cubes.len();
            let sql = format!(
                "SELECT id, text FROM {} WHERE id IN (
                     SELECT k0 FROM {} WHERE slot < {last}
                     UNION SELECT k0 FROM {} WHERE slot >= {} AND slot < {last})",
                tables.texts,
                tables.cubes[cubes + CARRIES],
                tables.cubes[cubes + MINUTES],
                first - first.rem_euclid(Instant::TICKS_PER_DAY)
            );
            let mut statement = self.snapshot.connection.prepare(&sql)?;
            let found = statement.query_map([], |row| {
                let name: Option<String> = row.get(1)?;
                Ok((row.get::<_, i32>(0)?, Series::One(name.map(Into::into))))
            })?;
            return found.collect();
        };
        let mut series = HashMap::new();
        let sql = format!("SELECT id FROM {} WHERE text = ?", tables.texts);
        let mut statement = self.snapshot.connection.prepare(&sql)?;
        for name in asked {
            match name {
                None => {
                    series.insert(NO_TEXT, Series::One(None));
                }
                Some(name) => {
                    for id in statement.query_map([name.as_str()], |row| row.get::<_, i32>(0))? {
                        series.insert(id?, Series::One(Some(name.as_str().into())));
                    }
                }
            }
        }
        Ok(series)
    }

    /// What tells series apart, in SQL, and the condition that they are asked for.
    fn by(&self, series: &HashMap<i32, Series>) -> (String, String) {
        if self.query.series.is_none() {
            let by =
                if self.query.by_series { "k0".to_owned() } else { format!("CAST({ALL_SERIES} AS INTEGER)") };
            return (by, "true".to_owned());
        }
        let ids: Vec<_> = series.keys().map(ToString::to_string).collect();
        ("k0".to_owned(), format!("k0 IN ({})", ids.join(", ")))
    }

    /// How many channels are busy when the first bucket starts, by series and line.
    fn carries(
        &self,
        tables: &Tables,
        series: &HashMap<i32, Series>,
    ) -> duckdb::Result<HashMap<(i32, i64), i64>> {
        let (first, _) = self.ends();
        let day = first - first.rem_euclid(Instant::TICKS_PER_DAY);
        let cubes = self.query.set.cubes.len();
        let (by, is_asked) = self.by(series);
        let sql = format!(
            "SELECT {by} AS series, k2, {} FROM (
                 SELECT k0, k2, m0 AS net FROM {} WHERE {is_asked} AND slot < {day}
                 UNION ALL SELECT k0, k2, m0 - m2 FROM {}
                     WHERE {is_asked} AND slot >= {day} AND slot < {first}
             ) AS parts
             GROUP BY ALL HAVING sum(net) <> 0",
            sum_of("net"),
            tables.cubes[cubes + CARRIES],
            tables.cubes[cubes + MINUTES]
        );
        let mut statement = self.snapshot.connection.prepare(&sql)?;
        let found = statement.query_map([], |row| {
            Ok(((row.get::<_, i32>(0)?, row.get::<_, i64>(1)?), row.get::<_, i64>(2)?))
        })?;
        found.collect()
    }

    /// The minutes of the buckets, by series, line and start.
    fn minutes(
        &self,
        tables: &Tables,
        series: &HashMap<i32, Series>,
        each: &mut dyn FnMut((i32, i64), Minute) -> duckdb::Result<()>,
    ) -> duckdb::Result<()> {
        let (first, last) = self.ends();
        let (by, is_asked) = self.by(series);
        let table = &tables.cubes[self.query.set.cubes.len() + MINUTES];
        let from = format!(
            "(SELECT {by} AS series, k2 AS line, slot, {}, {}, {}, {} FROM {table}
                  WHERE {is_asked} AND slot >= {first} AND slot < {last} GROUP BY ALL
                  HAVING sum(m0) <> 0 OR sum(m2) <> 0) AS m
             LEFT JOIN {} AS s ON s.slot = m.slot AND s.series = m.series AND s.line = m.line
             ORDER BY m.series, m.line, m.slot",
            named(0),
            named(1),
            named(2),
            named(3),
            tables.shapes
        );
        let mut select = Select::new(from, Parameters::default());
        select.is_rare();
        let what = "m.series, m.line, m.slot, m.s0, m.s1, m.s2, m.s3, coalesce(s.peak, 0), coalesce(s.reached, m.slot)";
        select.stream(self.snapshot.connection, what, |batch| {
            let series = batch.column(0).as_any().downcast_ref::<Int32Array>();
            let whole = |at: usize| batch.column(at).as_any().downcast_ref::<Int64Array>();
            let columns: Option<Vec<_>> = (1..9).map(whole).collect();
            let (Some(series), Some(columns)) = (series, columns) else {
                return Err(conversion(std::io::Error::other("minutes have columns of other types")));
            };
            for row in 0..batch.num_rows() {
                let value = |at: usize| columns[at].value(row);
                let sums = MinuteSums {
                    starts: value(2),
                    start_offsets: value(3),
                    ends: value(4),
                    end_offsets: value(5),
                };
                let shape = Shape { net: sums.net(), peak: value(6), at: value(7) };
                each((series.value(row), value(0)), Minute { start: value(1), sums, shape })?;
            }
            Ok(())
        })
    }
}

/// A sum of minutes with a name.
fn named(at: usize) -> String {
    format!("{} AS s{at}", sum_of(&format!("m{at}")))
}

/// Loads on their way into groups.
struct Counting<'a> {
    query: &'a BusyQuery,
    series: &'a HashMap<i32, Series>,
    /// How many channels are busy before the first bucket, where nobody asked yet.
    carries: HashMap<(i32, i64), i64>,
    groups: BTreeMap<(usize, Option<String>), [Load; 2]>,
}

impl Counting<'_> {
    /// Adds a line of a series with its minutes.
    fn add(&mut self, (id, line): (i32, i64), minutes: Vec<Minute>) -> duckdb::Result<()> {
        let carry = self.carries.remove(&(id, line)).unwrap_or(0);
        let name = match self.series.get(&id) {
            // It is not asked for.
            None => return Ok(()),
            Some(Series::One(Some(name))) if self.query.by_series => Some(name.to_string()),
            Some(_) => None,
        };
        for (bucket, load) in loads(&self.query.edges, carry, minutes) {
            let none = [Load::none(self.query.edges[bucket]); 2];
            let which = usize::from(line != OCCUPIED);
            self.groups.entry((bucket, name.clone())).or_insert(none)[which] = load;
            if self.groups.len() > MAX_GROUPS {
                return Err(refusal(too_many_groups()));
            }
        }
        Ok(())
    }

    /// The groups, with channels that were busy throughout.
    fn finish(mut self) -> duckdb::Result<Vec<BusyGroup>> {
        let left: Vec<_> = self.carries.keys().copied().collect();
        for key in left {
            self.add(key, Vec::new())?;
        }
        let group = |((bucket, series), [occupied, talking]): ((usize, Option<String>), [Load; 2])| {
            BusyGroup { bucket, series, occupied, talking }
        };
        Ok(self.groups.into_iter().map(group).collect())
    }
}
