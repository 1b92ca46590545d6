//! `cargo xtask bench scale`: what a page, a start and memory cost on a small
//! and a large log of the same span of time, side by side.
//!
//! The two logs are kept between runs, for making the large one takes long.

mod late;
pub(super) mod log;
mod pages;
pub(super) mod span;
mod starts;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::format::grouped;
use super::machine;
use super::report::Report;
use crate::args::Args;
use crate::build::Profile;
use crate::layout::Layout;
use crate::{stop, trunklog};
use log::{Log, Size};

/// The parts that `--only` names.
const PARTS: [&str; 2] = ["pages", "late"];

/// What a page of the large log may take, against the small one.
const MOST_TIMES: f64 = 1.1;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Plan {
    rounds: u32,
    seed: u64,
    /// How long a server is left alone before its memory is looked at again.
    idle: Duration,
    /// How many late rows are imported.
    late_rows: u32,
    /// The import of these is stopped after this.
    late_limit: Duration,
}

/// `cargo xtask bench scale`.
pub(crate) fn run(layout: &Layout, mut args: Args) -> Result<ExitCode> {
    let quick = args.switch("--quick");
    let mut plan = Plan {
        rounds: 5,
        seed: 1,
        idle: Duration::from_secs(30),
        late_rows: 1_000_000,
        late_limit: Duration::from_mins(30),
    };
    let mut rows = [1_000_000, 100_000_000];
    if quick {
        plan = Plan { rounds: 2, idle: Duration::from_secs(3), late_rows: 50_000, ..plan };
        rows = [200_000, 2_000_000];
    }
    plan.rounds = args.value("--rounds")?.unwrap_or(plan.rounds).max(1);
    plan.seed = args.value("--seed")?.unwrap_or(plan.seed);
    if let Some(text) = args.value::<String>("--rows")? {
        rows = sizes(&text)?;
    }
    let only = args.names("--only", &PARTS)?;
    let folder = args.value("--folder")?.unwrap_or_else(|| layout.target().join("bench"));
    let binary = trunklog::binary(layout, &mut args, Profile::Release)?;
    args.finish()?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let folder: PathBuf = folder.canonicalize()?;
    stop::listen()?;

    let [small, large] = rows.map(|rows| Size { rows, seed: plan.seed });
    // The large one last: it is then as much in memory as may be.
    let logs = [Log::ensure(&binary, &folder, small)?, Log::ensure(&binary, &folder, large)?];
    let [small, large] = rows.map(|rows| grouped(f64::from(rows)));
    let mut report = Report::new(machine::describe(
        layout,
        &format!("bench scale --rows {},{}", rows[0], rows[1]),
        &format!(
            "Logs of {small} and of {large} direct-routing calls of one tenant, each over the same {} days, made by \
             `trunklog demo` with seeds from {}. Each value is the median of {} rounds, and in brackets the smallest \
             and the largest; the two logs take turns within a round. The files of the stores were read once before, \
             so that they are in memory where there is room.",
            span::DAYS,
            plan.seed,
            plan.rounds
        ),
    ));
    if only.contains(&"pages") {
        println!("\n==== pages");
        starts::measure(plan, &logs, &mut report)?;
    }
    if only.contains(&"late") {
        println!("\n==== late");
        late::measure(plan, &logs, &folder, &mut report)?;
    }
    let text = report.markdown();
    println!("\n{text}");
    let file = folder.join("scale.md");
    fs::write(&file, text)?;
    println!("written to {}", file.display());
    Ok(ExitCode::SUCCESS)
}

/// Two numbers of rows, the smaller first.
fn sizes(text: &str) -> Result<[u32; 2]> {
    let numbers = text.split(',').map(|number| number.trim().parse());
    let numbers = numbers.collect::<Result<Vec<u32>, _>>().with_context(|| format!("--rows {text}"))?;
    match numbers[..] {
        [small, large] if 0 < small && small < large => Ok([small, large]),
        _ => bail!("--rows {text}: two numbers are needed, the smaller first, as in 1000000,100000000"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_two_and_in_order() -> Result<()> {
        assert_eq!(sizes("10, 2000")?, [10, 2_000]);
        for text in ["", "5", "5,5", "7,5", "0,5", "1,2,3", "1,many"] {
            assert!(sizes(text).is_err(), "{text}");
        }
        Ok(())
    }
}
