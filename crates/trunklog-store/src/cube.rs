//! Sums of a log's rows, by slots of time and a few keys: cubes.
//!
//! A cube is defined above the store, as data and one function that folds rows
//! into cells. An engine keeps the cells beside the rows: each commit that brings,
//! changes or takes away rows books them in the same transaction, what comes with
//! a plus, what goes with a minus. So cells are sums of signed parts, exact at
//! every commit, and an engine need not know what they mean.
//!
//! The same function folds rows where no cube can answer: for a filter that looks
//! at what a cube does not keep, for a range that cuts through slots, or while a
//! cube is built. Both ways give the same sums.
//!
//! Nothing personal is needed here: a key is a text or a number, whatever it means.

mod by_scan;
mod cells;
mod check;
mod days;
mod zones;

use std::sync::Arc;

use jiff::tz::TimeZone;
use trunklog_odata::Instant;
use trunklog_odata::edm::EdmType;
use trunklog_odata::expr::Expr;
use trunklog_records::{Log, Rows, TimeRange};

use crate::busy::Span;
use crate::error::{Error, ErrorKind, Result};
use crate::report::{GroupRow, ReportValue};
use crate::selection::{Columns, Selection};
use crate::watermark::Watermark;

pub(crate) use by_scan::by_scan;
pub use by_scan::{MAX_FOLDED, grouped, sums_by_scan};
pub use cells::{Cell, CellKey, Cells, MAX_KEYS, NO_KEY};
pub use check::{CheckedDay, CubeCheck, CubeDays, CubeDifference, Mend, check_days, check_one_day};
pub use days::{Days, zone_name};
pub use zones::{NotedZones, ZONE_STATES, ZoneChoice, note_zones, zone_by_name};

/// The cubes of one log, which one function folds together.
#[derive(Debug)]
pub struct CubeSet {
    /// The log.
    pub log: &'static Log,
    /// Names what the cells are made with: another text means that stored cells
    /// have to be made anew.
    pub version: &'static str,
    /// The properties that `fold` and `spans` look at.
    pub needs: &'static [&'static str],
    /// The cubes. [`Cells::add`] calls them by their place here.
    pub cubes: &'static [Cube],
    /// Adds rows to the cells of all cubes that are wanted ([`Cells::wants`]).
    pub fold: fn(&Rows, &mut Cells),
    /// Tells when the calls of rows kept channels busy, row after row. Both times
    /// of a span are at most [`MAX_SPAN`](crate::busy::MAX_SPAN) long, and start and
    /// end no further than that from the time of their row.
    pub spans: fn(&Rows, &mut dyn FnMut(Span<'_>)),
}

/// Sums by slot and keys.
#[derive(Debug)]
pub struct Cube {
    /// Its name, lower-case letters and `_`, unique in its set.
    pub name: &'static str,
    /// How wide its slots are.
    pub grain: Grain,
    /// What else its cells are told apart by, at most [`MAX_KEYS`].
    pub keys: &'static [CubeKey],
    /// The names of its sums.
    pub measures: &'static [&'static str],
}

/// How wide slots are. A row is in the slot of its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// So many units of 100 ns, counted from 1970.
    Ticks(i64),
    /// The days of the tenant's zone.
    Day,
}

/// What cells are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CubeKey {
    /// Its name.
    pub name: &'static str,
    /// What its values are. Each may be null, too.
    pub kind: KeyKind,
    /// The property of the log whose very value it is, if it is one: filters may
    /// look at it.
    pub property: Option<&'static str>,
}

/// What the values of a key are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Texts.
    Text,
    /// Whole numbers. Those of a property that is a truth value are 0 and 1.
    Int,
}

/// What an engine keeps cubes of, and in which zones its tenants count days.
#[derive(Debug, Clone)]
pub struct CubeSettings {
    /// The sets, at most one of a log.
    pub sets: Vec<&'static CubeSet>,
    /// The zone of tenants that have none of their own.
    pub zone: TimeZone,
    /// The zones of tenants.
    pub zones: std::collections::BTreeMap<trunklog_records::TenantId, TimeZone>,
}

/// A question that a cube, or else the rows, can answer.
#[derive(Debug, Clone)]
pub struct SumQuery {
    /// The cubes.
    pub set: &'static CubeSet,
    /// Which of them, by its place.
    pub cube: usize,
    /// The rows' times.
    pub range: TimeRange,
    /// What the rows must satisfy, over the log's properties.
    pub filter: Option<Expr>,
    /// What their keys must be.
    pub only: Vec<KeyChoice>,
    /// Buckets of time, as [`Group::Buckets`](crate::Group::Buckets) has them;
    /// None for one of all times. A row outside all of them does not count.
    pub edges: Option<Arc<[Instant]>>,
    /// The keys that the sums are told apart by, by their places.
    pub by: Vec<usize>,
    /// The measures that are asked for, by their places; None for all. The others are
    /// told as 0, and a group that has none but these is left out.
    pub measures: Option<Vec<usize>>,
    /// The zone in which days are counted.
    pub zone: TimeZone,
}

/// The values that a key may have.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyChoice {
    /// The key, by its place.
    pub key: usize,
    /// The bits of a whole number that are compared; None for all of them.
    pub bits: Option<i64>,
    /// [`ReportValue::Null`], texts or whole numbers.
    pub values: Vec<ReportValue>,
}

/// The answers to some [`SumQuery`]s, all of one commit.
#[derive(Debug, Clone, PartialEq)]
pub struct SumAnswers {
    /// One for each question.
    pub sums: Vec<Sums>,
    /// The commit up to which rows count.
    pub watermark: Watermark,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Sums {
    /// The groups that have rows, ordered as those of a
    /// [`Report`](crate::Report) are: by the number of the bucket, where the
    /// question has some, and then by the keys. The measures are whole numbers.
    /// A group whose measures are all zero is left out.
    pub groups: Vec<GroupRow>,
    /// Where they come from.
    pub source: SumSource,
}

/// Where sums come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SumSource {
    /// The cells of a cube.
    Cube,
    /// Rows, so many of them.
    Rows(u64),
}

impl KeyChoice {
    /// The choice of some values of a key.
    pub fn of(key: usize, values: Vec<ReportValue>) -> KeyChoice {
        KeyChoice { key, bits: None, values }
    }

    /// Whether a key may have a value.
    ///
    /// ```
    /// use trunklog_store::ReportValue;
    /// use trunklog_store::cube::KeyChoice;
    ///
    /// let odd = KeyChoice { bits: Some(1), ..KeyChoice::of(0, vec![ReportValue::Int(1)]) };
    /// assert!(odd.holds(&ReportValue::Int(7)) && !odd.holds(&ReportValue::Int(8)));
    /// assert!(!odd.holds(&ReportValue::Null));
    /// ```
    pub fn holds(&self, value: &ReportValue) -> bool {
        match (self.bits, value) {
            (Some(bits), ReportValue::Int(number)) => self.values.contains(&ReportValue::Int(number & bits)),
            _ => self.values.contains(value),
        }
    }
}

impl CubeSettings {
    /// No cubes.
    pub fn none() -> CubeSettings {
        CubeSettings { sets: Vec::new(), zone: TimeZone::UTC, zones: std::collections::BTreeMap::new() }
    }

    /// The zone in which a tenant counts days.
    pub fn zone_of(&self, tenant: trunklog_records::TenantId) -> &TimeZone {
        self.zones.get(&tenant).unwrap_or(&self.zone)
    }

    /// The cubes of a log.
    pub fn of(&self, log: &Log) -> Option<&'static CubeSet> {
        self.sets.iter().copied().find(|set| set.log.name == log.name)
    }
}

impl CubeSet {
    /// The columns that `fold` and `spans` look at, with time and id.
    pub fn columns(&self) -> Columns {
        let mut columns: Vec<usize> = self.needs.iter().filter_map(|name| self.log.index_of(name)).collect();
        columns.sort_unstable();
        columns.dedup();
        Columns::Only(columns)
    }
}

impl Cube {
    /// The place of a key.
    pub fn key(&self, name: &str) -> Option<usize> {
        self.keys.iter().position(|key| key.name == name)
    }

    /// The place of a measure.
    pub fn measure(&self, name: &str) -> Option<usize> {
        self.measures.iter().position(|measure| *measure == name)
    }
}

impl Grain {
    /// The start of the slot that holds an instant, in ticks.
    pub fn slot(self, ticks: i64, days: &mut Days) -> i64 {
        match self {
            Grain::Ticks(width) => ticks - ticks.rem_euclid(width),
            Grain::Day => days.start(ticks),
        }
    }

    /// Whether no slot reaches across an instant.
    pub fn is_edge(self, at: Instant, days: &mut Days) -> bool {
        // Ranges that are open at an end have no edge there.
        at == Instant::ABSENT || at == Instant::MAX || self.slot(at.ticks(), days) == at.ticks()
    }
}

impl SumQuery {
    /// A question about all rows of a range, as one group.
    pub fn all(set: &'static CubeSet, cube: usize, range: TimeRange) -> SumQuery {
        SumQuery {
            set,
            cube,
            range,
            filter: None,
            only: Vec::new(),
            edges: None,
            by: Vec::new(),
            measures: None,
            zone: TimeZone::UTC,
        }
    }

    /// The cube that is asked.
    pub fn cube(&self) -> &'static Cube {
        &self.set.cubes[self.cube]
    }

    /// Whether a measure is asked for, by its place.
    pub fn asks_for(&self, measure: usize) -> bool {
        self.measures.as_ref().is_none_or(|measures| measures.contains(&measure))
    }

    /// Checks what the types of the fields leave open, as
    /// [`Selection::check`] does.
    pub fn check(&self) -> Result<()> {
        self.selection().check()?;
        let Some(cube) = self.set.cubes.get(self.cube) else { return Err(self.misfit("cube")) };
        let has = |key: usize| key < cube.keys.len();
        if !self.by.iter().all(|key| has(*key)) || !self.only.iter().all(|choice| has(choice.key)) {
            return Err(self.misfit("key"));
        }
        if self.measures.iter().flatten().any(|at| *at >= cube.measures.len()) {
            return Err(self.misfit("measure"));
        }
        if let Some(edges) = &self.edges
            && (edges.len() < 2 || !edges.is_sorted_by(|a, b| a < b))
        {
            return Err(Error::new(ErrorKind::Other, "the edges of buckets do not ascend"));
        }
        Ok(())
    }

    /// Whether the cube has all that is asked: the filter looks only at
    /// properties that are keys, and neither the range nor a bucket cuts through
    /// a slot.
    pub fn fits_cube(&self) -> bool {
        let cube = self.cube();
        let is_key = |at: &usize| {
            let name = self.set.log.properties[*at].name;
            cube.keys.iter().any(|key| key.property == Some(name))
        };
        let mut days = Days::new(self.zone.clone());
        let mut is_edge = |at: &Instant| cube.grain.is_edge(*at, &mut days);
        self.filter.as_ref().is_none_or(|filter| filter.properties().iter().all(is_key))
            && is_edge(&self.range.from())
            && is_edge(&self.range.end())
            && self.edges.as_ref().is_none_or(|edges| edges.iter().all(is_edge))
    }

    /// The rows that are asked about.
    pub fn selection(&self) -> Selection {
        Selection {
            filter: self.filter.clone(),
            columns: self.set.columns(),
            ..Selection::all(self.set.log, self.range)
        }
    }

    fn misfit(&self, what: &str) -> Error {
        Error::new(ErrorKind::Other, format!("there is no such {what} of sums of {}", self.set.log.name))
    }
}

impl CubeKey {
    /// A key that is the value of a property.
    pub const fn property(name: &'static str, kind: KeyKind) -> CubeKey {
        CubeKey { name, kind, property: Some(name) }
    }

    /// A key that follows from others.
    pub const fn derived(name: &'static str, kind: KeyKind) -> CubeKey {
        CubeKey { name, kind, property: None }
    }

    /// Whether a property's values can be a key's.
    pub fn fits(&self, log: &Log) -> bool {
        let Some(name) = self.property else { return true };
        let edm = log.index_of(name).map(|at| log.properties[at].edm);
        match self.kind {
            KeyKind::Text => matches!(edm, Some(EdmType::String | EdmType::Enum(_))),
            KeyKind::Int => matches!(edm, Some(EdmType::Int32 | EdmType::Boolean)),
        }
    }
}
