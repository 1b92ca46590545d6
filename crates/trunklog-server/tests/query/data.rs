//! Calls of many kinds, and a selection of them that needs no store.

use std::cmp::Ordering;

use serde_json::json;
use uuid::Uuid;

/// How many calls the tests store at first.
pub(crate) const COUNT: u32 = 240;

/// What a test knows of a call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) id: String,
    /// Always of the same length, so that its text orders as the time does.
    pub(crate) start: String,
    pub(crate) duration: Option<u32>,
    pub(crate) call_type: &'static str,
    pub(crate) user: Option<&'static str>,
    pub(crate) code: Option<u32>,
    pub(crate) caller: String,
    pub(crate) successful: bool,
}

/// What a client asks for, and the same in Rust.
pub(crate) type Filter = (&'static str, fn(&Call) -> bool);

/// What a client asks for, and the same in Rust.
pub(crate) type Order = (&'static str, fn(&Call, &Call) -> Ordering);

pub(crate) const FILTERS: [Filter; 9] = [
    ("duration gt 60", |call| call.duration.is_some_and(|secs| secs > 60)),
    ("not (duration gt 60)", |call| call.duration.is_none_or(|secs| secs <= 60)),
    ("userDisplayName eq null", |call| call.user.is_none()),
    ("userDisplayName ne 'ana'", |call| call.user != Some("ana")),
    ("callType eq 'ByotOut' and finalSipCode in (404,486)", |call| {
        call.call_type == "ByotOut" && matches!(call.code, Some(404 | 486))
    }),
    ("contains(tolower(userDisplayName),'ana')", |call| {
        call.user.is_some_and(|name| name.to_lowercase().contains("ana"))
    }),
    ("startDateTime ge 2020-01-05T01:00:00Z and successfulCall eq true", |call| {
        call.start.as_str() >= "2020-01-05T01:00:00Z" && call.successful
    }),
    ("duration mod 2 eq 1 or endswith(callerNumber,'7')", |call| {
        call.duration.is_some_and(|secs| secs % 2 == 1) || call.caller.ends_with('7')
    }),
    ("minute(startDateTime) lt 5", |call| &call.start[14..16] < "05"),
];

pub(crate) const ORDERS: [Order; 4] = [
    ("startDateTime", |_, _| Ordering::Equal),
    ("duration desc", |one, other| other.duration.cmp(&one.duration)),
    ("finalSipCode,callType desc", |one, other| {
        one.code.cmp(&other.code).then_with(|| other.call_type.cmp(one.call_type))
    }),
    ("startDateTime desc,id desc", |one, other| (&other.start, &other.id).cmp(&(&one.start, &one.id))),
];

/// A call made of its number. Ids are in no order, two calls begin at a time,
/// and all that can be null is so in some calls.
pub(crate) fn call(number: u32) -> Call {
    let scattered = number * 7_919 % 1_009;
    let minute = number % COUNT / 2;
    let place = usize::try_from(number).unwrap();
    Call {
        id: Uuid::from_u128((u128::from(scattered) << 64) | u128::from(number)).to_string(),
        start: format!("2020-01-05T{:02}:{:02}:00Z", minute / 60, minute % 60),
        duration: (!number.is_multiple_of(11)).then_some(scattered % 100),
        call_type: ["ByotIn", "ByotOut", "ByotInUcap"][place % 3],
        user: (!number.is_multiple_of(5)).then(|| ["ana", "Bela", "ANATOL"][place % 4 % 3]),
        code: [Some(0), Some(404), None, Some(486)][place % 4],
        caller: format!("+4930{number:06}"),
        successful: number % 7 != 1,
    }
}

/// The first calls.
pub(crate) fn calls() -> Vec<Call> {
    (0..COUNT).map(call).collect()
}

/// The ids of the calls that satisfy the filter, in the order.
pub(crate) fn select(calls: &[Call], (_, keep): Filter, (_, compare): Order) -> Vec<String> {
    let mut kept: Vec<&Call> = calls.iter().filter(|call| keep(call)).collect();
    kept.sort_by(|one, other| {
        compare(one, other).then_with(|| (&one.start, &one.id).cmp(&(&other.start, &other.id)))
    });
    kept.into_iter().map(|call| call.id.clone()).collect()
}

impl Call {
    /// As a row.
    pub(crate) fn json(&self) -> String {
        json!({
            "id": self.id,
            "startDateTime": self.start,
            "duration": self.duration,
            "callType": self.call_type,
            "userDisplayName": self.user,
            "finalSipCode": self.code,
            "callerNumber": self.caller,
            "successfulCall": self.successful,
        })
        .to_string()
    }
}
