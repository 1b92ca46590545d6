//! To which log a row goes.
//!
//! First its own `@odata.type` counts, then the context of its page, then its
//! properties. What all three leave open is rejected: it may be of any log.
//! The decoder of a log says itself when a row is not of its log, so that rows
//! are read once as long as the guess is right. A guess only saves time; the
//! order of rows changes nothing.

use std::borrow::Cow;

use trunklog_records::json::Claim;
use trunklog_records::{Clue, Log, RowError};

use super::reader::Reader;
use super::recognise::EXPORTS_ADVICE;
use crate::graph_json::{RowsOf, each_member};

/// The members of the file that the Teams admin centre puts beside its tables.
const EXPORT_PARAMETERS: [&str; 3] = ["from", "to", "capabilities"];

impl Reader<'_> {
    /// Decodes a row into the batch of its log.
    ///
    /// # Errors
    /// Why it is a row of none, or not of the one that was asked for.
    pub(super) fn route(&mut self, json: &[u8], of: RowsOf<'_>) -> Result<(), Cow<'static, str>> {
        match of {
            RowsOf::Log(log) => self.route_within(log, json),
            RowsOf::Other(name) => Err(not_a_row(name)),
            RowsOf::Unknown => self.route_alone(json),
        }
    }

    /// A row whose page names a log.
    fn route_within(&mut self, log: &'static Log, json: &[u8]) -> Result<(), Cow<'static, str>> {
        self.check_asked_for(log)?;
        match self.decode(json, log, Claim::Said) {
            Err(RowError::OtherLog { log: other, by: Clue::Type }) => self.route_to(other, json),
            Err(RowError::OtherLog { log: other, by: Clue::Properties }) => Err(Cow::Owned(format!(
                "the page says {}, but the properties are those of {}: see which of them is right",
                log.row_type, other.row_type
            ))),
            outcome => outcome.map_err(|error| reason_of(&error, log, json)),
        }
    }

    /// A row that only itself tells of, or whoever imports it.
    fn route_alone(&mut self, json: &[u8]) -> Result<(), Cow<'static, str>> {
        let guess = self.guess();
        let claim = if self.asked_for().is_some() { Claim::Said } else { Claim::Guess };
        match self.decode(json, guess, claim) {
            Err(RowError::OtherLog { log: other, .. }) => {
                self.route_to(other, json)?;
                self.set_guess(other);
                Ok(())
            }
            outcome => outcome.map_err(|error| reason_of(&error, guess, json)),
        }
    }

    /// A row that turned out to be of `log`, which it bears out once more.
    fn route_to(&mut self, log: &'static Log, json: &[u8]) -> Result<(), Cow<'static, str>> {
        self.check_asked_for(log)?;
        self.decode(json, log, Claim::Guess).map_err(|error| reason_of(&error, log, json))
    }

    fn check_asked_for(&self, log: &Log) -> Result<(), Cow<'static, str>> {
        match self.asked_for() {
            Some(wanted) if wanted != log => Err(Cow::Owned(format!(
                "a row of {}, not of {}: import it with --log {}, or without --log",
                log.name, wanted.name, log.name
            ))),
            _ => Ok(()),
        }
    }
}

fn not_a_row(name: &str) -> Cow<'static, str> {
    // As if the decoder had found it out.
    Cow::Owned(RowError::OtherType(name.to_owned()).to_string())
}

/// Why a record is no row, and what to do where the file cannot be blamed.
fn reason_of(error: &RowError, log: &Log, json: &[u8]) -> Cow<'static, str> {
    match error {
        RowError::Missing(_) | RowError::OtherType(_) if is_export_parameters(json) => {
            Cow::Owned(format!("the parameters of an export of the Teams admin centre: {EXPORTS_ADVICE}"))
        }
        RowError::Ambiguous(_) => Cow::Owned(format!("{error}: say which with --log")),
        RowError::Missing(name) if *name == log.time && !log.shows_time() => Cow::Owned(format!(
            "rows of {} have no time of their own: say with --period-start when their period began",
            log.name
        )),
        error => Cow::Owned(error.to_string()),
    }
}

fn is_export_parameters(json: &[u8]) -> bool {
    let (mut known, mut others) = (0, 0);
    each_member(json, |name, _| {
        if EXPORT_PARAMETERS.contains(&&*name) {
            known += 1;
        } else {
            others += 1;
        }
    });
    known == EXPORT_PARAMETERS.len() && others == 0
}
