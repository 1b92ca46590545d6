//! What the store remembers about deleting, as named states.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use trunklog_odata::Instant;
use trunklog_records::{Log, TenantId};
use trunklog_store::Engine;

use super::decision::{LastPass, Why};

/// The newest time that the store has seen, in units of 100 ns since 1970.
const SEEN: &str = "clock/seen";

/// A state for each log of a tenant: [`LastPass`].
const PASSED: &str = "retention/passed/";

/// A state for each log of a tenant of which rows wait: [`WaitingDeletion`].
const WAITING: &str = "retention/waiting/";

/// What both start with.
const ALL: &str = "retention/";

/// A log of a tenant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) tenant: TenantId,
    pub(crate) log: &'static Log,
}

/// A deletion that waits for the operator's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WaitingDeletion {
    /// Rows before it would go, and no others.
    pub(crate) before: Instant,
    /// The retention from which that follows.
    pub(crate) days: u32,
    /// How many rows would go, of how many, and the time of the oldest.
    pub(crate) rows: u64,
    pub(crate) of: u64,
    pub(crate) oldest: Option<Instant>,
    pub(crate) why: Why,
    /// When the log started to wait, by the clock of that time.
    pub(crate) since: Instant,
    /// When this was written down.
    pub(crate) noted: Instant,
    pub(crate) stage: Stage,
}

/// How far the operator's word has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Stage {
    Noted,
    /// The operator has seen it as it is here.
    Shown,
    Approved,
}

/// The states of a store that concern deleting, as they were when they were
/// read. What another process changes meanwhile is not overwritten.
pub(super) struct Notes<'a> {
    engine: &'a dyn Engine,
    texts: BTreeMap<String, String>,
}

impl Place {
    fn named(self, kind: &str) -> String {
        format!("{kind}{}/{}", self.tenant, self.log.name)
    }

    fn of(name: &str) -> Option<Place> {
        let (tenant, log) = name.strip_prefix(WAITING)?.split_once('/')?;
        Some(Place { tenant: tenant.parse().ok()?, log: Log::by_name(log)? })
    }
}

impl<'a> Notes<'a> {
    pub(super) fn read(engine: &'a dyn Engine) -> Result<Notes<'a>> {
        let mut texts: BTreeMap<String, String> = engine.states(ALL)?.into_iter().collect();
        if let Some(seen) = engine.state(SEEN)? {
            texts.insert(SEEN.to_owned(), seen);
        }
        Ok(Notes { engine, texts })
    }

    /// The newest time that the store has seen.
    pub(super) fn seen(&self) -> Option<Instant> {
        self.get(SEEN)
    }

    /// Remembers a time as the newest, also if it is older: a pass says it when
    /// the clock is believed, else the operator does.
    ///
    /// Times of rows say nothing here. A client with a wrong clock or rows that
    /// were made up could push the mark ahead, and a wrong clock would then be
    /// believed.
    pub(super) fn see(&mut self, now: Instant) -> Result<()> {
        self.put(SEEN, Some(&now))
    }

    pub(super) fn passed(&self, place: Place) -> Option<LastPass> {
        self.get(&place.named(PASSED))
    }

    pub(super) fn set_passed(&mut self, place: Place, passed: Option<LastPass>) -> Result<()> {
        self.put(&place.named(PASSED), passed.as_ref())
    }

    pub(super) fn waiting(&self, place: Place) -> Option<WaitingDeletion> {
        self.get(&place.named(WAITING))
    }

    pub(super) fn set_waiting(&mut self, place: Place, waiting: Option<&WaitingDeletion>) -> Result<()> {
        self.put(&place.named(WAITING), waiting)
    }

    /// All that waits.
    pub(super) fn all_waiting(&self) -> Vec<(Place, WaitingDeletion)> {
        let places = self.texts.keys().filter_map(|name| Place::of(name));
        places.filter_map(|place| Some((place, self.waiting(place)?))).collect()
    }

    /// What is not understood counts as missing, after which nothing is deleted
    /// without a word.
    fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.texts.get(name)?).ok()
    }

    fn put<T: Serialize>(&mut self, name: &str, value: Option<&T>) -> Result<()> {
        let text = value.map(serde_json::to_string).transpose()?;
        let expected = self.texts.get(name).map(String::as_str);
        if expected == text.as_deref() {
            return Ok(());
        }
        if !self.engine.exchange_state(name, expected, text.as_deref())? {
            bail!("another command changed what the store remembers of deletions: try again");
        }
        match text {
            Some(text) => self.texts.insert(name.to_owned(), text),
            None => self.texts.remove(name),
        };
        Ok(())
    }
}
