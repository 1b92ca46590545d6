//! Twelve calls of an hour, by which key figures are explained.
//!
//! Their figures are counted as any others are, so that no example contradicts what
//! it explains.

use std::sync::LazyLock;

use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, RowError, Rows, Value};

use super::BusyTotals;
use crate::facts::{Fact, Facts};
use crate::totals::Totals;

/// Calls by which key figures are explained.
///
/// ```
/// use trunklog_reports::kpi::{EXAMPLE, KPIS};
///
/// let of = |key: &str| KPIS.iter().find(|kpi| kpi.definition.key == key).unwrap().of(&EXAMPLE.totals());
/// assert_eq!((of("asr").value, of("asr").n), (Some(0.5), 12));
/// assert_eq!(of("ner").value, Some(0.75));
/// ```
#[derive(Debug)]
pub struct Example {
    rows: Rows,
}

/// The example.
pub static EXAMPLE: LazyLock<Example> = LazyLock::new(|| Example {
    rows: rows().expect("a test makes these rows, which name properties of the log by their types"),
});

/// A call: seconds from the start of the hour to its invite, from there to its start,
/// and from there to its end. One that was not answered failed after its ring.
struct Call {
    invite: i64,
    ring: i64,
    talk: Option<i64>,
    /// What Microsoft says of its duration.
    duration: i32,
    call_type: &'static str,
    codes: (i32, i32),
    /// Whether nobody knows when it ended.
    is_open: bool,
}

const fn answered(
    invite: i64,
    ring: i64,
    talk: i64,
    duration: i32,
    call_type: &'static str,
    sub: i32,
) -> Call {
    Call { invite, ring, talk: Some(talk), duration, call_type, codes: (0, sub), is_open: false }
}

const fn unanswered(invite: i64, ring: i64, call_type: &'static str, codes: (i32, i32)) -> Call {
    Call { invite, ring, talk: None, duration: 0, call_type, codes, is_open: false }
}

/// The hour, which is nobody's.
const FROM: &str = "2026-11-30T09:00:00Z";

/// In seconds.
const HOUR: i64 = 3_600;

/// Each kind of call that a definition tells from others is there.
const CALLS: [Call; 12] = [
    answered(60, 12, 300, 300, "ByotOut", 560_000),
    answered(180, 2, 185, 185, "ByotIn", 540_000),
    unanswered(240, 4, "ByotOut", (486, 560_486)),
    unanswered(420, 30, "ByotIn", (480, 560_480)),
    unanswered(600, 15, "ByotOut", (487, 560_487)),
    unanswered(660, 3, "ByotOut", (503, 560_503)),
    unanswered(720, 1, "ByotOut", (404, 560_404)),
    // A leg.
    answered(900, 8, 90, 90, "ByotOutUserForwarding", 560_000),
    answered(960, 20, 1_260, 1_260, "ByotOut", 560_000),
    // Its duration agrees with none of its times.
    answered(1_080, 1, 45, 120, "ByotIn", 540_000),
    unanswered(1_500, 6, "ByotOut", (504, 569_008)),
    // Odd: it never ended.
    Call { is_open: true, ..answered(1_800, 9, 0, 0, "ByotOut", 560_000) },
];

fn rows() -> Result<Rows, RowError> {
    let hour = Instant::parse(FROM).unwrap_or(Instant::ABSENT);
    let after = |secs: i64| hour.saturating_add_ticks(secs * Instant::TICKS_PER_SEC);
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    for (number, call) in CALLS.iter().enumerate() {
        let is_answered = call.talk.is_some();
        let start = if is_answered { call.invite + call.ring } else { call.invite };
        let stop = call.invite + call.ring + call.talk.unwrap_or(0);
        let at = |is_so: bool| (is_so && !call.is_open).then(|| Value::Instant(after(stop)));
        rows.row()
            .set("id", Value::Text((number + 1).to_string().into()))?
            .set("startDateTime", Value::Instant(after(start)))?
            .set("inviteDateTime", Value::Instant(after(call.invite)))?
            .set("failureDateTime", at(!is_answered))?
            .set("endDateTime", at(is_answered))?
            .set("duration", Value::Int(call.duration))?
            .set("callType", Value::Text(call.call_type.into()))?
            .set("successfulCall", Value::Bool(is_answered))?
            .set("finalSipCode", Value::Int(call.codes.0))?
            .set("callEndSubReason", Value::Int(call.codes.1))?
            .finish()?;
    }
    Ok(rows.finish())
}

impl Example {
    /// The calls, as rows of direct routing.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// What is counted of all of them.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for fact in Facts::of(&self.rows).rows() {
            totals.add(&Example::totals_of(&fact));
        }
        totals
    }

    /// What is counted of one.
    pub fn totals_of(fact: &Fact<'_>) -> Totals {
        let mut totals = Totals {
            calls: i64::from(!fact.is_leg),
            missed: i64::from(fact.is_missed()),
            odd: i64::from(fact.is_odd()),
            disagreeing: i64::from(fact.disagrees()),
            timed: i64::from(fact.is_comparable()),
            ..Totals::of_end(1, fact.successful, fact.sip, fact.sub)
        };
        if fact.is_odd() {
            return totals;
        }
        totals.held_ms = fact.held_ms().unwrap_or(0);
        if let Some(duration) = fact.duration.filter(|_| fact.is_answered()) {
            (totals.duration_s, totals.duration_n) = (duration, 1);
        }
        if let Some(talk) = fact.talk_ms() {
            (totals.talk_ms, totals.talk_n) = (talk, 1);
            totals.talk_bins.add_value(talk, 1);
        }
        if let Some(answer) = fact.answer_ms() {
            (totals.answer_ms, totals.answer_n) = (answer, 1);
            totals.answer_bins.add_value(answer, 1);
        }
        totals
    }

    /// What channels they occupied in their hour.
    pub fn busy(&self) -> BusyTotals {
        let facts = Facts::of(&self.rows);
        let occupied: Vec<(i64, i64)> = facts.rows().filter_map(|fact| fact.occupied()).collect();
        let talking: Vec<(i64, i64)> = facts.rows().filter_map(|fact| fact.talking()).collect();
        let ticks: i64 = occupied.iter().map(|(from, until)| until - from).sum();
        let (occupied_ms, range_ms) = (ticks / Instant::TICKS_PER_MS, HOUR * 1_000);
        BusyTotals {
            peak: peak(&occupied),
            talking_peak: peak(&talking),
            occupied_ms,
            range_ms,
            busy_hour_erlangs: super::float(occupied_ms) / super::float(range_ms),
            sessions: i64::try_from(occupied.len()).unwrap_or(i64::MAX),
        }
    }
}

/// The most spans at once.
fn peak(spans: &[(i64, i64)]) -> i64 {
    let mut steps: Vec<(i64, i64)> =
        spans.iter().flat_map(|(from, until)| [(*from, 1), (*until, -1)]).collect();
    // At the same instant ends come first.
    steps.sort_unstable();
    let (mut busy, mut most) = (0, 0);
    for (_, step) in steps {
        busy += step;
        most = most.max(busy);
    }
    most
}

#[cfg(test)]
mod tests {
    use trunklog_records::TimeRange;

    use super::*;
    use crate::kpi::{BUSY_KPIS, KPIS};
    use crate::questions::testing::empty;
    use crate::{Ask, Extra, Report, table};

    fn number(value: Option<&table::Value>) -> Option<f64> {
        match value {
            Some(table::Value::Int(number)) => Some(super::super::float(*number)),
            Some(table::Value::Number(number)) => Some(*number),
            Some(table::Value::Ratio { value, .. }) => *value,
            _ => None,
        }
    }

    /// Else the example would explain something else than reports tell.
    #[test]
    fn figures_of_the_example_are_those_of_the_reports() {
        let store = empty();
        store.append(EXAMPLE.rows()).unwrap();
        let from = Instant::parse(FROM).unwrap();
        let until = from.saturating_add_ticks(HOUR * Instant::TICKS_PER_SEC);
        let range = TimeRange::of(&DIRECT_ROUTING_CALLS, from, until).unwrap();
        let ask = Ask { extras: vec![Extra::Channels], ..Ask::of(range) };
        let answer = Report::by_key("kpis").unwrap().answer(&*store, &ask).unwrap();
        let told = |key: &str| number(answer.table.value(0, key));
        let (totals, busy) = (EXAMPLE.totals(), EXAMPLE.busy());
        for kpi in KPIS {
            let key = kpi.definition.key;
            assert_eq!(told(key), kpi.of(&totals).value, "{key}");
            assert!(kpi.of(&totals).value.is_some_and(|value| value > 0.0), "{key}: an example of nothing");
        }
        for kpi in BUSY_KPIS {
            let key = kpi.definition.key;
            assert_eq!(told(key), kpi.of(&busy).value, "{key}");
        }
        assert_eq!((busy.peak, busy.talking_peak), (3, 2));
    }
}
