//! The version of the definitions.

/// The version of all definitions: classes, rules, pairs of codes, key figures,
/// bins, and what call types say.
///
/// Every answer carries it, and what was counted with another version has to be
/// counted anew. Raise it with every change of what is counted or how; a test
/// notices changes of the tables. Words may change without.
///
/// ```
/// assert!(trunklog_reports::DEFINITIONS >= 1);
/// ```
pub const DEFINITIONS: u32 = 1;

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use trunklog_records::call_types::{MARKS, PASSED_ON, SECOND_LEG};
    use trunklog_store::BIN_EDGES;

    use super::*;
    use crate::classes::{Class, RULES};
    use crate::codes::PAIRS;
    use crate::kpi::definitions;
    use crate::row_kind::{ISA_CODES, SEER_CODES};

    /// Each version with the fingerprint of its tables, the newest last. Add a
    /// line with a new version; never change one.
    const FINGERPRINTS: &[(u32, u64)] = &[(1, 0xd745_0171_ef0f_6bd1)];

    /// The tables, without the words.
    fn tables() -> String {
        let mut tables = String::new();
        for class in Class::ALL {
            let (ner, user, side) = (class.ner().key(), class.is_user_behaviour(), class.side().key());
            writeln!(tables, "class {} {ner} {user} {side}", class.key()).unwrap();
        }
        for pair in PAIRS {
            let (class, side) = (pair.class.key(), pair.side.key());
            writeln!(tables, "pair {} {} {class} {side}", pair.sip, pair.sub).unwrap();
        }
        for rule in RULES {
            writeln!(tables, "rule {:?} {:?} {}", rule.sip, rule.sub, rule.class.key()).unwrap();
        }
        writeln!(tables, "codes {SEER_CODES:?} {ISA_CODES:?}").unwrap();
        for of in definitions() {
            writeln!(tables, "kpi {} {} {}", of.key, of.unit.key(), of.standard.unwrap_or("-")).unwrap();
        }
        for edge in &*BIN_EDGES {
            writeln!(tables, "edge {edge}").unwrap();
        }
        // Cubes keep directions and legs, not the call types that tell them.
        for (direction, mark) in MARKS {
            writeln!(tables, "mark {direction:?} {mark:?}").unwrap();
        }
        for mark in PASSED_ON {
            writeln!(tables, "passed on {mark:?}").unwrap();
        }
        for mark in SECOND_LEG {
            writeln!(tables, "second leg {mark:?}").unwrap();
        }
        tables
    }

    /// FNV-1a, 64 bits.
    fn fingerprint(text: &str) -> u64 {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
    }

    #[test]
    fn changed_tables_have_another_version() {
        let now = (DEFINITIONS, fingerprint(&tables()));
        let noted = FINGERPRINTS.last().copied().unwrap();
        assert_eq!(now, noted, "the tables changed: raise DEFINITIONS and note {:#x} for it", now.1);
        assert!(FINGERPRINTS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
