//! The tests written in Rust.

use std::process::Command;

use anyhow::Result;

use super::clients::CLIENTS;
use super::tally::Tally;
use super::{libtest, nextest};
use crate::layout::Layout;
use crate::{process, tools};

/// The step `unit`: by nextest, which runs each test in its own process and
/// all crates' tests side by side, or else by `cargo test`.
pub(crate) fn run(layout: &Layout) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut env = Vec::new();
    let mut left_out = Vec::new();
    for clients in &CLIENTS {
        match (clients.prepare)(layout) {
            Ok(path) => env.push((clients.variable, path)),
            Err(_) => left_out.push(clients.language),
        }
    }
    for language in &left_out {
        tally.notes.push(format!("unit: tests of the {language} clients; see the step clients"));
    }

    let (mut command, parse): (Command, fn(&[String]) -> Tally) = match tools::cargo_nextest(layout) {
        Ok(program) => (by_nextest(layout, &program, &left_out), nextest::parse),
        Err(_) => (by_cargo(layout, &left_out), libtest::parse),
    };
    // A body that differs fails its test, and nothing is written beside the sources.
    let finished = process::show(command.envs(env).env("INSTA_UPDATE", "no"))?;
    tally.tests("unit", parse(&finished.lines), finished.success);
    Ok(tally)
}

fn by_nextest(layout: &Layout, program: &std::path::Path, left_out: &[&str]) -> Command {
    let mut command = process::program(program, layout.root());
    command.args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast", "--no-tests=pass"]);
    command.args(["--color=never", "--status-level=slow", "--final-status-level=fail"]);
    if !left_out.is_empty() {
        let named: Vec<String> = left_out.iter().map(|language| format!("test(/{language}/)")).collect();
        command.arg("-E").arg(format!("not (package(trunklog) and ({}))", named.join(" or ")));
    }
    command
}

fn by_cargo(layout: &Layout, left_out: &[&str]) -> Command {
    let mut command =
        process::command("cargo test --workspace --all-targets --locked --no-fail-fast --", layout.root());
    for language in left_out {
        command.args(["--skip", language]);
    }
    command
}

/// The step `doctests`, which nextest does not run.
pub(crate) fn run_doctests(layout: &Layout) -> Result<Tally> {
    let mut command = process::command("cargo test --workspace --doc --locked --no-fail-fast", layout.root());
    // Rustdoc builds its programs in a separate folder, too far from the
    // library for the path that is built into ours.
    let variable = if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
    let finished = process::show(command.env(variable, layout.duckdb()))?;
    let mut tally = Tally::default();
    tally.tests("doctests", libtest::parse(&finished.lines), finished.success);
    Ok(tally)
}
