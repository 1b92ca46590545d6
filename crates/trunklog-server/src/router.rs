//! Every route.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::any;
use trunklog_identity::Endpoint;
use trunklog_odata::{Profile, Version};

use crate::answer::{Surface, Surfaces};
use crate::app::{App, Services};
use crate::graph::GraphSurface;
use crate::identity::TokenSurface;
use crate::pages::PagesSurface;
use crate::people::PeopleSurface;
use crate::reports::ReportsSurface;
use crate::settings::Settings;
use crate::{feed, graph, identity, layers, openapi, pages, people, reports};

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
            .route("/openapi", any(openapi::page))
            .route("/openapi/", any(openapi::elsewhere))
            .route("/openapi/style.css", any(openapi::style))
            .route("/openapi/v1.0.json", any(openapi::v1))
            .route("/openapi/beta.json", any(openapi::beta))
            .route("/openapi/reports-v1.json", any(openapi::reports));
    }
    layers::around(routes, &app, surfaces(app.settings.profile)).with_state(app)
}

/// Who tells a client what went wrong, whoever finds it.
pub(crate) fn surfaces(profile: Profile) -> Surfaces {
    Surfaces::by_path(if profile.is_strict() { strict_surface } else { surface })
}

static TOKENS: TokenSurface = TokenSurface::new(&GraphSurface);

fn surface(path: &str) -> &'static dyn Surface {
    match Destination::of(path) {
        Destination::Token(..) => &TOKENS,
        Destination::Reports => &ReportsSurface,
        Destination::Pages => &PagesSurface,
        Destination::People => &PeopleSurface,
        // Errors of the feed have OData's form, which is Graph's.
        Destination::Discovery(..) | Destination::Keys | Destination::Feed | Destination::Graph => {
            &GraphSurface
        }
    }
}

/// Graph has neither reports nor pages, so their paths are to a strict server like
/// any other.
fn strict_surface(path: &str) -> &'static dyn Surface {
    match Destination::of(path) {
        Destination::Reports | Destination::Pages | Destination::People => &GraphSurface,
        _ => surface(path),
    }
}

/// Where paths lead that have no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination<'a> {
    Token(Endpoint, &'a str),
    Discovery(Endpoint, &'a str),
    Keys,
    /// Ours, where the server is not strict.
    Reports,
    /// The same.
    Feed,
    /// The same: what people read.
    Pages,
    /// The same: people sign in and out.
    People,
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
            ["reports", ..] => Destination::Reports,
            ["odata", ..] => Destination::Feed,
            ref segments if pages::is_page(segments) => Destination::Pages,
            ["sign-in", ..] | ["sign-out"] => Destination::People,
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
        Destination::Reports if !app.settings.profile.is_strict() => reports::handle(&app, request).await,
        Destination::Feed if !app.settings.profile.is_strict() => feed::handle(&app, request).await,
        Destination::Pages if !app.settings.profile.is_strict() => pages::handle(&app, request).await,
        Destination::People if !app.settings.profile.is_strict() => people::handle(&app, request).await,
        Destination::Graph if is_nowhere(&app, &path) && pages::nowhere::is_asked(&request) => {
            pages::nowhere::answer(&app, request)
        }
        Destination::Reports
        | Destination::Feed
        | Destination::Pages
        | Destination::People
        | Destination::Graph => graph::handle(&app, request).await,
    }
}

/// Whether a path is Graph's because it is nobody else's. What a strict server does not
/// have, Graph does not have either.
fn is_nowhere(app: &App, path: &str) -> bool {
    let first = path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    !app.settings.profile.is_strict() && Version::split(first).is_err()
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
            ("/odata", Destination::Feed),
            ("//odata//calls/", Destination::Feed),
            ("/discovery/v2.0/keys/", Destination::Keys),
            ("/t/discovery/keys", Destination::Keys),
            ("/t/discovery/v2.0/keys", Destination::Keys),
            ("/reports", Destination::Reports),
            ("//reports//v1/kpis/", Destination::Reports),
            ("/reports/oauth2/token", Destination::Token(Endpoint::V1, "reports")),
            ("/Reports/v1", Destination::Graph),
            ("/", Destination::Pages),
            ("//", Destination::Pages),
            ("/calls", Destination::Pages),
            ("/t/11111111-2222-3333-4444-555555555555/calls", Destination::Pages),
            ("/communications/callRecords", Destination::Graph),
            ("/sign-in", Destination::People),
            ("/sign-in/oidc/entra/callback", Destination::People),
            ("/sign-out/", Destination::People),
            ("/sign-out/x", Destination::Graph),
            ("/t/oauth2", Destination::Graph),
            ("/t/OAUTH2/token", Destination::Graph),
            ("/v1.0/communications/callRecords", Destination::Graph),
        ] {
            assert_eq!(Destination::of(path), expected, "{path}");
        }
    }
}
