//! Where calls go, and where they come from.

use askama::Template;
use trunklog_reports::{Answer, Class};

use crate::chart::bar;
use crate::context::PageContext;
use crate::pages::figures::{Figure, before, count, float, text};
use crate::state::{Ends, NONE};
use crate::table::{Cell, Head, Table};

/// Where calls go, and where they come from.
#[derive(Debug, Template)]
#[template(path = "health/countries.html")]
pub struct Countries<'a> {
    page: &'a PageContext,
    title: String,
    table: Table,
}

impl<'a> Countries<'a> {
    /// The table; without an answer where none is kept for what is looked at.
    pub fn new(page: &'a PageContext, answer: Option<&Answer>) -> Countries<'a> {
        let title = page.t("countries");
        let mut table = Table::new(
            title.clone(),
            vec![
                Head::of(page.t("column-country")),
                Head::number(page.t("tile-attempts")),
                Head::number("ASR"),
                Head::number(page.t("tile-minutes")),
                Head::number(page.t("reason-change")),
            ],
        );
        let Some(answer) = answer else {
            return Countries { page, title, table: table.or_why(page, "state-not-kept") };
        };
        table = table.or_why(page, page.emptiness());
        let of = &answer.table;
        let rows: Vec<usize> = (0..of.rows.len()).filter(|row| count(of, *row, "attempts") > 0).collect();
        let most = rows.iter().map(|row| count(of, *row, "attempts")).max().unwrap_or(0);
        for row in rows {
            let country = text(of, row, "country").unwrap_or(NONE);
            let name = if country == NONE { page.t("value-none") } else { country.to_owned() };
            let attempts = count(of, row, "attempts");
            let calls = page.calls(|state| state.country = Some(country.to_owned()));
            let answered = page.calls(|state| {
                state.country = Some(country.to_owned());
                state.narrow_ends(Ends::Class(Class::Answered));
            });
            let asr = Figure::of(of, row, "asr");
            let change = Figure::of(of, row, "attempts").change(before(answer, row, "attempts"), page);
            table.row(vec![
                Cell::name(name).narrows(page, |state| state.country = Some(country.to_owned())),
                Cell::number(page.formats.count(attempts))
                    .linked(calls)
                    .drawn(bar(float(attempts) / float(most.max(1)), "g-answered")),
                Cell::ratio(page, asr.value, asr.n.unwrap_or(0)).linked(answered),
                Cell::number(Figure::of(of, row, "minutes").told(page)),
                change.map_or_else(Cell::nothing, |change| Cell::number(change.text)),
            ]);
        }
        Countries { page, title, table }
    }
}
