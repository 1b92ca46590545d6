//! `/calls`: the calls themselves, newest first, in the admin centre's columns.

mod columns;
mod legs;

use askama::Template;
use trunklog_odata::Instant;
use trunklog_records::{Rows, TimeRange};
use trunklog_reports::Facts;

use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::shell::{Place, Shell};
use crate::state::{Group, Span, Who};
use crate::table::{Cell, Table};

use columns::COLUMNS;
pub use columns::unknown_column;
pub(super) use columns::{Column, Shown, listed};

/// Whether the oldest calls are first, as an address has it.
pub const OLDEST: &str = "oldest";

/// Makes the token of a person or number; None where there is none.
pub type Tokens<'a> = &'a dyn Fn(&Who) -> Option<String>;

/// A page of calls.
pub struct CallsAnswer<'a> {
    /// The calls, as the reader may see them, in their order.
    pub batches: Vec<Rows>,
    /// How many there are in all; None after the first page, and where it would take too
    /// long to count them.
    pub total: Option<i64>,
    /// Where the next page goes on; None after the last.
    pub next: Option<String>,
    /// The range of all pages.
    pub range: TimeRange,
    /// How far calls were looked at, where these were too many to look at all and
    /// few of them are listed.
    pub looked_until: Option<Instant>,
    /// Whether it is a later page of a list, of which newer calls came.
    pub is_outdated: bool,
    /// Whether it is the first page.
    pub is_first: bool,
    /// Makes tokens.
    pub tokens: Tokens<'a>,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "calls.html")]
pub struct CallsPage {
    shell: Shell,
    title: String,
    filter_bar: FilterBar,
    /// How many calls there are, and in which order.
    told: String,
    /// Where the order is turned round.
    turn: String,
    turn_title: String,
    /// What a reader has to know of the list.
    notes: Vec<String>,
    table: Table,
    choice_title: String,
    choice_hint: String,
    choices: Vec<Choice>,
    usual: String,
    usual_title: String,
    pager_title: String,
    /// The newest page; empty on it.
    first: String,
    first_title: String,
    /// The next page; empty on the last.
    next: String,
    next_title: String,
}

/// A column that can be shown or hidden.
#[derive(Debug)]
struct Choice {
    title: String,
    href: String,
    is_shown: bool,
    told: String,
}

impl CallsPage {
    /// The page. `page` has the commit of the list, and no place within it.
    pub fn new(page: &PageContext, answer: &CallsAnswer<'_>) -> CallsPage {
        let shown = columns::chosen(page);
        let is_oldest = page.state.own("order") == Some(OLDEST);
        let mut table = Table::new(page.t("calls"), shown.iter().map(|column| column.head(page)).collect());
        table = table.or_why(page, page.emptiness());
        for batch in &answer.batches {
            let facts = Facts::of(batch);
            for (row, leg) in legs::grouped(batch) {
                let shown_row =
                    Shown { page, rows: batch, at: row, fact: facts.row(row), tokens: answer.tokens };
                let cells = shown.iter().enumerate();
                table.row(
                    cells
                        .map(|(place, column)| {
                            let cell = column.cell(&shown_row);
                            if place == 0 {
                                marked(page, cell, leg, Group::of(shown_row.fact.class))
                            } else {
                                cell
                            }
                        })
                        .collect(),
                );
            }
        }
        let order = if is_oldest { "calls-oldest-first" } else { "calls-newest-first" };
        let told = match answer.total {
            Some(total) => format!("{}, {}", page.counted("calls-count", total), page.t(order)),
            None => page.t(order),
        };
        let turned = page.here(|state| {
            if is_oldest {
                state.own.remove("order");
            } else {
                state.own.insert("order".to_owned(), OLDEST.to_owned());
            }
        });
        let mut notes = Vec::new();
        if answer.is_outdated {
            notes.push(page.t("calls-outdated"));
        }
        if let Some(until) = answer.looked_until {
            notes.push(page.about("calls-looked", &page.formats.moment(until)));
        }
        let next = answer.next.as_ref().map(|token| {
            page.here(|state| {
                // Up to now would be another range soon.
                state.span = Span::of(answer.range);
                state.own.insert("after".to_owned(), token.clone());
            })
        });
        let first = if answer.is_first { String::new() } else { page.here(|state| state.commit = None) };
        CallsPage {
            shell: Shell::new(page, Place::Calls),
            title: page.t("calls"),
            filter_bar: FilterBar::new(page, Vec::new()),
            told,
            turn: turned,
            turn_title: page.t(if is_oldest { "calls-to-newest" } else { "calls-to-oldest" }),
            notes,
            table,
            choice_title: page.t("calls-columns"),
            choice_hint: page.t("calls-columns-hint"),
            choices: choices(page, &shown),
            usual: page.here(|state| {
                state.own.remove("columns");
            }),
            usual_title: page.t("calls-columns-usual"),
            pager_title: page.t("calls-pager"),
            first,
            first_title: page.t("calls-first"),
            next: next.unwrap_or_default(),
            next_title: page.t("calls-next"),
        }
    }
}

/// The first cell of a row, with the colour of how the call ended, and what it says
/// of its legs.
fn marked(page: &PageContext, cell: Cell, leg: legs::Leg, group: Group) -> Cell {
    let cell = Cell { is_name: true, is_number: false, class: group.key(), ..cell };
    match leg {
        legs::Leg::Only => cell,
        legs::Leg::First { of } => cell.beside(page.counted("calls-legs", of)),
        legs::Leg::Further => {
            let text = format!("↳ {}", cell.text);
            Cell { text, ..cell }.beside(page.t("calls-leg"))
        }
    }
}

/// Each column, with where it is shown or hidden.
fn choices(page: &PageContext, shown: &[&'static Column]) -> Vec<Choice> {
    let is_shown = |column: &Column| shown.iter().any(|one| one.key == column.key);
    let choice = |column: &'static Column| {
        let is_here = is_shown(column);
        let wanted = |one: &&Column| if one.key == column.key { !is_here } else { is_shown(one) };
        let keys: Vec<&str> = COLUMNS.iter().filter(|one| wanted(one)).map(|one| one.key).collect();
        Choice {
            title: page.t(column.title),
            // A table without columns shows nothing; the last one stays.
            href: if keys.is_empty() { page.here(|_| {}) } else { page.with_own("columns", &keys.join(",")) },
            is_shown: is_here,
            told: page.t(if is_here { "calls-column-hide" } else { "calls-column-show" }),
        }
    };
    COLUMNS.iter().map(choice).collect()
}

#[cfg(test)]
pub(in crate::pages) mod tests;
