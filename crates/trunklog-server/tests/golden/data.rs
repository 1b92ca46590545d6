//! The rows that the cases ask for.
//!
//! | range | direct-routing rows |
//! | --- | --- |
//! | 2019-11 | the documented sample, a failed call, a call to a bot |
//! | 2020-01 | 1,001 |
//! | 2020-03 | 1,000 |
//! | 2020-05-01 to 02 | one at each end |
//! | 2020-06-02 | none; a call of the day before lasts into it |
//! | 2020-08 | both legs of a call that was transferred |
//! | 2020-09 | one inbound, one outbound, one from a caller with a name |
//! | 2020-10 | one without an id |
//! | 2026-06 and 07 | one on either side of what Microsoft keeps |

use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_BLOCKED_USERS, PSTN_CALLS, SMS};
use trunklog_testkit::{TestServer, call_row, call_rows};

/// After the documented sample of v1.0; what beta adds is made up.
pub(crate) const SAMPLE_ID: &str = "9e8bba57-dc14-533a-a7dd-f0da6575eed1";

const SAMPLE: &str = r#"{"id":"9e8bba57-dc14-533a-a7dd-f0da6575eed1","correlationId":"c98e1515-a937-4b81-b8a8-3992afde64e0","userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","userPrincipalName":"richard.malk@contoso.com","userDisplayName":"Richard Malk","startDateTime":"2019-11-01T00:00:25.105Z","inviteDateTime":"2019-11-01T00:00:21.949Z","failureDateTime":"0001-01-01T00:00:00Z","endDateTime":"2019-11-01T00:00:30.105Z","duration":5,"callType":"ByotIn","successfulCall":true,"callerNumber":"+12345678***","calleeNumber":"+01234567***","mediaPathLocation":"USWE","signalingLocation":"EUNO","finalSipCode":0,"callEndSubReason":540000,"finalSipCodePhrase":"BYE","trunkFullyQualifiedDomainName":"tll-audiocodes01.adatum.biz","mediaBypassEnabled":false,"userCountryCode":"US","otherPartyCountryCode":"US","transferorCorrelationId":"c98e1515-a937-4b81-b8a8-3992afde64e1","administrativeUnitInfos":[]}"#;

pub(crate) const FAILED_ID: &str = "11111111-0000-4000-8000-000000000001";

const FAILED: &str = r#"{"id":"11111111-0000-4000-8000-000000000001","correlationId":"11111111-0000-4000-8000-000000000011","userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","startDateTime":"2019-11-02T10:00:00Z","inviteDateTime":"2019-11-02T10:00:00Z","failureDateTime":"2019-11-02T10:00:09.5Z","endDateTime":"0001-01-01T00:00:00Z","duration":0,"callType":"ByotOut","successfulCall":false,"callerNumber":"+49301234567","calleeNumber":"+4989123456","finalSipCode":404,"callEndSubReason":560404,"finalSipCodePhrase":"Not Found","mediaBypassEnabled":true}"#;

pub(crate) const BOT_ID: &str = "11111111-0000-4000-8000-000000000002";

const BOT: &str = r#"{"id":"11111111-0000-4000-8000-000000000002","correlationId":"11111111-0000-4000-8000-000000000012","userId":null,"userPrincipalName":null,"userDisplayName":null,"startDateTime":"2019-11-03T10:00:00Z","duration":61,"callType":"ByotInUcap","successfulCall":true}"#;

/// A call that begins before 2020-06-02 and ends on it.
const SPANNING: &str = r#"{"id":"11111111-0000-4000-8000-000000000003","startDateTime":"2020-06-01T23:59:50Z","endDateTime":"2020-06-02T00:05:00Z","duration":310,"callType":"ByotIn","successfulCall":true}"#;

/// The legs of one call, in the order of their begin.
pub(crate) const TRANSFER_IDS: [&str; 2] =
    ["11111111-0000-4000-8000-000000000007", "11111111-0000-4000-8000-000000000008"];

const TRANSFER: [&str; 2] = [
    r#"{"id":"11111111-0000-4000-8000-000000000007","correlationId":"11111111-0000-4000-8000-000000000017","startDateTime":"2020-08-03T10:00:00Z","duration":40,"callType":"ByotIn","successfulCall":true}"#,
    r#"{"id":"11111111-0000-4000-8000-000000000008","correlationId":"11111111-0000-4000-8000-000000000017","startDateTime":"2020-08-03T10:00:20Z","duration":20,"callType":"ByotOutUserTransfer","successfulCall":true}"#,
];

pub(crate) const INBOUND_ID: &str = "11111111-0000-4000-8000-000000000004";
pub(crate) const OUTBOUND_ID: &str = "11111111-0000-4000-8000-000000000005";
pub(crate) const NAMED_ID: &str = "11111111-0000-4000-8000-000000000006";

const NUMBERS: [&str; 3] = [
    r#"{"id":"11111111-0000-4000-8000-000000000004","startDateTime":"2020-09-01T10:00:00Z","callType":"ByotIn","callerNumber":"+4930123456","calleeNumber":"+4989555666"}"#,
    r#"{"id":"11111111-0000-4000-8000-000000000005","startDateTime":"2020-09-02T10:00:00Z","callType":"ByotOut","callerNumber":"+4989555666","calleeNumber":"+4930123456"}"#,
    r#"{"id":"11111111-0000-4000-8000-000000000006","startDateTime":"2020-09-03T10:00:00Z","callType":"ByotIn","callerNumber":"Front Desk","calleeNumber":"+4989555666"}"#,
];

const WITHOUT_ID: &str = r#"{"correlationId":"11111111-0000-4000-8000-000000000019","startDateTime":"2020-10-01T10:00:00Z","callType":"ByotIn","callerNumber":"+4930123456"}"#;

/// 176 and 132 days old when the clock of the tests starts.
const AGED: [&str; 2] = [
    r#"{"id":"11111111-0000-4000-8000-00000000000a","startDateTime":"2026-06-01T10:00:00Z","callType":"ByotIn"}"#,
    r#"{"id":"11111111-0000-4000-8000-00000000000b","startDateTime":"2026-07-15T10:00:00Z","callType":"ByotIn"}"#,
];

/// After the documented sample.
const PSTN: &str = r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee90","callId":"1835317186_112562680@61.221.3.176","userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","userPrincipalName":"richard.malk@contoso.com","userDisplayName":"Richard Malk","startDateTime":"2019-11-01T00:00:08.2589935Z","endDateTime":"2019-11-01T00:03:47.2589935Z","duration":219,"charge":0.00,"callType":"user_in","currency":"USD","calleeNumber":"+1234567890","usageCountryCode":"US","tenantCountryCode":"US","connectionCharge":0.00,"callerNumber":"+0123456789","destinationContext":null,"destinationName":"United States","conferenceId":null,"licenseCapability":"MCOPSTNU","inventoryType":"Subscriber","operator":"Microsoft","callDurationSource":"microsoft"}"#;

const PSTN_AT_END: &str = r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee91","startDateTime":"2020-05-02T00:00:00Z","duration":1,"callType":"user_in"}"#;

/// 388 and 344 days old when the clock of the tests starts.
const PSTN_AGED: [&str; 2] = [
    r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee92","startDateTime":"2025-11-01T10:00:00Z","duration":1,"callType":"user_in"}"#,
    r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee93","startDateTime":"2025-12-15T10:00:00Z","duration":1,"callType":"user_in"}"#,
];

/// Calls out of meetings in 2020-07: two of one organiser, one of another, and
/// one into a meeting, which no report of dial-out counts.
const CONFERENCES: [&str; 4] = [
    r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee94","userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","userPrincipalName":"richard.malk@contoso.com","userDisplayName":"Richard Malk","startDateTime":"2020-07-01T10:00:00Z","duration":100,"charge":10.00,"callType":"conf_out","currency":"USD","usageCountryCode":"US","destinationContext":"Domestic"}"#,
    r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee95","userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","userPrincipalName":"richard.malk@contoso.com","userDisplayName":"Richard Malk","startDateTime":"2020-07-02T10:00:00Z","duration":200,"charge":2.83,"callType":"conf_out","currency":"USD","usageCountryCode":"US","destinationContext":"Domestic"}"#,
    r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee96","userId":"eb03c14b-06eb-4189-939b-7cbf3a20ba27","userPrincipalName":"ada@contoso.com","userDisplayName":"Ada","startDateTime":"2020-07-03T10:00:00Z","duration":60,"charge":0.50,"callType":"conf_out","currency":"EUR","usageCountryCode":"DE","destinationContext":"International"}"#,
    r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee97","userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","startDateTime":"2020-07-04T10:00:00Z","duration":400,"charge":9.99,"callType":"conf_in","currency":"USD","usageCountryCode":"US","destinationContext":"Domestic"}"#,
];

/// After the documented sample, which has no id.
const SMS_ROW: &str = r#"{"smsId":"50b2d437-a8b0-41ff-9195-2e70fd4a0a29","userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","userPrincipalName":"richard.malk@contoso.com","userDisplayName":"Richard Malk","userCountryCode":"US","tenantCountryCode":"US","sourceNumber":"+12345678901","destinationNumber":"+12345678902","sentDateTime":"2019-11-01T00:00:08.2589935Z","callCharge":0.00,"currency":"USD","smsType":"sms_in","destinationContext":"Domestic","destinationName":"United States","otherPartyCountryCode":"US","licenseCapability":"MCOSMS1","smsUnits":1,"administrativeUnitInfos":[]}"#;

/// After the documented sample; the remediation id is made up.
const BLOCKED: &str = r#"{"userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","userPrincipalName":"richard.malk@contoso.com","userDisplayName":"Richard Malk","blockDateTime":"2019-11-01T00:00:08.258Z","userTelephoneNumber":"+123456789012","userBlockMode":"blocked","blockReason":"High Overall Usage","remediationId":"53abfb59-a5a4-4d4a-a4b1-5a8e3ef2a1f2"}"#;

/// Stores all rows.
pub(crate) fn load(server: &TestServer) {
    let mut calls: Vec<String> = [SAMPLE, FAILED, BOT, SPANNING].map(str::to_owned).into();
    calls.extend(call_rows(10_000, 1_001, "2020-01-05T08:00:00Z"));
    calls.extend(call_rows(20_000, 1_000, "2020-03-05T08:00:00Z"));
    calls.push(call_row(1, "2020-05-01T00:00:00Z"));
    calls.push(call_row(2, "2020-05-02T00:00:00Z"));
    let more = TRANSFER.iter().chain(&NUMBERS).chain(&[WITHOUT_ID]).chain(&AGED);
    calls.extend(more.map(|row| (*row).to_owned()));
    server.load(&DIRECT_ROUTING_CALLS, &calls);
    let mut pstn = vec![PSTN, PSTN_AT_END];
    pstn.extend(PSTN_AGED);
    pstn.extend(CONFERENCES);
    server.load(&PSTN_CALLS, &pstn);
    server.load(&SMS, &[SMS_ROW]);
    server.load(&PSTN_BLOCKED_USERS, &[BLOCKED]);
}
