//! `/failures/evidence`: failed calls, for a carrier or for Microsoft: to print, or to
//! paste into a ticket.
//!
//! It has all that the other side needs to find the calls in its own log, and
//! nobody's name.

mod calls;
mod text;

use askama::Template;
use trunklog_records::Rows;
use trunklog_reports::codes::explain;
use trunklog_reports::kpi::definition;
use trunklog_reports::{Answer, Argument, Class};

use super::{Failure, failures, sum};
use crate::context::{Completeness, PageContext};
use crate::filter_bar::{narrowed_by, range_told};
use crate::pages::figures::ratio;
use crate::shell::{Place, Shell};
use crate::table::{Cell, Head, Table};

/// The sheet.
#[derive(Debug, Template)]
#[template(path = "failures/evidence.html")]
pub struct EvidencePage {
    shell: Shell,
    title: String,
    back: String,
    back_title: String,
    print: String,
    facts: Vec<Fact>,
    codes: Table,
    calls: Table,
    /// That there are more calls than are listed; empty where all are.
    more: String,
    definitions_title: String,
    definitions: Vec<Fact>,
    text_title: String,
    text_hint: String,
    /// All of it as plain text.
    text: String,
}

/// Something that has to be known, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fact {
    name: String,
    text: String,
}

impl Fact {
    fn new(name: String, text: String) -> Fact {
        Fact { name, text }
    }
}

impl EvidencePage {
    /// The sheet about what failed, with the newest of these calls as the reader may
    /// see them, in batches. Without an answer where none is kept for what is looked at.
    pub fn new(page: &PageContext, answer: Option<&Answer>, rows: Option<&[Rows]>) -> EvidencePage {
        let failures = answer.map(failures).unwrap_or_default();
        let failed = sum(&failures);
        let listed: usize = rows.unwrap_or_default().iter().map(Rows::len).sum();
        let listed = i64::try_from(listed).unwrap_or(i64::MAX);
        let facts = facts(page, answer, failed, listed);
        let definitions = definitions(page, &failures);
        let codes = codes(page, answer.is_some(), &failures, failed);
        let calls = calls::table(page, rows);
        let more = if listed < failed { page.t("evidence-more") } else { String::new() };
        let title = page.t("evidence-title");
        let text = text::text(page, &title, &facts, &failures, rows, &definitions);
        EvidencePage {
            shell: Shell::new(page, Place::Failures),
            title,
            back: page.to("failures"),
            back_title: page.t("to-failures"),
            print: page.t("evidence-print"),
            facts,
            codes,
            calls,
            more,
            definitions_title: page.t("evidence-definitions"),
            definitions,
            text_title: page.t("evidence-text"),
            text_hint: page.t("evidence-text-hint"),
            text,
        }
    }
}

/// What the numbers are true of.
fn facts(page: &PageContext, answer: Option<&Answer>, failed: i64, listed: i64) -> Vec<Fact> {
    let (formats, tenant) = (&page.formats, &page.tenant);
    let id = tenant.id.to_string();
    let name =
        if tenant.name == id || tenant.name.is_empty() { id } else { format!("{} ({id})", tenant.name) };
    let narrowed = narrowed_by(page);
    let filter = if narrowed.is_empty() { page.t("evidence-no-filter") } else { narrowed.join("; ") };
    let zone = formats.zone_label(page.range.from());
    let mut facts = vec![
        Fact::new(page.t("evidence-tenant"), name),
        Fact::new(page.t("evidence-range"), range_told(page)),
        Fact::new(page.t("filter"), filter),
        Fact::new(
            page.t("evidence-count"),
            page.words.text(
                "evidence-counted",
                &[
                    ("n", Argument::Number(failed)),
                    ("count", Argument::Text(&formats.count(failed))),
                    ("value", Argument::Text(&formats.count(listed))),
                ],
            ),
        ),
        Fact::new(page.t("filter-zone"), page.about("evidence-zone", &zone)),
        Fact::new(page.t("evidence-complete"), complete(page)),
        Fact::new(page.t("evidence-made"), format!("{} ({})", formats.second(page.now), page.now)),
    ];
    if let Some(answer) = answer {
        let versions = [answer.definitions.to_string(), answer.commit.0.to_string()].join(" / ");
        facts.push(Fact::new(page.t("evidence-version"), versions));
    }
    if !page.mask.is_none() {
        let digits = formats.count(i64::from(page.mask.digits()));
        facts.push(Fact::new(page.t("evidence-masked"), page.about("evidence-masked-digits", &digits)));
    }
    facts
}

/// Until when data are complete, with the date: who gets the sheet reads it later.
fn complete(page: &PageContext) -> String {
    let told = |key: &str, at| page.about(key, &page.formats.moment(at));
    match page.completeness {
        Completeness::Until(until) => told("complete-until", until),
        Completeness::Stored(at) => told("complete-stored", at),
        Completeness::Unknown | Completeness::Nothing => page.complete(),
    }
}

/// The codes of the calls, with what is documented of them.
fn codes(page: &PageContext, is_kept: bool, failures: &[Failure<'_>], failed: i64) -> Table {
    let heads = vec![
        Head::of(page.t("reason-code")),
        Head::of(page.t("column-cause")),
        Head::of(page.t("column-side")),
        Head::number(page.t("tile-failed")),
        Head::number(page.t("column-share")),
        Head::of(page.t("column-firstSeen")),
        Head::of(page.t("code-source")),
    ];
    let empty = if is_kept { super::emptiness(page) } else { "state-not-kept" };
    let mut table = Table::new(page.t("evidence-codes"), heads).titled().or_why(page, empty);
    for failure in failures {
        let share = ratio(failure.failed, failed).map(|share| page.formats.percent(share));
        let first_seen = failure.first_seen.map(|day| page.formats.calendar_date(day));
        let [sip, sub] =
            [failure.sip, failure.sub].map(|code| code.and_then(|code| i32::try_from(code).ok()));
        let source = explain(sip, sub).source;
        table.row(vec![
            Cell::name(failure.pair().to_string()),
            Cell::text(failure.cause).beside(page.t(failure.class.name())),
            Cell::text(page.t(failure.side)),
            Cell::number(page.formats.count(failure.failed)),
            Cell::number(share.unwrap_or_default()),
            Cell::text(first_seen.unwrap_or_default()).of_class("date"),
            Cell::text(page.t(source.name)).beside(source.url),
        ]);
    }
    table
}

/// What the words on the sheet mean: that a call failed, and each class that occurs.
fn definitions(page: &PageContext, failures: &[Failure<'_>]) -> Vec<Fact> {
    let mut told = Vec::new();
    if let Some(failed) = definition("failed") {
        let [name, formula, explanation] =
            [failed.name, failed.formula, failed.explanation].map(|key| page.t(key));
        told.push(Fact::new(name, format!("{formula}. {explanation}")));
    }
    let occurs = |class: &Class| failures.iter().any(|failure| failure.class == *class);
    let classes = Class::ALL.into_iter().filter(occurs);
    told.extend(classes.map(|class| Fact::new(page.t(class.name()), page.t(class.explanation()))));
    for (name, text) in [
        ("evidence-times", "evidence-times-told"),
        ("column-firstSeen", "column-firstSeen.explanation"),
        ("evidence-ids", "evidence-ids-told"),
    ] {
        told.push(Fact::new(page.t(name), page.t(text)));
    }
    told
}
