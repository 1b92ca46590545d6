//! From what a report wants to know to sums: which cube answers, and for which part
//! of the range.
//!
//! A report says what its groups are told apart by, and which families of cubes have
//! the sums that it needs. The plan takes the first family that can tell the
//! filter's conditions. A condition on what a cube has as a key becomes a choice of
//! that key; any other stays an expression, and where it looks at what no key is the
//! store reads rows. A country that no key tells is told by rows, too, which are then
//! read here (`by_rows`), since no store knows countries.
//!
//! All that one answer needs is asked at once, so that it is of one commit.

mod by_rows;
mod cut;
mod terms;
mod window;

use std::collections::BTreeMap;

use trunklog_store::cube::{Days, SumQuery, Sums};
use trunklog_store::{ErrorKind, GroupRow, MAX_GROUPS, ReportValue, Store, Watermark};

use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::cubes::{COUNTRIES, DAYS, DIRECT_ROUTING, NUMBERS, QUARTERS, SPREAD, SPREAD_DAYS, USERS};
use crate::filter::{Condition, Countries, Derived};
use crate::table::Source;
use terms::{Reading, terms};

pub(crate) use terms::no_filter;
pub(crate) use window::{Times, Window};

/// Cubes with the same keys and measures, from the coarsest to the finest.
pub(crate) type Family = &'static [usize];

/// All but quantiles, by trunk, call type and codes.
pub(crate) const CALLS: Family = &[DAYS, QUARTERS];
/// By country and class.
pub(crate) const BY_COUNTRY: Family = &[COUNTRIES];
/// Bins of talk time and of time to answer.
pub(crate) const BINS: Family = &[SPREAD_DAYS, SPREAD];
/// By user.
pub(crate) const BY_USER: Family = &[USERS];
/// By the organisation's own number.
pub(crate) const BY_NUMBER: Family = &[NUMBERS];

/// Sums that a report wants.
pub(crate) struct Wanted<'a> {
    /// The families that have them, the best first.
    pub(crate) families: &'a [Family],
    /// The time that counts.
    pub(crate) window: &'a Window,
    /// What groups are told apart by besides their bucket,
    pub(crate) by: &'a [Dimension],
    /// and these keys, by their names.
    pub(crate) keys: &'a [&'static str],
    /// What some keys must be.
    pub(crate) only: Vec<Only>,
    /// The measures that are needed, by their places in the cubes; None for all.
    pub(crate) measures: Option<&'static [usize]>,
}

/// What a key must be.
#[derive(Debug, Clone)]
pub(crate) struct Only {
    /// The key's name.
    pub(crate) key: &'static str,
    /// The bits of a whole number that count; None for all of them.
    pub(crate) bits: Option<i64>,
    pub(crate) values: Vec<ReportValue>,
}

impl Only {
    /// One of some values.
    pub(crate) fn of(key: &'static str, values: Vec<ReportValue>) -> Only {
        Only { key, bits: None, values }
    }
}

/// What is asked of a store for one answer.
pub(crate) struct Plan<'a> {
    ask: &'a Ask,
    queries: Vec<SumQuery>,
    /// Those of which only rows of some countries count.
    by_rows: Vec<SumQuery>,
    questions: Vec<Question>,
}

/// A question: some queries, one for each part of its range.
struct Question {
    family: Family,
    /// The countries whose rows count, where no key says so.
    countries: Countries,
    /// Of each query the number of its first bucket.
    first_buckets: Vec<usize>,
    /// How the keys of groups are read, dimensions first.
    readings: Vec<Reading>,
    dimensions: usize,
}

/// Sums by bucket and by values of dimensions and keys.
type Groups = BTreeMap<(usize, Vec<ReportValue>), Vec<i64>>;

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// One for each question, in their order.
    pub(crate) counted: Vec<Counted>,
    /// Where all of it comes from.
    pub(crate) source: Source,
    /// The commit that it shows.
    pub(crate) commit: Watermark,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Counted {
    /// The family that has answered: measures are in its places.
    pub(crate) family: Family,
    /// The groups that have rows, by bucket, dimensions and keys.
    pub(crate) groups: Vec<Group>,
}

/// A group and its sums.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// The number of its bucket.
    pub(crate) bucket: usize,
    /// The values of its dimensions: trunks and call types as texts, directions as
    /// the keys of cubes.
    pub(crate) by: Vec<ReportValue>,
    /// The values of the further keys.
    pub(crate) keys: Vec<ReportValue>,
    /// The sums, by their places in the cube.
    pub(crate) sums: Vec<i64>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(ask: &'a Ask) -> Plan<'a> {
        Plan { ask, queries: Vec::new(), by_rows: Vec::new(), questions: Vec::new() }
    }

    /// Adds a question, and tells its number.
    ///
    /// # Errors
    /// When no family has all that is needed for it, or when it would tell what is
    /// hidden of numbers.
    pub(crate) fn add(&mut self, wanted: &Wanted<'_>) -> Result<usize, ReportError> {
        let ask = self.ask;
        let (family, terms) = terms(ask, wanted)?;
        let is_kept = terms.is_kept(family);
        if terms.countries.is_all() && tells_hidden_digits(ask, is_kept, wanted.window) {
            let problem = "where numbers are masked, calls of a country are counted by whole hours alone";
            let hint = "let the range and its buckets start and end with hours of UTC, and filter by nothing \
                        but trunk, direction, class and isLeg beside the country";
            return Err(ReportError::asked("$filter", problem, hint));
        }
        let parts = cut::parts(family, is_kept, wanted.window, &ask.days);
        let first_buckets = parts.iter().map(|part| part.first_bucket).collect();
        let queries = if terms.countries.is_all() { &mut self.queries } else { &mut self.by_rows };
        queries.extend(parts.into_iter().map(|part| terms.query(ask, part)));
        self.questions.push(Question {
            family,
            countries: terms.countries,
            first_buckets,
            readings: terms.readings,
            dimensions: wanted.by.len(),
        });
        Ok(self.questions.len() - 1)
    }

    /// Asks the store.
    ///
    /// # Errors
    /// When there are too many groups, or the store fails.
    pub(crate) fn run(&self, store: &dyn Store) -> Result<Found, ReportError> {
        self.try_run(store).map_err(plainly)
    }

    /// Asks the store, and leaves its error as it is, for who has another way.
    pub(crate) fn try_run(&self, store: &dyn Store) -> Result<Found, trunklog_store::Error> {
        // Even ranges without a length are true of a commit.
        let answers = store.sums(&self.queries)?;
        let mut source = Source::default();
        let mut sums = answers.sums.into_iter();
        let mut row_queries = self.by_rows.iter();
        let mut counted = Vec::with_capacity(self.questions.len());
        for question in &self.questions {
            let mut groups = Groups::new();
            for first in &question.first_buckets {
                let countries = (&question.countries, self.ask.mask.digits());
                let read = |query| by_rows::sums(store, query, answers.watermark, countries);
                let part = if question.countries.is_all() {
                    sums.next()
                } else {
                    row_queries.next().map(read).transpose()?
                };
                let Some(part) = part else { break };
                source.add(part.source);
                question.read(*first, part, &mut groups);
            }
            counted.push(Counted { family: question.family, groups: question.told(groups) });
        }
        Ok(Found { counted, source, commit: answers.watermark })
    }
}

/// Whether a condition on the country would tell a masked reader of a single call. What
/// is counted knows the country of whole numbers, and of a short one that follows from a
/// hidden digit. Whole hours of the cube are told, as the report on destinations does.
fn tells_hidden_digits(ask: &Ask, is_kept: bool, window: &Window) -> bool {
    let is_of_country =
        |condition: &Condition| condition.choice.as_ref().is_some_and(|choice| choice.of == Derived::Country);
    if ask.mask.is_none() || window.len() == 0 || !ask.filter.conditions().iter().any(is_of_country) {
        return false;
    }
    let grain = DIRECT_ROUTING.cubes[COUNTRIES].grain;
    let mut days = Days::new(ask.days.clone());
    !is_kept || !window.edges().iter().all(|edge| grain.is_edge(*edge, &mut days))
}

/// The family that answers, and whether cubes may; else rows are read.
///
/// # Errors
/// When no family has all that is needed.
pub(crate) fn choose(ask: &Ask, wanted: &Wanted<'_>) -> Result<(Family, bool), ReportError> {
    let (family, terms) = terms(ask, wanted)?;
    Ok((family, terms.is_kept(family)))
}

impl Question {
    /// Adds the groups of one part.
    fn read(&self, first_bucket: usize, part: Sums, groups: &mut Groups) {
        for GroupRow { mut by, measures } in part.groups {
            let mut bucket = first_bucket;
            if by.len() > self.readings.len()
                && let ReportValue::Int(number) = by.remove(0)
            {
                bucket += usize::try_from(number).unwrap_or(0);
            }
            for (value, reading) in by.iter_mut().zip(&self.readings) {
                reading.read(value);
            }
            let sums = groups.entry((bucket, by)).or_insert_with(|| vec![0; measures.len()]);
            for (sum, measure) in sums.iter_mut().zip(measures) {
                if let ReportValue::Int(measure) = measure {
                    *sum = sum.saturating_add(measure);
                }
            }
        }
    }

    fn told(&self, groups: Groups) -> Vec<Group> {
        let mut told = Vec::with_capacity(groups.len());
        for ((bucket, mut by), sums) in groups {
            let keys = by.split_off(self.dimensions.min(by.len()));
            told.push(Group { bucket, by, keys, sums });
        }
        told
    }
}

impl Group {
    /// The whole number that a further key is.
    pub(crate) fn int(&self, key: usize) -> Option<i64> {
        match self.keys.get(key) {
            Some(ReportValue::Int(value)) => Some(*value),
            _ => None,
        }
    }

    /// The code that a further key is.
    pub(crate) fn code(&self, key: usize) -> Option<i32> {
        self.int(key).and_then(|code| i32::try_from(code).ok())
    }
}

/// What a store cannot answer since it is too much, as a mistake of who asked.
pub(crate) fn plainly(error: trunklog_store::Error) -> ReportError {
    if error.kind() != ErrorKind::TooMany {
        return error.into();
    }
    let problem = format!("what was asked for has more than {MAX_GROUPS} groups in it");
    ReportError::asked("range", problem, "take longer buckets, a shorter range, or a filter")
}

#[cfg(test)]
mod tests;
