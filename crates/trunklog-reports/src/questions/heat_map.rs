//! When it is called: each hour of each day of the week, by the clock of the
//! reader's zone.

use std::collections::BTreeMap;

use jiff::civil::Weekday;
use trunklog_odata::Instant;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_store::Store;

use super::busy::{self, Channels, MIXED_COMMITS, busy, of_one_commit};
use super::counts::{Counts, Slice};
use super::shared::{Groups, Told, answer, figure_values, figures};
use crate::ReportError;
use crate::ask::{Ask, Extra};
use crate::calendar::{Bucket, MAX_BUCKETS, clock};
use crate::plan::{BY_COUNTRY, CALLS, Times, Window};
use crate::report::{Buckets, Level, Report, Takes};
use crate::table::{Answer, Column, Kind, Table, Value};
use crate::totals::Totals;

/// Hours of the week.
pub(crate) static HEAT_MAP: Report = Report {
    key: "heatMap",
    log: &DIRECT_ROUTING_CALLS,
    level: Level::Aggregate,
    takes: TAKES,
    columns,
    run,
};

const TAKES: Takes = Takes {
    buckets: Buckets::None,
    by: &[],
    filter: true,
    compare: true,
    top: None,
    extras: &[Extra::Channels],
    call: false,
};

/// What is told of each hour.
const FIGURES: [&str; 5] = ["attempts", "answered", "asr", "failed", "ner"];

const SLICES: &[Slice] = &[Slice::All, Slice::Effective];

/// The days of a week, Monday first: what they are called in JSON, and the texts
/// that name them.
const DAYS: [(&str, &str); 7] = [
    ("monday", "weekday-monday"),
    ("tuesday", "weekday-tuesday"),
    ("wednesday", "weekday-wednesday"),
    ("thursday", "weekday-thursday"),
    ("friday", "weekday-friday"),
    ("saturday", "weekday-saturday"),
    ("sunday", "weekday-sunday"),
];

/// The weekday from Monday on, and the hour.
type Place = (usize, i8);

/// What there is of an hour of the week.
#[derive(Debug, Default)]
struct Hour {
    /// How much of the range it is.
    ticks: i64,
    totals: Totals,
    channels: Channels,
}

fn columns() -> Vec<Column> {
    shown(true)
}

/// The columns, with or without busy channels.
fn shown(channels: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::key("weekday", Kind::Word),
        Column::key("hour", Kind::Code),
        Column::of("hours", Kind::Count),
    ];
    columns.extend(figures(&FIGURES));
    if channels {
        let [peak, traffic] = ["occupiedChannels", "traffic"].map(|key| figures(&[key]));
        let columns_of_channels = peak.into_iter().chain([busy::PEAK_AT]).chain(traffic);
        columns.extend(columns_of_channels.map(Column::when_asked));
    }
    columns
}

fn run(store: &dyn Store, ask: &Ask) -> Result<Answer, ReportError> {
    let times = hours(ask)?;
    let channels = ask.wants(Extra::Channels);
    let families = &[CALLS, BY_COUNTRY];
    let counts = Counts { ask, times: &times, by: &[], families, slices: SLICES, bins: false };
    let ((totals, weeks, sources), commit, is_mixed) = of_one_commit(|| {
        let mut totals = counts.run(store)?;
        let mut commits = vec![totals.commit];
        let mut sources = Vec::new();
        let mut weeks = Vec::new();
        let counted = [Some(std::mem::take(&mut totals.now)), totals.before.take()];
        let windows = [Some(&times.now), times.earlier.as_ref().map(|earlier| &earlier.window)];
        for (window, counted) in windows.into_iter().zip(counted) {
            let (Some(window), Some(counted)) = (window, counted) else { continue };
            let busy = if channels { Some(busy(store, ask, window, &[])?) } else { None };
            if let Some(busy) = &busy {
                commits.extend(busy.commits.iter().copied());
                sources.extend(busy.sources.iter().copied());
            }
            weeks.push(week(ask, window, &counted, busy.as_ref().map(|busy| &busy.groups)));
        }
        Ok(((totals, weeks, sources), commits))
    })?;
    let mut source = totals.source;
    for part in sources {
        source.add(part);
    }
    let mut tables = weeks.iter().map(|week| table(week, channels));
    let table = tables.next().unwrap_or_default();
    let compared = tables.next();
    let notes = if is_mixed { vec![MIXED_COMMITS] } else { Vec::new() };
    let mut answer = answer(HEAT_MAP.key, ask, &times, &[], Told { table, compared, source, commit, notes });
    // Its rows are no buckets of the range.
    answer.bucket = None;
    Ok(answer)
}

/// The hours of the range, and those of what it is compared with.
fn hours(ask: &Ask) -> Result<Times, ReportError> {
    let too_long = |_| {
        let problem = format!("it has more than {MAX_BUCKETS} hours");
        ReportError::asked("range", problem, "take a shorter range")
    };
    let mut times = Times::of(ask, Some(Bucket::Hour)).map_err(too_long)?;
    if let Some(earlier) = &mut times.earlier {
        // Hours of the week are compared, not each with one of before.
        let range = earlier.comparison.range(ask.range, &ask.zone);
        let edges = Bucket::Hour.edges(range, &ask.zone).map_err(too_long)?;
        earlier.window = Window::of(range, edges);
    }
    Ok(times)
}

/// What the hours of a window add up to.
fn week(
    ask: &Ask,
    window: &Window,
    counted: &Groups<Totals>,
    busy: Option<&Groups<Channels>>,
) -> BTreeMap<Place, Hour> {
    let mut week: BTreeMap<Place, Hour> = BTreeMap::new();
    for bucket in 0..window.len() {
        let Some(range) = window.bucket(bucket) else { continue };
        let shown = clock(&ask.zone, range.from());
        let hour = week.entry((place_of(shown.weekday()), shown.hour())).or_default();
        hour.ticks += range.end().ticks() - range.from().ticks();
        let key = (bucket, Vec::new());
        if let Some(totals) = counted.get(&key) {
            hour.totals.add(totals);
        }
        if let Some(channels) = busy.and_then(|busy| busy.get(&key)) {
            hour.channels.join(channels);
        }
    }
    week
}

fn place_of(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

/// A row for each hour of the week, even those that the range does not have.
fn table(week: &BTreeMap<Place, Hour>, channels: bool) -> Table {
    let mut table = Table::new(shown(channels));
    let none = Hour::default();
    for (day, (key, name)) in DAYS.into_iter().enumerate() {
        for of_day in 0..24 {
            let hour = week.get(&(day, of_day)).unwrap_or(&none);
            // A part of an hour is one.
            let hours = hour.ticks.div_euclid(Instant::TICKS_PER_HOUR)
                + i64::from(hour.ticks.rem_euclid(Instant::TICKS_PER_HOUR) > 0);
            let mut row = vec![Value::Word { key, name }, Value::Int(i64::from(of_day)), Value::Int(hours)];
            row.extend(figure_values(&FIGURES, &hour.totals));
            if channels {
                row.extend(hour.channels.peak_and_traffic(hour.ticks));
            }
            table.rows.push(row);
        }
    }
    table
}
