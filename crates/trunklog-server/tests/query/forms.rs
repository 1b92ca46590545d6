//! In which form rows come.

use serde_json::{Value, json};
use trunklog_records::schema::PSTN_CALLS;
use trunklog_testkit::TestServer;

use super::data::{self, FILTERS, ORDERS};
use super::{MINIMAL, all, context, server, with};

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
