//! What a row of direct routing says.
//!
//! Columns are found once a batch, and what call types and codes mean is asked once
//! for each that a batch has, not for each row. All that counts rows, cubes, busy
//! channels and lists, asks here, so that they agree.

mod memo;
#[cfg(test)]
pub(crate) mod sample;

use arrow::array::{Array, AsArray, BooleanArray, Int32Array, Int64Array, StringArray};
use arrow::datatypes::{Int32Type, Int64Type};
use trunklog_odata::Instant;
use trunklog_records::Rows;
use trunklog_records::call_types::{Direction, direction, is_second_leg, only_direction};
use trunklog_records::schema::DIRECT_ROUTING_CALLS;

use crate::classes::{Class, classify};
use crate::countries::Country;

pub(crate) use memo::Memo;

/// The rows of a batch of direct routing.
///
/// ```
/// use trunklog_odata::Instant;
/// use trunklog_records::schema::DIRECT_ROUTING_CALLS;
/// use trunklog_records::{RowBuilder, Value};
/// use trunklog_reports::{Class, Facts};
///
/// let at = |text: &str| Value::Instant(Instant::parse(text).unwrap());
/// let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
/// rows.row()
///     .set("startDateTime", at("2026-11-30T08:00:03.5Z"))?
///     .set("inviteDateTime", at("2026-11-30T08:00:00Z"))?
///     .set("endDateTime", at("2026-11-30T08:01:00Z"))?
///     .set("duration", Value::Int(56))?
///     .set("callType", Value::Text("ByotOut".into()))?
///     .set("successfulCall", Value::Bool(true))?
///     .set("calleeNumber", Value::Text("+4930123456".into()))?
///     .finish()?;
/// let rows = rows.finish();
/// let facts = Facts::of(&rows);
/// let row = facts.row(0);
/// assert_eq!((row.class, row.country().unwrap().code()), (Class::Answered, "DE"));
/// assert_eq!((row.answer_ms(), row.talk_ms(), row.held_ms()), (Some(3_500), Some(56_500), Some(60_000)));
/// assert!(!row.is_odd() && !row.disagrees());
/// # Ok::<(), trunklog_records::RowError>(())
/// ```
#[derive(Debug)]
pub struct Facts<'a> {
    time: &'a Int64Array,
    invite: &'a Int64Array,
    end: &'a Int64Array,
    failure: &'a Int64Array,
    duration: &'a Int32Array,
    trunk: &'a StringArray,
    call_type: &'a StringArray,
    successful: &'a BooleanArray,
    sip: &'a Int32Array,
    sub: &'a Int32Array,
    caller: &'a StringArray,
    callee: &'a StringArray,
    other_country: &'a StringArray,
    user_id: &'a StringArray,
    principal_name: &'a StringArray,
    /// What follows from texts and codes, a row each.
    derived: Vec<(Kind, Class)>,
}

/// What a call type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Kind {
    direction: Option<Direction>,
    is_leg: bool,
    /// The direction of a call that was not passed on.
    only: Option<Direction>,
}

/// What a row says. Instants are in ticks of 100 ns; those that mean "no such
/// moment" are None.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact<'a> {
    /// The row's time, by which it is in slots and ranges: its start as it is stored.
    pub time: i64,
    /// When the call was passed on to the other side: outbound the answer.
    pub start: Option<i64>,
    /// When the first INVITE was sent or received.
    pub invite: Option<i64>,
    /// When an established call ended.
    pub end: Option<i64>,
    /// When a call failed.
    pub failure: Option<i64>,
    /// Microsoft's `duration` in seconds.
    pub duration: Option<i64>,
    /// The trunk.
    pub trunk: Option<&'a str>,
    /// The call type as it is stored.
    pub call_type: Option<&'a str>,
    /// Which way the call crossed the trunk, by its type.
    pub direction: Option<Direction>,
    /// Whether it is a forwarding, transfer or conference leg, by its type.
    pub is_leg: bool,
    /// `successfulCall`.
    pub successful: Option<bool>,
    /// `finalSipCode`.
    pub sip: Option<i32>,
    /// `callEndSubReason`.
    pub sub: Option<i32>,
    /// How it ended.
    pub class: Class,
    /// The number outside: of an inbound row the caller's, of an outbound one the
    /// callee's.
    pub outside_number: Option<&'a str>,
    /// The number of the organisation. A row that was forwarded or transferred has
    /// none: its caller may be whoever called first.
    pub own_number: Option<&'a str>,
    /// The country of the other party as Graph's beta tells it.
    pub other_country: Option<&'a str>,
    /// What tells a user from others: the id, else the principal name.
    pub user: Option<&'a str>,
}

/// The most that a call may take: what takes longer is odd.
const LONGEST_SECS: i64 = Instant::SECS_PER_DAY;

impl<'a> Facts<'a> {
    /// The properties that facts are made of.
    pub const PROPERTIES: &'static [&'static str] = &[
        "startDateTime",
        "inviteDateTime",
        "endDateTime",
        "failureDateTime",
        "duration",
        "trunkFullyQualifiedDomainName",
        "callType",
        "successfulCall",
        "finalSipCode",
        "callEndSubReason",
        "callerNumber",
        "calleeNumber",
        "otherPartyCountryCode",
        "userId",
        "userPrincipalName",
    ];

    /// What the rows of a batch say. Columns that are null throughout are taken as
    /// they are.
    ///
    /// # Panics
    /// When the rows are those of another log.
    pub fn of(rows: &'a Rows) -> Facts<'a> {
        let log = &DIRECT_ROUTING_CALLS;
        assert_eq!(rows.log().name, log.name, "only rows of direct routing have these facts");
        let column = |name| rows.batch().column(log.index_of(name).expect("a test names all of PROPERTIES"));
        let text = |name| -> &'a StringArray { column(name).as_string::<i32>() };
        let ticks = |name| -> &'a Int64Array { column(name).as_primitive::<Int64Type>() };
        let int = |name| -> &'a Int32Array { column(name).as_primitive::<Int32Type>() };
        let mut facts = Facts {
            time: ticks("startDateTime"),
            invite: ticks("inviteDateTime"),
            end: ticks("endDateTime"),
            failure: ticks("failureDateTime"),
            duration: int("duration"),
            trunk: text("trunkFullyQualifiedDomainName"),
            call_type: text("callType"),
            successful: column("successfulCall").as_boolean(),
            sip: int("finalSipCode"),
            sub: int("callEndSubReason"),
            caller: text("callerNumber"),
            callee: text("calleeNumber"),
            other_country: text("otherPartyCountryCode"),
            user_id: text("userId"),
            principal_name: text("userPrincipalName"),
            derived: Vec::new(),
        };
        facts.derived = facts.derive();
        facts
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.derived.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.derived.is_empty()
    }

    /// All rows in their order.
    pub fn rows(&self) -> impl Iterator<Item = Fact<'a>> {
        (0..self.len()).map(|row| self.row(row))
    }

    /// What a row says.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, row: usize) -> Fact<'a> {
        let (kind, class) = self.derived[row];
        let time = self.time.value(row);
        let (caller, callee) = (text(self.caller, row), text(self.callee, row));
        let from_each = |direction| match direction {
            Some(Direction::Inbound) => (caller, callee),
            Some(Direction::Outbound) => (callee, caller),
            None => (None, None),
        };
        Fact {
            time,
            start: moment(time),
            invite: ticks(self.invite, row),
            end: ticks(self.end, row),
            failure: ticks(self.failure, row),
            duration: int(self.duration, row).map(i64::from),
            trunk: text(self.trunk, row),
            call_type: text(self.call_type, row),
            direction: kind.direction,
            is_leg: kind.is_leg,
            successful: boolean(self.successful, row),
            sip: int(self.sip, row),
            sub: int(self.sub, row),
            class,
            outside_number: from_each(kind.direction).0,
            own_number: from_each(kind.only).1,
            other_country: text(self.other_country, row),
            user: filled(self.user_id, row).or_else(|| filled(self.principal_name, row)),
        }
    }

    fn derive(&self) -> Vec<(Kind, Class)> {
        let (mut kinds, mut classes) = (Memo::default(), Memo::default());
        let of_row = |row| {
            let kind = match text(self.call_type, row) {
                None => Kind::default(),
                Some(call_type) => kinds.get(call_type, || Kind::of(call_type)),
            };
            let codes = (boolean(self.successful, row), int(self.sip, row), int(self.sub, row));
            let class = classes.get(codes, || classify(codes.0, codes.1, codes.2));
            (kind, class)
        };
        (0..self.time.len()).map(of_row).collect()
    }
}

impl Kind {
    fn of(call_type: &str) -> Kind {
        Kind {
            direction: direction(call_type),
            is_leg: is_second_leg(call_type),
            only: only_direction(call_type),
        }
    }
}

impl Fact<'_> {
    /// Whether the call was established.
    pub fn is_answered(&self) -> bool {
        self.successful == Some(true)
    }

    /// From the invitation to the start, in milliseconds, rounded down. Of an
    /// outbound row it includes the ringing, of an inbound one it is only how long
    /// passing it on took.
    pub fn setup_ms(&self) -> Option<i64> {
        self.setup().map(millis)
    }

    /// How long the other side took to answer: the set-up of answered outbound
    /// rows. Inbound rows don't show the answer.
    pub fn answer_ms(&self) -> Option<i64> {
        let shows_answer = self.is_answered() && self.direction == Some(Direction::Outbound);
        self.setup_ms().filter(|_| shows_answer)
    }

    /// How long a channel was held, in milliseconds, rounded down: from invite, or
    /// else start, to end or failure.
    pub fn held_ms(&self) -> Option<i64> {
        self.held().map(millis)
    }

    /// From start to end of an answered row, in milliseconds, rounded down.
    pub fn talk_ms(&self) -> Option<i64> {
        self.talk().map(millis)
    }

    /// Whether its times cannot be right: it was held for, it was talked for, its
    /// set-up took, or its `duration` is less than nothing or more than 24 hours, or
    /// it neither ended nor failed. Odd rows count as attempts and in ratios, and
    /// are left out of sums, means, quantiles and busy channels.
    pub fn is_odd(&self) -> bool {
        let is_beyond = |ticks: Option<i64>| {
            ticks.is_some_and(|ticks| !(0..=LONGEST_SECS * Instant::TICKS_PER_SEC).contains(&ticks))
        };
        self.ended().is_none()
            || is_beyond(self.held())
            || is_beyond(self.talk())
            || is_beyond(self.setup())
            || self.duration.is_some_and(|secs| !(0..=LONGEST_SECS).contains(&secs))
    }

    /// Whether `duration` can be compared with the row's own times.
    pub fn is_comparable(&self) -> bool {
        self.duration.is_some() && self.end.is_some() && (self.start.is_some() || self.invite.is_some())
    }

    /// Whether `duration` is more than a second from both end - start and
    /// end - invite, as far as the row has them.
    pub fn disagrees(&self) -> bool {
        let (Some(duration), Some(end)) = (self.duration, self.end) else { return false };
        let is_near = |from: Option<i64>| {
            from.is_some_and(|from| {
                let said = duration.saturating_mul(Instant::TICKS_PER_SEC);
                said.saturating_sub(end.saturating_sub(from)).saturating_abs() <= Instant::TICKS_PER_SEC
            })
        };
        self.is_comparable() && !is_near(self.start) && !is_near(self.invite)
    }

    /// Whether somebody called and nobody took the call: an inbound row that is no
    /// leg, and ended unanswered by what people did.
    pub fn is_missed(&self) -> bool {
        self.direction == Some(Direction::Inbound)
            && !self.is_leg
            && !self.is_answered()
            && self.class.is_user_behaviour()
    }

    /// The country of the party outside: what Graph's beta says, where that is the
    /// code of a country, else what the number outside says.
    pub fn country(&self) -> Option<Country> {
        let said = self.other_country.and_then(Country::by_code);
        said.or_else(|| self.outside_number.and_then(Country::of_number))
    }

    /// When the row held a channel: from invite, or else start, to before its end
    /// or failure, in ticks. None of odd rows, of those that held none for any time,
    /// and of those without a start, which are in no range. So both ends are within
    /// 24 hours of the row's time.
    pub fn occupied(&self) -> Option<(i64, i64)> {
        if self.is_odd() || self.start.is_none() {
            return None;
        }
        span(self.invite.or(self.start), self.ended())
    }

    /// When people talked: of answered rows from start to before end, in ticks. None
    /// of odd rows, and where nobody talked for any time.
    pub fn talking(&self) -> Option<(i64, i64)> {
        if self.is_odd() || !self.is_answered() { None } else { span(self.start, self.end) }
    }

    fn ended(&self) -> Option<i64> {
        self.end.or(self.failure)
    }

    fn setup(&self) -> Option<i64> {
        between(self.invite, self.start)
    }

    fn held(&self) -> Option<i64> {
        between(self.invite.or(self.start), self.ended())
    }

    fn talk(&self) -> Option<i64> {
        if self.is_answered() { between(self.start, self.end) } else { None }
    }
}

/// Ticks from one instant to another.
fn between(from: Option<i64>, to: Option<i64>) -> Option<i64> {
    Some(to?.saturating_sub(from?))
}

/// From one instant to before another, if that is any time.
fn span(from: Option<i64>, until: Option<i64>) -> Option<(i64, i64)> {
    Some((from?, until?)).filter(|(from, until)| from < until)
}

/// As the store rounds them.
fn millis(ticks: i64) -> i64 {
    ticks.div_euclid(Instant::TICKS_PER_MS)
}

/// An instant that is one.
fn moment(ticks: i64) -> Option<i64> {
    (ticks != Instant::ABSENT.ticks()).then_some(ticks)
}

fn ticks(column: &Int64Array, row: usize) -> Option<i64> {
    if column.is_valid(row) { moment(column.value(row)) } else { None }
}

fn int(column: &Int32Array, row: usize) -> Option<i32> {
    column.is_valid(row).then(|| column.value(row))
}

fn boolean(column: &BooleanArray, row: usize) -> Option<bool> {
    column.is_valid(row).then(|| column.value(row))
}

fn text(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

fn filled(column: &StringArray, row: usize) -> Option<&str> {
    text(column, row).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
