//! `trunklog demo`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time;

use anyhow::{Context, Result};
use indicatif::{HumanCount, ProgressBar};
use trunklog_odata::{Instant, Version};
use trunklog_records::json::RowEncoder;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TenantId};
use trunklog_sources::synthetic::{SyntheticCalls, SyntheticOptions};
use trunklog_store::Appended;

use crate::config::Settings;
use crate::progress::{self, Show};
use crate::time::{DAY_TICKS, parse, today};
use crate::{output, signals, store};

/// The tenant that sample data belongs to.
const DEMO_TENANT: TenantId = TenantId::new(uuid::uuid!("6f1d0000-0000-4000-8000-00000000de30"));

const BATCH_ROWS: usize = 32_768;

/// Batches that wait between making up and storing.
const WAITING_BATCHES: usize = 2;

/// How many days the calls cover unless said otherwise.
const DAYS: i64 = 90;

/// Fills the store with made-up calls
///
/// Calls of an organisation that does not exist: daily rhythm, several trunks,
/// failures with true codes, transfers. The same rows, seed and times give the
/// same calls on every machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog demo
  trunklog demo --rows 1000000 --seed 7 --from 2026-01-01 --to 2026-07-01
  trunklog demo --rows 1000 --ndjson - | head -1

Ends with 130 when it was stopped by Ctrl-C.")]
pub(crate) struct Demo {
    /// How many calls
    #[arg(long, default_value_t = 100_000)]
    rows: u64,
    /// Another seed gives another organisation
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The first moment of a call [default: 90 days before --to]
    #[arg(long, value_name = "TIME", value_parser = parse)]
    from: Option<Instant>,
    /// The first moment without calls [default: the last midnight UTC]
    #[arg(long, value_name = "TIME", value_parser = parse)]
    to: Option<Instant>,
    /// The tenant that the calls belong to
    #[arg(long, value_name = "GUID", default_value_t = DEMO_TENANT)]
    tenant: TenantId,
    /// Write lines of JSON to a file, or - for standard output, instead of storing
    #[arg(long, value_name = "FILE")]
    ndjson: Option<PathBuf>,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

impl Demo {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let to = self.to.unwrap_or_else(today);
        let from = self.from.unwrap_or_else(|| to.saturating_add_ticks(-DAYS * DAY_TICKS));
        let options = SyntheticOptions { seed: self.seed, ..SyntheticOptions::new(self.rows, from, to) };
        let calls = SyntheticCalls::new(options)?;
        let show = if self.quiet { Show::Never } else { Show::OnTerminal };
        match &self.ndjson {
            Some(file) => write(file, calls, &progress::rows(self.rows, show)),
            None => self.store(settings, calls, show),
        }
    }

    fn store(&self, settings: &Settings, calls: SyntheticCalls, show: Show) -> Result<ExitCode> {
        let stop = signals::stop_flag()?;
        let store = store::open(settings, "demo")?;
        let target = store.engine().tenant(self.tenant);
        let bar = progress::rows(self.rows, show);
        let began = time::Instant::now();
        let mut stored = Appended::default();
        each_batch(calls, &stop, |rows| {
            stored += target.append(rows)?;
            bar.inc(u64::try_from(rows.len())?);
            Ok(())
        })?;
        bar.finish_and_clear();
        let elapsed = began.elapsed();
        if !stop.load(Ordering::Relaxed) {
            progress::settling("settling the store", show, || store.engine().tidy())?;
        }
        let total = stored.new + stored.updated + stored.unchanged;
        output::print(&format!(
            "stored {} of tenant {}: {} new, {} updated, {} unchanged, {} rows/s",
            output::counted(total, "call"),
            self.tenant,
            HumanCount(stored.new),
            HumanCount(stored.updated),
            HumanCount(stored.unchanged),
            HumanCount(progress::per_sec(total, elapsed))
        ))?;
        let was_stopped = stop.load(Ordering::Relaxed);
        Ok(if was_stopped { ExitCode::from(signals::INTERRUPTED) } else { ExitCode::SUCCESS })
    }
}

/// Makes up calls in one thread while the caller's takes them.
fn each_batch(
    mut calls: SyntheticCalls,
    stop: &AtomicBool,
    mut take: impl FnMut(&Rows) -> Result<()>,
) -> Result<()> {
    let (batches, waiting) = mpsc::sync_channel(WAITING_BATCHES);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Some(rows) = calls.next_batch(BATCH_ROWS) {
                // Nobody takes more after a failure or a stop.
                if batches.send(rows).is_err() {
                    return;
                }
            }
        });
        // Dropped when this ends, however it ends, which ends the thread.
        for rows in waiting {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            take(&rows)?;
        }
        Ok(())
    })
}

fn write(file: &Path, calls: SyntheticCalls, bar: &ProgressBar) -> Result<ExitCode> {
    let mut out: Box<dyn Write> = if file == Path::new("-") {
        Box::new(output::stdout())
    } else {
        let file = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
        Box::new(BufWriter::new(file))
    };
    let encoder = RowEncoder::new(&DIRECT_ROUTING_CALLS, Version::Beta);
    let mut lines = Vec::new();
    each_batch(calls, &AtomicBool::new(false), |rows| {
        lines.clear();
        let bound = encoder.bind(rows);
        for row in 0..rows.len() {
            bound.write(row, &mut lines);
            lines.push(b'\n');
        }
        out.write_all(&lines).with_context(|| format!("cannot write {}", file.display()))?;
        bar.inc(u64::try_from(rows.len())?);
        Ok(())
    })?;
    out.flush().with_context(|| format!("cannot write {}", file.display()))?;
    bar.finish_and_clear();
    Ok(ExitCode::SUCCESS)
}
