//! Tenants with names and zones.

use std::sync::Arc;

use trunklog_audit::Action;
use trunklog_identity::PersonRole;
use trunklog_odata::{Error, ErrorKind};
use trunklog_records::TenantId;
use trunklog_reports::calendar::zone_name;
use trunklog_web::pages::admin::{MOST_NAME, TenantView, TenantsPage};

use crate::answer::Failure;
use crate::audit;
use crate::pages::change::Changing;
use crate::pages::fault::Fault;
use crate::pages::form::Form;
use crate::pages::names;
use crate::pages::visit::{Shown, Visit};
use crate::share::Share;

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    let settings = &visit.app.settings;
    let own = visit.page.tenants.iter().filter(|of| visit.reader.may(of.id, PersonRole::Administer));
    let views: Vec<TenantView> = own
        .map(|of| {
            let id = of.id.to_string();
            TenantView {
                // A tenant without a name is called by its id.
                name: Some(of.name.clone()).filter(|name| *name != id),
                zone: zone_name(settings.zones.of(of.id)),
                hidden_digits: settings.masks.of(of.id).digits(),
                is_nameable: !settings.tenant_names.contains_key(&of.id),
                id,
            }
        })
        .collect();
    Shown::of(&TenantsPage::new(visit.page, &views))
}

/// Names a tenant, or takes its name away.
///
/// # Errors
/// 403 for one that the reader does not administer or that the settings name, 400 for
/// what is no name.
pub(in crate::pages) async fn name(changing: Changing<'_>, form: &Form) -> Result<(), Failure> {
    let Changing { app, reader, .. } = changing;
    let asked = form.one("tenant")?.parse::<TenantId>().ok();
    let tenant = asked.filter(|tenant| reader.may(*tenant, PersonRole::Administer));
    let tenant =
        tenant.ok_or_else(|| Error::new(ErrorKind::Forbidden, "You do not administer this tenant."))?;
    if app.settings.tenant_names.contains_key(&tenant) {
        let message = "The tenant is named in the server's settings.";
        return Err(Error::new(ErrorKind::Forbidden, message).hint("change trunklog.toml instead").into());
    }
    let name = checked(form.one("name")?)?;
    // Before it is done: a change that cannot be accounted for is not made.
    audit::recorded(app, changing.told(Action::TenantChange).tenant(tenant.guid())).await?;
    let engine = Arc::clone(&app.services.engine);
    let work = move || names::set(&*engine, tenant, name.as_deref());
    let is_set = app.store.run(Share::Tenant(tenant), work).await?;
    if !is_set.map_err(|error| Failure::of_store(&error))? {
        return Err(Failure::busy("somebody else named the tenant at the same time: look at it again"));
    }
    Ok(())
}

/// A name; None for an empty one.
fn checked(text: &str) -> Result<Option<String>, Error> {
    let name = text.trim();
    if name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
        let hint = format!("write up to {MOST_NAME} characters, or nothing to take the name away");
        return Err(Error::bad_request("The name is too long, or no text.").hint(hint));
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_short_text() {
        assert_eq!(checked(" Contoso Ltd ").unwrap().as_deref(), Some("Contoso Ltd"));
        assert_eq!(checked("  ").unwrap(), None);
        assert_eq!(
            checked(&"ä".repeat(MOST_NAME)).unwrap().map(|name| name.chars().count()),
            Some(MOST_NAME)
        );
        for wrong in ["a\u{0}b", "a\nb", &"a".repeat(MOST_NAME + 1)] {
            assert!(checked(wrong).is_err(), "{wrong:?}");
        }
    }
}
