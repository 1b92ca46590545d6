//! Writing calls as rows.

use trunklog_records::{RowBuilder, Value};

use super::{Call, Leg};
use crate::directory::{Directory, Party};
use crate::fields::{exact_instant, push, text, written};
use crate::numbers::{WITHHELD, home};
use crate::tariff::{Reach, Tariff};

const TICKS_PER_SEC: i64 = trunklog_odata::Instant::TICKS_PER_SEC;

/// Adds a call to `rows`.
pub(super) fn write(call: &Call, directory: &Directory, rows: &mut RowBuilder) {
    let Leg { kind, party, call_id, conference, .. } = call.leg;
    let Call { client, caller, callee, .. } = *call;
    let account = directory.account(party);
    // Graph shows nobody for calls to attendants and queues.
    let shown = matches!(party, Party::User(_)).then_some(account);
    let tariff = Tariff::of(account.country);
    let carrier = kind.carrier(tariff);
    // Only calls to outside have a destination's context.
    let reach = (!kind.is_inbound()).then(|| Reach::between(account.country, callee.country));
    let price = tariff.price(kind.licence(tariff, party), reach, call.secs);
    let other = if kind.is_inbound() { caller } else { Some(callee) };
    // The numbers of users differ in kind from those of meetings and bots.
    let is_service = kind.is_of_meeting() || shown.is_none();
    let end = call.start + i64::from(call.secs) * TICKS_PER_SEC;

    let row = [
        ("id", Some(written(call.id.hyphenated()))),
        ("callId", Some(written(call_id))),
        ("userId", shown.map(|account| text(&account.id))),
        ("userPrincipalName", shown.map(|account| text(&account.principal_name))),
        ("userDisplayName", shown.map(|account| text(&account.display_name))),
        ("startDateTime", Some(exact_instant(call.start))),
        ("endDateTime", Some(exact_instant(end))),
        ("duration", Some(Value::Int(i32::try_from(call.secs).unwrap_or(i32::MAX)))),
        ("charge", Some(written(price.charge))),
        ("callType", Some(written(format_args!("{}{}", carrier.prefix(), kind.call_type())))),
        ("currency", Some(text(tariff.currency))),
        ("calleeNumber", Some(written(callee))),
        ("usageCountryCode", Some(text(account.country.code))),
        ("tenantCountryCode", Some(text(home().code))),
        ("connectionCharge", Some(written(price.connection))),
        ("callerNumber", Some(caller.map_or(text(WITHHELD), written))),
        ("destinationContext", reach.map(|reach| text(reach.name()))),
        ("destinationName", Some(text(callee.country.name))),
        ("conferenceId", conference.map(written)),
        ("licenseCapability", Some(text(price.capability))),
        ("inventoryType", Some(text(if is_service { "Service" } else { "Subscriber" }))),
        ("operator", Some(text(carrier.operator()))),
        ("callDurationSource", Some(text(carrier.duration_source()))),
        ("otherPartyCountryCode", other.map(|number| text(number.country.code))),
        ("administrativeUnitInfos", Some(text(&account.units))),
        ("clientLocalIpV4Address", client.map(|client| written(client.local_v4))),
        ("clientLocalIpV6Address", client.and_then(|client| client.local_v6).map(written)),
        ("clientPublicIpV4Address", client.map(|client| written(client.public_v4))),
        ("clientPublicIpV6Address", client.and_then(|client| client.public_v6).map(written)),
    ];
    push(row, rows);
}
