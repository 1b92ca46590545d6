//! The key by which a tenant's links hide people and numbers. It is kept in the
//! store, so that links outlive the server and go with the data.

use trunklog_identity::LinkSeal;
use trunklog_odata::{Error, ErrorKind};
use trunklog_records::TenantId;
use trunklog_store::Engine;
use trunklog_web::state::Who;

use super::fault::Fault;

/// The tenant's seal, made when it is first needed.
pub(super) fn of(engine: &dyn Engine, tenant: TenantId) -> Result<LinkSeal, Fault> {
    let name = format!("pages/links/{tenant}");
    if let Some(seal) = kept(engine, &name, tenant)? {
        return Ok(seal);
    }
    let key = LinkSeal::new_key().map_err(|_| unexpected())?;
    // Somebody else may have been first.
    engine.exchange_state(&name, None, Some(&key))?;
    kept(engine, &name, tenant)?.ok_or_else(unexpected)
}

fn kept(engine: &dyn Engine, name: &str, tenant: TenantId) -> Result<Option<LinkSeal>, Fault> {
    let Some(key) = engine.state(name)? else { return Ok(None) };
    if let Some(seal) = LinkSeal::of(&key, tenant.guid()) {
        return Ok(Some(seal));
    }
    // What is no key helps nobody.
    engine.exchange_state(name, Some(&key), None)?;
    Ok(None)
}

/// The person or number of a token.
pub(super) fn who(seal: &LinkSeal, token: &str) -> Result<Who, Fault> {
    let told = seal.text(token).as_deref().and_then(Who::from_text);
    told.ok_or_else(|| {
        Error::bad_request("who: the link is of another server or tenant, or was cut short")
            .hint("search for the person or the number again")
            .into()
    })
}

fn unexpected() -> Fault {
    Error::new(ErrorKind::GeneralException, "An unexpected error occurred.").into()
}
