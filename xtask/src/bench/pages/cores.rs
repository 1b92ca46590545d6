//! Two cores for all that is measured, on a machine that has more.

use std::num::NonZero;
use std::path::Path;
use std::thread::available_parallelism;

use anyhow::{Context, Result};

use crate::process;

/// This program and all that it starts are on two cores until this is dropped.
#[derive(Debug)]
pub(super) struct Cores {
    /// Those that it may use otherwise; None where there are no more than two.
    all: Option<String>,
}

impl Cores {
    /// Leaves two.
    pub(super) fn two() -> Result<Cores> {
        if available_parallelism().map_or(1, NonZero::get) <= 2 {
            return Ok(Cores { all: None });
        }
        let said = process::output(&mut process::command(&of_this("--pid"), Path::new("/")))?;
        let all = listed(&said).with_context(|| format!("taskset says {said:?}"))?.to_owned();
        let two: Vec<String> = numbers(&all).iter().take(2).map(u32::to_string).collect();
        confine(&two.join(","))?;
        Ok(Cores { all: Some(all) })
    }
}

impl Drop for Cores {
    fn drop(&mut self) {
        if let Some(all) = &self.all {
            // What is measured afterwards tells how many cores it has.
            let _ = confine(all);
        }
    }
}

fn confine(cores: &str) -> Result<()> {
    process::output(&mut process::command(&of_this(&format!("--all-tasks --pid {cores}")), Path::new("/")))?;
    Ok(())
}

fn of_this(words: &str) -> String {
    format!("taskset --cpu-list {words} {}", std::process::id())
}

/// The list in `pid 7's current affinity list: 0-3,6`.
fn listed(said: &str) -> Option<&str> {
    Some(said.lines().next()?.rsplit_once(": ")?.1.trim())
}

/// The numbers of a list such as `0-3,6`.
fn numbers(list: &str) -> Vec<u32> {
    let mut numbers = Vec::new();
    for part in list.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(first), Ok(last)) = (first.parse::<u32>(), last.parse::<u32>()) {
            numbers.extend(first..=last);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_read_from_what_taskset_says() {
        let said = "pid 7's current affinity list: 0,4-6\n";
        assert_eq!(listed(said), Some("0,4-6"));
        assert_eq!(numbers("0,4-6"), [0, 4, 5, 6]);
        assert_eq!(listed("no such process"), None);
    }
}
