//! `trunklog tenant`

mod merge;
mod remove;
mod work;

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use indicatif::HumanCount;
use serde::Serialize;
use trunklog_audit::{Action as Done, Detail, Event};
use trunklog_records::{Log, TenantId, TimeRange};
use trunklog_rights::closed::{self, Closed, Stage};
use trunklog_rights::holds;
use trunklog_store::{Engine, Selection};

use crate::config::{Settings, check_name};
use crate::{audit, identity, output, store, tenant};

/// Lists tenants, names them, merges two into one or removes one
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog tenant list
  trunklog tenant rename 11111111-2222-3333-4444-555555555555 'Contoso Ltd'
  trunklog tenant merge 1111... --into 6666...          says what it would do
  trunklog tenant merge 1111... --into 6666... --yes    does it
  trunklog tenant remove 1111... --yes

merge and remove go on where they broke off when they are run again. A tenant that was
merged or removed takes no rows any more, until it is reopened.")]
pub(crate) struct Tenant {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists tenants with names, rows and what is special about them
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Gives a tenant a name; an empty one takes it away
    Rename {
        /// The tenant
        tenant: TenantId,
        /// The name
        name: String,
    },
    Merge(merge::Merge),
    Remove(remove::Remove),
    /// Lets a tenant that was merged or removed take rows again
    Reopen {
        /// The tenant
        tenant: TenantId,
    },
}

/// A tenant, as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TenantView {
    tenant: String,
    name: Option<String>,
    rows: u64,
    zone: String,
    hidden_digits: u8,
    has_own_retention: bool,
    holds: usize,
    applications: usize,
    state: Option<String>,
}

impl Tenant {
    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        match &self.action {
            Action::List { json } => list(settings, *json),
            Action::Rename { tenant, name } => rename(settings, *tenant, name),
            Action::Merge(merge) => merge.run(settings),
            Action::Remove(remove) => remove.run(settings),
            Action::Reopen { tenant } => reopen(settings, *tenant),
        }
    }
}

fn list(settings: &Settings, json: bool) -> Result<ExitCode> {
    let open = store::open_existing(settings, "tenant")?;
    let views = views(settings, open.engine())?;
    if json {
        output::print_json(&views)?;
        return Ok(ExitCode::SUCCESS);
    }
    if views.is_empty() {
        output::print("there is no tenant yet")?;
        return Ok(ExitCode::SUCCESS);
    }
    let headings =
        ["tenant", "name", "rows", "zone", "hidden digits", "retention", "holds", "applications", ""];
    let mut table = output::table(headings);
    for view in views {
        let retention = if view.has_own_retention { "its own" } else { "as all" };
        table.add_row(vec![
            view.tenant,
            view.name.unwrap_or_default(),
            HumanCount(view.rows).to_string(),
            view.zone,
            view.hidden_digits.to_string(),
            retention.to_owned(),
            view.holds.to_string(),
            view.applications.to_string(),
            view.state.unwrap_or_default(),
        ]);
    }
    output::print(&table.to_string())?;
    Ok(ExitCode::SUCCESS)
}

fn views(settings: &Settings, engine: &dyn Engine) -> Result<Vec<TenantView>> {
    let with_applications = identity::tenants(settings)?;
    let closed = closed::all_closed(engine)?;
    let mut tenants: BTreeSet<TenantId> = engine.tenants()?.into_iter().collect();
    tenants.extend(&with_applications);
    tenants.extend(settings.tenant_names.keys());
    tenants.extend(closed.iter().map(|(tenant, _)| *tenant));
    let view = |tenant: TenantId| -> Result<TenantView> {
        let state = closed.iter().find(|(of, _)| *of == tenant).map(|(_, closed)| told(closed));
        Ok(TenantView {
            tenant: tenant.to_string(),
            name: tenant::name(settings, engine, tenant)?,
            rows: rows_of(engine, tenant)?,
            zone: trunklog_reports::calendar::zone_name(settings.zones().of(tenant)),
            hidden_digits: settings.serve.masks.of(tenant).digits(),
            has_own_retention: settings.serve.retention.tenants.contains_key(&tenant),
            holds: holds(engine, tenant)?.len(),
            applications: with_applications.iter().filter(|of| **of == tenant).count(),
            state,
        })
    };
    tenants.into_iter().map(view).collect()
}

/// How many rows a tenant has in all logs; of computed ones, those that are stored.
fn rows_of(engine: &dyn Engine, tenant: TenantId) -> Result<u64> {
    Ok(work::logs_of(engine, tenant)?.into_iter().map(|(_, rows)| rows).sum())
}

fn told(closed: &Closed) -> String {
    match (&closed.into, closed.stage) {
        (Some(into), Stage::Done) => format!("merged into {into}"),
        (Some(into), _) => format!("being merged into {into}: run trunklog tenant merge again"),
        (None, Stage::Done) => "removed".to_owned(),
        (None, _) => "being removed: run trunklog tenant remove again".to_owned(),
    }
}

fn rename(settings: &Settings, tenant: TenantId, name: &str) -> Result<ExitCode> {
    if settings.tenant_names.contains_key(&tenant) {
        bail!("the configuration names tenant {tenant}: change name in its section [tenants.\"{tenant}\"]");
    }
    let open = store::open_existing(settings, "tenant")?;
    if !name.is_empty() {
        check_name(name)?;
    }
    let trail = audit::open(settings)?;
    tenant::rename(open.engine(), tenant, (!name.is_empty()).then_some(name))?;
    let written = audit::after(&trail, change("rename", tenant));
    output::print(&format!("{tenant} is called {}", if name.is_empty() { "nothing" } else { name }))?;
    written?;
    Ok(ExitCode::SUCCESS)
}

fn reopen(settings: &Settings, tenant: TenantId) -> Result<ExitCode> {
    let open = store::open_existing(settings, "tenant")?;
    match closed::closed(open.engine(), tenant)? {
        None => bail!("tenant {tenant} is not closed"),
        Some(closed) if closed.stage != Stage::Done => {
            bail!("tenant {tenant} is {}: let that end first", told(&closed))
        }
        Some(_) => {}
    }
    let trail = audit::open(settings)?;
    closed::set_closed(open.engine(), tenant, None).context("the tenant could not be reopened")?;
    let written = audit::after(&trail, change("reopen", tenant));
    output::print(&format!("{tenant} takes rows again"))?;
    written?;
    Ok(ExitCode::SUCCESS)
}

/// What the audit trail is told of a tenant.
fn change(step: &'static str, tenant: TenantId) -> Event {
    audit::act_on(Done::TenantChange, tenant).detail("step", Detail::Word(step))
}

/// The rows of a log, all of time.
fn whole(log: &'static Log) -> Selection {
    Selection::all(log, TimeRange::ALL)
}

/// Whether a store knows a tenant at all.
fn is_known(engine: &dyn Engine, tenant: TenantId) -> Result<bool> {
    Ok(!work::logs_of(engine, tenant)?.is_empty() || closed::closed(engine, tenant)?.is_some())
}
