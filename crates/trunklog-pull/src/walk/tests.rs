use std::collections::BTreeSet;

use proptest::prelude::*;
use trunklog_identity::Cloud;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
use trunklog_store::AppendCounts;

use super::*;
use crate::fault::{Fault, FaultKind};
use crate::position::Mirror;

const HOUR: Duration = Duration::from_hours(1);

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn noon() -> Instant {
    at("2026-11-24T12:00:00Z")
}

fn rules(log: &'static Log, place: Place, days: u32) -> Rules {
    Rules { place, log, days, mirror_days: None, every: HOUR, overlap_days: 3 }
}

fn walk(days: u32) -> Walk {
    let rules = rules(&DIRECT_ROUTING_CALLS, Place::of_cloud(Cloud::Global), days);
    Walk::new(rules, Position::new("https://graph.microsoft.com"))
}

fn mirror() -> Walk {
    let place = Place::own("https://other.example", None, Cloud::Global).unwrap();
    Walk::new(rules(&DIRECT_ROUTING_CALLS, place, 150), Position::new("https://other.example"))
}

fn asked(walk: &mut Walk, now: Instant) -> Ask {
    match walk.next(now) {
        Step::Ask(ask) => ask,
        other => panic!("{other:?}"),
    }
}

/// From and to of a call.
fn range(url: &str) -> (String, String) {
    let (_, rest) = url.split_once("(fromDateTime=").unwrap();
    let (from, rest) = rest.split_once(",toDateTime=").unwrap();
    let (to, _) = rest.split_once(')').unwrap();
    (from.to_owned(), to.to_owned())
}

fn last_page(rows: u64) -> Answer {
    Answer { rows, ..Answer::default() }
}

fn status(status: u16) -> Fault {
    Fault::of_status(status, None, None)
}

/// Answers windows without rows until nothing is due; gives their ranges.
fn drain(walk: &mut Walk, now: Instant) -> (Vec<(String, String)>, Instant) {
    let mut ranges = Vec::new();
    loop {
        match walk.next(now) {
            Step::Ask(ask) => {
                ranges.push(range(&ask.url));
                walk.stored(&last_page(15_000), now).unwrap();
            }
            Step::Idle(until) => return (ranges, until),
            Step::Rest(until) => panic!("rests until {until}"),
        }
        assert!(ranges.len() < 1_000, "no end");
    }
}

fn days(ranges: &[(String, String)]) -> Vec<String> {
    ranges.iter().map(|(from, to)| format!("{}..{}", &from[5..10], &to[5..10])).collect()
}

#[test]
fn a_kept_link_that_leads_elsewhere_is_not_followed() {
    let root = "https://graph.microsoft.com";
    let start = |set: &dyn Fn(&mut Position)| {
        let mut position = Position::new(root);
        set(&mut position);
        Walk::new(rules(&DIRECT_ROUTING_CALLS, Place::of_cloud(Cloud::Global), 150), position)
    };
    let opened = |link: &str| {
        let window = Window { from: at("2026-11-01T00:00:00Z"), to: at("2026-11-02T00:00:00Z") };
        let link = Some(link.to_owned());
        start(&|position| {
            let (purpose, link) = (Purpose::Backfill, link.clone());
            position.open = Some(Open { window, purpose, link, rows: 7, pages: 1 });
        })
    };
    let own = format!("{root}/v1.0/x?$skip=1000");
    assert_eq!(asked(&mut opened(&own), noon()).url, own);
    let mut walk = opened("https://evil.example/v1.0/x");
    assert!(asked(&mut walk, noon()).url.starts_with(root));
    assert_eq!(walk.open().map(|open| (open.rows, open.pages)), Some((0, 0)), "it starts again");
    let mut walk = start(&|position| {
        let link = Some("https://evil.example/delta".to_owned());
        position.mirror = Some(Mirror { link, read_at: None });
    });
    assert!(asked(&mut walk, noon()).url.starts_with(root));
}

#[test]
fn the_first_load_goes_back_from_today() {
    let mut walk = walk(3);
    let (ranges, until) = drain(&mut walk, noon());
    assert_eq!(days(&ranges), ["11-24..11-25", "11-23..11-24", "11-22..11-23", "11-21..11-22"]);
    assert_eq!(until, after(noon(), HOUR));
    assert_eq!(walk.days_left(noon()), Some(0));
    let covered = walk.position().covered.unwrap();
    assert_eq!((covered.from, covered.to), (at("2026-11-21T00:00:00Z"), noon()));
}

#[test]
fn windows_grow_where_there_are_few_rows() {
    let mut walk = walk(150);
    let mut widths = Vec::new();
    while let Step::Ask(_) = walk.next(noon()) {
        widths.push(walk.open().unwrap().window.days());
        walk.stored(&last_page(10), noon()).unwrap();
    }
    assert_eq!(widths[..6], [1, 2, 4, 8, 16, 28]);
    assert_eq!(widths.iter().sum::<u32>(), 151);
}

#[test]
fn the_last_days_are_read_again_each_hour() {
    let mut walk = walk(30);
    drain(&mut walk, noon());
    let later = after(noon(), HOUR);
    let (ranges, until) = drain(&mut walk, later);
    assert_eq!(days(&ranges), ["11-24..11-25", "11-23..11-24", "11-22..11-23", "11-21..11-22"]);
    assert_eq!(until, after(later, HOUR));
    assert_eq!(walk.position().covered.unwrap().to, later);
    // After a day, the last week is.
    let (ranges, _) = drain(&mut walk, after(noon(), 24 * HOUR));
    assert_eq!(ranges.len(), 9);
    // What was missed is read however long it took.
    let (ranges, _) = drain(&mut walk, after(noon(), 25 * 24 * HOUR));
    assert!(ranges.len() >= 25 + 3, "{}", ranges.len());
}

#[test]
fn the_last_days_come_before_the_old_ones() {
    let mut walk = walk(300);
    asked(&mut walk, noon());
    walk.stored(&last_page(15_000), noon()).unwrap();
    let later = after(noon(), HOUR);
    let ask = asked(&mut walk, later);
    assert_eq!(range(&ask.url).0, "2026-11-24T00:00:00Z");
    assert_eq!(walk.open().unwrap().purpose, Purpose::Reread);
}

#[test]
fn new_rows_of_old_windows_are_late() {
    let mut walk = walk(1);
    drain(&mut walk, noon());
    asked(&mut walk, after(noon(), HOUR));
    let stored = AppendCounts { new: 4, updated: 2, unchanged: 1, ..AppendCounts::default() };
    walk.stored(&Answer { rows: 7, stored, ..Answer::default() }, after(noon(), HOUR)).unwrap();
    let tally = walk.position().tally;
    assert_eq!((tally.new, tally.late, tally.updated), (4, 4, 2));
}

#[test]
fn a_crash_goes_on_at_the_last_page() {
    let mut first = walk(10);
    asked(&mut first, noon());
    let link = "https://graph.microsoft.com/v1.0/x?$skip=1000".to_owned();
    let answer = Answer { rows: 1_000, next_link: Some(link.clone()), ..Answer::default() };
    assert_eq!(first.stored(&answer, noon()).unwrap(), End::NotYet);
    assert!(first.is_seen_whole());
    let text = first.position().to_text();
    let position = Position::read(&text, "https://graph.microsoft.com").unwrap();
    let mut second = Walk::new(first.rules.clone(), position);
    let ask = asked(&mut second, noon());
    assert_eq!((ask.url, ask.is_first), (link, false));
    assert!(!second.is_seen_whole());
    // The link may be too old by now: then the window is read from its start.
    assert_eq!(second.failed(&status(410), noon(), 0), Reaction::Otherwise);
    let ask = asked(&mut second, noon());
    assert!(ask.is_first && second.is_seen_whole());
}

#[test]
fn links_to_elsewhere_are_not_followed() {
    for link in ["https://evil.example/v1.0/x", "http://graph.microsoft.com/v1.0/x", "x"] {
        let mut walk = walk(10);
        asked(&mut walk, noon());
        let answer = Answer { next_link: Some(link.to_owned()), ..Answer::default() };
        assert_eq!(walk.stored(&answer, noon()).unwrap_err().kind, FaultKind::BadLink, "{link}");
        let fault = Fault::new(FaultKind::BadLink);
        assert_eq!(walk.failed(&fault, noon(), 0), Reaction::GiveUp);
    }
}

#[test]
fn a_link_to_itself_is_not_followed() {
    let mut walk = walk(10);
    asked(&mut walk, noon());
    let link = Some("https://graph.microsoft.com/v1.0/x?$skip=1000".to_owned());
    let answer = Answer { next_link: link, ..Answer::default() };
    walk.stored(&answer, noon()).unwrap();
    assert_eq!(walk.stored(&answer, noon()).unwrap_err().kind, FaultKind::BadLink);
}

#[test]
fn a_range_that_is_too_long_is_asked_for_in_parts() {
    let mut walk = walk(150);
    for _ in 0..3 {
        asked(&mut walk, noon());
        walk.stored(&last_page(10), noon()).unwrap();
    }
    asked(&mut walk, noon());
    let window = walk.open().unwrap().window;
    assert_eq!(window.days(), 8);
    for days in [4, 2, 1] {
        assert_eq!(walk.failed(&status(406), noon(), 0), Reaction::Otherwise);
        asked(&mut walk, noon());
        let shorter = walk.open().unwrap().window;
        assert_eq!((shorter.days(), shorter.to), (days, window.to));
    }
    assert_eq!(walk.failed(&status(406), noon(), 0), Reaction::GiveUp);
}

#[test]
fn a_token_that_is_refused_is_replaced_once() {
    let mut walk = walk(10);
    asked(&mut walk, noon());
    assert_eq!(walk.failed(&status(401), noon(), 0), Reaction::NewToken);
    assert_eq!(walk.failed(&status(401), noon(), 0), Reaction::GiveUp);
    walk.give_up("why".to_owned(), noon());
    let Step::Rest(until) = walk.next(noon()) else { panic!("it goes on") };
    assert!(until > noon() && until <= after(noon(), HOUR));
    assert_eq!(walk.position().failing.as_ref().unwrap().why, "why");
    asked(&mut walk, until);
    walk.stored(&last_page(0), until).unwrap();
    assert_eq!(walk.position().failing, None);
}

#[test]
fn what_passes_is_asked_again_and_not_for_ever() {
    let mut walk = walk(10);
    asked(&mut walk, noon());
    let mut now = noon();
    let throttled = Fault::of_status(429, None, Some(Duration::from_secs(1)));
    let mut times = 0;
    loop {
        match walk.failed(&throttled, now, 7) {
            Reaction::Again(then) => {
                assert!(then >= after(now, Duration::from_secs(1)));
                now = then;
                times += 1;
            }
            Reaction::GiveUp => break,
            other => panic!("{other:?}"),
        }
        assert!(times < 20);
    }
    assert!(times >= 5, "{times}");
    assert_eq!(walk.failed(&status(403), now, 0), Reaction::GiveUp);
}

#[test]
fn rows_that_are_gone_are_counted_for_the_days_that_were_read_last() {
    let mut walk = walk(5);
    drain(&mut walk, noon());
    for (hour, gone, expected) in [(1_u32, 2, 8), (2, 0, 0)] {
        let now = after(noon(), hour * HOUR);
        while let Step::Ask(_) = walk.next(now) {
            walk.stored(&last_page(15_000), now).unwrap();
            walk.note_gone(gone);
        }
        assert_eq!(walk.position().gone, expected);
    }
}

#[test]
fn a_server_that_tells_changes_is_followed() {
    let mut walk = mirror();
    let told = Answer { tells_changes: true, ..last_page(5) };
    let ask = asked(&mut walk, noon());
    assert!(ask.tracks_changes && ask.is_first);
    // Today comes first, then everything.
    assert_eq!(range(&ask.url).0, "2026-11-24T00:00:00Z");
    let delta = |text: &str| Some(format!("https://other.example/v1.0/x?$deltatoken={text}"));
    walk.stored(&Answer { delta_link: delta("window"), ..told.clone() }, noon()).unwrap();
    let ask = asked(&mut walk, noon());
    assert_eq!(range(&ask.url), ("2000-01-01T00:00:00Z".to_owned(), "2100-01-01T00:00:00Z".to_owned()));
    walk.stored(&Answer { delta_link: delta("1"), ..told.clone() }, noon()).unwrap();
    let Step::Idle(until) = walk.next(noon()) else { panic!("it goes on") };
    assert_eq!(until, after(noon(), HOUR));
    let ask = asked(&mut walk, until);
    assert_eq!(Some(ask.url), delta("1"));
    walk.stored(&Answer { removed: 3, delta_link: delta("2"), ..Answer::default() }, until).unwrap();
    assert_eq!(walk.position().tally.removed, 3);
    // 410: everything is read again, which leads to a new link.
    let later = after(until, HOUR);
    assert_eq!(Some(asked(&mut walk, later).url), delta("2"));
    assert_eq!(walk.failed(&status(410), later, 0), Reaction::Otherwise);
    assert_eq!(range(&asked(&mut walk, later).url).0, "2000-01-01T00:00:00Z");
    // A server that is strict by now tells no changes: back to windows.
    walk.stored(&last_page(5), later).unwrap();
    asked(&mut walk, later);
    assert_ne!(walk.open().unwrap().purpose, Purpose::Mirror);
}

#[test]
fn a_server_that_refuses_all_at_once_is_read_in_windows() {
    let mut walk = mirror();
    let told = Answer { tells_changes: true, ..last_page(5) };
    for _ in 0..3 {
        asked(&mut walk, noon());
        if walk.open().unwrap().purpose == Purpose::Mirror {
            assert_eq!(walk.failed(&status(406), noon(), 0), Reaction::Otherwise);
        } else {
            walk.stored(&told, noon()).unwrap();
        }
    }
    asked(&mut walk, noon());
    assert_eq!(walk.open().unwrap().purpose, Purpose::Backfill);
}

#[test]
fn reports_without_times_are_pulled_by_whole_days() {
    let rules = rules(&PSTN_ONLINE_MEETING_DIALOUT, Place::of_cloud(Cloud::Global), 3);
    let mut walk = Walk::new(rules, Position::new("https://graph.microsoft.com"));
    let mut ranges = Vec::new();
    while let Step::Ask(ask) = walk.next(noon()) {
        ranges.push(range(&ask.url));
        walk.stored(&last_page(1), noon()).unwrap();
    }
    let expected = ["23", "22", "21"]
        .map(|day| (format!("2026-11-{day}T00:00:00Z"), format!("2026-11-{day}T23:59:59.9999999Z")));
    assert_eq!(ranges, expected);
}

#[test]
fn a_clock_that_was_set_does_not_stop_it() {
    let mut walk = walk(5);
    drain(&mut walk, noon());
    let before = noon().saturating_add_ticks(-2 * Instant::TICKS_PER_DAY);
    let (ranges, _) = drain(&mut walk, before);
    assert!(!ranges.is_empty());
    walk.give_up("why".to_owned(), after(noon(), 1_000 * HOUR));
    asked(&mut walk, noon());
}

/// What happens to a request in a made-up run.
#[derive(Debug, Clone, Copy)]
enum Event {
    Answered,
    Fails(u16),
    Crash,
    CrashAfterStoring,
    HourPasses,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        10 => Just(Event::Answered),
        3 => prop_oneof![Just(429), Just(503), Just(401), Just(410), Just(404), Just(500)].prop_map(Event::Fails),
        1 => Just(Event::Crash),
        1 => Just(Event::CrashAfterStoring),
        1 => Just(Event::HourPasses),
    ]
}

/// A server with rows at some times; pages have three of them.
fn page_of(rows: &[Instant], url: &str) -> (Vec<Instant>, Option<String>) {
    let (call, skip) = url.split_once("?$skip=").unwrap_or((url, "0"));
    let skip: usize = skip.parse().unwrap();
    let (from, to) = range(call);
    let (from, to) = (at(&from), at(&to));
    let within = rows.iter().copied().filter(|row| from <= *row && *row < to);
    let left: Vec<Instant> = within.skip(skip).collect();
    let next = (left.len() > 3).then(|| format!("{call}?$skip={}", skip + 3));
    (left.into_iter().take(3).collect(), next)
}

proptest! {
    /// Whatever fails and whenever it crashes, no row is left out in the end.
    #[test]
    fn no_row_is_left_out(
        hours in proptest::collection::btree_set(0_i64..15 * 24, 0..60),
        events in proptest::collection::vec(event(), 0..200),
    ) {
        let rows: Vec<Instant> =
            hours.iter().rev().map(|hours| noon().saturating_add_ticks(-hours * Instant::TICKS_PER_HOUR)).collect();
        let mut walk = self::walk(20);
        let mut now = noon();
        let mut came = BTreeSet::new();
        let mut kept = walk.position().to_text();
        let again = |walk: &Walk, kept: &str| {
            let position = Position::read(kept, "https://graph.microsoft.com").unwrap();
            Walk::new(walk.rules.clone(), position)
        };
        let calm = std::iter::repeat_n(Event::Answered, 2_000);
        for event in events.into_iter().chain(calm) {
            let ask = match walk.next(now) {
                Step::Ask(ask) => ask,
                Step::Idle(until) | Step::Rest(until) => {
                    prop_assert!(until > now, "it would never wait");
                    now = until;
                    continue;
                }
            };
            match event {
                Event::Answered | Event::CrashAfterStoring => {
                    let (page, next_link) = page_of(&rows, &ask.url);
                    came.extend(page.iter().copied());
                    let answer = Answer { next_link, ..last_page(u64::try_from(page.len()).unwrap()) };
                    walk.stored(&answer, now).unwrap();
                    if matches!(event, Event::CrashAfterStoring) {
                        walk = again(&walk, &kept);
                    }
                    kept = walk.position().to_text();
                }
                Event::Fails(status) => match walk.failed(&Fault::of_status(status, None, None), now, 5) {
                    Reaction::Again(then) => now = then,
                    Reaction::GiveUp => now = walk.give_up("why".to_owned(), now),
                    Reaction::NewToken | Reaction::Otherwise => {}
                },
                Event::Crash => walk = again(&walk, &kept),
                Event::HourPasses => now = after(now, HOUR),
            }
            if let Some(covered) = walk.position().covered {
                prop_assert!(covered.from <= covered.to);
            }
        }
        prop_assert_eq!(walk.days_left(now), Some(0));
        prop_assert!(rows.iter().all(|row| came.contains(row)));
    }
}
