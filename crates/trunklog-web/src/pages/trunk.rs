//! `/trunks/{fqdn}`: one trunk, with its capacity and what is known of it.

mod capacity;

use askama::Template;
use jiff::civil::Date;
use trunklog_odata::Instant;
use trunklog_reports::kpi::Unit;
use trunklog_reports::{Answer, Class};
use trunklog_trunks::{Entry, Fact, Kind, Origin, Trunk};

use crate::context::PageContext;
use crate::filter_bar::FilterBar;
use crate::formats::NOTHING;
use crate::pages::figures::{Figure, before, moment};
use crate::pages::health::trunks::state;
use crate::pages::trunks::{Known, certificate_cell, of_name, options_cell};
use crate::shell::{Place, Shell};
use crate::state::{Ends, FilterState};
use crate::table::{Cell, Head, Table};
use capacity::Capacity;

/// What the page is made of.
#[derive(Debug)]
pub struct TrunkAnswer<'a> {
    /// Key figures with busy channels, compared; None where they are not kept for
    /// what is looked at.
    pub totals: Option<Answer>,
    /// Busy channels by bucket; None where they are not kept for what is looked at.
    pub channels: Option<Answer>,
    /// The trunk's own name.
    pub name: &'a str,
    /// The rest.
    pub known: Known<'a>,
}

/// The page. Its filter is that of the trunk.
#[derive(Debug, Template)]
#[template(path = "trunk.html")]
pub struct TrunkPage<'a> {
    page: &'a PageContext,
    shell: Shell,
    title: String,
    name: String,
    carrier: String,
    back: String,
    filter_bar: FilterBar,
    state: Cell,
    certificate: Cell,
    options: Cell,
    probe_note: String,
    figures: Table,
    capacity: Capacity,
    entries: Vec<Line>,
    entries_title: String,
    /// Where the inventory is changed; empty for who may not.
    change: String,
    kinds: Vec<(&'static str, String)>,
}

/// Something that is known of the trunk.
#[derive(Debug)]
struct Line {
    kind: &'static str,
    title: String,
    value: String,
    from: String,
    until: String,
    /// Value and dates as the form sends them.
    field: String,
    from_field: String,
    until_field: String,
    origin: String,
    /// Whether it can be taken away here.
    is_removable: bool,
}

/// The figures that are told, and which calls each counts.
const FIGURES: [(&str, Option<Ends>); 9] = [
    ("attempts", None),
    ("answered", Some(Ends::Class(Class::Answered))),
    ("failed", Some(Ends::Failed)),
    ("missed", Some(Ends::Missed)),
    ("asr", Some(Ends::Class(Class::Answered))),
    ("ner", Some(Ends::Delivered)),
    ("acd", Some(Ends::Class(Class::Answered))),
    ("minutes", Some(Ends::Class(Class::Answered))),
    ("answerDelayP50", None),
];

impl<'a> TrunkPage<'a> {
    /// The page.
    pub fn new(page: &'a PageContext, answer: &TrunkAnswer<'_>) -> TrunkPage<'a> {
        let known = answer.known;
        let trunk = known.inventory.trunk(answer.name);
        let probed = of_name(known.probed, answer.name);
        let title = trunk.and_then(|trunk| trunk.name(known.today)).unwrap_or(answer.name).to_owned();
        // The page is about the trunk whatever its filter says, so the filter does not
        // name it.
        let bar = PageContext { state: page.state.with(|state| state.trunk = None), ..page.clone() };
        TrunkPage {
            page,
            shell: Shell::new(page, Place::Trunks),
            title,
            name: answer.name.to_owned(),
            carrier: trunk.and_then(|trunk| trunk.carrier(known.today)).unwrap_or_default().to_owned(),
            back: page.to_with("trunks", |state| state.trunk = None),
            filter_bar: FilterBar::new(&bar, Vec::new()),
            state: state(page, answer.totals.as_ref(), 0),
            certificate: certificate_cell(page, probed),
            options: options_cell(page, probed),
            probe_note: page.t(if known.is_probing { "probe-means" } else { "probe-off" }),
            figures: figures(page, answer.totals.as_ref()),
            capacity: Capacity::new(page, answer, trunk),
            entries: trunk.map(|trunk| entries(page, trunk)).unwrap_or_default(),
            entries_title: page.t("inventory"),
            change: if page.sees.admin {
                page.links.to("trunks/change", &FilterState::default())
            } else {
                String::new()
            },
            kinds: Kind::ALL.into_iter().map(|kind| (kind.key(), page.t(kind_name(kind)))).collect(),
        }
    }
}

fn figures(page: &PageContext, totals: Option<&Answer>) -> Table {
    let heads = vec![
        Head::of(page.t("inventory-figure")),
        Head::number(page.t("inventory-value")),
        Head::number(page.t("reason-change")),
    ];
    let table = Table::new(page.t("tiles"), heads);
    let Some(totals) = totals else { return table.or_why(page, "state-not-kept") };
    let mut table = table;
    for (key, ends) in FIGURES {
        let figure = Figure::of(&totals.table, 0, key);
        let change = figure.change(before(totals, 0, key), page);
        let is_some = figure.value.is_some_and(|value| value > 0.0);
        // The time to answer is of outbound calls alone, which the list does not tell.
        let is_listed = is_some && key != "answerDelayP50";
        let href = page.calls(|state| {
            if let Some(ends) = ends {
                state.narrow_ends(ends);
            }
        });
        let value = match figure.n {
            Some(n) if figure.unit == Unit::Ratio => Cell::ratio(page, figure.value, n),
            Some(n) => {
                let cell = Cell::number(figure.told(page));
                cell.beside(page.about("over-n", &page.formats.count(n)))
            }
            None => Cell::number(figure.told(page)),
        };
        let value = value.linked(href.filter(|_| is_listed));
        let title = if key == "missed" { page.t("metric-missed") } else { page.t(&format!("tile-{key}")) };
        table.row(vec![
            Cell::name(title).linked(Some(page.to(&format!("help/{key}")))),
            value,
            change.map_or_else(Cell::nothing, |change| Cell::number(change.text)),
        ]);
    }
    table
}

/// What is known, by kind and day.
fn entries(page: &PageContext, trunk: &Trunk) -> Vec<Line> {
    let told = |(origin, entry): (Origin, &Entry)| {
        let kind = entry.fact.kind();
        let field = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let shown =
            |day: Option<Date>| day.map_or_else(|| NOTHING.to_owned(), |day| page.formats.of_day(day));
        let value = match &entry.fact {
            Fact::Channels(count) => page.formats.count((*count).into()),
            other => other.text(),
        };
        Line {
            kind: kind.key(),
            title: page.t(kind_name(kind)),
            value,
            field: entry.fact.text(),
            from: shown(entry.from),
            until: shown(entry.until),
            from_field: field(entry.from),
            until_field: field(entry.until),
            origin: page.t(match origin {
                Origin::Configuration => "inventory-configured",
                Origin::People => "inventory-entered",
            }),
            is_removable: origin == Origin::People,
        }
    };
    trunk.entries().into_iter().map(told).collect()
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Name => "inventory-name",
        Kind::Carrier => "inventory-carrier",
        Kind::Alias => "inventory-alias",
        Kind::Channels => "inventory-channels",
        Kind::Port => "inventory-port",
    }
}

/// When the most channels were busy.
fn peak_at(totals: Option<&Answer>) -> Option<Instant> {
    totals.and_then(|totals| moment(&totals.table, 0, "occupiedPeakAt"))
}

#[cfg(test)]
mod tests;
