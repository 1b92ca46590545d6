//! Every route.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use trunklog_identity::Endpoint;
use trunklog_odata::Version;

use crate::answer::{Surface, Surfaces};
use crate::app::{App, Services};
use crate::graph::GraphSurface;
use crate::identity::TokenSurface;
use crate::settings::Settings;
use crate::{graph, identity, layers, openapi};

/// The main router, for tests in the same process. A request to it needs a
/// `Host` header, as all of HTTP/1.1 do.
pub fn app(settings: Arc<Settings>, services: Services) -> Router {
    main(Arc::new(App::new(settings, services)))
}

pub(crate) fn main(app: Arc<App>) -> Router {
    let mut routes = Router::new().fallback(by_segments);
    // Graph has nothing of the kind, so a strict server has not either.
    if !app.settings.profile.is_strict() {
        routes = routes
            .route("/", any(openapi::elsewhere))
            .route("/openapi", any(openapi::page))
            .route("/openapi/", any(openapi::elsewhere))
            .route("/openapi/style.css", any(openapi::style))
            .route("/openapi/v1.0.json", any(openapi::v1))
            .route("/openapi/beta.json", any(openapi::beta));
    }
    layers::around(routes, &app, SURFACES).with_state(app)
}

/// Who tells a client what went wrong, whoever finds it.
pub(crate) const SURFACES: Surfaces = Surfaces::by_path(surface);

static TOKENS: TokenSurface = TokenSurface::new(&GraphSurface);

fn surface(path: &str) -> &'static dyn Surface {
    match Destination::of(path) {
        Destination::Token(..) => &TOKENS,
        Destination::Discovery(..) | Destination::Keys | Destination::Graph => &GraphSurface,
    }
}

/// Where paths lead that have no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination<'a> {
    Token(Endpoint, &'a str),
    Discovery(Endpoint, &'a str),
    Keys,
    /// Every path that nothing else takes.
    Graph,
}

impl<'a> Destination<'a> {
    /// Doubled slashes and one at the end change nothing. What starts with a
    /// version of Graph is Graph's, such as `/v1.0/oauth2/token`: no tenant is
    /// called so.
    fn of(path: &'a str) -> Destination<'a> {
        let segments: Vec<&'a str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        if segments.first().is_some_and(|first| Version::split(first).is_ok()) {
            return Destination::Graph;
        }
        match *segments.as_slice() {
            [tenant, "oauth2", "v2.0", "token"] => Destination::Token(Endpoint::V2, tenant),
            [tenant, "oauth2", "token"] => Destination::Token(Endpoint::V1, tenant),
            [tenant, "v2.0", ".well-known", "openid-configuration"] => {
                Destination::Discovery(Endpoint::V2, tenant)
            }
            [tenant, ".well-known", "openid-configuration"] => Destination::Discovery(Endpoint::V1, tenant),
            ["discovery", "keys"]
            | ["discovery", "v2.0", "keys"]
            | [_, "discovery", "keys"]
            | [_, "discovery", "v2.0", "keys"] => Destination::Keys,
            _ => Destination::Graph,
        }
    }
}

async fn by_segments(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    match Destination::of(&path) {
        Destination::Token(endpoint, tenant) => identity::token(&app, request, tenant, endpoint).await,
        Destination::Discovery(endpoint, tenant) => identity::discovery(&app, request, tenant, endpoint),
        Destination::Keys => identity::keys(&app, request),
        Destination::Graph => graph::handle(&app, request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_never_a_tenant() {
        for path in ["/v1.0/oauth2/token", "/BETA/discovery/keys", "//v1.0//oauth2/token/"] {
            assert_eq!(Destination::of(path), Destination::Graph, "{path}");
        }
        for path in ["/common/oauth2/token", "//common//oauth2/token/"] {
            assert_eq!(Destination::of(path), Destination::Token(Endpoint::V1, "common"), "{path}");
        }
    }

    #[test]
    fn every_path_leads_somewhere() {
        for (path, expected) in [
            ("/t/oauth2/v2.0/token", Destination::Token(Endpoint::V2, "t")),
            ("/t/v2.0/.well-known/openid-configuration", Destination::Discovery(Endpoint::V2, "t")),
            ("/t/.well-known/openid-configuration", Destination::Discovery(Endpoint::V1, "t")),
            ("/discovery/keys", Destination::Keys),
            ("/discovery/v2.0/keys/", Destination::Keys),
            ("/t/discovery/keys", Destination::Keys),
            ("/t/discovery/v2.0/keys", Destination::Keys),
            ("/", Destination::Graph),
            ("/t/oauth2", Destination::Graph),
            ("/t/OAUTH2/token", Destination::Graph),
            ("/v1.0/communications/callRecords", Destination::Graph),
        ] {
            assert_eq!(Destination::of(path), expected, "{path}");
        }
    }
}
