//! An evidence sheet as plain text: for tickets and mails, where tables would not
//! last.

use trunklog_odata::Instant;
use trunklog_records::Rows;

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
        one_line(call.call_type),
        one_line(call.caller),
        one_line(call.callee),
        one_line(call.trunk),
        call.code.to_string(),
        one_line(call.phrase),
        one_line(call.correlation_id),
        one_line(call.id),
        one_line(call.shared_correlation_id),
        one_line(call.transferor_correlation_id),
        one_line(&places),
    ];
    cells.join("\t")
}

/// A text that ends no line and no cell.
fn one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}
