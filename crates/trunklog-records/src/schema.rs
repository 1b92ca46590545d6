//! The logs and their properties, as tables.
//!
//! One file a log. To add a property, add its line there.

mod direct_routing;
mod pstn_blocked_users;
mod pstn_calls;
mod pstn_dialout;
mod sms;

use trunklog_odata::edm::{ComplexType, EdmType};
use trunklog_odata::{Instant, Version};

pub use direct_routing::DIRECT_ROUTING_CALLS;
pub use pstn_blocked_users::PSTN_BLOCKED_USERS;
pub use pstn_calls::PSTN_CALLS;
pub use pstn_dialout::PSTN_ONLINE_MEETING_DIALOUT;
pub use sms::SMS;

/// All logs, in the order of their functions' documentation.
pub static LOGS: [&Log; 5] =
    [&DIRECT_ROUTING_CALLS, &PSTN_CALLS, &PSTN_ONLINE_MEETING_DIALOUT, &PSTN_BLOCKED_USERS, &SMS];

/// One of the row sets that Graph's functions return.
#[derive(Debug)]
pub struct Log {
    /// Names the log in commands, stores and metrics: `directRoutingCalls`.
    pub name: &'static str,
    /// The function that reads it: `getDirectRoutingCalls`.
    pub function: &'static str,
    /// The unqualified type of its rows: `directRoutingLogRow`.
    pub row_type: &'static str,
    /// The property that a range of time is applied to.
    pub time: &'static str,
    /// Whether a row exactly at `toDateTime` belongs to the range.
    pub upper_bound: UpperBound,
    /// Where the function exists.
    pub availability: Availability,
    /// Whether rows are stored, or computed from other logs.
    pub origin: Origin,
    /// The properties that tell one row from another when it has no id.
    pub identified_by: &'static [&'static str],
    /// All properties of all versions. The stores' columns have this order.
    pub properties: &'static [Property],
}

/// The column that keeps properties which the table does not have, as the
/// members of a JSON object. They come from a newer Graph and are given back
/// as they came.
pub const DYNAMIC_PROPERTIES: &str = "dynamicProperties";

/// The property that holds a row's id, present in every log.
pub const ID: &str = "id";

/// The end of a range of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpperBound {
    /// `time < to`.
    Exclusive,
    /// `time <= to`.
    Inclusive,
}

/// The versions of the API that have a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// v1.0 and beta.
    Everywhere,
    /// Beta alone.
    BetaOnly,
}

/// Where the rows of a log come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Each row was appended.
    Stored,
    /// Rows summarise another log.
    Computed,
}

/// One property of a row type.
#[derive(Debug, PartialEq, Eq)]
pub struct Property {
    /// As it stands in JSON.
    pub name: &'static str,
    /// Its type.
    pub edm: EdmType,
    /// Where it stands in a row's JSON on v1.0; None where it does not exist.
    v1: Option<u8>,
    /// The same on beta.
    beta: Option<u8>,
}

impl Property {
    /// Where it stands in a row's JSON, None where it does not exist.
    pub fn position(&self, version: Version) -> Option<u8> {
        match version {
            Version::V1 => self.v1,
            Version::Beta => self.beta,
        }
    }
}

impl Log {
    /// The log of that name, letter case ignored.
    pub fn by_name(name: &str) -> Option<&'static Log> {
        LOGS.into_iter().find(|log| log.name.eq_ignore_ascii_case(name))
    }

    /// The log that a function reads, letter case ignored.
    pub fn by_function(function: &str) -> Option<&'static Log> {
        LOGS.into_iter().find(|log| log.function.eq_ignore_ascii_case(function))
    }

    /// Whether `version` has the function.
    pub fn exists_in(&self, version: Version) -> bool {
        self.availability == Availability::Everywhere || version == Version::Beta
    }

    /// The index of a property; names are case-sensitive, as JSON's are.
    pub fn index_of(&self, property: &str) -> Option<usize> {
        self.properties.iter().position(|candidate| candidate.name == property)
    }

    /// The index of [`Log::time`].
    pub fn time_index(&self) -> usize {
        self.index_of(self.time).expect("a test asserts that every log has its time property")
    }

    /// The index of [`ID`].
    pub fn id_index(&self) -> usize {
        self.index_of(ID).expect("a test asserts that every log has an id property")
    }

    /// The indices of the properties that a version shows, in JSON order.
    pub fn layout(&self, version: Version) -> Vec<usize> {
        let mut layout: Vec<_> = (0..self.properties.len())
            .filter(|at| self.properties[*at].position(version).is_some())
            .collect();
        layout.sort_by_key(|at| self.properties[*at].position(version));
        layout
    }

    /// The first instant that no longer belongs to a range that ends at `to`.
    pub fn end_of_range(&self, to: Instant) -> Instant {
        match self.upper_bound {
            UpperBound::Exclusive => to,
            UpperBound::Inclusive => to.saturating_add_ticks(1),
        }
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Log) -> bool {
        self.name == other.name
    }
}

impl Eq for Log {}

/// A property at one place on v1.0 and another on beta.
const fn both(name: &'static str, edm: EdmType, v1: u8, beta: u8) -> Property {
    Property { name, edm, v1: Some(v1), beta: Some(beta) }
}

/// A property that v1.0 does not have.
const fn beta(name: &'static str, edm: EdmType, beta: u8) -> Property {
    Property { name, edm, v1: None, beta: Some(beta) }
}

/// A property that is stored and never shown.
const fn hidden(name: &'static str, edm: EdmType) -> Property {
    Property { name, edm, v1: None, beta: None }
}

static ADMINISTRATIVE_UNIT_INFO: ComplexType =
    ComplexType { name: "administrativeUnitInfo", properties: &[(ID, EdmType::String)] };

#[cfg(test)]
mod tests;
