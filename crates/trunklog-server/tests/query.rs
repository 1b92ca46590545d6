//! What clients can ask of a function: options, formats, preferences; and what
//! masks and retention keep from them.

mod data;
mod numbers;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use data::{COUNT, FILTERS, ORDERS};
use jiff::SignedDuration;
use serde_json::{Value, json};
use trunklog_identity::{Cloud, Role};
use trunklog_odata::Profile;
use trunklog_records::masking::Mask;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS};
use trunklog_records::{Log, Retention};
use trunklog_server::ThrottleLimits;
use trunklog_testkit::{Answer, TENANT, TestServer, append, call_path, call_row, call_rows, form_encoded};

const LOG: &Log = &DIRECT_ROUTING_CALLS;
const MINIMAL: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

fn all() -> String {
    call_path("2020-01-01", "2020-02-01")
}

fn with(options: &str) -> String {
    format!("{}?{options}", all())
}

/// A server with the calls of [`data::calls`], and a token.
async fn server() -> (TestServer, String) {
    let server = TestServer::start();
    let token = load(&server).await;
    (server, token)
}

async fn load(server: &TestServer) -> String {
    let rows: Vec<String> = data::calls().iter().map(data::Call::json).collect();
    server.load(LOG, &rows);
    server.token().await
}

fn ids(pages: &[Answer]) -> Vec<String> {
    pages.iter().flat_map(Answer::ids).collect()
}

fn context(answer: &Answer) -> String {
    answer.json()["@odata.context"].as_str().unwrap_or_default().to_owned()
}

fn total(answer: &Answer) -> Option<u64> {
    answer.json()["@trunklog.totalCount"].as_u64()
}

#[tokio::test]
async fn filters_are_read_in_every_spelling() {
    let (server, token) = server().await;
    let expected = data::select(&data::calls(), FILTERS[0], ORDERS[0]);
    assert!(expected.len() > 20);
    for options in [
        "$filter=duration%20gt%2060",
        "%24filter=duration+gt+60",
        "filter=duration%20gt%2060",
        "$Filter=%64uration%20GT%20%36%30",
        "$filter=duration%20gt%20@secs&@secs=60",
    ] {
        let page = server.get(&with(options), &token).await;
        assert_eq!(page.status, 200, "{options}: {}", page.text());
        assert_eq!(page.ids(), expected, "{options}");
    }
}

#[tokio::test]
async fn wrong_options_are_refused_and_say_where() {
    let (server, token) = server().await;
    for options in [
        "$filter=duration%20gt",
        "$filter=nonsense%20eq%201",
        "$filter=duration%20eq%20'x'",
        "$filter=duration%20gt%2060)",
        // A property of beta alone.
        "$filter=userCountryCode%20eq%20'DE'",
        "$orderby=nonsense",
        "$orderby=duration%20sideways",
        "$select=id,nonsense",
    ] {
        let answer = server.get(&with(options), &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{options}");
        assert!(answer.message().unwrap().contains("position "), "{options}: {}", answer.text());
        assert!(answer.json()["error"]["details"][0]["message"].is_string(), "{options}: {}", answer.text());
    }
    for options in ["$top=-1", "$count=perhaps", "$expand=sessions", "$search=x", "$filter=", "$top=1&top=2"]
    {
        let answer = server.get(&with(options), &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{options}");
    }
}

#[tokio::test]
async fn options_that_were_lost_or_garbled_are_refused() {
    let (server, token) = server().await;
    for options in [
        // What a shell leaves of ?$filter=… in double quotes, and curl of it.
        "=successfulCall%20eq%20false&$count=true",
        "successfulCall%20eq%20false",
        "?$filter=duration%20gt%2060",
        "%20$filter=duration%20gt%2060",
        "filter%20=duration%20gt%2060",
        "amp;$filter=duration%20gt%2060",
        "$top=5&amp;$filter=duration%20gt%2060",
        "%2524filter=duration%20gt%2060",
        "$$filter=duration%20gt%2060",
        "%EF%BC%84filter=duration%20gt%2060",
        "fliter=duration%20gt%2060",
        "$fitler=duration%20gt%2060",
        "order_by=duration",
        "api-version=1.0?$filter=duration%20gt%2060",
        "filter%3Dduration%20gt%2060",
        "\\u0024filter=duration%20gt%2060",
        "@$filter=duration%20gt%2060",
        "{$filter}=duration%20gt%2060",
        "$format=csv&%EF%BB%BFbom=true",
        "$format=csv&bomm=true",
    ] {
        let answer = server.get(&with(options), &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{options}");
        assert!(answer.json()["error"]["details"][0]["message"].is_string(), "{options}: {}", answer.text());
    }
    for options in
        ["api-version=1.0", "from=2020-01-01&country=DE", "cb=17", "x", "orderId=1&county=a&skin=b", "a(1)=2"]
    {
        assert_eq!(server.get(&with(options), &token).await.rows().len(), 240, "{options}");
    }
}

#[tokio::test]
async fn what_is_left_of_a_next_link_never_starts_the_walk_anew() {
    for profile in [Profile::Default, Profile::Strict] {
        let server = TestServer::builder().profile(profile).start();
        server.load(LOG, &call_rows(0, 2_001, "2020-01-05T00:00:00Z"));
        let token = server.token().await;
        let first = server.get(&all(), &token).await;
        let link = first.next_link().unwrap();
        let refused = [
            // What a shell leaves of it, with the second name lost or both.
            link.replace("$skiptoken=", "=").replace("$skip=", "="),
            link.replace("$skip", "%2524skip"),
            link.replace("$skip", "%252524skip"),
            link.replace("$skip", "$$skip"),
            link.replace("?$skip", "??$skip"),
            link.replace("$skip", "%20$skip"),
            link.replace("$skip", "amp;$skip"),
            link.replace("$skip", "$skp"),
            link.replace("$skip", "\\$skip"),
            link.replace("?$skip", "?x=1?$skip"),
            link.replacen("$skip=1000", "=1000", 1),
            link.replace("$skip=1000", "$skip%3D1000"),
            link.replace("$skip=1000", "%24skip%3D1000%26x"),
            link.replace("$skip", "\\u0024skip"),
            link.replace("$skip", "@$skip"),
            link.replace("?$skip", "?$count=true?$skip"),
            link.replace("?$skip", "?@a=1;$skip"),
            link.replace("$skip=1000", "=%221000%22").replace("$skiptoken", "x"),
        ];
        for target in refused {
            let answer = server.get(&target, &token).await;
            let what = format!("{target} ({profile:?}): {}", answer.text());
            assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{what}");
        }
        if profile == Profile::Default {
            let tokenless = link.replace("$skiptoken=", "=");
            assert_eq!(server.get(&tokenless, &token).await.status, 400, "{tokenless}");
        }
        let mut second = None;
        for target in
            [link.clone(), link.replace('$', ""), link.replace('$', "%24"), link.replace("$skip=", "$Skip=")]
        {
            let answer = server.get(&target, &token).await;
            assert_eq!(answer.status, 200, "{target}: {}", answer.text());
            let ids = answer.ids();
            assert_ne!(ids, first.ids(), "{target}");
            assert_eq!(*second.get_or_insert_with(|| ids.clone()), ids, "{target}");
        }
    }
}

#[tokio::test]
async fn walks_return_what_a_selection_without_a_store_returns() {
    const SLICES: [(&str, usize, usize); 4] = [
        ("", 0, usize::MAX),
        ("&$top=20", 0, 20),
        ("&$skip=3&$top=27", 3, 27),
        ("&$top=1000&$skip=1", 1, 1000),
    ];
    let (server, token) = server().await;
    let calls = data::calls();
    for (at, filter) in FILTERS.into_iter().enumerate() {
        for (turn, order) in ORDERS.into_iter().enumerate() {
            let (slice, skip, top) = SLICES[(at + turn) % SLICES.len()];
            let options = format!("$filter={}&$orderby={}", form_encoded(filter.0), form_encoded(order.0));
            let what = format!("{} by {}{slice}", filter.0, order.0);
            let pages = server.walk(&with(&format!("{options}{slice}&maxpagesize=13")), &token).await;
            let expected: Vec<String> =
                data::select(&calls, filter, order).into_iter().skip(skip).take(top).collect();
            assert!(!expected.is_empty(), "{what} proves nothing");
            assert_eq!(ids(&pages), expected, "{what}");
            assert_eq!(pages.len(), expected.len().div_ceil(13), "{what}");
            for page in &pages {
                assert_eq!(page.json()["@odata.count"], page.rows().len(), "{what}");
                if let Some(link) = page.next_link() {
                    assert!(link.ends_with(&format!("&{options}")), "{link}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_token_belongs_to_its_filter_and_order() {
    let (server, token) = server().await;
    let first = server.get(&with("$filter=duration%20gt%205&maxpagesize=10"), &token).await;
    let link = first.next_link().unwrap();
    for other in [
        link.replace("gt%205", "gt%206"),
        link.replace("$filter=duration%20gt%205", ""),
        format!("{link}&$orderby=duration"),
    ] {
        let answer = server.get(&other, &token).await;
        assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")), "{other}");
    }
    assert_eq!(server.get(&link, &token).await.status, 200);
}

#[tokio::test]
async fn the_total_is_that_of_the_walk() {
    let (server, token) = server().await;
    let expected = data::select(&data::calls(), FILTERS[0], ORDERS[0]).len() as u64;
    let target = with("$filter=duration%20gt%2060&$count=true&$top=9&$skip=2&maxpagesize=4");
    let first = server.get(&target, &token).await;
    assert_eq!((total(&first), first.rows().len()), (Some(expected), 4));
    assert_eq!(first.json()["@odata.count"], 4);
    // Calls that come meanwhile are none of this walk's.
    let late: Vec<String> = (1_000..1_200).map(|number| data::call(number).json()).collect();
    server.load(LOG, &late);
    let rest = server.walk(&first.next_link().unwrap(), &token).await;
    assert_eq!(rest.iter().map(|page| page.rows().len()).collect::<Vec<_>>(), [4, 1]);
    assert!(rest.iter().all(|page| total(page) == Some(expected)));

    let now = server.get(&with("$count=true&$top=0"), &token).await;
    assert_eq!((total(&now), now.rows().len(), now.next_link()), (Some(u64::from(COUNT) + 200), 0, None));
    for options in ["", "$count=false", "$top=0"] {
        assert_eq!(total(&server.get(&with(options), &token).await), None, "{options}");
    }
}

#[tokio::test]
async fn only_what_is_selected_is_shown() {
    let (server, token) = server().await;
    let row = call_row(1, "2020-01-20T00:00:00Z").replace('}', r#","brandNew":7}"#);
    server.load(LOG, &[row]);
    let from = "$filter=startDateTime%20gt%202020-01-10T00:00:00Z";
    let whole = server.get(&with(from), &token).await;
    assert_eq!(whole.rows()[0]["brandNew"], 7);
    let page = server.get(&with(&format!("{from}&$select=duration,id,duration")), &token).await;
    assert_eq!(page.rows(), [json!({ "id": whole.ids()[0], "duration": 5 })]);
    assert_eq!(context(&page), format!("{}(id,duration)", context(&whole)));
    let starred = server.get(&with(&format!("{from}&select=*")), &token).await;
    assert_eq!((starred.rows(), context(&starred)), (whole.rows(), context(&whole)));
    // What is not shown can be asked for all the same.
    let by_hidden = "$select=id&$filter=finalSipCode%20eq%20404&$orderby=duration&maxpagesize=7";
    let pages = server.walk(&with(by_hidden), &token).await;
    let expected = data::select(
        &data::calls(),
        ("", |call| call.code == Some(404)),
        ("", |one, other| one.duration.cmp(&other.duration)),
    );
    assert_eq!(ids(&pages), expected);
    assert!(pages.iter().flat_map(Answer::rows).all(|row| row.as_object().unwrap().len() == 1));
}

#[tokio::test]
async fn json_comes_with_as_much_metadata_as_is_wanted() {
    let server = TestServer::start();
    let row = r#"{"id":"a","startDateTime":"2020-01-05T00:00:00Z","duration":7,"charge":0.10,"callDurationSource":"operator"}"#;
    server.load(&PSTN_CALLS, &[row.to_owned(), row.replace("\"a\"", "\"b\"")]);
    let token = server.token().await;
    let target =
        "/v1.0/communications/callRecords/getPstnCalls(fromDateTime=2020-01-01,toDateTime=2020-02-01)";
    let get = async |accept: &str| {
        let target = format!("{target}?maxpagesize=1");
        server.request("GET", &target).bearer(&token).header("accept", accept).send().await
    };

    let minimal = get("*/*").await;
    assert_eq!(minimal.header("content-type"), MINIMAL);
    assert!(minimal.text().contains(r#""charge":0.10,"#), "{}", minimal.text());

    let none = get("application/json;odata.metadata=none").await;
    assert_eq!(none.header("content-type"), MINIMAL.replace("minimal", "none"));
    assert_eq!(context(&none), "");
    assert_eq!(none.json()["@odata.count"], 1);
    assert!(none.next_link().is_some());
    assert_eq!(none.rows(), minimal.rows());

    let full = get("application/json;metadata=full").await;
    assert_eq!(full.header("content-type"), MINIMAL.replace("minimal", "full"));
    assert_eq!(context(&full), context(&minimal));
    let row = &full.rows()[0];
    for (name, of) in [
        ("@odata.type", "#microsoft.graph.callRecords.pstnCallLogRow"),
        ("startDateTime@odata.type", "#DateTimeOffset"),
        ("duration@odata.type", "#Int32"),
        ("charge@odata.type", "#Decimal"),
        ("callDurationSource@odata.type", "#microsoft.graph.callRecords.pstnCallDurationSource"),
    ] {
        assert_eq!(row[name], of, "{name}");
    }
    // Null has no type, and text needs none.
    assert!(row.get("endDateTime@odata.type").is_none() && row.get("id@odata.type").is_none());
    let mut bare = row.as_object().unwrap().clone();
    bare.retain(|name, _| !name.contains('@'));
    assert_eq!(Value::Object(bare), minimal.rows()[0]);

    let exact = get("application/json;IEEE754Compatible=true, */*;q=0.1").await;
    assert_eq!(exact.header("content-type"), MINIMAL.replace("Compatible=false", "Compatible=true"));
    let row = &exact.rows()[0];
    assert_eq!((&row["charge"], &row["duration"]), (&json!("0.10"), &json!(7)));
    assert_eq!(exact.json()["@odata.count"], "1");
}

#[tokio::test]
async fn a_format_is_chosen_by_option_or_header() {
    let (server, token) = server().await;
    let get = async |options: &str, accept: &str| {
        server.request("GET", &with(options)).bearer(&token).header("accept", accept).send().await
    };
    let none = get("$format=application/json;odata.metadata=none&maxpagesize=200", "application/xml").await;
    assert_eq!(none.header("content-type"), MINIMAL.replace("minimal", "none"));
    let rest = get(none.next_link().unwrap().split_once('?').unwrap().1, "application/xml").await;
    assert_eq!((rest.status, context(&rest).as_str(), rest.rows().len()), (200, "", 40));

    for (options, accept) in [
        ("$format=xml", "*/*"),
        ("$format=application/json;odata.metadata=verbose", "*/*"),
        ("", "application/xml"),
        ("", "application/json;q=0"),
    ] {
        let answer = get(options, accept).await;
        assert_eq!(
            (answer.status, answer.code().as_deref()),
            (406, Some("NotAcceptable")),
            "{options} {accept}"
        );
    }
    for (options, accept) in [("$format=csv", "*/*"), ("", "text/csv")] {
        let options =
            format!("{options}&$select=id,callerNumber&$filter=duration%20gt%2060&$orderby=duration%20desc");
        let csv = get(&options, accept).await;
        assert_eq!(csv.status, 200, "{options}: {}", csv.text());
        assert!(csv.header("content-type").starts_with("text/csv"), "{options}");
        let name = "getDirectRoutingCalls_2020-01-01_2020-02-01.csv";
        assert!(csv.header("content-disposition").contains(name), "{}", csv.header("content-disposition"));
        let text = csv.text();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("id,callerNumber"));
        let found: Vec<&str> = lines.map(|line| line.split_once(',').unwrap().0).collect();
        assert_eq!(found, data::select(&data::calls(), FILTERS[0], ORDERS[1]));
    }
    let marked = "\u{feff}id,callerNumber\n";
    let plain = get("$format=csv&$select=id,callerNumber", "*/*").await;
    assert!(plain.text().starts_with("id,callerNumber\n"), "{}", plain.text());
    for (options, accept) in [
        ("$format=csv;bom=true", "*/*"),
        ("$format=text/csv;bom=true", "*/*"),
        ("$format=csv&bom=true", "*/*"),
        ("", "text/csv;bom=true"),
        ("bom=true", "text/csv"),
    ] {
        let csv = get(&format!("{options}&$select=id,callerNumber"), accept).await;
        assert!(csv.text().starts_with(marked), "{options} {accept}: {}", csv.text());
        assert!(csv.header("content-type").starts_with("text/csv"), "{options} {accept}");
        // The numbers of the test's calls are no formulas.
        assert_eq!(csv.text().trim_start_matches('\u{feff}'), plain.text(), "{options} {accept}");
    }
    for (options, status) in [
        ("bom=true", 400),
        ("$format=parquet&bom=true", 400),
        ("$format=csv&bom=perhaps", 400),
        ("$format=csv;bom=perhaps", 406),
    ] {
        assert_eq!(get(options, "*/*").await.status, status, "{options}");
    }
    let link = get("maxpagesize=5", "*/*").await.next_link().unwrap();
    let token_of_page = link.split_once("$skiptoken=").unwrap().1;
    let answer = get(&format!("$format=csv&$skiptoken={token_of_page}"), "*/*").await;
    assert_eq!((answer.status, answer.code().as_deref()), (400, Some("BadRequest")));
}

#[tokio::test]
async fn who_understands_older_versions_alone_is_refused() {
    let (server, token) = server().await;
    for (version, status) in [("4.0", 200), ("4.01", 200), ("3.0", 400)] {
        let answer =
            server.request("GET", &all()).bearer(&token).header("odata-maxversion", version).send().await;
        assert_eq!(answer.status, status, "{version}");
    }
}

#[tokio::test]
async fn a_number_is_found_however_its_plus_is_written() {
    let (server, token) = server().await;
    let number = server.get(&all(), &token).await.rows()[0]["callerNumber"].as_str().unwrap().to_owned();
    assert!(number.starts_with('+'), "{number}");
    let encoded = form_encoded(&number);
    for options in [
        format!("$filter=callerNumber+eq+'{encoded}'"),
        format!("$filter=callerNumber%20eq%20'{number}'"),
        format!("$filter=startswith(callerNumber,'{number}')"),
        format!("$filter=callerNumber+eq+@number&@number='{number}'"),
    ] {
        let page = server.get(&with(&options), &token).await;
        assert!(!page.rows().is_empty(), "{options}");
        assert!(page.rows().iter().all(|row| row["callerNumber"] == number.as_str()), "{options}");
    }
}

#[tokio::test]
async fn pages_are_as_large_as_is_preferred() {
    let server = TestServer::builder().settings(|settings| settings.limits.page_rows = 50).start();
    let token = load(&server).await;
    let get = async |target: &str, prefer: &str| {
        server.request("GET", target).bearer(&token).header("prefer", prefer).send().await
    };
    let page = get(&all(), "return=minimal, odata.maxpagesize=5").await;
    assert_eq!((page.rows().len(), page.header("preference-applied")), (5, "odata.maxpagesize=5"));
    assert!(page.headers.get_all("vary").iter().any(|value| value == "prefer"), "{:?}", page.headers);
    // The link keeps the size, whose header is often sent only once.
    let next = server.get(&page.next_link().unwrap(), &token).await;
    assert_eq!((next.rows().len(), next.header("preference-applied")), (5, ""));
    let larger = get(&next.next_link().unwrap(), "maxpagesize=\"7\"").await;
    assert_eq!((larger.rows().len(), larger.header("preference-applied")), (7, "odata.maxpagesize=7"));
    let mut walked = vec![page, next, larger];
    let link = walked[2].next_link().unwrap();
    walked.extend(server.walk(&link, &token).await);
    assert_eq!(ids(&walked), data::select(&data::calls(), ("", |_| true), ORDERS[0]));

    let bounded = get(&all(), "odata.maxpagesize=100000").await;
    assert_eq!((bounded.rows().len(), bounded.header("preference-applied")), (50, "odata.maxpagesize=50"));
    assert_eq!(server.get(&with("maxpagesize=100000"), &token).await.rows().len(), 50);
    for ignored in ["odata.maxpagesize=0", "odata.maxpagesize=x", "respond-async"] {
        let page = get(&all(), ignored).await;
        assert_eq!((page.rows().len(), page.header("preference-applied")), (240, ""), "{ignored}");
    }
}

#[tokio::test]
async fn the_strict_profile_ignores_what_graph_ignores() {
    let server = TestServer::builder().profile(Profile::Strict).start();
    server.load(LOG, &call_rows(0, 1_001, "2020-01-05T00:00:00Z"));
    let token = server.token().await;
    let options = "$filter=nonsense&$orderby=&$select=id&$top=1&$count=true&$format=csv&maxpagesize=3";
    let page = server
        .request("GET", &with(options))
        .bearer(&token)
        .header("prefer", "odata.maxpagesize=5")
        .send()
        .await;
    assert_eq!((page.status, page.header("content-type")), (200, MINIMAL), "{}", page.text());
    assert_eq!((page.rows().len(), total(&page), page.header("preference-applied")), (1_000, None, ""));
    assert_eq!(page.rows()[0].as_object().unwrap().len(), 21);
    let link = page.next_link().unwrap();
    assert!(link.ends_with(&format!("{}?$skip=1000", all())), "{link}");
    assert_eq!(server.get(&link, &token).await.rows().len(), 1);

    let accept = async |accept: &str| {
        server.request("GET", &all()).bearer(&token).header("accept", accept).send().await
    };
    assert_eq!(accept("text/csv").await.status, 406);
    assert_eq!(context(&accept("application/json;odata.metadata=none").await), "");
}

/// A server whose tenant hides three digits. Its inbound calls 0 to 1999 came
/// in the opposite order of their numbers.
fn masked_server() -> TestServer {
    let server =
        TestServer::builder().settings(|settings| settings.masks.others = Mask::of_country("DE")).start();
    let starts = call_rows(0, 2_000, "2020-01-05T00:00:00Z");
    let rows: Vec<String> = starts
        .iter()
        .zip((0..2_000).rev())
        .map(|(row, number)| {
            let row: Value = serde_json::from_str(row).unwrap();
            call_row(number, row["startDateTime"].as_str().unwrap())
        })
        .collect();
    server.load(LOG, &rows);
    server
}

#[tokio::test]
async fn masked_numbers_tell_no_digits() {
    let server = masked_server();
    let token = server.token().await;
    let count = async |filter: &str| {
        let options = format!("$filter={}&$count=true&$top=1&$select=id", form_encoded(filter));
        let page = server.get(&with(&options), &token).await;
        total(&page).unwrap_or_else(|| panic!("{filter}: {}", page.text()))
    };
    for (filter, expected) in [
        ("callerNumber eq '+4930000123'", 0),
        ("callerNumber eq '+4930000***'", 1_000),
        ("callerNumber in ('+4930000123','+4930001***')", 1_000),
        ("startswith(callerNumber,'+49300001')", 0),
        ("startswith(callerNumber,'+4930000')", 1_000),
        ("endswith(callerNumber,'123')", 0),
        ("contains(callerNumber,'0123')", 0),
        ("callerNumber gt '+4930000500'", 1_000),
        ("callerNumber lt '+4930000000'", 1_000),
        ("length(callerNumber) eq 11", 2_000),
        ("not endswith(callerNumber,'***')", 0),
    ] {
        assert_eq!(count(filter).await, expected, "{filter}");
    }
    // The order is that of the masked text, then that of time, which is the
    // opposite of the numbers'.
    let pages = server.walk(&with("$orderby=callerNumber&$select=id&maxpagesize=600"), &token).await;
    let id = |number| -> String {
        let row: Value = serde_json::from_str(&call_row(number, "2020-01-05T00:00:00Z")).unwrap();
        row["id"].as_str().unwrap().to_owned()
    };
    let expected: Vec<String> = (0..1_000).rev().chain((1_000..2_000).rev()).map(id).collect();
    assert_eq!(ids(&pages), expected);
    for options in ["$top=3", "$top=3&$select=callerNumber", "$top=3&$format=csv&$select=callerNumber"] {
        let text = server.get(&with(options), &token).await.text();
        assert_eq!(text.matches("+4930001***").count(), 3, "{text}");
        assert!(!text.contains("+49300019"), "{text}");
    }
}

#[tokio::test]
async fn short_numbers_are_hidden_whole() {
    let server = masked_server();
    let short = |number: &str, at: u32| {
        let row = call_row(5_000 + at, &format!("2020-01-20T00:00:0{at}Z"));
        row.replace(&format!("+4930{:06}", 5_000 + at), number)
    };
    server.load(LOG, &[short("112", 1), short("+49", 2), short("1001", 3)]);
    let token = server.token().await;
    let numbers = async |filter: &str| {
        let filter = format!("startDateTime gt 2020-01-10T00:00:00Z and {filter}");
        let page = server.get(&with(&format!("$filter={}", form_encoded(&filter))), &token).await;
        let rows = page.rows();
        rows.iter().map(|row| row["callerNumber"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(numbers("true").await, ["***", "+**", "1***"]);
    assert_eq!(numbers("callerNumber eq '***'").await, ["***"]);
    for filter in ["callerNumber eq '112'", "startswith(callerNumber,'11')", "endswith(callerNumber,'49')"] {
        assert_eq!(numbers(filter).await, [""; 0], "{filter}");
    }
}

#[tokio::test]
async fn a_role_sees_full_numbers() {
    let server = masked_server();
    let token = server.token_of(TENANT, &[Role::CallRecordsReadAll, Role::FullNumbers]).await;
    let options = format!("$filter={}", form_encoded("callerNumber eq '+4930000123'"));
    let page = server.get(&with(&options), &token).await;
    assert_eq!(page.rows().len(), 1, "{}", page.text());
    assert_eq!(page.rows()[0]["callerNumber"], "+4930000123");
    // It is no role to read by.
    let alone = server.token_of(TENANT, &[Role::FullNumbers]).await;
    assert_eq!(server.get(&with(&options), &alone).await.status, 403);
    // A link made for full numbers is none for masked ones.
    let link = server.get(&with("$orderby=callerNumber&maxpagesize=10"), &token).await.next_link().unwrap();
    assert_eq!(server.get(&link, &server.token().await).await.status, 400);
}

#[tokio::test]
async fn rows_that_are_too_old_are_not_returned() {
    let retention = Retention::default().with(LOG, Some(30));
    let server = TestServer::builder().settings(|settings| settings.retention = retention).start();
    // It is 08:00 on 24 November.
    let starts = ["07:59:59", "08:00:00", "08:10:00", "08:20:00", "08:40:00", "08:50:00"];
    let rows: Vec<String> =
        (0..).zip(starts).map(|(number, time)| call_row(number, &format!("2026-10-25T{time}Z"))).collect();
    server.load(LOG, &rows);
    let token = server.token().await;
    let all = call_path("2026-10-01", "2026-11-24");
    let starts = |page: &Answer| -> Vec<String> {
        page.rows().iter().map(|row| row["startDateTime"].as_str().unwrap()[11..19].to_owned()).collect()
    };
    let first = server.get(&format!("{all}?maxpagesize=2&$count=true"), &token).await;
    assert_eq!(
        (starts(&first), total(&first)),
        (vec!["08:00:00".to_owned(), "08:10:00".to_owned()], Some(5))
    );
    // The link outlives what it was made for.
    server.clock.advance(SignedDuration::from_mins(30));
    let rest = server.walk(&first.next_link().unwrap(), &token).await;
    let rest: Vec<String> = rest.iter().flat_map(starts).collect();
    assert_eq!(rest, ["08:40:00", "08:50:00"]);
    let gone = server.get(&call_path("2026-09-01", "2026-10-25"), &token).await;
    assert_eq!((gone.status, gone.rows().len(), gone.next_link()), (200, 0, None));
    let csv = server.get(&format!("{all}?$format=csv&$select=startDateTime"), &token).await;
    assert_eq!(csv.text().lines().count(), 3, "{}", csv.text());
}

#[tokio::test]
async fn a_cloud_without_reports_has_no_functions() {
    let server = TestServer::builder().settings(|settings| settings.cloud = Cloud::China).start();
    let token = server.token().await;
    let answer = server.get(&all(), &token).await;
    assert_eq!((answer.status, answer.code().as_deref()), (404, Some("NotFound")));
    assert!(answer.json()["error"]["details"][0]["message"].as_str().unwrap().contains("cloud"));
}

#[tokio::test]
async fn of_two_faults_the_first_check_names_its_own() {
    let limits = ThrottleLimits { function: 1, ..ThrottleLimits::default() };
    let server = TestServer::builder().settings(|settings| settings.throttle = Some(limits)).start();
    let token = server.token().await;
    let roleless = server.token_of(TENANT, &[]).await;
    let backwards = call_path("2020-02-01", "2020-01-01");
    let status = async |target: &str, token: &str| server.get(target, token).await.status;
    assert_eq!(status(&with("$filter=x"), "none").await, 401);
    assert_eq!(status(&with("$filter=x"), &roleless).await, 400);
    assert_eq!(status(&backwards, &roleless).await, 403);
    for _ in 0..3 {
        assert_eq!(status(&backwards, &token).await, 400);
    }
    assert_eq!(status(&all(), &token).await, 200);
    let answer = server.get(&all(), &token).await;
    assert_eq!((answer.status, answer.code().as_deref()), (429, Some("TooManyRequests")));
    assert_eq!(answer.header("retry-after"), "60");
}

#[tokio::test]
async fn a_link_that_cannot_be_followed_does_not_count_for_throttling() {
    let limits = ThrottleLimits { function: 1, ..ThrottleLimits::default() };
    let server = TestServer::builder().settings(|settings| settings.throttle = Some(limits)).start();
    let token = server.token().await;
    let faults = [
        "$skiptoken=x",
        "$skip=1000&$skiptoken=AQ",
        "$skiptoken=x&$format=csv",
        "$deltatoken=x",
        "$deltatoken=AQ&$format=ndjson",
        "$deltatoken=x&$format=csv",
        "$deltatoken=x&$top=1",
        "$deltatoken=x&$skiptoken=x",
    ];
    let are_told = async || {
        for options in faults {
            for method in ["GET", "HEAD", "GET"] {
                let answer = server.request(method, &with(options)).bearer(&token).send().await;
                assert_eq!(answer.status, 400, "{method} {options}");
            }
        }
    };
    are_told().await;
    assert_eq!(server.get(&all(), &token).await.status, 200, "none of them was counted");
    assert_eq!(server.get(&all(), &token).await.status, 429);
    // Nor does it matter that the client has no request left.
    are_told().await;
}

#[tokio::test]
async fn walks_with_different_filters_are_whole_while_rows_arrive() {
    let (server, token) = server().await;
    let stop = Arc::new(AtomicBool::new(false));
    let writer = thread::spawn({
        let (engine, stop) = (Arc::clone(&server.engine), Arc::clone(&stop));
        move || {
            for first in (10_000..30_000).step_by(20) {
                if stop.load(Ordering::Relaxed) {
                    return first - 10_000;
                }
                let rows: Vec<String> = (first..first + 20).map(|number| data::call(number).json()).collect();
                append(engine.as_ref(), TENANT, LOG, &rows);
            }
            20_000
        }
    });
    let plans = [(FILTERS[0], ORDERS[1]), (FILTERS[3], ORDERS[2])];
    let mut found: [Vec<String>; 2] = Default::default();
    let mut next = plans.map(|(filter, order)| {
        let options = format!("$filter={}&$orderby={}", form_encoded(filter.0), form_encoded(order.0));
        Some(with(&format!("{options}&maxpagesize=11")))
    });
    while next.iter().any(Option::is_some) {
        for (next, found) in next.iter_mut().zip(&mut found) {
            let Some(target) = next.take() else { continue };
            let page = server.get(&target, &token).await;
            assert_eq!(page.status, 200, "{target}: {}", page.text());
            found.extend(page.ids());
            *next = page.next_link();
        }
    }
    stop.store(true, Ordering::Relaxed);
    assert!(writer.join().unwrap() > 0, "nothing was written meanwhile");
    let first: HashSet<String> = data::calls().into_iter().map(|call| call.id).collect();
    for ((filter, order), mut found) in plans.into_iter().zip(found) {
        assert_eq!(found.iter().collect::<HashSet<_>>().len(), found.len(), "{} gave a row twice", filter.0);
        found.retain(|id| first.contains(id));
        assert_eq!(found, data::select(&data::calls(), filter, order), "{}", filter.0);
    }
}
