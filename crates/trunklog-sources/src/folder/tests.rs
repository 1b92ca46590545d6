use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;
use trunklog_ledger::{StoreLedger, status};
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_records::{Rows, TenantId, TimeRange};
use trunklog_store::{Engine, ScanQuery, Selection};
use trunklog_store_kit::MemoryEngine;

use super::*;

mod packed;
mod told;

const QUIET: u64 = 60;

/// A folder, a store and a clock.
struct Bench {
    folder: TempDir,
    rejects: TempDir,
    engine: Arc<dyn Engine>,
    settings: FolderSettings,
    elapsed: u64,
}

fn tenant() -> TenantId {
    "7e570000-0000-4000-8000-000000000001".parse().unwrap()
}

fn row(id: &str) -> String {
    format!(r#"{{"id":"{id}","startDateTime":"2026-11-24T08:15:00Z","callType":"ByotIn"}}"#) + "\n"
}

impl Bench {
    fn new() -> Bench {
        Bench::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut FolderSettings)) -> Bench {
        let [folder, rejects] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let mut settings = FolderSettings {
            source: "folder/a".parse().unwrap(),
            path: folder.path().to_owned(),
            tenant: tenant(),
            log: None,
            patterns: Patterns::default(),
            poll: Duration::from_secs(10),
            quiet: Duration::from_secs(QUIET),
            marker: None,
            done_kept: None,
            every: None,
        };
        change(&mut settings);
        Bench { folder, rejects, engine: Arc::new(MemoryEngine::new()), settings, elapsed: 0 }
    }

    fn watcher(&self) -> Watcher {
        let ledger = Arc::new(StoreLedger::new(Arc::clone(&self.engine)));
        Watcher::open(self.settings.clone(), &self.engine, ledger, self.rejects.path().to_owned()).unwrap()
    }

    /// Looks at the folder when so many seconds more have passed.
    fn pass(&mut self, watcher: &mut Watcher, secs: u64) -> Pass {
        self.elapsed += secs;
        let noon = Instant::parse("2026-11-24T12:00:00Z").unwrap();
        let passed = i64::try_from(self.elapsed).unwrap() * Instant::TICKS_PER_SEC;
        let now = noon.saturating_add_ticks(passed);
        let moment = Moment { now, elapsed: Duration::from_secs(self.elapsed) };
        watcher.pass(moment, &AtomicBool::new(false)).unwrap()
    }

    /// Looks at it twice, so that what is there is complete.
    fn settle(&mut self, watcher: &mut Watcher) -> Pass {
        let first = self.pass(watcher, 1);
        assert!(first.files.is_empty(), "{first:?}");
        self.pass(watcher, QUIET)
    }

    fn put(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn ids(&self) -> BTreeSet<String> {
        let selection = Selection::all(&DIRECT_ROUTING_CALLS, TimeRange::ALL);
        let query = ScanQuery { selection, skip: 0, limit: None, watermark: None };
        let mut ids = BTreeSet::new();
        let store = self.engine.tenant(tenant());
        store
            .scan(&query, &mut |rows: Rows| {
                ids.extend((0..rows.len()).map(|at| rows.id(at).to_owned()));
                ControlFlow::Continue(())
            })
            .unwrap();
        ids
    }

    fn names(&self, within: &str) -> Vec<String> {
        names(&self.folder.path().join(within))
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn ids(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn a_file_is_taken_when_it_is_quiet_and_reported() {
    let mut bench = Bench::new();
    let mut watcher = bench.watcher();
    bench.put("a.ndjson", row("1") + &row("2"));
    bench.put("b.ndjson.tmp", row("3"));
    let pass = bench.pass(&mut watcher, 0);
    assert_eq!((pass.files.len(), pass.waiting), (0, 1));
    assert!(bench.pass(&mut watcher, QUIET - 1).files.is_empty());
    let pass = bench.pass(&mut watcher, 1);
    assert_eq!(pass.files.len(), 1);
    let report = &pass.files[0];
    assert_eq!((report.outcome, report.new, report.file.as_str()), (Outcome::Stored, 2, "a.ndjson"));
    assert_eq!(bench.ids(), ids(&["1", "2"]));
    assert_eq!(bench.names("done"), ["a.ndjson", "a.ndjson.report.json", "a.ndjson.report.txt"]);
    assert!(bench.names("working").is_empty());
    let written = fs::read(bench.folder.path().join("done/a.ndjson.report.json")).unwrap();
    let written: FileReport = serde_json::from_slice(&written).unwrap();
    assert_eq!(written, *report);
    let text = fs::read_to_string(bench.folder.path().join("done/a.ndjson.report.txt")).unwrap();
    assert!(text.starts_with("a.ndjson: stored\n"), "{text}");
    assert!(text.contains("  directRoutingCalls: 2 new, 0 updated, 0 duplicate"), "{text}");
}

#[test]
fn the_same_content_is_read_once_whatever_it_is_called() {
    let mut bench = Bench::new();
    let mut watcher = bench.watcher();
    bench.put("a.ndjson", row("1"));
    assert_eq!(bench.settle(&mut watcher).files[0].outcome, Outcome::Stored);
    bench.put("b.ndjson", row("1"));
    bench.put("a.ndjson", row("1"));
    // Another process, which knows what the store does.
    let mut watcher = bench.watcher();
    let pass = bench.settle(&mut watcher);
    assert!(pass.files.iter().all(|file| file.outcome == Outcome::ReadBefore), "{pass:?}");
    assert_eq!(pass.files.len(), 2);
    assert!(bench.names("done").contains(&"a-2.ndjson".to_owned()));
    assert!(bench.names("").iter().all(|name| name == "done" || name == "working"));
}

#[test]
fn a_marker_says_when_a_file_is_complete_and_how_much_is_in_it() {
    let mut bench = Bench::with(|settings| settings.marker = Some(".FIN".to_owned()));
    let mut watcher = bench.watcher();
    bench.put("a.ndjson", row("1") + &row("2"));
    bench.put("b.ndjson", row("3"));
    bench.put("a.ndjson.FIN", "3\n");
    let pass = bench.pass(&mut watcher, 0);
    assert_eq!((pass.files.len(), pass.waiting), (1, 1));
    let report = &pass.files[0];
    assert_eq!((report.outcome, report.expected, report.missing()), (Outcome::StoredInPart, Some(3), 1));
    assert!(report.text().contains("1 records are missing: its marker says it has 3"), "{}", report.text());
    assert!(bench.names("done").contains(&"a.ndjson.FIN".to_owned()));
    assert!(bench.pass(&mut watcher, 99_999).files.is_empty(), "the other has no marker");
    bench.put("b.ndjson.FIN", "");
    assert_eq!(bench.pass(&mut watcher, 0).files[0].outcome, Outcome::Stored);
    assert_eq!(bench.ids(), ids(&["1", "2", "3"]));
    let sources = status::of_tenant(bench.engine.as_ref(), tenant(), &[], Instant::MAX, 1).unwrap();
    let total = sources[0].total;
    assert_eq!((total.deliveries, total.received, total.new, total.missing()), (2, 3, 3, 1));
}

#[test]
fn what_cannot_be_used_fails_and_what_can_be_is_stored() {
    let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
    let mut watcher = bench.watcher();
    let packed = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let rows: String = (100..400).map(|id| row(&id.to_string())).collect();
        encoder.write_all(rows.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    bench.put("cut.gz", &packed[..packed.len() - 20]);
    bench.put("mixed.ndjson", row("1") + "{\"id\":\"x\",\"callType\":\"ByotIn\"}\n");
    bench.put("strange.txt", "what is this?");
    let pass = bench.pass(&mut watcher, 0);
    let told: Vec<(&str, Outcome)> =
        pass.files.iter().map(|file| (file.file.as_str(), file.outcome)).collect();
    assert_eq!(
        told,
        [
            ("cut.gz", Outcome::Failed),
            ("mixed.ndjson", Outcome::StoredInPart),
            ("strange.txt", Outcome::Failed)
        ]
    );
    assert!(pass.files[0].reason.as_ref().unwrap().contains("cannot be read to its end"), "{pass:?}");
    assert!(pass.files[2].reason.as_ref().unwrap().starts_with("nothing of it could be used: "), "{pass:?}");
    assert_eq!(pass.files[1].rejected, 1);
    let rejects = pass.files[1].rejects_file.clone().unwrap();
    let line = fs::read_to_string(bench.rejects.path().join(rejects)).unwrap();
    assert!(line.contains("\"file\":\"mixed.ndjson\"") && line.contains("\"source\":\"folder/a\""), "{line}");
    assert!(bench.ids().contains("1"));
    assert_eq!(bench.names("failed").len(), 6);
    // Nothing is kept of where reading stopped.
    assert!(bench.engine.states("position/").unwrap().is_empty());
    // What failed is tried again when it is put there again.
    bench.put("again.gz", &packed);
    assert_eq!(bench.pass(&mut watcher, 1).files[0].outcome, Outcome::Stored);
    assert_eq!(bench.ids().len(), 301);
}

#[test]
fn what_is_no_file_is_left_and_said() {
    let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
    let mut watcher = bench.watcher();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("secret"), row("1")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path().join("secret"), bench.folder.path().join("a.ndjson"))
        .unwrap();
    fs::create_dir(bench.folder.path().join("b.ndjson")).unwrap();
    let pass = bench.pass(&mut watcher, 0);
    assert!(pass.files.is_empty());
    assert_eq!(pass.problems.len(), 1);
    assert_eq!(pass.problems[0].file.as_deref(), Some("a.ndjson"));
    assert!(pass.problems[0].what.contains("not followed"), "{pass:?}");
    assert!(bench.ids().is_empty());
    assert_eq!(bench.names(""), ["a.ndjson", "b.ndjson"]);
}

#[test]
fn a_folder_that_is_not_there_is_said_and_not_made() {
    let mut bench = Bench::new();
    let mut watcher = bench.watcher();
    let path = bench.folder.path().join("share");
    bench.settings.path.clone_from(&path);
    let mut elsewhere = bench.watcher();
    let moment = Moment { now: Instant::ABSENT, elapsed: Duration::ZERO };
    let error = elsewhere.pass(moment, &AtomicBool::new(false)).unwrap_err();
    assert!(matches!(error, WatchError::Folder { .. }), "{error}");
    assert!(!path.exists());
    bench.pass(&mut watcher, 0);
}

#[test]
fn what_a_crash_left_is_taken_up_again() {
    let mut bench = Bench::new();
    let working = bench.settings.working();
    fs::create_dir(&working).unwrap();
    // It was claimed, and nothing more.
    fs::write(working.join("a.ndjson"), row("1")).unwrap();
    let mut watcher = bench.watcher();
    let pass = bench.pass(&mut watcher, 0);
    assert_eq!((pass.files[0].outcome, bench.ids()), (Outcome::Stored, ids(&["1"])));
    // It was read, noted and reported, and not moved.
    let done = bench.settings.done();
    for end in ["", ".report.json", ".report.txt"] {
        fs::rename(done.join(format!("a.ndjson{end}")), working.join(format!("a.ndjson{end}"))).unwrap();
    }
    let mut watcher = bench.watcher();
    let again = bench.pass(&mut watcher, 1);
    assert_eq!(again.files, pass.files, "what it had said stays");
    // The file was moved, and its reports were not.
    for end in [".report.json", ".report.txt"] {
        fs::rename(done.join(format!("a.ndjson{end}")), working.join(format!("a.ndjson{end}"))).unwrap();
    }
    let mut watcher = bench.watcher();
    assert!(bench.pass(&mut watcher, 1).files.is_empty());
    assert_eq!(bench.names("done"), ["a.ndjson", "a.ndjson.report.json", "a.ndjson.report.txt"]);
    assert!(bench.names("working").is_empty());
    let sources = status::of_tenant(bench.engine.as_ref(), tenant(), &[], Instant::MAX, 1).unwrap();
    assert_eq!(sources[0].total.deliveries, 1, "it came once");
}

#[test]
fn a_file_whose_writer_goes_on_is_read_again() {
    let mut bench = Bench::new();
    let mut watcher = bench.watcher();
    bench.put("a.ndjson", row("1"));
    let mut writer = OpenOptions::new().append(true).open(bench.folder.path().join("a.ndjson")).unwrap();
    assert_eq!(bench.settle(&mut watcher).files.len(), 1);
    writer.write_all(row("2").as_bytes()).unwrap();
    drop(writer);
    let pass = bench.pass(&mut watcher, 1);
    assert!(pass.problems[0].what.contains("written to after"), "{pass:?}");
    let pass = bench.pass(&mut watcher, QUIET);
    assert_eq!((pass.files[0].new, pass.files[0].unchanged), (1, 1));
    assert_eq!(bench.ids(), ids(&["1", "2"]));
}

#[test]
fn a_name_that_leaves_no_room_for_those_of_its_reports_is_told() {
    let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
    let mut watcher = bench.watcher();
    let name = format!("{}.json", "n".repeat(240));
    bench.put(&name, row("1"));
    let pass = bench.pass(&mut watcher, 1);
    assert!(pass.problems[0].what.contains("too long") && pass.files.is_empty(), "{pass:?}");
    assert_eq!(bench.names(""), [name], "it stays as it is");
}

#[test]
fn rows_of_a_time_that_was_complete_are_late() {
    let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
    let mut watcher = bench.watcher();
    let at = |id: &str, time: &str| row(id).replace("2026-11-24T08:15:00Z", time);
    bench.put("a", at("1", "2026-11-24T08:15:00Z"));
    assert_eq!(bench.pass(&mut watcher, 1).files[0].late, 0);
    bench.put("b", at("2", "2026-11-24T07:15:00Z") + &at("3", "2026-11-24T09:15:00Z"));
    assert_eq!(bench.pass(&mut watcher, 1).files[0].late, 1);
    let log = &DIRECT_ROUTING_CALLS;
    let expected = [bench.settings.expected()];
    let until = status::complete_until(bench.engine.as_ref(), tenant(), log, &expected).unwrap();
    assert_eq!(until, Some(Instant::parse("2026-11-24T09:15:00Z").unwrap()));
}

/// A device whose clock is wrong must not make all complete for years, and all late.
#[test]
fn a_row_of_a_time_to_come_says_nothing_of_what_is_complete() {
    let mut bench = Bench::with(|settings| settings.quiet = Duration::ZERO);
    let mut watcher = bench.watcher();
    let at = |id: &str, time: &str| row(id).replace("2026-11-24T08:15:00Z", time);
    bench.put("a", at("1", "2031-03-21T08:00:00Z"));
    let pass = bench.pass(&mut watcher, 1);
    assert_eq!(pass.files[0].new, 1, "it is stored");
    assert!(pass.files[0].warnings[0].contains("of a time to come"), "{pass:?}");
    let log = &DIRECT_ROUTING_CALLS;
    let expected = [bench.settings.expected()];
    let until = || status::complete_until(bench.engine.as_ref(), tenant(), log, &expected).unwrap();
    assert_eq!(until(), None);
    bench.put("b", at("2", "2026-11-24T08:15:00Z") + &at("3", "2031-03-21T08:00:00Z"));
    let elapsed = bench.elapsed + 1;
    let now = Instant::parse("2026-11-24T12:00:00Z").unwrap();
    let moment = Moment { now, elapsed: Duration::from_secs(elapsed) };
    let pass = watcher.pass(moment, &AtomicBool::new(false)).unwrap();
    assert_eq!((pass.files[0].new, pass.files[0].late), (2, 0), "{pass:?}");
    assert_eq!(until(), Some(Instant::parse("2026-11-24T08:15:00Z").unwrap()));
}

#[test]
fn old_files_go_after_their_time() {
    let bench = Bench::with(|settings| {
        settings.quiet = Duration::ZERO;
        settings.done_kept = Some(Duration::ZERO);
    });
    bench.put("a", row("1"));
    let mut watcher = bench.watcher();
    // Before and after all that the disk's clock may say.
    for (now, hours, deleted) in [(Instant::ABSENT, 0, 0), (Instant::ABSENT, 2, 0), (Instant::MAX, 4, 1)] {
        let moment = Moment { now, elapsed: Duration::from_hours(hours) };
        assert_eq!(watcher.pass(moment, &AtomicBool::new(false)).unwrap().deleted, deleted);
    }
    assert!(bench.names("done").is_empty());
    assert_eq!(bench.ids(), ids(&["1"]));
}

/// What happens to the folder.
#[derive(Debug, Clone)]
enum Step {
    /// A writer appends a row to a file of that number, by its name.
    Append(u8),
    /// One that keeps its file open does.
    Write(u8),
    /// A whole file is renamed into the folder.
    RenameIn(u8),
    /// A copy of the last such file comes under another name.
    CopyIn(u8),
    /// Somebody takes a file away and puts it back under another name.
    Rename(u8),
    /// So much time passes, and the folder is looked at.
    Pass(u8),
    /// The process ends and another starts.
    Restart,
}

fn step(with_open_files: bool) -> impl Strategy<Value = Step> {
    let number = 0_u8..3;
    let second = if with_open_files {
        number.clone().prop_map(Step::Write).boxed()
    } else {
        Just(Step::Restart).boxed()
    };
    prop_oneof![
        3 => number.clone().prop_map(Step::Append),
        3 => second,
        1 => number.clone().prop_map(Step::RenameIn),
        1 => number.clone().prop_map(Step::CopyIn),
        1 => number.prop_map(Step::Rename),
        6 => (0_u8..90).prop_map(Step::Pass),
    ]
}

/// Whatever writers do, all rows are stored, each content is read once, and no file
/// is left.
fn whatever_writers_do(steps: &[Step]) {
    let mut bench = Bench::new();
    let mut watcher = bench.watcher();
    let path = |name: String| bench.folder.path().join(name);
    let paths: Vec<_> = (0_u8..3).map(|number| path(format!("grown-{number}.ndjson"))).collect();
    let open_paths: Vec<_> = (0_u8..3).map(|number| path(format!("open-{number}.ndjson"))).collect();
    let folder = bench.folder.path().to_owned();
    let mut writers: Vec<Option<fs::File>> = (0..3).map(|_| None).collect();
    let mut written = BTreeSet::new();
    let mut reports: Vec<FileReport> = Vec::new();
    let mut whole = String::new();
    for (number, step) in steps.iter().enumerate() {
        let id = format!("r{number}");
        match step {
            Step::Append(file) => {
                let mut options = OpenOptions::new();
                let mut writer = options.create(true).append(true).open(&paths[usize::from(*file)]).unwrap();
                writer.write_all(row(&id).as_bytes()).unwrap();
                written.insert(id);
            }
            Step::Write(file) => {
                let at = usize::from(*file);
                let writer = writers[at].get_or_insert_with(|| {
                    OpenOptions::new().create(true).append(true).open(&open_paths[at]).unwrap()
                });
                writer.write_all(row(&id).as_bytes()).unwrap();
                written.insert(id);
            }
            Step::RenameIn(file) => {
                whole = row(&id) + &row(&format!("{id}b"));
                let hidden = folder.join(".new");
                fs::write(&hidden, &whole).unwrap();
                fs::rename(hidden, folder.join(format!("whole-{file}-{number}.ndjson"))).unwrap();
                written.extend([format!("{id}b"), id]);
            }
            Step::CopyIn(file) if !whole.is_empty() => {
                fs::write(folder.join(format!("copy-{file}-{number}.ndjson")), &whole).unwrap();
            }
            Step::CopyIn(_) => {}
            Step::Rename(file) => {
                // It may have been taken by now.
                let _ = fs::rename(&paths[usize::from(*file)], folder.join(format!("moved-{number}.ndjson")));
            }
            Step::Pass(secs) => reports.extend(bench.pass(&mut watcher, u64::from(*secs)).files),
            Step::Restart => watcher = bench.watcher(),
        }
    }
    drop(writers);
    for _ in 0..4 {
        reports.extend(bench.pass(&mut watcher, QUIET).files);
    }
    assert_eq!(bench.ids(), written);
    let left: Vec<String> = bench.names("").into_iter().filter(|name| name.contains(".ndjson")).collect();
    assert!(left.is_empty() && bench.names("working").is_empty(), "{left:?}");
    let read: Vec<&str> = reports
        .iter()
        .filter(|report| report.outcome != Outcome::ReadBefore)
        .map(|report| report.content.as_str())
        .collect();
    let contents: BTreeSet<&str> = read.iter().copied().collect();
    assert_eq!(read.len(), contents.len(), "a content was read twice");
    let is_of_file = |name: &&String| !name.contains(".report.");
    let done = bench.names("done");
    assert_eq!(done.iter().filter(is_of_file).count() * 3, done.len(), "each has its reports: {done:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn writers_by_name_and_restarts_lose_nothing(steps in proptest::collection::vec(step(false), 0..32)) {
        whatever_writers_do(&steps);
    }

    #[test]
    fn writers_that_keep_files_open_lose_nothing(steps in proptest::collection::vec(step(true), 0..32)) {
        whatever_writers_do(&steps);
    }
}
