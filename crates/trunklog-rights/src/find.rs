//! Where a person is in a log.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;

use trunklog_odata::Instant;
use trunklog_odata::expr::Expr;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, Rows, TimeRange};
use trunklog_store::{Columns, ErrorKind, ScanQuery, Selection, Store};

use crate::Result;
use crate::entries::How;
use crate::hold::{any, is_one_of, is_one_of_ignoring_case};
use crate::number::{self, Place};
use crate::person::{Mark, Person, Places, tells_one, text_of};
use crate::rows::{Hits, Knows, Look, how_of, remembered};

/// So many ids are named in one condition.
const IDS_AT_A_TIME: usize = 500;

/// The most forms that are told of numbers that may be meant, of a log.
const MOST_FORMS: usize = 20;

/// The most ids and names of one user that are taken for those of the same person.
const MOST_IDENTIFIERS: usize = 16;

/// Where a person is in a log.
#[derive(Debug)]
pub struct Finding {
    /// The log.
    pub log: &'static Log,
    /// How many rows tell of the person. None of a log that is computed from others,
    /// whose own rows cannot be told from those that are computed.
    pub rows: Option<u64>,
    /// How many of them do so in unknown properties alone.
    pub unknown_only: u64,
    /// Rows with a number of which digits are hidden, and which may be the person's.
    /// Nothing is done to them.
    pub masked: u64,
    /// Rows with a number that may be the person's, and of which nobody can tell, by how
    /// it is written, with most of it hidden. Nothing is done to them.
    pub unclear: BTreeMap<String, u64>,
    /// Whether only a part of it could be looked at, as it is computed and too large.
    pub is_in_part: bool,
    /// The time of the first row.
    pub oldest: Option<Instant>,
    /// The time of the last one.
    pub newest: Option<Instant>,
    /// What names the person as it is written there, by property.
    pub(crate) texts: BTreeMap<usize, BTreeSet<String>>,
    /// The rows that only unknown properties tell of.
    pub(crate) keys: Vec<(Instant, String)>,
    /// The types of calls of rows whose user the person is.
    pub(crate) call_types: BTreeSet<Option<String>>,
    /// The marks of the users of those rows.
    marks: BTreeSet<Mark>,
}

impl Finding {
    fn new(log: &'static Log) -> Finding {
        Finding {
            log,
            rows: None,
            unknown_only: 0,
            masked: 0,
            unclear: BTreeMap::new(),
            is_in_part: false,
            oldest: None,
            newest: None,
            texts: BTreeMap::new(),
            keys: Vec::new(),
            call_types: BTreeSet::new(),
            marks: BTreeSet::new(),
        }
    }

    fn note(&mut self, rows: &Rows, row: usize, places: &Places, hits: &Hits) {
        let (time, id) = rows.key(row);
        *self.rows.get_or_insert(0) += 1;
        self.oldest = Some(self.oldest.map_or(time, |oldest| oldest.min(time)));
        self.newest = self.newest.max(Some(time));
        if hits.is_user {
            let call_type = places.own.and_then(|own| text_of(rows, own.direction, row));
            self.call_types.insert(call_type.map(str::to_owned));
        }
        if !hits.is_user && hits.numbers.is_empty() {
            self.unknown_only += 1;
            self.keys.push((time, id.to_owned()));
        }
    }

    /// Notes what the texts of a row say that may have the person's number.
    fn doubt(&mut self, doubts: impl Iterator<Item = Doubt>) {
        let (mut is_masked, mut first) = (false, None);
        for doubt in doubts {
            match doubt {
                Doubt::Masked => is_masked = true,
                Doubt::Unclear(form) => first = first.or(Some(form)),
            }
        }
        self.masked += u64::from(is_masked);
        let Some(form) = first else { return };
        if let Some(rows) = self.unclear.get_mut(&form) {
            *rows += 1;
        } else if self.unclear.len() < MOST_FORMS {
            self.unclear.insert(form, 1);
        } else if let Some(mut last) = self.unclear.last_entry() {
            // That there is one more is told all the same.
            *last.get_mut() += 1;
        }
    }

    /// Notes a text that names the person.
    fn add(&mut self, at: usize, text: &str) {
        let texts = self.texts.entry(at).or_default();
        if !texts.contains(text) {
            texts.insert(text.to_owned());
        }
    }

    /// The rows of the log in which properties name the person; None where none does.
    /// Where the person is known and not only a hash, it holds for rows, too, that
    /// came since, or that a scan does not show.
    pub(crate) fn condition(&self, person: Option<&Person>) -> Option<Expr> {
        let places = Places::of(self.log);
        let mut parts = Vec::new();
        for at in places.names.iter().copied().chain(places.with_numbers()) {
            parts.extend(self.condition_on(at, person, places.names.contains(&at)));
        }
        if parts.is_empty() { None } else { Some(any(parts)) }
    }

    /// The same of the properties that name users.
    pub(crate) fn condition_on_user(&self, person: Option<&Person>) -> Option<Expr> {
        let places = Places::of(self.log);
        let parts = places.names.iter().filter_map(|at| self.condition_on(*at, person, true));
        let parts: Vec<Expr> = parts.collect();
        if parts.is_empty() { None } else { Some(any(parts)) }
    }

    /// The same of one property.
    pub(crate) fn condition_on(&self, at: usize, person: Option<&Person>, is_name: bool) -> Option<Expr> {
        let mut texts = self.texts.get(&at).cloned().unwrap_or_default();
        let mut lower = BTreeSet::new();
        let place = Places::of(self.log).place(at);
        for mark in person.into_iter().flat_map(|person| person.marks()) {
            match mark {
                Mark::User(name) if is_name => {
                    lower.insert(name.clone());
                }
                // What a look at the rows does not count is not taken either.
                Mark::Number(digits) if !is_name => {
                    let forms = [format!("+{digits}"), digits.clone(), format!("tel:+{digits}")];
                    texts.extend(forms.into_iter().filter(|form| number::names(form, place, digits)));
                }
                Mark::User(_) | Mark::Number(_) | Mark::NumberBefore(_) => {}
            }
        }
        let mut parts = Vec::new();
        if !texts.is_empty() {
            parts.push(is_one_of(at, texts));
        }
        if !lower.is_empty() {
            parts.push(is_one_of_ignoring_case(at, lower));
        }
        if parts.is_empty() { None } else { Some(any(parts)) }
    }

    /// Selections that have, together, the rows that only unknown properties tell of.
    pub(crate) fn unknown_rows(&self) -> Vec<Selection> {
        let id = self.log.id_index();
        let chunks = self.keys.chunks(IDS_AT_A_TIME).filter_map(|keys| {
            let first = keys.iter().map(|(time, _)| *time).min()?;
            let last = keys.iter().map(|(time, _)| *time).max()?;
            let range = TimeRange::ALL.since(first).until(last.saturating_add_ticks(1));
            let filter = Some(is_one_of(id, keys.iter().map(|(_, id)| id.clone())));
            Some(Selection { filter, ..Selection::all(self.log, range) })
        });
        chunks.collect()
    }
}

/// Looks for a person in a log.
///
/// It reads all rows, as a number can be written in many ways. Of a log that is
/// computed from others it counts none, see [`Finding::rows`].
pub fn find(store: &dyn Store, log: &'static Log, person: &Person) -> Result<Finding> {
    if log.summary().is_none() {
        return Ok(find_all(store, log, person, None, person.digits(), TimeRange::ALL)?);
    }
    match find_all(store, log, person, None, None, TimeRange::ALL) {
        // How the person is written is known by it; which rows are its own is not.
        Ok(found) => Ok(Finding { texts: found.texts, keys: found.keys, ..Finding::new(log) }),
        Err(error) => match error.kind() {
            ErrorKind::TooMany | ErrorKind::TooSlow | ErrorKind::OutOfMemory => {
                Ok(Finding { is_in_part: true, ..Finding::new(log) })
            }
            _ => Err(error.into()),
        },
    }
}

/// Looks for whoever is known; where `only` is given, for whom just that is to happen.
pub(crate) fn find_all(
    store: &dyn Store,
    log: &'static Log,
    knows: &dyn Knows,
    only: Option<How>,
    digits: Option<&str>,
    range: TimeRange,
) -> trunklog_store::Result<Finding> {
    let mut finding = Finding { rows: Some(0), ..Finding::new(log) };
    let mut look = Look::new(log, knows);
    // Most texts come again.
    let mut doubtful = HashMap::new();
    let columns = look.places.columns();
    let selection = Selection { columns: Columns::Only(columns), ..Selection::all(log, range) };
    let query = ScanQuery { selection, skip: 0, limit: None, watermark: None };
    store.scan(&query, &mut |rows: Rows| {
        for row in 0..rows.len() {
            let hits = look.at(&rows, row).filter(|hits| only.is_none_or(|only| only == hits.how));
            if let Some(hits) = hits {
                finding.note(&rows, row, &look.places, &hits);
                let names: &[usize] = if hits.is_user { &look.places.names } else { &[] };
                for at in names {
                    let Some(text) = text_of(&rows, *at, row) else { continue };
                    if how_of(knows, Place::ANY, text).is_some() {
                        finding.add(*at, text);
                    }
                    finding.marks.insert(Mark::User(text.trim().to_lowercase()));
                }
                for at in &hits.numbers {
                    if let Some(text) = text_of(&rows, *at, row) {
                        finding.add(*at, text);
                    }
                }
            } else if let Some(digits) = digits {
                let texts = look.places.with_numbers().filter_map(|at| text_of(&rows, at, row));
                let doubt = |text: &str| remembered(&mut doubtful, text, || Doubt::of(text, digits));
                finding.doubt(texts.filter_map(doubt));
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(finding)
}

/// Why a text may have the number that is looked for.
#[derive(Clone)]
enum Doubt {
    /// Digits of it are hidden.
    Masked,
    /// It is written like this, and nobody can tell.
    Unclear(String),
}

impl Doubt {
    fn of(text: &str, digits: &str) -> Option<Doubt> {
        if number::may_be(text, digits) {
            return Some(Doubt::Masked);
        }
        number::perhaps(text, digits).map(Doubt::Unclear)
    }
}

/// A user with the other ids and names of the same rows: who is asked for by the
/// principal name is the same under the object id, and the other way round. A number
/// stays as it is.
pub fn identifiers(store: &dyn Store, person: &Person) -> Result<Person> {
    if !person.is_user() {
        return Ok(person.clone());
    }
    let mut marks = BTreeSet::new();
    for log in LOGS.into_iter().filter(|log| log.summary().is_none()) {
        marks.extend(find(store, log, person)?.marks);
    }
    marks.retain(|mark| matches!(mark, Mark::User(name) if tells_one(name)));
    Ok(person.clone().also(marks.into_iter().take(MOST_IDENTIFIERS)))
}

/// The rows of a person in a log, as selections: their rows do not overlap.
pub fn rows_of(finding: &Finding, person: &Person) -> Vec<Selection> {
    let all = finding
        .condition(Some(person))
        .map(|filter| Selection { filter: Some(filter), ..Selection::all(finding.log, TimeRange::ALL) });
    all.into_iter().chain(finding.unknown_rows()).collect()
}
