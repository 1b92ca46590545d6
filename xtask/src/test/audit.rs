//! Dependencies: what `deny.toml` demands of them, known vulnerabilities, and
//! that each is used.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::tally::Tally;
use crate::layout::Layout;
use crate::{process, tools};

/// The checks of `cargo deny` that need no network.
const DENY_CHECKS: [&str; 3] = ["bans", "licenses", "sources"];

/// Fetching the advisory database is given up after this long.
const FETCH_LIMIT: Duration = Duration::from_mins(2);

/// The step `audit`.
pub(crate) fn run(layout: &Layout) -> Result<Tally> {
    let mut tally = Tally::default();
    match tools::cargo_deny(layout) {
        Ok(deny) => {
            for check in DENY_CHECKS {
                count(&mut tally, layout, &deny, &["--locked", "check", "--hide-inclusion-graph", check])?;
            }
            advisories(&mut tally, layout, &deny)?;
        }
        Err(unready) => tally.unready("cargo-deny", &unready),
    }
    match tools::cargo_machete(layout) {
        Ok(machete) => count(&mut tally, layout, &machete, &["crates", "xtask", "fuzz"])?,
        Err(unready) => tally.unready("cargo-machete", &unready),
    }
    Ok(tally)
}

/// A finding is a failure; a database that cannot be had is not.
fn advisories(tally: &mut Tally, layout: &Layout, deny: &Path) -> Result<()> {
    let mut fetch = process::program(deny, layout.root());
    fetch.args(["--locked", "fetch", "db"]);
    if process::succeeds_within(&mut fetch, FETCH_LIMIT)? {
        count(tally, layout, deny, &["--locked", "check", "--disable-fetch", "advisories"])
    } else {
        tally.add(Tally::skipped("advisories", "the database of advisories cannot be fetched from here"));
        Ok(())
    }
}

fn count(tally: &mut Tally, layout: &Layout, tool: &Path, words: &[&str]) -> Result<()> {
    let tool_name = tool.file_name().unwrap_or_default().to_string_lossy();
    println!("---- {tool_name} {}", words.join(" "));
    let finished = process::show(process::program(tool, layout.root()).args(words))?;
    if finished.success {
        tally.passed += 1;
    } else {
        tally.fail(&format!("{tool_name} {}", words.join(" ")), &finished.how);
    }
    Ok(())
}
