//! Lengths of time as people say them.

use std::time::Duration;

/// `12 s`, `3 min 5 s`.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_secs() {
        secs @ 0..60 => format!("{secs} s"),
        secs => format!("{} min {} s", secs / 60, secs % 60),
    }
}

/// How long the rest takes when all goes on as it went; `done` is not zero.
pub(crate) fn left(done: u32, all: u32, elapsed: Duration) -> String {
    let left = elapsed * all.saturating_sub(done) / done.max(1);
    format!("about {} left", duration(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spoken() {
        assert_eq!(duration(Duration::from_millis(59_900)), "59 s");
        assert_eq!(duration(Duration::from_secs(605)), "10 min 5 s");
        // A hundred million rows at a hundred thousand a second.
        let left = left(2_000_000, 100_000_000, Duration::from_secs(20));
        assert_eq!(left, "about 16 min 20 s left");
    }
}
