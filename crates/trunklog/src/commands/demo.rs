//! `trunklog demo`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time;

use anyhow::{Context, Result, bail};
use indicatif::HumanCount;
use trunklog_odata::{Instant, Version};
use trunklog_records::json::RowEncoder;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Log, Rows, TenantId};
use trunklog_samples::{SyntheticLog, SyntheticOptions};
use trunklog_store::AppendCounts;

use crate::config::Settings;
use crate::flags::{LogName, log_name};
use crate::progress::{self, ProgressDisplay};
use crate::time::{parse, today};
use crate::{output, signals, store};

/// The tenant that sample data belongs to.
const DEMO_TENANT: TenantId = TenantId::new(uuid::uuid!("6f1d0000-0000-4000-8000-00000000de30"));

const BATCH_ROWS: usize = 32_768;

/// Batches that wait between making up and storing.
const WAITING_BATCHES: usize = 2;

/// How many days the calls cover by default.
const DAYS: i64 = 90;

/// Fills the store with made-up rows of all logs
///
/// The logs of an organisation that does not exist: daily rhythm, several trunks,
/// failures with true codes, transfers, meetings with dial-out, charges, text
/// messages, blocked users. The same rows, seed and times give the same logs on
/// every machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog demo
  trunklog demo --rows 1000000 --seed 7 --from 2026-01-01 --to 2026-07-01
  trunklog demo --log pstnCalls --log sms
  trunklog demo --rows 1000 --ndjson - | head -1
  trunklog demo --rows 1000 --ndjson sms.ndjson --log sms

Ends with 130 when it was stopped by Ctrl-C.")]
pub(crate) struct Demo {
    /// How many direct-routing calls. Beside them, `pstnCalls` has a quarter as many rows, `sms` a
    /// twentieth, `pstnBlockedUsers` a thousandth, and each some dozens at least
    #[arg(long, default_value_t = 100_000)]
    rows: u64,
    /// Make up only this log; may be given several times: `directRoutingCalls`, `pstnCalls`,
    /// `pstnBlockedUsers` or `sms` [default: all; directRoutingCalls with --ndjson]
    #[arg(long = "log", value_name = "NAME", value_parser = made_up)]
    logs: Vec<LogName>,
    /// Another seed gives another organisation
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The first moment of a row [default: 90 days before --to]
    #[arg(long, value_name = "TIME", value_parser = parse)]
    from: Option<Instant>,
    /// The first moment without rows [default: the last midnight UTC]
    #[arg(long, value_name = "TIME", value_parser = parse)]
    to: Option<Instant>,
    /// The tenant that the rows belong to
    #[arg(long, value_name = "GUID", default_value_t = DEMO_TENANT)]
    tenant: TenantId,
    /// Write lines of JSON of one log to a file, or - for standard output, instead of storing
    #[arg(long, value_name = "FILE")]
    ndjson: Option<PathBuf>,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

/// What is made up of one log.
struct Part {
    log: &'static Log,
    rows: u64,
    source: SyntheticLog,
}

impl Demo {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let show = if self.quiet { ProgressDisplay::Never } else { ProgressDisplay::OnTerminal };
        if let Some(file) = &self.ndjson {
            return write(file, self.part(self.only_log()?)?, show);
        }
        let parts = self.chosen().map(|log| self.part(log)).collect::<Result<Vec<Part>>>()?;
        self.store(settings, parts, show)
    }

    /// The logs that were named, or all.
    fn chosen(&self) -> impl Iterator<Item = &'static Log> {
        trunklog_samples::logs()
            .filter(move |log| self.logs.is_empty() || self.logs.iter().any(|LogName(named)| named == log))
    }

    /// The log of a file.
    fn only_log(&self) -> Result<&'static Log> {
        if self.logs.is_empty() {
            return Ok(&DIRECT_ROUTING_CALLS);
        }
        let mut chosen = self.chosen();
        match (chosen.next(), chosen.next()) {
            (Some(log), None) => Ok(log),
            _ => bail!("--ndjson writes one log: give only one with --log"),
        }
    }

    fn part(&self, log: &'static Log) -> Result<Part> {
        let to = self.to.unwrap_or_else(today);
        let from = self.from.unwrap_or_else(|| to.saturating_add_ticks(-DAYS * Instant::TICKS_PER_DAY));
        let rows = trunklog_samples::rows_beside(log, self.rows).unwrap_or(0);
        let options = SyntheticOptions { seed: self.seed, ..SyntheticOptions::new(rows, from, to) };
        Ok(Part { log, rows, source: SyntheticLog::new(log, options)? })
    }

    fn store(&self, settings: &Settings, parts: Vec<Part>, show: ProgressDisplay) -> Result<ExitCode> {
        let stop = signals::stop_flag()?;
        let store = store::open(settings, "demo")?;
        let target = store.engine().tenant(self.tenant);
        let bar = progress::rows(parts.iter().map(|part| part.rows).sum(), show);
        let began = time::Instant::now();
        let mut stored: Vec<(&Log, AppendCounts)> = Vec::new();
        for part in parts {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let mut appended = AppendCounts::default();
            each_batch(part.source, &stop, |rows| {
                appended += target.append(rows)?;
                bar.inc(u64::try_from(rows.len())?);
                Ok(())
            })?;
            stored.push((part.log, appended));
        }
        bar.finish_and_clear();
        let elapsed = began.elapsed();
        if !stop.load(Ordering::Relaxed) {
            progress::settling("settling the store", show, || store.engine().tidy())?;
        }
        output::print(&summary(self.tenant, &stored, elapsed))?;
        let was_stopped = stop.load(Ordering::Relaxed);
        Ok(if was_stopped { ExitCode::from(signals::INTERRUPTED) } else { ExitCode::SUCCESS })
    }
}

/// Reads the name of a log that can be made up.
fn made_up(text: &str) -> Result<LogName, String> {
    let name = log_name(text)?;
    if trunklog_samples::logs().any(|log| log == name.0) {
        return Ok(name);
    }
    let names: Vec<&str> = trunklog_samples::logs().map(|log| log.name).collect();
    Err(format!("its rows are computed from those of other logs: use one of {}", names.join(", ")))
}

/// What was stored, a line a log below the sum; without a line end.
fn summary(tenant: TenantId, stored: &[(&Log, AppendCounts)], elapsed: time::Duration) -> String {
    let rows: u64 =
        stored.iter().map(|(_, appended)| appended.new + appended.updated + appended.unchanged).sum();
    let mut out = format!(
        "stored {} of tenant {tenant}, {} rows/s",
        output::counted(rows, "row"),
        HumanCount(progress::per_sec(rows, elapsed))
    );
    let width = stored.iter().map(|(log, _)| log.name.len()).max().unwrap_or(0);
    for (log, appended) in stored {
        out.push_str(&format!(
            "\n  {:<width$}  {} new, {} updated, {} unchanged",
            log.name,
            HumanCount(appended.new),
            HumanCount(appended.updated),
            HumanCount(appended.unchanged)
        ));
    }
    out
}

/// Makes up rows in one thread while the caller's takes them.
fn each_batch(
    mut source: SyntheticLog,
    stop: &AtomicBool,
    mut take: impl FnMut(&Rows) -> Result<()>,
) -> Result<()> {
    let (batches, waiting) = mpsc::sync_channel(WAITING_BATCHES);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while let Some(rows) = source.next_batch(BATCH_ROWS) {
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

fn write(file: &Path, part: Part, show: ProgressDisplay) -> Result<ExitCode> {
    let bar = progress::rows(part.rows, show);
    let mut out: Box<dyn Write> = if file == Path::new("-") {
        Box::new(output::stdout())
    } else {
        let file = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
        Box::new(BufWriter::new(file))
    };
    let encoder = RowEncoder::new(part.log, Version::Beta);
    let mut lines = Vec::new();
    each_batch(part.source, &AtomicBool::new(false), |rows| {
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

#[cfg(test)]
mod tests {
    use trunklog_records::schema::SMS;

    use super::*;

    #[test]
    fn a_log_that_is_computed_cannot_be_made_up() {
        assert_eq!(made_up("getSmsLog").unwrap().0.name, "sms");
        let error = made_up("pstnOnlineMeetingDialout").unwrap_err();
        assert!(error.contains("pstnCalls"), "{error}");
    }

    #[test]
    fn a_summary_has_a_line_a_log() {
        let calls = AppendCounts { new: 1_200, updated: 3, ..AppendCounts::default() };
        let messages = AppendCounts { unchanged: 31, ..AppendCounts::default() };
        let stored = [(&DIRECT_ROUTING_CALLS, calls), (&SMS, messages)];
        let text = summary(DEMO_TENANT, &stored, time::Duration::from_secs(1));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], format!("stored 1,234 rows of tenant {DEMO_TENANT}, 1,234 rows/s"));
        assert_eq!(lines[1], "  directRoutingCalls  1,200 new, 3 updated, 0 unchanged");
        assert_eq!(lines[2], "  sms                 0 new, 0 updated, 31 unchanged");
    }
}
