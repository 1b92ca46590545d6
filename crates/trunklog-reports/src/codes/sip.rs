//! SIP's final codes.

/// A SIP code and where it is defined.
///
/// ```
/// use trunklog_reports::Texts;
/// use trunklog_reports::codes::sip_code;
///
/// let busy = sip_code(Some(486));
/// assert_eq!(busy.rfc, Some(3261));
/// assert_eq!(Texts::english().text(busy.phrase.unwrap(), &[]), "Busy Here");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SipCode {
    /// The codes, from the first to the second, both included; mostly one.
    pub codes: (i32, i32),
    /// The RFC that defines it; None when none does.
    pub rfc: Option<u16>,
    /// The key of the text that says what it means. The text gets the number
    /// `code`.
    pub cause: &'static str,
    /// The key of the text with its name in the RFC.
    pub phrase: Option<&'static str>,
}

macro_rules! sip {
    ($code:literal, $rfc:literal, $text:literal) => {
        SipCode {
            codes: ($code, $code),
            rfc: Some($rfc),
            cause: $text,
            phrase: Some(concat!($text, ".phrase")),
        }
    };
}

const fn nameless(from: i32, until: i32, cause: &'static str) -> SipCode {
    SipCode { codes: (from, until), rfc: None, cause, phrase: None }
}

/// SIP's codes, ascending; then those that no RFC names, by their first digit.
///
/// Source: RFC 3261 section 21 and the registry that it opened, see
/// [`SIP_REGISTRY`](super::SIP_REGISTRY).
///
/// ```
/// use trunklog_reports::codes::SIP_CODES;
///
/// assert!(SIP_CODES.iter().any(|code| code.codes == (503, 503)));
/// ```
#[rustfmt::skip]
pub static SIP_CODES: &[SipCode] = &[
    nameless(0, 0, "sip-0"),
    sip!(100, 3261, "sip-100"),
    sip!(180, 3261, "sip-180"),
    sip!(181, 3261, "sip-181"),
    sip!(182, 3261, "sip-182"),
    sip!(183, 3261, "sip-183"),
    sip!(199, 6228, "sip-199"),
    sip!(200, 3261, "sip-200"),
    sip!(202, 6665, "sip-202"),
    sip!(204, 5839, "sip-204"),
    sip!(300, 3261, "sip-300"),
    sip!(301, 3261, "sip-301"),
    sip!(302, 3261, "sip-302"),
    sip!(305, 3261, "sip-305"),
    sip!(380, 3261, "sip-380"),
    sip!(400, 3261, "sip-400"),
    sip!(401, 3261, "sip-401"),
    sip!(402, 3261, "sip-402"),
    sip!(403, 3261, "sip-403"),
    sip!(404, 3261, "sip-404"),
    sip!(405, 3261, "sip-405"),
    sip!(406, 3261, "sip-406"),
    sip!(407, 3261, "sip-407"),
    sip!(408, 3261, "sip-408"),
    sip!(410, 3261, "sip-410"),
    sip!(412, 3903, "sip-412"),
    sip!(413, 3261, "sip-413"),
    sip!(414, 3261, "sip-414"),
    sip!(415, 3261, "sip-415"),
    sip!(416, 3261, "sip-416"),
    sip!(417, 4412, "sip-417"),
    sip!(420, 3261, "sip-420"),
    sip!(421, 3261, "sip-421"),
    sip!(422, 4028, "sip-422"),
    sip!(423, 3261, "sip-423"),
    sip!(424, 6442, "sip-424"),
    sip!(428, 8224, "sip-428"),
    sip!(429, 3892, "sip-429"),
    sip!(430, 5626, "sip-430"),
    sip!(433, 5079, "sip-433"),
    sip!(436, 8224, "sip-436"),
    sip!(437, 8224, "sip-437"),
    sip!(438, 8224, "sip-438"),
    sip!(439, 5626, "sip-439"),
    sip!(440, 5393, "sip-440"),
    sip!(469, 6086, "sip-469"),
    sip!(470, 5360, "sip-470"),
    sip!(480, 3261, "sip-480"),
    sip!(481, 3261, "sip-481"),
    sip!(482, 3261, "sip-482"),
    sip!(483, 3261, "sip-483"),
    sip!(484, 3261, "sip-484"),
    sip!(485, 3261, "sip-485"),
    sip!(486, 3261, "sip-486"),
    sip!(487, 3261, "sip-487"),
    sip!(488, 3261, "sip-488"),
    sip!(489, 6665, "sip-489"),
    sip!(491, 3261, "sip-491"),
    sip!(493, 3261, "sip-493"),
    sip!(494, 3329, "sip-494"),
    sip!(500, 3261, "sip-500"),
    sip!(501, 3261, "sip-501"),
    sip!(502, 3261, "sip-502"),
    sip!(503, 3261, "sip-503"),
    sip!(504, 3261, "sip-504"),
    sip!(505, 3261, "sip-505"),
    sip!(513, 3261, "sip-513"),
    sip!(555, 8599, "sip-555"),
    sip!(580, 3312, "sip-580"),
    sip!(600, 3261, "sip-600"),
    sip!(603, 3261, "sip-603"),
    sip!(604, 3261, "sip-604"),
    sip!(606, 3261, "sip-606"),
    sip!(607, 8197, "sip-607"),
    sip!(608, 8688, "sip-608"),
    nameless(100, 199, "sip-1xx"),
    nameless(200, 299, "sip-2xx"),
    nameless(300, 399, "sip-3xx"),
    nameless(400, 499, "sip-4xx"),
    nameless(500, 599, "sip-5xx"),
    nameless(600, 699, "sip-6xx"),
];

static OTHER: SipCode = nameless(i32::MIN, i32::MAX, "sip-other");

static NONE: SipCode = nameless(i32::MIN, i32::MAX, "sip-none");

/// What is known of a SIP code.
///
/// ```
/// use trunklog_reports::codes::sip_code;
///
/// assert_eq!(sip_code(Some(499)).cause, "sip-4xx");
/// assert_eq!((sip_code(Some(700)).cause, sip_code(None).cause), ("sip-other", "sip-none"));
/// ```
pub fn sip_code(code: Option<i32>) -> &'static SipCode {
    let Some(code) = code else { return &NONE };
    SIP_CODES.iter().find(|of| (of.codes.0..=of.codes.1).contains(&code)).unwrap_or(&OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::PAIRS;

    #[test]
    fn codes_are_unique_and_in_order() {
        let singles: Vec<i32> =
            SIP_CODES.iter().filter(|of| of.codes.0 == of.codes.1).map(|of| of.codes.0).collect();
        assert!(singles.is_sorted_by(|a, b| a < b));
        for code in singles {
            assert_eq!(sip_code(Some(code)).codes, (code, code));
        }
    }

    #[test]
    fn each_documented_pair_has_a_sip_code_with_a_name() {
        for pair in PAIRS.iter().filter(|pair| pair.sip > 0) {
            assert!(sip_code(Some(pair.sip)).phrase.is_some(), "{pair:?}");
        }
    }

    #[test]
    fn every_code_of_sip_has_words() {
        for code in 100..700 {
            assert_ne!(sip_code(Some(code)), &OTHER, "{code}");
        }
    }
}
