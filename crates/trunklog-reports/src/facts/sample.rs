//! Made-up rows for tests, which know what they say without asking the code.

use std::borrow::Cow;

use proptest::prelude::*;
use proptest::sample::select;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{RowBuilder, Rows, Value as Stored};

/// A row's values; instants in ticks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Call {
    pub(crate) start: i64,
    pub(crate) invite: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) failure: Option<i64>,
    pub(crate) duration: Option<i32>,
    pub(crate) successful: Option<bool>,
    pub(crate) call_type: Option<&'static str>,
    pub(crate) trunk: Option<&'static str>,
    pub(crate) codes: (Option<i32>, Option<i32>),
    pub(crate) caller: Option<&'static str>,
    pub(crate) callee: Option<&'static str>,
    pub(crate) other_country: Option<&'static str>,
    pub(crate) user_id: Option<&'static str>,
    pub(crate) principal_name: Option<&'static str>,
}

/// Call types: the direction's key, whether it is a leg, and whether the caller is
/// the organisation's own where it went out.
pub(crate) const CALL_TYPES: [(&str, Option<i64>, bool, bool); 10] = [
    ("ByotIn", Some(1), false, true),
    ("dr_in", Some(1), false, true),
    ("ByotInUcap", Some(1), false, true),
    ("ByotOut", Some(2), false, true),
    ("DR_OUT", Some(2), false, true),
    ("ByotOutUserForwarding", Some(2), true, false),
    ("dr_out_user_transfer", Some(2), true, false),
    ("ByotOutUserConf", Some(2), true, true),
    ("somethingNew", None, false, false),
    ("", None, false, false),
];

/// Numbers and the countries that they say.
pub(crate) const PHONES: [(&str, Option<&str>); 8] = [
    ("+4930123***", Some("DE")),
    ("+441481712345", Some("GG")),
    ("tel:+14165550123", Some("CA")),
    ("+18005550123", Some("001")),
    ("030123456", None),
    ("+1001", None),
    ("anonymous", None),
    ("", None),
];

/// What Graph's beta says of the country, and what is taken of it.
pub(crate) const SAID: [(&str, Option<&str>); 4] =
    [("FR", Some("FR")), ("ch", Some("CH")), ("??", None), ("", None)];

/// Codes of which each class of user behaviour is one, and some of which none is;
/// whether an inbound call that ended so was missed.
pub(crate) const CODES: [(i32, i32, bool); 8] = [
    (0, 560_000, false),
    (486, 560_486, true),
    (480, 560_480, true),
    (487, 560_487, true),
    (603, 560_603, true),
    (480, 10_037, true),
    (487, 540_200, false),
    (503, 560_503, false),
];

/// The reference's worked vector: whether a call was answered, and its codes.
pub(crate) const WORKED: [(bool, i32, i32); 15] = [
    (true, 0, 560_000),
    (true, 0, 540_000),
    (false, 486, 560_486),
    (false, 480, 560_480),
    (false, 487, 560_487),
    (false, 487, 540_200),
    (false, 603, 560_603),
    (false, 404, 560_404),
    (false, 484, 560_484),
    (false, 503, 560_503),
    (false, 504, 569_002),
    (false, 408, 560_408),
    (false, 408, 500_001),
    (false, 403, 510_560),
    (false, 480, 10_037),
];

const MINUTE: i64 = 60 * Instant::TICKS_PER_SEC;

/// Rows near times at which clocks change in some zones.
pub(crate) fn calls(most: usize) -> impl Strategy<Value = Vec<Call>> {
    proptest::collection::vec(call(), 0..most)
}

fn call() -> impl Strategy<Value = Call> {
    let edge = select(vec![
        // Clocks go forward and back in Berlin, and at midnight in Santiago and Cairo.
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-09-06T04:00:00Z",
        "2026-04-23T22:00:00Z",
        // Midnights in Berlin, Kolkata, Newfoundland and UTC.
        "2026-11-29T23:00:00Z",
        "2026-11-29T18:30:00Z",
        "2026-11-30T03:30:00Z",
        "2026-11-30T00:00:00Z",
    ]);
    let edge = edge.prop_map(|text| Instant::parse(text).unwrap().ticks());
    let near = prop_oneof![
        3 => -3 * MINUTE..3 * MINUTE,
        1 => select(vec![0, -1, 1, 15 * MINUTE, 15 * MINUTE - 1]),
        1 => -1_500 * MINUTE..1_500 * MINUTE,
    ];
    let times = (edge, near, moment(), moment(), moment(), duration());
    let texts = (
        proptest::option::weighted(0.9, select(CALL_TYPES.map(|of| of.0).to_vec())),
        proptest::option::weighted(0.9, select(vec!["sbc1.contoso.com", "sbc2.contoso.com", ""])),
        proptest::option::weighted(0.8, select(PHONES.map(|of| of.0).to_vec())),
        proptest::option::weighted(0.8, select(PHONES.map(|of| of.0).to_vec())),
        proptest::option::weighted(0.3, select(SAID.map(|of| of.0).to_vec())),
        proptest::option::weighted(0.7, select(vec!["u1", "u2", ""])),
        proptest::option::weighted(0.7, select(vec!["ada@contoso.com", "u1", ""])),
    );
    let codes = (proptest::option::weighted(0.9, any::<bool>()), select(CODES.to_vec()), 0..8_u8);
    (times, texts, codes).prop_map(|(times, texts, (successful, (sip, sub, _), nulls))| {
        let (edge, near, invite, end, failure, duration) = times;
        let (call_type, trunk, caller, callee, other_country, user_id, principal_name) = texts;
        let start = edge + near;
        let at = |moment: Moment| match moment {
            Moment::Null => None,
            Moment::Absent => Some(Instant::ABSENT.ticks()),
            Moment::After(ticks) => Some(start + ticks),
        };
        let invite = match invite {
            Moment::After(ticks) => Some(start - ticks),
            other => at(other),
        };
        Call {
            start,
            invite,
            end: at(end),
            failure: at(failure),
            duration: duration.map(|of| of.secs(start, invite, at(end))),
            successful,
            call_type,
            trunk,
            codes: ((nulls != 1).then_some(sip), (nulls != 2).then_some(sub)),
            caller,
            callee,
            other_country,
            user_id,
            principal_name,
        }
    })
}

/// A moment beside the start.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Null,
    Absent,
    After(i64),
}

fn moment() -> impl Strategy<Value = Moment> {
    let day = Instant::TICKS_PER_DAY;
    prop_oneof![
        1 => Just(Moment::Null),
        2 => Just(Moment::Absent),
        4 => (0..10 * MINUTE).prop_map(Moment::After),
        2 => select(vec![0, 1, -1, 9_999, 10_000, day, day + 1, -day]).prop_map(Moment::After),
    ]
}

/// Microsoft's duration, beside what the row's times say.
#[derive(Debug, Clone, Copy)]
enum Duration {
    These(i32),
    FromStart(i32),
    FromInvite(i32),
}

impl Duration {
    fn secs(self, start: i64, invite: Option<i64>, end: Option<i64>) -> i32 {
        let (from, more) = match self {
            Duration::These(secs) => return secs,
            Duration::FromStart(more) => (start, more),
            Duration::FromInvite(more) => (invite.unwrap_or(start), more),
        };
        let secs = (end.unwrap_or(from) - from) / Instant::TICKS_PER_SEC;
        i32::try_from(secs).unwrap_or(i32::MAX).saturating_add(more)
    }
}

fn duration() -> impl Strategy<Value = Option<Duration>> {
    let duration = prop_oneof![
        select(vec![0, 1, -1, 86_400, 86_401, 59]).prop_map(Duration::These),
        (-2..3_i32).prop_map(Duration::FromStart),
        (-2..3_i32).prop_map(Duration::FromInvite),
    ];
    proptest::option::weighted(0.9, duration)
}

/// The rows as the store would give them.
pub(crate) fn rows(calls: &[Call]) -> Rows {
    let text = |text: Option<&'static str>| text.map(|text| Stored::Text(Cow::Borrowed(text)));
    let instant =
        |ticks: Option<i64>| ticks.map(|ticks| Stored::Instant(Instant::from_ticks(ticks).unwrap()));
    let mut rows = RowBuilder::new(&DIRECT_ROUTING_CALLS);
    for (at, call) in calls.iter().enumerate() {
        let mut row = rows.row();
        for (name, value) in [
            ("id", Some(Stored::Text(Cow::Owned(at.to_string())))),
            ("startDateTime", instant(Some(call.start))),
            ("inviteDateTime", instant(call.invite)),
            ("endDateTime", instant(call.end)),
            ("failureDateTime", instant(call.failure)),
            ("duration", call.duration.map(Stored::Int)),
            ("successfulCall", call.successful.map(Stored::Bool)),
            ("callType", text(call.call_type)),
            ("trunkFullyQualifiedDomainName", text(call.trunk)),
            ("finalSipCode", call.codes.0.map(Stored::Int)),
            ("callEndSubReason", call.codes.1.map(Stored::Int)),
            ("callerNumber", text(call.caller)),
            ("calleeNumber", text(call.callee)),
            ("otherPartyCountryCode", text(call.other_country)),
            ("userId", text(call.user_id)),
            ("userPrincipalName", text(call.principal_name)),
        ] {
            row = row.set(name, value).unwrap();
        }
        row.finish().unwrap();
    }
    rows.finish()
}
