//! chDB: ClickHouse's engine within Python, of a current release.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::super::Bench;
use super::{Input, Loader, clear, clickhouse, columns, timed};
use crate::process;
use crate::tools::Venv;
use crate::unready::Unready;

/// What it needs for this; the rest that it names is for frames of data.
const PACKAGES: [&str; 3] = ["--no-deps", "chdb==4.4.0", "chdb-core==26.9.0"];

/// A Python that has it.
#[derive(Debug)]
struct Chdb {
    python: PathBuf,
    script: PathBuf,
    own: PathBuf,
}

/// Installs it.
pub(super) fn start(bench: &Bench, folder: &Path) -> Result<Box<dyn Loader>, Unready> {
    let venv = Venv::ensure(bench.layout)?;
    venv.install(&PACKAGES, "chdb", &PACKAGES.join(" "))?;
    let script = bench.layout.root().join("xtask/bench/chdb_insert.py");
    Ok(Box::new(Chdb { python: venv.program("python"), script, own: folder.join("chdb") }))
}

impl Loader for Chdb {
    fn ways(&self) -> Vec<String> {
        let name = PACKAGES[1].replace("chdb==", "chDB ");
        vec![format!("{name} from PyPI, INSERT"), format!("{name} from PyPI, INSERT and OPTIMIZE ... FINAL")]
    }

    fn load(&mut self, input: &Input) -> Result<Vec<Duration>> {
        clear(&self.own)?;
        fs::create_dir_all(&self.own)?;
        let said = self.own.join("said");
        let mut command = process::program(&self.python, &self.own);
        command.arg(&self.script).arg(self.own.join("data")).arg(&input.file);
        command.args([clickhouse::name(input.form), &columns::clickhouse_table(input.form)]);
        timed(command.stdout(File::create(&said)?))?;
        let said = fs::read_to_string(&said)?;
        let numbers: Vec<f64> = said.split_whitespace().map_while(|word| word.parse().ok()).collect();
        clear(&self.own)?;
        let [inserted, merged, rows] = numbers[..] else { bail!("it says {said:?}") };
        ensure!(format!("{rows:.0}") == input.rows.to_string(), "it has {rows:.0} of {} rows", input.rows);
        Ok([inserted, merged].map(Duration::from_secs_f64).to_vec())
    }

    fn stop(self: Box<Self>) -> Result<()> {
        clear(&self.own)
    }
}
