//! Why calls were not answered: cause, who has to act, and what to do.

use askama::Template;
use trunklog_reports::Class;

use super::EndsAnswers;
use crate::chart::bar;
use crate::context::PageContext;
use crate::pages::figures::{Figure, before, code, count, float, text, word};
use crate::state::{Code, Ends, FilterState, Group};
use crate::table::{Cell, Head, Table};

/// So many reasons are told; `/failures` has all.
const MOST: usize = 10;

/// Why calls were not answered.
#[derive(Debug, Template)]
#[template(path = "health/reasons.html")]
pub struct Reasons<'a> {
    page: &'a PageContext,
    title: String,
    table: Table,
}

impl<'a> Reasons<'a> {
    /// The table.
    pub fn new(page: &'a PageContext, answers: &EndsAnswers) -> Reasons<'a> {
        let title = page.t("reasons");
        let mut table = Table::new(
            title.clone(),
            vec![
                Head::of(page.t("reason-code")),
                Head::of(page.t("column-cause")),
                Head::of(page.t("column-side")),
                Head::number(page.t("tile-attempts")),
                Head::number(page.t("reason-change")),
                Head::of(page.t("column-action")),
            ],
        );
        let Some(answer) = &answers.ends else {
            let table = table.or_why(page, "state-not-kept");
            return Reasons { page, title, table };
        };
        table = table.or(page.t("reasons-none"));
        let of = &answer.table;
        let class_of = |row: usize| word(of, row, "class").and_then(|(key, _)| Class::by_key(key));
        let is_told =
            |row: &usize| class_of(*row) != Some(Class::Answered) && count(of, *row, "attempts") > 0;
        let rows: Vec<usize> = (0..of.rows.len()).filter(is_told).take(MOST).collect();
        let most = rows.iter().map(|row| count(of, *row, "attempts")).max().unwrap_or(0);
        for row in rows {
            let class = class_of(row).unwrap_or(Class::Unknown);
            let (sip, sub) = (code(of, row, "sipCode"), code(of, row, "subcode"));
            let pair = Code::of(sip, sub);
            let calls = count(of, row, "attempts");
            let only = |state: &mut FilterState| {
                state.code = Some(pair);
                state.narrow_ends(Ends::Class(class));
            };
            let href = page.calls(only);
            let earlier = before(answer, row, "attempts");
            let change = match Figure::of(of, row, "attempts").change(earlier, page) {
                Some(change) => Cell::number(change.text),
                None if answer.compared.is_some() && earlier.value.is_none_or(|calls| calls <= 0.0) => {
                    Cell::number(page.t("reason-not-before"))
                }
                None => Cell::nothing(),
            };
            let side = word(of, row, "side").map(|(_, name)| page.t(name)).unwrap_or_default();
            table.row(vec![
                Cell::name(pair.to_string()).linked(Some(page.to(&format!("codes/{pair}")))),
                Cell::text(text(of, row, "cause").unwrap_or_default()).narrows(page, only),
                Cell::text(side),
                Cell::number(page.formats.count(calls))
                    .linked(href)
                    .drawn(bar(float(calls) / float(most.max(1)), Group::of(class).key())),
                change,
                Cell::text(text(of, row, "action").unwrap_or_default()),
            ]);
        }
        Reasons { page, title, table }
    }
}
