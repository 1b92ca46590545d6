//! Building the server, with word of how far it is.

use std::io::{BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::layout::Layout;
use crate::{process, setup, spoken};

/// How thoroughly the server is optimised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build: for the demo. Shares most of what it builds with the
    /// tests. The allocator of releases, which takes a minute, is left out.
    Quick,
    /// As it is given to users: for measurements.
    Release,
}

impl Profile {
    fn command(self) -> &'static str {
        match self {
            Profile::Quick => "cargo build --locked --package trunklog --no-default-features",
            Profile::Release => "cargo build --release --locked --package trunklog",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Profile::Quick => "debug",
            Profile::Release => "release",
        }
    }

    /// How long it takes on two quiet cores, the first time.
    fn usual(self) -> &'static str {
        match self {
            Profile::Quick => "about 3 minutes",
            Profile::Release => "about 6 minutes",
        }
    }
}

/// Between two lines where a line cannot be written over.
const PAUSE_BETWEEN_LINES: Duration = Duration::from_secs(15);

/// Builds the server with all it needs and says where it is.
pub(crate) fn server(layout: &Layout, profile: Profile) -> Result<PathBuf> {
    setup::ensure(layout)?;
    if profile == Profile::Release {
        setup::ensure_make()?;
    }
    println!(
        "building the server; on two cores this takes {} the first time, seconds later on",
        profile.usual()
    );
    let start = Instant::now();
    let mut command = process::command(profile.command(), layout.root());
    // Cargo counts for terminals only, unless it is told to.
    command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "100");
    command.env("CARGO_TERM_COLOR", "never");
    let mut cargo = command.stderr(Stdio::piped()).spawn().context("cannot run cargo")?;
    let said = cargo.stderr.take().context("the output of cargo is a pipe")?;
    let mut progress = Progress::new(start);
    let complaints = follow(said, &mut progress)?;
    let status = cargo.wait()?;
    progress.end();
    for line in &complaints {
        eprintln!("{line}");
    }
    if !status.success() {
        bail!("the server cannot be built: cargo ended with {status}");
    }
    println!("the server is built after {}", spoken::duration(start.elapsed()));
    Ok(layout.build().join(profile.folder()).join("trunklog"))
}

/// Reads what Cargo says to its end, and keeps all that is not routine.
fn follow(said: impl Read, progress: &mut Progress) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    let mut line = Vec::new();
    for byte in BufReader::new(said).bytes() {
        let byte = byte.context("cannot read what cargo says")?;
        if byte != b'\n' && byte != b'\r' {
            line.push(byte);
            continue;
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        line.clear();
        match count(&text) {
            Some((done, all)) => progress.show(done, all),
            None if is_routine(&text) => {}
            None => complaints.push(text),
        }
    }
    Ok(complaints)
}

/// The counts of `    Building [=====>     ] 123/432: tokio, axum`.
fn count(line: &str) -> Option<(u32, u32)> {
    let (_, rest) = line.trim_start().strip_prefix("Building [")?.split_once("] ")?;
    let counts = rest.split([':', ' ']).next()?;
    let (done, all) = counts.split_once('/')?;
    Some((done.parse().ok()?, all.parse().ok()?))
}

/// What Cargo says when all is well.
fn is_routine(line: &str) -> bool {
    const ROUTINE: [&str; 9] = [
        "Compiling",
        "Finished",
        "Downloading",
        "Downloaded",
        "Updating",
        "Locking",
        "Blocking",
        "Fresh",
        "Fetch",
    ];
    let word = line.split_whitespace().next().unwrap_or_default();
    word.is_empty() || word.starts_with('\u{1b}') || ROUTINE.contains(&word)
}

/// One line that says how far the build is.
struct Progress {
    start: Instant,
    /// Whether the line can be written over.
    on_terminal: bool,
    shown: Option<Instant>,
}

impl Progress {
    fn new(start: Instant) -> Progress {
        Progress { start, on_terminal: std::io::stdout().is_terminal(), shown: None }
    }

    fn show(&mut self, done: u32, all: u32) {
        let pause = if self.on_terminal { Duration::from_millis(200) } else { PAUSE_BETWEEN_LINES };
        if self.shown.is_some_and(|shown| shown.elapsed() < pause) {
            return;
        }
        self.shown = Some(Instant::now());
        let line = sentence(done, all, self.start.elapsed());
        if self.on_terminal {
            print!("\r{line}\u{1b}[K");
            // A terminal that is gone has nothing to be told.
            let _ = std::io::stdout().flush();
        } else {
            println!("{line}");
        }
    }

    fn end(&self) {
        if self.on_terminal && self.shown.is_some() {
            print!("\r\u{1b}[K");
        }
    }
}

fn sentence(done: u32, all: u32, elapsed: Duration) -> String {
    let mut line = format!("  {done} of {all} parts built after {}", spoken::duration(elapsed));
    // The first parts are small and say little about the rest.
    if done >= all / 10 && done > 0 && elapsed > Duration::from_secs(10) {
        line += &format!(", {}", spoken::left(done, all, elapsed));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_found_in_what_cargo_says() {
        assert_eq!(count("    Building [=====>     ] 123/432: tokio, axum(build)"), Some((123, 432)));
        assert_eq!(count("    Building [===========] 432/432"), Some((432, 432)));
        assert_eq!(count("   Compiling tokio v1.54.1"), None);
        assert_eq!(count("    Building [=> ] x/432: a"), None);
    }

    #[test]
    fn complaints_are_kept_and_routine_is_not() -> Result<()> {
        let said = "   Compiling a v1.0.0\n    Building [=> ] 1/2: a\rwarning: unused\n --> a.rs:1\n\n    Finished `dev`\n";
        let mut progress = Progress { start: Instant::now(), on_terminal: false, shown: None };
        assert_eq!(follow(said.as_bytes(), &mut progress)?, ["warning: unused", " --> a.rs:1"]);
        Ok(())
    }

    #[test]
    fn the_time_left_follows_from_the_time_gone() {
        assert_eq!(sentence(1, 400, Duration::from_secs(20)), "  1 of 400 parts built after 20 s");
        assert_eq!(
            sentence(100, 400, Duration::from_secs(30)),
            "  100 of 400 parts built after 30 s, about 1 min 30 s left"
        );
    }
}
