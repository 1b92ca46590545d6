use super::*;
use crate::test_support::{Bench, append, record};

#[test]
fn the_end_of_nothing_is_the_start() {
    let bench = Bench::new();
    let end = Folder::new(&bench.path()).end().unwrap();
    assert_eq!((end.file, end.length, end.position()), (1, 0, Mark::START));
    assert!(!end.has_lost() && !bench.path().exists());
}

#[test]
fn an_unfinished_line_is_told_from_one_that_lacks_its_end() {
    let bench = Bench::new();
    record(&bench.open(), 2);
    let folder = Folder::new(&bench.path());
    let text = bench.text(1);
    let whole = folder.end().unwrap();
    assert_eq!((whole.position().n, whole.ending), (3, Ending::Line));

    fs::write(bench.file(1), &text[..text.len() - 1]).unwrap();
    let end = folder.end().unwrap();
    assert_eq!((end.position().n, end.has_lost()), (3, false));
    assert_eq!(end.ending, Ending::Entry);

    fs::write(bench.file(1), &text[..text.len() - 2]).unwrap();
    let end = folder.end().unwrap();
    // The note of what was on disk knows more than the file.
    assert_eq!((end.position().n, end.has_lost()), (3, true));
    assert!(matches!(end.ending, Ending::Torn(bytes) if !bytes.is_empty()));
}

#[test]
fn lines_that_are_none_do_not_hide_the_last_entry() {
    let bench = Bench::new();
    record(&bench.open(), 1);
    append(&bench.file(1), "no entry\n".repeat(20_000).as_bytes());
    assert_eq!(Folder::new(&bench.path()).end().unwrap().position().n, 2);
}

#[test]
fn a_mark_that_is_none_is_no_mark() {
    let bench = Bench::new();
    record(&bench.open(), 1);
    let folder = Folder::new(&bench.path());
    assert_eq!(folder.mark().unwrap().n, 2);
    for text in ["", "2", "2 00ff\n", "x 00"] {
        fs::write(bench.path().join(MARK), text).unwrap();
        assert_eq!(folder.mark(), None, "{text:?}");
    }
}

#[test]
fn other_files_are_left_alone() {
    let bench = Bench::new();
    record(&bench.open(), 1);
    for name in ["audit-x.jsonl", "notes.txt", "audit-00000002.jsonl.bak"] {
        fs::write(bench.path().join(name), "").unwrap();
    }
    assert_eq!(Folder::new(&bench.path()).numbers().unwrap(), [1]);
}
