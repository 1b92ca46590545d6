//! Searches for part of a number, and what the server does when nobody waits for
//! them any more.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::super::dice::Dice;
use super::super::filters;
use super::super::load::{self, IDENTITY};
use super::super::scale::span::{self, SECS};
use super::super::spread::Spread;
use super::super::{Bench, BenchServer, peak};
use super::timing::Time;
use crate::http::Connection;
use crate::stop;

/// How many searches a round has.
const SEARCHES: usize = 10;

/// How long a client waits before it leaves.
const PATIENCE: Duration = Duration::from_millis(50);

/// How often it is looked whether the server rests.
const LOOK: Duration = Duration::from_millis(100);

/// A server that works on nothing takes at most this of a look.
const RESTING: Duration = Duration::from_millis(20);

/// A server that does not rest is given up after this.
const LONGEST: Duration = Duration::from_mins(1);

/// What searches came to.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) times: Time,
    /// Milliseconds until the server rests after its client has left.
    pub(super) rest: Spread,
}

/// Searches in all days.
pub(super) fn measure(bench: &Bench, running: &BenchServer) -> Result<Outcome> {
    let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
    let mut connection = Connection::open(running.address)?;
    let mut dice = Dice::new(bench.plan.seed);
    let mut outcome = Outcome::default();
    let mut body = Vec::new();
    for round in 0..bench.plan.rounds {
        println!("round {} of {}: searches", round + 1, bench.plan.rounds);
        let mut times = Vec::new();
        for _ in 0..SEARCHES {
            let target = target(&mut dice);
            let start = Instant::now();
            load::get(&mut connection, &headers, &target, &mut body)?;
            times.push(start.elapsed());
        }
        outcome.times.push(times);
        outcome.rest.push(rest(running, &target(&mut dice))?.as_secs_f64() * 1_000.0);
    }
    Ok(outcome)
}

/// A search for six digits, which few numbers have, so that all rows are looked at.
fn target(dice: &mut Dice) -> String {
    let part = format!("{:06}", dice.below(1_000_000));
    let filter = format!("contains(calleeNumber,'{part}') or contains(callerNumber,'{part}')");
    let [from, to] = [0, SECS].map(span::instant);
    format!("/reports/v1/usage?from={from}&to={to}&$filter={}", filters::encoded(&filter))
}

/// Asks, leaves, and waits until the server does nothing any more.
fn rest(running: &BenchServer, target: &str) -> Result<Duration> {
    let mut stream = TcpStream::connect(running.address)?;
    write!(
        stream,
        "GET {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\n\r\n",
        running.address, running.authorization
    )?;
    thread::sleep(PATIENCE);
    drop(stream);
    let start = Instant::now();
    let process = running.server.id();
    let worked = || peak::worked(process).context("the system tells how long a process has worked");
    let mut before = worked()?;
    loop {
        let looked = start.elapsed();
        stop::sleep(LOOK)?;
        let now = worked()?;
        if now.saturating_sub(before) <= RESTING || looked > LONGEST {
            return Ok(looked);
        }
        before = now;
    }
}
