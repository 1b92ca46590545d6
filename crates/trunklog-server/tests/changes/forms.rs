//! The forms in which changes are told: for each log, and each kind of answer.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_records::schema::{LOGS, PSTN_BLOCKED_USERS, PSTN_CALLS, SMS};
use trunklog_testkit::{Answer, PUBLIC_URL, TENANT, TestServer, call_row, call_rows};

use super::client::{
    LOG, NDJSON, TRACK, all, changed, delta_link, erase, follow, id, server_with, walk, with,
};

#[tokio::test]
async fn every_stored_log_can_be_followed() {
    let server = TestServer::start();
    let token = server.token().await;
    let at = "2020-01-05T00:00:00Z";
    let logs: [(&'static Log, &str, String, String); 4] = [
        (LOG, "v1.0", call_row(0, at), call_row(0, at).replace("\"duration\":5", "\"duration\":6")),
        (
            &PSTN_CALLS,
            "v1.0",
            json!({"id": "a", "startDateTime": at, "duration": 5, "charge": 1}).to_string(),
            json!({"id": "a", "startDateTime": at, "duration": 6, "charge": 1}).to_string(),
        ),
        (
            &SMS,
            "beta",
            json!({"id": "a", "sentDateTime": at, "smsUnits": 5}).to_string(),
            json!({"id": "a", "sentDateTime": at, "smsUnits": 6}).to_string(),
        ),
        (
            &PSTN_BLOCKED_USERS,
            "beta",
            json!({"userId": "u", "blockDateTime": at, "userBlockMode": "blocked"}).to_string(),
            json!({"userId": "u", "blockDateTime": at, "userBlockMode": "blocked", "blockReason": "x"})
                .to_string(),
        ),
    ];
    for log in LOGS.into_iter().filter(|log| log.summary().is_none()) {
        assert!(logs.iter().any(|(known, ..)| *known == log), "{}", log.name);
    }
    for (log, version, row, changed) in logs {
        server.load(log, &[row]);
        let target = format!(
            "/{version}/communications/callRecords/{}(fromDateTime=2020-01-01,toDateTime=2020-02-01)",
            log.function
        );
        let (pages, link) = walk(&server, &target, &token).await;
        // The row has its id, also where Graph shows none: by that it is told to be gone.
        let known = pages[0].ids()[0].clone();
        assert!(!known.is_empty(), "{}", log.name);
        server.load(log, &[changed]);
        let told = follow(&server, &link, &token).await;
        assert_eq!((told.rows.len(), told.rows[0]["id"].as_str()), (1, Some(known.as_str())), "{}", log.name);
        let before = Instant::parse("2020-02-01T00:00:00Z").unwrap();
        server.engine.tenant(TENANT).forget(log, before).unwrap();
        let told = follow(&server, &told.link, &token).await;
        assert_eq!(told.removed, [(known, "deleted".to_owned())], "{}", log.name);
    }
}

#[tokio::test]
async fn a_selection_keeps_the_ids() {
    let (server, token) = server_with(2).await;
    let plain = server.get(&with("$select=duration"), &token).await;
    assert_eq!(plain.rows()[0], json!({"duration": 5}));
    let (pages, link) = walk(&server, &with("$select=duration"), &token).await;
    let at = "2020-01-05T00:00:00Z";
    assert_eq!(pages[0].rows()[0], json!({"id": id(0), "startDateTime": at, "duration": 5}));
    let context = |page: &Answer| page.json()["@odata.context"].as_str().unwrap().to_owned();
    assert!(context(&pages[0]).ends_with("(id,startDateTime,duration)"), "{}", context(&pages[0]));
    server.load(LOG, &[changed(0, 6)]);
    let told = follow(&server, &link, &token).await;
    assert_eq!(told.rows, [json!({"id": id(0), "startDateTime": at, "duration": 6})]);
    let context = context(&told.pages[0]);
    assert!(context.ends_with("(id,startDateTime,duration)/$delta"), "{context}");
}

#[tokio::test]
async fn rows_with_the_same_id_are_told_apart_by_their_time() {
    let server = TestServer::start();
    let token = server.token().await;
    let (first, second) = ("2020-01-05T00:00:00Z", "2020-01-06T00:00:00.1234567Z");
    server.load(LOG, &[call_row(0, first), call_row(0, second)]);
    let (pages, link) = walk(&server, &with("$select=duration"), &token).await;
    let key = |row: &Value| {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        (text("startDateTime"), text("id"))
    };
    let mut copy: BTreeSet<_> = pages[0].rows().iter().map(key).collect();
    assert_eq!(copy.len(), 2);
    erase(&server, &format!("startDateTime eq {second}"));
    for accept in ["application/json", NDJSON] {
        let told = server.request("GET", &link).bearer(&token).header("accept", accept).send().await;
        let gone: Value = if accept == NDJSON {
            serde_json::from_str(told.text().trim_end()).unwrap()
        } else {
            told.rows()[0].clone()
        };
        let expected = json!({"@removed": {"reason": "deleted"}, "id": id(0), "startDateTime": second});
        assert_eq!(gone, expected, "{accept}");
        copy.remove(&key(&gone));
    }
    assert_eq!(copy.into_iter().collect::<Vec<_>>(), [(first.to_owned(), id(0))]);
}

#[tokio::test]
async fn a_delta_has_the_forms_of_a_page() {
    let (server, token) = server_with(60).await;
    let (_, link) = walk(&server, &all(), &token).await;
    server.load(LOG, &(0..60).map(|number| changed(number, 6)).collect::<Vec<_>>());
    erase(&server, "startDateTime eq 2020-01-05T00:00:00Z");
    let get = async |method: &str, name: &str, value: &str| {
        server.request(method, &link).bearer(&token).header(name, value).send().await
    };
    let plain = server.get(&link, &token).await;
    let packed = get("GET", "accept-encoding", "gzip").await;
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.body.as_ref()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
    assert!(plain.headers.get_all("vary").iter().any(|value| value == "prefer"));
    // OData keeps links in every form.
    let none = get("GET", "accept", "application/json;odata.metadata=none").await;
    assert_eq!((none.json().get("@odata.context"), delta_link(&none).is_some()), (None, true));
    assert_eq!(none.rows(), plain.rows());
    let full = get("GET", "accept", "application/json;odata.metadata=full;IEEE754Compatible=true").await;
    assert_eq!(full.json()["@odata.count"], "60");
    assert_eq!(full.rows()[0], plain.rows()[0]);
    assert_eq!(full.rows()[1]["@odata.type"], "#microsoft.graph.callRecords.directRoutingLogRow");
    let head = get("HEAD", "prefer", "odata.track-changes, odata.maxpagesize=7").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("preference-applied"), "odata.maxpagesize=7, odata.track-changes");
    let few = get("GET", "prefer", "odata.maxpagesize=7").await;
    assert_eq!((few.rows().len(), few.header("preference-applied")), (7, "odata.maxpagesize=7"));
    assert!(few.next_link().unwrap().contains("maxpagesize=7&$deltatoken="));
    let preferring = get("GET", "prefer", TRACK).await;
    assert_eq!(preferring.header("preference-applied"), TRACK);
    assert_eq!(preferring.body, plain.body);
}

#[tokio::test]
async fn a_batch_follows_as_well() {
    let (server, token) = server_with(2).await;
    let batch = async |url: &str, prefer: Option<&str>| {
        let mut item = json!({"id": "1", "method": "GET", "url": url});
        if let Some(prefer) = prefer {
            item["headers"] = json!({"Prefer": prefer});
        }
        let body = json!({"requests": [item]}).to_string().into_bytes();
        let answer = server.request("POST", "/v1.0/$batch").bearer(&token).body(body).send().await;
        answer.json()["responses"][0].clone()
    };
    let first = batch(&all().replacen("/v1.0", "", 1), Some(TRACK)).await;
    assert_eq!(first["headers"]["Preference-Applied"], TRACK);
    let link = first["body"]["@odata.deltaLink"].as_str().unwrap().to_owned();
    server.load(LOG, &[changed(1, 6)]);
    let told = batch(&link, None).await;
    assert_eq!((&told["status"], &told["body"]["value"][0]["duration"]), (&json!(200), &json!(6)));
    let gone = batch(&link.replace("$deltatoken=", "$select=id&$deltatoken="), None).await;
    assert_eq!(gone["status"], 400);
}

/// The rows and the ids of what is gone, in lines.
fn lines(answer: &Answer) -> (Vec<Value>, Vec<String>) {
    let text = answer.text();
    let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (removed, rows): (Vec<Value>, Vec<Value>) = all.partition(|line| line.get("@removed").is_some());
    let ids = removed.iter().map(|line| line["id"].as_str().unwrap().to_owned());
    (rows, ids.collect())
}

#[tokio::test]
async fn lines_have_the_link_in_a_header() {
    let (server, token) = server_with(2_500).await;
    let get = async |target: &str, headers: &[(&str, &str)]| {
        let request = server.request("GET", target).bearer(&token);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let answer = request.send().await;
        assert_eq!(answer.status, 200, "{target}: {}", answer.text());
        answer
    };
    let plain = get(&all(), &[("accept", NDJSON)]).await;
    assert_eq!((plain.header("trunklog-delta-link"), plain.header("preference-applied")), ("", ""));
    assert!(plain.headers.get_all("vary").iter().any(|value| value == "prefer"));
    for options in ["$top=5", "$skip=5"] {
        let part = get(&with(options), &[("accept", NDJSON), ("prefer", TRACK)]).await;
        assert_eq!((part.header("trunklog-delta-link"), part.header("preference-applied")), ("", ""));
    }
    let first = get(&with("$format=ndjson"), &[("prefer", TRACK)]).await;
    assert_eq!(first.header("preference-applied"), TRACK);
    assert_eq!(first.body, plain.body);
    let link = first.header("trunklog-delta-link").to_owned();
    assert!(link.starts_with(&format!("{PUBLIC_URL}{}?$format=ndjson&$deltatoken=", all())), "{link}");

    // More than is read at a time.
    let rows: Vec<String> = call_rows(10_000, 12_000, "2020-01-10T00:00:00Z");
    server.load(LOG, &rows);
    server.load(LOG, &[changed(3, 6)]);
    erase(&server, "startDateTime lt 2020-01-05T00:00:02Z");
    let told = get(&link, &[("accept-encoding", "gzip")]).await;
    assert_eq!(told.header("content-encoding"), "gzip");
    let told = get(&link, &[]).await;
    assert_eq!(told.header("content-type"), NDJSON);
    let (rows, removed) = lines(&told);
    assert_eq!((rows.len(), removed), (12_001, vec![id(0), id(1)]));
    assert_eq!(rows[0]["duration"], 6);
    let next = told.header("trunklog-delta-link").to_owned();
    assert!(next != link && next.starts_with(PUBLIC_URL));
    let nothing = get(&next, &[]).await;
    assert_eq!(nothing.text(), "");
    // A link of lines serves for pages, and the other way round.
    let page = server.get(&next.replace("$format=ndjson&", ""), &token).await;
    assert_eq!((page.status, page.rows().len()), (200, 0), "{}", page.text());
    let link = delta_link(&page).unwrap();
    server.load(LOG, &[changed(4, 6)]);
    assert_eq!(lines(&get(&link, &[("accept", NDJSON)]).await).0.len(), 1);
    let head = server.request("HEAD", &with("$format=ndjson")).bearer(&token).header("prefer", TRACK);
    let head = head.send().await;
    assert_eq!((head.status, head.header("preference-applied")), (200, TRACK));
}
