//! What tables and answers of reports without buckets have in common.

use trunklog_records::TimeRange;
use trunklog_records::call_types::Direction;
use trunklog_store::ReportValue;

use super::shared::{self, Told};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::cubes::{INBOUND, OUTBOUND};
use crate::kpi::{mean, ratio};
use crate::plan::Times;
use crate::table::{Answer, Value};

/// A part of `n` rows.
pub(super) fn share(part: i64, n: i64) -> Value {
    Value::Ratio { value: ratio(part, n).value, n }
}

/// The seconds that something of one row took.
pub(super) fn seconds(millis: Option<i64>) -> Value {
    let n = i64::from(millis.is_some());
    Value::Ratio { value: millis.and_then(|millis| mean(millis, 1_000, n).value), n }
}

/// A direction as cubes have it.
pub(super) fn direction_key(direction: Option<Direction>) -> ReportValue {
    match direction {
        Some(Direction::Inbound) => ReportValue::Int(INBOUND),
        Some(Direction::Outbound) => ReportValue::Int(OUTBOUND),
        None => ReportValue::Null,
    }
}

/// A direction in words.
pub(super) fn direction_word(direction: Option<Direction>) -> Value {
    shared::dimension_value(Dimension::Direction, &direction_key(direction))
}

/// The range that is compared with, if one is.
pub(super) fn earlier(ask: &Ask) -> Option<TimeRange> {
    ask.compare.map(|comparison| comparison.range(ask.range, &ask.zone))
}

/// An answer to what was asked.
pub(super) fn answer(ask: &Ask, report: &'static str, told: Told) -> Result<Answer, ReportError> {
    Ok(shared::answer(report, ask, &Times::of(ask, None)?, &ask.by, told))
}
