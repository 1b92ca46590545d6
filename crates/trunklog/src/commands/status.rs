//! `trunklog status`

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::Result;
use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;
use trunklog_errors::shown;
use trunklog_ledger::disk::{self as kept, DiskUse, Forecast, Pressure};
use trunklog_ledger::status::{self, SourceStatus};
use trunklog_ledger::{Counts, ExpectedSource};
use trunklog_records::TenantId;
use trunklog_records::schema::LOGS;
use trunklog_store::Engine;

use crate::config::Settings;
use crate::flags::TenantFlag;
use crate::store::{self, OpenStore};
use crate::{disk, output, time};

/// The exit code when something needs looking after.
const UNWELL: u8 = 3;

/// The most gaps of a source that are listed for people.
const LISTED_GAPS: usize = 5;

/// Shows what came, what is missing, and how full the disk is
///
/// Of each source (watched folders, pulls, imports) it says when something came last,
/// how far behind it is, what came of it, and in which hours of the last week nothing
/// did. Of the disk it says what fills it, and for how many days there is room at the
/// present rate.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog status
  trunklog status --hours 48
  trunklog status --json

The sources that are expected are those of this command's settings. Ends with 3 when
a source fails or is overdue, or when the disk gets full; docs/status.md says what the
columns mean.")]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) tenant: TenantFlag,
    /// Show what came in each of so many of the last hours
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=816))]
    hours: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All of it, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusView {
    tenants: Vec<TenantView>,
    disk: Option<DiskView>,
}

/// How a tenant's sources stand.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TenantView {
    tenant: String,
    complete_until: BTreeMap<&'static str, Option<String>>,
    sources: Vec<SourceStatus>,
}

/// How full the disk is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DiskView {
    measured_at: Option<String>,
    free_bytes: u64,
    total_bytes: u64,
    parts: BTreeMap<String, u64>,
    forecast: Option<Forecast>,
    pressure: Pressure,
}

impl Status {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let Some(store) = store::look(settings, "status")? else {
            output::print("nothing is stored yet")?;
            return Ok(ExitCode::SUCCESS);
        };
        let view =
            StatusView { tenants: self.tenants(settings, store.engine())?, disk: disk_of(settings, &store)? };
        if self.json {
            output::print_json(&view)?;
        } else {
            output::print(&self.text(&view))?;
        }
        Ok(if view.is_well() { ExitCode::SUCCESS } else { ExitCode::from(UNWELL) })
    }

    fn tenants(&self, settings: &Settings, engine: &dyn Engine) -> Result<Vec<TenantView>> {
        let expected = settings.expected_sources();
        let mut tenants = status::tenants(engine, &expected)?;
        if let Some(tenant) = settings.tenant {
            tenants.retain(|known| *known == tenant);
        }
        tenants.into_iter().map(|tenant| self.tenant(engine, tenant, &expected)).collect()
    }

    fn tenant(
        &self,
        engine: &dyn Engine,
        tenant: TenantId,
        expected: &[ExpectedSource],
    ) -> Result<TenantView> {
        let mut until = BTreeMap::new();
        for log in LOGS {
            let known = status::complete_until(engine, tenant, log, expected)?;
            until.insert(log.name, known.map(|at| at.to_string()));
        }
        let hours = self.hours.unwrap_or(24);
        let sources = status::of_tenant(engine, tenant, expected, time::now(), hours)?;
        Ok(TenantView { tenant: tenant.to_string(), complete_until: until, sources })
    }

    /// For people; without a line end.
    fn text(&self, view: &StatusView) -> String {
        let mut parts = Vec::new();
        for tenant in &view.tenants {
            parts.push(format!("tenant {}", tenant.tenant));
            parts.push(sources(&tenant.sources));
            parts.extend(tenant.sources.iter().flat_map(remarks));
            for (log, until) in &tenant.complete_until {
                parts.extend(until.as_ref().map(|until| format!("{log} is complete until {until}")));
            }
            if self.hours.is_some() {
                parts.push(hours(&tenant.sources));
            }
            parts.push(String::new());
        }
        if view.tenants.is_empty() {
            parts.push("nothing is known of any source yet".to_owned());
            parts.push(String::new());
        }
        parts.push(view.disk.as_ref().map_or_else(
            || "the disk was not measured yet: a running server does so within the hour".to_owned(),
            DiskView::text,
        ));
        parts.join("\n")
    }
}

/// How full the disk is: measured now, or by the server that has the store.
fn disk_of(settings: &Settings, store: &OpenStore) -> Result<Option<DiskView>> {
    let engine = store.engine();
    let disk = if store.is_own() {
        let measured = disk::measure(&settings.data_dir, &store::file(settings), engine)?;
        Some(DiskUse { measured_at: Some(time::now()), ..measured })
    } else {
        kept::kept(engine)?
    };
    let Some(disk) = disk else { return Ok(None) };
    let forecast = kept::forecast(engine, &disk, time::now())?;
    Ok(Some(DiskView {
        measured_at: disk.measured_at.map(|at| at.to_string()),
        free_bytes: disk.free_bytes,
        total_bytes: disk.total_bytes,
        pressure: disk.pressure(forecast),
        parts: disk.parts.into_iter().map(|part| (part.what, part.bytes)).collect(),
        forecast,
    }))
}

impl StatusView {
    fn is_well(&self) -> bool {
        let is_unwell = |source: &SourceStatus| {
            source.is_configured && (source.failing_since.is_some() || source.is_overdue)
        };
        let sources = || self.tenants.iter().flat_map(|tenant| &tenant.sources);
        let is_pressed = self.disk.as_ref().is_some_and(|disk| disk.pressure != Pressure::None);
        !sources().any(is_unwell) && !is_pressed
    }
}

fn sources(sources: &[SourceStatus]) -> String {
    let mut table = output::table([
        "source",
        "last came",
        "complete until",
        "behind",
        "expected",
        "received",
        "new",
        "late",
        "updated",
        "duplicate",
        "rejected",
        "missing",
    ]);
    for source in sources {
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let mut cells = vec![
            source.source.clone(),
            text(&source.succeeded_at),
            text(&source.complete_until),
            source.lag_secs.map_or_else(|| "-".to_owned(), span),
        ];
        cells.extend(counts(&source.total));
        table.add_row(cells);
    }
    table.to_string()
}

/// What came in each hour.
fn hours(sources: &[SourceStatus]) -> String {
    let mut table = output::table([
        "source",
        "log",
        "hour",
        "expected",
        "received",
        "new",
        "late",
        "updated",
        "duplicate",
        "rejected",
        "missing",
    ]);
    for source in sources {
        for log in &source.logs {
            for hour in &log.hours {
                let mut cells =
                    vec![source.source.clone(), log.log.unwrap_or("-").to_owned(), hour.from.clone()];
                cells.extend(counts(&hour.counts));
                table.add_row(cells);
            }
        }
    }
    table.to_string()
}

fn counts(counts: &Counts) -> Vec<String> {
    let Counts { received, new, late, updated, duplicate, rejected, .. } = *counts;
    let told = |count: u64| HumanCount(count).to_string();
    let mut cells = vec![counts.expected.map_or_else(|| "-".to_owned(), told)];
    cells.extend([received, new, late, updated, duplicate, rejected, counts.missing()].map(told));
    cells
}

/// What has to be known of a source beside its figures, a line each.
fn remarks(source: &SourceStatus) -> Vec<String> {
    let name = &source.source;
    let mut lines = Vec::new();
    if let (Some(since), Some(why)) = (&source.failing_since, &source.failure) {
        lines.push(format!("{name} fails since {since}: {}", shown(why)));
    }
    lines.extend(source.warning.as_ref().map(|warning| format!("{name}: {}", shown(warning))));
    if source.is_overdue {
        let every = source.expected_every_secs.map_or_else(String::new, span);
        lines.push(format!("{name} is overdue: something is expected every {every}"));
    }
    if source.is_configured && source.succeeded_at.is_none() {
        lines.push(format!("{name} has brought nothing yet"));
    }
    if source.total.ambiguous > 0 {
        let rows = output::counted(source.total.ambiguous, "row");
        lines.push(format!("{name}: {rows} of exports beside Graph's may tell of the same calls"));
    }
    let more = source.gaps.len().saturating_sub(LISTED_GAPS);
    for gap in &source.gaps[more..] {
        lines.push(format!("{name} brought nothing from {} to {}", gap.from, gap.to));
    }
    if more > 0 {
        lines.push(format!("{name} has {} in the last week", output::counted(more, "more gap")));
    }
    lines
}

/// A time in the unit that suits it.
fn span(secs: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match secs {
        0..MINUTE => format!("{secs} s"),
        MINUTE..HOUR => format!("{} min", secs / MINUTE),
        HOUR..DAY => format!("{} h {} min", secs / HOUR, secs % HOUR / MINUTE),
        _ => format!("{} d {} h", secs / DAY, secs % DAY / HOUR),
    }
}

impl DiskView {
    /// For people; without a line end.
    fn text(&self) -> String {
        let mut table = output::table(["what", "size"]);
        let mut parts: Vec<(&String, &u64)> = self.parts.iter().filter(|(_, bytes)| **bytes > 0).collect();
        parts.sort_by(|(_, a), (_, b)| b.cmp(a));
        for (what, bytes) in parts {
            table.add_row(vec![what.clone(), HumanBytes(*bytes).to_string()]);
        }
        let rate = match self.forecast {
            None => "how fast it fills is known after a day".to_owned(),
            Some(Forecast { days_left: None, .. }) => "it does not fill".to_owned(),
            Some(Forecast { days_left: Some(days), bytes_per_day }) => {
                let a_day = HumanBytes(u64::try_from(bytes_per_day).unwrap_or(0));
                format!("at {a_day} a day it is full in {}", output::counted(days, "day"))
            }
        };
        let warning = match self.pressure {
            Pressure::None => "",
            Pressure::Soon => ": make room, or set a retention",
            Pressure::Urgent => ": make room now",
            Pressure::Full => ": it is full, nothing new is stored; make room now",
        };
        format!(
            "{table}\ndisk: {} of {} free; {rate}{warning}",
            HumanBytes(self.free_bytes),
            HumanBytes(self.total_bytes)
        )
    }
}

#[cfg(test)]
mod tests {
    use trunklog_ledger::status::Gap;

    use super::*;

    fn source() -> SourceStatus {
        SourceStatus {
            source: "folder/sbc1".to_owned(),
            is_configured: true,
            expected_every_secs: Some(3_600),
            succeeded_at: Some("2026-11-24T07:00:00Z".to_owned()),
            is_overdue: false,
            failing_since: None,
            failure: None,
            warning: None,
            complete_until: Some("2026-11-24T06:30:00Z".to_owned()),
            lag_secs: Some(5_400),
            gaps: Vec::new(),
            total: Counts { received: 1_234, new: 1_200, rejected: 34, ..Counts::default() },
            logs: Vec::new(),
        }
    }

    fn disk(days_left: Option<u64>, pressure: Pressure) -> DiskView {
        DiskView {
            measured_at: None,
            free_bytes: 10 << 30,
            total_bytes: 100 << 30,
            parts: BTreeMap::from([
                ("sms".to_owned(), 5),
                ("cubes".to_owned(), 7 << 20),
                ("x".to_owned(), 0),
            ]),
            forecast: Some(Forecast { bytes_per_day: 1 << 30, days_left }),
            pressure,
        }
    }

    #[test]
    fn times_have_the_unit_that_suits_them() {
        let told = [0, 59, 60, 3_599, 3_600, 5_460, 86_400, 100_000].map(span);
        assert_eq!(told, ["0 s", "59 s", "1 min", "59 min", "1 h 0 min", "1 h 31 min", "1 d 0 h", "1 d 3 h"]);
    }

    #[test]
    fn what_needs_looking_after_is_said() {
        let view = |source: SourceStatus, disk: DiskView| StatusView {
            tenants: vec![TenantView {
                tenant: "t".to_owned(),
                complete_until: BTreeMap::new(),
                sources: vec![source],
            }],
            disk: Some(disk),
        };
        let well = disk(Some(90), Pressure::None);
        assert!(view(source(), well).is_well());
        let gap = |hour: u32| Gap { from: format!("2026-11-24T{hour:02}"), to: "later".to_owned() };
        let failing = SourceStatus {
            is_overdue: true,
            failing_since: Some("2026-11-24T05:00:00Z".to_owned()),
            failure: Some("the folder is not there".to_owned()),
            gaps: (0..7).map(gap).collect(),
            ..source()
        };
        let warned = SourceStatus { warning: Some("the certificate ends".to_owned()), ..source() };
        assert_eq!(remarks(&warned), ["folder/sbc1: the certificate ends"]);
        let lines = remarks(&failing);
        assert_eq!(lines.len(), 8, "{lines:?}");
        assert_eq!(lines[0], "folder/sbc1 fails since 2026-11-24T05:00:00Z: the folder is not there");
        assert_eq!(lines[1], "folder/sbc1 is overdue: something is expected every 1 h 0 min");
        assert_eq!(lines[2], "folder/sbc1 brought nothing from 2026-11-24T02 to later");
        assert_eq!(lines[7], "folder/sbc1 has 2 more gaps in the last week");
        let total = Counts { ambiguous: 2, ..source().total };
        let line = "folder/sbc1: 2 rows of exports beside Graph's may tell of the same calls";
        assert_eq!(remarks(&SourceStatus { total, ..source() }), [line]);
        let view = view(failing, disk(Some(3), Pressure::Urgent));
        assert!(!view.is_well());
        // A source that nobody expects any more may be as it is.
        let removed = SourceStatus { is_configured: false, is_overdue: true, ..source() };
        let tenants = vec![TenantView {
            tenant: "t".to_owned(),
            complete_until: BTreeMap::new(),
            sources: vec![removed],
        }];
        assert!(StatusView { tenants, disk: None }.is_well());
    }

    #[test]
    fn what_is_expected_is_told_where_a_source_says_it() {
        let all = Counts { received: 7, new: 7, ..Counts::default() };
        assert_eq!(counts(&all), ["-", "7", "7", "0", "0", "0", "0", "0"]);
        let all = Counts { expected: Some(1_009), ..all };
        assert_eq!(counts(&all), ["1,009", "7", "7", "0", "0", "0", "0", "1,002"]);
        // Each has its heading.
        let text = sources(&[SourceStatus { total: all, ..source() }]);
        let place = |text: &str, part: &str| text.find(part).unwrap();
        let (headings, cells) = (text.lines().next().unwrap(), text.lines().last().unwrap());
        assert!(place(headings, "expected") < place(headings, "received"), "{text}");
        assert!(place(cells, "1,009") < place(cells, " 7 "), "{text}");
    }

    #[test]
    fn the_disk_is_told_by_what_fills_it() {
        let text = disk(Some(9), Pressure::Soon).text();
        let (cubes, sms) = (text.find("cubes").unwrap(), text.find("sms").unwrap());
        assert!(cubes < sms && !text.contains("x "), "the largest comes first: {text}");
        let end = "10.00 GiB of 100.00 GiB free; at 1.00 GiB a day it is full in 9 days: make room, or set a retention";
        assert!(text.ends_with(end), "{text}");
        assert!(disk(None, Pressure::None).text().ends_with("it does not fill"));
        let full = disk(None, Pressure::Full).text();
        assert!(full.ends_with(": it is full, nothing new is stored; make room now"), "{full}");
    }
}
