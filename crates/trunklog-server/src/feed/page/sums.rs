//! A page of sums: slots are read one stretch of time after the other, until the
//! page is full or there are no more.
//!
//! Each stretch shows the newest commit, so a page may show another one than the
//! page before. What a walk has given it does not give again: it goes on after the
//! last one's key, the start of its slot and its id.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use trunklog_odata::envelope::Numbers;
use trunklog_odata::expr::{Direction, Expr, Kind, Node, OrderBy};
use trunklog_odata::{Instant, json};
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::calendar::local_date;
use trunklog_reports::{ReportError, Slice, SliceRow, Slices, Slots, Value};
use trunklog_store::busy::MAX_SPAN;
use trunklog_store::evaluate::{Cell, Scope};
use trunklog_store::{Columns, Error, ErrorKind, Key, PageQuery, Result, Selection, Store, Watermark};

use super::{Form, Job, Made, Place, commit_time, write_instant, write_name};

/// How many slots are read at first, and at most.
const FIRST_SLOTS: u32 = 48;
const MOST_SLOTS: u32 = 9_000;

/// No slot is longer: a day on which clocks go back.
const LONGEST_SLOT: i64 = 2 * Instant::TICKS_PER_DAY;

pub(super) fn make(job: &Job, slice: &'static Slice, store: &dyn Store) -> Result<Made> {
    let mut walk = Walk::new(job, store);
    let Some(calls) = Calls::within(job.readable.range, store)? else { return Ok(walk.made(None)) };
    let (mut from, mut slots) = (walk.from.max(calls.from), FIRST_SLOTS);
    // A range without a length has no slots, nor has a page without rows.
    while from < calls.end && walk.limit > 0 {
        let found = Slots::of(slice.bucket, (from, calls.end), slots, &job.form.zone).map_err(store_error)?;
        let Some(stretch) = found else { break };
        let told = match slice.rows(store, &stretch) {
            Ok(told) => told,
            Err(ReportError::Store(error))
                if error.kind() == ErrorKind::TooMany && stretch.starts().len() > 1 =>
            {
                slots = u32::try_from(stretch.starts().len() / 2).unwrap_or(1).max(1);
                continue;
            }
            Err(error) => return Err(store_error(error)),
        };
        let (is_empty, count) = (told.rows.is_empty(), told.rows.len());
        if let Some(next) = walk.take(told)? {
            return Ok(walk.made(Some(next)));
        }
        from = stretch.end();
        if is_empty {
            // Nothing more until somebody calls again.
            match first_time(TimeRange::ALL.since(from).until(calls.end), Direction::Ascending, store)? {
                Some(time) => from = from.max(time.saturating_add_ticks(-LONGEST_SLOT)),
                None => break,
            }
        }
        if count < job.rows() / 2 {
            slots = slots.saturating_mul(2).min(MOST_SLOTS);
        }
    }
    Ok(walk.made(None))
}

/// When there may be slots of calls, within a range of their starts.
struct Calls {
    from: Instant,
    end: Instant,
}

impl Calls {
    /// None without any calls.
    fn within(range: TimeRange, store: &dyn Store) -> Result<Option<Calls>> {
        // Rows without a start are in no slot.
        let all = TimeRange::ALL.since(Instant::ABSENT.saturating_add_ticks(1));
        let Some(first) = first_time(all, Direction::Ascending, store)? else { return Ok(None) };
        let last = first_time(all, Direction::Descending, store)?.unwrap_or(first);
        // Slots start before their calls do, and calls last on after their starts.
        let from = range.from().max(first.saturating_add_ticks(-LONGEST_SLOT));
        let end = range.end().min(last.saturating_add_ticks(MAX_SPAN));
        Ok(Some(Calls { from, end }))
    }
}

/// The time of the first row of a range in that direction of time.
fn first_time(range: TimeRange, direction: Direction, store: &dyn Store) -> Result<Option<Instant>> {
    let log = &DIRECT_ROUTING_CALLS;
    let time = Expr::new(Kind::Instant, Node::Property(log.time_index()));
    let selection = Selection {
        order: vec![OrderBy { by: time, direction }],
        columns: Columns::Only(Vec::new()),
        ..Selection::all(log, range)
    };
    let page = store.page(&PageQuery::of(selection, 1))?;
    Ok((!page.rows.is_empty()).then(|| page.rows.time(0)))
}

/// A question that the reports do not take is a fault of ours.
fn store_error(error: ReportError) -> Error {
    match error {
        ReportError::Store(error) => error,
        error => Error::new(ErrorKind::Other, format!("sums by slots cannot be made: {error}")),
    }
}

/// A page that is being filled.
struct Walk<'a> {
    job: &'a Job,
    store: &'a dyn Store,
    /// From when on slots are read.
    from: Instant,
    /// What the walk gave last, if this is not its first page.
    after: Option<(Instant, String)>,
    /// How many are still to be passed over.
    skip: u64,
    /// The most of the page.
    limit: usize,
    /// When the commits were made that were seen.
    times: BTreeMap<Watermark, Option<Instant>>,
    bytes: Vec<u8>,
    rows: usize,
    last: Option<Key>,
}

impl<'a> Walk<'a> {
    fn new(job: &'a Job, store: &'a dyn Store) -> Walk<'a> {
        let (after, skip) = match &job.place {
            Place::Skip(skip) => (None, *skip),
            Place::After(token) => (Some((token.after.time, token.after.id.clone())), 0),
        };
        let from = after.as_ref().map_or(job.readable.range.from(), |(start, _)| *start);
        let from = from.max(job.readable.range.from());
        let (times, bytes) = (BTreeMap::new(), Vec::new());
        Walk { job, store, from, after, skip, limit: job.rows(), times, bytes, rows: 0, last: None }
    }

    /// Takes what belongs on the page. When that is full and more follow, tells the
    /// commit and the key after which the walk goes on.
    fn take(&mut self, told: Slices) -> Result<Option<(Watermark, Key)>> {
        let Slices { rows, commit } = told;
        for row in rows {
            let id = format!("{}{}", row.start, row.id);
            if self.after.as_ref().is_some_and(|(start, last)| (row.start, &id) <= (*start, last)) {
                continue;
            }
            let changed = if let Some(time) = self.times.get(&commit) {
                *time
            } else {
                let time = commit_time(self.store, commit)?;
                self.times.insert(commit, time);
                time
            };
            let key = Key::new(row.start, id.as_str());
            let entity = Entity::of(row, id, changed, &self.job.form.zone)?;
            let cells = entity.cells();
            if !Scope::new(self.job.set.log, &cells).selects(self.job.readable.filter.as_ref()) {
                continue;
            }
            if self.skip > 0 {
                self.skip -= 1;
                continue;
            }
            if self.rows == self.limit {
                return Ok(self.last.take().map(|last| (commit, last)));
            }
            if self.rows > 0 {
                self.bytes.push(b',');
            }
            entity.write(self.job, &mut self.bytes);
            self.rows += 1;
            self.last = Some(key);
        }
        Ok(None)
    }

    fn made(self, next: Option<(Watermark, Key)>) -> Made {
        Made { bytes: self.bytes, rows: self.rows, total: None, next }
    }
}

/// A row of a slice with all its properties, in the order of the set's table.
struct Entity {
    values: Vec<Value>,
}

impl Entity {
    fn of(row: SliceRow, id: String, changed: Option<Instant>, zone: &TimeZone) -> Result<Entity> {
        let mut values =
            vec![Value::Text(id), Value::Instant(row.start), Value::Text(local_date(zone, row.start))];
        values.extend(row.values);
        values.push(Value::maybe_instant(changed));
        // The type of counts is a whole number of 32 bits; nobody has more calls in a
        // day.
        let fits = |value: &Value| !matches!(value, Value::Int(number) if i32::try_from(*number).is_err());
        if !values.iter().all(fits) {
            return Err(Error::new(ErrorKind::Other, "a count of a slot is larger than its type"));
        }
        Ok(Entity { values })
    }

    /// The values as expressions read them.
    fn cells(&self) -> Vec<Cell> {
        let cell = |value: &Value| match value {
            Value::Text(text) => Cell::Text(text.clone()),
            Value::Word { key, .. } => Cell::Text((*key).to_owned()),
            Value::Int(number) => i32::try_from(*number).map_or(Cell::Null, Cell::Int),
            Value::Number(number) | Value::Ratio { value: Some(number), .. } => Cell::Text(digits(*number)),
            Value::Decimal(number) => Cell::Text(number.to_string()),
            Value::Instant(at) => Cell::Ticks(at.ticks()),
            Value::Bool(value) => Cell::Bool(*value),
            Value::Null | Value::Ratio { value: None, .. } => Cell::Null,
        };
        self.values.iter().map(cell).collect()
    }

    fn write(&self, job: &Job, out: &mut Vec<u8>) {
        let Form { layout, format, .. } = &job.form;
        out.push(b'{');
        for at in layout {
            let Some(value) = self.values.get(*at) else { continue };
            write_name(job.set.property(*at), out);
            match value {
                Value::Null | Value::Ratio { value: None, .. } => out.extend_from_slice(b"null"),
                Value::Text(text) => json::write_string(text, out),
                Value::Word { key, .. } => json::write_string(key, out),
                Value::Int(number) => json::write_int(*number, out),
                Value::Number(number) | Value::Ratio { value: Some(number), .. } => {
                    write_digits(&digits(*number), format.numbers, out);
                }
                Value::Decimal(number) => write_digits(&number.to_string(), format.numbers, out),
                Value::Instant(at) => write_instant(Some(*at), out),
                Value::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            }
        }
        out.push(b'}');
    }
}

fn write_digits(digits: &str, numbers: Numbers, out: &mut Vec<u8>) {
    match numbers {
        Numbers::Plain => out.extend_from_slice(digits.as_bytes()),
        Numbers::Text => json::write_string(digits, out),
    }
}

/// A number with as many digits after the point as matter, six at most.
fn digits(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_matter() {
        for (number, text) in
            [(0.0, "0"), (10.0, "10"), (1.5, "1.5"), (1.0 / 3.0, "0.333333"), (100.0, "100")]
        {
            assert_eq!(digits(number), text);
        }
    }
}
