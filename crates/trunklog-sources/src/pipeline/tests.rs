mod logs;
mod resuming;

use std::collections::{HashMap, VecDeque};
use std::io::{self, Cursor, Read};
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use trunklog_odata::{Instant, Version};
use trunklog_records::json::RowEncoder;
use trunklog_records::schema::{DIRECT_ROUTING_CALLS, PSTN_CALLS, PSTN_ONLINE_MEETING_DIALOUT};
use trunklog_records::{Log, Rows, TimeRange};
use trunklog_store::{AppendCounts, Error, ErrorKind, OldRows, Page, PageQuery, Selection, Watermark};

use super::*;
use crate::input::Input;

/// A store in memory that fails when told to.
#[derive(Default)]
struct Memory {
    rows: Mutex<HashMap<(&'static str, String), Vec<u8>>>,
    batches: Mutex<Vec<usize>>,
    /// What the next appends end with; None is success.
    failures: Mutex<VecDeque<Option<ErrorKind>>>,
}

impl Store for Memory {
    trunklog_store_kit::only_pages!();

    fn append(&self, rows: &Rows) -> trunklog_store::Result<AppendCounts> {
        if let Some(Some(kind)) = self.failures.lock().unwrap().pop_front() {
            return Err(Error::new(kind, "told to fail"));
        }
        let encoder = RowEncoder::new(rows.log(), Version::Beta);
        let bound = encoder.bind(rows);
        let mut stored = self.rows.lock().unwrap();
        let mut appended = AppendCounts::default();
        for row in 0..rows.len() {
            let mut json = Vec::new();
            bound.write(row, &mut json);
            match stored.insert((rows.log().name, rows.id(row).to_owned()), json.clone()) {
                None => appended.new += 1,
                Some(before) if before == json => appended.unchanged += 1,
                Some(_) => appended.updated += 1,
            }
        }
        self.batches.lock().unwrap().push(rows.len());
        Ok(appended)
    }

    fn page(&self, _: &PageQuery) -> trunklog_store::Result<Page> {
        Err(Error::new(ErrorKind::Other, "rows are not read back here"))
    }

    fn count(&self, selection: &Selection, _: Option<Watermark>) -> trunklog_store::Result<u64> {
        let rows = self.rows.lock().unwrap();
        Ok(u64::try_from(rows.keys().filter(|(name, _)| *name == selection.log.name).count()).unwrap())
    }

    fn forget(&self, _: &'static Log, _: Instant) -> trunklog_store::Result<u64> {
        Err(Error::new(ErrorKind::Other, "an import deletes nothing"))
    }

    fn forgettable(&self, _: &'static Log, _: Instant) -> trunklog_store::Result<OldRows> {
        Ok(OldRows::default())
    }
}

impl Memory {
    fn failing(failures: &[Option<ErrorKind>]) -> Memory {
        Memory { failures: Mutex::new(failures.iter().copied().collect()), ..Memory::default() }
    }

    fn count_of(&self, log: &'static Log) -> u64 {
        self.count(&Selection::all(log, TimeRange::ALL), None).unwrap()
    }
}

#[derive(Default)]
struct RejectList(Vec<String>);

impl RejectSink for RejectList {
    fn reject(&mut self, input: &str, line: u64, reason: &str, record: &[u8]) {
        self.0.push(format!("{input}:{line}: {reason}: {}", String::from_utf8_lossy(record)));
    }
}

fn row(id: u64) -> String {
    format!(r#"{{"id":"{id}","startDateTime":"2026-11-24T08:15:00Z","callType":"ByotIn"}}"#)
}

fn rows(ids: std::ops::Range<u64>) -> String {
    ids.map(|id| row(id) + "\n").collect()
}

fn input(name: &str, text: impl Into<Vec<u8>>) -> Result<Input, InputError> {
    Input::new(name, Cursor::new(text.into()))
}

fn import(batch_rows: usize) -> Import {
    Import { batch_rows, retry_pauses: vec![Duration::ZERO; 5], ..Import::default() }
}

fn run(
    import: &Import,
    inputs: Vec<Result<Input, InputError>>,
    store: &Memory,
) -> (Result<Summary, ImportError>, Vec<String>) {
    let mut rejects = RejectList::default();
    let outcome = import.run_inputs(inputs, store, &mut rejects, &Silent, &AtomicBool::new(false));
    (outcome, rejects.0)
}

#[test]
fn all_rows_arrive_in_batches() {
    let store = Memory::default();
    let inputs = vec![input("a", rows(0..25)), input("b", rows(20..30))];
    let (outcome, rejected) = run(&import(10), inputs, &store);
    let summary = outcome.unwrap();
    assert_eq!((summary.files, summary.rows), (2, 35));
    assert_eq!(summary.appended, AppendCounts { new: 30, unchanged: 5, ..AppendCounts::default() });
    assert_eq!(summary.bytes, u64::try_from(rows(0..25).len() + rows(20..30).len()).unwrap());
    assert!(!summary.interrupted && summary.warnings.is_empty() && rejected.is_empty());
    assert_eq!(*store.batches.lock().unwrap(), [10, 10, 10, 5]);
}

#[test]
fn batches_are_limited_by_their_text_too() {
    let store = Memory::default();
    let import = Import { batch_bytes: 3 * 8, ..import(1_000) };
    run(&import, vec![input("a", rows(0..9))], &store).0.unwrap();
    assert!(store.batches.lock().unwrap().iter().all(|rows| *rows <= 4));
    assert_eq!(store.count_of(&DIRECT_ROUTING_CALLS), 9);
}

#[test]
fn records_that_are_no_rows_are_rejected_with_a_reason() {
    let store = Memory::default();
    let [x, y] = ["x", "y"].map(|id| format!(r#"{{"id":"{id}","callType":"ByotIn"}}"#));
    let text = format!("{}\n{x}\n{{\"id\":\n{{\"id\":}}\n{}\n{y}", row(1), row(2));
    let (outcome, rejected) = run(&import(10), vec![input("a", text)], &store);
    let summary = outcome.unwrap();
    assert_eq!((summary.rows, summary.appended.new, summary.rejected_total()), (2, 2, 4));
    assert_eq!(
        summary.rejected.counts().collect::<Vec<_>>(),
        [("not valid JSON", 1), ("startDateTime is missing", 2), ("the brackets do not match", 1)]
    );
    assert_eq!(
        rejected,
        [
            "a:2: startDateTime is missing: {\"id\":\"x\",\"callType\":\"ByotIn\"}",
            "a:3: the brackets do not match: {\"id\":",
            "a:4: not valid JSON: {\"id\":}",
            "a:6: startDateTime is missing: {\"id\":\"y\",\"callType\":\"ByotIn\"}",
        ]
    );
}

#[test]
fn each_input_says_which_log_it_belongs_to() {
    let store = Memory::default();
    let pstn = r#"[{"id":"p","callId":"1","startDateTime":"2026-11-24T08:15:00Z","charge":0.10}]"#;
    let inputs = vec![input("a", rows(0..3)), input("b", pstn), input("c", rows(3..5))];
    let summary = run(&import(10), inputs, &store).0.unwrap();
    assert_eq!(summary.appended.new, 6);
    assert_eq!(store.count_of(&PSTN_CALLS), 1);
    assert_eq!(store.count_of(&DIRECT_ROUTING_CALLS), 5);
}

#[test]
fn rows_of_another_log_are_rejected() {
    let store = Memory::default();
    let text = format!(
        r#"{{"@odata.context":"https://g/v1.0/$metadata#Collection(microsoft.graph.callRecords.pstnCallLogRow)","value":[{}]}}"#,
        row(1)
    );
    let import = Import { log: Some(&DIRECT_ROUTING_CALLS), ..import(10) };
    let (outcome, rejected) = run(&import, vec![input("a", text)], &store);
    assert_eq!(outcome.unwrap().rows, 0);
    assert!(
        rejected[0].starts_with(
            "a:1: a row of pstnCalls, not of directRoutingCalls: import it with --log pstnCalls"
        )
    );
}

#[test]
fn rows_that_sum_up_a_period_need_its_begin() {
    let row = r#"{"userId":"u","usageLocation":"DE","currency":"EUR","totalCalls":3,"totalCallSeconds":60}"#;
    let [october, november] = [10, 11].map(|month| Instant::from_date(2026, month, 1).unwrap());
    let store = Memory::default();
    let (outcome, rejected) = run(&import(10), vec![input("a", row)], &store);
    assert_eq!(outcome.unwrap().rows, 0);
    assert!(
        rejected[0].starts_with("a:1: rows of pstnOnlineMeetingDialout have no time themselves")
            && rejected[0].contains("--period-start"),
        "{}",
        rejected[0]
    );
    let import = Import { period: Period::new(october, Some(november)), ..import(10) };
    let inputs = || vec![input("a", row), input("b", r#"{"id":"x","callType":"ByotIn","duration":1}"#)];
    let (outcome, rejected) = run(&import, inputs(), &store);
    let summary = outcome.unwrap();
    assert_eq!(summary.appended.new, 1);
    assert!(summary.warnings.is_empty(), "{:?}", summary.warnings);
    // A call without its time is not a row all the same.
    assert_eq!(rejected.len(), 1);
    assert!(rejected[0].starts_with("b:1: startDateTime is missing"), "{}", rejected[0]);
    assert_eq!(run(&import, inputs(), &store).0.unwrap().appended.unchanged, 1);
    assert_eq!(store.count_of(&PSTN_ONLINE_MEETING_DIALOUT), 1);
    // A row that says itself when its period started has to fit the end.
    let late = row.replace('}', r#","periodStartDateTime":"2026-12-01T00:00:00Z"}"#);
    let (_, rejected) = run(&import, vec![input("a", late)], &store);
    assert!(rejected[0].starts_with("a:1: periodEndDateTime: expected"), "{}", rejected[0]);
}

#[test]
fn a_period_without_an_end_is_warned_of_where_rows_got_it() {
    let october = Instant::from_date(2026, 10, 1).unwrap();
    let row = |user: u32| format!(r#"{{"userId":"{user}","usageLocation":"DE","totalCalls":3}}"#);
    let store = Memory::default();
    let import = Import { period: Period::new(october, None), ..import(2) };
    let lines: String = (0..5).map(|user| row(user) + "\n").collect();
    let inputs = vec![input("a", lines), input("b", rows(0..3))];
    let summary = run(&import, inputs, &store).0.unwrap();
    assert_eq!(summary.appended.new, 8);
    assert_eq!(summary.warnings.len(), 1);
    for part in ["pstnOnlineMeetingDialout", "pstnCalls to sum up", "2026-10-01T00:00:00Z", "--period-end"] {
        assert!(summary.warnings[0].contains(part), "{part} in {}", summary.warnings[0]);
    }
    let summary = run(&import, vec![input("b", rows(0..3))], &store).0.unwrap();
    assert!(summary.warnings.is_empty(), "{:?}", summary.warnings);
}

#[test]
fn periods_end_behind_their_start() {
    let [october, november] = [10, 11].map(|month| Instant::from_date(2026, month, 1).unwrap());
    assert!(Period::new(october, Some(november)).is_some());
    assert_eq!(Period::new(october, Some(october)), None);
    assert_eq!(Period::new(november, Some(october)), None);
}

#[test]
fn missing_pages_are_warned_of() {
    let page = |link: &str| format!(r#"{{"value":[{}],"@odata.nextLink":"https://g/f()?{link}"}}"#, row(1));
    let store = Memory::default();
    let inputs = vec![input("1.json", page("$skip=1000")), input("2.json", page("$skip=2000"))];
    let summary = run(&import(10), inputs, &store).0.unwrap();
    assert_eq!(summary.warnings.len(), 1);
    assert!(summary.warnings[0].contains("1 page is missing: '1.json'"), "{}", summary.warnings[0]);
    assert_eq!((summary.pages_not_given, summary.missing_pages_total), (1, 0));
    // An error that was saved instead is that page, and not missing twice.
    let error = r#"{"error":{"code":"x","message":"m"}}"#;
    let inputs = vec![input("1.json", page("$skip=1000")), input("2.json", error)];
    let summary = run(&import(10), inputs, &store).0.unwrap();
    assert_eq!((summary.pages_not_given, summary.missing_pages_total), (0, 1));
    assert!(summary.warnings.is_empty(), "{:?}", summary.warnings);
}

#[test]
fn inputs_with_nothing_in_them_are_named() {
    let store = Memory::default();
    let inputs = vec![input("a.json", ""), input("b.json", rows(0..1)), input("c.json", " \r\n")];
    let summary = run(&import(10), inputs, &store).0.unwrap();
    assert_eq!(summary.empty_inputs.total(), 2);
    assert_eq!(summary.warnings, ["2 inputs are empty: a.json, c.json"]);
    let packed = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut encoder, rows(0..1).as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let inputs = vec![input("d.gz", [packed, vec![0; 512]].concat()), input("e.json", "[]")];
    let summary = run(&import(10), inputs, &store).0.unwrap();
    assert_eq!((summary.rows, summary.empty_inputs.total()), (1, 0));
    assert_eq!(summary.warnings, ["1 input has bytes after its gzip, which were left out: d.gz"]);
}

#[test]
fn a_store_that_recovers_is_asked_again() {
    let recovering = Some(ErrorKind::Recovering);
    let store = Memory::failing(&[recovering, recovering, None, recovering]);
    let summary = run(&import(10), vec![input("a", rows(0..20))], &store).0.unwrap();
    assert_eq!(summary.appended.new, 20);

    let store = Memory::failing(&[recovering; 6]);
    let error = run(&import(10), vec![input("a", rows(0..20))], &store).0.unwrap_err();
    assert!(matches!(&error.failure, ImportFailure::Store(error) if error.kind() == ErrorKind::Recovering));
    assert_eq!(error.summary.appended, AppendCounts::default());
}

#[test]
fn a_store_that_fails_ends_the_import() {
    let store = Memory::failing(&[None, Some(ErrorKind::DiskFull)]);
    // Far more rows than are ever in memory: a reader that goes on never ends.
    let endless = Input::new("endless", Endless::default());
    let error = run(&import(10), vec![endless], &store).0.unwrap_err();
    assert_eq!(error.summary.appended.new, 10);
    assert_eq!(store.count_of(&DIRECT_ROUTING_CALLS), 10);
    assert!(!error.summary.interrupted);
    assert_eq!(error.to_string(), "the store failed: told to fail");
}

/// Rows without end.
#[derive(Default)]
struct Endless {
    next: u64,
    unread: Vec<u8>,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.unread.is_empty() {
            self.unread = (row(self.next) + "\n").into_bytes();
            self.next += 1;
        }
        let len = self.unread.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(self.unread.drain(..len)) {
            *to = from;
        }
        Ok(len)
    }
}

#[test]
fn what_was_decoded_before_a_stop_is_stored() {
    /// Stops the import after some rows.
    struct StopAfter<'a>(u64, AtomicU64, &'a AtomicBool);
    impl Progress for StopAfter<'_> {
        fn advanced(&self, _bytes: u64, rows: u64) {
            let seen = self.1.fetch_add(rows, Ordering::Relaxed) + rows;
            self.2.fetch_or(seen >= self.0, Ordering::Relaxed);
        }
    }
    let store = Memory::default();
    let stop = AtomicBool::new(false);
    let progress = StopAfter(5_000, AtomicU64::new(0), &stop);
    let inputs = [Input::new("endless", Endless::default()), input("never opened", rows(0..1))];
    let import = Import { log: Some(&DIRECT_ROUTING_CALLS), ..import(700) };
    let summary = import.run_inputs(inputs, &store, &mut RejectList::default(), &progress, &stop).unwrap();
    assert!(summary.interrupted);
    assert_eq!(summary.files, 1);
    assert!(summary.rows >= 5_000 && summary.rows < 7_000);
    assert_eq!(summary.appended.new, summary.rows);
    assert_eq!(store.count_of(&DIRECT_ROUTING_CALLS), summary.rows);
}

#[test]
fn inputs_that_cannot_be_read_to_their_end_are_named() {
    /// Fails after its data.
    struct CutStream(Cursor<Vec<u8>>);
    impl Read for CutStream {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.0.read(buffer)? {
                0 => Err(io::Error::other("the cable was pulled")),
                read => Ok(read),
            }
        }
    }
    // Cut off within the bytes that tell the log, and after them.
    for (log, count) in [(None, 3), (None, 3_000), (Some(&DIRECT_ROUTING_CALLS), 3_000)] {
        let store = Memory::default();
        let cut = Input::new("cut.json", CutStream(Cursor::new(rows(0..count).into_bytes())));
        let missing = InputPath::File("/nonexistent/x.json".into()).open();
        let import = Import { log, ..import(10) };
        let inputs = vec![cut, missing, input("good", rows(9_000..9_003))];
        let error = run(&import, inputs, &store).0.unwrap_err();
        assert_eq!(error.summary.appended.new, count + 3);
        assert_eq!(error.to_string(), "cannot read 'cut.json': the cable was pulled (and 1 more)");
    }
}

#[test]
fn progress_adds_up() {
    #[derive(Default)]
    struct Sum {
        total: Mutex<Option<u64>>,
        bytes: AtomicU64,
        rows: AtomicU64,
    }
    impl Progress for Sum {
        fn started(&self, total_bytes: Option<u64>) {
            *self.total.lock().unwrap() = total_bytes;
        }
        fn advanced(&self, bytes: u64, rows: u64) {
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
            self.rows.fetch_add(rows, Ordering::Relaxed);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.json"), rows(0..2_000)).unwrap();
    std::fs::write(folder.path().join("b.json"), rows(2_000..2_500)).unwrap();
    let paths = crate::input::discover(&[folder.path()]).unwrap().paths;
    let (store, progress) = (Memory::default(), Sum::default());
    let stop = AtomicBool::new(false);
    let summary = import(100).run(&paths, &store, &mut RejectList::default(), &progress, &stop).unwrap();
    assert_eq!(*progress.total.lock().unwrap(), Some(summary.bytes));
    assert_eq!(progress.bytes.into_inner(), summary.bytes);
    assert_eq!(progress.rows.into_inner(), 2_500);
}
