//! How much room there is: the server measures the disk once an hour, says when it
//! gets scarce, and deletes rejected records that are kept for long enough.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant as Clock};

use trunklog_errors::with_causes;
use trunklog_ledger::disk::{self as kept, DiskUse, Forecast, Pressure};
use trunklog_odata::Instant;
use trunklog_sources::rejected::RejectFolder;
use trunklog_store::Engine;

use super::folders::wait;
use crate::config::Settings;
use crate::{disk, store, time};

/// How often it is looked.
const PAUSE: Duration = Duration::from_hours(1);

/// How often it is looked in between whether room got scarce.
const GLANCE: Duration = Duration::from_mins(1);

/// How often what goes on being so is told again.
const REMINDER: Duration = Duration::from_hours(24);

/// The thread that measures.
pub(super) struct Room {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Room {
    /// Starts to measure.
    pub(super) fn start(settings: &Settings, engine: Arc<dyn Engine>) -> Room {
        let stop = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&stop);
        let places = Places {
            data_dir: settings.data_dir.clone(),
            store: store::file(settings),
            rejects: RejectFolder::new(settings.rejects_folder()),
            rejects_kept: settings.rejects_kept,
        };
        let thread = thread::spawn(move || {
            let mut told = Told::default();
            while !ends.load(Ordering::Relaxed) {
                look(&places, engine.as_ref(), &mut told);
                let looked = Clock::now();
                while !ends.load(Ordering::Relaxed) && looked.elapsed() < PAUSE {
                    wait(GLANCE, &ends);
                    glance(engine.as_ref(), &mut told);
                }
            }
        });
        Room { stop, thread }
    }

    /// Ends it.
    pub(super) fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        // Never leave while another thread is inside the engine.
        if self.thread.join().is_err() {
            tracing::error!("the thread that measured the disk had failed");
        }
    }
}

/// What is looked at.
struct Places {
    data_dir: PathBuf,
    store: PathBuf,
    rejects: RejectFolder,
    rejects_kept: Duration,
}

fn look(places: &Places, engine: &dyn Engine, told: &mut Told) {
    let now = time::now();
    match measured(places, engine, now) {
        Ok((disk, forecast)) => told.tell(&disk, forecast),
        Err(error) => {
            tracing::warn!("the disk cannot be measured: {error:#}; this is tried again in an hour");
        }
    }
    let secs = i64::try_from(places.rejects_kept.as_secs()).unwrap_or(i64::MAX);
    let before = now.saturating_add_ticks(-secs.saturating_mul(Instant::TICKS_PER_SEC));
    match places.rejects.drop_older(before) {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "deleted rejected records that were kept for long enough"),
        Err(error) => tracing::warn!(%error, "old rejected records cannot be looked for"),
    }
}

/// Says when room got scarcer since it was measured.
fn glance(engine: &dyn Engine, told: &mut Told) {
    let Ok(Some(disk)) = kept::kept(engine) else { return };
    let Ok(forecast) = kept::forecast(engine, &disk, time::now()) else { return };
    if told.is_worse(disk.pressure(forecast)) {
        told.tell(&disk, forecast);
    }
}

/// What there is now, and how long it lasts. It is kept for those who ask, where that is
/// possible: on a full disk it must be told all the same.
fn measured(
    places: &Places,
    engine: &dyn Engine,
    now: Instant,
) -> anyhow::Result<(DiskUse, Option<Forecast>)> {
    let disk = disk::measure(&places.data_dir, &places.store, engine)?;
    let forecast = kept::forecast(engine, &disk, now)?;
    if let Err(error) = kept::keep(engine, &disk, now) {
        tracing::warn!(error = %with_causes(&error), "how full the disk is could not be kept");
    }
    Ok((disk, forecast))
}

/// What was said of the disk, and when.
#[derive(Default)]
struct Told(Option<(Pressure, Clock)>);

impl Told {
    fn tell(&mut self, disk: &DiskUse, forecast: Option<Forecast>) {
        let pressure = disk.pressure(forecast);
        if !self.is_due(pressure) {
            return;
        }
        let free_mib = disk.free_bytes / (1024 * 1024);
        let days_left = forecast.and_then(|forecast| forecast.days_left);
        let days = days_left.map_or_else(|| "unknown".to_owned(), |days| days.to_string());
        let largest = disk.parts.iter().max_by_key(|part| part.bytes).map_or("-", |part| part.what.as_str());
        match pressure {
            Pressure::None => tracing::info!(free_mib, "there is room on the disk again"),
            Pressure::Soon => tracing::warn!(
                free_mib,
                days_left = %days,
                largest,
                "the disk will be full: make room, or set a retention; trunklog status says what fills it"
            ),
            Pressure::Urgent => tracing::error!(
                free_mib,
                days_left = %days,
                largest,
                "the disk is nearly full: make room now; trunklog status says what fills it"
            ),
            Pressure::Full => tracing::error!(
                free_mib,
                largest,
                "the disk is full: nothing new is stored, make room now; trunklog status says what fills it"
            ),
        }
    }

    /// Whether there is less room than was said.
    fn is_worse(&self, pressure: Pressure) -> bool {
        pressure > self.0.as_ref().map_or(Pressure::None, |(told, _)| *told)
    }

    /// Whether to say it: when it changes, and once a day as long as room is scarce.
    fn is_due(&mut self, pressure: Pressure) -> bool {
        let is_due = match &self.0 {
            None => pressure != Pressure::None,
            Some((told, when)) => {
                *told != pressure || (pressure != Pressure::None && when.elapsed() >= REMINDER)
            }
        };
        if is_due {
            self.0 = Some((pressure, Clock::now()));
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scarce_room_is_told_when_it_changes() {
        let mut told = Told::default();
        assert!(!told.is_due(Pressure::None) && !told.is_worse(Pressure::None));
        assert!(told.is_worse(Pressure::Soon));
        assert!(told.is_due(Pressure::Soon) && !told.is_due(Pressure::Soon));
        assert!(told.is_worse(Pressure::Urgent) && !told.is_worse(Pressure::Soon));
        assert!(told.is_due(Pressure::Urgent));
        assert!(!told.is_worse(Pressure::Soon));
        assert!(told.is_due(Pressure::None) && !told.is_due(Pressure::None));
    }
}
