//! What masks keep from those who read.

use serde_json::Value;
use trunklog_identity::Role;
use trunklog_records::masking::Mask;
use trunklog_testkit::{TENANT, TestServer, call_row, call_rows, form_encoded};

use super::{LOG, ids, total, with};

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
