//! How many channels were busy, bucket after bucket.

use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::Store;

use super::busy::{self, Channels, MIXED_COMMITS, busy, of_one_commit};
use super::shared::{self, Told, answer};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::calendar::Bucket;
use crate::plan::Times;
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column, Source};

/// Busy channels by bucket.
pub(crate) static CONCURRENCY: Report = Report {
    key: "concurrency",
    log: &DIRECT_ROUTING_CALLS,
    level: Level::Aggregate,
    takes: TAKES,
    columns,
    run,
};

const TAKES: Takes = Takes {
    buckets: Buckets::Always(Bucket::Auto),
    by: &[Dimension::Trunk, Dimension::Direction],
    filter: true,
    compare: true,
    top: None,
    extras: &[],
    call: false,
};

/// The longest range that has minutes unless other buckets are asked for: a day,
/// even one in which clocks go back.
const LONGEST_OF_MINUTES: i64 = 25 * Instant::TICKS_PER_HOUR;

fn columns() -> Vec<Column> {
    shared::columns(&TAKES, busy::columns())
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = Times::of(ask, Some(bucket(ask)))?;
    let by = ask.by.as_slice();
    let ((now, before), commit, is_mixed) = of_one_commit(|| {
        let now = busy(store, ask, &times.now, by)?;
        let mut commits = now.commits.clone();
        let before = match &times.earlier {
            Some(earlier) => Some(busy(store, ask, &earlier.window, by)?),
            None => None,
        };
        commits.extend(before.iter().flat_map(|before| before.commits.iter().copied()));
        Ok(((now, before), commits))
    })?;
    let mut source = Source::default();
    for part in now.sources.iter().chain(before.iter().flat_map(|before| &before.sources)) {
        source.add(*part);
    }
    let before = before.map(|before| before.groups);
    let tell = |channels: &Channels, range| channels.values(range);
    let (table, compared) =
        shared::tables(&TAKES, &times, by, busy::columns(), &now.groups, before.as_ref(), tell)?;
    let notes = if is_mixed { vec![MIXED_COMMITS] } else { Vec::new() };
    Ok(answer(CONCURRENCY.key, ask, &times, by, Told { table, compared, source, commit, notes }))
}

/// What is asked for; else what suits the range.
fn bucket(ask: &Ask) -> Bucket {
    match ask.bucket {
        Some(bucket) if bucket != Bucket::Auto => bucket,
        _ if ask.range.end().ticks() - ask.range.from().ticks() <= LONGEST_OF_MINUTES => Bucket::Minute,
        _ => Bucket::Hour,
    }
}
