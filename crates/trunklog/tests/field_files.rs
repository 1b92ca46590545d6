//! Files as people's tools write them, brought in by the real binary. People
//! and numbers in them are invented.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;
use trunklog_testkit::{Binary, Outcome};

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";

const CALLS: &str = "directRoutingCalls";
const PSTN: &str = "pstnCalls";

/// An empty store, and the binary.
struct Bench {
    folder: TempDir,
    binary: Binary,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let binary = Binary::new(env!("CARGO_BIN_EXE_trunklog"), &folder.path().join("data"));
        Bench { folder, binary }
    }

    fn import(&self, path: &Path, more: &[&str]) -> (Outcome, Value) {
        let mut words = vec!["import", "--quiet", "--json", "--tenant", TENANT];
        words.extend(more);
        words.push(path.to_str().unwrap());
        let finished = self.binary.run(&words);
        let summary = serde_json::from_str(&finished.stdout).unwrap_or(Value::Null);
        (finished, summary)
    }

    /// What an import says to people.
    fn told(&self, path: &Path) -> String {
        let words = ["import", "--quiet", "--tenant", TENANT, path.to_str().unwrap()];
        self.binary.run(&words).stdout
    }

    /// A file with that text.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn rows(&self, log: &str) -> Vec<Value> {
        let range = ["--from", "2031-01-01", "--to", "2032-01-01"];
        let mut words = vec!["calls", "--tenant", TENANT, "--log", log, "--format", "ndjson"];
        words.extend(range);
        self.binary.ok(&words).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn field(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/field").join(name)
}

fn text_of(name: &str) -> String {
    fs::read_to_string(field(name)).unwrap()
}

/// The only reason of a summary.
fn reason(summary: &Value) -> String {
    let reasons = summary["rejectedByReason"].as_object().unwrap();
    assert_eq!(reasons.len(), 1, "{summary}");
    reasons.keys().next().unwrap().clone()
}

#[test]
fn each_file_is_taken_as_it_must_be() {
    // File; exit code; rows of the two logs; records that are rejected; pages
    // that are missing.
    for (name, code, calls, pstn, rejected, missing) in [
        ("powershell-dates.json", 0, 1, 0, 0, 0),
        ("powershell-list-in-page.json", 0, 2, 0, 0, 0),
        ("one-row.json", 0, 1, 0, 0, 0),
        ("cmdlet-objects.json", 0, 1, 0, 0, 0),
        ("cut-at-depth.json", 0, 5, 0, 0, 0),
        ("lone-surrogate.json", 0, 2, 0, 0, 0),
        ("batch-answer.json", 3, 2, 0, 0, 1),
        ("pages-with-errors", 3, 1, 0, 0, 2),
        ("all-text.json", 0, 1, 0, 0, 0),
        ("call-record.json", 3, 0, 0, 1, 0),
        ("call-records.json", 3, 0, 0, 1, 0),
        ("charges.ndjson", 3, 0, 3, 1, 0),
        ("two-logs.ndjson", 0, 1, 1, 0, 0),
        ("two-pages.json", 0, 1, 1, 0, 0),
        ("admin-centre-export", 0, 1, 0, 0, 0),
        ("admin-centre-export/DirectRouting.calls.2031-03-28.csv", 0, 1, 0, 0, 0),
        ("Calls.Export.zip", 0, 1, 0, 0, 0),
        ("resaved.csv", 3, 0, 0, 1, 0),
    ] {
        let bench = Bench::new();
        let (finished, summary) = bench.import(&field(name), &[]);
        assert_eq!(finished.code, Some(code), "{name}: {finished:?}");
        let new = |log: &str| summary["logs"][log]["new"].as_u64().unwrap_or(0);
        let found = (
            new(CALLS),
            new(PSTN),
            summary["rejected"].as_u64().unwrap(),
            summary["missingPagesTotal"].as_u64().unwrap(),
        );
        assert_eq!(found, (calls, pstn, rejected, missing), "{name}: {summary}");
        assert_eq!(summary["new"].as_u64(), Some(calls + pstn), "{name}: {summary}");
        // Again, nothing changes.
        let (_, summary) = bench.import(&field(name), &[]);
        assert_eq!(summary["unchanged"].as_u64(), Some(calls + pstn), "{name}: {summary}");
    }
}

#[test]
fn values_are_what_the_tools_meant() {
    let bench = Bench::new();
    for name in ["powershell-dates.json", "cmdlet-objects.json", "all-text.json"] {
        assert_eq!(bench.import(&field(name), &[]).0.code, Some(0), "{name}");
    }
    let rows = bench.rows(CALLS);
    assert_eq!(rows.len(), 3);
    let times = ["2031-03-02T08:00:00.105Z", "2031-03-06T08:00:00.105Z", "2031-03-18T08:01:00.105Z"];
    for (row, time) in rows.iter().zip(times) {
        assert_eq!(row["startDateTime"], time);
        assert_eq!(row["duration"], 40, "{row}");
        assert_eq!(row["successfulCall"], true, "{row}");
        assert_eq!(row.get("AdditionalProperties"), None, "{row}");
    }
    assert_eq!(rows[0]["failureDateTime"], "0001-01-01T00:00:00Z");
}

#[test]
fn what_was_changed_or_is_odd_is_told() {
    let bench = Bench::new();
    let (_, summary) = bench.import(&field("cut-at-depth.json"), &[]);
    assert!(summary["droppedValues"].as_u64().unwrap() > 0, "{summary}");
    assert!(bench.told(&field("cut-at-depth.json")).contains("ConvertTo-Json -Depth 10"));
    let (_, summary) = bench.import(&field("lone-surrogate.json"), &[]);
    assert_eq!(summary["repairedTexts"], 1, "{summary}");
    assert!(bench.rows(CALLS).iter().any(|row| row["userDisplayName"] == "Mara \u{fffd}"));
    let (finished, summary) = bench.import(&field("durations.ndjson"), &[]);
    assert_eq!(finished.code, Some(3), "{finished:?}");
    assert_eq!(summary["odd"]["a negative duration"], 1, "{summary}");
    assert!(summary["rejected"].as_u64().unwrap() >= 3, "{summary}");
    assert!(bench.told(&field("durations.ndjson")).contains("odd: 1 row with a negative duration"));
    // A call without its time is stored, if at all, as something odd.
    let (_, summary) = bench.import(&field("absent-start.json"), &[]);
    let odd: u64 = summary["odd"].as_object().unwrap().values().map(|rows| rows.as_u64().unwrap()).sum();
    assert_eq!(odd + summary["rejected"].as_u64().unwrap(), 1, "{summary}");
}

#[test]
fn missing_pages_are_named_for_what_they_are() {
    let bench = Bench::new();
    let (_, summary) = bench.import(&field("batch-answer.json"), &[]);
    let page = &summary["missingPages"][0];
    assert_eq!(page["status"], 429, "{summary}");
    assert_eq!(page["code"], "TooManyRequests", "{summary}");
    assert!(page["reason"].as_str().unwrap().starts_with("response 2 of a batch: an error"), "{summary}");

    let (_, summary) = bench.import(&field("pages-with-errors"), &[]);
    let pages = summary["missingPages"].as_array().unwrap();
    let file = |at: usize| pages[at]["file"].as_str().unwrap();
    assert!(file(0).ends_with("page2.json") && file(1).ends_with("page3.json"), "{summary}");
    assert_eq!(pages[0]["code"], "TooManyRequests");
    assert_eq!(pages[1]["status"], 504);
    assert_eq!(pages[1]["line"], 1);
    let told = bench.told(&field("pages-with-errors"));
    for part in ["warning: 2 pages are missing", "page2.json:1: an error", "page3.json:1: a web page"] {
        assert!(told.contains(part), "{part} in {told}");
    }
}

#[test]
fn objects_of_other_types_are_no_rows() {
    for name in ["call-record.json", "call-records.json"] {
        let bench = Bench::new();
        let (finished, summary) = bench.import(&field(name), &[]);
        assert!(reason(&summary).contains("callRecord"), "{summary}");
        assert!(!finished.stdout.contains("4930123456"), "{finished:?}");
        assert!(bench.rows(CALLS).is_empty() && bench.rows(PSTN).is_empty());
    }
}

#[test]
fn what_a_spreadsheet_changed_is_rejected_with_column_and_cause() {
    let bench = Bench::new();
    let (_, summary) = bench.import(&field("resaved.csv"), &[]);
    let reason = reason(&summary);
    assert!(
        reason.starts_with("Invite time, Start time, End time: a date in the form of a country"),
        "{reason}"
    );
    let rejects = fs::read_to_string(summary["rejectsFile"].as_str().unwrap()).unwrap();
    let record: Value = serde_json::from_str(rejects.lines().next().unwrap()).unwrap();
    assert_eq!(record["line"], 3, "{record}");
}

/// A call of the admin centre's export, as Graph tells of it.
const SAME_CALL: &str = r#"{"id":"graphs-own","correlationId":"00000014-1111-4000-8000-000000000000",
    "userId":"7d0f6a51-2f5e-4a77-9c1d-0c5b7a1e4a10","userDisplayName":"Mara Field","startDateTime":"2031-03-21T08:00:00.6Z",
    "inviteDateTime":"2031-03-21T08:00:00Z","failureDateTime":"0001-01-01T00:00:00Z",
    "endDateTime":"2031-03-21T08:00:40.9Z","duration":40,"callType":"ByotIn","successfulCall":true,
    "callerNumber":"+441632960111","calleeNumber":"+441632960222","finalSipCode":0,"callEndSubReason":540000,
    "trunkFullyQualifiedDomainName":"sbc9.fabrikam.example","mediaBypassEnabled":false}"#;

#[test]
fn a_call_of_an_export_and_of_graph_is_one_row() {
    for is_export_first in [true, false] {
        let bench = Bench::new();
        let graph = bench.file("graph.json", SAME_CALL);
        let export = field("Calls.Export.zip");
        let files = if is_export_first { [&export, &graph] } else { [&graph, &export] };
        for file in files {
            assert_eq!(bench.import(file, &[]).0.code, Some(0), "{}", file.display());
        }
        let rows = bench.rows(CALLS);
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(rows[0]["id"], "graphs-own");
        assert_eq!(rows[0]["startDateTime"], "2031-03-21T08:00:00.6Z");
        // The export again changes nothing.
        bench.import(&export, &[]);
        assert_eq!(bench.rows(CALLS), rows);
    }
}

#[test]
fn another_leg_of_the_same_call_stays() {
    let bench = Bench::new();
    let names = "CorrelationId,UPN,Invite time,Start time,Caller Number,Callee Number,Call type,SBC FQDN";
    let leg = |callee: &str| {
        format!(
            "00000014-1111-4000-8000-000000000000,mara@example.com,2031-03-21T08:00:00Z,2031-03-21T08:00:00.6Z,\
             +441632960111,{callee},dr_in,sbc9.fabrikam.example"
        )
    };
    let text = format!("{names}\r\n{}\r\n{}\r\n", leg("+441632960222"), leg("+441632960333"));
    bench.import(&bench.file("two.csv", &text), &[]);
    assert_eq!(bench.rows(CALLS).len(), 2);
    let (_, summary) = bench.import(&bench.file("graph.json", SAME_CALL), &[]);
    assert_eq!(summary["ambiguous"], 1, "{summary}");
    let status: Value = serde_json::from_str(&bench.binary.run(&["status", "--json"]).stdout).unwrap();
    assert_eq!(status["tenants"][0]["sources"][0]["total"]["ambiguous"], 1, "{status}");
    let callees: Vec<Value> = bench.rows(CALLS).iter().map(|row| row["calleeNumber"].clone()).collect();
    assert_eq!(callees.len(), 2, "{callees:?}");
    assert!(callees.contains(&"+441632960333".into()), "Graph has not told of that leg: {callees:?}");
}

#[test]
fn archives_are_read_whatever_is_in_them() {
    let bench = Bench::new();
    let path = bench.folder.path().join("all.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).unwrap());
    for (name, text) in [
        ("pages/two-logs.ndjson", text_of("two-logs.ndjson")),
        ("calls.csv", text_of("admin-centre-export/DirectRouting.calls.2031-03-28.csv")),
        ("parameters.json", text_of("admin-centre-export/parameters.json")),
        ("notes.txt", "nothing of this is a row".to_owned()),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let (finished, summary) = bench.import(&path, &["--resume"]);
    assert_eq!(finished.code, Some(3), "{finished:?}");
    assert_eq!((summary["new"].as_u64(), summary["rejected"].as_u64()), (Some(3), Some(1)), "{summary}");
    let rejects = fs::read_to_string(summary["rejectsFile"].as_str().unwrap()).unwrap();
    assert!(rejects.contains("all.zip: notes.txt"), "{rejects}");
    // One that was cut is an error, and nothing of it is stored twice.
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() - 30]).unwrap();
    let (finished, _) = bench.import(&path, &[]);
    assert_eq!(finished.code, Some(1), "{finished:?}");
}

#[test]
fn one_log_can_be_asked_for() {
    let bench = Bench::new();
    for name in ["two-logs.ndjson", "two-pages.json"] {
        let (finished, summary) = bench.import(&field(name), &["--log", PSTN]);
        assert_eq!(finished.code, Some(3), "{finished:?}");
        assert_eq!(summary["new"], 1, "{summary}");
        assert_eq!(summary["rejected"], 1, "{summary}");
        let reason = reason(&summary);
        for part in ["a row of directRoutingCalls", PSTN, "--log directRoutingCalls"] {
            assert!(reason.contains(part), "{part} in {reason}");
        }
    }
    assert!(bench.rows(CALLS).is_empty());
    assert_eq!(bench.rows(PSTN).len(), 2);
}

#[test]
fn a_page_whose_context_and_properties_disagree_is_rejected() {
    let bench = Bench::new();
    let lines = text_of("two-logs.ndjson");
    let (call, pstn) = lines.trim_end().split_once('\n').unwrap();
    let page = format!(
        r#"{{"@odata.context":"https://graph.microsoft.com/v1.0/$metadata#Collection(microsoft.graph.callRecords.pstnCallLogRow)","value":[{call},{pstn}]}}"#
    );
    let (_, summary) = bench.import(&bench.file("page.json", &page), &[]);
    assert_eq!(summary["new"], 1, "{summary}");
    assert_eq!(summary["rejected"], 1, "{summary}");
    let reason = reason(&summary);
    assert!(reason.contains("pstnCallLogRow") && reason.contains("directRoutingLogRow"), "{reason}");
    // The row's own type decides before its page.
    let typed = r##"{"@odata.type":"#microsoft.graph.callRecords.directRoutingLogRow",""##;
    let page = page.replacen(r#"[{""#, &format!("[{typed}"), 1);
    let (finished, summary) = bench.import(&bench.file("page.json", &page), &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(summary["logs"][CALLS]["new"], 1, "{summary}");
}

#[test]
fn arrays_and_files_put_together_hold_rows_of_several_logs() {
    let bench = Bench::new();
    let lines = text_of("two-logs.ndjson");
    let array = format!("[{}]", lines.trim_end().replace('\n', ","));
    let text = format!("\u{feff}{array}\r\n\u{feff}{}\n\u{feff}{}", text_of("two-pages.json"), array);
    // As PowerShell's redirection writes it, with further marks in between.
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let path = bench.folder.path().join("both.json");
    fs::write(&path, utf16).unwrap();
    let (finished, summary) = bench.import(&path, &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    for log in [CALLS, PSTN] {
        assert_eq!(summary["logs"][log]["new"], 2, "{summary}");
        assert_eq!(summary["logs"][log]["unchanged"], 1, "{summary}");
    }
}

#[test]
fn rejected_records_take_a_bounded_part_of_the_disk() {
    const RECORDS: usize = 300_000;
    let bench = Bench::new();
    let path = bench.folder.path().join("broken.ndjson.gz");
    let mut packed = GzEncoder::new(fs::File::create(&path).unwrap(), Compression::best());
    let line = "{\"id\":\"x\",\"callType\":}\n".repeat(1_000);
    for _ in 0..RECORDS / 1_000 {
        packed.write_all(line.as_bytes()).unwrap();
    }
    // A reason that comes late.
    packed.write_all(b"{\"a\":\"x\n").unwrap();
    packed.finish().unwrap();
    let (finished, summary) = bench.import(&path, &["--max-rejects-mib", "1"]);
    assert_eq!(finished.code, Some(3), "{finished:?}");
    assert_eq!(summary["rejected"], RECORDS + 1, "{summary}");
    let file = summary["rejectsFile"].as_str().unwrap();
    assert!(fs::metadata(file).unwrap().len() <= 1024 * 1024);
    let text = fs::read_to_string(file).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (end, records) = lines.split_last().unwrap();
    assert!(records.iter().any(|record| record["reason"] == "a text does not end on its line"), "{end}");
    assert_eq!(end["leftOut"], summary["rejectsLeftOut"]);
    assert_eq!(end["leftOut"], RECORDS + 1 - records.len());
}

#[test]
fn what_was_not_given_is_told() {
    let bench = Bench::new();
    let folder = bench.folder.path().join("saved");
    fs::create_dir(&folder).unwrap();
    for (name, text) in [("calls.json", ""), ("calls.txt", "{}"), (".hidden.txt", "{}"), ("none.json", "[]")]
    {
        fs::write(folder.join(name), text).unwrap();
    }
    let (finished, summary) = bench.import(&folder, &[]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(summary["emptyInputs"], 1, "{summary}");
    assert_eq!(summary["passedOver"], 1, "{summary}");
    let told = bench.told(&folder);
    assert!(told.contains("warning: 1 input is empty: ") && told.contains("calls.json"), "{told}");
    assert!(told.contains("1 file was skipped") && told.contains("calls.txt"), "{told}");

    let call = text_of("two-logs.ndjson").lines().next().unwrap().to_owned();
    let page = format!(r#"{{"value":[{call}],"@odata.nextLink":"https://graph.example/f()?$skip=1000"}}"#);
    let path = bench.file("page.json", &page);
    let (finished, summary) = bench.import(&path, &[]);
    assert_eq!(finished.code, Some(3), "{finished:?}");
    assert_eq!((summary["new"].as_u64(), summary["pagesNotGiven"].as_u64()), (Some(1), Some(1)), "{summary}");
    assert!(bench.told(&path).contains("at least 1 page is missing"));
}

#[test]
fn a_resumed_import_leaves_out_what_was_finished() {
    let counts = |summary: &Value| (summary["rejected"].as_u64(), summary["finishedInputs"].as_u64());
    let bench = Bench::new();
    let folder = bench.folder.path().join("saved");
    fs::create_dir(&folder).unwrap();
    let calls = text_of("two-logs.ndjson");
    fs::write(folder.join("a.ndjson"), format!("{calls}\n{{\"id\":\"x\"}}\n")).unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(calls.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    fs::write(folder.join("b.ndjson.gz"), &packed[..packed.len() - 9]).unwrap();
    let (finished, summary) = bench.import(&folder, &["--resume"]);
    assert_eq!(finished.code, Some(1), "the second file is cut: {finished:?}");
    assert_eq!(counts(&summary), (Some(1), Some(0)), "{summary}");

    fs::write(folder.join("b.ndjson.gz"), &packed).unwrap();
    let (finished, summary) = bench.import(&folder, &["--resume"]);
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert_eq!(counts(&summary), (Some(0), Some(1)), "{summary}");
    assert!(summary["warnings"][0].as_str().unwrap().contains("a.ndjson"), "{summary}");

    // That import is done, so the next one reads all.
    let (finished, summary) = bench.import(&folder, &["--resume"]);
    assert_eq!(finished.code, Some(3), "{finished:?}");
    assert_eq!(counts(&summary), (Some(1), Some(0)), "{summary}");
}

#[test]
fn a_row_may_have_members_of_pages_and_answers() {
    let lines = text_of("two-logs.ndjson");
    let call = lines.lines().next().unwrap().trim_end_matches('}').to_owned();
    for more in [
        r#""value":[]"#,
        r#""responses":[]"#,
        r#""value":[1,2]"#,
        r#""status":200,"body":{"text":"Hello"}"#,
        r#""status":"200","body":"Hello""#,
    ] {
        let bench = Bench::new();
        let (finished, summary) = bench.import(&bench.file("row.json", &format!("[{call},{more}}}]")), &[]);
        assert_eq!(summary["new"], 1, "{more}: {summary}");
        assert_eq!(finished.code, Some(0), "{more}: {finished:?}");
    }
    for text in [
        r#"{"status":"failed","message":"token expired","value":[]}"#.to_owned(),
        format!(r#"{{"value":[{{"a":1}}],{}}}"#, call.trim_start_matches('{')),
    ] {
        let bench = Bench::new();
        let (finished, summary) = bench.import(&bench.file("odd.json", &text), &[]);
        assert_eq!(finished.code, Some(3), "{finished:?}");
        assert!(summary["rejected"].as_u64().unwrap() >= 1, "{summary}");
    }
}
