//! The logs and their properties, as tables.
//!
//! One file a log. To add a property, add its line there.
//!
//! ```
//! use trunklog_odata::edm::EdmType;
//! use trunklog_records::schema::LOGS;
//!
//! for log in LOGS {
//!     let time = &log.properties[log.time_index()];
//!     assert_eq!((time.name, time.edm), (log.time, EdmType::DateTimeOffset));
//! }
//! ```

mod direct_routing;
mod log;
mod pstn_blocked_users;
mod pstn_calls;
mod pstn_dialout;
mod sms;
mod supersession;

pub use self::log::{
    Availability, DYNAMIC_PROPERTIES, ExternalParty, ID, Log, Measure, Origin, Property, Summary, UpperBound,
};
pub use self::supersession::{RECORDED_BY, Supersession};
pub use direct_routing::DIRECT_ROUTING_CALLS;
pub use pstn_blocked_users::PSTN_BLOCKED_USERS;
pub use pstn_calls::PSTN_CALLS;
pub use pstn_dialout::PSTN_ONLINE_MEETING_DIALOUT;
pub use sms::SMS;

/// All logs, in the order of their functions' documentation.
///
/// ```
/// use trunklog_odata::Version;
/// use trunklog_records::schema::LOGS;
///
/// let on_v1 = LOGS.into_iter().filter(|log| log.exists_in(Version::V1));
/// assert!(on_v1.map(|log| log.name).eq(["directRoutingCalls", "pstnCalls"]));
/// ```
pub static LOGS: [&Log; 5] =
    [&DIRECT_ROUTING_CALLS, &PSTN_CALLS, &PSTN_ONLINE_MEETING_DIALOUT, &PSTN_BLOCKED_USERS, &SMS];

/// How many logs there are, for arrays with an element a log.
pub(crate) const LOG_COUNT: usize = LOGS.len();

impl Log {
    /// The log of that name, letter case ignored.
    ///
    /// ```
    /// use trunklog_records::Log;
    ///
    /// assert_eq!(Log::by_name("SMS").map(|log| log.function), Some("getSmsLog"));
    /// ```
    pub fn by_name(name: &str) -> Option<&'static Log> {
        LOGS.into_iter().find(|log| log.name.eq_ignore_ascii_case(name))
    }

    /// The log that a function reads, letter case ignored.
    ///
    /// ```
    /// use trunklog_records::Log;
    ///
    /// assert_eq!(Log::by_function("getsmslog").map(|log| log.name), Some("sms"));
    /// ```
    pub fn by_function(function: &str) -> Option<&'static Log> {
        LOGS.into_iter().find(|log| log.function.eq_ignore_ascii_case(function))
    }
}

#[cfg(test)]
mod tests;
