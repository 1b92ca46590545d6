use super::*;

const HOUR: i64 = 3_600_000;

fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

#[test]
fn gives_exactly_what_was_asked_for_in_order_and_in_range() {
    for (count, begin, end) in [
        (0, 0, 1),
        (1, -1, 0),
        (5, 7, 8),
        (1_000, -3 * HOUR, 5 * HOUR),
        (10, 1_795_000_000_000, 1_795_000_000_000 + 400 * 24 * HOUR),
        (3_000, -62_135_596_800_000, 253_402_300_800_000),
    ] {
        let times: Vec<i64> = Times::new(1, Stream::Times, count, begin, end, &berlin()).collect();
        assert_eq!(u64::try_from(times.len()).unwrap(), count);
        assert!(times.is_sorted(), "{count} from {begin} to {end}");
        assert!(times.iter().all(|time| (begin..end).contains(time)));
    }
}

#[test]
fn business_hours_are_those_of_the_zone() {
    // Monday, 29 June 2026, 00:00 in Berlin, when it is two hours ahead.
    let monday = 1_782_684_000_000;
    let times: Vec<i64> =
        Times::new(1, Stream::Times, 100_000, monday, monday + 24 * HOUR, &berlin()).collect();
    let hour = |hour: i64| {
        let hour = monday + hour * HOUR..monday + (hour + 1) * HOUR;
        times.iter().filter(|time| hour.contains(time)).count()
    };
    assert!(hour(10) > 50 * hour(2), "the morning is busier than the night");
    assert!(hour(12) < hour(11) && hour(12) < hour(14), "people eat at noon");
}

#[test]
fn weekends_are_quiet() {
    let monday = 1_782_684_000_000;
    let day = |day: i64| {
        let day = monday + day * 24 * HOUR..monday + (day + 1) * 24 * HOUR;
        let week = Times::new(1, Stream::Times, 100_000, monday, monday + 7 * 24 * HOUR, &berlin());
        week.filter(|time| day.contains(time)).count()
    };
    assert!(day(2) > 4 * day(5) && day(5) > day(6));
}

#[test]
fn bad_hours_lie_in_the_range() {
    for (begin, end) in [(0, 10), (0, HOUR), (5 * HOUR, 100 * HOUR), (0, 24 * HOUR * 400)] {
        let (from, to) = bad_hours(begin, end, &berlin());
        assert!(begin <= from && from <= to && to <= end, "{begin} to {end}");
    }
}
