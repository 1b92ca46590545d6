use jiff::SignedDuration;

use super::*;
use crate::test_support::FakeClock;

#[test]
fn a_success_is_known_in_its_generation_however_long_that_lasts() {
    let clock = FakeClock::new();
    let verified = VerifiedSecrets::new().unwrap();
    let (tenant, client) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let proof = verified.proof(tenant, client, "secret");

    assert!(!verified.holds(&proof, 7, clock.now()));
    verified.remember(&proof, 7, None);
    assert!(verified.holds(&proof, 7, clock.now()));
    assert!(!verified.holds(&proof, 8, clock.now()));
    assert!(!verified.holds(&verified.proof(tenant, client, "secreT"), 7, clock.now()));
    assert!(!verified.holds(&verified.proof(client, tenant, "secret"), 7, clock.now()));

    clock.advance(SignedDuration::from_hours(24 * 365));
    assert!(verified.holds(&proof, 7, clock.now()));
    assert!(!verified.holds(&proof, 8, clock.now()));
}

#[test]
fn both_halves_of_a_proof_count() {
    let clock = FakeClock::new();
    let verified = VerifiedSecrets::new().unwrap();
    let proof = verified.proof(Uuid::nil(), Uuid::nil(), "secret");
    verified.remember(&proof, 0, None);
    let other = verified.proof(Uuid::nil(), Uuid::nil(), "other");
    let first_half = Proof { place: proof.place, rest: other.rest };
    let second_half = Proof { place: other.place, rest: proof.rest };
    for half in [first_half, second_half] {
        assert!(!verified.holds(&half, 0, clock.now()));
    }
}

#[test]
fn an_expiring_secret_is_forgotten_with_it() {
    let clock = FakeClock::new();
    let verified = VerifiedSecrets::new().unwrap();
    let proof = verified.proof(Uuid::nil(), Uuid::nil(), "secret");
    let expires = clock.now().checked_add(SignedDuration::from_secs(5)).unwrap();
    verified.remember(&proof, 0, Some(expires));
    clock.advance(SignedDuration::from_secs(4));
    assert!(verified.holds(&proof, 0, clock.now()));
    clock.advance(SignedDuration::from_secs(1));
    assert!(!verified.holds(&proof, 0, clock.now()));
}

#[test]
fn the_memory_is_bounded() {
    let clock = FakeClock::new();
    let verified = VerifiedSecrets::new().unwrap();
    for number in 0..3 * MAX_ENTRIES.get() {
        let proof = verified.proof(Uuid::nil(), Uuid::nil(), &number.to_string());
        verified.remember(&proof, 0, None);
        assert!(verified.holds(&proof, 0, clock.now()));
    }
    assert_eq!(verified.entries.len(), MAX_ENTRIES.get());
}

#[test]
fn another_process_derives_other_keys() {
    let (one, other) = (VerifiedSecrets::new().unwrap(), VerifiedSecrets::new().unwrap());
    let [first, second] = [one, other].map(|verified| verified.proof(Uuid::nil(), Uuid::nil(), "s"));
    assert_ne!((first.place, first.rest), (second.place, second.rest));
}
