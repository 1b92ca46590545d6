//! Which inputs are stored as a whole, while the import that has them among
//! others goes on.
//!
//! A state for each of them would be too many: a folder may hold a hundred
//! thousand files. So a state lists [`MARKS_PER_STATE`] inputs, and there are at
//! most [`MAX_STATES`], of which the oldest goes. Processes that import at the
//! same time share the lists: each adds and removes its own lines, and where
//! another was faster, it reads the list and tries again.

use std::collections::HashSet;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use trunklog_store::Error;
use uuid::Uuid;

use super::kept::{PositionError, Positions, States};

/// How many inputs a state lists, each in a line of 66 bytes.
const MARKS_PER_STATE: usize = 500;

/// The most states of a tenant.
const MAX_STATES: usize = 200;

/// How often another process may be faster.
const MAX_CONFLICTS: usize = 100;

/// Tells a finished input from others, and from what it was before it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark {
    source: Uuid,
    content: Uuid,
}

/// The inputs that are stored as a whole.
pub(crate) struct FinishedInputs {
    states: Arc<dyn States>,
    /// What the names of the states start with.
    prefix: String,
    /// Those of earlier imports.
    before: HashSet<Mark>,
    notes: Mutex<Notes>,
}

/// What changes while an import goes on.
#[derive(Default)]
struct Notes {
    /// The sources of this import.
    sources: HashSet<Uuid>,
    /// The lists, by ascending numbers.
    lists: Vec<List>,
}

/// The value of a state: a line for each mark.
struct List {
    number: u32,
    text: String,
}

impl Mark {
    /// The mark of a source with that content, both in any form that tells them
    /// from others.
    pub fn new(source: &[u8], content: &[u8]) -> Mark {
        let [source, content] = [source, content].map(|text| Uuid::new_v5(&Uuid::NAMESPACE_OID, text));
        Mark { source, content }
    }

    fn parse(line: &str) -> Option<Mark> {
        let (source, content) = line.split_once(' ')?;
        Some(Mark { source: source.parse().ok()?, content: content.parse().ok()? })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.source.simple(), self.content.simple())
    }
}

impl FinishedInputs {
    /// Those that the tenant's imports have noted.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn read(positions: &Positions) -> Result<FinishedInputs, Error> {
        let prefix = positions.name_of("finished/");
        let states = positions.states();
        let mut lists = Vec::new();
        for (name, text) in states.states(&prefix)? {
            if let Some(number) = name.strip_prefix(&prefix).and_then(|number| number.parse().ok()) {
                lists.push(List { number, text });
            }
        }
        let before = lists.iter().flat_map(|list| list.text.lines()).filter_map(Mark::parse).collect();
        let notes = Mutex::new(Notes { lists, ..Notes::default() });
        Ok(FinishedInputs { states, prefix, before, notes })
    }

    /// Whether an earlier import has stored an input of this one as a whole.
    pub(crate) fn has(&self, mark: Mark) -> bool {
        self.notes().sources.insert(mark.source);
        self.before.contains(&mark)
    }

    /// Adds inputs, whose rows are all stored.
    ///
    /// # Errors
    /// When some of them are not noted.
    pub(crate) fn add(&self, marks: &[Mark]) -> Result<(), PositionError> {
        let Notes { sources, lists } = &mut *self.notes();
        sources.extend(marks.iter().map(|mark| mark.source));
        let (mut left, mut conflicts) = (marks, 0);
        while !left.is_empty() {
            let (number, old) = match lists.last() {
                Some(last) if last.text.lines().count() < MARKS_PER_STATE => {
                    (last.number, Some(last.text.clone()))
                }
                Some(last) => (last.number.saturating_add(1), None),
                None => (0, None),
            };
            let mut new = old.clone().unwrap_or_default();
            let room = MARKS_PER_STATE - new.lines().count();
            let (now, later) = left.split_at(room.min(left.len()));
            for mark in now {
                // Writing to a string cannot fail.
                let _ = writeln!(new, "{mark}");
            }
            if self.exchange(lists, number, old.as_deref(), Some(new))? {
                left = later;
            } else {
                conflicts += 1;
                if conflicts > MAX_CONFLICTS {
                    return Err(PositionError::Moved);
                }
            }
        }
        while lists.len() > MAX_STATES {
            let List { number, text } = lists.remove(0);
            // Where another process was faster, it sees to it.
            self.states
                .exchange_state(&self.name(number), Some(&text), None)
                .map_err(PositionError::Store)?;
        }
        Ok(())
    }

    /// Removes all inputs of this import, which is done.
    ///
    /// # Errors
    /// When some of them are still noted.
    pub(crate) fn forget(&self) -> Result<(), PositionError> {
        let Notes { sources, lists } = &mut *self.notes();
        let numbers: Vec<u32> = lists.iter().map(|list| list.number).collect();
        for number in numbers {
            let mut conflicts = 0;
            while let Some(list) = lists.iter().find(|list| list.number == number) {
                let Some(rest) = list.without(sources) else { break };
                let old = list.text.clone();
                let rest = Some(rest).filter(|rest| !rest.is_empty());
                if self.exchange(lists, number, Some(&old), rest)? {
                    break;
                }
                conflicts += 1;
                if conflicts > MAX_CONFLICTS {
                    return Err(PositionError::Moved);
                }
            }
        }
        Ok(())
    }

    /// Gives a list another text, None to remove it. Tells whether it was as
    /// expected; where it was not, what it is now is in `lists`.
    fn exchange(
        &self,
        lists: &mut Vec<List>,
        number: u32,
        expected: Option<&str>,
        new: Option<String>,
    ) -> Result<bool, PositionError> {
        let name = self.name(number);
        let is_set =
            self.states.exchange_state(&name, expected, new.as_deref()).map_err(PositionError::Store)?;
        let text = if is_set { new } else { self.states.state(&name).map_err(PositionError::Store)? };
        let known = lists.iter().position(|list| list.number == number);
        match (known, text) {
            (Some(at), Some(text)) => lists[at].text = text,
            (Some(at), None) => {
                lists.remove(at);
            }
            // Its number is the one after the last.
            (None, Some(text)) => lists.push(List { number, text }),
            (None, None) => {}
        }
        Ok(is_set)
    }

    /// The name of a list's state. Names have the order of the numbers.
    fn name(&self, number: u32) -> String {
        format!("{}{number:010}", self.prefix)
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    /// The list without the marks of some sources; None where that is all of it.
    fn without(&self, sources: &HashSet<Uuid>) -> Option<String> {
        let is_left = |line: &str| Mark::parse(line).is_some_and(|mark| !sources.contains(&mark.source));
        let mut rest = String::with_capacity(self.text.len());
        for line in self.text.lines().filter(|line| is_left(line)) {
            rest.push_str(line);
            rest.push('\n');
        }
        (rest != self.text).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::positions::tests::NoteStore;

    fn marks(numbers: std::ops::Range<u32>) -> Vec<Mark> {
        numbers.map(|number| Mark::new(&number.to_be_bytes(), b"rows")).collect()
    }

    fn read(noted: &NoteStore) -> FinishedInputs {
        FinishedInputs::read(&noted.positions()).unwrap()
    }

    #[test]
    fn inputs_share_states_and_the_oldest_go() {
        let noted = NoteStore::default();
        let per_state = u32::try_from(MARKS_PER_STATE).unwrap();
        let (more, too_many) = (per_state + 1, per_state * u32::try_from(MAX_STATES).unwrap() + 1);
        let finished = read(&noted);
        finished.add(&marks(0..7)).unwrap();
        finished.add(&marks(7..more)).unwrap();
        assert_eq!(noted.all().len(), 2);
        let known = read(&noted);
        assert!(marks(0..more).into_iter().all(|mark| known.has(mark)));
        let changed = Mark::new(&7_u32.to_be_bytes(), b"other rows");
        assert!(!known.has(changed) && !known.has(Mark::new(&more.to_be_bytes(), b"rows")));
        finished.add(&marks(more..too_many)).unwrap();
        assert_eq!(noted.all().len(), MAX_STATES);
        let known = read(&noted);
        assert!(!known.has(marks(0..1)[0]), "the oldest is still there");
        assert!(marks(per_state..too_many).into_iter().all(|mark| known.has(mark)));
        finished.forget().unwrap();
        assert!(noted.all().is_empty());
    }

    #[test]
    fn imports_at_the_same_time_keep_their_own() {
        let noted = NoteStore::default();
        let (one, other) = (read(&noted), read(&noted));
        one.add(&marks(0..3)).unwrap();
        other.add(&marks(3..5)).unwrap();
        one.add(&marks(5..6)).unwrap();
        let known = read(&noted);
        assert!(marks(0..6).into_iter().all(|mark| known.has(mark)));
        one.forget().unwrap();
        let known = read(&noted);
        assert_eq!(marks(0..6).into_iter().filter(|mark| known.has(*mark)).count(), 2);
        other.forget().unwrap();
        assert!(noted.all().is_empty());
    }

    #[test]
    fn what_is_no_list_is_no_finished_input() {
        let noted = NoteStore::default();
        read(&noted).add(&marks(0..2)).unwrap();
        noted.move_all("its own\n\n1 2");
        let finished = read(&noted);
        assert!(!finished.has(marks(0..1)[0]));
        finished.forget().unwrap();
        assert!(noted.all().is_empty());
    }
}
