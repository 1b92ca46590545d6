//! Datasette's facets over such rows in SQLite.

use std::time::Instant;

use anyhow::{Result, bail};

use super::super::load::{self, IDENTITY};
use super::super::spread::Spread;
use super::super::{Bench, datasette};
use super::loading;
use crate::http::Connection;

/// The most rows that are put into SQLite.
const MOST_ROWS: u32 = 1_000_000;

/// Without these, what takes long is left out of an answer.
const SETTINGS: [[&str; 2]; 2] = [["sql_time_limit_ms", "120000"], ["facet_time_limit_ms", "120000"]];

/// Questions that are facets, by their names here: what is asked, and how many
/// facets an answer has.
const FACETS: [(&str, &str, usize); 4] = [
    ("trunks", "_facet=trunkFullyQualifiedDomainName", 1),
    ("series", "_facet_date=startDateTime", 1),
    ("endReasons", "_facet=finalSipCode&_facet=callEndSubReason", 2),
    ("users", "_facet=userId", 1),
];

/// What facets took, in milliseconds.
#[derive(Debug)]
pub(super) struct Answers([(&'static str, Spread); FACETS.len()]);

impl Answers {
    /// Of the question of that name.
    pub(super) fn of(&self, key: &str) -> Option<&Spread> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, times)| times)
    }
}

/// How many rows Datasette has.
pub(super) fn rows(bench: &Bench) -> u32 {
    bench.plan.report_rows.min(MOST_ROWS)
}

/// Asks Datasette.
pub(super) fn measure(bench: &Bench) -> Result<Answers> {
    let samples = loading::samples(bench, rows(bench))?;
    let name = format!("sqlite-reports-{}-{}", rows(bench), bench.plan.seed);
    let running = datasette::start_on(bench, &samples, &name, &SETTINGS)?;
    let mut connection = Connection::open(running.address)?;
    let mut answers = Answers(FACETS.map(|(key, ..)| (key, Spread::default())));
    let mut body = Vec::new();
    for round in 0..bench.plan.rounds {
        println!("round {} of {}: facets", round + 1, bench.plan.rounds);
        for ((_, facet, count), (_, times)) in FACETS.iter().zip(&mut answers.0) {
            let target = format!("/calls/calls.json?_size=1&_nocount=1&_nosuggest=1&{facet}");
            let start = Instant::now();
            load::get(&mut connection, &[IDENTITY], &target, &mut body)?;
            times.push(start.elapsed().as_secs_f64() * 1_000.0);
            // One that takes too long is left out without a word.
            if String::from_utf8_lossy(&body).matches("\"hideable\": ").count() < *count {
                bail!("GET {target}: a facet is missing");
            }
        }
    }
    running.server.stop()?;
    Ok(answers)
}
