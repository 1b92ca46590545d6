//! The table of steps.

use anyhow::Result;

use super::tally::Tally;
use super::{audit, clients, fuzz, unit};
use crate::layout::Layout;

/// One row of the table: what `--only` names.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) needs: Needs,
    pub(crate) work: Work,
}

/// What must be there before a step can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// The sources alone.
    Sources,
    /// DuckDB's library, to compile the workspace.
    Library,
}

/// How a step is done.
#[derive(Clone, Copy)]
pub(crate) enum Work {
    /// By commands that pass or fail as a whole.
    Checks(&'static [Check]),
    /// By a function that counts.
    Program(fn(&Layout) -> Result<Tally>),
}

/// One command.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) command: &'static str,
    pub(crate) env: &'static [(&'static str, &'static str)],
}

/// All steps, in the order in which they run: what fails fast comes first.
pub(crate) const STEPS: [Step; 8] = [
    Step {
        name: "fmt",
        about: "the sources are formatted",
        needs: Needs::Sources,
        work: Work::Checks(&[
            Check { name: "format of the workspace", command: "cargo fmt --all --check", env: &[] },
            Check {
                name: "format of the fuzz targets",
                command: "cargo fmt --manifest-path fuzz/Cargo.toml --check",
                env: &[],
            },
        ]),
    },
    Step {
        name: "clippy",
        about: "no lint warns",
        needs: Needs::Library,
        work: Work::Checks(&[Check {
            name: "clippy",
            command: "cargo clippy --workspace --all-targets --locked -- -D warnings",
            env: &[],
        }]),
    },
    Step {
        name: "docs",
        about: "the reference pages build and their links lead somewhere",
        needs: Needs::Library,
        work: Work::Checks(&[Check {
            name: "rustdoc",
            command: "cargo doc --workspace --no-deps --locked",
            env: &[("RUSTDOCFLAGS", "-D warnings")],
        }]),
    },
    Step {
        name: "audit",
        about: "licences, sources, duplicates, advisories and unused dependencies",
        needs: Needs::Sources,
        work: Work::Program(audit::run),
    },
    Step {
        name: "clients",
        about: "the environments of the real clients",
        needs: Needs::Sources,
        work: Work::Program(|layout| Ok(clients::run(layout))),
    },
    Step {
        name: "unit",
        about: "unit, property, store, HTTP, real-client and fault tests",
        needs: Needs::Library,
        work: Work::Program(unit::run),
    },
    Step {
        name: "doctests",
        about: "the examples in the reference pages",
        needs: Needs::Library,
        work: Work::Program(unit::run_doctests),
    },
    Step {
        name: "fuzz",
        about: "the parsers on made-up input, 20 seconds each",
        needs: Needs::Sources,
        work: Work::Program(fuzz::run),
    },
];
