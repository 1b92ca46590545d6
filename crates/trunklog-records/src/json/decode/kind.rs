//! Whether an object is a row of its decoder's log.

use std::borrow::Cow;

use super::members::Text;
use super::{Claim, Row, RowOrigin, UnknownProperty};
use crate::call_types;
use crate::recognition::{RowKind, UNKNOWN, Verdict, is_mark, is_name_of, judge, kind_of_columns};
use crate::rows::{Clue, RowError, Value};
use crate::schema::Log;

impl<'de> Row<'_, 'de> {
    /// Errors when the row is none of the decoder's log.
    pub(super) fn recognise(&mut self, claim: Claim) -> Result<(), RowError> {
        if self.decoder.origin == RowOrigin::Store {
            return Ok(());
        }
        if let Some(kind) = self.kind.take() {
            return self.expect(kind, Clue::Type);
        }
        if self.is_surely_own(claim) {
            return Ok(());
        }
        // Properties with a value tell it, or else all of them: scripts that
        // write several logs as one table fill it up with nulls.
        let kind = match (judge(self.filled_names()), claim) {
            (Verdict::Kind(kind), _) => Some(kind),
            (Verdict::Tie(logs), Claim::Guess) => Some(self.break_tie(logs)?),
            (Verdict::Nothing, Claim::Guess) => self.kind_of_columns(),
            (_, Claim::Said) => match self.kind_of_columns() {
                None if self.has_mark() => return Ok(()),
                kind => kind,
            },
        };
        self.expect(kind.unwrap_or_else(|| RowKind::Other(UNKNOWN.to_owned())), Clue::Properties)
    }

    fn expect(&self, kind: RowKind, by: Clue) -> Result<(), RowError> {
        match kind {
            RowKind::Log(log) if log == self.decoder.log => Ok(()),
            RowKind::Log(log) => Err(RowError::OtherLog { log, by }),
            RowKind::Other(name) => Err(RowError::OtherType(name)),
        }
    }

    /// Whether nothing can be found that outweighs the decoder's log. Another
    /// log or type knows at most the unknown properties and those that it
    /// shares with this log. A guess must leave no other log that knows as much:
    /// it would have been as good a guess.
    fn is_surely_own(&self, claim: Claim) -> bool {
        let own = (self.filled & self.decoder.own_marks).count_ones();
        let filled = || self.unknown.iter().filter(|member| member.has_value()).count();
        let outnumbers = |unknown: usize| {
            let unknown = u32::try_from(unknown).unwrap_or(u32::MAX);
            match claim {
                Claim::Said => own > 0 && own >= unknown,
                Claim::Guess => own > unknown,
            }
        };
        let is_said_and_known = claim == Claim::Said && self.unknown.is_empty();
        is_said_and_known || outnumbers(self.unknown.len()) || outnumbers(filled())
    }

    /// Which of several logs it is whose properties it has.
    fn break_tie(&self, logs: Vec<&'static Log>) -> Result<RowKind, RowError> {
        let by_call_type = self.call_type().and_then(|call_type| call_types::log_of(&call_type));
        match (by_call_type.filter(|log| logs.contains(log)), self.kind_of_columns()) {
            // A table with the columns of its first row's log.
            (Some(log), Some(RowKind::Log(other))) if log != other => Err(RowError::Ambiguous(logs)),
            (Some(log), _) => Ok(RowKind::Log(log)),
            (None, Some(RowKind::Log(log))) if !logs.contains(&log) => Err(RowError::Ambiguous(logs)),
            (None, Some(kind)) => Ok(kind),
            (None, None) => Err(RowError::Ambiguous(logs)),
        }
    }

    fn call_type(&self) -> Option<Cow<'de, str>> {
        if let Some(at) = self.decoder.log.index_of(call_types::PROPERTY) {
            return match &self.values[at] {
                Some(Value::Text(text)) => Some(text.clone()),
                _ => None,
            };
        }
        let is_call_type = |member: &&UnknownProperty<'_>| {
            is_name_of(&member.name, call_types::PROPERTY) && member.has_value()
        };
        let json = self.unknown.iter().find(is_call_type)?.json;
        serde_json::from_str::<Text<'de>>(json).ok().map(|Text(text)| text)
    }

    fn kind_of_columns(&self) -> Option<RowKind> {
        let unknown = self.unknown.iter().map(|member| &*member.name);
        let names: Vec<&str> = self.names(self.seen).chain(unknown).collect();
        kind_of_columns(&names)
    }

    fn filled_names(&self) -> impl Iterator<Item = &str> {
        let unknown = self.unknown.iter().filter(|member| member.has_value());
        self.names(self.filled).chain(unknown.map(|member| &*member.name))
    }

    fn has_mark(&self) -> bool {
        self.names(self.seen).any(is_mark)
    }

    /// The names of those of the log's properties whose bit is set.
    fn names(&self, bits: u64) -> impl Iterator<Item = &str> {
        let properties = self.decoder.log.properties.iter().enumerate();
        properties.filter(move |(at, _)| bits & (1_u64 << *at) != 0).map(|(_, property)| property.name)
    }
}

impl UnknownProperty<'_> {
    /// Whether it is neither null nor an empty text, as which tables have no
    /// value.
    fn has_value(&self) -> bool {
        match self.json.as_bytes().first() {
            Some(b'n') => false,
            Some(b'"') => {
                let text = serde_json::from_str::<Text<'_>>(self.json);
                !text.is_ok_and(|Text(text)| text.trim_start().is_empty())
            }
            _ => true,
        }
    }
}
