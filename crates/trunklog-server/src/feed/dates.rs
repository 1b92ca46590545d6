//! Dates of a zone and ranges of time in filters.
//!
//! Tools that load day after day filter on a date or an instant, from one on and
//! before another. What such a filter says becomes the range that a store reads
//! ([`range_of`]); of a local date that is so because it says the same as a
//! condition on the entity's time ([`without_dates`]).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node};
use trunklog_records::TimeRange;

/// The expression with what it says of the date, the property at that index, said of
/// the time instead. What cannot be said so still names the date.
///
/// A date is written as a literal without a time, which is read as the midnight at
/// which it starts in UTC.
pub(super) fn without_dates(expr: Expr, (date, time): (usize, usize), zone: &TimeZone) -> Expr {
    let is_date = |part: &Expr| part.node == Node::Property(date);
    let by_time = Times { time, zone };
    expr.map(&mut |part: Expr| {
        let said = match &part.node {
            Node::Compare(by, left, right) if is_date(left) => {
                literal(right).and_then(|day| by_time.compared(*by, day))
            }
            Node::Compare(by, left, right) if is_date(right) => {
                literal(left).and_then(|day| by_time.compared(turned(*by), day))
            }
            Node::In(of, days) if is_date(of) => by_time.one_of(days),
            // There always is one.
            Node::IsNull(of) if is_date(of) => Some(Expr::literal(Literal::Bool(false))),
            _ => None,
        };
        said.unwrap_or(part)
    })
}

/// The range of time that a filter is about, and what else it says: conditions
/// that all entities satisfy are taken from it where they compare the time, the
/// property at that index, with an instant.
pub(super) fn range_of(filter: Option<Expr>, time: usize) -> (TimeRange, Option<Expr>) {
    let mut range = TimeRange::ALL;
    let mut rest = Vec::new();
    let mut parts: Vec<Expr> = filter.into_iter().collect();
    while let Some(part) = parts.pop() {
        match part.node {
            // Taken from the end, so that they keep their order.
            Node::And(inside) => parts.extend(inside.into_iter().rev()),
            node => {
                let part = Expr::new(part.kind, node);
                match narrowed(range, &part, time) {
                    Some(narrower) => range = narrower,
                    None => rest.push(part),
                }
            }
        }
    }
    let rest = match rest.len() {
        0 => None,
        1 => rest.pop(),
        _ => Some(Expr::new(Kind::Bool, Node::And(rest))),
    };
    (range, rest)
}

/// What of a range satisfies a condition; None when that is no range.
fn narrowed(range: TimeRange, condition: &Expr, time: usize) -> Option<TimeRange> {
    let Node::Compare(by, left, right) = &condition.node else { return None };
    let is_time = |side: &Expr| side.node == Node::Property(time);
    let (by, at) = match (is_time(left), literal(right), is_time(right), literal(left)) {
        (true, Some(at), _, _) => (*by, at),
        (_, _, true, Some(at)) => (turned(*by), at),
        _ => return None,
    };
    let after = at.saturating_add_ticks(1);
    Some(match by {
        Comparison::Equal => range.since(at).until(after),
        Comparison::Greater => range.since(after),
        Comparison::GreaterOrEqual => range.since(at),
        Comparison::Less => range.until(at),
        Comparison::LessOrEqual => range.until(after),
        Comparison::NotEqual => return None,
    })
}

fn literal(expr: &Expr) -> Option<Instant> {
    match expr.node {
        Node::Literal(Literal::Instant(at)) => Some(at),
        _ => None,
    }
}

/// The comparison with its sides exchanged.
fn turned(by: Comparison) -> Comparison {
    match by {
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Equal | Comparison::NotEqual => by,
    }
}

/// Makes conditions on the time of conditions on its date.
struct Times<'a> {
    time: usize,
    zone: &'a TimeZone,
}

impl Times<'_> {
    /// That the date is so compared with a day; None when that is no day.
    fn compared(&self, by: Comparison, day: Instant) -> Option<Expr> {
        let (start, end) = self.day(day)?;
        let within = [(Comparison::GreaterOrEqual, start), (Comparison::Less, end)];
        Some(match by {
            Comparison::Equal => self.joined(Node::And, within),
            Comparison::NotEqual => {
                self.joined(Node::Or, [(Comparison::Less, start), (Comparison::GreaterOrEqual, end)])
            }
            Comparison::Greater => self.condition(Comparison::GreaterOrEqual, end),
            Comparison::GreaterOrEqual => self.condition(Comparison::GreaterOrEqual, start),
            Comparison::Less => self.condition(Comparison::Less, start),
            Comparison::LessOrEqual => self.condition(Comparison::Less, end),
        })
    }

    /// That the date is one of some days.
    fn one_of(&self, days: &[Literal]) -> Option<Expr> {
        let each = days.iter().map(|day| match day {
            Literal::Instant(day) => self.compared(Comparison::Equal, *day),
            _ => None,
        });
        Some(Expr::new(Kind::Bool, Node::Or(each.collect::<Option<_>>()?)))
    }

    /// When a day starts and ends in the zone.
    fn day(&self, day: Instant) -> Option<(Instant, Instant)> {
        if day.ticks().rem_euclid(Instant::TICKS_PER_DAY) != 0 {
            return None;
        }
        let next = day.saturating_add_ticks(Instant::TICKS_PER_DAY);
        // Outside the calendar a zone counts as UTC does.
        let start = |day: Instant| start_of(day, self.zone).unwrap_or(day);
        Some((start(day), start(next)))
    }

    fn condition(&self, by: Comparison, at: Instant) -> Expr {
        let time = Expr::new(Kind::Instant, Node::Property(self.time));
        let at = Expr::literal(Literal::Instant(at));
        Expr::new(Kind::Bool, Node::Compare(by, Box::new(time), Box::new(at)))
    }

    fn joined(&self, by: impl Fn(Vec<Expr>) -> Node, parts: [(Comparison, Instant); 2]) -> Expr {
        Expr::new(Kind::Bool, by(parts.into_iter().map(|(by, at)| self.condition(by, at)).collect()))
    }
}

/// When a date starts in a zone. It is given as the midnight at which it starts in
/// UTC.
fn start_of(midnight: Instant, zone: &TimeZone) -> Option<Instant> {
    let date = TimeZone::UTC.to_datetime(timestamp(midnight)?).date();
    let start = zone.to_timestamp(DateTime::from(date)).ok()?;
    Instant::from_ticks(i64::try_from(start.as_nanosecond().div_euclid(100)).ok()?).ok()
}

fn timestamp(at: Instant) -> Option<Timestamp> {
    Timestamp::from_nanosecond(i128::from(at.ticks()) * 100).ok()
}

#[cfg(test)]
mod tests {
    use trunklog_odata::filter;

    use super::*;
    use crate::feed::sets::{Set, sets};
    use crate::feed::shape::SetShape;

    fn calls() -> &'static Set {
        &sets()[0]
    }

    /// The range of a filter and whether it says more.
    fn range(text: &str, zone: &str) -> (String, String, bool) {
        let set = calls();
        let filter = filter::parse(text, &SetShape(set), &|_| None).unwrap();
        let time = set.log.time_index();
        let zone = TimeZone::get(zone).unwrap();
        let (range, rest) = range_of(Some(without_dates(filter, (set.date, time), &zone)), time);
        (range.from().to_string(), range.end().to_string(), rest.is_some())
    }

    #[test]
    fn instants_and_dates_become_the_range() {
        let (first, last) = (Instant::ABSENT.to_string(), Instant::MAX.to_string());
        for (text, zone, from, end) in [
            // As Power BI writes incremental refresh.
            (
                "startDateTime ge 2026-11-01T00:00:00Z and startDateTime lt 2026-12-01T00:00:00Z",
                "Europe/Berlin",
                "2026-11-01T00:00:00Z",
                "2026-12-01T00:00:00Z",
            ),
            (
                "localDate ge 2026-11-01 and localDate lt 2026-12-01",
                "Europe/Berlin",
                "2026-10-31T23:00:00Z",
                "2026-11-30T23:00:00Z",
            ),
            // The day with 25 hours.
            ("localDate eq 2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
            ("2026-10-25 eq localDate", "UTC", "2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z"),
            ("localDate gt 2026-11-01", "Asia/Kolkata", "2026-11-01T18:30:00Z", &last),
            ("2026-11-01 ge localDate", "Asia/Kolkata", &first, "2026-11-01T18:30:00Z"),
            ("startDateTime gt 2026-11-01T00:00:00Z", "UTC", "2026-11-01T00:00:00.0000001Z", &last),
            ("2026-11-01T00:00:00Z ge startDateTime", "UTC", &first, "2026-11-01T00:00:00.0000001Z"),
            // What contradicts itself is nothing.
            (
                "localDate lt 2026-11-01 and localDate gt 2026-11-02",
                "UTC",
                "2026-11-01T00:00:00Z",
                "2026-11-01T00:00:00Z",
            ),
        ] {
            assert_eq!(range(text, zone), (from.to_owned(), end.to_owned(), false), "{text}");
        }
    }

    #[test]
    fn other_conditions_stay() {
        for text in [
            "duration gt 60 and startDateTime ge 2026-11-01",
            "(duration gt 60 and localDate ge 2026-11-01) and successfulCall",
            "startDateTime ge 2026-11-01 and startDateTime ne 2026-11-02",
        ] {
            let (from, _, has_rest) = range(text, "UTC");
            assert_eq!((from.as_str(), has_rest), ("2026-11-01T00:00:00Z", true), "{text}");
        }
        for text in [
            "startDateTime ge 2026-11-01 or duration gt 60",
            "not (startDateTime ge 2026-11-01)",
            "localDate in (2026-11-01,2026-11-03)",
            "localDate ne 2026-11-01",
        ] {
            let (from, _, has_rest) = range(text, "UTC");
            assert_eq!((from, has_rest), (Instant::ABSENT.to_string(), true), "{text}");
        }
    }

    #[test]
    fn what_is_no_condition_on_a_day_still_names_the_date() {
        let set = calls();
        let names_date = |text: &str| {
            let filter = filter::parse(text, &SetShape(set), &|_| None).unwrap();
            let said = without_dates(filter, (set.date, set.log.time_index()), &TimeZone::UTC);
            said.properties().contains(&set.date)
        };
        for text in
            ["year(localDate) eq 2026", "localDate ge 2026-11-01T05:00:00Z", "localDate eq endDateTime"]
        {
            assert!(names_date(text), "{text}");
        }
        for text in ["localDate eq null", "localDate ne 2026-11-01", "not (localDate in (2026-11-01))"] {
            assert!(!names_date(text), "{text}");
        }
    }
}
