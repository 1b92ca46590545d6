use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use proptest::prelude::*;

use super::*;
use crate::event::MAX_REASON_CHARS;
use crate::test_support::{APPLICATION, Bench, export, read, record};
use crate::{Action, Actor, Channel, Detail, Entry, Names, Outcome, Search};

#[test]
fn what_is_recorded_is_on_disk_before_its_receipt_says_so() {
    let bench = Bench::new();
    let trail = bench.open();
    trail.record(export().detail("format", Detail::Word("csv"))).wait().unwrap();
    let entries = bench.entries();
    let whats: Vec<&str> = entries.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(whats, ["trail.started", "calls.export"]);
    assert_eq!(entries[1].who.as_deref(), Some(format!("application:{APPLICATION}").as_str()));
    assert_eq!(entries[1].details["format"], "csv");
    assert_eq!(trail.counts(), Counts { written: 2, ..Counts::default() });
    assert!(bench.verify().is_whole());
}

#[test]
fn reads_that_are_alike_become_one_entry() {
    let bench = Bench::new();
    let trail = bench.open();
    for _ in 0..37 {
        trail.note(read());
    }
    trail.note(read().of("sms"));
    trail.flush().wait().unwrap();
    let entries = bench.entries();
    assert_eq!(entries.len(), 3, "{entries:?}");
    assert_eq!((entries[1].requests, entries[1].rows), (Some(37), Some(37_000)));
    assert_eq!((entries[2].requests, entries[2].rows), (None, Some(1_000)));
    assert_eq!(entries[1].until, Some(bench.now()));
}

#[test]
fn what_is_noted_is_written_when_the_trail_is_dropped() {
    let bench = Bench::new();
    let trail = bench.open();
    let copy = trail.clone();
    trail.note(read());
    drop(trail);
    assert!(!bench.file(1).exists());
    drop(copy);
    assert_eq!(bench.entries().len(), 2);
}

#[test]
fn files_are_their_owners_alone() {
    let bench = Bench::new();
    let trail = bench.open();
    trail.record(export().subject(Identity::user("anna"))).wait().unwrap();
    for path in [bench.path(), bench.path().join("keys")] {
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o077, 0, "{}", path.display());
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().mode() & 0o077, 0, "{:?}", entry.file_name());
        }
    }
}

#[test]
fn what_cannot_be_written_is_refused_and_reads_are_counted() {
    let bench = Bench::new();
    // A file where the folder should be.
    fs::write(bench.path(), "in the way").unwrap();
    let trail = bench.open();
    trail.note(read());
    assert_eq!(trail.record(export()).wait(), Err(Unwritten));
    assert_eq!(trail.record(export()).wait(), Err(Unwritten));
    assert_eq!(trail.counts().refused, 2);
    // What was noted waits until it can be written.
    fs::remove_file(bench.path()).unwrap();
    trail.record(export()).wait().unwrap();
    let whats: Vec<String> = bench.entries().into_iter().map(|entry| entry.what).collect();
    assert_eq!(whats, ["trail.started", "calls.read", "calls.export"]);
    assert_eq!(trail.counts(), Counts { written: 3, refused: 2, ..Counts::default() });
}

#[test]
fn a_trail_that_ends_unwritten_counts_its_reads() {
    let bench = Bench::new();
    fs::write(bench.path(), "in the way").unwrap();
    let trail = bench.open();
    trail.note(read());
    trail.note(read());
    trail.close();
    assert_eq!(trail.counts().unwritten, 2);
    trail.note(read());
    assert_eq!(trail.record(export()).wait(), Err(Unwritten));
    assert_eq!(trail.counts(), Counts { unwritten: 3, refused: 1, ..Counts::default() });
}

#[test]
fn a_trail_that_keeps_nothing_says_that_it_did() {
    let trail = Trail::none();
    trail.note(read());
    trail.record(export()).wait().unwrap();
    trail.flush().wait().unwrap();
    assert_eq!(trail.forget_person(None, &Identity::user("anna")).unwrap(), Forgotten::default());
    assert_eq!((trail.counts(), trail.folder()), (Counts::default(), None));
}

#[tokio::test]
async fn a_receipt_can_be_awaited() {
    let bench = Bench::new();
    let trail = bench.open();
    trail.record(export()).await.unwrap();
    assert_eq!(bench.entries().len(), 2);
}

#[test]
fn who_was_forgotten_can_no_longer_be_told_and_the_chain_holds() {
    let bench = Bench::new();
    let trail = bench.open();
    let tenant = Uuid::from_u128(7);
    let number = Identity::number("+49 30 1234567");
    let reveal = |reason: &str| {
        Event::new(Action::NumberReveal, Actor::person("anna@contoso.com"), Channel::Pages)
            .tenant(tenant)
            .subject(number.clone())
            .reason(reason)
    };
    trail.record(reveal("complaint 4711")).wait().unwrap();
    let names = Names::read(&bench.path()).unwrap();
    let first = bench.entries()[1].clone();
    let subject = first.subject.clone().unwrap();
    assert_eq!(names.of(&subject), Some("49301234567"));
    assert_eq!(names.of(first.who.as_deref().unwrap()), Some("anna@contoso.com"));
    assert_eq!(names.reason(&first).as_deref(), Some("complaint 4711"));
    assert_eq!(names.pseudonyms_of(&number), [subject.clone()]);

    // Of another tenant it is another number.
    let other = trail.forget_person(Some(Uuid::from_u128(8)), &number).unwrap();
    assert_eq!(other, Forgotten::default());
    assert_eq!(trail.forget_person(Some(tenant), &number).unwrap(), Forgotten { keys: 1 });
    let names = Names::read(&bench.path()).unwrap();
    assert_eq!((names.of(&subject), names.reason(&first)), (None, None));
    assert!(names.pseudonyms_of(&number).is_empty());

    // Who comes again is somebody else.
    trail.record(reveal("again")).wait().unwrap();
    let last = bench.entries().pop().unwrap();
    assert_ne!(last.subject, first.subject);
    assert_eq!(last.who, first.who);
    let told: Vec<Entry> = bench.entries().into_iter().filter(|entry| entry.what == "trail.forgot").collect();
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].details["kind"], &told[0].details["keys"]), (&"number".into(), &1.into()));
    assert!(bench.verify().is_whole(), "{:?}", bench.verify());
}

#[test]
fn whoever_is_meant_is_forgotten_in_each_form() {
    let bench = Bench::new();
    let trail = bench.open();
    let (tenant, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let reveal = |tenant: Uuid, subject: Identity| {
        let event = Event::new(Action::NumberReveal, Actor::person("anna@contoso.com"), Channel::Pages);
        trail.record(event.tenant(tenant).subject(subject)).wait().unwrap();
    };
    for subject in ["+49 30 1234567", "sip:+49301234567@sbc.contoso.com", "+49 30 7654321"] {
        reveal(tenant, Identity::number(subject));
        reveal(other, Identity::number(subject));
    }
    reveal(tenant, Identity::user("49301234567"));
    let is_meant = |of: KeyOf, name: &str| of == KeyOf::Number && name.contains("49301234567");
    assert_eq!(trail.keys_named(Some(tenant), &is_meant).unwrap(), Forgotten { keys: 2 });
    assert_eq!(trail.forget_named(Some(tenant), &is_meant).unwrap(), Forgotten { keys: 2 });
    assert_eq!(trail.forget_named(Some(tenant), &is_meant).unwrap(), Forgotten::default());
    assert_eq!(trail.keys_named(Some(other), &is_meant).unwrap(), Forgotten { keys: 2 });
    let told: Vec<Entry> = bench.entries().into_iter().filter(|entry| entry.what == "trail.forgot").collect();
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].details["kind"], &told[0].details["keys"]), (&"number".into(), &2.into()));
    let named = |of: KeyOf, name: &str| of == KeyOf::User && name == "anna@contoso.com";
    assert_eq!(trail.forget_named(Some(tenant), &named).unwrap(), Forgotten { keys: 1 });
    assert!(bench.verify().is_whole(), "{:?}", bench.verify());
}

#[test]
fn a_key_that_another_process_destroyed_is_not_used_again() {
    let bench = Bench::new();
    let (server, command) = (bench.open(), bench.open());
    let act = || Event::new(Action::SignIn, Actor::person("anna"), Channel::Pages);
    server.record(act()).wait().unwrap();
    assert_eq!(command.forget_person(None, &Identity::user("Anna")).unwrap(), Forgotten { keys: 1 });
    server.record(act()).wait().unwrap();
    let whos: Vec<String> = bench.entries().into_iter().filter_map(|entry| entry.who).collect();
    assert_eq!(whos.len(), 2);
    assert_ne!(whos[0], whos[1]);
}

#[test]
fn two_processes_write_one_chain() {
    let bench = Bench::new();
    let (one, two) = (bench.open(), bench.open());
    for _ in 0..20 {
        record(&one, 1);
        record(&two, 2);
    }
    assert_eq!(bench.entries().len(), 61);
    assert!(bench.verify().is_whole(), "{:?}", bench.verify());
}

#[test]
fn a_reason_has_a_length() {
    let long = "x".repeat(2 * MAX_REASON_CHARS);
    let event = export().reason(&long);
    assert_eq!(event.reason.unwrap().0.len(), MAX_REASON_CHARS);
}

#[test]
fn a_folder_that_cannot_be_read_is_no_end() {
    let bench = Bench::new();
    let trail = bench.open();
    record(&trail, 1);
    fs::set_permissions(bench.file(1), Permissions::from_mode(0o000)).unwrap();
    // Root reads everything.
    if fs::read(bench.file(1)).is_err() {
        assert_eq!(bench.open().record(export()).wait(), Err(Unwritten));
    }
    fs::set_permissions(bench.file(1), Permissions::from_mode(0o600)).unwrap();
    bench.open().record(export()).wait().unwrap();
    assert!(bench.verify().is_whole());
}

/// A text that stands for somebody, and that no line may hold.
fn personal() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{6,12}\\.[a-z]{6,12}@[a-z]{6,12}\\.example",
        "\\+[1-9][0-9]{9,13}",
        "Ä[a-z]{6,12} \"[A-Z][a-z]{6,12}\"",
        "sip:[a-z]{6,12};user=phone",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whoever is in an event, no line says so.
    #[test]
    fn no_line_holds_a_personal_value(
        actor in personal(),
        subject in personal(),
        client in personal(),
        reason in personal(),
        address in any::<[u8; 4]>(),
    ) {
        let bench = Bench::new();
        let trail = bench.open();
        let address = std::net::Ipv4Addr::from(address);
        for actor in [Actor::person(&actor), Actor::application(&client), Actor::local(1000, None)] {
            for subject in [Identity::user(&subject), Identity::number(&subject)] {
                let event = Event::new(Action::NumberReveal, actor.clone(), Channel::Pages)
                    .address(Some(address.into()))
                    .subject(subject)
                    .reason(&reason)
                    .outcome(Outcome::Refused("role"));
                trail.record(event).wait().unwrap();
            }
        }
        trail.forget_person(None, &Identity::user(&actor)).unwrap();
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let hidden = [&actor, &subject, &client, &reason].map(|text| text.to_lowercase());
        for line in bench.lines() {
            let lower = line.to_lowercase();
            for text in &hidden {
                // In pieces, too: a word of it is as bad.
                for word in text.split(|letter: char| !letter.is_alphanumeric()) {
                    prop_assert!(word.chars().count() < 6 || !lower.contains(word), "{word} in {line}");
                }
            }
            let number = digits(&subject);
            prop_assert!(number.len() < 7 || !line.contains(&number), "{number} in {line}");
            prop_assert!(!line.contains(&format!("\"{address}\"")), "{address} in {line}");
        }
        prop_assert!(bench.verify().is_whole());
        let whose = Names::read(&bench.path()).unwrap().pseudonyms_of_address(address.into());
        let found = Search { whose: Some(whose), ..Search::default() };
        prop_assert_eq!(found.newest_first(&bench.path(), 100).unwrap().len(), 6);
    }
}
