//! Calls of the week before the servers' clocks, 08:00 on 24 November 2026.

use serde_json::json;
use trunklog_odata::Instant;
use uuid::Uuid;

/// Time and id of a call that is older than the others.
pub(crate) const CALL: [&str; 2] = ["2026-03-02T09:41:25.125Z", "9c4984c7-6c3c-427d-a30c-bd0b2eacee90"];

/// How many calls there are in that week.
pub(crate) const COUNT: u32 = 200;

pub(crate) const TRUNKS: [&str; 2] = ["sbc1.contoso.example", "sbc2.contoso.example"];

/// Those of the week, one each 40 minutes, and [`CALL`].
pub(crate) fn calls() -> Vec<String> {
    let first = Instant::parse("2026-11-18T00:00:00Z").unwrap();
    let at = |number: u32| first.saturating_add_ticks(i64::from(number) * 40 * 60 * Instant::TICKS_PER_SEC);
    let mut calls: Vec<String> = (0..COUNT).map(|number| call(number, &at(number).to_string())).collect();
    let [time, id] = CALL;
    calls.push(call(COUNT, time).replace(&id_of(COUNT), id));
    calls
}

/// The id of a call.
pub(crate) fn id_of(number: u32) -> String {
    Uuid::from_u128(0x5a11_0000_0000_4000_8000_0000_0001_0000 | u128::from(number)).to_string()
}

/// A call that lasted a minute, or that nobody took: each fifth.
pub(crate) fn call(number: u32, start: &str) -> String {
    let start = Instant::parse(start).unwrap();
    let after = |secs: i64| start.saturating_add_ticks(secs * Instant::TICKS_PER_SEC).to_string();
    let answered = !number.is_multiple_of(5);
    let inbound = number.is_multiple_of(2);
    let user = Uuid::from_u128(u128::from(number % 7) + 1).to_string();
    let (own, other) = (format!("+4930555{:03}", number % 7), format!("+33140{number:06}"));
    json!({
        "id": id_of(number),
        "correlationId": id_of(number),
        "userId": user,
        "userPrincipalName": format!("user{}@contoso.example", number % 7),
        "userDisplayName": format!("User {}", number % 7),
        "startDateTime": start.to_string(),
        "inviteDateTime": after(-8),
        "endDateTime": if answered { after(60) } else { "0001-01-01T00:00:00Z".to_owned() },
        "failureDateTime": if answered { "0001-01-01T00:00:00Z".to_owned() } else { after(20) },
        "duration": if answered { 60 } else { 0 },
        "callType": if inbound { "ByotIn" } else { "ByotOut" },
        "successfulCall": answered,
        "callerNumber": if inbound { &other } else { &own },
        "calleeNumber": if inbound { &own } else { &other },
        "finalSipCode": if answered { 0 } else { 480 },
        "callEndSubReason": if answered { 0 } else { 560_480 },
        "trunkFullyQualifiedDomainName": TRUNKS[usize::try_from(number % 2).unwrap()],
        "mediaBypassEnabled": false,
    })
    .to_string()
}
