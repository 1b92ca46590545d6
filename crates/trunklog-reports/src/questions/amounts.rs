//! What calls and messages of other logs than direct routing's came to, in rows, in
//! minutes or parts, and in money.
//!
//! No sums of these are kept, so rows tell. The store adds them up, and what follows
//! from a row's values is put together here. A country follows from a number, which no
//! store reads: where one is asked for, rows are read one by one, each by what the
//! reader sees of its number.
//!
//! Money is summed as decimals, and never across currencies: a currency is a part of
//! what groups have in common, always.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, StringArray};
use arrow::datatypes::Int32Type;
use trunklog_odata::expr::Expr;
use trunklog_records::call_types::{Direction, direction};
use trunklog_records::masking::masked;
use trunklog_records::{Log, Rows};
use trunklog_store::{
    Aggregate, Decimal, Group, MAX_GROUPS, Measure, Operand, ReportQuery, ReportValue, Selection, Store,
    Watermark, too_many_groups,
};

use super::figures::direction_key;
use super::scan::{columns_of, scan_rows};
use super::shared::Groups;
use crate::ReportError;
use crate::ask::{Ask, Dimension};
use crate::countries::Country;
use crate::filter::Countries;
use crate::plan::{Times, Window, plainly};
use crate::table::Source;

/// What is counted of a log's rows.
pub(super) struct Amounts {
    pub(super) log: &'static Log,
    /// A property with whole numbers.
    pub(super) quantity: &'static str,
    /// Properties with money, two at most.
    pub(super) charges: &'static [&'static str],
}

/// What rows came to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Amount {
    pub(super) rows: i64,
    /// The sum of the quantity; what has none counts as 0.
    pub(super) quantity: i64,
    /// The sums of money, in the order of the properties.
    pub(super) charges: [Decimal; 2],
}

/// What was found.
pub(super) struct Found {
    pub(super) now: Groups<Amount>,
    pub(super) before: Option<Groups<Amount>>,
    pub(super) commit: Watermark,
    pub(super) source: Source,
}

/// What is asked of one time.
struct Asked<'a> {
    store: &'a dyn Store,
    ask: &'a Ask,
    by: &'a [Dimension],
    window: &'a Window,
    commit: Watermark,
}

impl Amounts {
    /// Counts, all at one commit.
    ///
    /// # Errors
    /// When there are too many groups, or the store fails.
    pub(super) fn count(
        &self,
        store: &dyn Store,
        ask: &Ask,
        times: &Times,
        by: &[Dimension],
    ) -> Result<Found, ReportError> {
        let commit = store.newest()?;
        let mut source = Source { from_rows: true, ..Source::default() };
        let mut of = |window| -> Result<Groups<Amount>, ReportError> {
            let (found, read) = self.of_window(&Asked { store, ask, by, window, commit })?;
            source.rows_read = source.rows_read.saturating_add(read);
            Ok(found)
        };
        let now = of(&times.now)?;
        let before = match &times.earlier {
            Some(earlier) => Some(of(&earlier.window)?),
            None => None,
        };
        Ok(Found { now, before, commit, source })
    }

    /// What is in a time, and how many rows were read for it.
    fn of_window(&self, asked: &Asked<'_>) -> Result<(Groups<Amount>, u64), ReportError> {
        if asked.window.len() == 0 {
            return Ok((Groups::new(), 0));
        }
        let (filter, countries) = asked.ask.filter.apart();
        if asked.by.contains(&Dimension::Country) || !countries.is_all() {
            self.by_rows(asked, filter, &countries)
        } else {
            self.by_report(asked, filter)
        }
    }

    /// The store adds rows up, by the properties as they are.
    fn by_report(
        &self,
        asked: &Asked<'_>,
        filter: Option<Expr>,
    ) -> Result<(Groups<Amount>, u64), ReportError> {
        let Asked { store, by, window, commit, .. } = *asked;
        let has_buckets = window.len() > 1;
        let buckets =
            || Group::Buckets { property: self.log.time_index(), edges: window.edges().to_vec().into() };
        let mut groups: Vec<Group> = has_buckets.then(buckets).into_iter().collect();
        for dimension in by {
            groups.push(Group::Property(self.place_of(*dimension)?));
        }
        let sum = |name: &str| {
            let at = self.log.index_of(name);
            at.map(|at| Measure::of(Aggregate::Sum(Operand::Property(at))))
        };
        let summed = std::iter::once(self.quantity).chain(self.charges.iter().copied()).filter_map(sum);
        let query = ReportQuery {
            selection: Selection { filter, ..Selection::all(self.log, window.range()) },
            watermark: Some(commit),
            groups,
            measures: std::iter::once(Measure::ROWS).chain(summed).collect(),
        };
        let report = store.report(&query).map_err(plainly)?;
        let mut found = Groups::<Amount>::new();
        for group in report.groups {
            let mut values = group.by;
            let bucket = if has_buckets { number(&values.remove(0)) } else { Some(0) };
            let Some(bucket) = bucket else { continue };
            for (value, dimension) in values.iter_mut().zip(by) {
                read(value, *dimension);
            }
            found.entry((bucket, values)).or_default().add(&Amount::of_measures(&group.measures));
        }
        let read = found.values().map(|amount| amount.rows.unsigned_abs()).sum();
        Ok((found, read))
    }

    /// Rows are read one by one.
    fn by_rows(
        &self,
        asked: &Asked<'_>,
        filter: Option<Expr>,
        countries: &Countries,
    ) -> Result<(Groups<Amount>, u64), ReportError> {
        let Asked { store, ask, by, window, commit } = *asked;
        let mut names = vec![self.quantity, OTHER_COUNTRY];
        names.extend(self.charges);
        names.extend(by.iter().filter_map(|dimension| dimension.property(self.log)));
        if let Some(party) = self.log.external_party {
            names.extend([party.direction, party.inbound, party.outbound]);
        }
        let columns = columns_of(self.log, &names);
        let selection = Selection { filter, columns, ..Selection::all(self.log, window.range()) };
        let mut found = Groups::<Amount>::new();
        let read = scan_rows(store, selection, commit, &mut |rows| {
            let parts = Parts::of(self, rows, ask.mask.digits());
            let columns: Vec<Option<&StringArray>> = by.iter().map(|of| parts.column(*of)).collect();
            let mut of_batch = HashMap::<(usize, Vec<Value<'_>>), Amount>::new();
            for row in 0..rows.len() {
                let country = parts.country(row);
                if !countries.take(country) {
                    continue;
                }
                let values = by.iter().zip(&columns).map(|(dimension, column)| match dimension {
                    Dimension::Country => Value::Text(country.map(Country::code)),
                    Dimension::Direction => Value::Direction(parts.direction(row)),
                    _ => Value::Text(text_of(*column, row)),
                });
                let key = (window.bucket_of(rows.time(row)), values.collect());
                of_batch.entry(key).or_default().add(&parts.amount(row));
            }
            for ((bucket, values), amount) in of_batch {
                let values = values.into_iter().map(Value::owned).collect();
                found.entry((bucket, values)).or_default().add(&amount);
            }
            if found.len() > MAX_GROUPS { Err(plainly(too_many_groups())) } else { Ok(()) }
        })?;
        Ok((found, read))
    }

    /// The property that tells a dimension.
    fn place_of(&self, dimension: Dimension) -> Result<usize, ReportError> {
        let place = dimension.property(self.log).and_then(|name| self.log.index_of(name));
        place.ok_or_else(|| {
            let problem = format!("rows of {} cannot be told apart by {}", self.log.name, dimension.key());
            ReportError::asked("by", problem, "leave it out")
        })
    }
}

/// What Graph's beta says of the country of the party outside.
const OTHER_COUNTRY: &str = "otherPartyCountryCode";

impl Amount {
    /// What a store tells of a group: rows, quantity and charges.
    fn of_measures(measures: &[ReportValue]) -> Amount {
        let int = |at: usize| match measures.get(at) {
            Some(ReportValue::Int(value)) => *value,
            _ => 0,
        };
        let money = |at: usize| match measures.get(at) {
            Some(ReportValue::Text(text)) => Decimal::of_sum(text).unwrap_or_default(),
            _ => Decimal::default(),
        };
        Amount { rows: int(0), quantity: int(1), charges: [money(2), money(3)] }
    }

    fn add(&mut self, other: &Amount) {
        self.rows += other.rows;
        self.quantity = self.quantity.saturating_add(other.quantity);
        for (sum, charge) in self.charges.iter_mut().zip(other.charges) {
            sum.add(charge);
        }
    }
}

/// A value that rows are told apart by, as long as a batch is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Value<'a> {
    Text(Option<&'a str>),
    Direction(Option<Way>),
}

/// A direction that can be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Way {
    In,
    Out,
}

impl Value<'_> {
    fn owned(self) -> ReportValue {
        match self {
            Value::Text(text) => text.map_or(ReportValue::Null, |text| ReportValue::Text(text.to_owned())),
            Value::Direction(way) => direction_key(way.map(|way| match way {
                Way::In => Direction::Inbound,
                Way::Out => Direction::Outbound,
            })),
        }
    }
}

/// The columns of a batch.
struct Parts<'a> {
    rows: &'a Rows,
    amounts: &'a Amounts,
    quantity: Option<usize>,
    charges: [Option<usize>; 2],
    said: Option<&'a StringArray>,
    kinds: Option<&'a StringArray>,
    numbers: [Option<&'a StringArray>; 2],
    digits: u8,
}

impl<'a> Parts<'a> {
    fn of(amounts: &'a Amounts, rows: &'a Rows, digits: u8) -> Parts<'a> {
        let log = amounts.log;
        let text = |name: &str| Some(rows.batch().column(log.index_of(name)?).as_string::<i32>());
        let party = log.external_party;
        let mut charges = [None; 2];
        for (charge, name) in charges.iter_mut().zip(amounts.charges) {
            *charge = log.index_of(name);
        }
        Parts {
            rows,
            amounts,
            quantity: log.index_of(amounts.quantity),
            charges,
            said: text(OTHER_COUNTRY),
            kinds: party.and_then(|party| text(party.direction)),
            numbers: [
                party.and_then(|party| text(party.inbound)),
                party.and_then(|party| text(party.outbound)),
            ],
            digits,
        }
    }

    fn column(&self, dimension: Dimension) -> Option<&'a StringArray> {
        let at = self.amounts.log.index_of(dimension.property(self.amounts.log)?)?;
        Some(self.rows.batch().column(at).as_string::<i32>())
    }

    fn direction(&self, row: usize) -> Option<Way> {
        match direction(text_of(self.kinds, row)?)? {
            Direction::Inbound => Some(Way::In),
            Direction::Outbound => Some(Way::Out),
        }
    }

    /// The country of the party outside, as the reader can tell it: what Graph says, where
    /// that is the code of a country, else what is left of the number says.
    fn country(&self, row: usize) -> Option<Country> {
        if let Some(country) = text_of(self.said, row).and_then(Country::by_code) {
            return Some(country);
        }
        let [inbound, outbound] = self.numbers;
        let number = match self.direction(row)? {
            Way::In => text_of(inbound, row)?,
            Way::Out => text_of(outbound, row)?,
        };
        Country::of_number(&masked(number, self.digits))
    }

    fn amount(&self, row: usize) -> Amount {
        let int = |at: usize| {
            let column = self.rows.batch().column(at).as_primitive::<Int32Type>();
            if column.is_valid(row) { i64::from(column.value(row)) } else { 0 }
        };
        let money = |at: Option<usize>| {
            let column = at.map(|at| self.rows.batch().column(at).as_string::<i32>());
            text_of(column, row).and_then(Decimal::of_value).unwrap_or_default()
        };
        Amount { rows: 1, quantity: self.quantity.map_or(0, int), charges: self.charges.map(money) }
    }
}

/// A text that is one: neither null nor empty.
fn text_of(column: Option<&StringArray>, row: usize) -> Option<&str> {
    let column = column.filter(|column| column.is_valid(row))?;
    Some(column.value(row)).filter(|text| !text.is_empty())
}

/// Makes of a property's value that of a dimension. Empty texts say nothing.
fn read(value: &mut ReportValue, dimension: Dimension) {
    let told = match value {
        ReportValue::Text(text) if dimension == Dimension::Direction => direction_key(direction(text)),
        ReportValue::Text(text) if text.is_empty() => ReportValue::Null,
        _ => return,
    };
    *value = told;
}

/// The number of a bucket.
fn number(value: &ReportValue) -> Option<usize> {
    match value {
        ReportValue::Int(number) => usize::try_from(*number).ok(),
        _ => None,
    }
}

/// What rows are told apart by: what was asked for, and the currency.
pub(super) fn with_currency(by: &[Dimension]) -> Vec<Dimension> {
    let mut by = by.to_vec();
    if !by.contains(&Dimension::Currency) {
        by.push(Dimension::Currency);
    }
    by
}

#[cfg(test)]
mod tests;
