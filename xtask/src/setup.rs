//! What a build needs and Cargo cannot fetch: DuckDB's library.
//!
//! Compiling DuckDB takes over 20 minutes, so its makers' own library is
//! linked. They publish it for every platform inside npm packages; those are
//! pinned, with the hash of their contents, in `third-party/duckdb`. The
//! library is put into `target/duckdb`, where `.cargo/config.toml` has the
//! build look for it and where the built programs find it relative to
//! themselves.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::args::Args;
use crate::layout::Layout;
use crate::{apt, process};

/// The packages' version; `third-party/duckdb/package.json` has the same.
const VERSION: &str = "1.5.6-r.1";

/// A platform whose library is pinned.
struct Platform {
    os: &'static str,
    arch: &'static str,
    package: &'static str,
    file: &'static str,
}

const PLATFORMS: [Platform; 1] = [Platform {
    os: "linux",
    arch: "x86_64",
    package: "@duckdb/node-bindings-linux-x64",
    file: "libduckdb.so",
}];

const FROM_SOURCE: &str = "build DuckDB from source with \
    `cargo build --release --package trunklog --features bundled` (takes over 20 minutes) \
    and give `--binary target/release/trunklog` to `cargo xtask demo`";

/// `cargo xtask setup`.
pub(crate) fn run(layout: &Layout, args: Args) -> Result<ExitCode> {
    args.finish()?;
    ensure(layout)?;
    Ok(ExitCode::SUCCESS)
}

/// Puts DuckDB's library in its place unless it is there.
pub(crate) fn ensure(layout: &Layout) -> Result<()> {
    let platform = platform()?;
    let folder = layout.duckdb();
    let (file, stamp) = (folder.join(platform.file), folder.join("version"));
    let wanted = format!("{} {VERSION}\n", platform.package);
    if file.is_file() && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        println!("setup: DuckDB {VERSION} is in {}", folder.display());
    } else {
        fetch(layout, platform, &file)?;
        fs::write(&stamp, wanted)?;
    }
    beside_the_build(layout, platform, &file)
}

/// Makes sure that the allocator of releases, and so of tests, can be built.
pub(crate) fn ensure_make() -> Result<()> {
    apt::ensure("make", "make").map_err(anyhow::Error::from).context("the allocator is built with make")
}

fn platform() -> Result<&'static Platform> {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    let found = PLATFORMS.iter().find(|platform| platform.os == os && platform.arch == arch);
    match found {
        Some(platform) if !cfg!(target_env = "musl") => Ok(platform),
        _ => bail!("no DuckDB library is pinned for {os} on {arch} with this C library; {FROM_SOURCE}"),
    }
}

fn fetch(layout: &Layout, platform: &Platform, file: &Path) -> Result<()> {
    if process::find("npm").is_none() {
        bail!(
            "npm is needed to fetch DuckDB's library and was not found; \
             install npm (Debian: apt-get install npm), or {FROM_SOURCE}"
        );
    }
    println!("setup: fetching DuckDB {VERSION} from npm (about 25 MB)");
    let start = Instant::now();
    let pins = layout.root().join("third-party/duckdb");
    // npm puts its folder beside the pins, which is why it works on a copy.
    let copy = layout.tools().join("duckdb");
    fs::create_dir_all(&copy)?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(pins.join(name), copy.join(name)).with_context(|| format!("cannot copy {name}"))?;
    }
    let mut npm = process::command("npm ci --ignore-scripts --no-audit --no-fund --loglevel=error", &copy);
    process::run(&mut npm).context("npm could not fetch DuckDB's library")?;

    let fetched = copy.join("node_modules").join(platform.package).join(platform.file);
    let folder = file.parent().context("the library is in a folder")?;
    fs::create_dir_all(folder)?;
    place(&fetched, file)?;
    fs::remove_dir_all(&copy)?;
    println!(
        "setup: DuckDB {VERSION} is in {} after {:.1} s",
        folder.display(),
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Moves the library into its place at once, so that nothing running sees half
/// of it. A file that is the same already stays: a new one would make Cargo
/// link everything again.
fn place(fetched: &Path, file: &Path) -> Result<()> {
    let new = fs::read(fetched).with_context(|| format!("the package has no {}", fetched.display()))?;
    if fs::read(file).is_ok_and(|old| old == new) {
        return Ok(());
    }
    fs::rename(fetched, file).with_context(|| format!("cannot write {}", file.display()))
}

/// Programs look for the library in `duckdb/` beside their profile's folder;
/// with `CARGO_TARGET_DIR` that is not `target/duckdb`.
fn beside_the_build(layout: &Layout, platform: &Platform, file: &Path) -> Result<()> {
    let folder = layout.build().join("duckdb");
    let copy = folder.join(platform.file);
    let size = |file: &Path| fs::metadata(file).map(|metadata| metadata.len()).ok();
    if copy == *file || size(&copy) == size(file) {
        return Ok(());
    }
    fs::create_dir_all(&folder)?;
    fs::copy(file, &copy).with_context(|| format!("cannot write {}", copy.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pins_are_the_version_and_platforms_of_the_table() {
        for pins in [
            include_str!("../../third-party/duckdb/package.json"),
            include_str!("../../third-party/duckdb/package-lock.json"),
        ] {
            for platform in &PLATFORMS {
                assert!(pins.contains(&format!("\"{}\": \"{VERSION}\"", platform.package)));
            }
        }
    }

    #[test]
    fn the_lock_names_hashes_and_no_address() {
        let lock = include_str!("../../third-party/duckdb/package-lock.json");
        assert_eq!(lock.matches("\"integrity\": \"sha512-").count(), PLATFORMS.len());
        assert!(!lock.contains("resolved") && !lock.contains("://"));
    }
}
