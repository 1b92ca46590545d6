//! What is printed about steps, and the line that closes a run.

use std::fmt::Write;
use std::process::ExitCode;
use std::time::Duration;

use super::tally::Tally;

/// The results of the steps so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    steps: Vec<(&'static str, Duration, Tally)>,
}

impl Report {
    /// Prints and keeps the result of a step.
    pub(crate) fn add(&mut self, name: &'static str, took: Duration, tally: Tally) -> &Tally {
        for failure in &tally.failed {
            println!("FAILED {name}: {failure}");
        }
        println!("==== {name} took {:.1} s", took.as_secs_f64());
        self.steps.push((name, took, tally));
        &self.steps[self.steps.len() - 1].2
    }

    /// Prints the table, the failures and the closing line.
    pub(crate) fn close(self) -> ExitCode {
        println!("\n{:<10} {:>7} {:>7} {:>8} {:>9}", "step", "passed", "failed", "skipped", "seconds");
        let mut total = Tally::default();
        for (name, took, tally) in self.steps {
            println!(
                "{name:<10} {:>7} {:>7} {:>8} {:>9.1}",
                tally.passed,
                tally.failed.len(),
                tally.skipped,
                took.as_secs_f64()
            );
            total.add(tally);
        }
        println!();
        for note in &total.notes {
            println!("skipped: {note}");
        }
        for failure in &total.failed {
            println!("FAILED: {failure}");
        }
        println!("{}", closing_line(&total));
        if total.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn closing_line(total: &Tally) -> String {
    let mut line = format!("{} passed, {} failed", total.passed, total.failed.len());
    if total.skipped > 0 {
        let _ = write!(line, ", {} skipped", total.skipped);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_has_the_agreed_form() {
        let mut total = Tally::passed(12);
        assert_eq!(closing_line(&total), "12 passed, 0 failed");
        total.fail("a", "b");
        total.skipped = 3;
        assert_eq!(closing_line(&total), "12 passed, 1 failed, 3 skipped");
    }
}
