//! Calls by day, country and direction.

use std::collections::BTreeMap;

use trunklog_store::Store;

use super::{Slice, SliceRow, Slices, Slots, direction_word, minutes, seconds, sums};
use crate::ReportError;
use crate::calendar::Bucket;
use crate::classes::{Class, Ner};
use crate::cubes::{COUNTRIES, countries, direction_of};
use crate::kpi::Unit;
use crate::report::Level;
use crate::table::{Column, Kind, Value};

/// The calls of each country by day and direction: the country of the party
/// outside.
pub(super) static DESTINATIONS: Slice = Slice {
    key: "destinations",
    level: Level::Aggregate,
    bucket: Bucket::Day,
    columns: &[
        Column::key("country", Kind::Text),
        Column::key("direction", Kind::Text),
        Column::of("attempts", Kind::Count),
        Column::of("answered", Kind::Count),
        Column::of("effective", Kind::Count),
        Column::of("leftOut", Kind::Count),
        Column::of("minutes", Kind::Figure(Unit::Minutes)),
        Column::of("durationCalls", Kind::Count),
        Column::of("talkSeconds", Kind::Figure(Unit::Seconds)),
        Column::of("talkCalls", Kind::Count),
    ],
    tell: destinations,
};

#[derive(Default)]
struct Sum {
    attempts: i64,
    answered: i64,
    effective: i64,
    left_out: i64,
    duration_s: i64,
    duration_n: i64,
    talk_ms: i64,
    talk_n: i64,
}

fn destinations(store: &dyn Store, slots: &Slots) -> Result<Slices, ReportError> {
    const DIRECTION: usize = 0;
    const COUNTRY: usize = 1;
    const CLASS: usize = 2;
    let by = [countries::DIRECTION, countries::COUNTRY, countries::CLASS];
    let (groups, commit) = sums(store, slots.query(COUNTRIES, &by))?;
    let mut days = BTreeMap::<(usize, Option<&str>, &str), Sum>::new();
    for group in &groups {
        let way = direction_word(group.number(DIRECTION).and_then(direction_of));
        let sum = days.entry((group.slot(), group.text(COUNTRY), way)).or_default();
        let rows = group.sum(countries::ROWS);
        let ner = group.text(CLASS).and_then(Class::by_key).unwrap_or(Class::Unknown).ner();
        sum.attempts += rows;
        sum.answered += group.sum(countries::ANSWERED);
        sum.effective += if ner == Ner::Effective { rows } else { 0 };
        sum.left_out += if ner == Ner::LeftOut { rows } else { 0 };
        sum.duration_s += group.sum(countries::DURATION_S);
        sum.duration_n += group.sum(countries::DURATION_N);
        sum.talk_ms += group.sum(countries::TALK_MS);
        sum.talk_n += group.sum(countries::TALK_N);
    }
    let row = |((slot, country, way), sum): ((usize, Option<&str>, &str), Sum)| {
        let start = *slots.starts().get(slot)?;
        let values = vec![
            Value::maybe_text(country),
            Value::text(way),
            Value::Int(sum.attempts),
            Value::Int(sum.answered),
            Value::Int(sum.effective),
            Value::Int(sum.left_out),
            minutes(sum.duration_s),
            Value::Int(sum.duration_n),
            seconds(sum.talk_ms),
            Value::Int(sum.talk_n),
        ];
        Some(SliceRow { start, id: format!("|{way}|{}", country.unwrap_or_default()), values })
    };
    Ok(Slices { rows: days.into_iter().filter_map(row).collect(), commit })
}
