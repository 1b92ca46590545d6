//! The period that rows sum up which say nothing of the time.

use trunklog_odata::Instant;
use trunklog_records::{Log, Value};

/// The period that rows of a summary sum up, which only the one who saved them knows.
///
/// Its end is not part of it. Without an end, all rows from its start on that
/// the store can sum up itself take the place of those that were saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    start: Instant,
    end: Option<Instant>,
}

impl Period {
    /// None when it would not end after its start.
    pub fn new(start: Instant, end: Option<Instant>) -> Option<Period> {
        end.is_none_or(|end| start < end).then_some(Period { start, end })
    }

    /// When it starts.
    pub fn start(self) -> Instant {
        self.start
    }

    /// The first moment after it; None where it has no end.
    pub fn end(self) -> Option<Instant> {
        self.end
    }

    /// What rows of `log` get of it where they lack it: indices of properties,
    /// with their values. Nothing where its rows sum up no period.
    pub(crate) fn usual(self, log: &'static Log) -> Vec<(usize, Value<'static>)> {
        let Some(end_index) = log.period_end_index() else { return Vec::new() };
        let start = (log.time_index(), Value::Instant(self.start));
        let end = self.end.map(|end| (end_index, Value::Instant(end)));
        [Some(start), end].into_iter().flatten().collect()
    }

    /// Tells it from other periods.
    pub(crate) fn key(self) -> String {
        format!("{}/{}", self.start, self.end.map_or_else(String::new, |end| end.to_string()))
    }

    /// What to know when rows of `log` got this period.
    pub(crate) fn warning(self, log: &Log) -> Option<String> {
        let (Some(summary), None) = (log.summary(), self.end) else { return None };
        Some(format!(
            "rows of {} came without --period-end: a range that has {} to sum up, from {} on, leaves them out; \
             to have both, import them again with --period-end",
            log.name, summary.of.name, self.start
        ))
    }
}
