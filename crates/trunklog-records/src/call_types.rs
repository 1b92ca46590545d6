//! Call types and what they say about a call.
//!
//! Graph and the Teams admin centre name the same types differently, see
//! [`to_graph`]. Both are open sets, so code that needs a direction asks [`direction`] and never a
//! closed list.
//!
//! ```
//! use trunklog_records::call_types::{Direction, direction, log_of};
//! use trunklog_records::schema::PSTN_CALLS;
//!
//! assert_eq!(direction("user_out_conf"), Some(Direction::Outbound));
//! assert_eq!(log_of("user_out_conf"), Some(&PSTN_CALLS));
//! ```

mod vocabulary;

pub use vocabulary::{to_admin_center, to_graph};

use crate::schema::{DIRECT_ROUTING_CALLS, Log, PSTN_CALLS};

/// The property that holds a call's type.
///
/// ```
/// use trunklog_records::call_types::PROPERTY;
/// use trunklog_records::schema::{PSTN_CALLS, SMS};
///
/// assert!(PSTN_CALLS.index_of(PROPERTY).is_some());
/// assert_eq!(SMS.index_of(PROPERTY), None);
/// ```
pub const PROPERTY: &str = "callType";

/// How the call types of a log start, in lower case: Graph's of Direct Routing,
/// the admin centre's of it, and those of Calling Plans and Operator Connect,
/// which both have in common.
///
/// Source: learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report,
/// and rows of the service for Graph's.
#[rustfmt::skip]
static STARTS: [(&str, &Log); 9] = [
    ("byot",        &DIRECT_ROUTING_CALLS),
    ("dr_",         &DIRECT_ROUTING_CALLS),
    ("user_",       &PSTN_CALLS),
    ("conf_",       &PSTN_CALLS),
    ("ucap_",       &PSTN_CALLS),
    ("oc_",         &PSTN_CALLS),
    ("unassigned_", &PSTN_CALLS),
    ("emergency_",  &PSTN_CALLS),
    ("fmc_",        &PSTN_CALLS),
];

/// The log whose calls have such types, letter case ignored; None when it could
/// be any.
///
/// ```
/// use trunklog_records::call_types::log_of;
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
///
/// assert_eq!(log_of("ByotOut"), Some(&DIRECT_ROUTING_CALLS));
/// assert_eq!(log_of("other"), None);
/// ```
pub fn log_of(call_type: &str) -> Option<&'static Log> {
    let lower = call_type.trim().to_ascii_lowercase();
    STARTS.iter().find(|(start, _)| lower.starts_with(start)).map(|(_, log)| *log)
}

/// Which way a call crossed the trunk.
///
/// ```
/// use trunklog_records::call_types::{Direction, direction};
///
/// assert_eq!(direction("ByotOutUserConf"), Some(Direction::Outbound));
/// assert_eq!(direction("dr_in_bot"), Some(Direction::Inbound));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the trunk to a user or bot.
    Inbound,
    /// From a user or bot to the trunk.
    Outbound,
}

/// How sure a name is.
///
/// ```
/// use trunklog_records::call_types::{DIRECT_ROUTING, Evidence};
///
/// let mut presumed = DIRECT_ROUTING.iter().filter(|of| of.evidence == Evidence::Presumed);
/// assert!(presumed.any(|of| of.graph == "ByotUnassignedIn"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// In Microsoft's documentation, or in data that the service returned.
    Seen,
    /// Made by analogy with the admin centre's names.
    Presumed,
}

/// A call type of Direct Routing in both vocabularies.
///
/// ```
/// use trunklog_records::call_types::{DIRECT_ROUTING, Evidence};
///
/// let bot = DIRECT_ROUTING.iter().find(|of| of.admin_center == "dr_in_bot").unwrap();
/// assert_eq!((bot.graph, bot.evidence), ("ByotInUcap", Evidence::Seen));
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct CallType {
    /// As Graph returns it.
    pub graph: &'static str,
    /// As the admin centre's export prints it.
    pub admin_center: &'static str,
    /// How sure Graph's name is.
    pub evidence: Evidence,
}

/// The call types of Direct Routing.
///
/// Source: learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report
/// for the admin centre, published scripts and diagnostics for Graph.
///
/// ```
/// use trunklog_records::call_types::{DIRECT_ROUTING, direction};
///
/// for call_type in &DIRECT_ROUTING {
///     assert_eq!(direction(call_type.graph), direction(call_type.admin_center));
/// }
/// ```
#[rustfmt::skip]
pub const DIRECT_ROUTING: [CallType; 9] = [
    CallType { graph: "ByotIn",                admin_center: "dr_in",                  evidence: Evidence::Seen },
    CallType { graph: "ByotOut",               admin_center: "dr_out",                 evidence: Evidence::Seen },
    CallType { graph: "ByotInUcap",            admin_center: "dr_in_bot",              evidence: Evidence::Seen },
    CallType { graph: "ByotOutUcap",           admin_center: "dr_out_bot",             evidence: Evidence::Presumed },
    CallType { graph: "ByotOutUserForwarding", admin_center: "dr_out_user_forwarding", evidence: Evidence::Seen },
    CallType { graph: "ByotOutUserTransfer",   admin_center: "dr_out_user_transfer",   evidence: Evidence::Seen },
    CallType { graph: "ByotOutUserConf",       admin_center: "dr_out_user_conf",       evidence: Evidence::Presumed },
    CallType { graph: "ByotOutEmergency",      admin_center: "dr_emergency_out",       evidence: Evidence::Seen },
    CallType { graph: "ByotUnassignedIn",      admin_center: "dr_unassigned_in",       evidence: Evidence::Presumed },
];

/// Where a name of a direction is in a call type.
///
/// ```
/// use trunklog_records::call_types::Mark;
///
/// let is_in = |mark: Mark, call_type: &str| match mark {
///     Mark::Whole(name) => call_type == name,
///     Mark::Start(name) => call_type.starts_with(name),
///     Mark::End(name) => call_type.ends_with(name),
///     Mark::Within(name) => call_type.contains(name),
/// };
/// assert!(is_in(Mark::End("_out"), "dr_out") && !is_in(Mark::Whole("out"), "dr_out"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is all of it.
    Whole(&'static str),
    /// At its start.
    Start(&'static str),
    /// At its end.
    End(&'static str),
    /// Anywhere.
    Within(&'static str),
}

/// What shows a direction, in lower case, in ASCII and without the letter `k`,
/// which some characters outside ASCII are the capital of: Graph's names by
/// their start, the admin centre's by one of the words between underscores.
///
/// A store must find the same direction as [`direction`] when it filters, so
/// no rule may need more than these marks.
///
/// ```
/// use trunklog_records::call_types::{Direction, MARKS, Mark};
///
/// assert!(MARKS.contains(&(Direction::Inbound, Mark::Start("byotin"))));
/// assert!(MARKS.contains(&(Direction::Outbound, Mark::Within("_out_"))));
/// ```
#[rustfmt::skip]
pub const MARKS: [(Direction, Mark); 14] = [
    (Direction::Inbound,  Mark::Start("byotin")),
    (Direction::Inbound,  Mark::Start("byotemergencyin")),
    (Direction::Inbound,  Mark::Start("byotunassignedin")),
    (Direction::Inbound,  Mark::Whole("in")),
    (Direction::Inbound,  Mark::Start("in_")),
    (Direction::Inbound,  Mark::End("_in")),
    (Direction::Inbound,  Mark::Within("_in_")),
    (Direction::Outbound, Mark::Start("byotout")),
    (Direction::Outbound, Mark::Start("byotemergencyout")),
    (Direction::Outbound, Mark::Start("byotunassignedout")),
    (Direction::Outbound, Mark::Whole("out")),
    (Direction::Outbound, Mark::Start("out_")),
    (Direction::Outbound, Mark::End("_out")),
    (Direction::Outbound, Mark::Within("_out_")),
];

/// What shows that a call was passed on, in lower case and as [`MARKS`] are.
///
/// ```
/// use trunklog_records::call_types::{Mark, PASSED_ON};
///
/// assert!(PASSED_ON.contains(&Mark::Within("forward")));
/// ```
pub const PASSED_ON: [Mark; 2] = [Mark::Within("forward"), Mark::Within("transfer")];

/// What shows that a row of direct routing is a second leg of a call: it was
/// forwarded or transferred, or somebody was added to a conference. In lower case
/// and as [`MARKS`] are.
///
/// ```
/// use trunklog_records::call_types::{Mark, SECOND_LEG};
///
/// assert!(SECOND_LEG.contains(&Mark::Within("conf")));
/// ```
pub const SECOND_LEG: [Mark; 3] = [PASSED_ON[0], PASSED_ON[1], Mark::Within("conf")];

/// The direction that a call type names, in either vocabulary and any letter
/// case; None when it names none or both.
///
/// ```
/// use trunklog_records::call_types::{Direction, direction};
///
/// assert_eq!(direction("ByotIn"), Some(Direction::Inbound));
/// assert_eq!(direction("dr_out_user_forwarding"), Some(Direction::Outbound));
/// ```
pub fn direction(call_type: &str) -> Option<Direction> {
    let lower = call_type.to_ascii_lowercase();
    let names = |direction| MARKS.iter().any(|(of, mark)| *of == direction && mark.is_in(&lower));
    match (names(Direction::Inbound), names(Direction::Outbound)) {
        (true, false) => Some(Direction::Inbound),
        (false, true) => Some(Direction::Outbound),
        (true, true) | (false, false) => None,
    }
}

/// The [`direction`] of a call that has but one party outside; None also for a
/// call that was passed on. It goes out for a call that often came in, and may
/// show the number of who called first.
///
/// ```
/// use trunklog_records::call_types::only_direction;
///
/// assert_eq!(only_direction("dr_out_user_forwarding"), None);
/// ```
pub fn only_direction(call_type: &str) -> Option<Direction> {
    let lower = call_type.to_ascii_lowercase();
    if PASSED_ON.iter().any(|mark| mark.is_in(&lower)) { None } else { direction(call_type) }
}

/// Whether a row of direct routing is a second leg: another row tells of the call
/// that it belongs to.
///
/// ```
/// use trunklog_records::call_types::is_second_leg;
///
/// assert!(is_second_leg("ByotOutUserConf") && is_second_leg("dr_out_user_transfer"));
/// assert!(!is_second_leg("ByotIn"));
/// ```
pub fn is_second_leg(call_type: &str) -> bool {
    let lower = call_type.to_ascii_lowercase();
    SECOND_LEG.iter().any(|mark| mark.is_in(&lower))
}

impl Mark {
    /// Whether a text has the mark.
    fn is_in(self, text: &str) -> bool {
        match self {
            Mark::Whole(mark) => text == mark,
            Mark::Start(mark) => text.starts_with(mark),
            Mark::End(mark) => text.ends_with(mark),
            Mark::Within(mark) => text.contains(mark),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_vocabularies_name_the_same_direction() {
        for call_type in &DIRECT_ROUTING {
            let expected = direction(call_type.admin_center);
            assert!(expected.is_some() && direction(call_type.graph) == expected, "{call_type:?}");
        }
    }

    #[test]
    fn calls_that_were_passed_on_have_parties_outside_on_both_sides() {
        for call_type in &DIRECT_ROUTING {
            let passed_on =
                ["UserForwarding", "UserTransfer"].iter().any(|end| call_type.graph.ends_with(end));
            for name in [call_type.graph, call_type.admin_center] {
                let expected = if passed_on { None } else { direction(name) };
                assert_eq!(only_direction(name), expected, "{name}");
            }
        }
        assert_eq!(only_direction("BYOTINUSERTRANSFER"), None);
    }

    #[test]
    fn second_legs_are_what_was_passed_on_or_added() {
        for call_type in &DIRECT_ROUTING {
            let ends = ["UserForwarding", "UserTransfer", "UserConf"];
            let expected = ends.iter().any(|end| call_type.graph.ends_with(end));
            for name in [call_type.graph, call_type.admin_center] {
                assert_eq!(is_second_leg(name), expected, "{name}");
            }
        }
        // Whatever is passed on is a second leg.
        for name in ["user_out_transfer", "BYOTINUSERTRANSFER", "Dr_Out_User_Forwarding"] {
            assert!(only_direction(name).is_none() && is_second_leg(name), "{name}");
        }
        assert!(!is_second_leg(""));
    }

    #[test]
    fn unknown_types_are_read_by_their_words() {
        assert_eq!(direction("oc_ucap_in"), Some(Direction::Inbound));
        assert_eq!(direction("Dr_Out_Something_New"), Some(Direction::Outbound));
        assert_eq!(direction("OUT"), Some(Direction::Outbound));
        assert_eq!(direction("ByotInUserBot"), Some(Direction::Inbound));
        for none in ["", "internal", "user_inside", "Byot", "reByotIn"] {
            assert_eq!(direction(none), None, "{none}");
        }
    }

    #[test]
    fn call_types_tell_their_log() {
        for call_type in &DIRECT_ROUTING {
            for name in [call_type.graph, call_type.admin_center] {
                assert_eq!(log_of(name), Some(&DIRECT_ROUTING_CALLS), "{name}");
            }
        }
        for name in
            ["user_in", "user_out_conf", "conf_out", "oc_ucap_in", "UCAP_OUT", " oc_user_in", "fmc_out"]
        {
            assert_eq!(log_of(name), Some(&PSTN_CALLS), "{name}");
        }
        for name in ["", "in", "groupCall", "users", "x_byot"] {
            assert_eq!(log_of(name), None, "{name}");
        }
    }

    #[test]
    fn who_names_both_directions_names_none() {
        assert_eq!(direction("user_in_out"), None);
        assert_eq!(direction("ByotIn_Out"), None);
    }
}
