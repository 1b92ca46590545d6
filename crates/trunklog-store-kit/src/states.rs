//! Cases about named states.

use std::thread;

use trunklog_store::{Engine, MAX_STATE_NAME, MAX_STATE_VALUE};

use super::Fixture;
use super::rows::{append, one_a_second, store, stored, tenant};

const NAME: &str = "kit/mark";

fn state(engine: &dyn Engine, name: &str) -> Option<String> {
    engine.state(name).expect("states can be read")
}

fn exchange(engine: &dyn Engine, name: &str, expected: Option<&str>, new: Option<&str>) -> bool {
    engine.exchange_state(name, expected, new).expect("states can be set")
}

/// A state changes only where its value is as expected, whether it is made,
/// replaced or removed.
pub fn states_are_exchanged_only_as_expected(fixture: &dyn Fixture) {
    let engine = &*fixture.open();
    assert_eq!(state(engine, NAME), None);
    for (expected, new, after) in [
        (Some("1"), Some("2"), None),
        (None, None, None),
        (Some("1"), None, None),
        (None, Some("1"), Some("1")),
        (None, Some("2"), Some("1")),
        (Some("2"), Some("3"), Some("1")),
        (None, None, Some("1")),
        (Some("1"), Some("2"), Some("2")),
        (Some("2"), Some("2"), Some("2")),
        (Some("1"), None, Some("2")),
        (Some("2"), None, None),
        (None, Some("4"), Some("4")),
    ] {
        let before = state(engine, NAME);
        let done = exchange(engine, NAME, expected, new);
        assert_eq!(done, before.as_deref() == expected, "{before:?}, {expected:?} to {new:?}");
        assert_eq!(state(engine, NAME).as_deref(), after, "{before:?}, {expected:?} to {new:?}");
    }
    assert_eq!(state(engine, "kit/other"), None, "another state");
    assert!(engine.tenants().expect("tenants can be listed").is_empty(), "a state makes a tenant");
}

/// States are there after the store was opened again, and what was removed is
/// not.
pub fn states_outlive_their_engine(fixture: &dyn Fixture) {
    {
        let engine = &*fixture.open();
        for name in ["kit/b", "kit/a", "kit", "other/a", "kit/c"] {
            assert!(exchange(engine, name, None, Some(name)));
        }
        assert!(exchange(engine, "kit/c", Some("kit/c"), None));
        assert!(exchange(engine, "kit/b", Some("kit/b"), Some("changed")));
        append(&*engine.tenant(tenant(1)), &one_a_second(10));
    }
    for _ in 0..2 {
        let engine = fixture.open();
        let listed = engine.states("kit/").expect("states can be listed");
        assert_eq!(listed, [("kit/a", "kit/a"), ("kit/b", "changed")].map(owned));
        assert_eq!(engine.states("").expect("states can be listed").len(), 4);
        assert!(engine.states("kit/a/").expect("states can be listed").is_empty());
        assert_eq!(state(&*engine, "kit/c"), None);
        assert_eq!(stored(&*store(&engine)).len(), 10);
        engine.tidy().expect("the store can be tidied");
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// A counter that many raise at the same time misses none.
pub fn of_many_exchanges_one_succeeds(fixture: &dyn Fixture) {
    const EACH: u32 = 15;
    let engine = &*fixture.open();
    let raise = || {
        let mut raised = 0;
        while raised < EACH {
            let before = state(engine, NAME);
            let count: u32 = before.as_deref().map_or(0, |text| text.parse().expect("it is a count"));
            let after = (count + 1).to_string();
            raised += u32::from(exchange(engine, NAME, before.as_deref(), Some(&after)));
        }
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(raise);
        }
    });
    assert_eq!(state(engine, NAME), Some((3 * EACH).to_string()));
}

/// No text is too odd, neither as a name nor as a value.
pub fn states_may_hold_any_text(fixture: &dyn Fixture) {
    let engine = &*fixture.open();
    let texts = ["'; DROP TABLE states; --", "\"{}\"", "ä€😀\n\t\\", "%_*?", " ", "null"];
    for text in texts {
        assert!(exchange(engine, text, None, Some(text)), "{text:?}");
        assert!(!exchange(engine, text, Some("other"), None), "{text:?}");
    }
    for text in texts {
        assert_eq!(state(engine, text).as_deref(), Some(text));
        assert_eq!(engine.states(text).expect("states can be listed"), [owned((text, text))]);
    }
    assert!(exchange(engine, NAME, None, Some("")), "a value may be empty");
    assert_eq!(state(engine, NAME).as_deref(), Some(""));
    assert!(!exchange(engine, NAME, None, Some("1")), "an empty value is not a missing one");
    let long = ("n".repeat(MAX_STATE_NAME), "\u{1}".repeat(MAX_STATE_VALUE));
    assert!(exchange(engine, &long.0, None, Some(&long.1)));
    assert!(exchange(engine, &long.0, Some(&long.1), Some("short")));
    assert_eq!(state(engine, &long.0).as_deref(), Some("short"));
}

/// What is too long is an error and changes nothing.
pub fn too_long_states_are_refused(fixture: &dyn Fixture) {
    let engine = &*fixture.open();
    let (name, value) = ("n".repeat(MAX_STATE_NAME + 1), "v".repeat(MAX_STATE_VALUE + 1));
    for (name, value) in [(name.as_str(), "1"), ("", "1"), (NAME, value.as_str())] {
        let error = engine.exchange_state(name, None, Some(value)).expect_err("it is too long or empty");
        assert!(error.to_string().contains("bytes"), "{error}");
    }
    assert!(engine.states("").expect("states can be listed").is_empty());
}
