//! The columns of the admin centre's exports, in their order.
//!
//! Source: learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report,
//! in its version of 2025. In exports of Direct Routing, `External Country` is where
//! those who read real files have it; the documentation leaves it out.

use trunklog_odata::Version;
use trunklog_records::Log;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReportColumn {
    /// As the first line has it.
    pub(super) name: &'static str,
    /// The index of its property.
    pub(super) at: usize,
    pub(super) form: Form,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it is: texts and numbers, yes and no, times or nothing.
    Plain,
    /// The admin centre's word for a call type of Direct Routing.
    CallType,
    /// The direction that a call type has.
    Direction,
    /// A country, or `??`.
    Country,
    /// With a capital letter.
    DurationSource,
    /// The ids of units, separated by `;`.
    Units,
}

#[rustfmt::skip]
static DIRECT_ROUTING: [(&str, &str, Form); 26] = [
    ("CorrelationId",              "correlationId",                 Form::Plain),
    ("AAD ObjectId",               "userId",                        Form::Plain),
    ("UPN",                        "userPrincipalName",             Form::Plain),
    ("Display Name",               "userDisplayName",               Form::Plain),
    ("User country",               "userCountryCode",               Form::Plain),
    ("External Country",           "otherPartyCountryCode",         Form::Country),
    ("Invite time",                "inviteDateTime",                Form::Plain),
    ("Start time",                 "startDateTime",                 Form::Plain),
    ("Failure time",               "failureDateTime",               Form::Plain),
    ("End time",                   "endDateTime",                   Form::Plain),
    ("Duration (seconds)",         "duration",                      Form::Plain),
    ("Success",                    "successfulCall",                Form::Plain),
    ("Caller Number",              "callerNumber",                  Form::Plain),
    ("Callee Number",              "calleeNumber",                  Form::Plain),
    ("Call type",                  "callType",                      Form::CallType),
    ("Call Direction",             "callType",                      Form::Direction),
    ("Azure region for Media",     "mediaPathLocation",             Form::Plain),
    ("Azure region for Signaling", "signalingLocation",             Form::Plain),
    ("Final SIP code",             "finalSipCode",                  Form::Plain),
    ("Final Microsoft subcode",    "callEndSubReason",              Form::Plain),
    ("Final SIP Phrase",           "finalSipCodePhrase",            Form::Plain),
    ("SBC FQDN",                   "trunkFullyQualifiedDomainName", Form::Plain),
    ("Media bypass",               "mediaBypassEnabled",            Form::Plain),
    ("Shared correlation ID",      "sharedCorrelationId",           Form::Plain),
    ("Administrative Units",       "administrativeUnitInfos",       Form::Units),
    ("TransferorCorrelationId",    "transferorCorrelationId",       Form::Plain),
];

#[rustfmt::skip]
static CALLING_PLANS: [(&str, &str, Form); 25] = [
    ("UsageId",                 "id",                      Form::Plain),
    ("Call ID",                 "callId",                  Form::Plain),
    ("Conference ID",           "conferenceId",            Form::Plain),
    ("User Location",           "usageCountryCode",        Form::Plain),
    ("AAD ObjectId",            "userId",                  Form::Plain),
    ("UPN",                     "userPrincipalName",       Form::Plain),
    ("User Display Name",       "userDisplayName",         Form::Plain),
    ("Caller ID",               "callerNumber",            Form::Plain),
    ("Call Type",               "callType",                Form::Plain),
    ("Call Direction",          "callType",                Form::Direction),
    ("Number Type",             "inventoryType",           Form::Plain),
    ("Domestic/International",  "destinationContext",      Form::Plain),
    ("Destination Dialed",      "destinationName",         Form::Plain),
    ("Destination Number",      "calleeNumber",            Form::Plain),
    ("External Country",        "otherPartyCountryCode",   Form::Country),
    ("Start Time",              "startDateTime",           Form::Plain),
    ("End Time",                "endDateTime",             Form::Plain),
    ("Duration Seconds",        "duration",                Form::Plain),
    ("Connection Fee",          "connectionCharge",        Form::Plain),
    ("Charge",                  "charge",                  Form::Plain),
    ("Currency",                "currency",                Form::Plain),
    ("Capability",              "licenseCapability",       Form::Plain),
    ("Operator",                "operator",                Form::Plain),
    ("Source of Call Duration", "callDurationSource",      Form::DurationSource),
    ("Administrative Units",    "administrativeUnitInfos", Form::Units),
];

/// The columns of a log's export.
pub(super) fn of(log: &'static Log) -> Vec<ReportColumn> {
    let known: &[(&'static str, &str, Form)] = if *log == DIRECT_ROUTING_CALLS {
        &DIRECT_ROUTING
    } else if *log == PSTN_CALLS {
        &CALLING_PLANS
    } else {
        return graphs(log);
    };
    let column = |&(name, property, form): &(&'static str, &str, Form)| {
        let at =
            log.index_of(property).expect("a test asserts that the columns name properties of their log");
        ReportColumn { name, at, form }
    };
    known.iter().map(column).collect()
}

/// Graph's own properties, as beta has them.
fn graphs(log: &'static Log) -> Vec<ReportColumn> {
    let name = |at: usize| log.properties[at].name;
    log.layout(Version::Beta)
        .into_iter()
        .map(|at| ReportColumn { name: name(at), at, form: Form::Plain })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use trunklog_records::schema::LOGS;

    use super::*;

    #[test]
    fn the_columns_are_those_of_the_documentation() {
        for (log, count) in LOGS.into_iter().zip([26, 25, 9, 8, 19]) {
            let columns = of(log);
            assert_eq!(columns.len(), count, "{}", log.name);
            let names: BTreeSet<&str> = columns.iter().map(|column| column.name).collect();
            assert_eq!(names.len(), count, "{}", log.name);
        }
    }
}
