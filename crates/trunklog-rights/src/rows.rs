//! Looking for persons in rows, for who stores them and for who searches.

use std::collections::HashMap;

use trunklog_records::{Log, Rows};

use crate::entries::How;
use crate::person::{Mark, Person, Places, marks_of, text_of, texts_within};

/// So many texts are remembered; then it starts anew.
const REMEMBERED: usize = 100_000;

/// Knows persons by their marks.
pub(crate) trait Knows {
    /// What is to happen to who has the mark; None for everybody else.
    fn how(&self, mark: &Mark) -> Option<How>;
}

impl Knows for Person {
    fn how(&self, mark: &Mark) -> Option<How> {
        self.marks().contains(mark).then_some(How::Rows)
    }
}

/// Where a person is in a row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hits {
    /// What is to happen; where several persons are meant, the strongest.
    pub(crate) how: How,
    /// Whether the row's user is meant.
    pub(crate) is_user: bool,
    /// The properties with a number that is meant.
    pub(crate) numbers: Vec<usize>,
    /// Whether anything in the unknown properties is.
    pub(crate) is_unknown: bool,
}

/// Looks at rows of one log.
pub(crate) struct Look<'k> {
    pub(crate) places: Places,
    knows: &'k dyn Knows,
    /// Most numbers and users come again.
    seen: HashMap<String, Option<How>>,
}

impl<'k> Look<'k> {
    pub(crate) fn new(log: &'static Log, knows: &'k dyn Knows) -> Look<'k> {
        Look { places: Places::of(log), knows, seen: HashMap::new() }
    }

    /// Where persons are in a row; None where none is.
    pub(crate) fn at(&mut self, rows: &Rows, row: usize) -> Option<Hits> {
        let mut how = None;
        let mut is_user = false;
        for at in 0..self.places.names.len() {
            let Some(text) = text_of(rows, self.places.names[at], row) else { continue };
            if let Some(found) = self.how(text) {
                how = how.max(Some(found));
                is_user = true;
            }
        }
        let mut numbers = Vec::new();
        for at in 0..self.places.numbers.len() {
            let column = self.places.numbers[at];
            let Some(text) = text_of(rows, column, row) else { continue };
            if let Some(found) = self.how(text) {
                how = how.max(Some(found));
                numbers.push(column);
            }
        }
        let mut within = None;
        if let Some(members) = text_of(rows, self.places.unknown, row) {
            texts_within(members, &mut |text| within = within.max(how_of(self.knows, text)));
        }
        let how = how.max(within)?;
        Some(Hits { how, is_user, numbers, is_unknown: within.is_some() })
    }

    fn how(&mut self, text: &str) -> Option<How> {
        if let Some(known) = self.seen.get(text) {
            return *known;
        }
        let how = how_of(self.knows, text);
        if self.seen.len() >= REMEMBERED {
            self.seen.clear();
        }
        self.seen.insert(text.to_owned(), how);
        how
    }

    /// The properties that are taken from a row, ascending, so that it tells of the
    /// persons no more.
    pub(crate) fn blanked(&self, hits: &Hits, call_type: Option<&str>) -> Vec<usize> {
        let mut blanked = hits.numbers.clone();
        if hits.is_user {
            blanked.extend(&self.places.of_users);
            blanked.extend(self.places.own_numbers(call_type));
        }
        // What is there may say it in other words, too.
        blanked.push(self.places.unknown);
        blanked.sort_unstable();
        blanked.dedup();
        blanked
    }
}

/// What is to happen to whom a text names; None where it names nobody who is known.
pub(crate) fn how_of(knows: &dyn Knows, text: &str) -> Option<How> {
    let mut how = None;
    marks_of(text, &mut |mark| how = how.max(knows.how(&mark)));
    how
}
