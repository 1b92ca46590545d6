//! Why calls ended, as rows of a table.

use trunklog_store::ReportValue;

use super::groups::int;
use crate::classes::{Class, Side, classify};
use crate::codes::explain;
use crate::facts::Fact;
use crate::table::{Column, Kind, Value};
use crate::texts::Texts;

/// A pair of codes, and the class of the rows that ended so: of successful ones
/// it is another than of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Reason {
    pub(super) sip: Option<i32>,
    pub(super) sub: Option<i32>,
    pub(super) class: Class,
}

/// The keys of the cubes of calls that make a reason.
pub(super) const KEYS: [&str; 3] = ["finalSipCode", "callEndSubReason", "successfulCall"];

impl Reason {
    /// The reason of a row.
    pub(super) fn of(fact: &Fact<'_>) -> Reason {
        Reason { sip: fact.sip, sub: fact.sub, class: fact.class }
    }

    /// The reason of a group by [`KEYS`].
    pub(super) fn of_group(keys: &[ReportValue]) -> Reason {
        let key = |at: usize| keys.get(at).and_then(int);
        let code = |at: usize| key(at).and_then(|code| i32::try_from(code).ok());
        let (sip, sub) = (code(0), code(1));
        Reason { sip, sub, class: classify(key(2).map(|is_so| is_so == 1), sip, sub) }
    }

    /// The groups by [`KEYS`] that are of it, whether or not there are rows of them.
    pub(super) fn groups(self) -> Vec<Vec<ReportValue>> {
        let int =
            |value: Option<i32>| value.map_or(ReportValue::Null, |value| ReportValue::Int(value.into()));
        let successful = match self.class {
            Class::Answered => vec![ReportValue::Int(1)],
            _ => vec![ReportValue::Int(0), ReportValue::Null],
        };
        successful.into_iter().map(|successful| vec![int(self.sip), int(self.sub), successful]).collect()
    }

    /// The columns that explain it.
    pub(super) fn columns() -> [Column; 6] {
        [
            Column::key("sipCode", Kind::Code),
            Column::key("subcode", Kind::Code),
            Column::key("class", Kind::Word),
            Column::key("side", Kind::Word),
            Column::key("cause", Kind::Text),
            Column::key("action", Kind::Text),
        ]
    }

    /// The values of these columns.
    pub(super) fn values(self, texts: &Texts) -> [Value; 6] {
        let told = explain(self.sip, self.sub);
        let is_answered = self.class == Class::Answered;
        // Codes of a normal end say nothing of a row that was not successful.
        let side = match (is_answered, told.class) {
            (true, _) => Side::Nobody,
            (false, Class::Answered) => Side::Unknown,
            (false, _) => told.side,
        };
        let action = if is_answered { None } else { told.action_text(texts) };
        [
            Value::maybe_int(self.sip.map(i64::from)),
            Value::maybe_int(self.sub.map(i64::from)),
            Value::Word { key: self.class.key(), name: self.class.name() },
            Value::Word { key: side.key(), name: side.name() },
            Value::text(told.cause_text(texts)),
            Value::maybe_text(action),
        ]
    }
}
