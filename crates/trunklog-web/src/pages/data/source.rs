//! A source: how it stands, and what it brought hour by hour.

use std::collections::BTreeMap;

use askama::Template;
use askama::filters::HtmlSafe;
use trunklog_odata::Instant;
use trunklog_records::Log;
use trunklog_reports::Argument;

use super::counts::{COUNTS, CountsView, OfCounts, count_heads, counted};
use super::{count, float, log_name, moment, span};
use crate::chart::{Strip, StripCell, strip};
use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::svg::Svg;
use crate::table::{Cell, Head, Table};

/// About so many hours have their time below them.
const LABELS: usize = 8;

/// How a source stands.
#[derive(Debug, Clone, Default)]
pub struct SourceView {
    /// Its kind and name: `folder/sbc1`.
    pub name: String,
    /// Whether it is set up. Others brought something once.
    pub is_configured: bool,
    /// How often something is expected, in seconds.
    pub every_secs: Option<u64>,
    /// When something came last.
    pub succeeded: Option<Instant>,
    /// Whether something should have come by now.
    pub is_overdue: bool,
    /// Since when nothing comes, and why.
    pub failing: Option<Failing>,
    /// What will go wrong unless somebody sees to it.
    pub warning: Option<String>,
    /// Up to when all is there, of the log that is least far.
    pub complete_until: Option<Instant>,
    /// How far behind it is, in seconds.
    pub lag_secs: Option<u64>,
    /// Hours of the last week in which something should have come, and nothing did: from
    /// when, until when.
    pub gaps: Vec<(Instant, Instant)>,
    /// What it brought in all.
    pub total: CountsView,
    /// The same log by log.
    pub logs: Vec<LogView>,
}

/// Why nothing comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// Since when; None where that cannot be told.
    pub since: Option<Instant>,
    /// Why, and what to do.
    pub why: String,
}

/// What a source brings a log.
#[derive(Debug, Clone, Default)]
pub struct LogView {
    /// The log; None for records of which nobody knows it.
    pub log: Option<&'static Log>,
    /// The time of the newest row.
    pub newest: Option<Instant>,
    /// From when on all is there that the source has.
    pub complete_from: Option<Instant>,
    /// Up to when.
    pub complete_until: Option<Instant>,
    /// What it brought in all.
    pub total: CountsView,
    /// What it brought in the hours in which something came, the oldest first.
    pub hours: Vec<(Instant, CountsView)>,
}

/// A source, in detail. It renders itself: `{{ source }}`.
#[derive(Debug, Template)]
#[template(path = "data/source.html")]
pub(super) struct SourcePanel {
    id: String,
    name: String,
    kind: String,
    /// What is known of it, by its name.
    facts: Vec<(String, String)>,
    /// What has to be looked at.
    notes: Vec<String>,
    strip_title: String,
    strip: Svg,
    keys: String,
    as_table: String,
    hours: Table,
    logs_title: String,
    logs: Table,
    /// What may be there twice; empty for nothing.
    ambiguous: String,
    gaps_title: String,
    gaps: Vec<String>,
}

impl HtmlSafe for SourcePanel {}

impl SourcePanel {
    /// That of the source with that number.
    pub(super) fn new(page: &PageContext, source: &SourceView, at: usize, hours: u32) -> SourcePanel {
        let id = id(at);
        let every = source.every_secs.map(|secs| (page.t("data-every"), span(page, secs)));
        let mut facts = vec![
            (page.t("data-state"), page.t(state(source).0)),
            (page.t("data-succeeded"), moment(page, source.succeeded)),
            (page.t("data-behind"), lag(page, source)),
            (page.t("data-complete-until"), moment(page, source.complete_until)),
        ];
        facts.extend(every);
        let gap = |(from, to): &(Instant, Instant)| {
            format!("{} – {}", page.formats.moment(*from), page.formats.moment(*to))
        };
        SourcePanel {
            strip: drawn(page, source, &id, hours),
            id,
            name: source.name.clone(),
            kind: page.t(kind(source)),
            facts,
            notes: notes(page, source),
            strip_title: page.t("data-hours-title"),
            keys: page.t("data-keys"),
            as_table: page.t("as-table"),
            hours: by_hour(page, source),
            logs_title: page.t("data-total"),
            logs: by_log(page, source),
            ambiguous: ambiguous(page, source.total.ambiguous),
            gaps_title: page.t("data-gaps"),
            gaps: source.gaps.iter().rev().map(gap).collect(),
        }
    }
}

/// All sources, a row each.
pub(super) fn overview(page: &PageContext, sources: &[SourceView]) -> Table {
    let heads = vec![
        Head::of(page.t("data-source")),
        Head::of(page.t("data-state")),
        Head::of(page.t("data-succeeded")),
        Head::number(page.t("data-behind")),
        Head::of(page.t("data-complete-until")),
        Head::number(page.t("data-received")),
        Head::number(page.t("data-new")),
        Head::number(page.t("data-rejected")),
        Head::number(page.t("data-missing")),
    ];
    let mut table = Table::new(page.t("data-sources"), heads).or(page.t("data-none"));
    for (at, source) in sources.iter().enumerate() {
        let (text, class) = state(source);
        let total = &source.total;
        table.row(vec![
            Cell::name(&source.name).linked(Some(format!("#{}", id(at)))),
            Cell::text(page.t(text)).of_class(class),
            Cell::text(moment(page, source.succeeded)),
            Cell::number(lag(page, source)),
            Cell::text(moment(page, source.complete_until)),
            Cell::number(count(page, total.received)),
            Cell::number(count(page, total.new)),
            Cell::number(count(page, total.rejected)),
            Cell::number(count(page, total.missing())),
        ]);
    }
    table
}

/// What has to be looked at of a source, with what to do.
pub(super) fn notes(page: &PageContext, source: &SourceView) -> Vec<String> {
    let mut notes = Vec::new();
    // Nobody waits for what is no longer set up.
    if !source.is_configured {
        return notes;
    }
    let named = |key: &str, value: &str| {
        page.text(key, &[("at", Argument::Text(&source.name)), ("value", Argument::Text(value))])
    };
    if let Some(Failing { since, why }) = &source.failing {
        notes.push(format!("{}: {why}", named("data-failing-since", &moment(page, *since))));
    }
    notes.extend(source.warning.as_ref().map(|warning| format!("{}: {warning}", source.name)));
    if source.is_overdue {
        let every = source.every_secs.map_or_else(String::new, |secs| span(page, secs));
        notes.push(format!("{} {}", named("data-overdue-told", &every), page.t(what_to_do(source))));
    }
    notes
}

/// What to do about a source from which nothing comes, though it says nothing.
fn what_to_do(source: &SourceView) -> &'static str {
    if source.name.starts_with("pull/") { "data-do-pull" } else { "data-do-folder" }
}

fn kind(source: &SourceView) -> &'static str {
    match source.name.split('/').next() {
        Some("pull") => "data-kind-pull",
        Some("folder") => "data-kind-folder",
        _ => "data-kind-import",
    }
}

/// The key of the text that says how a source stands, and its class.
fn state(source: &SourceView) -> (&'static str, &'static str) {
    match () {
        () if !source.is_configured && source.name.starts_with("import/") => ("data-by-hand", "s-none"),
        () if !source.is_configured => ("data-removed", "s-none"),
        () if source.failing.is_some() => ("data-failing", "s-silent"),
        () if source.is_overdue => ("data-overdue", "s-silent"),
        () if source.succeeded.is_none() => ("data-nothing-yet", "s-open"),
        () => ("data-well", "s-calls"),
    }
}

fn id(at: usize) -> String {
    format!("source-{}", at + 1)
}

fn lag(page: &PageContext, source: &SourceView) -> String {
    source.lag_secs.map_or_else(|| NOTHING.to_owned(), |secs| span(page, secs))
}

/// What came in each hour, the newest first.
fn by_hour(page: &PageContext, source: &SourceView) -> Table {
    let heads = [Head::of(page.t("data-hour")), Head::of(page.t("data-log"))].into_iter();
    let caption = page.about("data-hours-of", &source.name);
    let mut table = Table::new(caption, heads.chain(count_heads(page)).collect()).or(page.t("data-no-hours"));
    let hours = source.logs.iter().flat_map(|of| of.hours.iter().map(move |(at, counts)| (*at, of, counts)));
    let mut hours: Vec<_> = hours.collect();
    // Logs of an hour stay in their order.
    hours.sort_by_key(|(at, _, _)| std::cmp::Reverse(*at));
    for (at, of, counts) in hours {
        let names = [Cell::name(page.formats.moment(at)), Cell::text(log_name(page, of.log))];
        table.row(names.into_iter().chain(counted(page, counts)).collect());
    }
    table
}

/// What came in all, log by log.
fn by_log(page: &PageContext, source: &SourceView) -> Table {
    let heads = ["data-log", "data-newest", "data-complete-from", "data-complete-until"];
    let heads = heads.map(|key| Head::of(page.t(key))).into_iter();
    let caption = page.about("data-total-of", &source.name);
    let mut table =
        Table::new(caption, heads.chain(count_heads(page)).collect()).or(page.t("data-nothing-yet"));
    // Of the source as a whole there may be something to tell, and nothing that came.
    let is_told = |of: &&LogView| of.log.is_some() || of.total.received > 0 || of.total.is_to_look_at();
    for of in source.logs.iter().filter(is_told) {
        let names = [
            Cell::name(log_name(page, of.log)),
            Cell::text(moment(page, of.newest)),
            Cell::text(moment(page, of.complete_from)),
            Cell::text(moment(page, of.complete_until)),
        ];
        table.row(names.into_iter().chain(counted(page, &of.total)).collect());
    }
    table
}

/// What may be there twice.
fn ambiguous(page: &PageContext, rows: u64) -> String {
    match i64::try_from(rows) {
        Ok(0) => String::new(),
        rows => page.counted("data-ambiguous", rows.unwrap_or(i64::MAX)),
    }
}

/// The hours as a strip.
fn drawn(page: &PageContext, source: &SourceView, id: &str, hours: u32) -> Svg {
    let mut came: BTreeMap<Instant, CountsView> = BTreeMap::new();
    for (at, counts) in source.logs.iter().flat_map(|of| &of.hours) {
        *came.entry(*at).or_default() += *counts;
    }
    let now = page.now.ticks();
    let last = page.now.saturating_add_ticks(-now.rem_euclid(Instant::TICKS_PER_HOUR));
    let step = usize::try_from(hours).unwrap_or(LABELS).div_ceil(LABELS).max(1);
    let mut cells = Vec::new();
    let mut all = CountsView::default();
    // The hour that runs comes last.
    for ago in (0..=i64::from(hours)).rev() {
        let at = last.saturating_add_ticks(-ago * Instant::TICKS_PER_HOUR);
        let counts = came.get(&at).copied().unwrap_or_default();
        all += counts;
        let is_gap = source.gaps.iter().any(|(from, to)| *from <= at && at < *to);
        let label = if cells.len().is_multiple_of(step) { label(page, at, hours) } else { String::new() };
        cells.push(StripCell {
            label,
            told: told(page, at, &counts, is_gap),
            value: float(counts.received),
            is_gap,
            is_marked: counts.is_to_look_at(),
        });
    }
    let name = page.about("data-hours-of", &source.name);
    let (received, rejected) = (count(page, all.received), count(page, all.rejected));
    let arguments = [("value", Argument::Text(&received)), ("count", Argument::Text(&rejected))];
    let description = page.text("data-strip", &arguments);
    strip(&Strip { id: &format!("{id}-hours"), name, description, cells })
}

/// What stands below an hour.
fn label(page: &PageContext, at: Instant, hours: u32) -> String {
    let clock = page.formats.clock(at);
    if hours <= 24 { clock } else { format!("{} {clock}", page.formats.day(at)) }
}

/// All that is told of an hour.
fn told(page: &PageContext, at: Instant, counts: &CountsView, is_gap: bool) -> String {
    let when = page.formats.moment(at);
    if counts.deliveries == 0 {
        let key = if is_gap { "data-hour-gap" } else { "data-hour-nothing" };
        return format!("{when}: {}", page.t(key));
    }
    let part =
        |(key, of): &OfCounts| of(counts).map(|number| format!("{} {}", page.t(key), count(page, number)));
    let parts: Vec<String> = COUNTS.iter().filter_map(part).collect();
    format!("{when}: {}", parts.join(", "))
}
