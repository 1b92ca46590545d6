//! The cases, by the sections of the contract.

mod protocol;
mod rules;

use serde_json::Value;
use trunklog_testkit::{Answer, PUBLIC_URL};

use super::data::{BOT_ID, FAILED_ID, SAMPLE_ID};
use super::table::{Case, PlannedCase, Token, case};

/// What is not asked for here, and why.
pub(crate) const PLANNED: &[PlannedCase] = &[
    PlannedCase { number: 60, why: "in http.rs: a_walk_does_not_see_rows_that_arrive_meanwhile" },
    PlannedCase { number: 72, why: "in trunklog-identity: external issuers with a hashed nonce" },
];

const NOVEMBER: [&str; 2] = ["2019-11-01", "2019-12-01"];
const FULL: [&str; 2] = ["2020-01-01", "2020-02-01"];

const V1_KEYS: &str = "id correlationId userId userPrincipalName userDisplayName startDateTime inviteDateTime \
    failureDateTime endDateTime duration callType successfulCall callerNumber calleeNumber mediaPathLocation \
    signalingLocation finalSipCode callEndSubReason finalSipCodePhrase trunkFullyQualifiedDomainName \
    mediaBypassEnabled";
const BETA_KEYS: &str = "id correlationId userId userPrincipalName userDisplayName startDateTime endDateTime \
    inviteDateTime failureDateTime duration callType successfulCall callerNumber calleeNumber \
    mediaPathLocation signalingLocation finalSipCode callEndSubReason finalSipCodePhrase \
    trunkFullyQualifiedDomainName mediaBypassEnabled userCountryCode otherPartyCountryCode \
    transferorCorrelationId administrativeUnitInfos";
const PSTN_KEYS: &str = "id callId userId userPrincipalName userDisplayName startDateTime endDateTime duration \
    charge callType currency calleeNumber usageCountryCode tenantCountryCode connectionCharge callerNumber \
    destinationContext destinationName conferenceId licenseCapability inventoryType operator \
    callDurationSource";
const DIALOUT_KEYS: &str = "userId userPrincipalName userDisplayName usageLocation destinationContext currency \
    totalCalls totalCallCharge totalCallSeconds";

/// Every case.
pub(crate) fn all() -> Vec<Case> {
    [
        happy_path(),
        range(),
        literals_and_path(),
        paging_and_options(),
        authorization(),
        protocol::protocol(),
        rules::data_rules(),
        rules::token_endpoint(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn happy_path() -> Vec<Case> {
    vec![
        case(1, dr(NOVEMBER)).rows(3).check("context and keys of v1.0", |answer| {
            has_context(answer, "v1.0", "directRoutingLogRow") && has_keys(answer, V1_KEYS)
        }),
        case(2, beta("getDirectRoutingCalls", NOVEMBER))
            .rows(3)
            .check("context and keys of beta", |answer| {
                has_context(answer, "beta", "directRoutingLogRow") && has_keys(answer, BETA_KEYS)
            }),
        case(3, v1("getPstnCalls", NOVEMBER)).rows(1).check("23 keys, nulls written out", |answer| {
            has_context(answer, "v1.0", "pstnCallLogRow")
                && has_keys(answer, PSTN_KEYS)
                && answer.text().contains(r#""conferenceId":null"#)
        }),
        case(4, beta("getSmsLog", NOVEMBER)).rows(1).check("the message", |answer| {
            has_context(answer, "beta", "smsLogRow")
                && answer.rows()[0]["smsId"] == "50b2d437-a8b0-41ff-9195-2e70fd4a0a29"
        }),
        case(5, beta("getPstnBlockedUsersLog", NOVEMBER)).rows(1).check("the blocked user", |answer| {
            has_context(answer, "beta", "pstnBlockedUsersLogRow")
                && answer.rows()[0]["blockReason"] == "High Overall Usage"
        }),
        case(6, beta("getPstnOnlineMeetingDialoutReport", ["2020-07-01", "2020-08-01"])).rows(2).check(
            "the sums of two calls",
            |answer| {
                has_context(answer, "beta", "pstnOnlineMeetingDialoutReport")
                    && has_keys(answer, DIALOUT_KEYS)
                    && answer
                        .text()
                        .contains(r#""totalCalls":2,"totalCallCharge":12.83,"totalCallSeconds":300"#)
            },
        ),
        case(7, v1("microsoft.graph.callRecords.getDirectRoutingCalls", NOVEMBER)).rows(3).check(
            "the sample as in case 1",
            |answer| {
                has_context(answer, "v1.0", "directRoutingLogRow") && row(answer, SAMPLE_ID)["duration"] == 5
            },
        ),
        case(8, dr(NOVEMBER)).check("the time that means none", |answer| {
            row(answer, SAMPLE_ID)["failureDateTime"] == "0001-01-01T00:00:00Z"
        }),
        case(9, dr(NOVEMBER)).check("a failed call", |answer| {
            let row = row(answer, FAILED_ID);
            row["successfulCall"] == false
                && row["endDateTime"] == "0001-01-01T00:00:00Z"
                && row["failureDateTime"] == "2019-11-02T10:00:09.5Z"
        }),
        case(10, dr(NOVEMBER)).check("userId: null", |answer| {
            let row = row(answer, BOT_ID);
            row["callType"] == "ByotInUcap" && row.get("userId").is_some_and(Value::is_null)
        }),
        case(11, v1("getPstnCalls", NOVEMBER)).check("0.00 with its decimals", |answer| {
            let text = answer.text();
            text.contains(r#""charge":0.00,"#) && text.contains(r#""connectionCharge":0.00,"#)
        }),
        case(12, dr(["2018-01-01", "2018-02-01"])).rows(0).check("an empty page", |answer| {
            answer.text().contains(r#""@odata.count":0,"value":[]"#) && answer.next_link().is_none()
        }),
        case(13, dr(NOVEMBER)).check("nothing of beta", |answer| {
            let text = answer.text();
            ["userCountryCode", "otherPartyCountryCode", "transferorCorrelationId", "administrativeUnitInfos"]
                .iter()
                .all(|name| !text.contains(name))
        }),
    ]
}

fn range() -> Vec<Case> {
    let too_long = ["2019-11-01", "2020-01-31"];
    vec![
        case(14, dr(["2020-05-01", "2020-05-02"]))
            .check("the row at from", |answer| answer.rows()[0]["startDateTime"] == "2020-05-01T00:00:00Z"),
        case(15, dr(["2020-05-01", "2020-05-02"])).rows(1),
        case(16, v1("getPstnCalls", ["2020-05-01", "2020-05-02"])).rows(1),
        case(17, dr(["2020-06-02", "2020-06-03"])).rows(0),
        case(18, v1("getPstnCalls", ["2019-11-01", "2020-01-30"])).rows(1),
        case(19, v1("getPstnCalls", too_long)).strict().error(406, "NotAcceptable"),
        case(19, v1("getPstnCalls", too_long)).tolerant().rows(1),
        case(20, beta("getSmsLog", too_long)).strict().error(406, "NotAcceptable"),
        case(20, beta("getPstnBlockedUsersLog", too_long)).strict().error(406, "NotAcceptable"),
        case(20, beta("getPstnOnlineMeetingDialoutReport", too_long)).strict().error(406, "NotAcceptable"),
        case(20, beta("getSmsLog", too_long)).tolerant().rows(1),
        case(21, dr(too_long)).strict().error(406, "NotAcceptable"),
        case(21, dr(["2019-11-01", "2019-12-31T23:59:59Z"])).rows(3),
        case(21, dr(["2018-01-01", "2019-12-31"])).tolerant().rows(3),
        case(22, dr(["2019-11-02T10:00:00Z", "2019-11-02T10:00:00Z"])).rows(0),
        case(23, dr(["2019-12-01", "2019-11-01"])).error(400, "BadRequest"),
        case(24, dr(["2090-01-01", "2090-02-01"])).rows(0),
        case(25, dr(["2020-05-01T01:00:00+01:00", "2020-05-01T01:00:01+01:00"])).rows(1),
    ]
}

fn literals_and_path() -> Vec<Case> {
    let base = "/v1.0/communications/callRecords";
    let quoted = ["'2019-11-01T00:00:00Z'", "'2019-12-01T00:00:00Z'"];
    let glued = format!(
        "{base}/microsoft.graph.callRecords.getDirectRoutingCalls(fromDateTime=2019-11-01T00%3A00%3A00%2B00%3A00toDateTime=2019-12-01T00%3A00%3A00%2B00%3A00)"
    );
    vec![
        case(26, dr(["2019-11-01T00:00:00Z", "2019-12-01T00:00:00Z"])).rows(3),
        case(27, dr(["2019-11-01T00:00:25.1050001Z", "2019-12-01T01:48:48.7950838Z"])).rows(2),
        case(28, dr(["2019-11-01T00%3A00%3A00%2B00%3A00", "2019-12-01T00%3A00%3A00%2B00%3A00"])).rows(3),
        case(29, dr(["2019-11-01T00:00:00+00:00", "2019-12-01T00:00:00+00:00"])).rows(3),
        case(30, dr(["2019-11-01", "2019-12-01T00:00:00Z"])).rows(3),
        case(31, dr(["2019-11-1", "2019-12-1"])).rows(3),
        case(32, dr(["2019-11-01T00:00Z", "2019-12-01T00:00Z"])).rows(3),
        case(
            33,
            format!(
                "{base}/getDirectRoutingCalls(%20fromDateTime%20=%202019-11-01%20,%20toDateTime%20=%202019-12-01%20)"
            ),
        )
        .rows(3),
        case(34, format!("{base}/getDirectRoutingCalls(toDateTime=2019-12-01,fromDateTime=2019-11-01)")).rows(3),
        case(35, dr(["2019-11-01T00:00:00", "2019-12-01"])).error(400, "BadRequest").message(
            "The DateTimeOffset text '2019-11-01T00:00:00' should be in format 'yyyy-mm-ddThh:mm:ss('.'s+)?(zzzzzz)?' and each field value is within valid range.",
        ),
        case(36, dr(["", ""]))
            .error(400, "BadRequest")
            .message("Expression expected at position 13 in 'fromDateTime=,toDateTime='."),
        case(37, dr(["2019-13-01", "2019-12-01"])).error(400, "BadRequest").message_start("Syntax error at position "),
        case(38, dr(quoted)).strict().error(404, "NotFound"),
        case(38, dr(quoted)).tolerant().rows(3),
        case(39, format!("{base}/getDirectRoutingCalls(fromDateTime=2019-11-01,toDateTime=2019-12-01"))
            .error(400, "BadRequest")
            .message("Bad Request - Error in query syntax."),
        case(39, dr(["8/1/2022%2012:00:00%20AM%20+00:00", "9/1/2022%2012:00:00%20AM%20+00:00"]))
            .error(400, "BadRequest")
            .message("Bad Request - Error in query syntax."),
        case(40, format!("{base}/getDirectRoutingCalls(fromDateTime=2019-11-01)")).error(404, "NotFound"),
        case(
            41,
            format!("{base}/getDirectRoutingCalls(fromDateTime=2019-11-01,toDateTime=2019-12-01,foo=1)"),
        )
        .error(404, "NotFound"),
        case(42, format!("{base}/getPstnCalls")).error(404, "NotFound"),
        case(43, format!("{base}/getDirectRoutingCalls?fromDateTime=2019-11-01&toDateTime=2019-12-01"))
            .error(404, "NotFound"),
        case(44, v1("callRecords.getDirectRoutingCalls", NOVEMBER)).strict().error(404, "NotFound"),
        case(44, v1("callRecords.getDirectRoutingCalls", NOVEMBER)).tolerant().rows(3),
        case(45, v1("getFoo", NOVEMBER)).error(404, "NotFound"),
        case(46, "/v1.0/communications/foo")
            .error(400, "BadRequest")
            .message("Resource not found for the segment 'foo'."),
        case(47, v1("getSmsLog", NOVEMBER)).error(404, "NotFound"),
        case(48, dr(NOVEMBER).replace("/v1.0/", "/v2.0/"))
            .error(400, "BadRequest")
            .message_start("Invalid version"),
        case(
            49,
            "/V1.0/Communications/CallRecords/GETDIRECTROUTINGCALLS(FROMDATETIME=2019-11-01,todatetime=2019-12-01)",
        )
        .rows(3),
        case(50, glued.clone()).strict().error(400, "BadRequest"),
        case(50, glued).tolerant().rows(3),
    ]
}

fn paging_and_options() -> Vec<Case> {
    let exact = ["2020-03-01", "2020-04-01"];
    let with = |query: &str| format!("{}?{query}", dr(NOVEMBER));
    let mut cases = vec![
        case(51, dr(FULL)).strict().rows(1_000).check("a link that ends with ?$skip=1000", |answer| {
            answer.next_link().is_some_and(|link| link.ends_with("?$skip=1000"))
        }),
        case(51, dr(FULL)).tolerant().rows(1_000).check("a link with ?$skip=1000", |answer| {
            answer.next_link().is_some_and(|link| link.contains("?$skip=1000&$skiptoken="))
        }),
        case(52, dr(FULL)).follow().rows(1).check("no next link", |answer| answer.next_link().is_none()),
        case(53, dr(exact)).rows(1_000).check("no next link", |answer| answer.next_link().is_none()),
        case(54, dr(["2020-1-1", "2020-02-01T00%3A00%3A00Z"])).check("the literal text in the link", |answer| {
            let expected = format!(
                "{PUBLIC_URL}/v1.0/communications/callRecords/getDirectRoutingCalls(fromDateTime=2020-1-1,toDateTime=2020-02-01T00%3A00%3A00Z)?$skip=1000"
            );
            answer.next_link().is_some_and(|link| link.starts_with(&expected))
        }),
        case(55, format!("{}?%24skip=1000", dr(FULL))).rows(1),
        case(55, format!("{}?$skip=1000", dr(FULL))).rows(1),
        case(56, with("$skip=3")).rows(0).check("no next link", |answer| answer.next_link().is_none()),
        case(56, with("$skip=1000000")).rows(0),
        case(57, with("$skip=-1")).error(400, "BadRequest"),
        case(57, with("$skip=abc")).error(400, "BadRequest"),
        case(58, with("$filter=userId%20eq%20'nobody'")).strict().rows(3),
        case(58, with("$filter=userId%20eq%20'nobody'")).tolerant().rows(0),
        case(58, with("$filter=userId%20eq%20null")).tolerant().rows(1).check("the call to a bot", |answer| {
            answer.ids() == [BOT_ID]
        }),
        // Ours, where Graph is not imitated.
        case(59, with("$top=2")).tolerant().rows(2),
        case(59, with("$select=id")).tolerant().rows(3).check("ids alone", |answer| has_keys(answer, "id")),
        case(59, with("$orderby=startDateTime%20desc"))
            .tolerant()
            .rows(3)
            .check("the last call first", |answer| answer.ids()[0] == BOT_ID),
        case(59, format!("{}?$count=true", dr(FULL))).tolerant().rows(1_000).check("the true total", |answer| {
            answer.json()["@trunklog.totalCount"] == 1_001
        }),
        case(59, with("$expand=sessions")).tolerant().error(400, "BadRequest"),
    ];
    for query in ["$top=5", "$top=2", "$select=id", "$orderby=id", "$count=true", "$expand=sessions"] {
        cases.push(case(59, with(query)).strict().rows(3).check("all keys and no total", |answer| {
            has_keys(answer, V1_KEYS) && answer.json().get("@trunklog.totalCount").is_none()
        }));
    }
    cases
}

fn authorization() -> Vec<Case> {
    let refused = |number, token| {
        case(number, dr(NOVEMBER)).token(token).error(401, "InvalidAuthenticationToken").check(
            "a challenge for Bearer",
            |answer| {
                let challenge = answer.header("www-authenticate");
                challenge.starts_with("Bearer realm=\"\"") && challenge.contains("authorization_uri=")
            },
        )
    };
    let forbidden =
        |number, token| case(number, dr(NOVEMBER)).token(token).error(403, "Forbidden").message("");
    vec![
        refused(61, Token::Missing).message("Access token is empty."),
        refused(62, Token::NoDots).message_start("IDX14100: JWT is not well formed, there are no dots (.)."),
        refused(63, Token::WrongAudience).message("Access token validation failure. Invalid audience."),
        refused(64, Token::Expired).message("Lifetime validation failed, the token is expired."),
        forbidden(65, Token::NoRoles),
        case(66, dr(NOVEMBER)).token(Token::PstnRole).rows(3),
        case(67, dr(NOVEMBER)).token(Token::Good).rows(3),
        forbidden(68, Token::OtherRole),
        forbidden(69, Token::Delegated),
        refused(70, Token::OtherTenant),
        refused(71, Token::AlgorithmNone),
        refused(71, Token::Tampered),
    ]
}

fn dr(range: [&str; 2]) -> String {
    v1("getDirectRoutingCalls", range)
}

fn v1(function: &str, [from, to]: [&str; 2]) -> String {
    format!("/v1.0/communications/callRecords/{function}(fromDateTime={from},toDateTime={to})")
}

fn beta(function: &str, [from, to]: [&str; 2]) -> String {
    format!("/beta/communications/callRecords/{function}(fromDateTime={from},toDateTime={to})")
}

fn has_context(answer: &Answer, version: &str, row_type: &str) -> bool {
    let context =
        format!("{PUBLIC_URL}/{version}/$metadata#Collection(microsoft.graph.callRecords.{row_type})");
    answer.json()["@odata.context"] == context
}

/// Whether the first row has exactly these keys, in this order.
fn has_keys(answer: &Answer, keys: &str) -> bool {
    let text = answer.text();
    let Some((_, rows)) = text.split_once(r#""value":[{"#) else { return false };
    let mut rest = rows.split("},{").next().unwrap_or(rows);
    let count = answer.rows()[0].as_object().map_or(0, serde_json::Map::len);
    for key in keys.split_ascii_whitespace() {
        let Some((_, behind)) = rest.split_once(&format!("\"{key}\":")) else { return false };
        rest = behind;
    }
    count == keys.split_ascii_whitespace().count()
}

fn row(answer: &Answer, id: &str) -> Value {
    answer.rows().into_iter().find(|row| row["id"] == id).unwrap_or_default()
}
