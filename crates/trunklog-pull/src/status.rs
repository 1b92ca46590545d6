//! How pulling stands, log by log.

use serde::Serialize;
use trunklog_odata::Instant;
use trunklog_records::schema::Log;
use trunklog_sources::positions::{Positions, States};
use trunklog_store::Result;

use crate::position::{Position, Tally};
use crate::puller::position_name;
use crate::settings::Settings;
use crate::walk::{Rules, Walk};

/// How one log stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogStatus {
    /// The name of the log.
    pub log: &'static str,
    /// From when on all is there that the server has.
    pub complete_from: Option<String>,
    /// Up to when.
    pub complete_until: Option<String>,
    /// How many days of the first load are left.
    pub days_left: Option<u32>,
    /// When a walk last came to its end.
    pub succeeded_at: Option<String>,
    /// Since when nothing succeeds.
    pub failing_since: Option<String>,
    /// Why, and what to do.
    pub failure: Option<String>,
    /// Whether the server tells what changes, and is followed.
    pub follows_changes: bool,
    /// Rows that the server no longer has, of the days that were read again last.
    pub gone: u64,
    /// What was done in all.
    #[serde(flatten)]
    pub tally: Tally,
}

impl LogStatus {
    /// How a walk stands.
    pub fn of(walk: &Walk, now: Instant) -> LogStatus {
        let position: &Position = walk.position();
        let text = |at: Instant| at.to_string();
        let (complete_from, complete_until) = position.complete();
        LogStatus {
            log: walk.log().name,
            complete_from: complete_from.map(text),
            complete_until: complete_until.map(text),
            days_left: walk.days_left(now),
            succeeded_at: position.succeeded_at.map(text),
            failing_since: position.failing.as_ref().map(|failing| text(failing.since)),
            failure: position.failing.as_ref().map(|failing| failing.why.clone()),
            follows_changes: position.mirror.as_ref().is_some_and(|mirror| mirror.link.is_some()),
            gone: position.gone,
            tally: position.tally,
        }
    }
}

/// How all logs stand, by what the store keeps.
///
/// # Errors
/// Those of the store.
pub fn of_settings(
    settings: &Settings,
    states: impl States + 'static,
    now: Instant,
) -> Result<Vec<LogStatus>> {
    let positions = Positions::new(states, settings.tenant);
    let status = |log: &'static Log| -> Result<LogStatus> {
        let root = settings.place.root();
        let text = positions.of(&position_name(settings, log))?.text();
        let position = text.and_then(|text| Position::read(&text, root));
        let position = position.unwrap_or_else(|| Position::new(root));
        Ok(LogStatus::of(&Walk::new(Rules::of(settings, log), position), now))
    };
    settings.logs.iter().copied().map(status).collect()
}
