//! What the pairs of SIP code and Microsoft subcode mean, and what to do about
//! them.
//!
//! The tables hold keys; the words are in the texts.
//!
//! ```
//! use trunklog_reports::codes::explain;
//! use trunklog_reports::{Class, Side, Texts};
//!
//! let texts = Texts::english();
//! let expired = explain(Some(504), Some(569_008));
//! assert_eq!((expired.class, expired.side), (Class::ConnectionFault, Side::Sbc));
//! assert_eq!(expired.cause_text(texts), "the SBC's certificate has expired");
//! assert_eq!(expired.action_text(texts).unwrap(), "renew it and drop the old TLS connections");
//! ```

mod explanation;
mod families;
mod sip;
mod sources;

use crate::classes::{Class, Side};

pub use explanation::{Explanation, explain};
pub use families::{FAMILIES, Family, NO_FAMILY, family};
pub use sip::{SIP_CODES, SipCode, sip_code};
pub use sources::{AZURE_CODES, CALL_NOTIFICATIONS, SIP_REGISTRY, SOURCES, Source, TEAMS_CODES};

/// What is known of a pair of codes.
///
/// ```
/// use trunklog_reports::Class;
/// use trunklog_reports::codes::{TEAMS_CODES, pair};
///
/// let failover = pair(Some(408), Some(500_001)).unwrap();
/// assert_eq!((failover.class, failover.source), (Class::SbcFault, &TEAMS_CODES));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// `finalSipCode`; 0 where a call ended normally.
    pub sip: i32,
    /// `callEndSubReason`.
    pub sub: i32,
    /// The class of rows that end so, unless they were successful.
    pub class: Class,
    /// Who has to do something about it.
    pub side: Side,
    /// The key of the text that says what happened.
    pub cause: &'static str,
    /// The key of the text that says what to do; None when nothing is wrong.
    pub action: Option<&'static str>,
    /// Where it is documented.
    pub source: &'static Source,
}

macro_rules! pair {
    ($sip:literal, $sub:literal, $class:ident, $side:ident, $source:ident, $cause:literal) => {
        pair!(@ $sip, $sub, $class, $side, $source, $cause, None)
    };
    ($sip:literal, $sub:literal, $class:ident, $side:ident, $source:ident, $cause:literal, act) => {
        pair!(@ $sip, $sub, $class, $side, $source, $cause, Some(concat!($cause, ".action")))
    };
    (@ $sip:literal, $sub:literal, $class:ident, $side:ident, $source:ident, $cause:literal, $action:expr) => {
        Pair {
            sip: $sip,
            sub: $sub,
            class: Class::$class,
            side: Side::$side,
            cause: $cause,
            action: $action,
            source: &$source,
        }
    };
}

/// The pairs that are documented, by SIP code and subcode. Class and side are
/// those of the meaning, also where the ranges of subcodes would say otherwise.
///
/// ```
/// use trunklog_reports::Side;
/// use trunklog_reports::codes::PAIRS;
///
/// let of_the_customer = PAIRS.iter().filter(|pair| pair.side == Side::Customer);
/// assert!(of_the_customer.map(|pair| (pair.sip, pair.sub)).any(|pair| pair == (500, 510_544)));
/// ```
#[rustfmt::skip]
pub static PAIRS: &[Pair] = &[
    pair!(  0,       0, Answered,           Nobody,    AZURE_CODES, "end-by-participant"),
    pair!(  0, 540_000, Answered,           Nobody,    AZURE_CODES, "end-normal-inbound"),
    pair!(  0, 560_000, Answered,           Nobody,    AZURE_CODES, "end-normal-outbound"),
    pair!(400, 540_400, SbcFault,           Sbc,       TEAMS_CODES, "end-bad-request", act),
    pair!(402, 560_402, SbcFault,           Carrier,   TEAMS_CODES, "end-payment-required", act),
    pair!(403,  10_199, Barred,             Customer,  TEAMS_CODES, "end-private-calls-disabled", act),
    pair!(403,  10_500, ConfigurationFault, Customer,  TEAMS_CODES, "end-site-prevents-fork", act),
    pair!(403,  10_553, MicrosoftFault,     Microsoft, TEAMS_CODES, "end-recorder-not-invited", act),
    pair!(403, 510_403, Barred,             Customer,  AZURE_CODES, "end-caller-id-refused", act),
    pair!(403, 510_532, ConfigurationFault, Customer,  TEAMS_CODES, "end-no-trunk-for-tenant", act),
    pair!(403, 510_534, Barred,             Customer,  TEAMS_CODES, "end-caller-blocked", act),
    pair!(403, 510_559, Barred,             Customer,  TEAMS_CODES, "end-no-route", act),
    pair!(403, 510_560, Barred,             Customer,  TEAMS_CODES, "end-user-not-enabled", act),
    pair!(403, 510_562, Barred,             Customer,  TEAMS_CODES, "end-user-may-not-call-out", act),
    pair!(403, 510_563, Barred,             Customer,  TEAMS_CODES, "end-domestic-only", act),
    pair!(403, 511_532, ConfigurationFault, Customer,  AZURE_CODES, "end-no-trunk-for-resource", act),
    pair!(403, 560_403, SbcFault,           Sbc,       TEAMS_CODES, "end-sbc-refused", act),
    pair!(404,  10_202, SbcFault,           Sbc,       TEAMS_CODES, "end-replaced-call-not-found", act),
    pair!(404, 511_404, DiallingError,      Dialling,  TEAMS_CODES, "end-number-of-nobody", act),
    pair!(404, 560_404, DiallingError,      Dialling,  AZURE_CODES, "end-number-unknown-to-sbc", act),
    pair!(408,       0, ConnectionFault,    Network,   TEAMS_CODES, "end-client-too-slow", act),
    pair!(408,   1_106, SbcFault,           Sbc,       TEAMS_CODES, "end-answer-not-acknowledged", act),
    pair!(408, 500_001, SbcFault,           Carrier,   TEAMS_CODES, "end-failover-timer", act),
    pair!(408, 560_408, RingNoAnswer,       User,      TEAMS_CODES, "end-user-did-not-respond", act),
    pair!(410, 531_000, MediaFault,         Sbc,       TEAMS_CODES, "end-sdp-unreadable", act),
    pair!(410, 531_004, MediaFault,         Network,   TEAMS_CODES, "end-ice-failed", act),
    pair!(410, 531_005, MediaFault,         Network,   TEAMS_CODES, "end-media-path-broke", act),
    pair!(412, 510_412, DiallingError,      Dialling,  TEAMS_CODES, "end-number-malformed", act),
    pair!(420, 560_420, SbcFault,           Sbc,       TEAMS_CODES, "end-bad-extension", act),
    pair!(480,  10_037, CalleeNotReachable, User,      TEAMS_CODES, "end-no-endpoint", act),
    pair!(480,  10_140, ConfigurationFault, Customer,  TEAMS_CODES, "end-bot-without-settings", act),
    pair!(480,  10_191, CalleeNotReachable, Customer,  TEAMS_CODES, "end-voicemail-disabled", act),
    pair!(480, 560_480, RingNoAnswer,       User,      AZURE_CODES, "end-no-answer"),
    pair!(484, 560_484, DiallingError,      Dialling,  TEAMS_CODES, "end-number-format", act),
    pair!(486,  10_321, UserBusy,           Customer,  TEAMS_CODES, "end-bot-busy", act),
    pair!(486, 540_486, UserBusy,           User,      AZURE_CODES, "end-user-busy"),
    pair!(486, 560_486, UserBusy,           User,      AZURE_CODES, "end-party-busy"),
    pair!(487, 540_200, CompletedElsewhere, Nobody,    CALL_NOTIFICATIONS, "end-completed-elsewhere"),
    pair!(487, 540_487, CallerGaveUp,       User,      AZURE_CODES, "end-caller-gave-up"),
    pair!(487, 560_487, CallerGaveUp,       User,      AZURE_CODES, "end-caller-gave-up"),
    pair!(488, 531_000, MediaFault,         Sbc,       TEAMS_CODES, "end-no-acceptable-media", act),
    pair!(488, 531_027, MediaFault,         Sbc,       TEAMS_CODES, "end-no-ice-candidates", act),
    pair!(488, 531_052, MediaFault,         Sbc,       TEAMS_CODES, "end-zero-address", act),
    pair!(500, 510_482, ConfigurationFault, Customer,  TEAMS_CODES, "end-loop", act),
    pair!(500, 510_544, ConfigurationFault, Customer,  TEAMS_CODES, "end-no-trunk-outbound", act),
    pair!(500, 560_500, SbcFault,           Sbc,       AZURE_CODES, "end-sbc-error", act),
    pair!(503,  10_320, MicrosoftFault,     Microsoft, TEAMS_CODES, "end-bot-unreachable", act),
    pair!(503, 560_503, SbcFault,           Sbc,       TEAMS_CODES, "end-sbc-overloaded", act),
    pair!(504, 549_002, ConnectionFault,    Sbc,       TEAMS_CODES, "end-no-tls-connection", act),
    pair!(504, 549_018, ConnectionFault,    Sbc,       TEAMS_CODES, "end-invalid-line", act),
    pair!(504, 569_002, ConnectionFault,    Sbc,       TEAMS_CODES, "end-could-not-connect", act),
    pair!(504, 569_003, ConnectionFault,    Sbc,       TEAMS_CODES, "end-tls-failed", act),
    pair!(504, 569_008, ConnectionFault,    Sbc,       TEAMS_CODES, "end-certificate-expired", act),
    pair!(504, 569_009, ConnectionFault,    Sbc,       TEAMS_CODES, "end-certificate-untrusted", act),
    pair!(504, 569_015, ConnectionFault,    Customer,  TEAMS_CODES, "end-no-such-host", act),
    pair!(504, 569_016, ConnectionFault,    Customer,  TEAMS_CODES, "end-host-without-address", act),
    pair!(504, 569_018, ConnectionFault,    Sbc,       TEAMS_CODES, "end-invalid-line", act),
    pair!(603, 560_603, TerminalReject,     User,      AZURE_CODES, "end-declined", act),
];

/// What is documented of a pair of codes.
///
/// ```
/// use trunklog_reports::codes::pair;
///
/// assert_eq!(pair(Some(0), Some(540_000)).unwrap().action, None, "nothing is wrong");
/// assert_eq!(pair(Some(200), Some(0)), None);
/// assert_eq!(pair(Some(504), None), None);
/// ```
pub fn pair(sip: Option<i32>, sub: Option<i32>) -> Option<&'static Pair> {
    let wanted = (sip?, sub?);
    let at = PAIRS.binary_search_by_key(&wanted, |pair| (pair.sip, pair.sub)).ok()?;
    Some(&PAIRS[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classes::Ner;

    #[test]
    fn pairs_are_unique_in_order_and_many() {
        assert!(PAIRS.is_sorted_by(|a, b| (a.sip, a.sub) < (b.sip, b.sub)));
        assert!(PAIRS.len() >= 50);
        for of in PAIRS {
            assert_eq!(pair(Some(of.sip), Some(of.sub)), Some(of));
        }
    }

    #[test]
    fn final_answers_repeat_their_sip_code() {
        for pair in PAIRS.iter().filter(|pair| matches!(pair.sub / 1_000, 540 | 560) && pair.sip > 0) {
            assert!(pair.sub % 1_000 == pair.sip || pair.sub == 540_200, "{pair:?}");
        }
    }

    #[test]
    fn what_the_customer_set_up_is_no_fault_of_others() {
        for (sip, sub) in [(500, 510_544), (403, 510_532), (403, 511_532), (403, 10_500)] {
            let pair = pair(Some(sip), Some(sub)).unwrap();
            assert_eq!((pair.class, pair.side), (Class::ConfigurationFault, Side::Customer), "{pair:?}");
        }
    }

    #[test]
    fn whoever_has_to_act_is_told_how() {
        for pair in PAIRS {
            if pair.class.ner() != Ner::Effective {
                assert!(pair.action.is_some(), "{pair:?}");
            }
            assert_eq!(pair.side == Side::Nobody, pair.class.side() == Side::Nobody, "{pair:?}");
            assert_ne!(pair.side, Side::Unknown, "{pair:?}");
        }
    }
}
