//! How pulling gets on, on standard error.

use std::collections::BTreeMap;
use std::time::{Duration, Instant as Moment};

use indicatif::ProgressBar;
use trunklog_odata::Instant;
use trunklog_pull::fault::Fault;
use trunklog_pull::puller::Watch;
use trunklog_pull::walk::{Answer, Walk};
use trunklog_records::Log;

use crate::output::{self, counted};
use crate::progress::{self, ProgressDisplay};

/// A line with windows, rows and the time that is left.
pub(super) struct PullBar {
    bar: ProgressBar,
    source: String,
    began: Moment,
    rows: u64,
    /// Rows that could not be used, of all sources.
    rejected: u64,
    windows: BTreeMap<&'static str, u64>,
    /// Days of the first load that are left, by log.
    days: BTreeMap<&'static str, u32>,
    days_at_first: u32,
}

impl PullBar {
    pub(super) fn new(show: ProgressDisplay) -> PullBar {
        let bar = progress::spinner(show);
        bar.enable_steady_tick(Duration::from_millis(120));
        PullBar {
            bar,
            source: String::new(),
            began: Moment::now(),
            rows: 0,
            rejected: 0,
            windows: BTreeMap::new(),
            days: BTreeMap::new(),
            days_at_first: 0,
        }
    }

    /// Another source starts.
    pub(super) fn start<'w>(&mut self, source: &str, walks: impl Iterator<Item = &'w Walk>, now: Instant) {
        source.clone_into(&mut self.source);
        self.began = Moment::now();
        self.rows = 0;
        self.windows.clear();
        self.days = walks.filter_map(|walk| Some((walk.log().name, walk.days_left(now)?))).collect();
        self.days_at_first = self.days.values().sum();
    }

    /// How many rows could not be used.
    pub(super) fn rejected(&self) -> u64 {
        self.rejected
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// The time that the rest takes if days go on to take as long as they did.
    fn left(&self) -> Option<Duration> {
        let left: u32 = self.days.values().sum();
        let done = self.days_at_first.checked_sub(left).filter(|done| *done > 0)?;
        (left > 0).then(|| self.began.elapsed().mul_f64(f64::from(left) / f64::from(done)))
    }

    fn show(&self, log: &Log, walk: &Walk) {
        let windows: u64 = self.windows.values().sum();
        let at = walk.open().map_or_else(String::new, |open| format!(", at {}", open.window.from));
        let left = self.left().map_or_else(String::new, |left| {
            format!(", about {} left", counted(left.as_secs() / 60 + 1, "minute"))
        });
        let (windows, rows) = (counted(windows, "window"), counted(self.rows, "row"));
        self.bar.set_message(format!("{} {}{at}: {windows}, {rows}{left}", self.source, log.name));
    }
}

impl Watch for PullBar {
    fn stored(&mut self, log: &'static Log, answer: &Answer, walk: &Walk, now: Instant) {
        self.rows += answer.rows;
        self.rejected += answer.rejected;
        if answer.next_link.is_none() {
            *self.windows.entry(log.name).or_default() += 1;
        }
        match walk.days_left(now) {
            Some(days) => self.days.insert(log.name, days),
            None => self.days.remove(log.name),
        };
        self.show(log, walk);
    }

    fn waits(&mut self, log: &'static Log, fault: &Fault, pause: Duration) {
        let secs = counted(pause.as_secs() + 1, "second");
        self.bar.set_message(format!("{} {}: {fault}; again in {secs}", self.source, log.name));
    }

    fn gave_up(&mut self, log: &'static Log, _fault: &Fault, why: &str) {
        let line = format!("{} {}: {why}", self.source, log.name);
        self.bar.suspend(|| output::complain(&line));
    }
}
