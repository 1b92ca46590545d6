//! The fuzz targets, built with the stable compiler and run for a short time.
//!
//! `cargo fuzz` wants a nightly compiler for its sanitizers. The parsers here
//! are safe Rust, where coverage, checked arithmetic and limits on time and
//! memory find what there is to find, and those need no nightly.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, anyhow};

use super::tally::Tally;
use crate::layout::Layout;
use crate::process::Outcome;
use crate::unready::Unready;
use crate::{apt, process};

/// What `cargo fuzz` passes to the compiler, without the sanitizer.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    --cfg fuzzing -Cdebug-assertions -Coverflow-checks";

const LIMITS: [&str; 5] =
    ["-max_total_time=20", "-rss_limit_mb=1024", "-timeout=10", "-print_final_stats=1", "-verbosity=0"];

/// What libFuzzer warns of when no input leads anywhere new.
const BLIND: &str = "Is the code instrumented for coverage?";

/// The step `fuzz`: each target is one test.
pub(crate) fn run(layout: &Layout) -> Result<Tally> {
    let mut tally = Tally::default();
    if let Err(unready) = compiler() {
        tally.unready("fuzz", &unready);
        return Ok(tally);
    }
    let targets = targets(&layout.root().join("fuzz/fuzz_targets"))?;
    let programs = build(layout)?;
    let at_once = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    for some in targets.chunks(at_once) {
        println!("---- {}", some.join(", "));
        // Each keeps one processor busy, and waits for its time to pass.
        let run = |target: &String| process::show(&mut command(layout, &programs, target)?);
        let ended: Vec<_> = thread::scope(|scope| {
            let started: Vec<_> = some.iter().map(|target| scope.spawn(move || run(target))).collect();
            started.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        for (target, finished) in some.iter().zip(ended) {
            let finished = finished.map_err(|_| anyhow!("running the fuzz target {target} broke off"))??;
            judge(&mut tally, layout, target, &finished);
        }
    }
    Ok(tally)
}

/// Counts a target as a test.
fn judge(tally: &mut Tally, layout: &Layout, target: &str, finished: &Outcome) {
    if finished.lines.iter().any(|line| line.contains(BLIND)) {
        tally.fail(&format!("fuzz target {target}"), "it was compiled without coverage");
    } else if finished.success {
        tally.passed += 1;
    } else {
        let inputs = artifacts(layout);
        tally.fail(&format!("fuzz target {target}"), &format!("{}; see {}", finished.how, inputs.display()));
    }
}

/// libFuzzer itself is C++.
fn compiler() -> Result<(), Unready> {
    if std::env::var_os("CXX").is_some() || process::find("c++").is_some() {
        return Ok(());
    }
    apt::ensure("c++", "g++")
}

/// A file in `fuzz_targets` is a target.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// Compiles the targets and gives the folder that they are in. The platform is
/// named, because only then build scripts are compiled without coverage.
fn build(layout: &Layout) -> Result<PathBuf> {
    let host = process::output(&mut process::command("rustc -vV", layout.root()))?;
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let folder = layout.target().join("fuzz");
    let words = format!("cargo build --release --locked --manifest-path fuzz/Cargo.toml --target {host}");
    let mut cargo = process::command(&words, layout.root());
    process::run(cargo.arg("--target-dir").arg(&folder).env("RUSTFLAGS", COVERAGE))?;
    Ok(folder.join(host).join("release"))
}

/// New inputs go to a folder that stays from run to run; the seeds are only
/// read.
fn command(layout: &Layout, programs: &Path, target: &str) -> Result<std::process::Command> {
    let found = layout.target().join("fuzz-corpus").join(target);
    fs::create_dir_all(&found)?;
    fs::create_dir_all(artifacts(layout))?;
    let mut command = process::program(&programs.join(target), layout.root());
    command.args(LIMITS);
    command.arg(format!("-artifact_prefix={}/{target}-", artifacts(layout).display()));
    command.arg(found).arg(layout.root().join("fuzz/seeds").join(target));
    Ok(command)
}

fn artifacts(layout: &Layout) -> PathBuf {
    layout.target().join("fuzz-artifacts")
}
