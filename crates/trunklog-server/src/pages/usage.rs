//! `/usage`: the report of the admin centre.

use std::sync::Arc;

use trunklog_odata::expr::{Direction, Expr, Kind, Node, OrderBy};
use trunklog_odata::{Error, Instant};
use trunklog_records::TimeRange;
use trunklog_reports::calendar::Bucket;
use trunklog_reports::{Ask, Value};
use trunklog_store::{
    Aggregate, Group, Measure, Operand, PageQuery, ReportQuery, ReportValue, Selection, Start, Watermark,
};
use trunklog_web::pages::usage::{ROWS, UsageAnswers, UsagePage, UsageTab};

use super::chosen::Chosen;
use super::fault::Fault;
use super::skip;
use super::visit::{Shown, Visit};

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    let page = visit.page;
    let tab = tab(page.state.own("tab"))?;
    let skip = skip::of(page)?;
    let Chosen { selection, left, by } = Chosen::of(visit.app, tab, &page.state, &visit.look())?;
    // The page has its number already, so that all of it is of one commit.
    let commit = page.state.commit.map(Watermark);
    let sums = sums(visit, tab, &selection, commit)?;
    let mut query = PageQuery::of(newest_first(&selection), ROWS);
    (query.start, query.watermark) = (Start::Skip(skip), commit);
    let shown = visit.store.page(&query)?;
    visit.note_rows(&selection, by, shown.rows.len());
    let answers = UsageAnswers {
        tab,
        range: selection.range,
        count: sums.count,
        secs: sums.secs,
        charges: sums.charges,
        buckets: buckets(visit, tab, &selection, commit)?,
        has_more: shown.next.is_some(),
        rows: page.mask.rows(shown.rows),
        skip,
        left,
    };
    Shown::of(&UsagePage::new(page, &answers))
}

/// The tab of a key; the first unless another is asked for.
pub(super) fn tab(key: Option<&str>) -> Result<UsageTab, Error> {
    let Some(key) = key else { return Ok(UsageTab::DirectRouting) };
    UsageTab::by_key(key).ok_or_else(|| {
        let known = UsageTab::ALL.map(UsageTab::key).join(", ");
        Error::bad_request("tab: there is no such report").hint(format!("take one of {known}"))
    })
}

/// The same rows, the newest first.
fn newest_first(selection: &Selection) -> Selection {
    let by = Expr::new(Kind::Instant, Node::Property(selection.log.time_index()));
    Selection { order: vec![OrderBy { by, direction: Direction::Descending }], ..selection.clone() }
}

/// What all rows add up to.
struct Sums {
    count: u64,
    secs: Option<i64>,
    charges: Vec<(String, Option<String>)>,
}

fn sums(
    visit: &Visit<'_>,
    tab: UsageTab,
    selection: &Selection,
    commit: Option<Watermark>,
) -> Result<Sums, Fault> {
    let log = selection.log;
    let sum =
        |property: &str| log.index_of(property).map(|at| Measure::of(Aggregate::Sum(Operand::Property(at))));
    let (secs_of, charge_of) = (tab.seconds().and_then(sum), tab.charge().and_then(sum));
    // What costs something has a currency, and nobody adds up two of them.
    let currency = charge_of.as_ref().and_then(|_| log.index_of("currency"));
    let has_secs = secs_of.is_some();
    let measures = [Some(Measure::ROWS), secs_of, charge_of];
    let report = visit.store.report(&ReportQuery {
        selection: selection.clone(),
        watermark: commit,
        groups: currency.map(Group::Property).into_iter().collect(),
        measures: measures.into_iter().flatten().collect(),
    })?;
    let mut sums = Sums { count: 0, secs: has_secs.then_some(0), charges: Vec::new() };
    for group in report.groups {
        let mut measures = group.measures.into_iter();
        sums.count = sums.count.saturating_add(u64::try_from(whole(measures.next())).unwrap_or(0));
        if let Some(secs) = &mut sums.secs {
            *secs = secs.saturating_add(whole(measures.next()));
        }
        if let Some(ReportValue::Text(digits)) = measures.next() {
            let currency = match group.by.into_iter().next() {
                Some(ReportValue::Text(currency)) if !currency.is_empty() => Some(currency),
                _ => None,
            };
            // What costs nothing needs no currency.
            if currency.is_some() || digits.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
                sums.charges.push((digits, currency));
            }
        }
    }
    Ok(sums)
}

fn whole(value: Option<ReportValue>) -> i64 {
    match value {
        Some(ReportValue::Int(number)) => number,
        _ => 0,
    }
}

/// How many rows each bucket of time has; None where rows have no time of their own.
fn buckets(
    visit: &Visit<'_>,
    tab: UsageTab,
    selection: &Selection,
    commit: Option<Watermark>,
) -> Result<Option<Vec<(TimeRange, i64)>>, Fault> {
    let log = tab.log();
    if !log.shows_time() {
        return Ok(None);
    }
    let edges = Bucket::Auto.edges(selection.range, visit.page.formats.zone())?;
    if edges.len() < 2 {
        return Ok(Some(Vec::new()));
    }
    let edges: Arc<[Instant]> = edges.into();
    let is_kept = tab == UsageTab::DirectRouting && !visit.page.state.is_narrowed();
    let kept = match commit {
        Some(commit) if is_kept => kept_counts(visit, selection.range, commit)?,
        _ => None,
    };
    let counts = match kept {
        Some(counts) => counts,
        None => counts(visit, selection, commit, &edges)?,
    };
    let ranges = edges.windows(2).filter_map(range_of);
    let buckets: Vec<(TimeRange, i64)> = ranges.zip(counts).collect();
    // An axis over nothing says nothing.
    Ok(Some(if buckets.iter().all(|(_, count)| *count == 0) { Vec::new() } else { buckets }))
}

/// How many calls each bucket has, as sums of all calls tell; None where rows came.
fn kept_counts(visit: &Visit<'_>, range: TimeRange, commit: Watermark) -> Result<Option<Vec<i64>>, Fault> {
    let ask = Ask { range, bucket: Some(Bucket::Auto), ..visit.ask() };
    let Some(answer) = visit.answer_of("series", &ask, commit)? else { return Ok(None) };
    let count = |row: usize| match answer.table.value(row, "attempts") {
        Some(Value::Int(count)) => *count,
        _ => 0,
    };
    Ok(Some((0..answer.table.rows.len()).map(count).collect()))
}

/// How many rows each bucket has.
fn counts(
    visit: &Visit<'_>,
    selection: &Selection,
    commit: Option<Watermark>,
    edges: &Arc<[Instant]>,
) -> Result<Vec<i64>, Fault> {
    let property = selection.log.time_index();
    let report = visit.store.report(&ReportQuery {
        selection: selection.clone(),
        watermark: commit,
        groups: vec![Group::Buckets { property, edges: Arc::clone(edges) }],
        measures: vec![Measure::ROWS],
    })?;
    let mut counts = vec![0; edges.len() - 1];
    for group in report.groups {
        let place = match group.by.first() {
            Some(ReportValue::Int(place)) => usize::try_from(*place).ok(),
            _ => None,
        };
        if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
            *count = whole(group.measures.into_iter().next());
        }
    }
    Ok(counts)
}

/// From one edge up to the next, which belongs to the next bucket.
fn range_of(pair: &[Instant]) -> Option<TimeRange> {
    match pair {
        [from, end] => Some(TimeRange::ALL.since(*from).until(*end)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_told() {
        assert_eq!(tab(None).unwrap(), UsageTab::DirectRouting);
        assert_eq!(tab(Some("dial-out")).unwrap(), UsageTab::DialOut);
        assert!(tab(Some("calls")).unwrap_err().hint_text().unwrap().contains("blocked-users"));
    }

    #[test]
    fn a_bucket_ends_before_the_next_starts() {
        let day = |day| Instant::from_date(2026, 11, day).unwrap();
        let range = range_of(&[day(1), day(2)]).unwrap();
        assert_eq!((range.from(), range.end()), (day(1), day(2)));
        assert!(range.contains(day(1)) && !range.contains(day(2)));
    }
}
