//! Who reads a page.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::header::CACHE_CONTROL;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use tokio::task::spawn_blocking;
use trunklog_identity::{Person, PersonRole, PersonRoles, Session, SignedIn, Vouching};
use trunklog_records::TenantId;
use trunklog_records::masking::Mask;

use super::way::Way;
use super::{cookies, next, redirect, surface};
use crate::answer::Failure;
use crate::app::App;
use crate::public_address;
use crate::settings::Masks;
use crate::stall::UnderWay;

/// How many digits at least are hidden from a person who may not see all of a
/// number, whatever the settings hide from applications.
const LEAST_HIDDEN: u8 = 4;
/// htmx sends the first with what it fetches for a part of a page, and takes the
/// second for where to go as a whole.
const HX_REQUEST: HeaderName = HeaderName::from_static("hx-request");
const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");

/// A person who has signed in, and what that one may do.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) session: Session,
    pub(crate) roles: PersonRoles,
}

impl Reader {
    /// Who sent a request.
    ///
    /// # Errors
    /// The answer to who has not signed in: on to the sign-in, and from there back
    /// here. That to a request for a part of a page sends the whole page there. Who
    /// came without TLS is refused.
    pub(crate) fn of(app: &Arc<App>, parts: &Parts) -> Result<Reader, Box<Response>> {
        let refused = |failure: Failure| Box::new(surface::refused(parts, failure));
        let way = Way::of(parts, &app.settings).map_err(refused)?;
        let people = &app.services.people;
        let found = cookies::session(way, &parts.headers).and_then(|token| people.signed_in(&token));
        let place = match found {
            Some(SignedIn { session, roles, vouching: Vouching::Counts }) => {
                if people.is_to_touch(&session) {
                    let (people, id) = (Arc::clone(people), session.id.clone());
                    // Nobody waits for it.
                    spawn_blocking(move || people.touch(&id));
                }
                if let Some(requests) = parts.extensions.get::<UnderWay>() {
                    requests.sign_in();
                }
                return Ok(Reader { session, roles });
            }
            // Who sent a form goes there by the link of our own page: browsers check
            // through all redirects that forms lead to no other server (`form-action`).
            Some(SignedIn { vouching: Vouching::Due(provider), .. }) if parts.method != Method::POST => {
                format!("/sign-in/oidc/{provider}/start?again=1&next={}", next::encoded(wanted(parts)))
            }
            _ => format!("/sign-in?next={}", next::encoded(wanted(parts))),
        };
        let root = public_address::of(parts, &app.settings).map_err(|error| refused(error.into()))?;
        Err(turned(parts, &format!("{root}{place}")).map_or_else(refused, Box::new))
    }

    /// Who it is.
    pub(crate) fn person(&self) -> &Person {
        &self.session.person
    }

    /// Whether the person may do that in that tenant.
    pub(crate) fn may(&self, tenant: TenantId, role: PersonRole) -> bool {
        self.roles.hold(tenant.guid(), role)
    }

    /// Those of the tenants that the person may enter. Others are not there for
    /// that one: their addresses answer 404.
    pub(crate) fn tenants(&self, known: &[TenantId]) -> Vec<TenantId> {
        known.iter().copied().filter(|tenant| self.roles.may_enter(tenant.guid())).collect()
    }

    /// What the person does not see of numbers in that tenant.
    pub(crate) fn mask(&self, tenant: TenantId, masks: &Masks) -> Mask {
        if self.may(tenant, PersonRole::FullNumbers) {
            return Mask::NONE;
        }
        Mask::hiding(masks.of(tenant).digits().max(LEAST_HIDDEN))
    }
}

/// Where the person comes back to.
fn wanted(parts: &Parts) -> &str {
    let is_page = parts.method == Method::GET && !parts.headers.contains_key(HX_REQUEST);
    let path = parts.uri.path_and_query().map(|path| path.as_str()).filter(|_| is_page);
    next::checked(path.unwrap_or_default())
}

/// Sends the browser elsewhere.
fn turned(parts: &Parts, location: &str) -> Result<Response, Failure> {
    let mut response = if parts.headers.contains_key(HX_REQUEST) {
        let location = HeaderValue::from_str(location).map_err(|_| Failure::unexpected())?;
        let mut response = Response::new(Body::empty());
        response.headers_mut().insert(HX_REDIRECT, location);
        response
    } else {
        redirect(location)?
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use http::{Request, StatusCode};
    use jiff::Timestamp;
    use trunklog_identity::{Grant, PersonSource};
    use uuid::Uuid;

    use super::*;

    const HERE: TenantId = TenantId::new(Uuid::from_u128(1));
    const THERE: TenantId = TenantId::new(Uuid::from_u128(2));

    fn reader(grants: &[String]) -> Reader {
        let now = Timestamp::UNIX_EPOCH;
        let person = Person {
            id: "1".to_owned(),
            name: "Anna".to_owned(),
            source: PersonSource::Account(Uuid::from_u128(9)),
        };
        let id = "0".repeat(64).parse().unwrap();
        let session =
            Session { id, person, created: now, last_seen: now, vouched: now, ends: now, address: None };
        let roles = grants.iter().map(|grant| grant.parse::<Grant>().unwrap()).collect();
        Reader { session, roles }
    }

    #[test]
    fn four_digits_are_hidden_whatever_the_settings_say() {
        let masks = Masks { others: Mask::NONE, tenants: HashMap::from([(THERE, Mask::hiding(6))]) };
        let masked = reader(&["calls@*".to_owned()]);
        assert_eq!(masked.mask(HERE, &masks).digits(), 4);
        assert_eq!(masked.mask(THERE, &masks).digits(), 6);
        let full = reader(&["calls@*".to_owned(), format!("full-numbers@{HERE}")]);
        assert_eq!((full.mask(HERE, &masks), full.mask(THERE, &masks).digits()), (Mask::NONE, 6));
    }

    #[test]
    fn tenants_without_a_role_are_not_there() {
        let one = reader(&[format!("calls@{HERE}"), format!("export@{THERE}")]);
        assert_eq!(one.tenants(&[HERE, THERE]), [HERE]);
        assert!(one.may(HERE, PersonRole::Aggregates) && !one.may(THERE, PersonRole::Calls));
        assert_eq!(reader(&["administer@*".to_owned()]).tenants(&[HERE, THERE]), [HERE, THERE]);
    }

    #[test]
    fn who_has_to_sign_in_comes_back_to_a_page() {
        let parts = |method: &str, headers: &[&str]| {
            let mut request = Request::builder().method(method).uri("/calls?range=7d");
            for name in headers {
                request = request.header(*name, "true");
            }
            request.body(()).unwrap().into_parts().0
        };
        assert_eq!(wanted(&parts("GET", &[])), "/calls?range=7d");
        // Neither a part of a page nor what was to be changed is one.
        assert_eq!(wanted(&parts("GET", &["hx-request"])), "/");
        assert_eq!(wanted(&parts("POST", &[])), "/");
        let part = turned(&parts("GET", &["hx-request"]), "https://a.example/sign-in").unwrap();
        assert_eq!(part.status(), StatusCode::OK);
        assert_eq!(part.headers()["hx-redirect"], "https://a.example/sign-in");
        let page = turned(&parts("GET", &[]), "https://a.example/sign-in").unwrap();
        assert_eq!(page.status(), StatusCode::SEE_OTHER);
        assert_eq!(page.headers()["cache-control"], "no-store");
    }
}
