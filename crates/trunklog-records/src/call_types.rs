//! Call types and what they say about a call.
//!
//! Graph and the Teams admin centre name the same types differently. Both are
//! open sets, so whoever needs a direction asks [`direction`] and never a
//! closed list.

/// Which way a call crossed the trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the trunk to a user or bot.
    Inbound,
    /// From a user or bot to the trunk.
    Outbound,
}

/// How sure a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// In Microsoft's documentation, or in data that the service returned.
    Seen,
    /// Made by analogy with the admin centre's names.
    Presumed,
}

/// A call type of Direct Routing in both vocabularies.
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
#[rustfmt::skip]
pub const DIRECT_ROUTING: [CallType; 9] = [
    CallType { graph: "ByotIn",                admin_center: "dr_in",                  evidence: Evidence::Seen },
    CallType { graph: "ByotOut",               admin_center: "dr_out",                 evidence: Evidence::Seen },
    CallType { graph: "ByotInUcap",            admin_center: "dr_in_bot",              evidence: Evidence::Seen },
    CallType { graph: "ByotOutUcap",           admin_center: "dr_out_bot",             evidence: Evidence::Presumed },
    CallType { graph: "ByotOutUserForwarding", admin_center: "dr_out_user_forwarding", evidence: Evidence::Seen },
    CallType { graph: "ByotOutUserTransfer",   admin_center: "dr_out_user_transfer",   evidence: Evidence::Seen },
    CallType { graph: "ByotOutUserConf",       admin_center: "dr_out_user_conf",       evidence: Evidence::Presumed },
    CallType { graph: "ByotEmergencyOut",      admin_center: "dr_emergency_out",       evidence: Evidence::Presumed },
    CallType { graph: "ByotUnassignedIn",      admin_center: "dr_unassigned_in",       evidence: Evidence::Presumed },
];

/// The direction that a call type names, in either vocabulary; None when it
/// names none.
pub fn direction(call_type: &str) -> Option<Direction> {
    let mut lower = call_type.to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix("byot") {
        lower = rest.replacen("emergency", "", 1).replacen("unassigned", "", 1);
        return match () {
            () if lower.starts_with("in") => Some(Direction::Inbound),
            () if lower.starts_with("out") => Some(Direction::Outbound),
            () => None,
        };
    }
    lower.split('_').find_map(|word| match word {
        "in" => Some(Direction::Inbound),
        "out" => Some(Direction::Outbound),
        _ => None,
    })
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
    fn unknown_types_are_read_by_their_words() {
        assert_eq!(direction("oc_ucap_in"), Some(Direction::Inbound));
        assert_eq!(direction("Dr_Out_Something_New"), Some(Direction::Outbound));
        assert_eq!(direction("internal"), None);
    }
}
