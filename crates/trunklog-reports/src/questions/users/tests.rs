use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, TimeRange, Value as Stored};
use trunklog_store::{Page, PageQuery};

use super::*;
use crate::facts::sample::{Call, calls as some_calls};
use crate::questions::testing::{
    at, chosen, counted_secs, empty, filter, filters_and_countries, is_answered, is_missed, is_whole, number,
    ranges, stored, text, user, zones,
};

proptest! {
    #[test]
    fn users_are_counted_as_rows_are(
        calls in some_calls(40),
        range in ranges(),
        zone in zones(),
        days in zones(),
        choice in filters_and_countries(),
    ) {
        let ask = Ask { filter: filter(choice.0), zone: zone.clone(), days, ..Ask::of(range) };
        let answer = USERS.answer(&*stored(&calls), &ask).unwrap();
        let table = &answer.table;
        prop_assert!(is_whole(table));
        let rows: Vec<(String, &Call)> = chosen(&calls, range, choice).collect();
        let mut users: Vec<(Reverse<usize>, &str)> = Vec::new();
        for name in rows.iter().filter_map(|(_, call)| user(call)).collect::<BTreeSet<_>>() {
            users.push((Reverse(rows.iter().filter(|(_, call)| user(call) == Some(name)).count()), name));
        }
        users.sort_unstable();
        prop_assert_eq!(table.rows.len(), users.len());
        for (row, (_, name)) in users.iter().enumerate() {
            prop_assert_eq!(text(table, row, "user"), Some((*name).to_owned()));
            let own: Vec<&(String, &Call)> =
                rows.iter().filter(|(_, call)| user(call) == Some(*name)).collect();
            let count = |holds: &dyn Fn(&Call) -> bool| {
                i64::try_from(own.iter().filter(|(_, call)| holds(call)).count()).unwrap()
            };
            prop_assert_eq!(number(table, row, "attempts"), count(&|_| true));
            prop_assert_eq!(number(table, row, "answered"), count(&is_answered));
            prop_assert_eq!(number(table, row, "missed"), count(&is_missed));
            let secs: i64 = own.iter().filter_map(|(_, call)| counted_secs(call)).sum();
            let Some(Value::Number(minutes)) = table.value(row, "minutes") else { panic!("no minutes") };
            #[allow(clippy::cast_precision_loss)]
            let expected = secs as f64;
            prop_assert!((minutes * 60.0 - expected).abs() < 1e-6);
            // Of rows of one time the first by its id.
            let newest = own.iter().min_by_key(|(id, call)| (Reverse(call.start), id.clone())).unwrap().1;
            let name_of_newest = newest.principal_name.filter(|name| !name.is_empty());
            prop_assert_eq!(text(table, row, "userPrincipalName"), name_of_newest.map(str::to_owned));
            let time = Instant::from_ticks(newest.start).unwrap();
            prop_assert_eq!(text(table, row, "lastDay"), Some(local_date(&zone, time)));
        }
    }
}

/// A row of a user with a name.
fn named(rows: &mut RowBuilder, id: usize, start: Instant, user: &str, name: &str) {
    let text = |text: &str| Stored::Text(text.to_owned().into());
    let row = rows.row().set("id", text(&format!("{id:05}"))).unwrap();
    let row = row.set("startDateTime", Stored::Instant(start)).unwrap();
    let row = row.set("userId", text(user)).unwrap().set("userDisplayName", text(name)).unwrap();
    row.finish().unwrap();
}

#[test]
fn users_go_by_the_name_of_their_newest_row() {
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    let start = at("2026-11-30T08:00:00Z");
    named(&mut rows, 0, start, "a", "Old Name");
    named(&mut rows, 1, start.saturating_add_ticks(1), "a", "New Name");
    // More rows than a page has, all newer, of another user.
    for n in 2..2_500 {
        named(&mut rows, n, start.saturating_add_ticks(10), "b", "");
    }
    let store = empty();
    store.append(&rows.finish()).unwrap();
    let answer = USERS.answer(&*store, &Ask::of(TimeRange::ALL)).unwrap();
    let told = |row| (text(&answer.table, row, "user"), text(&answer.table, row, "displayName"));
    assert_eq!(told(0), (Some("b".to_owned()), None), "an empty name is none");
    assert_eq!(told(1), (Some("a".to_owned()), Some("New Name".to_owned())));
    // The newest of the range that is asked for.
    let before = TimeRange::ALL.until(start.saturating_add_ticks(1));
    let answer = USERS.answer(&*store, &Ask::of(before)).unwrap();
    assert_eq!(answer.table.rows.len(), 1);
    assert_eq!(text(&answer.table, 0, "displayName").as_deref(), Some("Old Name"));
}

/// A store that counts how many pages it gives.
struct Paged {
    inner: Arc<dyn Store>,
    pages: AtomicUsize,
}

impl Store for Paged {
    trunklog_store_kit::only_pages!();
    trunklog_store_kit::forward!(inner: append count report sums forget forgettable);

    fn page(&self, query: &PageQuery) -> trunklog_store::Result<Page> {
        self.pages.fetch_add(1, Ordering::Relaxed);
        self.inner.page(query)
    }
}

/// People who left have rows that are older than thousands of others. Each is found all
/// the same, in a few pages.
#[test]
fn names_of_who_was_there_one_after_the_other_are_found() {
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    let start = at("2026-11-30T08:00:00Z");
    let users: Vec<String> = (0..12).map(|user| format!("u{user:02}")).collect();
    let each = 1_100;
    for (number, user) in users.iter().enumerate() {
        for row in 0..each {
            let id = number * each + row;
            // The two newest are of one time, of which the first by its id counts.
            let ticks = i64::try_from(number * each + row.min(each - 2)).unwrap();
            let name = if row == each - 2 { format!("Name of {user}") } else { "another".to_owned() };
            named(&mut rows, id, start.saturating_add_ticks(ticks), user, &name);
        }
    }
    let inner = empty();
    inner.append(&rows.finish()).unwrap();
    let store = Paged { inner, pages: AtomicUsize::new(0) };
    let answer = USERS.answer(&store, &Ask::of(TimeRange::ALL)).unwrap();
    let told = |row| (text(&answer.table, row, "user"), text(&answer.table, row, "displayName"));
    for (row, user) in users.iter().enumerate() {
        assert_eq!(told(row), (Some(user.clone()), Some(format!("Name of {user}"))));
    }
    let pages = store.pages.load(Ordering::Relaxed);
    assert!(pages <= 2, "{pages}");
}

#[test]
fn forgotten_rows_are_nobodys() {
    let call = |text: &str| Call { start: at(text).ticks(), user_id: Some("u1"), ..Call::default() };
    let store = stored(&[call("2026-11-28T08:00:00Z"), call("2026-11-30T08:00:00Z")]);
    store.forget(&DIRECT_ROUTING_CALLS, at("2026-11-29T00:00:00Z")).unwrap();
    let answer = USERS.answer(&*store, &Ask::of(TimeRange::ALL)).unwrap();
    assert_eq!((answer.table.rows.len(), number(&answer.table, 0, "attempts")), (1, 1));
    store.forget(&DIRECT_ROUTING_CALLS, Instant::MAX).unwrap();
    assert!(USERS.answer(&*store, &Ask::of(TimeRange::ALL)).unwrap().table.rows.is_empty());
}
