//! Time zones on the socket.

use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};
use trunklog_store::Result;

use super::misunderstood;

/// A time zone, by its name or by its distance from UTC in seconds, which never
/// changes there.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ZoneForm {
    Named(String),
    Fixed(i32),
}

impl ZoneForm {
    pub(super) fn of(zone: &TimeZone) -> Result<ZoneForm> {
        if let Some(name) = zone.iana_name() {
            return Ok(ZoneForm::Named(name.to_owned()));
        }
        let offset = zone.to_fixed_offset().map_err(|error| misunderstood("a time zone").caused_by(error))?;
        Ok(ZoneForm::Fixed(offset.seconds()))
    }

    pub(super) fn into_zone(self) -> Result<TimeZone> {
        let zone = match self {
            ZoneForm::Named(name) => TimeZone::get(&name),
            ZoneForm::Fixed(seconds) => Offset::from_seconds(seconds).map(TimeZone::fixed),
        };
        zone.map_err(|error| misunderstood("a time zone").caused_by(error))
    }
}
