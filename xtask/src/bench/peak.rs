//! Time and memory of a process, as the kernel counts them.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What a program took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) time: Duration,
    /// The most memory it held at any time, in bytes; zero where the kernel
    /// does not tell.
    pub(crate) memory: u64,
}

/// Runs a program to its end. Failure is an error.
pub(crate) fn run(command: &mut Command) -> Result<Cost> {
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot run {command:?}"))?;
    let mut memory = 0;
    loop {
        // The kernel keeps the peak itself; only the last look counts.
        memory = of(child.id()).unwrap_or(memory);
        if let Some(status) = child.try_wait()? {
            if !status.success() {
                bail!("{command:?} ended with {status}");
            }
            return Ok(Cost { time: start.elapsed(), memory });
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The peak of a running process, in bytes.
pub(crate) fn of(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_a_peak() {
        assert!(!cfg!(target_os = "linux") || of(std::process::id()).is_some_and(|bytes| bytes > 100_000));
    }
}
