//! `/data`: what came from where, what is missing, and how full the disk is.
//!
//! It tells of no call and no person, so the audit trail does not hear of it. How long
//! there is room on the disk concerns everybody; what fills it is of all tenants, so it
//! is told to who administers all of them, and where there is but one.

use trunklog_ledger::Counts;
use trunklog_ledger::disk::{self, Pressure};
use trunklog_ledger::status::{self, LogStatus, SourceStatus};
use trunklog_odata::{Error, Instant};
use trunklog_records::Log;
use trunklog_records::schema::LOGS;
use trunklog_web::pages::data::{
    CountsView, DataAnswer, DataPage, DiskView, Failing, HOURS, LogView, Pressed, SourceView,
};

use super::admin::administers_all;
use super::fault::Fault;
use super::visit::{Shown, Visit};

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    visit.check_whole()?;
    let hours = hours(visit.page.state.own("hours"))?;
    let (engine, tenant) = (visit.engine, visit.page.tenant.id);
    let expected = &visit.app.settings.sources;
    let mut until = Vec::with_capacity(LOGS.len());
    for log in LOGS {
        until.push((log, status::complete_until(engine, tenant, log, expected)?));
    }
    let sources = status::of_tenant(engine, tenant, expected, visit.page.now, hours)?;
    let sources = sources.into_iter().map(source).collect();
    Shown::of(&DataPage::new(visit.page, &DataAnswer { hours, until, sources, disk: disk_of(visit)? }))
}

/// Of how many hours it is asked what came.
fn hours(text: Option<&str>) -> Result<u32, Error> {
    let offered = || HOURS.iter().map(|(hours, _)| *hours);
    let Some(text) = text else { return Ok(offered().next().unwrap_or(24)) };
    let known = offered().find(|hours| hours.to_string() == text);
    known.ok_or_else(|| {
        let known: Vec<String> = offered().map(|hours| hours.to_string()).collect();
        Error::bad_request("hours: the page does not tell so many")
            .hint(format!("take one of {}", known.join(", ")))
    })
}

/// How full the disk is; None where nobody has measured it.
fn disk_of(visit: &Visit<'_>) -> Result<Option<DiskView>, Fault> {
    let Some(kept) = disk::kept(visit.engine)? else { return Ok(None) };
    let forecast = disk::forecast(visit.engine, &kept, visit.page.now)?;
    let parts = if may_see_parts(visit)? {
        Some(kept.parts.iter().map(|part| (part.what.clone(), part.bytes)).collect())
    } else {
        None
    };
    Ok(Some(DiskView {
        measured: kept.measured_at,
        free_bytes: kept.free_bytes,
        total_bytes: kept.total_bytes,
        bytes_per_day: forecast.map(|forecast| forecast.bytes_per_day),
        days_left: forecast.and_then(|forecast| forecast.days_left),
        pressed: match kept.pressure(forecast) {
            Pressure::None => Pressed::No,
            Pressure::Soon => Pressed::Soon,
            Pressure::Urgent => Pressed::Urgent,
            Pressure::Full => Pressed::Full,
        },
        parts,
    }))
}

/// Whether a reader may know what is of all tenants.
fn may_see_parts(visit: &Visit<'_>) -> Result<bool, Fault> {
    if administers_all(visit.reader) {
        return Ok(true);
    }
    if !visit.page.sees.admin {
        return Ok(false);
    }
    let mut known = visit.engine.tenants()?;
    known.extend(status::tenants(visit.engine, &visit.app.settings.sources)?);
    Ok(known.iter().all(|tenant| *tenant == visit.page.tenant.id))
}

/// A source as the page shows it.
fn source(status: SourceStatus) -> SourceView {
    let SourceStatus { source, is_configured, expected_every_secs, is_overdue, warning, lag_secs, .. } =
        status;
    SourceView {
        name: source,
        is_configured,
        every_secs: expected_every_secs,
        succeeded: moment(status.succeeded_at.as_deref()),
        is_overdue,
        failing: status.failure.map(|why| Failing { since: moment(status.failing_since.as_deref()), why }),
        warning,
        complete_until: moment(status.complete_until.as_deref()),
        lag_secs,
        gaps: status
            .gaps
            .iter()
            .filter_map(|gap| moment(Some(&gap.from)).zip(moment(Some(&gap.to))))
            .collect(),
        total: counts(&status.total),
        logs: status.logs.iter().map(log).collect(),
    }
}

fn log(status: &LogStatus) -> LogView {
    let hours = status.hours.iter();
    LogView {
        log: status.log.and_then(Log::by_name),
        newest: moment(status.newest.as_deref()),
        complete_from: moment(status.complete_from.as_deref()),
        complete_until: moment(status.complete_until.as_deref()),
        total: counts(&status.total),
        hours: hours.filter_map(|hour| Some((moment(Some(&hour.from))?, counts(&hour.counts)))).collect(),
    }
}

fn counts(of: &Counts) -> CountsView {
    let Counts { deliveries, expected, received, new, late, updated, duplicate, rejected, ambiguous } = *of;
    CountsView { deliveries, expected, received, new, late, updated, duplicate, rejected, ambiguous }
}

/// What the ledger writes down it can read.
fn moment(text: Option<&str>) -> Option<Instant> {
    Instant::parse(text?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_hours_are_told_as_are_offered() {
        assert_eq!(hours(None).unwrap(), 24);
        assert_eq!(hours(Some("168")).unwrap(), 168);
        for wrong in ["0", "025", "+24", "x", "816"] {
            assert!(hours(Some(wrong)).unwrap_err().hint_text().unwrap().contains("72"), "{wrong}");
        }
    }
}
