//! `getDirectRoutingCalls`: calls over the organisation's own trunks.
//!
//! Source: learn.microsoft.com/graph/api/resources/callrecords-directroutinglogrow
//! (v1.0 and beta) and the published v1.0 CSDL. On beta `endDateTime` is
//! before `inviteDateTime`.

use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType::{Boolean, Collection, DateTimeOffset, Int32, String};

use super::log::{
    ADMINISTRATIVE_UNIT_INFO, Availability, ExternalParty, Log, Origin, Property, UpperBound, beta, both,
    kept,
};
use super::supersession::{RECORDED_BY, Supersession};

/// The log that `getDirectRoutingCalls` reads.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
///
/// assert!(DIRECT_ROUTING_CALLS.exists_in(Version::V1));
/// assert!(DIRECT_ROUTING_CALLS.index_of("trunkFullyQualifiedDomainName").is_some());
/// ```
pub static DIRECT_ROUTING_CALLS: Log = Log {
    name: "directRoutingCalls",
    function: "getDirectRoutingCalls",
    row_type: "directRoutingLogRow",
    time: "startDateTime",
    upper_bound: UpperBound::Exclusive,
    availability: Availability::Everywhere,
    origin: Origin::Stored,
    identified_by: &[
        "correlationId",
        "inviteDateTime",
        "startDateTime",
        "callType",
        "callerNumber",
        "calleeNumber",
        "trunkFullyQualifiedDomainName",
        "userPrincipalName",
    ],
    external_party: Some(ExternalParty {
        direction: "callType",
        inbound: "callerNumber",
        outbound: "calleeNumber",
    }),
    supersession: Some(Supersession {
        marked_by: RECORDED_BY,
        same: &["correlationId", "userId", "callType"],
        alike: &["callerNumber", "calleeNumber"],
        within_ticks: Instant::TICKS_PER_SEC,
    }),
    properties: PROPERTIES,
};

#[rustfmt::skip]
const PROPERTIES: &[Property] = &[
    //                                                       v1.0 beta
    both("id", String,                                          1,  1),
    both("correlationId", String,                               2,  2),
    both("userId", String,                                      3,  3),
    both("userPrincipalName", String,                           4,  4),
    both("userDisplayName", String,                             5,  5),
    both("startDateTime", DateTimeOffset,                       6,  6),
    both("inviteDateTime", DateTimeOffset,                      7,  8),
    both("failureDateTime", DateTimeOffset,                     8,  9),
    both("endDateTime", DateTimeOffset,                         9,  7),
    both("duration", Int32,                                    10, 10),
    both("callType", String,                                   11, 11),
    both("successfulCall", Boolean,                            12, 12),
    both("callerNumber", String,                               13, 13),
    both("calleeNumber", String,                               14, 14),
    both("mediaPathLocation", String,                          15, 15),
    both("signalingLocation", String,                          16, 16),
    both("finalSipCode", Int32,                                17, 17),
    both("callEndSubReason", Int32,                            18, 18),
    both("finalSipCodePhrase", String,                         19, 19),
    both("trunkFullyQualifiedDomainName", String,              20, 20),
    both("mediaBypassEnabled", Boolean,                        21, 21),
    beta("userCountryCode", String,                                22),
    beta("otherPartyCountryCode", String,                          23),
    beta("transferorCorrelationId", String,                        24),
    beta("administrativeUnitInfos", Collection(&ADMINISTRATIVE_UNIT_INFO), 25),
    kept(RECORDED_BY, String),
    kept("sharedCorrelationId", String),
];
