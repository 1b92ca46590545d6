//! How many rows of a segment lie where in time.

use std::io;

use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::Log;

use crate::error::{conversion, is_damage};
use crate::sql::{ROW_GROUP_SIZE, quoted};

/// What a window of time holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// Its far end; None where it holds all that there are on that side.
    pub(crate) edge: Option<Instant>,
    /// How many rows it has at least.
    pub(crate) certain: u64,
    /// About how many have to be read.
    pub(crate) read: u64,
}

/// Counts of rows in buckets of equal width.
///
/// The width is a power of two seconds and doubles whenever there would be
/// more than [`MAX_BUCKETS`], so the index of a segment stays small while a
/// bucket of two million rows holds about a hundred and thirty: the rows that a
/// page reads too many.
#[derive(Debug, Clone)]
pub(crate) struct TimeIndex {
    /// A bucket is `2^width_bits` seconds wide.
    width_bits: u32,
    /// Bucket numbers, ascending, with their counts; empty ones are left out.
    buckets: Vec<(i64, u32)>,
    rows: u64,
    /// Set where not all rows could be counted.
    damage: Option<String>,
}

const MAX_BUCKETS: usize = 1 << 14;

/// What the stored form starts with. Another form has another number.
const FORM: u8 = 1;

const TICKS_PER_SEC: i64 = Instant::TICKS_PER_SEC;

impl TimeIndex {
    /// An index without rows.
    pub(crate) fn new() -> TimeIndex {
        TimeIndex { width_bits: 0, buckets: Vec::new(), rows: 0, damage: None }
    }

    /// Counts the rows of a table. Where the times of some cannot be read, it
    /// counts the others, and knows that it does not count all.
    pub(crate) fn load(connection: &Connection, table: &str, log: &Log) -> duckdb::Result<TimeIndex> {
        let times = Times { connection, table, time: quoted(log.time) };
        let damage = match times.count(&[String::new()]) {
            Err(error) if is_damage(&error) => error,
            outcome => return outcome,
        };
        let mut readable = Vec::new();
        for part in times.parts()? {
            match times.read(&part) {
                Ok(()) => readable.push(part),
                Err(error) if is_damage(&error) => {}
                Err(error) => return Err(error),
            }
        }
        let mut index = times.count(&readable)?;
        index.note_damage(&damage);
        Ok(index)
    }

    /// Notes that there are rows of which it knows too little.
    pub(crate) fn note_damage(&mut self, damage: &duckdb::Error) {
        self.damage = Some(damage.to_string());
    }

    /// Whether all rows are counted. If not, fewer rows are found where they are
    /// looked for by number, and none may be stored or deleted. Reading by time
    /// still finds all or fails, since DuckDB looks at the blocks themselves.
    pub(crate) fn is_whole(&self) -> bool {
        self.damage.is_none()
    }

    /// What DuckDB said where not all rows could be counted, as an error.
    pub(crate) fn check(&self) -> duckdb::Result<()> {
        match &self.damage {
            None => Ok(()),
            Some(damage) => Err(conversion(io::Error::other(damage.clone()))),
        }
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds rows; `times` must be ascending.
    pub(crate) fn add(&mut self, times: impl Iterator<Item = Instant>) {
        let mut added: Vec<(i64, u32)> = Vec::new();
        for time in times {
            let bucket = self.bucket(time);
            match added.last_mut() {
                Some((last, count)) if *last == bucket => *count += 1,
                _ => added.push((bucket, 1)),
            }
            self.rows += 1;
        }
        let Some((first, _)) = added.first() else { return };
        // Most rows come behind all others, so only the tail is merged.
        let keep = self.buckets.partition_point(|(bucket, _)| bucket < first);
        let tail = self.buckets.split_off(keep);
        let mut tail = tail.into_iter().peekable();
        let mut added = added.into_iter().peekable();
        while let (Some((old, _)), Some((new, _))) = (tail.peek(), added.peek()) {
            let next = match old.cmp(new) {
                std::cmp::Ordering::Less => tail.next(),
                std::cmp::Ordering::Greater => added.next(),
                std::cmp::Ordering::Equal => {
                    let count = added.next().map_or(0, |(_, count)| count);
                    tail.next().map(|(bucket, old)| (bucket, old.saturating_add(count)))
                }
            };
            self.buckets.extend(next);
        }
        self.buckets.extend(tail);
        self.buckets.extend(added);
        self.coarsen();
    }

    /// Takes away the rows before an instant, of which `in_bucket` lie in the
    /// bucket of the instant itself.
    pub(crate) fn remove_before(&mut self, before: Instant, in_bucket: u64) {
        let edge = self.bucket(before);
        let kept = self.buckets.partition_point(|(bucket, _)| *bucket < edge);
        let mut removed = in_bucket;
        for (_, count) in self.buckets.drain(..kept) {
            removed += u64::from(count);
        }
        if let Some((bucket, count)) = self.buckets.first_mut()
            && *bucket == edge
        {
            *count = count.saturating_sub(u32::try_from(in_bucket).unwrap_or(u32::MAX));
            if *count == 0 {
                self.buckets.remove(0);
            }
        }
        self.rows = self.rows.saturating_sub(removed);
    }

    /// Whether any of `times`, ascending, falls into a bucket with rows.
    pub(crate) fn touches(&self, times: impl Iterator<Item = Instant>) -> bool {
        let mut last = None;
        for time in times {
            let bucket = self.bucket(time);
            if last != Some(bucket)
                && self.buckets.binary_search_by_key(&bucket, |(bucket, _)| *bucket).is_ok()
            {
                return true;
            }
            last = Some(bucket);
        }
        false
    }

    /// How many rows the buckets from that of one instant to that of another have.
    pub(crate) fn rows_within(&self, first: Instant, last: Instant) -> u64 {
        let (first, last) = (self.bucket(first), self.bucket(last));
        let at = self.buckets.partition_point(|(bucket, _)| *bucket < first);
        let within = self.buckets[at..].iter().take_while(|(bucket, _)| *bucket <= last);
        within.map(|(_, count)| u64::from(*count)).sum()
    }

    /// A window that starts at an instant and holds at least `rows` rows, if
    /// there are that many.
    pub(crate) fn window(&self, from: Instant, rows: u64) -> Window {
        let first = self.bucket(from);
        let at = self.buckets.partition_point(|(bucket, _)| *bucket < first);
        // Nobody knows how much of the first bucket lies before `from`.
        let is_cut = self.start(first) != from;
        gather(self.buckets[at..].iter(), is_cut.then_some(first), rows, |bucket| self.start(bucket + 1))
    }

    /// The same backwards: a window that ends before an instant.
    pub(crate) fn window_before(&self, end: Instant, rows: u64) -> Window {
        let last = self.bucket(end);
        let is_cut = self.start(last) != end;
        let at = self.buckets.partition_point(|(bucket, _)| *bucket < last || (is_cut && *bucket == last));
        gather(self.buckets[..at].iter().rev(), is_cut.then_some(last), rows, |bucket| self.start(bucket))
    }

    /// The start of the bucket that holds the row which `skip` rows precede,
    /// counted from `from`, and how many of these lie in the bucket itself; else
    /// how many rows are left to skip after the last. `from` must be a bucket's
    /// start.
    pub(crate) fn seek(&self, from: Instant, mut skip: u64) -> Result<(Instant, u64), u64> {
        let first = self.bucket(from);
        let at = self.buckets.partition_point(|(bucket, _)| *bucket < first);
        for (bucket, count) in &self.buckets[at..] {
            if skip < u64::from(*count) {
                return Ok((self.start(*bucket), skip));
            }
            skip -= u64::from(*count);
        }
        Err(skip)
    }

    /// The same backwards: the end of the bucket. `end` must be the end of a
    /// bucket.
    pub(crate) fn seek_before(&self, end: Instant, mut skip: u64) -> Result<(Instant, u64), u64> {
        let last = self.bucket(end);
        let is_start = self.start(last) == end;
        let at = self.buckets.partition_point(|(bucket, _)| *bucket < last || (!is_start && *bucket == last));
        for (bucket, count) in self.buckets[..at].iter().rev() {
            if skip < u64::from(*count) {
                return Ok((self.start(*bucket + 1), skip));
            }
            skip -= u64::from(*count);
        }
        Err(skip)
    }

    /// The end of the last bucket that has rows; None without rows.
    pub(crate) fn end(&self) -> Option<Instant> {
        self.buckets.last().map(|(bucket, _)| self.start(*bucket + 1))
    }

    /// The first instant after the bucket of an instant, unless that is the
    /// start of its bucket.
    pub(crate) fn ceiling(&self, instant: Instant) -> Instant {
        let floor = self.floor(instant);
        if floor == instant { floor } else { self.start(self.bucket(instant) + 1) }
    }

    /// The index as bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + self.buckets.len() * 3);
        bytes.push(FORM);
        write_number(u64::from(self.width_bits), &mut bytes);
        write_number(self.buckets.len() as u64, &mut bytes);
        let mut last = 0;
        for (bucket, count) in &self.buckets {
            write_number(zigzag(bucket - last), &mut bytes);
            write_number(u64::from(*count), &mut bytes);
            last = *bucket;
        }
        bytes
    }

    /// Reads what [`TimeIndex::to_bytes`] wrote; None where that is something
    /// else.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<TimeIndex> {
        let mut rest = bytes.strip_prefix(&[FORM])?;
        let width_bits = u32::try_from(read_number(&mut rest)?).ok().filter(|bits| *bits < 40)?;
        let len = usize::try_from(read_number(&mut rest)?).ok().filter(|len| *len <= MAX_BUCKETS)?;
        let mut index = TimeIndex { width_bits, buckets: Vec::with_capacity(len), ..TimeIndex::new() };
        let mut last = 0_i64;
        for _ in 0..len {
            last = last.checked_add(unzigzag(read_number(&mut rest)?))?;
            let count = u32::try_from(read_number(&mut rest)?).ok()?;
            if index.buckets.last().is_some_and(|(before, _)| *before >= last) {
                return None;
            }
            index.buckets.push((last, count));
            index.rows += u64::from(count);
        }
        rest.is_empty().then_some(index)
    }

    /// The start of the bucket that holds an instant.
    pub(crate) fn floor(&self, instant: Instant) -> Instant {
        self.start(self.bucket(instant))
    }

    fn bucket(&self, instant: Instant) -> i64 {
        instant.ticks().div_euclid(TICKS_PER_SEC << self.width_bits)
    }

    fn start(&self, bucket: i64) -> Instant {
        let ticks = bucket.saturating_mul(TICKS_PER_SEC << self.width_bits);
        Instant::from_ticks(ticks.clamp(Instant::ABSENT.ticks(), Instant::MAX.ticks()))
            .unwrap_or(Instant::MAX)
    }

    fn coarsen(&mut self) {
        while self.buckets.len() > MAX_BUCKETS {
            self.width_bits += 1;
            let mut merged: Vec<(i64, u32)> = Vec::with_capacity(self.buckets.len());
            for (bucket, count) in self.buckets.drain(..) {
                let bucket = bucket.div_euclid(2);
                match merged.last_mut() {
                    Some((last, sum)) if *last == bucket => *sum = sum.saturating_add(count),
                    _ => merged.push((bucket, count)),
                }
            }
            self.buckets = merged;
        }
    }
}

/// Takes buckets in their order until they hold `rows` rows. Nobody knows how
/// many of the bucket `cut` belong to the window.
fn gather<'a>(
    buckets: impl Iterator<Item = &'a (i64, u32)>,
    cut: Option<i64>,
    rows: u64,
    edge: impl Fn(i64) -> Instant,
) -> Window {
    let mut window = Window { edge: None, certain: 0, read: 0 };
    for (bucket, count) in buckets {
        let count = u64::from(*count);
        window.read += count;
        if cut != Some(*bucket) {
            window.certain += count;
        }
        if window.certain >= rows {
            window.edge = Some(edge(*bucket));
            break;
        }
    }
    window
}

/// Small numbers of either sign as small ones without.
fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Seven bits a byte, the lowest first; the eighth tells that more follow.
fn write_number(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn read_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Reads the times of a table.
struct Times<'a> {
    connection: &'a Connection,
    table: &'a str,
    time: String,
}

impl Times<'_> {
    /// Counts the rows of some parts of the table, which have none in common.
    fn count(&self, parts: &[String]) -> duckdb::Result<TimeIndex> {
        let Times { connection, table, time } = self;
        let mut ends: Option<(i64, i64)> = None;
        for part in parts {
            let sql = format!("SELECT min({time}), max({time}) FROM {table}{part}");
            let found: (Option<i64>, Option<i64>) =
                connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if let (Some(first), Some(last)) = found {
                ends = Some(ends.map_or((first, last), |(from, to)| (from.min(first), to.max(last))));
            }
        }
        let mut index = TimeIndex::new();
        let Some((first, last)) = ends else { return Ok(index) };
        // The span bounds the number of buckets. A few far-off rows can make
        // it much larger than the number of filled buckets; a finer width than
        // this would have to count twice, and a coarser one only costs rows.
        let span_secs = (last - first) / TICKS_PER_SEC + 1;
        while (span_secs >> index.width_bits) > 8 * i64::try_from(MAX_BUCKETS).unwrap_or(i64::MAX) {
            index.width_bits += 1;
        }
        let width = TICKS_PER_SEC << index.width_bits;
        let mut counted: Vec<(i64, u64)> = Vec::new();
        for part in parts {
            // Division rounds towards zero in SQL and down here.
            let mut statement = connection.prepare(&format!(
                "SELECT ({time} - (({time} % {width}) + {width}) % {width}) // {width} AS bucket, count(*)
                 FROM {table}{part} GROUP BY bucket ORDER BY bucket"
            ))?;
            let counts = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            for count in counts {
                counted.push(count?);
            }
        }
        // A bucket may lie in several parts.
        counted.sort_unstable();
        for (bucket, count) in counted {
            index.rows += count;
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            match index.buckets.last_mut() {
                Some((last, sum)) if *last == bucket => *sum = sum.saturating_add(count),
                _ => index.buckets.push((bucket, count)),
            }
        }
        index.coarsen();
        Ok(index)
    }

    /// The parts of the table that are damaged or not on their own.
    fn parts(&self) -> duckdb::Result<Vec<String>> {
        let sql = format!("SELECT coalesce(max(rowid) + 1, 0) FROM {}", self.table);
        let places: u64 = self.connection.query_row(&sql, [], |row| row.get(0))?;
        let group = u64::from(ROW_GROUP_SIZE);
        let part = |number: u64| {
            let from = number * group;
            format!(" WHERE rowid >= {from} AND rowid < {}", from + group)
        };
        Ok((0..places.div_ceil(group)).map(part).collect())
    }

    /// Reads each time of a part.
    fn read(&self, part: &str) -> duckdb::Result<()> {
        let sql = format!("SELECT bit_xor({}) FROM {}{part}", self.time, self.table);
        self.connection.query_row(&sql, [], |_| Ok(()))
    }
}

#[cfg(test)]
mod tests;
