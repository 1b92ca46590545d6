//! Progress bars on standard error; nothing where that is not a terminal.

use std::cell::Cell;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use trunklog_sources::pipeline::Progress;

use crate::output::counted;

const KNOWN_END: &str = "{bar:30} {percent:>3} %  {bytes}/{total_bytes}  {msg}  {eta} left";
const OPEN_END: &str = "{spinner} {bytes}  {msg}";
const ROWS: &str = "{bar:30} {percent:>3} %  {human_pos}/{human_len} rows  {per_sec}  {eta} left";
const OPEN_ROWS: &str = "{spinner} {human_pos} rows  {per_sec}";
const DAYS: &str = "{bar:30} {percent:>3} %  {human_pos}/{human_len} days  {eta} left";
const SETTLING: &str = "{spinner} {msg}";

/// Whether to show progress at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProgressDisplay {
    /// Where standard error is a terminal.
    OnTerminal,
    /// Never.
    Never,
}

/// Shows how an import gets on.
pub(crate) struct ImportBar {
    bar: ProgressBar,
    rows: Cell<u64>,
    began: Instant,
}

impl ImportBar {
    /// A bar that appears when the import starts.
    pub(crate) fn new(show: ProgressDisplay) -> ImportBar {
        let bar = ProgressBar::with_draw_target(None, target(show));
        ImportBar { bar, rows: Cell::new(0), began: Instant::now() }
    }
}

impl Progress for ImportBar {
    fn started(&self, total_bytes: Option<u64>) {
        self.bar.set_style(style(if total_bytes.is_some() { KNOWN_END } else { OPEN_END }));
        if let Some(total) = total_bytes {
            self.bar.set_length(total);
        }
    }

    fn advanced(&self, bytes: u64, rows: u64) {
        let rows = self.rows.get() + rows;
        self.rows.set(rows);
        self.bar.inc(bytes);
        let rate = per_sec(rows, self.began.elapsed());
        self.bar.set_message(format!("{}  {} rows/s", counted(rows, "row"), HumanCount(rate)));
    }

    fn finished(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar over a known number of rows.
pub(crate) fn rows(total: u64, show: ProgressDisplay) -> ProgressBar {
    ProgressBar::with_draw_target(Some(total), target(show)).with_style(style(ROWS))
}

/// Something that goes on for long, whose message says how.
pub(crate) fn spinner(show: ProgressDisplay) -> ProgressBar {
    ProgressBar::with_draw_target(None, target(show)).with_style(style(SETTLING))
}

/// A count of rows whose number is not known before.
pub(crate) fn open_rows(show: ProgressDisplay) -> ProgressBar {
    ProgressBar::with_draw_target(None, target(show)).with_style(style(OPEN_ROWS))
}

/// A bar over days, whose number grows when it becomes known.
pub(crate) fn days(show: ProgressDisplay) -> ProgressBar {
    ProgressBar::with_draw_target(Some(0), target(show)).with_style(style(DAYS))
}

/// Runs something that takes a while with a spinner beside it.
pub(crate) fn settling<T>(message: &'static str, show: ProgressDisplay, work: impl FnOnce() -> T) -> T {
    let spinner = ProgressBar::with_draw_target(None, target(show)).with_style(style(SETTLING));
    spinner.set_message(message);
    spinner.enable_steady_tick(Duration::from_millis(120));
    let outcome = work();
    spinner.finish_and_clear();
    outcome
}

/// Whole rows a second.
pub(crate) fn per_sec(rows: u64, elapsed: Duration) -> u64 {
    let rate = u128::from(rows) * 1_000 / elapsed.as_millis().max(1);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

fn target(show: ProgressDisplay) -> ProgressDrawTarget {
    match show {
        ProgressDisplay::OnTerminal => ProgressDrawTarget::stderr(),
        ProgressDisplay::Never => ProgressDrawTarget::hidden(),
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
