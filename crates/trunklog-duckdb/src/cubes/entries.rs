//! Cells on their way into the tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{BooleanArray, Int32Array, Int64Array};
use duckdb::Connection;
use jiff::tz::TimeZone;
use trunklog_records::{Rows, TenantId};
use trunklog_store::busy::Span;
use trunklog_store::cube::{Cell, Cells, Cube, CubeSet, KeyKind, NO_KEY};

use super::book::{Book, Notes};
use super::minutes::{self, Reaches};
use super::new_rows::NewRows;
use super::tables::{NO_TEXT, all_cubes, hours_name, keys, measures, name_of};
use super::texts::NewTexts;
use super::{Sign, day_of};
use crate::read::select::{Projection, Select};

/// Cells that rows add up to, and what comes of storing them.
pub(super) struct Entries {
    pub(super) set: &'static CubeSet,
    zone: TimeZone,
    /// Those of the set's cubes.
    pub(super) cells: Cells,
    /// Those of busy channels.
    pub(super) minutes: Cells,
    reaches: Reaches,
    new_texts: NewTexts,
    /// How many parts were stored, by cube and day.
    parts: BTreeMap<(usize, i64), u64>,
}

impl Entries {
    pub(super) fn new(set: &'static CubeSet, zone: &TimeZone) -> Entries {
        Entries {
            set,
            zone: zone.clone(),
            cells: Cells::new(set, zone.clone()),
            minutes: Cells::new(&minutes::SET, zone.clone()),
            reaches: Reaches::default(),
            new_texts: NewTexts::default(),
            parts: BTreeMap::new(),
        }
    }

    /// The zone in which days are counted.
    pub(super) fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Adds rows, or takes them away.
    pub(super) fn add(&mut self, sign: Sign, rows: &Rows) {
        self.add_to_cubes(sign, rows);
        self.add_to_minutes(sign, rows);
    }

    pub(super) fn add_to_cubes(&mut self, sign: Sign, rows: &Rows) {
        self.cells.set_negative(sign == Sign::Minus);
        (self.set.fold)(rows, &mut self.cells);
    }

    pub(super) fn add_to_minutes(&mut self, sign: Sign, rows: &Rows) {
        self.minutes.set_negative(sign == Sign::Minus);
        let (cells, reaches) = (&mut self.minutes, &mut self.reaches);
        (self.set.spans)(rows, &mut |span: Span<'_>| minutes::add(cells, reaches, &span));
    }

    /// How many cells memory holds.
    pub(super) fn len(&self) -> usize {
        let of = |cells: &Cells, cubes: usize| (0..cubes).map(|cube| cells.len(cube)).sum::<usize>();
        of(&self.cells, self.set.cubes.len()) + of(&self.minutes, minutes::SET.cubes.len())
    }

    /// The cells of a cube that have any sum, by its number among all, with what
    /// they call texts.
    pub(super) fn of(&self, number: usize) -> (&Cells, Vec<Cell<'_>>) {
        match number.checked_sub(self.set.cubes.len()) {
            None => (&self.cells, self.cells.sorted(number)),
            Some(number) => (&self.minutes, self.minutes.sorted(number)),
        }
    }

    /// Stores all cells, as a part of a transaction, so that memory holds none of
    /// them any longer.
    pub(super) fn write(
        &mut self,
        writer: &Connection,
        id: TenantId,
        book: &Book,
        commit: i64,
    ) -> duckdb::Result<()> {
        self.write_some(writer, id, book, commit, |_, _| true)?;
        self.write_hours(writer, id, commit, |_| true)?;
        self.cells = Cells::new(self.set, self.zone.clone());
        self.minutes = Cells::new(&minutes::SET, self.zone.clone());
        Ok(())
    }

    /// Stores the cells that `is_meant` by the number of their cube and by their
    /// slot, as a part of a transaction.
    pub(super) fn write_some(
        &mut self,
        writer: &Connection,
        id: TenantId,
        book: &Book,
        commit: i64,
        is_meant: impl Fn(usize, i64) -> bool,
    ) -> duckdb::Result<()> {
        let log = self.set.log;
        let mut notes = book.notes();
        let texts = notes.texts(writer, id, log)?;
        let mut new_texts = std::mem::take(&mut self.new_texts);
        let mut ids_of = |cells: &Cells| {
            let texts_of: Vec<&str> = (0..).map_while(|key| cells.text_of(key)).collect();
            texts.ids(writer, id, log, &texts_of, &mut new_texts)
        };
        let ids = [ids_of(&self.cells)?, ids_of(&self.minutes)?];
        let mut parts = Vec::new();
        for (number, cube) in all_cubes(self.set) {
            let (_, mut cells) = self.of(number);
            cells.retain(|cell| is_meant(number, cell.key.slot));
            if cells.is_empty() {
                continue;
            }
            let ids = &ids[usize::from(number >= self.set.cubes.len())];
            rows_of(cube, &cells, ids, commit).append(writer, id, &name_of(log, cube))?;
            parts.extend(cells.iter().map(|cell| (number, day_of(cell.key.slot))));
        }
        for part in parts {
            *self.parts.entry(part).or_default() += 1;
        }
        self.new_texts = new_texts;
        self.new_texts.write(writer, id, log)
    }

    /// Notes, as a part of a transaction, that the shapes of the hours that are meant
    /// are to be made anew.
    pub(super) fn write_hours(
        &mut self,
        writer: &Connection,
        id: TenantId,
        commit: i64,
        is_meant: impl Fn(i64) -> bool,
    ) -> duckdb::Result<()> {
        let mut hours = self.reaches.take();
        hours.retain(|hour, _| is_meant(*hour));
        let count = hours.len();
        NewRows::default()
            .with_whole("hour", hours.keys().copied().collect())
            .with_whole("late", hours.values().map(|reach| reach.late).collect())
            .with_whole("early", hours.values().map(|reach| reach.early).collect())
            .with("is_shaped", Arc::new(BooleanArray::from(vec![false; count])))
            .with_whole("commit_number", vec![commit; count])
            .append(writer, id, &hours_name(self.set.log))
    }

    /// Notes what was stored, after the commit.
    pub(super) fn publish(self, notes: &mut Notes) {
        for (day, parts) in &self.parts {
            *notes.parts.entry(*day).or_default() += parts;
        }
        self.publish_whole(notes);
    }

    /// The same of all that a day of rows adds up to, stored at once: there is nothing to
    /// add up.
    pub(super) fn publish_whole(self, notes: &mut Notes) {
        if let Some(texts) = notes.known_texts() {
            texts.add(self.new_texts);
        }
    }
}

/// Cells of a cube as rows of its table. `ids` has those of the texts of the keys.
fn rows_of(cube: &Cube, cells: &[Cell<'_>], ids: &[i32], commit: i64) -> NewRows {
    let id_of = |key: i64| usize::try_from(key).ok().and_then(|at| ids.get(at)).copied().unwrap_or(NO_TEXT);
    let mut rows = NewRows::default().with_whole("slot", cells.iter().map(|cell| cell.key.slot).collect());
    for ((at, name), key) in keys(cube).enumerate().zip(cube.keys) {
        let values = cells.iter().map(|cell| cell.key.keys[at]);
        rows = match key.kind {
            KeyKind::Text => rows.with(&name, Arc::new(Int32Array::from_iter_values(values.map(id_of)))),
            KeyKind::Int => {
                let values: Int64Array = values.map(|key| (key != NO_KEY).then_some(key)).collect();
                rows.with(&name, Arc::new(values))
            }
        };
    }
    for (at, name) in measures(cube).enumerate() {
        rows = rows.with_whole(&name, cells.iter().map(|cell| cell.sums[at]).collect());
    }
    rows.with_whole("commit_number", vec![commit; cells.len()])
}

/// Gives the rows that a statement reads to `each`, a batch at a time, and tells how
/// many there were. They have what a set looks at.
pub(super) fn read_rows(
    connection: &Connection,
    select: &Select,
    set: &CubeSet,
    mut each: impl FnMut(&Rows) -> duckdb::Result<()>,
) -> duckdb::Result<u64> {
    let projection = Projection::of(set.log, &set.columns());
    let mut read = 0;
    select.stream(connection, &projection.list(), |batch| {
        let rows = projection.rows(batch)?;
        read += rows.len() as u64;
        each(&rows)
    })?;
    Ok(read)
}

/// More cells than this are not held in memory where they can be stored before.
pub(super) const MOST_HELD: usize = 500_000;
