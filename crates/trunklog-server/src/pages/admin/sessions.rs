//! Who has signed in.

use std::sync::Arc;

use trunklog_audit::{Action, Identity};
use trunklog_errors::with_causes;
use trunklog_identity::{People, PersonSource, Session, SessionId};
use trunklog_odata::{Error, ErrorKind};
use trunklog_records::TenantId;
use trunklog_web::pages::admin::{SessionView, SessionsPage};

use super::{failed, instant, is_seen, refused};
use crate::answer::Failure;
use crate::audit;
use crate::pages::change::Changing;
use crate::pages::fault::Fault;
use crate::pages::form::Form;
use crate::pages::visit::{Shown, Visit};
use crate::people::Reader;

/// Makes the page.
pub(super) fn show(visit: &Visit<'_>) -> Result<Shown, Fault> {
    let people = &visit.app.services.people;
    let sessions = seen(people, visit.reader, visit.page.tenant.id).map_err(|error| {
        tracing::error!(error = %with_causes(&error), "sessions cannot be read");
        Error::new(ErrorKind::GeneralException, "An unexpected error occurred.")
    })?;
    let views: Vec<SessionView> = sessions.into_iter().map(|session| view(session, visit.reader)).collect();
    Shown::of(&SessionsPage::new(visit.page, &views))
}

/// The sessions of those whom a reader sees.
fn seen(people: &People, reader: &Reader, tenant: TenantId) -> trunklog_identity::Result<Vec<Session>> {
    let mut sessions = people.sessions()?;
    sessions.retain(|session| {
        // One that has ended since is no longer there.
        people.roles(session).is_some_and(|roles| is_seen(reader, tenant, &roles))
    });
    Ok(sessions)
}

fn view(session: Session, reader: &Reader) -> SessionView {
    let is_own = session.id == reader.session.id;
    SessionView {
        id: session.id.to_string(),
        provider: match session.person.source {
            PersonSource::Account(_) => None,
            PersonSource::Provider { provider, .. } => Some(provider),
        },
        person: session.person.name,
        created: instant(session.created),
        last_seen: instant(session.last_seen),
        ends: instant(session.ends),
        address: session.address.map(|address| address.to_string()),
        is_own,
    }
}

/// Ends a session of somebody whom the reader sees.
///
/// # Errors
/// 404 if there is none.
pub(in crate::pages) async fn end(changing: Changing<'_>, form: &Form) -> Result<(), Failure> {
    let not_there = || Error::new(ErrorKind::NotFound, "There is no such session.");
    let id: SessionId = form.one("session")?.parse().map_err(|_| not_there())?;
    let people = Arc::clone(&changing.app.services.people);
    let (reader, tenant) = (changing.reader.clone(), changing.tenant);
    let found = changing.blocking({
        let people = Arc::clone(&people);
        move || seen(&people, &reader, tenant)
    });
    let found = found.await?.map_err(|error| refused(&error))?;
    let session = found.into_iter().find(|session| session.id == id).ok_or_else(not_there)?;
    let told = changing.told(Action::SessionRevoke).subject(Identity::user(&session.person.name));
    audit::recorded(changing.app, told.clone()).await?;
    let ended = changing.blocking(move || people.end(&session.id)).await?;
    if ended.map_err(|error| failed(changing, told, &error))? {
        return Ok(());
    }
    // It ended by itself meanwhile.
    Err(not_there().into())
}
