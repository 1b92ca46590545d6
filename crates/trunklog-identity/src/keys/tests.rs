use std::os::unix::fs::PermissionsExt;

use jsonwebtoken::{Algorithm, crypto};
use serde_json::json;

use super::schedule::{at_once, finished, next, signing};
use super::*;
use crate::test_support::{FakeClock, rsa_key, shared_keys};

fn open(dir: &tempfile::TempDir, clock: &FakeClock, source: KeySource) -> SigningKeys {
    SigningKeys::open_with(dir.path(), KeyPolicy::default(), clock.clock(), source).unwrap()
}

fn kids(keys: &SigningKeys) -> Vec<String> {
    keys.jwks("").keys.into_iter().map(|key| key.kid).collect()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[test]
fn the_first_key_signs_at_once_and_is_private() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let keys = open(&dir, &clock, shared_keys());
    let key = keys.current().unwrap();
    assert_eq!(key.signs_from(), clock.now());
    assert_eq!(key.created(), clock.now());

    let path = dir.path().join("signing-keys").join(key.file_name());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let pem = fs::read_to_string(&path).unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert!(pem.lines().all(|line| line.len() <= 64));
}

#[test]
fn a_key_is_published_before_it_signs_and_after_it_signed() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let keys = open(&dir, &clock, shared_keys());
    let first = keys.current().unwrap().kid().to_owned();

    clock.advance(days(29) - SignedDuration::from_secs(1));
    assert_eq!(keys.maintain().unwrap(), KeyChanges::default());
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(keys.maintain().unwrap(), KeyChanges { added: 1, removed: 0 });
    assert_eq!(keys.maintain().unwrap(), KeyChanges::default());
    assert_eq!(kids(&keys).len(), 2);
    assert_eq!(keys.current().unwrap().kid(), first);

    clock.advance(days(1));
    let second = keys.current().unwrap().kid().to_owned();
    assert_ne!(second, first);
    assert_eq!(kids(&keys), [first.clone(), second.clone()]);

    // The last token of the first key lives 3599 s, and 10 minutes of grace.
    clock.advance(SignedDuration::from_secs(3599 + 600 - 1));
    assert_eq!(keys.maintain().unwrap(), KeyChanges::default());
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(keys.maintain().unwrap(), KeyChanges { added: 0, removed: 1 });
    assert_eq!(kids(&keys), [second]);
    assert!(keys.find(&first).is_none());
}

#[test]
fn a_server_that_slept_publishes_ahead_all_the_same() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let keys = open(&dir, &clock, shared_keys());
    let first = keys.current().unwrap();
    clock.advance(days(90));
    keys.maintain().unwrap();
    assert_eq!(keys.current().unwrap().kid(), first.kid());
    clock.advance(days(1));
    assert_ne!(keys.current().unwrap().kid(), first.kid());
}

#[test]
fn rotating_by_hand_takes_effect_at_once_in_every_process() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let server = open(&dir, &clock, shared_keys());
    let first = server.current().unwrap().kid().to_owned();
    let generation = server.generation();
    clock.advance(SignedDuration::from_secs(1));

    let command = open(&dir, &clock, Box::new(|| Ok(rsa_key(3))));
    let second = command.rotate_now().unwrap();

    assert_eq!(server.current().unwrap().kid(), second);
    assert!(server.find(&first).is_some());
    assert!(server.generation() > generation);
}

#[test]
fn a_deleted_file_revokes_its_key() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let keys = open(&dir, &clock, shared_keys());
    let key = keys.current().unwrap();
    fs::remove_file(keys.path_of(&key)).unwrap();
    assert!(keys.find(key.kid()).is_none());
    assert_eq!(keys.current().unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(keys.maintain().unwrap().added, 1);
    assert!(keys.current().is_ok());
}

#[test]
fn a_reopened_key_is_the_same_and_signs() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let first = open(&dir, &clock, shared_keys()).current().unwrap();
    let key = open(&dir, &clock, shared_keys()).current().unwrap();
    assert_eq!(key.kid(), first.kid());
    assert_eq!(key.file_name(), first.file_name());

    let token = key.sign(&json!({"sub": "x"})).unwrap();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signed = |message: &str| {
        crypto::verify(signature, message.as_bytes(), first.public(), Algorithm::RS256).unwrap()
    };
    assert!(signed(message));
    assert!(!signed("e30.e30"));
}

#[test]
fn a_damaged_key_is_an_error_at_the_start_and_ignored_while_running() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let keys = open(&dir, &clock, shared_keys());
    let key = keys.current().unwrap();
    let other = keys.directory.join(key.file_name().replace(key.kid(), "another"));
    fs::copy(keys.path_of(&key), &other).unwrap();

    assert_eq!(keys.current().unwrap().kid(), key.kid());
    let opened = SigningKeys::open_with(dir.path(), KeyPolicy::default(), clock.clock(), shared_keys());
    let error = opened.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert!(error.to_string().contains("another"), "{error}");

    fs::write(&other, "no key").unwrap();
    assert_eq!(keys.maintain().unwrap_err().kind(), ErrorKind::Damaged);
}

#[test]
fn a_published_key_has_the_members_of_entra() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let keys = open(&dir, &clock, shared_keys());
    let json = serde_json::to_value(keys.jwks("https://login.test/{tenantid}/v2.0")).unwrap();
    let key = &json["keys"][0];
    assert_eq!(key["kty"], "RSA");
    assert_eq!(key["use"], "sig");
    assert_eq!(key["alg"], "RS256");
    assert_eq!(key["e"], "AQAB");
    assert_eq!(key["issuer"], "https://login.test/{tenantid}/v2.0");
    assert_eq!(key["kid"].as_str().unwrap().len(), 43);
    assert_eq!(key["n"].as_str().unwrap().len(), 342);
    assert!(!json.to_string().contains("\"d\""));
    assert!(!format!("{:?}", keys.current().unwrap()).contains("pair"));
}

#[test]
fn the_kid_is_the_thumbprint_of_rfc_7638() {
    // Source: RFC 7638 section 3.1.
    let modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    assert_eq!(signing_key::thumbprint(modulus, "AQAB"), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

#[test]
fn the_schedule_holds_at_its_edges() {
    let policy = KeyPolicy::default();
    let start = FakeClock::new().now();
    let term = |day: i64| Term { created: start + days(day - 1), signs_from: start + days(day) };

    assert_eq!(signing(&[], start), None);
    assert_eq!(next(&[], policy, start), Some(start));
    assert_eq!(at_once(&[], start), start);
    assert_eq!(at_once(&[term(-1), term(1)], start), start);
    assert_eq!(at_once(&[term(0)], start), start + SignedDuration::from_secs(1));
    // No key has started: the first signs rather than none.
    assert_eq!(signing(&[term(5), term(6)], start), Some(0));
    assert_eq!(signing(&[term(-1), term(0), term(1)], start), Some(1));
    assert_eq!(next(&[term(0)], policy, start + days(29)), Some(start + days(30)));
    assert_eq!(next(&[term(0)], policy, start + days(28)), None);
    assert!(finished(&[term(-100)], policy, start).is_empty());
    assert_eq!(finished(&[term(-3), term(-2), term(-1)], policy, start), [0, 1]);
}

#[test]
fn an_impossible_policy_is_refused() {
    let good = KeyPolicy::default();
    for policy in [
        KeyPolicy { token_lifetime: SignedDuration::ZERO, ..good },
        KeyPolicy { token_lifetime: days(2), ..good },
        KeyPolicy { publish_ahead: days(30), ..good },
        KeyPolicy { publish_ahead: days(-1), ..good },
        KeyPolicy { rotate_after: days(10_000), ..good },
    ] {
        assert_eq!(policy.check().unwrap_err().kind(), ErrorKind::Configuration, "{policy:?}");
    }
    good.check().unwrap();
}
