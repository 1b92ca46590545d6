//! `/users`: what each user did.

use askama::Template;
use trunklog_reports::kpi::definition;
use trunklog_reports::{Answer, Class};

use super::figures::{Figure, count, text};
use super::way::Way;
use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::formats::NOTHING;
use crate::shell::{Place, Shell};
use crate::state::{Ends, Who};
use crate::table::{Cell, Head, Sorting, Table};

/// What the page is made of.
#[derive(Debug, Clone)]
pub struct UserAnswers {
    /// Users; None where they are not kept for what is looked at.
    pub users: Option<Answer>,
    /// Of each row what stands for its user in addresses.
    pub tokens: Vec<Option<String>>,
    /// The most users that were asked for.
    pub most: usize,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "users.html")]
pub struct UsersPage {
    shell: Shell,
    title: String,
    filter_bar: FilterBar,
    table: Table,
    /// That there may be more; empty where all are told.
    note: String,
}

/// A user.
struct Row<'a> {
    place: usize,
    id: &'a str,
    /// The name that it goes by.
    name: &'a str,
    principal_name: Option<&'a str>,
    attempts: i64,
    answered: i64,
    missed: i64,
    minutes: Figure,
    last_day: Option<&'a str>,
}

impl UsersPage {
    /// The user that a row of the report is about.
    pub fn who(answer: &Answer, row: usize) -> Option<Who> {
        text(&answer.table, row, "user").map(|id| Who::User(id.to_owned()))
    }

    /// The page. `seen` are the trunks that the filter bar offers.
    pub fn new(page: &PageContext, seen: Vec<String>, answers: &UserAnswers) -> UsersPage {
        let title = page.t("nav-users");
        let table = table(page, &title, answers);
        let note = if table.rows.len() < answers.most {
            String::new()
        } else {
            page.about("users-most", &page.formats.count(i64::try_from(answers.most).unwrap_or(i64::MAX)))
        };
        UsersPage {
            shell: Shell::new(page, Place::Users),
            filter_bar: FilterBar::new(page, seen),
            title,
            table,
            note,
        }
    }
}

fn table(page: &PageContext, title: &str, answers: &UserAnswers) -> Table {
    let sorting = Sorting::of(page, "-attempts");
    let figure = |key: &str| {
        let help = definition(key).map(|definition| definition.help(page.words)).unwrap_or_default();
        Head::number(page.t(&format!("kpi-{key}"))).with_help(help).sortable(page, key, &sorting)
    };
    let heads = vec![
        Head::of(page.t("column-user")).sortable(page, "user", &sorting),
        figure("attempts"),
        figure("answered"),
        figure("missed"),
        figure("minutes"),
        Head::of(page.t("column-lastDay")).sortable(page, "lastDay", &sorting),
    ];
    let table = Table::new(title, heads);
    let Some(answer) = &answers.users else { return table.or_why(page, "state-not-kept") };
    let mut table = table.or_why(page, page.emptiness());
    let mut rows = rows(answer);
    sort(&mut rows, &sorting);
    for row in &rows {
        let token = answers.tokens.get(row.place).and_then(Option::as_ref);
        let way = Way::to(page, &Who::User(row.id.to_owned()), token);
        let formats = &page.formats;
        table.row(vec![
            Cell::name(row.name).linked(way.alone(page)).beside(row.principal_name.unwrap_or_default()),
            Cell::number(formats.count(row.attempts)).linked(way.calls(page, row.attempts, |_| {})),
            Cell::number(formats.count(row.answered)).linked(way.calls(page, row.answered, |state| {
                state.narrow_ends(Ends::Class(Class::Answered));
            })),
            Cell::number(formats.count(row.missed))
                .linked(way.calls(page, row.missed, |state| state.narrow_ends(Ends::Missed))),
            Cell::number(row.minutes.told(page)),
            Cell::text(row.last_day.map_or_else(|| NOTHING.to_owned(), |day| formats.calendar_date(day))),
        ]);
    }
    table
}

fn rows(answer: &Answer) -> Vec<Row<'_>> {
    let table = &answer.table;
    let row = |place: usize| {
        let id = text(table, place, "user")?;
        let principal_name = text(table, place, "userPrincipalName");
        let name = text(table, place, "displayName").or(principal_name).unwrap_or(id);
        Some(Row {
            place,
            id,
            name,
            // Not twice.
            principal_name: principal_name.filter(|principal_name| *principal_name != name),
            attempts: count(table, place, "attempts"),
            answered: count(table, place, "answered"),
            missed: count(table, place, "missed"),
            minutes: Figure::of(table, place, "minutes"),
            last_day: text(table, place, "lastDay"),
        })
    };
    (0..table.rows.len()).filter_map(row).collect()
}

fn sort(rows: &mut [Row<'_>], sorting: &Sorting) {
    rows.sort_by(|one, other| {
        let order = match sorting.by.as_str() {
            "user" => one.name.to_lowercase().cmp(&other.name.to_lowercase()),
            "answered" => one.answered.cmp(&other.answered),
            "missed" => one.missed.cmp(&other.missed),
            "minutes" => one.minutes.value.unwrap_or(0.0).total_cmp(&other.minutes.value.unwrap_or(0.0)),
            "lastDay" => one.last_day.cmp(&other.last_day),
            _ => one.attempts.cmp(&other.attempts),
        };
        let order = if sorting.is_descending { order.reverse() } else { order };
        order.then(one.place.cmp(&other.place))
    });
}

#[cfg(test)]
mod tests;
