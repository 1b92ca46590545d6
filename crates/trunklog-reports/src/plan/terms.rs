//! What is asked of the cubes of a family: a report's wish and the filter, by the
//! places of keys.

use trunklog_odata::expr::Expr;
use trunklog_records::call_types::{Direction, direction};
use trunklog_store::ReportValue;
use trunklog_store::cube::{Cube, KeyChoice, SumQuery};

use super::cut::Part;
use super::{Family, Only, Wanted};
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::cubes::{DIRECT_ROUTING, INBOUND, OUTBOUND};
use crate::filter::{Choice, Countries, Derived, all_of};

/// What is asked of the cubes of a family.
pub(super) struct Terms {
    filter: Option<Expr>,
    only: Vec<KeyChoice>,
    by: Vec<usize>,
    measures: Option<&'static [usize]>,
    pub(super) readings: Vec<Reading>,
    /// The countries whose rows count, where no key says so.
    pub(super) countries: Countries,
}

/// How a key is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    AsItIs,
    /// A call type, of which only the direction is wanted.
    Direction,
}

/// Whether rows are read where no key of a cube tells a country.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ByRows {
    Never,
    Countries,
}

/// Why a family cannot answer.
enum Misfit {
    /// It does not have that key.
    Key(&'static str),
    /// No property tells what the filter asks for, and no key does.
    Filter(Derived),
}

/// The first family that has all that is needed, and what is asked of it.
pub(super) fn terms(ask: &Ask, wanted: &Wanted<'_>) -> Result<(Family, Terms), ReportError> {
    if let Ok(found) = fitting(ask, wanted, ByRows::Never) {
        return Ok(found);
    }
    // Where no sums are kept by country, rows tell.
    fitting(ask, wanted, ByRows::Countries).map_err(|misfit| match misfit {
        Some(Misfit::Filter(name)) => no_filter(name),
        Some(Misfit::Key(name)) => {
            let problem = format!("these numbers cannot be told apart by {name}");
            ReportError::asked("by", problem, "leave it out")
        }
        None => ReportError::asked("by", "no numbers are kept for that", "leave it out"),
    })
}

/// The first family that has all that is needed; else why the first of all has not.
fn fitting(ask: &Ask, wanted: &Wanted<'_>, by_rows: ByRows) -> Result<(Family, Terms), Option<Misfit>> {
    let mut first = None;
    for family in wanted.families.iter().copied() {
        match Terms::of(ask, family, wanted, by_rows) {
            Ok(terms) => return Ok((family, terms)),
            Err(misfit) => first = first.or(Some(misfit)),
        }
    }
    Err(first)
}

impl Terms {
    fn of(ask: &Ask, family: Family, wanted: &Wanted<'_>, by_rows: ByRows) -> Result<Terms, Misfit> {
        let Some(cube) = keys_of(family) else { return Err(Misfit::Key("cube")) };
        let (mut only, mut exprs, mut countries) = (Vec::new(), Vec::new(), Countries::default());
        for condition in ask.filter.conditions() {
            let choice = condition.choice.as_ref();
            match (choice.and_then(|choice| choice_of(cube, choice)), &condition.expr, choice) {
                (Some(choice), ..) => only.push(choice),
                (None, Some(expr), _) => exprs.push(expr.clone()),
                (None, None, Some(choice)) if by_rows == ByRows::Countries => countries.add(choice.clone()),
                (None, None, Some(choice)) => return Err(Misfit::Filter(choice.of)),
                (None, None, None) => {}
            }
        }
        for Only { key: name, bits, values } in &wanted.only {
            let key = cube.key(name).ok_or(Misfit::Key(name))?;
            only.push(KeyChoice { key, bits: *bits, values: values.clone() });
        }
        let mut by = Vec::new();
        let mut readings = Vec::new();
        for dimension in wanted.by {
            let (key, reading) = key_of(cube, *dimension).ok_or(Misfit::Key(dimension.key()))?;
            by.push(key);
            readings.push(reading);
        }
        for name in wanted.keys.iter().copied() {
            by.push(cube.key(name).ok_or(Misfit::Key(name))?);
            readings.push(Reading::AsItIs);
        }
        let measures = wanted.measures;
        Ok(Terms { filter: all_of(exprs), only, by, measures, readings, countries })
    }

    /// Whether the keys of a family tell all that the filter looks at.
    pub(super) fn is_kept(&self, family: Family) -> bool {
        let Some(cube) = keys_of(family) else { return false };
        let is_key = |at: &usize| {
            let name = DIRECT_ROUTING.log.properties[*at].name;
            cube.keys.iter().any(|key| key.property == Some(name))
        };
        self.countries.is_all()
            && self.filter.as_ref().is_none_or(|filter| filter.properties().iter().all(is_key))
    }

    pub(super) fn query(&self, ask: &Ask, part: Part) -> SumQuery {
        SumQuery {
            set: &DIRECT_ROUTING,
            cube: part.cube,
            range: part.range,
            filter: self.filter.clone(),
            only: self.only.clone(),
            edges: part.edges,
            by: self.by.clone(),
            measures: self.measures.map(<[usize]>::to_vec),
            zone: ask.days.clone(),
        }
    }
}

impl Reading {
    /// Makes of a key what is wanted of it, as cubes have it.
    pub(super) fn read(self, value: &mut ReportValue) {
        let Reading::Direction = self else { return };
        let way = match value {
            ReportValue::Text(call_type) => direction(call_type),
            _ => None,
        };
        *value = match way {
            Some(Direction::Inbound) => ReportValue::Int(INBOUND),
            Some(Direction::Outbound) => ReportValue::Int(OUTBOUND),
            None => ReportValue::Null,
        };
    }
}

/// A condition that no property tells, asked of numbers that are not kept by it.
pub(crate) fn no_filter(name: Derived) -> ReportError {
    let problem = format!("these numbers are not kept by {}", name.name());
    ReportError::asked(
        "$filter",
        problem,
        "leave it out, or take another report, such as series or destinations",
    )
}

/// A cube with the keys that all of a family have.
fn keys_of(family: Family) -> Option<&'static Cube> {
    family.last().map(|at| &DIRECT_ROUTING.cubes[*at])
}

/// Where a cube has a dimension, and how it is read there.
fn key_of(cube: &Cube, dimension: Dimension) -> Option<(usize, Reading)> {
    let as_it_is = |name| cube.key(name).map(|key| (key, Reading::AsItIs));
    match dimension {
        Dimension::Trunk => as_it_is("trunkFullyQualifiedDomainName"),
        Dimension::CallType => as_it_is("callType"),
        Dimension::Direction => {
            as_it_is("direction").or_else(|| Some((cube.key("callType")?, Reading::Direction)))
        }
        // What only rows of other logs have, or a key of its own.
        _ => None,
    }
}

/// A condition as a choice of a cube's key, if it has such a key.
fn choice_of(cube: &Cube, choice: &Choice) -> Option<KeyChoice> {
    let name = match choice.of {
        Derived::Direction => "direction",
        Derived::Class => "class",
        Derived::IsLeg => "leg",
        Derived::Country => "country",
        Derived::IsMissed => return None,
    };
    let value = |value: Option<&str>| match (choice.of, value) {
        (Derived::Direction, Some("inbound")) => Some(ReportValue::Int(INBOUND)),
        (Derived::Direction, Some("outbound")) => Some(ReportValue::Int(OUTBOUND)),
        (Derived::Direction, Some(_)) | (Derived::Country, None) => Some(ReportValue::Null),
        (Derived::IsLeg, Some(is_leg)) => Some(ReportValue::Int(i64::from(is_leg == "true"))),
        (_, Some(text)) => Some(ReportValue::Text(text.to_owned())),
        // Nothing but a country is ever null.
        (_, None) => None,
    };
    let values = choice.values.iter().map(Option::as_deref).filter_map(value).collect();
    Some(KeyChoice::of(cube.key(name)?, values))
}
