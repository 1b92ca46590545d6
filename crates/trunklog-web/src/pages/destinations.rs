//! `/destinations`: countries that are called, and that call.

use askama::Template;
use trunklog_reports::kpi::definition;
use trunklog_reports::{Answer, Class};

use super::figures::{Figure, before, count, float, text};
use crate::chart::bar;
use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::shell::{Place, Shell};
use crate::state::{Direction, Ends, NONE};
use crate::table::{Cell, Head, Sorting, Table};

/// The page.
#[derive(Debug, Template)]
#[template(path = "destinations.html")]
pub struct DestinationsPage {
    shell: Shell,
    title: String,
    filter_bar: FilterBar,
    choices: Vec<Choice>,
    table: Table,
}

/// A direction that can be chosen.
#[derive(Debug)]
struct Choice {
    href: String,
    title: String,
    is_chosen: bool,
}

/// A country.
struct Row<'a> {
    place: usize,
    /// As an address has it.
    country: &'a str,
    attempts: i64,
    answered: i64,
    asr: Figure,
    minutes: Figure,
    acd: Figure,
    attempts_before: Figure,
}

/// The directions that are offered.
const DIRECTIONS: [Option<Direction>; 3] = [None, Some(Direction::Outbound), Some(Direction::Inbound)];

impl DestinationsPage {
    /// The page; without an answer where none is kept for what is looked at. `seen`
    /// are the trunks that the filter bar offers.
    pub fn new(page: &PageContext, seen: Vec<String>, answer: Option<&Answer>) -> DestinationsPage {
        let title = page.t("nav-destinations");
        let choice = |direction: Option<Direction>| Choice {
            href: page.here(|state| state.direction = direction),
            title: page.t(direction.map_or("direction-all", Direction::name)),
            is_chosen: page.state.direction == direction,
        };
        DestinationsPage {
            shell: Shell::new(page, Place::Destinations),
            filter_bar: FilterBar::new(page, seen),
            choices: DIRECTIONS.into_iter().map(choice).collect(),
            table: table(page, &title, answer),
            title,
        }
    }
}

fn table(page: &PageContext, title: &str, answer: Option<&Answer>) -> Table {
    let sorting = Sorting::of(page, "-attempts");
    let figure = |key: &str| {
        let help = definition(key).map(|definition| definition.help(page.words)).unwrap_or_default();
        Head::number(page.t(&format!("kpi-{key}"))).with_help(help).sortable(page, key, &sorting)
    };
    let heads = vec![
        Head::of(page.t("column-country")).sortable(page, "country", &sorting),
        figure("attempts"),
        Head::number(page.t("reason-change")),
        figure("answered"),
        figure("asr"),
        figure("minutes"),
        figure("acd"),
    ];
    let table = Table::new(title, heads);
    let Some(answer) = answer else { return table.or_why(page, "state-not-kept") };
    let mut table = table.or_why(page, page.emptiness());
    let mut rows = rows(answer);
    sort(&mut rows, &sorting);
    let most = rows.iter().map(|row| row.attempts).max().unwrap_or(0);
    for row in &rows {
        table.row(cells(page, row, most));
    }
    table
}

fn cells(page: &PageContext, row: &Row<'_>, most: i64) -> Vec<Cell> {
    let formats = &page.formats;
    let name = if row.country == NONE { page.t("value-none") } else { row.country.to_owned() };
    let alone = page.here(|state| state.country = Some(row.country.to_owned()));
    let calls = || page.calls(|state| state.country = Some(row.country.to_owned()));
    let answered = || {
        page.calls(|state| {
            state.country = Some(row.country.to_owned());
            state.narrow_ends(Ends::Class(Class::Answered));
        })
    };
    let attempts = Figure { value: Some(float(row.attempts)), ..row.attempts_before };
    let change = attempts.change(row.attempts_before, page);
    vec![
        Cell::name(name).linked(Some(alone)),
        Cell::number(formats.count(row.attempts))
            .linked(calls().filter(|_| row.attempts > 0))
            .drawn(bar(float(row.attempts) / float(most.max(1)), "g-answered")),
        change.map_or_else(Cell::nothing, |change| Cell::number(change.text)),
        Cell::number(formats.count(row.answered)).linked(answered().filter(|_| row.answered > 0)),
        Cell::ratio(page, row.asr.value, row.asr.n.unwrap_or(0))
            .linked(answered().filter(|_| row.answered > 0)),
        Cell::number(row.minutes.told(page)),
        Cell::number(row.acd.told(page)),
    ]
}

fn rows(answer: &Answer) -> Vec<Row<'_>> {
    let table = &answer.table;
    let row = |place: usize| Row {
        place,
        country: text(table, place, "country").unwrap_or(NONE),
        attempts: count(table, place, "attempts"),
        answered: count(table, place, "answered"),
        asr: Figure::of(table, place, "asr"),
        minutes: Figure::of(table, place, "minutes"),
        acd: Figure::of(table, place, "acd"),
        attempts_before: before(answer, place, "attempts"),
    };
    (0..table.rows.len()).map(row).collect()
}

fn sort(rows: &mut [Row<'_>], sorting: &Sorting) {
    let number = |figure: Figure| figure.value.unwrap_or(f64::NEG_INFINITY);
    let by = |row: &Row<'_>| match sorting.by.as_str() {
        "answered" => float(row.answered),
        "asr" => number(row.asr),
        "minutes" => number(row.minutes),
        "acd" => number(row.acd),
        _ => float(row.attempts),
    };
    rows.sort_by(|one, other| {
        let order = if sorting.by == "country" {
            one.country.cmp(other.country)
        } else {
            by(one).total_cmp(&by(other))
        };
        let order = if sorting.is_descending { order.reverse() } else { order };
        order.then(one.place.cmp(&other.place))
    });
}

#[cfg(test)]
mod tests;
