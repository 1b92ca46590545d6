//! What is held stays.

use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_rights::closed::{Closed, Stage, set_closed};
use trunklog_rights::{Hold, Person, add_hold, find, holds, kept_by, remove_hold};
use trunklog_store::{Erase, Erasure, OldRows, Selection};

use crate::rows::{Bench, CALLS, call, rows, stored, tenant};

fn day(day: u32) -> Instant {
    Instant::from_date(2026, 11, day).unwrap()
}

fn hold(name: &str) -> Hold {
    let since = day(30);
    Hold { name: name.to_owned(), user: None, number: None, from: None, to: None, reason: None, since }
}

/// A call each day, every second one of a number.
fn month() -> Vec<String> {
    let number = |day: u32| if day.is_multiple_of(2) { r#""callerNumber":"0049 30 123456""# } else { "" };
    (1..=20).map(|day| call(&format!("{day:02}"), day, number(day))).collect()
}

#[test]
fn a_retention_passes_over_held_rows() {
    let bench = Bench::new();
    bench.append(&month());
    let store = bench.store();
    let case = Hold {
        number: Some("+4930123456".to_owned()),
        from: Some(day(5)),
        to: Some(day(9)),
        ..hold("case-7")
    };
    add_hold(bench.engine.as_ref(), tenant(1), &case).unwrap();
    add_hold(bench.engine.as_ref(), tenant(1), &Hold { to: Some(day(2)), ..hold("old") }).unwrap();
    let due = store.forgettable(CALLS, day(11)).unwrap();
    // Held are the 1st, and the 6th and 8th.
    let oldest = Instant::parse("2026-11-02T08:00:00Z").unwrap();
    assert_eq!(due, OldRows { rows: 7, of: 20, oldest: Some(oldest) });
    assert_eq!(store.forget(CALLS, day(11)).unwrap(), 7);
    assert_eq!(store.forget(CALLS, day(11)).unwrap(), 0, "the same again");
    assert_eq!(store.forgettable(CALLS, day(11)).unwrap().rows, 0);
    let left = stored(store.as_ref(), CALLS).0;
    assert_eq!(left[..3], ["01", "06", "08"]);
    assert_eq!(left.len(), 13);
    assert!(remove_hold(bench.engine.as_ref(), tenant(1), "case-7").unwrap());
    assert!(!remove_hold(bench.engine.as_ref(), tenant(1), "case-7").unwrap());
    assert_eq!(store.forget(CALLS, day(11)).unwrap(), 2);
    // Another tenant holds nothing.
    let other = bench.engine.tenant(tenant(2));
    other.append(&rows(CALLS, &month())).unwrap();
    assert_eq!(other.forget(CALLS, day(11)).unwrap(), 10);
}

#[test]
fn an_erasure_says_which_hold_keeps_rows() {
    let bench = Bench::new();
    bench.append(&month());
    let store = bench.store();
    let case = Hold { number: Some("+4930123456".to_owned()), ..hold("case-7") };
    add_hold(bench.engine.as_ref(), tenant(1), &case).unwrap();
    let whole = Erasure { selection: Selection::all(CALLS, TimeRange::ALL), what: Erase::Rows };
    let error = store.erase(&whole).unwrap_err().to_string();
    assert!(error.starts_with("the hold case-7 keeps 10 of these rows of directRoutingCalls"), "{error}");
    assert_eq!(stored(store.as_ref(), CALLS).0.len(), 20);
    let range = TimeRange::ALL.since(day(3)).until(day(4));
    let day = Erasure { selection: Selection::all(CALLS, range), what: Erase::Rows };
    assert_eq!(store.erase(&day).unwrap(), 1);
    let person = Person::number("+4930123456").unwrap();
    let found = find(store.as_ref(), CALLS, &person).unwrap();
    let of_tenant = holds(bench.engine.as_ref(), tenant(1)).unwrap();
    let kept = kept_by(store.as_ref(), &found, &person, &of_tenant).unwrap();
    assert_eq!((kept.len(), kept[0].rows, kept[0].hold.as_str()), (1, 10, "case-7"));
}

#[test]
fn odd_holds_are_refused() {
    for (wrong, why) in [
        (hold("a b"), "name"),
        (hold(""), "name"),
        (hold("nothing"), "what is held"),
        (Hold { number: Some("ada".to_owned()), ..hold("a") }, "number"),
        (Hold { user: Some("ada".to_owned()), ..hold("a") }, "user"),
        (Hold { from: Some(day(2)), to: Some(day(1)), ..hold("a") }, "range"),
    ] {
        let error = wrong.check().unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    let bench = Bench::new();
    let good = Hold { to: Some(day(2)), ..hold("a") };
    good.check().unwrap();
    add_hold(bench.engine.as_ref(), tenant(1), &good).unwrap();
    assert!(add_hold(bench.engine.as_ref(), tenant(1), &good).unwrap_err().to_string().contains("already"));
    assert_eq!(holds(bench.engine.as_ref(), tenant(1)).unwrap(), [good]);
    assert!(holds(bench.engine.as_ref(), tenant(2)).unwrap().is_empty());
    // What a later version wrote down holds as well.
    bench.append(&month());
    let name = format!("holds/{}/later", tenant(1));
    bench.engine.exchange_state(&name, None, Some("{}")).unwrap();
    let error = bench.store().forget(CALLS, day(11)).unwrap_err();
    assert!(error.to_string().contains("the hold later"), "{error}");
}

#[test]
fn a_closed_tenant_takes_no_rows() {
    let bench = Bench::new();
    bench.append(&month());
    let closed = Closed { into: Some(tenant(2).to_string()), since: day(1), stage: Stage::Copying };
    set_closed(bench.engine.as_ref(), tenant(1), Some(&closed)).unwrap();
    let error = bench.store().append(&rows(CALLS, &month())).unwrap_err().to_string();
    assert!(error.contains(&format!("is being merged into {}", tenant(2))), "{error}");
    assert_eq!(stored(bench.store().as_ref(), CALLS).0.len(), 20, "it can still be read");
    set_closed(bench.engine.as_ref(), tenant(1), None).unwrap();
    assert_eq!(bench.append(&month()).unchanged, 20);
}
