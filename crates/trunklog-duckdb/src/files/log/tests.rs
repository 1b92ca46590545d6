use std::fs;

use super::*;

/// An entry as DuckDB frames it.
fn entry(holds: &[u8]) -> Vec<u8> {
    let length = holds.len() as u64;
    [&length.to_le_bytes()[..], &checksum::of(holds).to_le_bytes()[..], holds].concat()
}

/// A log of commits with so many bytes in their first entry, and where each
/// commit ends.
fn log_of(commits: &[usize]) -> (Vec<u8>, Vec<u64>) {
    let mut log = NAMELESS.to_vec();
    let mut ends = Vec::new();
    for (number, size) in (1_u8..).zip(commits) {
        log.extend(entry(&vec![number; *size]));
        log.extend(end_of_commit());
        ends.push(log.len() as u64);
    }
    (log, ends)
}

fn read_bytes(bytes: &[u8]) -> Contents {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    fs::write(&path, bytes).unwrap();
    read(&path, None).unwrap().unwrap()
}

fn named(iteration: u64) -> Name {
    // Numbers of one byte and of two.
    let database = std::array::from_fn(|at: usize| if at.is_multiple_of(2) { 7 } else { 0x83 });
    Name { database, iteration }
}

#[test]
fn a_whole_log_has_all_its_commits() {
    // One is longer than what is read at a time, one has a rest of bytes.
    let (log, ends) = log_of(&[10, 3 * PIECE + 5, 64]);
    let whole = Contents { bytes: log.len() as u64, whole: ends[2], commits: 3, ..Contents::default() };
    assert_eq!(read_bytes(&log), whole);
    assert_eq!(read_bytes(&[]), Contents::default());
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(read(&folder.path().join("missing"), None).unwrap(), None);
}

#[test]
fn any_wrong_byte_is_found() {
    let (log, ends) = log_of(&[10, 40, 8]);
    for at in 0..log.len() {
        for bit in [1, 0x80] {
            let mut wrong = log.clone();
            wrong[at] ^= bit;
            let found = read_bytes(&wrong);
            let fault = found.fault.unwrap_or_else(|| panic!("byte {at} is wrong and was not found"));
            let place = at as u64;
            if at < NAMELESS.len() {
                assert_eq!((fault.kind, fault.at), (FaultKind::Start, 0), "byte {at}");
                continue;
            }
            let before = ends.iter().filter(|end| **end <= place).count();
            assert_eq!(found.commits, before as u64, "byte {at}");
            assert!(fault.at <= place, "byte {at}: {fault:?}");
            // Ends of commits that are whole themselves still show.
            let after = ends.iter().filter(|end| **end > place + 21).count();
            assert!(fault.commits >= after as u64, "byte {at}: {fault:?}");
        }
    }
}

#[test]
fn a_log_that_ends_too_early_is_unfinished() {
    let (log, ends) = log_of(&[10, 40]);
    for length in 1..log.len() {
        let found = read_bytes(&log[..length]);
        if ends.contains(&(length as u64)) {
            assert_eq!(found.fault, None, "{length}");
            continue;
        }
        let fault = found.fault.unwrap();
        assert_eq!((fault.kind, fault.commits), (FaultKind::Unfinished, 0), "{length}");
        assert_eq!(found.whole, if length as u64 > ends[0] { ends[0] } else { 0 }, "{length}");
    }
}

#[test]
fn zeros_at_the_end_are_told_from_other_bytes() {
    let (log, ends) = log_of(&[10, 40]);
    for count in [1, 8, 15, 16, 17, 4096, PIECE + 3] {
        let mut longer = log.clone();
        longer.extend(vec![0; count]);
        let found = read_bytes(&longer);
        let fault = Fault { kind: FaultKind::Zeros, at: ends[1], commits: 0 };
        assert_eq!((found.whole, found.commits, found.fault), (ends[1], 2, Some(fault)), "{count}");
        // The same with a commit half written before.
        let half = &entry(&[7; 9])[..20];
        let mut longer = [&log[..], half, &longer[log.len()..]].concat();
        let found = read_bytes(&longer);
        assert_eq!((found.whole, found.commits), (ends[1], 2), "{count}");
        assert!(matches!(found.fault.unwrap().kind, FaultKind::Zeros | FaultKind::Unfinished), "{count}");
        // Zeros with a commit after them are something else.
        longer.extend(end_of_commit());
        let fault = read_bytes(&longer).fault.unwrap();
        assert!(fault.kind == FaultKind::Entry && fault.commits == 1, "{count}: {fault:?}");
    }
    assert_eq!(read_bytes(&[0; 100]).fault.unwrap().kind, FaultKind::Zeros);
}

#[test]
fn ends_of_commits_are_counted_across_pieces() {
    let end = end_of_commit();
    for before in (PIECE - 30..PIECE + 3).step_by(3) {
        let mut log = NAMELESS.to_vec();
        log.extend(entry(&vec![1; before]));
        let checksum_at = NAMELESS.len() + 8;
        log[checksum_at] ^= 1;
        log.extend(end.repeat(3));
        assert_eq!(read_bytes(&log).fault.unwrap().commits, 3, "{before}");
    }
}

#[test]
fn a_start_may_name_the_file() {
    let mut start = NAMELESS[..6].to_vec();
    start.extend([102, 0, 16]);
    // Numbers of one byte and of two.
    start.extend([7, 0x80 | 3, 1].repeat(8));
    start.extend([103, 0, 0x80 | 5, 2, 0xff, 0xff]);
    let name = start_of(&start).unwrap().1;
    assert_eq!(start_of(&start), Some((start.len(), Some(Name { iteration: 261, ..name.unwrap() }))));
    assert_eq!(super::start(name), start);
    for length in 0..start.len() {
        assert_eq!(start_of(&start[..length]), None, "{length}");
    }
    assert_eq!(start_of(&NAMELESS), Some((8, None)));
    let mut log = start.clone();
    log.extend(end_of_commit());
    assert_eq!((read_bytes(&log).commits, read_bytes(&log).name), (1, name));
}

#[test]
fn a_damaged_name_is_told_from_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let read_as = |log: &[u8], name| {
        fs::write(&path, log).unwrap();
        read(&path, Some(name)).unwrap().unwrap()
    };
    let name = named(300);
    let mut log = start(Some(name));
    let begin = log.len();
    log.extend(entry(&[1; 30]));
    log.extend(end_of_commit());
    assert_eq!((read_as(&log, name).fault, read_as(&log, name).name), (None, Some(name)));
    // All bytes but those of the number of the checkpoint.
    for at in 0..begin - 6 {
        let mut wrong = log.clone();
        wrong[at] ^= 1;
        let found = read_as(&wrong, name);
        assert_eq!(found.fault.map(|fault| fault.kind), Some(FaultKind::Start), "byte {at}");
        assert_eq!((found.whole, found.commits), (log.len() as u64, 1), "byte {at}");
    }
    for other in [Name { database: [9; 16], ..name }, named(301)] {
        let found = read_as(&log, other);
        assert_eq!((found.fault, found.name, found.commits), (None, Some(name), 1), "{other:?}");
    }
    // Cut within its start, it is the start of an interrupted log.
    for length in 1..begin {
        let fault = read_as(&log[..length], name).fault.unwrap();
        assert_eq!((fault.kind, fault.at, fault.commits), (FaultKind::Unfinished, 0, 0), "{length}");
    }
}

#[test]
fn a_note_of_a_checkpoint_is_no_commit() {
    let (log, ends) = log_of(&[10, 40]);
    let places = [(vec![], 0), (vec![100, 0, 0x85, 2, 101, 0, 8, 0xff, 0xff], 261)];
    for (place, root) in places {
        let note = [&CHECKPOINT[..], &place[..], &[0xff, 0xff][..]].concat();
        let noted = [&log[..], &entry(&note)[..]].concat();
        let found = read_bytes(&noted);
        assert_eq!((found.checkpoint, found.whole, found.commits), (None, ends[1], 2));
        let noted = [&noted[..], &end_of_commit()[..]].concat();
        let found = read_bytes(&noted);
        assert_eq!((found.checkpoint, found.whole, found.commits), (Some(root), noted.len() as u64, 2));
        assert_eq!(found.fault, None);
        // A commit after it makes it an old one.
        let noted = [&noted[..], &log[8..]].concat();
        assert_eq!((read_bytes(&noted).checkpoint, read_bytes(&noted).commits), (None, 4));
    }
}
