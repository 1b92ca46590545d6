//! Environments for the tests that read a server through real clients.
//!
//! The tests are ordinary Rust tests; they find the environments by two
//! variables. Where an environment cannot be had, the tests that need it are
//! left out and count as skipped: those of package `trunklog` that have the
//! language in their name.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::tally::Tally;
use crate::layout::Layout;
use crate::tools::Venv;
use crate::unready::Unready;
use crate::{apt, process};

/// The clients of one language, or a browser.
pub(crate) struct Clients {
    /// What the names of its tests contain.
    pub(crate) language: &'static str,
    /// What its tests read to find the environment.
    pub(crate) variable: &'static str,
    /// Makes the environment, once, and gives the variable's value.
    pub(crate) prepare: fn(&Layout) -> Result<PathBuf, Unready>,
}

/// All of them.
pub(crate) const CLIENTS: [Clients; 3] = [
    Clients { language: "python", variable: "TRUNKLOG_TEST_PYTHON", prepare: python },
    Clients { language: "javascript", variable: "TRUNKLOG_TEST_NODE_DIR", prepare: javascript },
    Clients { language: "browser", variable: "TRUNKLOG_TEST_BROWSER", prepare: browser },
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
    let installed = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(process::find);
    if let Some(program) = installed() {
        return Ok(program);
    }
    apt::install("chromium")?;
    installed().ok_or_else(|| Unready::Missing("the package chromium brought no browser".to_owned()))
}

/// The interpreter of an environment with the Python clients.
fn python(layout: &Layout) -> Result<PathBuf, Unready> {
    let file = layout.root().join("tests/clients/python/requirements.txt");
    let wanted = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let venv = Venv::ensure(layout)?;
    venv.install(&["--requirement", &file.to_string_lossy()], "clients", &wanted)?;
    Ok(venv.program("python"))
}

/// A folder with the JavaScript clients and the test programs, which Node
/// wants beside each other.
fn javascript(layout: &Layout) -> Result<PathBuf, Unready> {
    for program in ["npm", "node"] {
        if process::find(program).is_none() {
            return Err(Unready::Missing(format!(
                "{program} is not installed (Debian: apt-get install npm)"
            )));
        }
    }
    let source = layout.root().join("tests/clients/javascript");
    let copy = layout.tools().join("js");
    fs::create_dir_all(&copy)?;
    let stamp = copy.join("installed.lock");
    for name in files(&source)? {
        fs::copy(source.join(&name), copy.join(&name)).with_context(|| format!("cannot copy {name}"))?;
    }
    let lock = fs::read_to_string(source.join("package-lock.json"))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(copy);
    }
    println!("installing the JavaScript clients with npm");
    process::output(&mut process::command(
        "npm ci --ignore-scripts --no-audit --no-fund --loglevel=error",
        &copy,
    ))?;
    fs::write(stamp, lock)?;
    Ok(copy)
}

/// The manifest, the lock file and the programs.
fn files(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let wanted = [".mjs", ".json"].iter().any(|end| name.ends_with(end));
        if wanted {
            names.push(name);
        }
    }
    Ok(names)
}
