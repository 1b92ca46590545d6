//! `/data`: what came from where, what is missing, and how full the disk is.

mod counts;
mod disk;
mod source;

use askama::Template;
use trunklog_odata::Instant;
use trunklog_records::Log;

use super::usage::UsageTab;
use super::welcome::{Steps, WITHOUT_SOURCE};
use crate::context::PageContext;
use crate::formats::NOTHING;
use crate::shell::{Place, Shell};
use crate::table::{Cell, Head, Table};

use disk::DiskPanel;
use source::SourcePanel;

pub use counts::CountsView;
pub use disk::{DiskView, Pressed};
pub use source::{Failing, LogView, SourceView};

/// Of how many of the last hours it can be told what came, the first unless another is
/// chosen, each with the key of its text.
pub const HOURS: [(u32, &str); 3] = [(24, "range-24h"), (72, "data-3-days"), (168, "range-7d")];

/// All that is told.
#[derive(Debug, Clone)]
pub struct DataAnswer {
    /// Of how many of the last hours it is told what came.
    pub hours: u32,
    /// Until when each log is complete, as far as its sources know.
    pub until: Vec<(&'static Log, Option<Instant>)>,
    /// The sources.
    pub sources: Vec<SourceView>,
    /// The disk; None where nobody has measured it.
    pub disk: Option<DiskView>,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "data.html")]
pub struct DataPage {
    shell: Shell,
    title: String,
    about: String,
    /// What has to be looked at.
    notes: Vec<String>,
    /// What to do first; None where there is a source.
    first: Option<Steps>,
    first_title: String,
    until_title: String,
    until: Table,
    sources_title: String,
    overview: Table,
    hours_title: String,
    hours: Vec<Choice>,
    sources: Vec<SourcePanel>,
    disk: DiskPanel,
}

/// So many hours.
#[derive(Debug)]
struct Choice {
    href: String,
    title: String,
    is_here: bool,
}

impl DataPage {
    /// The page.
    pub fn new(page: &PageContext, answer: &DataAnswer) -> DataPage {
        let disk = DiskPanel::new(page, answer.disk.as_ref());
        let mut notes: Vec<String> =
            answer.sources.iter().flat_map(|source| source::notes(page, source)).collect();
        notes.extend(disk.note());
        let hours = HOURS.iter().map(|(hours, title)| Choice {
            href: page.here(|state| {
                state.own.insert("hours".to_owned(), hours.to_string());
                state.commit = None;
            }),
            title: page.t(title),
            is_here: *hours == answer.hours,
        });
        let panel = |(at, source)| SourcePanel::new(page, source, at, answer.hours);
        DataPage {
            shell: Shell::new(page, Place::Data),
            title: page.t("nav-data"),
            about: page.t("data-about"),
            notes,
            first: answer.sources.is_empty().then(|| Steps::new(page, WITHOUT_SOURCE)),
            first_title: page.t("data-none"),
            until_title: page.t("data-until"),
            until: until(page, &answer.until),
            sources_title: page.t("data-sources"),
            overview: source::overview(page, &answer.sources),
            hours_title: page.t("data-hours"),
            hours: hours.collect(),
            sources: answer.sources.iter().enumerate().map(panel).collect(),
            disk,
        }
    }
}

/// Until when each log is complete.
fn until(page: &PageContext, until: &[(&'static Log, Option<Instant>)]) -> Table {
    let heads = vec![Head::of(page.t("data-log")), Head::of(page.t("data-complete-until"))];
    let mut table = Table::new(page.t("data-until"), heads);
    for (log, until) in until {
        let cell = match until {
            Some(until) => Cell::text(page.formats.moment(*until)),
            None => Cell::text(page.t("data-unknown")).of_class("few"),
        };
        table.row(vec![Cell::name(log_name(page, Some(*log))), cell]);
    }
    table
}

/// What people call a log.
fn log_name(page: &PageContext, log: Option<&Log>) -> String {
    let tab = log.and_then(|log| UsageTab::of_log(log.name));
    tab.map_or_else(|| page.t("data-no-log"), |tab| page.t(tab.name()))
}

/// A number of things.
fn count(page: &PageContext, number: u64) -> String {
    page.formats.count(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A number of things where parts of a whole are drawn. Above 2^53 the last digits are
/// lost.
#[allow(clippy::cast_precision_loss)]
fn float(number: u64) -> f64 {
    number as f64
}

/// How long something takes, in the unit that suits it.
fn span(page: &PageContext, secs: u64) -> String {
    const DAY: u64 = 24 * 60 * 60;
    if secs >= 2 * DAY {
        return page.counted("data-days", i64::try_from(secs / DAY).unwrap_or(i64::MAX));
    }
    // No more than two days.
    let secs = u32::try_from(secs).unwrap_or(u32::MAX);
    page.formats.seconds(f64::from(secs))
}

/// A moment, where it is known.
fn moment(page: &PageContext, at: Option<Instant>) -> String {
    at.map_or_else(|| NOTHING.to_owned(), |at| page.formats.moment(at))
}

#[cfg(test)]
mod tests;
