//! `/trunks`: how each trunk does, how busy its channels are, and whether it answers
//! us.

mod find;
mod probe;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use askama::Template;
use jiff::civil::Date;
use trunklog_reports::{Answer, Class};
use trunklog_trunks::{Fqdn, Inventory, Probed, Trunk};

use crate::chart::bar;
use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::links::Links;
use crate::pages::figures::{Figure, count, float, text};
use crate::pages::health::Trunks;
use crate::pages::health::trunks::{TO_LOOK_AT, help, state, trend_cell, trends};
use crate::shell::{Place, Shell};
use crate::state::{Ends, FilterState, NONE};
use crate::table::{Cell, Head, Sorting, Table};

use find::Find;

pub(super) use probe::{certificate_cell, options_cell};

/// The column of states, and what the table is sorted by unless it is said: trunks that
/// have to be looked at come first.
const STATE: &str = "state";

/// From which share of its channels on a trunk is nearly full. Source: Teams warns
/// from 90 % of `MaxConcurrentSessions` on.
pub(super) const NEARLY_FULL: f64 = 0.9;

/// What both pages of trunks know besides answers.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The inventory.
    pub inventory: &'a Inventory,
    /// What the last looks at trunks found.
    pub probed: &'a BTreeMap<Fqdn, Probed>,
    /// Whether trunks are looked at.
    pub is_probing: bool,
    /// The day in the tenant's zone.
    pub today: Date,
}

/// What the page is made of.
#[derive(Debug)]
pub struct TrunksAnswer<'a> {
    /// Key figures by trunk, with busy channels, compared; None where they are not
    /// kept for what is looked at. Trunks have their own names there.
    pub totals: Option<Answer>,
    /// How much was called by trunk and bucket.
    pub by_bucket: Option<Answer>,
    /// The rest.
    pub known: Known<'a>,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "trunks.html")]
pub struct TrunksPage<'a> {
    page: &'a PageContext,
    shell: Shell,
    title: String,
    filter_bar: FilterBar,
    /// None where there is nothing to find.
    find: Option<Find>,
    table: Table,
    /// What a reader has to know of it.
    notes: Vec<String>,
    /// Where the inventory is changed; empty for who may not.
    add: String,
    import: String,
}

/// A row of the table.
struct Row {
    /// None for calls without a trunk.
    name: Option<String>,
    /// Its place in the answer; None without calls.
    place: Option<usize>,
    attempts: i64,
    failed: i64,
    ner: Figure,
    asr: Figure,
    acd: Figure,
    peak: Figure,
    busy_hour: Figure,
    needed: Figure,
    state: Cell,
}

impl<'a> TrunksPage<'a> {
    /// The page.
    pub fn new(page: &'a PageContext, answer: &TrunksAnswer<'_>) -> TrunksPage<'a> {
        let known = answer.known;
        let sorting = Sorting::of(page, STATE);
        let mut rows = rows(page, answer);
        let are_some = !rows.is_empty();
        // Calls without a trunk are a row, too.
        let trunks = |rows: &[Row]| rows.iter().filter(|row| row.name.is_some()).count();
        let all = trunks(&rows);
        if let Some(part) = find::part(page) {
            rows.retain(|row| find::is_called(known.inventory, row.name.as_deref(), part, known.today));
        }
        let to_look_at = rows.iter().filter(|row| row.state.class == TO_LOOK_AT).count();
        let find = Find::new(page, (all, trunks(&rows), to_look_at), &sorting);
        sort(&mut rows, &sorting);
        let trends = trends(page, answer.by_bucket.as_ref());
        let empty = page.t(if are_some { "trunks-none-so" } else { "inventory-none" });
        let mut table = Table::new(page.t("trunks"), heads(page, &sorting)).or(empty);
        for row in rows {
            let trend = trends.get(row.name.as_deref().unwrap_or_default());
            table.row(cells(page, known, row, trend.map(Vec::as_slice)));
        }
        let mut notes = Vec::new();
        if answer.totals.is_none() {
            notes.push(page.t("state-not-kept"));
        }
        if !known.is_probing {
            notes.push(page.t("probe-off"));
        }
        for name in known.inventory.unreadable() {
            notes.push(page.about("inventory-unreadable", name));
        }
        let action = |path: &str| {
            if page.sees.admin { page.links.to(path, &FilterState::default()) } else { String::new() }
        };
        let seen = answer.totals.as_ref().map(Trunks::names).unwrap_or_default();
        TrunksPage {
            page,
            shell: Shell::new(page, Place::Trunks),
            title: page.t("trunks"),
            filter_bar: FilterBar::new(page, seen),
            find: (all > 0).then_some(find),
            table,
            notes,
            add: action("trunks/change"),
            import: action("trunks/import"),
        }
    }
}

/// Those with calls, and those of the inventory.
fn rows(page: &PageContext, answer: &TrunksAnswer<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(totals) = &answer.totals {
        let table = &totals.table;
        for place in 0..table.rows.len() {
            let figure = |key: &str| Figure::of(table, place, key);
            rows.push(Row {
                name: text(table, place, "trunk").map(str::to_owned),
                place: Some(place),
                attempts: count(table, place, "attempts"),
                failed: count(table, place, "failed"),
                ner: figure("ner"),
                asr: figure("asr"),
                acd: figure("acd"),
                peak: figure("occupiedChannels"),
                busy_hour: figure("busyHourTraffic"),
                needed: figure("channelsForOnePercent"),
                state: state(page, Some(totals), place),
            });
        }
    }
    for (name, _) in answer.known.inventory.trunks() {
        if rows.iter().all(|row| row.name.as_deref() != Some(name.as_str())) {
            let none = Figure::NOTHING;
            rows.push(Row {
                name: Some(name.to_string()),
                place: None,
                attempts: 0,
                failed: 0,
                ner: none,
                asr: none,
                acd: none,
                peak: none,
                busy_hour: none,
                needed: none,
                state: state(page, None, 0),
            });
        }
    }
    rows
}

fn sort(rows: &mut [Row], sorting: &Sorting) {
    let number = |figure: Figure| figure.value.unwrap_or(f64::NEG_INFINITY);
    let by = |row: &Row| match sorting.by.as_str() {
        "ner" => number(row.ner),
        "asr" => number(row.asr),
        "acd" => number(row.acd),
        "failed" => float(row.failed),
        "peak" => number(row.peak),
        "busy" => number(row.busy_hour),
        "needed" => number(row.needed),
        _ => float(row.attempts),
    };
    rows.sort_by(|one, other| {
        let largest_first = || by(other).total_cmp(&by(one));
        let order = match sorting.by.as_str() {
            "trunk" => one.name.cmp(&other.name),
            STATE => rank(&one.state).cmp(&rank(&other.state)),
            _ => largest_first().reverse(),
        };
        let order = if sorting.is_descending { order.reverse() } else { order };
        // Of those in one state the ones with the most calls come first.
        let alike = if sorting.by == STATE { largest_first() } else { Ordering::Equal };
        order.then(alike).then_with(|| one.name.cmp(&other.name))
    });
}

/// The place of a state: what has to be looked at, what may have to be, what has calls,
/// what has none.
fn rank(state: &Cell) -> usize {
    const CLASSES: [&str; 4] = [TO_LOOK_AT, "s-open", "s-calls", "s-none"];
    CLASSES.iter().position(|class| *class == state.class).unwrap_or(CLASSES.len())
}

fn heads(page: &PageContext, sorting: &Sorting) -> Vec<Head> {
    let text = |title: &str| Head::of(page.t(title));
    let figure = |title: String, name: &str, key: &str| {
        Head::number(title).sortable(page, name, sorting).with_help(help(page, key))
    };
    vec![
        text("column-trunk").sortable(page, "trunk", sorting),
        text("trunk-state").sortable(page, STATE, sorting).with_help(page.t("trunk-state-told")),
        text("probe-certificate"),
        text("probe-options"),
        figure("NER".to_owned(), "ner", "ner"),
        figure("ASR".to_owned(), "asr", "asr"),
        figure("ACD".to_owned(), "acd", "acd"),
        figure(page.t("tile-attempts"), "attempts", "attempts"),
        figure(page.t("tile-failed"), "failed", "failed"),
        figure(page.t("capacity-peak"), "peak", "occupiedChannels"),
        figure(page.t("capacity-busy-hour"), "busy", "busyHourTraffic"),
        figure(page.t("capacity-needed"), "needed", "channelsForOnePercent"),
        text("trunk-trend"),
    ]
}

fn cells(page: &PageContext, known: Known<'_>, row: Row, trend: Option<&[Option<f64>]>) -> Vec<Cell> {
    let trunk = row.name.clone().unwrap_or_else(|| NONE.to_owned());
    let calls = |count: i64, change: fn(&mut FilterState)| {
        let trunk = trunk.clone();
        page.calls(move |state| {
            state.trunk = Some(trunk);
            change(state);
        })
        .filter(|_| count > 0)
    };
    let found = row.name.as_deref().and_then(|name| known.inventory.trunk(name));
    let probed = row.name.as_deref().and_then(|name| of_name(known.probed, name));
    let answered = |state: &mut FilterState| state.narrow_ends(Ends::Class(Class::Answered));
    let mut cells = vec![
        name_cell(page, known, &row, found),
        row.state,
        certificate_cell(page, probed),
        options_cell(page, probed),
        Cell::ratio(page, row.ner.value, row.ner.n.unwrap_or(0))
            .linked(calls(row.attempts - row.failed, |state| state.narrow_ends(Ends::Delivered))),
        Cell::ratio(page, row.asr.value, row.asr.n.unwrap_or(0))
            .linked(calls(i64::from(row.asr.value.is_some_and(|asr| asr > 0.0)), answered)),
        Cell::number(row.acd.told(page)),
        Cell::number(page.formats.count(row.attempts)).linked(calls(row.attempts, |_| {})),
        Cell::number(page.formats.count(row.failed))
            .linked(calls(row.failed, |state| state.narrow_ends(Ends::Failed))),
        peak_cell(page, row.peak, found.and_then(|trunk| trunk.channels(known.today))),
        Cell::number(row.busy_hour.told(page)),
        Cell::number(row.needed.told(page)),
    ];
    cells.push(trend_cell(page, trend.filter(|_| row.place.is_some())));
    cells
}

fn name_cell(page: &PageContext, known: Known<'_>, row: &Row, trunk: Option<&Trunk>) -> Cell {
    let Some(name) = &row.name else { return Cell::name(page.t("value-none")) };
    let path = format!("trunks/{}", Links::segment(name));
    let href = Some(page.to_with(&path, |state| state.trunk = None));
    let (called, carrier) =
        trunk.map_or((None, None), |trunk| (trunk.name(known.today), trunk.carrier(known.today)));
    let mut beside: Vec<&str> = Vec::new();
    if called.is_some() {
        beside.push(name);
    }
    beside.extend(carrier);
    Cell::name(called.unwrap_or(name)).linked(href).beside(beside.join(", "))
}

/// The peak of busy channels, of how many there are.
pub(super) fn peak_cell(page: &PageContext, peak: Figure, limit: Option<u32>) -> Cell {
    let cell = Cell::number(peak.told(page));
    let (Some(value), Some(limit)) = (peak.value, limit) else { return cell };
    let share = value / f64::from(limit.max(1));
    let class = if share >= NEARLY_FULL { "s-silent" } else { "" };
    let drawn = bar(share, if share >= NEARLY_FULL { "g-sbc" } else { "g-answered" });
    cell.beside(page.about("over-n", &page.formats.count(limit.into()))).of_class(class).drawn(drawn)
}

/// What was found of the trunk of that name.
pub(super) fn of_name<'a>(probed: &'a BTreeMap<Fqdn, Probed>, name: &str) -> Option<&'a Probed> {
    probed.iter().find(|(of, _)| of.as_str() == name).map(|(_, probed)| probed)
}

#[cfg(test)]
pub(in crate::pages) mod tests;
