use std::fs;

use super::*;
use crate::chain::Hash;
use crate::entry::Line;
use crate::test_support::{Bench, append, record};

/// A trail of two files with 4 and 3 lines.
fn bench() -> Bench {
    let bench = Bench::new();
    let trail = bench.open();
    record(&trail, 3);
    bench.advance_days(1);
    record(&trail, 2);
    drop(trail);
    assert!(bench.verify().is_whole(), "{:?}", bench.verify());
    bench
}

/// Writes a file of changed lines.
fn rewrite(bench: &Bench, number: u64, change: impl FnOnce(&mut Vec<String>)) {
    let mut lines: Vec<String> = bench.text(number).lines().map(str::to_owned).collect();
    change(&mut lines);
    fs::write(bench.file(number), lines.join("\n") + "\n").unwrap();
}

/// Where damage is: files by their numbers, and lines.
fn places(bench: &Bench) -> Vec<(u64, u64)> {
    let number = |path: &Path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name["audit-".len()..][..8].parse().unwrap()
    };
    let damage = bench.verify().damage;
    damage
        .iter()
        .map(|finding| (finding.file.as_deref().map_or(0, number), finding.line.unwrap_or(0)))
        .collect()
}

#[test]
fn a_changed_letter_is_found_where_it_is() {
    for (file, line) in [(1, 0), (1, 2), (2, 0), (2, 1)] {
        let bench = bench();
        rewrite(&bench, file, |lines| lines[line] = lines[line].replace("2026-", "2025-"));
        let at = u64::try_from(line).unwrap() + 1;
        assert_eq!(places(&bench), [(file, at)]);
        let found = bench.verify();
        let told = found.damage[0].to_string();
        assert!(told.contains(&format!("audit-0000000{file}.jsonl, line {at}: ")), "{told}");
    }
}

#[test]
fn every_changed_byte_is_found() {
    let bench = bench();
    let text = fs::read(bench.file(1)).unwrap();
    for at in (0..text.len()).step_by(3) {
        let mut changed = text.clone();
        // Another printable byte; a line end becomes none.
        changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
        fs::write(bench.file(1), &changed).unwrap();
        assert!(!bench.verify().is_whole(), "byte {at}");
    }
    fs::write(bench.file(1), &text).unwrap();
    assert!(bench.verify().is_whole());
}

#[test]
fn lines_that_were_taken_out_put_in_or_moved_are_found() {
    let bench_of = |change: fn(&mut Vec<String>)| {
        let bench = bench();
        rewrite(&bench, 1, change);
        bench
    };
    let taken = bench_of(|lines| drop(lines.remove(2)));
    assert_eq!(places(&taken), [(1, 3)]);
    assert!(taken.verify().damage[0].what.contains("entries 3 to 3 are missing before it"));
    let doubled = bench_of(|lines| lines.insert(2, lines[1].clone()));
    assert!(places(&doubled).contains(&(1, 3)), "{:?}", doubled.verify());
    let moved = bench_of(|lines| lines.swap(1, 2));
    assert!(places(&moved).contains(&(1, 2)), "{:?}", moved.verify());
    let added = bench_of(|lines| lines.insert(1, "{}".to_owned()));
    assert_eq!(places(&added), [(1, 2)]);
    let last = bench_of(|lines| drop(lines.pop()));
    // The next file names the last line of the one before it.
    assert_eq!(places(&last), [(2, 1)]);
}

#[test]
fn an_entry_that_was_written_anew_with_its_hash_is_found_by_the_next_one() {
    let bench = bench();
    rewrite(&bench, 1, |lines| {
        let before = Line::parse(lines[0].as_bytes()).unwrap().hash;
        let mut entry = Line::parse(lines[1].as_bytes()).unwrap().entry;
        entry.rows = Some(0);
        let mut line = Vec::new();
        entry.write_after(before, &mut line).unwrap();
        lines[1] = String::from_utf8(line).unwrap().trim_end().to_owned();
    });
    assert_eq!(places(&bench), [(1, 3)]);
}

#[test]
fn a_mark_that_was_noted_finds_a_trail_that_was_written_anew() {
    let bench = bench();
    let mark = bench.verify().last.unwrap();
    assert!(verify_against(&bench.path(), &[mark]).unwrap().is_whole());
    fs::remove_dir_all(bench.path()).unwrap();
    record(&bench.open(), 9);
    assert!(bench.verify().is_whole());
    let found = verify_against(&bench.path(), &[mark, Mark { n: 99, hash: Hash::START }]).unwrap();
    let whats: Vec<&str> = found.damage.iter().map(|finding| finding.what.as_str()).collect();
    assert!(whats[0].contains("entry 7 is not as it was noted"), "{whats:?}");
    assert!(whats[1].contains("entry 99 is missing: the trail ends with 10"), "{whats:?}");
}

#[test]
fn what_is_missing_at_the_end_is_found() {
    let bench = bench();
    fs::remove_file(bench.file(2)).unwrap();
    let found = bench.verify();
    assert!(found.damage[0].what.contains("entries 5 to 7 are missing at the end"), "{found:?}");
    fs::remove_file(bench.path().join("audit.mark")).unwrap();
    assert!(bench.verify().damage[0].what.contains("audit.mark"), "{:?}", bench.verify());
}

#[test]
fn a_missing_file_is_named() {
    let bench = bench();
    bench.advance_days(1);
    record(&bench.open(), 1);
    fs::remove_file(bench.file(2)).unwrap();
    let whats: Vec<String> = bench.verify().damage.into_iter().map(|finding| finding.what).collect();
    assert!(whats[0].contains("files after number 1 are missing"), "{whats:?}");
    assert!(whats[1].contains("entries 5 to 7 are missing"), "{whats:?}");
}

#[test]
fn very_many_findings_are_counted() {
    let bench = bench();
    append(&bench.file(2), "no entry\n".repeat(1_500).as_bytes());
    let found = bench.verify();
    // The last one may still be explained by what comes.
    assert_eq!((found.damage.len(), found.more, found.notes.len()), (1_000, 499, 1));
}

#[test]
fn where_there_is_no_trail_nothing_is_wrong_and_nothing_is_made() {
    let bench = Bench::new();
    assert_eq!(bench.verify(), Verification::default());
    assert!(!bench.path().exists());
}
