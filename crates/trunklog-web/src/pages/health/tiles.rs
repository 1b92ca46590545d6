//! The eight tiles.

use askama::Template;
use trunklog_odata::Instant;
use trunklog_records::TimeRange;
use trunklog_records::schema::DIRECT_ROUTING_CALLS;
use trunklog_reports::kpi::definition;
use trunklog_reports::{Argument, Class, Table};

use super::FirstAnswers;
use crate::chart::spark;
use crate::context::PageContext;
use crate::formats::{Change, NOTHING};
use crate::pages::figures::{Figure, before, count, float, moment, scale};
use crate::state::{Direction, Ends, FilterState, Span};
use crate::svg::Svg;
use crate::table::{Weight, too_few};

/// The eight tiles.
#[derive(Debug, Template)]
#[template(path = "health/tiles.html")]
pub struct Tiles<'a> {
    page: &'a PageContext,
    tiles: Vec<Tile>,
    attempts: i64,
}

/// A tile.
#[derive(Debug)]
struct Tile {
    title: String,
    help: String,
    /// Where the chart shows it.
    choose: String,
    is_chosen: bool,
    value: String,
    /// Over few calls, so that it may be chance.
    is_few: bool,
    /// Why it is not told; empty where it is.
    why: String,
    /// What it is taken over, or what belongs to it.
    beside: String,
    /// The calls that it counts, and where they are listed. Empty where the reader
    /// may not read them.
    list: String,
    list_title: String,
    change: Option<Change>,
    change_title: String,
    spark: Option<Svg>,
    scale: String,
}

/// What a tile shows: the figure, the list that it leads to with the figure that
/// counts it, and the key of the text that says so.
struct Spec {
    figure: &'static str,
    counts: &'static str,
    text: &'static str,
    narrow: fn(&mut FilterState),
}

const SPECS: [Spec; 8] = [
    Spec { figure: "attempts", counts: "attempts", text: "tile-list-attempts", narrow: |_| {} },
    Spec { figure: "asr", counts: "answered", text: "tile-list-answered", narrow: answered },
    Spec {
        figure: "ner",
        counts: "delivered",
        text: "tile-list-delivered",
        narrow: |state| {
            state.narrow_ends(Ends::Delivered);
        },
    },
    Spec {
        figure: "failed",
        counts: "failed",
        text: "tile-list-failed",
        narrow: |state| {
            state.narrow_ends(Ends::Failed);
        },
    },
    Spec { figure: "minutes", counts: "answered", text: "tile-list-answered", narrow: answered },
    Spec { figure: "acd", counts: "answered", text: "tile-list-answered", narrow: answered },
    Spec { figure: "occupiedChannels", counts: "", text: "", narrow: |_| {} },
    Spec {
        figure: "answerDelayP50",
        counts: "",
        text: "tile-list-outbound",
        narrow: |state| {
            answered(state);
            state.direction = Some(Direction::Outbound);
        },
    },
];

fn answered(state: &mut FilterState) {
    state.narrow_ends(Ends::Class(Class::Answered));
}

impl<'a> Tiles<'a> {
    /// The tiles.
    pub fn new(page: &'a PageContext, answers: &FirstAnswers) -> Tiles<'a> {
        let sums = Sums { page, answers };
        let tiles = SPECS.iter().map(|spec| sums.tile(spec)).collect();
        Tiles { page, tiles, attempts: sums.count("attempts") }
    }

    /// Whether there are any calls.
    pub fn has_calls(&self) -> bool {
        self.attempts > 0
    }
}

/// The figures of the whole range.
struct Sums<'a> {
    page: &'a PageContext,
    answers: &'a FirstAnswers,
}

impl Sums<'_> {
    /// A figure of the range, and that of the earlier one. Where no sums of the
    /// whole are kept, what can be added up of its buckets.
    fn figure(&self, key: &str) -> (Figure, Figure) {
        if let Some(totals) = &self.answers.totals {
            return (Figure::of(&totals.table, 0, key), before(totals, 0, key));
        }
        let by_bucket = &self.answers.by_bucket;
        let now = added(&by_bucket.table, key);
        let earlier = by_bucket.compared.as_ref().map_or(Figure::NOTHING, |compared| added(compared, key));
        (now, earlier)
    }

    /// A number of calls.
    fn count(&self, key: &str) -> i64 {
        if key == "delivered" {
            return self.count("attempts") - self.count("failed");
        }
        if let Some(totals) = &self.answers.totals {
            return count(&totals.table, 0, key);
        }
        let table = &self.answers.by_bucket.table;
        (0..table.rows.len()).map(|row| count(table, row, key)).sum()
    }

    fn tile(&self, spec: &Spec) -> Tile {
        let page = self.page;
        let (now, earlier) = self.figure(spec.figure);
        let told_over = now.n.map(|n| page.about("over-n", &page.formats.count(n)));
        let (list, list_title) = self.list(spec, now);
        let change = now.change(earlier, page);
        let change_title = match &change {
            Some(change) => page.about(change.way.name(), &earlier.told(page)),
            None => String::new(),
        };
        let (spark, scale) = self.spark(spec.figure);
        let definition = definition(spec.figure);
        Tile {
            title: page.t(&format!("tile-{}", spec.figure)),
            help: definition.map(|definition| definition.help(page.words)).unwrap_or_default(),
            choose: page.with_own("metric", spec.figure),
            is_chosen: super::series::metric(page) == spec.figure,
            value: if now.is_told() { now.told(page) } else { NOTHING.to_owned() },
            is_few: now.weight() < Weight::Enough,
            why: if now.is_told() { String::new() } else { too_few(page) },
            beside: self.beside(spec.figure).or(told_over).unwrap_or_default(),
            list,
            list_title,
            change,
            change_title,
            spark,
            scale,
        }
    }

    /// Where the calls are listed that a tile counts, and how many they are.
    fn list(&self, spec: &Spec, now: Figure) -> (String, String) {
        let page = self.page;
        if spec.figure == "occupiedChannels" {
            return self.peak();
        }
        let number = if spec.counts.is_empty() { now.n.unwrap_or(0) } else { self.count(spec.counts) };
        let title = page.counted(spec.text, number);
        // What counts nothing leads nowhere: a list might be of other calls.
        let href = page.calls(spec.narrow).filter(|_| number > 0);
        (href.unwrap_or_default(), title)
    }

    /// When the most channels were busy, and the hour around it on the chart.
    fn peak(&self) -> (String, String) {
        let page = self.page;
        let at = self.answers.totals.as_ref().and_then(|totals| moment(&totals.table, 0, "occupiedPeakAt"));
        let Some(at) = at else { return (String::new(), String::new()) };
        let half = Instant::TICKS_PER_HOUR / 2;
        let (from, to) = (at.saturating_add_ticks(-half), at.saturating_add_ticks(half));
        let Ok(around) = TimeRange::of(&DIRECT_ROUTING_CALLS, from, to) else {
            return (String::new(), String::new());
        };
        let href = page.here(|state| {
            state.span = Span::of(around);
            state.own.insert("metric".to_owned(), "occupiedChannels".to_owned());
        });
        (href, page.about("tile-peak-at", &page.near(at)))
    }

    /// What belongs to a figure: the 95th percentile beside the median, for example.
    fn beside(&self, figure: &str) -> Option<String> {
        let page = self.page;
        let told = |key: &str| self.figure(key).0.told(page);
        let is_known = |key: &str| self.figure(key).0.value.is_some();
        match figure {
            "acd" if is_known("talkTimeP50") => Some(page.text(
                "tile-percentiles",
                &[
                    ("p50", Argument::Text(&told("talkTimeP50"))),
                    ("p95", Argument::Text(&told("talkTimeP95"))),
                ],
            )),
            "answerDelayP50" if is_known("answerDelayP95") => {
                Some(page.about("tile-p95", &told("answerDelayP95")))
            }
            "attempts" => Some(page.counted("tile-missed", self.count("missed"))),
            _ => None,
        }
    }

    /// The figure of each bucket, and the least and the most of them.
    fn spark(&self, figure: &str) -> (Option<Svg>, String) {
        let page = self.page;
        let table = &self.answers.by_bucket.table;
        let figures: Vec<Figure> = (0..table.rows.len()).map(|row| Figure::of(table, row, figure)).collect();
        let unit = figures.first().map_or(Figure::NOTHING.unit, |figure| figure.unit);
        let told = |number| page.formats.in_unit(unit, number);
        let Some(scale) = scale(figures.iter().filter_map(|figure| figure.value), told) else {
            return (None, String::new());
        };
        let open = |row: usize| moment(table, row, "start").is_some_and(|start| page.is_unknown(start));
        let values: Vec<Option<f64>> =
            figures.iter().enumerate().map(|(row, figure)| figure.value.filter(|_| !open(row))).collect();
        (Some(spark(&values, &page.about("spark-told", &scale))), scale)
    }
}

/// What the buckets of a series add up to: counts as they are, means and ratios by
/// what they were taken over.
fn added(table: &Table, key: &str) -> Figure {
    let mut sum = Figure::NOTHING;
    for row in 0..table.rows.len() {
        let figure = Figure::of(table, row, key);
        let value = figure.value.unwrap_or(0.0);
        sum.unit = figure.unit;
        match figure.n {
            None if figure.value.is_none() => {}
            None => sum.value = Some(sum.value.unwrap_or(0.0) + value),
            Some(n) => {
                let before = sum.n.unwrap_or(0);
                let weighed = sum.value.unwrap_or(0.0) * float(before) + value * float(n);
                let all = before + n;
                sum.n = Some(all);
                sum.value = (all > 0).then(|| weighed / float(all));
            }
        }
    }
    sum
}
