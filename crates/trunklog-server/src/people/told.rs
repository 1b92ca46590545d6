//! What the audit trail is told of people who sign in and out.

use trunklog_audit::{Action, Actor, Channel, Detail, Event};
use trunklog_identity::{PersonSource, Session};

use super::Visit;
use crate::answer::RequestIds;
use crate::audit;

/// Somebody is in: with which account, or by a provider's word.
pub(super) fn signed_in(visit: &Visit<'_>, session: &Session) {
    let told = event_in(visit, session, Action::SignIn);
    let told = match session.person.source {
        PersonSource::Account(id) => told.detail("account", Detail::Id(id)),
        PersonSource::Provider { .. } => told.detail("by", Detail::Word("provider")),
    };
    visit.app.services.trail.note(told);
}

/// Somebody is not, of whom no more is known than that there may be such an
/// account. What nobody is called is not kept.
pub(super) fn refused(visit: &Visit<'_>, account: &str, why: &'static str) {
    let known = visit.app.services.people.accounts().find(account);
    let actor = known.map_or(Actor::Unknown, |account| Actor::person(&account.name));
    audit::refused(visit.app, event(visit, actor, Action::SignIn), why);
}

/// Nobody is in, by a provider's word.
pub(super) fn refused_by_provider(visit: &Visit<'_>, why: &'static str) {
    audit::refused(visit.app, event(visit, Actor::Unknown, Action::SignIn), why);
}

/// Somebody is out.
pub(super) fn signed_out(visit: &Visit<'_>, session: &Session) {
    visit.app.services.trail.note(event_in(visit, session, Action::SignOut));
}

fn event_in(visit: &Visit<'_>, session: &Session, action: Action) -> Event {
    let ids = RequestIds::in_extensions(&visit.parts.extensions);
    audit::act_in(visit.app, visit.parts, &ids, session, (action, Channel::Pages))
}

fn event(visit: &Visit<'_>, actor: Actor, action: Action) -> Event {
    let ids = RequestIds::in_extensions(&visit.parts.extensions);
    audit::act_of(visit.app, visit.parts, &ids, actor, (action, Channel::Pages))
}
