//! How calls end: the classes, and the sides that can be at fault.
//!
//! Microsoft does not publish which codes it puts into each term of its network
//! effectiveness ratio. The classes translate its words, and those of ITU-T
//! E.425, into codes; so our ratio may differ a little from its own.
//!
//! Source of the words: learn.microsoft.com/microsoftteams/direct-routing-health-dashboard.

mod rules;
mod side;

pub(crate) use rules::by_rule;
pub use rules::{RULES, Rule, classify};
pub use side::Side;

/// How a call ended. Each row of direct routing is of exactly one class.
///
/// ```
/// use trunklog_reports::{Class, Ner, Side, Texts};
///
/// let busy = Class::UserBusy;
/// assert_eq!((busy.key(), busy.ner(), busy.side()), ("userBusy", Ner::Effective, Side::User));
/// assert!(busy.is_user_behaviour());
/// assert_eq!(Texts::english().text(busy.name(), &[]), "user busy");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The call was established.
    Answered,
    /// The called party was busy.
    UserBusy,
    /// It rang, and nobody answered.
    RingNoAnswer,
    /// The caller hung up before an answer.
    CallerGaveUp,
    /// Another branch of a forked call was answered.
    CompletedElsewhere,
    /// The called party declined.
    TerminalReject,
    /// The called user had no device that could ring, nor a voicemail.
    CalleeNotReachable,
    /// The number is wrong, unknown or malformed.
    DiallingError,
    /// A policy or a missing licence forbade the call.
    Barred,
    /// Something that the customer has to set up is missing or wrong.
    ConfigurationFault,
    /// The session border controller or the carrier failed.
    SbcFault,
    /// The service and the session border controller could not connect: TLS, DNS or TCP.
    ConnectionFault,
    /// Media could not be negotiated, or broke.
    MediaFault,
    /// Microsoft's service failed.
    MicrosoftFault,
    /// The codes tell nothing.
    Unknown,
}

/// How a class counts in the network effectiveness ratio (NER).
///
/// ```
/// use trunklog_reports::{Class, Ner};
///
/// let left_out = Class::ALL.into_iter().filter(|class| class.ner() == Ner::LeftOut);
/// assert!(left_out.eq([Class::DiallingError, Class::Barred]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ner {
    /// The network delivered the call.
    Effective,
    /// It did not.
    Ineffective,
    /// It did not, and need not have: such calls count against the strict
    /// ratio, and the adjusted one leaves them out.
    LeftOut,
}

/// What is known of a class.
struct Facts {
    class: Class,
    key: &'static str,
    name: &'static str,
    explanation: &'static str,
    ner: Ner,
    is_user_behaviour: bool,
    side: Side,
}

macro_rules! facts {
    ($class:ident, $key:literal, $ner:ident, $is_user_behaviour:literal, $side:ident) => {
        Facts {
            class: Class::$class,
            key: $key,
            name: concat!("class-", $key),
            explanation: concat!("class-", $key, ".explanation"),
            ner: Ner::$ner,
            is_user_behaviour: $is_user_behaviour,
            side: Side::$side,
        }
    };
}

/// In the order of [`Class`].
#[rustfmt::skip]
static FACTS: [Facts; Class::COUNT] = [
    facts!(Answered,           "answered",           Effective,   false, Nobody),
    facts!(UserBusy,           "userBusy",           Effective,   true,  User),
    facts!(RingNoAnswer,       "ringNoAnswer",       Effective,   true,  User),
    facts!(CallerGaveUp,       "callerGaveUp",       Effective,   true,  User),
    facts!(CompletedElsewhere, "completedElsewhere", Effective,   false, Nobody),
    facts!(TerminalReject,     "terminalReject",     Effective,   true,  User),
    facts!(CalleeNotReachable, "calleeNotReachable", Effective,   true,  User),
    facts!(DiallingError,      "diallingError",      LeftOut,     false, Dialling),
    facts!(Barred,             "barred",             LeftOut,     false, Customer),
    facts!(ConfigurationFault, "configurationFault", Ineffective, false, Customer),
    facts!(SbcFault,           "sbcFault",           Ineffective, false, Sbc),
    facts!(ConnectionFault,    "connectionFault",    Ineffective, false, Sbc),
    facts!(MediaFault,         "mediaFault",         Ineffective, false, Network),
    facts!(MicrosoftFault,     "microsoftFault",     Ineffective, false, Microsoft),
    facts!(Unknown,            "unknown",            Ineffective, false, Unknown),
];

impl Class {
    /// How many classes there are.
    pub const COUNT: usize = Class::ALL.len();

    /// All classes, in the order in which they are told.
    pub const ALL: [Class; 15] = [
        Class::Answered,
        Class::UserBusy,
        Class::RingNoAnswer,
        Class::CallerGaveUp,
        Class::CompletedElsewhere,
        Class::TerminalReject,
        Class::CalleeNotReachable,
        Class::DiallingError,
        Class::Barred,
        Class::ConfigurationFault,
        Class::SbcFault,
        Class::ConnectionFault,
        Class::MediaFault,
        Class::MicrosoftFault,
        Class::Unknown,
    ];

    /// Its place in [`Class::ALL`].
    ///
    /// ```
    /// use trunklog_reports::Class;
    ///
    /// assert_eq!(Class::ALL[Class::MediaFault.index()], Class::MediaFault);
    /// ```
    pub fn index(self) -> usize {
        self as usize
    }

    /// What it is called in JSON and in filters; it never changes.
    pub fn key(self) -> &'static str {
        self.facts().key
    }

    /// The class of that key, letter case ignored.
    ///
    /// ```
    /// use trunklog_reports::Class;
    ///
    /// assert_eq!(Class::by_key("sbcfault"), Some(Class::SbcFault));
    /// assert_eq!(Class::by_key("fault"), None);
    /// ```
    pub fn by_key(key: &str) -> Option<Class> {
        Class::ALL.into_iter().find(|class| class.key().eq_ignore_ascii_case(key))
    }

    /// The key of the text that names it.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The key of the text that says what belongs to it.
    pub fn explanation(self) -> &'static str {
        self.facts().explanation
    }

    /// How it counts in the network effectiveness ratio.
    pub fn ner(self) -> Ner {
        self.facts().ner
    }

    /// Whether people ended the call so, and nothing is wrong: busy, no answer,
    /// cancelled, declined, unreachable. An inbound call of such a class was
    /// missed.
    pub fn is_user_behaviour(self) -> bool {
        self.facts().is_user_behaviour
    }

    /// The side that is usually at fault, for groups of rows. Of a single pair
    /// of codes [`explain`](crate::codes::explain) knows more.
    pub fn side(self) -> Side {
        self.facts().side
    }

    fn facts(self) -> &'static Facts {
        let facts = &FACTS[self.index()];
        debug_assert!(facts.class == self, "the table is in the order of the classes");
        facts
    }
}

impl Ner {
    /// What it is called in JSON.
    ///
    /// ```
    /// use trunklog_reports::Ner;
    ///
    /// assert_eq!(Ner::LeftOut.key(), "leftOut");
    /// ```
    pub fn key(self) -> &'static str {
        match self {
            Ner::Effective => "effective",
            Ner::Ineffective => "ineffective",
            Ner::LeftOut => "leftOut",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_classes() {
        for (at, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!((class.index(), FACTS[at].class), (at, class));
        }
    }

    #[test]
    fn keys_are_unique_and_find_their_class() {
        let keys: HashSet<String> =
            Class::ALL.into_iter().map(|class| class.key().to_ascii_lowercase()).collect();
        assert_eq!(keys.len(), Class::COUNT);
        for class in Class::ALL {
            assert_eq!(Class::by_key(class.key()), Some(class));
            assert!(class.key().bytes().all(|byte| byte.is_ascii_alphabetic()), "{class:?}");
        }
    }

    #[test]
    fn what_people_do_is_no_fault_of_the_network() {
        for class in Class::ALL.into_iter().filter(|class| class.is_user_behaviour()) {
            assert_eq!((class.ner(), class.side()), (Ner::Effective, Side::User), "{class:?}");
        }
    }
}
