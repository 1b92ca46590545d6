//! What stands below a chart, where time runs from left to right.

use trunklog_odata::Instant;
use trunklog_reports::calendar::Bucket;

use crate::formats::Formats;

/// So many names have room below a chart.
const MOST: usize = 7;

/// From one name to the next it may be so many minutes, as long as a day has several.
const STEPS: [i32; 12] = [1, 5, 10, 15, 30, 60, 120, 180, 240, 360, 480, 720];

const MINUTES_OF_DAY: i32 = 24 * 60;

/// The names of buckets, by when they start: at most seven, the others are empty. Of
/// those shorter than a day, the ones at a round time have a name; midnight is named
/// by its day, so that nobody takes a week for a day.
pub(super) fn labels(formats: &Formats, bucket: Bucket, starts: &[Instant]) -> Vec<String> {
    match bucket {
        Bucket::Minute | Bucket::FiveMinutes | Bucket::QuarterHour | Bucket::Hour => {
            by_clock(formats, starts)
        }
        Bucket::Day | Bucket::Week => spread(starts, |_| true, |at| formats.day(at)),
        Bucket::Month | Bucket::Auto => spread(starts, |_| true, |at| formats.date(at)),
    }
}

fn by_clock(formats: &Formats, starts: &[Instant]) -> Vec<String> {
    let fits = |step: i32| starts.iter().filter(|at| formats.minute_of_day(**at) % step == 0).count() <= MOST;
    let step = STEPS.into_iter().find(|step| fits(*step)).unwrap_or(MINUTES_OF_DAY);
    let is_round = |at: Instant| formats.minute_of_day(at) % step == 0;
    spread(
        starts,
        is_round,
        |at| if formats.minute_of_day(at) == 0 { formats.day(at) } else { formats.clock(at) },
    )
}

/// The names of those that may have one, as many as there is room for.
fn spread(
    starts: &[Instant],
    may_have: impl Fn(Instant) -> bool,
    name: impl Fn(Instant) -> String,
) -> Vec<String> {
    let every = starts.iter().filter(|at| may_have(**at)).count().div_ceil(MOST).max(1);
    let mut passed = 0_usize;
    let mut label = |at: Instant| {
        if !may_have(at) {
            return String::new();
        }
        let is_named = passed.is_multiple_of(every);
        passed += 1;
        if is_named { name(at) } else { String::new() }
    };
    starts.iter().map(|at| label(*at)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use trunklog_reports::Language;
    use trunklog_reports::calendar::zone;

    use super::*;
    use crate::pages::testing::at;

    /// So many buckets of so many minutes.
    fn starts(first: &str, minutes: i64, count: i64) -> Vec<Instant> {
        let step = minutes * (Instant::TICKS_PER_HOUR / 60);
        (0..count).map(|nth| at(first).saturating_add_ticks(nth * step)).collect()
    }

    fn named(formats: &Formats, bucket: Bucket, starts: &[Instant]) -> Vec<String> {
        labels(formats, bucket, starts).into_iter().filter(|label| !label.is_empty()).collect()
    }

    #[test]
    fn a_week_by_the_hour_is_named_by_its_days() {
        let formats = Formats::new(Language::English, TimeZone::UTC);
        // A range up to now starts within an hour.
        let mut week = vec![at("2026-11-23T13:30:00Z")];
        week.extend(starts("2026-11-23T14:00:00Z", 60, 168));
        let labels = labels(&formats, Bucket::Hour, &week);
        assert_eq!(labels.len(), week.len());
        assert_eq!(labels[11], "24 Nov", "midnight");
        assert_eq!(
            named(&formats, Bucket::Hour, &week),
            ["24 Nov", "25 Nov", "26 Nov", "27 Nov", "28 Nov", "29 Nov", "30 Nov"]
        );
        let month = starts("2026-11-01T00:00:00Z", 60, 28 * 24);
        assert_eq!(named(&formats, Bucket::Hour, &month)[..2], ["1 Nov", "5 Nov"]);
    }

    #[test]
    fn shorter_ranges_are_named_at_round_times() {
        let formats = Formats::new(Language::English, zone("Europe/Berlin").unwrap());
        let day = starts("2026-11-29T12:30:00Z", 5, 288);
        assert_eq!(
            named(&formats, Bucket::FiveMinutes, &day),
            ["16:00", "20:00", "30 Nov", "04:00", "08:00", "12:00"]
        );
        assert_eq!(
            named(&formats, Bucket::Minute, &starts("2026-11-30T08:58:00Z", 1, 10)),
            ["10:00", "10:05"]
        );
        assert_eq!(named(&formats, Bucket::Hour, &starts("2026-11-30T08:00:00Z", 60, 2)), ["09:00", "10:00"]);
        assert!(labels(&formats, Bucket::Hour, &[]).is_empty());
    }

    #[test]
    fn longer_buckets_have_as_many_names_as_there_is_room() {
        let formats = Formats::new(Language::English, TimeZone::UTC);
        let days = starts("2026-11-01T00:00:00Z", 24 * 60, 28);
        assert_eq!(
            named(&formats, Bucket::Day, &days),
            ["1 Nov", "5 Nov", "9 Nov", "13 Nov", "17 Nov", "21 Nov", "25 Nov"]
        );
        assert_eq!(named(&formats, Bucket::Month, &days[..1]), ["1 Nov 2026"]);
    }
}
