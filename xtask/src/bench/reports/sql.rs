//! The same questions as SQL over the rows of the same file.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::super::scale::span::{self, SECS};
use super::super::spread::Spread;
use super::super::{Bench, exports};
use crate::process;
use crate::tools::Venv;
use crate::trunklog::Trunklog;

/// What SQL took, in milliseconds, and what the file holds.
#[derive(Debug, Default)]
pub(super) struct Answers {
    times: Vec<(String, Spread)>,
    pub(super) cube_bytes: Option<u64>,
    pub(super) row_bytes: Option<u64>,
}

impl Answers {
    /// Of the question of that name.
    pub(super) fn of(&self, key: &str) -> Option<&Spread> {
        self.times.iter().find(|(known, _)| known == key).map(|(_, times)| times)
    }
}

/// Asks DuckDB, whose file nobody has open meanwhile.
pub(super) fn measure(bench: &Bench, trunklog: &Trunklog) -> Result<Answers> {
    let venv = Venv::ensure(bench.layout)?;
    venv.install(&[exports::PACKAGE], "duckdb", exports::PACKAGE)?;
    println!("SQL over the rows");
    let script = bench.layout.root().join("xtask/bench/duckdb_reports.py");
    let mut command = process::program(&venv.program("python"), &bench.folder);
    command.arg(script).arg(file(trunklog)?).args([0, SECS].map(span::instant));
    command.arg(bench.plan.rounds.to_string());
    read(&process::output(&mut command)?)
}

/// The store's file.
fn file(trunklog: &Trunklog) -> Result<PathBuf> {
    for entry in fs::read_dir(&trunklog.data)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "duckdb") {
            return Ok(path);
        }
    }
    bail!("there is no store in {}", trunklog.data.display())
}

/// Lines of a name and a number: milliseconds of a question, or bytes.
fn read(text: &str) -> Result<Answers> {
    let mut answers = Answers::default();
    for line in text.lines() {
        let (name, number) = line.split_once(' ').with_context(|| format!("'{line}' has no number"))?;
        match name {
            "cube_bytes" => answers.cube_bytes = Some(number.parse()?),
            "row_bytes" => answers.row_bytes = Some(number.parse()?),
            _ => {
                let known = answers.times.iter().position(|(known, _)| known == name);
                let at = known.unwrap_or_else(|| {
                    answers.times.push((name.to_owned(), Spread::default()));
                    answers.times.len() - 1
                });
                answers.times[at].1.push(number.parse()?);
            }
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_by_name() -> Result<()> {
        let answers = read("kpis 12.5\nusers 3\nkpis 13.5\ncube_bytes 4096\n")?;
        assert_eq!(answers.of("kpis").map(Spread::whole).as_deref(), Some("13 (12 to 14)"));
        assert_eq!((answers.cube_bytes, answers.row_bytes), (Some(4_096), None));
        assert!(answers.of("series").is_none() && read("kpis").is_err() && read("kpis soon").is_err());
        Ok(())
    }
}
