use super::*;
use crate::calendar::{local_text, range as read, zone};

fn edges(bucket: Bucket, name: &str, from: &str, to: &str) -> Vec<String> {
    let zone = zone(name).unwrap();
    let range = read(Some(from), Some(to), &zone, Instant::ABSENT).unwrap();
    let edges = bucket.edges(range, &zone).unwrap();
    assert!(edges.is_sorted_by(|a, b| a < b), "{name} {from}");
    assert_eq!((edges.first(), edges.last()), (Some(&range.from()), Some(&range.end())));
    edges.iter().map(|edge| local_text(&zone, *edge)).collect()
}

fn hours(name: &str, from: &str, to: &str) -> usize {
    edges(Bucket::Hour, name, from, to).len() - 1
}

#[test]
fn keys_find_their_bucket() {
    for bucket in Bucket::ALL {
        assert_eq!(Bucket::read(bucket.key()).unwrap(), bucket);
    }
    let error = Bucket::read("second").unwrap_err();
    assert!(matches!(error, ReportError::Asked { parameter: "bucket", .. }), "{error}");
}

#[test]
fn hours_start_when_the_clock_shows_a_full_one() {
    let kolkata = edges(Bucket::Hour, "Asia/Kolkata", "2026-11-30T08:20", "2026-11-30T10:10");
    assert_eq!(
        kolkata,
        [
            "2026-11-30T08:20:00+05:30",
            "2026-11-30T09:00:00+05:30",
            "2026-11-30T10:00:00+05:30",
            "2026-11-30T10:10:00+05:30"
        ]
    );
    let nepal = edges(Bucket::Hour, "Asia/Kathmandu", "2026-11-30T08:00", "2026-11-30T09:00");
    assert_eq!(nepal, ["2026-11-30T08:00:00+05:45", "2026-11-30T09:00:00+05:45"]);
}

#[test]
fn days_have_23_to_25_hours() {
    for (name, day, next, expected) in [
        ("Europe/Berlin", "2026-03-29", "2026-03-30", 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-26", 25),
        ("Europe/Berlin", "2026-11-30", "2026-12-01", 24),
        // Clocks go forward at midnight, and back to the day before.
        ("America/Santiago", "2026-09-06", "2026-09-07", 23),
        ("America/Santiago", "2026-04-04", "2026-04-05", 25),
        // Half an hour each time: an hour of 30 minutes more, or one that is half as long.
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-06", 25),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-05", 24),
    ] {
        assert_eq!(hours(name, day, next), expected, "{name} {day}");
    }
}

#[test]
fn what_the_clock_repeats_has_a_bucket_each_time() {
    let night = edges(Bucket::Hour, "Europe/Berlin", "2026-10-25T01:00", "2026-10-25T04:00");
    assert_eq!(
        night,
        [
            "2026-10-25T01:00:00+02:00",
            "2026-10-25T02:00:00+02:00",
            "2026-10-25T02:00:00+01:00",
            "2026-10-25T03:00:00+01:00",
            "2026-10-25T04:00:00+01:00"
        ]
    );
    let island = edges(Bucket::Hour, "Australia/Lord_Howe", "2026-04-05T01:00", "2026-04-05T03:00");
    assert_eq!(
        island,
        [
            "2026-04-05T01:00:00+11:00",
            "2026-04-05T01:30:00+10:30",
            "2026-04-05T02:00:00+10:30",
            "2026-04-05T03:00:00+10:30"
        ]
    );
}

#[test]
fn days_weeks_and_months_start_by_the_calendar_of_the_zone() {
    let days = edges(Bucket::Day, "America/Santiago", "2026-09-05T12:00", "2026-09-07T12:00");
    assert_eq!(
        days,
        [
            "2026-09-05T12:00:00-04:00",
            "2026-09-06T01:00:00-03:00",
            "2026-09-07T00:00:00-03:00",
            "2026-09-07T12:00:00-03:00"
        ]
    );
    let weeks = edges(Bucket::Week, "Europe/Berlin", "2026-10-21", "2026-11-03");
    assert_eq!(
        weeks,
        [
            "2026-10-21T00:00:00+02:00",
            "2026-10-26T00:00:00+01:00",
            "2026-11-02T00:00:00+01:00",
            "2026-11-03T00:00:00+01:00"
        ]
    );
    let months = edges(Bucket::Month, "Asia/Kolkata", "2026-01-31", "2026-04-01");
    assert_eq!(
        months,
        [
            "2026-01-31T00:00:00+05:30",
            "2026-02-01T00:00:00+05:30",
            "2026-03-01T00:00:00+05:30",
            "2026-04-01T00:00:00+05:30"
        ]
    );
    // The date that Samoa went without.
    let samoa = edges(Bucket::Day, "Pacific/Apia", "2011-12-29", "2012-01-01");
    assert_eq!(samoa.len(), 3);
}

#[test]
fn short_buckets_are_counted_from_the_hour() {
    let minutes =
        |bucket| edges(bucket, "Asia/Kathmandu", "2026-11-30T08:00:30", "2026-11-30T08:16").len() - 1;
    assert_eq!(
        (minutes(Bucket::Minute), minutes(Bucket::FiveMinutes), minutes(Bucket::QuarterHour)),
        (16, 4, 2)
    );
}

#[test]
fn a_bucket_suits_its_range() {
    let zone = zone("Europe/Berlin").unwrap();
    for (from, to, expected) in [
        ("2026-11-30T00:00", "2026-11-30T06:00", Bucket::FiveMinutes),
        ("2026-11-30T00:00", "2026-11-30T06:01", Bucket::Hour),
        // Two days with an hour more.
        ("2026-10-24", "2026-10-26", Bucket::Hour),
        ("2026-10-24", "2026-10-27", Bucket::Day),
        ("2026-08-30", "2026-11-30", Bucket::Day),
        ("2026-08-01", "2026-11-30", Bucket::Week),
        ("2024-12-01", "2026-12-01", Bucket::Week),
        ("2024-11-01", "2026-12-01", Bucket::Month),
    ] {
        let range = read(Some(from), Some(to), &zone, Instant::ABSENT).unwrap();
        assert_eq!(Bucket::Auto.suited(range), expected, "{from} to {to}");
        assert_eq!(Bucket::Minute.suited(range), Bucket::Minute);
        assert_eq!(Bucket::Auto.edges(range, &zone).unwrap(), expected.edges(range, &zone).unwrap());
    }
}

#[test]
fn too_many_buckets_are_an_error_and_none_are_not() {
    let utc = TimeZone::UTC;
    let range = read(Some("2026-01-01"), Some("2026-12-31"), &utc, Instant::ABSENT).unwrap();
    for bucket in [Bucket::Minute, Bucket::QuarterHour] {
        assert!(matches!(bucket.edges(range, &utc), Err(ReportError::Asked { parameter: "bucket", .. })));
    }
    for bucket in Bucket::ALL {
        let edges = bucket.edges(TimeRange::ALL, &zone("Europe/Berlin").unwrap());
        assert!(edges.is_err(), "{}", bucket.key());
    }
    let full = read(Some("2026-01-01T00:00"), Some("2026-01-07T22:40"), &utc, Instant::ABSENT).unwrap();
    assert_eq!(Bucket::Minute.edges(full, &utc).unwrap().len(), MAX_BUCKETS + 1);
    let empty = read(Some("2026-01-01"), Some("2026-01-01"), &utc, Instant::ABSENT).unwrap();
    assert_eq!(Bucket::Hour.edges(empty, &utc).unwrap(), []);
}
