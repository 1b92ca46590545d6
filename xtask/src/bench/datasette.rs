//! Datasette on the same rows.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Result;

use super::{Bench, import};
use crate::process;
use crate::server::{Server, free_address};
use crate::tools::Venv;
use crate::unready::Unready;

const PACKAGE: &str = "datasette==0.65.5";

/// The first of its pages, of the size that it allows at most, by start time.
/// Counting and facets are left out, in its favour.
pub(crate) const FIRST_PAGE: &str =
    "/calls/calls.json?_size=1000&_sort=startDateTime&_shape=objects&_nocount=1&_nofacet=1";

/// Its name for the link to the next page.
pub(crate) const NEXT_LINK: &str = "next_url";

/// A running Datasette.
#[derive(Debug)]
pub(crate) struct Datasette {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
}

/// Starts Datasette on the sample rows.
pub(crate) fn start(bench: &Bench) -> Result<Datasette, Unready> {
    let name = format!("sqlite-{}-{}", bench.plan.rows, bench.plan.seed);
    start_on(bench, &import::samples(bench)?, &name, &[])
}

/// Starts it on the rows of a file, which are kept in SQLite in a folder of that
/// name, with settings of its own.
pub(crate) fn start_on(
    bench: &Bench,
    samples: &Path,
    name: &str,
    settings: &[[&str; 2]],
) -> Result<Datasette, Unready> {
    let venv = Venv::ensure(bench.layout)?;
    venv.install(&[PACKAGE], "datasette", PACKAGE)?;
    let database = database(bench, &venv, samples, name)?;
    let address = free_address(0)?;
    let mut command = process::program(&venv.program("datasette"), &bench.folder);
    // A file that never changes is what it is fastest on.
    command.args(["serve", "--host", "127.0.0.1", "--port", &address.port().to_string(), "--immutable"]);
    command.arg(database).stdout(Stdio::null()).stderr(Stdio::null());
    for [name, value] in settings {
        command.args(["--setting", name, value]);
    }
    let mut server = Server::start(&mut command)?;
    server.wait_until_ready(address, "/-/versions.json", Duration::from_mins(2))?;
    Ok(Datasette { server, address })
}

/// The rows in SQLite, made once.
fn database(bench: &Bench, venv: &Venv, samples: &Path, name: &str) -> Result<PathBuf> {
    let folder = bench.folder.join(name);
    // Its name is the first part of the address.
    let database = folder.join("calls.db");
    if !database.is_file() {
        println!("loading the rows into SQLite");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let script: &Path = &bench.layout.root().join("xtask/bench/sqlite_rows.py");
        let part = folder.join("part.db");
        process::run(process::program(&venv.program("python"), &folder).arg(script).arg(samples).arg(&part))?;
        fs::rename(part, &database)?;
    }
    Ok(database)
}
