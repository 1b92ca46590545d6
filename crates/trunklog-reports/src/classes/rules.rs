//! From codes to a class.

use super::Class;
use crate::codes;

/// A rule that gives rows a class by their codes.
///
/// ```
/// use trunklog_reports::{Class, RULES};
///
/// let busy = RULES.iter().find(|rule| rule.sip == Some((486, 486))).unwrap();
/// assert_eq!((busy.sub, busy.class), (None, Class::UserBusy));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The SIP codes, from the first to the second, both included; None for
    /// any, and for none.
    pub sip: Option<(i32, i32)>,
    /// The subcodes, in the same way.
    pub sub: Option<(i32, i32)>,
    /// The class.
    pub class: Class,
}

const fn sub(from: i32, until: i32, class: Class) -> Rule {
    Rule { sip: None, sub: Some((from, until)), class }
}

const fn sip(code: i32, class: Class) -> Rule {
    Rule { sip: Some((code, code)), sub: None, class }
}

const fn both(sip: (i32, i32), sub: (i32, i32), class: Class) -> Rule {
    Rule { sip: Some(sip), sub: Some(sub), class }
}

/// The rules for pairs of codes that are not in [`codes::PAIRS`]. The first that
/// fits counts: what a subcode says by itself, then what the SIP code says, then
/// who gave the answer.
///
/// ```
/// use trunklog_reports::{Class, RULES};
///
/// assert!(RULES.iter().all(|rule| rule.class != Class::Answered), "codes alone answer no call");
/// ```
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    sub(510_412, 510_412, Class::DiallingError),
    sub(511_404, 511_404, Class::DiallingError),
    sub( 10_199,  10_199, Class::Barred),
    sub(510_403, 510_403, Class::Barred),
    sub(510_534, 510_534, Class::Barred),
    sub(510_559, 510_560, Class::Barred),
    sub(510_562, 510_563, Class::Barred),
    sub(  1_106,   1_106, Class::SbcFault),
    sub(500_001, 500_001, Class::SbcFault),
    sub(540_400, 540_400, Class::SbcFault),
    sub(549_000, 549_099, Class::ConnectionFault),
    sub(569_000, 569_099, Class::ConnectionFault),
    sub(531_000, 531_099, Class::MediaFault),
    sub( 10_320,  10_320, Class::MicrosoftFault),
    sub( 10_553,  10_553, Class::MicrosoftFault),

    sip(486, Class::UserBusy),
    sip(600, Class::UserBusy),
    sip(480, Class::RingNoAnswer),
    sip(487, Class::CallerGaveUp),
    sip(603, Class::TerminalReject),
    sip(404, Class::DiallingError),
    sip(484, Class::DiallingError),

    both((400, 599), (540_000, 540_999), Class::SbcFault),
    both((400, 599), (560_000, 560_999), Class::SbcFault),
    both((500, 599), (i32::MIN, i32::MAX), Class::MicrosoftFault),
];

impl Rule {
    fn fits(&self, sip: Option<i32>, sub: Option<i32>) -> bool {
        is_within(self.sip, sip) && is_within(self.sub, sub)
    }
}

fn is_within(span: Option<(i32, i32)>, code: Option<i32>) -> bool {
    match (span, code) {
        (None, _) => true,
        (Some((from, until)), Some(code)) => (from..=until).contains(&code),
        (Some(_), None) => false,
    }
}

/// The class of a row, by `successfulCall`, `finalSipCode` and
/// `callEndSubReason`.
///
/// A successful row is answered, whatever its codes. Any other is of the class
/// of its pair in [`codes::PAIRS`], else of the first of [`RULES`] that fits,
/// else unknown. A row that is not successful but has the codes of a normal end
/// contradicts itself, so it is unknown, too.
///
/// ```
/// use trunklog_reports::{Class, classify};
///
/// assert_eq!(classify(Some(true), Some(504), Some(569_008)), Class::Answered);
/// assert_eq!(classify(Some(false), Some(504), Some(569_008)), Class::ConnectionFault);
/// assert_eq!(classify(Some(false), Some(503), Some(560_999)), Class::SbcFault);
/// assert_eq!(classify(Some(false), Some(0), Some(560_000)), Class::Unknown);
/// assert_eq!(classify(None, None, None), Class::Unknown);
/// ```
pub fn classify(successful: Option<bool>, sip: Option<i32>, sub: Option<i32>) -> Class {
    if successful == Some(true) {
        return Class::Answered;
    }
    match codes::pair(sip, sub) {
        Some(pair) if pair.class == Class::Answered => Class::Unknown,
        Some(pair) => pair.class,
        None => by_rule(sip, sub),
    }
}

/// The class of a pair that is not in the table.
pub(crate) fn by_rule(sip: Option<i32>, sub: Option<i32>) -> Class {
    RULES.iter().find(|rule| rule.fits(sip, sub)).map_or(Class::Unknown, |rule| rule.class)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::codes::PAIRS;

    fn failed(sip: i32, sub: i32) -> Class {
        classify(Some(false), Some(sip), Some(sub))
    }

    #[test]
    fn every_class_can_be_reached() {
        let mut classes: Vec<Class> = PAIRS.iter().map(|pair| failed(pair.sip, pair.sub)).collect();
        classes.extend([classify(Some(true), None, None), failed(299, 1)]);
        for class in Class::ALL {
            assert!(classes.contains(&class), "{class:?}");
        }
    }

    #[test]
    fn every_rule_decides_something() {
        for (at, rule) in RULES.iter().enumerate() {
            // A code within each span that no pair and no earlier rule takes.
            let (sips, subs) = (sample(rule.sip, 299), sample(rule.sub, 999_999));
            let decides = sips.iter().any(|sip| {
                subs.iter().any(|sub| {
                    let (sip, sub) = (Some(*sip), Some(*sub));
                    RULES.iter().position(|rule| rule.fits(sip, sub)) == Some(at)
                })
            });
            assert!(decides, "{rule:?} is hidden by those before it");
        }
    }

    /// The ends of a span and what is next to them inside; `other` when there is none.
    fn sample(span: Option<(i32, i32)>, other: i32) -> Vec<i32> {
        match span {
            None => vec![other],
            Some((from, until)) if from == until => vec![from],
            Some((from, until)) => vec![from, from + 1, until - 1, until],
        }
    }

    #[test]
    fn rules_follow_the_published_words() {
        for (sip, sub, expected) in [
            // What a subcode says by itself comes before the SIP code.
            (480, 510_412, Class::DiallingError),
            (404, 510_559, Class::Barred),
            (486, 569_099, Class::ConnectionFault),
            (480, 531_099, Class::MediaFault),
            (400, 10_553, Class::MicrosoftFault),
            (500, 1_106, Class::SbcFault),
            // What users do comes before who answered.
            (486, 560_999, Class::UserBusy),
            (600, 560_600, Class::UserBusy),
            (480, 540_480, Class::RingNoAnswer),
            (487, 0, Class::CallerGaveUp),
            (603, 540_603, Class::TerminalReject),
            (484, 1, Class::DiallingError),
            // Then who answered.
            (408, 540_408, Class::SbcFault),
            (403, 560_400, Class::SbcFault),
            (599, 540_999, Class::SbcFault),
            (599, 561_000, Class::MicrosoftFault),
            (500, 0, Class::MicrosoftFault),
            // The rest is unknown.
            (400, 0, Class::Unknown),
            (399, 560_399, Class::Unknown),
            (604, 560_604, Class::Unknown),
            (403, 549_100, Class::Unknown),
            (302, 10_000, Class::Unknown),
        ] {
            assert_eq!(failed(sip, sub), expected, "{sip}/{sub}");
        }
    }

    #[test]
    fn a_missing_code_fits_no_span() {
        assert_eq!(classify(Some(false), Some(503), None), Class::Unknown);
        assert_eq!(classify(Some(false), Some(486), None), Class::UserBusy);
        assert_eq!(classify(None, None, Some(531_000)), Class::MediaFault);
        assert_eq!(classify(None, None, Some(560_486)), Class::Unknown);
    }

    #[test]
    fn what_contradicts_itself_is_unknown() {
        for sub in [0, 540_000, 560_000] {
            assert_eq!(
                (failed(0, sub), classify(None, Some(0), Some(sub))),
                (Class::Unknown, Class::Unknown)
            );
        }
    }

    proptest! {
        #[test]
        fn only_success_answers(sip in any::<Option<i32>>(), sub in any::<Option<i32>>()) {
            prop_assert_eq!(classify(Some(true), sip, sub), Class::Answered);
            prop_assert_ne!(classify(Some(false), sip, sub), Class::Answered);
            prop_assert_eq!(classify(None, sip, sub), classify(Some(false), sip, sub));
        }
    }
}
