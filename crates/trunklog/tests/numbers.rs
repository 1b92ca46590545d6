//! The numbers of reports: cubes, rows and a plain computation tell the same,
//! whatever happens to a log and to the process that keeps it.

mod agree;
mod calls;
mod history;
mod plain;
mod story;

use jiff::tz::TimeZone;
use trunklog_duckdb::Options;
use trunklog_records::TenantId;
use trunklog_reports::cubes::DIRECT_ROUTING;
use trunklog_store::cube::CubeSettings;

/// Tenants, and the zones in which they count days: half an hour off; half an hour
/// off with clocks that change; and clocks that change by half an hour.
const TENANTS: [(&str, &str); 3] = [
    ("7e570000-0000-4000-8000-000000000001", "Asia/Kolkata"),
    ("7e570000-0000-4000-8000-000000000002", "America/St_Johns"),
    ("7e570000-0000-4000-8000-000000000003", "Australia/Lord_Howe"),
];

fn tenants() -> [(TenantId, TimeZone); TENANTS.len()] {
    TENANTS.map(|(tenant, zone)| (tenant.parse().unwrap(), TimeZone::get(zone).unwrap()))
}

/// What an engine that keeps cubes is opened with, as the binary opens it.
fn engine_options() -> Options {
    let zones = tenants().into_iter().collect();
    let cubes = CubeSettings { sets: vec![&DIRECT_ROUTING], zone: TimeZone::UTC, zones };
    Options { cubes, ..Options::default() }
}

/// A whole number as figures have it.
#[allow(clippy::cast_precision_loss)]
fn float(number: i64) -> f64 {
    number as f64
}

/// How many there are.
fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap()
}
