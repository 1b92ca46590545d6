//! A pair of codes in words.

use super::{SIP_REGISTRY, Source, family, pair, sip_code};
use crate::classes::{Class, Side, by_rule};
use crate::texts::{Argument, Texts};

/// Why a call ended, and what to do about it.
///
/// ```
/// use trunklog_reports::Texts;
/// use trunklog_reports::codes::explain;
///
/// let unknown = explain(Some(404), Some(560_999));
/// assert!(!unknown.is_known);
/// assert_eq!(
///     unknown.cause_text(Texts::english()),
///     "the number or user was not found; the SBC's final answer to an outbound call was 999"
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The key of the text that says what happened; of an unknown pair what its
    /// SIP code says.
    pub cause: &'static str,
    /// The key of the text that says who gave the subcode.
    pub family: &'static str,
    /// The key of the text that says what to do; None when nothing is wrong or
    /// nothing is known.
    pub action: Option<&'static str>,
    /// The class of rows that end so, unless they were successful.
    pub class: Class,
    /// Who has to do something about it.
    pub side: Side,
    /// Whether the pair is documented. Otherwise `cause` and `family` tell what
    /// its codes say by themselves, and no side is known.
    pub is_known: bool,
    /// Where it is documented.
    pub source: &'static Source,
    sip: Option<i32>,
    sub: Option<i32>,
}

/// Explains a pair of codes: by itself when it is documented, else by its SIP
/// code and the family of its subcode.
///
/// ```
/// use trunklog_reports::codes::{AZURE_CODES, explain};
/// use trunklog_reports::{Class, Side};
///
/// let busy = explain(Some(486), Some(560_486));
/// assert_eq!((busy.class, busy.side, busy.action), (Class::UserBusy, Side::User, None));
/// assert_eq!((busy.is_known, busy.source), (true, &AZURE_CODES));
/// let unknown = explain(Some(486), Some(123_456));
/// assert_eq!((unknown.class, unknown.side, unknown.is_known), (Class::UserBusy, Side::Unknown, false));
/// ```
pub fn explain(sip: Option<i32>, sub: Option<i32>) -> Explanation {
    let family = family(sub);
    match pair(sip, sub) {
        Some(pair) => Explanation {
            cause: pair.cause,
            family: family.name,
            action: pair.action,
            class: pair.class,
            side: pair.side,
            is_known: true,
            source: pair.source,
            sip,
            sub,
        },
        None => Explanation {
            cause: sip_code(sip).cause,
            family: family.name,
            action: family.action,
            class: by_rule(sip, sub),
            side: Side::Unknown,
            is_known: false,
            source: &SIP_REGISTRY,
            sip,
            sub,
        },
    }
}

impl Explanation {
    /// What happened.
    pub fn cause_text(&self, texts: &Texts) -> String {
        let sip = texts.text(self.cause, &[("code", number(self.sip))]);
        if self.is_known {
            return sip;
        }
        let last_digits = self.sub.map(|sub| sub % 1_000);
        let family = texts.text(self.family, &[("code", number(last_digits))]);
        texts.text("end-unknown", &[("sip", Argument::Text(&sip)), ("family", Argument::Text(&family))])
    }

    /// What to do about it.
    pub fn action_text(&self, texts: &Texts) -> Option<String> {
        Some(texts.text(self.action?, &[]))
    }
}

/// A code as texts get it. Those for rows without one do not show it.
fn number(code: Option<i32>) -> Argument<'static> {
    Argument::Number(code.map_or(0, i64::from))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::classes::classify;
    use crate::codes::PAIRS;

    fn cause(sip: Option<i32>, sub: Option<i32>) -> String {
        explain(sip, sub).cause_text(Texts::english())
    }

    #[test]
    fn unknown_pairs_are_explained_by_their_parts() {
        let english =
            "the far end cannot be reached for now; the SBC's final answer to an inbound call was 481";
        assert_eq!(cause(Some(480), Some(540_481)), english);
        assert_eq!(
            cause(Some(499), Some(777_777)),
            "the request failed with SIP code 499; nothing is known of the subcode"
        );
        assert_eq!(cause(None, None), "there is no SIP code; there is no subcode");
        assert_eq!(cause(Some(-1), Some(-1)), "the SIP code -1 is unknown; nothing is known of the subcode");
    }

    #[test]
    fn known_pairs_are_not_taken_apart() {
        for pair in PAIRS {
            let told = explain(Some(pair.sip), Some(pair.sub));
            assert!(told.is_known);
            assert_eq!(told.cause_text(Texts::english()), Texts::english().text(pair.cause, &[]));
            assert_eq!(told.action_text(Texts::english()).is_some(), pair.action.is_some());
        }
    }

    proptest! {
        #[test]
        fn every_pair_has_words_and_the_class_of_its_rows(
            sip in proptest::option::of(-1..700_i32),
            sub in proptest::option::of(-1..600_000_i32),
        ) {
            let told = explain(sip, sub);
            let english = told.cause_text(Texts::english());
            prop_assert!(!english.is_empty() && !english.contains(['{', '}']), "{english}");
            let is_contradiction = told.class == Class::Answered;
            let of_rows = classify(Some(false), sip, sub);
            prop_assert_eq!(of_rows, if is_contradiction { Class::Unknown } else { told.class });
        }
    }
}
