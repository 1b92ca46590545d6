//! `trunklog check --deep`: every value of every row is read.

use anyhow::{Result, anyhow};
use indicatif::ProgressBar;
use trunklog_records::schema::LOGS;
use trunklog_records::{Log, TenantId};
use trunklog_store::{Engine, Fault};

use crate::output::counted;
use crate::progress::{self, ProgressDisplay};

/// Reads all rows of all logs of all tenants. Gives how many there are, or
/// what is wrong, a fault each.
pub(super) fn rows(engine: &dyn Engine) -> Vec<Result<String>> {
    let bar = progress::open_rows(ProgressDisplay::OnTerminal);
    let outcome = read_all(engine, &bar);
    bar.finish_and_clear();
    outcome
}

fn read_all(engine: &dyn Engine, bar: &ProgressBar) -> Vec<Result<String>> {
    let tenants = match engine.tenants() {
        Ok(tenants) => tenants,
        Err(error) => return vec![Err(anyhow::Error::from(error).context("the tenants cannot be read"))],
    };
    let (mut read, mut faults) = (0, Vec::new());
    for tenant in &tenants {
        for log in LOGS {
            match read_log(engine, *tenant, log, bar) {
                Ok((rows, found)) => {
                    read += rows;
                    faults.extend(found.iter().map(|fault| Err(describe(fault, *tenant, log))));
                }
                Err(error) => {
                    let what = format!("{} of tenant {tenant} cannot be read to its end", log.name);
                    faults.push(Err(anyhow::Error::from(error).context(what)));
                }
            }
        }
    }
    if faults.is_empty() {
        let of = counted(tenants.len(), "tenant");
        return vec![Ok(format!("all values of {} of {of} were read", counted(read, "row")))];
    }
    faults
}

fn read_log(
    engine: &dyn Engine,
    tenant: TenantId,
    log: &'static Log,
    bar: &ProgressBar,
) -> trunklog_store::Result<(u64, Vec<Fault>)> {
    let store = engine.tenant(tenant);
    let (mut rows, mut faults, mut from) = (0, Vec::new(), 0);
    loop {
        let part = store.verify(log, from)?;
        bar.inc(part.rows);
        rows += part.rows;
        faults.extend(part.faults);
        let Some(next) = part.next else { return Ok((rows, faults)) };
        from = next;
    }
}

/// Which rows a fault concerns and what it is.
fn describe(fault: &Fault, tenant: TenantId, log: &Log) -> anyhow::Error {
    let rows = match fault.rows {
        0 => "rows".to_owned(),
        rows => counted(rows, "row"),
    };
    let times = match fault.times {
        Some((first, last)) => format!(" from {first} to {last}"),
        None => String::new(),
    };
    anyhow!("{rows} of {} of tenant {tenant}{times} {}", log.name, fault.what)
}
