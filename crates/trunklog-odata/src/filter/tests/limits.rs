//! Nothing runs away.

use proptest::prelude::*;
use proptest::{collection, sample};

use super::*;

fn refused(text: &str, why: &str) {
    let error = read(text).unwrap_err();
    assert!(error.message().starts_with(why), "{error}");
    assert!(error.message().contains("at position "), "{error}");
}

const TOO_DEEP: &str = "Recursion depth exceeded allowed limit.";

#[test]
fn nesting_is_bounded() {
    let within = |open: &str, times: usize| format!("{}true{}", open.repeat(times), ")".repeat(times));
    assert!(read(&within("(", MAX_DEPTH)).is_ok());
    refused(&within("(", MAX_DEPTH + 1), TOO_DEEP);
    refused(&within("(", 100_000), TOO_DEEP);
    assert!(read(&within("not (", MAX_DEPTH - 1)).is_ok());
    refused(&within("not (", MAX_DEPTH), TOO_DEEP);
    refused(&"not ".repeat(100_000), TOO_DEEP);
    refused(&format!("{}duration eq 1", "- ".repeat(100_000)), TOO_DEEP);
    refused(&format!("{}'x'", "tolower(".repeat(100_000)), TOO_DEEP);

    let sum = |times: usize| format!("duration{} eq 1", " add 1".repeat(times));
    assert!(read(&sum(MAX_DEPTH - 2)).is_ok());
    refused(&sum(MAX_DEPTH - 1), TOO_DEEP);
    refused(&format!("true{}", " eq true".repeat(10_000)), TOO_DEEP);
}

#[test]
fn the_deepest_expression_survives_as_json() {
    let texts = [
        format!("{}true{}", "not (".repeat(MAX_DEPTH - 1), ")".repeat(MAX_DEPTH - 1)),
        format!("duration{} eq 1", " add 1".repeat(MAX_DEPTH - 2)),
        format!("{}true{}", "(false or (true and ".repeat(10), "))".repeat(10)),
    ];
    for text in texts {
        let expr = read(&text).unwrap();
        let json = serde_json::to_string(&expr).unwrap();
        assert_eq!(serde_json::from_str::<Expr>(&json).unwrap(), expr);
    }
}

#[test]
fn rows_of_conditions_are_wide_and_bounded() {
    let text = |times: usize| vec!["duration eq 1"; times].join(" or ");
    // Three parts a condition, and the one that joins them.
    let most = (MAX_NODES - 1) / 3;
    assert!(matches!(read(&text(most)).unwrap().node, Node::Or(parts) if parts.len() == most));
    refused(&text(most + 1), "The expression has more than 1000 parts.");
}

#[test]
fn lists_are_bounded() {
    let text = |times: usize| format!("duration in ({})", vec!["1"; times].join(","));
    assert!(read(&text(MAX_LITERALS)).is_ok());
    refused(&text(MAX_LITERALS + 1), "The list has more than 1000 literals.");
}

#[test]
fn copies_for_null_are_bounded() {
    let text = format!("{}userId in (null,'a'){}", "(".repeat(9), ") in (null,true)".repeat(9));
    refused(&text, "The expression has more than 1000 parts.");
}

#[test]
fn values_of_aliases_are_bounded() {
    let text = |times: usize| format!("userId in ({})", vec!["@long"; times].join(","));
    assert!(read(&text(7)).is_ok());
    refused(&text(8), "The values of parameter aliases make the expression too long.");
}

#[test]
fn faults_quote_an_excerpt_of_long_texts() {
    let text = format!("{}foo eq 1{}", "duration eq 1 or ".repeat(100), " or duration eq 1".repeat(100));
    let error = read(&text).unwrap_err();
    assert!(error.message().contains("It is at position 1700 in '…"), "{error}");
    assert!(error.message().contains("foo eq 1"), "{error}");
    assert!(error.message().ends_with("…'."), "{error}");
    assert!(error.message().len() < 500);

    let name = "x".repeat(100_000);
    assert!(read(&name).unwrap_err().message().len() < 600);
    assert!(read(&format!("duration eq 1{name}")).unwrap_err().to_string().len() < 800);
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "userId", "duration", "charge", "startDateTime", "successfulCall", "callDurationSource", "a", "a/id", "foo",
    "administrativeUnitInfos", "/any(", "/all(", "a:", "(", ")", ",", "'x'", "'", "''", "5", "-", "0.5", "1e9", "-7",
    "2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00", "01:00", "08:00", "true", "null", "@user", "@none",
    "@", "not", "and", "or", "eq", "ne", "gt", "le", "in", "in (", "add", "mul", "divby", "startswith(", "length(",
    "tolower(", "date(", "hour(", "asc", "desc", "*", "é", "'é", "\u{a0}", "$it", "datetime'",
];

fn never_panics(text: &str) -> std::result::Result<(), TestCaseError> {
    let errors = [read(text).err(), order_by(text, &Row).err(), select(text, &Row).err()];
    for error in errors.into_iter().flatten() {
        prop_assert!(error.message().contains("at position "), "{text}: {error}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn never_panics_on_characters(text in "[a-eiqnotrudT Zé'()@/:,.+*$\"0-9-]{0,60}") {
        never_panics(&text)?;
    }

    #[test]
    fn never_panics_on_anything(text in any::<String>()) {
        never_panics(&text)?;
    }

    #[test]
    fn never_panics_on_words(words in collection::vec(sample::select(WORDS), 0..30), glue in "[ ]{0,1}") {
        never_panics(&words.join(glue.as_str()))?;
    }
}
