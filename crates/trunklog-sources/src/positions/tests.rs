use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::sync::{Arc, Mutex, MutexGuard};

use trunklog_records::TenantId;
use trunklog_records::schema::SMS;
use trunklog_store::{Error, ErrorKind};

use super::*;
use crate::format::Premise;
use crate::reader::Position;

/// States in memory. Its clones share them.
#[derive(Clone, Default)]
pub(crate) struct NoteStore(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    states: BTreeMap<String, String>,
    /// Whether the next exchanges work; those after them all do.
    works: VecDeque<bool>,
    exchanges: u64,
    /// Whether the next reads work, or meet a store that recovers; those after them
    /// all work.
    reads: VecDeque<bool>,
}

const TENANT: &str = "7e570000-0000-4000-8000-000000000001";

impl NoteStore {
    /// States of which the first exchanges work or don't.
    pub(crate) fn working(works: &[bool]) -> NoteStore {
        let noted = NoteStore::default();
        noted.0.lock().unwrap().works = works.iter().copied().collect();
        noted
    }

    /// States of which the first reads work or meet a store that recovers.
    pub(crate) fn recovering(reads: &[bool]) -> NoteStore {
        let noted = NoteStore::default();
        noted.0.lock().unwrap().reads = reads.iter().copied().collect();
        noted
    }

    pub(crate) fn positions(&self) -> Positions {
        Positions::new(self.clone(), TENANT.parse().unwrap())
    }

    pub(crate) fn all(&self) -> BTreeMap<String, String> {
        self.0.lock().unwrap().states.clone()
    }

    fn read(&self) -> Result<MutexGuard<'_, Notes>, Error> {
        let mut notes = self.0.lock().unwrap();
        if notes.reads.pop_front() == Some(false) {
            return Err(Error::new(ErrorKind::Recovering, "told to recover"));
        }
        Ok(notes)
    }

    pub(crate) fn exchanges(&self) -> u64 {
        self.0.lock().unwrap().exchanges
    }

    /// Gives all states another value, as another process would.
    pub(crate) fn move_all(&self, text: &str) {
        for value in self.0.lock().unwrap().states.values_mut() {
            text.clone_into(value);
        }
    }
}

impl States for NoteStore {
    fn state(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.read()?.states.get(name).cloned())
    }

    fn states(&self, prefix: &str) -> Result<Vec<(String, String)>, Error> {
        let notes = self.read()?;
        let named = notes.states.iter().filter(|(name, _)| name.starts_with(prefix));
        Ok(named.map(|(name, text)| (name.clone(), text.clone())).collect())
    }

    fn exchange_state(&self, name: &str, expected: Option<&str>, new: Option<&str>) -> Result<bool, Error> {
        trunklog_store::check_state(name, new)?;
        let mut notes = self.0.lock().unwrap();
        notes.exchanges += 1;
        if notes.works.pop_front() == Some(false) {
            return Err(Error::new(ErrorKind::Other, "told to fail"));
        }
        if notes.states.get(name).map(String::as_str) != expected {
            return Ok(false);
        }
        match new {
            Some(text) => notes.states.insert(name.to_owned(), text.to_owned()),
            None => notes.states.remove(name),
        };
        Ok(true)
    }
}

#[test]
fn positions_are_kept_by_tenant_and_source() {
    let noted = NoteStore::default();
    let position = noted.positions().of("pull/sms").unwrap();
    assert_eq!(position.text(), None);
    position.set(Some("7")).unwrap();
    let name = format!("position/{TENANT}/pull/sms");
    assert_eq!(noted.all(), BTreeMap::from([(name, "7".to_owned())]));
    assert_eq!(noted.positions().of("pull/sms").unwrap().text().as_deref(), Some("7"));
    assert_eq!(noted.positions().of("pull/calls").unwrap().text(), None);
    let other: TenantId = "7e570000-0000-4000-8000-000000000002".parse().unwrap();
    assert_eq!(Positions::new(noted.clone(), other).of("pull/sms").unwrap().text(), None);
    // What is there already is not set again.
    let before = noted.exchanges();
    position.set(Some("7")).unwrap();
    assert_eq!(noted.exchanges(), before);
    position.set(None).unwrap();
    assert_eq!(noted.all(), BTreeMap::new());
    let too_long = noted.positions().of(&"x".repeat(200)).unwrap();
    assert!(matches!(too_long.set(Some("1")), Err(PositionError::Store(_))));
}

#[test]
fn of_two_that_read_the_same_one_gives_up() {
    let noted = NoteStore::default();
    let [one, other] = [(); 2].map(|()| noted.positions().of("file/x").unwrap());
    one.set(Some("1")).unwrap();
    assert!(matches!(other.set(Some("2")), Err(PositionError::Moved)));
    // It is told once, and changes nothing from then on.
    other.set(Some("3")).unwrap();
    other.set(None).unwrap();
    assert_eq!(other.text(), None);
    one.set(Some("4")).unwrap();
    assert_eq!(noted.all().into_values().collect::<Vec<_>>(), ["4"]);
}

#[test]
fn a_store_that_failed_is_tried_again() {
    let noted = NoteStore::working(&[true, false]);
    let position = noted.positions().of("x").unwrap();
    position.set(Some("1")).unwrap();
    assert!(matches!(position.set(Some("2")), Err(PositionError::Store(_))));
    assert_eq!(position.text().as_deref(), Some("1"));
    position.set(Some("3")).unwrap();
    assert_eq!(noted.all().into_values().collect::<Vec<_>>(), ["3"]);
}

#[test]
fn a_files_position_counts_while_the_file_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let noted = NoteStore::default();
    let read = |premise: Premise| {
        let identity = Identity::of(&mut File::open(&path).unwrap(), premise).unwrap().unwrap();
        FilePosition::read(&noted.positions(), &path, identity).unwrap()
    };
    let place = Position { format: "x".to_owned(), at: "7".to_owned() };
    fs::write(&path, "some rows").unwrap();
    read(Premise::default()).keep(Some(&place)).unwrap();
    assert_eq!(read(Premise::default()).position(), Some(place.clone()));
    // Others of its rows are taken.
    let only_sms = Premise { log: Some(&SMS), period: None };
    assert_eq!(read(only_sms).position(), None);
    // It has grown, and it has changed and kept its size.
    for text in ["some rows and more", "SOME rows"] {
        fs::write(&path, text).unwrap();
        assert_eq!(read(Premise::default()).position(), None, "{text}");
    }
    // Its place is taken by that of the new one.
    read(Premise::default()).keep(Some(&place)).unwrap();
    assert_eq!(read(Premise::default()).position(), Some(place));
    assert_eq!(noted.all().len(), 1);
    // Whatever else the state says is no position.
    for text in ["", "null", "{}", "7", "{\"file\":{},\"position\":{}}"] {
        noted.move_all(text);
        assert_eq!(read(Premise::default()).position(), None, "{text}");
    }
    read(Premise::default()).keep(None).unwrap();
    assert_eq!(noted.all(), BTreeMap::new());
}

#[test]
fn no_names_of_files_are_in_states() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls of +441632960111.json");
    fs::write(&path, "rows").unwrap();
    let noted = NoteStore::default();
    let identity = Identity::of(&mut File::open(&path).unwrap(), Premise::default()).unwrap().unwrap();
    let kept = FilePosition::read(&noted.positions(), &path, identity).unwrap();
    kept.keep(Some(&Position { format: "x".to_owned(), at: "7".to_owned() })).unwrap();
    let (name, text) = noted.all().pop_first().unwrap();
    assert!(!name.contains("441632") && !text.contains("441632"), "{name}: {text}");
}
