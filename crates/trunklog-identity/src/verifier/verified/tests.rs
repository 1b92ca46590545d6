use uuid::Uuid;

use super::*;
use crate::PrincipalKind;

fn entry() -> Entry {
    let principal = Principal {
        tenant: Uuid::nil(),
        app_id: String::new(),
        roles: Vec::new(),
        kind: PrincipalKind::Application,
    };
    Entry { principal, source: 0, generation: 0, expires: 0 }
}

#[test]
fn the_memory_is_bounded_and_keeps_what_is_sent_again() {
    let tokens = VerifiedTokens::default();
    for number in 0..MAX_ENTRIES.get() {
        tokens.remember(Fingerprint::of(&number.to_string()), entry());
    }
    assert!(tokens.get(&Fingerprint::of("0")).is_some());
    tokens.remember(Fingerprint::of("more"), entry());
    assert_eq!(tokens.0.len(), MAX_ENTRIES.get());
    for (token, is_known) in [("0", true), ("1", false), ("2", true), ("more", true)] {
        assert_eq!(tokens.get(&Fingerprint::of(token)).is_some(), is_known, "{token}");
    }
}
