//! `/calls/{time}/{id}`: one call, with its legs, why it ended so, and what to send
//! to who can help.

mod ladder;
mod support;

use askama::Template;
use trunklog_odata::Instant;
use trunklog_records::Rows;
use trunklog_reports::{Answer, Class, Facts, Side, Value, codes};

use crate::chart;
use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::links::Links;
use crate::pages::calls::{Column, Shown, Tokens, listed};
use crate::pages::figures::{Figure, code, moment, text, word};
use crate::pages::reveal::{Party, RevealForm};
use crate::shell::{Place, Shell};
use crate::state::{Code, Group};
use crate::svg::Svg;
use crate::table::{Cell, Head, Table};

/// What the page is made of.
pub struct CallAnswer<'a> {
    /// The call with its legs, as the report `call` tells them.
    pub legs: Answer,
    /// The row of the call, as the reader may see it.
    pub row: Rows,
    /// The row as Graph gives it.
    pub json: String,
    /// Other calls of the trunk that ended with the same code around it; None where
    /// the call did not fail.
    pub similar: Option<Similar>,
    /// The masked numbers of the call that the reader may have shown.
    pub hidden: Vec<Party>,
    /// How many characters a reason for it may have.
    pub most_reason: usize,
    /// Makes tokens of people and numbers.
    pub tokens: Tokens<'a>,
}

/// Calls that ended as one did.
#[derive(Debug)]
pub struct Similar {
    /// Some of them, the newest first.
    pub rows: Rows,
    /// How many there are, the call itself among them.
    pub count: i64,
    /// Where all are listed.
    pub list: String,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "call.html")]
pub struct CallPage<'a> {
    page: &'a PageContext,
    shell: Shell,
    title: String,
    /// The list that the reader came from.
    back: String,
    facts: Vec<Known>,
    reason: Reason,
    chart: Svg,
    steps: Table,
    legs: Table,
    /// What has to be known of the legs; empty for nothing.
    legs_note: String,
    similar: Option<SimilarCalls>,
    json: String,
    support: String,
}

/// What is known of the call, by its name.
#[derive(Debug)]
struct Known {
    name: String,
    cell: Cell,
    /// Asks for the whole of a masked number.
    reveal: Option<RevealForm>,
}

/// Why the call ended so.
#[derive(Debug)]
struct Reason {
    /// The class, with its colour.
    class: String,
    colour: &'static str,
    code: String,
    code_href: String,
    cause: String,
    side: String,
    action: String,
    source: String,
}

#[derive(Debug)]
struct SimilarCalls {
    told: String,
    list: String,
    list_title: String,
    table: Table,
}

/// The columns of similar calls.
const SIMILAR: [&str; 6] = ["time", "name", "caller", "callee", "sip", "sub"];

impl<'a> CallPage<'a> {
    /// The page; None where the answer does not have the call.
    pub fn new(page: &'a PageContext, answer: &CallAnswer<'_>) -> Option<CallPage<'a>> {
        let table = &answer.legs.table;
        let asked = (0..table.rows.len())
            .find(|row| matches!(table.value(*row, "isAsked"), Some(Value::Bool(true))))?;
        if answer.row.is_empty() {
            return None;
        }
        let steps = ladder::steps(page, table);
        let at = moment(table, asked, "startDateTime").unwrap_or(Instant::ABSENT);
        let title = page.about("call-title", &page.formats.second(at));
        let legs_note = answer.legs.notes.first().map(|note| page.t(note)).unwrap_or_default();
        Some(CallPage {
            page,
            shell: Shell::new(page, Place::Calls),
            back: page.to("calls"),
            facts: facts(page, answer, asked),
            reason: reason(page, answer),
            chart: chart::ladder(&ladder::drawn(page, &title, &steps)),
            steps: ladder::table(page, &steps),
            legs: legs(page, answer),
            legs_note,
            similar: answer.similar.as_ref().map(|similar| of_similar(page, similar, answer.tokens)),
            json: answer.json.clone(),
            support: support::text(page, &answer.row),
            title,
        })
    }
}

/// What is known of the call.
fn facts(page: &PageContext, answer: &CallAnswer<'_>, asked: usize) -> Vec<Known> {
    let table = &answer.legs.table;
    let of_rows = Facts::of(&answer.row);
    let shown = Shown { page, rows: &answer.row, at: 0, fact: of_rows.row(0), tokens: answer.tokens };
    let columns = ["name", "sipAddress", "caller", "callee", "type", "calledTo", "sbc", "event", "bypass"];
    let known = |column: &Column| {
        let party = Party::by_key(column.key()).filter(|party| answer.hidden.contains(party));
        Known {
            name: column.head(page).title,
            cell: column.cell(&shown),
            reveal: party.map(|party| RevealForm::new(page, party, answer.most_reason)),
        }
    };
    let mut facts: Vec<Known> = listed(&columns).into_iter().map(known).collect();
    for (key, title) in [("setup", "column-setup"), ("talk", "column-talk"), ("held", "column-held")] {
        let cell = Cell::text(Figure::of(table, asked, key).told(page));
        facts.push(Known { name: page.t(title), cell, reveal: None });
    }
    let more = ["duration", "media", "signaling", "correlation", "shared", "id"];
    facts.extend(listed(&more).into_iter().map(known));
    facts.retain(|fact| !fact.cell.text.is_empty() && fact.cell.text != NOTHING);
    facts
}

fn reason(page: &PageContext, answer: &CallAnswer<'_>) -> Reason {
    let facts = Facts::of(&answer.row);
    let fact = facts.row(0);
    let told = codes::explain(fact.sip, fact.sub);
    let pair = Code::of(fact.sip.map(i64::from), fact.sub.map(i64::from));
    let phrase =
        Shown { page, rows: &answer.row, at: 0, fact, tokens: answer.tokens }.text("finalSipCodePhrase");
    let side = if fact.is_answered() { Side::Nobody } else { told.side };
    let action = if fact.is_answered() { None } else { told.action_text(page.words) };
    Reason {
        class: page.t(fact.class.name()),
        colour: Group::of(fact.class).key(),
        code: if phrase.is_empty() { pair.to_string() } else { format!("{pair} {phrase}") },
        code_href: page.to(&format!("codes/{pair}")),
        cause: told.cause_text(page.words),
        side: page.t(side.name()),
        action: action.unwrap_or_default(),
        source: if told.is_known { String::new() } else { page.t("call-code-unknown") },
    }
}

/// The legs, a row each.
fn legs(page: &PageContext, answer: &CallAnswer<'_>) -> Table {
    let title = page.t("call-legs");
    let heads = vec![
        Head::of(page.t("calls-time")),
        Head::of(page.t("column-role")),
        Head::number(page.t("column-gap")).with_help(page.t("call-gap-told")),
        Head::number(page.t("column-setup")).with_help(page.t("column-setup.explanation")),
        Head::number(page.t("column-talk")).with_help(page.t("column-talk.explanation")),
        Head::of(page.t("calls-caller")),
        Head::of(page.t("calls-callee")),
        Head::of(page.t("calls-name")),
        Head::of(page.t("calls-sbc")),
        Head::of(page.t("reason-code")),
        Head::of(page.t("column-class")),
    ];
    let mut legs = Table::new(title, heads);
    let table = &answer.legs.table;
    for row in 0..table.rows.len() {
        let told = |key: &str| text(table, row, key).unwrap_or_default().to_owned();
        let figure = |key: &str| Cell::number(Figure::of(table, row, key).told(page));
        let at = moment(table, row, "startDateTime");
        let id = told("id");
        let is_asked = matches!(table.value(row, "isAsked"), Some(Value::Bool(true)));
        let href = at
            .filter(|_| !is_asked)
            .map(|at| page.to(&format!("calls/{}/{}", Links::segment(&at.to_string()), Links::segment(&id))));
        let class = word(table, row, "class");
        let group = class.and_then(|(key, _)| Class::by_key(key)).map(Group::of);
        let name_of = |key: &str| word(table, row, key).map(|(_, name)| page.t(name)).unwrap_or_default();
        let [sip, sub] = ["sipCode", "subcode"].map(|key| code(table, row, key));
        let mut first = Cell::name(at.map_or_else(|| NOTHING.to_owned(), |at| page.formats.second(at)))
            .linked(href)
            .of_class(group.unwrap_or(Group::Unknown).key());
        if is_asked {
            first = first.beside(page.t("call-this"));
        }
        legs.row(vec![
            first,
            Cell::text(name_of("role")),
            figure("gap"),
            figure("setup"),
            figure("talk"),
            Cell::text(told("callerNumber")),
            Cell::text(told("calleeNumber")),
            Cell::text(told("displayName")),
            Cell::text(told("trunk")),
            Cell::text(Code::of(sip, sub).to_string()),
            Cell::text(name_of("class")),
        ]);
    }
    legs
}

fn of_similar(page: &PageContext, similar: &Similar, tokens: Tokens<'_>) -> SimilarCalls {
    let columns = listed(&SIMILAR);
    let heads = columns.iter().map(|column| column.head(page)).collect();
    let mut table = Table::new(page.t("call-similar"), heads).or_why(page, "state-no-calls");
    let facts = Facts::of(&similar.rows);
    for (at, fact) in facts.rows().enumerate() {
        let shown = Shown { page, rows: &similar.rows, at, fact, tokens };
        table.row(columns.iter().map(|column| column.cell(&shown)).collect());
    }
    SimilarCalls {
        told: page.counted("call-similar-count", similar.count),
        list: similar.list.clone(),
        list_title: page.t("call-similar-all"),
        table,
    }
}

#[cfg(test)]
mod tests;
