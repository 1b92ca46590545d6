//! How long to wait before a request is sent again.

use std::time::Duration;

use trunklog_odata::Instant;

use crate::time::{http_date, until};

/// How often in a row one request may fail before the walk rests.
pub const MOST_ATTEMPTS: u32 = 9;

/// After so many failures in a row, a server that always asks for the same short
/// time is not believed any more.
const BELIEVED: u32 = 3;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// The longest time that a server may ask for. What is more is taken for a mistake,
/// such as a date of another year.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// Reads `Retry-After`: seconds, whole or not, or a date (RFC 9110, section
/// 10.2.3). None for what is neither; no time at all for a date that is past.
pub fn retry_after(text: &str, now: Instant) -> Option<Duration> {
    let text = text.trim();
    if let Ok(secs) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(secs).ok();
    }
    http_date(text).map(|date| until(now, date))
}

/// How long to wait after the `failures`th failure in a row, of which the last
/// asked for `asked`. `chance` is any number: it spreads the waits of those who
/// failed at the same moment. Never less than was asked for.
pub fn pause(failures: u32, asked: Option<Duration>, chance: u64) -> Duration {
    let backoff = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(LONGEST_PAUSE);
    let least = match asked.map(|asked| asked.min(LONGEST_ASKED)) {
        Some(asked) if failures <= BELIEVED => asked,
        Some(asked) => asked.max(backoff / 2),
        None => backoff / 2,
    };
    let spread = (backoff / 2).min(least.max(FIRST_PAUSE / 4));
    least + spread.mul_f64(fraction(chance))
}

/// A number from 0 to below 1.
#[expect(clippy::cast_precision_loss, reason = "20 bits are exact")]
fn fraction(chance: u64) -> f64 {
    (chance & 0xF_FFFF) as f64 / 1_048_576.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Instant {
        Instant::parse("2026-11-24T08:00:00Z").unwrap()
    }

    #[test]
    fn every_form_is_read() {
        for (text, expected) in [
            ("0.2", Some(Duration::from_millis(200))),
            ("1", Some(Duration::from_secs(1))),
            (" 30 ", Some(Duration::from_secs(30))),
            ("Tue, 24 Nov 2026 08:00:05 GMT", Some(Duration::from_secs(5))),
            ("Tue, 24 Nov 2026 07:00:00 GMT", Some(Duration::ZERO)),
            ("", None),
            ("soon", None),
            ("-1", None),
            ("NaN", None),
            ("inf", None),
            ("1e400", None),
        ] {
            assert_eq!(retry_after(text, now()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_server_that_always_says_one_second_gets_fewer_requests() {
        let asked = Some(Duration::from_secs(1));
        assert!(pause(1, asked, 0) <= Duration::from_secs(2));
        assert!(pause(6, asked, 0) >= Duration::from_secs(16));
        let all: Duration = (1..=MOST_ATTEMPTS).map(|failures| pause(failures, asked, 0)).sum();
        assert!(all > Duration::from_mins(3), "{all:?}");
    }

    #[test]
    fn a_date_of_another_year_does_not_stop_everything() {
        let asked = retry_after("Thu, 31 Dec 2099 00:00:00 GMT", now());
        assert!(asked > Some(LONGEST_ASKED));
        assert!(pause(1, asked, u64::MAX) <= LONGEST_ASKED + LONGEST_PAUSE);
    }

    proptest! {
        #[test]
        fn nothing_is_asked_sooner_than_it_may(failures in 1_u32..1_000, ms in 0_u64..3_600_000, chance: u64) {
            let asked = Duration::from_millis(ms);
            let pause = pause(failures, Some(asked), chance);
            prop_assert!(pause >= asked && pause <= asked + LONGEST_PAUSE);
        }

        #[test]
        fn no_header_stops_the_reader(text in ".*") {
            let _ = retry_after(&text, now());
        }
    }
}
