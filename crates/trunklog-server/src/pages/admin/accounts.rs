//! Accounts and their roles.

use std::collections::BTreeSet;
use std::sync::Arc;

use trunklog_audit::{Action, Detail, Event, Identity};
use trunklog_identity::{Account, Grant, PersonRole, PersonRoles, PersonSource, Scope};
use trunklog_odata::{Error, ErrorKind};
use trunklog_web::pages::admin::{PeoplePage, PersonView, RoleChoice};

use super::{failed, instant, is_seen, scopes};
use crate::answer::Failure;
use crate::audit;
use crate::pages::change::Changing;
use crate::pages::fault::Fault;
use crate::pages::form::Form;
use crate::pages::visit::{Shown, Visit};
use crate::people::Reader;

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    let tenant = visit.page.tenant.id;
    let scopes = scopes(visit.reader, tenant);
    let mut accounts = visit.app.services.people.accounts().list();
    accounts.retain(|account| is_seen(visit.reader, tenant, &account.roles));
    let views: Vec<PersonView> =
        accounts.iter().map(|account| view(account, &scopes, is_own(visit.reader, account))).collect();
    Shown::of(&PeoplePage::new(visit.page, &views))
}

fn view(account: &Account, scopes: &[Scope], is_own: bool) -> PersonView {
    let choice = |role: PersonRole, scope: Scope| {
        let grant = Grant { role, scope };
        RoleChoice {
            value: grant.to_string(),
            role: role.name(),
            is_for_all: scope == Scope::AllTenants,
            is_held: account.roles.iter().any(|held| held == grant),
        }
    };
    let choices = scopes.iter().flat_map(|scope| PersonRole::ALL.map(|role| choice(role, *scope)));
    PersonView {
        name: account.name.clone(),
        created: instant(account.created),
        has_app: account.has_app(),
        choices: choices.collect(),
        has_others: account.roles.iter().any(|grant| !scopes.contains(&grant.scope)),
        is_own,
    }
}

fn is_own(reader: &Reader, account: &Account) -> bool {
    reader.person().source == PersonSource::Account(account.id)
}

/// Sets the roles of an account, as far as the reader gives them; others stay.
pub(in crate::pages) async fn set_roles(changing: Changing<'_>, form: &Form) -> Result<(), Failure> {
    let account = asked(changing, form).await?;
    let scopes = scopes(changing.reader, changing.tenant);
    let roles = roles(&account, &scopes, form.all("role"))?;
    let told = told(changing, Action::AccountChange, &account).detail("roles", words(&roles));
    audit::recorded(changing.app, told.clone()).await?;
    let people = Arc::clone(&changing.app.services.people);
    let name = account.name;
    let set = changing.blocking(move || people.accounts().set_roles(&name, roles)).await?;
    set.map(drop).map_err(|error| failed(changing, told, &error))
}

/// Removes an account. Who does not administer all tenants removes only those that have
/// no roles in others.
pub(in crate::pages) async fn remove(changing: Changing<'_>, form: &Form) -> Result<(), Failure> {
    let account = asked(changing, form).await?;
    let scopes = scopes(changing.reader, changing.tenant);
    if account.roles.iter().any(|grant| !scopes.contains(&grant.scope)) {
        let message = "The account has roles in other tenants.";
        let hint = "take its roles in this one away instead";
        return Err(Error::new(ErrorKind::Forbidden, message).hint(hint).into());
    }
    let told = told(changing, Action::AccountRemove, &account);
    audit::recorded(changing.app, told.clone()).await?;
    let people = Arc::clone(&changing.app.services.people);
    let name = account.name;
    let removed = changing.blocking(move || people.accounts().remove(&name)).await?;
    removed.map(drop).map_err(|error| failed(changing, told, &error))
}

/// The account that a form names.
///
/// # Errors
/// 404 for one that the reader does not see, and 403 for the reader's own: nobody is
/// locked out by mistake, and nobody gives rights to oneself.
async fn asked(changing: Changing<'_>, form: &Form) -> Result<Account, Failure> {
    let name = form.one("account")?.to_owned();
    let people = Arc::clone(&changing.app.services.people);
    let found = changing.blocking(move || people.accounts().find(&name)).await?;
    let found = found.filter(|account| is_seen(changing.reader, changing.tenant, &account.roles));
    let account = found.ok_or_else(|| Error::new(ErrorKind::NotFound, "There is no such account."))?;
    if is_own(changing.reader, &account) {
        let message = "Nobody changes the own account here.";
        let hint = "have another administrator do it, or use trunklog user on the server";
        return Err(Error::new(ErrorKind::Forbidden, message).hint(hint).into());
    }
    Ok(account)
}

/// The roles that an account is to have: what was chosen within the scopes, and what it
/// has beyond them.
fn roles<'f>(
    account: &Account,
    scopes: &[Scope],
    chosen: impl Iterator<Item = &'f str>,
) -> Result<PersonRoles, Error> {
    let mut roles: BTreeSet<Grant> =
        account.roles.iter().filter(|grant| !scopes.contains(&grant.scope)).collect();
    for text in chosen {
        let grant: Grant = text.parse().map_err(|_| Error::bad_request("There is no such role."))?;
        if !scopes.contains(&grant.scope) {
            let message = "You may not give roles for other tenants.";
            return Err(Error::new(ErrorKind::Forbidden, message));
        }
        roles.insert(grant);
    }
    if roles.is_empty() {
        let hint = "leave one, or remove the account";
        return Err(Error::bad_request("An account needs a role.").hint(hint));
    }
    Ok(roles.into_iter().collect())
}

/// What the audit trail is told: whose account it is as a pseudonym.
fn told(changing: Changing<'_>, action: Action, account: &Account) -> Event {
    changing.told(action).subject(Identity::user(&account.name)).detail("account", Detail::Id(account.id))
}

/// The roles without their tenants, each once.
fn words(roles: &PersonRoles) -> Detail {
    let held: BTreeSet<PersonRole> = roles.iter().map(|grant| grant.role).collect();
    Detail::Words(held.into_iter().map(PersonRole::name).collect())
}
