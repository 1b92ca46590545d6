use std::fs;

use super::*;
use crate::test_support::{Bench, append, record};
use crate::{Search, Trail};

#[test]
fn a_line_that_was_cut_is_mended_by_whoever_starts_next() {
    let bench = Bench::new();
    record(&bench.open(), 2);
    let whole = bench.text(1);
    let lines: Vec<&str> = whole.lines().collect();
    let last = lines[2];
    // A crash leaves any part of a line, and the mark of what was whole before.
    for cut in (1..last.len()).step_by(7) {
        let text = format!("{}\n{}\n{}", lines[0], lines[1], &last[..cut]);
        fs::write(bench.file(1), &text).unwrap();
        let before =
            crate::chain::Mark { n: 2, hash: crate::entry::Line::parse(lines[1].as_bytes()).unwrap().hash };
        let folder = Folder::new(&bench.path());
        folder.set_mark(before).unwrap();
        let found = bench.verify();
        assert!(found.is_whole() && found.notes.len() == 1, "cut at {cut}: {found:?}");

        // Without anything to write.
        drop(bench.open());
        record(&bench.open(), 1);
        let found = bench.verify();
        assert!(found.is_whole(), "cut at {cut}: {found:?}");
        assert_eq!((found.entries, found.notes[0].line), (4, Some(3)), "cut at {cut}");
        assert!(found.notes[0].what.contains("cut this line"), "{found:?}");
        let whats: Vec<String> = bench.entries().into_iter().map(|entry| entry.what).collect();
        assert_eq!(whats, ["trail.started", "calls.export", "trail.mended", "calls.export"]);
        assert!(bench.text(1).starts_with(&text), "what was there stays");
    }
}

#[test]
fn a_line_that_only_lacks_its_end_gets_it() {
    let bench = Bench::new();
    record(&bench.open(), 2);
    let whole = bench.text(1);
    fs::write(bench.file(1), whole.trim_end()).unwrap();
    record(&bench.open(), 1);
    assert!(bench.text(1).starts_with(&whole));
    let found = bench.verify();
    assert!(found.is_whole() && found.notes.is_empty() && found.entries == 4, "{found:?}");
}

#[test]
fn a_first_line_that_was_cut_is_mended_too() {
    let bench = Bench::new();
    record(&bench.open(), 1);
    let whole = bench.text(1);
    fs::write(bench.file(1), &whole[..20]).unwrap();
    fs::remove_file(bench.path().join("audit.mark")).unwrap();
    record(&bench.open(), 1);
    let found = bench.verify();
    assert!(found.is_whole(), "{found:?}");
    assert_eq!((found.first, found.entries), (Some(1), 2));
}

#[test]
fn entries_that_are_gone_are_told_and_their_numbers_are_not_used_again() {
    let bench = Bench::new();
    record(&bench.open(), 5);
    let whole = bench.text(1);
    let kept: Vec<&str> = whole.lines().take(3).collect();
    fs::write(bench.file(1), kept.join("\n") + "\n").unwrap();
    let found = bench.verify();
    assert!(found.damage[0].what.contains("entries 4 to 6 are missing at the end"), "{found:?}");
    record(&bench.open(), 1);
    let entries = bench.entries();
    let lost = &entries[3];
    assert_eq!((lost.what.as_str(), lost.n), ("trail.lost", 7));
    assert_eq!((&lost.details["from"], &lost.details["through"]), (&4.into(), &6.into()));
    let found = bench.verify();
    assert_eq!(found.damage.len(), 1, "{found:?}");
    assert!(found.damage[0].what.contains("entries 4 to 6 are missing"), "{found:?}");
}

#[test]
fn another_process_that_crashed_is_mended_by_one_that_runs() {
    let bench = Bench::new();
    let trail = bench.open();
    record(&trail, 1);
    append(&bench.file(1), b"{\"n\":3,\"at\":");
    record(&trail, 1);
    let found = bench.verify();
    assert!(found.is_whole() && found.notes.len() == 1, "{found:?}");
}

#[test]
fn a_file_ends_when_it_is_full() {
    let bench = Bench::new();
    let trail = Trail::open(&bench.path(), Options { file_bytes: 1_000, ..bench.options() }).unwrap();
    record(&trail, 20);
    drop(trail);
    let found = bench.verify();
    assert!(found.is_whole() && found.files > 3, "{found:?}");
    for number in 1..u64::try_from(found.files).unwrap() {
        let length = bench.text(number).len();
        assert!((1_000..2_000).contains(&length), "{number}: {length}");
    }
    assert_eq!(
        Search::default().newest_first(&bench.path(), 1_000).unwrap().len(),
        usize::try_from(found.entries).unwrap()
    );
}

#[test]
fn an_empty_file_gets_its_first_line() {
    let bench = Bench::new();
    record(&bench.open(), 1);
    fs::write(bench.file(2), "").unwrap();
    assert!(bench.verify().is_whole());
    record(&bench.open(), 1);
    assert!(bench.text(2).contains("\"what\":\"trail.file\""));
    let found = bench.verify();
    assert!(found.is_whole() && found.entries == 4, "{found:?}");
}
