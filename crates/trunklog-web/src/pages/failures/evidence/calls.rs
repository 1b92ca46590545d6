//! The calls of an evidence sheet.

use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Cell as Stored, Rows};
use trunklog_reports::{Fact, Facts};

use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::links::Links;
use crate::state::Code;
use crate::table::{Cell, Head, Table};

/// What a sheet tells of a call, as the reader may see it.
#[derive(Debug)]
pub(super) struct Told<'a> {
    /// The row's time, by which it is found.
    pub(super) time: Instant,
    pub(super) invite: Option<Instant>,
    pub(super) end: Option<Instant>,
    pub(super) call_type: &'a str,
    pub(super) caller: &'a str,
    pub(super) callee: &'a str,
    pub(super) trunk: &'a str,
    pub(super) code: Code,
    pub(super) phrase: &'a str,
    pub(super) id: &'a str,
    pub(super) correlation_id: &'a str,
    pub(super) shared_correlation_id: &'a str,
    pub(super) transferor_correlation_id: &'a str,
    pub(super) media_path: &'a str,
    pub(super) signalling: &'a str,
}

impl<'a> Told<'a> {
    fn of(rows: &'a Rows, row: usize, fact: &Fact<'a>) -> Told<'a> {
        let text = |name: &str| text(rows, row, name);
        let at = |ticks: Option<i64>| ticks.and_then(|ticks| Instant::from_ticks(ticks).ok());
        Told {
            time: rows.time(row),
            invite: at(fact.invite),
            end: at(fact.end.or(fact.failure)),
            call_type: text("callType"),
            caller: text("callerNumber"),
            callee: text("calleeNumber"),
            trunk: text("trunkFullyQualifiedDomainName"),
            code: Code::of(fact.sip.map(i64::from), fact.sub.map(i64::from)),
            phrase: text("finalSipCodePhrase"),
            id: rows.id(row),
            correlation_id: text("correlationId"),
            shared_correlation_id: text("sharedCorrelationId"),
            transferor_correlation_id: text("transferorCorrelationId"),
            media_path: text("mediaPathLocation"),
            signalling: text("signalingLocation"),
        }
    }
}

/// What is told of each call.
pub(super) fn told(batches: &[Rows]) -> Vec<Told<'_>> {
    let mut told = Vec::with_capacity(batches.iter().map(Rows::len).sum());
    for rows in batches {
        let facts = Facts::of(rows);
        told.extend(facts.rows().enumerate().map(|(row, fact)| Told::of(rows, row, &fact)));
    }
    told
}

/// The table.
pub(super) fn table(page: &PageContext, rows: Option<&[Rows]>) -> Table {
    let heads = vec![
        Head::number(page.t("evidence-number")),
        Head::of(page.t("evidence-start")),
        Head::of(page.t("evidence-invite")),
        Head::of(page.t("evidence-end")),
        Head::of(page.t("filter-type")),
        Head::of(page.t("evidence-caller")),
        Head::of(page.t("evidence-callee")),
        Head::of(page.t("column-trunk")),
        Head::of(page.t("reason-code")),
        Head::of(page.t("evidence-ids")),
    ];
    let empty = if rows.is_some() { super::super::emptiness(page) } else { "state-not-kept" };
    let mut table = Table::new(page.t("evidence-calls"), heads).titled().or_why(page, empty);
    let calls = rows.map(told).unwrap_or_default();
    for (at, call) in calls.iter().enumerate() {
        table.row(cells(page, at + 1, call));
    }
    table
}

fn cells(page: &PageContext, number: usize, call: &Told<'_>) -> Vec<Cell> {
    let formats = &page.formats;
    let at = |at: Option<Instant>| Cell::text(at.map_or_else(|| NOTHING.to_owned(), |at| formats.second(at)));
    let own = |text: &str| Cell::text(if text.is_empty() { NOTHING } else { text });
    let start = (call.time != Instant::ABSENT).then_some(call.time);
    let path = format!("calls/{}/{}", Links::segment(&call.time.to_string()), Links::segment(call.id));
    let others = [call.shared_correlation_id, call.transferor_correlation_id];
    let ids = others
        .into_iter()
        .filter(|id| !id.is_empty())
        .fold(call.id.to_owned(), |ids, id| format!("{ids} {id}"));
    vec![
        Cell::name(number.to_string()).linked(Some(page.to(&path))),
        // The other side's clock shows another zone.
        at(start).beside(start.map(|start| start.to_string()).unwrap_or_default()),
        at(call.invite),
        at(call.end),
        own(call.call_type),
        own(call.caller),
        own(call.callee),
        own(call.trunk),
        Cell::text(call.code.to_string()).beside(call.phrase),
        own(call.correlation_id).beside(ids),
    ]
}

/// A text of a row; empty where it has none.
fn text<'a>(rows: &'a Rows, row: usize, name: &str) -> &'a str {
    let Some(at) = DIRECT_ROUTING_CALLS.index_of(name) else { return "" };
    match rows.column(at).value(row) {
        Some(Stored::Text(text)) => text,
        _ => "",
    }
}
