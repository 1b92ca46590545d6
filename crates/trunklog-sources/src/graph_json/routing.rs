//! To which log a row goes.
//!
//! First its own `@odata.type` counts, then the context of its page, then its
//! properties. What all three leave open is rejected: it may be of any log.
//! The decoder of a log says itself when a row is not of its log, so that rows
//! are read once as long as the guess is right. A guess only saves time; the
//! order of rows changes nothing.

use std::borrow::Cow;

use trunklog_records::json::{Claim, RowDecoder};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Clue, Log, RowError, RowNotes};

use super::splitter::RowsOf;
use crate::format::Premise;
use crate::reader::{Reason, RowTarget};

/// Decodes rows into the rows of their logs.
#[derive(Debug)]
pub(crate) struct Router {
    premise: Premise,
    /// One for each log that was seen.
    decoders: Vec<(&'static Log, RowDecoder)>,
    /// The log of rows that nothing tells of.
    guess: &'static Log,
}

/// The log that a row was added to, and what is to be known of the row.
pub(crate) type Route = (&'static Log, RowNotes);

impl Router {
    pub(crate) fn new(premise: Premise) -> Router {
        Router { premise, decoders: Vec::new(), guess: premise.log.unwrap_or(&DIRECT_ROUTING_CALLS) }
    }

    /// Another input starts, whose rows are perhaps of that log.
    pub(crate) fn guess(&mut self, log: Option<&'static Log>) {
        self.guess = self.premise.log.or(log).unwrap_or(&DIRECT_ROUTING_CALLS);
    }

    /// Decodes a row, of which its page says what it is, into the rows of its
    /// log.
    ///
    /// # Errors
    /// Why it is a row of none, or not of the one that was asked for.
    pub(crate) fn route(
        &mut self,
        json: &[u8],
        of: RowsOf<'_>,
        rows: &mut dyn RowTarget,
    ) -> Result<Route, Reason> {
        match of {
            RowsOf::Log(log) => self.route_within(log, json, rows),
            RowsOf::Other(name) => Err(not_a_row(name)),
            RowsOf::Unknown => self.route_alone(json, rows),
        }
    }

    /// A row whose page names a log.
    fn route_within(
        &mut self,
        log: &'static Log,
        json: &[u8],
        rows: &mut dyn RowTarget,
    ) -> Result<Route, Reason> {
        match self.decode(json, log, Claim::Said, rows)? {
            Ok(notes) => Ok((log, notes)),
            Err(RowError::OtherLog { log: other, by: Clue::Type }) => self.route_to(other, json, rows),
            Err(RowError::OtherLog { log: other, by: Clue::Properties }) => Err(Cow::Owned(format!(
                "the page says {}, but the properties are those of {}: see which of them is right",
                log.row_type, other.row_type
            ))),
            Err(error) => Err(reason_of(&error, log)),
        }
    }

    /// A row that only the row itself tells of, or the one who imports it.
    fn route_alone(&mut self, json: &[u8], rows: &mut dyn RowTarget) -> Result<Route, Reason> {
        let guess = self.guess;
        let claim = if self.premise.log.is_some() { Claim::Said } else { Claim::Guess };
        match self.decode(json, guess, claim, rows)? {
            Ok(notes) => Ok((guess, notes)),
            Err(RowError::OtherLog { log: other, .. }) => {
                let routed = self.route_to(other, json, rows)?;
                self.guess = other;
                Ok(routed)
            }
            Err(error) => Err(reason_of(&error, guess)),
        }
    }

    /// A row that turned out to be of `log`, which it bears out once more.
    fn route_to(
        &mut self,
        log: &'static Log,
        json: &[u8],
        rows: &mut dyn RowTarget,
    ) -> Result<Route, Reason> {
        let decoded = self.decode(json, log, Claim::Guess, rows)?;
        decoded.map(|notes| (log, notes)).map_err(|error| reason_of(&error, log))
    }

    /// What the decoder of a log says to a row.
    ///
    /// # Errors
    /// Why rows of that log are not taken.
    fn decode(
        &mut self,
        json: &[u8],
        log: &'static Log,
        claim: Claim,
        rows: &mut dyn RowTarget,
    ) -> Result<Result<RowNotes, RowError>, Reason> {
        let rows = rows.rows_of(log)?;
        let known = self.decoders.iter().position(|(of, _)| *of == log);
        let at = known.unwrap_or(self.decoders.len());
        if known.is_none() {
            self.decoders.push((log, decoder(log, self.premise)));
        }
        Ok(self.decoders[at].1.decode_as(json, claim, rows))
    }
}

/// A decoder of a log. Where its rows sum up a period, it gives them what they
/// lack of the one that is known.
fn decoder(log: &'static Log, premise: Premise) -> RowDecoder {
    let usual = premise.period.map(|period| period.usual(log)).unwrap_or_default();
    let with_usual = |decoder: RowDecoder, (property, value)| decoder.with_usual(property, value);
    usual.into_iter().fold(RowDecoder::new(log), with_usual)
}

fn not_a_row(name: &str) -> Reason {
    // As if the decoder had found it out.
    Cow::Owned(RowError::OtherType(name.to_owned()).to_string())
}

/// Why a record is not a row, and what to do where the file cannot be blamed.
fn reason_of(error: &RowError, log: &Log) -> Reason {
    match error {
        RowError::Ambiguous(_) => Cow::Owned(format!("{error}: say which with --log")),
        RowError::Missing(name) if *name == log.time && !log.shows_time() => Cow::Owned(format!(
            "rows of {} have no time themselves: give the start of their period with --period-start",
            log.name
        )),
        error => Cow::Owned(error.to_string()),
    }
}
