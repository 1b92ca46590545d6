use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::people::{Accounts, FirstPassword, Grant};
use crate::test_support::FakeClock;

/// The account of a person who has set up an app.
fn account(accounts: &Accounts, name: &str) -> Account {
    let roles = ["calls@*".parse::<Grant>().unwrap()].into_iter().collect();
    accounts.add(name, roles, FirstPassword::Chosen("correct horse battery".to_owned())).unwrap();
    accounts.set_up_app(name).unwrap().account
}

#[test]
fn a_mark_counts_for_its_account_and_for_some_months() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let accounts = Accounts::open(dir.path(), clock.clock()).unwrap();
    let (anna, ben) = (account(&accounts, "anna"), account(&accounts, "ben"));
    let devices = Devices::open(dir.path()).unwrap();
    let mark = devices.mark(&anna, clock.now()).unwrap();
    assert_eq!(format!("{mark:?}"), "DeviceMark(..)");
    let is_known = |account: &Account| devices.known(mark.expose(), account, clock.now()).is_some();
    assert!(is_known(&anna) && !is_known(&ben));
    for wrong in ["", "A", &mark.expose()[1..], &"A".repeat(5_000)] {
        assert!(devices.known(wrong, &anna, clock.now()).is_none(), "{wrong}");
    }
    clock.advance(SignedDuration::from_hours(90 * 24 - 1));
    assert!(is_known(&anna));
    clock.advance(SignedDuration::from_hours(1));
    assert!(!is_known(&anna));
}

#[test]
fn a_reset_and_another_app_make_devices_strangers() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let accounts = Accounts::open(dir.path(), clock.clock()).unwrap();
    let devices = Devices::open(dir.path()).unwrap();
    let before = account(&accounts, "anna");
    let mark = devices.mark(&before, clock.now()).unwrap();
    clock.advance(SignedDuration::from_secs(1));
    let app = accounts.set_up_app("anna").unwrap().account;
    assert!(devices.known(mark.expose(), &app, clock.now()).is_none());
    let mark = devices.mark(&app, clock.now()).unwrap();
    clock.advance(SignedDuration::from_secs(1));
    let (reset, _) = accounts.reset("anna", FirstPassword::Random).unwrap();
    assert!(devices.known(mark.expose(), &reset, clock.now()).is_none());
}

#[test]
fn a_device_that_guesses_is_as_good_as_any_other() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let accounts = Accounts::open(dir.path(), clock.clock()).unwrap();
    let anna = account(&accounts, "anna");
    let devices = Devices::open(dir.path()).unwrap();
    let [stolen, own] = [(); 2].map(|()| devices.mark(&anna, clock.now()).unwrap());
    let known = |mark: &DeviceMark| devices.known(mark.expose(), &anna, clock.now());
    for guess in 0..MOST_FAILURES {
        let device = known(&stolen).unwrap_or_else(|| panic!("{guess}"));
        devices.failed(&device, clock.now());
    }
    assert!(known(&stolen).is_none() && known(&own).is_some());
    clock.advance(WINDOW);
    assert!(known(&stolen).is_some());
}

#[test]
fn the_key_is_kept_for_its_owner_alone() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let accounts = Accounts::open(dir.path(), clock.clock()).unwrap();
    let anna = account(&accounts, "anna");
    let mark = Devices::open(dir.path()).unwrap().mark(&anna, clock.now()).unwrap();
    let path = dir.path().join("devices.key");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let known = || Devices::open(dir.path()).unwrap().known(mark.expose(), &anna, clock.now());
    assert!(known().is_some(), "after a restart");
    fs::write(&path, "no key").unwrap();
    let error = Devices::open(dir.path()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Damaged);
    let text = error.to_string();
    assert!(text.contains("devices.key") && text.contains("remove it"), "{text}");
    fs::remove_file(&path).unwrap();
    assert!(known().is_none(), "another key");
}
