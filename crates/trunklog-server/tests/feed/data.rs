//! Calls of five days around the end of summer time in Berlin.

use serde_json::json;
use trunklog_odata::Instant;
use uuid::Uuid;

/// How many calls there are, one each half an hour.
pub(crate) const COUNT: u32 = 240;

pub(crate) const TRUNKS: [&str; 2] = ["sbc1.contoso.example", "sbc2.contoso.example"];

/// When the first one starts.
pub(crate) const FIRST: &str = "2026-10-23T00:00:00Z";

pub(crate) fn calls() -> Vec<String> {
    (0..COUNT).map(call).collect()
}

/// When a call starts.
pub(crate) fn start_of(number: u32) -> Instant {
    let halves = i64::from(number) * Instant::TICKS_PER_HOUR / 2;
    Instant::parse(FIRST).unwrap().saturating_add_ticks(halves)
}

/// A call that lasted ten minutes, or that nobody took: each fifth.
pub(crate) fn call(number: u32) -> String {
    let start = start_of(number);
    let after = |secs: i64| start.saturating_add_ticks(secs * Instant::TICKS_PER_SEC).to_string();
    let answered = is_answered(number);
    let inbound = number.is_multiple_of(2);
    let (own, other) = (format!("+4930555{:03}", number % 7), format!("+33140{number:06}"));
    let none = "0001-01-01T00:00:00Z";
    json!({
        "id": id_of(number),
        "correlationId": id_of(number),
        "userId": Uuid::from_u128(u128::from(number % 7) + 1).to_string(),
        "userPrincipalName": format!("user{}@contoso.example", number % 7),
        "userDisplayName": format!("User {}", number % 7),
        "startDateTime": start.to_string(),
        "inviteDateTime": after(-8),
        "endDateTime": if answered { after(600) } else { none.to_owned() },
        "failureDateTime": if answered { none.to_owned() } else { after(20) },
        "duration": if answered { 600 } else { 0 },
        "callType": if inbound { "ByotIn" } else { "ByotOut" },
        "successfulCall": answered,
        "callerNumber": if inbound { &other } else { &own },
        "calleeNumber": if inbound { &own } else { &other },
        "finalSipCode": if answered { 0 } else { 486 },
        "callEndSubReason": if answered { 560_000 } else { 560_486 },
        "trunkFullyQualifiedDomainName": TRUNKS[usize::try_from(number % 2).unwrap()],
        "mediaBypassEnabled": false,
    })
    .to_string()
}

pub(crate) fn is_answered(number: u32) -> bool {
    !number.is_multiple_of(5)
}

pub(crate) fn id_of(number: u32) -> String {
    Uuid::from_u128(0x5a11_0000_0000_4000_8000_0000_0002_0000 | u128::from(number)).to_string()
}
