//! `/help`: what each key figure is, by which formula and standard, and what it comes
//! to in an example.

mod example;

use askama::Template;
use trunklog_reports::kpi::{BUSY_KPIS, Definition, definition, definitions};

use super::codes::all_codes;
use crate::context::PageContext;
use crate::shell::{Place, Shell};
use crate::table::{Cell, Head, Table};

/// All key figures.
#[derive(Debug, Template)]
#[template(path = "help.html")]
pub struct HelpPage {
    shell: Shell,
    title: String,
    told: String,
    codes: String,
    codes_title: String,
    table: Table,
}

/// One key figure.
#[derive(Debug, Template)]
#[template(path = "help/figure.html")]
pub struct FigurePage {
    shell: Shell,
    title: String,
    all: String,
    all_title: String,
    formula_title: String,
    formula: String,
    explanation: String,
    /// What else is known, by its name.
    facts: Vec<(String, String)>,
    example_title: String,
    example_told: String,
    table: Table,
    /// What it comes to.
    result: String,
}

impl HelpPage {
    /// The page.
    pub fn new(page: &PageContext) -> HelpPage {
        let title = page.t("nav-help");
        let heads = vec![
            Head::of(page.t("help-figure")),
            Head::of(page.t("help-formula")),
            Head::of(page.t("help-standard")),
        ];
        let mut table = Table::new(title.clone(), heads);
        for of in definitions() {
            table.row(vec![
                Cell::name(page.t(of.name)).linked(Some(page.to(&format!("help/{}", of.key)))),
                Cell::text(page.t(of.formula)),
                Cell::text(standard(page, of)),
            ]);
        }
        HelpPage {
            shell: Shell::new(page, Place::Help),
            told: page.t("help-told"),
            codes: all_codes(page),
            codes_title: page.t("to-codes"),
            title,
            table,
        }
    }
}

impl FigurePage {
    /// The page of the figure of that key, letter case ignored; None when there is no
    /// such figure.
    pub fn new(page: &PageContext, key: &str) -> Option<FigurePage> {
        let of = definition(key)?;
        let example = if BUSY_KPIS.iter().any(|kpi| kpi.definition.key == of.key) {
            example::busy(page, of)
        } else {
            example::calls(page, of)
        };
        let (table, result) = example?;
        Some(FigurePage {
            shell: Shell::new(page, Place::Help),
            title: page.t(of.name),
            all: page.to("help"),
            all_title: page.t("to-help"),
            formula_title: page.t("help-formula"),
            formula: page.t(of.formula),
            explanation: page.t(of.explanation),
            facts: vec![
                (page.t("help-standard"), standard(page, of)),
                (page.t("help-unit"), page.t(of.unit.name())),
                (page.t("help-key"), of.key.to_owned()),
            ],
            example_title: page.t("help-example"),
            example_told: page.t("help-example-told"),
            table,
            result,
        })
    }
}

fn standard(page: &PageContext, of: &Definition) -> String {
    of.standard.map_or_else(|| page.t("help-no-standard"), str::to_owned)
}

#[cfg(test)]
mod tests;
