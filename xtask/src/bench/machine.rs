//! What was measured, where and when.

use std::fs;

use super::format::grouped;
use crate::layout::Layout;
use crate::process;

/// The preface of the report: `command` wrote it, and `rows` says what was
/// measured on.
pub(crate) fn describe(layout: &Layout, command: &str, rows: &str) -> String {
    let ask = |words: &str| match process::output(&mut process::command(words, layout.root())) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => "unknown".to_owned(),
    };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!(
        "Written by `cargo xtask {command}` on {date}, commit {commit}, {rustc}.\n\n\
         {rows} Load and servers share one machine \
         and talk over loopback: {cpu}, {cores} cores, {memory} of memory, Linux {kernel}. A page is {page} rows. \
         Times are those of the client, from the request's first byte to the answer's last.",
        date = ask("date -u +%F"),
        commit = ask("git rev-parse --short HEAD"),
        rustc = ask("rustc --version"),
        cpu = field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        memory = field("/proc/meminfo", "MemTotal").and_then(|text| gibibytes(&text)).unwrap_or_default(),
        // What a distributor appends says nothing about speed.
        kernel = ask("uname -r").split('-').next().unwrap_or_default(),
        page = grouped(f64::from(super::PAGE_ROWS)),
    )
}

/// The value of the first line that starts with `name`.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn gibibytes(text: &str) -> Option<String> {
    let kibibytes: u32 = text.strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{:.0} GiB", f64::from(kibibytes) / 1_048_576.0))
}
