//! What Microsoft's and the carrier's support ask for first, as plain text.

use std::fmt::Write;

use trunklog_records::{Cell, Rows};

use crate::context::PageContext;

/// The lines, in the order in which tickets have them: the property, and what it is
/// called there. Support reads English, whatever the reader's language.
const LINES: [(&str, &str); 16] = [
    ("correlationId", "Correlation ID"),
    ("sharedCorrelationId", "Shared correlation ID"),
    ("transferorCorrelationId", "Transferor correlation ID"),
    ("inviteDateTime", "Invite time (UTC)"),
    ("startDateTime", "Start time (UTC)"),
    ("failureDateTime", "Failure time (UTC)"),
    ("endDateTime", "End time (UTC)"),
    ("callType", "Call type"),
    ("callerNumber", "Caller number"),
    ("calleeNumber", "Callee number"),
    ("userPrincipalName", "User"),
    ("trunkFullyQualifiedDomainName", "SBC FQDN"),
    ("finalSipCode", "Final SIP code"),
    ("callEndSubReason", "Final Microsoft subcode"),
    ("finalSipCodePhrase", "Final SIP phrase"),
    ("signalingLocation", "Azure region for signaling"),
];

/// The text of a call. What the row lacks is left out.
pub(super) fn text(page: &PageContext, row: &Rows) -> String {
    let mut out = format!("Tenant: {}\n", page.tenant.id);
    for (property, name) in LINES {
        let value = row.log().index_of(property).and_then(|at| row.column(at).value(0));
        let told = match value {
            None => continue,
            Some(Cell::Instant(at)) if at == trunklog_odata::Instant::ABSENT => continue,
            Some(value) => value.to_string(),
        };
        if !told.is_empty() {
            // A string takes whatever is written to it.
            let _ = writeln!(out, "{name}: {told}");
        }
    }
    out
}
