//! An evidence sheet as plain text: for tickets and mails, where tables would not
//! last.

use trunklog_odata::Instant;
use trunklog_records::Rows;
use trunklog_records::formulas::disarmed;

use super::calls::{Told, told};
use super::{Fact, Failure};
use crate::context::PageContext;

/// What a line of a call has, with tabs between: as Graph calls it, which the other
/// side knows in any language.
const COLUMNS: [&str; 14] = [
    "startDateTime",
    "inviteDateTime",
    "endDateTime",
    "callType",
    "callerNumber",
    "calleeNumber",
    "trunkFullyQualifiedDomainName",
    "finalSipCode-callEndSubReason",
    "finalSipCodePhrase",
    "correlationId",
    "id",
    "sharedCorrelationId",
    "transferorCorrelationId",
    "mediaPathLocation/signalingLocation",
];

/// The sheet.
pub(super) fn text(
    page: &PageContext,
    title: &str,
    facts: &[Fact],
    failures: &[Failure<'_>],
    rows: Option<&[Rows]>,
    definitions: &[Fact],
) -> String {
    let mut lines = vec![title.to_owned(), String::new()];
    lines.extend(facts.iter().map(line_of));
    lines.extend([String::new(), page.t("evidence-codes")]);
    for failure in failures {
        let (pair, side) = (failure.pair(), page.t(failure.side));
        lines.push(format!("{pair}: {} × {} [{side}]", failure.failed, one_line(failure.cause)));
    }
    lines.extend([String::new(), format!("{} (UTC)", page.t("evidence-calls"))]);
    lines.push(COLUMNS.join("\t"));
    lines.extend(rows.map(told).unwrap_or_default().iter().map(line_of_call));
    lines.extend([String::new(), page.t("evidence-definitions")]);
    lines.extend(definitions.iter().map(line_of));
    lines.join("\n")
}

fn line_of(fact: &Fact) -> String {
    format!("{}: {}", fact.name, one_line(&fact.text))
}

fn line_of_call(call: &Told<'_>) -> String {
    let at = |at: Option<Instant>| at.map(|at| at.to_string()).unwrap_or_default();
    let start = (call.time != Instant::ABSENT).then_some(call.time);
    let places = [call.media_path, call.signalling].join("/");
    let cells: [String; COLUMNS.len()] = [
        at(start),
        at(call.invite),
        at(call.end),
        cell(call.call_type),
        cell(call.caller),
        cell(call.callee),
        cell(call.trunk),
        call.code.to_string(),
        cell(call.phrase),
        cell(call.correlation_id),
        cell(call.id),
        cell(call.shared_correlation_id),
        cell(call.transferor_correlation_id),
        cell(&places),
    ];
    cells.join("\t")
}

/// A text as a cell: who pastes the lines into a spreadsheet is not to calculate with
/// what the other side of a call wrote.
fn cell(text: &str) -> String {
    let text = one_line(text);
    disarmed(&text).unwrap_or(text)
}

/// A text that ends no line and no cell.
fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}
