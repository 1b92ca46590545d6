//! `getPstnOnlineMeetingDialoutReport`: dial-out calls of meetings, summed up
//! by organiser, location, destination and currency.
//!
//! Source: learn.microsoft.com/graph/api/resources/callrecords-pstnonlinemeetingdialoutreport
//! (beta). The rows carry no time; the log keeps start and end of the period
//! that a row sums up.

use trunklog_odata::edm::EdmType::{DateTimeOffset, Decimal, Int32, String};

use super::log::{Availability, Log, Measure, Origin, Property, Summary, UpperBound, beta, hidden};
use super::pstn_calls::PSTN_CALLS;

/// The log that `getPstnOnlineMeetingDialoutReport` reads.
///
/// ```
/// use trunklog_records::schema::{PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
///
/// let summary = PSTN_ONLINE_MEETING_DIALOUT.summary().unwrap();
/// assert_eq!((summary.of, summary.selected), (&PSTN_CALLS, &["conf_out", "oc_conf_out"][..]));
/// ```
pub static PSTN_ONLINE_MEETING_DIALOUT: Log = Log {
    name: "pstnOnlineMeetingDialout",
    function: "getPstnOnlineMeetingDialoutReport",
    row_type: "pstnOnlineMeetingDialoutReport",
    time: "periodStartDateTime",
    upper_bound: UpperBound::Inclusive,
    availability: Availability::BetaOnly,
    origin: Origin::Computed(&DIAL_OUT_CALLS),
    identified_by: &["userId", "usageLocation", "destinationContext", "currency", "periodStartDateTime"],
    external_party: None,
    supersession: None,
    properties: PROPERTIES,
};

/// Calls that Audio Conferencing made out of a meeting, which Microsoft
/// charges to its organiser.
static DIAL_OUT_CALLS: Summary = Summary {
    of: &PSTN_CALLS,
    selected_by: "callType",
    selected: &["conf_out", "oc_conf_out"],
    groups: &[
        ("userId", "userId"),
        ("usageLocation", "usageCountryCode"),
        ("destinationContext", "destinationContext"),
        ("currency", "currency"),
    ],
    measures: &[
        ("userPrincipalName", Measure::Largest("userPrincipalName")),
        ("userDisplayName", Measure::Largest("userDisplayName")),
        ("totalCalls", Measure::Rows),
        ("totalCallCharge", Measure::DecimalSum("charge")),
        ("totalCallSeconds", Measure::Sum("duration")),
    ],
    period_end: "periodEndDateTime",
};

#[rustfmt::skip]
const PROPERTIES: &[Property] = &[
    hidden("id", String),
    hidden("periodStartDateTime", DateTimeOffset),
    hidden("periodEndDateTime", DateTimeOffset),
    beta("userId", String,             1),
    beta("userPrincipalName", String,  2),
    beta("userDisplayName", String,    3),
    beta("usageLocation", String,      4),
    beta("destinationContext", String, 5),
    beta("currency", String,           6),
    beta("totalCalls", Int32,          7),
    beta("totalCallCharge", Decimal,   8),
    beta("totalCallSeconds", Int32,    9),
];
