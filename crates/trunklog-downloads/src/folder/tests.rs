use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;

use tempfile::TempDir;

use super::*;
use crate::Stop;

const TENANT: Uuid = Uuid::from_u128(7);

/// A folder with a clock that a test sets.
struct Kept {
    folder: TempDir,
    now: Arc<Mutex<Timestamp>>,
    downloads: Downloads,
}

fn kept(limits: Limits) -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let now = Arc::new(Mutex::new("2026-11-30T08:00:00Z".parse::<Timestamp>().unwrap()));
    let told = Arc::clone(&now);
    let clock: Clock = Arc::new(move || *told.lock().unwrap());
    let downloads = Downloads::open(&folder.path().join("exports"), limits, clock).unwrap();
    Kept { folder, now, downloads }
}

impl Kept {
    fn later(&self, hours: i64) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
    }

    /// The names of all files but the lock, those for others than the owner marked.
    fn names(&self) -> Vec<String> {
        let folder = self.folder.path().join("exports");
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        let mut names: Vec<String> = fs::read_dir(&folder)
            .unwrap()
            .map(Result::unwrap)
            .map(|entry| {
                let is_private = entry.metadata().unwrap().permissions().mode() & 0o777 == 0o600;
                let name = entry.file_name().into_string().unwrap();
                if is_private { name } else { format!("{name}: for all") }
            })
            .filter(|name| name != "lock")
            .collect();
        names.sort();
        names
    }
}

fn new(id: u128, owner: &str) -> NewDownload {
    NewDownload {
        id: Uuid::from_u128(id),
        tenant: TENANT,
        owner: owner.to_owned(),
        log: "sms".to_owned(),
        form: "csv".to_owned(),
        range: ["a".to_owned(), "b".to_owned()],
        hidden_digits: 4,
        file_name: "sms.csv".to_owned(),
    }
}

fn made(kept: &Kept, id: u128, owner: &str, bytes: &[u8]) -> Download {
    let mut draft = kept.downloads.order(new(id, owner)).unwrap();
    draft.write(bytes).unwrap();
    draft.finish(1).unwrap();
    kept.downloads.get(Uuid::from_u128(id), TENANT, owner).unwrap().unwrap()
}

#[test]
fn a_file_is_there_when_it_is_whole_and_for_its_owner_alone() {
    let kept = kept(Limits::default());
    let mut draft = kept.downloads.order(new(1, "ada")).unwrap();
    draft.write(b"id\n").unwrap();
    let id = Uuid::from_u128(1);
    let found = kept.downloads.get(id, TENANT, "ada").unwrap().unwrap();
    assert!(found.is_in_work());
    assert!(kept.downloads.file(&found).is_err(), "it is not whole");
    draft.finish(7).unwrap();
    let found = kept.downloads.get(id, TENANT, "ada").unwrap().unwrap();
    assert_eq!(found.state, State::Done { rows: 7, bytes: 3 });
    let (file, bytes) = kept.downloads.file(&found).unwrap();
    assert_eq!((io::read_to_string(file).unwrap().as_str(), bytes), ("id\n", 3));
    assert_eq!(kept.names(), [format!("{id}.data"), format!("{id}.json")]);
    for (tenant, owner) in [(TENANT, "ben"), (Uuid::from_u128(8), "ada")] {
        assert!(kept.downloads.get(id, tenant, owner).unwrap().is_none());
        assert!(kept.downloads.list(tenant, owner).unwrap().is_empty());
        assert!(!kept.downloads.remove(id, tenant, owner).unwrap());
    }
    assert!(kept.downloads.remove(id, TENANT, "ada").unwrap());
    assert!(!kept.downloads.remove(id, TENANT, "ada").unwrap());
    assert!(kept.names().is_empty());
}

#[test]
fn a_person_has_so_many_and_loses_those_that_failed_first() {
    let kept = kept(Limits { of_person: 2, ..Limits::default() });
    made(&kept, 1, "ada", b"x");
    kept.downloads.order(new(2, "ada")).unwrap().fail(Reason::Rows);
    let states: Vec<State> = kept.downloads.list(TENANT, "ada").unwrap().iter().map(|of| of.state).collect();
    assert!(states.contains(&State::Failed { why: Reason::Rows }), "{states:?}");
    kept.later(1);
    made(&kept, 3, "ada", b"x");
    let ids: Vec<Uuid> = kept.downloads.list(TENANT, "ada").unwrap().iter().map(|of| of.id).collect();
    assert_eq!(ids, [3, 1].map(Uuid::from_u128), "the newest first");
    let refused = kept.downloads.order(new(4, "ada")).unwrap_err();
    assert!(matches!(refused, Refusal::TooMany { most: 2 }), "{refused}");
    made(&kept, 5, "ben", b"x");
}

#[test]
fn files_and_all_of_them_together_have_a_bound() {
    let kept = kept(Limits { file_bytes: 10, all_bytes: 25, ..Limits::default() });
    let mut draft = kept.downloads.order(new(1, "ada")).unwrap();
    draft.write(b"0123456789").unwrap();
    assert!(matches!(draft.write(b"x"), Err(Stop::TooLarge { most: 10 })));
    drop(draft);
    let failed = kept.downloads.get(Uuid::from_u128(1), TENANT, "ada").unwrap().unwrap();
    assert_eq!(failed.state, State::Failed { why: Reason::TooLarge });
    made(&kept, 2, "ada", b"0123456789");
    // What is being made counts with all that it may become.
    let one = kept.downloads.order(new(3, "ada")).unwrap();
    let refused = kept.downloads.order(new(4, "ada")).unwrap_err();
    assert!(matches!(refused, Refusal::Full), "{refused}");
    drop(one);
    made(&kept, 5, "ada", b"0");
    assert!(!kept.names().iter().any(|name| name.contains(".part")));
}

#[test]
fn what_is_discarded_was_never_ordered() {
    let kept = kept(Limits::default());
    kept.downloads.order(new(1, "ada")).unwrap().discard();
    assert!(kept.names().is_empty() && kept.downloads.list(TENANT, "ada").unwrap().is_empty());
}

#[test]
fn what_has_expired_is_gone() {
    let kept = kept(Limits::default());
    made(&kept, 1, "ada", b"x");
    kept.later(23);
    made(&kept, 2, "ada", b"x");
    kept.later(1);
    let ids: Vec<Uuid> = kept.downloads.list(TENANT, "ada").unwrap().iter().map(|of| of.id).collect();
    assert_eq!(ids, [Uuid::from_u128(2)]);
    assert!(kept.downloads.get(Uuid::from_u128(1), TENANT, "ada").unwrap().is_none());
    assert_eq!(kept.names().len(), 4, "nobody tidied");
    kept.downloads.tidy().unwrap();
    assert_eq!(kept.names().len(), 2);
}

#[test]
fn what_a_program_left_is_told_as_failed() {
    let kept = kept(Limits::default());
    made(&kept, 1, "ada", b"x");
    // As after a kill: nothing of it is dropped.
    std::mem::forget(kept.downloads.order(new(2, "ada")).unwrap());
    let folder = kept.folder.path().join("exports");
    for left in [format!("{}.data", Uuid::from_u128(9)), ".x.tmp".to_owned()] {
        fs::write(folder.join(left), "x").unwrap();
    }
    assert_eq!(kept.downloads.fail_unfinished().unwrap(), 1);
    let found = kept.downloads.get(Uuid::from_u128(2), TENANT, "ada").unwrap().unwrap();
    assert_eq!(found.state, State::Failed { why: Reason::Stopped });
    let expected = [format!("{}.data", Uuid::from_u128(1)), format!("{}.json", Uuid::from_u128(1))];
    let expected: Vec<String> =
        expected.into_iter().chain([format!("{}.json", Uuid::from_u128(2))]).collect();
    assert_eq!(kept.names(), expected);
    assert_eq!(kept.downloads.fail_unfinished().unwrap(), 0);
}

#[test]
fn an_erasure_takes_all_of_them_and_those_that_are_being_made() {
    let kept = kept(Limits::default());
    made(&kept, 1, "ada", b"x");
    let mut draft = kept.downloads.order(new(2, "ben")).unwrap();
    draft.write(b"x").unwrap();
    // Another process opens the same folder.
    let other =
        Downloads::open(&kept.folder.path().join("exports"), Limits::default(), Arc::new(Timestamp::now));
    let other = other.unwrap();
    assert_eq!(other.remove_all_of(Uuid::from_u128(99)).unwrap(), 0, "another tenant's stay");
    assert_eq!((other.count_of(TENANT).unwrap(), other.remove_all_of(TENANT).unwrap()), (2, 2));
    assert!(matches!(draft.check_wanted(), Err(Stop::Unwanted)));
    assert!(matches!(draft.finish(1), Err(Stop::Unwanted)));
    assert!(kept.names().is_empty(), "{:?}", kept.names());
    assert_eq!(other.remove_all_of(TENANT).unwrap(), 0);
}

#[test]
fn a_record_that_cannot_be_read_harms_no_other() {
    let kept = kept(Limits::default());
    made(&kept, 1, "ada", b"x");
    let folder = kept.folder.path().join("exports");
    fs::write(folder.join(format!("{}.json", Uuid::from_u128(2))), "{").unwrap();
    // A record under another's name would hand over the other's file.
    fs::copy(
        folder.join(format!("{}.json", Uuid::from_u128(1))),
        folder.join(format!("{}.json", Uuid::from_u128(3))),
    )
    .unwrap();
    assert_eq!(kept.downloads.list(TENANT, "ada").unwrap().len(), 1);
    assert!(kept.downloads.get(Uuid::from_u128(3), TENANT, "ada").unwrap().is_none());
}
