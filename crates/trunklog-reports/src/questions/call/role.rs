//! What part a leg has in a call.

use trunklog_records::call_types::Direction;

use crate::facts::Fact;

/// What part a leg has in a call, by its call type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It came in.
    Inbound,
    /// It went out.
    Outbound,
    /// It went out since somebody's calls are forwarded.
    Forwarding,
    /// It went out since somebody transferred a call.
    Transfer,
    /// It brought somebody into a conference.
    Conference,
    /// The call type does not tell.
    Unknown,
}

impl Role {
    /// All.
    #[cfg(test)]
    pub(crate) const ALL: [Role; 6] =
        [Role::Inbound, Role::Outbound, Role::Forwarding, Role::Transfer, Role::Conference, Role::Unknown];

    /// The role of a row.
    pub(super) fn of(fact: &Fact<'_>) -> Role {
        let lower = fact.call_type.unwrap_or_default().to_ascii_lowercase();
        // As `call_types::SECOND_LEG` has them.
        let second =
            [("forward", Role::Forwarding), ("transfer", Role::Transfer), ("conf", Role::Conference)];
        let second = second.into_iter().find(|(mark, _)| lower.contains(mark));
        match (second, fact.direction) {
            (Some((_, role)), _) => role,
            (None, Some(Direction::Inbound)) => Role::Inbound,
            (None, Some(Direction::Outbound)) => Role::Outbound,
            (None, None) => Role::Unknown,
        }
    }

    /// What it is called in JSON.
    pub(super) fn key(self) -> &'static str {
        match self {
            Role::Inbound => "inbound",
            Role::Outbound => "outbound",
            Role::Forwarding => "forwarding",
            Role::Transfer => "transfer",
            Role::Conference => "conference",
            Role::Unknown => "unknown",
        }
    }

    /// The key of the text that names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Role::Inbound => "role-inbound",
            Role::Outbound => "role-outbound",
            Role::Forwarding => "role-forwarding",
            Role::Transfer => "role-transfer",
            Role::Conference => "role-conference",
            Role::Unknown => "role-unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use trunklog_records::call_types::{DIRECT_ROUTING, is_second_leg};

    use super::*;
    use crate::facts::Facts;
    use crate::facts::sample::{Call, rows};

    #[test]
    fn second_legs_have_a_role_of_their_own() {
        for call_type in &DIRECT_ROUTING {
            for name in [call_type.graph, call_type.admin_center] {
                let rows = rows(&[Call { call_type: Some(name), ..Call::default() }]);
                let role = Role::of(&Facts::of(&rows).row(0));
                let is_second = matches!(role, Role::Forwarding | Role::Transfer | Role::Conference);
                assert_eq!(is_second, is_second_leg(name), "{name}");
                assert_ne!(role, Role::Unknown, "{name}");
            }
        }
    }
}
