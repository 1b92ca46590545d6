//! From the admin centre's words for call types to Graph's, and back.

use super::DIRECT_ROUTING;

/// Other words for some types, with Graph's: those of bots until 2022, one that
/// the texts of 2019 to 2022 list among those of Direct Routing, and what Trunklog
/// took Graph's word for emergency calls to be before one was documented.
///
/// Source: the history of
/// learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report.
static OTHER_WORDS: [(&str, &str); 4] = [
    ("dr_in_ucap", "ByotInUcap"),
    ("dr_out_ucap", "ByotOutUcap"),
    ("user_out_transfer", "ByotOutUserTransfer"),
    ("ByotEmergencyOut", "ByotOutEmergency"),
];

/// Graph's word for a call type of Direct Routing, whichever of the two
/// vocabularies it comes from, letter case ignored. None for one that is not
/// known: it stays as it is.
///
/// Exports of today may hold either vocabulary, since the documentation lists both
/// for their column.
///
/// ```
/// use trunklog_records::call_types::to_graph;
///
/// assert_eq!(to_graph("Dr_Out_User_Transfer"), Some("ByotOutUserTransfer"));
/// assert_eq!(to_graph("byotin"), Some("ByotIn"));
/// assert_eq!(to_graph("dr_new"), None);
/// ```
pub fn to_graph(call_type: &str) -> Option<&'static str> {
    let word = call_type.trim();
    let is_it = |other: &str| other.eq_ignore_ascii_case(word);
    let known = DIRECT_ROUTING.iter().find(|of| is_it(of.admin_center) || is_it(of.graph));
    let other = || OTHER_WORDS.iter().find(|(other, _)| is_it(other)).map(|(_, graph)| *graph);
    known.map(|of| of.graph).or_else(other)
}

/// The admin centre's word for a call type of Direct Routing, as its exports print
/// it, letter case ignored. None for one that is not known: it stays as it is.
///
/// ```
/// use trunklog_records::call_types::to_admin_center;
///
/// assert_eq!(to_admin_center("ByotOutUserForwarding"), Some("dr_out_user_forwarding"));
/// assert_eq!(to_admin_center("user_out"), None);
/// ```
pub fn to_admin_center(call_type: &str) -> Option<&'static str> {
    let of = to_graph(call_type)?;
    DIRECT_ROUTING.iter().find(|known| known.graph == of).map(|known| known.admin_center)
}

#[cfg(test)]
mod tests {
    use super::super::direction;
    use super::*;

    #[test]
    fn both_vocabularies_lead_to_each_other() {
        for call_type in &DIRECT_ROUTING {
            assert_eq!(to_graph(call_type.admin_center), Some(call_type.graph), "{call_type:?}");
            assert_eq!(to_graph(&call_type.graph.to_uppercase()), Some(call_type.graph), "{call_type:?}");
            assert_eq!(to_admin_center(call_type.graph), Some(call_type.admin_center), "{call_type:?}");
        }
    }

    #[test]
    fn words_of_before_are_known() {
        for (other, graph) in OTHER_WORDS {
            assert_eq!(to_graph(&format!(" {other} ")), Some(graph));
            assert!(DIRECT_ROUTING.iter().any(|known| known.graph == graph), "{graph}");
            assert_eq!(direction(other), direction(graph), "{other}");
        }
    }

    #[test]
    fn words_of_other_logs_and_new_ones_are_none() {
        for word in ["", "user_out", "ucap_in", "conf_in", "dr_", "Byot"] {
            assert_eq!((to_graph(word), to_admin_center(word)), (None, None), "{word}");
        }
    }
}
