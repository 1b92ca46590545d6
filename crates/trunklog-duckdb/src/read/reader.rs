//! Reading a log window by window, in the order of time and id.
//!
//! A query is narrowed to a window of time that, by the counts of the segments,
//! holds enough rows. They may count rows that the walk does not see, because
//! they came later or do not satisfy the filter; then more rows come from the
//! next window. Where time descends, windows follow each other backwards; rows
//! of one time are in the order of their ids all the same.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use trunklog_odata::Instant;
use trunklog_odata::expr::Direction;
use trunklog_records::Rows;
use trunklog_records::schema::ID;
use trunklog_store::{Key, Selection, Start};

use super::select::{Projection, Select};
use crate::error::conversion;
use crate::log_table::Place;
use crate::rows::sorted;
use crate::sql::quoted;
use crate::view::View;

/// How many pages' rows the first window of a filtered page holds. The counts
/// do not tell how many of them the filter lets pass.
const FILTERED_PAGES: u64 = 32;

/// The least rows that are worth a query when it is not known how many of them
/// are seen: those of two row groups.
pub(super) const LEAST_ROWS: u64 = 32_768;

/// The most rows that are read for a page, to be sorted here. A bucket of the
/// index may hold far more of which only the last are wanted.
const SORTED_ROWS: u64 = 262_144;

/// The direction in which a selection's rows can be read window by window; None
/// where they are in another order than that of time.
pub(crate) fn direction(selection: &Selection) -> Option<Direction> {
    selection.by_time()
}

/// Reads one selection of one log.
pub(crate) struct Reader<'a> {
    view: &'a View<'a>,
    selection: &'a Selection,
    pub(super) projection: Projection,
    watermark: u64,
    pub(super) direction: Direction,
}

/// Where the rows start that are still to be read.
#[derive(Debug, Clone)]
pub(crate) struct Position {
    /// The first instant in the direction of reading.
    edge: Instant,
    /// Set when rows at that instant up to this id were read before.
    after_id: Option<String>,
    /// Rows to pass over from there.
    pub(super) skip: u64,
}

impl Position {
    /// After a row.
    pub(super) fn after(rows: &Rows, row: usize, skip: u64) -> Position {
        let (time, id) = rows.key(row);
        Position { edge: time, after_id: Some(id.to_owned()), skip }
    }

    fn at(edge: Instant, skip: u64) -> Position {
        Position { edge, after_id: None, skip }
    }
}

/// What the counts of the segments tell of a row that is sought by its number.
enum SeekOutcome {
    /// It is here.
    At(Position),
    /// There are not that many.
    Nothing,
    /// Some rows could not be counted.
    Uncounted,
}

/// A span of time that is read at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    from: Instant,
    end: Instant,
    /// About how many rows have to be read.
    pub(super) read: u64,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(
        view: &'a View<'a>,
        selection: &'a Selection,
        watermark: u64,
        direction: Direction,
    ) -> Reader<'a> {
        let projection = Projection::of(selection.log, &selection.columns);
        Reader { view, selection, projection, watermark, direction }
    }

    /// Where reading starts; None when that is after the last row.
    pub(crate) fn begin(&self, start: &Start) -> duckdb::Result<Option<Position>> {
        let range = self.selection.range;
        if range.from() >= range.end() {
            return Ok(None);
        }
        let first = self.first_instant();
        let skip = match start {
            Start::After(key) => return Ok(Some(self.after(key))),
            Start::Skip(0) => return Ok(Some(Position::at(first, 0))),
            Start::Skip(skip) => *skip,
        };
        if self.filtered() {
            // Only reading tells how many rows the filter lets pass.
            return Ok(Some(Position::at(first, skip)));
        }
        if self.view.state.counts_what_is_seen(self.watermark) {
            let sought = match self.direction {
                Direction::Ascending => self.seek(skip)?,
                Direction::Descending => self.seek_backwards(skip)?,
            };
            // Rows that came meanwhile are counted, and this walk does not see
            // them.
            let is_same = self.view.table.state().counts_what_is_seen(self.watermark);
            match sought {
                SeekOutcome::At(position) if is_same => return Ok(Some(position)),
                SeekOutcome::Nothing if is_same => return Ok(None),
                _ => {}
            }
        }
        // The index counts rows that this walk does not see, or not all.
        self.nth_key(skip)
    }

    /// After a key; nothing lies before the start of the range.
    fn after(&self, key: &Key) -> Position {
        let first = self.first_instant();
        let is_before = match self.direction {
            Direction::Ascending => key.time < first,
            Direction::Descending => key.time > first,
        };
        if is_before {
            return Position::at(first, 0);
        }
        Position { edge: key.time, after_id: Some(key.id.clone()), skip: 0 }
    }

    /// The first instant of the range in the direction of reading.
    fn first_instant(&self) -> Instant {
        match self.direction {
            Direction::Ascending => self.selection.range.from(),
            Direction::Descending => self.selection.range.end().saturating_add_ticks(-1),
        }
    }

    /// Finds a row by the counts of the segments.
    fn seek(&self, mut skip: u64) -> duckdb::Result<SeekOutcome> {
        let (view, from) = (self.view, self.selection.range.from());
        let first = view.state.layout.at(from);
        for place in &view.state.layout.places[first..] {
            if place.start > from {
                // Nothing has to be known of a segment that is passed over.
                let rows = place.segment.rows(view.connection, view.table)?;
                if rows <= skip && self.is_whole(place)? {
                    skip -= rows;
                    continue;
                }
            }
            let Some(floor) = self.index_start(place, |index| index.floor(from.max(place.start)))? else {
                return Ok(SeekOutcome::Uncounted);
            };
            // The index counts whole buckets, and the range may start within
            // one.
            let cut = from.max(place.start);
            let before = if floor < cut { self.count_between(floor.max(place.start), cut)? } else { 0 };
            let sought = place
                .segment
                .index(view.connection, view.table, |index| index.seek(floor, skip.saturating_add(before)))?;
            match sought {
                Ok((bucket, rest)) if bucket == floor && floor < cut => {
                    return Ok(SeekOutcome::At(Position::at(cut, rest - before.min(rest))));
                }
                Ok((bucket, rest)) => return Ok(SeekOutcome::At(Position::at(bucket, rest))),
                Err(rest) => skip = rest,
            }
        }
        Ok(SeekOutcome::Nothing)
    }

    /// The same from the end of the range on.
    fn seek_backwards(&self, mut skip: u64) -> duckdb::Result<SeekOutcome> {
        let (view, end) = (self.view, self.selection.range.end());
        let layout = &view.state.layout;
        let last = layout.at(self.first_instant());
        for at in (0..=last).rev() {
            let place = &layout.places[at];
            let place_end = layout.end_of(at).unwrap_or(Instant::MAX);
            if place_end <= end && at < last {
                let rows = place.segment.rows(view.connection, view.table)?;
                if rows <= skip && self.is_whole(place)? {
                    skip -= rows;
                    continue;
                }
            }
            let cut = end.min(place_end);
            let Some(ceiling) = self.index_start(place, |index| index.ceiling(cut))? else {
                return Ok(SeekOutcome::Uncounted);
            };
            let after = if ceiling > cut { self.count_between(cut, ceiling.min(place_end))? } else { 0 };
            let sought = place.segment.index(view.connection, view.table, |index| {
                index.seek_before(ceiling, skip.saturating_add(after))
            })?;
            match sought {
                Ok((bucket, rest)) if bucket == ceiling && ceiling > cut => {
                    return Ok(SeekOutcome::At(Position::at(
                        cut.saturating_add_ticks(-1),
                        rest - after.min(rest),
                    )));
                }
                Ok((bucket, rest)) => {
                    return Ok(SeekOutcome::At(Position::at(bucket.saturating_add_ticks(-1), rest)));
                }
                Err(rest) => skip = rest,
            }
        }
        Ok(SeekOutcome::Nothing)
    }

    /// Whether all rows of a segment are counted.
    fn is_whole(&self, place: &Place) -> duckdb::Result<bool> {
        // What is stored was counted when all could be read.
        if place.segment.counts().stored_rows.is_some() {
            return Ok(true);
        }
        place.segment.index(self.view.connection, self.view.table, |index| index.is_whole())
    }

    /// A place in a segment's index; None when that does not count all rows.
    fn index_start(
        &self,
        place: &Place,
        find: impl Fn(&crate::time_index::TimeIndex) -> Instant,
    ) -> duckdb::Result<Option<Instant>> {
        place
            .segment
            .index(self.view.connection, self.view.table, |index| index.is_whole().then(|| find(index)))
    }

    /// Reads up to `need` rows from a position on.
    pub(crate) fn rows(&self, position: Position, need: usize) -> duckdb::Result<Rows> {
        let filtered = self.filtered();
        let mut batches: Vec<RecordBatch> = Vec::new();
        let mut have = 0;
        let (mut step, growth) = match need as u64 {
            need if filtered => ((need * FILTERED_PAGES).max(LEAST_ROWS), 4),
            need => (need, 2),
        };
        let mut next = self.is_within(&position).then_some(position);
        while have < need
            && let Some(position) = next.take()
        {
            let left = (need - have) as u64;
            let wanted = if filtered { left } else { left + position.skip };
            let span = self.span(&position, wanted.max(step))?;
            // Rows that are not seen thin the windows out, so look further.
            step = step.saturating_mul(growth);
            let (rows, passed) = if !filtered && span.read <= wanted.saturating_mul(4).min(SORTED_ROWS) {
                // Sorting a few rows here is cheaper than DuckDB's sort; of
                // many rows only DuckDB should see all.
                let rows = sorted(self.projection.joined(&self.all(&position, span)?)?, self.direction)?;
                let passed = position.skip.min(rows.len() as u64);
                next = self.beyond(span, position.skip - passed);
                (rows, passed)
            } else {
                if position.skip > 0 {
                    let count = self.count_in(&position, span)?;
                    if count <= position.skip {
                        next = self.beyond(span, position.skip - count);
                        continue;
                    }
                }
                // DuckDB passes over the rows that are to be skipped.
                let rows = self.first(&position, span, left, position.skip)?;
                next = self.beyond(span, 0);
                (rows, 0)
            };
            let first = usize::try_from(passed).unwrap_or(usize::MAX);
            let rows = rows.slice(first, (rows.len() - first).min(need - have));
            have += rows.len();
            if !rows.is_empty() {
                batches.push(rows.into_batch());
            }
        }
        match batches.len() {
            0 => Ok(self.projection.none()),
            1 => Rows::new(self.selection.log, batches.swap_remove(0)).map_err(conversion),
            _ => concat_batches(&batches[0].schema(), &batches)
                .map_err(conversion)
                .and_then(|batch| Rows::new(self.selection.log, batch).map_err(conversion)),
        }
    }

    pub(super) fn filtered(&self) -> bool {
        self.selection.filter.is_some()
    }

    /// Whether a position is not past the end of the range.
    pub(super) fn is_within(&self, position: &Position) -> bool {
        let range = self.selection.range;
        range.from() < range.end()
            && match self.direction {
                Direction::Ascending => position.edge < range.end(),
                Direction::Descending => position.edge >= range.from(),
            }
    }

    /// The span from a position on that holds at least `rows` rows, if there are
    /// that many.
    pub(super) fn span(&self, position: &Position, rows: u64) -> duckdb::Result<Span> {
        let (range, layout) = (self.selection.range, &self.view.state.layout);
        let (connection, table) = (self.view.connection, self.view.table);
        let first = layout.at(position.edge);
        let (mut certain, mut read) = (0, 0);
        match self.direction {
            Direction::Ascending => {
                for (at, place) in layout.places.iter().enumerate().skip(first) {
                    let (from, end) = (position.edge.max(place.start), layout.end_of(at));
                    if from >= range.end() {
                        break;
                    }
                    let window = place
                        .segment
                        .index(connection, table, |index| index.window(from, rows.saturating_sub(certain)))?;
                    (certain, read) = (certain + window.certain, read + window.read);
                    if let Some(edge) = window.edge {
                        let end = end.map_or(edge, |end| edge.min(end)).min(range.end());
                        return Ok(Span { from: position.edge, end, read });
                    }
                }
                Ok(Span { from: position.edge, end: range.end(), read })
            }
            Direction::Descending => {
                let end = position.edge.saturating_add_ticks(1);
                for at in (0..=first).rev() {
                    let place = &layout.places[at];
                    let until = layout.end_of(at).map_or(end, |until| until.min(end));
                    if until <= range.from() {
                        break;
                    }
                    let window = place.segment.index(connection, table, |index| {
                        index.window_before(until, rows.saturating_sub(certain))
                    })?;
                    (certain, read) = (certain + window.certain, read + window.read);
                    if let Some(edge) = window.edge {
                        return Ok(Span { from: edge.max(place.start).max(range.from()), end, read });
                    }
                }
                Ok(Span { from: range.from(), end, read })
            }
        }
    }

    /// The position after a span; None at the end of the range.
    pub(super) fn beyond(&self, span: Span, skip: u64) -> Option<Position> {
        let range = self.selection.range;
        match self.direction {
            Direction::Ascending => (span.end < range.end()).then(|| Position::at(span.end, skip)),
            Direction::Descending => {
                (span.from > range.from()).then(|| Position::at(span.from.saturating_add_ticks(-1), skip))
            }
        }
    }

    /// The rows of a span from a position on, in no certain order. Nothing is
    /// passed over.
    pub(super) fn all(&self, position: &Position, span: Span) -> duckdb::Result<Vec<RecordBatch>> {
        self.select(position, span).batches(self.view.connection, &self.projection.list(), "")
    }

    /// The first of them, in order.
    pub(super) fn first(
        &self,
        position: &Position,
        span: Span,
        limit: u64,
        offset: u64,
    ) -> duckdb::Result<Rows> {
        let tail = format!(" ORDER BY {} LIMIT {limit} OFFSET {offset}", self.order());
        let select = self.select(position, span);
        self.projection.joined(&select.batches(self.view.connection, &self.projection.list(), &tail)?)
    }

    fn order(&self) -> String {
        let time = quoted(self.selection.log.time);
        match self.direction {
            Direction::Ascending => format!("{time}, {ID}"),
            Direction::Descending => format!("{time} DESC, {ID}"),
        }
    }

    /// How many there are.
    fn count_in(&self, position: &Position, span: Span) -> duckdb::Result<u64> {
        self.select(position, span).row(self.view.connection, "count(*)", "", |row| row.get(0))
    }

    /// A statement that reads a span from a position on.
    fn select(&self, position: &Position, span: Span) -> Select {
        let time = quoted(self.selection.log.time);
        let mut select = self.view.select(span.from, span.end, Some(self.watermark));
        let (sign, step) = match self.direction {
            Direction::Ascending => (">", -1),
            Direction::Descending => ("<", 1),
        };
        let (after_time, after_id) = match &position.after_id {
            Some(id) => (position.edge.ticks(), id.clone()),
            None => (position.edge.ticks().saturating_add(step), String::new()),
        };
        select.require(|parameters| {
            let (after_time, after_id) = (parameters.bind(after_time), parameters.bind(after_id));
            format!("({time} {sign} {after_time} OR {ID} > {after_id})")
        });
        select.require_filter(self.selection);
        select
    }

    /// The position after the first `skip` rows, found by reading keys.
    fn nth_key(&self, skip: u64) -> duckdb::Result<Option<Position>> {
        let time = quoted(self.selection.log.time);
        let range = self.selection.range;
        let mut select = self.view.select(range.from(), range.end(), Some(self.watermark));
        let offset = select.parameters.bind(i64::try_from(skip - 1).unwrap_or(i64::MAX));
        let key = select.row(
            self.view.connection,
            &format!("{time}, {ID}"),
            &format!(" ORDER BY {} LIMIT 1 OFFSET {offset}", self.order()),
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        );
        match key {
            Ok((ticks, id)) => {
                let edge = Instant::from_ticks(ticks).map_err(conversion)?;
                Ok(Some(Position { edge, after_id: Some(id), skip: 0 }))
            }
            Err(duckdb::Error::QueryReturnedNoRows) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn count_between(&self, from: Instant, end: Instant) -> duckdb::Result<u64> {
        let select = self.view.select(from, end, Some(self.watermark));
        select.row(self.view.connection, "count(*)", "", |row| row.get(0))
    }
}
