//! What a commit does to sums.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant as Moment;

use arrow::record_batch::RecordBatch;
use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::{Rows, TenantId};
use trunklog_store::cube::{CubeSet, Grain, zone_name};

use super::book::{Book, Kept};
use super::entries::{Entries, MOST_HELD};
use super::tables::{self, Tables};
use super::{day_of, start_of};
use crate::catalog::Tenant;
use crate::error::{conversion, is_damage};
use crate::instance::Instance;
use crate::log_table::LogTable;
use crate::read::select::Projection;
use crate::rows::pick;

/// Whether rows come or go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// They come.
    Plus,
    /// They go.
    Minus,
}

/// What a commit does to the sums of a log's rows: each row that can be seen is
/// given once when it comes and once when it goes, a changed one as it was and as
/// it is.
pub(crate) struct Booking {
    tenant: TenantId,
    book: Arc<Book>,
    work: Work,
}

/// So many first rows of a day at once are many.
const MANY: usize = 4_000;

/// What there is to do.
enum Work {
    /// Nothing.
    Nothing,
    /// What is kept is no longer true after the commit, and nobody here can book.
    Discard,
    /// The rows are booked.
    Book(Box<Booked>),
}

struct Booked {
    entries: Entries,
    projection: Projection,
    /// The days of which nothing is booked yet.
    unbuilt: Arc<BTreeSet<i64>>,
    /// Those of them that this commit leaves to be built; None where none is left.
    left: Option<BTreeSet<i64>>,
    /// Those of these that are not written down yet.
    unwritten: Vec<i64>,
    /// The days of which this commit booked something, where some may be left.
    days: BTreeSet<i64>,
    /// Where cubes are still to be made with the first rows: the zone that they are
    /// made in.
    made_in: Option<String>,
    /// Whether they were.
    is_first: bool,
    has_taken: bool,
    is_erasure: bool,
}

impl Booking {
    /// A booking of a commit to come. The caller holds the writer.
    pub(crate) fn of(
        instance: &Instance,
        writer: &Connection,
        tenant: &Tenant,
        table: &LogTable,
    ) -> duckdb::Result<Booking> {
        let log = table.log;
        let book = tenant.book(writer, log, instance.cubes())?;
        let kept = book.state().kept.clone();
        let zone = instance.cubes().zone_of(tenant.id);
        let booked = |unbuilt, made_in: Option<String>| {
            let set = instance.cubes().of(log)?;
            let booked = Booked {
                entries: Entries::new(set, zone),
                projection: Projection::of(log, &set.columns()),
                unbuilt,
                left: instance.leaves_days().then(BTreeSet::new),
                unwritten: Vec::new(),
                days: BTreeSet::new(),
                made_in,
                is_first: false,
                has_taken: false,
                is_erasure: false,
            };
            Some(Work::Book(Box::new(booked)))
        };
        let work = match kept {
            Kept::Ours { unbuilt } => booked(unbuilt, None).unwrap_or(Work::Discard),
            Kept::Others => Work::Discard,
            // Nobody ever stored a row, so there is none to be booked later.
            Kept::Nothing if table.state().last == 0 => {
                booked(Arc::default(), Some(zone_name(zone))).unwrap_or(Work::Nothing)
            }
            Kept::Nothing => Work::Nothing,
        };
        Ok(Booking { tenant: tenant.id, book, work })
    }

    /// Notes that the rows are erased: nothing of them stays for long.
    pub(crate) fn is_erasure(&mut self) {
        if let Work::Book(booked) = &mut self.work {
            booked.is_erasure = true;
        }
    }

    /// Whether the sums depend on one of some properties, by their numbers.
    pub(crate) fn depends_on(&self, properties: &[usize]) -> bool {
        match &self.work {
            Work::Nothing => false,
            Work::Discard => true,
            Work::Book(booked) => {
                let columns = booked.entries.set.columns();
                properties.iter().any(|at| columns.contains(*at))
            }
        }
    }

    /// Leaves days to be built by who tidies of which these are the first rows, and
    /// many: it is done once for all rows of a day then. They are in the order of time.
    pub(crate) fn postpone(&mut self, writer: &Connection, rows: &Rows) -> duckdb::Result<()> {
        let Work::Book(booked) = &mut self.work else { return Ok(()) };
        let postponed = booked.postpone(writer, self.tenant, rows);
        if postponed.as_ref().is_err_and(is_damage) {
            self.book.note_damage();
        }
        postponed
    }

    /// Books given rows.
    pub(crate) fn add(&mut self, sign: Sign, rows: &Rows) -> duckdb::Result<()> {
        if let Work::Book(booked) = &mut self.work {
            booked.add(sign, rows)?;
        }
        Ok(())
    }

    /// Whether nothing is booked, so that no rows need to be given.
    pub(crate) fn is_idle(&self) -> bool {
        !matches!(self.work, Work::Book(_))
    }

    /// Books stored rows as they are now. `rows` is what stands after `FROM`, with
    /// a condition.
    pub(crate) fn read(&mut self, writer: &Connection, sign: Sign, rows: &str) -> duckdb::Result<()> {
        let Work::Book(booked) = &mut self.work else { return Ok(()) };
        let read = booked.read(writer, sign, rows);
        if read.as_ref().is_err_and(is_damage) {
            // Rows that cannot be read may still be deleted: without cubes.
            self.book.note_damage();
        }
        read
    }

    /// Writes what was booked so far where there is much of it, as a part of the
    /// commit's transaction: memory does not hold what many rows bring.
    pub(crate) fn relieve(
        &mut self,
        writer: &Connection,
        table: &LogTable,
        commit: i64,
    ) -> duckdb::Result<()> {
        let is_much = matches!(&self.work, Work::Book(booked) if booked.entries.len() > MOST_HELD);
        if is_much { self.write(writer, table, commit) } else { Ok(()) }
    }

    /// Writes what was booked, as the last part of the commit's transaction.
    pub(crate) fn write(&mut self, writer: &Connection, table: &LogTable, commit: i64) -> duckdb::Result<()> {
        let written = match &mut self.work {
            Work::Nothing => Ok(()),
            Work::Discard => tables::forget_note(writer, self.tenant, table.log),
            Work::Book(booked) => booked.write(writer, self.tenant, &self.book, commit),
        };
        if written.as_ref().is_err_and(is_damage) {
            self.book.note_damage();
        }
        written
    }

    /// Notes what was written, after the commit and before readers see it.
    pub(crate) fn publish(self) {
        match self.work {
            Work::Nothing => {}
            Work::Discard => self.book.change().set(Kept::Nothing),
            Work::Book(booked) => {
                let left = booked.left.unwrap_or_default();
                let is_changed = booked.is_first || !left.is_empty();
                let mut notes = self.book.notes();
                notes.left.extend(left);
                notes.changed = Some(Moment::now());
                notes.marks.has_unused |= booked.has_taken;
                notes.marks.was_erased |= booked.is_erasure;
                booked.entries.publish(&mut notes);
                drop(notes);
                if is_changed {
                    self.book.change().set(Kept::Ours { unbuilt: booked.unbuilt });
                }
            }
        }
    }
}

impl Booked {
    fn postpone(&mut self, writer: &Connection, tenant: TenantId, rows: &Rows) -> duckdb::Result<()> {
        let Some(left) = &mut self.left else { return Ok(()) };
        for (day, _) in days_of(rows).filter(|(_, rows)| *rows >= MANY) {
            if self.unbuilt.contains(&day)
                || self.days.contains(&day)
                || (self.made_in.is_none() && has_cells(writer, tenant, self.entries.set, day)?)
            {
                continue;
            }
            Arc::make_mut(&mut self.unbuilt).insert(day);
            left.insert(day);
            self.unwritten.push(day);
        }
        Ok(())
    }

    fn read(&mut self, writer: &Connection, sign: Sign, rows: &str) -> duckdb::Result<()> {
        let sql = format!("SELECT {} FROM {rows}", self.projection.list());
        let mut statement = writer.prepare(&sql)?;
        // There may be many, and memory holds a batch at a time.
        drop(statement.stream_arrow([])?);
        while let Some(batch) = statement.step()? {
            let rows = self.projection.rows(&RecordBatch::from(&batch))?;
            self.add(sign, &rows)?;
        }
        Ok(())
    }

    fn add(&mut self, sign: Sign, rows: &Rows) -> duckdb::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        self.has_taken |= sign == Sign::Minus;
        // No range reaches the last instant that there is.
        let is_booked = |row: usize| {
            let time = rows.time(row);
            time < Instant::MAX && !self.unbuilt.contains(&day_of(time.ticks()))
        };
        let is_whole = if self.unbuilt.is_empty() {
            !(0..rows.len()).any(|row| rows.time(row) == Instant::MAX)
        } else {
            (0..rows.len()).all(is_booked)
        };
        if is_whole {
            self.note_days(rows);
            self.entries.add(sign, rows);
            return Ok(());
        }
        let count = u32::try_from(rows.len()).map_err(conversion)?;
        let numbers: Vec<u32> = (0..count).filter(|row| is_booked(*row as usize)).collect();
        if !numbers.is_empty() {
            let rows = pick(rows, numbers)?;
            self.note_days(&rows);
            self.entries.add(sign, &rows);
        }
        Ok(())
    }

    fn note_days(&mut self, rows: &Rows) {
        if self.left.is_some() {
            self.days.extend(days_of(rows).map(|(day, _)| day));
        }
    }

    fn write(
        &mut self,
        writer: &Connection,
        tenant: TenantId,
        book: &Book,
        commit: i64,
    ) -> duckdb::Result<()> {
        if let Some(zone) = self.made_in.take() {
            let log = self.entries.set.log;
            self.is_first = true;
            // What is left of cubes whose note was taken back.
            tables::drop_all(writer, tenant, &tables::names(writer, tenant, log)?)?;
            tables::create(writer, tenant, self.entries.set, &zone)?;
        }
        if !self.unwritten.is_empty() {
            let zone = zone_name(self.entries.zone());
            tables::note_unbuilt(
                writer,
                tenant,
                self.entries.set,
                &zone,
                &std::mem::take(&mut self.unwritten),
            )?;
        }
        self.entries.write(writer, tenant, book, commit)
    }
}

/// The days of rows, of UTC, and how many of these follow each other. The last instant
/// that there is is in none.
fn days_of(rows: &Rows) -> impl Iterator<Item = (i64, usize)> {
    let mut left = 0..rows.len();
    std::iter::from_fn(move || {
        let day_at = |row: usize| {
            let time = rows.time(row);
            (time < Instant::MAX).then(|| day_of(time.ticks()))
        };
        let day = left.by_ref().find_map(day_at)?;
        let first = left.start - 1;
        while left.start < left.end && day_at(left.start) == Some(day) {
            left.start += 1;
        }
        Some((day, left.start - first))
    })
}

/// Whether something of a day of UTC was booked before. Where no cube can tell, it may
/// have been.
fn has_cells(writer: &Connection, tenant: TenantId, set: &CubeSet, day: i64) -> duckdb::Result<bool> {
    let tables = Tables::of(tenant, set);
    let is_within_days =
        |grain: Grain| matches!(grain, Grain::Ticks(width) if Instant::TICKS_PER_DAY % width == 0);
    let Some(cube) = set.cubes.iter().position(|cube| is_within_days(cube.grain)) else { return Ok(true) };
    let sql = format!(
        "SELECT count(*) > 0 FROM (SELECT 1 FROM {} WHERE slot >= {} AND slot < {} LIMIT 1) AS cells",
        tables.cubes[cube],
        start_of(day).ticks(),
        start_of(day + 1).ticks()
    );
    writer.query_row(&sql, [], |row| row.get(0))
}
