//! G and H: what becomes of rows, and the token endpoint.

use trunklog_testkit::{Answer, PUBLIC_URL, TENANT};

use super::{PSTN_KEYS, dr, has_keys, row, v1};
use crate::golden::data::{INBOUND_ID, NAMED_ID, OUTBOUND_ID, TRANSFER_IDS};
use crate::golden::table::{Case, Setup, Token, case};

pub(crate) fn data_rules() -> Vec<Case> {
    let september = || dr(["2020-09-01", "2020-10-01"]);
    let three = |answer: &Answer| {
        number(answer, INBOUND_ID, "callerNumber") == "+4930123***"
            && number(answer, INBOUND_ID, "calleeNumber") == "+4989555666"
            && number(answer, OUTBOUND_ID, "callerNumber") == "+4989555666"
            && number(answer, OUTBOUND_ID, "calleeNumber") == "+4930123***"
    };
    let four = |answer: &Answer| number(answer, INBOUND_ID, "callerNumber") == "+493012****";
    let full = |answer: &Answer| {
        number(answer, INBOUND_ID, "callerNumber") == "+4930123456"
            && number(answer, OUTBOUND_ID, "calleeNumber") == "+4930123456"
    };
    let germany = Setup::Country("DE");
    vec![
        case(87, september()).on(germany).rows(3).check("three digits of external numbers hidden", three),
        case(87, september())
            .on(germany)
            .token(Token::FullNumbers)
            .rows(3)
            .check("all digits for who may see them", full),
        case(88, september()).on(Setup::Country("CH")).strict().rows(3).check("four digits hidden", four),
        case(88, september()).on(Setup::Country("FR")).tolerant().rows(3).check("four digits hidden", four),
        case(88, september()).on(Setup::Country("US")).strict().rows(3).check("all digits", full),
        case(89, september())
            .on(germany)
            .check("a name as it is", |answer| number(answer, NAMED_ID, "callerNumber") == "Front Desk"),
        case(90, dr(["2020-08-01", "2020-09-01"])).rows(2).check("two rows of one call", |answer| {
            let rows = answer.rows();
            answer.ids() == TRANSFER_IDS && rows[0]["correlationId"] == rows[1]["correlationId"]
        }),
        case(91, dr(["2020-10-01", "2020-11-01"])).again().rows(1).check("an id that we made", |answer| {
            answer.ids()[0].len() == 36 && answer.ids()[0].as_bytes()[14] == b'5'
        }),
        case(92, dr(["2026-05-25", "2026-08-01"])).rows(2),
        case(92, dr(["2026-05-25", "2026-08-01"]))
            .on(Setup::Retention)
            .strict()
            .rows(1)
            .check("the younger call", |answer| answer.rows()[0]["startDateTime"] == "2026-07-15T10:00:00Z"),
        case(92, v1("getPstnCalls", ["2025-10-25", "2026-01-01"])).rows(2),
        case(92, v1("getPstnCalls", ["2025-10-25", "2026-01-01"]))
            .on(Setup::Retention)
            .strict()
            .rows(1)
            .check("the younger call", |answer| {
                has_keys(answer, PSTN_KEYS) && answer.rows()[0]["startDateTime"] == "2025-12-15T10:00:00Z"
            }),
    ]
}

pub(crate) fn token_endpoint() -> Vec<Case> {
    let token = || format!("/{TENANT}/oauth2/v2.0/token");
    vec![
        case(93, format!("/{TENANT}/v2.0/.well-known/openid-configuration"))
            .token(Token::Missing)
            .check("where tokens are", |answer| {
                answer.json()["token_endpoint"] == format!("{PUBLIC_URL}/{TENANT}/oauth2/v2.0/token")
            }),
        case(93, token())
            .form(
                "client_id={client}&grant_type=client_credentials&client_info=1&client_secret={secret}\
                 &claims=%7B%22access_token%22%3A%7B%22xms_cc%22%3A%7B%22values%22%3A%5B%22CP1%22%5D%7D%7D%7D\
                 &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            )
            .header("cache-control", "no-store, no-cache")
            .check("a token for Graph", |answer| {
                answer.json()["token_type"] == "Bearer"
                    && answer.claims()["aud"] == "https://graph.microsoft.com"
            }),
        case(94, token())
            .form(
                "client_id={client}&grant_type=client_credentials&client_secret=wrong\
                 &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
            )
            .token_error(401, "invalid_client", 7_000_215),
        case(95, token())
            .form(
                "client_id={client}&grant_type=client_credentials&client_secret={secret}\
                 &scope=https%3A%2F%2Fgraph.microsoft.com%2FCallRecords.Read.All",
            )
            .token_error(400, "invalid_scope", 1_002_012),
        case(96, token())
            .form(
                "client_id={client}&grant_type=client_credentials&client_secret={secret}\
                 &scope=https%3A%2F%2Ftrunklog.example%2F.default",
            )
            .check("a token for this host", |answer| answer.claims()["aud"] == PUBLIC_URL),
    ]
}

fn number(answer: &Answer, id: &str, property: &str) -> String {
    row(answer, id)[property].as_str().unwrap_or_default().to_owned()
}
