//! Who did what.

mod told;

use askama::Template;
use trunklog_odata::Instant;

pub use self::told::act;

use self::told::{about, act_told};
use super::{AdminTab, Tabs};
use crate::context::PageContext;
use crate::shell::{Place, Shell};
use crate::state::{Ends, FilterState, PRESETS, Span};
use crate::table::{Cell, Head, Table};

/// An entry of the audit trail, with pseudonyms or names in its texts.
#[derive(Debug, Clone)]
pub struct EntryView {
    /// Its number.
    pub number: u64,
    /// When it happened.
    pub at: Instant,
    /// What was done, as the trail names it.
    pub what: String,
    /// How often, if several times.
    pub requests: Option<u64>,
    /// Who did it.
    pub who: String,
    /// From where.
    pub from: String,
    /// To what, by which way, and in which tenant.
    pub about: Vec<String>,
    /// Which time of a log.
    pub range: Option<(Instant, Instant)>,
    /// How rows were chosen, without values.
    pub filter: Option<String>,
    /// By which ends calls were chosen, where the trail has it.
    pub ends: Vec<Ends>,
    /// Further facts.
    pub more: Vec<String>,
    /// How many rows were given.
    pub rows: Option<u64>,
    /// How it ended; empty when it was done.
    pub outcome: String,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "admin/trail.html")]
pub struct TrailPage {
    shell: Shell,
    title: String,
    tabs: Tabs,
    about: String,
    ranges_title: String,
    ranges: Vec<Choice>,
    action: String,
    kept: Vec<(String, String)>,
    what_title: String,
    all: String,
    whats: Vec<What>,
    go: String,
    names: String,
    names_title: String,
    table: Table,
    older: Option<String>,
    older_title: String,
}

/// Something that can be done.
#[derive(Debug)]
struct What {
    key: &'static str,
    title: String,
    is_chosen: bool,
}

#[derive(Debug)]
struct Choice {
    href: String,
    title: String,
    is_here: bool,
}

impl TrailPage {
    /// The page of those entries, the newest first. `whats` are the names of what can be
    /// done; `has_more` is whether there are older ones.
    pub fn new(
        page: &PageContext,
        entries: &[EntryView],
        whats: Vec<&'static str>,
        has_more: bool,
    ) -> TrailPage {
        let has_names = page.state.own("names").is_some();
        let ranges = PRESETS.iter().map(|(key, name)| Choice {
            href: page.here(|state| {
                state.span = Span::Last((*key).to_owned());
                state.own.remove("before");
            }),
            title: page.t(name),
            is_here: page.state.span.last() == Some(*key),
        });
        let names = page.here(|state| {
            state.own.remove("names");
            if !has_names {
                state.own.insert("names".to_owned(), "1".to_owned());
            }
        });
        // The form has a field for what; the page starts anew with it.
        let mut kept = vec![("tab".to_owned(), AdminTab::Trail.key().to_owned())];
        kept.extend(page.state.span.last().map(|last| ("range".to_owned(), last.to_owned())));
        kept.extend(page.state.own("names").map(|names| ("names".to_owned(), names.to_owned())));
        let what =
            |key| What { key, title: act_told(page, key), is_chosen: page.state.own("what") == Some(key) };
        let last = entries.last().filter(|_| has_more);
        TrailPage {
            shell: Shell::new(page, Place::Admin),
            title: page.t("admin-trail"),
            tabs: Tabs::new(page, AdminTab::Trail),
            about: page.t(if has_names { "admin-trail-names" } else { "admin-trail-about" }),
            ranges_title: page.t("filter-ranges"),
            ranges: ranges.collect(),
            action: page.links.to(&page.path, &FilterState::default()),
            kept,
            what_title: page.t("admin-what"),
            all: page.t("admin-what-all"),
            whats: whats.into_iter().map(what).collect(),
            go: page.t("filter-apply"),
            names,
            names_title: page.t(if has_names { "admin-without-names" } else { "admin-with-names" }),
            table: table(page, entries),
            older: last.map(|entry| page.with_own("before", &entry.number.to_string())),
            older_title: page.t("admin-older"),
        }
    }
}

fn table(page: &PageContext, entries: &[EntryView]) -> Table {
    let heads = vec![
        Head::number(page.t("admin-entry")),
        Head::of(page.t("admin-time")),
        Head::of(page.t("admin-what")),
        Head::of(page.t("admin-who")),
        Head::of(page.t("admin-address")),
        Head::of(page.t("admin-about")),
        Head::number(page.t("usage-rows")),
        Head::of(page.t("admin-outcome")),
    ];
    let mut table = Table::new(page.t("admin-trail"), heads).or(page.t("admin-trail-none"));
    for entry in entries {
        let rows = entry.rows.map(|rows| page.formats.count(i64::try_from(rows).unwrap_or(i64::MAX)));
        table.row(vec![
            Cell::number(entry.number.to_string()),
            Cell::name(page.formats.second(entry.at)),
            done(page, entry),
            Cell::text(&entry.who),
            Cell::text(&entry.from),
            Cell::text(about(page, entry)),
            Cell::number(rows.unwrap_or_default()),
            Cell::text(&entry.outcome),
        ]);
    }
    table
}

/// What was done, and how often.
fn done(page: &PageContext, entry: &EntryView) -> Cell {
    let cell = Cell::text(act_told(page, &entry.what));
    match entry.requests {
        Some(requests) => {
            cell.beside(format!("×{}", page.formats.count(i64::try_from(requests).unwrap_or(i64::MAX))))
        }
        None => cell,
    }
}
