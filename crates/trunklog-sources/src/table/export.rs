//! A record of an export as a row.

use std::borrow::Cow;

use trunklog_odata::{Instant, json};
use trunklog_records::call_types::{Direction, direction, log_of, to_graph};
use trunklog_records::formulas::rearmed;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, RECORDED_BY, SMS};
use trunklog_records::{Log, Oddity, RowError, RowNotes, Value};

use super::cells::{self, Fault};
use super::columns::{ExportTable, Form, Known, Target};
use super::fields::Field;
use crate::reader::{Reason, RowTarget};

/// What stands in [`RECORDED_BY`] for an export: Graph's own row of a call takes the
/// place of one that has it.
const EXPORT: &str = "export";

/// How the types of messages start, which some exports of calls have.
const MESSAGE: &str = "sms";

/// What the remains of a value start with that PowerShell cut.
const REMAINS: &str = "System.";

const USER_ID: &str = "userId";
const SIGN_IN_NAME: &str = "userPrincipalName";
const CALL_TYPE: &str = "callType";
const DURATION: &str = "duration";

impl ExportTable {
    /// Adds a record as a row, or nothing.
    ///
    /// # Errors
    /// Why it is none, with the columns and their faults.
    pub(super) fn add(
        &self,
        fields: &[Field<'_>],
        is_resaved: bool,
        rows: &mut dyn RowTarget,
    ) -> Result<(&'static Log, RowNotes), Reason> {
        let texts: Vec<Cow<'_, str>> = fields.iter().map(text_of).collect();
        let log = self.log_of(&texts);
        let rows = rows.rows_of(log)?;
        let mut row = Draft::new(log);
        let mut faults: Vec<(&str, Fault)> = Vec::new();
        for (column, text) in self.columns.iter().zip(&texts) {
            match &column.target {
                Target::Kept(name) => row.keep(name, text),
                Target::Known(known) => {
                    if let Err(fault) = row.take(known, text, is_resaved) {
                        faults.push((column.shown.as_str(), fault));
                    }
                }
            }
        }
        if !faults.is_empty() {
            return Err(Cow::Owned(told(&faults)));
        }
        row.settle();
        let notes = row.notes();
        let Draft { mut values, kept, .. } = row;
        // What was written is JSON, so it is UTF-8.
        let kept = String::from_utf8(kept).unwrap_or_default();
        rows.push(&mut values, (!kept.is_empty()).then_some(&*kept)).map_err(|error| match error {
            RowError::Missing(name) => Cow::Owned(format!("{}: empty", self.shown(name, log))),
            error => Cow::Owned(error.to_string()),
        })?;
        Ok((log, notes))
    }

    /// The log of a record: messages may be among calls.
    fn log_of(&self, texts: &[Cow<'_, str>]) -> &'static Log {
        let is_type =
            |target: &Target| matches!(target, Target::Known(known) if known.of_message == "smsType");
        let kind = self.columns.iter().zip(texts).find(|(column, _)| is_type(&column.target));
        let is_message = kind.is_some_and(|(_, text)| {
            text.get(..MESSAGE.len()).is_some_and(|start| start.eq_ignore_ascii_case(MESSAGE))
        });
        if is_message { &SMS } else { self.log }
    }

    /// What the file calls a property.
    fn shown<'a>(&'a self, property: &'a str, log: &Log) -> &'a str {
        let of = |target: &Target| match target {
            Target::Known(known) => (if *log == SMS { known.of_message } else { known.property }) == property,
            Target::Kept(_) => false,
        };
        self.columns.iter().find(|column| of(&column.target)).map_or(property, |column| column.shown.as_str())
    }
}

/// The text of a field as it was before a spreadsheet was kept from calculating with it.
fn text_of<'a>(field: &'a Field<'_>) -> Cow<'a, str> {
    let text = field.text.trim();
    rearmed(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The faults, each with all columns that have it.
fn told(faults: &[(&str, Fault)]) -> String {
    let mut by_fault: Vec<(Fault, Vec<&str>)> = Vec::new();
    for &(column, fault) in faults {
        match by_fault.iter_mut().find(|(known, _)| *known == fault) {
            Some((_, columns)) => columns.push(column),
            None => by_fault.push((fault, vec![column])),
        }
    }
    let parts: Vec<String> =
        by_fault.into_iter().map(|(fault, columns)| format!("{}: {fault}", columns.join(", "))).collect();
    parts.join("; ")
}

/// A row on its way.
struct Draft<'v> {
    log: &'static Log,
    values: Vec<Option<Value<'v>>>,
    /// The members of a JSON object: properties that the log does not have.
    kept: Vec<u8>,
    /// The direction, as the export says it.
    direction: Option<&'v str>,
    number_type: Option<&'v str>,
    dropped: u32,
}

impl<'v> Draft<'v> {
    fn new(log: &'static Log) -> Draft<'v> {
        let mut values = vec![None; log.properties.len()];
        if let Some(at) = log.index_of(RECORDED_BY) {
            values[at] = Some(Value::Text(Cow::Borrowed(EXPORT)));
        }
        Draft { log, values, kept: Vec::new(), direction: None, number_type: None, dropped: 0 }
    }

    fn take(&mut self, known: &Known, text: &'v str, is_resaved: bool) -> Result<(), Fault> {
        if known.form == Form::Units && text.starts_with(REMAINS) {
            self.dropped += 1;
            return Ok(());
        }
        let value = cells::read(known.form, text, is_resaved)?;
        match known.form {
            Form::Direction => self.direction = value.and(Some(text)),
            Form::NumberType => self.number_type = value.and(Some(text)),
            Form::User => {
                let property = if text.contains('@') { SIGN_IN_NAME } else { USER_ID };
                self.set(property, value);
            }
            Form::CallType => {
                let word = to_graph(text).unwrap_or(text);
                self.set(known.property, value.map(|_| Value::Text(Cow::Borrowed(word))));
            }
            _ if *self.log == SMS && known.of_message.is_empty() => self.keep(known.property, text),
            _ if *self.log == SMS => self.set(known.of_message, value),
            _ => self.set(known.property, value),
        }
        Ok(())
    }

    /// Of two columns of one property, the first with a value counts.
    fn set(&mut self, property: &str, value: Option<Value<'v>>) {
        if let Some(at) = self.log.index_of(property)
            && self.values[at].is_none()
        {
            self.values[at] = value;
        }
    }

    /// Keeps what the log has no property for, where there is something.
    fn keep(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        if !self.kept.is_empty() {
            self.kept.push(b',');
        }
        json::write_string(name, &mut self.kept);
        self.kept.push(b':');
        json::write_string(text, &mut self.kept);
    }

    fn text(&self, property: &str) -> Option<&str> {
        match self.values.get(self.log.index_of(property)?)? {
            Some(Value::Text(text)) => Some(&**text),
            _ => None,
        }
    }

    /// What only all columns together say.
    fn settle(&mut self) {
        if let Some(number_type) = self.number_type {
            // Exports of old call the type of a call so.
            let is_call_type = log_of(number_type) == Some(&DIRECT_ROUTING_CALLS);
            if is_call_type && self.text(CALL_TYPE).is_none() {
                let word = to_graph(number_type).unwrap_or(number_type);
                self.set(CALL_TYPE, Some(Value::Text(Cow::Borrowed(word))));
            } else {
                self.keep("numberType", number_type);
            }
        }
        // The call type says it already, unless the two disagree.
        if let Some(said) = self.direction {
            let of_type = self.text(if *self.log == SMS { "smsType" } else { CALL_TYPE }).and_then(direction);
            if of_type != named_direction(said) || of_type.is_none() {
                self.keep("callDirection", said);
            }
        }
    }

    /// What is odd, as of rows that are decoded.
    fn notes(&self) -> RowNotes {
        let no_time = Instant::ABSENT.saturating_add_ticks(Instant::TICKS_PER_DAY);
        let time = &self.values[self.log.time_index()];
        let is_absent = matches!(time, Some(Value::Instant(time)) if *time < no_time);
        let duration = self.log.index_of(DURATION).and_then(|at| self.values[at].as_ref());
        let is_negative = matches!(duration, Some(Value::Int(duration)) if *duration < 0);
        let oddity = if is_absent {
            Some(Oddity::NoTime)
        } else if is_negative {
            Some(Oddity::NegativeDuration)
        } else {
            None
        };
        RowNotes { dropped: self.dropped, oddity, ..RowNotes::default() }
    }
}

/// The direction that an export names.
fn named_direction(text: &str) -> Option<Direction> {
    match text.to_lowercase().as_str() {
        "inbound" => Some(Direction::Inbound),
        "outbound" => Some(Direction::Outbound),
        _ => None,
    }
}
