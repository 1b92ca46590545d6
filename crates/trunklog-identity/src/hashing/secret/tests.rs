use argon2::{PasswordHasher, PasswordVerifier};

use super::*;

#[test]
fn a_secret_is_random_and_safe_to_paste() {
    let one = PlainSecret::generate().unwrap();
    let other = PlainSecret::generate().unwrap();
    assert_eq!(one.expose().len(), 40);
    assert_ne!(one.expose(), other.expose());
    assert!(one.expose().chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    assert!(one.expose().starts_with(one.hint()));
    assert_eq!(one.hint().len(), 3);
}

#[test]
fn neither_secret_nor_hash_is_shown() {
    let secret = PlainSecret::generate().unwrap();
    let hash = SecretHash::of(secret.expose(), &mut Memory::default()).unwrap();
    assert_eq!(format!("{secret:?}"), "PlainSecret(..)");
    assert_eq!(format!("{hash:?}"), "SecretHash(..)");
}

#[test]
fn a_hash_has_the_recommended_cost() {
    let secret = PlainSecret::generate().unwrap();
    let mut memory = Memory::default();
    let hash = SecretHash::of(secret.expose(), &mut memory).unwrap();
    assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
    assert!(hash.is_usable());
    // In a memory that was used before, in a new one, and as argon2 itself says.
    assert!(matches(Some(&hash), secret.expose(), &mut memory));
    assert!(!matches(Some(&hash), "something else", &mut memory));
    assert!(!matches(None, secret.expose(), &mut memory));
    assert!(matches(Some(&hash), secret.expose(), &mut Memory::default()));
    let parsed = PasswordHash::new(&hash.0).unwrap();
    assert!(Argon2::default().verify_password(secret.expose().as_bytes(), &parsed).is_ok());
}

#[test]
fn hashes_of_other_costs_are_understood() {
    let salt = SaltString::encode_b64(&[7; SALT_BYTES]).unwrap();
    let mut memory = Memory::default();
    for (kib, passes, lanes) in [(64, 1, 1), (64, 3, 4), (MEMORY_KIB + 1024, 1, 2)] {
        let params = Params::new(kib, passes, lanes, Some(HASH_BYTES)).unwrap();
        let foreign = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hash = SecretHash(foreign.hash_password(b"secret", &salt).unwrap().to_string());
        assert!(hash.is_usable());
        assert!(matches(Some(&hash), "secret", &mut memory), "{kib} {passes} {lanes}");
        assert!(!matches(Some(&hash), "Secret", &mut memory), "{kib} {passes} {lanes}");
        memory.clean();
    }
}

#[test]
fn the_hash_for_nobody_costs_the_same() {
    let dummy = SecretHash(NO_HASH.to_owned());
    assert!(dummy.is_usable());
    assert!(NO_HASH.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$")));
    let parsed = PasswordHash::new(NO_HASH).unwrap();
    assert_eq!(parsed.hash.unwrap().len(), HASH_BYTES);
}

#[test]
fn a_hash_that_would_cost_too_much_is_refused() {
    for text in [
        "",
        "secret",
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=200,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ] {
        assert!(!SecretHash(text.to_owned()).is_usable(), "{text}");
    }
}
