use std::cell::Cell;
use std::sync::{Arc, Mutex};

use trunklog_records::schema::{DIRECT_ROUTING_CALLS, SMS};
use trunklog_records::{Rows, TimeRange};
use trunklog_store::cube::{CubeCheck, CubeDays, CubeDifference, Mend};
use trunklog_store::{AppendCounts, OldRows, Page, PageQuery, Result, Selection, Store, Watermark};
use trunklog_store_kit::nobody_asks;

use super::*;

const TENANTS: [&str; 2] = ["6f1d0000-0000-4000-8000-000000000001", "6f1d0000-0000-4000-8000-000000000002"];

/// An engine that keeps sums of some days, and notes which are compared.
#[derive(Clone, Default)]
struct Kept {
    compared: Arc<Mutex<Vec<(TenantId, TimeRange, Mend)>>>,
}

struct KeptOfTenant(TenantId, Kept);

fn hour(day: u32, hour: i64) -> Instant {
    Instant::from_date(2026, 11, day).unwrap().saturating_add_ticks(hour * Instant::TICKS_PER_HOUR)
}

fn days() -> Vec<TimeRange> {
    (1..=3).map(|day| TimeRange::ALL.since(hour(day, 0)).until(hour(day, 24))).collect()
}

impl Engine for Kept {
    fn tenant(&self, tenant: TenantId) -> Arc<dyn Store> {
        Arc::new(KeptOfTenant(tenant, self.clone()))
    }

    fn tenants(&self) -> Result<Vec<TenantId>> {
        Ok(TENANTS.map(|tenant| tenant.parse().unwrap()).to_vec())
    }

    fn tidy(&self) -> Result<()> {
        Err(nobody_asks("tidy"))
    }

    fn scrub(&self) -> Result<()> {
        Err(nobody_asks("scrub"))
    }

    fn check(&self) -> Result<()> {
        Err(nobody_asks("check"))
    }

    fn state(&self, _: &str) -> Result<Option<String>> {
        Err(nobody_asks("state"))
    }

    fn states(&self, _: &str) -> Result<Vec<(String, String)>> {
        Err(nobody_asks("states"))
    }

    fn exchange_state(&self, _: &str, _: Option<&str>, _: Option<&str>) -> Result<bool> {
        Err(nobody_asks("exchange_state"))
    }

    fn epoch(&self) -> Result<String> {
        Err(nobody_asks("epoch"))
    }
}

impl Store for KeptOfTenant {
    trunklog_store_kit::only_pages!();

    fn append(&self, _: &Rows) -> Result<AppendCounts> {
        Err(nobody_asks("append"))
    }

    fn page(&self, _: &PageQuery) -> Result<Page> {
        Err(nobody_asks("page"))
    }

    fn count(&self, _: &Selection, _: Option<Watermark>) -> Result<u64> {
        Err(nobody_asks("count"))
    }

    fn forget(&self, _: &'static Log, _: Instant) -> Result<u64> {
        Err(nobody_asks("forget"))
    }

    fn forgettable(&self, _: &'static Log, _: Instant) -> Result<OldRows> {
        Err(nobody_asks("forgettable"))
    }

    fn cube_days(&self, log: &'static Log) -> Result<CubeDays> {
        match log {
            log if log.name == DIRECT_ROUTING_CALLS.name => Ok(CubeDays { kept: days(), waiting: 1 }),
            log if log.name == SMS.name => Err(nobody_asks("cube_days")),
            _ => Ok(CubeDays::default()),
        }
    }

    fn check_cubes(&self, _: &'static Log, days: TimeRange, mend: Mend) -> Result<CubeCheck> {
        let KeptOfTenant(tenant, Kept { compared }) = self;
        compared.lock().unwrap().push((*tenant, days, mend));
        let differences = vec![CubeDifference { cube: "days", cells: 1 }];
        Ok(CubeCheck { cells: 2, differences, is_mended: true, is_compared: true })
    }
}

#[test]
fn one_day_of_each_tenant_is_compared_and_mended_each_night() {
    let engine = Kept::default();
    let mut nights = Nights::default();
    let mut compared = Vec::new();
    for (now, tenants) in [
        (hour(10, 14), 2),
        (hour(10, 15), 0),
        (hour(11, 1), 0),
        (hour(11, 2), 2),
        (hour(11, 23), 0),
        (hour(12, 3), 2),
    ] {
        nights.pass(&engine, now, &|| false);
        let new = std::mem::take(&mut *engine.compared.lock().unwrap());
        let of: Vec<String> = new.iter().map(|(tenant, _, _)| tenant.to_string()).collect();
        assert_eq!(of, TENANTS[..tenants], "{now}");
        compared.extend(new);
    }
    assert!(compared.iter().all(|(_, day, mend)| days().contains(day) && *mend == Mend::All));
}

#[test]
fn each_day_gets_its_turn() {
    let engine = Kept::default();
    let mut nights = Nights::default();
    // That one of three days is missed by all of these has a chance of 1 to 10^34.
    for night in 0..100 {
        nights.pass(&engine, hour(1, 24 * night), &|| false);
    }
    let compared = engine.compared.lock().unwrap();
    for day in days() {
        assert!(compared.iter().any(|(_, compared, _)| *compared == day), "{day:?}");
    }
}

#[test]
fn it_ends_with_the_server() {
    let engine = Kept::default();
    let asked = Cell::new(0);
    // The first log of the first tenant is still compared.
    let is_ending = || asked.replace(asked.get() + 1) > 0;
    Nights::default().pass(&engine, hour(1, 3), &is_ending);
    assert!(engine.compared.lock().unwrap().len() <= 1);
    assert_eq!(asked.get(), 2);
}
