use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tempfile::TempDir;
use trunklog_odata::Instant;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
use trunklog_records::{TenantId, TimeRange};
use trunklog_store::{Engine, Selection, Store};
use trunklog_store_kit::MemoryEngine;

use super::*;
use crate::pipeline::{Period, RejectFile, RejectOrigin, RejectSink};

fn tenant() -> TenantId {
    "7e570000-0000-4000-8000-000000000001".parse().unwrap()
}

fn origin() -> RejectOrigin {
    RejectOrigin { tenant: tenant(), source: "folder/a".to_owned(), log: None, period: None }
}

fn row(id: &str) -> String {
    format!(r#"{{"id":"{id}","startDateTime":"2026-11-24T08:15:00Z","callType":"ByotIn"}}"#)
}

/// A folder with a file of these records, each rejected as "an old reason".
fn folder_with(records: &[&[u8]]) -> (TempDir, RejectFolder) {
    let folder = tempfile::tempdir().unwrap();
    let now = Instant::parse("2026-11-24T08:15:00Z").unwrap();
    let mut rejects = RejectFile::new(folder.path(), now).with_origin(origin());
    for (line, record) in (1..).zip(records) {
        rejects.reject("a.json", line, "an old reason", record);
    }
    rejects.finish().unwrap();
    let rejected = RejectFolder::new(folder.path());
    (folder, rejected)
}

fn only(folder: &RejectFolder) -> RejectedFile {
    let mut files = folder.files().unwrap();
    assert_eq!(files.len(), 1);
    files.remove(0)
}

fn replay_into(file: &RejectedFile, engine: &MemoryEngine) -> Replayed {
    let store_of = |tenant: TenantId| -> Arc<dyn Store> { engine.tenant(tenant) };
    replay(file, &store_of, &AtomicBool::new(false)).unwrap()
}

fn count(engine: &MemoryEngine) -> u64 {
    let all = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
    engine.tenant(tenant()).count(&all, None).unwrap()
}

#[test]
fn what_files_hold_is_told_without_values() {
    let (_kept, folder) = folder_with(&[b"{\"id\":1}".as_slice(), b"x\xff".as_slice(), b"{}".as_slice()]);
    let file = only(&folder);
    assert_eq!(file.since, Some(Instant::parse("2026-11-24T08:15:00Z").unwrap()));
    let contents = file.contents().unwrap();
    assert_eq!((contents.records, contents.replayable, contents.left_out), (3, 2, 0));
    assert_eq!(contents.reasons.into_iter().collect::<Vec<_>>(), [("an old reason".to_owned(), 3)]);
    assert_eq!(contents.sources.into_iter().collect::<Vec<_>>(), [("folder/a".to_owned(), 3)]);
    let first = file.first(2).unwrap();
    assert_eq!((first.len(), first[0].record.as_str(), first[0].line), (2, "{\"id\":1}", 1));
    assert_eq!(first[0].origin, Some(origin()));
    assert!(!first[1].is_whole);
    assert!(matches!(folder.find("../x"), Err(RejectedError::Missing(_))));
    assert_eq!(folder.find(&file.name).unwrap(), file);
    assert!(RejectFolder::new("/nonexistent/x").files().unwrap().is_empty());
}

#[test]
fn what_is_a_row_now_is_stored_and_leaves_the_file() {
    let good: Vec<String> = (0..2_500).map(|id| row(&id.to_string())).collect();
    let mut records: Vec<&[u8]> = good.iter().map(|row| row.as_bytes()).collect();
    records.insert(1_200, b"{\"id\":\"x\",\"callType\":\"ByotIn\",\"duration\":1}");
    records.push(b"y\xff");
    let (_kept, folder) = folder_with(&records);
    let engine = MemoryEngine::new();
    let replayed = replay_into(&only(&folder), &engine);
    assert_eq!((replayed.rows, replayed.kept), (2_500, 1));
    assert_eq!(
        replayed.rejected.into_iter().collect::<Vec<_>>(),
        [("startDateTime is missing".to_owned(), 1)]
    );
    assert_eq!(count(&engine), 2_500);
    let file = only(&folder);
    let left = file.first(10).unwrap();
    let reasons: Vec<&str> = left.iter().map(|record| record.reason.as_str()).collect();
    assert_eq!(reasons, ["startDateTime is missing", "an old reason"]);
    assert_eq!((left[0].line, left[0].input.as_str()), (1_201, "a.json"));
    assert_eq!(left[0].origin, Some(origin()));
    // Again, nothing changes.
    let again = replay_into(&file, &engine);
    assert_eq!((again.rows, again.kept, count(&engine)), (0, 1, 2_500));
    assert_eq!(only(&folder).first(10).unwrap(), left);
    let others = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(others, 1, "nothing else is left in the folder");
}

#[test]
fn a_file_goes_with_its_last_record() {
    let (_kept, folder) = folder_with(&[row("a").as_bytes(), row("b").as_bytes()]);
    let engine = MemoryEngine::new();
    assert_eq!(replay_into(&only(&folder), &engine).rows, 2);
    assert!(folder.files().unwrap().is_empty());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn records_are_read_as_they_were_meant() {
    let folder = tempfile::tempdir().unwrap();
    let now = Instant::parse("2026-11-24T08:15:00Z").unwrap();
    let of_sms = RejectOrigin { log: Some(&SMS), ..origin() };
    let mut rejects = RejectFile::new(folder.path(), now).with_origin(of_sms);
    let page = format!(
        r#"{{"@odata.context":"https://g/v1.0/$metadata#Collection(microsoft.graph.callRecords.directRoutingLogRow)","value":[{}]}}"#,
        row("a")
    );
    rejects.reject("a.json", 1, "a row of another log", page.as_bytes());
    rejects.finish().unwrap();
    let engine = MemoryEngine::new();
    let replayed = replay_into(&only(&RejectFolder::new(folder.path())), &engine);
    assert_eq!((replayed.rows, count(&engine)), (0, 0));
    assert!(replayed.rejected.keys().all(|reason| reason.contains("not of sms")), "{:?}", replayed.rejected);
}

#[test]
fn a_file_that_is_written_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let now = Instant::parse("2026-11-24T08:15:00Z").unwrap();
    let mut rejects = RejectFile::new(folder.path(), now).with_origin(origin());
    rejects.reject("a.json", 1, "a reason", row("a").as_bytes());
    rejects.settle().unwrap();
    let rejected = RejectFolder::new(folder.path());
    let file = only(&rejected);
    assert!(matches!(file.remove(), Err(RejectedError::InUse(_))));
    let engine = MemoryEngine::new();
    let store_of = |tenant: TenantId| -> Arc<dyn Store> { engine.tenant(tenant) };
    let outcome = replay(&file, &store_of, &AtomicBool::new(false));
    assert!(matches!(outcome, Err(ReplayError::File(RejectedError::InUse(_)))));
    rejects.finish().unwrap();
    assert_eq!(replay_into(&file, &engine).rows, 1);
}

#[test]
fn old_files_are_dropped() {
    let (_kept, folder) = folder_with(&[b"{}".as_slice()]);
    let at = |text: &str| Instant::parse(text).unwrap();
    assert_eq!(folder.drop_older(at("2026-11-24T08:15:00Z")).unwrap(), 0);
    assert_eq!(folder.drop_older(at("2026-11-24T08:15:01Z")).unwrap(), 1);
    assert!(folder.files().unwrap().is_empty());
}

#[test]
fn what_stops_leaves_the_rest_as_it_was() {
    let (_kept, folder) = folder_with(&[row("a").as_bytes(), row("b").as_bytes()]);
    let engine = MemoryEngine::new();
    let store_of = |tenant: TenantId| -> Arc<dyn Store> { engine.tenant(tenant) };
    let replayed = replay(&only(&folder), &store_of, &AtomicBool::new(true)).unwrap();
    assert!(replayed.interrupted && replayed.rows == 0 && replayed.kept == 0);
    assert_eq!(only(&folder).contents().unwrap().records, 2);
}

#[test]
fn single_records_can_be_removed() {
    let records: [&[u8]; 3] = [b"{\"a\":1}", b"{\"b\":2}", b"{\"a\":3}"];
    let (kept, folder) = folder_with(&records);
    let file = only(&folder);
    // What a crash left of another change.
    let left = kept.path().join(format!("{}.rest", file.name));
    fs::write(&left, "{\"a\":0}").unwrap();
    let has = |text: &'static str| {
        move |of: Option<TenantId>, line: &[u8]| {
            assert_eq!(of, Some(tenant()));
            String::from_utf8_lossy(line).contains(text)
        }
    };
    let (a, b, c) = (has("\\\"a\\\""), has("\\\"b\\\""), has("\\\"c\\\""));
    assert_eq!((file.count(&a).unwrap(), file.count(&c).unwrap()), (2, 0));
    let before = fs::read(file.path()).unwrap();
    assert_eq!(file.remove_lines(&c).unwrap(), 0);
    assert_eq!(fs::read(file.path()).unwrap(), before);
    assert!(!left.exists());
    assert_eq!(file.remove_lines(&a).unwrap(), 2);
    let records = file.first(9).unwrap();
    assert_eq!((records.len(), records[0].line, records[0].record.as_str()), (1, 2, "{\"b\":2}"));
    assert_eq!(file.remove_lines(&b).unwrap(), 1);
    assert!(folder.files().unwrap().is_empty() && !left.exists());
    assert!(matches!(file.remove_lines(&b), Err(RejectedError::Missing(_))));
}

#[test]
fn records_of_a_file_that_is_written_stay() {
    let folder = tempfile::tempdir().unwrap();
    let now = Instant::parse("2026-11-24T08:15:00Z").unwrap();
    let mut rejects = RejectFile::new(folder.path(), now).with_origin(origin());
    rejects.reject("a.json", 1, "reason", b"{}");
    rejects.settle().unwrap();
    let file = only(&RejectFolder::new(folder.path()));
    let all = |_: Option<TenantId>, _: &[u8]| true;
    assert!(matches!(file.count(&all), Err(RejectedError::InUse(_))));
    assert!(matches!(file.remove_lines(&all), Err(RejectedError::InUse(_))));
    rejects.finish().unwrap();
    assert_eq!(file.remove_lines(&all).unwrap(), 1);
}

#[test]
fn what_is_expected_of_records_is_noted_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let now = Instant::parse("2026-11-24T08:15:00Z").unwrap();
    let mut rejects = RejectFile::new(folder.path(), now).with_origin(origin());
    rejects.reject("a", 1, "reason", b"{}");
    let period = Period::new(now, None);
    rejects.expect(Some(&SMS), period);
    rejects.reject("b", 1, "reason", b"{}");
    rejects.finish().unwrap();
    let records = only(&RejectFolder::new(folder.path())).first(9).unwrap();
    let of: Vec<_> = records.into_iter().filter_map(|record| record.origin).collect();
    assert_eq!(of, [origin(), RejectOrigin { log: Some(&SMS), period, ..origin() }]);
    // Without an origin, nothing is said of it.
    let mut without = RejectFile::new(folder.path().join("other"), now);
    without.expect(Some(&SMS), period);
    without.reject("a", 1, "reason", b"{}");
    without.finish().unwrap();
    let other = RejectFolder::new(folder.path().join("other"));
    assert_eq!(only(&other).first(1).unwrap()[0].origin, None);
}
