//! Calls of an organisation that does not exist.
//!
//! For the demonstration, benchmarks and tests: they look like what Graph
//! returns for a real tenant, so that pages, reports and figures look real,
//! too. The same options give the same rows on every machine: all arithmetic
//! is done in whole numbers. Names are made up, and numbers come from the
//! ranges that regulators keep free for films.

mod calls;
mod columns;
mod dice;
mod directory;
mod endings;
mod numbers;
mod rhythm;
mod spans;
mod trunks;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, Rows};

use calls::Calls;
use columns::Columns;

pub use trunks::Trunk;

/// Instants are made of whole milliseconds, as Graph's are.
const TICKS_PER_MS: i64 = 10_000;

/// What to make up.
#[derive(Debug, Clone)]
pub struct SyntheticOptions {
    /// Another seed gives another organisation with other calls.
    pub seed: u64,
    /// How many rows there are.
    pub rows: u64,
    /// The first instant at which a call may start.
    pub from: Instant,
    /// The first instant at which no call may start any more.
    pub to: Instant,
    /// How many users make and take calls.
    pub users: u32,
    /// The trunks. One of them has a bad day.
    pub trunks: Vec<Trunk>,
    /// Where the users work: business hours are those of this zone.
    pub zone: TimeZone,
}

/// Options that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyntheticError {
    /// No call can start between `from` and `to`.
    #[error("there is no whole millisecond between the begin and the end")]
    EmptyRange,
    /// Calls need users.
    #[error("at least one user is needed")]
    NoUsers,
    /// Calls need trunks.
    #[error("at least one trunk with a share of the calls is needed")]
    NoTrunks,
}

/// Makes up the rows of `directRoutingCalls`, in the order of their time.
///
/// Holds the directory of users and the calls that go on at one moment,
/// however many rows there are.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_sources::synthetic::{SyntheticCalls, SyntheticOptions};
///
/// let day = |day| Instant::from_date(2026, 11, day).unwrap();
/// let mut calls = SyntheticCalls::new(SyntheticOptions::new(1_000, day(23), day(24))).unwrap();
/// let mut rows = 0;
/// while let Some(batch) = calls.next_batch(300) {
///     rows += batch.len();
/// }
/// assert_eq!(rows, 1_000);
/// ```
#[derive(Debug)]
pub struct SyntheticCalls {
    calls: Calls,
    columns: Columns,
}

impl SyntheticOptions {
    /// `rows` calls of a company of 250 with four trunks in Central Europe,
    /// starting from `from` up to and without `to`.
    pub fn new(rows: u64, from: Instant, to: Instant) -> SyntheticOptions {
        SyntheticOptions {
            seed: 1,
            rows,
            from,
            to,
            users: 250,
            trunks: trunks::usual(),
            // Rules instead of a zone's name: no machine's own data is asked.
            zone: TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3")
                .expect("the text follows the grammar of POSIX"),
        }
    }
}

impl SyntheticCalls {
    /// A generator of the calls that `options` ask for.
    ///
    /// # Errors
    /// When there can be no such calls.
    pub fn new(options: SyntheticOptions) -> Result<SyntheticCalls, SyntheticError> {
        Ok(SyntheticCalls { calls: Calls::new(options)?, columns: Columns::new() })
    }

    /// The next rows, at most `max_rows` and at least one; None when all were
    /// given out.
    pub fn next_batch(&mut self, max_rows: usize) -> Option<Rows> {
        let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
        while rows.len() < max_rows.max(1) {
            let Some(call) = self.calls.next_call() else { break };
            self.columns.write(&call, self.calls.directory(), self.calls.trunks(), &mut rows);
        }
        (!rows.is_empty()).then(|| rows.finish())
    }
}

#[cfg(test)]
mod tests;
