//! How calls ended, by who has to act.

use askama::Template;
use trunklog_reports::Class;

use super::EndsAnswers;
use crate::chart::{Part, stack};
use crate::context::PageContext;
use crate::pages::figures::{count, float, ratio, word};
use crate::state::{Ends, FilterState, Group};
use crate::svg::Svg;
use crate::table::{Cell, Head, Table};

/// How calls ended, by who has to act.
#[derive(Debug, Template)]
#[template(path = "health/classes.html")]
pub struct Classes<'a> {
    page: &'a PageContext,
    title: String,
    /// None where it is not kept for what is looked at.
    chart: Option<Svg>,
    table: Table,
}

impl<'a> Classes<'a> {
    /// The chart and its table.
    pub fn new(page: &'a PageContext, answers: &EndsAnswers) -> Classes<'a> {
        let title = page.t("classes");
        let heads = vec![
            Head::of(page.t("classes-group")),
            Head::number(page.t("tile-attempts")),
            Head::number(page.t("column-share")),
        ];
        let mut table = Table::new(title.clone(), heads);
        let Some(answer) = &answers.ends else {
            let table = table.or_why(page, "state-not-kept");
            return Classes { page, title, chart: None, table };
        };
        table = table.or_why(page, page.emptiness());
        let mut sums = [0_i64; Group::ALL.len()];
        for row in 0..answer.table.rows.len() {
            let class = word(&answer.table, row, "class").and_then(|(key, _)| Class::by_key(key));
            let group = Group::of(class.unwrap_or(Class::Unknown));
            let place = Group::ALL.iter().position(|of| *of == group).unwrap_or(0);
            sums[place] += count(&answer.table, row, "attempts");
        }
        let whole: i64 = sums.iter().sum();
        let mut parts = Vec::new();
        for (group, sum) in Group::ALL.into_iter().zip(sums).filter(|(_, sum)| *sum > 0) {
            let name = page.t(group.name());
            let share = ratio(sum, whole).map(|share| page.formats.percent(share)).unwrap_or_default();
            let told = format!("{name}: {} ({share})", page.formats.count(sum));
            parts.push(Part { told, size: float(sum), class: group.key() });
            let only = |state: &mut FilterState| state.narrow_ends(Ends::Group(group));
            let href = page.calls(only);
            table.row(vec![
                Cell::name(name).of_class(group.key()).narrows(page, only),
                Cell::number(page.formats.count(sum)).linked(href),
                Cell::number(share),
            ]);
        }
        let description: Vec<&str> = parts.iter().map(|part| part.told.as_str()).collect();
        let chart = (!parts.is_empty()).then(|| stack("classes", &title, &description.join("; "), &parts));
        Classes { page, title, chart, table }
    }
}
