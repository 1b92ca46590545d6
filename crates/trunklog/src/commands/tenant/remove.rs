//! `trunklog tenant remove`

use std::process::ExitCode;

use anyhow::{Result, bail};
use serde::Serialize;
use trunklog_audit::Outcome;
use trunklog_records::TenantId;
use trunklog_rights::closed::{self, Closed, Stage};
use trunklog_rights::holds;
use trunklog_store::Engine;

use super::work::{self, OfLog};
use crate::config::Settings;
use crate::{audit, identity, output, store, time};

/// Removes a tenant with all of its rows, for good
///
/// Without --yes it only says what it would do. First the tenant is closed, so that no
/// source brings rows any more, then rows, names, positions and applications go.
#[derive(Debug, clap::Args)]
pub(super) struct Remove {
    /// The tenant
    tenant: TenantId,
    /// Do it
    #[arg(long)]
    yes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was removed, or would be.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    tenant: String,
    is_done: bool,
    logs: Vec<OfLog>,
    states: Option<usize>,
    applications: usize,
    left: Vec<&'static str>,
}

/// What a removal leaves.
const LEFT: [&str; 3] = [
    "the times and ids of deleted rows, for as long as deletions_days says",
    "who of the tenant was erased, as hashes, and that the tenant was removed",
    "backups, rejected records and exported files: remove those yourself",
];

impl Remove {
    pub(super) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        let tenant = self.tenant;
        let open = store::open_existing(settings, "tenant")?;
        let engine = open.engine();
        let applications = identity::tenants(settings)?.into_iter().filter(|of| *of == tenant).count();
        if !super::is_known(engine, tenant)? && applications == 0 {
            bail!("there is no tenant {tenant}: trunklog tenant list shows them");
        }
        let known = closed::closed(engine, tenant)?;
        if known.as_ref().is_some_and(|closed| closed.into.is_some() && closed.stage != Stage::Done) {
            bail!("tenant {tenant} is being merged: let that end first");
        }
        if let Some(hold) = holds(engine, tenant)?.first() {
            bail!(
                "the hold {} keeps rows of tenant {tenant}: remove it first with trunklog hold remove",
                hold.name
            );
        }
        let mut receipt = Receipt {
            tenant: tenant.to_string(),
            is_done: self.yes,
            logs: work::counts(&work::logs_of(engine, tenant)?),
            states: None,
            applications,
            left: LEFT.to_vec(),
        };
        let mut written = Ok(());
        if self.yes {
            let trail = audit::open(settings)?;
            let told = super::change("remove", tenant);
            let outcome = carry_out(settings, engine, tenant, known, &mut receipt);
            let told = told.rows(receipt.logs.iter().map(|of| of.rows).sum());
            if let Err(error) = outcome {
                trail.note(told.outcome(Outcome::Failed));
                return Err(error);
            }
            written = audit::after(&trail, told);
        }
        if self.json {
            output::print_json(&receipt)?;
        } else {
            output::print(&receipt.text())?;
        }
        written.map(|()| ExitCode::SUCCESS)
    }
}

/// Removes it, from where that broke off.
fn carry_out(
    settings: &Settings,
    engine: &dyn Engine,
    tenant: TenantId,
    known: Option<Closed>,
    receipt: &mut Receipt,
) -> Result<()> {
    let closed = match known {
        Some(closed) if closed.into.is_none() => closed,
        _ => Closed { into: None, since: time::now(), stage: Stage::Removing },
    };
    let closed = work::note(engine, tenant, &closed, Stage::Removing)?;
    let logs = work::delete_rows(engine, tenant, |_| true)?;
    if !logs.is_empty() {
        receipt.logs = logs;
    }
    receipt.states = Some(work::remove_states(engine, tenant)?);
    remove_applications(settings, tenant)?;
    engine.tidy()?;
    work::note(engine, tenant, &closed, Stage::Done)?;
    Ok(())
}

fn remove_applications(settings: &Settings, tenant: TenantId) -> Result<()> {
    let Some(applications) = identity::look(settings)? else { return Ok(()) };
    for application in applications.list().iter().filter(|of| of.tenant == tenant.guid()) {
        applications.remove(application.client_id)?;
    }
    Ok(())
}

impl Receipt {
    fn text(&self) -> String {
        let did = if self.is_done { "removed" } else { "would remove" };
        let mut out = format!("{did} tenant {}", self.tenant);
        for of in &self.logs {
            out.push_str(&format!("\n  {}: {}", of.log, output::counted(of.rows, "row")));
        }
        out.push_str(&format!("\n  applications: {}", self.applications));
        out.push_str("\nwhat stays:");
        for left in &self.left {
            out.push_str(&format!("\n  {left}"));
        }
        if !self.is_done {
            out.push_str("\nnothing was done: --yes does it, for good");
        }
        out
    }
}
