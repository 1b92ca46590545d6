//! `/codes`: what pairs of SIP code and subcode mean, and what to do about them.

use askama::Template;
use trunklog_reports::codes::{PAIRS, Pair, TEAMS_CODES, explain, family, pair, sip_code};
use trunklog_reports::{Answer, Argument, Class, Ner};

use super::figures::{count, word};
use crate::context::PageContext;
use crate::shell::{Place, Shell};
use crate::state::{Code, CodePart, FilterState, Group};
use crate::table::{Cell, Head, Table};

/// All pairs that are documented.
#[derive(Debug, Template)]
#[template(path = "codes.html")]
pub struct CodesPage {
    shell: Shell,
    title: String,
    told: String,
    help: String,
    help_title: String,
    /// Where a code is looked up.
    action: String,
    code_title: String,
    look_up: String,
    table: Table,
}

/// One pair, or all pairs of a SIP code.
#[derive(Debug, Template)]
#[template(path = "codes/pair.html")]
pub struct CodePage {
    shell: Shell,
    title: String,
    all: String,
    all_title: String,
    cause: String,
    /// That it is documented nowhere; empty where it is.
    unknown: String,
    action_title: String,
    /// What to do; empty where nothing is wrong.
    action: String,
    /// What else is known, by its name.
    facts: Vec<(String, String)>,
    source_title: String,
    source: String,
    source_href: String,
    /// How many calls ended so, where they are listed, and their evidence sheet. The
    /// places are empty where there are none.
    calls_title: String,
    calls: String,
    sheet_title: String,
    sheet: String,
    others: Table,
}

/// Where all codes are. The filter's code alone would lead to its own page.
pub(super) fn all_codes(page: &PageContext) -> String {
    page.to_with("codes", |state| state.code = None)
}

impl CodesPage {
    /// The page.
    pub fn new(page: &PageContext) -> CodesPage {
        let title = page.t("codes");
        CodesPage {
            shell: Shell::new(page, Place::Help),
            told: page.t("codes-told"),
            help: page.to("help"),
            help_title: page.t("to-help"),
            // Its only field names the code; the filter is not kept.
            action: page.links.to("codes", &FilterState::default()),
            code_title: page.t("filter-code"),
            look_up: page.t("codes-look-up"),
            table: pairs(page, &title, PAIRS.iter()),
            title,
        }
    }
}

impl CodePage {
    /// The page of a code. `ends` tells calls by the codes with which they ended,
    /// for what is looked at; None where that is not kept.
    pub fn new(page: &PageContext, of: Code, ends: Option<&Answer>) -> CodePage {
        let (sip, sub) = (number(of.sip), number(of.sub));
        let is_pair = of.sip != CodePart::Any && of.sub != CodePart::Any;
        let told = explain(sip, sub);
        let is_known = is_pair && pair(sip, sub).is_some();
        let cause = match (of.sip, of.sub) {
            (CodePart::Any, _) => family_text(page, sub),
            (_, CodePart::Any) => sip_text(page, sip),
            _ => told.cause_text(page.words),
        };
        let action = if of.sip == CodePart::Any { family(sub).action.map(|key| page.t(key)) } else { None };
        let action = action.or_else(|| if is_pair { told.action_text(page.words) } else { None });
        let source = if of.sip == CodePart::Any { &TEAMS_CODES } else { told.source };
        let calls = ends.map(calls_of).unwrap_or_default();
        let narrow = |state: &mut FilterState| {
            state.ends.clear();
            state.code = Some(of);
        };
        let (list, sheet) = if calls.all > 0 {
            let is_failure = calls.failed > 0 && page.sees.calls();
            let sheet = is_failure.then(|| page.to_with("failures/evidence", narrow));
            (page.calls(narrow), sheet)
        } else {
            (None, None)
        };
        let is_other = |other: &&Pair| match (of.sip, of.sub) {
            (CodePart::Any, _) => Some(other.sub) == sub,
            _ => Some(other.sip) == sip && (Some(other.sub) != sub || !is_pair),
        };
        let key = if of.sip == CodePart::Any { "code-same-subcode" } else { "code-same-sip" };
        let others = pairs(page, &page.t(key), PAIRS.iter().filter(is_other)).titled();
        CodePage {
            shell: Shell::new(page, Place::Help),
            title: page.about("code-title", &of.to_string()),
            all: all_codes(page),
            all_title: page.t("to-codes"),
            cause,
            unknown: if is_known || !is_pair { String::new() } else { page.t("code-unknown") },
            action_title: page.t("column-action"),
            action: action.unwrap_or_default(),
            facts: facts(page, of),
            source_title: page.t("code-source"),
            source: page.t(source.name),
            source_href: source.url.to_owned(),
            calls_title: page.counted("code-calls", calls.all),
            calls: list.unwrap_or_default(),
            sheet_title: page.t("evidence"),
            sheet: sheet.unwrap_or_default(),
            others,
        }
    }
}

/// How many calls ended so.
#[derive(Debug, Clone, Copy, Default)]
struct Calls {
    all: i64,
    failed: i64,
}

fn calls_of(ends: &Answer) -> Calls {
    let mut calls = Calls::default();
    for row in 0..ends.table.rows.len() {
        let attempts = count(&ends.table, row, "attempts");
        calls.all += attempts;
        let class = word(&ends.table, row, "class");
        let class = class.and_then(|(key, _)| Class::by_key(key));
        if class.is_some_and(|class| class.ner() != Ner::Effective) {
            calls.failed += attempts;
        }
    }
    calls
}

/// What is known of a code besides its cause.
fn facts(page: &PageContext, of: Code) -> Vec<(String, String)> {
    let (sip, sub) = (number(of.sip), number(of.sub));
    let told = explain(sip, sub);
    let mut facts = Vec::new();
    if of.sip != CodePart::Any && of.sub != CodePart::Any {
        let class = told.class;
        let class_told = format!("{}. {}", page.t(class.name()), page.t(class.explanation()));
        let counts = match class.ner() {
            Ner::Effective => "code-effective",
            Ner::Ineffective => "code-ineffective",
            Ner::LeftOut => "code-left-out",
        };
        facts.push((page.t("column-side"), page.t(told.side.name())));
        facts.push((page.t("column-class"), class_told));
        facts.push((page.t("code-counts"), page.t(counts)));
    }
    if of.sip != CodePart::Any {
        let known = sip_code(sip);
        let phrase = known.phrase.map(|phrase| page.t(phrase)).unwrap_or_default();
        let rfc = known.rfc.map(|rfc| format!("RFC {rfc}")).unwrap_or_default();
        let parts = [of.sip.to_string(), phrase, sip_text(page, sip), rfc];
        facts.push((page.t("column-sipCode"), joined(parts)));
    }
    if of.sub != CodePart::Any {
        facts.push((page.t("column-subcode"), joined([of.sub.to_string(), family_text(page, sub)])));
    }
    facts
}

fn joined<const N: usize>(parts: [String; N]) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

fn sip_text(page: &PageContext, sip: Option<i32>) -> String {
    let code = Argument::Number(i64::from(sip.unwrap_or(0)));
    page.text(sip_code(sip).cause, &[("code", code)])
}

fn family_text(page: &PageContext, sub: Option<i32>) -> String {
    let last_digits = Argument::Number(i64::from(sub.unwrap_or(0) % 1_000));
    page.text(family(sub).name, &[("code", last_digits)])
}

fn number(part: CodePart) -> Option<i32> {
    match part {
        CodePart::Is(code) => Some(code),
        CodePart::Any | CodePart::Missing => None,
    }
}

/// A table of pairs.
fn pairs<'p>(page: &PageContext, title: &str, pairs: impl Iterator<Item = &'p Pair>) -> Table {
    let heads = vec![
        Head::of(page.t("reason-code")),
        Head::of(page.t("column-cause")),
        Head::of(page.t("column-side")),
        Head::of(page.t("column-action")),
        Head::of(page.t("code-source")),
    ];
    let mut table = Table::new(title, heads).or(page.t("codes-no-others"));
    for pair in pairs {
        let code = Code { sip: CodePart::Is(pair.sip), sub: CodePart::Is(pair.sub) };
        table.row(vec![
            Cell::name(code.to_string())
                .linked(Some(page.to(&format!("codes/{code}"))))
                .of_class(Group::of(pair.class).key()),
            Cell::text(page.t(pair.cause)).beside(page.t(pair.class.name())),
            Cell::text(page.t(pair.side.name())),
            Cell::text(pair.action.map(|action| page.t(action)).unwrap_or_default()),
            Cell::text(page.t(pair.source.name)),
        ]);
    }
    table
}

#[cfg(test)]
mod tests;
