//! When it is called: each hour of the week.

use askama::Template;
use trunklog_reports::Answer;

use crate::chart::{Heat, HeatCell, heat};
use crate::context::PageContext;
use crate::pages::figures::{Figure, code, count, word};
use crate::state::{Ends, HourOfWeek};
use crate::svg::Svg;
use crate::table::{Cell, Head, Table};

/// What the heat map can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeatFigure {
    /// The column of the report.
    key: &'static str,
    /// The key of the text that names it.
    name: &'static str,
}

/// All, the first unless another is chosen.
const FIGURES: [HeatFigure; 4] = [
    HeatFigure { key: "occupiedChannels", name: "tile-occupiedChannels" },
    HeatFigure { key: "attempts", name: "tile-attempts" },
    HeatFigure { key: "failed", name: "tile-failed" },
    HeatFigure { key: "ner", name: "tile-ner" },
];

/// What the heat map of a page shows.
pub fn heat_figure(page: &PageContext) -> HeatFigure {
    let chosen = page.state.own("heat").unwrap_or_default();
    FIGURES.into_iter().find(|figure| figure.key == chosen).unwrap_or(FIGURES[0])
}

impl HeatFigure {
    /// Whether it is one of busy channels, which are counted apart.
    pub fn needs_channels(self) -> bool {
        self.key == "occupiedChannels"
    }
}

/// When it is called.
#[derive(Debug, Template)]
#[template(path = "health/week.html")]
pub struct Week<'a> {
    page: &'a PageContext,
    title: String,
    choices: Vec<Choice>,
    chart: Option<Svg>,
    /// What can be seen on it.
    told: String,
    table: Table,
}

/// A figure that can be chosen.
#[derive(Debug)]
struct Choice {
    href: String,
    title: String,
    is_chosen: bool,
}

impl<'a> Week<'a> {
    /// The chart and its table; without an answer where none is kept for what is
    /// looked at.
    pub fn new(page: &'a PageContext, answer: Option<&Answer>) -> Week<'a> {
        let figure = heat_figure(page);
        let choice = |of: HeatFigure| Choice {
            href: format!("{}#week", page.with_own("heat", of.key)),
            title: page.t(of.name),
            is_chosen: of == figure,
        };
        let choices = FIGURES.into_iter().map(choice).collect();
        let title = page.t("week");
        let mut heads = vec![Head::of(page.t("column-weekday"))];
        heads.extend((0..24).map(|hour| Head::number(format!("{hour:02}"))));
        let table = Table::new(page.about("week-name", &page.t(figure.name)), heads);
        let Some(answer) = answer else {
            let table = table.or_why(page, "state-not-kept");
            return Week { page, title, choices, chart: None, told: String::new(), table };
        };
        let mut table = table.or_why(page, page.emptiness());
        let of = &answer.table;
        let mut days: Vec<String> = Vec::new();
        let mut cells = Vec::new();
        let mut row: Vec<Cell> = Vec::new();
        let mut most: Option<(f64, String)> = None;
        for at in 0..of.rows.len() {
            let (Some((key, name)), Some(hour)) = (word(of, at, "weekday"), code(of, at, "hour")) else {
                continue;
            };
            let day = page.t(name);
            if days.last() != Some(&day) {
                if !row.is_empty() {
                    table.row(std::mem::take(&mut row));
                }
                days.push(day.clone());
                row.push(Cell::name(day.clone()));
            }
            let number = Figure::of(of, at, figure.key);
            // The range may have no such hour at all.
            let is_there = count(of, at, "hours") > 0;
            let number = if is_there { number } else { Figure::NOTHING };
            let shown = number.told(page);
            let told = format!("{day}, {hour:02}:00: {shown}");
            if let Some(value) = number.value
                && value > 0.0
                && most.as_ref().is_none_or(|(most, _)| value > *most)
            {
                most = Some((value, told.clone()));
            }
            cells.push(HeatCell { told, value: number.value });
            let counts_some = number.value.is_some_and(|value| value > 0.0);
            row.push(if counts_some { cell(page, figure, key, hour, shown) } else { Cell::number(shown) });
        }
        if !row.is_empty() {
            table.row(row);
        }
        let description = match &most {
            Some((_, told)) => page.about("week-most", told),
            None => page.t(page.emptiness()),
        };
        let name = page.about("week-name", &page.t(figure.name));
        let told = description.clone();
        let chart = heat(&Heat { id: "week", name, description, days, cells });
        Week { page, title, choices, chart: Some(chart), told, table }
    }
}

/// A number of the table, with the calls of its hour.
fn cell(page: &PageContext, figure: HeatFigure, weekday: &str, hour: i64, shown: String) -> Cell {
    let href = page.calls(|state| {
        state.hour = HourOfWeek::of(weekday, hour);
        if figure.key == "failed" {
            state.narrow_ends(Ends::Failed);
        }
    });
    Cell::number(shown).linked(href)
}
