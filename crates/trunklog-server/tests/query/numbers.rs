//! Numbers of every form, and what no answer tells of them.

use std::collections::BTreeSet;

use arrow::array::AsArray;
use arrow::ipc::reader::StreamReader;
use arrow::record_batch::RecordBatch;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::json;
use trunklog_records::masking::Mask;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, LOGS};
use trunklog_testkit::{Answer, TestServer, call_path, form_encoded};

/// A number as devices wrote it, and what is shown of it. All but the names
/// end with 456.
const NUMBERS: [(&str, &str); 21] = [
    ("+4930123456", "+4930123***"),
    ("+49 30 123 456", "+49 30 123 ***"),
    ("+49 (0)30 123-456", "+49 (0)30 123-***"),
    ("004930123456", "004930123***"),
    ("4930123456#", "4930123***#"),
    ("tel:+4930123456", "tel:+4930123***"),
    ("tel:+49-30-123456;ext=456", "tel:+49-30-123***;ext=***"),
    ("tel:123456;phone-context=+4930", "tel:123***;phone-context=+4930"),
    ("sip:+4930123456@sbc9.fabrikam.example;user=phone", "sip:+4930123***@sbc9.fabrikam.example;user=phone"),
    ("sips:4930123456;ext=456@192.0.2.7:5061", "sips:4930123***;ext=***@192.0.2.7:5061"),
    ("\"Mara\" <+4930123456>", "\"Mara\" <+4930123***>"),
    ("\"Mara 30123456\" <sip:ada@anonymous.invalid>", "\"Mara 30123***\" <sip:ada@anonymous.invalid>"),
    ("%2B4930123456", "%2B4930123***"),
    ("4930123%34%35%36", "4930123***"),
    ("+٤٩٣٠١٢٣٤٥٦", "+٤٩٣٠١٢٣***"),
    ("+4930123456 ext. 456", "+4930123*** ext. ***"),
    ("+4930123456 App 456", "+4930123*** App ***"),
    ("+4930123456*456#", "+4930123*******#"),
    ("456", "***"),
    ("Mara Field", "Mara Field"),
    ("mara.field@fabrikam.example", "mara.field@fabrikam.example"),
];

/// What would tell the hidden digits.
const TELLING: [&str; 6] = ["456", "٤٥٦", "%34", "45*", "4**", "56"];

fn target(options: &str) -> String {
    format!("{}?{options}", call_path("2020-01-01", "2020-02-01"))
}

/// A server that hides three digits of those numbers. Beside each stands the
/// same in properties that the log does not know.
async fn server() -> (TestServer, String) {
    let server =
        TestServer::builder().settings(|settings| settings.masks.others = Mask::of_country("DE")).start();
    let row = |at: usize, number: &str| {
        json!({
            "id": format!("0000001c-0000-4000-8000-0000000000{at:02}"),
            "startDateTime": format!("2020-01-05T00:00:{at:02}Z"),
            "callType": "ByotIn",
            "callerNumber": number,
            "callerUri": number,
            "later": { "uri": "sip:+4930123456@sbc9.fabrikam.example", "callee": [4_930_123_456_u64] },
        })
        .to_string()
    };
    let rows: Vec<String> = NUMBERS.iter().enumerate().map(|(at, (number, _))| row(at, number)).collect();
    server.load(&DIRECT_ROUTING_CALLS, &rows);
    let token = server.token().await;
    (server, token)
}

fn shown() -> Vec<&'static str> {
    NUMBERS.iter().map(|(_, shown)| *shown).collect()
}

fn assert_tells_nothing(text: &str) {
    let told = without_ids(text);
    for telling in TELLING {
        assert!(!told.contains(telling), "{telling} in {text}");
    }
}

/// The text without ids, which requests have at random and which may hold any
/// digits.
fn without_ids(text: &str) -> String {
    let is_of_id = |c: char| c.is_ascii_hexdigit() || c == '-';
    let is_id = |word: &&str| word.len() == 36 && word.matches('-').count() == 4;
    let ids: Vec<&str> = text.split(|c| !is_of_id(c)).filter(is_id).collect();
    ids.into_iter().fold(text.to_owned(), |text, id| text.replace(id, "an id"))
}

/// All texts of some batches.
fn texts(batches: &[RecordBatch]) -> String {
    let columns = batches.iter().flat_map(RecordBatch::columns);
    let texts = columns.filter_map(|column| column.as_string_opt::<i32>());
    texts.flat_map(|column| column.iter().flatten()).collect::<Vec<_>>().join("\n")
}

/// The column of numbers.
fn numbers(batches: &[RecordBatch]) -> Vec<String> {
    let column = |batch: &RecordBatch| -> Vec<String> {
        let numbers = batch.column_by_name("callerNumber").unwrap().as_string::<i32>();
        numbers.iter().map(|number| number.unwrap().to_owned()).collect()
    };
    batches.iter().flat_map(column).collect()
}

#[tokio::test]
async fn no_form_of_an_answer_tells_hidden_digits() {
    let (server, token) = server().await;
    let get = async |options: &str| -> Answer {
        let answer = server.get(&target(options), &token).await;
        assert_eq!(answer.status, 200, "{options}: {}", answer.text());
        answer
    };
    let page = get("").await;
    let rows = page.rows();
    for row in &rows {
        assert_tells_nothing(&row.to_string());
        assert_eq!(row["callerUri"], row["callerNumber"]);
        assert_eq!(row["later"]["callee"], json!(["4930123***"]));
    }
    assert_eq!(rows.iter().map(|row| row["callerNumber"].as_str().unwrap()).collect::<Vec<_>>(), shown());

    let lines = get("$format=ndjson").await.text();
    assert_tells_nothing(&lines);
    assert_eq!(lines.lines().count(), NUMBERS.len());
    let csv = get("$format=csv").await.text();
    assert_tells_nothing(&csv);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let at = reader.headers().unwrap().iter().position(|name| name == "callerNumber").unwrap();
    assert_eq!(reader.records().map(|record| record.unwrap()[at].to_owned()).collect::<Vec<_>>(), shown());

    let arrow = get("$format=arrow").await;
    let arrow: Vec<RecordBatch> =
        StreamReader::try_new(arrow.body.as_ref(), None).unwrap().map(Result::unwrap).collect();
    let parquet = ParquetRecordBatchReaderBuilder::try_new(get("$format=parquet").await.body).unwrap();
    let parquet: Vec<RecordBatch> = parquet.build().unwrap().map(Result::unwrap).collect();
    for batches in [arrow, parquet] {
        let all = texts(&batches);
        assert!(all.contains("callerUri"), "{all}");
        assert_tells_nothing(&all);
        assert_eq!(numbers(&batches), shown());
    }
}

#[tokio::test]
async fn filters_find_of_every_form_what_is_shown() {
    let (server, token) = server().await;
    let found = async |filter: &str| -> Vec<String> {
        let options = format!("$select=callerNumber&$filter={}", form_encoded(filter));
        let page = server.get(&target(&options), &token).await;
        assert_eq!(page.status, 200, "{filter}: {}", page.text());
        page.rows().iter().map(|row| row["callerNumber"].as_str().unwrap().to_owned()).collect()
    };
    for (number, shown) in NUMBERS {
        let expected = NUMBERS.iter().filter(|(_, other)| *other == shown).count();
        assert_eq!(found(&format!("callerNumber eq '{shown}'")).await.len(), expected, "{shown}");
        if number != shown {
            assert_eq!(found(&format!("callerNumber eq '{number}'")).await, [""; 0], "{number}");
        }
    }
    for filter in [
        "contains(callerNumber,'456')",
        "contains(callerNumber,'3456')",
        "contains(callerNumber,'٤٥٦')",
        "endswith(callerNumber,'6')",
        "endswith(callerNumber,'456#')",
        "startswith(callerNumber,'tel:+49301234')",
        "contains(callerNumber,'%34')",
        "contains(callerNumber,'=4')",
    ] {
        assert_eq!(found(filter).await, [""; 0], "{filter}");
    }
    assert_eq!(found("contains(callerNumber,'sbc9.')").await.len(), 1);
    // What the log does not know cannot be asked for.
    for options in ["$filter=callerUri%20eq%20'x'", "$orderby=callerUri", "$select=callerUri"] {
        let answer = server.get(&target(options), &token).await;
        assert_eq!(answer.status, 400, "{options}: {}", answer.text());
        assert_tells_nothing(&answer.text());
    }
}

#[tokio::test]
async fn orders_and_tokens_carry_what_is_shown() {
    let (server, token) = server().await;
    let options = "$orderby=callerNumber%20desc&$select=id,callerNumber&maxpagesize=2";
    let pages = server.walk(&target(options), &token).await;
    let walked: Vec<String> = pages
        .iter()
        .flat_map(Answer::rows)
        .map(|row| row["callerNumber"].as_str().unwrap().to_owned())
        .collect();
    let mut expected = shown();
    expected.sort_by(|left, right| right.cmp(left));
    assert_eq!(walked, expected);
    let links: Vec<String> = pages.iter().filter_map(Answer::next_link).collect();
    assert_eq!(links.len(), NUMBERS.len() / 2);
    for link in links {
        let text = link.split("skiptoken=").nth(1).unwrap().split('&').next().unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        let read = String::from_utf8_lossy(&bytes);
        assert!(expected.iter().any(|shown| read.contains(*shown)), "{read}");
        assert!(!read.contains("456") && !read.contains("٤٥٦"), "{read}");
    }
}

#[tokio::test]
async fn unknown_properties_of_every_log_are_masked() {
    let (server, token) = server().await;
    for (log, function, time, mark) in [
        ("pstnCalls", "getPstnCalls", "startDateTime", "callId"),
        ("pstnBlockedUsers", "getPstnBlockedUsersLog", "blockDateTime", "blockReason"),
        ("sms", "getSmsLog", "sentDateTime", "smsId"),
    ] {
        let log = LOGS.into_iter().find(|candidate| candidate.name == log).unwrap();
        let row = json!({
            "id": "0000001c-0000-4000-8000-000000000099",
            time: "2020-01-05T00:00:00Z",
            mark: "by which the log is known",
            "relatedNumbers": ["0049 30 123456", 4_930_123_456_u64],
            "bytes": 4_930_123_000_u64,
        });
        server.load(log, &[row.to_string()]);
        let path = call_path("2020-01-01", "2020-02-01").replace("getDirectRoutingCalls", function);
        let page = server.get(&path.replace("/v1.0/", "/beta/"), &token).await;
        assert_eq!(page.rows().len(), 1, "{}", page.text());
        let row = &page.rows()[0];
        assert_eq!(row["relatedNumbers"], json!(["0049 30 123***", "4930123***"]), "{function}");
        assert_eq!(row["bytes"], 4_930_123_000_u64);
    }
    let names: BTreeSet<&str> = LOGS.iter().map(|log| log.name).collect();
    assert_eq!(names.len(), 5, "a new log belongs into this test");
}
