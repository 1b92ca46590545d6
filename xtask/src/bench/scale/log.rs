//! A log of sample calls in a store of its own, made once.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::super::format::{grouped, per_sec, size};
use super::super::load::{self, IDENTITY};
use super::super::{Bench, BenchServer, peak};
use super::span;
use crate::http::Connection;
use crate::trunklog::{Application, Trunklog};
use crate::{json, spoken, stop};

/// The rows are made in portions, so that what is done can be told and goes on
/// there after a stop.
const PORTION: u32 = 2_000_000;

/// What makes one log another.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) struct Size {
    pub(in crate::bench) rows: u32,
    pub(in crate::bench) seed: u64,
}

/// A log that is there.
#[derive(Debug)]
pub(in crate::bench) struct Log {
    pub(in crate::bench) rows: u32,
    pub(in crate::bench) trunklog: Trunklog,
    application: Application,
}

impl Log {
    /// Makes the log unless it is in `folder`.
    pub(in crate::bench) fn ensure(binary: &Path, folder: &Path, size: Size) -> Result<Log> {
        let own = folder.join(format!("scale-{}-{}", size.rows, size.seed));
        let trunklog = Trunklog { binary: binary.to_owned(), data: own.join("data") };
        fill(&trunklog, &own, size)?;
        let application = trunklog.add_application("bench")?;
        let log = Log { rows: size.rows, trunklog, application };
        log.check().with_context(|| format!("remove {} to have the log made anew", own.display()))?;
        log.read_through()?;
        Ok(log)
    }

    /// Starts a server on it.
    pub(in crate::bench) fn serve(&self) -> Result<BenchServer> {
        BenchServer::start(&self.trunklog, &self.application, &[])
    }

    /// The same log in a copy of the store, which may be changed.
    pub(super) fn copy(&self, folder: &Path) -> Result<Log> {
        println!("copying {} of the store", size(self.trunklog.size()?));
        copy(&self.trunklog.data, folder)?;
        let trunklog = Trunklog { data: folder.to_owned(), ..self.trunklog.clone() };
        Ok(Log { rows: self.rows, trunklog, application: self.application.clone() })
    }

    /// Reads the files of the store once, so that they are in memory where
    /// there is room.
    pub(super) fn read_through(&self) -> Result<()> {
        for file in files(&self.trunklog.data)? {
            stop::check()?;
            io::copy(&mut File::open(file)?, &mut io::sink())?;
        }
        Ok(())
    }

    /// Whether the log has the rows that it should: the last is there, and none
    /// after it.
    fn check(&self) -> Result<()> {
        let running = self.serve()?;
        let target = format!("{}?$skip={}", Bench::all_calls(), self.rows - 1);
        let headers = [("Authorization", running.authorization.as_str()), IDENTITY];
        let mut body = Vec::new();
        load::get(&mut Connection::open(running.address)?, &headers, &target, &mut body)?;
        running.server.stop()?;
        let found = json::number(&body, "@odata.count").context("a page has a count")?;
        if format!("{found:.0}") != "1" {
            bail!("the store has not {} rows", grouped(f64::from(self.rows)));
        }
        Ok(())
    }
}

/// Makes what is missing of the rows.
fn fill(trunklog: &Trunklog, own: &Path, Size { rows, seed }: Size) -> Result<()> {
    let stamp = own.join("portions");
    let portions = rows.div_ceil(PORTION);
    let of = format!("{rows} rows, seed {seed}, portions of {PORTION}\n");
    let found = fs::read_to_string(&stamp).unwrap_or_default();
    let done = found.strip_prefix(&of).and_then(|done| done.trim().parse::<u32>().ok());
    let Some(first) = done else {
        if own.exists() {
            fs::remove_dir_all(own).with_context(|| format!("cannot empty {}", own.display()))?;
        }
        fs::create_dir_all(own)?;
        fs::write(&stamp, format!("{of}0\n"))?;
        return fill(trunklog, own, Size { rows, seed });
    };
    let all = grouped(f64::from(rows));
    if first >= portions {
        println!("a log of {all} rows is in {}", own.display());
        return Ok(());
    }
    println!("making a log of {all} rows in {}; a stopped run goes on where it was", own.display());
    let (start, before) = (Instant::now(), first * PORTION);
    for portion in first..portions {
        let count = PORTION.min(rows - portion * PORTION);
        let [from, to] = [portion, portion + 1].map(|at| span::instant(span::part(at, portions)));
        let mut command = trunklog.load_calls(count, seed + u64::from(portion), [&from, &to]);
        peak::run(command.stdout(Stdio::null()))?;
        fs::write(&stamp, format!("{of}{}\n", portion + 1))?;
        let (stored, elapsed) = (portion * PORTION + count, start.elapsed());
        println!(
            "  {} of {all} rows, {} rows/s, {}",
            grouped(f64::from(stored)),
            grouped(per_sec(stored - before, elapsed)),
            spoken::left(stored - before, rows - before, elapsed)
        );
    }
    Ok(())
}

/// Copies the files of a folder into a new one. Sockets and the like stay.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for file in files(from)? {
        stop::check()?;
        let target = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(&file, &target).with_context(|| format!("cannot copy to {}", target.display()))?;
    }
    Ok(())
}

/// All files below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files.extend(self::files(&entry.path())?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}
