use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::select;
use trunklog_odata::Instant;
use trunklog_records::masking::Mask;
use trunklog_store::cube::SumQuery;

use super::cut::{Part, parts};
use super::*;
use crate::Filter;
use crate::calendar::{Bucket, range, zone};
use crate::cubes::DIRECT_ROUTING;
use crate::cubes::countries::{CLASS, COUNTRY, DIRECTION, LEG};

fn window(from: &str, to: &str, bucket: Option<Bucket>, zone: &TimeZone) -> Window {
    let range = range(Some(from), Some(to), zone, Instant::ABSENT).unwrap();
    match bucket {
        None => Window::whole(range),
        Some(bucket) => Window::of(range, bucket.edges(range, zone).unwrap()),
    }
}

/// Whether a cube has whole slots for a part.
fn fits(part: &Part, days: &TimeZone) -> bool {
    let all = SumQuery::all(&DIRECT_ROUTING, part.cube, part.range);
    let query = SumQuery { edges: part.edges.clone(), zone: days.clone(), ..all };
    query.check().unwrap();
    query.fits_cube()
}

fn families() -> impl Strategy<Value = Family> {
    select(vec![CALLS, BY_COUNTRY, BINS, BY_USER, BY_NUMBER])
}

fn zones() -> impl Strategy<Value = TimeZone> {
    let names = vec!["UTC", "Europe/Berlin", "Asia/Kolkata", "America/Santiago", "Australia/Lord_Howe"];
    select(names).prop_map(|name| zone(name).unwrap())
}

proptest! {
    #[test]
    fn parts_are_all_of_a_window_and_each_fits_its_cube(
        family in families(),
        of_reader in zones(),
        of_days in zones(),
        ends in select(vec![
            ("2026-03-28T10:07", "2026-03-30T11:13:05"),
            ("2026-10-24", "2026-10-27"),
            ("2026-08-02T23:59", "2026-12-01T00:01"),
            ("2026-09-01T00:00Z", "2026-11-30T00:00Z"),
            ("2026-11-30T00:00:01", "2026-11-30T00:00:02"),
        ]),
        bucket in proptest::option::of(select(vec![Bucket::Hour, Bucket::Day, Bucket::Week, Bucket::Month])),
        is_kept in any::<bool>(),
        within in 0..1_000_i64,
    ) {
        let window = window(ends.0, ends.1, bucket, &of_reader);
        let parts = parts(family, is_kept, &window, &of_days);
        let finest = *family.last().unwrap();
        prop_assert_eq!(parts.first().unwrap().range.from(), window.range().from());
        prop_assert_eq!(parts.last().unwrap().range.end(), window.range().end());
        for pair in parts.windows(2) {
            prop_assert_eq!(pair[0].range.end(), pair[1].range.from());
        }
        for part in &parts {
            prop_assert!(part.range.from() < part.range.end());
            prop_assert!(part.cube == finest || fits(part, &of_days), "{:?}", part);
        }
        prop_assert!(is_kept || parts.len() == 1);

        // An instant is in the bucket in which its part says that it is.
        let (from, end) = (window.range().from().ticks(), window.range().end().ticks());
        let at = window.range().from().saturating_add_ticks((end - from) / 1_000 * within);
        let part = parts.iter().find(|part| part.range.contains(at)).unwrap();
        let started = part.edges.as_ref().map_or(1, |edges| edges.partition_point(|edge| *edge <= at));
        prop_assert_eq!(part.first_bucket + started - 1, window.bucket_of(at));
    }

    /// Offsets are whole quarters of an hour, so no zone needs rows.
    #[test]
    fn quarters_answer_in_every_zone(
        zone in zones(),
        bucket in select(vec![Bucket::QuarterHour, Bucket::Hour, Bucket::Day, Bucket::Week]),
    ) {
        let window = window("2026-10-01", "2026-11-01", Some(bucket), &zone);
        for part in parts(CALLS, true, &window, &TimeZone::UTC) {
            prop_assert!(fits(&part, &TimeZone::UTC), "{:?}", part);
        }
    }
}

#[test]
fn long_ranges_are_days_with_quarters_and_rows_around_them() {
    let of = |from, to, bucket| {
        let window = window(from, to, bucket, &TimeZone::UTC);
        let parts = parts(CALLS, true, &window, &TimeZone::UTC);
        parts.iter().map(|part| (part.cube, fits(part, &TimeZone::UTC))).collect::<Vec<_>>()
    };
    let (days, quarters, rows) = ((DAYS, true), (QUARTERS, true), (QUARTERS, false));
    let odd = of("2026-09-01T08:07", "2026-11-30T08:07", None);
    assert_eq!(odd, [rows, quarters, days, quarters, rows]);
    assert_eq!(of("2026-09-01", "2026-11-30", Some(Bucket::Day)), [days]);
    assert_eq!(of("2026-11-29", "2026-11-30", None), [days]);
    assert_eq!(of("2026-11-20T08:15", "2026-11-30", None), [quarters]);
    assert_eq!(of("2026-09-01", "2026-11-30", Some(Bucket::Hour)), [quarters]);
    assert_eq!(of("2026-11-29", "2026-11-30", Some(Bucket::Minute)), [rows]);
}

fn chosen(text: &str, families: &[Family], by: &[Dimension]) -> Result<(Family, bool), String> {
    let day = range(Some("2026-11-30"), Some("2026-12-01"), &TimeZone::UTC, Instant::ABSENT).unwrap();
    let ask = Ask { filter: Filter::read(text, Mask::NONE).unwrap(), ..Ask::of(day) };
    let window = Window::whole(day);
    let wanted = Wanted { families, window: &window, by, keys: &[], only: Vec::new(), measures: None };
    choose(&ask, &wanted).map_err(|error| error.to_string())
}

#[test]
fn the_first_family_that_can_tell_answers() {
    let of_calls = [CALLS, BY_COUNTRY];
    let cases: [(&str, &[Family], Result<(Family, bool), &str>); 11] = [
        ("direction eq 'inbound'", &of_calls, Ok((CALLS, true))),
        ("isMissed and class ne 'userBusy'", &of_calls, Ok((CALLS, true))),
        ("duration gt 60", &of_calls, Ok((CALLS, false))),
        ("country eq 'DE'", &of_calls, Ok((BY_COUNTRY, true))),
        ("country eq 'DE' and isLeg and class eq 'userBusy'", &of_calls, Ok((BY_COUNTRY, true))),
        ("country eq 'DE' and isMissed", &of_calls, Ok((BY_COUNTRY, false))),
        ("callType eq 'ByotIn'", &[BINS], Ok((BINS, true))),
        ("class eq 'answered'", &[BINS], Ok((BINS, false))),
        ("direction eq 'inbound'", &[BY_USER], Ok((BY_USER, true))),
        ("callType eq 'ByotIn'", &[BY_NUMBER], Ok((BY_NUMBER, false))),
        ("country eq 'DE'", &[CALLS], Ok((CALLS, false))),
    ];
    for (text, families, expected) in cases {
        assert_eq!(chosen(text, families, &[]), expected.map_err(str::to_owned), "{text}");
    }
    let by_type = chosen("country eq 'DE'", &[BY_COUNTRY], &[Dimension::CallType]);
    assert_eq!(by_type.unwrap_err(), "by: these numbers cannot be told apart by callType");
}

/// What a name must be becomes what a key must be, null among it.
#[test]
fn conditions_become_choices_of_keys() {
    let day = range(Some("2026-11-30"), Some("2026-12-01"), &TimeZone::UTC, Instant::ABSENT).unwrap();
    let text = "direction in ('outbound','unknown') and country eq null and isLeg eq false and \
                class in ('userBusy')";
    let ask = Ask { filter: Filter::read(text, Mask::NONE).unwrap(), ..Ask::of(day) };
    let window = Window::whole(day);
    let families = &[BY_COUNTRY];
    let mut plan = Plan::new(&ask);
    let wanted =
        Wanted { families, window: &window, by: &[], keys: &["country"], only: Vec::new(), measures: None };
    plan.add(&wanted).unwrap();
    let [query] = plan.queries.as_slice() else { panic!("{:?}", plan.queries) };
    let text = |text: &str| ReportValue::Text(text.to_owned());
    let chosen: Vec<(usize, &[ReportValue])> =
        query.only.iter().map(|only| (only.key, only.values.as_slice())).collect();
    let expected: [(usize, &[ReportValue]); 4] = [
        (DIRECTION, &[ReportValue::Int(2), ReportValue::Null]),
        (COUNTRY, &[ReportValue::Null]),
        (LEG, &[ReportValue::Int(0)]),
        (CLASS, &[text("userBusy")]),
    ];
    assert_eq!(chosen, expected);
    assert_eq!((query.filter.as_ref(), query.by.as_slice()), (None, &[COUNTRY][..]));
}
