//! The rows that the cases ask for.
//!
//! | range | direct-routing rows |
//! | --- | --- |
//! | 2019-11 | the documented sample, a failed call, a call to a bot |
//! | 2020-01 | 1,001 |
//! | 2020-03 | 1,000 |
//! | 2020-05-01 to 02 | one at each end |
//! | 2020-06-02 | none; a call of the day before lasts into it |

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

/// After the documented sample.
const PSTN: &str = r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee90","callId":"1835317186_112562680@61.221.3.176","userId":"db03c14b-06eb-4189-939b-7cbf3a20ba27","userPrincipalName":"richard.malk@contoso.com","userDisplayName":"Richard Malk","startDateTime":"2019-11-01T00:00:08.2589935Z","endDateTime":"2019-11-01T00:03:47.2589935Z","duration":219,"charge":0.00,"callType":"user_in","currency":"USD","calleeNumber":"+1234567890","usageCountryCode":"US","tenantCountryCode":"US","connectionCharge":0.00,"callerNumber":"+0123456789","destinationContext":null,"destinationName":"United States","conferenceId":null,"licenseCapability":"MCOPSTNU","inventoryType":"Subscriber","operator":"Microsoft","callDurationSource":"microsoft"}"#;

const PSTN_AT_END: &str = r#"{"id":"9c4984c7-6c3c-427d-a30c-bd0b2eacee91","startDateTime":"2020-05-02T00:00:00Z","duration":1,"callType":"user_in"}"#;

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
    server.load(&DIRECT_ROUTING_CALLS, &calls);
    server.load(&PSTN_CALLS, &[PSTN, PSTN_AT_END]);
    server.load(&SMS, &[SMS_ROW]);
    server.load(&PSTN_BLOCKED_USERS, &[BLOCKED]);
}
