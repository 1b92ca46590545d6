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
mod node;
mod process;
mod server;
mod setup;
mod spoken;
mod stop;
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
    /// One word or more, as they are typed.
    name: &'static str,
    about: &'static str,
    flags: &'static [(&'static str, &'static str)],
    run: fn(&Layout, Args) -> Result<ExitCode>,
}

static COMMANDS: [Command; 6] = [
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
                "measure these parts only: import, start, latency, filters, forms, exports, walks; and reports and pages on 30000000 calls, rivals (import beside PostgreSQL and ClickHouse) and large (memory of a large import), which are measured only when they are named",
            ),
            ("--commit-rows N", "how many calls reports stores in commits of 1000 (3000000)"),
            ("--rounds N", "how often reports, pages, rivals and large measure all (5)"),
            ("--people N", "how many people browse at once in pages (50)"),
            ("--file-mb N", "the size of the file that large imports, in millions of bytes (5000)"),
            ("--binary PATH", "use this trunklog instead of building one"),
        ],
        run: bench::run,
    },
    Command {
        name: "bench scale",
        about: "measure pages, starts and memory on a small and a large log side by side, and late rows into the large one",
        flags: &[
            ("--rows S,L", "how many calls the two logs have (1000000,100000000)"),
            ("--rounds N", "how often all is measured (5)"),
            ("--seed N", "which sample rows (1)"),
            ("--quick", "200000 and 2000000 calls and two rounds, to check the benchmark itself"),
            ("--only A,B", "measure these parts only: pages, late"),
            ("--folder PATH", "where the logs are kept and used again (target/bench)"),
            ("--binary PATH", "use this trunklog instead of building one"),
        ],
        run: bench::scale::run,
    },
    Command {
        name: "bench against",
        about: "measure import, filters and exports in turns with another trunklog, whose path follows",
        flags: &[
            ("--rows N", "how many calls to measure on (2000000)"),
            ("--rounds N", "how often all is measured (5)"),
            ("--seed N", "which sample rows (1)"),
            ("--quick", "200000 calls and two rounds, to check the benchmark itself"),
            ("--binary PATH", "use this trunklog instead of building one"),
        ],
        run: bench::against::run,
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
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let Some(name) = words.first().filter(|name| !matches!(name.as_str(), "help" | "-h" | "--help")) else {
        help();
        return Ok(ExitCode::SUCCESS);
    };
    let Some(command) = find(&words) else {
        help();
        bail!("there is no command '{name}'");
    };
    let args = Args::new(words.split_off(command.words().count()));
    if args.asks_for_help() {
        help();
        return Ok(ExitCode::SUCCESS);
    }
    (command.run)(&Layout::find()?, args)
}

impl Command {
    fn words(&self) -> impl Iterator<Item = &'static str> {
        self.name.split(' ')
    }
}

/// The command that the words begin with; of two, the one with more words.
fn find(words: &[String]) -> Option<&'static Command> {
    let begins = |command: &&Command| {
        let count = command.words().count();
        words.len() >= count && command.words().zip(words).all(|(own, word)| own == word)
    };
    COMMANDS.iter().filter(begins).max_by_key(|command| command.words().count())
}

fn help() {
    println!("cargo xtask <command>");
    for command in &COMMANDS {
        println!("\n  {:<13} {}", command.name, command.about);
        for (flag, about) in command.flags {
            println!("    {flag:<16} {about}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_by_most_of_its_words() {
        let found = |words: &str| {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            find(&words).map(|command| command.name)
        };
        assert_eq!(found("bench"), Some("bench"));
        assert_eq!(found("bench --quick"), Some("bench"));
        assert_eq!(found("bench scale --quick"), Some("bench scale"));
        assert_eq!(found("bench against path"), Some("bench against"));
        assert_eq!(found("scale"), None);
    }
}
