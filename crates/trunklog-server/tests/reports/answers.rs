//! What holds for the answers of all reports.

use std::fmt::Write;
use std::io::Read;

use flate2::read::GzDecoder;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use trunklog_records::Retention;
use trunklog_reports::{DEFINITIONS, Level, REPORTS};
use trunklog_testkit::TestServer;

use super::{LOG, data, path, problem, server};

/// The names of an object's members, in their order.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Names, D::Error> {
        struct NamesVisitor;
        impl<'de> Visitor<'de> for NamesVisitor {
            type Value = Names;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(NamesVisitor)
    }
}

const HEAD: [&str; 17] = [
    "report",
    "definitions",
    "zone",
    "from",
    "fromLocal",
    "to",
    "toLocal",
    "bucket",
    "by",
    "filter",
    "compare",
    "commit",
    "completeUntil",
    "source",
    "rowsRead",
    "notes",
    "value",
];

/// Clients rely on names and on their order: new ones come at the end.
#[tokio::test]
async fn fields_are_only_ever_added() {
    let (server, token) = server().await;
    let mut all = String::new();
    for report in REPORTS {
        let answer = server.get(&path(report), &token).await;
        let Names(head) =
            serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{}", answer.text()));
        assert_eq!(head, HEAD, "{}", report.key);
        write!(all, "{}:", report.key).unwrap();
        for column in (report.columns)() {
            let mark = if column.is_optional { "?" } else { "" };
            write!(all, " {}{mark}", column.key).unwrap();
        }
        all.push('\n');
    }
    insta::assert_snapshot!("fields_of_reports", all);
}

#[tokio::test]
async fn every_answer_says_what_it_is_true_of() {
    let (server, token) = server().await;
    for report in REPORTS {
        let answer = server.get(&path(report), &token).await;
        assert_eq!(answer.status, 200, "{}: {}", report.key, answer.text());
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert!(answer.header("etag").starts_with("W/\""), "{}", answer.header("etag"));
        let json = answer.json();
        assert_eq!(json["report"], report.key);
        assert_eq!(json["definitions"], DEFINITIONS);
        assert_eq!(json["zone"], "UTC");
        assert!(json["commit"].as_u64().is_some_and(|commit| commit > 0), "{}", report.key);
        assert!(json["completeUntil"].is_null() && json["value"].is_array(), "{}", report.key);
        if !report.takes.call {
            assert_eq!(json["from"], "2026-11-17T08:00:00Z", "{}", report.key);
            assert_eq!(json["to"], "2026-11-24T08:00:00Z", "{}", report.key);
        }
        let columns = (report.columns)();
        for row in answer.rows() {
            for name in row.as_object().unwrap().keys() {
                assert!(columns.iter().any(|column| column.key == name), "{}: {name}", report.key);
            }
            for column in columns.iter().filter(|column| !column.is_optional) {
                assert!(row.get(column.key).is_some(), "{}: {}", report.key, column.key);
            }
        }
    }
}

#[tokio::test]
async fn numbers_are_those_of_the_calls() {
    let (server, token) = server().await;
    let get = async |target: &str| server.get(target, &token).await;
    let kpis = get("/reports/v1/kpis?range=7d&by=trunk").await;
    let rows = kpis.rows();
    assert_eq!(rows.len(), 2, "{}", kpis.text());
    for row in &rows {
        assert_eq!(row["attempts"], 100, "{row}");
        assert_eq!(row["asr"], serde_json::json!({ "value": 0.8, "n": 100 }), "{row}");
    }
    let filtered = get("/reports/v1/kpis?range=7d&$filter=direction%20eq%20%27inbound%27").await;
    assert_eq!(filtered.rows()[0]["attempts"], 100, "{}", filtered.text());
    assert_eq!(filtered.json()["filter"], "direction eq 'inbound'");
    let series = get("/reports/v1/series?range=7d&bucket=day").await;
    let counted: i64 = series.rows().iter().map(|row| row["attempts"].as_i64().unwrap()).sum();
    assert_eq!((counted, series.rows().len()), (i64::from(data::COUNT), 8), "{}", series.text());
    let users = get("/reports/v1/users?range=7d").await;
    assert_eq!(users.rows().len(), 7, "{}", users.text());
    let [time, id] = data::CALL;
    let call = get(&format!("/reports/v1/calls/{}/{}", time.replace(':', "%3A"), id.to_uppercase())).await;
    // Ids are texts, so letter case counts.
    assert_eq!(call.status, 404);
    let call = get(&format!("/reports/v1/calls/{}/{id}", time.replace(':', "%3A"))).await;
    assert_eq!((call.status, call.rows().len()), (200, 1), "{}", call.text());
}

#[tokio::test]
async fn an_answer_that_is_there_is_not_sent_again() {
    let (server, token) = server().await;
    let again = async |target: &str, tag: &str| {
        server.request("GET", target).bearer(&token).header("if-none-match", tag).send().await
    };
    let targets: Vec<String> =
        REPORTS.iter().map(|report| path(report)).chain(["/reports/v1/usage".to_owned()]).collect();
    let mut tags = Vec::new();
    for target in &targets {
        let first = server.get(target, &token).await;
        let tag = first.header("etag").to_owned();
        let same = again(target, &tag).await;
        assert_eq!((same.status, same.body.len(), same.header("etag")), (304, 0, tag.as_str()), "{target}");
        assert_eq!((same.header("cache-control"), same.header("content-type")), ("private, no-cache", ""));
        assert_eq!(again(target, "\"other\"").await.status, 200, "{target}");
        let packed =
            server.request("GET", target).bearer(&token).header("accept-encoding", "gzip").send().await;
        assert_eq!(packed.header("etag"), tag, "{target}");
        tags.push(tag);
    }
    let mut each_once = tags.clone();
    each_once.sort();
    each_once.dedup();
    assert_eq!(each_once.len(), tags.len(), "each report has its own");
    for other in ["range=8d", "zone=Asia/Kolkata", "by=trunk", "bucket=day", "compare=week", "format=csv"] {
        let target = format!("/reports/v1/kpis?{other}");
        let tag = server.get("/reports/v1/kpis", &token).await.header("etag").to_owned();
        assert_eq!(again(&target, &tag).await.status, 200, "{target}");
    }
    server.load(LOG, &[data::call(900, "2026-11-24T07:00:00Z")]);
    for (target, tag) in targets.iter().zip(&tags) {
        let changed = again(target, tag).await;
        assert_eq!(changed.status, 200, "{target}");
        assert_ne!(changed.header("etag"), tag, "{target}");
    }
    // A range up to now moves on with the clock, a quarter of an hour at a time.
    let tag = server.get("/reports/v1/kpis", &token).await.header("etag").to_owned();
    server.clock.advance(SignedDuration::from_mins(5));
    let next = server.get("/reports/v1/kpis", &token).await.header("etag").to_owned();
    server.clock.advance(SignedDuration::from_mins(5));
    assert_ne!(next, tag, "08:00 is over");
    assert_eq!(again("/reports/v1/kpis", &next).await.status, 304);
}

#[tokio::test]
async fn head_is_as_long_as_the_answer() {
    let (server, token) = server().await;
    for report in REPORTS {
        let target = path(report);
        let whole = server.get(&target, &token).await;
        let head = server.request("HEAD", &target).bearer(&token).send().await;
        assert_eq!((head.status, head.body.len()), (200, 0), "{target}");
        for name in ["etag", "content-type", "cache-control"] {
            assert_eq!(head.header(name), whole.header(name), "{target}: {name}");
        }
        assert_eq!(head.header("content-length"), whole.body.len().to_string(), "{target}");
    }
}

#[tokio::test]
async fn answers_come_as_csv_and_packed() {
    let (server, token) = server().await;
    for report in REPORTS {
        let target = path(report);
        let by_name = server.get(&format!("{target}?format=csv"), &token).await;
        let by_header =
            server.request("GET", &target).bearer(&token).header("accept", "text/csv").send().await;
        assert_eq!(by_name.text(), by_header.text(), "{target}");
        assert_eq!(by_name.header("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(
            by_name.header("content-disposition"),
            format!("attachment; filename=\"{}.csv\"", report.key)
        );
        let json = server.get(&target, &token).await;
        let mut table = csv::Reader::from_reader(by_name.body.as_ref());
        let names: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
        let first = (report.columns)().into_iter().find(|column| !column.is_optional).unwrap();
        assert!(names.iter().any(|name| name == first.key), "{target}: {names:?}");
        assert_eq!(table.records().count(), json.rows().len(), "{target}");
        let people =
            server.request("GET", &target).bearer(&token).header("accept", "text/csv;bom=true").send().await;
        assert_eq!(people.text().strip_prefix('\u{feff}'), Some(by_name.text().as_str()), "{target}");
    }
    let target = "/reports/v1/kpis?range=7d&bucket=hour&by=trunk";
    let plain = server.get(target, &token).await;
    let packed = server.request("GET", target).bearer(&token).header("accept-encoding", "gzip").send().await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.body.as_ref()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.body);
}

#[tokio::test]
async fn days_are_those_of_the_zone() {
    let kolkata = TimeZone::get("Asia/Kolkata").unwrap();
    let server = TestServer::builder().settings(|settings| settings.zones.others = kolkata).start();
    server.load(LOG, &data::calls());
    let token = server.token().await;
    let from = async |query: &str| {
        let json = server.get(&format!("/reports/v1/kpis?{query}"), &token).await.json();
        (json["zone"].as_str().unwrap().to_owned(), json["from"].as_str().unwrap().to_owned())
    };
    let expected = |zone: &str, from: &str| (zone.to_owned(), from.to_owned());
    assert_eq!(from("from=2026-11-20").await, expected("Asia/Kolkata", "2026-11-19T18:30:00Z"));
    assert_eq!(
        from("from=2026-11-20&zone=Europe/Berlin").await,
        expected("Europe/Berlin", "2026-11-19T23:00:00Z")
    );
    assert_eq!(from("range=today&zone=UTC").await, expected("UTC", "2026-11-24T00:00:00Z"));
}

#[tokio::test]
async fn what_is_too_old_is_not_counted() {
    let retention = Retention::default().with(LOG, Some(3));
    let server = TestServer::builder().settings(|settings| settings.retention = retention.into()).start();
    server.load(LOG, &data::calls());
    // Three days ago it was not a full quarter of an hour either.
    server.clock.advance(SignedDuration::from_mins(7));
    let token = server.token().await;
    let kpis = server.get("/reports/v1/kpis?range=7d", &token).await;
    assert_eq!(kpis.json()["from"], "2026-11-21T08:15:00Z", "{}", kpis.text());
    // Three days of 36 calls, and 13 up to 08:00 of the fourth.
    let before = 3 * 36 + 13;
    assert_eq!(kpis.rows()[0]["attempts"], data::COUNT - before, "{}", kpis.text());
    let page = server.get("/reports/v1/usage?range=7d", &token).await;
    assert_eq!(page.rows().len(), usize::try_from(data::COUNT - before).unwrap());
    let call = REPORTS.iter().find(|report| report.takes.call).unwrap();
    assert_eq!(server.get(&path(call), &token).await.status, 404);
}

#[tokio::test]
async fn what_is_too_old_is_not_told_beside_what_is_shown() {
    let retention = Retention::default().with(LOG, Some(3));
    let server = TestServer::builder().settings(|settings| settings.retention = retention.into()).start();
    let unused = data::call(201, "2026-11-19T08:20:00Z").replace("+4930555005", "+4930555999");
    assert!(unused.contains("+4930555999"), "{unused}");
    let failed = |number, start| {
        let call = data::call(number, start).replace("\"finalSipCode\":480", "\"finalSipCode\":503");
        call.replace("560480", "560503")
    };
    let (hidden, shown) = (failed(205, "2026-11-19T08:25:00Z"), failed(210, "2026-11-23T08:25:00Z"));
    server.load(LOG, &data::calls());
    server.load(LOG, &[unused, hidden, shown]);
    let token = server.token().await;

    let numbers = server.get("/reports/v1/numbers?range=2d", &token).await;
    let names: Vec<String> =
        numbers.rows().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect();
    assert!(names.len() == 7 && !names.contains(&"+4930555999".to_owned()), "{names:?}");
    let failures = server.get("/reports/v1/failures?range=2d", &token).await;
    assert_eq!(failures.rows()[0]["sipCode"], 503, "{}", failures.text());
    assert_eq!(failures.rows()[0]["firstSeen"], "2026-11-23", "{}", failures.text());

    for report in ["kpis", "series", "endReasons", "heatMap", "destinations", "concurrency"] {
        let target = |range| format!("/reports/v1/{report}?range={range}&compare=previous");
        let (status, detail, hint) = problem(&server.get(&target("2d"), &token).await);
        assert_eq!(
            (status, detail.starts_with("compare: "), hint.is_empty()),
            (400, true, false),
            "{report}"
        );
        assert_eq!(server.get(&target("1d"), &token).await.status, 200, "{report}");
    }
}

#[tokio::test]
async fn the_list_says_what_there_is() {
    let server = TestServer::start();
    for target in ["/reports/v1", "/reports/v1/"] {
        // What there is, anybody may know.
        let answer = server.request("GET", target).send().await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        let rows = answer.rows();
        let keys: Vec<&str> = rows.iter().map(|row| row["key"].as_str().unwrap()).collect();
        let expected: Vec<&str> = REPORTS.iter().map(|report| report.key).chain(["usage", "data"]).collect();
        assert_eq!(keys, expected);
        for (row, report) in rows.iter().zip(REPORTS) {
            let columns = row["columns"].as_array().unwrap();
            assert_eq!(columns.len(), (report.columns)().len(), "{row}");
            for column in columns {
                for member in ["title", "explanation"] {
                    let text = column[member].as_str().unwrap();
                    // A text that is missing is told by its key.
                    assert!(!text.is_empty() && !text.starts_with("column-"), "{}: {column}", report.key);
                }
            }
            assert_eq!(row["level"], if report.level == Level::Personal { "personal" } else { "aggregate" });
            assert!(!row["title"].as_str().unwrap().starts_with("report-"), "{row}");
        }
    }
}
