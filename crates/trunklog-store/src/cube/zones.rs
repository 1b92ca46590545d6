//! The zones in which a store counts days, as it keeps them for those who open it and do
//! not know them.
//!
//! Sums by day are of a zone, and made anew for another one. A server has the zones from
//! its configuration, and notes them in the store. A command that is run without that
//! configuration takes what is noted: else an import would have the sums of all days
//! made anew, and the server would do so again.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use trunklog_records::TenantId;

use super::{CubeSettings, zone_name};
use crate::Engine;
use crate::error::Result;

/// Whose zones count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ZoneChoice {
    /// Those that are given. Sums in others are made anew.
    #[default]
    Given,
    /// Those that the store notes, or else those in which its sums are made; the given
    /// ones where it has neither.
    Kept,
}

/// What the names of the states start with in which zones are noted.
pub const ZONE_STATES: &str = "zone/";

/// What follows for tenants without a zone of their own; else the tenant's id does.
const OTHERS: &str = "others";

/// The zones that a store notes.
///
/// ```
/// use trunklog_store::cube::NotedZones;
///
/// let states = [("zone/others".to_owned(), "Europe/Berlin".to_owned())];
/// let noted = NotedZones::of(states);
/// let tenant = "11111111-2222-3333-4444-555555555555".parse().unwrap();
/// assert_eq!(noted.zone_of(tenant).and_then(|zone| zone.iana_name()), Some("Europe/Berlin"));
/// assert!(NotedZones::default().zone_of(tenant).is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NotedZones {
    others: Option<TimeZone>,
    tenants: BTreeMap<TenantId, TimeZone>,
}

impl NotedZones {
    /// What the states say whose names start with [`ZONE_STATES`]. What no zone is known
    /// by is left out.
    pub fn of(states: impl IntoIterator<Item = (String, String)>) -> NotedZones {
        let mut noted = NotedZones::default();
        for (name, value) in states {
            let Some(of) = name.strip_prefix(ZONE_STATES) else { continue };
            let Some(zone) = zone_by_name(&value) else { continue };
            if of == OTHERS {
                noted.others = Some(zone);
            } else if let Ok(tenant) = of.parse() {
                noted.tenants.insert(tenant, zone);
            }
        }
        noted
    }

    /// Whether nothing is noted.
    pub fn is_empty(&self) -> bool {
        self.others.is_none()
    }

    /// The zone of a tenant; None where nothing is noted.
    pub fn zone_of(&self, tenant: TenantId) -> Option<&TimeZone> {
        let others = self.others.as_ref()?;
        Some(self.tenants.get(&tenant).unwrap_or(others))
    }

    /// Settings with these zones, where some are noted: they were all that there were.
    /// Else with those in which the sums of tenants are made.
    #[must_use]
    pub fn over(self, given: &CubeSettings, made_in: BTreeMap<TenantId, TimeZone>) -> CubeSettings {
        let mut settings = given.clone();
        match self.others {
            Some(others) => {
                settings.zone = others;
                settings.zones = self.tenants;
            }
            None => settings.zones.extend(made_in),
        }
        settings
    }
}

/// The zone that [`zone_name`] calls so.
pub fn zone_by_name(name: &str) -> Option<TimeZone> {
    if name == "UTC" { Some(TimeZone::UTC) } else { TimeZone::get(name).ok() }
}

/// Notes the zones of settings in a store, for those who open it with
/// [`ZoneChoice::Kept`]. Changes nothing where they are noted already.
///
/// # Errors
/// When the store cannot be read or written.
pub fn note_zones<E: Engine + ?Sized>(engine: &E, settings: &CubeSettings) -> Result<()> {
    let name = |of: &str| format!("{ZONE_STATES}{of}");
    let mut wanted: BTreeMap<String, String> =
        settings.zones.iter().map(|(tenant, zone)| (name(&tenant.to_string()), zone_name(zone))).collect();
    wanted.insert(name(OTHERS), zone_name(&settings.zone));
    for (name, noted) in engine.states(ZONE_STATES)? {
        let new = wanted.remove(&name);
        if new.as_ref() != Some(&noted) {
            engine.exchange_state(&name, Some(&noted), new.as_deref())?;
        }
    }
    for (name, new) in wanted {
        engine.exchange_state(&name, None, Some(&new))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        zone_by_name(name).unwrap()
    }

    fn tenant(last: char) -> TenantId {
        format!("6f1d0000-0000-4000-8000-00000000000{last}").parse().unwrap()
    }

    #[test]
    fn zones_have_the_names_by_which_they_are_found() {
        for name in ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns"] {
            assert_eq!(zone_name(&zone(name)), name);
        }
        assert_eq!(zone_by_name("Nowhere/At all"), None);
    }

    #[test]
    fn what_is_noted_is_all_that_there_is() {
        let given =
            CubeSettings { zones: [(tenant('1'), zone("Asia/Kolkata"))].into(), ..CubeSettings::none() };
        let state = |of: &str, zone: &str| (format!("{ZONE_STATES}{of}"), zone.to_owned());
        let noted = NotedZones::of([
            state(OTHERS, "Europe/Berlin"),
            state(&tenant('2').to_string(), "America/Santiago"),
            state("nobody", "UTC"),
            state(&tenant('3').to_string(), "Nowhere/At all"),
            ("another/state".to_owned(), "UTC".to_owned()),
        ]);
        let made_in = || [(tenant('4'), zone("Europe/Paris"))].into();
        let names = |settings: &CubeSettings| {
            ['1', '2', '3', '4'].map(|last| zone_name(settings.zone_of(tenant(last))))
        };
        let kept = noted.clone().over(&given, made_in());
        assert_eq!(names(&kept), ["Europe/Berlin", "America/Santiago", "Europe/Berlin", "Europe/Berlin"]);
        assert_eq!(noted.zone_of(tenant('2')), Some(&zone("America/Santiago")));
        // Without anything noted, those of sums count before those that are given.
        let kept = NotedZones::default().over(&given, made_in());
        assert_eq!(names(&kept), ["Asia/Kolkata", "UTC", "UTC", "Europe/Paris"]);
        let kept = NotedZones::default().over(&given, [(tenant('1'), zone("Europe/Paris"))].into());
        assert_eq!(names(&kept)[0], "Europe/Paris");
    }
}
