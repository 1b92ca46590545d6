//! Imports that go on where others were stopped.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::positions::tests::NoteStore;

/// Writes a file, packed if its name says so.
fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    let mut bytes = text.as_bytes().to_vec();
    if name.contains(".gz") {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut encoder, &bytes).unwrap();
        bytes = encoder.finish().unwrap();
    }
    fs::write(&path, bytes).unwrap();
    path
}

/// Goes on with files; what was done, whether it failed or not, and what was
/// rejected.
fn resume(
    import: &Import,
    files: &[PathBuf],
    noted: &NoteStore,
    store: &Memory,
) -> (bool, Summary, Vec<String>) {
    let paths: Vec<InputPath> = files.iter().cloned().map(InputPath::File).collect();
    let mut rejects = RejectList::default();
    let stop = AtomicBool::new(false);
    match import.resume(&paths, &noted.positions(), store, &mut rejects, &Silent, &stop) {
        Ok(summary) => (true, summary, rejects.0),
        Err(error) => (false, *error.summary, rejects.0),
    }
}

/// A store that fails at that append.
fn failing_at(append: usize) -> Memory {
    let mut failures = vec![None; append];
    failures.push(Some(ErrorKind::DiskFull));
    Memory::failing(&failures)
}

#[test]
fn files_go_on_where_they_were_left() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.json", "a.json.gz"] {
        let files = [write(folder.path(), name, &rows(0..100))];
        let (store, noted) = (failing_at(3), NoteStore::default());
        let (is_done, summary, _) = resume(&import(10), &files, &noted, &store);
        assert!(!is_done && summary.appended.new == 30, "{name}");
        assert_eq!(noted.all().len(), 1);

        let (is_done, summary, _) = resume(&import(10), &files, &noted, &store);
        assert!(is_done, "{name}");
        assert_eq!((summary.rows, summary.appended.new, summary.appended.unchanged), (70, 70, 0));
        assert_eq!(summary.warnings.len(), 1);
        assert!(summary.warnings[0].ends_with(&format!("{} (line 30)", files[0].display())), "{summary:?}");
        assert_eq!(store.count_of(&DIRECT_ROUTING_CALLS), 100);
        // It is stored as a whole, so there is no place in it any more.
        assert!(noted.all().is_empty());
        assert_eq!(resume(&import(10), &files, &noted, &store).1.appended.unchanged, 100);
    }
}

#[test]
fn a_place_is_kept_after_its_rows_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let files = [write(folder.path(), "a.json", &rows(0..100))];
    // As if killed between the third append and its place: that one is stored,
    // and the second place is the last.
    let (store, noted) = (failing_at(3), NoteStore::working(&[true, true, false]));
    let (_, summary, _) = resume(&import(10), &files, &noted, &store);
    assert_eq!(summary.appended.new, 30);
    assert!(summary.warnings.iter().any(|told| told.ends_with("told to fail")), "{summary:?}");
    let (is_done, summary, _) = resume(&import(10), &files, &noted, &store);
    assert!(is_done);
    assert_eq!((summary.appended.new, summary.appended.updated, summary.appended.unchanged), (70, 0, 10));
    assert_eq!(store.count_of(&DIRECT_ROUTING_CALLS), 100);
}

#[test]
fn a_place_that_another_process_moved_is_left_to_it() {
    /// Moves what is kept as soon as there is something.
    struct Rival<'a>(&'a NoteStore);
    impl Progress for Rival<'_> {
        fn advanced(&self, _bytes: u64, _rows: u64) {
            self.0.move_all("its own");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "a.json", &rows(0..9_000));
    let (store, noted) = (Memory::default(), NoteStore::default());
    let (mut rejects, stop) = (RejectList::default(), AtomicBool::new(false));
    let paths = [InputPath::File(file)];
    let rival = Rival(&noted);
    let summary = import(10).resume(&paths, &noted.positions(), &store, &mut rejects, &rival, &stop).unwrap();
    assert_eq!(summary.appended.new, 9_000);
    assert_eq!(noted.all().into_values().collect::<Vec<_>>(), ["its own"]);
    assert_eq!(summary.warnings.len(), 1);
    assert!(summary.warnings[0].contains("another process"), "{summary:?}");
}

/// A table, a file with a record that is none, and three more, thirty rows each.
fn five_files(folder: &Path) -> Vec<PathBuf> {
    let broken = format!("{}{}\n", rows(0..30), r#"{"id":"x","callType":"ByotIn"}"#);
    let mut files = vec![
        write(folder, "table.csv", "CorrelationId,SIP address,Display name\r\n1,a,b\r\n"),
        write(folder, "0.json", &broken),
    ];
    files.extend((1..4).map(|at| write(folder, &format!("{at}.json"), &rows(at * 100..at * 100 + 30))));
    files
}

#[test]
fn finished_files_are_left_out_until_the_import_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let files = five_files(folder.path());
    // Ten rows a batch: it fails within the fourth file.
    let (store, noted) = (failing_at(8), NoteStore::default());
    let (is_done, summary, rejected) = resume(&import(10), &files, &noted, &store);
    assert!(!is_done);
    assert_eq!((summary.appended.new, rejected.len()), (80, 2), "{rejected:?}");
    assert_eq!(noted.all().len(), 2, "a list of finished files, and a place: {:?}", noted.all());

    let (is_done, summary, rejected) = resume(&import(10), &files, &noted, &store);
    assert!(is_done && rejected.is_empty(), "{rejected:?}");
    assert_eq!((summary.files, summary.finished_inputs.total()), (2, 3));
    assert_eq!((summary.rows, summary.appended.new, summary.appended.unchanged), (40, 40, 0));
    let told = "3 inputs were left out, because an earlier import that was stopped had stored all of them";
    assert!(summary.warnings.iter().any(|warning| warning.starts_with(told)), "{:?}", summary.warnings);
    assert!(noted.all().is_empty(), "{:?}", noted.all());

    // Nothing is left of that import.
    let (_, summary, rejected) = resume(&import(10), &files, &noted, &store);
    assert_eq!((summary.finished_inputs.total(), summary.appended.unchanged, rejected.len()), (0, 120, 2));
}

#[test]
fn finished_files_that_changed_are_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let files = five_files(folder.path());
    let (store, noted) = (failing_at(8), NoteStore::default());
    resume(&import(10), &files, &noted, &store);
    // Other rows of the same files are asked for.
    let of_one_log = Import { log: Some(&DIRECT_ROUTING_CALLS), ..import(10) };
    let (_, summary, _) = resume(&of_one_log, &files, &noted, &Memory::default());
    assert_eq!((summary.finished_inputs.total(), summary.rows), (0, 120));

    write(folder.path(), "1.json", &rows(100..131));
    let (is_done, summary, rejected) = resume(&import(10), &files, &noted, &store);
    assert!(is_done && rejected.is_empty());
    assert_eq!(summary.finished_inputs.total(), 2);
    assert_eq!((summary.appended.new, summary.appended.unchanged), (41, 50));
    assert!(noted.all().is_empty(), "{:?}", noted.all());
}

#[test]
fn an_unreadable_file_keeps_what_is_known_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = five_files(folder.path());
    files.push(folder.path().join("missing.json"));
    let (store, noted) = (Memory::default(), NoteStore::default());
    let (is_done, summary, _) = resume(&import(1_000), &files, &noted, &store);
    assert!(!is_done && summary.appended.new == 120);
    write(folder.path(), "missing.json", &rows(900..910));
    let (is_done, summary, rejected) = resume(&import(1_000), &files, &noted, &store);
    assert!(is_done && rejected.is_empty());
    assert_eq!(
        (summary.finished_inputs.total(), summary.appended.new, summary.appended.unchanged),
        (5, 10, 0)
    );
    assert!(noted.all().is_empty(), "{:?}", noted.all());
}

#[test]
fn positions_are_waited_for_while_the_store_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let files = [0, 100].map(|at| write(folder.path(), &format!("{at}.json"), &rows(at..at + 30)));
    // There are five pauses.
    let (few, many) = ([false; 5], [false; 6]);
    for (reads, new) in [
        (few.to_vec(), 60),
        ([&[true][..], &few[..]].concat(), 60),
        (many.to_vec(), 0),
        ([&[true][..], &many[..]].concat(), 30),
        // The second file does not wait for the same store.
        ([&[true][..], &many[..], &[false][..]].concat(), 0),
    ] {
        let (is_done, summary, _) =
            resume(&import(10), &files, &NoteStore::recovering(&reads), &Memory::default());
        assert_eq!((is_done, summary.appended.new), (new == 60, new), "{reads:?}");
    }
}

#[test]
fn whole_files_need_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> =
        (0..5).map(|at| write(folder.path(), &format!("{at}.json"), &rows(at * 10..at * 10 + 10))).collect();
    let (store, noted) = (Memory::default(), NoteStore::default());
    let (is_done, summary, _) = resume(&import(1_000), &files, &noted, &store);
    assert!(is_done && summary.warnings.is_empty(), "{summary:?}");
    // They share a batch, and nothing was written down for them.
    assert_eq!(*store.batches.lock().unwrap(), [50]);
    assert_eq!(noted.exchanges(), 0);
}

#[test]
fn what_was_stopped_goes_on_with_the_next_row() {
    /// Stops the import with the first news.
    struct StopAtOnce<'a>(&'a AtomicBool);
    impl Progress for StopAtOnce<'_> {
        fn advanced(&self, _bytes: u64, _rows: u64) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let files = [write(folder.path(), "a.json", &rows(0..5_000))];
    let (store, noted) = (Memory::default(), NoteStore::default());
    let (mut rejects, stop) = (RejectList::default(), AtomicBool::new(false));
    let paths = [InputPath::File(files[0].clone())];
    let progress = StopAtOnce(&stop);
    let first =
        import(700).resume(&paths, &noted.positions(), &store, &mut rejects, &progress, &stop).unwrap();
    assert!(first.interrupted && first.rows < 5_000);
    let (_, second, _) = resume(&import(700), &files, &noted, &store);
    assert_eq!(first.appended.new + second.appended.new, 5_000);
    assert_eq!(second.appended.unchanged, 0);
}

#[test]
fn missing_pages_are_told_until_somebody_hears_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let error = r#"{"error":{"code":"TooManyRequests","message":"m"}}"#;
    let text = format!("{}{error}\n{}", rows(0..35), rows(35..100));
    let files = [write(folder.path(), "a.json", &text)];
    let (store, noted) = (failing_at(7), NoteStore::default());
    resume(&import(10), &files, &noted, &store);
    let (_, summary, _) = resume(&import(10), &files, &noted, &store);
    assert_eq!(summary.missing_pages_total, 1);
    // Nothing was kept after it.
    assert_eq!((summary.appended.new, summary.appended.unchanged), (30, 40));
}

/// A text of two logs in which some records are broken; the ids count from
/// `first`.
fn text_of(records: &[u8], shape: u8, first: u64) -> String {
    let record = |(id, kind): (u64, &u8)| match kind {
        0..5 => row(id),
        5..8 => format!(
            r#"{{"id":"{id}","callId":"c","startDateTime":"2026-11-24T08:15:00Z","charge":0.1,"currency":"EUR"}}"#
        ),
        _ => format!(r#"{{"id":"{id}","callType":"ByotIn"}}"#),
    };
    let records: Vec<String> = (first..).zip(records).map(record).collect();
    match shape {
        0 => records.join("\n"),
        1 => format!("[{}]", records.join(",\r\n ")),
        2 => format!(r#"{{"value":[{}],"@odata.nextLink":"https://g/f()?$skip=1000"}}"#, records.join(",")),
        _ => {
            let pages: Vec<_> =
                records.chunks(7).map(|page| format!("{{\"value\":[{}]}}\n", page.join(","))).collect();
            pages.concat()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// However often an import breaks off, and whichever places are kept, what
    /// is stored and what was rejected in the end is what one import leaves.
    #[test]
    fn imports_in_pieces_leave_what_one_leaves(
        files in prop::collection::vec((prop::collection::vec(0..10_u8, 0..90), 0..4_u8, any::<bool>()), 1..4),
        batch_rows in 1..20_usize,
        breaks in prop::collection::vec(0..6_usize, 0..6),
        works in prop::collection::vec(prop::bool::weighted(0.8), 0..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut paths = Vec::new();
        for (at, (records, shape, is_packed)) in (0..).zip(&files) {
            let name = format!("{at}.json{}", if *is_packed { ".gz" } else { "" });
            // The same ids in all files would hide what is lost.
            paths.push(write(folder.path(), &name, &text_of(records, *shape, at * 1_000)));
        }
        let whole = Memory::default();
        let (_, _, mut all_rejected) = resume(&import(batch_rows), &paths, &NoteStore::default(), &whole);
        all_rejected.sort();
        all_rejected.dedup();

        let (store, noted) = (Memory::default(), NoteStore::working(&works));
        let mut rejected = Vec::new();
        for appends in breaks.iter().map(|appends| Some(*appends)).chain([None]) {
            let mut failures = VecDeque::new();
            if let Some(appends) = appends {
                failures.extend(vec![None; appends]);
                failures.push_back(Some(ErrorKind::DiskFull));
            }
            *store.failures.lock().unwrap() = failures;
            let (is_done, _, told) = resume(&import(batch_rows), &paths, &noted, &store);
            prop_assert!(is_done || appends.is_some());
            rejected.extend(told);
        }
        let [stored, expected] = [&store, &whole].map(|store| store.rows.lock().unwrap().clone());
        prop_assert_eq!(stored, expected);
        rejected.sort();
        rejected.dedup();
        prop_assert_eq!(rejected, all_rejected);
    }
}
