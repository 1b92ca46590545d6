//! Looking for persons in rows, for who stores them and for who searches.

use std::collections::HashMap;

use trunklog_records::{Log, Rows};

use crate::entries::How;
use crate::number::{self, Place};
use crate::person::{Mark, Person, Places, marks_of, text_of, texts_within};

/// What was found of texts.
type Seen = HashMap<String, Option<How>>;

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
    /// The properties with a number that is meant, alone or within other text.
    pub(crate) numbers: Vec<usize>,
    /// Whether anything in the unknown properties is.
    pub(crate) is_unknown: bool,
}

/// Looks at rows of one log.
pub(crate) struct Look<'k> {
    pub(crate) places: Places,
    knows: &'k dyn Knows,
    /// Most numbers and users come again.
    seen_numbers: Seen,
    seen_users: Seen,
    /// Other texts do, too. Which numbers count in one depends on its property.
    seen_texts: HashMap<usize, Seen>,
}

impl<'k> Look<'k> {
    pub(crate) fn new(log: &'static Log, knows: &'k dyn Knows) -> Look<'k> {
        let (seen_numbers, seen_users, seen_texts) = (HashMap::new(), HashMap::new(), HashMap::new());
        Look { places: Places::of(log), knows, seen_numbers, seen_users, seen_texts }
    }

    /// Where persons are in a row; None where none is.
    pub(crate) fn at(&mut self, rows: &Rows, row: usize) -> Option<Hits> {
        let mut how = None;
        let mut is_user = false;
        for at in 0..self.places.names.len() {
            let Some(text) = text_of(rows, self.places.names[at], row) else { continue };
            if let Some(found) = self.how(Place::ANY, text) {
                how = how.max(Some(found));
                is_user = true;
            }
        }
        let mut numbers = Vec::new();
        for at in 0..self.places.numbers.len() {
            let column = self.places.numbers[at];
            let Some(text) = text_of(rows, column, row) else { continue };
            if let Some(found) = self.how(Place::Number, text) {
                how = how.max(Some(found));
                numbers.push(column);
            }
        }
        for at in 0..self.places.texts.len() {
            let column = self.places.texts[at];
            let Some(text) = text_of(rows, column, row) else { continue };
            if let Some(found) = self.how_within(column, text) {
                how = how.max(Some(found));
                numbers.push(column);
            }
        }
        let mut within = None;
        if let Some(members) = text_of(rows, self.places.unknown, row) {
            texts_within(members, &mut |text| within = within.max(how_of(self.knows, Place::ANY, text)));
        }
        let how = how.max(within)?;
        Some(Hits { how, is_user, numbers, is_unknown: within.is_some() })
    }

    fn how(&mut self, place: Place, text: &str) -> Option<How> {
        let knows = self.knows;
        let seen = if place == Place::Number { &mut self.seen_numbers } else { &mut self.seen_users };
        remembered(seen, text, || how_of(knows, place, text))
    }

    /// The same of a text that names nobody but by a number in it.
    fn how_within(&mut self, column: usize, text: &str) -> Option<How> {
        let (knows, place) = (self.knows, self.places.place(column));
        remembered(self.seen_texts.entry(column).or_default(), text, || {
            let mut how = None;
            number::each_in(text, place, &mut |digits, rule| {
                how = how.max(knows.how(&Mark::of_number(digits, rule)));
            });
            how
        })
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

/// What is found of a text, which is looked for once.
pub(crate) fn remembered<T: Clone>(seen: &mut HashMap<String, T>, text: &str, find: impl FnOnce() -> T) -> T {
    if let Some(known) = seen.get(text) {
        return known.clone();
    }
    let found = find();
    if seen.len() >= REMEMBERED {
        seen.clear();
    }
    seen.insert(text.to_owned(), found.clone());
    found
}

/// What is to happen to whom a text names; None where it names nobody who is known.
pub(crate) fn how_of(knows: &dyn Knows, place: Place, text: &str) -> Option<How> {
    let mut how = None;
    marks_of(text, place, &mut |mark| how = how.max(knows.how(&mark)));
    how
}
