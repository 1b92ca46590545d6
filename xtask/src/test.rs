//! `cargo xtask test`: every check of the project, and how many passed.
//!
//! Each step runs whatever became of the others, except that nothing can be
//! built without DuckDB's library. The last line printed is
//! `N passed, N failed, N skipped`, over all tests and checks of all steps.

mod audit;
mod clients;
mod fuzz;
mod libtest;
mod nextest;
mod report;
mod steps;
mod tally;
mod unit;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::args::Args;
use crate::layout::Layout;
use crate::process;
use crate::setup;
use report::Report;
use steps::{Check, Needs, STEPS, Step, Work};
use tally::Tally;

/// `cargo xtask test`.
pub(crate) fn run(layout: &Layout, mut args: Args) -> Result<ExitCode> {
    let names: Vec<&'static str> = STEPS.iter().map(|step| step.name).collect();
    let only = args.names("--only", &names)?;
    let list = args.switch("--list");
    args.finish()?;
    if list {
        for step in &STEPS {
            println!("{:<10} {}", step.name, step.about);
        }
        return Ok(ExitCode::SUCCESS);
    }

    let selected: Vec<&Step> = STEPS.iter().filter(|step| only.contains(&step.name)).collect();
    let mut report = Report::default();
    let mut library_is_there = true;
    if selected.iter().any(|step| step.needs == Needs::Library) {
        let tally = timed(&mut report, "setup", "what the build needs", || Ok(set_up(layout)));
        library_is_there = tally.failed.is_empty();
    }
    for step in selected {
        timed(&mut report, step.name, step.about, || match step.needs {
            Needs::Library if !library_is_there => {
                Ok(Tally::skipped(step.name, "it cannot be built; see setup"))
            }
            _ => match step.work {
                Work::Checks(checks) => Ok(run_checks(layout, checks)),
                Work::Program(program) => program(layout),
            },
        });
    }
    Ok(report.close())
}

/// Runs one step between its heading and its result. An error is a failure of
/// the step under its own name.
fn timed<'r>(
    report: &'r mut Report,
    name: &'static str,
    about: &str,
    work: impl FnOnce() -> Result<Tally>,
) -> &'r Tally {
    println!("\n==== {name}: {about}");
    let start = Instant::now();
    let tally = work().unwrap_or_else(|error| Tally::failed(name, &format!("{error:#}")));
    report.add(name, start.elapsed(), tally)
}

fn set_up(layout: &Layout) -> Tally {
    match setup::ensure(layout).and_then(|()| setup::ensure_make()) {
        Ok(()) => Tally::passed(1),
        Err(error) => Tally::failed("setup", &format!("{error:#}")),
    }
}

/// Runs commands that each pass or fail as a whole.
fn run_checks(layout: &Layout, checks: &[Check]) -> Tally {
    let mut tally = Tally::default();
    for check in checks {
        println!("---- {}", check.command);
        let mut command = process::command(check.command, layout.root());
        command.envs(check.env.iter().copied());
        match process::show(&mut command) {
            Ok(finished) if finished.success => tally.passed += 1,
            Ok(finished) => tally.fail(check.name, &finished.how),
            Err(error) => tally.fail(check.name, &format!("{error:#}")),
        }
    }
    tally
}
