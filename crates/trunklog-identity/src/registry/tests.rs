use std::fmt::Debug;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::thread;

use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::test_support::{FakeClock, START};
use crate::{Account, Application, Error, ErrorKind};

const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A kind of record, and what its file and its errors have to look like.
trait Kind: Record + DeserializeOwned + Debug + PartialEq + Send + Sync + 'static {
    const FILE: &'static str;
    /// The member of the file that holds the records.
    const MEMBER: &'static str;
    /// What is told of a file that is gone.
    const GONE: &'static str;
    /// What is told of a record that comes a second time, around its id.
    const TWICE: [&'static str; 2];

    fn sample(id: Uuid) -> Value;
}

impl Kind for Application {
    const FILE: &'static str = "applications.json";
    const MEMBER: &'static str = "applications";
    const GONE: &'static str = " is gone; put it back, or restart to start with no applications";
    const TWICE: [&'static str; 2] = ["application ", " is listed twice"];

    fn sample(id: Uuid) -> Value {
        let secret = json!({"id": id, "hint": "abc", "hash": HASH, "created": START});
        let name = format!("app {id}");
        json!({
            "client_id": id, "object_id": id, "tenant": id, "name": name, "roles": [], "created": START,
            "secrets": [secret],
        })
    }
}

impl Kind for Account {
    const FILE: &'static str = "people.json";
    const MEMBER: &'static str = "people";
    const GONE: &'static str = " is gone; put it back, or restart to start with no accounts";
    const TWICE: [&'static str; 2] = ["account ", ", or its name, is listed twice"];

    fn sample(id: Uuid) -> Value {
        let password = json!({"hash": HASH, "since": START, "is_first": false});
        let name = format!("person-{id}");
        json!({
            "id": id, "name": name, "roles": ["calls@*"], "created": START, "sessions_from": START,
            "password": password,
        })
    }
}

/// Has each test run with both kinds of record.
macro_rules! with_both_kinds {
    ($($test:ident)*) => {
        mod applications {
            $(#[test] fn $test() { super::$test::<crate::Application>(); })*
        }
        mod people {
            $(#[test] fn $test() { super::$test::<crate::Account>(); })*
        }
    };
}

with_both_kinds! {
    the_file_is_private_and_has_its_form
    a_change_is_found_again_after_a_restart
    another_handle_notices_a_change
    two_handles_never_lose_an_update
    what_is_not_to_be_written_is_not
    a_broken_file_keeps_the_last_good_state_and_is_not_overwritten
    damage_is_told_without_values
    a_record_that_is_listed_twice_is_named
    a_file_that_cannot_be_read_is_told_as_such
    a_read_that_fails_is_tried_again
}

fn open<R: Kind>(dir: &TempDir) -> Registry<R> {
    Registry::open(dir.path(), FakeClock::new().clock()).unwrap()
}

/// What opening a registry says whose file holds that.
fn refusal<R: Kind>(dir: &TempDir, content: &str) -> Error {
    fs::write(path::<R>(dir), content).unwrap();
    Registry::<R>::open(dir.path(), FakeClock::new().clock()).err().unwrap()
}

fn path<R: Kind>(dir: &TempDir) -> PathBuf {
    dir.path().join(R::FILE)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn sample<R: Kind>(number: u128) -> R {
    serde_json::from_value(R::sample(id(number))).unwrap()
}

fn add<R: Kind>(registry: &Registry<R>, number: u128) -> Result<()> {
    registry.update(|by_id, _| {
        by_id.insert(id(number), sample::<R>(number));
        Ok(Change::Write(()))
    })
}

fn ids<R: Kind>(registry: &Registry<R>) -> Vec<Uuid> {
    registry.snapshot().by_id.keys().copied().collect()
}

fn the_file_is_private_and_has_its_form<R: Kind>() {
    let dir = tempfile::tempdir().unwrap();
    let registry = open::<R>(&dir);
    assert!(!path::<R>(&dir).exists(), "looking makes no file");
    add(&registry, 2).unwrap();
    add(&registry, 1).unwrap();

    let text = fs::read_to_string(path::<R>(&dir)).unwrap();
    let start = format!("{{\n  \"format\": 1,\n  \"{}\": [\n    {{\n", R::MEMBER);
    assert!(text.starts_with(&start) && text.ends_with("    }\n  ]\n}\n"), "{text}");
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value, json!({"format": 1, (R::MEMBER): [R::sample(id(1)), R::sample(id(2))]}));
    for name in [R::FILE.to_owned(), format!("{}.lock", R::FILE)] {
        let mode = fs::metadata(dir.path().join(&name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
}

fn a_change_is_found_again_after_a_restart<R: Kind>() {
    let dir = tempfile::tempdir().unwrap();
    add(&open::<R>(&dir), 1).unwrap();
    let again = open::<R>(&dir);
    assert_eq!(again.snapshot().by_id, ById::from([(id(1), sample::<R>(1))]));
    assert_eq!(again.problem(), None);
}

fn another_handle_notices_a_change<R: Kind>() {
    let dir = tempfile::tempdir().unwrap();
    let (server, command) = (open::<R>(&dir), open::<R>(&dir));
    let before = server.snapshot();
    assert!(Arc::ptr_eq(&before, &server.snapshot()), "nothing changed, so nothing is read");

    add(&command, 1).unwrap();
    let after = server.snapshot();
    assert_eq!(after.by_id.keys().copied().collect::<Vec<_>>(), [id(1)]);
    assert!(after.generation > before.generation);
    assert!(before.by_id.is_empty(), "who holds an older state keeps it");
    assert!(Arc::ptr_eq(&after, &server.snapshot()));
}

fn two_handles_never_lose_an_update<R: Kind>() {
    const EACH: u128 = 4;
    let dir = tempfile::tempdir().unwrap();
    let handles = [open::<R>(&dir), open::<R>(&dir)];
    thread::scope(|scope| {
        for (first, handle) in [0, EACH].into_iter().zip(&handles) {
            scope.spawn(move || (first..first + EACH).for_each(|number| add(handle, number).unwrap()));
        }
    });
    let all: Vec<Uuid> = (0..2 * EACH).map(id).collect();
    for handle in handles.iter().chain([&open::<R>(&dir)]) {
        assert_eq!(ids(handle), all);
    }
}

fn what_is_not_to_be_written_is_not<R: Kind>() {
    let dir = tempfile::tempdir().unwrap();
    let registry = open::<R>(&dir);
    add(&registry, 1).unwrap();
    let before = registry.snapshot();

    let kept = registry.update(|by_id, _| {
        by_id.clear();
        Ok(Change::Keep("kept"))
    });
    assert_eq!(kept.unwrap(), "kept");
    let refused: Result<()> = registry.update(|by_id, _| {
        by_id.clear();
        Err(Error::new(ErrorKind::Conflict, "no"))
    });
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Conflict);
    assert!(Arc::ptr_eq(&before, &registry.snapshot()));
    assert_eq!(ids(&open::<R>(&dir)), [id(1)]);
}

fn a_broken_file_keeps_the_last_good_state_and_is_not_overwritten<R: Kind>() {
    let dir = tempfile::tempdir().unwrap();
    let registry = open::<R>(&dir);
    add(&registry, 1).unwrap();
    let path = path::<R>(&dir);
    let good = fs::read(&path).unwrap();

    let broken = format!("{{\n  \"format\": 1,\n  \"{}\": [,]\n}}\n", R::MEMBER);
    fs::write(&path, &broken).unwrap();
    assert_eq!(ids(&registry), [id(1)]);
    let problem = registry.problem().unwrap();
    assert!(problem.contains(R::FILE) && problem.contains("line 3"), "{problem}");
    assert_eq!(add(&registry, 2).unwrap_err().kind(), ErrorKind::Damaged);
    assert_eq!(fs::read_to_string(&path).unwrap(), broken);
    assert!(Registry::<R>::open(dir.path(), FakeClock::new().clock()).is_err());

    fs::remove_file(&path).unwrap();
    assert_eq!(ids(&registry), [id(1)]);
    assert_eq!(registry.problem().unwrap(), format!("{}{}", path.display(), R::GONE));
    assert_eq!(add(&registry, 2).unwrap_err().kind(), ErrorKind::Damaged);
    assert!(!path.exists());

    fs::write(&path, good).unwrap();
    assert_eq!(registry.problem(), None);
    add(&registry, 2).unwrap();
    assert_eq!(ids(&registry), [id(1), id(2)]);
}

fn damage_is_told_without_values<R: Kind>() {
    let dir = tempfile::tempdir().unwrap();
    let member = R::MEMBER;
    for (content, told) in [
        (
            format!("{{\"format\": 2, \"{member}\": []}}"),
            "it has format 2, this version reads format 1".to_owned(),
        ),
        (
            format!("{{\n\"{member}\": \"pasted-secret\"\n}}"),
            format!("line 2, column {}: a value is not of the expected kind", member.len() + 19),
        ),
        (
            format!("{{\n\"format\": 1, \"{member}\": [],\n\"more\": \"pasted-secret\"\n}}"),
            format!(
                "line 3, column 6: unknown field `more`, expected `format` or `{member}` at line 3 column 6"
            ),
        ),
        (
            "{\n\"format\": 1\n}".to_owned(),
            format!("line 3, column 1: missing field `{member}` at line 3 column 1"),
        ),
        (
            format!("{{\n\"format\": 1, \"{member}\": [\n"),
            "line 3, column 0: EOF while parsing a list at line 3 column 0".to_owned(),
        ),
    ] {
        let error = refusal::<R>(&dir, &content);
        assert_eq!(error.kind(), ErrorKind::Damaged);
        let path = path::<R>(&dir);
        let told = format!(
            "{}: {told}; correct it or put a backup in its place, it is not overwritten meanwhile",
            path.display()
        );
        assert_eq!(error.to_string(), told);
    }
}

fn a_record_that_is_listed_twice_is_named<R: Kind>() {
    let dir = tempfile::tempdir().unwrap();
    let (record, id) = (R::sample(id(1)), id(1));
    let text =
        refusal::<R>(&dir, &json!({"format": 1, (R::MEMBER): [record, record]}).to_string()).to_string();
    let [before, after] = R::TWICE;
    assert!(text.contains(&format!(": {before}{id}{after}; correct it")), "{text}");
}

fn a_file_that_cannot_be_read_is_told_as_such<R: Kind>() {
    let dir = tempfile::tempdir().unwrap();
    let path = path::<R>(&dir);
    // Without blocks on the disk, so that it costs nothing.
    File::create(&path).unwrap().set_len(R::MAX_BYTES + 1).unwrap();
    let error = Registry::<R>::open(dir.path(), FakeClock::new().clock()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Io);
    let told = format!("{} cannot be read: larger than {} bytes", path.display(), R::MAX_BYTES);
    assert_eq!(error.to_string(), told);

    // What is in its place is no file at all.
    fs::remove_file(&path).unwrap();
    let registry = open::<R>(&dir);
    fs::create_dir(&path).unwrap();
    assert_eq!(add(&registry, 1).unwrap_err().kind(), ErrorKind::Io);
    assert!(ids(&registry).is_empty() && path.is_dir());
}

/// Else who was removed would stay until the file changes once more.
fn a_read_that_fails_is_tried_again<R: Kind>() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), FakeClock::new());
    let server = Registry::<R>::open(dir.path(), clock.clock()).unwrap();
    let command = open::<R>(&dir);
    add(&command, 1).unwrap();
    add(&command, 2).unwrap();
    assert_eq!(ids(&server), [id(1), id(2)]);

    let remove = |number: u128| {
        let removed = command.update(|by_id, _| {
            by_id.remove(&id(number));
            Ok(Change::Write(()))
        });
        removed.unwrap();
    };
    let fails = |fails: bool| server.file.fails.store(fails, Ordering::Relaxed);
    remove(1);
    fails(true);
    assert_eq!(ids(&server), [id(1), id(2)], "the last good state");
    let problem = server.problem().unwrap();
    assert!(problem.contains(R::FILE) && problem.contains("too many open files"), "{problem}");
    fails(false);
    assert_eq!(ids(&server), [id(1), id(2)], "it is not tried on every request");
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(ids(&server), [id(2)]);
    assert_eq!(server.problem(), None);

    // It fails for longer.
    fails(true);
    add(&command, 3).unwrap();
    for _ in 0..3 {
        assert_eq!(ids(&server), [id(2)]);
        assert!(server.problem().is_some());
        clock.advance(SignedDuration::from_secs(1));
    }
    fails(false);
    assert_eq!(ids(&server), [id(2), id(3)]);

    // What is written here counts at once.
    fails(true);
    remove(3);
    assert_eq!(ids(&server), [id(2), id(3)]);
    fails(false);
    add(&server, 4).unwrap();
    assert_eq!(ids(&server), [id(2), id(4)]);
    assert_eq!(server.problem(), None);
}
