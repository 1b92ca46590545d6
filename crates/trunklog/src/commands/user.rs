//! `trunklog user`

use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Result, bail};
use clap::Subcommand;
use serde::Serialize;
use trunklog_audit::{Action as Done, Detail, Event, Identity};
use trunklog_identity::{
    Account, Accounts, FirstPassword, Grant, NewApp, PersonRole, PersonRoles, PlainSecret, Scope,
};

use super::serve;
use crate::config::{Layer, Settings};
use crate::flags::TenantFlag;
use crate::{audit, identity, output, password_prompt, store, tenant};

/// Manages the people who may sign in with an account of this server
///
/// All of it works while the server runs and takes effect at once. Those of Entra
/// ID, Keycloak and the like have no account here: see `[[people.oidc]]` in
/// trunklog.toml.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  trunklog user add anna.berg@example.com --role administer@* --role calls@*
  trunklog user add ben --role calls --role export --random-password
  trunklog user add carla --role administer@* --app < password-file
  trunklog user roles ben --role aggregates
  trunklog user reset ben --random-password
  trunklog user list
  trunklog user remove ben

Roles: aggregates reads sums without persons, calls reads calls and users with
masked numbers, full-numbers shows all digits, export takes out what may be read,
administer changes people and settings. A role is for one tenant, calls@GUID, or
for all, calls@*; without @ it is for the tenant of --tenant, or the only one.

A password is asked for at the terminal, or read as the first line of standard
input. The person sets up an authenticator app at the first sign-in, within three
days, unless --app did.")]
pub(crate) struct User {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Add(Add),
    List(List),
    Roles(Roles),
    Reset(Reset),
    /// Removes an account; its sessions end at once
    Remove {
        /// What the person signs in with
        name: String,
    },
}

/// Makes an account
#[derive(Debug, clap::Args)]
struct Add {
    /// What the person signs in with, such as an address of mail
    name: String,
    #[command(flatten)]
    roles: RoleFlags,
    #[command(flatten)]
    password: PasswordFlags,
}

/// Lists the accounts
#[derive(Debug, clap::Args)]
struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Sets what a person may do, in place of what it was
#[derive(Debug, clap::Args)]
struct Roles {
    /// What the person signs in with
    name: String,
    #[command(flatten)]
    roles: RoleFlags,
}

/// Gives an account another password, takes its authenticator app and recovery codes away, and ends its
/// sessions
#[derive(Debug, clap::Args)]
struct Reset {
    /// What the person signs in with
    name: String,
    #[command(flatten)]
    password: PasswordFlags,
}

#[derive(Debug, clap::Args)]
struct RoleFlags {
    #[command(flatten)]
    tenant: TenantFlag,
    /// What the person may do; may be repeated
    #[arg(long = "role", value_name = "ROLE[@TENANT]", required = true)]
    roles: Vec<RoleFlag>,
}

#[derive(Debug, clap::Args)]
struct PasswordFlags {
    /// Make a random password and show it, once; the person chooses another at the first sign-in
    #[arg(long)]
    random_password: bool,
    /// Set up the authenticator app, too, and show what it has to know and the recovery codes, once: for
    /// yourself, or for who has no app at hand
    #[arg(long, conflicts_with = "random_password")]
    app: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A role with or without its tenants.
#[derive(Debug, Clone, Copy)]
enum RoleFlag {
    Whole(Grant),
    Here(PersonRole),
}

impl FromStr for RoleFlag {
    type Err = trunklog_identity::Error;

    fn from_str(text: &str) -> Result<RoleFlag, trunklog_identity::Error> {
        if text.contains('@') { text.parse().map(RoleFlag::Whole) } else { text.parse().map(RoleFlag::Here) }
    }
}

/// An account as it is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountView {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    roles: Vec<String>,
    created: String,
    has_app: bool,
    recovery_codes: usize,
    /// What an app reads, where one was set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    new_recovery_codes: Vec<String>,
}

impl User {
    pub(crate) fn add_to(&self, layer: &mut Layer) {
        match &self.action {
            Action::Add(Add { roles, .. }) | Action::Roles(Roles { roles, .. }) => roles.tenant.add_to(layer),
            Action::List(_) | Action::Reset(_) | Action::Remove { .. } => {}
        }
    }

    pub(crate) fn run(&self, settings: &Settings) -> Result<ExitCode> {
        match &self.action {
            Action::Add(add) => add.run(settings)?,
            Action::List(list) => list.run(settings)?,
            Action::Roles(roles) => roles.run(settings)?,
            Action::Reset(reset) => reset.run(settings)?,
            Action::Remove { name } => {
                let trail = audit::open(settings)?;
                let removed = existing(settings)?.remove(name)?;
                audit::after(&trail, told(Done::AccountRemove, &removed))?;
                output::print(&format!("removed {}", removed.name))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Add {
    fn run(&self, settings: &Settings) -> Result<()> {
        let roles = self.roles.resolve(settings)?;
        let accounts = identity::accounts(settings)?;
        // Before somebody thinks of a password.
        if accounts.find(&self.name).is_some() {
            bail!("there is an account of that name already: trunklog user reset gives it another password");
        }
        let password = self.password.read()?;
        let trail = audit::open(settings)?;
        let (account, random) = accounts.add(&self.name, roles, password)?;
        let event = told(Done::AccountAdd, &account).detail("roles", Detail::Words(role_names(&account)));
        let written = audit::after(&trail, event);
        // The account exists, so it is shown whatever became of the entry.
        self.password.show(settings, &accounts, account, random.as_ref())?;
        written
    }
}

impl List {
    fn run(&self, settings: &Settings) -> Result<()> {
        let accounts = existing(settings)?.list();
        if self.json {
            let shown: Vec<AccountView> =
                accounts.iter().map(|account| AccountView::new(account, None)).collect();
            return output::print_json(&shown);
        }
        if accounts.is_empty() {
            return output::print("there are no accounts: trunklog user add makes one");
        }
        let mut table = output::table(["name", "roles", "app", "recovery codes"]);
        for account in &accounts {
            let AccountView { name, roles, has_app, recovery_codes, .. } = AccountView::new(account, None);
            let app = if has_app { "set up" } else { "missing" };
            table.add_row(vec![name, roles.join(", "), app.to_owned(), recovery_codes.to_string()]);
        }
        output::print(&table.to_string())
    }
}

impl Roles {
    fn run(&self, settings: &Settings) -> Result<()> {
        let roles = self.roles.resolve(settings)?;
        let accounts = existing(settings)?;
        let trail = audit::open(settings)?;
        let account = accounts.set_roles(&self.name, roles)?;
        let event = told(Done::AccountChange, &account).detail("roles", Detail::Words(role_names(&account)));
        audit::after(&trail, event)?;
        output::print(&format!("{} has {}", account.name, AccountView::new(&account, None).roles.join(", ")))
    }
}

impl Reset {
    fn run(&self, settings: &Settings) -> Result<()> {
        let accounts = existing(settings)?;
        if accounts.find(&self.name).is_none() {
            bail!("there is no account of that name: trunklog user list shows those there are");
        }
        let password = self.password.read()?;
        let trail = audit::open(settings)?;
        let (account, random) = accounts.reset(&self.name, password)?;
        let event = told(Done::AccountChange, &account).detail("what", Detail::Word("reset"));
        let written = audit::after(&trail, event);
        self.password.show(settings, &accounts, account, random.as_ref())?;
        written
    }
}

impl RoleFlags {
    /// The roles with their tenants.
    fn resolve(&self, settings: &Settings) -> Result<PersonRoles> {
        let mut here = None;
        self.roles
            .iter()
            .map(|role| match *role {
                RoleFlag::Whole(grant) => Ok(grant),
                RoleFlag::Here(role) => {
                    let tenant = match here {
                        Some(tenant) => tenant,
                        None => *here.insert(the_tenant(settings)?.guid()),
                    };
                    Ok(Grant { role, scope: Scope::Tenant(tenant) })
                }
            })
            .collect()
    }
}

/// The tenant of roles that name none.
fn the_tenant(settings: &Settings) -> Result<trunklog_records::TenantId> {
    match settings.tenant {
        Some(tenant) => Ok(tenant),
        None if store::is_there(settings)? => {
            tenant::choose(settings, store::open(settings, "user")?.engine())
        }
        None => tenant::registered(settings),
    }
}

impl PasswordFlags {
    fn read(&self) -> Result<FirstPassword> {
        if self.random_password {
            return Ok(FirstPassword::Random);
        }
        password_prompt::read().map(FirstPassword::Chosen)
    }

    /// Sets up the app where that is wanted, and shows what was made.
    fn show(
        &self,
        settings: &Settings,
        accounts: &Accounts,
        account: Account,
        password: Option<&PlainSecret>,
    ) -> Result<()> {
        let shown = if self.app {
            let NewApp { account, secret, recovery } = accounts.set_up_app(&account.name)?;
            let app = Some(secret.address("Trunklog", &account.name));
            AccountView { app, new_recovery_codes: recovery, ..AccountView::new(&account, None) }
        } else {
            AccountView::new(&account, password)
        };
        if self.json {
            return output::print_json(&shown);
        }
        let mut text = format!("name      {}\nroles     {}\n", shown.name, shown.roles.join(", "));
        if let Some(password) = &shown.password {
            text.push_str(&format!("password  {password}\n"));
        }
        let address = serve::public_url(settings);
        if let Some(app) = &shown.app {
            let codes = shown.new_recovery_codes.join("\n          ");
            return output::print(&format!(
                "{text}app       {app}\nrecovery  {codes}\n\nThey cannot be shown again. Give the app that address, by hand or as a QR code; \
                 a recovery code\nworks once in place of the app's. Sign in at\n{address}/sign-in"
            ));
        }
        let hand_over = match password {
            Some(_) => "Hand the password over now, it cannot be shown again. The person chooses another",
            None => "The person sets up an authenticator app",
        };
        let with_app = if password.is_some() { ", and sets up an authenticator app," } else { "" };
        output::print(&format!(
            "{text}\n{hand_over}{with_app} at the first sign-in, within three days, at\n{address}/sign-in"
        ))
    }
}

impl AccountView {
    fn new(account: &Account, password: Option<&PlainSecret>) -> AccountView {
        AccountView {
            id: account.id.to_string(),
            name: account.name.clone(),
            password: password.map(|password| password.expose().to_owned()),
            roles: account.roles.iter().map(|grant| grant.to_string()).collect(),
            created: account.created.to_string(),
            has_app: account.has_app(),
            recovery_codes: account.recovery_codes(),
            app: None,
            new_recovery_codes: Vec::new(),
        }
    }
}

/// What the audit trail is told of an account: whose it is, as a pseudonym.
fn told(done: Done, account: &Account) -> Event {
    audit::act(done).subject(Identity::user(&account.name)).detail("account", Detail::Id(account.id))
}

/// The roles without their tenants, each once.
fn role_names(account: &Account) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = account.roles.iter().map(|grant| grant.role.name()).collect();
    names.dedup();
    names
}

/// The accounts, where there are some or a store.
fn existing(settings: &Settings) -> Result<Accounts> {
    identity::must_exist(settings)?;
    identity::accounts(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_with_and_without_its_tenants() {
        assert!(matches!("calls".parse::<RoleFlag>().unwrap(), RoleFlag::Here(PersonRole::Calls)));
        let everywhere = Grant { role: PersonRole::Administer, scope: Scope::AllTenants };
        assert!(
            matches!("administer@*".parse::<RoleFlag>().unwrap(), RoleFlag::Whole(grant) if grant == everywhere)
        );
        for wrong in ["root", "calls@contoso", "@*", ""] {
            assert!(wrong.parse::<RoleFlag>().is_err(), "{wrong}");
        }
    }
}
