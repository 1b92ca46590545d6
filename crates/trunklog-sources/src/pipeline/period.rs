//! The period that rows sum up which say nothing of the time.

use trunklog_odata::Instant;
use trunklog_records::json::RowDecoder;
use trunklog_records::schema::Origin;
use trunklog_records::{Log, Value};

/// The period that rows of a summary sum up, which whoever saved them knows.
///
/// Its end is no part of it. Without an end, all rows from its start on that
/// the store can sum up itself take the place of those that were saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    start: Instant,
    end: Option<Instant>,
}

impl Period {
    /// None when it would not end behind its start.
    pub fn new(start: Instant, end: Option<Instant>) -> Option<Period> {
        end.is_none_or(|end| start < end).then_some(Period { start, end })
    }

    /// A decoder of `log`. Where its rows sum up a period, it gives them what
    /// they lack of this one.
    pub(super) fn decoder(self, log: &'static Log) -> RowDecoder {
        let decoder = RowDecoder::new(log);
        let Some(end_index) = log.period_end_index() else { return decoder };
        let decoder = decoder.with_usual(log.time_index(), Value::Instant(self.start));
        match self.end {
            Some(end) => decoder.with_usual(end_index, Value::Instant(end)),
            None => decoder,
        }
    }

    /// What to know when rows of `log` got this period.
    pub(super) fn warning(self, log: &Log) -> Option<String> {
        let (Origin::Computed(summary), None) = (log.origin, self.end) else { return None };
        Some(format!(
            "rows of {} came without --period-end: a range that has {} to sum up, begun at {} or later, leaves \
             them out; to have both, import them again with --period-end",
            log.name, summary.of.name, self.start
        ))
    }
}
