use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::people::role::Grant;
use crate::test_support::FakeClock;

const NAME: &str = "anna@example.com";
const PASSWORD: &str = "correct horse battery";

fn roles() -> PersonRoles {
    ["calls@*".parse::<Grant>().unwrap()].into_iter().collect()
}

fn chosen(password: &str) -> FirstPassword {
    FirstPassword::Chosen(password.to_owned())
}

fn open(dir: &tempfile::TempDir, clock: &FakeClock) -> Accounts {
    Accounts::open(dir.path(), clock.clock()).unwrap()
}

/// A registry with one account, whose app is set up, and the app's secret.
fn registry(dir: &tempfile::TempDir, clock: &FakeClock) -> (Accounts, Account, crate::TotpSecret) {
    let accounts = open(dir, clock);
    let (account, _) = accounts.add(NAME, roles(), chosen(PASSWORD)).unwrap();
    let secret = accounts.new_app().unwrap();
    let code = secret.code(clock.now());
    match accounts.enrol(account.id, &secret, &code, None, None).unwrap() {
        EnrolCheck::Done(enrolled) => (accounts, enrolled.account, secret),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_account_is_kept_without_its_password_and_for_its_owner_alone() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let (accounts, account, secret) = registry(&dir, &clock);
    let path = dir.path().join("people.json");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    assert!(!text.contains(PASSWORD) && text.contains("$argon2id$"), "{text}");
    assert!(!format!("{account:?}").contains(secret.expose()) && !format!("{account:?}").contains("argon2"));
    assert_eq!(open(&dir, &clock).list(), [account]);
    assert_eq!(accounts.find("ANNA@example.com").unwrap().name, NAME);
}

#[test]
fn what_cannot_be_an_account_is_refused_and_nothing_is_kept() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let accounts = open(&dir, &clock);
    let kind = |name: &str, roles: PersonRoles, password: &str| {
        accounts.add(name, roles, chosen(password)).unwrap_err().kind()
    };
    assert_eq!(kind("", roles(), PASSWORD), ErrorKind::Invalid);
    assert_eq!(kind(NAME, PersonRoles::default(), PASSWORD), ErrorKind::Invalid);
    assert_eq!(kind(NAME, roles(), "short"), ErrorKind::Invalid);
    assert!(accounts.are_none() && !dir.path().join("people.json").exists());
    accounts.add(NAME, roles(), chosen(PASSWORD)).unwrap();
    assert_eq!(kind("Anna@Example.com", roles(), PASSWORD), ErrorKind::Conflict);
    assert_eq!(accounts.remove("nobody").unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(accounts.set_roles("nobody", roles()).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(accounts.set_roles(NAME, PersonRoles::default()).unwrap_err().kind(), ErrorKind::Invalid);
}

#[test]
fn an_app_that_is_set_up_for_somebody_and_each_recovery_code_work_once() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let accounts = open(&dir, &clock);
    assert!(accounts.set_up_app(NAME).is_err_and(|error| error.kind() == ErrorKind::NotFound));
    let (account, _) = accounts.add(NAME, roles(), chosen(PASSWORD)).unwrap();
    let equipped = accounts.set_up_app(NAME).unwrap();
    assert!(equipped.account.has_app() && equipped.account.id == account.id);
    let check = |code: &str| accounts.check_code(account.id, code, None).unwrap();
    for code in [equipped.secret.code(clock.now()), equipped.recovery[0].clone()] {
        assert!(matches!(check(&code), AppCheck::Right(_)));
        assert_eq!(check(&code), AppCheck::Wrong);
    }
    // Who was handed a password has to choose another, which an app would skip.
    accounts.reset(NAME, FirstPassword::Random).unwrap();
    assert!(accounts.set_up_app(NAME).is_err_and(|error| error.kind() == ErrorKind::Conflict));
}

#[test]
fn a_password_is_checked_as_it_was_typed() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let (accounts, account, _) = registry(&dir, &clock);
    let check = |name: &str, password: &str| accounts.check_password(name, password, None);
    assert_eq!(check("Anna@example.com ", PASSWORD), PasswordCheck::Right(account));
    for (name, password) in [
        (NAME, "Correct horse battery"),
        (NAME, "correct horse battery "),
        (NAME, ""),
        ("nobody", PASSWORD),
        ("", ""),
    ] {
        assert_eq!(check(name, password), PasswordCheck::Wrong, "{name} {password}");
    }
}

/// What takes the time is the hash, of which there is one in each case.
#[test]
fn a_name_that_nobody_has_costs_a_hash_too() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let (accounts, ..) = registry(&dir, &clock);
    for name in [NAME, "nobody", "no name/at all"] {
        // Without a hash, the second call would find the memory unused and give it back.
        accounts.free_unused();
        accounts.free_unused();
        assert_eq!(accounts.memories.idle(), 0);
        accounts.check_password(name, "a guess of mine", None);
        assert_eq!(accounts.memories.idle(), 1, "{name}");
    }
}

#[test]
fn a_reset_takes_app_and_codes_away() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let (accounts, before, secret) = registry(&dir, &clock);
    clock.advance(SignedDuration::from_secs(60));
    let (after, random) = accounts.reset(NAME, FirstPassword::Random).unwrap();
    assert_eq!(after.id, before.id);
    assert!(!after.has_app() && after.recovery_codes() == 0 && after.must_choose_password());
    assert!(after.sessions_from > before.sessions_from);
    assert_eq!(accounts.check_password(NAME, PASSWORD, None), PasswordCheck::Wrong);
    let random = random.unwrap();
    assert_eq!(accounts.check_password(NAME, random.expose(), None), PasswordCheck::Right(after.clone()));
    assert_eq!(accounts.check_code(after.id, &secret.code(clock.now()), None).unwrap(), AppCheck::Wrong);
}

#[test]
fn an_app_is_set_up_once() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let (accounts, account, _) = registry(&dir, &clock);
    let other = accounts.new_app().unwrap();
    let code = other.code(clock.now());
    let again = accounts.enrol(account.id, &other, &code, None, None).unwrap();
    assert!(matches!(again, EnrolCheck::TooLate), "{again:?}");
    assert_eq!(accounts.get(account.id), Some(account));
}

#[test]
fn a_code_that_cannot_be_noted_does_not_count() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let (accounts, account, secret) = registry(&dir, &clock);
    clock.advance(SignedDuration::from_secs(60));
    let code = secret.code(clock.now());
    // The file is damaged: nothing may be written over it.
    let path = dir.path().join("people.json");
    let good = fs::read(&path).unwrap();
    fs::write(&path, "{").unwrap();
    assert_eq!(accounts.check_code(account.id, &code, None).unwrap_err().kind(), ErrorKind::Damaged);
    // What was good stays in use meanwhile.
    assert_eq!(accounts.get(account.id), Some(account.clone()));
    fs::write(&path, good).unwrap();
    assert!(matches!(accounts.check_code(account.id, &code, None).unwrap(), AppCheck::Right(_)));
}

#[test]
fn a_damaged_file_is_told_without_its_values() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let (_, account, secret) = registry(&dir, &clock);
    let path = dir.path().join("people.json");
    let good = fs::read_to_string(&path).unwrap();
    for (what, changed, told) in [
        ("another member", good.replace("\"roles\"", "\"rolls\""), "unknown field"),
        ("another role", good.replace("calls@*", "root@*"), "unknown role"),
        ("no hash", good.replace("$argon2id$", "$argon2i$"), "argon2id"),
        ("no secret", good.replace(secret.expose(), "MZXW6"), "usable secret"),
        ("a name in capitals", good.replace(NAME, "ANNA"), "name"),
    ] {
        assert_ne!(changed, good, "{what}");
        fs::write(&path, changed).unwrap();
        let error = Accounts::open(dir.path(), clock.clock()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Damaged, "{what}");
        let text = error.to_string();
        assert!(text.contains(told) && text.contains("people.json"), "{what}: {text}");
        assert!(!text.contains(NAME) && !text.contains(secret.expose()), "{what}: {text}");
    }
    let twice = good.replace("\"people\": [", &format!("\"people\": [{},", entry_in(&good)));
    fs::write(&path, twice).unwrap();
    let error = Accounts::open(dir.path(), clock.clock()).err().unwrap();
    assert!(error.to_string().contains(&account.id.to_string()), "{error}");
}

/// The only entry of a file.
fn entry_in(text: &str) -> String {
    let start = text.find('[').unwrap() + 1;
    text[start..text.rfind(']').unwrap()].trim().to_owned()
}
