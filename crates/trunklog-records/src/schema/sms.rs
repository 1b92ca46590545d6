//! `getSmsLog`: text messages sent and received.
//!
//! Source: learn.microsoft.com/graph/api/resources/callrecords-smslogrow
//! (beta). `id` is in the type and missing from the documentation's sample;
//! whether the upper bound is inclusive is no longer stated.

use trunklog_odata::edm::EdmType::{Collection, DateTimeOffset, Decimal, Int32, String};

use super::log::{
    ADMINISTRATIVE_UNIT_INFO, Availability, ExternalParty, Log, Origin, Property, UpperBound, beta,
};

/// The log that `getSmsLog` reads.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_records::schema::SMS;
///
/// assert!(SMS.exists_in(Version::Beta) && !SMS.exists_in(Version::V1));
/// assert_eq!(SMS.time, "sentDateTime");
/// ```
pub static SMS: Log = Log {
    name: "sms",
    function: "getSmsLog",
    row_type: "smsLogRow",
    time: "sentDateTime",
    upper_bound: UpperBound::Inclusive,
    availability: Availability::BetaOnly,
    origin: Origin::Stored,
    identified_by: &[
        "smsId",
        "sentDateTime",
        "smsType",
        "sourceNumber",
        "destinationNumber",
        "userPrincipalName",
    ],
    external_party: Some(ExternalParty {
        direction: "smsType",
        inbound: "sourceNumber",
        outbound: "destinationNumber",
    }),
    supersession: None,
    properties: PROPERTIES,
};

#[rustfmt::skip]
const PROPERTIES: &[Property] = &[
    beta("id", String,                     1),
    beta("smsId", String,                  2),
    beta("userId", String,                 3),
    beta("userPrincipalName", String,      4),
    beta("userDisplayName", String,        5),
    beta("userCountryCode", String,        6),
    beta("tenantCountryCode", String,      7),
    beta("sourceNumber", String,           8),
    beta("destinationNumber", String,      9),
    beta("sentDateTime", DateTimeOffset,  10),
    beta("callCharge", Decimal,           11),
    beta("currency", String,              12),
    beta("smsType", String,               13),
    beta("destinationContext", String,    14),
    beta("destinationName", String,       15),
    beta("otherPartyCountryCode", String, 16),
    beta("licenseCapability", String,     17),
    beta("smsUnits", Int32,               18),
    beta("administrativeUnitInfos", Collection(&ADMINISTRATIVE_UNIT_INFO), 19),
];
