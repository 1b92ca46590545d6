//! How long a range a page shows.

use trunklog_odata::{Error, Instant};
use trunklog_records::TimeRange;

/// A page has all months of its range and looks through all of its days, whether or not
/// there were calls.
const MOST_YEARS: i64 = 20;

/// Checks that a range is not longer than that.
///
/// # Errors
/// 400.
pub(super) fn check(range: TimeRange) -> Result<(), Error> {
    let ticks = range.end().ticks().saturating_sub(range.from().ticks());
    if ticks <= MOST_YEARS * 366 * Instant::TICKS_PER_DAY {
        return Ok(());
    }
    let hint = format!(
        "choose one of up to {MOST_YEARS} years; trunklog report and the API of reports take longer ones"
    );
    Err(Error::bad_request("The range of time is too long for a page.").hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_some_years() {
        let at = |text: &str| Instant::parse(text).unwrap();
        let range = |from, to| TimeRange::ALL.since(at(from)).until(at(to));
        assert_eq!(check(range("2006-11-30T00:00:00Z", "2026-11-30T00:00:00Z")), Ok(()));
        let error = check(range("1926-11-30T00:00:00Z", "2026-11-30T00:00:00Z")).unwrap_err();
        assert!(error.hint_text().unwrap().contains("20 years"), "{error:?}");
        assert!(check(TimeRange::ALL).is_err());
    }
}
