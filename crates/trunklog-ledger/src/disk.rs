//! What fills the disk, and how long it lasts.
//!
//! Whoever looks after the store measures from time to time and keeps the outcome
//! here, so that commands, metrics and pages tell the same without measuring. How much
//! room is left is asked whenever it is told: it can be gone within minutes, and on a full
//! disk no measurement can be kept.

use rustix::fs::statvfs;
use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_store::{Engine, Result};

use crate::book::{change, read, written};

const NOW: &str = "disk/now";
const HISTORY: &str = "disk/history";

/// How far apart measurements are that are kept.
const STEP: i64 = 6 * Instant::TICKS_PER_HOUR;

/// How many of them are kept: those of two weeks.
const MOST_SAMPLES: usize = 57;

/// From how long a time on a rate is told.
const LEAST_SPAN: i64 = Instant::TICKS_PER_DAY;

/// For fewer days than this a warning is given.
const FEW_DAYS: u64 = 30;

/// For fewer days than this it is urgent.
const VERY_FEW_DAYS: u64 = 7;

/// A disk with less room than this is nearly full, however slowly it fills.
const LITTLE_ROOM: u64 = 1024 * 1024 * 1024;

/// With less room than this nothing new can be stored: an engine writes whole blocks.
const NO_ROOM: u64 = 1024 * 1024;

/// What fills the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DiskUse {
    /// When it was measured.
    pub measured_at: Option<Instant>,
    /// The folder whose disk it is, where its name is a text.
    pub folder: Option<String>,
    /// The room that is left for the process, in bytes.
    pub free_bytes: u64,
    /// How large the disk is, in bytes.
    pub total_bytes: u64,
    /// What is in the data folder.
    pub parts: Vec<DiskPart>,
}

/// A part of what fills the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DiskPart {
    /// What it is: the name of a log, or `cubes`, `rejects`, `exports`, `audit` and
    /// the like.
    pub what: String,
    /// How large it is, in bytes.
    pub bytes: u64,
}

/// A measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Sample {
    at: Instant,
    /// What the data folder holds.
    used: u64,
    free: u64,
}

/// How long the disk lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    /// By how much it fills a day; negative where it empties.
    pub bytes_per_day: i64,
    /// For how many whole days there is room at that rate; None where it does not
    /// fill.
    pub days_left: Option<u64>,
}

/// How pressing it is that room is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Pressure {
    /// There is room.
    None,
    /// It should be made soon.
    Soon,
    /// It must be made now.
    Urgent,
    /// There is none: nothing new is stored. What is there can be read.
    Full,
}

impl Pressure {
    /// Its name, as reports, `trunklog status --json` and health have it.
    pub fn name(self) -> &'static str {
        match self {
            Pressure::None => "none",
            Pressure::Soon => "soon",
            Pressure::Urgent => "urgent",
            Pressure::Full => "full",
        }
    }
}

impl DiskUse {
    /// All that is in the data folder, in bytes.
    pub fn used_bytes(&self) -> u64 {
        self.parts.iter().fold(0, |sum, part| sum.saturating_add(part.bytes))
    }

    /// The same with the room that there is now.
    #[must_use]
    fn with_room_of_now(mut self) -> DiskUse {
        if let Some(Ok(system)) = self.folder.as_deref().map(statvfs) {
            self.free_bytes = system.f_bavail.saturating_mul(system.f_frsize);
            self.total_bytes = system.f_blocks.saturating_mul(system.f_frsize);
        }
        self
    }

    /// How pressing it is to make room.
    pub fn pressure(&self, forecast: Option<Forecast>) -> Pressure {
        let days = forecast.and_then(|forecast| forecast.days_left);
        let is_below = |most: u64| days.is_some_and(|days| days < most);
        let is_little = self.total_bytes > 0 && self.free_bytes < LITTLE_ROOM.min(self.total_bytes / 20);
        if self.total_bytes > 0 && self.free_bytes < NO_ROOM {
            Pressure::Full
        } else if is_little || is_below(VERY_FEW_DAYS) {
            Pressure::Urgent
        } else if is_below(FEW_DAYS) {
            Pressure::Soon
        } else {
            Pressure::None
        }
    }
}

/// Keeps a measurement, in place of the one before, and in the history if the last
/// one there is some hours old.
///
/// # Errors
/// Those of the store.
pub fn keep(engine: &dyn Engine, disk: &DiskUse, now: Instant) -> Result<()> {
    let disk = DiskUse { measured_at: Some(now), ..disk.clone() };
    change(engine, NOW, |_| written(&disk))?;
    let sample = Sample { at: now, used: disk.used_bytes(), free: disk.free_bytes };
    change(engine, HISTORY, |old| {
        let mut samples: Vec<Sample> = read(old);
        // What is later than now was measured while the clock was wrong.
        samples.retain(|kept| kept.at < now);
        let is_due = samples.last().is_none_or(|last| now.ticks().saturating_sub(last.at.ticks()) >= STEP);
        if is_due {
            samples.push(sample);
        }
        let too_many = samples.len().saturating_sub(MOST_SAMPLES);
        samples.drain(..too_many);
        written(&samples)
    })
}

/// The last measurement, with the room that there is now; None where there was none.
///
/// # Errors
/// Those of the store.
pub fn kept(engine: &dyn Engine) -> Result<Option<DiskUse>> {
    let text = engine.state(NOW)?;
    let kept: Option<DiskUse> = text.and_then(|text| serde_json::from_str(&text).ok());
    Ok(kept.map(DiskUse::with_room_of_now))
}

/// How pressing it is now that room is made. Of a disk that nobody has measured, nothing is
/// known.
///
/// # Errors
/// Those of the store.
pub fn pressure(engine: &dyn Engine, now: Instant) -> Result<Option<Pressure>> {
    let Some(disk) = kept(engine)? else { return Ok(None) };
    Ok(Some(disk.pressure(forecast(engine, &disk, now)?)))
}

/// How long the disk lasts at the rate of the last two weeks, by a measurement. None
/// where nobody has measured for a whole day.
///
/// # Errors
/// Those of the store.
pub fn forecast(engine: &dyn Engine, disk: &DiskUse, now: Instant) -> Result<Option<Forecast>> {
    let mut samples: Vec<Sample> = read(engine.state(HISTORY)?.as_deref());
    samples.retain(|sample| sample.at < now);
    let too_many = samples.len().saturating_sub(MOST_SAMPLES);
    samples.drain(..too_many);
    samples.push(Sample { at: now, used: disk.used_bytes(), free: disk.free_bytes });
    Ok(foretell(&samples, disk.free_bytes))
}

/// The disk fills by what the data folder grows, or by what others put there, if
/// that is more: both are seen in what is free.
fn foretell(samples: &[Sample], free: u64) -> Option<Forecast> {
    let [first, .., last] = samples else { return None };
    if last.at.ticks().saturating_sub(first.at.ticks()) < LEAST_SPAN {
        return None;
    }
    let grows = slope(samples, |sample| sample.used);
    let fills = slope(samples, |sample| sample.free).checked_neg()?;
    let per_day = grows.max(fills);
    let bytes_per_day = i64::try_from(per_day).unwrap_or(i64::MAX);
    let days = |per_day: u64| free / per_day;
    let days_left = u64::try_from(bytes_per_day).ok().filter(|rate| *rate > 0).map(days);
    Some(Forecast { bytes_per_day, days_left })
}

/// By how much a figure rises a day: the slope of the straight line that fits all
/// measurements best (least squares), so that neither the first nor the last one
/// alone decides.
fn slope(samples: &[Sample], figure: impl Fn(&Sample) -> u64) -> i128 {
    // In minutes and KiB the squares of two weeks and of any disk fit.
    let minute = Instant::TICKS_PER_SEC * 60;
    let start = samples.first().map_or(0, |first| first.at.ticks());
    let point = |sample: &Sample| {
        let x = i128::from((sample.at.ticks() - start) / minute);
        (x, i128::from(figure(sample) / 1024))
    };
    let count = i128::try_from(samples.len()).unwrap_or(i128::MAX);
    let (mut x_sum, mut y_sum, mut xx_sum, mut xy_sum) = (0_i128, 0_i128, 0_i128, 0_i128);
    for (x, y) in samples.iter().map(point) {
        x_sum += x;
        y_sum += y;
        xx_sum += x * x;
        xy_sum += x * y;
    }
    let below = count * xx_sum - x_sum * x_sum;
    if below == 0 {
        return 0;
    }
    let minutes_of_day = 24 * 60;
    (count * xy_sum - x_sum * y_sum) * minutes_of_day * 1024 / below
}

#[cfg(test)]
mod tests {
    use trunklog_store_kit::MemoryEngine;

    use super::*;

    const MIB: u64 = 1024 * 1024;
    const GIB: u64 = 1024 * MIB;

    fn at(hours: i64) -> Instant {
        Instant::from_date(2026, 11, 1).unwrap().saturating_add_ticks(hours * Instant::TICKS_PER_HOUR)
    }

    fn disk(used: u64, free: u64) -> DiskUse {
        let parts = vec![DiskPart { what: "sms".to_owned(), bytes: used }];
        DiskUse { measured_at: None, folder: None, free_bytes: free, total_bytes: 100 * GIB, parts }
    }

    #[test]
    fn a_steady_rate_is_told_after_a_day() {
        let engine = MemoryEngine::new();
        assert_eq!(kept(&engine).unwrap(), None);
        for hour in 0_u32..=240 {
            let used = GIB + u64::from(hour) * MIB;
            let measured = disk(used, 10 * GIB - u64::from(hour) * MIB);
            keep(&engine, &measured, at(i64::from(hour))).unwrap();
            let told = forecast(&engine, &measured, at(i64::from(hour))).unwrap();
            assert_eq!(told.is_some(), hour >= 24, "after {hour} hours");
            if let Some(told) = told {
                assert_eq!(u64::try_from(told.bytes_per_day).unwrap(), 24 * MIB);
                assert_eq!(told.days_left, Some(measured.free_bytes / (24 * MIB)));
            }
        }
        let samples: Vec<Sample> = read(engine.state(HISTORY).unwrap().as_deref());
        assert_eq!(samples.len(), 41);
        assert_eq!(kept(&engine).unwrap().unwrap().measured_at, Some(at(240)));
    }

    /// A disk fills within minutes, and then nothing can be kept any more.
    #[test]
    fn the_room_is_that_of_now() {
        let engine = MemoryEngine::new();
        let told = |folder: &str| {
            let folder = Some(folder.to_owned());
            keep(&engine, &DiskUse { folder, total_bytes: 2, ..disk(1, 1) }, at(0)).unwrap();
            kept(&engine).unwrap().unwrap()
        };
        let now = told(env!("CARGO_MANIFEST_DIR"));
        assert!(now.total_bytes > 2 && now.used_bytes() == 1 && now.measured_at == Some(at(0)), "{now:?}");
        let away = told("/nonexistent/x");
        assert_eq!((away.free_bytes, away.total_bytes), (1, 2), "a disk that is away is as it was");
    }

    #[test]
    fn what_others_fill_counts_and_a_disk_that_empties_lasts() {
        let sample = |day: i64, used: u64, free: u64| Sample { at: at(24 * day), used, free };
        let told = foretell(&[sample(0, GIB, 20 * GIB), sample(2, GIB, 18 * GIB)], 18 * GIB).unwrap();
        assert_eq!(told.days_left, Some(18));
        let told = foretell(&[sample(0, 2 * GIB, 18 * GIB), sample(2, GIB, 19 * GIB)], 19 * GIB).unwrap();
        assert!(told.bytes_per_day < 0 && told.days_left.is_none(), "{told:?}");
        assert_eq!(foretell(&[sample(0, GIB, GIB)], GIB), None);
        assert_eq!(foretell(&[], GIB), None);
    }

    #[test]
    fn one_odd_measurement_does_not_decide() {
        // A spill of DuckDB's, say, that is gone the next time.
        let mut samples: Vec<Sample> =
            (0..57).map(|step| Sample { at: at(6 * step), used: 10 * GIB, free: 50 * GIB }).collect();
        samples[56].used = 12 * GIB;
        samples[56].free = 48 * GIB;
        let told = foretell(&samples, 48 * GIB).unwrap();
        assert!(told.days_left.unwrap() > 1_000, "{told:?}");
    }

    #[test]
    fn the_history_is_bounded_and_forgets_what_is_later_than_now() {
        let engine = MemoryEngine::new();
        for step in 0..100 {
            keep(&engine, &disk(GIB, GIB), at(6 * step)).unwrap();
        }
        let samples = || -> Vec<Sample> { read(engine.state(HISTORY).unwrap().as_deref()) };
        assert_eq!(samples().len(), MOST_SAMPLES);
        keep(&engine, &disk(GIB, GIB), at(6 * 98)).unwrap();
        assert_eq!(samples().last().unwrap().at, at(6 * 98));
        // Sizes of any disk are added and multiplied without harm.
        let huge = [0, 400].map(|hours| Sample { at: at(hours), used: u64::MAX, free: u64::MAX });
        assert_eq!(foretell(&huge, u64::MAX).unwrap().days_left, None);
    }

    #[test]
    fn a_warning_comes_before_the_disk_is_full() {
        let days = |days_left| Some(Forecast { bytes_per_day: 1, days_left });
        let room = disk(GIB, 50 * GIB);
        for (told, pressure) in [
            (None, Pressure::None),
            (days(None), Pressure::None),
            (days(Some(30)), Pressure::None),
            (days(Some(29)), Pressure::Soon),
            (days(Some(6)), Pressure::Urgent),
        ] {
            assert_eq!(room.pressure(told), pressure, "{told:?}");
        }
        assert_eq!(disk(GIB, GIB - 1).pressure(None), Pressure::Urgent);
        assert_eq!(disk(GIB, MIB).pressure(days(None)), Pressure::Urgent);
        assert_eq!(disk(GIB, MIB - 1).pressure(days(None)), Pressure::Full);
        assert_eq!(DiskUse::default().pressure(None), Pressure::None, "nobody has measured");
    }
}
