//! What is asked.

use super::super::dice::Dice;
use super::super::scale::span::{self, DAY_SECS, DAYS, SECS};

/// A question that readers of reports have.
#[derive(Debug)]
pub(super) struct Question {
    /// What it is called in the report.
    pub(super) what: &'static str,
    /// What the others call it.
    pub(super) key: &'static str,
    /// The address below `/reports/v1/`, to which a range is added.
    target: &'static str,
    /// What is wanted, in milliseconds.
    pub(super) most_ms: f64,
    /// Whether it is one of the seven panels of a first screen.
    is_first: bool,
}

impl Question {
    const fn of_cubes(what: &'static str, key: &'static str, target: &'static str) -> Question {
        Question { what, key, target, most_ms: 150.0, is_first: true }
    }
}

/// All of them.
pub(super) const QUESTIONS: [Question; 10] = [
    Question::of_cubes("key figures", "kpis", "kpis?"),
    Question::of_cubes("key figures by trunk", "trunks", "kpis?by=trunk&"),
    Question::of_cubes("calls by day", "series", "series?bucket=day&"),
    Question::of_cubes("how calls end", "endReasons", "endReasons?"),
    Question::of_cubes("weekdays and hours", "heatMap", "heatMap?"),
    Question::of_cubes("destinations", "destinations", "destinations?"),
    Question::of_cubes("busy channels by hour", "concurrency", "concurrency?bucket=hour&"),
    Question { is_first: false, ..Question::of_cubes("failures", "failures", "failures?") },
    Question { most_ms: 400.0, is_first: false, ..Question::of_cubes("users", "users", "users?top=100&") },
    Question {
        most_ms: 400.0,
        is_first: false,
        ..Question::of_cubes("own numbers", "numbers", "numbers?top=100&")
    },
];

/// Ranges that nobody has asked for before.
#[derive(Debug)]
pub(in crate::bench) struct Ranges(Dice);

impl Ranges {
    /// Those of a round.
    pub(in crate::bench) fn new(seed: u64, round: u32) -> Ranges {
        Ranges(Dice::new(seed + u64::from(round) * 1_000))
    }

    /// Four weeks at least, of whole days.
    pub(in crate::bench) fn long(&mut self) -> [String; 2] {
        let days = 28 + self.0.below(DAYS - 28 + 1);
        let from = self.0.below(DAYS - days + 1);
        [from, from + days].map(|day| span::instant(day * DAY_SECS))
    }

    /// An hour to two days from any minute on.
    pub(super) fn short(&mut self) -> [String; 2] {
        let minutes = 60 + self.0.below(2 * 24 * 60 - 60 + 1);
        let from = self.0.below(SECS / 60 - minutes + 1);
        [from, from + minutes].map(|minute| span::instant(minute * 60))
    }
}

impl Question {
    /// The address for a range.
    pub(super) fn target(&self, [from, to]: &[String; 2]) -> String {
        format!("/reports/v1/{}from={from}&to={to}", self.target)
    }
}

/// The addresses of a first screen for a range.
pub(super) fn first_screen(range: &[String; 2]) -> Vec<String> {
    QUESTIONS.iter().filter(|question| question.is_first).map(|question| question.target(range)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_screen_has_seven_panels_of_one_range() {
        let range = Ranges::new(1, 0).long();
        let targets = first_screen(&range);
        assert_eq!(targets.len(), 7);
        let end = format!("from={}&to={}", range[0], range[1]);
        assert!(targets.iter().all(|target| target.ends_with(&end)), "{targets:?}");
        assert_eq!(targets[1], format!("/reports/v1/kpis?by=trunk&{end}"));
    }

    #[test]
    fn ranges_are_within_the_log() {
        let mut ranges = Ranges::new(7, 3);
        for _ in 0..500 {
            for [from, to] in [ranges.long(), ranges.short()] {
                assert!(from < to && from >= span::instant(0) && to <= span::instant(SECS), "{from} {to}");
            }
        }
    }
}
