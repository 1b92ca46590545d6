//! `/usage`: the report of the admin centre, a tab for each log.

mod tab;

use askama::Template;
use trunklog_odata::Instant;
use trunklog_records::{Rows, TimeRange};
use trunklog_reports::Argument;
use trunklog_reports::calendar::Bucket;

use crate::chart::{Line, Point, line};
use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::pages::axis::labels;
use crate::pages::figures::float;
use crate::shell::{Place, Shell};
use crate::state::{FilterState, Span};
use crate::svg::Svg;
use crate::table::{Cell, Head, Table};

pub use tab::UsageTab;

/// How many rows are shown at a time.
pub const ROWS: u32 = 100;

/// What the page is made of.
#[derive(Debug)]
pub struct UsageAnswers {
    /// Which tab.
    pub tab: UsageTab,
    /// The range whose rows count: that of the tab's log.
    pub range: TimeRange,
    /// How many rows there are.
    pub count: u64,
    /// How long they took, in seconds; None where rows do not say it.
    pub secs: Option<i64>,
    /// What they cost: digits, and the currency, which some rows lack.
    pub charges: Vec<(String, Option<String>)>,
    /// How many rows each bucket has; None where rows have no time of their own.
    pub buckets: Option<Vec<(TimeRange, i64)>>,
    /// The rows that are shown, and how many come before them.
    pub rows: Rows,
    /// How many newer rows were passed over.
    pub skip: u64,
    /// Whether there are older rows.
    pub has_more: bool,
    /// What of the filter was left out.
    pub left: Left,
}

/// What of the filter was left out, since rows cannot be chosen by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// What means nothing for rows of that log.
    Part,
    /// The country.
    Country,
}

impl Left {
    /// A part, or nothing.
    pub fn if_any(is_any: bool) -> Left {
        if is_any { Left::Part } else { Left::Nothing }
    }

    /// What the page says of it; empty for nothing.
    fn note(self, page: &PageContext) -> String {
        match self {
            Left::Nothing => String::new(),
            Left::Part => page.t("usage-filter-left"),
            Left::Country => page.t("usage-country-left"),
        }
    }
}

/// A form in which rows can be taken out: its key, and that of the text that names it.
pub type ExportChoice = (&'static str, &'static str);

/// The forms, the usual one first.
pub const EXPORTS: [ExportChoice; 5] = [
    ("zip", "export-zip"),
    ("csv", "export-csv"),
    ("xlsx", "export-xlsx"),
    ("parquet", "export-parquet"),
    ("ndjson", "export-ndjson"),
];

/// A link of a list.
#[derive(Debug, Clone)]
struct Choice {
    href: String,
    title: String,
    is_here: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "usage.html")]
pub struct UsagePage {
    shell: Shell,
    title: String,
    filter_bar: FilterBar,
    tabs_title: String,
    tabs: Vec<Choice>,
    /// What a reader has to know; empty for nothing.
    note: String,
    sums_title: String,
    sums: Vec<(String, String)>,
    chart_title: String,
    chart: Option<Svg>,
    /// What is said where there is no chart.
    no_chart: String,
    as_table: String,
    buckets: Table,
    rows_title: String,
    rows: Table,
    /// Which rows these are.
    position: String,
    newer: Option<String>,
    newer_title: String,
    older: Option<String>,
    older_title: String,
    export: Option<ExportForm>,
}

/// What orders a file.
#[derive(Debug)]
struct ExportForm {
    action: String,
    /// The tab, and what is looked at, as a query.
    tab: &'static str,
    state: String,
    title: String,
    form_title: String,
    forms: Vec<(&'static str, String)>,
    go: String,
    list: String,
    list_title: String,
}

impl UsagePage {
    /// The page of its answers.
    pub fn new(page: &PageContext, answers: &UsageAnswers) -> UsagePage {
        let UsageAnswers { tab, count, skip, .. } = answers;
        let tabs = UsageTab::ALL.map(|of| Choice {
            href: page.with_own("tab", of.key()),
            title: page.t(of.name()),
            is_here: of == *tab,
        });
        let count = i64::try_from(*count).unwrap_or(i64::MAX);
        let (chart, buckets) = drawn(page, answers);
        let first = i64::try_from(*skip).unwrap_or(i64::MAX).saturating_add(1);
        let last = first.saturating_sub(1).saturating_add(i64::try_from(answers.rows.len()).unwrap_or(0));
        let told = |number: i64| page.formats.count(number);
        let position = if answers.rows.is_empty() {
            String::new()
        } else {
            let (first, last, all) = (told(first), told(last), told(count));
            let arguments = [("from", first.as_str()), ("to", last.as_str()), ("count", all.as_str())];
            page.text("usage-position", &arguments.map(|(name, text)| (name, Argument::Text(text))))
        };
        let rows = u64::from(ROWS);
        let skipping = |skip: u64| {
            page.here(|state| {
                if skip > 0 {
                    state.own.insert("skip".to_owned(), skip.to_string());
                }
            })
        };
        UsagePage {
            shell: Shell::new(page, Place::Usage),
            title: page.t("nav-usage"),
            filter_bar: FilterBar::new(page, Vec::new()),
            tabs_title: page.t("usage-tabs"),
            tabs: tabs.into(),
            note: answers.left.note(page),
            sums_title: page.t("usage-sums"),
            sums: sums(page, answers, count),
            chart_title: page.t("usage-chart"),
            no_chart: if chart.is_none() { no_chart(page, answers) } else { String::new() },
            chart,
            as_table: page.t("as-table"),
            buckets,
            rows_title: page.t(tab.name()),
            rows: tab.table(page, &answers.rows),
            position,
            newer: (*skip > 0).then(|| skipping(skip.saturating_sub(rows))),
            newer_title: page.t("usage-newer"),
            older: answers.has_more.then(|| skipping(skip.saturating_add(rows))),
            older_title: page.t("usage-older"),
            export: page.sees.exports.then(|| ExportForm::new(page, *tab, answers.range)),
        }
    }
}

impl ExportForm {
    fn new(page: &PageContext, tab: UsageTab, range: TimeRange) -> ExportForm {
        // A range up to now would be another one by the time that the form is sent.
        let state = page.state.elsewhere().with(|state| state.span = Span::of(range));
        ExportForm {
            action: page.links.to("usage/export", &FilterState::default()),
            tab: tab.key(),
            state: state.query(),
            title: page.t("export"),
            form_title: page.t("export-form"),
            forms: EXPORTS.iter().map(|(key, name)| (*key, page.t(name))).collect(),
            go: page.t("export-go"),
            list: page.to("exports"),
            list_title: page.t("export-list"),
        }
    }
}

/// What all rows add up to.
fn sums(page: &PageContext, answers: &UsageAnswers, count: i64) -> Vec<(String, String)> {
    let mut sums = vec![(page.t("usage-rows"), page.formats.count(count))];
    sums.extend(answers.secs.map(|secs| (page.t("tile-minutes"), tab::minutes(page, secs))));
    let charges = answers.charges.iter().map(|(digits, currency)| {
        let currency = currency.clone().unwrap_or_else(|| page.t("value-none"));
        (page.t("usage-charge"), format!("{}\u{a0}{currency}", page.formats.money(digits)))
    });
    sums.extend(charges);
    sums
}

fn no_chart(page: &PageContext, answers: &UsageAnswers) -> String {
    if answers.buckets.is_none() { page.t("usage-no-chart") } else { page.t(emptiness(page)) }
}

/// The chart and its table.
fn drawn(page: &PageContext, answers: &UsageAnswers) -> (Option<Svg>, Table) {
    let heads = vec![Head::of(page.t("series-start")), Head::number(page.t("usage-rows"))];
    let mut table = Table::new(page.t("usage-chart"), heads).or_why(page, emptiness(page));
    let Some(buckets) = answers.buckets.as_ref().filter(|buckets| !buckets.is_empty()) else {
        return (None, table);
    };
    let bucket = Bucket::Auto.suited(answers.range);
    let starts: Vec<Instant> = buckets.iter().map(|(range, _)| range.from()).collect();
    let labels = labels(&page.formats, bucket, &starts);
    let mut points = Vec::with_capacity(buckets.len());
    for ((range, count), label) in buckets.iter().zip(labels) {
        let start = range.from();
        let zoom = page.here(|state| state.span = Span::of(*range));
        let count_told = page.formats.count(*count);
        let name = page.formats.moment(start);
        points.push(Point {
            label,
            told: format!("{name}: {count_told}"),
            value: Some(float(*count)).filter(|_| !page.is_unknown(start)),
            before: None,
            is_open: page.completeness.until().is_none_or(|until| range.end() > until),
        });
        table.row(vec![Cell::name(name).linked(Some(zoom)), Cell::number(count_told)]);
    }
    let most = buckets.iter().max_by_key(|(_, count)| *count);
    let description = most.map_or_else(String::new, |(range, count)| {
        let (value, at) = (page.formats.count(*count), page.formats.moment(range.from()));
        page.text("series-most", &[("value", Argument::Text(&value)), ("at", Argument::Text(&at))])
    });
    let axis = |number: f64| page.formats.decimal(number, 0);
    let name = page.t("usage-chart");
    let plot =
        line(&Line { id: "usage", name, description, points, is_whole: true, axis: &axis, most: None });
    (Some(plot.svg), table)
}

/// Why there are no rows, which may be messages or charges as well as calls.
fn emptiness(page: &PageContext) -> &'static str {
    page.no_data().unwrap_or("usage-none")
}

#[cfg(test)]
mod tests;
