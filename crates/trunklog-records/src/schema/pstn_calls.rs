//! `getPstnCalls`: calls over Calling Plans and Operator Connect.
//!
//! Source: learn.microsoft.com/graph/api/resources/callrecords-pstncalllogrow
//! (v1.0 and beta) and the published v1.0 CSDL. The four client addresses are
//! in Microsoft's generated beta SDKs, not in the documentation.

use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType::{Collection, DateTimeOffset, Decimal, Enum, Int32, String};
use trunklog_odata::edm::EnumType;

use super::log::{
    ADMINISTRATIVE_UNIT_INFO, Availability, ExternalParty, ID, Log, Origin, Property, UpperBound, beta, both,
    kept,
};
use super::supersession::{RECORDED_BY, Supersession};

/// The log that `getPstnCalls` reads.
///
/// ```
/// use trunklog_odata::edm::EdmType;
/// use trunklog_records::schema::PSTN_CALLS;
///
/// let charge = &PSTN_CALLS.properties[PSTN_CALLS.index_of("charge").unwrap()];
/// assert_eq!(charge.edm, EdmType::Decimal);
/// ```
pub static PSTN_CALLS: Log = Log {
    name: "pstnCalls",
    function: "getPstnCalls",
    row_type: "pstnCallLogRow",
    time: "startDateTime",
    upper_bound: UpperBound::Inclusive,
    availability: Availability::Everywhere,
    origin: Origin::Stored,
    identified_by: &[
        "callId",
        "startDateTime",
        "callType",
        "callerNumber",
        "calleeNumber",
        "userPrincipalName",
    ],
    external_party: Some(ExternalParty {
        direction: "callType",
        inbound: "callerNumber",
        outbound: "calleeNumber",
    }),
    supersession: Some(Supersession {
        marked_by: RECORDED_BY,
        same: &[ID],
        alike: &[],
        within_ticks: Instant::TICKS_PER_SEC,
    }),
    properties: PROPERTIES,
};

static CALL_DURATION_SOURCE: EnumType =
    EnumType { name: "pstnCallDurationSource", members: &[("microsoft", 0), ("operator", 1)] };

#[rustfmt::skip]
const PROPERTIES: &[Property] = &[
    //                                                       v1.0 beta
    both("id", String,                                          1,  1),
    both("callId", String,                                      2,  2),
    both("userId", String,                                      3,  3),
    both("userPrincipalName", String,                           4,  4),
    both("userDisplayName", String,                             5,  5),
    both("startDateTime", DateTimeOffset,                       6,  6),
    both("endDateTime", DateTimeOffset,                         7,  7),
    both("duration", Int32,                                     8,  8),
    both("charge", Decimal,                                     9,  9),
    both("callType", String,                                   10, 10),
    both("currency", String,                                   11, 11),
    both("calleeNumber", String,                               12, 12),
    both("usageCountryCode", String,                           13, 13),
    both("tenantCountryCode", String,                          14, 14),
    both("connectionCharge", Decimal,                          15, 15),
    both("callerNumber", String,                               16, 16),
    both("destinationContext", String,                         17, 17),
    both("destinationName", String,                            18, 18),
    both("conferenceId", String,                               19, 19),
    both("licenseCapability", String,                          20, 20),
    both("inventoryType", String,                              21, 21),
    both("operator", String,                                   22, 22),
    both("callDurationSource", Enum(&CALL_DURATION_SOURCE),    23, 23),
    beta("otherPartyCountryCode", String,                          24),
    beta("administrativeUnitInfos", Collection(&ADMINISTRATIVE_UNIT_INFO), 25),
    beta("clientLocalIpV4Address", String,                         26),
    beta("clientLocalIpV6Address", String,                         27),
    beta("clientPublicIpV4Address", String,                        28),
    beta("clientPublicIpV6Address", String,                        29),
    kept(RECORDED_BY, String),
];
