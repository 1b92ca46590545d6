//! Made-up calls, of which is known what they mean without asking the code.

use std::borrow::Cow;

use trunklog_odata::Instant;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, RECORDED_BY};
use trunklog_records::{RowBuilder, Rows, Value};

use trunklog_store_kit::Dice;

pub(super) const MS: i64 = Instant::TICKS_PER_MS;
pub(super) const SEC: i64 = Instant::TICKS_PER_SEC;
pub(super) const MINUTE: i64 = 60 * SEC;
pub(super) const HOUR: i64 = Instant::TICKS_PER_HOUR;
pub(super) const DAY: i64 = Instant::TICKS_PER_DAY;

/// How an end counts in the network effectiveness ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ner {
    Effective,
    Ineffective,
    LeftOut,
}

/// What else is said of an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Also {
    Nothing,
    /// An established call that ended as calls do.
    NormalEnd,
    Redirected,
}

/// How a call can end, by the words of ITU-T E.425 and RFC 6076.
#[derive(Debug, PartialEq)]
pub(super) struct End {
    pub(super) successful: Option<bool>,
    pub(super) codes: (Option<i32>, Option<i32>),
    pub(super) ner: Ner,
    /// Busy, no answer, cancelled, declined, unreachable.
    pub(super) is_user_behaviour: bool,
    /// It counts as delivered for SEER.
    pub(super) is_delivered: bool,
    /// It counts for ISA.
    pub(super) is_ineffective_attempt: bool,
    pub(super) also: Also,
}

const fn failed(sip: i32, sub: i32, ner: Ner) -> End {
    End {
        successful: Some(false),
        codes: (Some(sip), Some(sub)),
        ner,
        is_user_behaviour: false,
        is_delivered: false,
        is_ineffective_attempt: false,
        also: Also::Nothing,
    }
}

const fn by_user(sip: i32, sub: i32, is_delivered: bool) -> End {
    End { is_user_behaviour: true, is_delivered, ..failed(sip, sub, Ner::Effective) }
}

const fn answered(sip: i32, sub: i32, also: Also) -> End {
    End { successful: Some(true), is_delivered: true, also, ..failed(sip, sub, Ner::Effective) }
}

pub(super) static ENDS: [End; 16] = [
    answered(0, 560_000, Also::NormalEnd),
    answered(0, 540_000, Also::NormalEnd),
    // Successful, whatever its codes say.
    answered(500, 560_500, Also::Nothing),
    answered(302, 0, Also::Nothing),
    by_user(486, 560_486, true),
    by_user(480, 560_480, true),
    by_user(603, 560_603, true),
    by_user(487, 560_487, false),
    End { is_ineffective_attempt: true, ..by_user(408, 560_408, false) },
    // Somebody else took it.
    failed(487, 540_200, Ner::Effective),
    failed(404, 560_404, Ner::LeftOut),
    failed(403, 510_559, Ner::LeftOut),
    End { is_ineffective_attempt: true, ..failed(503, 560_503, Ner::Ineffective) },
    End { is_ineffective_attempt: true, ..failed(504, 569_008, Ner::Ineffective) },
    End { also: Also::Redirected, ..failed(302, 10_000, Ner::Ineffective) },
    End { successful: None, codes: (None, None), ..failed(0, 0, Ner::Ineffective) },
];

/// A call type.
#[derive(Debug, PartialEq)]
pub(super) struct Kind {
    pub(super) name: Option<&'static str>,
    /// `inbound`, `outbound` or `unknown`, as reports call it.
    pub(super) direction: &'static str,
    pub(super) is_leg: bool,
}

const fn kind(name: &'static str, direction: &'static str, is_leg: bool) -> Kind {
    Kind { name: Some(name), direction, is_leg }
}

pub(super) static KINDS: [Kind; 9] = [
    kind("ByotIn", "inbound", false),
    kind("dr_in", "inbound", false),
    kind("ByotInUcap", "inbound", false),
    kind("ByotOut", "outbound", false),
    kind("DR_OUT", "outbound", false),
    kind("ByotOutUserForwarding", "outbound", true),
    kind("ByotOutUserTransfer", "outbound", true),
    kind("somethingNew", "unknown", false),
    Kind { name: None, direction: "unknown", is_leg: false },
];

pub(super) const TRUNKS: [Option<&str>; 5] =
    [None, Some(""), Some("sbc1.example"), Some("sbc2.example"), Some("SBC2.example")];

const USERS: [Option<&str>; 6] = [None, Some("u1"), Some("u2"), Some("u3"), Some("u4"), Some("u5")];

const NUMBERS: [Option<&str>; 5] =
    [None, Some("+4930123456"), Some("+4989765***"), Some("+14165550123"), Some("anonymous")];

/// A call. Times are ticks; None is no such moment.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) correlation: String,
    /// Another source than Graph, if one has recorded it.
    pub(super) recorded_by: Option<&'static str>,
    pub(super) start: i64,
    pub(super) invite: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) failure: Option<i64>,
    pub(super) duration: Option<i32>,
    pub(super) how: &'static End,
    pub(super) kind: &'static Kind,
    pub(super) trunk: Option<&'static str>,
    pub(super) user: Option<&'static str>,
    numbers: [Option<&'static str>; 2],
}

impl Call {
    /// A call of that number that starts then.
    pub(super) fn new(dice: &mut Dice, number: usize, start: i64) -> Call {
        let mut call = Call {
            // In no order.
            id: format!("{:04}-{number}", dice.below(10_000)),
            correlation: format!("c{number}"),
            recorded_by: None,
            start,
            invite: None,
            end: None,
            failure: None,
            duration: None,
            how: &ENDS[0],
            kind: &KINDS[dice.below(KINDS.len())],
            trunk: dice.one_of(&TRUNKS),
            user: dice.one_of(&USERS),
            numbers: [dice.one_of(&NUMBERS), dice.one_of(&NUMBERS)],
        };
        call.turn_out(dice);
        call
    }

    /// Gives it another course. Start, id and who was called stay.
    pub(super) fn turn_out(&mut self, dice: &mut Dice) {
        self.how = if dice.chance(60) { &ENDS[dice.below(4)] } else { &ENDS[dice.below(ENDS.len())] };
        self.trunk = dice.one_of(&TRUNKS);
        let rung = dice.one_of(&[0, 1, 350 * MS, 3 * SEC, 5 * SEC + 7, 45 * SEC, 45 * SEC]);
        let rung = if dice.chance(3) { dice.one_of(&[-SEC, DAY, DAY + 1]) } else { rung };
        self.invite = dice.chance(85).then_some(self.start - rung);
        let took =
            dice.one_of(&[0, 1, 9_999, SEC, 17 * SEC + 300 * MS, MINUTE, 3 * MINUTE, 40 * MINUTE, 2 * HOUR]);
        let took = if dice.chance(3) { dice.one_of(&[-1, DAY, DAY + 1, 99 * HOUR]) } else { took };
        let over = dice.chance(95).then_some(self.start + took);
        let has_end = self.how.successful == Some(true) || dice.chance(10);
        (self.end, self.failure) = if has_end { (over, None) } else { (None, over) };
        let from = if dice.chance(80) { self.start } else { self.invite.unwrap_or(self.start) };
        let seconds = (over.unwrap_or(from) - from) / SEC + dice.one_of(&[0, 0, 0, 0, 1, 2, -2]);
        let seconds = if dice.chance(3) { dice.one_of(&[-1, 86_400, 86_401]) } else { seconds };
        self.duration = dice.chance(92).then_some(i32::try_from(seconds).unwrap());
    }

    /// Graph's own row of the call, where another source has recorded this.
    pub(super) fn of_graph(&self, dice: &mut Dice) -> Call {
        let mut call = self.clone();
        call.recorded_by = None;
        call.id = format!("graph {}", self.id);
        call.start += dice.one_of(&[-SEC, -1, 0, 1, SEC]);
        call.turn_out(dice);
        call
    }
}

/// The calls as rows.
pub(super) fn rows(calls: &[Call]) -> Rows {
    let text = |text: Option<&'static str>| text.map(|text| Value::Text(Cow::Borrowed(text)));
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    for call in calls {
        // What is no moment is null in one row and Graph's year 1 in another.
        let absent = call.correlation.ends_with(['0', '2', '4', '6', '8']).then_some(Instant::ABSENT);
        let moment = |ticks: Option<i64>| {
            ticks.map(|ticks| Instant::from_ticks(ticks).unwrap()).or(absent).map(Value::Instant)
        };
        let mut row = rows.row();
        for (name, value) in [
            ("id", Some(Value::Text(Cow::Borrowed(&call.id)))),
            ("correlationId", Some(Value::Text(Cow::Borrowed(&call.correlation)))),
            ("userId", text(call.user)),
            ("startDateTime", moment(Some(call.start))),
            ("inviteDateTime", moment(call.invite)),
            ("failureDateTime", moment(call.failure)),
            ("endDateTime", moment(call.end)),
            ("duration", call.duration.map(Value::Int)),
            ("callType", text(call.kind.name)),
            ("successfulCall", call.how.successful.map(Value::Bool)),
            ("callerNumber", text(call.numbers[0])),
            ("calleeNumber", text(call.numbers[1])),
            ("finalSipCode", call.how.codes.0.map(Value::Int)),
            ("callEndSubReason", call.how.codes.1.map(Value::Int)),
            ("trunkFullyQualifiedDomainName", text(call.trunk)),
            (RECORDED_BY, text(call.recorded_by)),
        ] {
            row = row.set(name, value).unwrap();
        }
        row.finish().unwrap();
    }
    rows.finish()
}
