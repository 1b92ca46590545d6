//! A figure over time, with that of an earlier time behind it.

use askama::Template;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::calendar::{Bucket, Comparison};
use trunklog_reports::kpi::{Unit, definition};
use trunklog_reports::{Argument, Class};

use super::FirstAnswers;
use crate::chart::{Line, Plot, Point, line};
use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::pages::axis::labels;
use crate::pages::figures::{Figure, before, moment};
use crate::state::{Ends, Span};
use crate::table::{Cell, Head, Table};

/// The figures that the chart can show, the first unless another is chosen.
const METRICS: [&str; 10] = [
    "attempts",
    "answered",
    "asr",
    "ner",
    "failed",
    "missed",
    "minutes",
    "acd",
    "occupiedChannels",
    "answerDelayP50",
];

/// The figure that the chart shows.
pub(super) fn metric(page: &PageContext) -> &'static str {
    let chosen = page.state.own("metric").unwrap_or_default();
    METRICS.into_iter().find(|metric| *metric == chosen).unwrap_or(METRICS[0])
}

/// A figure over time.
#[derive(Debug, Template)]
#[template(path = "health/series.html")]
pub struct Series<'a> {
    page: &'a PageContext,
    title: String,
    /// How long the buckets are.
    caption: String,
    plot: Plot,
    /// The edges of buckets in seconds since 1970, with blanks between.
    edges: String,
    /// Where to zoom to, with `FROM` and `TO` in it.
    zoom: String,
    zoom_out: String,
    before_title: String,
    table: Table,
}

/// A bucket.
struct Slot {
    range: TimeRange,
    now: Figure,
    before: Figure,
    /// Whether data may still be missing, in a part of it at least.
    is_open: bool,
    /// Whether nothing can be known of it.
    is_unknown: bool,
}

impl<'a> Series<'a> {
    /// The chart and its table.
    pub fn new(page: &'a PageContext, answers: &FirstAnswers) -> Series<'a> {
        let key = metric(page);
        let title = page.t(&title_of(key));
        let answer = &answers.by_bucket;
        let slots = slots(page, answers, key);
        let bucket = answer.bucket.unwrap_or(Bucket::Auto).suited(page.range);
        let unit =
            slots.iter().find(|slot| slot.now.value.is_some()).map_or(unit_of(key), |slot| slot.now.unit);
        let before_title =
            answer.comparison.map_or_else(String::new, |(comparison, _)| page.t(compared(comparison)));
        let starts: Vec<Instant> = slots.iter().map(|slot| slot.range.from()).collect();
        let labels = labels(&page.formats, bucket, &starts);
        let points = slots.iter().zip(labels).map(|(slot, label)| point(page, label, slot)).collect();
        let axis = |number: f64| page.formats.in_unit(unit, number);
        let plot = line(&Line {
            id: "series",
            name: page.about("series-name", &title),
            description: described(page, &slots),
            points,
            is_whole: matches!(unit, Unit::Calls | Unit::Channels),
            axis: &axis,
            most: (unit == Unit::Ratio).then_some(1.0),
        });
        let secs = |at: Instant| at.ticks().div_euclid(Instant::TICKS_PER_SEC).to_string();
        let last = slots.last().map(|slot| slot.range.end());
        let edges: Vec<String> = slots.iter().map(|slot| slot.range.from()).chain(last).map(secs).collect();
        let table = table(page, &title, &before_title, key, &slots);
        Series {
            page,
            caption: page.t(bucket_name(bucket)),
            plot,
            edges: edges.join(" "),
            zoom: page.here(|state| {
                state.span = Span::Between { from: "FROM".to_owned(), to: Some("TO".to_owned()) };
            }),
            zoom_out: zoom_out(page),
            before_title,
            table,
            title,
        }
    }
}

/// The buckets in order.
fn slots(page: &PageContext, answers: &FirstAnswers, key: &str) -> Vec<Slot> {
    let answer = &answers.by_bucket;
    let table = &answer.table;
    let starts: Vec<Instant> = (0..table.rows.len()).filter_map(|row| moment(table, row, "start")).collect();
    let mut slots = Vec::with_capacity(starts.len());
    for (row, start) in starts.iter().enumerate() {
        let end = starts.get(row + 1).copied().unwrap_or(answer.range.end());
        let Ok(range) = TimeRange::of(&DIRECT_ROUTING_CALLS, *start, end) else { continue };
        let until = page.completeness.until();
        slots.push(Slot {
            range,
            now: Figure::of(table, row, key),
            before: before(answer, row, key),
            is_open: until.is_none_or(|until| end > until),
            is_unknown: page.is_unknown(*start),
        });
    }
    slots
}

fn point(page: &PageContext, label: String, slot: &Slot) -> Point {
    Point {
        label,
        told: told(page, slot),
        value: slot.now.value.filter(|_| !slot.is_unknown),
        before: slot.before.value,
        is_open: slot.is_open,
    }
}

/// All that is told of a bucket.
fn told(page: &PageContext, slot: &Slot) -> String {
    let start = page.formats.moment(slot.range.from());
    let mut told = format!("{start}: {}", now_told(page, slot));
    if slot.before.value.is_some() {
        told.push_str(&format!(" ({})", page.about("series-before", &slot.before.told(page))));
    }
    told
}

fn now_told(page: &PageContext, slot: &Slot) -> String {
    if slot.is_unknown { page.t("state-no-data-short") } else { slot.now.told(page) }
}

/// What can be seen, in a sentence.
fn described(page: &PageContext, slots: &[Slot]) -> String {
    let known = slots.iter().filter(|slot| !slot.is_unknown);
    let most = known
        .filter(|slot| slot.now.value.is_some())
        .max_by(|one, other| one.now.value.unwrap_or(0.0).total_cmp(&other.now.value.unwrap_or(0.0)));
    match most {
        None => page.t(page.emptiness()),
        Some(most) => page.text(
            "series-most",
            &[
                ("value", Argument::Text(&most.now.told(page))),
                ("at", Argument::Text(&page.formats.moment(most.range.from()))),
            ],
        ),
    }
}

fn table(page: &PageContext, title: &str, before_title: &str, key: &str, slots: &[Slot]) -> Table {
    let mut heads = vec![Head::of(page.t("series-start")), Head::number(title)];
    if !before_title.is_empty() {
        heads.push(Head::number(before_title));
    }
    let mut table = Table::new(page.about("series-name", title), heads).or_why(page, "state-no-calls");
    for slot in slots {
        let zoom = page.here(|state| state.span = Span::of(slot.range));
        let mut now = Cell::number(now_told(page, slot));
        let counts_some = match slot.now.n {
            Some(n) => n > 0,
            None => slot.now.value.is_some_and(|value| value > 0.0),
        };
        if counts_some && !slot.is_unknown {
            now = now.linked(calls(page, slot.range, key));
        }
        if let Some(n) = slot.now.n.filter(|_| !slot.is_unknown) {
            now = now.beside(page.about("over-n", &page.formats.count(n)));
        }
        let mut row = vec![Cell::name(page.formats.moment(slot.range.from())).linked(Some(zoom)), now];
        if !before_title.is_empty() {
            let before =
                if slot.before.value.is_some() { slot.before.told(page) } else { NOTHING.to_owned() };
            row.push(Cell::number(before));
        }
        table.row(row);
    }
    table
}

/// The calls that a figure of a bucket counts.
fn calls(page: &PageContext, range: TimeRange, key: &str) -> Option<String> {
    let ends = match key {
        "answered" | "minutes" | "acd" => Some(Ends::Class(Class::Answered)),
        "failed" => Some(Ends::Failed),
        "missed" => Some(Ends::Missed),
        _ => None,
    };
    page.calls_within(range, |state| {
        if let Some(ends) = ends {
            state.narrow_ends(ends);
        }
    })
}

/// As much again before and after it.
fn zoom_out(page: &PageContext) -> String {
    let half = (page.range.end().ticks() - page.range.from().ticks()) / 2;
    let from = page.range.from().saturating_add_ticks(-half);
    let to = page.range.end().saturating_add_ticks(half).min(page.now.max(page.range.end()));
    match TimeRange::of(&DIRECT_ROUTING_CALLS, from, to) {
        Ok(wider) => page.here(|state| state.span = Span::of(wider)),
        Err(_) => page.here(|_| {}),
    }
}

/// The key of the text that names a figure.
fn title_of(key: &str) -> String {
    if key == "missed" { "metric-missed".to_owned() } else { format!("tile-{key}") }
}

fn unit_of(key: &str) -> Unit {
    definition(key).map_or(Unit::Calls, |definition| definition.unit)
}

/// The key of the text that names what the range is compared with.
pub(super) fn compared(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Previous => "compare-previous",
        Comparison::Week => "compare-week",
        Comparison::FourWeeks => "compare-four-weeks",
        Comparison::Year => "compare-year",
    }
}

fn bucket_name(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Minute => "bucket-minute",
        Bucket::FiveMinutes => "bucket-five-minutes",
        Bucket::QuarterHour => "bucket-quarter-hour",
        Bucket::Hour => "bucket-hour",
        Bucket::Day => "bucket-day",
        Bucket::Week => "bucket-week",
        Bucket::Month | Bucket::Auto => "bucket-month",
    }
}
