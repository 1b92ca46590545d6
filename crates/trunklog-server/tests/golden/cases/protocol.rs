//! F: headers, forms of JSON, methods, limits on requests, batches.

use serde_json::{Value, json};
use trunklog_testkit::{Answer, PUBLIC_URL};

use super::{FULL, NOVEMBER, beta, dr, v1};
use crate::golden::table::{Case, Setup, Token, case};

pub(crate) fn protocol() -> Vec<Case> {
    const ID: &str = "1c1b9a5e-7b7b-4f64-9d0a-0f3f7a3d0001";
    [
        vec![
            case(73, dr(NOVEMBER)).with("client-request-id", ID).header("client-request-id", ID),
            case(73, dr(["2019-13-01", "2019-12-01"]))
                .with("client-request-id", ID)
                .error(400, "BadRequest")
                .header("client-request-id", ID)
                .check("both ids in innerError", |answer| {
                    let inner = &answer.json()["error"]["innerError"];
                    inner["client-request-id"] == ID && inner["request-id"] == answer.header("request-id")
                }),
            case(74, dr(NOVEMBER)).header("odata-version", "4.0").header(
                "content-type",
                "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
            ),
            case(75, v1("getFoo", NOVEMBER))
                .error(404, "NotFound")
                .header("content-type", "application/json")
                .header("odata-version", ""),
            case(76, v1("getFoo", NOVEMBER)).error(404, "NotFound").check("a date without zone", |answer| {
                answer.json()["error"]["innerError"]["date"] == "2026-11-24T08:00:00"
            }),
            case(77, dr(FULL))
                .with("accept-encoding", "gzip")
                .header("content-encoding", "gzip")
                .check("it varies by Accept-Encoding", |answer| {
                    answer.headers.get_all("vary").iter().any(|value| value == "Accept, Accept-Encoding")
                })
                .check("bytes of gzip", |answer| answer.body.starts_with(&[0x1f, 0x8b])),
            case(78, dr(FULL))
                .with("accept", "application/json;odata.metadata=none")
                .rows(1_000)
                .check("a link and no context", |answer| {
                    answer.next_link().is_some() && answer.json().get("@odata.context").is_none()
                }),
            case(79, dr(NOVEMBER))
                .with("accept", "application/json;odata.metadata=full")
                .rows(3)
                .check("the type of each row", |answer| {
                    let typed = "#microsoft.graph.callRecords.directRoutingLogRow";
                    answer.rows().iter().all(|row| row["@odata.type"] == typed)
                }),
        ],
        methods(),
        throttling(),
        batches(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn methods() -> Vec<Case> {
    const STRICT: &str = "GET, OPTIONS";
    const ALLOWED: &str = "GET, HEAD, OPTIONS";
    let options = || {
        case(81, dr(NOVEMBER))
            .method("OPTIONS")
            .token(Token::Missing)
            .status(204)
            .header("access-control-allow-origin", "")
            .check("no body", no_body)
    };
    let post = || case(80, dr(NOVEMBER)).method("POST").error(405, "Request_BadRequest");
    let head = || case(81, dr(NOVEMBER)).method("HEAD").check("no body", no_body);
    vec![
        post().strict().header("allow", STRICT),
        post().tolerant().header("allow", ALLOWED),
        head().strict().status(405).header("allow", STRICT),
        head().tolerant().status(200).header("odata-version", "4.0"),
        options().strict().header("allow", STRICT),
        options().tolerant().header("allow", ALLOWED),
        case(81, dr(NOVEMBER))
            .on(Setup::Browsers)
            .method("OPTIONS")
            .token(Token::Missing)
            .with("origin", "https://portal.example.com")
            .with("access-control-request-method", "GET")
            .with("access-control-request-headers", "authorization")
            .status(204)
            .header("access-control-allow-origin", "*")
            .header("access-control-allow-methods", "GET, HEAD, POST, OPTIONS")
            .check("leave to send a token", |answer| {
                answer.header("access-control-allow-headers").starts_with("Authorization, ")
            }),
    ]
}

fn throttling() -> Vec<Case> {
    let refused = |number, target| {
        case(number, target)
            .strict()
            .on(Setup::Throttled)
            .error(429, "TooManyRequests")
            .message("Please retry again later.")
            .header("retry-after", "60")
            .check("429 as the inner code", |answer| answer.json()["error"]["innerError"]["code"] == "429")
    };
    let one_day = ["2018-01-01", "2018-01-02"];
    vec![
        refused(82, dr(one_day)).behind(50, dr(one_day)),
        refused(83, beta("getPstnOnlineMeetingDialoutReport", one_day))
            .behind(50, dr(one_day))
            .behind(50, v1("getPstnCalls", one_day))
            .behind(50, beta("getSmsLog", one_day))
            .behind(50, beta("getPstnBlockedUsersLog", one_day)),
    ]
}

fn batches() -> Vec<Case> {
    let two = json!({"requests": [
        {"id": "1", "method": "GET", "url": below(&dr(FULL))},
        {"id": "2", "method": "GET", "url": &below(&dr(NOVEMBER))[1..]},
    ]});
    let many: Vec<String> = (1..=21).map(|id: u32| id.to_string()).collect();
    let batch = |number, body: String| case(number, "/v1.0/$batch").json(body);
    vec![
        batch(84, two.to_string()).check("two pages, of which one has a next link", |answer| {
            let (first, second) = (item(answer, "1"), item(answer, "2"));
            let link = first["body"]["@odata.nextLink"].as_str().unwrap_or_default();
            first["status"] == 200
                && link.starts_with(&format!("{PUBLIC_URL}{}?$skip=1000", dr(FULL)))
                && second["status"] == 200
                && second["headers"]["OData-Version"] == "4.0"
                && second["body"]["@odata.count"] == 3
                && second["body"].get("@odata.nextLink").is_none()
        }),
        batch(85, calls(&many[..20])).check("twenty answers", |answer| {
            answer.json()["responses"].as_array().is_some_and(|items| items.len() == 20)
        }),
        batch(85, calls(&many)).error(400, "BadRequest"),
        batch(85, calls(&["a".to_owned(), "A".to_owned()])).error(400, "BadRequest"),
        batch(86, calls(&["1".to_owned()])).token(Token::NoRoles).check("403 within 200", |answer| {
            let item = item(answer, "1");
            item["status"] == 403 && item["body"]["error"]["code"] == "Forbidden"
        }),
    ]
}

fn no_body(answer: &Answer) -> bool {
    answer.body.is_empty()
}

/// A batch that asks for the same calls under each id.
fn calls(ids: &[String]) -> String {
    let item = |id: &String| json!({"id": id, "method": "GET", "url": below(&dr(NOVEMBER))});
    json!({"requests": ids.iter().map(item).collect::<Vec<_>>()}).to_string()
}

/// A path of v1.0 as it stands in a batch.
fn below(path: &str) -> String {
    path.strip_prefix("/v1.0").unwrap_or(path).to_owned()
}

/// The answer to an item of a batch.
fn item(answer: &Answer, id: &str) -> Value {
    let answers = answer.json()["responses"].as_array().cloned().unwrap_or_default();
    answers.into_iter().find(|item| item["id"] == id).unwrap_or_default()
}
