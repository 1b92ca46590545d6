//! Families of Microsoft's subcodes.

/// Subcodes of one origin.
///
/// Source: Teams' page says that 560xxx is the final answer of the session
/// border controller, Azure's page adds 540xxx for inbound calls. The others are
/// told by what their documented members have in common.
///
/// ```
/// use trunklog_reports::codes::family;
///
/// assert_eq!(family(Some(560_404)).name, "family-sbcOutbound");
/// assert_eq!(family(Some(569_077)).name, "family-transportOutbound");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The subcodes, from the first to the second, both included.
    pub subs: (i32, i32),
    /// The key of the text that says who gave such a subcode. The text gets the
    /// number `code`: the subcode's last three digits.
    pub name: &'static str,
    /// The key of the text that says what to do.
    pub action: Option<&'static str>,
}

macro_rules! family {
    ($from:literal, $until:literal, $name:literal) => {
        Family { subs: ($from, $until), name: $name, action: None }
    };
    ($from:literal, $until:literal, $name:literal, act) => {
        Family { subs: ($from, $until), name: $name, action: Some(concat!($name, ".action")) }
    };
}

/// The families, ascending.
///
/// ```
/// use trunklog_reports::codes::FAMILIES;
///
/// assert!(FAMILIES.is_sorted_by(|a, b| a.subs.1 < b.subs.0), "none overlaps another");
/// ```
#[rustfmt::skip]
pub static FAMILIES: &[Family] = &[
    family!(      0,       0, "family-client", act),
    family!(  1_000,  99_999, "family-callController", act),
    family!(500_001, 500_001, "family-failover", act),
    family!(510_000, 511_999, "family-lookup", act),
    family!(531_000, 531_999, "family-media", act),
    family!(540_000, 540_999, "family-sbcInbound", act),
    family!(549_000, 549_999, "family-transportInbound", act),
    family!(560_000, 560_999, "family-sbcOutbound", act),
    family!(569_000, 569_999, "family-transportOutbound", act),
];

/// What holds for subcodes that are in no family.
pub static NO_FAMILY: Family = Family { subs: (i32::MIN, i32::MAX), name: "family-other", action: None };

/// What holds for rows without a subcode.
static NO_SUBCODE: Family = Family { subs: (i32::MIN, i32::MAX), name: "family-none", action: None };

/// The family of a subcode.
///
/// ```
/// use trunklog_reports::codes::{NO_FAMILY, family};
///
/// assert_eq!(family(Some(777_777)), &NO_FAMILY);
/// assert_eq!(family(None).name, "family-none");
/// ```
pub fn family(sub: Option<i32>) -> &'static Family {
    let Some(sub) = sub else { return &NO_SUBCODE };
    FAMILIES.iter().find(|family| (family.subs.0..=family.subs.1).contains(&sub)).unwrap_or(&NO_FAMILY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::PAIRS;

    #[test]
    fn families_do_not_overlap_and_each_has_a_documented_member() {
        assert!(FAMILIES.is_sorted_by(|a, b| a.subs.1 < b.subs.0));
        for of in FAMILIES {
            assert!(of.subs.0 <= of.subs.1);
            assert!(PAIRS.iter().any(|pair| family(Some(pair.sub)) == of), "{of:?}");
        }
        for pair in PAIRS {
            assert_ne!(family(Some(pair.sub)), &NO_FAMILY, "{pair:?}");
        }
    }
}
