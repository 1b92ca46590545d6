//! The matrix of SIP codes and subcodes.

use std::collections::BTreeMap;

use askama::Template;
use trunklog_reports::codes::{family, sip_code};
use trunklog_reports::{Answer, Argument};

use super::{Failure, emptiness, failures, of_sip};
use crate::chart::bar;
use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::pages::figures::float;
use crate::state::{Code, Ends, Group, NONE};
use crate::table::{Cell, Head, Table};

/// So many subcodes have a column; the causes below have all.
const MOST: usize = 12;

/// The matrix of SIP codes and subcodes.
#[derive(Debug, Template)]
#[template(path = "failures/matrix.html")]
pub struct Matrix {
    title: String,
    table: Table,
    /// How many subcodes have no column; empty where all have one.
    more: String,
    /// Where the causes are.
    causes: String,
}

/// A code, which may be missing.
type Part = Option<i64>;

impl Matrix {
    /// The table.
    pub fn new(page: &PageContext, answer: Option<&Answer>) -> Matrix {
        let title = page.t("failures-matrix");
        let causes = format!("{}#causes", page.here(|_| {}));
        let mut heads =
            vec![Head::of(page.t("column-sipCode")), Head::number(page.t("failures-all-subcodes"))];
        let Some(answer) = answer else {
            let table = Table::new(title.clone(), heads).or_why(page, "state-not-kept");
            return Matrix { title, table, more: String::new(), causes };
        };
        let failures = failures(answer);
        let rows = ranked(&failures, |failure| failure.sip);
        let mut columns = ranked(&failures, |failure| failure.sub);
        let left = columns.len().saturating_sub(MOST);
        columns.truncate(MOST);
        heads.extend(columns.iter().map(|(sub, _)| head(page, *sub)));
        let mut table = Table::new(title.clone(), heads).or_why(page, emptiness(page));
        let most = failures.iter().map(|failure| failure.failed).max().unwrap_or(0);
        for (sip, failed) in rows {
            let mut row = vec![name(page, sip), all_of(page, sip, failed)];
            for (sub, _) in &columns {
                let here: Vec<&Failure<'_>> =
                    failures.iter().filter(|failure| failure.sip == sip && failure.sub == *sub).collect();
                row.push(cell(page, &here, most));
            }
            table.row(row);
        }
        let more = if left == 0 {
            String::new()
        } else {
            page.counted("failures-matrix-more", i64::try_from(left).unwrap_or(i64::MAX))
        };
        Matrix { title, table, more, causes }
    }
}

/// One of both codes, those with the most failed calls first.
fn ranked(failures: &[Failure<'_>], of: impl Fn(&Failure<'_>) -> Part) -> Vec<(Part, i64)> {
    let mut sums = BTreeMap::<Part, i64>::new();
    for failure in failures {
        *sums.entry(of(failure)).or_default() += failure.failed;
    }
    let mut sums: Vec<(Part, i64)> = sums.into_iter().collect();
    sums.sort_by_key(|(part, failed)| (std::cmp::Reverse(*failed), *part));
    sums
}

fn head(page: &PageContext, sub: Part) -> Head {
    let sub = sub.and_then(|sub| i32::try_from(sub).ok());
    let last_digits = i64::from(sub.unwrap_or(0) % 1_000);
    let help = page.text(family(sub).name, &[("code", Argument::Number(last_digits))]);
    Head::number(sub.map_or_else(|| NONE.to_owned(), |sub| sub.to_string())).with_help(help)
}

fn name(page: &PageContext, sip: Part) -> Cell {
    let code = Code::of(sip, None).sip;
    let phrase = sip_code(sip.and_then(|sip| i32::try_from(sip).ok())).phrase;
    Cell::name(code.to_string())
        .linked(Some(page.to(&format!("codes/{code}"))))
        .beside(phrase.map(|phrase| page.t(phrase)).unwrap_or_default())
}

fn all_of(page: &PageContext, sip: Part, failed: i64) -> Cell {
    let calls = page.calls(|state| {
        state.code = Some(of_sip(page, sip));
        state.narrow_ends(Ends::Failed);
    });
    Cell::number(page.formats.count(failed)).linked(calls)
}

/// The calls of a pair. All of them are of one class.
fn cell(page: &PageContext, failures: &[&Failure<'_>], most: i64) -> Cell {
    let Some(first) = failures.first() else { return Cell::number(NOTHING) };
    let failed: i64 = failures.iter().map(|failure| failure.failed).sum();
    let calls = page.calls(|state| {
        state.code = Some(first.pair());
        state.narrow_ends(Ends::Failed);
    });
    Cell::number(page.formats.count(failed))
        .linked(calls)
        .drawn(bar(float(failed) / float(most.max(1)), Group::of(first.class).key()))
}
