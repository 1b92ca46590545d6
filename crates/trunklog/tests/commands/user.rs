//! `user`.

use serde_json::Value;
use trunklog_testkit::Outcome;

use super::{Bench, TENANT};

const NAME: &str = "anna@example.com";
const PASSWORD: &str = "correct horse battery";

fn add(bench: &Bench, more: &[&str], input: &str) -> Outcome {
    let mut words = vec!["user", "add", NAME];
    words.extend(more);
    bench.binary.run_with_input(&words, input.as_bytes())
}

#[test]
fn accounts_come_and_go() {
    let bench = Bench::with(1);
    let added = add(
        &bench,
        &["--tenant", TENANT, "--role", "calls", "--role", "administer@*"],
        &format!("{PASSWORD}\n"),
    );
    assert_eq!(added.code, Some(0), "{added:?}");
    assert!(
        added.stdout.contains(&format!("calls@{TENANT}")) && added.stdout.contains("/sign-in"),
        "{added:?}"
    );
    assert!(!added.stdout.contains(PASSWORD), "{added:?}");

    let list: Value = serde_json::from_str(&bench.binary.ok(&["user", "list", "--json"])).unwrap();
    assert_eq!(list[0]["name"], NAME);
    assert_eq!(list[0]["roles"], serde_json::json!([format!("calls@{TENANT}"), "administer@*"]));
    assert_eq!((&list[0]["hasApp"], &list[0]["password"]), (&Value::Bool(false), &Value::Null));

    bench.binary.ok(&["user", "roles", NAME, "--role", "aggregates@*"]);
    assert!(bench.binary.ok(&["user", "list"]).contains("aggregates@*"));
    let reset: Value =
        serde_json::from_str(&bench.binary.ok(&["user", "reset", NAME, "--random-password", "--json"]))
            .unwrap();
    assert_eq!(reset["password"].as_str().map(str::len), Some(40));
    // An app that is set up here; its person needs a password of their own then.
    let equipped = bench
        .binary
        .run_with_input(&["user", "reset", NAME, "--app", "--json"], format!("{PASSWORD}\n").as_bytes());
    let equipped: Value = serde_json::from_str(&equipped.stdout).unwrap();
    assert!(equipped["app"].as_str().unwrap().starts_with("otpauth://totp/Trunklog:anna"), "{equipped}");
    assert_eq!(equipped["newRecoveryCodes"].as_array().map(Vec::len), Some(10));
    assert_eq!((&equipped["hasApp"], &equipped["password"]), (&Value::Bool(true), &Value::Null));
    let both = ["user", "reset", NAME, "--app", "--random-password"];
    assert_eq!(bench.binary.run(&both).code, Some(2));
    assert!(bench.binary.ok(&["user", "remove", NAME]).contains(NAME));
    assert!(bench.binary.ok(&["user", "list"]).contains("no accounts"));
    let again = bench.binary.run(&["user", "remove", NAME]);
    assert_eq!(again.code, Some(1));
    assert!(again.stderr.contains("trunklog user list"), "{again:?}");
}

#[test]
fn a_password_comes_from_standard_input_and_has_to_be_one() {
    let bench = Bench::with(1);
    for (input, told) in [
        ("", "no password"),
        ("\n", "no password"),
        ("brief\n", "12 characters"),
        ("qwerty123456\n", "most common"),
        ("anna@example.com\n", "name"),
    ] {
        let outcome = add(&bench, &["--role", "calls@*"], input);
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert!(outcome.stderr.contains(told), "{outcome:?}");
        let secret = input.trim();
        assert!(secret.is_empty() || secret == NAME || !outcome.stderr.contains(secret), "{outcome:?}");
    }
    // There is no flag for it.
    assert_eq!(add(&bench, &["--role", "calls@*", "--password", PASSWORD], "").code, Some(2));
    assert!(!bench.binary.data().join("identity/people.json").exists());
}

#[test]
fn roles_are_named_with_their_tenants() {
    let bench = Bench::with(1);
    let password = format!("{PASSWORD}\n");
    for (roles, code, told) in [
        (&[][..], 2, "--role"),
        (&["--role", "root@*"][..], 2, "full-numbers"),
        (&["--role", "calls@contoso"][..], 2, "GUID"),
        // There is no tenant yet that could be meant.
        (&["--role", "calls"][..], 1, "--tenant"),
    ] {
        let outcome = add(&bench, roles, &password);
        assert_eq!(outcome.code, Some(code), "{outcome:?}");
        assert!(outcome.stderr.contains(told), "{outcome:?}");
    }
    bench.binary.import(TENANT, &bench.calls);
    let outcome = add(&bench, &["--role", "calls"], &password);
    assert!(outcome.stdout.contains(&format!("calls@{TENANT}")), "{outcome:?}");
    let twice = add(&bench, &["--role", "calls@*"], &password);
    assert!(twice.code == Some(1) && twice.stderr.contains("already"), "{twice:?}");
}
