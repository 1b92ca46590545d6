//! The sides that can be at fault.

/// Who has to do something about an end of a call.
///
/// ```
/// use trunklog_reports::{Side, Texts};
///
/// assert_eq!(Side::by_key("sbc"), Some(Side::Sbc));
/// assert_eq!(Texts::english().text(Side::Sbc.name(), &[]), "session border controller");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Nothing is wrong.
    Nobody,
    /// The people who call and are called.
    User,
    /// What was dialled, or how numbers are written.
    Dialling,
    /// The customer's configuration: policies, licences, trunks, numbers, bots, names.
    Customer,
    /// The session border controller.
    Sbc,
    /// The carrier, or the network of the called party.
    Carrier,
    /// The network between the session border controller, the service and the clients.
    Network,
    /// Microsoft's service.
    Microsoft,
    /// The codes do not tell.
    Unknown,
}

/// What is known of a side.
struct Facts {
    side: Side,
    key: &'static str,
    name: &'static str,
}

macro_rules! facts {
    ($side:ident, $key:literal) => {
        Facts { side: Side::$side, key: $key, name: concat!("side-", $key) }
    };
}

/// In the order of [`Side`].
static FACTS: [Facts; Side::ALL.len()] = [
    facts!(Nobody, "nobody"),
    facts!(User, "user"),
    facts!(Dialling, "dialling"),
    facts!(Customer, "customer"),
    facts!(Sbc, "sbc"),
    facts!(Carrier, "carrier"),
    facts!(Network, "network"),
    facts!(Microsoft, "microsoft"),
    facts!(Unknown, "unknown"),
];

impl Side {
    /// All sides.
    pub const ALL: [Side; 9] = [
        Side::Nobody,
        Side::User,
        Side::Dialling,
        Side::Customer,
        Side::Sbc,
        Side::Carrier,
        Side::Network,
        Side::Microsoft,
        Side::Unknown,
    ];

    /// What it is called in JSON and in filters; it never changes.
    pub fn key(self) -> &'static str {
        self.facts().key
    }

    /// The side of that key, letter case ignored.
    pub fn by_key(key: &str) -> Option<Side> {
        Side::ALL.into_iter().find(|side| side.key().eq_ignore_ascii_case(key))
    }

    /// The key of the text that names it.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    fn facts(self) -> &'static Facts {
        let facts = &FACTS[self as usize];
        debug_assert!(facts.side == self, "the table is in the order of the sides");
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_sides() {
        for (at, side) in Side::ALL.into_iter().enumerate() {
            assert_eq!((side as usize, FACTS[at].side), (at, side));
            assert_eq!(Side::by_key(side.key()), Some(side));
        }
    }
}
