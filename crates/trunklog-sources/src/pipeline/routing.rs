//! To which log a row goes.
//!
//! First its own `@odata.type` counts, then the context of its page, then its
//! properties. What all three leave open goes where the rows before it went.
//! The decoder of a log says itself when a row is not of its log, so that rows
//! are read once as long as the guess is right.

use std::borrow::Cow;

use trunklog_records::{Log, RowError, RowKind, kind_of_type_name};

use super::reader::Reader;
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
        match self.decode(json, log) {
            Err(RowError::OtherLog(other)) if own_log(json) == Some(other) => self.route_to(other, json),
            Err(RowError::OtherLog(other)) => Err(Cow::Owned(format!(
                "the page says {}, but the properties are those of {}: see which of them is right",
                log.row_type, other.row_type
            ))),
            outcome => outcome.map_err(|error| reason_of(&error, log, json)),
        }
    }

    /// A row that only itself tells of.
    fn route_alone(&mut self, json: &[u8]) -> Result<(), Cow<'static, str>> {
        let guess = self.guess();
        match self.decode(json, guess) {
            Err(RowError::OtherLog(other)) => {
                self.route_to(other, json)?;
                self.set_guess(other);
                Ok(())
            }
            outcome => outcome.map_err(|error| reason_of(&error, guess, json)),
        }
    }

    /// A row that turned out to be of `log`.
    fn route_to(&mut self, log: &'static Log, json: &[u8]) -> Result<(), Cow<'static, str>> {
        self.check_asked_for(log)?;
        self.decode(json, log).map_err(|error| reason_of(&error, log, json))
    }

    fn check_asked_for(&self, log: &Log) -> Result<(), Cow<'static, str>> {
        match self.asked_for() {
            Some(wanted) if wanted != log => Err(Cow::Owned(format!(
                "rows of {}, not of {}: import them with --log {}, or without --log",
                log.row_type, wanted.name, log.name
            ))),
            _ => Ok(()),
        }
    }
}

/// The log that a row's own type names.
fn own_log(json: &[u8]) -> Option<&'static Log> {
    let mut log = None;
    each_member(json, |name, value| {
        if matches!(&*name, "@odata.type" | "@type") {
            let name = serde_json::from_str::<String>(value).ok();
            if let Some(RowKind::Log(named)) = name.as_deref().and_then(kind_of_type_name) {
                log = Some(named);
            }
        }
    });
    log
}

fn not_a_row(name: &str) -> Cow<'static, str> {
    // As if the decoder had found it out.
    Cow::Owned(RowError::OtherType(name.to_owned()).to_string())
}

/// Why a record is no row, and what to do where the file cannot be blamed.
fn reason_of(error: &RowError, log: &Log, json: &[u8]) -> Cow<'static, str> {
    match error {
        RowError::Missing(_) | RowError::OtherType(_) if is_export_parameters(json) => Cow::Borrowed(
            "the parameters of an export of the Teams admin centre, whose tables cannot be read yet, only \
             answers of Graph as JSON can",
        ),
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
