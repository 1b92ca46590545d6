//! Numbers as people read them.

use std::time::Duration;

/// Milliseconds.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

/// That many of something in a time, per second.
pub(crate) fn per_sec(count: u32, time: Duration) -> f64 {
    f64::from(count) / time.as_secs_f64().max(f64::EPSILON)
}

/// A whole number with its thousands apart: `1,234,567`.
pub(crate) fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in MiB, as a number to calculate with.
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    let kibibytes = u32::try_from(bytes / 1_024).unwrap_or(u32::MAX);
    f64::from(kibibytes) / 1_024.0
}

/// Bytes in MiB, as text.
pub(crate) fn size(bytes: u64) -> String {
    format!("{} MiB", grouped(mebibytes(bytes)))
}

/// The value below which that share of sorted times is.
pub(crate) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [(0.4, "0"), (999.0, "999"), (1_000.0, "1,000"), (1_234_567.0, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        assert_eq!(size(3 * 1_024 * 1_024 * 1_024), "3,072 MiB");
    }

    #[test]
    fn percentiles_are_taken_from_the_list() {
        let times: Vec<Duration> = (0..200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Duration::from_millis(100));
        assert_eq!(percentile(&times, 99), Duration::from_millis(198));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }
}
