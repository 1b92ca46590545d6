//! Late rows: an import in no order over the whole span of the large log, and
//! what its pages take then.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::super::dice::Dice;
use super::super::format::{grouped, per_sec, size};
use super::super::peak;
use super::super::report::{Report, Table};
use super::log::Log;
use super::pages::{self, Times};
use super::{Plan, span};
use crate::{process, spoken, stop};

/// Far from the seeds of the portions of a log, so that the rows are new.
const SEED: u64 = 1_000_000;

/// Imports late rows into a copy of the large log.
pub(super) fn measure(
    plan: Plan,
    [small, large]: &[Log; 2],
    folder: &Path,
    report: &mut Report,
) -> Result<()> {
    let file = samples(plan, large, folder)?;
    let copy = LogCopy::new(large, folder.join("scale-late"))?;
    println!("importing {}", file.display());
    let cost = peak::run_within(&mut copy.log.trunklog.import(&file), plan.late_limit)?;
    let mut table = Table::new(["import", "rows", "seconds", "rows/s", "peak memory"]);
    let (what, rows) = ("late rows, in no order", grouped(f64::from(plan.late_rows)));
    table.row(match cost {
        Some(cost) => [
            what.to_owned(),
            rows,
            format!("{:.1}", cost.time.as_secs_f64()),
            grouped(per_sec(plan.late_rows, cost.time)),
            size(cost.memory),
        ],
        None => [
            what.to_owned(),
            rows,
            format!("stopped after {}", spoken::duration(plan.late_limit)),
            String::new(),
            String::new(),
        ],
    });
    let text = format!(
        "`trunklog import` of one NDJSON file, shuffled, whose rows are spread over the whole span, into a copy of \
         the store of {} rows.",
        grouped(f64::from(large.rows))
    );
    report.section("Import of late rows", &text, table);

    copy.log.read_through()?;
    let mut times: [Times; 2] = Default::default();
    let servers = [small.serve()?, copy.log.serve()?];
    for round in 0..plan.rounds {
        println!("round {} of {}: pages after the import", round + 1, plan.rounds);
        // Other places than before.
        let at = plan.rounds + round;
        pages::round(at, plan.seed, [small, &copy.log], [&servers[0], &servers[1]], &mut times)?;
    }
    for server in servers {
        server.server.stop()?;
    }
    let text = "As above; the large log is the one with the late rows.";
    report.section("Pages after late rows", text, pages::table(&times));
    Ok(())
}

/// A copy of a log, which is removed when this is dropped.
struct LogCopy {
    log: Log,
    folder: PathBuf,
}

impl LogCopy {
    fn new(log: &Log, folder: PathBuf) -> Result<LogCopy> {
        // Of a run that was killed.
        remove(&folder)?;
        match log.copy(&folder) {
            Ok(log) => Ok(LogCopy { log, folder }),
            Err(error) => {
                remove(&folder)?;
                Err(error)
            }
        }
    }
}

impl Drop for LogCopy {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.folder) {
            eprintln!("{error:#}");
        }
    }
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// The file of late rows, written once.
fn samples(plan: Plan, log: &Log, folder: &Path) -> Result<PathBuf> {
    let file = folder.join(format!("late-{}-{}.ndjson", plan.late_rows, plan.seed));
    if !file.is_file() {
        println!("writing {} late rows", grouped(f64::from(plan.late_rows)));
        let [ordered, part] = ["late.ordered", "late.part"].map(|name| folder.join(name));
        let [from, to] = [0, span::SECS].map(span::instant);
        let seed = plan.seed + SEED;
        process::run(&mut log.trunklog.write_calls(plan.late_rows, seed, [&from, &to], &ordered))?;
        shuffle(&ordered, &part, seed)?;
        fs::remove_file(&ordered)?;
        fs::rename(&part, &file).with_context(|| format!("no rows in {}", part.display()))?;
    }
    Ok(file)
}

/// Writes the lines of a file in no order to another.
fn shuffle(from: &Path, to: &Path, seed: u64) -> Result<()> {
    let mut lines = lines(from)?;
    let mut dice = Dice::new(seed);
    for at in (1..lines.len()).rev() {
        let other = usize::try_from(dice.below(u32::try_from(at)? + 1))?;
        lines.swap(at, other);
    }
    let from = File::open(from)?;
    let mut to = BufWriter::with_capacity(1 << 20, File::create(to)?);
    let mut line = Vec::new();
    for (start, length) in lines {
        stop::check()?;
        line.resize(length, 0);
        from.read_exact_at(&mut line, start)?;
        to.write_all(&line)?;
    }
    to.flush()?;
    Ok(())
}

/// Where each line starts, and its length with its end.
fn lines(file: &Path) -> Result<Vec<(u64, usize)>> {
    let mut from = BufReader::with_capacity(1 << 20, File::open(file)?);
    let (mut lines, mut start, mut line) = (Vec::new(), 0, Vec::new());
    loop {
        line.clear();
        let length = from.read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(lines);
        }
        lines.push((start, length));
        start += u64::try_from(length)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffled_file_has_the_same_lines_in_another_order() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("xtask-shuffle-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let [from, to] = ["from", "to"].map(|name| folder.join(name));
        let text: String = (0..200).fold(String::new(), |text, line| text + &format!("line {line}\n"));
        fs::write(&from, &text)?;
        shuffle(&from, &to, 1)?;
        let shuffled = fs::read_to_string(&to)?;
        fs::remove_dir_all(&folder)?;
        assert_ne!(shuffled, text);
        let sorted = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(&shuffled), sorted(&text));
        Ok(())
    }
}
