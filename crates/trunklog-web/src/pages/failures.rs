//! `/failures`: what failed, why, and who has to act.
//!
//! Each panel is a file, and so is the evidence sheet, which is a page of its own.

mod causes;
mod evidence;
mod matrix;
mod sides;

use askama::Template;
use askama::filters::HtmlSafe;
use trunklog_reports::{Answer, Class};

use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::pages::codes::all_codes;
use crate::pages::figures::{Figure, code, count, flag, text, word};
use crate::shell::{Place, Shell};
use crate::state::{Code, CodePart, Ends, FilterState};
use crate::table::why_class;

pub use causes::{Causes, UsersHit};
pub use evidence::EvidencePage;
pub use matrix::Matrix;
pub use sides::Sides;

/// The page.
#[derive(Debug, Template)]
#[template(path = "failures.html")]
pub struct FailuresPage<'a> {
    shell: Shell,
    title: String,
    filter_bar: FilterBar,
    /// Why there is nothing to see; empty where there is something.
    emptiness: String,
    /// A class for it.
    why: &'static str,
    /// How much failed, in a few words each.
    told: Vec<String>,
    /// The evidence sheet; empty for who may not read calls.
    sheet: String,
    sheet_title: String,
    codes: String,
    codes_title: String,
    sides: Sides,
    matrix: Matrix,
    causes: Causes<'a>,
}

/// A pair of codes with which calls failed.
#[derive(Debug)]
struct Failure<'a> {
    /// The row of the answer.
    place: usize,
    sip: Option<i64>,
    sub: Option<i64>,
    class: Class,
    /// The key of the text that names the side at fault.
    side: &'static str,
    cause: &'a str,
    action: &'a str,
    failed: i64,
    share: Figure,
    trunks: i64,
    first_seen: Option<&'a str>,
    is_new: bool,
}

impl<'a> FailuresPage<'a> {
    /// The page of its panels; without an answer where none is kept for what is
    /// looked at. `seen` are the trunks that the filter bar offers.
    pub fn new(
        page: &'a PageContext,
        seen: Vec<String>,
        answer: Option<&Answer>,
        causes: Causes<'a>,
    ) -> FailuresPage<'a> {
        let failures = answer.map(failures).unwrap_or_default();
        let why = answer.map_or("state-not-kept", |_| emptiness(page));
        let is_told = answer.is_none() || failures.is_empty();
        let emptiness = if is_told { page.t(why) } else { String::new() };
        let sheet = if page.sees.calls() && !failures.is_empty() {
            page.to("failures/evidence")
        } else {
            String::new()
        };
        FailuresPage {
            shell: Shell::new(page, Place::Failures),
            title: page.t("nav-failures"),
            filter_bar: FilterBar::new(page, seen),
            emptiness,
            why: why_class(why),
            told: told(page, &failures),
            sheet,
            sheet_title: page.t("evidence-all"),
            codes: all_codes(page),
            codes_title: page.t("to-codes"),
            sides: Sides::new(page, answer),
            matrix: Matrix::new(page, answer),
            causes,
        }
    }
}

/// Why no call failed: none did, or no data yet.
fn emptiness(page: &PageContext) -> &'static str {
    page.no_data().unwrap_or("failures-none")
}

/// How much failed.
fn told(page: &PageContext, failures: &[Failure<'_>]) -> Vec<String> {
    if failures.is_empty() {
        return Vec::new();
    }
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut told = vec![
        page.counted("failures-told", sum(failures)),
        page.counted("failures-pairs", number(failures.len())),
    ];
    let new = failures.iter().filter(|failure| failure.is_new).count();
    if new > 0 {
        told.push(page.counted("failures-new-pairs", number(new)));
    }
    told
}

/// How many calls failed.
fn sum(failures: &[Failure<'_>]) -> i64 {
    failures.iter().map(|failure| failure.failed).sum()
}

/// The rows of an answer.
fn failures(answer: &Answer) -> Vec<Failure<'_>> {
    let table = &answer.table;
    let row = |place: usize| Failure {
        place,
        sip: code(table, place, "sipCode"),
        sub: code(table, place, "subcode"),
        class: word(table, place, "class").and_then(|(key, _)| Class::by_key(key)).unwrap_or(Class::Unknown),
        side: word(table, place, "side").map_or("side-unknown", |(_, name)| name),
        cause: text(table, place, "cause").unwrap_or_default(),
        action: text(table, place, "action").unwrap_or_default(),
        failed: count(table, place, "failed"),
        share: Figure::of(table, place, "share"),
        trunks: count(table, place, "trunks"),
        first_seen: text(table, place, "firstSeen"),
        is_new: flag(table, place, "isNew") == Some(true),
    };
    (0..table.rows.len()).map(row).collect()
}

impl Failure<'_> {
    fn pair(&self) -> Code {
        Code::of(self.sip, self.sub)
    }

    /// Leaves of what is looked at the calls that failed so.
    fn narrow(&self, state: &mut FilterState) {
        state.code = Some(self.pair());
        state.narrow_ends(Ends::Class(self.class));
    }
}

/// All subcodes of a SIP code that are looked at.
fn of_sip(page: &PageContext, sip: Option<i64>) -> Code {
    let sub = page.state.code.map_or(CodePart::Any, |code| code.sub);
    Code { sip: Code::of(sip, None).sip, sub }
}

impl HtmlSafe for Causes<'_> {}
impl HtmlSafe for Matrix {}
impl HtmlSafe for Sides {}

#[cfg(test)]
mod tests;
