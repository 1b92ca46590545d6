use std::cell::Cell;
use std::sync::Arc;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::masking::Mask;
use trunklog_store::cube::{SumAnswers, SumQuery};
use trunklog_store::{Result, Store, Watermark, too_many_groups};

use crate::calendar::{Bucket, range};
use crate::cubes::{SPREAD, SPREAD_DAYS};
use crate::facts::sample::Call;
use crate::questions::busy::of_one_commit;
use crate::questions::testing::{at, stored};
use crate::questions::{CONCURRENCY, END_REASONS, HEAT_MAP, KPIS, SERIES, USERS};
use crate::{Ask, Dimension, Extra, Filter, Report, ReportError, Value};

fn days(from: &str, to: &str) -> Ask {
    Ask::of(range(Some(from), Some(to), &TimeZone::UTC, Instant::ABSENT).unwrap())
}

/// What an error says of a parameter.
fn refused(error: ReportError) -> (&'static str, String, String) {
    match error {
        ReportError::Asked { parameter, problem, hint } => (parameter, problem, hint),
        other => panic!("{other}"),
    }
}

#[test]
fn too_many_rows_and_hours_are_said_to_be_so() {
    let call =
        |trunk| Call { start: at("2026-11-30T08:00:00Z").ticks(), trunk: Some(trunk), ..Call::default() };
    let store = stored(&["a", "b", "c"].map(call));
    let by = vec![Dimension::Trunk];
    let minutes = Ask { by, bucket: Some(Bucket::Minute), ..days("2026-11-25", "2026-12-01") };
    let (parameter, problem, hint) = refused(SERIES.answer(&*store, &minutes).unwrap_err());
    assert_eq!((parameter, problem.as_str()), ("range", "the answer has more than 25000 rows"));
    assert!(hint.contains("longer buckets"), "{hint}");

    let years = days("2024-01-01", "2026-12-01");
    for report in [&HEAT_MAP, &CONCURRENCY] {
        let bucket = (report.key == "concurrency").then_some(Bucket::Month);
        let question = Ask { bucket, ..years.clone() };
        let (parameter, problem, _) = refused(report.answer(&*store, &question).unwrap_err());
        assert_eq!(parameter, "range");
        assert!(problem.contains("10000 hours"), "{problem}");
    }
    // Without hours it is not too long.
    assert!(KPIS.answer(&*store, &years).is_ok());
}

#[test]
fn busy_channels_are_not_told_by_call_type() {
    let question = Ask {
        by: vec![Dimension::CallType],
        extras: vec![Extra::Channels],
        ..days("2026-11-30", "2026-12-01")
    };
    assert_eq!(refused(KPIS.answer(&*stored(&[]), &question).unwrap_err()).0, "channels");
}

/// Where no sums are kept by country, rows tell it, and a masked reader is told the
/// country of what is left of a number.
#[test]
fn countries_that_no_sums_know_are_told_by_rows() {
    let start = at("2026-11-30T08:20:00Z").ticks();
    let call = Call {
        start,
        end: Some(start + Instant::TICKS_PER_SEC),
        caller: Some("+441481960"),
        call_type: Some("ByotIn"),
        user_id: Some("u1"),
        ..Call::default()
    };
    let store = stored(&[call]);
    let told = |report: &Report, text, mask| {
        let filter = Filter::read(text, mask).unwrap();
        let bucket = (report.key == "concurrency").then_some(Bucket::Day);
        let ask = Ask { bucket, filter, mask, ..days("2026-11-30T08:15", "2026-12-01") };
        let answer = report.answer(&*store, &ask).unwrap();
        assert_eq!(answer.source.key(), "rows", "{}", report.key);
        let key = if report.key == "concurrency" { "occupiedChannels" } else { "attempts" };
        let counted = (0..answer.table.rows.len()).map(|row| match answer.table.value(row, key) {
            Some(Value::Int(counted)) => *counted,
            other => panic!("{other:?}"),
        });
        counted.sum::<i64>()
    };
    for report in [&KPIS, &END_REASONS, &CONCURRENCY, &USERS] {
        for (text, whole, hidden) in
            [("country eq 'GG'", 1, 0), ("country eq 'GB'", 0, 1), ("country in ('GG','GB')", 1, 1)]
        {
            assert_eq!(told(report, text, Mask::NONE), whole, "{} {text}", report.key);
            assert_eq!(told(report, text, Mask::hiding(7)), hidden, "{} {text}", report.key);
        }
    }
}

/// Cubes know the country of whole numbers, so a masked reader must not ask for the
/// country of a single call.
#[test]
fn masked_readers_filter_by_country_in_whole_hours_alone() {
    // What is hidden tells Guernsey from the rest of the country code.
    let call = Call {
        start: at("2026-11-30T08:20:00Z").ticks(),
        caller: Some("+441481960"),
        call_type: Some("ByotIn"),
        ..Call::default()
    };
    let store = stored(&[call]);
    let asked = |text, mask, from, to| {
        let filter = Filter::read(text, mask).unwrap();
        Ask { filter, mask, bucket: Some(Bucket::Day), ..days(from, to) }
    };
    let guernsey = "country eq 'GG'";
    for report in [&SERIES, &HEAT_MAP] {
        for (text, from, to, is_told) in [
            (guernsey, "2026-11-30", "2026-12-01", true),
            (guernsey, "2026-11-30T08:00", "2026-11-30T09:00", true),
            (guernsey, "2026-11-30T08:20", "2026-11-30T08:20:01", false),
            (guernsey, "2026-11-30T08:15", "2026-12-01", false),
            ("country eq 'GG' and duration lt 60", "2026-11-30", "2026-12-01", false),
            ("country eq 'GG' and isMissed", "2026-11-30", "2026-12-01", false),
            ("duration lt 60", "2026-11-30T08:15", "2026-12-01", true),
        ] {
            let ask = asked(text, Mask::hiding(7), from, to);
            let ask = if report.key == "series" { ask } else { Ask { bucket: None, ..ask } };
            let answer = report.answer(&*store, &ask);
            assert_eq!(answer.is_ok(), is_told, "{} {text} {from}", report.key);
            if let Err(error) = answer {
                let (parameter, problem, _) = refused(error);
                assert_eq!(parameter, "$filter");
                assert!(problem.contains("whole hours"), "{problem}");
            }
            let open = Filter::read(text, Mask::NONE).unwrap();
            assert!(report.answer(&*store, &Ask { filter: open, mask: Mask::NONE, ..ask }).is_ok());
        }
    }
    // Hours and days of some zones are no whole hours of UTC.
    let ask = asked(guernsey, Mask::hiding(7), "2026-11-30", "2026-12-01");
    let kolkata = TimeZone::get("Asia/Kolkata").unwrap();
    let half = range(Some("2026-11-30T08:00"), Some("2026-11-30T09:00"), &kolkata, Instant::ABSENT).unwrap();
    for ask in [Ask { range: half, ..ask.clone() }, Ask { zone: kolkata, ..ask }] {
        assert_eq!(refused(SERIES.answer(&*store, &ask).unwrap_err()).0, "$filter");
    }
}

/// A store that never has room for so many bins.
struct Narrow {
    inner: Arc<dyn Store>,
    /// Whether there is not even room for anything else.
    is_full: bool,
}

impl Store for Narrow {
    trunklog_store_kit::only_pages!();
    trunklog_store_kit::forward!(inner: append page count forget forgettable);

    fn sums(&self, queries: &[SumQuery]) -> Result<SumAnswers> {
        if self.is_full || queries.iter().any(|query| [SPREAD, SPREAD_DAYS].contains(&query.cube)) {
            return Err(too_many_groups());
        }
        self.inner.sums(queries)
    }
}

#[test]
fn quantiles_are_left_out_where_they_are_too_many_and_it_is_said() {
    let start = at("2026-11-30T08:00:00Z").ticks();
    let call = Call {
        start,
        end: Some(start + 10 * Instant::TICKS_PER_SEC),
        successful: Some(true),
        ..Call::default()
    };
    let mut narrow = Narrow { inner: stored(&[call]), is_full: false };
    let question = days("2026-11-30", "2026-12-01");
    let answer = KPIS.answer(&narrow, &question).unwrap();
    assert_eq!(answer.notes, ["note-quantiles"]);
    let value = |key| answer.table.value(0, key).unwrap().clone();
    assert_eq!((value("attempts"), value("talkTimeP50")), (Value::Int(1), Value::Null));
    assert_eq!(value("talkTimeMean"), Value::Ratio { value: Some(10.0), n: 1 });

    narrow.is_full = true;
    for report in [&KPIS, &SERIES, &HEAT_MAP] {
        let (parameter, problem, _) = refused(report.answer(&narrow, &question).unwrap_err());
        assert_eq!(parameter, "range");
        assert!(problem.contains("more than 100000 groups"), "{problem}");
    }
}

#[test]
fn an_answer_is_asked_for_again_until_it_is_of_one_commit() {
    let asked = Cell::new(0_u64);
    let settled = of_one_commit(|| {
        asked.set(asked.get() + 1);
        let late = if asked.get() < 3 { 8 } else { 7 };
        Ok(((), vec![Watermark(7), Watermark(late)]))
    });
    assert_eq!(settled.unwrap(), ((), Watermark(7), false));
    assert_eq!(asked.get(), 3);

    asked.set(0);
    let never = of_one_commit(|| {
        asked.set(asked.get() + 1);
        Ok((asked.get(), vec![Watermark(asked.get() + 1), Watermark(asked.get())]))
    });
    let (_, oldest, is_mixed) = never.unwrap();
    assert_eq!((oldest, is_mixed, asked.get()), (Watermark(4), true, 4));
}

#[test]
fn ranges_without_a_length_have_answers() {
    let nothing = Ask::of(TimeRange::ALL.until(Instant::ABSENT));
    let store = stored(&[]);
    for (report, rows) in [(&KPIS, 1), (&SERIES, 0), (&HEAT_MAP, 168), (&CONCURRENCY, 0)] {
        let answer = report.answer(&*store, &nothing).unwrap();
        assert_eq!(answer.table.rows.len(), rows, "{}", report.key);
    }
}
