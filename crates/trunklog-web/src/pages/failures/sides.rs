//! Who has to act on what failed.

use askama::Template;
use trunklog_reports::Answer;

use super::{emptiness, failures, sum};
use crate::chart::{Part, stack};
use crate::context::PageContext;
use crate::pages::figures::{float, ratio};
use crate::state::{Ends, Group};
use crate::svg::Svg;
use crate::table::{Cell, Head, Table};

/// Who has to act on what failed.
#[derive(Debug, Template)]
#[template(path = "failures/sides.html")]
pub struct Sides {
    title: String,
    chart: Option<Svg>,
    table: Table,
}

impl Sides {
    /// The chart and its table.
    pub fn new(page: &PageContext, answer: Option<&Answer>) -> Sides {
        let title = page.t("failures-sides");
        let heads = vec![
            Head::of(page.t("column-side")),
            Head::number(page.t("tile-failed")),
            Head::number(page.t("column-share")),
        ];
        let table = Table::new(title.clone(), heads);
        let Some(answer) = answer else {
            return Sides { title, chart: None, table: table.or_why(page, "state-not-kept") };
        };
        let mut table = table.or_why(page, emptiness(page));
        let failures = failures(answer);
        let whole = sum(&failures);
        let mut parts = Vec::new();
        for group in Group::ALL {
            let of_group = failures.iter().filter(|failure| Group::of(failure.class) == group);
            let failed: i64 = of_group.map(|failure| failure.failed).sum();
            if failed == 0 {
                continue;
            }
            let name = page.t(group.name());
            let share = ratio(failed, whole).map(|share| page.formats.percent(share)).unwrap_or_default();
            let told = format!("{name}: {} ({share})", page.formats.count(failed));
            parts.push(Part { told, size: float(failed), class: group.key() });
            let calls = page.calls(|state| {
                state.narrow_ends(Ends::Failed);
                state.narrow_ends(Ends::Group(group));
            });
            table.row(vec![
                Cell::name(name)
                    .of_class(group.key())
                    .linked(Some(page.here(|state| state.narrow_ends(Ends::Group(group))))),
                Cell::number(page.formats.count(failed)).linked(calls),
                Cell::number(share),
            ]);
        }
        let description: Vec<&str> = parts.iter().map(|part| part.told.as_str()).collect();
        let chart = (!parts.is_empty()).then(|| stack("sides", &title, &description.join("; "), &parts));
        Sides { title, chart, table }
    }
}
