use uuid::Uuid;

use super::*;
use crate::PrincipalKind;
use crate::test_support::FakeClock;

fn entry(expires: i64) -> Entry {
    let principal = Principal {
        tenant: Uuid::nil(),
        app_id: String::new(),
        roles: Vec::new(),
        kind: PrincipalKind::Application,
    };
    Entry { principal, source: 0, generation: 0, expires }
}

fn len(tokens: &VerifiedTokens) -> usize {
    tokens.0.lock().unwrap().len()
}

#[test]
fn the_memory_is_bounded_and_keeps_what_lasts_longest() {
    let now = FakeClock::new().now();
    let tokens = VerifiedTokens::default();
    let soon = now.as_second() + 1;
    for number in 0..i64::try_from(MAX_ENTRIES).unwrap() {
        tokens.remember(Fingerprint::of(&number.to_string()), entry(soon + number), now);
    }
    assert_eq!(len(&tokens), MAX_ENTRIES);
    tokens.remember(Fingerprint::of("more"), entry(soon), now);
    assert_eq!(len(&tokens), MAX_ENTRIES - DROPPED_AT_ONCE + 1);
    assert!(tokens.get(&Fingerprint::of("0")).is_none());
    assert!(tokens.get(&Fingerprint::of("9999")).is_some());
    assert!(tokens.get(&Fingerprint::of("more")).is_some());
}

#[test]
fn equal_ends_do_not_empty_the_memory() {
    let now = FakeClock::new().now();
    let tokens = VerifiedTokens::default();
    for number in 0..=MAX_ENTRIES {
        tokens.remember(Fingerprint::of(&number.to_string()), entry(now.as_second() + 60), now);
    }
    assert_eq!(len(&tokens), MAX_ENTRIES - DROPPED_AT_ONCE + 1);
}

#[test]
fn expired_tokens_go_first() {
    let now = FakeClock::new().now();
    let tokens = VerifiedTokens::default();
    for number in 0..MAX_ENTRIES {
        tokens.remember(Fingerprint::of(&number.to_string()), entry(now.as_second()), now);
    }
    tokens.remember(Fingerprint::of("more"), entry(now.as_second() + 60), now);
    assert_eq!(len(&tokens), 1);
}
