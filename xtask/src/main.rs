//! Every automation of the project: `cargo xtask <command>`.
//!
//! This crate is compiled before anything else is, so it uses the standard
//! library, `anyhow` and a signal flag, and nothing of the workspace. It must
//! not know how Trunklog works inside: it runs programs and reads what they
//! print. All it makes is below `target/`.

mod apt;
mod args;
mod bench;
mod build;
mod demo;
mod http;
mod json;
mod layout;
mod process;
mod server;
mod setup;
mod test;
mod tools;
mod trunklog;
mod unready;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::args::Args;
use crate::layout::Layout;

/// One automation.
struct Command {
    name: &'static str,
    about: &'static str,
    flags: &'static [(&'static str, &'static str)],
    run: fn(&Layout, Args) -> Result<ExitCode>,
}

const COMMANDS: [Command; 4] = [
    Command {
        name: "demo",
        about: "build the server, load samples of all logs, start it and print a request to paste",
        flags: &[
            ("--rows N", "how many direct-routing calls to load, with fewer rows of the other logs (100000)"),
            ("--seed N", "which sample rows (1)"),
            ("--binary PATH", "use this trunklog instead of building one"),
        ],
        run: demo::run,
    },
    Command {
        name: "test",
        about: "run every check; the last line says how many passed and failed",
        flags: &[("--only A,B", "run these steps only"), ("--list", "print the steps and run none")],
        run: test::run,
    },
    Command {
        name: "bench",
        about: "measure import, start-up, pages, filters, exports and memory, and write docs/benchmarks.md",
        flags: &[
            ("--rows N", "how many calls to measure on (10000000)"),
            ("--quick", "200000 calls and short loads, to check the benchmark itself"),
            (
                "--only A,B",
                "measure these parts only: import, start, latency, filters, forms, exports, walks",
            ),
            ("--binary PATH", "use this trunklog instead of building one"),
        ],
        run: bench::run,
    },
    Command {
        name: "setup",
        about: "fetch what a build needs: DuckDB's library, from npm",
        flags: &[],
        run: setup::run,
    },
];

fn main() -> ExitCode {
    match dispatch() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<ExitCode> {
    let mut words = std::env::args().skip(1);
    let Some(name) = words.next().filter(|name| !matches!(name.as_str(), "help" | "-h" | "--help")) else {
        help();
        return Ok(ExitCode::SUCCESS);
    };
    let args = Args::new(words.collect());
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        help();
        bail!("there is no command '{name}'");
    };
    if args.asks_for_help() {
        help();
        return Ok(ExitCode::SUCCESS);
    }
    (command.run)(&Layout::find()?, args)
}

fn help() {
    println!("cargo xtask <command>");
    for command in &COMMANDS {
        println!("\n  {:<8} {}", command.name, command.about);
        for (flag, about) in command.flags {
            println!("    {flag:<16} {about}");
        }
    }
}
