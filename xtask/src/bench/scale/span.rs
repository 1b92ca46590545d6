//! The span of time that the logs cover, and moments within it.

/// How many days it has: the first quarter of 2025.
pub(in crate::bench) const DAYS: u32 = 90;

/// The seconds of a day.
pub(in crate::bench) const DAY_SECS: u32 = 86_400;

/// The seconds of all days.
pub(in crate::bench) const SECS: u32 = DAYS * DAY_SECS;

/// The moment so many seconds after its start, up to its end.
pub(in crate::bench) fn instant(secs: u32) -> String {
    let (mut day, second) = (secs / DAY_SECS, secs % DAY_SECS);
    let mut month = 1;
    for days in [31, 28, 31] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("2025-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", day + 1)
}

/// The start of one of so many equal parts, or with `at` as their number the
/// end of the last.
pub(in crate::bench) fn part(at: u32, parts: u32) -> u32 {
    let secs = u64::from(SECS) * u64::from(at) / u64::from(parts.max(1));
    u32::try_from(secs).unwrap_or(SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_by_the_calendar() {
        for (secs, text) in [
            (0, "2025-01-01T00:00:00Z"),
            (31 * DAY_SECS - 1, "2025-01-31T23:59:59Z"),
            (31 * DAY_SECS, "2025-02-01T00:00:00Z"),
            (59 * DAY_SECS + 3_661, "2025-03-01T01:01:01Z"),
            (SECS, "2025-04-01T00:00:00Z"),
        ] {
            assert_eq!(instant(secs), text);
        }
    }

    #[test]
    fn parts_cover_the_span() {
        assert_eq!((part(0, 50), part(50, 50)), (0, SECS));
        assert_eq!(part(1, 2), SECS / 2);
    }
}
