//! How many rows lie where in time.

use duckdb::Connection;
use trunklog_odata::Instant;
use trunklog_records::Log;

use crate::sql::quoted;

/// Counts of rows in buckets of equal width.
///
/// The width is a power of two seconds and doubles whenever there would be
/// more than [`MAX_BUCKETS`], so the index stays at a few megabytes while a
/// bucket of even ten million rows holds about a hundred: the rows that a page
/// reads too many.
#[derive(Debug, Clone)]
pub(crate) struct TimeIndex {
    /// A bucket is `2^width_bits` seconds wide.
    width_bits: u32,
    /// Bucket numbers, ascending, with their counts; empty ones are left out.
    buckets: Vec<(i64, u32)>,
    rows: u64,
}

const MAX_BUCKETS: usize = 1 << 17;

const TICKS_PER_SEC: i64 = 10_000_000;

impl TimeIndex {
    /// An index without rows.
    pub(crate) fn new() -> TimeIndex {
        TimeIndex { width_bits: 0, buckets: Vec::new(), rows: 0 }
    }

    /// Counts the rows of a table.
    pub(crate) fn load(connection: &Connection, table: &str, log: &Log) -> duckdb::Result<TimeIndex> {
        let time = quoted(log.time);
        let ends: (Option<i64>, Option<i64>) =
            connection.query_row(&format!("SELECT min({time}), max({time}) FROM {table}"), [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let (Some(first), Some(last)) = ends else { return Ok(TimeIndex::new()) };
        let mut index = TimeIndex::new();
        // The span bounds the number of buckets. A few far-off rows can make
        // it much larger than the number of filled buckets; a finer width than
        // this would have to count twice, and a coarser one only costs rows.
        let span_secs = (last - first) / TICKS_PER_SEC + 1;
        while (span_secs >> index.width_bits) > 8 * i64::try_from(MAX_BUCKETS).unwrap_or(i64::MAX) {
            index.width_bits += 1;
        }
        let width = TICKS_PER_SEC << index.width_bits;
        // Division rounds towards zero in SQL and down here.
        let mut statement = connection.prepare(&format!(
            "SELECT ({time} - (({time} % {width}) + {width}) % {width}) // {width} AS bucket, count(*)
             FROM {table} GROUP BY bucket ORDER BY bucket"
        ))?;
        let counts = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u64>(1)?)))?;
        for count in counts {
            let (bucket, count) = count?;
            index.rows += count;
            index.buckets.push((bucket, u32::try_from(count).unwrap_or(u32::MAX)));
        }
        index.coarsen();
        Ok(index)
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

    /// An instant such that at least `rows` rows lie between `from` and it, by
    /// this index, None when there are not that many; and about how many rows
    /// have to be read up to there.
    pub(crate) fn window(&self, from: Instant, rows: u64) -> (Option<Instant>, u64) {
        let first = self.bucket(from);
        let mut at = self.buckets.partition_point(|(bucket, _)| *bucket < first);
        let mut certain = 0;
        let mut read = 0;
        while let Some((bucket, count)) = self.buckets.get(at) {
            let count = u64::from(*count);
            read += count;
            // Nobody knows how much of the first bucket lies before `from`.
            if *bucket != first || self.start(first) == from {
                certain += count;
            }
            if certain >= rows {
                return (Some(self.start(bucket + 1)), read);
            }
            at += 1;
        }
        (None, read)
    }

    /// The start of the bucket that holds the row which `skip` rows precede,
    /// counted from `from`, and how many of these lie in the bucket itself;
    /// None when there are not that many rows. `from` must be a bucket's start.
    pub(crate) fn seek(&self, from: Instant, mut skip: u64) -> Option<(Instant, u64)> {
        let at = self.buckets.partition_point(|(bucket, _)| *bucket < self.bucket(from));
        for (bucket, count) in &self.buckets[at..] {
            if skip < u64::from(*count) {
                return Some((self.start(*bucket), skip));
            }
            skip -= u64::from(*count);
        }
        None
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

#[cfg(test)]
mod tests;
