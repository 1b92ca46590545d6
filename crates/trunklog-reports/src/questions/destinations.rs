//! Countries that are called, and that call.
//!
//! Cubes know the country of whole numbers. Where an hour may hold few calls, or a
//! filter looks at them one by one, a masked reader is told the country of what it
//! sees of a number: else the country would tell a hidden digit.

use std::collections::BTreeMap;

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::{ReportValue, Selection, Store, Watermark};

use super::figures;
use super::groups::{Ranked, all, filled, ranked};
use super::scan::{named, scan};
use super::shared::{Told, dimension_value, figure_values, figures as figure_columns};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::countries::Country;
use crate::cubes::countries;
use crate::facts::{Fact, Facts};
use crate::plan::{BY_COUNTRY, Found, Group, Plan, Window, choose};
use crate::report::{Level, Report, Takes};
use crate::seen::seen_country;
use crate::table::{Answer, Column, Kind, Source, Table, Value};
use crate::totals::Totals;

/// Where calls go, and where they come from.
pub(crate) static DESTINATIONS: Report = Report {
    key: "destinations",
    log: &DIRECT_ROUTING_CALLS,
    level: Level::Aggregate,
    takes: Takes { by: &BY, filter: true, compare: true, top: Some(TOP), ..Takes::NOTHING },
    columns,
    run,
};

const BY: [Dimension; 2] = [Dimension::Trunk, Dimension::Direction];

const TOP: usize = 100;

/// Key figures that are told.
const FIGURES: [&str; 5] = ["attempts", "answered", "asr", "minutes", "acd"];

/// Country, trunk and direction. Those that are not asked for are null.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    country: ReportValue,
    trunk: ReportValue,
    direction: ReportValue,
}

type Totalled = BTreeMap<Place, Totals>;

fn columns() -> Vec<Column> {
    let mut columns = vec![
        Column::key("country", Kind::Text),
        Column::optional("trunk", Kind::Text),
        Column::optional("direction", Kind::Word),
    ];
    columns.extend(figure_columns(&FIGURES));
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let all_of_it = Window::whole(ask.range);
    let (_, is_kept) = choose(ask, &all(&[BY_COUNTRY], &all_of_it, &ask.by, &["country"]))?;
    let mut ranges = vec![cut(ask, is_kept, ask.range)];
    ranges.extend(figures::earlier(ask).map(|range| cut(ask, is_kept, range)));
    let mut plan = Plan::new(ask);
    for range in &ranges {
        plan.add(&all(&[BY_COUNTRY], &range.whole, &ask.by, &["country"]))?;
    }
    let Found { counted, mut source, commit } = plan.run(store)?;
    let mut totals = Vec::new();
    for (range, counted) in ranges.iter().zip(counted) {
        let mut of_range = Totalled::new();
        for group in counted.groups {
            of_range.entry(Place::of_group(ask, &group)).or_default().add(&totals_of(&group.sums));
        }
        for end in &range.ends {
            count_rows(store, ask, *end, commit, &mut of_range, &mut source)?;
        }
        totals.push(of_range);
    }
    let mut totals = totals.into_iter();
    let (now, before) = (totals.next().unwrap_or_default(), totals.next());
    let columns: Vec<Column> = columns().into_iter().filter(|column| is_asked(ask, column)).collect();
    let (mut table, mut compared) = (Table::new(columns.clone()), Table::new(columns));
    for Ranked { key, now, before } in ranked(now, before, ask.top.or(Some(TOP)), |totals| totals.rows) {
        table.rows.push(key.row(ask, &now));
        compared.rows.extend(before.map(|before| key.row(ask, &before)));
    }
    let compared = ask.compare.map(|_| compared);
    figures::answer(ask, DESTINATIONS.key, Told { table, compared, source, commit, notes: Vec::new() })
}

fn is_asked(ask: &Ask, column: &Column) -> bool {
    !column.is_optional || ask.by.iter().any(|dimension| dimension.key() == column.key)
}

/// A range as it is counted.
struct Cut {
    /// What sums tell,
    whole: Window,
    /// and what is read row by row.
    ends: Vec<TimeRange>,
}

/// Cuts a range for a reader: a masked one gets sums of whole hours only, and only
/// where the cube's keys tell all that the filter looks at.
fn cut(ask: &Ask, is_kept: bool, range: TimeRange) -> Cut {
    if ask.mask.is_none() {
        return Cut { whole: Window::whole(range), ends: Vec::new() };
    }
    let from = range.from().saturating_add_ticks((-range.from().ticks()).rem_euclid(Instant::TICKS_PER_HOUR));
    let after = range.end().ticks().rem_euclid(Instant::TICKS_PER_HOUR);
    let end =
        if range.end() == Instant::MAX { range.end() } else { range.end().saturating_add_ticks(-after) };
    if from >= end || !is_kept {
        return Cut { whole: Window::whole(range.until(range.from())), ends: vec![range] };
    }
    let ends = [range.until(from), range.since(end)].into_iter();
    let ends = ends.filter(|end| end.from() < end.end()).collect();
    Cut { whole: Window::whole(range.since(from).until(end)), ends }
}

/// Counts rows by what the reader sees of their numbers.
fn count_rows(
    store: &dyn Store,
    ask: &Ask,
    range: TimeRange,
    commit: Watermark,
    totals: &mut Totalled,
    source: &mut Source,
) -> Result<(), ReportError> {
    let (filter, countries) = ask.filter.apart();
    let columns = named(Facts::PROPERTIES);
    let selection = Selection { filter, columns, ..Selection::all(&DIRECT_ROUTING_CALLS, range) };
    let read = scan(store, selection, commit, &mut |facts| {
        for fact in facts.rows() {
            let country = seen_country(&fact, ask.mask.digits());
            if countries.take(country) {
                totals.entry(Place::of_row(ask, &fact, country)).or_default().add(&totals_of_row(&fact));
            }
        }
        Ok(())
    })?;
    source.from_rows = true;
    source.rows_read = source.rows_read.saturating_add(read);
    Ok(())
}

impl Place {
    fn of_group(ask: &Ask, group: &Group) -> Place {
        let of = |dimension| {
            let at = ask.by.iter().position(|by| *by == dimension);
            at.and_then(|at| group.by.get(at)).cloned().unwrap_or(ReportValue::Null)
        };
        let country = group.keys.first().cloned().unwrap_or(ReportValue::Null);
        Place { country, trunk: of(Dimension::Trunk), direction: of(Dimension::Direction) }
    }

    fn of_row(ask: &Ask, fact: &Fact<'_>, country: Option<Country>) -> Place {
        let text =
            |text: Option<&str>| text.map_or(ReportValue::Null, |text| ReportValue::Text(text.to_owned()));
        let trunk = fact.trunk.filter(|_| ask.by.contains(&Dimension::Trunk));
        let direction = fact.direction.filter(|_| ask.by.contains(&Dimension::Direction));
        let direction = figures::direction_key(direction);
        Place { country: text(country.map(Country::code)), trunk: text(trunk), direction }
    }

    fn row(&self, ask: &Ask, totals: &Totals) -> Vec<Value> {
        let mut row = vec![Value::maybe_text(filled(&self.country))];
        for (dimension, value) in [(Dimension::Trunk, &self.trunk), (Dimension::Direction, &self.direction)] {
            if ask.by.contains(&dimension) {
                row.push(dimension_value(dimension, value));
            }
        }
        row.extend(figure_values(&FIGURES, totals));
        row
    }
}

/// What the sums of a group tell.
fn totals_of(sums: &[i64]) -> Totals {
    Totals {
        rows: sums[countries::ROWS],
        answered: sums[countries::ANSWERED],
        duration_s: sums[countries::DURATION_S],
        duration_n: sums[countries::DURATION_N],
        ..Totals::default()
    }
}

/// The same of a row.
fn totals_of_row(fact: &Fact<'_>) -> Totals {
    let duration = fact.duration.filter(|_| fact.is_answered() && !fact.is_odd());
    Totals {
        rows: 1,
        answered: i64::from(fact.is_answered()),
        duration_s: duration.unwrap_or(0),
        duration_n: i64::from(duration.is_some()),
        ..Totals::default()
    }
}

#[cfg(test)]
mod tests;
