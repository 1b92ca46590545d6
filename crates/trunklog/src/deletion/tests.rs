use tempfile::TempDir;
use trunklog_duckdb::{DuckDbEngine, Options};
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};
use trunklog_records::{TenantId, TimeRange};
use trunklog_store::Selection;
use trunklog_testkit::{append, call_row, call_rows};

use super::*;

const HOUR: i64 = Instant::TICKS_PER_HOUR;
const DAY: i64 = 24 * HOUR;

const CALLS: &Log = &DIRECT_ROUTING_CALLS;

/// A store in its own folder, which can be opened again.
struct Bench {
    folder: TempDir,
    engine: Option<DuckDbEngine>,
}

impl Bench {
    fn new() -> Bench {
        let mut bench = Bench { folder: tempfile::tempdir().unwrap(), engine: None };
        bench.reopen();
        bench
    }

    fn reopen(&mut self) {
        // Two engines on one file would destroy it.
        self.engine = None;
        let file = self.folder.path().join("trunklog.duckdb");
        self.engine = Some(DuckDbEngine::open(&file, Options::default()).unwrap());
    }

    fn engine(&self) -> &DuckDbEngine {
        self.engine.as_ref().unwrap()
    }

    /// One call an hour of the first tenant.
    fn fill(&self, first: u32, hours: u32, from: Instant) {
        let rows: Vec<String> = (0..hours)
            .map(|hour| call_row(first + hour, &later(from, i64::from(hour) * HOUR).to_string()))
            .collect();
        append(self.engine(), tenant(1), CALLS, &rows);
    }

    /// That many calls of the first tenant, one a second.
    fn import(&self, first: u32, count: u32, from: Instant) {
        append(self.engine(), tenant(1), CALLS, &call_rows(first, count, &from.to_string()));
    }

    fn left(&self, tenant: TenantId, log: &'static Log) -> u64 {
        self.engine().tenant(tenant).count(&Selection::all(log, TimeRange::ALL), None).unwrap()
    }

    fn calls(&self) -> u64 {
        self.left(tenant(1), CALLS)
    }

    /// A pass; why logs wait then.
    fn pass(&self, days: u32, now: Instant) -> Vec<Why> {
        let waiting = pass(self.engine(), &keeping(days).into(), now).unwrap();
        waiting.into_iter().map(|(_, waiting)| waiting.why).collect()
    }

    fn list(&self, days: u32, now: Instant) -> Vec<(u64, Outlook)> {
        let listed = list(self.engine(), &keeping(days).into(), now).unwrap();
        listed.into_iter().map(|due| (due.rows.rows, due.outlook)).collect()
    }

    fn approve(&self, now: Instant) -> Vec<Result<u64>> {
        let waiting = waiting(self.engine()).unwrap();
        waiting.iter().map(|(place, waiting)| approve(self.engine(), *place, waiting, now)).collect()
    }

    /// Says yes to what must not be deleted; the reasons.
    fn refused(&self, now: Instant) -> Vec<String> {
        let before = self.calls();
        let reasons = self.approve(now).into_iter().map(|refused| refused.unwrap_err().to_string());
        let reasons = reasons.collect();
        assert_eq!(self.calls(), before);
        reasons
    }

    /// Shows what waits, and approves all of it.
    fn say_yes(&self, days: u32, now: Instant) -> u64 {
        self.list(days, now);
        self.approve(now).into_iter().map(|deleted| deleted.unwrap()).sum()
    }
}

fn tenant(last: u8) -> TenantId {
    format!("7e570000-0000-4000-8000-0000000000{last:02}").parse().unwrap()
}

fn keeping(days: u32) -> Retention {
    Retention::default().with(CALLS, Some(days))
}

fn now() -> Instant {
    Instant::parse("2026-11-24T08:15:00Z").unwrap()
}

fn later(instant: Instant, ticks: i64) -> Instant {
    instant.saturating_add_ticks(ticks)
}

#[test]
fn only_rows_older_than_the_retention_of_their_log_are_deleted() {
    let bench = Bench::new();
    let calls = [
        call_row(1, "2026-01-01T00:00:00Z"),
        call_row(2, "2026-10-25T08:14:59.9999999Z"),
        call_row(3, "2026-10-25T08:15:00Z"),
        call_row(4, "2026-11-24T08:00:00Z"),
    ];
    let old = [r#"{"id":"p","callId":"1","startDateTime":"2020-01-01T00:00:00Z"}"#];
    let tenants = [tenant(1), tenant(2)];
    for tenant in tenants {
        append(bench.engine(), tenant, CALLS, &calls);
        append(bench.engine(), tenant, &PSTN_CALLS, &old);
    }
    let left = |log| tenants.map(|tenant| bench.left(tenant, log));
    assert!(pass(bench.engine(), &Retentions::default(), now()).unwrap().is_empty());
    assert_eq!((left(CALLS), left(&PSTN_CALLS)), ([4, 4], [1, 1]));
    // The first deletion of each log waits.
    for _ in 0..2 {
        assert_eq!(bench.pass(30, now()), [Why::First; 2]);
        assert_eq!(left(CALLS), [4, 4]);
    }
    assert_eq!(bench.say_yes(30, now()), 4);
    for _ in 0..2 {
        assert_eq!((left(CALLS), left(&PSTN_CALLS)), ([2, 2], [1, 1]));
        assert!(bench.pass(30, now()).is_empty());
    }
}

#[test]
fn a_steady_operation_needs_no_word() {
    let mut bench = Bench::new();
    // A log that keeps a day, so that each hour's deletion is a large part.
    bench.fill(0, 24, now());
    assert!(bench.pass(1, later(now(), DAY)).is_empty());
    let mut number = 100;
    for hour in 1..60_i64 {
        let time = later(now(), DAY + hour * HOUR);
        bench.import(number, 1_200, later(time, -HOUR));
        number += 1_200;
        if hour % 20 == 0 {
            bench.reopen();
        }
        assert!(bench.pass(1, time).is_empty(), "hour {hour}");
        let oldest = later(time, -DAY);
        let due = bench.engine().tenant(tenant(1)).forgettable(CALLS, oldest).unwrap();
        assert_eq!(due.rows, 0, "hour {hour}");
    }
    assert_eq!(bench.calls(), 24 * 1_200);
}

#[test]
fn a_clock_that_is_wrong_at_start_deletes_nothing() {
    let mut bench = Bench::new();
    bench.fill(0, 1_500, later(now(), -1_500 * HOUR));
    assert!(bench.pass(730, now()).is_empty());
    for (off, why) in [(10 * 365 * DAY, Why::ClockAhead), (800 * DAY, Why::ClockAhead)] {
        bench.reopen();
        assert_eq!(bench.pass(730, later(now(), off)), [why]);
        // An hour later it is no more credible.
        assert_eq!(bench.pass(730, later(now(), off + HOUR)), [why]);
        assert_eq!(bench.calls(), 1_500);
        // Set right, all is as before.
        bench.reopen();
        assert!(bench.pass(730, later(now(), HOUR)).is_empty());
        assert!(bench.list(730, later(now(), HOUR)).is_empty());
    }
    // Rows from the future give a wrong clock no credit.
    bench.fill(5_000, 10, later(now(), 800 * DAY));
    assert_eq!(bench.pass(730, later(now(), 800 * DAY)), [Why::ClockAhead]);
    assert_eq!(bench.calls(), 1_510);
}

#[test]
fn a_clock_that_is_behind_deletes_nothing() {
    let bench = Bench::new();
    bench.fill(0, 2_000, later(now(), -2_000 * HOUR));
    assert!(bench.pass(100, later(now(), 10 * DAY)).is_empty());
    // A row that is old for any clock.
    bench.import(9_000, 1, later(now(), -400 * DAY));
    assert_eq!(bench.pass(100, now()), [Why::ClockBehind]);
    // A little behind: nobody is asked.
    let little = later(now(), 10 * DAY - HOUR);
    bench.pass(100, little);
    assert_eq!(bench.calls(), 2_001);
    assert_eq!(bench.list(100, little), [(1, Outlook::CatchingUp)]);
    // The mark was wrong, says the operator.
    assert_eq!(bench.pass(100, now()), [Why::ClockBehind]);
    assert_eq!(bench.say_yes(100, now()), 1);
    assert!(bench.pass(100, later(now(), HOUR)).is_empty());
    assert!(bench.list(100, later(now(), HOUR)).is_empty());
    assert_eq!(bench.calls(), 2_000);
}

#[test]
fn after_a_long_time_off_the_operator_is_asked() {
    for (off, waits) in [(20 * DAY, None), (60 * DAY, Some(Why::ClockAhead))] {
        let mut bench = Bench::new();
        // Four years of one call an hour.
        bench.fill(0, 35_000, later(now(), -35_000 * HOUR));
        assert!(bench.pass(1_460, now()).is_empty());
        bench.reopen();
        let time = later(now(), off);
        let due = u64::try_from(off / HOUR).unwrap() - 40;
        assert_eq!(bench.pass(1_460, time), waits.into_iter().collect::<Vec<Why>>());
        let gone = 35_000 - bench.calls();
        assert_eq!(gone, if waits.is_some() { 0 } else { due }, "off for {} days", off / DAY);
        if waits.is_some() {
            assert_eq!(bench.say_yes(1_460, time), due);
        }
        assert!(bench.pass(1_460, later(time, HOUR)).is_empty());
        assert_eq!(bench.calls(), 35_000 - due - 1);
    }
}

#[test]
fn a_word_is_about_what_was_shown() {
    let mut bench = Bench::new();
    bench.import(0, 5_000, later(now(), -50 * DAY));
    bench.import(6_000, 100, later(now(), -DAY));
    let refused = |bench: &Bench, now: Instant, what: &str| {
        let reasons = bench.refused(now);
        assert!(!reasons.is_empty(), "{what}");
        for text in reasons {
            assert!(text.contains("look again"), "{what}: {text}");
        }
    };
    assert_eq!(bench.pass(30, now()), [Why::First]);
    refused(&bench, now(), "it was not shown");
    let waits = Outlook::Waits { why: Why::First, since: now() };
    assert_eq!(bench.list(30, later(now(), HOUR)), [(5_000, waits)]);
    // A pass changes nothing about it, nor does a restart.
    assert_eq!(bench.pass(30, later(now(), 2 * HOUR)), [Why::First]);
    bench.reopen();
    // More rows came.
    bench.import(5_000, 7, later(now(), -60 * DAY));
    refused(&bench, later(now(), 2 * HOUR), "more rows are due");
    assert_eq!(bench.calls(), 5_107);
    assert_eq!(bench.list(30, later(now(), 2 * HOUR)), [(5_007, waits)]);
    // What waits long is written down again, and was not shown as it is then.
    assert_eq!(bench.pass(30, later(now(), 9 * HOUR)), [Why::First]);
    refused(&bench, later(now(), 9 * HOUR), "it was written down anew");
    // Another retention is another deletion.
    bench.list(30, later(now(), 9 * HOUR));
    assert_eq!(bench.pass(40, later(now(), 9 * HOUR)), [Why::First]);
    refused(&bench, later(now(), 9 * HOUR), "another retention");
    assert_eq!(bench.say_yes(40, later(now(), 9 * HOUR)), 5_007);
    assert_eq!(bench.calls(), 100);
}

#[test]
fn what_was_approved_is_done_by_the_next_pass_if_the_command_was_cut_short() {
    let mut bench = Bench::new();
    bench.import(0, 5_000, later(now(), -50 * DAY));
    bench.import(6_000, 100, later(now(), -DAY));
    bench.list(30, now());
    let (place, shown) = waiting(bench.engine()).unwrap().remove(0);
    let mut notes = Notes::read(bench.engine()).unwrap();
    notes.set_waiting(place, Some(&WaitingDeletion { stage: Stage::Approved, ..shown })).unwrap();
    drop(notes);
    bench.reopen();
    assert_eq!(bench.list(30, now()), [(5_000, Outlook::Approved)]);
    assert!(bench.pass(30, later(now(), HOUR)).is_empty());
    assert_eq!(bench.calls(), 100);
}

#[test]
fn a_shorter_retention_and_many_old_rows_wait() {
    let bench = Bench::new();
    bench.fill(0, 3_000, later(now(), -3_000 * HOUR));
    assert!(bench.pass(200, now()).is_empty());
    assert_eq!(bench.pass(100, now()), [Why::Shortened]);
    // Set back, nothing is due.
    assert!(bench.pass(200, now()).is_empty());
    assert_eq!(bench.pass(100, now()), [Why::Shortened]);
    assert_eq!(bench.say_yes(100, now()), 600);
    let next = later(now(), HOUR);
    bench.import(10_000, 900, later(now(), -300 * DAY));
    assert_eq!(bench.list(100, next), [(901, Outlook::Deleted)]);
    assert!(bench.pass(100, next).is_empty());
    bench.import(20_000, 1_100, later(now(), -300 * DAY));
    assert_eq!(bench.pass(100, next), [Why::Unusual]);
    // Where nothing is deleted any more, nothing waits, and the next is new.
    assert!(pass(bench.engine(), &Retentions::default(), next).unwrap().is_empty());
    assert_eq!(bench.pass(100, next), [Why::First]);
    assert_eq!(bench.say_yes(100, next), 1_100);
}

#[test]
fn a_word_does_not_outlive_the_clock_that_it_was_about() {
    let ahead = later(now(), 3 * 365 * DAY);
    let hour = later(now(), HOUR);
    for old in [0, 5] {
        let bench = Bench::new();
        bench.fill(0, 1_000, later(now(), -1_000 * HOUR));
        assert!(bench.pass(100, now()).is_empty());
        // Some that a pass will delete without a word.
        bench.import(5_000, old, later(now(), -150 * DAY));
        let doubted = || {
            assert_eq!(bench.pass(100, ahead), [Why::ClockAhead]);
            let [(rows, Outlook::Waits { .. })] = bench.list(100, ahead)[..] else { panic!("nothing waits") };
            assert_eq!(rows, 1_000 + u64::from(old));
        };

        // Set right, whether or not somebody looks again.
        doubted();
        let reasons = bench.refused(hour);
        assert!(reasons.len() == 1 && reasons[0].contains("look again"), "{reasons:?}");
        let deleted: Vec<(u64, Outlook)> = (old > 0).then_some((5, Outlook::Deleted)).into_iter().collect();
        assert_eq!(bench.list(100, hour), deleted);
        assert_eq!(bench.refused(hour), [""; 0]);
        // What was shown under the wrong clock is not approved by it, either.
        assert_eq!(bench.refused(ahead), [""; 0]);

        // Set right, and a little behind.
        doubted();
        let behind = later(now(), -HOUR);
        let catching_up: Vec<(u64, Outlook)> =
            (old > 0).then_some((5, Outlook::CatchingUp)).into_iter().collect();
        assert_eq!(bench.list(100, behind), catching_up);
        let reasons = bench.refused(behind);
        assert_eq!(reasons.len(), catching_up.len());
        assert!(reasons.iter().all(|reason| reason.contains("caught up")), "{reasons:?}");

        // All goes on as if nothing had been.
        assert!(bench.pass(100, hour).is_empty());
        assert_eq!(bench.calls(), 1_000);
        assert!(bench.list(100, hour).is_empty());
    }
}

#[test]
fn what_was_approved_under_a_wrong_clock_is_not_done_by_the_right_one() {
    let bench = Bench::new();
    bench.fill(0, 1_000, later(now(), -1_000 * HOUR));
    assert!(bench.pass(100, now()).is_empty());
    let ahead = later(now(), 3 * 365 * DAY);
    bench.list(100, ahead);
    let (place, shown) = waiting(bench.engine()).unwrap().remove(0);
    let mut notes = Notes::read(bench.engine()).unwrap();
    notes.set_waiting(place, Some(&WaitingDeletion { stage: Stage::Approved, ..shown })).unwrap();
    assert!(bench.list(100, later(now(), HOUR)).is_empty());
    notes = Notes::read(bench.engine()).unwrap();
    assert!(notes.waiting(place).is_none());
    let again = written_down(
        Limit::of(keeping(100), CALLS, ahead).unwrap(),
        OldRows { rows: 1_000, of: 1_000, oldest: None },
        Why::ClockAhead,
        ahead,
    );
    notes.set_waiting(place, Some(&WaitingDeletion { stage: Stage::Approved, ..again })).unwrap();
    assert!(bench.pass(100, later(now(), HOUR)).is_empty());
    assert_eq!(bench.calls(), 1_000);
}
