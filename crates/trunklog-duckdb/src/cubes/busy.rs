//! Busy channels: from minutes where they have all that is asked, else from rows.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::busy::minutes::{Shape, Stretch, are_minutes, loads};
use trunklog_store::busy::{BusyAnswer, BusyCount, BusyGroup, BusyQuery, Load, MAX_SPAN};
use trunklog_store::cube::SumSource;
use trunklog_store::{Error, ErrorKind, MAX_GROUPS, Watermark, too_many_groups};

use super::day_of;
use super::minutes::{CARRIES, MINUTES, OCCUPIED};
use super::shapes::{self, Series, Shapes};
use super::snapshot::{self, Limit, Seen, Snapshot};
use super::stretches::{self, WIDTHS};
use super::tables::{ALL_SERIES, NO_TEXT, Tables, sum_of};
use crate::error::{is_damage, refusal};
use crate::hours::{hour_in_sql, hour_of};
use crate::instance::Instance;
use crate::read::scan;
use crate::time_index::TimeIndex;

/// The shapes of more hours than this are not made to answer a question: reading all
/// rows once is faster.
const MOST_STALE: usize = 48;

/// More rows than this are not read to answer a question whose shapes are being made.
const MOST_ROWS: u64 = 4_000_000;

/// More hours than this are not told by minutes beside longer stretches.
const MOST_BY_MINUTE: usize = 96;

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
        let stale: BTreeSet<i64> = stale.iter().map(|hour| hour.hour).collect();
        let carries = self.carries(&tables, &series)?;
        let mut counting = Counting { query, series: &series, carries, groups: BTreeMap::new() };
        let mut line: Option<((i32, i64), Vec<Stretch>)> = None;
        let from = self.stretches(&tables, &series, &stale);
        stretches::read(connection, from, &mut |key, mut stretch| {
            if stale.contains(&hour_of(stretch.start)) {
                let shape = Shape { net: stretch.sums.net(), ..Shape::quiet(stretch.start) };
                stretch.shape = series
                    .get(&key.0)
                    .and_then(|series| fresh.get(&(series.clone(), key.1, stretch.start)).copied())
                    .unwrap_or(shape);
            }
            match &mut line {
                Some((known, stretches)) if *known == key => stretches.push(stretch),
                _ => {
                    if let Some((key, stretches)) = line.replace((key, vec![stretch])) {
                        counting.add(key, stretches)?;
                    }
                }
            }
            Ok(())
        })?;
        if let Some((key, stretches)) = line {
            counting.add(key, stretches)?;
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
            let by = if self.query.by_series { "k0".to_owned() } else { stretches::all_series() };
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

    /// The longest stretches that tell all that is asked, by series, line and start:
    /// what stands after `FROM`. Hours without shapes, and those through which an edge
    /// cuts, are told by minutes.
    fn stretches(&self, tables: &Tables, series: &HashMap<i32, Series>, stale: &BTreeSet<i64>) -> String {
        let (first, last) = self.ends();
        let within = format!("slot >= {first} AND slot < {last}");
        let parts = match self.width(stale) {
            None => vec![self.minutes(tables, series, &within)],
            Some((width, hours)) => {
                let is_kept = format!("width = {width} AND {within} AND {}", self.is_of(series));
                if hours.is_empty() {
                    vec![stretches::stored(tables, &is_kept)]
                } else {
                    let hours: Vec<_> = hours.iter().map(ToString::to_string).collect();
                    let is_by_minute = format!("{} IN ({})", hour_in_sql("slot"), hours.join(", "));
                    vec![
                        stretches::stored(tables, &format!("{is_kept} AND NOT {is_by_minute}")),
                        self.minutes(tables, series, &format!("{within} AND {is_by_minute}")),
                    ]
                }
            }
        };
        format!("({}) AS stretches ORDER BY series, line, slot", parts.join(" UNION ALL "))
    }

    /// The width of stretches that few edges cut through, and the hours of which
    /// minutes are read all the same; None where all are.
    fn width(&self, stale: &BTreeSet<i64>) -> Option<(i64, BTreeSet<i64>)> {
        let edges = self.query.edges.iter().map(|edge| edge.ticks());
        WIDTHS.into_iter().find_map(|width| {
            let is_cut = |edge: &i64| edge.rem_euclid(width) != 0;
            let mut hours: BTreeSet<i64> = edges.clone().filter(is_cut).map(hour_of).collect();
            hours.extend(stale);
            (hours.len() <= MOST_BY_MINUTE).then_some((width, hours))
        })
    }

    /// The condition that stretches are of the series that are asked for.
    fn is_of(&self, series: &HashMap<i32, Series>) -> String {
        match (&self.query.series, self.query.by_series) {
            (None, false) => format!("series = {ALL_SERIES}"),
            (None, true) => format!("series <> {ALL_SERIES}"),
            (Some(_), _) => {
                let ids: Vec<_> = series.keys().map(ToString::to_string).collect();
                format!("series IN ({})", ids.join(", "))
            }
        }
    }

    /// The minutes that satisfy a condition, with their shapes.
    fn minutes(&self, tables: &Tables, series: &HashMap<i32, Series>, within: &str) -> String {
        let (by, is_asked) = self.by(series);
        let minutes = stretches::minutes(tables, self.query.set, &by, &format!("{is_asked} AND {within}"));
        format!(
            "SELECT m.*, coalesce(s.peak, 0) AS peak, coalesce(s.reached, m.slot) AS reached FROM ({minutes}) AS m
             LEFT JOIN {} AS s ON s.slot = m.slot AND s.series = m.series AND s.line = m.line",
            tables.shapes
        )
    }
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
    /// Adds a line of a series with its stretches.
    fn add(&mut self, (id, line): (i32, i64), stretches: Vec<Stretch>) -> duckdb::Result<()> {
        let carry = self.carries.remove(&(id, line)).unwrap_or(0);
        let name = match self.series.get(&id) {
            // It is not asked for.
            None => return Ok(()),
            Some(Series::One(Some(name))) if self.query.by_series => Some(name.to_string()),
            Some(_) => None,
        };
        for (bucket, load) in loads(&self.query.edges, carry, stretches) {
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
