//! Programs of Node with their packages, and the browser that some of them drive.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::layout::Layout;
use crate::unready::Unready;
use crate::{apt, process};

/// A copy of a folder of programs with the packages beside them that Node wants
/// there, installed once for each lock file.
pub(crate) fn folder(layout: &Layout, source: &str, name: &str) -> Result<PathBuf, Unready> {
    for program in ["npm", "node"] {
        if process::find(program).is_none() {
            return Err(Unready::Missing(format!(
                "{program} is not installed (Debian: apt-get install npm)"
            )));
        }
    }
    let source = layout.root().join(source);
    let copy = layout.tools().join(name);
    fs::create_dir_all(&copy)?;
    let stamp = copy.join("installed.lock");
    for name in files(&source)? {
        fs::copy(source.join(&name), copy.join(&name)).with_context(|| format!("cannot copy {name}"))?;
    }
    let lock = fs::read_to_string(source.join("package-lock.json"))?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(copy);
    }
    println!("installing the packages of {} with npm", source.display());
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

/// A browser that runs without a screen.
pub(crate) fn browser() -> Result<PathBuf, Unready> {
    let installed = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(process::find);
    if let Some(program) = installed() {
        return Ok(program);
    }
    apt::install("chromium")?;
    installed().ok_or_else(|| Unready::Missing("the package chromium brought no browser".to_owned()))
}
