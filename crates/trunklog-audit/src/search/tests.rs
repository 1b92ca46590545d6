use super::*;
use crate::test_support::{Bench, export, read, record};
use crate::{Action, Actor, Channel, Event};

#[test]
fn entries_are_found_by_what_and_whose_they_are() {
    let bench = Bench::new();
    let trail = bench.open();
    let tenant = Uuid::from_u128(3);
    record(&trail, 2);
    trail.note(read());
    trail
        .record(Event::new(Action::SignIn, Actor::person("anna"), Channel::Pages).tenant(tenant))
        .wait()
        .unwrap();
    let found = |search: &Search| search.newest_first(&bench.path(), 100).unwrap();
    let what = |name: &str| Search { what: Some(name.to_owned()), ..Search::default() };
    assert_eq!(found(&what("calls")).len(), 3);
    assert_eq!(found(&what("calls.export")).len(), 2);
    assert_eq!((found(&what("call")).len(), found(&what("sign-in")).len()), (0, 1));
    assert_eq!(found(&Search { tenant: Some(tenant), ..Search::default() }).len(), 1);
    let whose = Names::read(&bench.path()).unwrap().pseudonyms_of(&Identity::user("Anna"));
    assert_eq!(whose.len(), 1);
    assert_eq!(found(&Search { whose: Some(whose), ..Search::default() })[0].what, "sign-in");
    assert!(found(&Search { whose: Some(Vec::new()), ..Search::default() }).is_empty());
}

#[test]
fn pages_follow_each_other_across_files() {
    let bench = Bench::new();
    let trail = bench.open();
    for _ in 0..3 {
        record(&trail, 2);
        bench.advance_days(1);
    }
    let mut numbers = Vec::new();
    let mut before = None;
    loop {
        let search = Search { before, ..Search::default() };
        let page = search.newest_first(&bench.path(), 2).unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.n);
        numbers.extend(page.iter().map(|entry| entry.n));
    }
    assert_eq!(numbers, (1..=9).rev().collect::<Vec<u64>>());
}

#[test]
fn times_bound_what_is_found_and_lines_are_as_they_were() {
    let bench = Bench::new();
    let trail = bench.open();
    record(&trail, 1);
    bench.advance_days(1);
    let since = Some(bench.now());
    trail.record(export().of("sms")).wait().unwrap();
    let search = Search { since, ..Search::default() };
    assert_eq!(search.newest_first(&bench.path(), 9).unwrap().len(), 2);
    let mut lines = Vec::new();
    let first = Search { until: since, ..Search::default() };
    first
        .each(&bench.path(), &mut |_, line| {
            lines.push(String::from_utf8(line.to_vec()).unwrap());
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(lines, bench.lines()[..2]);
    let mut seen = 0;
    Search::default()
        .each(&bench.path(), &mut |_, _| {
            seen += 1;
            ControlFlow::Break(())
        })
        .unwrap();
    assert_eq!(seen, 1);
}
