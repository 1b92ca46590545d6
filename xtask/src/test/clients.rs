//! Environments for the tests that read a server through real clients.
//!
//! The tests are ordinary Rust tests; they find the environments by two
//! variables. Where an environment cannot be had, the tests that need it are
//! left out and count as skipped: those of package `trunklog` that have the
//! language in their name.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::tally::Tally;
use crate::layout::Layout;
use crate::node;
use crate::tools::Venv;
use crate::unready::Unready;

/// The clients of one language, a browser, or what drives it.
pub(crate) struct Clients {
    /// What the names of its tests contain.
    pub(crate) language: &'static str,
    /// What its tests read to find the environment.
    pub(crate) variable: &'static str,
    /// Makes the environment, once, and gives the variable's value.
    pub(crate) prepare: fn(&Layout) -> Result<PathBuf, Unready>,
}

/// All of them.
pub(crate) const CLIENTS: [Clients; 4] = [
    Clients { language: "python", variable: "TRUNKLOG_TEST_PYTHON", prepare: python },
    Clients { language: "javascript", variable: "TRUNKLOG_TEST_NODE_DIR", prepare: javascript },
    Clients { language: "browser", variable: "TRUNKLOG_TEST_BROWSER", prepare: browser },
    Clients { language: "screens", variable: "TRUNKLOG_TEST_SCREENS_DIR", prepare: screens },
];

/// The step `clients`.
pub(crate) fn run(layout: &Layout) -> Tally {
    let mut tally = Tally::default();
    for clients in &CLIENTS {
        match (clients.prepare)(layout) {
            Ok(path) => {
                println!("{} is {}", clients.variable, path.display());
                tally.passed += 1;
            }
            Err(unready) => tally.unready(&format!("clients in {}", clients.language), &unready),
        }
    }
    tally
}

/// A browser that runs without a screen.
fn browser(_: &Layout) -> Result<PathBuf, Unready> {
    node::browser()
}

/// The interpreter of an environment with the Python clients.
fn python(layout: &Layout) -> Result<PathBuf, Unready> {
    let file = layout.root().join("tests/clients/python/requirements.txt");
    let wanted = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let venv = Venv::ensure(layout)?;
    venv.install(&["--requirement", &file.to_string_lossy()], "clients", &wanted)?;
    Ok(venv.program("python"))
}

/// A folder with the JavaScript clients and the test programs.
fn javascript(layout: &Layout) -> Result<PathBuf, Unready> {
    node::folder(layout, "tests/clients/javascript", "js")
}

/// A folder with the programs that read pages in a browser, and what drives it.
fn screens(layout: &Layout) -> Result<PathBuf, Unready> {
    node::folder(layout, "tests/pages", "screens")
}
