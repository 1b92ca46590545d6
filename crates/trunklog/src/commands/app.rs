//! `trunklog app`

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use trunklog_audit::{Action as Done, Detail, Event};
use trunklog_identity::{Application, NewApplication, PlainSecret, Role, RotateOptions};
use trunklog_records::TenantId;
use uuid::Uuid;

use crate::config::{Layer, Settings};
use crate::flags::TenantFlag;
use crate::{audit, identity, output, store, tenant};

const HOURS_A_DAY: u32 = 24;

/// Manages the applications that may read the log
///
/// All of it works while the server runs and takes effect at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog app add --tenant 11111111-2222-3333-4444-555555555555 --name 'Billing'
  trunklog app add --name 'Fraud desk' \\
    --role CallRecords.Read.All --role CallRecords-FullNumbers.Read.All
  trunklog app add --name 'Wallboard' --role CallRecords-Reports.Read.All
  trunklog app list
  trunklog app rotate 3f0a... --keep-old-hours 24
  trunklog app remove 3f0a...")]
pub(crate) struct App {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Add(Add),
    List(List),
    Rotate(Rotate),
    /// Removes an application; its tokens are refused from then on
    Remove {
        /// The application's client id
        client_id: Uuid,
    },
}

/// Registers an application and shows its secret, once
#[derive(Debug, clap::Args)]
struct Add {
    #[command(flatten)]
    tenant: TenantFlag,
    /// What people call it
    #[arg(long)]
    name: String,
    /// A role of its tokens; may be repeated. `CallRecords.Read.All` and
    /// `CallRecord-PstnCalls.Read.All` are Graph's and permit reading the log.
    /// `CallRecords-FullNumbers.Read.All`, beside one of them, shows the digits
    /// of numbers that are hidden otherwise. `CallRecords-Reports.Read.All` reads
    /// reports without users, numbers and calls, and nothing else
    #[arg(long = "role", value_name = "ROLE", default_value = "CallRecords.Read.All")]
    roles: Vec<Role>,
    /// After how many days the secret ends [default: never]
    #[arg(long, value_name = "DAYS")]
    valid_days: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists the applications
#[derive(Debug, clap::Args)]
struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Gives an application a new secret and shows it, once
#[derive(Debug, clap::Args)]
struct Rotate {
    /// The application's client id
    client_id: Uuid,
    /// For how many hours the old secret still works [default: not at all]
    #[arg(long, value_name = "HOURS")]
    keep_old_hours: Option<u32>,
    /// After how many days the new secret ends [default: never]
    #[arg(long, value_name = "DAYS")]
    valid_days: Option<u32>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// An application as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ApplicationView {
    tenant: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    name: String,
    roles: Vec<&'static str>,
    created: String,
    secrets: Vec<SecretView>,
}

/// A secret as it is printed: how it starts and when it ends.
#[derive(Debug, Serialize)]
struct SecretView {
    hint: String,
    created: String,
    expires: Option<String>,
}

impl App {
    pub(crate) fn add_to(&self, layer: &mut Layer) {
        if let Action::Add(add) = &self.action {
            add.tenant.add_to(layer);
        }
    }

    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        match &self.action {
            Action::Add(add) => add.run(settings)?,
            Action::List(list) => list.run(settings)?,
            Action::Rotate(rotate) => rotate.run(settings)?,
            Action::Remove { client_id } => {
                let trail = audit::open(settings)?;
                let removed = identity::existing(settings)?.remove(*client_id)?;
                audit::after(&trail, told(Done::ApplicationRemove, &removed))?;
                output::print(&format!("removed {} ({client_id})", removed.name))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Add {
    fn run(&self, settings: &Settings) -> Result<()> {
        if !self.roles.iter().any(|role| Role::READS_SUMS.contains(role)) {
            bail!("no role permits reading the log: add --role {}", Role::CallRecordsReadAll);
        }
        let tenant = match settings.tenant {
            Some(tenant) => tenant,
            None if store::is_there(settings)? => {
                tenant::choose(settings, store::open(settings, "app")?.engine())?
            }
            None => tenant::registered(settings)?,
        };
        let trail = audit::open(settings)?;
        let (application, secret) = identity::applications(settings)?.add(NewApplication {
            tenant: tenant.guid(),
            name: self.name.clone(),
            roles: self.roles.iter().copied().collect::<BTreeSet<Role>>(),
            client_id: None,
            valid_for: self.valid_days.map(days),
        })?;
        let event = told(Done::ApplicationAdd, &application);
        let written = audit::after(&trail, event.detail("roles", Detail::Words(role_names(&application))));
        // The secret exists, so it is shown whatever became of the entry.
        show_secret(&application, &secret, self.json)?;
        written
    }
}

impl List {
    fn run(&self, settings: &Settings) -> Result<()> {
        let applications = identity::existing(settings)?.list();
        if self.json {
            let shown: Vec<ApplicationView> =
                applications.iter().map(|application| ApplicationView::new(application, None)).collect();
            return output::print_json(&shown);
        }
        if applications.is_empty() {
            return output::print("there are no applications: trunklog app add registers one");
        }
        let mut table = output::table(["client id", "name", "tenant", "roles", "secrets"]);
        let now = Timestamp::now();
        for application in &applications {
            let ApplicationView { tenant, client_id, name, roles, .. } =
                ApplicationView::new(application, None);
            let live = application.secrets.iter().filter(|secret| secret.is_live(now)).count();
            let secrets = format!("{live} of {} usable", application.secrets.len());
            table.add_row(vec![client_id, name, tenant, roles.join(", "), secrets]);
        }
        output::print(&table.to_string())
    }
}

impl Rotate {
    fn run(&self, settings: &Settings) -> Result<()> {
        let applications = identity::existing(settings)?;
        let options = RotateOptions {
            keep_old_for: self.keep_old_hours.map(|hours| SignedDuration::from_hours(i64::from(hours))),
            valid_for: self.valid_days.map(days),
        };
        let trail = audit::open(settings)?;
        let secret = applications.rotate(self.client_id, options)?;
        let application =
            applications.find(self.client_id).context("the application was removed meanwhile")?;
        let event = told(Done::ApplicationChange, &application).detail("change", Detail::Word("secret"));
        let written = audit::after(&trail, event);
        show_secret(&application, &secret, self.json)?;
        written
    }
}

impl ApplicationView {
    fn new(application: &Application, secret: Option<&PlainSecret>) -> ApplicationView {
        let secrets = application.secrets.iter().map(|secret| SecretView {
            hint: secret.hint.clone(),
            created: secret.created.to_string(),
            expires: secret.expires.map(|end| end.to_string()),
        });
        ApplicationView {
            tenant: TenantId::new(application.tenant).to_string(),
            client_id: application.client_id.to_string(),
            client_secret: secret.map(|secret| secret.expose().to_owned()),
            name: application.name.clone(),
            roles: application.roles.iter().map(|role| role.name()).collect(),
            created: application.created.to_string(),
            secrets: secrets.collect(),
        }
    }
}

fn show_secret(application: &Application, secret: &PlainSecret, json: bool) -> Result<()> {
    let shown = ApplicationView::new(application, Some(secret));
    if json {
        return output::print_json(&shown);
    }
    output::print(&format!(
        "name           {}\ntenant         {}\nclient id      {}\nclient secret  {}\nroles          {}\n\n\
         Keep the secret now: it is stored as a hash and cannot be shown again.",
        shown.name,
        shown.tenant,
        shown.client_id,
        secret.expose(),
        shown.roles.join(", ")
    ))
}

/// What the audit trail is told of an application. Its name may be a person's.
fn told(done: Done, application: &Application) -> Event {
    audit::act_on(done, TenantId::new(application.tenant))
        .detail("application", Detail::Id(application.client_id))
}

fn role_names(application: &Application) -> Vec<&'static str> {
    application.roles.iter().map(|role| role.name()).collect()
}

fn days(days: u32) -> SignedDuration {
    SignedDuration::from_hours(i64::from(days) * i64::from(HOURS_A_DAY))
}
