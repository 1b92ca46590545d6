//! `getPstnBlockedUsersLog`: users whose calls were blocked or unblocked.
//!
//! Source: learn.microsoft.com/graph/api/resources/callrecords-pstnblockeduserslogrow
//! (beta). Its rows have no id; the log keeps its own. The sample prints
//! the modes capitalised, the metadata has them in camel case.

use trunklog_odata::edm::EdmType::{DateTimeOffset, Enum, String};
use trunklog_odata::edm::EnumType;

use super::log::{Availability, Log, Origin, Property, UpperBound, beta, hidden};

/// The log that `getPstnBlockedUsersLog` reads.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_records::schema::PSTN_BLOCKED_USERS;
///
/// let layout = PSTN_BLOCKED_USERS.layout(Version::Beta);
/// // Rows have an id in the log that Graph does not show.
/// assert!(!layout.contains(&PSTN_BLOCKED_USERS.id_index()));
/// ```
pub static PSTN_BLOCKED_USERS: Log = Log {
    name: "pstnBlockedUsers",
    function: "getPstnBlockedUsersLog",
    row_type: "pstnBlockedUsersLogRow",
    time: "blockDateTime",
    upper_bound: UpperBound::Inclusive,
    availability: Availability::BetaOnly,
    origin: Origin::Stored,
    identified_by: &["userId", "blockDateTime", "userBlockMode", "userTelephoneNumber", "remediationId"],
    external_party: None,
    supersession: None,
    properties: PROPERTIES,
};

static USER_BLOCK_MODE: EnumType = EnumType {
    name: "pstnUserBlockMode",
    members: &[("blocked", 0), ("unblocked", 1), ("unknownFutureValue", 2)],
};

#[rustfmt::skip]
const PROPERTIES: &[Property] = &[
    hidden("id", String),
    beta("userId", String,                       1),
    beta("userPrincipalName", String,            2),
    beta("userDisplayName", String,              3),
    beta("blockDateTime", DateTimeOffset,        4),
    beta("userTelephoneNumber", String,          5),
    beta("userBlockMode", Enum(&USER_BLOCK_MODE), 6),
    beta("blockReason", String,                  7),
    beta("remediationId", String,                8),
];
