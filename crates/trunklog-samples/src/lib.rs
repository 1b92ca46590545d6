//! The logs of an organisation that does not exist.
//!
//! For the demonstration, benchmarks and tests: they look like what Graph
//! returns for a real tenant, so that pages, reports and figures look real,
//! too. All logs are about the same people. The same options give the same
//! rows on every machine: all arithmetic is done in whole numbers. Names are
//! made up, and numbers come from the ranges that regulators keep free for
//! films.
//!
//! Benchmarks compare runs over the same calls, so what is drawn for a log, and
//! in which order, stays as it is.
//!
//! # What this crate must not know
//! Who takes the rows: a store, a file or a test. Nor how rows come in from
//! outside.

mod blocked_users;
mod clock;
mod dice;
mod direct_routing;
mod directory;
mod fields;
mod numbers;
mod pstn;
mod rhythm;
mod sms;
mod spans;
mod tariff;
mod timetable;
mod trunks;

use std::fmt;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_BLOCKED_USERS, PSTN_CALLS, SMS};
use trunklog_records::{Log, RowBuilder, Rows};

use blocked_users::BlockedUsers;
use dice::{Dice, Stream};
use direct_routing::DirectRouting;
use directory::Directory;
use pstn::PstnCalls;
use rhythm::Times;
use sms::Messages;
use timetable::Timetable;

pub use trunks::Trunk;

/// Starts are drawn in milliseconds; instants count units of 100 ns.
const TICKS_PER_MS: i64 = Instant::TICKS_PER_MS;

/// What to make up.
#[derive(Debug, Clone)]
pub struct SyntheticOptions {
    /// Another seed gives another organisation with other calls.
    pub seed: u64,
    /// How many rows there are.
    pub rows: u64,
    /// The first instant at which a row may be: at which its call may start.
    pub from: Instant,
    /// The first instant at which there may be no more rows.
    pub to: Instant,
    /// How many users make and take calls.
    pub users: u32,
    /// The trunks of direct routing. One of them has a bad day.
    pub trunks: Vec<Trunk>,
    /// Where the users work: business hours are those of this zone.
    pub zone: TimeZone,
}

/// Options that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyntheticError {
    /// The log has only computed rows.
    #[error("the rows of {0} are computed from those of other logs")]
    Computed(&'static str),
    /// No call can start between `from` and `to`.
    #[error("there is no whole millisecond between the start and the end")]
    EmptyRange,
    /// Calls need users.
    #[error("at least one user is needed")]
    NoUsers,
    /// Calls need trunks.
    #[error("at least one trunk with a share of the calls is needed")]
    NoTrunks,
}

/// Makes up the rows of one log, in the order of their time.
///
/// Holds the directory of users and what goes on at one moment, however many
/// rows there are.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_records::schema::PSTN_CALLS;
/// use trunklog_samples::{SyntheticLog, SyntheticOptions};
///
/// let day = |day| Instant::from_date(2026, 11, day).unwrap();
/// let options = SyntheticOptions::new(1_000, day(23), day(24));
/// let mut calls = SyntheticLog::new(&PSTN_CALLS, options).unwrap();
/// let mut rows = 0;
/// while let Some(batch) = calls.next_batch(300) {
///     rows += batch.len();
/// }
/// assert_eq!(rows, 1_000);
/// ```
#[derive(Debug)]
pub struct SyntheticLog {
    log: &'static Log,
    maker: Box<dyn Maker>,
}

/// Makes up the rows of one log.
trait Maker: fmt::Debug + Send {
    /// # Errors
    /// When there can be no such rows.
    fn new(options: SyntheticOptions) -> Result<Self, SyntheticError>
    where
        Self: Sized;

    /// Adds the next row; false when all were given out.
    fn write_next(&mut self, rows: &mut RowBuilder) -> bool;
}

/// A log that can be made up.
struct Recipe {
    log: &'static Log,
    /// How many direct-routing calls an organisation has for each of its rows.
    calls_a_row: u64,
    /// How many rows it has beside any number of calls.
    least_rows: u64,
    maker: fn(SyntheticOptions) -> Result<Box<dyn Maker>, SyntheticError>,
}

/// All that are stored, in the order of their functions' documentation.
static RECIPES: &[Recipe] = &[
    Recipe { log: &DIRECT_ROUTING_CALLS, calls_a_row: 1, least_rows: 1, maker: make::<DirectRouting> },
    Recipe { log: &PSTN_CALLS, calls_a_row: 4, least_rows: 96, maker: make::<PstnCalls> },
    Recipe { log: &PSTN_BLOCKED_USERS, calls_a_row: 1_000, least_rows: 24, maker: make::<BlockedUsers> },
    Recipe { log: &SMS, calls_a_row: 20, least_rows: 48, maker: make::<Messages> },
];

/// The logs that can be made up. All others are computed from these.
pub fn logs() -> impl Iterator<Item = &'static Log> {
    RECIPES.iter().map(|recipe| recipe.log)
}

/// How many rows of a log an organisation has beside that many direct-routing
/// calls: a share of them, but at least some dozens if there are any calls.
/// None for a log that is computed.
pub fn rows_beside(log: &Log, calls: u64) -> Option<u64> {
    let recipe = RECIPES.iter().find(|recipe| recipe.log == log)?;
    Some(if calls == 0 { 0 } else { recipe.least_rows.max(calls / recipe.calls_a_row) })
}

impl SyntheticOptions {
    /// `rows` rows of a company of 250 with four trunks in Central Europe,
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

    /// The first millisecond since 1970 at which rows may be, and the first at
    /// which they no longer may.
    fn bounds(&self) -> Result<(i64, i64), SyntheticError> {
        let (begin, end) = (first_ms(self.from), first_ms(self.to));
        if begin < end { Ok((begin, end)) } else { Err(SyntheticError::EmptyRange) }
    }

    /// Who works there; the same people for every log.
    fn directory(&self) -> Result<Directory, SyntheticError> {
        if self.users == 0 {
            return Err(SyntheticError::NoUsers);
        }
        Ok(Directory::new(self.users, &mut Dice::new(self.seed, Stream::Directory)))
    }

    /// When all the rows come.
    fn timetable<P>(&self, times: Stream) -> Result<Timetable<P>, SyntheticError> {
        let (begin, end) = self.bounds()?;
        let times = Times::new(self.seed, times, self.rows, begin, end, &self.zone);
        Ok(Timetable::new(times, self.rows, end))
    }
}

impl SyntheticLog {
    /// A generator of the rows of `log` that `options` ask for.
    ///
    /// # Errors
    /// When there can be no such rows.
    pub fn new(log: &'static Log, options: SyntheticOptions) -> Result<SyntheticLog, SyntheticError> {
        let recipe =
            RECIPES.iter().find(|recipe| recipe.log == log).ok_or(SyntheticError::Computed(log.name))?;
        Ok(SyntheticLog { log, maker: (recipe.maker)(options)? })
    }

    /// The next rows, at most `max_rows` and at least one; None when all were
    /// given out.
    pub fn next_batch(&mut self, max_rows: usize) -> Option<Rows> {
        let mut rows = RowBuilder::new(self.log);
        while rows.len() < max_rows.max(1) && self.maker.write_next(&mut rows) {}
        (!rows.is_empty()).then(|| rows.finish())
    }
}

fn make<M: Maker + 'static>(options: SyntheticOptions) -> Result<Box<dyn Maker>, SyntheticError> {
    Ok(Box::new(M::new(options)?))
}

/// The first whole millisecond that is not before a moment.
fn first_ms(moment: Instant) -> i64 {
    let ticks = moment.ticks();
    ticks.div_euclid(TICKS_PER_MS) + i64::from(ticks.rem_euclid(TICKS_PER_MS) > 0)
}

#[cfg(test)]
mod tests;
