//! Who was erased is gone, and does not come back.

use trunklog_records::schema::{LOGS, PSTN_BLOCKED_USERS, SMS};
use trunklog_rights::{How, Person, entries, erase, find, identifiers, lift};
use trunklog_store_kit::MemoryEngine;

use crate::rows::{Bench, CALLS, call, rows, stored, tenant};

const NUMBER: &str = "+4930123456";
const ADA: &str = "ada@contoso.com";
const ADA_ID: &str = "11111111-1111-4111-8111-111111111111";

/// Rows with a number in many forms, and rows without it.
fn of_a_number() -> Vec<String> {
    vec![
        call("a", 1, r#""callerNumber":"+4930123456""#),
        call("b", 2, r#""calleeNumber":"tel:+49-30-123456","callerNumber":"+33123456789""#),
        call("c", 3, r#""callerNumber":"sip:+4930123456@sbc.example.com;user=phone""#),
        call("d", 4, r#""later":{"number":["004930123456"]}"#),
        call("e", 5, r#""callerNumber":"+4930123457","calleeNumber":"+49301234567""#),
        call("f", 6, r#""callerNumber":"+4930123***""#),
    ]
}

/// A number as people and devices write it, alone and within other text; then others.
fn in_other_forms() -> (Vec<String>, Vec<String>) {
    let named = |name: &str| format!(r#""userDisplayName":"{name}","userPrincipalName":"desk@contoso.com""#);
    let of_it = [
        named("+49 30 1234567 (Front desk)"),
        named("+49 30 1234567"),
        named("Front desk 0049 (0)30 1234567"),
        r#""callerNumber":"011-49-30-1234567""#.to_owned(),
        r#""calleeNumber":"Desk <sip:0049301234567@sbc.example.com>""#.to_owned(),
        r#""callerNumber":"+49 30 1234567 ext. 12""#.to_owned(),
        r#""finalSipCodePhrase":"Call to +49301234567 refused""#.to_owned(),
        r#""later":{"who":"Desk 011 49 30 1234567"}"#.to_owned(),
    ];
    let of_others = [
        named("+49 30 1234567-89 (Other desk)"),
        named("Room 1234567"),
        named("+1 493 012 3456 7"),
        r#""callerNumber":"030 1234567""#.to_owned(),
        r#""callerNumber":"+49301234568""#.to_owned(),
        r#""finalSipCodePhrase":"Busy Here""#.to_owned(),
    ];
    let all = |kind: &str, members: &[String]| {
        let days = 1_u32..;
        let calls = days.zip(members).map(|(day, more)| call(&format!("{kind}{day}"), day, more));
        calls.collect::<Vec<_>>()
    };
    (all("it", &of_it), all("other", &of_others))
}

#[test]
fn a_number_is_found_within_other_text_and_after_prefixes() {
    for how in [How::Rows, How::Blank] {
        let bench = Bench::new();
        let (of_it, of_others) = in_other_forms();
        bench.append(&of_others);
        let others = stored(bench.store().as_ref(), CALLS).1;
        bench.append(&of_it);
        let person = Person::number("+49301234567").unwrap();
        assert_eq!(person, Person::number("011 49 30 1234567").unwrap());
        let store = bench.store();
        let found = find(store.as_ref(), CALLS, &person).unwrap();
        assert_eq!((found.rows, found.unknown_only), (Some(8), 1));
        // Which number these are, nobody can tell here.
        let unclear: Vec<(&str, u64)> =
            found.unclear.iter().map(|(form, rows)| (form.as_str(), *rows)).collect();
        assert_eq!(unclear, [("********567", 1), ("0******567", 1)]);
        bench.list(&person, how);
        erase(store.as_ref(), &found, &person, how).unwrap();
        let after = stored(store.as_ref(), CALLS);
        let left = find(store.as_ref(), CALLS, &person).unwrap();
        assert_eq!((left.rows, left.unclear), (Some(0), found.unclear));
        assert_eq!(after.0.len(), if how == How::Rows { 6 } else { 14 });
        if how == How::Rows {
            assert_eq!(after.1, others);
        } else {
            assert!(after.1.contains("desk@contoso.com") && !after.1.contains("Front desk"), "{}", after.1);
            assert!(others.lines().all(|line| after.1.contains(line)), "{}", after.1);
        }
        // None of them comes again.
        let again = bench.append(&of_it);
        assert_eq!((again.new, again.updated), (0, 0), "{again:?}");
        assert_eq!(again.withheld, if how == How::Rows { 8 } else { 0 });
        assert_eq!(stored(store.as_ref(), CALLS), after);
    }
}

#[test]
fn an_extension_is_a_display_name_and_no_part_of_one() {
    let bench = Bench::new();
    let named = |name: &str| format!(r#""userDisplayName":"{name}""#);
    bench.append(&[
        call("a", 1, &named("4711")),
        call("b", 2, &named("Room 4711")),
        call("c", 3, r#""finalSipCodePhrase":"4711""#),
    ]);
    let person = Person::number("4711").unwrap();
    assert_eq!(find(bench.store().as_ref(), CALLS, &person).unwrap().rows, Some(1));
}

/// What the dry run does not count, the erasure does not take, and a hold does not keep.
#[test]
fn a_short_number_is_erased_only_where_it_counts() {
    for how in [How::Rows, How::Blank] {
        let bench = Bench::new();
        let of_others = [
            call("a", 1, r#""finalSipCodePhrase":"4711""#),
            call("b", 2, r#""finalSipCodePhrase":"+4711""#),
            call("c", 3, r#""finalSipCodePhrase":"tel:+4711""#),
        ];
        bench.append(&of_others);
        let store = bench.store();
        let others = stored(store.as_ref(), CALLS).1;
        let of_it = [
            call("d", 4, r#""callerNumber":"4711""#),
            call("e", 5, r#""userDisplayName":"4711","finalSipCodePhrase":"4712""#),
        ];
        bench.append(&of_it);
        let person = Person::number("4711").unwrap();
        let found = find(store.as_ref(), CALLS, &person).unwrap();
        assert_eq!(found.rows, Some(2));
        bench.list(&person, how);
        assert_eq!(erase(store.as_ref(), &found, &person, how).unwrap().rows, 2, "{how:?}");
        let (ids, texts) = stored(store.as_ref(), CALLS);
        assert_eq!(ids.len(), if how == How::Rows { 3 } else { 5 });
        assert!(others.lines().all(|line| texts.contains(line)), "{texts}");
        assert_eq!(texts.matches("4711").count(), 3, "{texts}");
        // Found nowhere, it takes nothing.
        let nowhere = find(store.as_ref(), CALLS, &person).unwrap();
        assert_eq!(nowhere.rows, Some(0));
        assert_eq!(erase(store.as_ref(), &nowhere, &person, how).unwrap().rows, 0);
        let again = bench.append(&of_others);
        assert_eq!((again.unchanged, again.withheld), (3, 0));
    }
}

/// The same of names of destinations and reasons.
#[test]
fn a_short_number_takes_no_codes_of_other_logs() {
    let bench = Bench::new();
    let store = bench.store();
    let blocked = r#"{"userTelephoneNumber":"+4930123456","blockReason":"4711","blockDateTime":"2026-11-01T08:00:00Z"}"#;
    store.append(&rows(&PSTN_BLOCKED_USERS, &[blocked.to_owned()])).unwrap();
    let person = Person::number("4711").unwrap();
    for log in LOGS {
        let found = find(store.as_ref(), log, &person).unwrap();
        assert_eq!(erase(store.as_ref(), &found, &person, How::Rows).unwrap().rows, 0, "{}", log.name);
    }
    assert_eq!(stored(store.as_ref(), &PSTN_BLOCKED_USERS).0.len(), 1);
}

/// Or who has the shorter number would take the rows of others along.
#[test]
fn what_is_left_of_hidden_digits_is_nobodys_number() {
    let bench = Bench::new();
    let named = |name: &str| format!(r#""userDisplayName":"{name}""#);
    let of_others = [
        call("a", 1, r#""callerNumber":"+493012345***""#),
        call("b", 2, r#""callerNumber":"sip:+493012345%2A%2A%2A@sbc.example.com""#),
        call("c", 3, &named("+493012345*** (Desk)")),
        call("d", 4, r#""later":{"number":"+49 30 12345 ***"}"#),
    ];
    let store = bench.store();
    bench.append(&of_others);
    bench.append(&[call("it", 5, r#""callerNumber":"*67 4930 12345","later":"*67 +493012345""#)]);
    let person = Person::number("+49 30 12345").unwrap();
    let found = find(store.as_ref(), CALLS, &person).unwrap();
    assert_eq!(found.rows, Some(1));
    bench.list(&person, How::Rows);
    assert_eq!(erase(store.as_ref(), &found, &person, How::Rows).unwrap().rows, 1);
    assert_eq!(stored(store.as_ref(), CALLS).0, ["a", "b", "c", "d"]);
    let again = bench.append(&of_others);
    assert_eq!((again.unchanged, again.withheld), (4, 0));
    assert!(of_others.iter().all(|row| !person.occurs_in(row.as_bytes())));
}

/// Asked for without a country code, numbers are as short as these.
#[test]
fn dates_and_addresses_are_nobodys_number() {
    let bench = Bench::new();
    let of_nobody = [
        call("a", 1, r#""userDisplayName":"Desk until 2026-11-18","finalSipCodePhrase":"2026-11-18""#),
        call("b", 2, r#""later":{"at":"2026-11-18T08:15:00.1234567Z","from":"10.20.30.40"}"#),
        call("c", 3, r#""later":["18.11.2026","2026-11-18","sip:desk@10.20.30.40:5061"]"#),
    ];
    let of_numbers = [
        call("d", 4, r#""callerNumber":"2026-11-18""#),
        call("e", 5, r#""callerNumber":"10.20.30.40""#),
        call("f", 6, r#""callerNumber":"123 45 67""#),
    ];
    bench.append(&of_nobody);
    bench.append(&of_numbers);
    let store = bench.store();
    for (number, id) in [("20261118", "d"), ("10203040", "e"), ("1234567", "f"), ("18112026", "")] {
        let person = Person::number(number).unwrap();
        let found = find(store.as_ref(), CALLS, &person).unwrap();
        assert_eq!(found.rows, Some(u64::from(!id.is_empty())), "{number}");
        assert!(of_nobody.iter().all(|row| !person.occurs_in(row.as_bytes())), "{number}");
        bench.list(&person, How::Rows);
        erase(store.as_ref(), &found, &person, How::Rows).unwrap();
        assert!(!stored(store.as_ref(), CALLS).0.iter().any(|stored| stored == id), "{number}");
    }
    assert_eq!(stored(store.as_ref(), CALLS).0, ["a", "b", "c"]);
    assert_eq!(bench.append(&of_nobody).withheld, 0);
}

/// Versions before made other digits of some numbers. Who is on the list by these stays
/// out, and comes off it when named the same way.
#[test]
fn who_was_listed_by_a_version_before_is_obeyed_and_lifted() {
    for (written, before) in [
        ("+39 (0)6 1234567", "+3961234567"),
        ("49 (0) 30 123456", "49030123456"),
        ("0011 39 (0)6 1234567", "113961234567"),
        ("010 39 (0)6 1234567", "+3961234567"),
    ] {
        let bench = Bench::new();
        // By its digits, as the list has only a hash of them.
        bench.list(&Person::number(before).unwrap(), How::Rows);
        let row = call("a", 1, &format!(r#""callerNumber":"{written}""#));
        assert_eq!(bench.append(std::slice::from_ref(&row)).withheld, 1, "{written}");
        let named = Person::number(written).unwrap();
        let engine = bench.engine.as_ref();
        assert_eq!(lift(engine, &bench.key(), tenant(1), &named).unwrap(), 0, "{written}");
        let as_listed = Person::number_as_listed(written).unwrap();
        assert_eq!(lift(engine, &bench.key(), tenant(1), &as_listed).unwrap(), 1, "{written}");
        assert_eq!(bench.append(&[row]).new, 1, "{written}");
        // The same digits are those of somebody else, who is not erased along.
        let other = Person::number(before).unwrap();
        assert_eq!(find(bench.store().as_ref(), CALLS, &other).unwrap().rows, Some(0), "{written}");
        assert_eq!(find(bench.store().as_ref(), CALLS, &named).unwrap().rows, Some(1), "{written}");
    }
}

fn of_a_user() -> Vec<String> {
    vec![
        call(
            "a",
            1,
            &format!(
                r#""userPrincipalName":"Ada@Contoso.com","userId":"{ADA_ID}","userDisplayName":"Ada L","callerNumber":"+33123456789","calleeNumber":"+4930111111""#
            ),
        ),
        call("b", 2, &format!(r#""userId":"{ADA_ID}","userDisplayName":"Ada Lovelace","later":"Ada""#)),
        call("c", 3, r#""userPrincipalName":"nevada@contoso.com","userDisplayName":"Ada N""#),
    ]
}

#[test]
fn rows_of_a_number_go_however_it_is_written() {
    let bench = Bench::new();
    bench.append(&of_a_number());
    let person = Person::number("0049 30 123456").unwrap();
    let store = bench.store();
    let found = find(store.as_ref(), CALLS, &person).unwrap();
    assert_eq!((found.rows, found.unknown_only, found.masked), (Some(4), 1, 1));
    bench.list(&person, How::Rows);
    assert_eq!(erase(store.as_ref(), &found, &person, How::Rows).unwrap().rows, 4);
    let (ids, texts) = stored(store.as_ref(), CALLS);
    assert_eq!(ids, ["e", "f"], "{texts}");
    assert_eq!(erase(store.as_ref(), &found, &person, How::Rows).unwrap().rows, 0, "the same again");
    // They come again, in other forms and orders, and stay out.
    let again = bench.append(&of_a_number());
    assert_eq!((again.new, again.unchanged, again.withheld), (0, 2, 4));
    assert_eq!(stored(store.as_ref(), CALLS).0, ["e", "f"]);
    // Another tenant has not erased anybody.
    let other = bench.engine.tenant(tenant(2));
    assert_eq!(other.append(&rows(CALLS, &of_a_number())).unwrap().new, 6);
}

#[test]
fn a_number_can_be_taken_from_rows_that_stay() {
    let bench = Bench::new();
    bench.append(&of_a_number());
    let person = Person::number(NUMBER).unwrap();
    let store = bench.store();
    let found = find(store.as_ref(), CALLS, &person).unwrap();
    bench.list(&person, How::Blank);
    erase(store.as_ref(), &found, &person, How::Blank).unwrap();
    for _ in 0..2 {
        let (ids, texts) = stored(store.as_ref(), CALLS);
        assert_eq!(ids, ["a", "b", "c", "d", "e", "f"]);
        assert!(
            !texts.contains("123456\n") && !texts.contains("123456@") && !texts.contains("30-123456"),
            "{texts}"
        );
        assert!(texts.contains("+33123456789"), "the other party stays: {texts}");
        // The same rows again change nothing.
        let again = bench.append(&of_a_number());
        assert_eq!((again.new, again.updated, again.withheld), (0, 0, 0), "{again:?}");
    }
    // A row that is new comes without the number.
    let new =
        bench.append(&[call("g", 7, r#""callerNumber":"+49 30 123456","calleeNumber":"+33999999999""#)]);
    assert_eq!((new.new, new.withheld), (1, 0));
    let texts = stored(store.as_ref(), CALLS).1;
    assert!(texts.contains("+33999999999") && !texts.contains("+49 30 123456"), "{texts}");
}

#[test]
fn a_user_is_known_by_name_and_id() {
    for how in [How::Rows, How::Blank] {
        let bench = Bench::new();
        bench.append(&of_a_user());
        let store = bench.store();
        let named = Person::user("ADA@contoso.com").unwrap();
        let person = identifiers(store.as_ref(), &named).unwrap();
        assert_eq!(person.known_by(), 2);
        let found = find(store.as_ref(), CALLS, &person).unwrap();
        assert_eq!(found.rows, Some(2));
        bench.list(&person, how);
        erase(store.as_ref(), &found, &person, how).unwrap();
        let (ids, texts) = stored(store.as_ref(), CALLS);
        assert_eq!(ids.len(), if how == How::Rows { 1 } else { 3 });
        let lower = texts.to_lowercase();
        let left = ["\nada@contoso.com", ADA_ID, "ada l", "\"ada\"", "+4930111111"];
        assert!(left.iter().all(|left| !lower.contains(left)), "{texts}");
        assert!(texts.contains("nevada@contoso.com") && texts.contains("Ada N"), "{texts}");
        assert_eq!(
            texts.contains("+33123456789"),
            how == How::Blank,
            "who called is another person: {texts}"
        );
        let again = bench.append(&of_a_user());
        assert_eq!((again.new, again.withheld), (0, if how == How::Rows { 2 } else { 0 }));
        assert_eq!(stored(store.as_ref(), CALLS).1, texts);
    }
}

/// Where nobody's id is written as zeros, it is not the id of whoever else is in the row.
#[test]
fn an_id_that_stands_for_nobody_is_no_ones() {
    let bench = Bench::new();
    let nobody = r#""userId":"00000000-0000-0000-0000-000000000000""#;
    bench.append(&[
        call("a", 1, &format!(r#""userPrincipalName":"ada@contoso.com",{nobody}"#)),
        call("b", 2, &format!(r#""userPrincipalName":"bob@contoso.com",{nobody}"#)),
    ]);
    let store = bench.store();
    let person = identifiers(store.as_ref(), &Person::user(ADA).unwrap()).unwrap();
    assert_eq!(person.known_by(), 1);
    assert_eq!(find(store.as_ref(), CALLS, &person).unwrap().rows, Some(1));
}

#[test]
fn persons_are_found_in_all_logs() {
    let bench = Bench::new();
    let store = bench.store();
    let sms = r#"{"id":"s","sentDateTime":"2026-11-01T08:00:00Z","sourceNumber":"+4930123456"}"#;
    store.append(&rows(&SMS, &[sms.to_owned()])).unwrap();
    let blocked = r#"{"userTelephoneNumber":"+4930123456","blockDateTime":"2026-11-01T08:00:00Z"}"#;
    store.append(&rows(&PSTN_BLOCKED_USERS, &[blocked.to_owned()])).unwrap();
    let person = Person::number(NUMBER).unwrap();
    bench.list(&person, How::Rows);
    let mut erased = 0;
    for log in LOGS {
        let found = find(store.as_ref(), log, &person).unwrap();
        erased += erase(store.as_ref(), &found, &person, How::Rows).unwrap().rows;
    }
    assert_eq!(erased, 2);
    assert_eq!(store.append(&rows(&SMS, &[sms.to_owned()])).unwrap().withheld, 1);
}

#[test]
fn the_list_holds_nothing_that_tells_who_it_is() {
    let bench = Bench::new();
    let person = Person::user(ADA).unwrap();
    bench.list(&person, How::Rows);
    bench.list(&Person::number(NUMBER).unwrap(), How::Blank);
    let listed = entries(bench.engine.as_ref()).unwrap();
    assert_eq!(listed.len(), 2);
    let mut texts = format!("{:?}", bench.engine.states("").unwrap());
    for file in std::fs::read_dir(bench.folder.path().join("rights")).unwrap() {
        texts.push_str(&String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()));
    }
    assert!(!texts.contains("contoso") && !texts.contains("30123456"), "{texts}");
    // Listed again, less strictly: the stricter stays.
    bench.list(&person, How::Blank);
    assert_eq!(bench.append(&of_a_user()[..1]).withheld, 1);
    assert_eq!(lift(bench.engine.as_ref(), &bench.key(), tenant(1), &person).unwrap(), 1);
    assert_eq!(bench.append(&of_a_user()[..1]).new, 1);
    assert_eq!(entries(bench.engine.as_ref()).unwrap().len(), 1);
}

#[test]
fn without_the_key_nothing_is_stored() {
    let bench = Bench::new();
    bench.list(&Person::number(NUMBER).unwrap(), How::Rows);
    let key = bench.folder.path().join("rights/erased.key");
    let kept = std::fs::read(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let reopened = trunklog_rights::with_rights(open(&bench.memory), bench.folder.path());
    let store = reopened.tenant(tenant(1));
    let error = store.append(&rows(CALLS, &of_a_number())).unwrap_err();
    assert!(error.to_string().contains("erased.key"), "{error}");
    // Others are not concerned.
    reopened.tenant(tenant(2)).append(&rows(CALLS, &of_a_number())).unwrap();
    std::fs::write(&key, kept).unwrap();
    let again = trunklog_rights::with_rights(open(&bench.memory), bench.folder.path());
    assert_eq!(again.tenant(tenant(1)).append(&rows(CALLS, &of_a_number())).unwrap().withheld, 4);
}

fn open(memory: &MemoryEngine) -> std::sync::Arc<dyn trunklog_store::Engine> {
    use trunklog_store_kit::Fixture;
    memory.open()
}
