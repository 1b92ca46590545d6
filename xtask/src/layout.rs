//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders of one checkout.
#[derive(Debug)]
pub(crate) struct Layout {
    root: PathBuf,
    build: PathBuf,
}

impl Layout {
    /// Finds the checkout that this program was started in.
    pub(crate) fn find() -> Result<Layout> {
        // Cargo sets this when it runs a program; it is read now and not
        // compiled in, so that a moved checkout finds itself.
        let root = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(xtask) => Path::new(&xtask).parent().map(Path::to_owned),
            None => std::env::current_dir()?
                .ancestors()
                .find(|folder| folder.join("xtask/Cargo.toml").is_file())
                .map(Path::to_owned),
        };
        let root = root.context("not inside the project: no folder above has xtask/Cargo.toml")?;
        let build = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Ok(Layout { root, build })
    }

    /// The root of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder for everything that automations make, always `target/`.
    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Tools installed for this checkout alone.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target().join("tools")
    }

    /// DuckDB's library; `.cargo/config.toml` has the same path as
    /// `DUCKDB_LIB_DIR`.
    pub(crate) fn duckdb(&self) -> PathBuf {
        self.target().join("duckdb")
    }

    /// Where Cargo puts what it builds: `target/` unless `CARGO_TARGET_DIR`
    /// says otherwise.
    pub(crate) fn build(&self) -> &Path {
        &self.build
    }
}
