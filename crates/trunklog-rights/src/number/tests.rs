use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

#[test]
fn numbers_are_told_by_their_digits() {
    let same = [
        "+4930123456",
        " +49 30 123456 ",
        "004930123456",
        "0049 (30) 123-456",
        "+49 (0)30 123456",
        "0049 (0) 30 123456",
        "tel:+49-30-123456",
        "TEL:+4930123456;phone-context=x",
        "sip:+4930123456@sbc.example.com;user=phone",
        "sip:4930123456@10.0.0.1:5061",
        "\"Ada\" <sip:+4930123456@sbc.example.com>",
        "%2B4930123456",
        "49.30.123456",
        "tel:%2B49%2030%20123456",
        "%252B4930123456",
        "\u{202a}+49 30 123456\u{202c}",
        "+49\u{2011}30\u{2011}123456",
        "+49\u{202f}30\u{2009}123456",
        "\u{ff0b}\u{ff14}\u{ff19}30123456",
        "+\u{664}\u{669}30123456",
        // As it is dialled from North America, Australia and Japan.
        "011-49-30-123456",
        "011 49 (0)30 123456",
        "0011 49 30 123456",
        "010 49 30 123456",
        "+00 49 30 123456",
        "49 (0) 30 123456",
    ];
    for text in same {
        assert_eq!(digits(text).as_deref(), Some("4930123456"), "{text}");
    }
    let others = [("030123456", "030123456"), ("4711", "4711"), ("112", "112"), ("0", ""), ("", "")];
    // Turin, Delhi, Leeds, and Rome, which keeps its zero.
    let at_home = [
        ("011 1234567", "0111234567"),
        ("011 2345 6789", "01123456789"),
        ("0113 496 0000", "01134960000"),
        ("+39 (0)6 1234567", "39061234567"),
        ("(0)30 123456", "030123456"),
    ];
    // Italy, however it is dialled.
    let italy = [
        ("0039 (0)6 1234567", "39061234567"),
        ("011 39 (0)6 1234567", "39061234567"),
        ("0011 39 (0)6 1234567", "39061234567"),
        ("010 39 (0)6 1234567", "39061234567"),
    ];
    let others = others.into_iter().chain(at_home).chain(italy);
    for (text, expected) in others {
        assert_eq!(digits(text).unwrap_or_default(), expected, "{text}");
    }
    for none in [
        "anonymous",
        "ada@contoso.com",
        "+49 30 12 ext 4",
        "+4930\t123456",
        "12345678901234567890123456",
        "+",
        "Room 12",
    ] {
        assert_eq!(digits(none), None, "{none}");
    }
}

/// Who was erased by them is on the list so.
#[test]
fn what_versions_before_made_of_a_number_is_known() {
    for (text, now, before) in [
        ("+39 (0)6 1234567", "39061234567", vec!["3961234567"]),
        ("0039 (0)6 1234567", "39061234567", vec!["3961234567"]),
        ("0011 39 (0)6 1234567", "39061234567", vec!["1139061234567", "113961234567", "3961234567"]),
        ("010 39 (0)6 1234567", "39061234567", vec!["01039061234567", "3961234567"]),
        ("49 (0) 30 123456", "4930123456", vec!["49030123456"]),
        ("011 49 (0)30 123456", "4930123456", vec!["01149030123456", "0114930123456"]),
        ("011-49-30-123456", "4930123456", vec!["0114930123456"]),
        ("+49 (0)30 (0) 123456", "4930123456", vec!["49300123456"]),
        ("+49 (0)30 123456", "4930123456", vec![]),
        ("0049 (0)30 123456", "4930123456", vec![]),
        ("+4930123456", "4930123456", vec![]),
        ("+49 (0)30 123***", "", vec![]),
    ] {
        assert_eq!(digits(text).unwrap_or_default(), now, "{text}");
        let known: BTreeSet<String> = known_before(text).into_iter().collect();
        let expected: BTreeSet<String> = before.into_iter().map(str::to_owned).collect();
        assert_eq!(known, expected, "{text}");
    }
}

#[test]
fn hidden_digits_may_be_any() {
    assert!(may_be("+4930123***", "4930123456"));
    assert!(may_be("00493012345*", "4930123456"));
    assert!(may_be("sip:+4930123***@sbc.example.com", "4930123456"));
    for other in ["+4930123**", "+4930124***", "+4930123456", "***", "anonymous"] {
        assert!(!may_be(other, "4930123456"), "{other}");
    }
}

proptest! {
    #[test]
    fn any_text_can_be_looked_at(text in any::<String>()) {
        if let Some(found) = digits(&text) {
            prop_assert!(found.bytes().all(|byte| byte.is_ascii_digit()));
        }
        let _ = may_be(&text, "4930123456");
    }

    #[test]
    fn what_is_found_is_found_again(number in "([2-9][0-9]|1[2-9])[0-9]{5,13}", gap in "[ ./-]{0,2}") {
        let (start, end) = number.split_at(3);
        for written in [format!("+{start}{gap}{end}"), format!("00{start}{gap}{end}"), format!("tel:+{number}")] {
            prop_assert_eq!(digits(&written), Some(number.clone()));
        }
    }
}
