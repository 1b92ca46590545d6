//! `/exports`: the files that a reader ordered.

use askama::Template;
use trunklog_odata::Instant;
use trunklog_reports::Argument;

use crate::context::PageContext;
use crate::links::Links;
use crate::pages::usage::{EXPORTS, UsageTab};
use crate::shell::{Place, Shell};
use crate::state::FilterState;

/// A file that was ordered.
#[derive(Debug, Clone)]
pub struct DownloadView {
    /// Its name in addresses.
    pub id: String,
    /// What is in it.
    pub tab: Option<UsageTab>,
    /// The key of its form.
    pub form: String,
    /// The range of time.
    pub range: Option<(Instant, Instant)>,
    /// When it was ordered.
    pub created: Instant,
    /// When it goes away.
    pub expires: Instant,
    /// What became of it.
    pub state: DownloadState,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DownloadState {
    /// It is being made.
    Making,
    /// It is there.
    Done {
        /// What it is called.
        file_name: String,
        /// How many rows it has.
        rows: u64,
        /// How large it is.
        bytes: u64,
        /// How many rows a sheet of it has at most, where they are in several.
        of_a_sheet: Option<u64>,
    },
    /// The program ended, or too much was going on.
    Stopped,
    /// It would have become too large.
    TooLarge,
    /// The disk took no more.
    DiskFull,
    /// Rows could not be read or written.
    NoRows,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "exports.html")]
pub struct ExportsPage {
    shell: Shell,
    title: String,
    about: String,
    heads: [String; 6],
    rows: Vec<Row>,
    empty: String,
    /// Where the list is looked at again; empty where nothing is being made.
    again: String,
    again_title: String,
    remove_title: String,
    back: String,
    back_title: String,
}

#[derive(Debug)]
struct Row {
    name: String,
    /// Where it is fetched; empty where it is not there.
    href: String,
    range: String,
    form: String,
    size: String,
    state: String,
    expires: String,
    remove: String,
    /// What the button says to who cannot see its row.
    remove_label: String,
}

impl ExportsPage {
    /// The page of a reader's files, who may have so many of them for so many hours.
    pub fn new(page: &PageContext, downloads: &[DownloadView], most: usize, hours: i64) -> ExportsPage {
        let (count, value) = (page.formats.count(i64::try_from(most).unwrap_or(i64::MAX)), hours.to_string());
        let about = [("count", Argument::Text(&count)), ("value", Argument::Text(&value))];
        let is_making = downloads.iter().any(|download| download.state == DownloadState::Making);
        let heads =
            ["export-file", "export-range", "export-form", "export-size", "export-state", "export-until"];
        ExportsPage {
            shell: Shell::new(page, Place::Usage),
            title: page.t("export-list"),
            about: page.text("export-about", &about),
            heads: heads.map(|key| page.t(key)),
            rows: downloads.iter().map(|download| Row::new(page, download)).collect(),
            empty: page.t("export-none"),
            again: if is_making { page.here(|_| {}) } else { String::new() },
            again_title: page.t("export-again"),
            remove_title: page.t("export-remove"),
            back: page.to("usage"),
            back_title: page.t("nav-usage"),
        }
    }
}

impl Row {
    fn new(page: &PageContext, download: &DownloadView) -> Row {
        let DownloadView { id, tab, form, range, created, expires, state } = download;
        let what = tab.map_or_else(|| page.t("export-file"), |tab| page.t(tab.name()));
        let name = format!("{what}, {}", page.formats.second(*created));
        let nowhere = FilterState::default();
        let (href, size) = match state {
            DownloadState::Done { file_name, rows, bytes, .. } => {
                let path = format!("exports/{id}/{}", Links::segment(file_name));
                let rows = page.counted("export-rows", i64::try_from(*rows).unwrap_or(i64::MAX));
                (page.links.to(&path, &nowhere), format!("{rows}, {}", page.formats.bytes(*bytes)))
            }
            _ => (String::new(), String::new()),
        };
        let state = match state {
            DownloadState::Done { of_a_sheet: Some(most), .. } => {
                let most = page.formats.count(i64::try_from(*most).unwrap_or(i64::MAX));
                page.about("export-sheets", &most)
            }
            DownloadState::Making => page.t("export-making"),
            DownloadState::Done { .. } => page.t("export-done"),
            DownloadState::Stopped => page.t("export-stopped"),
            DownloadState::TooLarge => page.t("export-too-large"),
            DownloadState::DiskFull => page.t("export-disk"),
            DownloadState::NoRows => page.t("export-no-rows"),
        };
        let form = EXPORTS.iter().find(|(key, _)| key == form).map(|(_, name)| page.t(name));
        let moment = |at: Instant| page.formats.moment(at);
        Row {
            href,
            range: range.map(|(from, to)| format!("{} – {}", moment(from), moment(to))).unwrap_or_default(),
            form: form.unwrap_or_default(),
            size,
            state,
            expires: moment(*expires),
            remove: page.links.to(&format!("exports/{id}/remove"), &nowhere),
            remove_label: page.about("export-remove-one", &name),
            name,
        }
    }
}

#[cfg(test)]
mod tests;
