//! What a server answers to a pull, and what is kept of that: pages and their links,
//! times to wait, tokens, positions.
//!
//! The input is any of them.

#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use trunklog_identity::Cloud;
use trunklog_odata::Instant;
use trunklog_pull::http::Response;
use trunklog_pull::page::Page;
use trunklog_pull::place::{MAX_LINK, Place};
use trunklog_pull::position::Position;
use trunklog_pull::retry::{pause, retry_after};
use trunklog_pull::token::Token;
use trunklog_pull::walk::{Answer, Rules, Step, Walk};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;

/// The longest that a server may make a pull wait, and the spread of that.
const LONGEST_ASKED: Duration = Duration::from_hours(1);
const LONGEST_SPREAD: Duration = Duration::from_mins(5);

fuzz_target!(|input: &[u8]| {
    let now = Instant::parse("2026-11-24T08:00:00Z").expect("it is an instant");
    let place = Place::of_cloud(Cloud::Global);
    if let Some(page) = Page::read(input) {
        page_is_sound(&page, &place, now);
    }
    let text = String::from_utf8_lossy(input);
    waits_are_bounded(&text, input.len(), now);
    for status in [200, 400, 503] {
        let headers = vec![("retry-after".to_owned(), text.to_string())];
        match Token::read(&Response { status, headers, body: input.to_vec() }, now) {
            Ok(token) => {
                assert_eq!(status, 200);
                assert!(token.header().1.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()));
                let _ = token.roles();
            }
            Err(fault) => assert!(fault.to_string().len() < 1_000, "it repeats no answer"),
        }
    }
    if let Some(position) = Position::read(&text, place.root()) {
        assert_eq!(Position::read(&position.to_text(), place.root()).as_ref(), Some(&position));
        goes_on(position, &place, now);
    }
});

/// What is stored of a page is a page with the same rows, and its links are followed
/// or refused.
fn page_is_sound(page: &Page<'_>, place: &Place, now: Instant) {
    let again = Page::read(&page.body).expect("what is stored of a page is one");
    assert_eq!((again.rows, again.removed), (page.rows, 0));
    for link in [&page.next_link, &page.delta_link].into_iter().flatten() {
        assert!(!place.has(link) || link.len() <= MAX_LINK);
    }
    let mut walk = Walk::new(rules(place), Position::new(place.root()));
    let _ = walk.next(now);
    let answer = Answer {
        rows: page.rows,
        removed: page.removed,
        next_link: page.next_link.clone(),
        delta_link: page.delta_link.clone(),
        ..Answer::default()
    };
    let _ = walk.stored(&answer, now);
    asks_only_there(&mut walk, place, now);
}

fn waits_are_bounded(text: &str, chance: usize, now: Instant) {
    let asked = retry_after(text, now);
    let chance = u64::try_from(chance).unwrap_or(u64::MAX);
    for failures in [1, 3, 9, 1_000] {
        let waits = pause(failures, asked, chance);
        assert!(waits <= LONGEST_ASKED + LONGEST_SPREAD, "{waits:?}");
        assert!(asked.is_none_or(|asked| waits >= asked.min(LONGEST_ASKED)), "{waits:?}");
    }
}

/// A walk goes on at any position.
fn goes_on(position: Position, place: &Place, now: Instant) {
    let mut walk = Walk::new(rules(place), position);
    let _ = walk.days_left(now);
    asks_only_there(&mut walk, place, now);
    let _ = walk.stored(&Answer { rows: 1, ..Answer::default() }, now);
    asks_only_there(&mut walk, place, now);
}

fn asks_only_there(walk: &mut Walk, place: &Place, now: Instant) {
    if let Step::Ask(ask) = walk.next(now) {
        assert!(place.has(&ask.url), "the token would go elsewhere");
    }
}

fn rules(place: &Place) -> Rules {
    Rules {
        place: place.clone(),
        log: &DIRECT_ROUTING_CALLS,
        days: 150,
        mirror_days: None,
        every: Duration::from_hours(1),
        overlap_days: 3,
    }
}
