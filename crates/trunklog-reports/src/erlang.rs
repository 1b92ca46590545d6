//! How many channels a traffic needs: Erlang's formula for calls that are lost
//! when all channels are busy (Erlang B).
//!
//! Source: ITU-T E.520; the formula as the recursion over channels
//! `B(0) = 1`, `B(k) = A B(k-1) / (k + A B(k-1))`, in which all terms are
//! between 0 and 1, so that thousands of erlangs lose no digits.
//!
//! ```
//! use trunklog_reports::erlang::{blocking, channels_needed};
//!
//! assert!((blocking(10.0, 15).unwrap() - 0.036_497).abs() < 1e-6);
//! assert_eq!((channels_needed(10.0, 0.01), channels_needed(10.0, 0.001)), (Some(18), Some(21)));
//! ```

/// The largest traffic that is reckoned with, in erlangs: ten times what the
/// service takes on one trunk. So an answer takes milliseconds.
pub const MAX_ERLANGS: f64 = 1_000_000.0;

/// The share of calls that find all `channels` busy when `erlangs` of traffic are
/// offered. None when the traffic is negative, above [`MAX_ERLANGS`] or no number.
///
/// ```
/// use trunklog_reports::erlang::blocking;
///
/// assert_eq!((blocking(1.0, 1), blocking(0.0, 1), blocking(5.0, 0)), (Some(0.5), Some(0.0), Some(1.0)));
/// assert_eq!((blocking(-1.0, 1), blocking(f64::NAN, 1)), (None, None));
/// ```
pub fn blocking(erlangs: f64, channels: u32) -> Option<f64> {
    if !is_traffic(erlangs) {
        return None;
    }
    let mut blocked = 1.0;
    for busy in 1..=channels {
        blocked = step(erlangs, busy, blocked);
        if blocked == 0.0 {
            break;
        }
    }
    Some(blocked)
}

/// The fewest channels with which at most a share of `blocked` calls finds all
/// of them busy; no traffic needs none. None when [`blocking`] has no answer, or
/// `blocked` is not above 0 and at most 1.
///
/// ```
/// use trunklog_reports::erlang::channels_needed;
///
/// assert_eq!((channels_needed(0.0, 0.01), channels_needed(0.001, 0.01)), (Some(0), Some(1)));
/// assert_eq!((channels_needed(1.0, 0.0), channels_needed(1.0, 1.1)), (None, None));
/// ```
pub fn channels_needed(erlangs: f64, blocked: f64) -> Option<u32> {
    if !(is_traffic(erlangs) && blocked > 0.0 && blocked <= 1.0) {
        return None;
    }
    if erlangs == 0.0 {
        return Some(0);
    }
    let (mut channels, mut now) = (0, 1.0);
    while now > blocked {
        channels += 1;
        now = step(erlangs, channels, now);
    }
    Some(channels)
}

fn is_traffic(erlangs: f64) -> bool {
    (0.0..=MAX_ERLANGS).contains(&erlangs)
}

/// From the blocking with one channel less to that with `channels`.
fn step(erlangs: f64, channels: u32, before: f64) -> f64 {
    let offered = erlangs * before;
    offered / (f64::from(channels) + offered)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn published_tables_agree() {
        for (erlangs, of_a_hundred, of_a_thousand) in [
            (1.0, 5, 6),
            (5.0, 11, 14),
            (10.0, 18, 21),
            (20.0, 30, 35),
            (50.0, 64, 71),
            (100.0, 117, 128),
            (1_000.0, 1_029, 1_072),
            (5_000.0, 5_010, 5_133),
        ] {
            let needed = (channels_needed(erlangs, 0.01), channels_needed(erlangs, 0.001));
            assert_eq!(needed, (Some(of_a_hundred), Some(of_a_thousand)), "{erlangs}");
        }
    }

    #[test]
    fn nonsense_has_no_answer() {
        for erlangs in [-0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, MAX_ERLANGS * 1.01] {
            assert_eq!((blocking(erlangs, 1), channels_needed(erlangs, 0.01)), (None, None), "{erlangs}");
        }
        for blocked in [0.0, -0.1, 1.01, f64::NAN, f64::INFINITY] {
            assert_eq!(channels_needed(1.0, blocked), None, "{blocked}");
        }
    }

    #[test]
    fn extremes_end() {
        let most = channels_needed(MAX_ERLANGS, f64::MIN_POSITIVE).unwrap();
        assert!((1_000_000..1_100_000).contains(&most), "{most}");
        assert_eq!(blocking(1.0, u32::MAX), Some(0.0));
        assert_eq!((channels_needed(0.0, f64::MIN_POSITIVE), channels_needed(1e6, 1.0)), (Some(0), Some(0)));
    }

    proptest! {
        #[test]
        fn the_channels_needed_are_the_fewest(erlangs in 0.01..3_000.0_f64, blocked in 0.000_1..0.5_f64) {
            let channels = channels_needed(erlangs, blocked).unwrap();
            prop_assert!(blocking(erlangs, channels).unwrap() <= blocked);
            prop_assert!(channels > 0 && blocking(erlangs, channels - 1).unwrap() > blocked);
        }
    }
}
