//! How long answers take.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use super::super::format::percentile;
use super::super::load::{self, IDENTITY};
use super::super::spread::Spread;
use super::super::{Bench, BenchServer};
use super::questions::{QUESTIONS, Ranges, first_screen};
use crate::http::Connection;
use crate::{json, stop};

/// Cubes of a store that had none are made within this.
const BUILD_LIMIT: Duration = Duration::from_mins(45);

/// Milliseconds in each round.
#[derive(Debug, Default)]
pub(super) struct Time {
    pub(super) p50: Spread,
    pub(super) p95: Spread,
}

/// What was measured.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Of each question.
    pub(super) questions: [Time; QUESTIONS.len()],
    /// Of the first screen.
    pub(super) screen: Time,
    /// Of all questions of the first screen, over short ranges.
    pub(super) short: Time,
}

impl Time {
    /// Adds a round.
    pub(super) fn push(&mut self, mut times: Vec<Duration>) {
        times.sort();
        let millis = |percent| percentile(&times, percent).as_secs_f64() * 1_000.0;
        self.p50.push(millis(50));
        self.p95.push(millis(95));
    }
}

/// Waits until cubes answer all that they can: sums of a log that an older program
/// wrote, and busy channels of a log that was loaded in bulk, are counted after the
/// start. A question that takes too long until then is refused.
pub(in crate::bench) fn wait_for_cubes(running: &BenchServer) -> Result<()> {
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    let range = Ranges::new(0, 0).long();
    let start = Instant::now();
    for target in QUESTIONS.iter().map(|question| question.target(&range)) {
        let mut body = Vec::new();
        loop {
            let asked = Connection::open(running.address)
                .and_then(|mut connection| load::get(&mut connection, &headers, &target, &mut body));
            let source = json::string(&body, "source").filter(|_| asked.is_ok());
            if source.is_some_and(|source| source != "rows") {
                break;
            }
            if start.elapsed() > BUILD_LIMIT {
                asked?;
                bail!("no cube answers {target} after {} min", BUILD_LIMIT.as_secs() / 60);
            }
            println!("what {target} needs is being counted");
            stop::sleep(Duration::from_secs(10))?;
        }
    }
    println!("cubes answer {:.0} s after the start", start.elapsed().as_secs_f64());
    Ok(())
}

/// Asks everything once more.
pub(super) fn round(bench: &Bench, running: &BenchServer, round: u32, times: &mut Times) -> Result<()> {
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    let count = (bench.plan.requests / 10).max(10);
    let mut ranges = Ranges::new(bench.plan.seed, round);
    let mut connection = Connection::open(running.address)?;
    let mut body = Vec::new();
    let mut ask = |target: &str| -> Result<Duration> {
        let start = Instant::now();
        load::get(&mut connection, &headers, target, &mut body)?;
        Ok(start.elapsed())
    };
    for (question, time) in QUESTIONS.iter().zip(&mut times.questions) {
        // Once before, so that the file is in memory.
        ask(&question.target(&ranges.long()))?;
        let taken = (0..count).map(|_| ask(&question.target(&ranges.long()))).collect::<Result<Vec<_>>>()?;
        time.push(taken);
    }
    let mut taken = Vec::new();
    for at in 0..count {
        let targets = first_screen(&ranges.short());
        taken.push(ask(&targets[at % targets.len()])?);
    }
    times.short.push(taken);

    let panels = first_screen(&ranges.long()).len();
    let connections = (0..panels).map(|_| Connection::open(running.address));
    let mut connections = connections.collect::<Result<Vec<_>>>()?;
    let mut screens = Vec::new();
    for _ in 0..count {
        screens.push(screen(&mut connections, &headers, &first_screen(&ranges.long()))?);
    }
    times.screen.push(screens);
    Ok(())
}

/// Asks for all at the same time, until the last has come.
fn screen(connections: &mut [Connection], headers: &[(&str, &str)], targets: &[String]) -> Result<Duration> {
    let start = Instant::now();
    thread::scope(|scope| {
        let threads: Vec<_> = connections
            .iter_mut()
            .zip(targets)
            .map(|(connection, target)| {
                scope.spawn(move || load::get(connection, headers, target, &mut Vec::new()))
            })
            .collect();
        for thread in threads {
            thread.join().map_err(|_| anyhow!("a request panicked"))??;
        }
        Ok(start.elapsed())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_has_its_percentiles() {
        let mut time = Time::default();
        time.push((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!((time.p50.whole(), time.p95.whole()), ("51 (51 to 51)".into(), "96 (96 to 96)".into()));
    }
}
