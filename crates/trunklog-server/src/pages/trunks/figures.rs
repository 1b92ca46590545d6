//! Key figures by trunk, where a trunk may have several names.
//!
//! Rows are counted by the name that they have. Of a trunk with several names they
//! are counted anew, together: ratios and peaks cannot be added up.

use std::collections::BTreeMap;

use trunklog_reports::calendar::Bucket;
use trunklog_reports::{Answer, Ask, Dimension, Extra, Table, Value};
use trunklog_trunks::{Names, OTHERS};
use trunklog_web::pages::health::TrunkAnswers;

use crate::pages::fault::Fault;
use crate::pages::visit::Visit;

/// Key figures by trunk, compared, with busy channels, and attempts by bucket.
pub(in crate::pages) fn by_trunk(visit: &Visit<'_>) -> Result<TrunkAnswers, Fault> {
    let by = vec![Dimension::Trunk];
    let compare = visit.page.comparison;
    let ask = Ask { by: by.clone(), compare, extras: vec![Extra::Channels], ..visit.ask() };
    let totals = visit.answer_if_told("kpis", &ask)?;
    let buckets = Ask { by, bucket: Some(Bucket::Auto), ..visit.ask() };
    let by_bucket = match &totals {
        Some(_) => visit.answer_if_told("series", &buckets)?,
        None => None,
    };
    let totals = match totals {
        Some(totals) => Some(together(visit, totals, &ask)?),
        None => None,
    };
    Ok(TrunkAnswers { totals, by_bucket: by_bucket.map(|answer| added(visit, answer)) })
}

/// The name of a row's trunk.
fn trunk(table: &Table, row: usize) -> Option<&str> {
    match table.value(row, "trunk") {
        Some(Value::Text(name)) => Some(name),
        _ => None,
    }
}

/// The figures with a row for each trunk.
fn together(visit: &Visit<'_>, mut answer: Answer, ask: &Ask) -> Result<Answer, Fault> {
    let mut groups: BTreeMap<String, (Names, Vec<usize>)> = BTreeMap::new();
    for row in 0..answer.table.rows.len() {
        let Some(name) = trunk(&answer.table, row) else { continue };
        let names = visit.names(name);
        groups.entry(names.main().to_owned()).or_insert_with(|| (names, Vec::new())).1.push(row);
    }
    let is_plain =
        |main: &str, rows: &[usize]| matches!(rows, [only] if trunk(&answer.table, *only) == Some(main));
    groups.retain(|main, (_, rows)| !is_plain(main, rows));
    if groups.is_empty() {
        return Ok(answer);
    }
    let mut gone: Vec<usize> = Vec::new();
    let mut more: Vec<(String, Answer)> = Vec::new();
    for (main, (names, rows)) in groups {
        let of = |condition: &str| -> Result<Answer, Fault> {
            let state = visit.page.state.with(|state| state.trunk = None);
            let filter = visit.filter_with(&state, Some(condition))?;
            Ok(visit.answer("kpis", &Ask { by: Vec::new(), filter, ..ask.clone() })?)
        };
        more.push((main, of(&names.condition())?));
        for row in &rows {
            let others = trunk(&answer.table, *row).and_then(|name| Some((name, names.others(name)?)));
            if let Some((name, condition)) = others {
                let rest = of(&condition)?;
                if has_calls(&rest) {
                    more.push((format!("{OTHERS}{name}"), rest));
                }
            }
        }
        gone.extend(rows);
    }
    for table in [Some(&mut answer.table), answer.compared.as_mut()].into_iter().flatten() {
        let mut at = 0;
        table.rows.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
    for (name, of) in more {
        let row = named(&answer.table, &of.table, &name);
        answer.table.rows.push(row);
        if let Some(compared) = &mut answer.compared {
            let none = Table::new(Vec::new());
            let row = named(compared, of.compared.as_ref().unwrap_or(&none), &name);
            compared.rows.push(row);
        }
    }
    Ok(answer)
}

fn has_calls(answer: &Answer) -> bool {
    let has_some =
        |table: &Table| matches!(table.value(0, "attempts"), Some(Value::Int(count)) if *count > 0);
    has_some(&answer.table) || answer.compared.as_ref().is_some_and(has_some)
}

/// The one row of an answer as a row of a table by trunk.
fn named(table: &Table, of: &Table, name: &str) -> Vec<Value> {
    let value = |key: &str| match key {
        "trunk" => Value::text(name),
        key => of.value(0, key).cloned().unwrap_or(Value::Null),
    };
    table.columns.iter().map(|column| value(column.key)).collect()
}

/// Attempts by trunk and bucket with those of all names of a trunk added up. What
/// cannot be added up is left out where there is more than one.
fn added(visit: &Visit<'_>, mut answer: Answer) -> Answer {
    let table = &mut answer.table;
    let (Some(start), Some(place)) = (table.place("start"), table.place("trunk")) else { return answer };
    let mut places: BTreeMap<(trunklog_odata::Instant, String), usize> = BTreeMap::new();
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(table.rows.len());
    let mut mains: BTreeMap<String, String> = BTreeMap::new();
    for mut row in std::mem::take(&mut table.rows) {
        let (Some(Value::Instant(at)), Some(Value::Text(name))) = (row.get(start), row.get(place)) else {
            rows.push(row);
            continue;
        };
        let main = mains.entry(name.clone()).or_insert_with(|| visit.names(name).main().to_owned()).clone();
        let key = (*at, main.clone());
        if let Some(known) = places.get(&key).and_then(|at| rows.get_mut(*at)) {
            add(known, &row, &table.columns);
        } else {
            places.insert(key, rows.len());
            if let Some(value) = row.get_mut(place) {
                *value = Value::Text(main);
            }
            rows.push(row);
        }
    }
    table.rows = rows;
    answer
}

/// Adds the counts of a row to another's.
fn add(known: &mut [Value], more: &[Value], columns: &[trunklog_reports::Column]) {
    for ((known, more), column) in known.iter_mut().zip(more).zip(columns) {
        if column.is_key {
            continue;
        }
        *known = match (&*known, more) {
            (Value::Int(one), Value::Int(other)) => Value::Int(one.saturating_add(*other)),
            _ => Value::Null,
        };
    }
}
