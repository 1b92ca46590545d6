//! Writing calls as rows.

use std::fmt::Write;

use trunklog_records::{RowBuilder, Value};
use uuid::fmt::Hyphenated;

use super::calls::Call;
use crate::directory::{Account, Directory, Party};
use crate::fields::{ABSENT, instant, push, text};
use crate::numbers::WITHHELD;
use crate::trunks::Trunk;

/// Room for a row's texts.
#[derive(Debug)]
pub(super) struct Columns {
    caller: String,
    callee: String,
}

impl Columns {
    pub(super) fn new() -> Columns {
        Columns { caller: String::new(), callee: String::new() }
    }

    /// Adds a call to `rows`.
    pub(super) fn write(
        &mut self,
        call: &Call,
        directory: &Directory,
        trunks: &[Trunk],
        rows: &mut RowBuilder,
    ) {
        let account = directory.account(call.party);
        let trunk = &trunks[call.trunk];
        write_numbers(call, account, &mut self.caller, &mut self.callee);
        // Some tenants see the account of an attendant or queue, others see
        // nobody. Here it depends on which one it is.
        let shown = match call.party {
            Party::User(_) => Some(account),
            Party::Bot(bot) => (bot > 0).then_some(account),
        };
        let other = if call.kind.is_inbound() { call.from_outside } else { call.to_outside };
        let succeeded = call.ending.is_success();
        let (mut id, mut correlation_id) = ([0; Hyphenated::LENGTH], [0; Hyphenated::LENGTH]);
        let id: &str = call.id.hyphenated().encode_lower(&mut id);
        let correlation_id: &str = call.correlation_id.hyphenated().encode_lower(&mut correlation_id);
        let secs = (call.end - call.start) / 1_000;

        let fields = [
            ("id", Some(text(id))),
            ("correlationId", Some(text(correlation_id))),
            ("userId", shown.map(|account| text(&account.id))),
            ("userPrincipalName", shown.map(|account| text(&account.principal_name))),
            ("userDisplayName", shown.map(|account| text(&account.display_name))),
            ("startDateTime", Some(instant(call.start))),
            ("inviteDateTime", Some(instant(call.invite))),
            ("failureDateTime", Some(if succeeded { ABSENT } else { instant(call.end) })),
            ("endDateTime", Some(if succeeded { instant(call.end) } else { ABSENT })),
            (
                "duration",
                Some(Value::Int(if succeeded { i32::try_from(secs).unwrap_or(i32::MAX) } else { 0 })),
            ),
            ("callType", Some(text(call.kind.call_type()))),
            ("successfulCall", Some(Value::Bool(succeeded))),
            ("callerNumber", Some(text(&self.caller))),
            ("calleeNumber", Some(text(&self.callee))),
            // Media that bypass Microsoft have no place there.
            ("mediaPathLocation", (!trunk.media_bypass).then(|| text(&trunk.location))),
            ("signalingLocation", Some(text(&trunk.location))),
            ("finalSipCode", Some(Value::Int(call.ending.sip_code))),
            ("callEndSubReason", Some(Value::Int(call.ending.subcode))),
            ("finalSipCodePhrase", Some(text(call.ending.phrase()))),
            ("trunkFullyQualifiedDomainName", Some(text(&trunk.name))),
            ("mediaBypassEnabled", Some(Value::Bool(trunk.media_bypass))),
            ("userCountryCode", Some(text(account.country.code))),
            ("otherPartyCountryCode", other.map(|number| text(number.country.code))),
            ("transferorCorrelationId", call.kind.is_second_leg().then(|| text(correlation_id))),
            ("administrativeUnitInfos", Some(text(&account.units))),
        ];
        push(fields, rows);
    }
}

/// Writes who calls and who is called.
fn write_numbers(call: &Call, account: &Account, caller: &mut String, callee: &mut String) {
    caller.clear();
    callee.clear();
    let written = match (call.from_outside, call.to_outside) {
        (Some(from), Some(to)) if call.kind.is_diverted() => {
            write!(caller, "{from}").and(write!(callee, "{to}"))
        }
        (_, Some(to)) => write!(caller, "{}", account.number).and(write!(callee, "{to}")),
        (Some(from), None) => write!(caller, "{from}").and(write!(callee, "{}", account.number)),
        (None, None) => write!(caller, "{WITHHELD}").and(write!(callee, "{}", account.number)),
    };
    written.expect("memory takes any text");
}
