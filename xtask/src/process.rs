//! Running other programs.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A command from its words, to be run in `folder`.
pub(crate) fn command(words: &str, folder: &Path) -> Command {
    let mut words = words.split_whitespace();
    let mut command = program(Path::new(words.next().unwrap_or_default()), folder);
    command.args(words);
    command
}

/// A program, to be run in `folder`.
///
/// What Cargo told this program about itself is not passed on: a Cargo started
/// from here would take part of it for its own settings.
pub(crate) fn program(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text == "CARGO" || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// What a program printed while it was shown, and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) success: bool,
    /// `exit code 1`, or the signal that ended it.
    pub(crate) how: String,
    pub(crate) lines: Vec<String>,
}

/// Runs a program, shows what it prints as it comes and keeps it. Both of its
/// outputs go to ours, so that nothing overtakes our own last line.
pub(crate) fn show(command: &mut Command) -> Result<Outcome> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run {}", name(command)))?;
    let (lines_in, lines_out) = channel();
    let readers = [
        child.stdout.take().map(|stream| forward(stream, lines_in.clone())),
        child.stderr.take().map(|stream| forward(stream, lines_in.clone())),
    ];
    drop(lines_in);
    let mut lines = Vec::new();
    for line in lines_out {
        println!("{line}");
        lines.push(line);
    }
    for reader in readers.into_iter().flatten() {
        // A reader only ends early with its stream, and then nothing is lost.
        let _ = reader.join();
    }
    let status = child.wait()?;
    Ok(Outcome { success: status.success(), how: status.to_string(), lines })
}

fn forward(stream: impl Read + Send + 'static, lines: Sender<String>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while stream.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line);
            if lines.send(text.trim_end().to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    })
}

/// Runs a program, shows what it prints, and makes failure an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let finished = show(command)?;
    if !finished.success {
        bail!("{} ended with {}", name(command), finished.how);
    }
    Ok(())
}

/// Runs a program quietly and gives what it printed; failure is an error with
/// the end of what it said.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {}", name(command)))?;
    text_of(command, output)
}

/// The same of a program that reads a line from its standard input.
pub(crate) fn answer(command: &mut Command, line: &str) -> Result<String> {
    let program = name(command);
    let cannot_run = || format!("cannot run {program}");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    if let Ok(child) = &mut child
        && let Some(mut input) = child.stdin.take()
    {
        writeln!(input, "{line}").with_context(cannot_run)?;
    }
    let output = child.and_then(Child::wait_with_output).with_context(cannot_run)?;
    text_of(command, output)
}

fn text_of(command: &Command, output: Output) -> Result<String> {
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let from = said.lines().count().saturating_sub(8);
        let end: Vec<&str> = said.lines().skip(from).collect();
        bail!("{} ended with {}: {}", name(command), output.status, end.join("\n"));
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} printed no text", name(command)))
}

/// Runs a program without a word; false when it failed or took longer than
/// `limit`, after which it is ended.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> Result<bool> {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot run {}", name(command)))?;
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Asks a child of this program to stop.
pub(crate) fn ask_to_stop(process: u32) {
    // Sending a signal by system call would need unsafe code here.
    let _ = Command::new("kill").args(["-TERM", &process.to_string()]).status();
}

/// Where a program is. Servers live in `sbin`, which a user's `PATH` often
/// leaves out.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/local/sbin", "/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// True when this runs as the superuser, who may install packages.
pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut name = program.file_name().unwrap_or(command.get_program()).to_string_lossy().into_owned();
    for argument in command.get_args().take(3) {
        name.push(' ');
        name.push_str(&argument.to_string_lossy());
    }
    format!("`{name}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_outputs_are_kept_and_the_end_is_told() -> Result<()> {
        let mut script = command("sh -c", Path::new("/"));
        let finished = show(script.arg("echo one; echo two >&2; exit 3"))?;
        assert!(!finished.success);
        assert!(finished.how.contains('3'), "{}", finished.how);
        let mut lines = finished.lines;
        lines.sort();
        assert_eq!(lines, ["one", "two"]);
        Ok(())
    }

    #[test]
    fn a_program_that_hangs_is_ended() -> Result<()> {
        let mut sleep = command("sleep 60", Path::new("/"));
        assert!(!succeeds_within(&mut sleep, Duration::from_millis(20))?);
        Ok(())
    }

    #[test]
    fn programs_are_found_by_name() {
        assert!(find("sh").is_some());
        assert!(find("no-such-program-here").is_none());
    }
}
