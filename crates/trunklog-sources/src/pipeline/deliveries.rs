//! What an import brought, as ledgers have it.

use trunklog_ledger::{Counts, Delivery};
use trunklog_records::Log;

use super::summary::Summary;

impl Summary {
    /// What came in each log, and of the source as a whole, which is the last.
    ///
    /// Records that are no rows belong to the log that all of them had to belong to
    /// (`asked_for`), or to the only one that there is; where nobody knows their log,
    /// they belong to the source alone. So do the records that the source said there
    /// would be.
    pub fn deliveries(
        &self,
        asked_for: Option<&'static Log>,
        expected: Option<u64>,
    ) -> Vec<(Option<&'static Log>, Delivery)> {
        let logs: Vec<&'static Log> =
            self.appended_by_log.keys().filter_map(|name| Log::by_name(name)).collect();
        let of_rest = match (asked_for, logs.as_slice()) {
            (Some(log), _) => logs.contains(&log).then_some(log),
            (None, [only]) => Some(*only),
            (None, _) => None,
        };
        let rejected = self.rejected_total();
        let mut deliveries = Vec::new();
        for log in logs {
            let rows = self.appended_by_log.get(log.name).copied().unwrap_or_default();
            let times = self.times_by_log.get(log.name);
            let has_rest = of_rest == Some(log);
            let rejected = if has_rest { rejected } else { 0 };
            let counts = Counts {
                deliveries: 1,
                expected: expected.filter(|_| has_rest),
                late: times.map_or(0, |times| times.late),
                ..Counts::of_rows(rows, rejected)
            };
            let newest = times.and_then(|times| times.newest_past);
            deliveries.push((Some(log), Delivery { counts, newest, ..Delivery::default() }));
        }
        let mut counts = Counts { deliveries: 1, ..Counts::default() };
        if of_rest.is_none() {
            counts = Counts { received: rejected, rejected, ..counts };
        }
        deliveries.push((None, Delivery { counts, ..Delivery::default() }));
        deliveries
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Instant;
    use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
    use trunklog_store::AppendCounts;

    use super::*;
    use crate::pipeline::RowTimes;

    fn summary(logs: &[&'static Log]) -> Summary {
        let mut summary = Summary::default();
        let at = Instant::from_date(2026, 11, 24).unwrap();
        for log in logs {
            let rows =
                AppendCounts { new: 3, updated: 2, unchanged: 1, superseded: 3, withheld: 1, ambiguous: 2 };
            summary.appended_by_log.insert(log.name, rows);
            let times = RowTimes { oldest: at, newest: at, newest_past: Some(at), late: 1 };
            summary.times_by_log.insert(log.name, times);
        }
        summary.rejected.add("not valid JSON");
        summary
    }

    #[test]
    fn what_was_rejected_belongs_to_the_log_if_there_is_one() {
        let told = |summary: &Summary, asked: Option<&'static Log>, expected: Option<u64>| -> Vec<_> {
            let all = summary.deliveries(asked, expected);
            let part = |(log, delivery): &(Option<&'static Log>, Delivery)| {
                let Counts { received, rejected, expected, .. } = delivery.counts;
                (log.map(|log| log.name), received, rejected, expected)
            };
            all.iter().map(part).collect()
        };
        let calls = DIRECT_ROUTING_CALLS.name;
        let one = summary(&[&DIRECT_ROUTING_CALLS]);
        let alone = [(Some(calls), 11, 1, Some(20)), (None, 0, 0, None)];
        assert_eq!(told(&one, None, Some(20)), alone);
        assert_eq!(told(&one, Some(&DIRECT_ROUTING_CALLS), Some(20)), alone);
        let both = summary(&[&DIRECT_ROUTING_CALLS, &SMS]);
        let apart = [(Some(calls), 10, 0, None), (Some(SMS.name), 10, 0, None), (None, 1, 1, None)];
        assert_eq!(told(&both, None, Some(20)), apart);
        assert_eq!(told(&summary(&[]), Some(&SMS), None), [(None, 1, 1, None)]);
        let (_, delivery) = one.deliveries(None, None)[0];
        assert_eq!((delivery.counts.duplicate, delivery.counts.late, delivery.counts.ambiguous), (5, 1, 2));
        assert_eq!(delivery.newest, Instant::from_date(2026, 11, 24).ok());
    }
}
