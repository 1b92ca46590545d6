use trunklog_odata::edm::EdmType;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS, PSTN_BLOCKED_USERS, SMS};

use super::*;

/// Texts that are ids of things or words of Microsoft's, in which nobody writes a
/// number.
const OF_NOBODY: [&str; 23] = [
    "id",
    "correlationId",
    "transferorCorrelationId",
    "sharedCorrelationId",
    "callId",
    "smsId",
    "remediationId",
    "conferenceId",
    "callType",
    "smsType",
    "currency",
    "userCountryCode",
    "otherPartyCountryCode",
    "usageCountryCode",
    "tenantCountryCode",
    "usageLocation",
    "destinationContext",
    "licenseCapability",
    "inventoryType",
    "operator",
    "mediaPathLocation",
    "signalingLocation",
    "trunkFullyQualifiedDomainName",
];

/// Each text is looked at, or is known to hold no number.
#[test]
fn every_text_is_of_a_kind() {
    use trunklog_records::schema::RECORDED_BY;
    let kinds = [&OF_USERS[..], &NUMBERS, &TEXTS, &OF_NOBODY, &[RECORDED_BY]].concat();
    for property in LOGS.into_iter().flat_map(|log| log.properties) {
        if property.edm == EdmType::String {
            assert!(kinds.contains(&property.name), "{}", property.name);
        }
    }
}

/// A property that is new must not keep what was erased.
#[test]
fn every_property_that_tells_of_persons_is_known() {
    for property in LOGS.into_iter().flat_map(|log| log.properties) {
        let name = property.name;
        let tells = property.edm == EdmType::String
            && (name.starts_with("user") || name.ends_with("Number") || name.contains("IpV"))
            && name != "userCountryCode";
        assert_eq!(tells, OF_USERS.contains(&name) || NUMBERS.contains(&name), "{name}");
    }
}

#[test]
fn a_user_has_own_numbers() {
    let name = |log: &'static Log, at: usize| log.properties[at].name;
    for (log, call_type, expected) in [
        (&DIRECT_ROUTING_CALLS, Some("ByotIn"), vec!["calleeNumber"]),
        (&DIRECT_ROUTING_CALLS, Some("ByotOut"), vec!["callerNumber"]),
        (&DIRECT_ROUTING_CALLS, None, vec!["callerNumber", "calleeNumber"]),
        (&PSTN_BLOCKED_USERS, None, vec!["userTelephoneNumber"]),
    ] {
        let found: Vec<_> =
            Places::of(log).own_numbers(call_type).into_iter().map(|at| name(log, at)).collect();
        assert_eq!(found, expected, "{} {call_type:?}", log.name);
    }
    assert!(Places::of(&SMS).own.is_some());
}

#[test]
fn persons_are_found_among_other_text() {
    let caller = Person::number("+4930123456").unwrap();
    for (text, is_there) in [
        (r#"{"callerNumber":"+4930123456"}"#, true),
        ("x;0049 30 123456;y", true),
        ("+49 (30) 123-456", true),
        ("1+4930123456", true),
        ("4930123456", true),
        ("14930123456", false),
        ("49301234567", false),
        ("+49301234 5", false),
        ("", false),
        // Other forms that name it in a row.
        ("+49 (0)30 123456", true),
        ("+49\u{a0}30\u{a0}123456", true),
        ("\u{202a}+49\u{2011}30\u{2011}123456\u{202c}", true),
        ("\u{ff0b}\u{ff14}\u{ff19}30123456", true),
        (r#""\u002b49\u00a030\u00a0123456""#, true),
        (r#"{"record":"{\"callerNumber\":\"\\u202a4930123456\\u202c\"}"}"#, true),
        ("tel:%2B49%2030%20123456", true),
        ("15 4930123456 20", true),
        ("100%4930123456", true),
        ("493012345678 9", false),
    ] {
        assert_eq!(caller.occurs_in(text.as_bytes()), is_there, "{text}");
    }
    let ada = Person::user("ada@contoso.com").unwrap();
    for (text, is_there) in [
        (r#""Ada@Contoso.com""#, true),
        ("nevada@contoso.com", false),
        ("ada@contoso.community", false),
        ("sip:ada@contoso.com;x", true),
        ("Ask ada@contoso.com.", true),
        ("ada@contoso.com.example", false),
        (r"sip:ada\u0040contoso.com", true),
        ("sip:ada%40contoso.com", true),
        (r#"{"record":"a,b\nada@contoso.com,c"}"#, true),
    ] {
        assert_eq!(ada.occurs_in(text.as_bytes()), is_there, "{text}");
    }
    // As Windows PowerShell writes them, and in the letter case of a language.
    let patrick = Person::user("o'brien@contoso.com").unwrap();
    assert!(patrick.occurs_in(br#"{"userPrincipalName":"O\u0027Brien@contoso.com"}"#));
    let juergen = Person::user("jürgen@contoso.com").unwrap();
    for text in ["JÜRGEN@contoso.com", r"J\u00dcRGEN@contoso.com", r"J\\u00DCRGEN@contoso.com"] {
        assert!(juergen.occurs_in(text.as_bytes()), "{text}");
    }
    // Few digits are in many numbers: these have to be all of it.
    let extension = Person::number("4711").unwrap();
    assert!(extension.occurs_in(b"a,4711,b") && !extension.occurs_in(b"+49 30 4711"));
}

/// Versions that knew only 00 listed a number with any other prefix. It stays out.
#[test]
fn what_was_listed_before_is_still_compared() {
    let marks = |text: &str| {
        let mut marks = BTreeSet::new();
        marks_of(text, Place::Number, &mut |mark| {
            if let Mark::Number(digits) | Mark::NumberBefore(digits) = mark {
                marks.insert(digits);
            }
        });
        marks.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(marks("011-49-30-1234567"), ["01149301234567", "49301234567"]);
    assert_eq!(marks("0011 49 30 1234567"), ["1149301234567", "49301234567"]);
    assert_eq!(marks("+49301234567"), ["49301234567"]);
    assert_eq!(marks("+39 (0)6 12345678"), ["390612345678", "39612345678"]);
    assert_eq!(marks("49 (0) 30 1234567"), ["490301234567", "49301234567"]);
    // For who looks for a number, these are the digits of another.
    let other = Person::number("+39 6 12345678").unwrap();
    assert!(!other.is_named_by("+39 (0)6 12345678") && other.is_named_by("0039 6 12345678"));
}

#[test]
fn unknown_properties_are_taken_apart() {
    let mut found = Vec::new();
    texts_within(r#""a":["x",{"b":"y"}],"c":4930123456,"d":null"#, &mut |text| {
        found.push(text.to_owned());
    });
    found.sort();
    assert_eq!(found, ["4930123456", "x", "y"]);
}

#[test]
fn a_person_is_shown_with_most_of_it_hidden() {
    for (person, shown) in [
        (Person::number("112"), "the number ***"),
        (Person::number("+49301234567"), "the number ********567"),
        (Person::user("a@b.c"), "the user a@b.c"),
        (Person::user("11111111-2222-3333-4444-555555555555"), "the user 1111****"),
    ] {
        assert_eq!(person.unwrap().to_string(), shown);
    }
    for nobody in ["ada", "", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(Person::user(nobody), Err(PersonError::User), "{nobody}");
    }
    assert_eq!(Person::number("ada@contoso.com"), Err(PersonError::Number));
}
