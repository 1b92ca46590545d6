//! The shapes of minutes: by how much the count of busy channels rises within each,
//! of each series and of all together.
//!
//! A shape follows from the instants at which calls start and end in its minute, which
//! nobody keeps: they are read again from rows. How far before and after an hour the
//! rows of its calls lie is kept with the hour, so that few are read.

mod compare;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant as Moment;

use arrow::array::{BooleanArray, Int32Array};
use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::TenantId;
use trunklog_store::busy::minutes::{Shape, minute_of_end, minute_of_start, shapes_of};
use trunklog_store::busy::{Span, counted};
use trunklog_store::cube::CubeSet;

use super::book::Book;
use super::entries::read_rows;
use super::minutes::{OCCUPIED, Reach, TALKING};
use super::new_rows::NewRows;
use super::pace::Pace;
use super::snapshot::{self, Limit};
use super::tables::{ALL_SERIES, NO_TEXT, Tables, hours_name, shapes_name};
use super::texts::NewTexts;
use super::{instant, minutes, stretches};
use crate::error::is_damage;
use crate::hours::{hour_in_sql, hour_of, start_of_hour};
use crate::instance::Instance;
use crate::transaction::Outcome;
use crate::view::View;

pub(super) use compare::compare;

/// Memory holds about so many starts and ends at a time.
const MOST_EVENTS: u64 = 2_000_000;

/// The rows of so many hours are read at once.
const MOST_HOURS: i64 = 24;

/// An hour in which calls start or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotedHour {
    /// Its number.
    pub(super) hour: i64,
    reach: Reach,
    /// How many notes of it there are, and the newest commit among them.
    notes: (u64, i64),
}

/// Which channels are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Series {
    /// Those of all series.
    All,
    /// Those of one.
    One(Option<Arc<str>>),
}

/// The shapes of minutes that rise, by series, line and start.
pub(super) type Shapes = HashMap<(Series, i64, i64), Shape>;

/// The hours from one to before another whose shapes are not made, in their order.
pub(super) fn stale(
    connection: &Connection,
    tables: &Tables,
    (first, after): (i64, i64),
) -> duckdb::Result<Vec<NotedHour>> {
    hours(connection, tables, (first, after), "NOT bool_and(is_shaped)")
}

/// The same of the hours whose shapes are made.
fn shaped(
    connection: &Connection,
    tables: &Tables,
    (first, after): (i64, i64),
) -> duckdb::Result<Vec<NotedHour>> {
    hours(connection, tables, (first, after), "bool_and(is_shaped)")
}

fn hours(
    connection: &Connection,
    tables: &Tables,
    (first, after): (i64, i64),
    condition: &str,
) -> duckdb::Result<Vec<NotedHour>> {
    let sql = format!(
        "SELECT hour, max(late), max(early), count(*), max(commit_number) FROM {}
             WHERE hour >= {first} AND hour < {after}
             GROUP BY hour HAVING {condition} ORDER BY hour",
        tables.hours
    );
    let mut statement = connection.prepare(&sql)?;
    let hours = statement.query_map([], |row| {
        let reach = Reach { late: row.get(1)?, early: row.get(2)? };
        Ok(NotedHour { hour: row.get(0)?, reach, notes: (row.get(3)?, row.get(4)?) })
    })?;
    hours.collect()
}

/// Hours whose rows are read together: near each other, and not with too many calls.
pub(super) fn runs(
    connection: &Connection,
    tables: &Tables,
    set: &CubeSet,
    hours: &[NotedHour],
) -> duckdb::Result<Vec<Vec<NotedHour>>> {
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return Ok(Vec::new()) };
    let events =
        events(connection, &tables.cubes[set.cubes.len() + minutes::MINUTES], first.hour, last.hour)?;
    let mut runs: Vec<Vec<NotedHour>> = Vec::new();
    let mut held = 0;
    for hour in hours {
        let more = events.get(&hour.hour).copied().unwrap_or(0);
        match runs.last_mut() {
            Some(run)
                if run.first().is_some_and(|first| hour.hour - first.hour < MOST_HOURS)
                    && held + more <= MOST_EVENTS =>
            {
                run.push(*hour);
                held += more;
            }
            _ => {
                runs.push(vec![*hour]);
                held = more;
            }
        }
    }
    Ok(runs)
}

/// How many starts and ends there are in each hour from one to another.
fn events(connection: &Connection, table: &str, first: i64, last: i64) -> duckdb::Result<BTreeMap<i64, u64>> {
    let sql = format!(
        "SELECT {} AS hour, CAST(greatest(sum(m0) + sum(m2), 0) AS BIGINT) FROM {table}
             WHERE slot >= {} AND slot < {} GROUP BY hour",
        hour_in_sql("slot"),
        start_of_hour(first),
        start_of_hour(last + 1)
    );
    let mut statement = connection.prepare(&sql)?;
    statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?)))?.collect()
}

/// Makes the shapes of some hours, and tells of how many rows.
pub(super) fn of_rows(
    view: &View<'_>,
    set: &CubeSet,
    run: &[NotedHour],
    mut after_batch: impl FnMut() -> duckdb::Result<()>,
) -> duckdb::Result<(Shapes, u64)> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return Ok((Shapes::new(), 0)) };
    let late = run.iter().map(|hour| hour.reach.late).max().unwrap_or(0);
    let early = run.iter().map(|hour| hour.reach.early).max().unwrap_or(0);
    let from = instant(start_of_hour(first.hour)).saturating_add_ticks(-late);
    // What ends as the last hour does is in it.
    let end = instant(start_of_hour(last.hour + 1)).saturating_add_ticks(early.saturating_add(1));
    let mut select = view.select(from, end, None);
    select.is_rare();
    let mut events = Events::of(run);
    let read = read_rows(view.connection, &select, set, |rows| {
        (set.spans)(rows, &mut |span: Span<'_>| events.add(&span));
        after_batch()
    })?;
    Ok((events.shapes(), read))
}

/// What starts and ends in some hours.
struct Events {
    /// The ticks at which the hours start.
    hours: BTreeSet<i64>,
    /// The numbers of names; 0 is the series without one.
    numbers: HashMap<Arc<str>, usize>,
    names: Vec<Option<Arc<str>>>,
    events: Vec<Event>,
}

/// A channel becomes busy, or ends to be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    line: i64,
    series: usize,
    at: i64,
    /// 1 or -1.
    change: i64,
}

impl Events {
    fn of(run: &[NotedHour]) -> Events {
        Events {
            hours: run.iter().map(|hour| start_of_hour(hour.hour)).collect(),
            numbers: HashMap::new(),
            names: vec![None],
            events: Vec::new(),
        }
    }

    fn add(&mut self, span: &Span<'_>) {
        for (line, time) in [(OCCUPIED, span.occupied), (TALKING, span.talking)] {
            let Some((from, to)) = counted(time) else { continue };
            for (minute, at, change) in [(minute_of_start(from), from, 1), (minute_of_end(to), to, -1)] {
                let hour = minute - minute.rem_euclid(Instant::TICKS_PER_HOUR);
                if self.hours.contains(&hour) {
                    let series = self.number_of(span.series);
                    self.events.push(Event { line, series, at, change });
                }
            }
        }
    }

    fn number_of(&mut self, series: Option<&str>) -> usize {
        let Some(name) = series else { return 0 };
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let (name, number): (Arc<str>, usize) = (name.into(), self.names.len());
        self.names.push(Some(Arc::clone(&name)));
        self.numbers.insert(name, number);
        number
    }

    fn shapes(mut self) -> Shapes {
        let mut shapes = Shapes::new();
        let mut note = |series: Series, line: i64, events: &[Event]| {
            let pairs: Vec<(i64, i64)> = events.iter().map(|event| (event.at, event.change)).collect();
            for (minute, shape) in shapes_of(&pairs) {
                if shape.peak > 0 {
                    shapes.insert((series.clone(), line, minute), shape);
                }
            }
        };
        self.events.sort_unstable();
        for events in self.events.chunk_by(|a, b| (a.line, a.series) == (b.line, b.series)) {
            let name = events.first().and_then(|event| self.names[event.series].clone());
            note(Series::One(name), events[0].line, events);
        }
        self.events.sort_unstable_by_key(|event| (event.line, event.at, event.change));
        for events in self.events.chunk_by(|a, b| a.line == b.line) {
            note(Series::All, events[0].line, events);
        }
        shapes
    }
}

/// Makes shapes that are not made, where it is time to, of a day at most, and tells
/// whether there may be more.
pub(super) fn step(
    instance: &Instance,
    id: TenantId,
    set: &'static CubeSet,
    book: &Book,
    pace: &Pace,
) -> duckdb::Result<bool> {
    if !book.notes().are_shapes_due() {
        return Ok(false);
    }
    let began = Moment::now();
    let log = set.log;
    let tables = Tables::of(id, set);
    let made = snapshot::read(instance, id, &[log], Limit::Leisure, |snapshot| {
        let Some(seen) = snapshot.of(log) else { return Ok(None) };
        if seen.kept.unbuilt().is_none() {
            return Ok(None);
        }
        let hours = stale(snapshot.connection, &tables, (i64::MIN, i64::MAX))?;
        // The newest are asked for most.
        let Some(run) = runs(snapshot.connection, &tables, set, &hours)?.pop() else { return Ok(None) };
        let (shapes, _) = of_rows(&snapshot.view(seen), set, &run, || pace.step_aside())?;
        Ok(Some((seen.kept.clone(), run, shapes)))
    });
    if made.as_ref().is_err_and(is_damage) {
        // Rows that cannot be read now cannot be read in a moment either.
        book.notes().shaped = Some(began);
    }
    let Some((kept, run, shapes)) = made?.flatten() else {
        book.notes().shaped = Some(began);
        return Ok(false);
    };
    let writer = instance.writer();
    if !kept.is_of(book) {
        return Ok(true);
    }
    instance.begin_writing_on(&writer)?;
    let mut new_texts = NewTexts::default();
    instance.transaction(&writer, |writer| {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { return Ok(Outcome::Leave(())) };
        // Hours that changed meanwhile have their turn later.
        let mut hours = stale(writer, &tables, (first.hour, last.hour + 1))?;
        hours.retain(|hour| run.contains(hour));
        if hours.is_empty() {
            return Ok(Outcome::Leave(()));
        }
        replace(writer, id, set, (book, &mut new_texts), &hours, &shapes)?;
        Ok(Outcome::Keep(()))
    })?;
    if let Some(texts) = book.notes().known_texts() {
        texts.add(new_texts);
    }
    Ok(true)
}

/// Stores the shapes of some hours in the place of those that there are, as a part of
/// a transaction.
fn replace(
    writer: &Connection,
    id: TenantId,
    set: &'static CubeSet,
    (book, new_texts): (&Book, &mut NewTexts),
    hours: &[NotedHour],
    shapes: &Shapes,
) -> duckdb::Result<()> {
    let tables = Tables::of(id, set);
    let (Some(first), Some(last)) = (hours.first(), hours.last()) else { return Ok(()) };
    let meant: BTreeSet<i64> = hours.iter().map(|hour| hour.hour).collect();
    stretches::delete(writer, &tables, &meant)?;
    let numbers: Vec<_> = hours.iter().map(|hour| hour.hour.to_string()).collect();
    let numbers = numbers.join(", ");
    writer.execute_batch(&format!(
        "DELETE FROM {} WHERE slot >= {} AND slot < {} AND {} IN ({numbers});
         DELETE FROM {} WHERE hour IN ({numbers})",
        tables.shapes,
        start_of_hour(first.hour),
        start_of_hour(last.hour + 1),
        hour_in_sql("slot"),
        tables.hours
    ))?;
    let count = hours.len();
    NewRows::default()
        .with_whole("hour", hours.iter().map(|hour| hour.hour).collect())
        .with_whole("late", hours.iter().map(|hour| hour.reach.late).collect())
        .with_whole("early", hours.iter().map(|hour| hour.reach.early).collect())
        .with("is_shaped", Arc::new(BooleanArray::from(vec![true; count])))
        .with_whole("commit_number", hours.iter().map(|hour| hour.notes.1).collect())
        .append(writer, id, &hours_name(set.log))?;
    let is_meant = |minute: i64| meant.contains(&hour_of(minute));
    let mut found: Vec<_> = shapes.iter().filter(|((_, _, minute), _)| is_meant(*minute)).collect();
    found.sort_unstable_by_key(|((_, line, minute), _)| (*minute, *line));
    let names: BTreeSet<&str> = found
        .iter()
        .filter_map(|((series, _, _), _)| match series {
            Series::One(Some(name)) => Some(name.as_ref()),
            Series::One(None) | Series::All => None,
        })
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    let ids = book.notes().texts(writer, id, set.log)?.ids(writer, id, set.log, &names, new_texts)?;
    let ids: HashMap<&str, i32> = names.into_iter().zip(ids).collect();
    let id_of = |series: &Series| match series {
        Series::All => ALL_SERIES,
        Series::One(None) => NO_TEXT,
        Series::One(Some(name)) => ids.get(name.as_ref()).copied().unwrap_or(NO_TEXT),
    };
    let series: Int32Array = found.iter().map(|((series, _, _), _)| Some(id_of(series))).collect();
    new_texts.write(writer, id, set.log)?;
    let by_id: HashMap<(i32, i64, i64), Shape> = found
        .iter()
        .map(|((series, line, minute), shape)| ((id_of(series), *line, *minute), **shape))
        .collect();
    let of = |series, line, minute| by_id.get(&(series, line, minute)).copied();
    stretches::append(writer, id, set, &stretches::of_minutes(writer, &tables, set, &meant, of)?)?;
    NewRows::default()
        .with_whole("slot", found.iter().map(|((_, _, minute), _)| *minute).collect())
        .with("series", Arc::new(series))
        .with_whole("line", found.iter().map(|((_, line, _), _)| *line).collect())
        .with_whole("peak", found.iter().map(|(_, shape)| shape.peak).collect())
        .with_whole("reached", found.iter().map(|(_, shape)| shape.at).collect())
        .append(writer, id, &shapes_name(set.log))
}

/// Takes the shapes of the hours from one to before another away, with what is known
/// of these hours, as a part of a transaction.
pub(super) fn forget(writer: &Connection, tables: &Tables, (first, after): (i64, i64)) -> duckdb::Result<()> {
    writer.execute_batch(&format!(
        "DELETE FROM {} WHERE slot >= {} AND slot < {};
         DELETE FROM {} WHERE hour >= {first} AND hour < {after}",
        tables.shapes,
        start_of_hour(first),
        start_of_hour(after),
        tables.hours
    ))?;
    stretches::forget(writer, tables, (first, after))
}
