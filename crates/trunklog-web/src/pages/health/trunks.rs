//! How each trunk does.

use std::collections::HashMap;

use askama::Template;
use trunklog_reports::kpi::definition;
use trunklog_reports::{Answer, Class};

use crate::chart::spark;
use crate::context::PageContext;
use crate::links::Links;
use crate::pages::figures::{Figure, before, count, float, moment, scale, text};
use crate::state::{Ends, FilterState, NONE};
use crate::table::{Cell, Head, Sorting, Table};

/// So many trunks are told; `/trunks` has all.
const MOST: usize = 20;

/// The class of a state that somebody has to look at.
pub(in crate::pages) const TO_LOOK_AT: &str = "s-silent";

/// A ratio of fewer calls says nothing of a trunk.
const ENOUGH: i64 = 20;
/// Below this NER, most calls fail.
const HALF: f64 = 0.5;
/// By how much the NER has to fall before a trunk is said to deliver less, and by how
/// many standard deviations of the difference: once in some seven hundred ranges chance
/// alone does that.
const DROP: f64 = 0.05;
const DEVIATIONS: f64 = 3.0;

/// What the panel is made of.
#[derive(Debug, Clone)]
pub struct TrunkAnswers {
    /// Key figures by trunk, compared; None where they are not kept for what is
    /// looked at.
    pub totals: Option<Answer>,
    /// How much was called by trunk and bucket; None where there are too many.
    pub by_bucket: Option<Answer>,
}

/// How each trunk does.
#[derive(Debug, Template)]
#[template(path = "health/trunks.html")]
pub struct Trunks<'a> {
    page: &'a PageContext,
    title: String,
    table: Table,
    /// How many there are besides; empty where all are told.
    more: String,
}

/// A trunk.
struct Row {
    place: usize,
    /// None for calls without a trunk.
    name: Option<String>,
    attempts: i64,
    failed: i64,
    ner: Figure,
    asr: Figure,
    acd: Figure,
    peak: Figure,
    state: Cell,
}

impl<'a> Trunks<'a> {
    /// The names of the trunks that an answer tells apart.
    pub fn names(answer: &Answer) -> Vec<String> {
        let table = &answer.table;
        (0..table.rows.len()).filter_map(|row| text(table, row, "trunk").map(str::to_owned)).collect()
    }

    /// The table.
    pub fn new(page: &'a PageContext, answers: &TrunkAnswers) -> Trunks<'a> {
        let title = page.t("trunks");
        let sorting = Sorting::of(page, "-attempts");
        let head = |head: Head, name: &str| head.sortable(page, name, &sorting);
        let heads = vec![
            head(Head::of(page.t("column-trunk")), "trunk"),
            Head::of(page.t("trunk-state")).with_help(page.t("trunk-state-told")),
            head(Head::number("NER"), "ner").with_help(help(page, "ner")),
            head(Head::number("ASR"), "asr").with_help(help(page, "asr")),
            head(Head::number("ACD"), "acd").with_help(help(page, "acd")),
            head(Head::number(page.t("tile-attempts")), "attempts").with_help(help(page, "attempts")),
            head(Head::number(page.t("tile-failed")), "failed").with_help(help(page, "failed")),
            head(Head::number(page.t("tile-occupiedChannels")), "peak")
                .with_help(help(page, "occupiedChannels")),
            Head::of(page.t("trunk-trend")),
        ];
        let mut table = Table::new(title.clone(), heads);
        let Some(totals) = &answers.totals else {
            let table = table.or_why(page, "state-not-kept");
            return Trunks { page, title, table, more: String::new() };
        };
        table = table.or_why(page, page.emptiness());
        let mut rows = rows(page, totals);
        sort(&mut rows, &sorting);
        let trends = trends(page, answers.by_bucket.as_ref());
        let left = rows.len().saturating_sub(MOST);
        for row in told(rows) {
            let trend = row.name.as_ref().map_or_else(|| trends.get(""), |name| trends.get(name.as_str()));
            table.row(cells(page, row, trend.map(Vec::as_slice)));
        }
        let more = if left == 0 {
            String::new()
        } else {
            page.counted("trunks-more", i64::try_from(left).unwrap_or(i64::MAX))
        };
        Trunks { page, title, table, more }
    }
}

pub(in crate::pages) fn help(page: &PageContext, key: &str) -> String {
    definition(key).map(|definition| definition.help(page.words)).unwrap_or_default()
}

fn rows(page: &PageContext, totals: &Answer) -> Vec<Row> {
    let table = &totals.table;
    let row = |place: usize| Row {
        place,
        name: text(table, place, "trunk").map(str::to_owned),
        attempts: count(table, place, "attempts"),
        failed: count(table, place, "failed"),
        ner: Figure::of(table, place, "ner"),
        asr: Figure::of(table, place, "asr"),
        acd: Figure::of(table, place, "acd"),
        peak: Figure::of(table, place, "occupiedChannels"),
        state: state(page, Some(totals), place),
    };
    (0..table.rows.len()).map(row).collect()
}

fn sort(rows: &mut [Row], sorting: &Sorting) {
    let number = |figure: Figure| figure.value.unwrap_or(f64::NEG_INFINITY);
    let by = |row: &Row| match sorting.by.as_str() {
        "ner" => number(row.ner),
        "asr" => number(row.asr),
        "acd" => number(row.acd),
        "failed" => float(row.failed),
        "peak" => number(row.peak),
        _ => float(row.attempts),
    };
    rows.sort_by(|one, other| {
        let order =
            if sorting.by == "trunk" { one.name.cmp(&other.name) } else { by(one).total_cmp(&by(other)) };
        let order = if sorting.is_descending { order.reverse() } else { order };
        order.then(one.place.cmp(&other.place))
    });
}

/// As many as there is room for, in their order: those that have to be looked at, and
/// then the first of the others.
fn told(rows: Vec<Row>) -> Vec<Row> {
    let mut rows: Vec<(usize, Row)> = rows.into_iter().enumerate().collect();
    rows.sort_by_key(|(_, row)| row.state.class != TO_LOOK_AT);
    rows.truncate(MOST);
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The numbers of attempts of each trunk, bucket after bucket.
pub(in crate::pages) fn trends(
    page: &PageContext,
    by_bucket: Option<&Answer>,
) -> HashMap<String, Vec<Option<f64>>> {
    let mut trends = HashMap::<String, Vec<Option<f64>>>::new();
    let Some(answer) = by_bucket else { return trends };
    let table = &answer.table;
    for row in 0..table.rows.len() {
        let name = text(table, row, "trunk").unwrap_or_default();
        let is_open = moment(table, row, "start").is_some_and(|start| page.is_unknown(start));
        let value = Figure::of(table, row, "attempts").value.filter(|_| !is_open);
        trends.entry(name.to_owned()).or_default().push(value);
    }
    trends
}

fn cells(page: &PageContext, row: Row, trend: Option<&[Option<f64>]>) -> Vec<Cell> {
    let formats = &page.formats;
    let trunk = row.name.clone().unwrap_or_else(|| NONE.to_owned());
    let calls = |change: fn(&mut FilterState)| {
        let trunk = trunk.clone();
        page.calls(move |state| {
            state.trunk = Some(trunk);
            change(state);
        })
    };
    let name = match &row.name {
        Some(name) => {
            Cell::name(name.clone()).linked(Some(page.to(&format!("trunks/{}", Links::segment(name)))))
        }
        None => Cell::name(page.t("value-none")),
    };
    let is_some = |figure: Figure| figure.value.is_some_and(|value| value > 0.0);
    vec![
        name,
        row.state,
        Cell::ratio(page, row.ner.value, row.ner.n.unwrap_or(0))
            .linked(calls(|state| state.narrow_ends(Ends::Delivered)).filter(|_| is_some(row.ner))),
        Cell::ratio(page, row.asr.value, row.asr.n.unwrap_or(0)).linked(
            calls(|state| state.narrow_ends(Ends::Class(Class::Answered))).filter(|_| is_some(row.asr)),
        ),
        Cell::number(row.acd.told(page)),
        Cell::number(formats.count(row.attempts)).linked(calls(|_| {}).filter(|_| row.attempts > 0)),
        Cell::number(formats.count(row.failed))
            .linked(calls(|state| state.narrow_ends(Ends::Failed)).filter(|_| row.failed > 0)),
        Cell::number(row.peak.told(page)),
        trend_cell(page, trend),
    ]
}

/// A trend with its scale.
pub(in crate::pages) fn trend_cell(page: &PageContext, trend: Option<&[Option<f64>]>) -> Cell {
    let told = |number: f64| page.formats.count(whole(number));
    let Some(values) = trend else { return Cell::nothing() };
    let Some(scale) = scale(values.iter().flatten().copied(), told) else { return Cell::nothing() };
    Cell::text("").drawn(spark(values, &page.about("spark-told", &scale))).beside(scale)
}

/// Whether a trunk had calls, and delivers them: its NER now, and before. That nobody
/// called says nothing of its connection. Without totals it had none.
pub(in crate::pages) fn state(page: &PageContext, totals: Option<&Answer>, row: usize) -> Cell {
    let attempts = totals.map_or(0, |totals| count(&totals.table, row, "attempts"));
    let earlier = |key: &str| totals.map_or(Figure::NOTHING, |totals| before(totals, row, key));
    let had_some = earlier("attempts").value.is_some_and(|attempts| attempts > 0.0);
    let ner = totals.map_or(Figure::NOTHING, |totals| Figure::of(&totals.table, row, "ner"));
    let ner_before = earlier("ner");
    let (key, class) = match (attempts, had_some) {
        (0, _) if page.may_lack_all() => ("trunk-no-data", "s-open"),
        (0, true) => ("trunk-silent", TO_LOOK_AT),
        (0, false) => ("trunk-no-calls", "s-none"),
        _ if fails(ner) => ("trunk-failing", TO_LOOK_AT),
        _ if is_worse(ner, ner_before) => ("trunk-worse", TO_LOOK_AT),
        _ => ("trunk-calls", "s-calls"),
    };
    let cell = Cell::text(page.t(key)).of_class(class);
    match ner.change(ner_before, page) {
        Some(change) if key == "trunk-worse" => cell.beside(change.text),
        _ => cell,
    }
}

/// Whether most calls fail.
fn fails(ner: Figure) -> bool {
    ner.n.is_some_and(|n| n >= ENOUGH) && ner.value.is_some_and(|ner| ner < HALF)
}

/// Whether clearly fewer calls are delivered than before, more than chance does.
fn is_worse(now: Figure, before: Figure) -> bool {
    let counted = |figure: Figure| figure.value.zip(figure.n).filter(|(_, n)| *n >= ENOUGH);
    let (Some((now, calls)), Some((before, calls_before))) = (counted(now), counted(before)) else {
        return false;
    };
    let (calls, calls_before) = (float(calls), float(calls_before));
    let together = (now * calls + before * calls_before) / (calls + calls_before);
    let deviation = (together * (1.0 - together) * (1.0 / calls + 1.0 / calls_before)).sqrt();
    before - now >= (DEVIATIONS * deviation).max(DROP)
}

/// A number of calls, which is whole.
#[allow(clippy::cast_possible_truncation)]
fn whole(number: f64) -> i64 {
    number.round() as i64
}
