//! What a client chooses of a set: `$filter`, `$orderby` and `$select`.

use jiff::tz::TimeZone;
use trunklog_audit::FilterShape;
use trunklog_odata::expr::{Direction, Expr, Kind, Node, OrderBy};
use trunklog_odata::{Error, QueryOptions, filter};
use trunklog_records::TimeRange;
use trunklog_records::masking::Mask;
use trunklog_store::{Columns, Selection};

use super::dates::{range_of, without_dates};
use super::sets::{LAST_CHANGE, LOCAL_DATE, Set, Source};
use super::shape::SetShape;

/// What a client chooses of a set.
pub(super) struct Choice {
    /// The times of the entities: what the filter says of them.
    range: TimeRange,
    /// What else the filter says.
    filter: Option<Expr>,
    order: Vec<OrderBy>,
    /// The indices of the properties that are shown, in their order.
    pub(super) layout: Vec<usize>,
    /// Whether the client named them.
    pub(super) selected: bool,
}

impl Choice {
    /// # Errors
    /// 400 for an option that cannot be read, does not fit the set or is not one of
    /// those that `$metadata` says it has.
    pub(super) fn of(set: &'static Set, options: &QueryOptions, zone: &TimeZone) -> Result<Choice, Error> {
        let shape = SetShape(set);
        let alias = |name: &str| options.alias(name);
        let filter = options.filter().map(|text| filter::parse(text, &shape, &alias)).transpose()?;
        let (range, filter) = range_and_filter(set, filter, zone)?;
        let order = options.order_by().map(|text| filter::order_by(text, &shape)).transpose()?;
        let order = ordered(set, order.unwrap_or_default())?;
        let selected = options.select().map(|text| filter::select(text, &shape)).transpose()?.flatten();
        let mut layout = set.layout();
        if let Some(selected) = &selected {
            layout.retain(|at| selected.contains(at));
        }
        Ok(Choice { range, filter, order, layout, selected: selected.is_some() })
    }

    /// The times that are chosen, and how else entities are, without values.
    pub(super) fn told(&self, set: &Set) -> (TimeRange, Option<FilterShape>) {
        let shape = self.filter.as_ref().map(|filter| FilterShape::of(filter, &|at| Some(set.property(at))));
        (self.range, shape)
    }

    /// The chosen rows for a reader with that mask, who finds in numbers what is
    /// seen of them.
    pub(super) fn selection(&self, set: &Set, mask: Mask) -> Selection {
        let log = set.log;
        let masked = |by: &Expr| mask.expr(log, by.clone());
        let mut columns: Vec<usize> =
            self.layout.iter().copied().filter(|at| *at < log.properties.len()).collect();
        columns.sort_unstable();
        mask.columns(log, &mut columns);
        let ordered =
            |criterion: &OrderBy| OrderBy { by: masked(&criterion.by), direction: criterion.direction };
        Selection {
            log,
            range: self.range,
            filter: self.filter.as_ref().map(masked),
            order: self.order.iter().map(ordered).collect(),
            columns: Columns::Only(columns),
        }
    }
}

fn range_and_filter(
    set: &Set,
    filter: Option<Expr>,
    zone: &TimeZone,
) -> Result<(TimeRange, Option<Expr>), Error> {
    let time = set.log.time_index();
    let Some(filter) = filter else { return Ok((TimeRange::ALL, None)) };
    let filter = without_dates(filter, (set.date, time), zone);
    let named = filter.properties();
    if named.contains(&set.change) {
        let message = format!("{LAST_CHANGE} cannot be filtered.");
        let hint = "it is the time of the newest commit, the same for all entities of an answer";
        return Err(Error::bad_request(message).hint(hint));
    }
    if named.contains(&set.date) {
        let message = format!("{LOCAL_DATE} can only be compared with dates.");
        let hint = format!("write {LOCAL_DATE} ge 2026-11-01 and {LOCAL_DATE} lt 2026-12-01");
        return Err(Error::bad_request(message).hint(hint));
    }
    Ok(range_of(Some(filter), time))
}

/// The order over the properties of the log alone.
fn ordered(set: &Set, mut order: Vec<OrderBy>) -> Result<Vec<OrderBy>, Error> {
    match set.source {
        Source::Rows => {
            // It is the same for all rows of a walk.
            order.retain(|criterion| criterion.by.node != Node::Property(set.change));
            if let Some(last) = order.last_mut()
                && last.by.node == Node::Property(set.date)
            {
                // Nothing else decides among the rows of a day.
                last.by = Expr::new(Kind::Instant, Node::Property(set.log.time_index()));
            }
            let is_stored = |criterion: &OrderBy| {
                let named = criterion.by.properties();
                !named.contains(&set.date) && !named.contains(&set.change)
            };
            if order.iter().all(is_stored) {
                return Ok(order);
            }
            let message =
                format!("{LOCAL_DATE} and {LAST_CHANGE} can only be the last criterion of an order.");
            Err(Error::bad_request(message).hint(format!("order by {} instead", set.log.time)))
        }
        // They come by their times; nothing is kept that had another order.
        Source::Sums(_) => {
            let first = [set.log.time_index(), set.date];
            let is_so = order.iter().enumerate().all(|(at, criterion)| {
                let Node::Property(named) = criterion.by.node else { return false };
                criterion.direction == Direction::Ascending
                    && (first.contains(&named) || (at > 0 && named == set.log.id_index()))
            });
            // What orders by the date first lets no id come before the time.
            let starts_with_time = order.first().is_none_or(|criterion| {
                criterion.by.node == Node::Property(set.log.time_index()) || order.len() == 1
            });
            if is_so && starts_with_time {
                return Ok(Vec::new());
            }
            let message = format!("The set {} has one order.", set.name);
            Err(Error::bad_request(message)
                .hint(format!("leave $orderby out, or order by {} alone", set.log.time)))
        }
    }
}

#[cfg(test)]
mod tests {
    use trunklog_odata::Profile;

    use super::*;
    use crate::feed::sets::sets;

    fn choice(set: &str, query: &str) -> Result<Choice, Error> {
        let set = sets().iter().find(|of| of.name == set).unwrap();
        Choice::of(set, &QueryOptions::parse(query, Profile::Default)?, &TimeZone::UTC)
    }

    #[test]
    fn orders_are_those_that_a_store_has() {
        for (set, order, criteria) in [
            ("calls", "duration desc", Some(1)),
            ("calls", "lastChangeDateTime desc", Some(0)),
            ("calls", "localDate desc", Some(1)),
            ("calls", "duration,localDate desc", Some(2)),
            ("calls", "localDate,duration", None),
            ("calls", "year(localDate)", None),
            ("trunkHours", "startDateTime", Some(0)),
            ("trunkHours", "startDateTime asc,id", Some(0)),
            ("trunkHours", "localDate", Some(0)),
            ("trunkHours", "localDate,id", None),
            ("trunkHours", "id", None),
            ("trunkHours", "startDateTime desc", None),
            ("trunkHours", "attempts", None),
        ] {
            let found = choice(set, &format!("$orderby={order}")).ok().map(|choice| choice.order.len());
            assert_eq!(found, criteria, "{set} {order}");
        }
    }

    #[test]
    fn what_cannot_be_filtered_is_refused() {
        for (set, filter) in [
            ("calls", "lastChangeDateTime ge 2026-11-01T00:00:00Z"),
            ("calls", "year(localDate) eq 2026"),
            ("calls", "localDate eq 'x'"),
            ("calls", "colour eq 'red'"),
            ("users", "lastChangeDateTime eq null"),
            ("endReasons", "month(localDate) eq 11"),
        ] {
            assert!(choice(set, &format!("$filter={filter}")).is_err(), "{set} {filter}");
        }
        let error = choice("calls", "$filter=colour eq 'red'").err().unwrap();
        assert!(error.message().contains("'trunklog.feed.call'"), "{}", error.message());
    }

    #[test]
    fn enumerations_are_texts() {
        assert!(choice("pstnCalls", "$filter=callDurationSource eq 'neverHeardOf'").is_ok());
    }

    #[test]
    fn columns_are_those_of_the_log() {
        let chosen = choice("smsMessages", "$select=localDate,id,lastChangeDateTime").unwrap();
        let set = &sets()[2];
        assert_eq!((chosen.layout.len(), chosen.selected), (3, true));
        let id = set.log.id_index();
        assert_eq!(chosen.selection(set, Mask::NONE).columns, Columns::Only(vec![id]));
    }
}
