use super::super::log::Fault;
use super::*;

const DATABASE: [u8; 16] = [7; 16];

fn marked(log_bytes: u64, commits: u64) -> Acknowledgement {
    Acknowledgement { iteration: 1, database_bytes: 0, log_bytes, commits }
}

fn faulty(kind: FaultKind, commits: u64) -> Contents {
    let fault = Some(Fault { kind, at: 700, commits });
    Contents { bytes: 1_000, whole: 600, commits: 3, fault, ..Contents::default() }
}

#[test]
fn a_log_that_has_what_was_acknowledged_is_whole() {
    let log = Contents { bytes: 600, whole: 600, commits: 3, ..Contents::default() };
    for mark in [None, Some(marked(0, 0)), Some(marked(600, 3))] {
        assert_eq!(judge(&log, mark.as_ref(), None), Verdict::Whole, "{mark:?}");
    }
    let Verdict::Lost(loss) = judge(&log, Some(&marked(900, 5)), None) else { panic!("commits are missing") };
    assert_eq!((loss.at, loss.bytes, loss.commits), (None, 300, 2));
}

#[test]
fn a_tail_is_cut_off_only_if_it_is_no_commit() {
    for kind in [FaultKind::Zeros, FaultKind::Unfinished, FaultKind::Entry] {
        let Verdict::Mend(Mend::Cut { to, .. }) = judge(&faulty(kind, 0), Some(&marked(600, 3)), None) else {
            panic!("{kind:?} is no commit")
        };
        assert_eq!(to, 600);
        for (commits, mark) in [(1, None), (1, Some(marked(600, 3))), (0, Some(marked(601, 4)))] {
            let verdict = judge(&faulty(kind, commits), mark.as_ref(), None);
            assert!(matches!(verdict, Verdict::Lost(_)), "{kind:?} {commits} {mark:?}");
        }
    }
    // Without a mark, only what an interruption leaves is known to be no commit.
    for (kind, mends) in [
        (FaultKind::Zeros, true),
        (FaultKind::Unfinished, true),
        (FaultKind::Entry, false),
        (FaultKind::Start, false),
    ] {
        let verdict = judge(&faulty(kind, 0), None, None);
        assert_eq!(matches!(verdict, Verdict::Mend(Mend::Cut { keep: true, .. })), mends, "{kind:?}");
        assert_eq!(matches!(verdict, Verdict::Lost(_)), !mends, "{kind:?}");
    }
}

#[test]
fn a_start_is_made_again_as_it_was() {
    let fault = Some(Fault { kind: FaultKind::Start, at: 0, commits: 0 });
    let log = Contents { bytes: 600, whole: 600, commits: 3, fault, ..Contents::default() };
    for name in [None, Some(Name { database: DATABASE, iteration: 1 })] {
        let mended = Verdict::Mend(Mend::Start { name });
        assert_eq!(judge(&log, None, name), mended);
        assert_eq!(judge(&log, Some(&marked(600, 3)), name), mended);
        assert!(matches!(judge(&log, Some(&marked(900, 5)), name), Verdict::Lost(_)));
    }
}
