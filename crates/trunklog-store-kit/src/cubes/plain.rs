//! Sums and busy channels in the plainest way, of rows that were taken apart:
//! neither cubes nor cells nor events.

use std::collections::{BTreeMap, BTreeSet};

use trunklog_odata::Instant;
use trunklog_odata::expr::Expr;
use trunklog_store::busy::{BusyGroup, BusyQuery, Load};
use trunklog_store::cube::{KeyChoice, NO_KEY, SumQuery};
use trunklog_store::evaluate::{Cell, Row, Scope};
use trunklog_store::{GroupRow, ReportValue};

use super::{CALLS, DURATION, END, HOUR, HOURS, INVITE, KIND, START, SUCCESS, TRUNK, index};

fn cell<'a>(row: &'a Row, name: &str) -> &'a Cell {
    &row.cells[index(name)]
}

fn told(cell: &Cell) -> ReportValue {
    match cell {
        Cell::Text(text) => ReportValue::Text(text.clone()),
        Cell::Bool(value) => ReportValue::Int(i64::from(*value)),
        _ => ReportValue::Null,
    }
}

/// What a call's direction is called, and its number.
fn direction(row: &Row) -> Option<(&'static str, i64)> {
    match cell(row, KIND) {
        Cell::Text(kind) if kind.starts_with("ByotIn") => Some(("in", 1)),
        Cell::Text(kind) if kind.starts_with("ByotOut") => Some(("out", 2)),
        _ => None,
    }
}

/// The keys of a row in a cube.
fn keys(cube: usize, row: &Row) -> Vec<ReportValue> {
    let success = told(cell(row, SUCCESS));
    if cube == HOURS {
        return vec![told(cell(row, TRUNK)), told(cell(row, KIND)), success];
    }
    let direction = direction(row).map_or(ReportValue::Null, |(name, _)| ReportValue::Text(name.to_owned()));
    vec![direction, success]
}

fn is_selected(row: &Row, filter: Option<&Expr>) -> bool {
    Scope::new(CALLS, &row.cells).selects(filter)
}

fn is_chosen(choice: &KeyChoice, value: &ReportValue) -> bool {
    let compared = match (choice.bits, value) {
        (Some(bits), ReportValue::Int(number)) => ReportValue::Int(number & bits),
        _ => value.clone(),
    };
    choice.values.contains(&compared)
}

/// What the answer to a question should be.
pub(super) fn sums(rows: &[Row], query: &SumQuery) -> Vec<GroupRow> {
    let mut groups = BTreeMap::<Vec<ReportValue>, [i64; 2]>::new();
    for row in rows {
        let time = row.key.time;
        let keys = keys(query.cube, row);
        if !query.range.contains(time)
            || !is_selected(row, query.filter.as_ref())
            || !query.only.iter().all(|choice| is_chosen(choice, &keys[choice.key]))
        {
            continue;
        }
        let mut by = Vec::new();
        if let Some(edges) = &query.edges {
            let holds = |edge: &[Instant]| edge[0] <= time && time < edge[1];
            let Some(bucket) = edges.windows(2).position(holds) else { continue };
            by.push(ReportValue::Int(i64::try_from(bucket).expect("there are few buckets")));
        }
        by.extend(query.by.iter().map(|key| keys[*key].clone()));
        let sums = groups.entry(by).or_default();
        sums[0] += 1;
        if let Cell::Int(duration) = cell(row, DURATION) {
            sums[1] += i64::from(*duration);
        }
    }
    for sums in groups.values_mut() {
        for (at, sum) in sums.iter_mut().enumerate() {
            if query.measures.as_ref().is_some_and(|asked| !asked.contains(&at)) {
                *sum = 0;
            }
        }
    }
    if query.measures.is_some() {
        groups.retain(|_, sums| *sums != [0, 0]);
    }
    let row = |(by, sums): (Vec<ReportValue>, [i64; 2])| GroupRow {
        by,
        measures: sums.map(ReportValue::Int).into(),
    };
    groups.into_iter().map(row).collect()
}

/// A call that keeps a channel busy.
struct Call {
    series: Option<String>,
    occupied: Option<(i64, i64)>,
    talking: Option<(i64, i64)>,
}

/// An instant of a row that is one.
fn instant(row: &Row, name: &str) -> Option<i64> {
    match cell(row, name) {
        Cell::Ticks(ticks) if *ticks != Instant::ABSENT.ticks() => Some(*ticks),
        _ => None,
    }
}

fn call(row: &Row) -> Call {
    let end = instant(row, END);
    let time = |from: Option<i64>| {
        let (from, end) = (from?, end?);
        let is_near = |at: i64| (at - row.key.time.ticks()).abs() <= 24 * HOUR;
        (from < end && end - from <= 24 * HOUR && is_near(from) && is_near(end)).then_some((from, end))
    };
    let series = match cell(row, TRUNK) {
        Cell::Text(trunk) => Some(trunk.clone()),
        _ => None,
    };
    let start = instant(row, START);
    let answered = *cell(row, SUCCESS) == Cell::Bool(true);
    Call {
        series,
        occupied: time(instant(row, INVITE).or(start)),
        talking: if answered { time(start) } else { None },
    }
}

/// What the answer about busy channels should be.
pub(super) fn busy(rows: &[Row], query: &BusyQuery) -> Vec<BusyGroup> {
    let is_asked = |row: &&Row| {
        let number = direction(row).map_or(NO_KEY, |(_, number)| number);
        is_selected(row, query.filter.as_ref()) && query.direction.is_none_or(|asked| asked == number)
    };
    let mut calls: Vec<Call> = rows.iter().filter(is_asked).map(call).collect();
    calls.retain(|call| query.series.as_ref().is_none_or(|asked| asked.contains(&call.series)));
    if !query.by_series {
        for call in &mut calls {
            call.series = None;
        }
    }
    let series: BTreeSet<Option<String>> = calls.iter().map(|call| call.series.clone()).collect();
    let mut groups = Vec::new();
    for (bucket, edge) in query.edges.windows(2).enumerate() {
        for series in &series {
            let of_series = || calls.iter().filter(|call| call.series == *series);
            let occupied =
                load((edge[0], edge[1]), &of_series().filter_map(|call| call.occupied).collect::<Vec<_>>());
            let talking =
                load((edge[0], edge[1]), &of_series().filter_map(|call| call.talking).collect::<Vec<_>>());
            if occupied.peak > 0 || talking.peak > 0 {
                groups.push(BusyGroup { bucket, series: series.clone(), occupied, talking });
            }
        }
    }
    groups
}

/// How busy the channels of some times were within a bucket: they can be the
/// most only at its start and where one more becomes busy.
fn load((start, end): (Instant, Instant), times: &[(i64, i64)]) -> Load {
    let starts =
        times.iter().map(|(from, _)| *from).filter(|from| start.ticks() < *from && *from < end.ticks());
    let instants: BTreeSet<i64> = starts.chain([start.ticks()]).collect();
    let mut load = Load::none(start);
    for at in instants {
        let busy = times.iter().filter(|(from, to)| *from <= at && at < *to).count();
        let busy = i64::try_from(busy).expect("there are few calls");
        if busy > load.peak {
            load.peak = busy;
            load.peak_at = Instant::from_ticks(at).expect("it is within the bucket");
        }
    }
    let within = |(from, to): &(i64, i64)| ((*to).min(end.ticks()) - (*from).max(start.ticks())).max(0);
    load.ticks = times.iter().map(within).sum();
    load
}
