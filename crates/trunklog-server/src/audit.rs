//! What the audit trail is told of requests.
//!
//! | call | for |
//! | --- | --- |
//! | [`read_by`] | what an application reads: the event to be completed and noted |
//! | [`act_in`] | what a person does in a session, its sign-in among it |
//! | [`act_of`] | what anybody else does |
//! | [`recorded`] | a reveal or an export, which is made only once that is on disk |
//!
//! Reads are noted ([`Trail::note`](trunklog_audit::Trail::note)) after they were
//! made and never wait.

use std::time::Duration;

use http::request::Parts;
use tokio::time::timeout;
use trunklog_audit::{Action, Actor, Channel, Counts, Detail, Event, FilterShape, Outcome};
use trunklog_identity::{Fault, Principal, Session};
use trunklog_odata::expr::Expr;
use trunklog_records::Log;
use trunklog_reports::Filter;

use crate::answer::{Failure, RequestIds};
use crate::app::App;
use crate::client_address;

/// How long a reveal or an export waits for its entry. A disk that takes longer
/// cannot be relied on.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an application does, by its token.
pub(crate) fn read_by(
    app: &App,
    parts: &Parts,
    ids: &RequestIds,
    principal: &Principal,
    (action, channel): (Action, Channel),
) -> Event {
    act_of(app, parts, ids, Actor::application(&principal.app_id), (action, channel)).tenant(principal.tenant)
}

/// What a person does in a session, which the entry tells. Several people may have one
/// name, and at a provider some choose it: which of them it was, the session's sign-in
/// says.
pub(crate) fn act_in(
    app: &App,
    parts: &Parts,
    ids: &RequestIds,
    session: &Session,
    what: (Action, Channel),
) -> Event {
    let event = act_of(app, parts, ids, Actor::person(&session.person.name), what);
    event.detail("session", Detail::Id(session.id.short()))
}

/// What somebody does, from the address that the request came from.
pub(crate) fn act_of(
    app: &App,
    parts: &Parts,
    ids: &RequestIds,
    actor: Actor,
    (action, channel): (Action, Channel),
) -> Event {
    Event::new(action, actor, channel)
        .address(client_address::or_peer(parts, &app.settings))
        .request(ids.request)
}

/// Writes what is about to be given, and waits until it is on disk.
///
/// # Errors
/// 503 when it does not get there: what cannot be accounted for is not given.
pub(crate) async fn recorded(app: &App, event: Event) -> Result<(), Failure> {
    match timeout(PATIENCE, app.services.trail.record(event)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Failure::unaudited()),
    }
}

/// Notes that somebody may not have what was asked for.
pub(crate) fn refused(app: &App, event: Event, why: &'static str) {
    app.services.trail.note(event.outcome(Outcome::Refused(why)));
}

/// How rows of a log are chosen, without values.
pub(crate) fn shape_of(log: &'static Log, filter: Option<&Expr>) -> Option<FilterShape> {
    let name = |at: usize| log.properties.get(at).map(|property| property.name);
    filter.map(|filter| FilterShape::of(filter, &name))
}

/// By which names a report's rows are chosen.
pub(crate) fn names_of(filter: &Filter) -> Option<FilterShape> {
    let names = filter.looks_at();
    (!names.is_empty()).then(|| FilterShape::names(&names))
}

/// Why a sign-in failed, and by whom it was: only of an application that exists is
/// the id known to be one. None for what is no sign-in, but a request in a wrong
/// form.
pub(crate) fn failed_sign_in(fault: Fault, client_id: &str) -> Option<(Actor, &'static str)> {
    match fault {
        Fault::WrongSecret => Some((Actor::application(client_id), "wrong secret")),
        Fault::ExpiredSecret => Some((Actor::application(client_id), "expired secret")),
        Fault::UnknownApplication => Some((Actor::Unknown, "unknown application")),
        Fault::TooManyFailures => Some((Actor::Unknown, "too many failures")),
        _ => None,
    }
}

/// What became of events, as lines of metrics.
pub(crate) fn metrics(counts: Counts) -> String {
    let Counts { written, unwritten, refused, unsent } = counts;
    let families = [
        ("audit_entries", "Entries of the audit trail that are on disk", written),
        ("audit_unwritten", "Reads that did not get into the audit trail", unwritten),
        ("audit_refused", "What was refused because it could not be audited", refused),
        ("audit_unsent", "Lines of the audit trail that did not get to syslog", unsent),
    ];
    families.iter().fold(String::new(), |mut text, (name, help, count)| {
        text.push_str(&format!(
            "# HELP trunklog_{name} {help}.\n# TYPE trunklog_{name} counter\ntrunklog_{name}_total {count}\n"
        ));
        text
    })
}

#[cfg(test)]
mod tests {
    use trunklog_records::schema::DIRECT_ROUTING_CALLS;

    use super::*;

    #[test]
    fn a_name_that_no_application_has_is_not_kept() {
        let id = "6f1d0000-0000-4000-8000-000000000001";
        let of = |fault| failed_sign_in(fault, id).map(|(actor, _)| actor);
        assert_eq!(of(Fault::WrongSecret), Some(Actor::application(id)));
        assert_eq!(of(Fault::UnknownApplication), Some(Actor::Unknown));
        assert_eq!(of(Fault::TooManyFailures), Some(Actor::Unknown));
        assert_eq!(of(Fault::Malformed), None);
    }

    #[test]
    fn filters_are_told_without_values() {
        use trunklog_odata::{Version, filter};
        let shape = DIRECT_ROUTING_CALLS.shape(Version::Beta);
        let text = "startswith(callerNumber,'+4930') and duration gt 60";
        let filter = filter::parse(text, &shape, &|_| None).unwrap();
        let told = shape_of(&DIRECT_ROUTING_CALLS, Some(&filter)).unwrap();
        assert_eq!(told.text(), "startswith(callerNumber,?) and duration gt ?");
    }

    #[test]
    fn each_family_of_metrics_is_whole() {
        let text = metrics(Counts { written: 7, ..Counts::default() });
        assert!(text.contains("\ntrunklog_audit_entries_total 7\n"), "{text}");
        assert_eq!(text.matches("# TYPE ").count(), 4);
    }
}
