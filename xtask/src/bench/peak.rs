//! Time and memory of a process, as the kernel counts them.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::{process, stop};

/// Who was asked to stop ends within this, or is ended.
const STOP_LIMIT: Duration = Duration::from_mins(1);

/// What a program took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) time: Duration,
    /// The most memory it held at any time, in bytes; zero where the kernel
    /// does not tell.
    pub(crate) memory: u64,
}

/// Runs a program to its end. Failure is an error, and so is a signal to stop.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    run_within(command, Duration::MAX)?.context("a program ends before the end of all time")
}

/// The same, but asks the program to stop after `limit`; None when that was so.
///
/// It runs in a process group of its own, so that Ctrl-C reaches this program
/// alone and the other is asked exactly once.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<Option<Cost>> {
    let start = Instant::now();
    let mut child = command.process_group(0).spawn().with_context(|| format!("cannot run {command:?}"))?;
    let mut memory = 0;
    let mut asked: Option<Instant> = None;
    loop {
        // The kernel keeps the peak itself; only the last look counts.
        memory = of(child.id()).unwrap_or(memory);
        if let Some(status) = child.try_wait()? {
            stop::check()?;
            if asked.is_some() {
                return Ok(None);
            }
            if !status.success() {
                bail!("{command:?} ended with {status}");
            }
            return Ok(Some(Cost { time: start.elapsed(), memory }));
        }
        match asked {
            Some(asked) if asked.elapsed() > STOP_LIMIT => child.kill()?,
            None if stop::asked() || start.elapsed() > limit => {
                process::ask_to_stop(child.id());
                asked = Some(Instant::now());
            }
            _ => {}
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The peak of a running process, in bytes.
pub(crate) fn of(process: u32) -> Option<u64> {
    field(process, "VmHWM:")
}

/// What a running process holds now, in bytes.
pub(crate) fn now(process: u32) -> Option<u64> {
    field(process, "VmRSS:")
}

/// How long a running process has worked, on all cores together, to a hundredth of
/// a second.
///
/// Source: `proc_pid_stat(5)`, fields 14 and 15.
pub(crate) fn worked(process: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before it, in brackets, may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let mut hundredths = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (hundredths()? + hundredths()?)))
}

fn field(process: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_a_peak() {
        let own = std::process::id();
        assert!(!cfg!(target_os = "linux") || of(own).is_some_and(|bytes| bytes > 100_000));
        assert!(!cfg!(target_os = "linux") || now(own).is_some_and(|bytes| bytes > 100_000));
        assert!(!cfg!(target_os = "linux") || worked(own).is_some());
    }

    #[test]
    fn a_program_that_takes_too_long_is_asked_to_stop() -> Result<()> {
        assert!(run(&mut Command::new("true"))?.time < STOP_LIMIT);
        assert!(run(&mut Command::new("false")).is_err());
        assert!(run_within(Command::new("sleep").arg("60"), Duration::ZERO)?.is_none());
        Ok(())
    }
}
