//! Debian packages, for the tools that only tests and benchmarks need.

use std::path::Path;
use std::sync::Once;

use crate::process;
use crate::unready::Unready;

/// Makes sure that `program` is there, installing `package` when this runs as
/// root on a Debian-like system.
pub(crate) fn ensure(program: &str, package: &str) -> Result<(), Unready> {
    if process::find(program).is_some() {
        return Ok(());
    }
    install(package)?;
    match process::find(program) {
        Some(_) => Ok(()),
        None => Err(Unready::Missing(format!("the package {package} brought no {program}"))),
    }
}

/// Whether the lists of packages that this machine has name it.
pub(crate) fn has(package: &str) -> bool {
    let words = format!("apt-cache show --no-all-versions {package}");
    process::output(&mut process::command(&words, Path::new("/"))).is_ok_and(|text| !text.trim().is_empty())
}

/// The list of packages is refreshed once a run.
static UPDATE: Once = Once::new();

/// Installs a package, or says how the user can.
pub(crate) fn install(package: &str) -> Result<(), Unready> {
    if process::find("apt-get").is_none() || !process::is_root() {
        return Err(Unready::Missing(format!(
            "{package} is not installed (Debian: apt-get install {package})"
        )));
    }
    UPDATE.call_once(|| {
        println!("refreshing the list of Debian packages");
        // An old list may still do; if not, the install says so.
        let _ = process::output(&mut process::command("apt-get -qq update", Path::new("/")));
    });
    println!("installing the Debian package {package}");
    let words = format!("apt-get -qq install -y --no-install-recommends {package}");
    let mut command = process::command(&words, Path::new("/"));
    // The run level keeps a package from starting its service.
    command.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    process::output(&mut command)?;
    Ok(())
}
