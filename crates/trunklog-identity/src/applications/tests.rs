use std::fs;
use std::thread;

use jiff::SignedDuration;

use super::rotation::LIVE_SECRETS;
use super::*;
use crate::checks_at_once;
use crate::test_support::FakeClock;

const TENANT: Uuid = Uuid::from_u128(0x1000);

fn new_application(name: &str) -> NewApplication {
    NewApplication {
        tenant: TENANT,
        name: name.to_owned(),
        roles: BTreeSet::from([Role::CallRecordsReadAll]),
        client_id: None,
        valid_for: None,
    }
}

fn open(dir: &tempfile::TempDir, clock: &FakeClock) -> Applications {
    Applications::open(dir.path(), clock.clock()).unwrap()
}

fn hours(hours: i64) -> Option<SignedDuration> {
    Some(SignedDuration::from_hours(hours))
}

#[test]
fn an_added_application_is_found_again_after_a_restart() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let (added, secret) = open(&dir, &clock).add(new_application(" billing ")).unwrap();
    assert_eq!(added.name, "billing");
    assert_eq!(added.secrets[0].hint, secret.expose()[..3]);

    let again = open(&dir, &clock);
    assert_eq!(again.list(), [added.clone()]);
    assert_eq!(again.find(added.client_id), Some(added.clone()));
    assert!(again.is_registered(TENANT, added.client_id));
    assert!(!again.is_registered(Uuid::nil(), added.client_id));
    assert!(again.has_tenant(TENANT));
    assert!(!again.has_tenant(Uuid::nil()));
    assert_eq!(again.verify(TENANT, added.client_id, secret.expose(), None), SecretCheck::Valid(added));
}

#[test]
fn no_secret_reaches_the_file_or_the_debug_output() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let (added, secret) = open(&dir, &clock).add(new_application("billing")).unwrap();
    let content = fs::read_to_string(dir.path().join("applications.json")).unwrap();
    assert!(content.contains("$argon2id$"));
    assert!(!content.contains(secret.expose()));
    let shown = format!("{added:?} {secret:?}");
    assert!(!shown.contains(secret.expose()) && !shown.contains("$argon2id$"), "{shown}");
}

#[test]
fn wrong_unknown_and_foreign_are_told_apart() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let applications = open(&dir, &clock);
    let (added, secret) = applications.add(new_application("billing")).unwrap();
    let id = added.client_id;
    let same_hint = format!("{}{}", &secret.expose()[..3], "x".repeat(37));

    assert_eq!(applications.verify(TENANT, id, "wrong", None), SecretCheck::WrongSecret);
    assert_eq!(applications.verify(TENANT, id, &same_hint, None), SecretCheck::WrongSecret);
    assert_eq!(applications.verify(TENANT, id, "", None), SecretCheck::WrongSecret);
    for (tenant, id) in [(Uuid::nil(), id), (TENANT, Uuid::nil())] {
        let check = applications.verify(tenant, id, secret.expose(), None);
        assert_eq!(check, SecretCheck::UnknownApplication);
    }
}

#[test]
fn a_running_server_notices_what_a_command_changed() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let server = open(&dir, &clock);
    let command = open(&dir, &clock);

    let (added, secret) = command.add(new_application("billing")).unwrap();
    let id = added.client_id;
    assert!(matches!(server.verify(TENANT, id, secret.expose(), None), SecretCheck::Valid(_)));

    command.set_roles(id, BTreeSet::from([Role::CallRecordPstnCallsReadAll])).unwrap();
    assert_eq!(server.find(id).unwrap().roles, BTreeSet::from([Role::CallRecordPstnCallsReadAll]));

    // The success above is remembered, yet must not outlive the secret.
    let newer = command.rotate(id, RotateOptions::default()).unwrap();
    assert_eq!(server.verify(TENANT, id, secret.expose(), None), SecretCheck::WrongSecret);
    assert!(matches!(server.verify(TENANT, id, newer.expose(), None), SecretCheck::Valid(_)));

    command.remove(id).unwrap();
    assert_eq!(server.verify(TENANT, id, newer.expose(), None), SecretCheck::UnknownApplication);
    assert!(server.list().is_empty());
}

#[test]
fn a_grace_period_keeps_the_newest_old_secret() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let applications = open(&dir, &clock);
    let (added, first) = applications.add(new_application("billing")).unwrap();
    let id = added.client_id;
    let options = RotateOptions { keep_old_for: hours(1), valid_for: None };

    let second = applications.rotate(id, options).unwrap();
    assert!(matches!(applications.verify(TENANT, id, first.expose(), None), SecretCheck::Valid(_)));
    assert!(matches!(applications.verify(TENANT, id, second.expose(), None), SecretCheck::Valid(_)));

    clock.advance(SignedDuration::from_mins(1));
    let third = applications.rotate(id, options).unwrap();
    assert_eq!(applications.find(id).unwrap().secrets.len(), LIVE_SECRETS);
    assert_eq!(applications.verify(TENANT, id, first.expose(), None), SecretCheck::WrongSecret);
    assert!(matches!(applications.verify(TENANT, id, second.expose(), None), SecretCheck::Valid(_)));

    clock.advance(SignedDuration::from_hours(1));
    assert_eq!(applications.verify(TENANT, id, second.expose(), None), SecretCheck::ExpiredSecret);
    assert!(matches!(applications.verify(TENANT, id, third.expose(), None), SecretCheck::Valid(_)));
}

#[test]
fn a_secret_ends_at_its_time() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let applications = open(&dir, &clock);
    let new = NewApplication { valid_for: hours(24), ..new_application("billing") };
    let (added, secret) = applications.add(new).unwrap();

    clock.advance(SignedDuration::from_secs(24 * 3600 - 1));
    let check = || applications.verify(TENANT, added.client_id, secret.expose(), None);
    assert!(matches!(check(), SecretCheck::Valid(_)));
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(check(), SecretCheck::ExpiredSecret);
}

#[test]
fn a_broken_file_is_told_and_its_applications_stay() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let applications = open(&dir, &clock);
    let (added, secret) = applications.add(new_application("billing")).unwrap();
    assert_eq!(applications.problem(), None);

    let path = dir.path().join("applications.json");
    let hashless = fs::read_to_string(&path).unwrap().replace("$argon2id$", "$argon2i$");
    fs::write(&path, hashless).unwrap();
    let problem = applications.problem().unwrap();
    let told = format!("application {} has a secret without an argon2id hash", added.client_id);
    assert!(problem.contains("applications.json") && problem.contains(&told), "{problem}");
    assert!(!problem.contains(secret.expose()) && !problem.contains("$argon2"), "{problem}");
    assert!(applications.is_registered(TENANT, added.client_id));
    assert_eq!(applications.add(new_application("more")).unwrap_err().kind(), ErrorKind::Damaged);
    assert!(Applications::open(dir.path(), clock.clock()).is_err());
}

#[test]
fn useless_arguments_are_refused() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let applications = open(&dir, &clock);
    let long = "x".repeat(121);
    for name in ["", "  ", "a\nb", long.as_str()] {
        assert_eq!(applications.add(new_application(name)).unwrap_err().kind(), ErrorKind::Invalid);
    }
    for period in [SignedDuration::ZERO, SignedDuration::from_secs(-1), SignedDuration::MAX] {
        let new = NewApplication { valid_for: Some(period), ..new_application("billing") };
        assert_eq!(applications.add(new).unwrap_err().kind(), ErrorKind::Invalid);
    }
    let (added, _) = applications.add(new_application("billing")).unwrap();
    let twice = NewApplication { client_id: Some(added.client_id), ..new_application("billing") };
    assert_eq!(applications.add(twice).unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(applications.remove(Uuid::nil()).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn who_keeps_failing_is_refused_and_nobody_else() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let applications = open(&dir, &clock);
    let (added, secret) = applications.add(new_application("billing")).unwrap();
    let address = |text: &str| Some(text.parse().unwrap());
    let (here, there) = (address("192.0.2.1"), address("192.0.2.2"));
    let unknown = Uuid::from_u128(7);
    for (client_id, expected) in
        [(added.client_id, SecretCheck::WrongSecret), (unknown, SecretCheck::UnknownApplication)]
    {
        let refused = (0..11)
            .map(|_| applications.verify(TENANT, client_id, "wrong", here))
            .position(|check| check != expected);
        assert_eq!(refused, Some(10), "{expected:?}");
        let check = applications.verify(TENANT, client_id, "wrong", here);
        assert!(matches!(check, SecretCheck::Refused(left) if left.is_positive()), "{check:?}");
    }
    // The right secret is not an exception, or it could be told apart.
    let check = |address| applications.verify(TENANT, added.client_id, secret.expose(), address);
    assert!(matches!(check(here), SecretCheck::Refused(_)));
    assert!(matches!(check(there), SecretCheck::Valid(_)));
    // It was right a moment ago, elsewhere.
    assert!(matches!(check(here), SecretCheck::Valid(_)));
    clock.advance(SignedDuration::from_mins(11));
    assert!(matches!(check(here), SecretCheck::Valid(_)));
}

#[test]
fn made_up_client_ids_do_not_help_an_address() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let applications = open(&dir, &clock);
    let (added, secret) = applications.add(new_application("billing")).unwrap();
    let (here, there) = (Some("192.0.2.1".parse().unwrap()), Some("192.0.2.2".parse().unwrap()));
    let refused = (0..61_u128)
        .map(|number| applications.verify(TENANT, Uuid::from_u128(number), "wrong", here))
        .position(|check| check != SecretCheck::UnknownApplication);
    assert_eq!(refused, Some(60));
    let check = |address| applications.verify(TENANT, added.client_id, secret.expose(), address);
    assert!(matches!(check(here), SecretCheck::Refused(_)));
    assert!(matches!(check(None), SecretCheck::Valid(_)));
    assert!(matches!(check(there), SecretCheck::Valid(_)));
    // It was right a moment ago, elsewhere.
    assert!(matches!(check(here), SecretCheck::Valid(_)));
}

#[test]
fn many_checks_at_once_are_right_and_share_a_few_memories() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let applications = open(&dir, &clock);
    let (added, secret) = applications.add(new_application("billing")).unwrap();
    let id = added.client_id;
    thread::scope(|scope| {
        let right: Vec<_> =
            (0..4).map(|_| scope.spawn(|| applications.verify(TENANT, id, secret.expose(), None))).collect();
        let wrong: Vec<_> =
            (0..4).map(|_| scope.spawn(|| applications.verify(TENANT, id, "wrong", None))).collect();
        for thread in right {
            assert_eq!(thread.join().unwrap(), SecretCheck::Valid(added.clone()));
        }
        for thread in wrong {
            assert_eq!(thread.join().unwrap(), SecretCheck::WrongSecret);
        }
    });
    assert!((1..=checks_at_once()).contains(&applications.memories.idle()));
    applications.free_unused();
    applications.free_unused();
    assert_eq!(applications.memories.idle(), 0);
    assert_eq!(applications.verify(TENANT, id, "wrong", None), SecretCheck::WrongSecret);
}
