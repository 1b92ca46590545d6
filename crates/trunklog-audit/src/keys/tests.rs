use super::*;
use crate::identity::Identity;

fn now() -> Timestamp {
    "2026-11-30T08:00:00Z".parse().unwrap()
}

#[test]
fn somebody_has_one_pseudonym_and_others_have_others() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyStore::new(&folder.path().join("keys"));
    let tenant = Some(Uuid::from_u128(1));
    let of = |tenant, identity: &Identity| keys.key(tenant, identity, now()).unwrap().pseudonym();
    let anna = Identity::user("anna");
    assert_eq!(of(None, &anna), of(None, &Identity::user("ANNA")));
    let all = [
        of(None, &anna),
        of(tenant, &anna),
        of(None, &Identity::number("anna")),
        of(None, &Identity::user("ben")),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(!all[at + 1..].contains(one), "{all:?}");
    }
    assert!(all[0].starts_with("user:") && all[0].len() == 5 + DIGITS, "{}", all[0]);
    // Another process finds the same.
    let again = KeyStore::new(&folder.path().join("keys"));
    assert_eq!(again.key(None, &anna, now()).unwrap().pseudonym(), all[0]);
}

#[test]
fn names_of_files_tell_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyStore::new(folder.path());
    keys.key(None, &Identity::user("anna"), now()).unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.contains("anna"), "{name}");
    }
    // Without the key of names nobody is found, and others are made.
    let before = keys.key(None, &Identity::user("anna"), now()).unwrap().pseudonym();
    fs::remove_file(folder.path().join(LOOKUP)).unwrap();
    assert_ne!(keys.key(None, &Identity::user("anna"), now()).unwrap().pseudonym(), before);
}

#[test]
fn what_is_sealed_opens_with_its_own_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyStore::new(folder.path());
    let anna = keys.key(None, &Identity::user("anna"), now()).unwrap();
    let ben = keys.key(None, &Identity::user("ben"), now()).unwrap();
    let sealed = anna.seal("why").unwrap();
    assert_ne!(sealed, anna.seal("why").unwrap());
    assert_eq!(anna.open(&sealed).as_deref(), Some("why"));
    assert_eq!(ben.open(&sealed), None);
    for odd in ["", "AAAA", "not base64!", &sealed[1..]] {
        assert_eq!(anna.open(odd), None, "{odd}");
    }
}

#[test]
fn a_key_goes_with_both_of_its_scopes() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyStore::new(folder.path());
    let (tenant, other) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
    let anna = Identity::user("anna");
    assert_eq!(keys.forget(tenant, &anna).unwrap().keys, 0);
    for scope in [None, tenant, other] {
        keys.key(scope, &anna, now()).unwrap();
    }
    assert_eq!(keys.forget(tenant, &anna).unwrap().keys, 2);
    assert_eq!(keys.all().unwrap().len(), 1);
    assert_eq!(keys.forget(other, &anna).unwrap().keys, 1);
    assert!(keys.all().unwrap().is_empty());
}

#[test]
fn unused_keys_go_and_used_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyStore::new(folder.path());
    let (old, used) = (Identity::user("old"), Identity::user("used"));
    for identity in [&old, &used] {
        keys.key(None, identity, now()).unwrap();
    }
    let made = SystemTime::try_from(now()).unwrap();
    for path in keys.files().unwrap() {
        OpenOptions::new().write(true).open(path).unwrap().set_modified(made).unwrap();
    }
    let later = now() + jiff::SignedDuration::from_hours(24 * 10);
    let pseudonym = keys.key(None, &used, later).unwrap().pseudonym();
    assert_eq!(keys.prune(now() + jiff::SignedDuration::from_hours(24)).unwrap(), 1);
    assert_eq!(keys.key(None, &used, later).unwrap().pseudonym(), pseudonym);
    assert_eq!(keys.all().unwrap().len(), 1);
}

#[test]
fn a_damaged_key_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let keys = KeyStore::new(folder.path());
    keys.key(None, &Identity::user("anna"), now()).unwrap();
    let path = keys.files().unwrap().pop().unwrap();
    fs::write(&path, "{\"name\":\"anna\"}").unwrap();
    let error = keys.key(None, &Identity::user("anna"), now()).err().unwrap();
    assert!(
        error.to_string().contains("no key of a person") && !error.to_string().contains("anna"),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"name\":\"anna\"}");
    fs::write(folder.path().join(LOOKUP), "short").unwrap();
    assert!(keys.key(None, &Identity::user("ben"), now()).is_err());
}
