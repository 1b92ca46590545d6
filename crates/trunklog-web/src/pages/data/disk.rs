//! How full the disk is.

use askama::Template;
use askama::filters::HtmlSafe;
use trunklog_odata::Instant;
use trunklog_reports::Argument;

use super::{UsageTab, float};
use crate::chart::bar;
use crate::context::PageContext;
use crate::table::{Cell, Head, Table};

/// How full the disk is.
#[derive(Debug, Clone, Default)]
pub struct DiskView {
    /// When it was measured.
    pub measured: Option<Instant>,
    /// The room that is left, in bytes.
    pub free_bytes: u64,
    /// How large it is, in bytes.
    pub total_bytes: u64,
    /// By how much it fills a day; None where that is not known yet.
    pub bytes_per_day: Option<i64>,
    /// For how many days there is room at that rate; None where it does not fill.
    pub days_left: Option<u64>,
    /// How pressing it is that room is made.
    pub pressed: Pressed,
    /// What fills it, by the names that the ledger has; None for who may not know what
    /// is of all tenants.
    pub parts: Option<Vec<(String, u64)>>,
}

/// How pressing it is that room is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pressed {
    /// There is room.
    #[default]
    No,
    /// It should be made soon.
    Soon,
    /// It must be made now.
    Urgent,
    /// There is none: nothing new is stored.
    Full,
}

/// The panel. It renders itself: `{{ disk }}`.
#[derive(Debug, Template)]
#[template(path = "data/disk.html")]
pub(super) struct DiskPanel {
    title: String,
    lines: Vec<String>,
    /// What has to be done; empty for nothing.
    note: String,
    parts: Option<Table>,
}

impl HtmlSafe for DiskPanel {}

impl DiskPanel {
    pub(super) fn new(page: &PageContext, disk: Option<&DiskView>) -> DiskPanel {
        let title = page.t("data-disk");
        let Some(disk) = disk else {
            let lines = vec![page.t("data-disk-unknown")];
            return DiskPanel { title, lines, note: String::new(), parts: None };
        };
        let (free, all) = (page.formats.bytes(disk.free_bytes), page.formats.bytes(disk.total_bytes));
        let room = [("value", Argument::Text(&free)), ("from", Argument::Text(&all))];
        let mut lines = vec![page.text("data-disk-room", &room), rate(page, disk)];
        if let Some(measured) = disk.measured {
            lines.push(page.about("data-disk-measured", &page.near(measured)));
        }
        let note = match disk.pressed {
            Pressed::No => String::new(),
            Pressed::Soon => page.t("data-disk-soon"),
            Pressed::Urgent => page.t("data-disk-urgent"),
            Pressed::Full => page.t("data-disk-full"),
        };
        DiskPanel { lines, note, parts: disk.parts.as_ref().map(|all| parts(page, &title, all)), title }
    }

    /// What has to be done.
    pub(super) fn note(&self) -> Option<String> {
        Some(self.note.clone()).filter(|note| !note.is_empty())
    }
}

/// How fast it fills.
fn rate(page: &PageContext, disk: &DiskView) -> String {
    match (disk.bytes_per_day, disk.days_left) {
        (None, _) => page.t("data-disk-no-rate"),
        (Some(_), None) => page.t("data-disk-steady"),
        (Some(rate), Some(days)) => {
            let rate = page.formats.bytes(u64::try_from(rate).unwrap_or(0));
            let days = page.counted("data-days", i64::try_from(days).unwrap_or(i64::MAX));
            page.text("data-disk-rate", &[("value", Argument::Text(&rate)), ("at", Argument::Text(&days))])
        }
    }
}

/// What fills it, the largest first.
fn parts(page: &PageContext, title: &str, parts: &[(String, u64)]) -> Table {
    let heads = vec![Head::of(page.t("data-part")), Head::number(page.t("export-size"))];
    let mut table = Table::new(title, heads).or(page.t("data-disk-unknown"));
    let mut sorted: Vec<&(String, u64)> = parts.iter().filter(|(_, bytes)| *bytes > 0).collect();
    sorted.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let most = sorted.first().map_or(1, |(_, bytes)| *bytes);
    for (what, bytes) in sorted {
        table.row(vec![
            Cell::name(part_name(page, what)),
            Cell::number(page.formats.bytes(*bytes)).drawn(bar(float(*bytes) / float(most), "g-microsoft")),
        ]);
    }
    table
}

/// What people call a part.
fn part_name(page: &PageContext, what: &str) -> String {
    let key = match what {
        "cubes" => "data-part-cubes",
        "store" => "data-part-store",
        "rejects" => "data-part-rejects",
        "exports" => "data-part-exports",
        "audit" => "data-part-audit",
        "other" => "data-part-other",
        log => match UsageTab::of_log(log) {
            Some(tab) => tab.name(),
            None => return log.to_owned(),
        },
    };
    page.t(key)
}
